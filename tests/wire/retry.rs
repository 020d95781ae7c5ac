//! What is sent again, after which wait, and what never is.

use super::{PATH, run};
use crate::common::{
    Run,
    practice::Practice,
    server::{Request, Server, json, reply, serve},
    tieline,
};
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant, SystemTime},
};

/// A server whose first `times` answers are `refusal`, and all later ones good.
fn refusing(times: usize, refusal: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    serve(
        move |request| {
            if count.fetch_add(1, Ordering::SeqCst) < times { refusal(request) } else { json(200, r#"{"done":true}"#) }
        },
    )
}

fn too_many(headers: &[(&str, &str)]) -> Vec<u8> {
    reply(429, headers, r#"{"message":"Rate limit exceeded."}"#)
}

/// Runs CODE and returns how long the whole run took.
fn timed(server: &Server, code: &str) -> (Run, Duration) {
    let start = Instant::now();
    (run(&server.url, code), start.elapsed())
}

#[test]
fn a_429_is_sent_again_after_the_seconds_it_names_whatever_the_method() {
    for method in ["get", "post", "put", "patch", "delete"] {
        let server = refusing(1, |_| too_many(&[("retry-after", "1")]));
        let (run, took) = timed(&server, &format!("jira().{method}(\"{PATH}\", #{{ a: 1 }}).done"));
        run.ok().prints("true");
        assert!(took >= Duration::from_secs(1), "{method}: {took:?}");
        let seen = server.seen();
        assert_eq!(seen.len(), 2, "{method}");
        assert_eq!((&seen[0].line, &seen[0].body), (&seen[1].line, &seen[1].body), "{method}");
    }
}

#[test]
fn a_429_without_a_wait_is_sent_again_after_a_wait_of_ours() {
    for headers in [&[][..], &[("retry-after", "0")]] {
        let server = refusing(1, move |_| too_many(headers));
        let (run, took) = timed(&server, &format!("jira().post(\"{PATH}\", #{{}}).done"));
        run.ok().prints("true").says("it answered 429");
        assert!((Duration::from_millis(1400)..Duration::from_secs(8)).contains(&took), "{took:?}");
    }
}

#[test]
fn a_wait_may_be_a_date_or_a_reset() {
    let date = |_: &Request| {
        let moment = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3));
        too_many(&[("retry-after", &moment)])
    };
    let reset = |_: &Request| {
        let moment = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(3)).to_string();
        too_many(&[("x-ratelimit-reset", &moment)])
    };
    for server in [refusing(1, date), refusing(1, reset)] {
        let (run, took) = timed(&server, &format!("jira().get(\"{PATH}\").done"));
        run.ok().prints("true");
        assert!(took >= Duration::from_millis(1500), "{took:?}");
    }
}

#[test]
fn a_wait_longer_than_ours_is_an_error_that_names_it() {
    let server = serve(|_| too_many(&[("retry-after", "3600")]));
    let (run, took) = timed(&server, &format!("jira().get(\"{PATH}\")"));
    run.ends(3)
        .says("Remote error: Too many requests. Response code: 429.")
        .says("hint: jira asks to wait 3600 s; try again after that");
    assert_eq!(server.lines().len(), 1);
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn after_five_tries_it_is_an_error_of_its_own_kind() {
    let server = serve(|_| too_many(&[("retry-after", "1")]));
    let code = format!(
        "try {{ jira().get(\"{PATH}\") }} catch (e) {{ print(`${{e.kind}} ${{e.status}} ${{e.details.message}}`) }}"
    );
    run(&server.url, &code).ok().prints("rate_limited 429 Rate limit exceeded.");
    assert_eq!(server.lines().len(), 5);
}

#[test]
fn a_503_is_sent_again_only_if_it_was_a_read() {
    let unavailable = |_: &Request| reply(503, &[("retry-after", "1")], "busy");
    let server = refusing(1, unavailable);
    run(&server.url, &format!("jira().get(\"{PATH}\").done")).ok().prints("true");
    assert_eq!(server.lines().len(), 2);
    for method in ["post", "put", "patch", "delete"] {
        let server = refusing(1, unavailable);
        run(&server.url, &format!("jira().{method}(\"{PATH}\")")).ends(3).says("Response code: 503.");
        assert_eq!(server.lines().len(), 1, "{method}");
    }
}

#[test]
fn a_search_by_post_is_a_read() {
    let server = refusing(1, |_| reply(503, &[("retry-after", "1")], "busy"));
    run(&server.url, "jira().post(\"/rest/api/2/search\", #{ jql: \"x\" }).done").ok().prints("true");
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn a_broken_connection_is_tried_again_only_for_a_read() {
    let server = refusing(1, |_| Vec::new());
    run(&server.url, &format!("jira().get(\"{PATH}\").done")).ok().prints("true");
    assert_eq!(server.lines().len(), 2);
    for method in ["post", "put", "patch", "delete"] {
        let server = refusing(1, |_| Vec::new());
        run(&server.url, &format!("jira().{method}(\"{PATH}\")"))
            .ends(3)
            .says(&format!("Remote error: the connection to {} broke", server.url))
            .says("hint: the change may have been made or not: look before you repeat it");
        assert_eq!(server.lines().len(), 1, "{method}");
    }
}

#[test]
fn a_login_is_sent_once_whatever_happens() {
    for fault in [
        json!({ "kind": "429", "retry_after": 1 }),
        json!({ "kind": "503", "retry_after": 1 }),
        json!({ "kind": "500" }),
        json!({ "kind": "drop" }),
    ] {
        let jira = Practice::server();
        let mut rule = fault.clone();
        rule["path"] = Value::from("/rest/auth/1/session");
        rule["times"] = Value::from(9);
        jira.fault(&rule);
        let run = tieline(&["-e", "jira().issue(\"OPS-1\")"])
            .env("TIELINE_JIRA_SERVER", &jira.url)
            .env("TIELINE_JIRA_USER", "mira")
            .env("TIELINE_JIRA_PASSWORD", "mira-password")
            .run();
        assert_ne!(run.code, 0, "{fault}: {run:?}");
        let lines = jira.lines();
        assert_eq!(lines.iter().filter(|line| line.starts_with("POST")).count(), 1, "{fault}: {lines:?}");
    }
}

#[test]
fn files_wait_for_their_turn_too() {
    let server = refusing(1, |_| too_many(&[("retry-after", "1")]));
    super::prepared(&server.url, &[], "jira().upload(\"/rest/wire/files\", \"a.txt\").done")
        .file("a.txt", "some text")
        .run()
        .ok()
        .prints("true");
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|request| request.text().contains("some text")));
    let server = refusing(1, |_| too_many(&[("retry-after", "1")]));
    run(&server.url, "jira().download(\"/rest/wire/file\", \"b.json\"); read_text(\"b.json\")")
        .ok()
        .prints(r#"{"done":true}"#);
    let server = refusing(1, |_| reply(503, &[("retry-after", "1")], "busy"));
    run(&server.url, "jira().download(\"/rest/wire/file\", \"b.json\")").ok().prints("13");
}
