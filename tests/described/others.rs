//! Tempo and Trello: what is asked, and where their descriptions are wrong.

use super::{
    Deployment,
    exceptions::{Exception, row},
    requests::{Names, Row, bare},
};
use crate::common::practice::Practice;
use serde_json::{Value, json};

pub(super) const TEMPO: Deployment = Deployment {
    name: "cloud",
    start: || Practice::of("tempo", "cloud"),
    // The vendor's is YAML; `tests/contract/run` makes JSON of it.
    files: &[concat!(env!("CARGO_MANIFEST_DIR"), "/target/contract/descriptions/tempo-v4.json")],
    before: &[""],
    api: "/4",
    names: |practice| {
        named(
            practice,
            &[
                ("{worklog}", "/4/worklogs", "/results/0/tempoWorklogId"),
                ("{me}", "/4/worklogs", "/results/0/author/accountId"),
                ("{issue}", "/4/worklogs", "/results/0/issue/id"),
                ("{team}", "/4/teams", "/results/0/id"),
                ("{account}", "/4/accounts", "/results/0/key"),
                ("{customer}", "/4/customers", "/results/0/id"),
                ("{attribute}", "/4/work-attributes", "/results/0/key"),
            ],
        )
    },
    rows: [TEMPO_ROWS, &[]],
    exceptions: TEMPO_FAULTS,
    errors: tempo_errors,
    bodies: 40,
};

pub(super) const TRELLO: Deployment = Deployment {
    name: "cloud",
    start: || Practice::of("trello", "cloud"),
    files: &["trello.json"],
    before: &["/1"],
    api: "/1",
    names: |practice| {
        named(
            practice,
            &[
                ("{board}", "/1/members/me/boards", "/0/id"),
                ("{organization}", "/1/members/me/organizations", "/0/id"),
                ("{list}", "/1/boards/{board}/lists", "/0/id"),
                ("{card}", "/1/boards/{board}/cards", "/0/id"),
            ],
        )
    },
    rows: [TRELLO_ROWS, &[]],
    exceptions: TRELLO_FAULTS,
    errors: || json!({}),
    bodies: 15,
};

/// Finds what the rows call by names: what to get, where earlier names may stand, and where in the answer it is.
fn named(practice: &Practice, rows: &[(&'static str, &str, &str)]) -> Names {
    let mut names = Names(Vec::new());
    for (name, path, pointer) in rows {
        let answer = practice.ask(&names.put_into(path, ""));
        let value = answer.pointer(pointer).unwrap_or_else(|| panic!("{path} has no {pointer}: {answer}"));
        names.0.push((name, bare(value)));
    }
    names
}

fn tempo_errors() -> Value {
    let error = json!({ "type": "object", "required": ["message"], "properties": { "message": { "type": "string" } } });
    let errors = json!({ "type": "array", "minItems": 1, "items": error });
    json!({ "type": "object", "required": ["errors"], "properties": { "errors": errors } })
}

const TEMPO_ROWS: &[Row] = &[
    (200, "GET api/worklogs?limit=3", ""),
    (200, "GET api/worklogs/{worklog}", ""),
    (404, "GET api/worklogs/999999", ""),
    (200, "GET api/worklogs/user/{me}?from=2020-01-01&to=2030-01-01", ""),
    (200, "GET api/worklogs/project/10000?from=2020-01-01&to=2030-01-01", ""),
    (200, "GET api/worklogs/issue/{issue}?from=2020-01-01&to=2030-01-01", ""),
    (200, "GET api/worklogs/team/{team}?from=2020-01-01&to=2030-01-01", ""),
    (
        200,
        "POST api/worklogs",
        r#"{"issueId":{issue},"timeSpentSeconds":3600,"startDate":"2026-03-02","authorAccountId":"{me}"}"#,
    ),
    (
        200,
        "PUT api/worklogs/{}",
        r#"{"timeSpentSeconds":7200,"startDate":"2026-03-02","startTime":"09:00:00","authorAccountId":"{me}"}"#,
    ),
    (200, "GET api/worklogs/{}/work-attribute-values", ""),
    (204, "DELETE api/worklogs/{}", ""),
    (400, "POST api/worklogs", r#"{"issueId":{issue}}"#),
    (200, "POST api/worklogs/search", r#"{"authorIds":["{me}"]}"#),
    (200, "POST api/worklogs/tempo-to-jira", r#"{"tempoWorklogIds":[{worklog}]}"#),
    (200, "POST api/worklogs/jira-to-tempo", r#"{"jiraWorklogIds":[10000]}"#),
    (200, "GET api/accounts", ""),
    (200, "GET api/accounts/{account}", ""),
    (200, "GET api/accounts/{account}/links", ""),
    (404, "GET api/accounts/NONE", ""),
    (200, "POST api/accounts/search", r#"{"keys":["{account}"]}"#),
    (200, "POST api/accounts", r#"{"key":"PAPER","name":"Paper","status":"OPEN","leadAccountId":"{me}"}"#),
    (200, "PUT api/accounts/PAPER", r#"{"key":"PAPER","name":"Papers","status":"OPEN","leadAccountId":"{me}"}"#),
    (204, "DELETE api/accounts/PAPER", ""),
    (200, "GET api/customers", ""),
    (200, "GET api/customers/{customer}", ""),
    (200, "GET api/customers/{customer}/accounts", ""),
    (200, "GET api/account-categories", ""),
    (200, "GET api/teams", ""),
    (200, "GET api/teams/{team}", ""),
    (200, "GET api/teams/{team}/members", ""),
    (200, "GET api/teams/{team}/links", ""),
    (404, "GET api/teams/99999", ""),
    (200, "POST api/teams", r#"{"name":"Paper","leadAccountId":"{me}"}"#),
    (200, "PUT api/teams/{}", r#"{"name":"Papers","leadAccountId":"{me}"}"#),
    (200, "POST api/team-memberships", r#"{"teamId":{},"accountId":"{me}"}"#),
    (200, "GET api/team-memberships/{}", ""),
    (200, "GET api/team-memberships/team/{team}", ""),
    (200, "GET api/plans?from=2020-01-01&to=2030-01-01", ""),
    (200, "POST api/plans/search", r#"{"from":"2020-01-01","to":"2030-01-01"}"#),
    (200, "GET api/plans/user/{me}?from=2020-01-01&to=2030-01-01", ""),
    (
        200,
        "POST api/plans",
        r#"{"assigneeId":"{me}","assigneeType":"USER","startDate":"2026-03-02","endDate":"2026-03-06","planItemId":"{issue}","planItemType":"ISSUE","plannedSecondsPerDay":3600}"#,
    ),
    (200, "GET api/plans/{}", ""),
    (204, "DELETE api/plans/{}", ""),
    (200, "GET api/work-attributes", ""),
    (200, "GET api/work-attributes/{attribute}", ""),
    (200, "GET api/periods?from=2026-03-02&to=2026-03-31", ""),
    (200, "GET api/user-schedule?from=2026-03-02&to=2026-03-06", ""),
    (200, "GET api/user-schedule/{me}?from=2026-03-02&to=2026-03-06", ""),
    (200, "GET api/timesheet-approvals/user/{me}?from=2026-03-02&to=2026-03-08", ""),
    (200, "GET api/timesheet-approvals/user/{me}/reviewers", ""),
    (200, "GET api/timesheet-approvals/team/{team}?from=2026-03-02&to=2026-03-08", ""),
    (200, "GET api/timesheet-approvals/waiting", ""),
    (200, "GET api/globalconfiguration", ""),
    (200, "GET api/roles", ""),
];

const TEMPO_FAULTS: &[Exception] =
    &[row("cloud GET /4/accounts/{id}", "", "status 404", "what is not there is described for other resources only")];

const TRELLO_ROWS: &[Row] = &[
    (200, "GET api/members/me", ""),
    (200, "GET api/members/me/boards", ""),
    (200, "GET api/members/me/cards", ""),
    (200, "GET api/members/me/organizations", ""),
    (200, "GET api/tokens/ATTA-sandbox-mira", ""),
    (200, "GET api/boards/{board}", ""),
    (200, "GET api/boards/{board}/lists", ""),
    (200, "GET api/boards/{board}/memberships", ""),
    (200, "GET api/boards/{board}/customFields", ""),
    (200, "GET api/organizations/{organization}", ""),
    (200, "GET api/organizations/{organization}/boards", ""),
    (200, "GET api/organizations/{organization}/members", ""),
    (200, "GET api/lists/{list}/cards", ""),
    (200, "GET api/cards/{card}", ""),
    (200, "GET api/cards/{card}/actions", ""),
    (200, "GET api/cards/{card}/attachments", ""),
    (200, "GET api/search?query=server", ""),
    (200, "GET api/search/members?query=mira", ""),
    (200, "POST api/boards?name=Paper", ""),
    (200, "POST api/boards/{}/lists?name=New", ""),
    (200, "POST api/cards?idList={}&name=Buy", ""),
    (200, "PUT api/cards/{}?desc=now", ""),
    (200, "POST api/cards/{}/actions/comments?text=ok", ""),
    (200, "POST api/webhooks?idModel={board}&callbackURL=https://example.com/hook", ""),
    (200, "GET api/webhooks/{}", ""),
];

const ONE_OF: &str = "oneOf";

const TRELLO_FAULTS: &[Exception] = &[
    row("cloud", "/descData", NO_TEXT, "null where the description has no rich form"),
    row("cloud", "/prefs/permissionLevel", "", "boards may be made private or public, as the same description says"),
    row("cloud", "/prefs/background", "", "the background may be a colour"),
    row("cloud", "/softLimit", NO_TEXT, "null where there is no limit"),
    row("cloud", "/limits", "not of type \"object\"", "null where there are none"),
    row("cloud", "/avatar", NO_TEXT, "null where there is no picture"),
    row("cloud", "/modelType", "", "the service writes the kinds of things with a capital"),
    row("cloud GET /members/{id}", "", ONE_OF, "null where there is no picture and no biography"),
    row("cloud GET /boards/{id}/memberships", "", "not of type \"object\"", "a list, described as one of its items"),
    row("cloud GET /organizations/{id}/boards", "", ONE_OF, "the boards of before"),
    row("cloud", "/labels/", ONE_OF, "whole labels, described as their ids"),
    row("cloud GET /cards/{id}/attachments", "", ONE_OF, "the size is a number, described as text"),
    row("cloud GET /search", "", "not of type \"array\"", "the terms and a list of each kind, described as one list"),
];

const NO_TEXT: &str = "not of type \"string\"";
