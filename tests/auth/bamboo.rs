//! Bamboo Server and Data Center (S32–S38).

use super::{E1, basic};
use crate::common::{Run, practice::Practice};
use serde_json::json;

fn run(server: &str, credentials: &[(&str, &str)], code: &str) -> Run {
    super::run("bamboo", server, credentials, code)
}

const PASSWORD: &[(&str, &str)] = &[("user", "mira"), ("password", "mira-password")];
const PAT: &[(&str, &str)] = &[("token", "pat-sandbox-mira")];
const WHO: &str = "bamboo().whoami().name";
/// A user action, which secure administration protects.
const USERS: &str = "bamboo().op(\"getUsers\").results.len() > 0";

#[test]
fn s32_and_s34_user_and_password_go_with_each_request_and_make_no_session() {
    let site = Practice::of("bamboo", "server");
    run(&site.url, PASSWORD, "let b = bamboo(); for i in 0..3 { b.whoami(); } b.whoami().name").ok().prints("mira");
    let log = site.log();
    assert_eq!(log.len(), 4, "no log-in and no log-out: {log:?}");
    assert!(log.iter().all(|s| s.header("authorization") == basic("mira", "mira-password")));
    assert!(log.iter().all(|s| s.header("cookie").is_empty()));
}

#[test]
fn s32_a_wrong_password_is_sent_once() {
    let site = Practice::of("bamboo", "server");
    let code = "let b = bamboo(); for i in 0..3 { try { b.whoami(); } catch (e) { print(e.kind); } } b.whoami()";
    let run = run(&site.url, &[("user", "mira"), ("password", "hunter2-secret")], code).ends(4).says(E1);
    assert_eq!(run.out, "auth\nauth\nauth\n");
    assert_eq!(site.lines().len(), 1, "{:?}", site.lines());
}

#[test]
fn s33_a_pat_goes_as_bearer() {
    let site = Practice::of("bamboo", "server");
    run(&site.url, PAT, WHO).ok().prints("mira");
    assert!(site.log().iter().all(|s| s.header("authorization") == "Bearer pat-sandbox-mira"));
    run(&site.url, &[("token", "tok-1234567890")], "bamboo().get(\"/rest/api/latest/project\")")
        .ends(4)
        .says("User is not authorized");
}

#[test]
fn s33_a_pat_on_an_old_server_is_explained() {
    let site = Practice::of("bamboo", "server");
    site.switch(&json!({ "version": "6.9.1" }));
    run(&site.url, PAT, WHO).ends(4).says("personal access tokens need Bamboo 6.10 or newer; this server is 6.9");
}

#[test]
fn s34_the_newer_login_is_used_where_basic_is_switched_off() {
    let site = Practice::of("bamboo", "server");
    site.switch(&json!({ "basic": false, "tsv": true }));
    run(&site.url, PASSWORD, WHO).ok().prints("mira");
    let log = site.log();
    assert_eq!(log.iter().filter(|s| s.body.contains("mira-password")).count(), 1, "{log:?}");
}

#[test]
fn s36_a_pat_with_websudo_names_what_to_do() {
    let site = Practice::of("bamboo", "server");
    site.switch(&json!({ "websudo": true }));
    run(&site.url, PAT, USERS)
        .ends(4)
        .says("Remote error: Websudo permission error")
        .says("Turn websudo off")
        .says("use user and password parameters");
}

#[test]
fn s37_user_and_password_work_although_websudo_is_on() {
    let site = Practice::of("bamboo", "server");
    site.switch(&json!({ "websudo": true }));
    run(&site.url, PASSWORD, USERS).ok().prints("true");
}

#[test]
fn s38_without_websudo_the_pat_is_enough() {
    let site = Practice::of("bamboo", "server");
    site.switch(&json!({ "websudo": false }));
    run(&site.url, PAT, USERS).ok().prints("true");
}
