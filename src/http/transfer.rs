//! Files: streamed, never whole in memory, never left half done.

use super::{Client, Credentials, Request};
use crate::error::{Error, Kind, Result};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::AsyncWriteExt;

/// Told after each piece: bytes done, and bytes in all where that is known.
pub type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// Fetches `request` into `file`: first beside it, then renamed, so that a file under its name is a whole one.
///
/// Returns the number of bytes. A refusal is returned as the status and the answer's first bytes.
pub async fn download(
    client: &Client,
    request: &Request,
    credentials: &Credentials,
    file: &Path,
    progress: &Progress,
) -> Result<std::result::Result<u64, super::Answer>> {
    let response = client.open(request, credentials, None).await?;
    if !response.status().is_success() {
        return client.refused(request, response).await.map(Err);
    }
    let part = beside(file);
    let saved = save(client, request, response, &part, progress).await;
    let kept = match saved {
        Ok(size) => tokio::fs::rename(&part, file).await.map(|()| size).map_err(|e| cannot_write(file, &e)),
        Err(error) => Err(error),
    };
    if kept.is_err() {
        // What is left of it is of no use; if it cannot be removed the error above says more.
        let _ = tokio::fs::remove_file(&part).await;
    }
    kept.map(Ok)
}

async fn save(
    client: &Client,
    request: &Request,
    mut response: reqwest::Response,
    part: &Path,
    progress: &Progress,
) -> Result<u64> {
    let total = response.content_length();
    let mut out = tokio::fs::File::create(part).await.map_err(|e| cannot_write(part, &e))?;
    let mut done = 0;
    while let Some(chunk) = client.chunk(request, &mut response).await? {
        out.write_all(chunk.as_ref()).await.map_err(|e| cannot_write(part, &e))?;
        done += chunk.as_ref().len() as u64;
        progress(done, total);
    }
    out.flush().await.map_err(|e| cannot_write(part, &e))?;
    Ok(done)
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Box<Error> {
    Error::new(Kind::Client, format!("Client error: cannot write {}: {error}", file.display()))
}
