//! Trello, Slack and Tempo (S50–S54).

use super::E1;
use crate::common::{
    practice::Practice,
    server::{json, serve},
    tieline,
};

const TRELLO: &[(&str, &str)] = &[("key", "sandbox-trello-key"), ("token", "ATTA-sandbox-mira")];

#[test]
fn s50_trello_takes_key_and_token_in_a_header() {
    let site = Practice::of("trello", "cloud");
    super::run("trello", &site.url, TRELLO, "trello().whoami().username").ok().prints("mira");
    let log = site.log();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].line, "GET /1/members/me");
    assert_eq!(
        log[0].header("authorization"),
        r#"OAuth oauth_consumer_key="sandbox-trello-key", oauth_token="ATTA-sandbox-mira""#
    );
}

#[test]
fn s50_without_a_key_or_a_token_the_way_to_one_is_shown() {
    let site = Practice::of("trello", "cloud");
    super::run("trello", &site.url, &[("token", "ATTA-sandbox-mira")], "trello().whoami()")
        .ends(2)
        .says("Client error: Trello Cloud needs `key` beside `token`");
    super::run("trello", &site.url, &[("key", "sandbox-trello-key")], "trello().whoami()")
        .ends(2)
        .says("Client error: Trello Cloud needs `token` beside `key`")
        .says("https://trello.com/1/authorize?")
        .says("response_type=token&key=sandbox-trello-key");
    assert!(site.lines().is_empty());
}

#[test]
fn s50_a_refusal_in_plain_text_is_e1_with_a_hint() {
    let site = Practice::of("trello", "cloud");
    let wrong = &[("key", "sandbox-trello-key"), ("token", "tok-1234567890")];
    super::run("trello", &site.url, wrong, "trello().whoami()").ends(4).says(E1);
}

#[test]
fn s51_slack_takes_the_token_as_bearer() {
    let site = Practice::of("slack", "cloud");
    super::run("slack", &site.url, &[("token", "xoxp-sandbox-mira")], "slack().whoami().user").ok().prints("mira");
    let log = site.log();
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].line, "GET /api/auth.test");
    assert_eq!(log[0].header("authorization"), "Bearer xoxp-sandbox-mira");
}

#[test]
fn s51_slack_refuses_with_a_200_and_that_is_an_error() {
    let site = Practice::of("slack", "cloud");
    super::run("slack", &site.url, &[("token", "tok-1234567890")], "slack().whoami()")
        .ends(4)
        .says("Remote error: User is not authorized to perform the request. Response code: 200.")
        .says("invalid_auth");
    let server =
        serve(|_| json(200, r#"{"ok":false,"error":"missing_scope","needed":"files:read","provided":"users:read"}"#));
    super::run("slack", &server.url, &[("token", "tok-1234567890")], "slack().get(\"/api/files.list\")")
        .ends(4)
        .says("Remote error: missing_scope; needed: files:read; provided: users:read. Response code: 200.")
        .says("add the scope to the app");
}

#[test]
fn s52_slack_has_no_use_for_user_and_password() {
    for name in ["user", "password"] {
        tieline(&["-e", &format!("slack(#{{ token: \"tok-1234567890\", {name}: \"x\" }})")])
            .run()
            .ends(2)
            .says(&format!("Client error: slack has no use for `{name}`"));
    }
}

#[test]
fn s53_tempo_takes_a_token_of_its_own_beside_jiras() {
    let (jira, tempo) = (Practice::cloud(), Practice::of("tempo", "cloud"));
    let code = "print(jira().whoami().displayName); tempo().whoami().metadata.limit";
    tieline(&[
        "-e",
        code,
        "--user",
        "mira@sandbox.example",
        "--token",
        "ATATT-sandbox-mira",
        "--tempo-token",
        "tempo-sandbox-mira",
    ])
    .env("TIELINE_JIRA_SERVER", &jira.url)
    .env("TIELINE_JIRA_DEPLOYMENT", "cloud")
    .env("TIELINE_TEMPO_SERVER", &tempo.url)
    .run()
    .ok()
    .prints("Mira Holm\n1");
    assert!(tempo.log().iter().all(|s| s.header("authorization") == "Bearer tempo-sandbox-mira"));
    tieline(&["-e", "tempo(#{ token: \"tok-1234567890\" })"])
        .run()
        .ends(2)
        .says("tempo has no use for `token`")
        .says("`tempoToken`");
}

#[test]
fn s54_neither_token_goes_to_the_others_host() {
    let (jira, tempo) = (serve(|_| json(200, "{}")), serve(|_| json(200, "{\"results\":[]}")));
    tieline(&["-e", "jira().whoami(); tempo().whoami();"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_DEPLOYMENT", "cloud")
        .env("TIELINE_JIRA_USER", "mira@sandbox.example")
        .env("TIELINE_JIRA_TOKEN", "tok-of-jira-123")
        .env("TIELINE_TEMPO_SERVER", &tempo.url)
        .env("TIELINE_TEMPO_TOKEN", "tok-of-tempo-123")
        .run()
        .ok();
    let heads = |server: &crate::common::server::Server| format!("{:?}", server.seen());
    assert!(heads(&jira).contains("Basic ") && !heads(&jira).contains("tok-of-tempo-123"));
    assert!(heads(&tempo).contains("Bearer tok-of-tempo-123") && !heads(&tempo).contains("Basic "));
}
