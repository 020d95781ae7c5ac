//! What a request carries.

use crate::{
    error::{Error, Result},
    json::Json,
};
use futures_util::stream::{self, Stream};
use reqwest::{RequestBuilder, multipart};
use std::{
    path::{Path, PathBuf},
    pin::Pin,
};
use tokio::io::AsyncReadExt;

use super::Progress;

/// How much of a file is read at a time.
const CHUNK: usize = 64 * 1024;

/// The body of a request. It can be built again for a second try.
#[derive(Debug, Clone)]
pub enum Body {
    /// None.
    None,
    /// A JSON value.
    Json(Json),
    /// Text of a media type.
    Text(String, String),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, String)>),
    /// `multipart/form-data`.
    Multipart(Vec<Part>),
    /// A file as it is, of a media type.
    File(PathBuf, String),
}

/// One part of a multipart body. Files are streamed, never whole in memory.
#[derive(Debug, Clone)]
pub enum Part {
    /// A file, with its name for the server.
    File {
        /// The name of the part.
        name: String,
        /// The file.
        path: PathBuf,
        /// What the server calls it.
        file_name: String,
    },
    /// A text field.
    Field {
        /// The name of the part.
        name: String,
        /// Its value.
        value: String,
    },
}

impl Part {
    /// Makes a file part; checks that the file can be read before anything is sent.
    pub fn file(name: &str, path: &Path) -> Result<Self> {
        let refuse = |why: &str| Error::client(format_args!("cannot send {}: {why}", path.display()));
        let meta = std::fs::metadata(path).map_err(|e| refuse(&e.kind().to_string()))?;
        if meta.is_dir() {
            return Err(refuse("it is a directory"));
        }
        std::fs::File::open(path).map_err(|e| refuse(&e.kind().to_string()))?;
        let file_name = path.file_name().map_or_else(|| "file".into(), |n| n.to_string_lossy().into_owned());
        Ok(Part::File { name: name.to_owned(), path: path.to_owned(), file_name })
    }
}

impl Body {
    /// Puts the body into a request.
    pub(super) async fn put(&self, request: RequestBuilder, progress: Option<&Progress>) -> Result<RequestBuilder> {
        Ok(match self {
            Body::None => request,
            Body::Json(json) => request.body(json.to_string()),
            Body::Text(_, text) => request.body(text.clone()),
            Body::Form(pairs) => {
                request.body(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
            }
            Body::Multipart(parts) => request.multipart(form(parts, progress).await?),
            Body::File(path, _) => {
                let (chunks, size) = chunks(path, progress.cloned()).await?;
                request.header("content-length", size).body(reqwest::Body::wrap_stream(chunks))
            }
        })
    }

    /// Returns the media type, where the body does not say it by itself.
    pub(super) fn media(&self) -> Option<&str> {
        match self {
            Body::None | Body::Multipart(_) => None,
            Body::Json(_) => Some("application/json"),
            Body::Text(media, _) | Body::File(_, media) => Some(media),
            Body::Form(_) => Some("application/x-www-form-urlencoded"),
        }
    }

    /// Describes the body for a person: what a dry run shows.
    pub fn shown(&self) -> String {
        match self {
            Body::None => String::new(),
            Body::Json(json) => json.to_string(),
            Body::Text(media, text) => format!("{} bytes of {media}", text.len()),
            Body::Form(pairs) => pairs.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("&"),
            Body::Multipart(parts) => parts.iter().map(Part::shown).collect::<Vec<_>>().join(", "),
            Body::File(path, media) => format!("file {} as {media}", path.display()),
        }
    }
}

impl Part {
    fn shown(&self) -> String {
        match self {
            Part::File { name, path, .. } => format!("{name}: file {}", path.display()),
            Part::Field { name, value } => format!("{name}: {value}"),
        }
    }
}

async fn form(parts: &[Part], progress: Option<&Progress>) -> Result<multipart::Form> {
    let mut form = multipart::Form::new();
    for part in parts {
        form = match part {
            Part::Field { name, value } => form.text(name.clone(), value.clone()),
            Part::File { name, path, file_name } => {
                form.part(name.clone(), streamed(path, file_name, progress.cloned()).await?)
            }
        };
    }
    Ok(form)
}

/// A file's bytes as they are read.
type Chunks = Pin<Box<dyn Stream<Item = std::io::Result<Vec<u8>>> + Send>>;

async fn chunks(path: &Path, progress: Option<Progress>) -> Result<(Chunks, u64)> {
    let refuse = |e: std::io::Error| Error::client(format_args!("cannot send {}: {e}", path.display()));
    let file = tokio::fs::File::open(path).await.map_err(refuse)?;
    let size = file.metadata().await.map_err(refuse)?.len();
    let chunks = stream::try_unfold((file, 0_u64), move |(mut file, sent)| {
        let progress = progress.clone();
        async move {
            let mut chunk = vec![0; CHUNK];
            let n = file.read(&mut chunk).await?;
            chunk.truncate(n);
            let sent = sent + n as u64;
            if let Some(progress) = &progress {
                progress(sent, Some(size));
            }
            Ok::<_, std::io::Error>((n > 0).then_some((chunk, (file, sent))))
        }
    });
    Ok((Box::pin(chunks), size))
}

async fn streamed(path: &Path, file_name: &str, progress: Option<Progress>) -> Result<multipart::Part> {
    let (chunks, size) = chunks(path, progress).await?;
    let media = mime_guess::from_path(file_name).first_or_octet_stream();
    let part = multipart::Part::stream_with_length(reqwest::Body::wrap_stream(chunks), size);
    let part = part.file_name(file_name.to_owned()).mime_str(media.essence_str());
    part.map_err(|e| Error::client(format_args!("cannot send {}: {e}", path.display())))
}
