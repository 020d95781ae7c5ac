//! A server that is one closure: it sees each request and says what goes back, byte by byte.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET /path?query`.
    pub(crate) line: String,
    /// The headers, names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Returns the body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns a header; empty if it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    /// Its base address.
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a server whose answers `reply` makes: raw bytes, head included.
pub(crate) fn serve(reply: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Server {
    start("http", reply, Some)
}

/// Starts a server that speaks TLS with this certificate.
pub(crate) fn serve_tls(
    config: rustls::ServerConfig,
    reply: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    let config = Arc::new(config);
    start("https", reply, move |stream| {
        let session = rustls::ServerConnection::new(config.clone()).ok()?;
        Some(rustls::StreamOwned::new(session, stream))
    })
}

fn start<S: Read + Write>(
    scheme: &str,
    reply: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
    open: impl Fn(TcpStream) -> Option<S> + Send + Sync + 'static,
) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
    listener.set_nonblocking(true).expect("no blocking");
    let (seen, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
    let (log, end, work) = (seen.clone(), stop.clone(), Arc::new((reply, open)));
    let thread = std::thread::spawn(move || {
        while !end.load(Ordering::SeqCst) {
            match listener.accept() {
                Ok((stream, _)) => {
                    let (log, work) = (log.clone(), work.clone());
                    std::thread::spawn(move || connection(stream, &log, &work.0, &work.1));
                }
                Err(_) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    });
    Server { url, seen, stop, thread: Some(thread) }
}

/// Answers the requests of one connection, and ends it from our side.
fn connection<S: Read + Write>(
    stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    reply: &dyn Fn(&Request) -> Vec<u8>,
    open: impl Fn(TcpStream) -> Option<S>,
) {
    let _ = stream.set_nonblocking(false);
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let Ok(plain) = stream.try_clone() else { return };
    if let Some(stream) = open(stream) {
        answer(stream, log, reply);
    }
    let _ = plain.shutdown(std::net::Shutdown::Both);
}

impl Server {
    /// Returns the requests seen so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().expect("the log").clone()
    }

    /// Returns the last request seen so far.
    pub(crate) fn last(&self) -> Request {
        self.seen().pop().expect("a request")
    }

    /// Returns the first line of each request seen so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().into_iter().map(|r| r.line).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(stream: impl Read + Write, log: &Mutex<Vec<Request>>, reply: &dyn Fn(&Request) -> Vec<u8>) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        log.lock().expect("the log").push(request.clone());
        let bytes = reply(&request);
        let out = reader.get_mut();
        if out.write_all(&bytes).and_then(|()| out.flush()).is_err() || !has_length(&bytes) {
            break;
        }
    }
}

/// An answer that does not say how long it is ends with its connection.
fn has_length(answer: &[u8]) -> bool {
    let head = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
    String::from_utf8_lossy(&answer[..head]).to_lowercase().contains("content-length")
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut request =
        Request { line: line.trim_end().trim_end_matches(" HTTP/1.1").to_owned(), headers, body: Vec::new() };
    let length = request.header("content-length").parse().unwrap_or(0);
    request.body = vec![0; length];
    reader.read_exact(&mut request.body).ok()?;
    Some(request)
}

/// Makes an answer with a body.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut out = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        out.extend([name, ": ", value, "\r\n"]);
    }
    out.push_str("\r\n");
    [out.as_bytes(), body].concat()
}

/// Makes a JSON answer.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    reply(status, &[("content-type", "application/json")], body)
}
