//! What takes a while: how far it is, and how it ended.

use super::world::{Aim, PHASE, Task};
use super::{Call, Outcome, Refusal, refuse};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

/// How long a client should wait before it asks again, in milliseconds.
const PING: u64 = 100;

fn kind(task: &Task) -> &'static str {
    if matches!(task.aim, Aim::Update(_)) { "UPDATE_ALL" } else { "INSTALL" }
}

/// Tells how far a task is.
fn status(call: &Call, task: &Task) -> Value {
    let word = if kind(task) == "INSTALL" { "install" } else { "updateall" };
    let phase = match () {
        () if task.done => "complete",
        () if task.began.elapsed() < PHASE => "downloading",
        () => "installing",
    };
    let mut status = json!({
        "done": task.done, "statusCode": 200, "contentType": format!("application/vnd.atl.plugins.{word}.{phase}+json"),
        "source": task.source, "name": task.source.rsplit('/').next().unwrap_or(&task.source),
    });
    match &task.aim {
        Aim::Fail(code, words) if task.done => {
            status["contentType"] = json!("application/vnd.atl.plugins.task.install.err+json");
            status["subCode"] = json!(code);
            status["errorMessage"] = json!(words);
        }
        Aim::Update(keys) if task.done => {
            status["successes"] = super::install::updated(call, keys);
            status["failures"] = json!([]);
        }
        _ => {}
    }
    status
}

/// Writes the task at a place.
pub(super) fn document(call: &Call, at: usize) -> Value {
    let task = &call.world.tasks[at];
    json!({
        "type": kind(task), "pingAfter": PING, "status": status(call, task),
        "links": {
            "self": format!("{}/pending/{}", call.root, task.id), "alternate": format!("{}/tasks/{}", call.root, task.id),
        },
        "timestamp": task.stamp, "userKey": task.user, "id": task.id,
    })
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let found = call.world.tasks.iter().position(|t| t.id == call.arg(0));
    found.ok_or_else(|| refuse(404, "upm.task.error.not.found", "No such task"))
}

pub(super) fn all(call: &mut Call) -> Outcome {
    let open = (0..call.world.tasks.len()).filter(|at| !call.world.tasks[*at].done);
    let tasks: Vec<Value> = open.map(|at| document(call, at)).collect();
    Call::ok("pending-tasks", &json!({ "tasks": tasks, "links": { "self": format!("{}/pending/", call.root) } }))
}

/// Tells how far a task is; once an app is installed, leads to it.
pub(super) fn pending(call: &mut Call) -> Outcome {
    let at = place(call)?;
    let task = &call.world.tasks[at];
    if let (true, Aim::Install(app)) = (task.done, &task.aim) {
        return Ok(Reply::redirect(303, &call.app_link(&app.key)));
    }
    Call::ok("pending-task", &document(call, at))
}

/// The same in the newer form, which never leads elsewhere.
pub(super) fn task(call: &mut Call) -> Outcome {
    let at = place(call)?;
    let task = &call.world.tasks[at];
    let own = format!("{}/tasks/{}", call.root, task.id);
    let progress = if task.done { 1.0 } else { 0.5 };
    let mut body = json!({
        "links": { "self": own }, "done": task.done, "type": kind(task), "progress": progress, "pollDelay": PING,
        "timestamp": task.stamp,
    });
    if task.done {
        match &task.aim {
            Aim::Install(app) => body["links"]["result"] = json!(call.app_link(&app.key)),
            Aim::Update(_) => body["status"] = status(call, task),
            Aim::Fail(code, words) => body["error"] = json!({ "subCode": code, "message": words }),
        }
    }
    Call::ok("pending-task", &body)
}
