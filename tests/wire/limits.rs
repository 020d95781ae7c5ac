//! A server that allows so many requests a second: the budget is found, kept, and shared by all items.

use super::run;
use crate::common::server::{Server, json, reply, serve};
use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

/// Requests a second, and as many at once after a pause.
const ALLOWED: f64 = 50.0;

/// A server with such a limit, and how many requests it did and refused.
fn limited(headers: &'static [(&'static str, &'static str)]) -> (Server, Arc<Mutex<(usize, usize)>>) {
    let counts = Arc::new(Mutex::new((0, 0)));
    let (seen, bucket) = (counts.clone(), Mutex::new((ALLOWED, Instant::now())));
    let server = serve(move |_| {
        let mut bucket = bucket.lock().unwrap();
        let now = Instant::now();
        *bucket = ((bucket.0 + now.duration_since(bucket.1).as_secs_f64() * ALLOWED).min(ALLOWED), now);
        let mut counts = seen.lock().unwrap();
        if bucket.0 < 1.0 {
            counts.1 += 1;
            return reply(429, headers, r#"{"message":"Rate limit exceeded."}"#);
        }
        bucket.0 -= 1.0;
        counts.0 += 1;
        json(200, "{}")
    });
    (server, counts)
}

#[test]
fn everything_is_done_once_and_little_is_refused() {
    let (server, counts) = limited(&[("retry-after", "1")]);
    let code = r#"let j = jira(); parallel(0..400, 20, |n| j.put("/rest/wire/1/thing/{n}", #{ n: n })).len()"#;
    run(&server.url, code).ok().prints("400");
    let (done, refused) = *counts.lock().unwrap();
    assert_eq!(done, 400);
    // The limit is found by being refused: once by all that are under way.
    assert!((1..=30).contains(&refused), "{refused} of 400 were refused");
}
