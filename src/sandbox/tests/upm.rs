use super::visitor::Visitor;
use super::*;
use std::time::{Duration, Instant};

const ROOT: &str = "/rest/plugins/1.0/";
const BY_URI: &str = "application/vnd.atl.plugins.install.uri+json";

fn mira<'a>(stage: &'a Stage, product: &str) -> Visitor<'a> {
    Visitor::at(stage, product, "server").basic("mira", "mira-password")
}

fn token(visitor: &Visitor) -> String {
    visitor.bare("HEAD", &format!("{ROOT}?os_authType=basic")).is(200).header("upm-token").to_owned()
}

fn install(visitor: &Visitor, uri: &str) -> Answer {
    let path = format!("{ROOT}?token={}", token(visitor));
    visitor.typed("POST", &path, BY_URI, json!({ "pluginUri": uri }).to_string())
}

/// Asks until the task is done and returns the last answer.
fn wait(visitor: &Visitor, link: &Value) -> Answer {
    let prefix = visitor.site.url.rsplit_once('/').map_or("", |(_, path)| path);
    let path = link.as_str().and_then(|l| l.strip_prefix(&format!("/{prefix}"))).expect("a path of this server");
    let began = Instant::now();
    loop {
        let answer = visitor.get(path);
        if answer.status == 303 || answer.json()["done"] == true || answer.json()["status"]["done"] == true {
            return answer;
        }
        assert!(began.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(30));
    }
}

#[test]
fn every_product_of_data_center_has_one() {
    let stage = Stage::new();
    for product in ["jira", "confluence", "bitbucket", "bamboo"] {
        let list = mira(&stage, product).get(ROOT).is(200);
        assert_eq!(list.header("content-type"), "application/vnd.atl.plugins.installed+json", "{product}");
        let plugins = list.json()["plugins"].as_array().cloned().expect("a list");
        assert_eq!(plugins.len(), 10, "{product}");
        assert!(plugins.iter().any(|p| p["key"] == "com.example.forms" && p["enabled"] == false));
    }
}

#[test]
fn the_password_must_come_with_the_request() {
    let stage = Stage::new();
    let jira = Visitor::at(&stage, "jira", "server");
    jira.get(ROOT).is(401);
    jira.basic("jonas", "jonas-password").get(ROOT).is(403);
    let pat = jira.auth("Bearer pat-sandbox-mira").get(ROOT).is(401);
    assert_eq!(pat.json()["subCode"], "upm.websudo.error");
    let login = json!({ "username": "mira", "password": "mira-password" });
    let cookies = jira.json("POST", "/rest/auth/1/session", &login).is(200).cookies();
    assert_eq!(jira.with("cookie", cookies).get(ROOT).is(401).json()["subCode"], "upm.websudo.error");
    jira.switch(&json!({ "websudo": false }));
    jira.auth("Bearer pat-sandbox-mira").get(ROOT).is(200);
}

#[test]
fn a_token_is_good_once() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let (old, new) = (token(&jira), token(&jira));
    let post = |token: &str| {
        jira.typed(
            "POST",
            &format!("{ROOT}?token={token}"),
            BY_URI,
            json!({ "pluginUri": "https://x.example/a.b-1.0.jar" }).to_string(),
        )
    };
    assert_eq!(post(&old).is(403).json()["subCode"], "upm.error.invalid.token");
    post(&new).is(202);
    let again = post(&new).is(403);
    assert_eq!(
        (again.header("content-type"), &again.json()["errorMessage"]),
        ("application/vnd.atl.plugins.error+json", &json!("invalid token"))
    );
    jira.json("POST", &format!("{ROOT}?token={}", token(&jira)), &json!({ "pluginUri": "https://x.example/a.jar" }))
        .is(415);
}

/// Job 37: upgrade plugins.
#[test]
fn an_app_is_installed_by_its_address() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let updates = jira.get(&format!("{ROOT}installed-marketplace?updates=true")).is(200).json();
    let calendar = updates["plugins"]
        .as_array()
        .and_then(|all| all.iter().find(|p| p["key"] == "com.example.calendar").cloned())
        .expect("an update");
    assert_eq!((&calendar["version"], &calendar["update"]["version"]), (&json!("2.3.1"), &json!("2.4.0")));
    let accepted = install(&jira, calendar["update"]["links"]["binary"].as_str().expect("an address")).is(202).json();
    assert_eq!((&accepted["type"], &accepted["status"]["done"]), (&json!("INSTALL"), &json!(false)));
    let before = jira.get(&format!("{ROOT}com.example.calendar-key")).json();
    assert_eq!(before["version"], "2.3.1", "accepted is not installed");
    let done = wait(&jira, &accepted["links"]["self"]);
    assert_eq!((done.status, done.header("location")), (303, "/jira/rest/plugins/1.0/com.example.calendar-key"));
    let task = wait(&jira, &accepted["links"]["alternate"]).is(200).json();
    assert_eq!(task["links"]["result"], "/jira/rest/plugins/1.0/com.example.calendar-key");
    assert_eq!(jira.get(&format!("{ROOT}com.example.calendar-key")).json()["version"], "2.4.0");
}

#[test]
fn a_failed_installation_is_known_at_the_end_only() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let rows = [
        ("https://x.example/broken-1.0.jar", "Could not install the file. Check that the file is valid."),
        ("https://x.example/com.example.unsigned-1.0.jar", "Signature check failed!"),
    ];
    for (uri, why) in rows {
        let accepted = install(&jira, uri).is(202).json();
        let status = wait(&jira, &accepted["links"]["self"]).is(200).json()["status"].clone();
        assert_eq!(status["contentType"], "application/vnd.atl.plugins.task.install.err+json");
        assert_eq!(status["errorMessage"], why);
    }
    jira.switch(&json!({ "upm_checks_signatures": false }));
    let accepted = install(&jira, "https://x.example/com.example.unsigned-1.0.jar").json();
    assert_eq!(wait(&jira, &accepted["links"]["self"]).status, 303);
}

#[test]
fn files_are_refused_unless_the_server_allows_them() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let path = |jira: &Visitor| format!("{ROOT}?token={}", token(jira));
    let refused = jira.file(&path(&jira), "plugin", "com.example.new-1.2.0.jar", b"PK\x03\x04").is(403).json();
    assert_eq!(refused["errorMessage"], "Plugins cannot be installed via upload");
    jira.switch(&json!({ "upm_blocks_upload": false }));
    let page = jira.file(&path(&jira), "plugin", "com.example.new-1.2.0.jar", b"PK\x03\x04").is(202);
    let inner = page.text.strip_prefix("<textarea>").and_then(|t| t.strip_suffix("</textarea>")).expect("a page");
    let accepted: Value = serde_json::from_str(inner).expect("JSON in it");
    assert_eq!(wait(&jira, &accepted["links"]["self"]).status, 303);
    assert_eq!(jira.get(&format!("{ROOT}com.example.new-key")).is(200).json()["version"], "1.2.0");
    jira.bare("DELETE", &format!("{ROOT}com.example.new-key")).is(204);
    jira.get(&format!("{ROOT}com.example.new-key")).is(404);
}

#[test]
fn all_updates_at_once() {
    let stage = Stage::new();
    let bamboo = mira(&stage, "bamboo");
    let accepted = bamboo.bare("POST", &format!("{ROOT}updates/all?token={}", token(&bamboo))).is(202).json();
    let done = wait(&bamboo, &accepted["links"]["self"]).is(200).json();
    assert_eq!((&done["type"], done["status"]["successes"].as_array().map(Vec::len)), (&json!("UPDATE_ALL"), Some(3)));
    let left = bamboo.get(&format!("{ROOT}installed-marketplace?updates=true")).json();
    let keys: Vec<&Value> = left["plugins"].as_array().expect("a list").iter().map(|p| &p["key"]).collect();
    assert_eq!(keys, ["com.example.backup"], "the one without a licence stays");
}

#[test]
fn apps_are_switched_off_and_on() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let path = format!("{ROOT}com.example.charts-key");
    let mut app = jira.get(&path).is(200).json();
    app["enabled"] = json!(false);
    let put = |body: &Value, mime: &str| jira.typed("PUT", &path, mime, body.to_string());
    put(&app, "application/json").is(415);
    assert_eq!(put(&app, "application/vnd.atl.plugins.plugin+json").is(200).json()["enabled"], false);
    assert_eq!(
        put(&json!({ "status": "enabled" }), "application/vnd.atl.plugins+json").is(200).json()["enabled"],
        true
    );
    let system = format!("{ROOT}com.atlassian.plugins.rest.atlassian-rest-module-key");
    jira.typed("PUT", &system, "application/vnd.atl.plugins.plugin+json", json!({ "enabled": false }).to_string())
        .is(403);
    jira.bare("DELETE", &system).is(403);
    jira.typed(
        "PUT",
        &format!("{ROOT}safe-mode"),
        "application/vnd.atl.plugins.safe.mode.flag+json",
        json!({ "enabled": true }).to_string(),
    )
    .is(200);
    assert_eq!(jira.get(&path).json()["enabled"], false);
    install(&jira, "https://x.example/a.b-1.0.jar").is(409);
}

/// Job 38: put licences on servers.
#[test]
fn licences_are_put_and_taken() {
    let stage = Stage::new();
    let jira = mira(&stage, "jira");
    let path = format!("{ROOT}com.example.backup-key/license");
    assert_eq!(jira.get(&path).is(200).json()["valid"], false);
    let put = |raw: &str| {
        jira.typed("PUT", &path, "application/vnd.atl.plugins+json", json!({ "rawLicense": raw }).to_string())
    };
    put("nonsense").is(400);
    assert_eq!(put("AAABsome\nlicence").is(200).json()["valid"], true);
    assert_eq!(jira.get(&path).json()["rawLicense"], "AAABsomelicence");
    jira.bare("DELETE", &path).is(200);
    let none = jira.get(&format!("{ROOT}com.example.banner-key/license")).is(412).json();
    assert_eq!(none["subCode"], "upm.plugin.error.plugin.not.using.licensing");
}

#[test]
fn cloud_has_a_little_of_it() {
    let stage = Stage::new();
    let cloud = Visitor::at(&stage, "jira", "cloud").basic("mira@sandbox.example", "ATATT-sandbox-mira");
    assert_eq!(cloud.get(ROOT).is(200).json()["plugins"].as_array().map(Vec::len), Some(5));
    cloud.get(&format!("{ROOT}com.example.charts-key/license")).is(404);
    let path = format!("{ROOT}?token={}", token(&cloud));
    let body = json!({ "pluginUri": "https://x.example/com.example.connect.json" }).to_string();
    cloud.typed("POST", &path, "application/vnd.atl.plugins.remote.install+json", body).is(202);
    let other = Visitor::at(&stage, "jira", "cloud").basic("jonas@sandbox.example", "ATATT-sandbox-jonas");
    other.get(ROOT).is(403);
}
