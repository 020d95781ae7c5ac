use super::visitor::Visitor;
use super::*;

const CLIENT: [(&str, &str); 3] =
    [("grant_type", "client_credentials"), ("client_id", "sandbox-client"), ("client_secret", "sandbox-client-secret")];
const TOKEN: &str = "/rest/oauth2/latest/token";

fn bearer(answer: &Answer) -> String {
    format!("Bearer {}", answer.json()["access_token"].as_str().expect("a token"))
}

#[test]
fn every_product_of_data_center_gives_tokens_to_programs() {
    let stage = Stage::new();
    let who = [
        ("jira", "/rest/api/2/myself"),
        ("confluence", "/rest/api/user/current"),
        ("bitbucket", "/rest/api/latest/application-properties"),
        ("bamboo", "/rest/api/latest/currentUser.json"),
    ];
    for (service, path) in who {
        let at = Visitor::at(&stage, service, "server");
        let answer = at.form(TOKEN, &CLIENT).is(200);
        assert_eq!(answer.json()["token_type"], "Bearer");
        let asked = at.auth(bearer(&answer)).get(path).is(200);
        assert_eq!(asked.header("x-ausername"), "deploy-bot", "{service}");
    }
}

#[test]
fn a_wrong_client_is_told_so() {
    let stage = Stage::new();
    let jira = Visitor::at(&stage, "jira", "server");
    let wrong = [CLIENT[0], CLIENT[1], ("client_secret", "wrong")];
    assert_eq!(jira.form(TOKEN, &wrong).is(401).json()["error"], "invalid_client");
    assert_eq!(jira.form(TOKEN, &CLIENT[1..]).is(400).json()["error"], "invalid_request");
    let other = [("grant_type", "password"), CLIENT[1], CLIENT[2]];
    assert_eq!(jira.form(TOKEN, &other).is(400).json()["error"], "unsupported_grant_type");
    jira.basic("sandbox-client", "sandbox-client-secret").form(TOKEN, &CLIENT[..1]).is(200);
}

#[test]
fn tokens_of_programs_end() {
    let stage = Stage::new();
    let jira = Visitor::at(&stage, "jira", "server");
    jira.switch(&json!({ "token_seconds": 0 }));
    let short = bearer(&jira.form(TOKEN, &CLIENT).is(200));
    jira.auth(short).get("/rest/api/2/myself").is(401);
    jira.switch(&json!({ "token_seconds": 3600 }));
    let long = bearer(&jira.form(TOKEN, &CLIENT).is(200));
    jira.auth(long.clone()).get("/rest/api/2/myself").is(200);
    stage.control(jira.site, "expire", &json!({})).is(200);
    jira.auth(long).get("/rest/api/2/myself").is(401);
}

#[test]
fn a_service_account_of_cloud_works_at_the_gateway_only() {
    let stage = Stage::new();
    let login = Visitor::at(&stage, "atlassian-auth", "cloud");
    let body = json!({ "grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-client-secret" });
    let token = bearer(&login.json("POST", "/oauth/token", &body).is(200));
    let sites = login.auth(token.clone()).get("/oauth/token/accessible-resources").is(200).json();
    let id = sites[0]["id"].as_str().expect("an id").to_owned();
    let jira = Visitor::at(&stage, "jira", "cloud").auth(token.clone());
    assert_eq!(sites[0]["url"], jira.site.url);
    jira.get("/rest/api/3/myself").is(403);
    let me = jira.get(&format!("/ex/jira/{id}/rest/api/3/myself")).is(200).json();
    assert_eq!(me["displayName"], "Deploy Bot");
    let wiki = Visitor::at(&stage, "confluence", "cloud").auth(token.clone());
    wiki.get(&format!("/ex/confluence/{id}/wiki/rest/api/user/current")).is(200);
    stage.control(login.site, "expire", &json!({})).is(200);
    jira.get(&format!("/ex/jira/{id}/rest/api/3/myself")).is(401);
}
