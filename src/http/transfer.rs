//! Files: streamed, never whole in memory, never left half done.

use super::{Answer, Client, Credentials, Request, failure::is_anonymous};
use crate::error::{Error, Kind, Result};
use std::{
    future::Future,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{io::AsyncWriteExt, sync::Notify};

/// Told after each piece: bytes done, and bytes in all where that is known.
pub type Progress = Arc<dyn Fn(u64, Option<u64>) + Send + Sync>;

/// Fetches `request` into `file`: first beside it, then renamed, so that a file under its name is a whole one.
///
/// Returns the number of bytes. A refusal, and an answer as to nobody, are returned as they came.
pub async fn download(
    client: &Client,
    request: &Request,
    credentials: &Credentials,
    file: &Path,
    progress: &Progress,
) -> Result<std::result::Result<u64, Answer>> {
    if file.exists() && !file.is_file() {
        return Err(Error::client(format_args!("cannot write {}: it is no file", file.display())));
    }
    let mut tries = 1;
    loop {
        let (left, place) = client.enter(request).await;
        let refused = match once(client, request, credentials, file, progress).await {
            Ok(Ok(size)) => return Ok(Ok(size)),
            Ok(Err(answer)) => Ok(answer),
            Err(error) => Err(error),
        };
        drop(place);
        if !client.waits(request, &refused, tries, left).await {
            return client.unless_too_many(refused, request).map(Err);
        }
        tries += 1;
    }
}

async fn once(
    client: &Client,
    request: &Request,
    credentials: &Credentials,
    file: &Path,
    progress: &Progress,
) -> Result<std::result::Result<u64, Answer>> {
    let response = client.open_in_time(request, credentials).await?;
    let ours = client.address().holds(response.url());
    if !response.status().is_success() || ours && is_anonymous(response.headers()) {
        return client.refused(request, response).await.map(Err);
    }
    let part = Unfinished(beside(file));
    let size = save(client, request, response, (&part.0, file), progress).await?;
    tokio::fs::rename(&part.0, file).await.map_err(|e| cannot_write(file, &e))?;
    Ok(Ok(size))
}

/// A file that is not whole yet. Whatever ends the work, Ctrl-C included, takes it away; a renamed one is out of reach.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        // If it cannot be removed, the error that led here says more.
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn save(
    client: &Client,
    request: &Request,
    mut response: reqwest::Response,
    (part, file): (&Path, &Path),
    progress: &Progress,
) -> Result<u64> {
    let total = response.content_length();
    let mut out = tokio::fs::File::create(part).await.map_err(|e| cannot_write(file, &e))?;
    let mut done = 0;
    while let Some(chunk) = client.chunk(request, &mut response).await? {
        out.write_all(chunk.as_ref()).await.map_err(|e| cannot_write(file, &e))?;
        done += chunk.as_ref().len() as u64;
        progress(done, total);
    }
    out.flush().await.map_err(|e| cannot_write(file, &e))?;
    Ok(done)
}

/// Says to `moved` whenever `progress` is told something.
pub(super) fn moving(progress: Progress, moved: Arc<Notify>) -> Progress {
    Arc::new(move |done, total| {
        moved.notify_one();
        progress(done, total);
    })
}

/// Does `work`, unless nothing of it moves for `limit`.
pub(super) async fn unless_stuck<T>(limit: Duration, moved: &Notify, work: impl Future<Output = T>) -> Option<T> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            () = moved.notified() => {}
            () = tokio::time::sleep(limit) => return None,
        }
    }
}

fn beside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Box<Error> {
    Error::new(Kind::Client, format!("Client error: cannot write {}: {error}", file.display()))
}
