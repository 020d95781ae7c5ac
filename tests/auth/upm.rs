//! The plugin manager takes its product's connection (S12, S23, S30, S35, S41, S69).

use super::basic;
use crate::common::{practice::Practice, tieline};

const PASSWORD: &[(&str, &str)] = &[("user", "mira"), ("password", "mira-password"), ("deployment", "server")];
const PAT: &[(&str, &str)] = &[("token", "pat-sandbox-mira")];

/// Lists the apps through `product`.
fn apps(product: &str) -> String {
    format!("upm({product}()).get(\"/rest/plugins/1.0/\").plugins.len() > 0")
}

/// Both ways in, over the practice server of `product`.
fn takes_both(product: &str) {
    let site = Practice::of(product, "server");
    super::run(product, &site.url, PASSWORD, &apps(product)).ok().prints("true");
    // Secure administration is off here: with it a token is refused, as the contract says.
    site.switch(&serde_json::json!({ "websudo": false }));
    super::run(product, &site.url, PAT, &apps(product)).ok().prints("true");
    let log = site.log();
    assert!(log.iter().any(|s| s.header("authorization") == "Bearer pat-sandbox-mira"), "{log:?}");
}

#[test]
fn s12_upm_on_cloud_takes_email_and_token() {
    let site = Practice::cloud();
    let with = &[("user", "mira@sandbox.example"), ("token", "ATATT-sandbox-mira"), ("deployment", "cloud")];
    super::run("jira", &site.url, with, &apps("jira")).ok().prints("true");
    let log = site.log();
    let seen = log.iter().find(|s| s.line.contains("/rest/plugins/")).expect("the list of apps");
    assert_eq!(seen.header("authorization"), basic("mira@sandbox.example", "ATATT-sandbox-mira"));
}

#[test]
fn s23_upm_on_jira_works_with_session_basic_and_pat() {
    takes_both("jira");
    let site = Practice::server();
    site.switch(&serde_json::json!({ "session": false, "tsv": false }));
    super::run("jira", &site.url, PASSWORD, &apps("jira")).ok().prints("true");
}

#[test]
fn s30_upm_on_confluence() {
    takes_both("confluence");
}

#[test]
fn s35_upm_on_bamboo() {
    takes_both("bamboo");
}

#[test]
fn s41_upm_on_bitbucket() {
    takes_both("bitbucket");
}

#[test]
fn s69_upm_is_a_client_error_elsewhere() {
    for (made, says) in [
        ("bitbucket(#{ user: \"a@b.c\", token: \"tok-1234567890\" })", "Client error: Bitbucket Cloud has no UPM"),
        ("trello(#{ key: \"k\", token: \"tok-1234567890\" })", "Client error: Trello has no UPM"),
        ("slack(#{ token: \"tok-1234567890\" })", "Client error: Slack has no UPM"),
        ("tempo(#{ tempoToken: \"tok-1234567890\" })", "Client error: Tempo has no UPM"),
        ("#{ product: \"slack\" }", "Client error: Slack has no UPM"),
        ("#{ product: \"nothing\" }", "Client error: nothing has no UPM"),
        ("#{}", "Client error: upm() needs the product it is a part of"),
    ] {
        tieline(&["-e", &format!("upm({made})")])
            .run()
            .ends(2)
            .says(says)
            .says("UPM is a part of Jira, Confluence, Bitbucket, Bamboo");
    }
}

#[test]
fn s69_upm_may_be_made_from_a_map() {
    let site = Practice::server();
    let code = format!(
        "upm(#{{ product: \"jira\", server: \"{}\", user: \"mira\", password: env(\"PW\") }}).get(\"/rest/plugins/1.0/\").plugins.len() > 0",
        site.url
    );
    tieline(&["-e", &code]).env("PW", "mira-password").run().ok().prints("true");
}
