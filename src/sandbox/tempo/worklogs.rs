//! Worklogs.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::days;
use super::world::Worklog;
use crate::sandbox::jira::world::{now, stamp};
use crate::sandbox::table::{Row, row};
use jiff::civil::Date;
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "worklogs", list as Play),
    row("POST", "worklogs", create),
    row("POST", "worklogs/search", search),
    row("POST", "worklogs/jira-to-tempo", from_jira),
    row("POST", "worklogs/tempo-to-jira", to_jira),
    row("GET", "worklogs/user/{}", of_user),
    row("GET", "worklogs/team/{}", of_team),
    row("GET", "worklogs/project/{}", of_project),
    row("GET", "worklogs/issue/{}", of_issue),
    row("POST", "worklogs/issue/{}/bulk", bulk),
    row("GET", "worklogs/account/{}", of_account),
    row("GET", "worklogs/{}", one),
    row("PUT", "worklogs/{}", update),
    row("DELETE", "worklogs/{}", delete),
    row("GET", "worklogs/{}/work-attribute-values", values),
    row("GET", "worklogs/{}/work-attribute-values/{}", value),
];

/// Writes a time as Tempo does: `2026-01-31T12:00:00Z`.
pub(crate) fn time(millis: i64) -> String {
    format!("{}Z", stamp(millis).get(..19).unwrap_or_default())
}

fn pairs(log: &Worklog) -> Value {
    log.attributes.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

fn show(call: &Call, log: &Worklog) -> Value {
    let own = call.at(&format!("worklogs/{}", log.id));
    let issue = format!("{}/rest/api/2/issue/{}", call.jira.base(), log.issue);
    json!({
        "self": own, "tempoWorklogId": log.id, "issue": { "self": issue, "id": log.issue },
        "timeSpentSeconds": log.seconds, "billableSeconds": log.billable, "startDate": log.day.to_string(),
        "startTime": log.time, "startDateTimeUtc": format!("{}T{}Z", log.day, log.time),
        "description": log.description, "createdAt": time(log.created), "updatedAt": time(log.updated),
        "author": call.person(&log.author),
        "attributes": { "self": format!("{own}/work-attribute-values"), "values": pairs(log) },
    })
}

impl Call<'_> {
    /// Says whether the caller sees the time of somebody.
    fn sees(&self, author: &str) -> bool {
        self.caller.everybody || author == self.me()
    }

    /// Checks that the caller may write down time of somebody.
    fn may_write(&self, author: &str) -> Result<(), Refusal> {
        if self.sees(author) {
            return Ok(());
        }
        Err(refuse(403, "You do not have permission to log work for this user"))
    }
}

/// Answers with those worklogs that fit and lie in the span of the query, the newest day last.
fn some(call: &Call, fits: impl Fn(&Worklog) -> bool) -> Outcome {
    let (from, to) = call.span()?;
    spanned(call, from, to, fits)
}

fn spanned(call: &Call, from: Option<Date>, to: Option<Date>, fits: impl Fn(&Worklog) -> bool) -> Outcome {
    let since = call.request.param("updatedFrom").unwrap_or_default().to_owned();
    let inside = |log: &&Worklog| {
        from.is_none_or(|from| log.day >= from)
            && to.is_none_or(|to| log.day <= to)
            && (since.is_empty() || time(log.updated) >= since)
            && call.sees(&log.author)
            && fits(log)
    };
    let mut logs: Vec<&Worklog> = call.world.worklogs.iter().filter(inside).collect();
    match call.request.param("orderBy") {
        Some("START_DATE_TIME") => logs.sort_by_key(|log| (log.day, log.time.clone())),
        Some("UPDATED") => logs.sort_by_key(|log| log.updated),
        _ => logs.sort_by_key(|log| log.id),
    }
    call.page(logs.into_iter().map(|log| show(call, log)).collect())
}

fn list(call: &mut Call) -> Outcome {
    let mut issues = call.ids("issueId");
    issues.extend(call.ids("issue"));
    let mut projects = call.ids("projectId");
    projects.extend(call.ids("project"));
    some(call, |log| {
        (issues.is_empty() || issues.contains(&log.issue)) && (projects.is_empty() || projects.contains(&log.project))
    })
}

fn search(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let numbers =
        |name: &str| -> Option<Vec<u64>> { Some(body[name].as_array()?.iter().filter_map(Value::as_u64).collect()) };
    let authors: Option<Vec<String>> =
        body["authorIds"].as_array().map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    let (issues, projects) = (numbers("issueIds"), numbers("projectIds"));
    let day = |name: &str| body[name].as_str().map(|text| days::read(name, text)).transpose();
    let (from, to) = (day("from")?, day("to")?);
    spanned(call, from, to, |log| {
        authors.as_ref().is_none_or(|all| all.contains(&log.author))
            && issues.as_ref().is_none_or(|all| all.contains(&log.issue))
            && projects.as_ref().is_none_or(|all| all.contains(&log.project))
    })
}

fn of_user(call: &mut Call) -> Outcome {
    let account = call.arg(0).to_owned();
    Call::known(&account)?;
    if !call.sees(&account) {
        return Err(refuse(403, "You do not have permission to view worklogs of this user"));
    }
    some(call, |log| log.author == account)
}

fn of_team(call: &mut Call) -> Outcome {
    let team = super::teams::id(call)?;
    let members: Vec<String> =
        call.world.memberships.iter().filter(|m| m.team == team).map(|m| m.account.clone()).collect();
    some(call, |log| members.contains(&log.author))
}

fn number(call: &Call, what: &str) -> Result<u64, Refusal> {
    call.arg(0).parse().map_err(|_| refuse(400, format!("{what} id must be a number")))
}

fn of_project(call: &mut Call) -> Outcome {
    let project = number(call, "project")?;
    some(call, |log| log.project == project)
}

fn of_issue(call: &mut Call) -> Outcome {
    let issue = number(call, "issue")?;
    call.jira.project_of(issue).ok_or_else(|| refuse(404, format!("Issue with id '{issue}' not found")))?;
    some(call, |log| log.issue == issue)
}

fn of_account(call: &mut Call) -> Outcome {
    let key = call.arg(0).to_owned();
    super::world::place(&call.world.accounts, "key", &key, "Account")?;
    some(call, |log| log.attributes.iter().any(|(name, value)| name == "_Account_" && *value == key))
}

fn found(call: &Call) -> Result<usize, Refusal> {
    let id = call.arg(0);
    let at = call.world.worklogs.iter().position(|log| log.id.to_string() == id && call.sees(&log.author));
    at.ok_or_else(|| refuse(404, format!("Worklog with id '{id}' not found")))
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&show(call, &call.world.worklogs[found(call)?]))
}

/// Reads what a body says about a worklog; `old` fills in what an update leaves out.
fn read(call: &Call, body: &Value, old: Option<&Worklog>) -> Result<Worklog, Refusal> {
    let issue = body["issueId"].as_u64().or(old.map(|log| log.issue));
    let issue = issue.ok_or_else(|| refuse(400, "issueId is required and must be a number"))?;
    let project = call.jira.project_of(issue);
    let project = project.ok_or_else(|| refuse(400, format!("Issue with id '{issue}' does not exist")))?;
    let author = text(body, "authorAccountId");
    if author.is_empty() {
        return Err(refuse(400, "authorAccountId is required"));
    }
    Call::known(&author)?;
    call.may_write(&author)?;
    let seconds = body["timeSpentSeconds"].as_i64().filter(|n| *n > 0);
    let seconds = seconds.ok_or_else(|| refuse(400, "timeSpentSeconds must be greater than 0"))?;
    let day = days::read("startDate", &text(body, "startDate"))?;
    let time = body["startTime"].as_str().or(old.map(|log| log.time.as_str())).unwrap_or("08:00:00");
    if time.parse::<jiff::civil::Time>().is_err() {
        return Err(refuse(400, format!("startTime: '{time}' is not a time of the form HH:mm:ss")));
    }
    check_open(call, &author, day)?;
    let description = body["description"].as_str().or(old.map(|log| log.description.as_str()));
    Ok(Worklog {
        id: old.map_or(0, |log| log.id),
        jira: old.map_or(0, |log| log.jira),
        issue,
        project,
        author,
        day,
        time: time.to_owned(),
        seconds,
        billable: body["billableSeconds"].as_i64().unwrap_or(seconds),
        description: description.unwrap_or_default().to_owned(),
        created: old.map_or_else(now, |log| log.created),
        updated: now(),
        attributes: attributes(call, body, old)?,
    })
}

/// Time in a week that was handed in stays as it is.
fn check_open(call: &Call, author: &str, day: Date) -> Result<(), Refusal> {
    let monday = days::week(day).0;
    let handed_in = |a: &&super::world::Approval| a.account == author && a.monday == monday && a.state != "OPEN";
    match call.world.approvals.iter().find(handed_in) {
        Some(_) => Err(refuse(400, "Timesheet for this period has been submitted or approved")),
        None => Ok(()),
    }
}

fn attributes(call: &Call, body: &Value, old: Option<&Worklog>) -> Result<Vec<(String, Value)>, Refusal> {
    let Some(given) = body["attributes"].as_array() else {
        return Ok(old.map(|log| log.attributes.clone()).unwrap_or_default());
    };
    let mut attributes = Vec::new();
    for pair in given {
        let key = text(pair, "key");
        let at = super::world::place(&call.world.attributes, "key", &key, "Work attribute");
        let attribute =
            &call.world.attributes[at.map_err(|_| refuse(400, format!("Work attribute '{key}' does not exist")))?];
        let value = text(pair, "value");
        let allowed = attribute["values"].as_array();
        if allowed.is_some_and(|all| !all.iter().any(|v| *v == value)) {
            return Err(refuse(400, format!("Work attribute '{key}' has no value '{value}'")));
        }
        if attribute["type"] == "ACCOUNT" && !call.world.accounts.iter().any(|a| a["key"] == value) {
            return Err(refuse(400, format!("Account '{value}' does not exist")));
        }
        attributes.push((key, pair["value"].clone()));
    }
    Ok(attributes)
}

/// Returns when the work began.
fn start(log: &Worklog) -> String {
    format!("{}T{}Z", log.day, log.time)
}

/// Writes a new worklog down, in Jira too, as the real one does.
fn add(call: &mut Call, body: &Value) -> Result<Worklog, Refusal> {
    let mut log = read(call, body, None)?;
    log.id = call.world.next_id();
    let written = call.jira.log_work(log.issue, &log.author, &start(&log), log.seconds, &log.description);
    log.jira = written.unwrap_or(0);
    call.world.worklogs.push(log.clone());
    Ok(log)
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let log = add(call, &body)?;
    Call::ok(&show(call, &log))
}

fn bulk(call: &mut Call) -> Outcome {
    let issue = number(call, "issue")?;
    let body: Vec<Value> =
        serde_json::from_slice(&call.request.body).map_err(|_| refuse(400, "Unable to process JSON"))?;
    let mut logs = Vec::new();
    for mut item in body {
        item["issueId"] = json!(issue);
        logs.push(add(call, &item)?);
    }
    Call::ok(&logs.iter().map(|log| show(call, log)).collect())
}

fn update(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let body = call.body()?;
    let log = read(call, &body, Some(&call.world.worklogs[at]))?;
    call.jira.relog_work(log.issue, log.jira, &start(&log), log.seconds);
    call.world.worklogs[at] = log.clone();
    Call::ok(&show(call, &log))
}

fn delete(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let log = &call.world.worklogs[at];
    call.may_write(&log.author)?;
    check_open(call, &log.author, log.day)?;
    let gone = call.world.worklogs.remove(at);
    call.jira.unlog_work(gone.issue, gone.jira);
    Call::done()
}

fn values(call: &mut Call) -> Outcome {
    let log = &call.world.worklogs[found(call)?];
    call.whole(pairs(log).as_array().cloned().unwrap_or_default())
}

fn value(call: &mut Call) -> Outcome {
    let log = &call.world.worklogs[found(call)?];
    let pair = log.attributes.iter().find(|(key, _)| key == call.arg(1));
    let (key, value) = pair.ok_or_else(|| refuse(404, "Work attribute value not found"))?;
    Call::ok(&json!({ "key": key, "value": value }))
}

/// Answers which worklog of one product is which of the other.
fn matching(call: &Call, list: &str, own: fn(&Worklog) -> u64) -> Outcome {
    let body = call.body()?;
    let ids = body[list].as_array().ok_or_else(|| refuse(400, format!("{list} is required")))?;
    let pairs = ids.iter().filter_map(Value::as_u64).filter_map(|id| {
        let log = call.world.worklogs.iter().find(|log| own(log) == id)?;
        Some(json!({ "tempoWorklogId": log.id, "jiraWorklogId": log.jira }))
    });
    call.page(pairs.collect())
}

fn from_jira(call: &mut Call) -> Outcome {
    matching(call, "jiraWorklogIds", |log| log.jira)
}

fn to_jira(call: &mut Call) -> Outcome {
    matching(call, "tempoWorklogIds", |log| log.id)
}
