//! Who is let in, flavour by flavour: the status, and what else tells.

use super::*;

const CLOUD_ID: &str = "7e1f0c2a-5b1d-4c39-9a58-0d6a3a3c1e11";
const EMAIL: &str = "mira@sandbox.example";

impl Stage {
    fn signed(&self, service: &str, deployment: &str, path: &str, user: &str, secret: &str) -> Answer {
        self.send(self.bare(self.site(service, deployment), "GET", path).basic_auth(user, Some(secret)))
    }

    fn bearing(&self, service: &str, deployment: &str, path: &str, token: &str) -> Answer {
        self.send(self.bare(self.site(service, deployment), "GET", path).bearer_auth(token))
    }

    fn nobody(&self, service: &str, deployment: &str, path: &str) -> Answer {
        self.send(self.bare(self.site(service, deployment), "GET", path))
    }
}

#[test]
fn confluence_cloud_tells_its_refusals_apart() {
    let stage = Stage::new();
    let who = "/wiki/rest/api/user/current";
    let rows = [
        (EMAIL, "ATATT-sandbox-mira", 200, "OK"),
        (EMAIL, "wrong", 403, "AUTHENTICATED_FAILED"),
        ("mira", "ATATT-sandbox-mira", 403, "AUTHENTICATED_FAILED"),
        (EMAIL, "ATATT-sandbox-mira-expired", 403, "AUTHENTICATED_FAILED"),
        (EMAIL, "", 401, "AUTHENTICATED_FAILED"),
        ("", "ATATT-sandbox-mira", 401, "AUTHENTICATED_FAILED"),
        (EMAIL, "mira-password", 401, ""),
        (EMAIL, "ATATT-sandbox-mira-scoped", 401, "AUTHENTICATED_FAILED"),
    ];
    for (user, secret, status, reason) in rows {
        let answer = stage.signed("confluence", "cloud", who, user, secret).is(status);
        assert_eq!(answer.header("x-seraph-loginreason"), reason, "{user} {secret}");
    }
    let nobody = stage.nobody("confluence", "cloud", who).is(403).json();
    assert_eq!(nobody["message"], "Current user not permitted to use Confluence");
    stage.bearing("confluence", "cloud", who, "ATATT-sandbox-mira").is(403);
    assert_eq!(stage.nobody("confluence", "cloud", "/_edge/tenant_info").is(200).json()["cloudId"], CLOUD_ID);
}

#[test]
fn confluence_cloud_takes_scoped_tokens_at_the_gateway() {
    let stage = Stage::new();
    let at_gateway = |path: &str| format!("/ex/confluence/{CLOUD_ID}/wiki{path}");
    let who = at_gateway("/rest/api/user/current");
    stage.signed("confluence", "cloud", &who, EMAIL, "ATATT-sandbox-mira-scoped").is(200);
    stage.signed("confluence", "cloud", &who, EMAIL, "wrong").is(401);
    let list = at_gateway("/api/v2/pages?limit=3");
    let page = stage.signed("confluence", "cloud", &list, EMAIL, "ATATT-sandbox-mira-scoped").is(200).json();
    // The address of the next page does not know of the gateway.
    assert!(page["_links"]["next"].as_str().expect("a next page").starts_with("/wiki/api/v2/pages?"));
    let site = stage.site("confluence", "cloud");
    let read_only = stage
        .bare(site, "DELETE", &at_gateway("/api/v2/pages/131111"))
        .basic_auth(EMAIL, Some("ATATT-sandbox-mira-read"));
    stage.send(read_only).is(401);
}

#[test]
fn confluence_server_makes_a_session_of_user_and_password() {
    let stage = Stage::new();
    let who = "/rest/api/user/current";
    let first = stage.signed("confluence", "server", who, "mira", "mira-password").is(200);
    let cookies = first.cookies();
    assert!(cookies.contains("JSESSIONID="), "{cookies}");
    let site = stage.site("confluence", "server");
    let by_cookie = stage.send(stage.bare(site, "GET", who).header("cookie", &cookies)).is(200);
    assert_eq!(by_cookie.json()["username"], "mira");
    assert_eq!(by_cookie.header("x-ausername"), "mira");
    stage.control(site, "expire", &json!({})).is(200);
    stage.send(stage.bare(site, "GET", who).header("cookie", &cookies)).is(401);
    assert_eq!(stage.nobody("confluence", "server", who).is(200).json()["type"], "anonymous");
    let refused = stage.signed("confluence", "server", who, "mira", "wrong").is(401);
    assert!(refused.text.contains("Basic Authentication Failure"), "{}", refused.text);
}

#[test]
fn confluence_server_leaves_a_dead_token_anonymous() {
    let stage = Stage::new();
    let who = "/rest/api/user/current";
    let good = stage.bearing("confluence", "server", who, "pat-sandbox-mira").is(200);
    assert_eq!(good.json()["type"], "known");
    assert!(good.cookies().is_empty());
    let bad = stage.bearing("confluence", "server", who, "pat-sandbox-nobody").is(200);
    assert_eq!((bad.json()["type"].clone(), bad.header("x-ausername")), (json!("anonymous"), "anonymous"));
    let open = stage.bearing("confluence", "server", "/rest/api/space", "pat-sandbox-nobody").is(200).json();
    assert_eq!(open["size"], 1, "only what is open to everybody");
    let site = stage.site("confluence", "server");
    stage.control(site, "switch", &json!({ "version": "7.8.3" })).is(200);
    assert_eq!(stage.bearing("confluence", "server", who, "pat-sandbox-mira").json()["type"], "anonymous");
    let manifest = stage.nobody("confluence", "server", "/rest/applinks/1.0/manifest").is(200);
    assert!(manifest.text.contains("<version>7.8.3</version>"), "{}", manifest.text);
}

#[test]
fn confluence_server_has_the_form_and_the_two_step_login() {
    let stage = Stage::new();
    let site = stage.site("confluence", "server");
    let form = |password: &str| {
        let body = format!("os_username=mira&os_password={password}&os_cookie=true&login=Log+in");
        let request = stage.bare(site, "POST", "/dologin.action").body(body);
        stage.send(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    let inside = form("mira-password").is(302);
    assert!(inside.header("location").ends_with("/dashboard.action") && inside.cookies().contains("JSESSIONID"));
    assert_eq!(form("wrong").is(200).header("x-seraph-loginreason"), "AUTHENTICATED_FAILED");
    let submit = |service: &str, user: &str, password: &str| {
        let site = stage.site(service, "server");
        let body = json!({ "username": user, "password": password, "rememberMe": false, "targetUrl": "" });
        stage.send(json_body(stage.bare(site, "POST", "/rest/tsv/1.0/authenticate?os_authType=none"), &body))
    };
    submit("confluence", "mira", "mira-password").is(404);
    for service in ["confluence", "bitbucket"] {
        stage.control(stage.site(service, "server"), "switch", &json!({ "tsv": true, "basic": false })).is(200);
        assert!(!submit(service, "mira", "mira-password").is(200).cookies().is_empty());
        submit(service, "mira", "wrong").is(401);
        submit(service, "nora", "nora-password").is(412);
    }
    assert_eq!(form("mira-password").is(200).header("x-seraph-loginreason"), "AUTHENTICATION_DENIED");
    let off = stage.signed("confluence", "server", "/rest/api/user/current", "mira", "mira-password").is(403);
    assert_eq!(off.json()["message"], "Basic Authentication has been disabled on this instance.");
}

#[test]
fn confluence_server_asks_administrators_again() {
    let stage = Stage::new();
    let site = stage.site("confluence", "server");
    let users = "/rest/api/admin/users/list/active";
    stage.signed("confluence", "server", users, "mira", "mira-password").is(200);
    stage.signed("confluence", "server", users, "jonas", "jonas-password").is(403);
    let by_token = stage.bearing("confluence", "server", users, "pat-sandbox-mira").is(401);
    assert_eq!(by_token.json()["message"], "This resource requires WebSudo.");
    let cookies =
        stage.signed("confluence", "server", "/rest/api/user/current", "mira", "mira-password").is(200).cookies();
    stage.send(stage.bare(site, "GET", users).header("cookie", &cookies)).is(401);
    let confirm = stage
        .bare(site, "POST", "/doauthenticate.action")
        .header("cookie", &cookies)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("password=mira-password&authenticate=Confirm&destination=/admin/users.action");
    let confirmed = stage.send(confirm).is(302);
    assert_eq!(confirmed.header("x-atlassian-websudo"), "Has-Authentication");
    stage.send(stage.bare(site, "GET", users).header("cookie", confirmed.cookies())).is(200);
    stage.control(site, "switch", &json!({ "websudo": false })).is(200);
    stage.bearing("confluence", "server", users, "pat-sandbox-mira").is(200);
}

#[test]
fn bitbucket_cloud_takes_what_is_left() {
    let stage = Stage::new();
    let site = stage.site("bitbucket", "cloud");
    let me = "/2.0/user";
    let rows = [
        (EMAIL, "ATATT-sandbox-mira", 200),
        (EMAIL, "ATATT-sandbox-mira-scoped", 200),
        ("mira", "ATATT-sandbox-mira", 401),
        ("mira", "ATBB-sandbox-mira", 401),
        ("mira", "mira-password", 401),
        (EMAIL, "mira-password", 401),
    ];
    for (user, secret, status) in rows {
        let answer = stage.signed("bitbucket", "cloud", me, user, secret).is(status);
        if status == 401 {
            let message = "Token is invalid, expired, or not supported for this endpoint.";
            assert_eq!(answer.json()["error"]["message"], message, "{user} {secret}");
        }
    }
    stage.bearing("bitbucket", "cloud", me, "ATATT-sandbox-mira").is(401);
    stage.control(site, "switch", &json!({ "app_passwords": true })).is(200);
    assert_eq!(stage.signed("bitbucket", "cloud", me, "mira", "ATBB-sandbox-mira").is(200).json()["nickname"], "mira");
}

#[test]
fn bitbucket_cloud_tokens_stay_within_their_bounds() {
    let stage = Stage::new();
    let out = json!({
        "type": "error", "error": { "message": "This API is not accessible by this authentication mechanism" },
    });
    let rows = [
        ("ATCTT-sandbox-repo", "/2.0/repositories/sandbox/relay", 200),
        ("ATCTT-sandbox-repo", "/2.0/repositories/sandbox/relay/refs/branches", 200),
        ("ATCTT-sandbox-repo", "/2.0/repositories/sandbox/infra", 403),
        ("ATCTT-sandbox-repo", "/2.0/user", 403),
        ("ATCTT-sandbox-project", "/2.0/repositories/sandbox/infra", 200),
        ("ATCTT-sandbox-project", "/2.0/workspaces/sandbox/projects/OPS", 200),
        ("ATCTT-sandbox-project", "/2.0/repositories/sandbox/shop", 403),
        ("ATCTT-sandbox-project", "/2.0/user", 403),
        ("ATCTT-sandbox-workspace", "/2.0/repositories/sandbox/shop", 200),
        ("ATCTT-sandbox-workspace", "/2.0/workspaces/sandbox", 200),
        ("ATCTT-sandbox-workspace", "/2.0/user", 403),
    ];
    for (token, path, status) in rows {
        let answer = stage.bearing("bitbucket", "cloud", path, token).is(status);
        if status == 403 {
            assert_eq!(answer.json(), out, "{token} {path}");
        }
    }
}

#[test]
fn bitbucket_cloud_counts_each_token_by_itself() {
    let stage = Stage::new();
    let site = stage.site("bitbucket", "cloud");
    stage.control(site, "switch", &json!({ "limited_token": "ATCTT-sandbox-repo" })).is(200);
    let path = "/2.0/repositories/sandbox/relay";
    let limited = stage.bearing("bitbucket", "cloud", path, "ATCTT-sandbox-repo").is(429);
    assert_eq!((limited.header("retry-after"), limited.header("x-ratelimit-nearlimit")), ("", "true"));
    stage.bearing("bitbucket", "cloud", path, "ATCTT-sandbox-workspace").is(200);
    stage.control(site, "switch", &json!({ "limited_retry_after": 2 })).is(200);
    let limited = stage.bearing("bitbucket", "cloud", path, "ATCTT-sandbox-repo").is(429);
    assert_eq!(limited.header("retry-after"), "2");
}

#[test]
fn bitbucket_cloud_gives_its_consumer_a_long_token() {
    let stage = Stage::new();
    let site = stage.site("bitbucket", "cloud");
    let ask = |secret: &str| {
        let request = stage.bare(site, "POST", "/site/oauth2/access_token");
        let request = request.basic_auth("sandbox-consumer", Some(secret)).body("grant_type=client_credentials");
        stage.send(request.header("content-type", "application/x-www-form-urlencoded"))
    };
    ask("wrong").is(401);
    let token = ask("sandbox-consumer-secret").is(200).json()["access_token"].as_str().expect("a token").to_owned();
    assert!(token.len() > 1000);
    assert_eq!(stage.bearing("bitbucket", "cloud", "/2.0/user", &token).is(200).json()["nickname"], "mira");
}

#[test]
fn bitbucket_server_names_who_asks_in_a_header() {
    let stage = Stage::new();
    let who = "/rest/api/latest/application-properties";
    let named = |answer: Answer| answer.is(200).header("x-ausername").to_owned();
    assert_eq!(named(stage.signed("bitbucket", "server", who, "mira", "mira-password")), "mira");
    assert_eq!(named(stage.bearing("bitbucket", "server", who, "pat-sandbox-jonas")), "jonas");
    assert_eq!(named(stage.nobody("bitbucket", "server", who)), "");
    let wrong = stage.signed("bitbucket", "server", who, "mira", "wrong").is(401).json();
    let exception = "com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException";
    assert_eq!(wrong["errors"][0]["exceptionName"], exception);
    stage.bearing("bitbucket", "server", who, "pat-sandbox-nobody").is(401);
    let site = stage.site("bitbucket", "server");
    stage.control(site, "switch", &json!({ "lenient_tokens": true })).is(200);
    assert_eq!(named(stage.bearing("bitbucket", "server", who, "pat-sandbox-nobody")), "");
}

#[test]
fn bitbucket_server_tokens_have_no_global_permissions() {
    let stage = Stage::new();
    let site = stage.site("bitbucket", "server");
    let new = json!({ "key": "NEW", "name": "New" });
    let refused = stage.bare(site, "POST", "/rest/api/latest/projects").bearer_auth("pat-sandbox-mira");
    let refused = stage.send(json_body(refused, &new)).is(401);
    assert_eq!(refused.json()["errors"][0]["exceptionName"], "com.atlassian.bitbucket.AuthorisationException");
    assert_eq!(refused.header("x-ausername"), "mira", "it is a matter of permission, not of the credential");
    let path = "/rest/api/latest/projects";
    stage.send(json_body(stage.ask(site, "POST", path), &new)).is(201);
}

#[test]
fn bitbucket_server_tokens_can_be_made_listed_and_revoked() {
    let stage = Stage::new();
    let site = stage.site("bitbucket", "server");
    let tokens = "/rest/access-tokens/latest/users/mira";
    let body = json!({ "name": "ci", "permissions": ["REPO_READ"], "expiryDays": 30 });
    let made = stage.send(json_body(stage.ask(site, "PUT", tokens), &body)).is(200).json();
    let (id, secret) = (made["id"].as_str().expect("an id"), made["token"].as_str().expect("a token"));
    let relay = "/rest/api/latest/projects/OPS/repos/relay";
    stage.bearing("bitbucket", "server", relay, secret).is(200);
    let branch = json!({ "name": "by-token", "startPoint": "main" });
    let branches = format!("{relay}/branches");
    let write = stage.bare(site, "POST", &branches).bearer_auth(secret);
    stage.send(json_body(write, &branch)).is(401);
    stage.send(json_body(stage.ask(site, "POST", &branches), &branch)).is(200);
    let listed = stage.send(stage.ask(site, "GET", tokens)).is(200).json();
    assert_eq!((&listed["values"][0]["name"], &listed["values"][0]["token"]), (&json!("ci"), &Value::Null));
    let bad = json!({ "name": "all", "permissions": ["SYS_ADMIN"] });
    stage.send(json_body(stage.ask(site, "PUT", tokens), &bad)).is(400);
    stage.send(stage.ask(site, "DELETE", &format!("{tokens}/{id}"))).is(204);
    stage.bearing("bitbucket", "server", relay, secret).is(401);
}

#[test]
fn uploads_need_the_header_against_forgery_everywhere() {
    let stage = Stage::new();
    let rows = [
        ("confluence", "server", "/rest/api/content/131111/child/attachment"),
        ("confluence", "cloud", "/wiki/rest/api/content/131111/child/attachment"),
        ("jira", "server", "/rest/api/2/issue/OPS-1/attachments"),
        ("bitbucket", "server", "/rest/api/latest/projects/OPS/repos/relay/branches"),
    ];
    for (service, deployment, path) in rows {
        let site = stage.site(service, deployment);
        let admin = Stage::admin(site);
        let secret = if deployment == "cloud" { admin.token } else { admin.password };
        let request = stage.client.post(format!("{}{path}", site.url)).basic_auth(admin.user, Some(secret));
        let refused =
            stage.send(request.header("content-type", "multipart/form-data; boundary=x").body("--x--")).is(403);
        assert_eq!(refused.text, "XSRF check failed", "{service} {deployment}");
    }
}
