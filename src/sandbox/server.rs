//! The wire: listeners on the loopback, one thread for all of them.

use super::desk::Done;
use super::faults::{self, Ending};
use super::http::{Part, Reply, Request, decode_pairs};
use flate2::{Compression, write::GzEncoder};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// The largest body that is read.
const BODY_LIMIT: usize = 256 << 20;
/// Answers smaller than this are not worth compressing.
const GZIP_FROM: usize = 1024;

type Body = UnsyncBoxBody<Bytes, io::Error>;

/// The running servers; dropping it stops them.
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

/// Opens a listener on a free port and returns it with its address, `http://127.0.0.1:PORT`.
pub(crate) fn open() -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    let origin = format!("http://{}", listener.local_addr()?);
    Ok((listener, origin))
}

/// What answers the requests of one listener.
pub(crate) trait Front: Send + Sync {
    /// Answers a request.
    fn answer(&self, request: &Request) -> Done;
}

/// Serves every front on its listener, on one thread for all of them.
pub(crate) fn serve<F: Front + 'static>(desks: Vec<(TcpListener, Arc<F>)>) -> io::Result<Running> {
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new().name("sandbox".into()).spawn(move || run(desks, stopped))?;
    Ok(Running { stop: Some(stop), thread: Some(thread) })
}

fn run<F: Front + 'static>(desks: Vec<(TcpListener, Arc<F>)>, stopped: oneshot::Receiver<()>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    runtime.block_on(async {
        for (listener, desk) in desks {
            if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
                tokio::spawn(accept(listener, desk));
            }
        }
        // Either way of ending, a message or a dropped sender, means stop.
        let _ = stopped.await;
    });
}

async fn accept<F: Front + 'static>(listener: tokio::net::TcpListener, desk: Arc<F>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        // Without it small answers wait for the client's acknowledgement.
        let _ = stream.set_nodelay(true);
        let desk = desk.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(desk.clone(), request));
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service);
            // Clients that hang up, and faults that cut the line, end here.
            let _ = connection.await;
        });
    }
}

async fn answer<F: Front>(desk: Arc<F>, request: hyper::Request<Incoming>) -> io::Result<hyper::Response<Body>> {
    let zipped = accepts_gzip(&request);
    let Some(request) = read(request).await else { return Ok(finish(Reply::text(413, "Too large"), false)) };
    match desk.answer(&request) {
        Done::Reply(reply) => Ok(finish(reply, zipped)),
        Done::Made(response) => Ok(response.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())),
        Done::Slow(wait, reply) => {
            tokio::time::sleep(wait).await;
            Ok(finish(reply, zipped))
        }
        Done::Fault(Ending::Drop) => Err(io::Error::other("dropped on purpose")),
        Done::Fault(ending) => Ok(broken(ending)),
    }
}

fn accepts_gzip(request: &hyper::Request<Incoming>) -> bool {
    request.headers().get("accept-encoding").and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"))
}

async fn read(request: hyper::Request<Incoming>) -> Option<Request> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await.ok()?.to_bytes();
    let raw_query = head.uri.query().unwrap_or_default().to_owned();
    let content_type = head.headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let parts = match multer::parse_boundary(content_type) {
        Ok(boundary) => parts(body.clone(), boundary).await,
        Err(_) => None,
    };
    let method = if head.method == hyper::Method::HEAD { "GET".to_owned() } else { head.method.as_str().to_owned() };
    Some(Request {
        method,
        path: head.uri.path().to_owned(),
        query: decode_pairs(&raw_query),
        raw_query,
        headers: head.headers,
        body,
        parts,
    })
}

async fn parts(body: Bytes, boundary: String) -> Option<Vec<Part>> {
    let stream = futures_util::stream::iter([Ok::<_, io::Error>(body)]);
    let mut form = multer::Multipart::new(stream, boundary);
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let mime = field.content_type().map(ToString::to_string);
        parts.push(Part { name, file, mime, bytes: field.bytes().await.ok()? });
    }
    Some(parts)
}

fn finish(mut reply: Reply, zipped: bool) -> hyper::Response<Body> {
    if zipped
        && reply.body.len() > GZIP_FROM
        && !reply.has("content-encoding")
        && let Some(small) = gzip(&reply.body)
    {
        reply.body = small;
        reply.headers.push(("content-encoding", "gzip".into()));
        reply.headers.push(("vary", "Accept-Encoding".into()));
    }
    let body = Full::new(std::mem::take(&mut reply.body)).map_err(|never| match never {}).boxed_unsync();
    response(reply, body)
}

fn response(reply: Reply, body: Body) -> hyper::Response<Body> {
    let mut response = hyper::Response::new(body);
    *response.status_mut() = hyper::StatusCode::from_u16(reply.status).unwrap_or_default();
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Answers that go wrong on the way.
fn broken(ending: Ending) -> hyper::Response<Body> {
    let reply = Reply::typed(200, "application/json;charset=UTF-8", Bytes::new());
    match ending {
        Ending::Half(body) => {
            let reply = reply.with("content-length", (body.len() * 2 + 16).to_string());
            response(reply, cut_after(body))
        }
        Ending::Huge => {
            let start = futures_util::stream::iter([Bytes::from_static(b"{\"text\":\"")]);
            let rest = futures_util::stream::repeat(Bytes::from_static(faults::FILLER));
            let frames = start.chain(rest).map(|bytes| Ok(Frame::data(bytes)));
            response(reply, StreamBody::new(frames).boxed_unsync())
        }
        Ending::Cut(body) => response(reply, cut_after(body)),
        Ending::Drop => response(reply, cut_after(Bytes::new())),
    }
}

/// A body that breaks off: the pause lets what was written so far reach the client.
fn cut_after(body: Bytes) -> Body {
    let start = futures_util::stream::iter([Ok(Frame::data(body))]);
    let end = futures_util::stream::once(async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::other("cut on purpose"))
    });
    StreamBody::new(start.chain(end)).boxed_unsync()
}
