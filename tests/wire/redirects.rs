//! Redirects: where credentials go and where they do not.

use super::{PATH, TOKEN, run, run_with, tls};
use crate::common::{
    server::{Server, json, reply, serve, serve_tls},
    tieline,
};

/// A server that sends everything on to `target`, except what has arrived.
fn sending_to(status: u16, target: &str) -> Server {
    let target = target.to_owned();
    serve(move |request| {
        if request.line.contains("/arrived") {
            return json(200, r#"{"arrived":true}"#);
        }
        reply(status, &[("location", &target)], "")
    })
}

fn arrived() -> Server {
    serve(|_| json(200, r#"{"arrived":true}"#))
}

/// A read with a header of its own.
const READ: &str =
    "jira().request(#{ path: \"/rest/wire/1/thing\", headers: #{ \"x-secret-of-mine\": \"mine\" } }).body.arrived";

#[test]
fn on_the_same_server_the_credential_goes_along() {
    for status in [301, 302, 303, 307, 308] {
        let server = sending_to(status, "/rest/arrived");
        run(&server.url, READ).ok().prints("true");
        let last = server.last();
        assert_eq!(last.line, "GET /rest/arrived");
        assert_eq!(last.header("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(last.header("x-secret-of-mine"), "mine");
    }
}

#[test]
fn another_server_gets_neither_credential_nor_headers() {
    let other = arrived();
    let server = sending_to(302, &format!("{}/file?signature=abc", other.url));
    run(&server.url, READ).ok().prints("true");
    let last = other.last();
    assert_eq!(last.line, "GET /file?signature=abc");
    for name in ["authorization", "cookie", "x-secret-of-mine", "x-atlassian-token"] {
        assert_eq!(last.header(name), "", "{name}");
    }
}

#[test]
fn a_path_outside_the_context_path_is_another_place_too() {
    let server = sending_to(302, "/arrived");
    run(&format!("{}/jira", server.url), READ).ok().prints("true");
    assert_eq!(server.last().header("authorization"), "");
}

#[test]
fn cookies_go_to_the_server_that_set_them_and_nowhere_else() {
    let other = serve(|_| {
        reply(200, &[("content-type", "application/json"), ("set-cookie", "JSESSIONID=stolen-session; Path=/")], "{}")
    });
    let elsewhere = other.url.replace("127.0.0.1", "localhost");
    let server = serve(move |request| match request.line.as_str() {
        "POST /rest/auth/1/session" => {
            reply(200, &[("set-cookie", "JSESSIONID=real-session; Path=/; HttpOnly"), ("x-ausername", "mira")], "{}")
        }
        line if line.contains("/away") => reply(302, &[("location", &elsewhere)], ""),
        line if line.starts_with("DELETE") => reply(204, &[], ""),
        _ => json(200, "{}"),
    });
    let run = tieline(&["-e", "let j = jira(); j.get(\"/rest/away\"); j.get(\"/rest/home\");"])
        .env("TIELINE_JIRA_SERVER", &server.url)
        .env("TIELINE_JIRA_DEPLOYMENT", "server")
        .env("TIELINE_JIRA_USER", "mira")
        .env("TIELINE_JIRA_PASSWORD", "hunter2-secret")
        .run();
    run.ok();
    assert_eq!(other.last().header("cookie"), "");
    let home = server.seen().into_iter().find(|seen| seen.line.ends_with("/home")).unwrap();
    assert_eq!(home.header("cookie"), "JSESSIONID=real-session");
}

#[test]
fn from_https_to_http_is_refused() {
    let other = arrived();
    let target = format!("{}/rest/arrived", other.url);
    let certificate = tls::made();
    let server = serve_tls(certificate.server(), move |_| reply(302, &[("location", &target)], ""));
    run_with(&server.url, &["--insecure"], READ).ends(3).says("which is not followed");
    assert!(other.lines().is_empty());
}

#[test]
fn to_something_that_is_no_web_server_is_refused() {
    for target in ["ftp://127.0.0.1/file", "file:///etc/passwd", "javascript:alert(1)"] {
        let server = sending_to(302, target);
        run(&server.url, READ).ends(3).says("which is not followed");
        assert_eq!(server.lines().len(), 1, "{target}");
    }
}

#[test]
fn a_write_is_not_sent_on() {
    for status in [301, 302, 307, 308] {
        let other = arrived();
        let server = sending_to(status, &format!("{}/rest/arrived", other.url));
        for method in ["post", "put", "patch", "delete"] {
            run(&server.url, &format!("jira().{method}(\"{PATH}\")"))
                .ends(3)
                .says("is not followed")
                .says("use its address as `server`");
        }
        assert!(other.lines().is_empty(), "{status}");
    }
}

#[test]
fn what_a_write_made_may_be_named_by_a_303() {
    let server = sending_to(303, "/rest/arrived");
    let code = format!(
        "let a = jira().request(#{{ method: \"POST\", path: \"{PATH}\" }}); `${{a.status}} ${{a.headers.location}}`"
    );
    run(&server.url, &code).ok().prints("303 /rest/arrived");
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn a_log_in_page_is_an_authentication_error() {
    for page in ["/login.jsp?os_destination=%2Frest", "/plugins/servlet/samlsso", "https://id.atlassian.com/continue"] {
        let server = sending_to(302, page);
        run(&server.url, READ)
            .ends(4)
            .says("User is not authorized")
            .says("sends us to its log-in page")
            .says("use a token");
        assert_eq!(server.lines().len(), 1, "{page}");
    }
}

#[test]
fn a_place_that_cannot_be_reached_is_named_as_it_is() {
    // Nobody listens on port 1.
    let server = sending_to(302, "http://localhost:1/file");
    run(&server.url, READ).ends(3).says("Remote error: cannot reach http://localhost:1: ");
}

#[test]
fn a_circle_ends() {
    let server = sending_to(302, PATH);
    run(&server.url, READ).ends(3).says("Remote error: more than 5 redirects");
    assert_eq!(server.lines().len(), 6);
}
