//! Bitbucket: Server and Data Center (S39, S40, S42, S43) and Cloud (S44–S49).

use super::{E1, E2, basic};
use crate::common::{
    Run,
    practice::Practice,
    server::{json, reply, serve},
};
use serde_json::json;

fn run(server: &str, credentials: &[(&str, &str)], code: &str) -> Run {
    super::run("bitbucket", server, credentials, code)
}

const PASSWORD: &[(&str, &str)] = &[("user", "mira"), ("password", "mira-password")];
const PAT: &[(&str, &str)] = &[("token", "pat-sandbox-mira")];
const CLOUD: &[(&str, &str)] =
    &[("user", "mira@sandbox.example"), ("token", "ATATT-sandbox-mira"), ("deployment", "cloud")];

/// The refusal of a token outside its bounds (E3).
const E3: &str = "Remote error: This API is not accessible by this authentication mechanism";

#[test]
fn s39_user_and_password_go_with_each_request() {
    let site = Practice::of("bitbucket", "server");
    run(&site.url, PASSWORD, "let b = bitbucket(); b.whoami(); b.whoami().name").ok().prints("mira");
    let log = site.log();
    assert_eq!(log.len(), 2, "{log:?}");
    assert!(log.iter().all(|s| s.header("authorization") == basic("mira", "mira-password")));
}

#[test]
fn s39_the_newer_login_is_used_where_basic_is_switched_off() {
    let site = Practice::of("bitbucket", "server");
    site.switch(&json!({ "basic": false, "tsv": true }));
    run(&site.url, PASSWORD, "bitbucket().whoami().name").ok().prints("mira");
    let log = site.log();
    assert_eq!(log.iter().filter(|s| s.body.contains("mira-password")).count(), 1, "{log:?}");
    assert_eq!(log.iter().filter(|s| !s.header("authorization").is_empty()).count(), 1, "{log:?}");
}

#[test]
fn s40_an_access_token_goes_as_bearer() {
    let site = Practice::of("bitbucket", "server");
    run(&site.url, PAT, "bitbucket().whoami().name").ok().prints("mira");
    assert!(site.log().iter().all(|s| s.header("authorization") == "Bearer pat-sandbox-mira"));
    run(&site.url, &[("token", "tok-1234567890")], "bitbucket().whoami()").ends(4).says("User is not authorized");
}

#[test]
fn s42_a_token_has_no_pages_and_no_global_permissions() {
    let site = Practice::of("bitbucket", "server");
    run(&site.url, PAT, "bitbucket().render(\"/projects\")").ends(2).says(E2);
    assert!(site.lines().is_empty());
    let run = run(&site.url, PAT, "bitbucket().post(\"/rest/api/latest/projects\", #{ key: \"NEW\", name: \"New\" })");
    let run = run.ends(4);
    assert!(run.err.contains("Remote error: ") && run.err.contains("Response code: 401."), "{run:?}");
}

#[test]
fn s43_access_tokens_are_listed_added_and_removed() {
    let site = Practice::of("bitbucket", "server");
    let code = r#"
        let b = bitbucket();
        let path = "/rest/access-tokens/latest/users/{user}";
        let made = b.put(path, #{ user: "mira", name: "ci", permissions: ["PROJECT_READ", "REPO_WRITE"], expiryDays: 30 });
        let names = b.pages(path, #{ user: "mira" }).map(|t| t.name);
        b.delete(path + "/{id}", #{ user: "mira", id: made.id });
        [made.token.len() > 0, "ci" in names, "ci" in b.pages(path, #{ user: "mira" }).map(|t| t.name)]
    "#;
    let run = run(&site.url, PASSWORD, code).ok();
    assert_eq!(run.out.split_whitespace().collect::<String>(), "[true,true,false]");
}

#[test]
fn s44_an_account_password_on_cloud_is_e1_with_what_to_use_instead() {
    let site = Practice::of("bitbucket", "cloud");
    let wrong = &[("user", "mira"), ("password", "mira-password"), ("deployment", "cloud")];
    run(&site.url, wrong, "bitbucket().whoami()").ends(4).says(E1).says("API token");
    assert_eq!(site.lines().len(), 1);
}

#[test]
fn s45_user_and_password_are_sent_as_they_are() {
    let seen = serve(|_| json(200, r#"{"display_name":"Mira Holm"}"#));
    for (user, secret) in [("mira", "app-password-1"), ("mira@sandbox.example", "ATATT-sandbox-mira")] {
        let with = &[("user", user), ("password", secret), ("deployment", "cloud")];
        run(&seen.url, with, "bitbucket().whoami().display_name").ok().prints("Mira Holm");
        assert_eq!(seen.seen().last().unwrap().header("authorization"), basic(user, secret));
    }
    let site = Practice::of("bitbucket", "cloud");
    run(&site.url, CLOUD, "bitbucket().whoami().display_name").ok().prints("Mira Holm");
    assert_eq!(site.log()[0].header("authorization"), basic("mira@sandbox.example", "ATATT-sandbox-mira"));
}

#[test]
fn s46_and_s49_a_resource_token_goes_as_bearer_and_works_in_its_bounds() {
    let site = Practice::of("bitbucket", "cloud");
    let with = &[("token", "ATCTT-sandbox-workspace"), ("deployment", "cloud")];
    run(&site.url, with, "bitbucket().get(\"/2.0/workspaces/sandbox\").slug").ok().prints("sandbox");
    let log = site.log();
    assert!(log.iter().all(|s| s.header("authorization") == "Bearer ATCTT-sandbox-workspace"), "{log:?}");
}

#[test]
fn s47_a_token_outside_its_bounds_is_e3() {
    let site = Practice::of("bitbucket", "cloud");
    for token in ["ATCTT-sandbox-repo", "ATCTT-sandbox-project"] {
        run(&site.url, &[("token", token), ("deployment", "cloud")], "bitbucket().get(\"/2.0/user\")")
            .ends(4)
            .says(E3)
            .says("works only inside its bounds");
    }
    // The text counts, not the status.
    let body = r#"{"type":"error","error":{"message":"This API is not accessible by this authentication mechanism"}}"#;
    for status in [401, 403] {
        let server = serve(move |_| reply(status, &[("content-type", "application/json")], body));
        run(&server.url, &[("token", "tok-1234567890"), ("deployment", "cloud")], "bitbucket().get(\"/2.0/user\")")
            .ends(4)
            .says(E3);
    }
}

#[test]
fn s48_a_limit_of_one_token_does_not_slow_another() {
    let server = serve(|request| {
        if request.header("authorization") == "Bearer tok-limited" {
            return reply(429, &[("retry-after", "600")], "Rate limit for this resource has been exceeded");
        }
        json(200, r#"{"slug":"sandbox"}"#)
    });
    let code = r#"
        let limited = bitbucket(#{ token: "tok-limited" });
        let free = bitbucket(#{ token: "tok-free" });
        for i in 0..3 {
            try { limited.get("/2.0/workspaces/sandbox"); } catch (e) { print(e.kind); }
            print(free.get("/2.0/workspaces/sandbox").slug);
        }
    "#;
    let start = std::time::Instant::now();
    let run = run(&server.url, &[("deployment", "cloud")], code).ok();
    assert_eq!(run.out, "rate_limited\nsandbox\n".repeat(3));
    // The limited token would have to wait ten minutes.
    assert!(start.elapsed() < std::time::Duration::from_secs(60));
}
