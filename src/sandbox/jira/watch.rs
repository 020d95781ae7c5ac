//! Watchers and votes.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::UserId;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/watchers", Access::Anyone, watchers),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/watchers", Access::User, watch),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/watchers", Access::User, unwatch),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/votes", Access::Anyone, votes),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/votes", Access::User, vote),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/votes", Access::User, unvote),
];

fn people(call: &Call, ids: &[UserId]) -> Value {
    ids.iter().map(|id| call.face.user_or_null(call.world, Some(*id))).collect()
}

fn watchers(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    Call::ok(&json!({
        "self": call.face.rest(&format!("issue/{}/watchers", issue.key)),
        "isWatching": call.caller.user.is_some_and(|me| issue.watchers.contains(&me)),
        "watchCount": issue.watchers.len(),
        "watchers": people(call, &issue.watchers),
    }))
}

fn find(call: &Call, text: &str) -> Result<UserId, Refusal> {
    let found = if call.face.cloud { call.world.user_with_account(text) } else { call.world.user_named(text) };
    found.ok_or_else(|| refuse(404, format!("The user \"{text}\" does not have permission to view this issue.")))
}

/// The body is nothing but a user's name or account id, as a JSON text; without one the caller is meant.
fn watch(call: &mut Call) -> Outcome {
    let user = match call.request.body.is_empty() {
        true => call.me(),
        false => match call.body()? {
            Value::String(text) => find(call, &text)?,
            _ => return Err(refuse(400, "Can not deserialize instance of java.lang.String out of this JSON token")),
        },
    };
    let issue = call.issue_mut(0)?;
    if !issue.watchers.contains(&user) {
        issue.watchers.push(user);
    }
    Call::done()
}

fn unwatch(call: &mut Call) -> Outcome {
    let name = if call.face.cloud { "accountId" } else { "username" };
    let text = call.request.param(name).ok_or_else(|| refuse(400, format!("Parameter '{name}' is required.")))?;
    let user = find(call, text)?;
    call.issue_mut(0)?.watchers.retain(|w| *w != user);
    Call::done()
}

fn votes(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    Call::ok(&json!({
        "self": call.face.rest(&format!("issue/{}/votes", issue.key)),
        "votes": issue.voters.len(),
        "hasVoted": call.caller.user.is_some_and(|me| issue.voters.contains(&me)),
        "voters": people(call, &issue.voters),
    }))
}

fn vote(call: &mut Call) -> Outcome {
    let me = call.me();
    let issue = call.issue_mut(0)?;
    if issue.reporter == Some(me) {
        return Err(refuse(404, "You cannot vote for an issue you have reported."));
    }
    if !issue.voters.contains(&me) {
        issue.voters.push(me);
    }
    Call::done()
}

fn unvote(call: &mut Call) -> Outcome {
    let me = call.me();
    call.issue_mut(0)?.voters.retain(|v| *v != me);
    Call::done()
}
