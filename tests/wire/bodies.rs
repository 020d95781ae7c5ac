//! Bodies that are small, large, wrong, cut or not there.

use super::{PATH, run};
use crate::common::{
    Run,
    practice::Practice,
    server::{json, reply, serve},
    tieline,
};
use serde_json::json;
use std::io::Write;

/// Runs a read whose only answer is `headers` and `body`.
fn answered(status: u16, headers: &'static [(&str, &str)], body: impl AsRef<[u8]>) -> Run {
    let body = body.as_ref().to_owned();
    let server = serve(move |_| reply(status, headers, &body));
    run(&server.url, &format!("to_json(jira().get(\"{PATH}\"))"))
}

const JSON: &[(&str, &str)] = &[("content-type", "application/json")];

#[test]
fn a_compressed_body_is_asked_for_and_unpacked() {
    let server = serve(|request| {
        assert!(request.header("accept-encoding").contains("gzip"), "{request:?}");
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zip.write_all("{\"name\":\"Żółć ☃\"}".as_bytes()).unwrap();
        reply(200, &[("content-type", "application/json"), ("content-encoding", "gzip")], zip.finish().unwrap())
    });
    run(&server.url, &format!("jira().get(\"{PATH}\").name")).ok().prints("Żółć ☃");
}

#[test]
fn a_body_in_pieces_is_put_together() {
    let server = serve(|_| {
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n5\r\n\":1}\n\r\n0\r\n\r\n".to_vec()
    });
    run(&server.url, &format!("jira().get(\"{PATH}\").a")).ok().prints("1");
}

#[test]
fn json_under_another_name_is_json_where_that_is_plain_to_see() {
    answered(200, &[("content-type", "text/plain; charset=utf-8")], r#"{"a":[1]}"#).ok().prints(r#"{"a":[1]}"#);
    answered(200, &[], "[1,2]").ok().prints("[1,2]");
    answered(200, &[("content-type", "application/vnd.atl.plugins+json")], "{}").ok().prints("{}");
    answered(200, JSON, "\u{feff}{\"a\":1}").ok().prints(r#"{"a":1}"#);
    answered(200, &[("content-type", "text/html")], "<textarea>{\"a\":1}</textarea>").ok().prints(r#"{"a":1}"#);
}

#[test]
fn what_is_no_json_is_said_in_words() {
    let html: &[(&str, &str)] = &[("content-type", "text/html;charset=UTF-8")];
    for (headers, body, says) in [
        (html, &b"<html><head><title>Maintenance \x1b[31m</title></head></html>"[..], "a web page (\"Maintenance"),
        (JSON, b"<!doctype html><title>Proxy says no</title>", "a web page (\"Proxy says no\")"),
        (&[("content-type", "text/plain")][..], b"unauthorized scope requested", "text (\"unauthorized scope"),
        (&[("content-type", "image/png")][..], b"\x89PNG\x00", "5 bytes that are no text"),
        (JSON, b"", "an empty body"),
        (JSON, b" \n ", "an empty body"),
        (JSON, b"{\"a\":", "broken data (not valid JSON: EOF"),
        (JSON, b"{\"a\":1}}", "broken data (not valid JSON: trailing"),
        (JSON, b"{\"a\":\"\xff\xfe\"}", "broken data (not valid JSON:"),
        (JSON, b"{\"a\":NaN}", "broken data (not valid JSON:"),
        (JSON, b"{\"a\":\"\\ud800\"}", "broken data (not valid JSON:"),
    ] {
        let run = answered(200, headers, body).ends(3);
        assert!(run.err.contains("Remote error: The server answered with "), "{run:?}");
        assert!(!run.err.contains('\u{1b}'), "{run:?}");
        run.says(says).says("where JSON was expected. Response code: 200.").says("hint: ");
    }
}

#[test]
fn text_that_is_no_utf8_is_still_text() {
    let server = serve(|_| reply(200, &[("content-type", "text/plain")], b"caf\xe9"));
    run(&server.url, &format!("jira().request(#{{ path: \"{PATH}\" }}).body")).ok().prints("caf\u{fffd}");
    let server = serve(|_| reply(500, &[("content-type", "text/plain")], b"caf\xe9 is closed"));
    run(&server.url, &format!("jira().get(\"{PATH}\")")).ends(3).says("is closed. Response code: 500.");
}

#[test]
fn json_that_is_nested_too_deeply_is_an_error_of_the_answer() {
    let deep = format!("{}{}{}", "[".repeat(100_000), "1,".repeat(5_000_000), "]".repeat(100_000));
    answered(200, JSON, deep).ends(3).says("nested more than 128 levels deep");
}

#[test]
fn a_write_may_be_answered_with_nothing() {
    for answer in [(204, ""), (200, ""), (201, "")] {
        let server = serve(move |_| reply(answer.0, &[], answer.1));
        run(&server.url, &format!("jira().put(\"{PATH}\", #{{ a: 1 }}) == ()")).ok().prints("true");
    }
}

/// Runs a read of an issue whose answer goes wrong `times` times.
fn faulty(kind: &str, times: u32) -> (Run, usize) {
    let jira = Practice::server();
    jira.fault(&json!({ "kind": kind, "path": "/rest/api/2/issue", "times": times }));
    let run = tieline(&["-e", "jira().issue(\"OPS-1\").key"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run();
    (run, jira.lines().iter().filter(|line| line.contains("/issue/OPS-1")).count())
}

#[test]
fn a_body_that_breaks_off_is_read_again_and_in_the_end_an_error() {
    for kind in ["cut", "half", "drop"] {
        let (run, times) = faulty(kind, 1);
        run.ok().prints("OPS-1");
        assert_eq!(times, 2, "{kind}");
        let (run, times) = faulty(kind, 99);
        run.ends(3).says("Remote error: the connection to http://127.0.0.1:");
        assert_eq!(times, 5, "{kind}");
    }
}

#[test]
fn the_empty_200_of_a_failed_log_in_is_read_again() {
    let (run, times) = faulty("empty", 1);
    run.ok().prints("OPS-1");
    assert_eq!(times, 2);
}

#[test]
fn a_page_for_an_issue_is_an_error_at_once() {
    let (run, times) = faulty("html", 99);
    run.ends(3).says("The server answered with a web page (\"Maintenance\")");
    assert_eq!(times, 1);
    let (run, times) = faulty("garbage", 99);
    run.ends(3).says("broken data (not valid JSON");
    assert_eq!(times, 1);
}

#[test]
fn a_body_without_end_stops_at_the_limit() {
    let (run, times) = faulty("huge", 99);
    run.ends(3).says("Remote error: the answer is larger than 256 MB").says("hint: ask for less");
    assert_eq!(times, 1);
}

#[test]
fn a_refusal_is_shown_with_its_words_whatever_it_looks_like() {
    for (status, body, says) in [
        (
            400,
            r#"{"errorMessages":[],"errors":{"summary":"You must specify a summary."}}"#,
            "You must specify a summary",
        ),
        (404, r#"{"errorMessages":["Issue Does Not Exist"],"errors":{}}"#, "Issue Does Not Exist. Response code: 404."),
        (500, "", "Internal Server Error. Response code: 500."),
        (502, "<html><title>Bad gateway</title></html>", "web page (\"Bad gateway\")"),
        (400, "null", "Response code: 400."),
        (400, "[[[", "Response code: 400."),
    ] {
        let server = serve(move |_| json(status, body));
        run(&server.url, &format!("jira().get(\"{PATH}\")")).ends(3).says(says);
    }
}
