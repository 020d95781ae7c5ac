//! Beyond the page: tokens with scopes, clients' tokens, tokens made by hand (S62).

use super::E1;
use crate::common::{
    practice::Practice,
    server::{json, reply, serve},
    tieline,
};
use serde_json::json;

/// The practice site at its gateway.
const SCOPED: &[(&str, &str)] =
    &[("user", "mira@sandbox.example"), ("token", "ATATT-sandbox-mira-scoped"), ("deployment", "cloud")];

#[test]
fn s62_a_token_is_used_as_it_was_made_in_the_profile() {
    let site = Practice::server();
    super::run("jira", &site.url, &[("token", "pat-sandbox-mira")], "jira().issue(\"OPS-1\").key").ok().prints("OPS-1");
    assert!(!site.lines().iter().any(|line| line.contains("/rest/pat/")), "{:?}", site.lines());
}

#[test]
fn a_token_with_scopes_is_used_at_the_gateway_after_one_try() {
    let site = Practice::cloud();
    let with = [SCOPED, &[("gateway", site.url.as_str())]].concat();
    let run = super::run("jira", &site.url, &with, "let j = jira(); j.whoami(); j.issue(\"OPS-1\").key");
    run.ok().prints("OPS-1").says("this token has scopes; it is used at");
    let lines = site.lines();
    assert_eq!(lines.iter().filter(|line| line.ends_with("/_edge/tenant_info")).count(), 1, "{lines:?}");
    let at_site = lines.iter().filter(|line| line.contains("/rest/api/") && !line.contains("/ex/jira/")).count();
    assert_eq!(at_site, 1, "the site is tried once: {lines:?}");
    let tenant = site.log().into_iter().find(|s| s.line.ends_with("tenant_info")).unwrap();
    assert!(tenant.header("authorization").is_empty());
}

#[test]
fn a_token_that_the_gateway_does_not_know_either_is_e1() {
    let site = Practice::cloud();
    let wrong = [("user", "mira@sandbox.example"), ("token", "tok-1234567890"), ("deployment", "cloud")];
    let with = [&wrong[..], &[("gateway", site.url.as_str())]].concat();
    super::run("jira", &site.url, &with, "let j = jira(); try { j.whoami(); } catch (e) {} j.whoami()")
        .ends(4)
        .says(E1);
    let lines = site.lines();
    assert_eq!(lines.iter().filter(|line| line.contains("/ex/jira/")).count(), 1, "{lines:?}");
}

#[test]
fn a_known_cloud_id_goes_to_the_gateway_at_once() {
    let site = Practice::cloud();
    let id = "7e1f0c2a-5b1d-4c39-9a58-0d6a3a3c1e11";
    let with = [SCOPED, &[("gateway", site.url.as_str()), ("cloud_id", id)]].concat();
    super::run("jira", &site.url, &with, "jira().issue(\"OPS-1\").key").ok().prints("OPS-1");
    assert!(site.lines().iter().all(|line| line.contains("/ex/jira/")), "{:?}", site.lines());
}

#[test]
fn no_credential_goes_to_the_vendors_gateway_for_a_site_that_is_not_the_vendors() {
    let server = serve(|_| reply(401, &[], ""));
    let with = &[("user", "a@b.c"), ("token", "tok-1234567890"), ("deployment", "cloud")];
    super::run("jira", &server.url, with, "jira().whoami()").ends(4).says(E1);
    assert_eq!(server.lines(), ["GET /rest/api/3/myself"]);
}

#[test]
fn a_client_id_and_secret_become_a_token_on_data_center() {
    let site = Practice::server();
    let with = &[("client_id", "sandbox-client"), ("client_secret", "sandbox-client-secret"), ("deployment", "server")];
    super::run("jira", &site.url, with, "let j = jira(); j.whoami(); j.whoami().name").ok().prints("deploy-bot");
    let log = site.log();
    let grants: Vec<_> = log.iter().filter(|s| s.line == "POST /jira/rest/oauth2/latest/token").collect();
    assert_eq!(grants.len(), 1, "{log:?}");
    assert!(grants[0].body.contains("grant_type=client_credentials"));
    let wrong = &[("client_id", "sandbox-client"), ("client_secret", "hunter2-secret"), ("deployment", "server")];
    super::run("jira", &site.url, wrong, "jira().whoami()")
        .ends(4)
        .says("Remote error: ")
        .says("`clientId` or `clientSecret` is wrong");
}

#[test]
fn a_service_account_on_cloud_works_at_the_gateway() {
    let site = Practice::cloud();
    let login = site.site("atlassian-auth", "cloud");
    let token_url = format!("{login}/oauth/token");
    let with = &[
        ("client_id", "sandbox-client"),
        ("client_secret", "sandbox-client-secret"),
        ("deployment", "cloud"),
        ("gateway", site.url.as_str()),
        ("token_url", token_url.as_str()),
    ];
    super::run("jira", &site.url, with, "jira().whoami().displayName").ok().prints("Deploy Bot");
    assert!(site.log().iter().filter(|s| s.line.contains("/rest/api/")).all(|s| s.line.contains("/ex/jira/")));
}

#[test]
fn a_clients_token_that_ends_is_made_anew() {
    let server = serve(|request| {
        if request.line.starts_with("POST /rest/oauth2/latest/token") {
            return json(200, r#"{"access_token":"short-lived-token","expires_in":0}"#);
        }
        json(200, r#"{"name":"bot"}"#)
    });
    let with = &[("client_id", "c-id"), ("client_secret", "hunter2-secret"), ("deployment", "server")];
    super::run("jira", &server.url, with, "let j = jira(); j.whoami(); j.whoami().name").ok().prints("bot");
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("POST")).count(), 2);
}

#[test]
fn two_step_verification_is_explained_everywhere() {
    for (service, code) in [
        ("confluence", "confluence().whoami()"),
        ("bitbucket", "bitbucket().whoami()"),
        ("bamboo", "bamboo().whoami()"),
    ] {
        let site = Practice::of(service, "server");
        site.switch(&json!({ "basic": false, "tsv": true }));
        let nora = &[("user", "nora"), ("password", "nora-password"), ("deployment", "server")];
        super::run(service, &site.url, nora, code)
            .ends(4)
            .says("Two-step verification is on")
            .says("use a personal access token");
    }
}

#[test]
fn the_vendors_one_address_is_known() {
    for (made, shown) in [
        ("bitbucket(#{ token: \"tok-1234567890\" })", "https://api.bitbucket.org"),
        ("bitbucket(#{ server: \"https://bitbucket.org/\", token: \"tok-1234567890\" })", "https://api.bitbucket.org"),
        ("trello(#{ key: \"k\", token: \"tok-1234567890\" })", "https://api.trello.com"),
        ("slack(#{ token: \"tok-1234567890\" })", "https://slack.com"),
        ("slack(#{ server: \"https://acme.slack.com\", token: \"tok-1234567890\" })", "https://slack.com"),
        ("tempo(#{ tempoToken: \"tok-1234567890\" })", "https://api.tempo.io"),
        (
            "tempo(#{ server: \"https://api.eu.tempo.io/4\", tempoToken: \"tok-1234567890\" })",
            "https://api.eu.tempo.io",
        ),
    ] {
        tieline(&["-e", &format!("{made}.server")]).run().ok().prints(shown);
    }
}
