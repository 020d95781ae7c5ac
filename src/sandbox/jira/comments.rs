//! Comments.

use super::call::{Call, Outcome};
use super::fields_in;
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::world::{Comment, now};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/comment", Access::Anyone, list),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/comment", Access::User, add),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/comment/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}/comment/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/comment/{}", Access::User, delete),
];

fn list(call: &mut Call) -> Outcome {
    let cap = if call.face.cloud { 100 } else { 1000 };
    let window = call.window(if call.face.cloud { 50 } else { 1000 }, cap)?;
    let issue = call.issue(0)?;
    let mut all: Vec<Value> = issue.comments.iter().map(|c| call.face.comment(call.world, issue.id, c)).collect();
    if call.request.param("orderBy") == Some("-created") {
        all.reverse();
    }
    let some = window.of(&all);
    Call::ok(&json!({ "startAt": window.start, "maxResults": window.size, "total": all.len(), "comments": some }))
}

/// Adds a comment to an issue and returns it.
pub(crate) fn add_to(call: &mut Call, issue: u64, body: &Value) -> Result<Value, Refusal> {
    let text = fields_in::rich(&call.face, &body["body"]);
    let text = text.map_err(|m| refuse_field("comment", m.replace("Operation value", "Comment body")))?;
    let text = text.ok_or_else(|| refuse_field("comment", "Comment body can not be empty!"))?;
    let visibility = Some(body["visibility"].clone()).filter(Value::is_object);
    let (id, me, time) = (call.world.next_id(), call.me(), now());
    let comment = Comment { id, author: me, editor: me, body: text, created: time, updated: time, visibility };
    let written = call.face.comment(call.world, issue, &comment);
    if let Some(issue) = call.world.issues.get_mut(&issue) {
        issue.comments.push(comment);
        issue.updated = time;
    }
    Ok(written)
}

fn add(call: &mut Call) -> Outcome {
    let issue = call.issue_id(0)?;
    let body = call.object()?;
    Ok(Reply::json(201, &add_to(call, issue, &body)?))
}

/// Finds the place of the comment that the path names.
fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(1);
    let found = call.issue(0)?.comments.iter().position(|c| c.id == id);
    found.ok_or_else(|| refuse(404, format!("Can not find a comment for the id: {}.", call.arg(1))))
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let issue = call.issue(0)?;
    Call::ok(&call.face.comment(call.world, issue.id, &issue.comments[place]))
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let text = fields_in::rich(&call.face, &body["body"]).map_err(|m| refuse_field("comment", m))?;
    let text = text.ok_or_else(|| refuse_field("comment", "Comment body can not be empty!"))?;
    let (me, time) = (call.me(), now());
    let issue = call.issue_mut(0)?;
    issue.updated = time;
    let comment = &mut issue.comments[place];
    comment.body = text;
    comment.editor = me;
    comment.updated = time;
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let issue = call.issue_mut(0)?;
    issue.comments.remove(place);
    issue.updated = now();
    Call::done()
}
