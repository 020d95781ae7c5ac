//! Labels and comments, of plans and of builds.

use super::call::{Access, Call, Outcome, Play, Refusal, play, refuse};
use super::face::time;
use super::world::Comment;
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/plan/{}/label", play(Access::Anyone, "labels", of_plan)),
    row("POST", "/rest/api/latest/plan/{}/label", play(Access::User, "label", add_to_plan)),
    row("DELETE", "/rest/api/latest/plan/{}/label/{}", play(Access::User, "label", delete_from_plan)),
    row("GET", "/rest/api/latest/result/{}/label", play(Access::Anyone, "labels", of_build)),
    row("POST", "/rest/api/latest/result/{}/label", play(Access::User, "label", add_to_build)),
    row("DELETE", "/rest/api/latest/result/{}/label/{}", play(Access::User, "label", delete_from_build)),
    row("GET", "/rest/api/latest/result/{}/comment", play(Access::Anyone, "comments", comments)),
    row("POST", "/rest/api/latest/result/{}/comment", play(Access::User, "comment", add_comment)),
    row("DELETE", "/rest/api/latest/result/{}/comment/{}", play(Access::User, "comment", delete_comment)),
];

fn show(call: &Call, path: &str, labels: &[String]) -> Outcome {
    let labels = call.list("label", labels.iter().map(|l| json!({ "name": l })).collect());
    Call::ok(&json!({ "expand": "labels", "link": call.link(path), "labels": labels }))
}

/// Reads the name of a label: `{"name":"…"}`, or a form.
fn name(call: &Call) -> Result<String, Refusal> {
    let name = match call.request.media_type().as_deref() {
        Some("application/json") => call.body()?["name"].as_str().unwrap_or_default().to_owned(),
        _ => call.request.form().into_iter().find(|(k, _)| k == "name").map(|(_, v)| v).unwrap_or_default(),
    };
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.contains(' ') { Err(refuse(400, "The label is not valid.")) } else { Ok(name) }
}

fn put(labels: &mut Vec<String>, name: String) {
    if !labels.contains(&name) {
        labels.push(name);
    }
}

fn of_plan(call: &mut Call) -> Outcome {
    let plan = call.plan(call.arg(0))?;
    show(call, &format!("plan/{}/label", plan.key), &plan.labels)
}

fn add_to_plan(call: &mut Call) -> Outcome {
    let (key, name) = (call.arg(0).to_owned(), name(call)?);
    put(&mut call.plan_mut(&key)?.labels, name);
    Call::done()
}

fn delete_from_plan(call: &mut Call) -> Outcome {
    let (key, name) = (call.arg(0).to_owned(), call.arg(1).to_owned());
    call.plan_mut(&key)?.labels.retain(|l| *l != name);
    Call::done()
}

fn of_build(call: &mut Call) -> Outcome {
    let build = call.build(call.arg(0))?;
    show(call, &format!("result/{}/label", build.key()), &build.labels)
}

fn add_to_build(call: &mut Call) -> Outcome {
    let (at, name) = (call.build_place(call.arg(0))?, name(call)?);
    put(&mut call.world.builds[at].labels, name);
    Call::done()
}

fn delete_from_build(call: &mut Call) -> Outcome {
    let (at, name) = (call.build_place(call.arg(0))?, call.arg(1).to_owned());
    call.world.builds[at].labels.retain(|l| *l != name);
    Call::done()
}

/// Writes a comment on a build.
pub(crate) fn comment(call: &Call, build: &str, comment: &Comment) -> Value {
    json!({
        "id": comment.id, "author": comment.author, "content": comment.words, "resultKey": build,
        "creationDate": time(comment.created), "modificationDate": time(comment.created),
        "link": call.link(&format!("result/{build}/comment/{}", comment.id)),
    })
}

fn comments(call: &mut Call) -> Outcome {
    let build = call.build(call.arg(0))?;
    let key = build.key();
    let all = build.comments.iter().map(|c| comment(call, &key, c)).collect();
    let comments = call.list("comment", all);
    Call::ok(
        &json!({ "expand": "comments", "link": call.link(&format!("result/{key}/comment")), "comments": comments }),
    )
}

fn add_comment(call: &mut Call) -> Outcome {
    let at = call.build_place(call.arg(0))?;
    let words = call.body()?["content"].as_str().unwrap_or_default().to_owned();
    if words.is_empty() {
        return Err(refuse(400, "The comment is empty."));
    }
    let comment = Comment { id: call.world.next_id(), author: call.my_name(), words, created: now() };
    call.world.builds[at].comments.push(comment);
    Call::done()
}

fn delete_comment(call: &mut Call) -> Outcome {
    let (at, id) = (call.build_place(call.arg(0))?, call.id(1));
    call.world.builds[at].comments.retain(|c| c.id != id);
    Call::done()
}
