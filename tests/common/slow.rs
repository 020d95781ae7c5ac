//! A server that takes its time and watches how many requests are with it at once.

use super::{
    Run, Tieline,
    server::{Request, Server, json, serve},
    tieline,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Long enough to see what happens side by side.
pub(crate) const SOON: Duration = Duration::from_millis(60);

/// Longer than any test waits.
pub(crate) const LONG: Duration = Duration::from_secs(50);

/// A server that takes its time, and counts how many requests are with it at once.
pub(crate) struct Slow {
    /// The server.
    pub(crate) server: Server,
    most: Arc<AtomicUsize>,
}

/// Starts one that answers each path after `delay` with the path itself, or with 404 where it holds `bad`.
pub(crate) fn slow(delay: Duration) -> Slow {
    let (inside, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    let server = serve(move |request| {
        seen.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        std::thread::sleep(delay);
        inside.fetch_sub(1, Ordering::SeqCst);
        let path = path(request);
        if path.contains("bad") {
            return json(404, r#"{"errorMessages":["no such thing"]}"#);
        }
        json(200, &format!("{{\"path\":\"{path}\"}}"))
    });
    Slow { server, most }
}

impl Slow {
    /// Prepares a run of CODE, in which `j` is a connection to this server.
    pub(crate) fn prepare(&self, flags: &[&str], code: &str) -> Tieline {
        prepare(&self.server.url, flags, code)
    }

    /// Runs CODE.
    pub(crate) fn run(&self, code: &str) -> Run {
        self.prepare(&[], code).run()
    }

    /// Returns the most requests that were here at once.
    pub(crate) fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }
}

/// Prepares a run of CODE, in which `j` is a connection to `url`.
pub(crate) fn prepare(url: &str, flags: &[&str], code: &str) -> Tieline {
    let code =
        format!("let j = jira(#{{ server: \"{url}\", token: \"tok-1234567890\", deployment: \"server\" }});\n{code}");
    let words: Vec<&str> = flags.iter().copied().chain(["-e", &code]).collect();
    tieline(&words)
}

/// Returns the path of a request.
pub(crate) fn path(request: &Request) -> String {
    request.line.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// Starts CODE, waits until the server has seen `n` requests, interrupts, and returns the end and how long it took.
pub(crate) fn interrupted(slow: &Slow, n: usize, code: &str) -> (Run, Duration) {
    let started = slow.prepare(&[], code).start();
    await_lines(&slow.server, n);
    let start = Instant::now();
    started.signal("-INT");
    let run = started.end();
    (run, start.elapsed())
}

/// Waits until the server has seen `n` requests.
pub(crate) fn await_lines(server: &Server, n: usize) {
    let start = Instant::now();
    while server.lines().len() < n {
        assert!(start.elapsed() < Duration::from_secs(30), "the server saw {} requests", server.lines().len());
        std::thread::sleep(Duration::from_millis(1));
    }
}
