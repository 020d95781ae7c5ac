use super::visitor::Visitor;
use super::*;

fn with<'a>(stage: &'a Stage, token: &str) -> Visitor<'a> {
    Visitor::at(stage, "tempo", "cloud").auth(format!("Bearer {token}"))
}

fn account(stage: &Stage, name: &str) -> String {
    let found = stage.cloud("GET", &format!("/rest/api/3/user/search?query={name}")).is(200).json();
    found[0]["accountId"].as_str().expect("an account").to_owned()
}

fn worklog(issue: u64, author: &str) -> Value {
    json!({
        "issueId": issue, "authorAccountId": author, "startDate": "2026-01-07", "startTime": "09:30:00",
        "timeSpentSeconds": 5400, "description": "Mopped",
        "attributes": [{ "key": "_Account_", "value": "OPERATIONS" }],
    })
}

#[test]
fn tokens_are_judged() {
    let stage = Stage::new();
    let tempo = Visitor::at(&stage, "tempo", "cloud");
    assert_eq!(tempo.get("/4/worklogs").is(401).text, "");
    for header in [
        "Bearer nonsense",
        "Bearer tempo-sandbox-expired",
        "bearer tempo-sandbox-mira",
        "Basic abc",
        "Bearer ATATT-sandbox-mira",
    ] {
        let refused = tempo.auth(header).get("/4/worklogs").is(401).json();
        assert!(refused["errors"][0]["message"].is_string());
    }
    with(&stage, "tempo-sandbox-mira").get("/4/worklogs").is(200);
    with(&stage, "tempo-sandbox-mira").get("/4/nothing").is(404);
}

#[test]
fn lists_come_in_pages_with_absolute_addresses() {
    let stage = Stage::new();
    let mira = with(&stage, "tempo-sandbox-mira");
    let (mut seen, mut next) = (Vec::new(), Some("/4/worklogs?limit=20".to_owned()));
    while let Some(path) = next {
        let page = mira.get(&path).is(200).json();
        assert_eq!(page["metadata"]["count"].as_u64(), page["results"].as_array().map(|r| r.len() as u64));
        seen.extend(page["results"].as_array().expect("a list").iter().map(|l| l["tempoWorklogId"].clone()));
        let address = page["metadata"]["next"].as_str().map(str::to_owned);
        next = address.map(|url| url.strip_prefix(&mira.site.url).expect("an address of this server").to_owned());
    }
    let total = seen.len();
    seen.dedup();
    assert_eq!(seen.len(), total);
    assert!(total > 40, "{total}");
    mira.get("/4/worklogs?limit=9000").is(400);
}

/// Job 11: log worklogs. The issue is found through Jira, and the time is in Jira afterwards.
#[test]
fn a_worklog_lives_here_and_in_jira() {
    let stage = Stage::new();
    let mira = with(&stage, "tempo-sandbox-mira");
    let issue = stage.cloud("GET", "/rest/api/3/issue/OPS-7?fields=summary").is(200).json();
    let id: u64 = issue["id"].as_str().and_then(|id| id.parse().ok()).expect("a number");
    let jonas = account(&stage, "jonas");
    let count = || stage.cloud("GET", "/rest/api/3/issue/OPS-7/worklog").json()["total"].clone();
    let before = count();
    let made = mira.json("POST", "/4/worklogs", &worklog(id, &jonas)).is(200).json();
    assert_eq!((&made["issue"]["id"], &made["startDateTimeUtc"]), (&json!(id), &json!("2026-01-07T09:30:00Z")));
    assert_eq!(count().as_u64(), before.as_u64().map(|n| n + 1));
    let path = format!("/4/worklogs/{}", made["tempoWorklogId"]);
    let mut change = worklog(id, &jonas);
    change["timeSpentSeconds"] = json!(60);
    assert_eq!(mira.json("PUT", &path, &change).is(200).json()["timeSpentSeconds"], 60);
    let pair =
        mira.json("POST", "/4/worklogs/tempo-to-jira", &json!({ "tempoWorklogIds": [made["tempoWorklogId"]] })).json();
    let jira = stage
        .cloud("GET", &format!("/rest/api/3/issue/OPS-7/worklog/{}", pair["results"][0]["jiraWorklogId"]))
        .is(200)
        .json();
    assert_eq!(jira["timeSpentSeconds"], 60);
    let of_account = mira.get("/4/worklogs/account/OPERATIONS").json();
    assert_eq!(of_account["metadata"]["count"], 1);
    mira.bare("DELETE", &path).is(204);
    mira.get(&path).is(404);
    assert_eq!(count(), before);
}

#[test]
fn a_bad_worklog_is_refused_with_the_reason() {
    let stage = Stage::new();
    let mira = with(&stage, "tempo-sandbox-mira");
    let good = worklog(10_004, &account(&stage, "jonas"));
    let rows = [
        ("issueId", json!(99), "Issue with id '99' does not exist"),
        ("issueId", json!("OPS-7"), "issueId is required and must be a number"),
        ("authorAccountId", json!("nobody"), "User with account id 'nobody' does not exist"),
        ("timeSpentSeconds", json!(0), "timeSpentSeconds must be greater than 0"),
        ("startDate", json!("7.1.2026"), "startDate: '7.1.2026' is not a date of the form yyyy-MM-dd"),
        ("startTime", json!("noon"), "startTime: 'noon' is not a time of the form HH:mm:ss"),
        ("attributes", json!([{ "key": "_Account_", "value": "NOPE" }]), "Account 'NOPE' does not exist"),
    ];
    for (member, value, why) in rows {
        let mut body = good.clone();
        body[member] = value;
        assert_eq!(mira.json("POST", "/4/worklogs", &body).is(400).json()["errors"][0]["message"], why);
    }
    let jonas = with(&stage, "tempo-sandbox-jonas");
    jonas.json("POST", "/4/worklogs", &good).is(200);
    jonas.json("POST", "/4/worklogs", &worklog(10_004, &account(&stage, "mira"))).is(403);
}

/// Job 12: a timesheet.
#[test]
fn a_timesheet_goes_through_approval() {
    let stage = Stage::new();
    let mira = with(&stage, "tempo-sandbox-mira");
    let jonas = account(&stage, "jonas");
    mira.json("POST", "/4/worklogs", &worklog(10_004, &jonas)).is(200);
    let at = |action: &str| format!("/4/timesheet-approvals/user/{jonas}{action}?from=2026-01-05&to=2026-01-11");
    let sheet = mira.get(&at("")).is(200).json();
    assert_eq!((&sheet["requiredSeconds"], &sheet["timeSpentSeconds"]), (&json!(144_000), &json!(5400)));
    assert_eq!(sheet["period"], json!({ "from": "2026-01-05", "to": "2026-01-11" }));
    mira.bare("POST", &at("/approve")).is(400);
    let own = with(&stage, "tempo-sandbox-jonas");
    own.json("POST", &at("/submit"), &json!({ "comment": "done" })).is(200);
    mira.json("POST", "/4/worklogs", &worklog(10_004, &jonas)).is(400);
    let waiting = mira.get("/4/timesheet-approvals/waiting").json();
    assert_eq!(waiting["metadata"]["count"], 2);
    own.bare("POST", &at("/approve")).is(403);
    assert_eq!(mira.bare("POST", &at("/approve")).is(200).json()["status"]["key"], "APPROVED");
    let range = "/4/worklogs/user/{}?from=2026-01-01&to=2026-01-31".replace("{}", &jonas);
    assert_eq!(mira.get(&range).is(200).json()["metadata"]["count"], 1);
    let periods = mira.get("/4/periods?from=2026-01-01&to=2026-01-31").is(200).json();
    assert_eq!(periods["periods"].as_array().map(Vec::len), Some(5));
    let days = mira.get("/4/user-schedule?from=2026-01-05&to=2026-01-11").json();
    assert_eq!(days["metadata"]["count"], 7);
}

#[test]
fn accounts_teams_and_plans_are_there() {
    let stage = Stage::new();
    let mira = with(&stage, "tempo-sandbox-mira");
    let jonas = account(&stage, "jonas");
    assert_eq!(mira.get("/4/accounts?status=OPEN").json()["metadata"]["count"], 3);
    assert_eq!(mira.get("/4/accounts/OPERATIONS").json()["name"], "Operations");
    let new =
        json!({ "key": "NEW", "name": "New", "leadAccountId": jonas, "status": "OPEN", "customerKey": "SHOPPERS" });
    assert_eq!(mira.json("POST", "/4/accounts", &new).is(200).json()["customer"]["key"], "SHOPPERS");
    mira.json("POST", "/4/accounts", &new).is(400);
    let team = mira.json("POST", "/4/teams", &json!({ "name": "Tigers" })).is(200).json();
    mira.json("POST", "/4/team-memberships", &json!({ "teamId": team["id"], "accountId": jonas })).is(200);
    let members = mira.get(&format!("/4/teams/{}/members", team["id"])).json();
    assert_eq!(members["results"][0]["member"]["accountId"], jonas);
    let plan = json!({
        "assigneeId": jonas, "assigneeType": "USER", "planItemId": "10004", "planItemType": "ISSUE",
        "startDate": "2026-01-05", "endDate": "2026-01-11", "plannedSecondsPerDay": 3600,
    });
    assert_eq!(mira.json("POST", "/4/plans", &plan).is(200).json()["totalPlannedSeconds"], 5 * 3600);
    assert_eq!(
        mira.get(&format!("/4/plans/user/{jonas}?from=2026-01-01&to=2026-01-31")).json()["metadata"]["count"],
        1
    );
    mira.get("/4/plans").is(400);
}
