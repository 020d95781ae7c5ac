//! Worklogs.

use super::call::{Call, Outcome};
use super::fields_in;
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::world::{Millis, Worklog, now, read_stamp};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/worklog", Access::Anyone, list),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/worklog", Access::User, add),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/worklog/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}/worklog/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/worklog/{}", Access::User, delete),
];

/// Reads a duration such as `1d 2h 30m`, with days of eight hours; a bare number is minutes.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut parts = 0;
    for part in text.split_whitespace() {
        let unit = part.chars().last()?;
        let (number, size) = match unit {
            'w' => (part.strip_suffix(unit)?, 144_000),
            'd' => (part.strip_suffix(unit)?, 28_800),
            'h' => (part.strip_suffix(unit)?, 3600),
            'm' => (part.strip_suffix(unit)?, 60),
            _ => (part, 60),
        };
        let number: f64 = number.parse().ok().filter(|n: &f64| (0.0..1e9).contains(n))?;
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        let part = (number * f64::from(size)) as i64;
        total = total.checked_add(part)?;
        parts += 1;
    }
    (parts > 0).then_some(total)
}

fn list(call: &mut Call) -> Outcome {
    let window = call.window(5000, 5000)?;
    let since = call.request.param("startedAfter").and_then(|t| t.parse::<Millis>().ok()).unwrap_or(Millis::MIN);
    let issue = call.issue(0)?;
    let logs = issue.worklogs.iter().filter(|w| w.started > since);
    let all: Vec<Value> = logs.map(|w| call.face.worklog(call.world, issue.id, w)).collect();
    let some = window.of(&all);
    let size = if call.face.cloud { window.size } else { all.len() };
    Call::ok(&json!({ "startAt": window.start, "maxResults": size, "total": all.len(), "worklogs": some }))
}

/// What a body says about the time spent.
fn spent(body: &Value) -> Result<Option<i64>, Refusal> {
    let wrong = |text: String| refuse_field("timeLogged", format!("'{text}' is not a valid time duration."));
    let found = match (&body["timeSpentSeconds"], &body["timeSpent"]) {
        (Value::Number(n), _) => Some(n.as_i64().ok_or_else(|| wrong(n.to_string()))?),
        (_, Value::String(text)) => Some(seconds(text).ok_or_else(|| wrong(text.clone()))?),
        _ => None,
    };
    match found {
        Some(time) if !(60..=1_000_000_000).contains(&time) => Err(wrong(time.to_string())),
        other => Ok(other),
    }
}

fn started(body: &Value) -> Result<Option<Millis>, Refusal> {
    match &body["started"] {
        Value::Null => Ok(None),
        value => value
            .as_str()
            .and_then(read_stamp)
            .map(Some)
            .ok_or_else(|| refuse(400, "Unrecognized date format in 'started'; wanted yyyy-MM-dd'T'HH:mm:ss.SSSZ")),
    }
}

/// Adds a worklog to an issue and returns it.
pub(crate) fn add_to(call: &mut Call, issue: u64, body: &Value) -> Result<Value, Refusal> {
    let missing = || refuse_field("timeLogged", "You must indicate the time spent working.");
    let seconds = spent(body)?.ok_or_else(missing)?;
    let comment = fields_in::rich(&call.face, &body["comment"]).map_err(|m| refuse_field("comment", m))?;
    let (id, author, time) = (call.world.next_id(), call.me(), now());
    let started = started(body)?.unwrap_or(time);
    let log = Worklog { id, author, comment, created: time, updated: time, started, seconds };
    let written = call.face.worklog(call.world, issue, &log);
    let adjusts = call.request.param("adjustEstimate") != Some("leave");
    if let Some(issue) = call.world.issues.get_mut(&issue) {
        issue.worklogs.push(log);
        issue.updated = time;
        if adjusts {
            issue.remaining = issue.remaining.map(|r| (r - seconds).max(0));
        }
    }
    Ok(written)
}

fn add(call: &mut Call) -> Outcome {
    let issue = call.issue_id(0)?;
    let body = call.object()?;
    Ok(Reply::json(201, &add_to(call, issue, &body)?))
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(1);
    let found = call.issue(0)?.worklogs.iter().position(|w| w.id == id);
    found.ok_or_else(|| refuse(404, format!("Cannot find worklog with id: '{}'.", call.arg(1))))
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let issue = call.issue(0)?;
    Call::ok(&call.face.worklog(call.world, issue.id, &issue.worklogs[place]))
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let (spent, started) = (spent(&body)?, started(&body)?);
    let comment = fields_in::rich(&call.face, &body["comment"]).map_err(|m| refuse_field("comment", m))?;
    let issue = call.issue_mut(0)?;
    issue.updated = now();
    let log = &mut issue.worklogs[place];
    log.seconds = spent.unwrap_or(log.seconds);
    log.started = started.unwrap_or(log.started);
    log.comment = comment.or(log.comment.take());
    log.updated = now();
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let issue = call.issue_mut(0)?;
    issue.worklogs.remove(place);
    issue.updated = now();
    Call::done()
}
