//! Jira: Cloud (S1–S11) and Server or Data Center (S13–S24), and what holds for every service (S55–S68).

use super::{E1, E2, basic};
use crate::common::{
    Run, Tieline,
    practice::Practice,
    server::{json, reply, serve},
    tieline,
};
use base64::Engine as _;
use serde_json::json;

fn run(server: &str, credentials: &[(&str, &str)], code: &str) -> Run {
    super::run("jira", server, credentials, code)
}

fn prepared(server: &str, credentials: &[(&str, &str)], code: &str) -> Tieline {
    super::prepared("jira", server, credentials, code)
}

const CLOUD: &[(&str, &str)] = &[("user", "mira@sandbox.example"), ("token", "ATATT-sandbox-mira")];
const PASSWORD: &[(&str, &str)] = &[("user", "mira"), ("password", "mira-password")];
const PAT: &[(&str, &str)] = &[("token", "pat-sandbox-mira")];

#[test]
fn s01_cloud_takes_email_and_token_as_basic() {
    let jira = Practice::cloud();
    run(&jira.url, CLOUD, "jira().whoami().displayName").ok().prints("Mira Holm");
    let log = jira.log();
    let last = log.last().unwrap();
    assert_eq!(last.line, "GET /rest/api/3/myself");
    assert_eq!(last.header("authorization"), basic("mira@sandbox.example", "ATATT-sandbox-mira"));
    assert!(log.iter().all(|seen| seen.header("cookie").is_empty()));
}

#[test]
fn s03_and_s07_cloud_takes_the_token_as_password_too_with_the_same_bytes() {
    let jira = Practice::cloud();
    run(&jira.url, CLOUD, "jira().whoami().displayName").ok();
    run(
        &jira.url,
        &[("user", "mira@sandbox.example"), ("password", "ATATT-sandbox-mira")],
        "jira().whoami().displayName",
    )
    .ok()
    .prints("Mira Holm");
    let sent: Vec<String> =
        jira.log().iter().filter(|s| s.line.contains("myself")).map(|s| s.header("authorization").to_owned()).collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
}

#[test]
fn s05_an_account_password_on_cloud_is_e1_and_nothing_else_is_tried() {
    let jira = Practice::cloud();
    run(&jira.url, &[("user", "mira@sandbox.example"), ("password", "mira-password")], "jira().whoami()")
        .ends(4)
        .says(E1);
    let lines = jira.lines();
    assert!(!lines.iter().any(|line| line.contains("session") || line.contains("login")), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.contains("myself")).count(), 1);
}

#[test]
fn s06_a_session_on_cloud_is_refused_without_a_request() {
    let jira = Practice::cloud();
    let with = [CLOUD, &[("deployment", "cloud")]].concat();
    run(&jira.url, &with, "jira().login()").ends(2).says("Client error: Jira Cloud has no log-in sessions");
    assert!(jira.lines().is_empty());
}

#[test]
fn s08_and_s55_a_page_needs_a_password_on_cloud() {
    let jira = Practice::cloud();
    let with = [CLOUD, &[("deployment", "cloud")]].concat();
    run(&jira.url, &with, "jira().render(\"/secure/Dashboard.jspa\")").ends(2).says(E2);
    assert!(jira.lines().is_empty());
}

#[test]
fn s09_a_user_name_instead_of_an_email_is_e1_with_a_hint() {
    let jira = Practice::cloud();
    run(&jira.url, &[("user", "mira"), ("token", "ATATT-sandbox-mira")], "jira().whoami()")
        .ends(4)
        .says(E1)
        .says("must be the e-mail address");
}

#[test]
fn s10_a_wrong_token_is_an_error_also_where_the_server_answers_as_to_nobody() {
    let jira = Practice::cloud();
    let wrong = &[("user", "mira@sandbox.example"), ("token", "tok-1234567890")];
    run(&jira.url, wrong, "jira().whoami()").ends(4).says(E1);
    // Searching is open to anonymous users: the trap is a 200 with fewer issues.
    let run = run(&jira.url, wrong, "jira().search(\"project = DOC\").count()").ends(4);
    assert!(run.out.is_empty());
    run.says("User is not authorized to perform the request. Response code: 200.")
        .says("answered as to an anonymous user");
}

#[test]
fn s11_a_token_without_a_user_is_a_client_error_on_cloud() {
    let jira = Practice::cloud();
    run(&jira.url, &[("token", "tok-1234567890"), ("deployment", "cloud")], "jira().whoami()")
        .ends(2)
        .says("Client error: Jira Cloud needs `user` (your e-mail address, or user name) beside `token`");
    assert!(jira.lines().is_empty());
}

#[test]
fn s13_basic_is_used_where_no_session_is_offered() {
    let jira = Practice::server();
    jira.switch(&json!({ "session": false, "tsv": false }));
    run(&jira.url, PASSWORD, "jira().whoami().name").ok().prints("mira");
    let log = jira.log();
    assert_eq!(log.last().unwrap().header("authorization"), basic("mira", "mira-password"));
}

#[test]
fn s14_s15_s16_and_s24_user_and_password_make_one_session_that_is_ended() {
    let jira = Practice::server();
    run(&jira.url, PASSWORD, "let j = jira(); for k in [1, 2, 3] { j.issue(`OPS-${k}`); } jira().whoami().name")
        .ok()
        .prints("mira");
    let log = jira.log();
    let logins: Vec<_> = log.iter().filter(|s| s.line == "POST /jira/rest/auth/1/session").collect();
    assert_eq!(logins.len(), 1);
    assert_eq!(logins[0].body, r#"{"username":"mira","password":"mira-password"}"#);
    for seen in log.iter().filter(|s| s.line.contains("/rest/api/2/issue") || s.line.contains("myself")) {
        assert!(seen.header("cookie").contains("JSESSIONID="), "{seen:?}");
        assert!(seen.header("authorization").is_empty(), "{seen:?}");
    }
    assert_eq!(log.last().unwrap().line, "DELETE /jira/rest/auth/1/session");
}

#[test]
fn s16_the_session_is_ended_after_an_error_too() {
    let jira = Practice::server();
    run(&jira.url, PASSWORD, "jira().issue(\"NOPE-1\")").ends(3);
    assert_eq!(jira.lines().last().unwrap(), "DELETE /jira/rest/auth/1/session");
}

/// Logs in and returns the handle, which only a file or a pipe may see.
fn handle(jira: &Practice) -> String {
    let code = "let h = jira().login(); jira(#{ login: h, server: env(\"TIELINE_JIRA_SERVER\") }).whoami(); h";
    let run = prepared(&jira.url, PASSWORD, code).run().ok();
    assert_eq!(run.out.trim(), "••••", "a handle is a secret");
    let seen = jira.log().iter().rev().map(|s| s.header("cookie").to_owned()).find(|c| !c.is_empty()).unwrap();
    let json = json!({ "service": "jira", "server": jira.url, "deployment": "server", "cookies": seen });
    format!("tieline1.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string()))
}

#[test]
fn s17_a_handle_serves_a_later_run_without_user_and_password() {
    let jira = Practice::server();
    let handle = handle(&jira);
    let before = jira.lines().iter().filter(|l| l.contains("auth/1/session")).count();
    run(&jira.url, &[("login", &handle)], "jira().whoami().name").ok().prints("mira");
    let lines = jira.lines();
    assert_eq!(lines.iter().filter(|l| l.contains("auth/1/session")).count(), before, "no login, no logout: {lines:?}");
}

#[test]
fn s18_a_logged_out_handle_fails_cleanly() {
    let jira = Practice::server();
    let handle = handle(&jira);
    run(&jira.url, &[("login", &handle)], "jira().logout()").ok();
    run(&jira.url, &[("login", &handle)], "jira().search(\"project = DOC\").count()")
        .ends(4)
        .says("User is not authorized")
        .says("the saved session has expired or was logged out");
    run(&jira.url, PASSWORD, "let j = jira(); j.whoami(); j.logout(); j.whoami()")
        .ends(2)
        .says("this connection was logged out");
}

#[test]
fn s19_an_expired_handle_is_an_error_or_renewed_if_the_password_is_known() {
    let jira = Practice::server();
    let handle = handle(&jira);
    jira.expire();
    run(&jira.url, &[("login", &handle)], "jira().search(\"project = DOC\").count()")
        .ends(4)
        .says("the saved session has expired");
    let with = [PASSWORD, &[("login", handle.as_str())]].concat();
    run(&jira.url, &with, "jira().whoami().name").ok().prints("mira");
}

#[test]
fn s19_a_200_as_anonymous_is_no_success_either() {
    let server = serve(|_| {
        reply(
            200,
            &[("content-type", "application/json"), ("x-ausername", "anonymous")],
            r#"{"issues":[],"total":0,"startAt":0}"#,
        )
    });
    let json =
        json!({ "service": "jira", "server": server.url, "deployment": "server", "cookies": "JSESSIONID=abcdef" });
    let handle = format!("tieline1.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string()));
    run(&server.url, &[("login", &handle)], "jira().search(\"x\").count()").ends(4).says("User is not authorized");
}

#[test]
fn s20_a_pat_goes_as_bearer_without_user_and_session() {
    let jira = Practice::server();
    run(&jira.url, PAT, "jira().whoami().name").ok().prints("mira");
    let log = jira.log();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(log[0].header("authorization"), "Bearer pat-sandbox-mira");
    assert!(log[0].header("cookie").is_empty());
}

#[test]
fn s20_an_invalid_pat_is_an_error_though_the_server_answers_200() {
    let jira = Practice::server();
    run(&jira.url, &[("token", "tok-1234567890")], "jira().search(\"project = DOC\").count()")
        .ends(4)
        .says("User is not authorized");
}

#[test]
fn s21_a_pat_on_an_old_server_is_explained() {
    let jira = Practice::server();
    jira.switch(&json!({ "version": "8.5.1" }));
    run(&jira.url, PAT, "jira().whoami()")
        .ends(4)
        .says("User is not authorized")
        .says("personal access tokens need Jira 8.14 or newer; this server is 8.5");
}

#[test]
fn s22_a_wrong_password_is_sent_once() {
    let jira = Practice::server();
    let code = "let j = jira(); for i in 0..3 { try { j.issue(\"OPS-1\"); } catch (e) { print(e.message); } } j.issue(\"OPS-1\")";
    let run = run(&jira.url, &[("user", "mira"), ("password", "hunter2-secret")], code).ends(4).says(E1);
    assert_eq!(run.out.lines().filter(|line| *line == E1).count(), 3);
    let lines = jira.lines();
    assert_eq!(lines.iter().filter(|line| line.starts_with("POST")).count(), 1, "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains("/issue/")), "{lines:?}");
}

#[test]
fn s22_a_captcha_stops_everything_and_names_the_way_out() {
    let jira = Practice::server();
    for _ in 0..3 {
        run(&jira.url, &[("user", "mira"), ("password", "hunter2-secret")], "jira().whoami()").ends(4);
    }
    run(&jira.url, PASSWORD, "jira().whoami()")
        .ends(4)
        .says("asks for a CAPTCHA")
        .says("/login.jsp")
        .says("Response code: 403.");
}

#[test]
fn s24_the_newer_login_is_used_where_only_that_is_offered() {
    let jira = Practice::server();
    jira.switch(&json!({ "session": false, "tsv": true, "basic": false }));
    run(&jira.url, PASSWORD, "jira().whoami().name").ok().prints("mira");
    let log = jira.log();
    let passwords: Vec<_> = log.iter().filter(|s| s.body.contains("mira-password") && s.line.contains("tsv")).collect();
    assert_eq!(passwords.len(), 1);
}

#[test]
fn s24_two_step_verification_is_explained() {
    let jira = Practice::server();
    jira.switch(&json!({ "session": false, "tsv": true }));
    run(&jira.url, &[("user", "nora"), ("password", "nora-password")], "jira().whoami()")
        .ends(4)
        .says("Two-step verification is on")
        .says("use a personal access token");
}

#[test]
fn s24_basic_switched_off_is_said_as_it_is() {
    let jira = Practice::server();
    jira.switch(&json!({ "session": false, "tsv": false, "basic": false }));
    run(&jira.url, PASSWORD, "jira().whoami()")
        .ends(4)
        .says("Basic Authentication has been disabled on this instance. Response code: 403.");
}

#[test]
fn s55_and_s58_a_page_with_a_token_is_refused_without_a_request() {
    let jira = Practice::server();
    run(&jira.url, PAT, "jira().render(\"/secure/Dashboard.jspa\")")
        .ends(2)
        .says(E2)
        .says("Use user and password parameters instead.");
    assert!(jira.lines().is_empty());
}

#[test]
fn s56_a_page_with_user_and_password_works() {
    let jira = Practice::server();
    let run = run(&jira.url, PASSWORD, "jira().render(\"/secure/Dashboard.jspa\")").ok();
    assert!(run.out.contains("<title>"), "{run:?}");
}

#[test]
fn s57_other_capabilities_work_under_the_same_token() {
    let jira = Practice::server();
    run(
        &jira.url,
        PAT,
        "let j = jira(); try { j.render(\"/secure/x.jspa\"); } catch (e) { print(e.kind); } j.issue(\"OPS-1\").key",
    )
    .ok()
    .prints("client\nOPS-1");
}

#[test]
fn s57_token_and_password_together_do_everything() {
    let jira = Practice::server();
    let both = [PASSWORD, PAT].concat();
    let run = run(
        &jira.url,
        &both,
        "let j = jira(); j.render(\"/secure/Dashboard.jspa\").len > 0 && j.whoami().name == \"mira\"",
    )
    .ok()
    .prints("true");
    run.says("both `token` and `password` are given: the token is used");
    let log = jira.log();
    let rest = log.iter().find(|s| s.line.contains("myself")).unwrap();
    assert_eq!(rest.header("authorization"), "Bearer pat-sandbox-mira");
}

/// A secure administration request.
const ADMIN: &str = "jira().post(\"/rest/api/2/group\", #{ name: \"night-shift\" }).name";

#[test]
fn s59_websudo_with_a_token_names_both_ways_out() {
    let jira = Practice::server();
    run(&jira.url, PAT, ADMIN)
        .ends(4)
        .says("Websudo permission error")
        .says("Turn websudo off")
        .says("use user and password parameters")
        .says("Response code: 401.");
}

#[test]
fn s60_without_websudo_the_token_is_enough() {
    let jira = Practice::server();
    jira.switch(&json!({ "websudo": false }));
    run(&jira.url, PAT, ADMIN).ok().prints("night-shift");
}

#[test]
fn s61_websudo_with_user_and_password_works_by_basic_on_that_request() {
    let jira = Practice::server();
    run(&jira.url, PASSWORD, ADMIN).ok().prints("night-shift");
    let log = jira.log();
    let tries: Vec<_> = log.iter().filter(|s| s.line.ends_with("/rest/api/2/group")).collect();
    assert_eq!(tries.len(), 2);
    assert!(!tries[0].header("cookie").is_empty() && tries[0].header("authorization").is_empty());
    assert_eq!(tries[1].header("authorization"), basic("mira", "mira-password"));
}

#[test]
fn s63_every_refusal_of_the_server_has_prefix_and_code() {
    for (status, body) in [
        (400, r#"{"errorMessages":["Bad."]}"#),
        (403, "{}"),
        (404, r#"{"errorMessages":["Gone."],"errors":{}}"#),
        (409, "[]"),
        (500, "<html><title>Oops</title></html>"),
        (502, ""),
    ] {
        let server = serve(move |_| json(status, body));
        let run = run(&server.url, PAT, "jira().get(\"/rest/x\")");
        assert!(run.err.starts_with("error: Remote error: "), "{run:?}");
        run.says(&format!(" Response code: {status}."));
    }
}

#[test]
fn s64_every_refusal_of_ours_has_its_prefix() {
    for code in [
        "jira(#{ servr: 1 })",
        "jira().get(\"x\")",
        "jira().op(\"getIsue\")",
        "read_text(\"/nope\")",
        "params(#{ a: \"b\" })",
    ] {
        run("http://127.0.0.1:9", PAT, code).ends(2).says("error: Client error: ");
    }
}

#[test]
fn s65_a_401_prints_the_sentence_whatever_its_body() {
    for body in [
        "",
        "{}",
        r#"{"message":"Client must be authenticated","status-code":401}"#,
        "<html>Basic Authentication Failure</html>",
    ] {
        let server = serve(move |_| reply(401, &[], body));
        run(&server.url, PAT, "jira().get(\"/rest/x\")").ends(4).says(E1);
    }
}

#[test]
fn s66_no_error_holds_a_credential_that_the_server_echoes() {
    let server =
        serve(|request| json(500, &format!(r#"{{"errorMessages":["you sent {}"]}}"#, request.header("authorization"))));
    let run = run(&server.url, &[("token", "tok-1234567890")], "jira().get(\"/rest/x\")").ends(3);
    assert!(run.err.contains("you sent Bearer ••••"), "{run:?}");
}

#[test]
fn s67_parameter_names_are_case_sensitive() {
    run("http://127.0.0.1:9", PAT, "jira(#{ Token: \"x\" })")
        .ends(2)
        .says("no parameter `Token`")
        .says("did you mean `token`?");
}

#[test]
fn s68_a_parameter_of_another_application_is_named_as_such() {
    run("http://127.0.0.1:9", PAT, "jira(#{ tempoToken: \"x\" })")
        .ends(2)
        .says("jira has no use for `tempoToken`; only tempo() takes it");
}

#[test]
fn the_first_source_that_has_a_value_wins() {
    let jira = Practice::server();
    let with = |words: &[&str], code: &str| {
        let all: Vec<&str> = ["-e", code].iter().chain(words).copied().collect();
        tieline(&all).env("TIELINE_JIRA_SERVER", &jira.url).env("TIELINE_JIRA_TOKEN", "tok-1234567890").run()
    };
    with(&[], "jira(#{ token: env(\"NOPE\", \"pat-sandbox-mira\") }).whoami().name").ok().prints("mira");
    with(&["--jira-token", "pat-sandbox-mira", "--token", "tok-1234567890"], "jira().whoami().name")
        .ok()
        .prints("mira");
    with(&["--token", "pat-sandbox-mira"], "jira().whoami().name").ok().prints("mira");
    with(&[], "jira().whoami().name").ends(4);
}

#[test]
fn a_credential_may_come_from_a_file_a_command_or_standard_input() {
    let jira = Practice::server();
    let code = "jira().whoami().name";
    let base = || tieline(&["-e", code]).env("TIELINE_JIRA_SERVER", &jira.url).env("PATH", "/usr/bin:/bin");
    base().file("tok", "pat-sandbox-mira\n").env("TIELINE_JIRA_TOKEN_FILE", "tok").run().ok().prints("mira");
    base().env("TIELINE_JIRA_TOKEN_COMMAND", "printf 'pat-sandbox-mira\\n'").run().ok().prints("mira");
    tieline(&["-e", code, "--token", "-"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .input("pat-sandbox-mira\n")
        .run()
        .ok()
        .prints("mira");
    base().env("TIELINE_JIRA_TOKEN_COMMAND", "exit 3").run().ends(2).says("TIELINE_JIRA_TOKEN_COMMAND: it failed");
}

#[test]
fn a_session_that_ends_in_mid_run_is_renewed_once() {
    let jira = Practice::server();
    let origin = jira.url.trim_end_matches("/jira").to_owned();
    let end = format!(
        "jira(#{{ server: \"{origin}\", token: \"tok-any\", deployment: \"server\" }}).request(#{{ method: \"POST\", path: \"/__sandbox/expire\", body: #{{}} }});"
    );
    let code = format!("let j = jira(); j.whoami(); {end} print(j.whoami().name); {end} j.whoami().name");
    let run =
        run(&jira.url, PASSWORD, &code).ends(4).says("logging in again").says("ended again after it was renewed once");
    assert_eq!(run.out.trim(), "mira");
}
