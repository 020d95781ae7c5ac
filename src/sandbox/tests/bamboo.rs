use super::visitor::Visitor;
use super::*;
use std::time::{Duration, Instant};

const API: &str = "/rest/api/latest";

fn mira(stage: &Stage) -> Visitor<'_> {
    Visitor::at(stage, "bamboo", "server").with("accept", "application/json").basic("mira", "mira-password")
}

#[test]
fn who_asks_is_judged_request_by_request() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server").with("accept", "application/json");
    let rows = [
        (bamboo.basic("mira", "mira-password"), 200, "mira"),
        (bamboo.auth("Bearer pat-sandbox-jonas"), 200, "jonas"),
        (bamboo.auth("Bearer  pat-sandbox-jonas"), 401, ""),
        (bamboo.auth("bearer pat-sandbox-jonas"), 401, ""),
        (bamboo.auth("Bearer nobody's"), 401, ""),
        (bamboo.basic("mira", "wrong"), 401, ""),
        (bamboo.basic("pavel", "pavel-password"), 401, ""),
        (bamboo.with("x-none", ""), 401, ""),
    ];
    for (visitor, status, name) in rows {
        let answer = visitor.get(&format!("{API}/currentUser")).is(status);
        if status == 200 {
            assert_eq!(answer.json()["name"], name);
            assert_eq!(answer.header("x-ausername"), name);
        }
    }
}

#[test]
fn a_token_that_nobody_has_sees_what_everybody_sees() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server").with("accept", "application/json");
    let nobody = bamboo.auth("Bearer gone").get(&format!("{API}/plan")).is(200);
    assert_eq!(nobody.header("x-ausername"), "anonymous");
    assert_eq!(nobody.json()["plans"]["size"], 3);
    assert_eq!(mira(&stage).get(&format!("{API}/plan")).json()["plans"]["size"], 6);
    bamboo.auth("Bearer gone").get(&format!("{API}/plan?os_authType=basic")).is(401);
}

#[test]
fn an_old_bamboo_knows_no_tokens() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server").with("accept", "application/json");
    bamboo.switch(&json!({ "version": "6.9.2" }));
    assert_eq!(bamboo.get(&format!("{API}/info")).json()["version"], "6.9.2");
    bamboo.auth("Bearer pat-sandbox-mira").get(&format!("{API}/currentUser")).is(401);
}

#[test]
fn with_basic_off_the_two_step_login_is_the_way_in() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server").with("accept", "application/json");
    bamboo.switch(&json!({ "basic": false, "tsv": true }));
    let refused = bamboo.basic("mira", "mira-password").get(&format!("{API}/currentUser")).is(403);
    assert_eq!(refused.json()["message"], "Basic Authentication has been disabled on this instance.");
    let path = "/rest/tsv/1.0/authenticate?os_authType=none";
    let login =
        |user: &str, password: &str| bamboo.json("POST", path, &json!({ "username": user, "password": password }));
    login("mira", "wrong").is(401);
    login("nora", "nora-password").is(412);
    let cookies = login("mira", "mira-password").is(200).cookies();
    let inside = bamboo.with("cookie", cookies);
    assert_eq!(inside.get(&format!("{API}/currentUser")).is(200).json()["name"], "mira");
    stage.control(bamboo.site, "expire", &json!({})).is(200);
    inside.get(&format!("{API}/currentUser")).is(401);
}

#[test]
fn three_wrong_passwords_ask_for_a_captcha() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server");
    for _ in 0..3 {
        bamboo.basic("jonas", "wrong").get(&format!("{API}/plan")).is(401);
    }
    let denied = bamboo.basic("jonas", "jonas-password").get(&format!("{API}/plan")).is(403);
    assert!(denied.header("x-authentication-denied-reason").starts_with("CAPTCHA_CHALLENGE; login-url=/bamboo/"));
}

#[test]
fn users_are_behind_a_secure_session() {
    let stage = Stage::new();
    let path = format!("{API}/admin/users");
    let bamboo = Visitor::at(&stage, "bamboo", "server").with("accept", "application/json");
    let token = bamboo.auth("Bearer pat-sandbox-mira");
    let refused = token.get(&path).is(401).json();
    assert_eq!(refused["message"], "This resource requires WebSudo.");
    assert_eq!(mira(&stage).get(&path).is(200).json()["results"].as_array().map(Vec::len), Some(12));
    token.switch(&json!({ "websudo": false }));
    token.get(&path).is(200);
    Visitor::at(&stage, "bamboo", "server").basic("jonas", "jonas-password").get(&path).is(403);
}

#[test]
fn users_and_groups_come_and_go() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let new = json!({ "name": "ada", "fullName": "Ada L", "email": "ada@sandbox.example", "password": "x", "passwordConfirm": "x" });
    mira.json("POST", &format!("{API}/admin/users"), &new).is(204);
    let twice = mira.json("POST", &format!("{API}/admin/users"), &new).is(400).json();
    assert_eq!(twice["fieldErrors"]["name"][0], "This username is already in use.");
    mira.json("POST", &format!("{API}/admin/users/ada/groups"), &json!(["ops-team"])).is(204);
    let groups = mira.get(&format!("{API}/admin/users/ada/assigned-groups")).json();
    let names: Vec<&Value> = groups["results"].as_array().expect("a list").iter().map(|g| &g["name"]).collect();
    assert_eq!(names, ["bamboo-users", "ops-team"]);
    mira.bare("DELETE", &format!("{API}/admin/users/ada")).is(204);
    mira.bare("DELETE", &format!("{API}/admin/users/ada")).is(404);
}

#[test]
fn answers_are_xml_unless_json_is_wanted() {
    let stage = Stage::new();
    let bamboo = Visitor::at(&stage, "bamboo", "server").basic("mira", "mira-password");
    let xml = bamboo.get(&format!("{API}/project/WEB")).is(200);
    assert!(xml.header("content-type").starts_with("application/xml"));
    assert!(xml.text.contains("<project expand=\"plans\" key=\"WEB\" name=\"Website\">"), "{}", xml.text);
    let missing = bamboo.get(&format!("{API}/project/NOPE")).is(404);
    assert!(missing.text.contains("<message>Project NOPE not found.</message>"), "{}", missing.text);
    assert_eq!(bamboo.get(&format!("{API}/project/WEB.json")).is(200).json()["key"], "WEB");
    let json = bamboo.with("accept", "application/json");
    assert_eq!(json.get(&format!("{API}/project/WEB")).is(200).json()["key"], "WEB");
}

#[test]
fn lists_are_nested_and_come_in_pages() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let page = mira.get(&format!("{API}/plan?start-index=4&max-results=5&expand=plans.plan")).is(200).json();
    assert_eq!((&page["plans"]["size"], &page["plans"]["start-index"]), (&json!(6), &json!(4)));
    let plans = page["plans"]["plan"].as_array().expect("a list");
    assert_eq!(plans.len(), 2);
    assert_eq!(plans[0]["projectName"], "Website", "expanded");
    let brief = mira.get(&format!("{API}/plan?max-result=1")).json();
    assert_eq!(brief["plans"]["plan"].as_array().map(Vec::len), Some(1));
    assert!(brief["plans"]["plan"][0].get("projectName").is_none(), "not expanded");
}

/// Job 34: start a build and wait for it.
#[test]
fn a_build_runs_for_about_a_second() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let queued = mira.bare("POST", &format!("{API}/queue/WEB-SHOP?bamboo.variable.target=live")).is(200).json();
    assert_eq!(queued["buildResultKey"], "WEB-SHOP-13");
    let path = format!("{API}/result/WEB-SHOP-13?expand=variables");
    let first = mira.get(&path).is(200).json();
    assert_eq!((&first["finished"], &first["state"]), (&json!(false), &json!("Unknown")));
    let began = Instant::now();
    let mut lives = vec![first["lifeCycleState"].clone()];
    let last = loop {
        let now = mira.get(&path).json();
        if lives.last() != Some(&now["lifeCycleState"]) {
            lives.push(now["lifeCycleState"].clone());
        }
        if now["finished"] == true {
            break now;
        }
        if now["lifeCycleState"] == "InProgress" {
            assert!(now["progress"]["percentageCompleted"].as_f64().is_some_and(|part| part <= 1.0));
        }
        assert!(began.elapsed() < Duration::from_secs(5), "{now}");
        std::thread::sleep(Duration::from_millis(30));
    };
    assert_eq!(lives.last(), Some(&json!("Finished")));
    assert!(lives.contains(&json!("InProgress")), "{lives:?}");
    assert_eq!(last["state"], "Successful");
    let variables = last["variables"]["variable"].as_array().expect("a list");
    assert!(variables.contains(&json!({ "name": "target", "value": "live" })));
    assert!(variables.contains(&json!({ "name": "db.password", "value": "********" })));
}

#[test]
fn builds_fail_and_are_stopped() {
    let stage = Stage::new();
    let mira = mira(&stage);
    mira.switch(&json!({ "build_ms": 0 }));
    mira.bare("POST", &format!("{API}/queue/WEB-SHOP?bamboo.variable.fail=true")).is(200);
    assert_eq!(mira.get(&format!("{API}/result/WEB-SHOP-13")).json()["state"], "Failed");
    mira.switch(&json!({ "build_ms": 60_000 }));
    mira.bare("POST", &format!("{API}/queue/WEB-SEARCH")).is(200);
    assert_eq!(mira.get(&format!("{API}/queue")).json()["queuedBuilds"]["queuedBuild"][0]["planKey"], "WEB-SEARCH");
    mira.bare("DELETE", &format!("{API}/queue/WEB-SEARCH-13")).is(204);
    mira.bare("DELETE", &format!("{API}/queue/WEB-SEARCH-13")).is(404);
    assert_eq!(mira.get(&format!("{API}/result/WEB-SEARCH-13")).json()["lifeCycleState"], "NotBuilt");
    let off = mira.bare("POST", &format!("{API}/queue/OPS-OLD")).is(400).json();
    assert_eq!(off["message"], "Plan OPS-OLD is disabled.");
    mira.bare("POST", &format!("{API}/plan/OPS-OLD/enable")).is(204);
    mira.bare("POST", &format!("{API}/queue/OPS-OLD")).is(200);
    mira.bare("POST", &format!("{API}/queue/NO-PLAN")).is(404);
}

#[test]
fn results_are_found_by_state_label_and_issue() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let count =
        |query: &str| mira.get(&format!("{API}/result/WEB-SHOP?{query}")).is(200).json()["results"]["size"].clone();
    assert_eq!(count(""), 12);
    assert_eq!(count("buildstate=Failed"), 2);
    assert_eq!(count("label=release"), 2);
    let one =
        mira.get(&format!("{API}/result/WEB-SHOP-latest?expand=jiraIssues,stages,artifacts,labels,comments")).json();
    assert_eq!(one["buildNumber"], 12);
    let issue = one["jiraIssues"]["issue"][0]["key"].as_str().expect("a key").to_owned();
    assert_eq!(count(&format!("issueKey={issue}")), 1);
    assert_eq!(one["stages"]["stage"][0]["results"]["result"][0]["key"], "WEB-SHOP-JOB1-12");
    let missing = mira.get(&format!("{API}/result/WEB-SHOP-99")).is(404).json();
    assert_eq!(missing["message"], "Result 99 for WEB-SHOP not found.");
}

#[test]
fn logs_and_artifacts() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let log = "/download/WEB-SHOP-JOB1/build_logs/WEB-SHOP-JOB1-12.log";
    assert!(mira.get(log).is(200).text.contains("Build WEB-SHOP - JOB1 #12 started"));
    let token = Visitor::at(&stage, "bamboo", "server").auth("Bearer pat-sandbox-mira");
    assert!(token.get(log).is(302).header("location").contains("/userlogin!doDefault.action"));
    let job = token.get(&format!("{API}/result/WEB-SHOP-JOB1-12.json?expand=logEntries&max-results=3")).is(200).json();
    assert_eq!(job["logEntries"]["logEntry"].as_array().map(Vec::len), Some(3));
    let artifacts = mira.get(&format!("{API}/result/WEB-SHOP-12?expand=artifacts")).json();
    let link = artifacts["artifacts"]["artifact"][0]["link"]["href"].as_str().expect("a link").to_owned();
    let path = link.strip_prefix(&mira.site.url).expect("an address of this server");
    assert!(mira.get(path).is(200).text.starts_with("package of WEB-SHOP-12"));
}

/// Job 36: clean old results.
#[test]
fn results_are_deleted_by_a_page() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let path = "/build/admin/deletePlanResults.action?buildKey=WEB-SHOP&buildNumber=2";
    let token = Visitor::at(&stage, "bamboo", "server").auth("Bearer pat-sandbox-mira");
    assert!(token.bare("POST", path).is(302).header("location").contains("userlogin"));
    mira.get(&format!("{API}/result/WEB-SHOP-2")).is(200);
    mira.bare("POST", path).is(302);
    mira.get(&format!("{API}/result/WEB-SHOP-2")).is(404);
    mira.bare("POST", path).is(404);
}

/// Job 35: keep plans as scripts.
#[test]
fn a_plan_tells_how_to_make_it_again() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let yaml = mira.get(&format!("{API}/plan/WEB-SHOP/specs?format=YAML")).is(200).json();
    let code = yaml["spec"]["code"].as_str().expect("text");
    assert!(code.contains("project-key: WEB\n  key: SHOP\n"), "{code}");
    assert!(!code.contains("practice"), "secrets are hidden: {code}");
    mira.bare("PUT", &format!("{API}/clone/WEB-SHOP:WEB-SHOPTWO")).is(201);
    assert_eq!(mira.get(&format!("{API}/plan/WEB-SHOPTWO")).is(200).json()["shortKey"], "SHOPTWO");
}

#[test]
fn plans_have_branches_labels_and_variables() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let branches = mira.get(&format!("{API}/plan/WEB-SHOP/branch")).is(200).json();
    assert_eq!(branches["branches"]["branch"][0]["vcsBranch"], "feature/OPS-12-cart");
    mira.bare("PUT", &format!("{API}/plan/WEB-SHOP/branch/next?vcsBranch=feature/next&enabled=true")).is(200);
    assert_eq!(mira.get(&format!("{API}/plan/WEB-SHOP?expand=branches")).json()["branches"]["size"], 3);
    mira.json("POST", &format!("{API}/plan/WEB-SHOP/label"), &json!({ "name": "Nightly" })).is(204);
    assert_eq!(mira.get(&format!("{API}/plan/WEB-SHOP/label")).json()["labels"]["label"][0]["name"], "nightly");
    let path = format!("{API}/plan/WEB-SHOP/variables");
    mira.json("POST", &path, &json!({ "name": "region", "value": "eu" })).is(201);
    mira.json("PUT", &format!("{path}/region"), &json!({ "name": "region", "value": "us" })).is(200);
    assert_eq!(mira.get(&format!("{path}/region")).json()["value"], "us");
    mira.bare("DELETE", &format!("{path}/region")).is(204);
    mira.get(&format!("{path}/region")).is(404);
}

#[test]
fn versions_are_made_and_deployed() {
    let stage = Stage::new();
    let mira = mira(&stage);
    mira.switch(&json!({ "build_ms": 0 }));
    let projects = mira.get(&format!("{API}/deploy/project/all")).is(200).json();
    let (id, environment) = (projects[0]["id"].clone(), projects[0]["environments"][0]["id"].clone());
    let new = json!({ "planResultKey": "WEB-SHOP-12", "name": "release-4" });
    let version = mira.json("POST", &format!("{API}/deploy/project/{id}/version"), &new).is(200).json();
    mira.json("POST", &format!("{API}/deploy/project/{id}/version"), &new).is(400);
    let start = format!("{API}/queue/deployment?versionId={}&environmentId={environment}", version["id"]);
    let result = mira.bare("POST", &start).is(200).json()["deploymentResultId"].clone();
    let done = mira.get(&format!("{API}/deploy/result/{result}")).is(200).json();
    assert_eq!((&done["deploymentState"], &done["deploymentVersionName"]), (&json!("SUCCESS"), &json!("release-4")));
    let results = mira.get(&format!("{API}/deploy/environment/{environment}/results")).json();
    assert_eq!(results["results"][0]["id"], result);
}

#[test]
fn a_made_token_works_until_it_is_taken_back() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let made = mira
        .json("POST", &format!("{API}/access-token"), &json!({ "name": "ci", "permissions": ["READ"] }))
        .is(200)
        .json();
    let token =
        Visitor::at(&stage, "bamboo", "server").auth(format!("Bearer {}", made["rawToken"].as_str().expect("text")));
    token.get(&format!("{API}/currentUser")).is(200);
    mira.bare("DELETE", &format!("{API}/access-token/{}", made["id"].as_str().expect("text"))).is(204);
    token.get(&format!("{API}/currentUser")).is(401);
}
