//! Confluence: Cloud (S2, S4, S7) and Server or Data Center (S25–S31).

use super::{E1, E2, basic};
use crate::common::{
    Run,
    practice::Practice,
    server::{reply, serve},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

fn run(server: &str, credentials: &[(&str, &str)], code: &str) -> Run {
    super::run("confluence", server, credentials, code)
}

const CLOUD: &[(&str, &str)] =
    &[("user", "mira@sandbox.example"), ("token", "ATATT-sandbox-mira"), ("deployment", "cloud")];
const PASSWORD: &[(&str, &str)] = &[("user", "mira"), ("password", "mira-password"), ("deployment", "server")];
const PAT: &[(&str, &str)] = &[("token", "pat-sandbox-mira")];

const WHO: &str = "confluence().whoami().displayName";

#[test]
fn s02_cloud_takes_email_and_token_as_basic_under_wiki() {
    let site = Practice::of("confluence", "cloud");
    run(&site.url, CLOUD, WHO).ok().prints("Mira Holm");
    let log = site.log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0].line, "GET /wiki/rest/api/user/current");
    assert_eq!(log[0].header("authorization"), basic("mira@sandbox.example", "ATATT-sandbox-mira"));
    assert!(log[0].header("cookie").is_empty());
}

#[test]
fn s02_the_address_may_end_in_wiki_as_people_copy_it() {
    let site = Practice::of("confluence", "cloud");
    run(&format!("{}/wiki", site.url), CLOUD, WHO).ok().prints("Mira Holm");
    assert_eq!(site.lines(), ["GET /wiki/rest/api/user/current"]);
}

#[test]
fn s04_and_s07_cloud_takes_the_token_as_password_with_the_same_bytes() {
    let site = Practice::of("confluence", "cloud");
    let as_password = &[("user", "mira@sandbox.example"), ("password", "ATATT-sandbox-mira"), ("deployment", "cloud")];
    run(&site.url, CLOUD, WHO).ok();
    run(&site.url, as_password, WHO).ok().prints("Mira Holm");
    let log = site.log();
    assert_eq!(log.len(), 2);
    assert_eq!(log[0].header("authorization"), log[1].header("authorization"));
}

#[test]
fn s05_an_account_password_on_cloud_is_refused_and_nothing_else_is_tried() {
    let site = Practice::of("confluence", "cloud");
    let wrong = &[("user", "mira@sandbox.example"), ("password", "mira-password"), ("deployment", "cloud")];
    run(&site.url, wrong, WHO).ends(4).says(E1);
    assert_eq!(site.lines().len(), 1);
}

#[test]
fn s06_a_session_on_cloud_is_refused_without_a_request() {
    let site = Practice::of("confluence", "cloud");
    run(&site.url, CLOUD, "confluence().login()").ends(2).says("Client error: Confluence Cloud has no log-in sessions");
    assert!(site.lines().is_empty());
}

#[test]
fn s25_basic_is_used_where_no_session_comes() {
    let server = serve(|request| {
        let who = r#"{"type":"known","username":"mira","displayName":"Mira Holm"}"#;
        let fits = request.header("authorization") == basic("mira", "mira-password");
        if fits { reply(200, &[("content-type", "application/json")], who) } else { reply(401, &[], "") }
    });
    run(&server.url, PASSWORD, WHO).ok().prints("Mira Holm");
    assert!(server.seen().iter().all(|r| r.header("authorization") == basic("mira", "mira-password")));
}

#[test]
fn s26_user_and_password_make_one_session_that_is_ended() {
    let site = Practice::of("confluence", "server");
    let code = "let c = confluence(); for i in 0..3 { c.whoami(); } c.whoami().username";
    run(&site.url, PASSWORD, code).ok().prints("mira");
    let log = site.log();
    let with_password: Vec<_> =
        log.iter().filter(|s| !s.header("authorization").is_empty() || s.body.contains("mira-password")).collect();
    assert_eq!(with_password.len(), 1, "one submission of the password: {log:?}");
    let acts: Vec<_> = log.iter().filter(|s| s.header("cookie").contains("JSESSIONID=")).collect();
    assert!(acts.len() >= 4, "{log:?}");
    assert!(log.last().unwrap().line.ends_with("/logout.action"), "{log:?}");
}

#[test]
fn s26_the_session_is_ended_after_an_error_too() {
    let site = Practice::of("confluence", "server");
    run(&site.url, PASSWORD, "confluence().get(\"/rest/api/content/999999999\")").ends(3);
    assert!(site.lines().last().unwrap().ends_with("/logout.action"), "{:?}", site.lines());
}

#[test]
fn s26_a_wrong_password_is_sent_once() {
    let site = Practice::of("confluence", "server");
    let wrong = &[("user", "mira"), ("password", "hunter2-secret"), ("deployment", "server")];
    let code = "let c = confluence(); for i in 0..3 { try { c.whoami(); } catch (e) { print(e.kind); } } c.whoami()";
    let run = run(&site.url, wrong, code).ends(4).says(E1);
    assert_eq!(run.out, "auth\nauth\nauth\n");
    let sent = site.log().iter().filter(|s| !s.header("authorization").is_empty() || !s.body.is_empty()).count();
    assert_eq!(sent, 1, "{:?}", site.log());
}

#[test]
fn s26_the_newer_login_is_used_where_basic_is_switched_off() {
    let site = Practice::of("confluence", "server");
    site.switch(&json!({ "basic": false, "tsv": true }));
    run(&site.url, PASSWORD, WHO).ok().prints("Mira Holm");
    let log = site.log();
    assert_eq!(log.iter().filter(|s| s.line.contains("/rest/tsv/")).count(), 1, "{log:?}");
}

#[test]
fn s27_a_handle_serves_a_later_run_and_fails_cleanly_after_logout() {
    let site = Practice::of("confluence", "server");
    let made = super::prepared(
        "confluence",
        &site.url,
        PASSWORD,
        "let h = confluence().login(); confluence(#{ login: h }).whoami().username",
    );
    made.run().ok().prints("mira");
    let lines = site.lines();
    assert!(!lines.iter().any(|line| line.ends_with("/logout.action")), "it is kept: {lines:?}");
    let cookies = site.log().iter().rev().map(|s| s.header("cookie").to_owned()).find(|c| !c.is_empty()).unwrap();
    let json = json!({ "service": "confluence", "server": site.url, "deployment": "server", "cookies": cookies });
    let handle = format!("tieline1.{}", URL_SAFE_NO_PAD.encode(json.to_string()));
    let kept = &[("login", handle.as_str())];
    run(&site.url, kept, "confluence().whoami().username").ok().prints("mira");
    run(&site.url, kept, "confluence().logout()").ok();
    run(&site.url, kept, "confluence().whoami()").ends(4).says("Remote error: ").says("the saved session has expired");
}

#[test]
fn s28_a_pat_goes_as_bearer_without_user_and_session() {
    let site = Practice::of("confluence", "server");
    run(&site.url, PAT, WHO).ok().prints("Mira Holm");
    let log = site.log();
    assert!(log.iter().all(|s| s.header("authorization") == "Bearer pat-sandbox-mira"), "{log:?}");
    assert!(log.iter().all(|s| s.header("cookie").is_empty()));
}

#[test]
fn s28_an_invalid_pat_is_an_error_though_the_server_answers_200() {
    let site = Practice::of("confluence", "server");
    run(&site.url, &[("token", "tok-1234567890")], "confluence().get(\"/rest/api/space\")")
        .ends(4)
        .says("User is not authorized to perform the request.");
}

#[test]
fn s28_a_server_that_does_not_say_whom_it_sees_is_asked_once() {
    let server = serve(|request| {
        let known = request.header("authorization") == "Bearer pat-sandbox-mira";
        let who = if known { r#"{"type":"known","username":"mira"}"# } else { r#"{"type":"anonymous"}"# };
        let body = if request.line.contains("/user/current") { who } else { r#"{"results":[],"size":0}"# };
        reply(200, &[("content-type", "application/json")], body)
    });
    let code = "let c = confluence(); c.get(\"/rest/api/space\"); c.get(\"/rest/api/space\").size";
    run(&server.url, PAT, code).ok().prints("0");
    assert_eq!(server.lines().iter().filter(|line| line.contains("/user/current")).count(), 1);
    run(&server.url, &[("token", "tok-1234567890")], code).ends(4).says("answered as to an anonymous user");
}

#[test]
fn s29_a_pat_on_an_old_server_is_explained() {
    let site = Practice::of("confluence", "server");
    site.switch(&json!({ "version": "7.4.1" }));
    run(&site.url, PAT, WHO)
        .ends(4)
        .says("User is not authorized")
        .says("personal access tokens need Confluence 7.9 or newer; this server is 7.4");
}

#[test]
fn s31_a_page_with_a_token_is_refused_without_a_request() {
    let site = Practice::of("confluence", "server");
    run(&site.url, PAT, "confluence().render(\"/dashboard.action\")").ends(2).says(E2);
    assert!(site.lines().is_empty());
    let page = run(&site.url, PASSWORD, "confluence().render(\"/dashboard.action\")").ok();
    assert!(page.out.contains("<title>"), "{page:?}");
}
