//! Work that takes the server a while: it is done at once, but says so only when asked the second time.

use super::call::{Call, Outcome};
use super::guard::{Access, refuse};
use super::route::{On, Route, row};
use super::world::{Task, now};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/longtask", Access::User, list),
    row(On::Both, "GET", "/rest/api/longtask/{}", Access::User, get),
];

/// Notes a task and returns its number.
pub(crate) fn begin(call: &mut Call, name: &str, result: Value) -> u64 {
    let id = call.world.next_id();
    call.world.tasks.push(Task { id, name: name.into(), asks: 1, started: now(), result, file: None });
    id
}

/// Writes the answer that begins a task.
pub(crate) fn submitted(id: u64) -> Value {
    json!({ "id": id.to_string(), "links": { "status": format!("/rest/api/longtask/{id}") }, "statusPath": format!("/rest/api/longtask/{id}") })
}

fn written(call: &Call, task: &Task) -> Value {
    let done = task.asks == 0;
    let mut value = json!({
        "id": task.id.to_string(), "name": { "key": task.name, "args": [] }, "elapsedTime": now() - task.started,
        "percentageComplete": if done { 100 } else { 50 }, "successful": done, "finished": done,
        "status": if done { "SUCCESS" } else { "IN_PROGRESS" }, "messages": [],
        "_links": { "self": call.face.rest(&format!("longtask/{}", task.id)), "base": call.face.base },
    });
    if done && !task.result.is_null() {
        value["additionalDetails"] = task.result.clone();
    }
    value
}

fn list(call: &mut Call) -> Outcome {
    let all: Vec<Value> = call.world.tasks.iter().map(|t| written(call, t)).collect();
    Call::ok(&call.page(&all, 100, 100)?)
}

fn get(call: &mut Call) -> Outcome {
    let id = call.id(0);
    let task = call.world.tasks.iter_mut().find(|t| t.id == id);
    let task = task.ok_or_else(|| refuse(404, "NotFoundException", format!("No task found with id: {id}")))?;
    let seen = task.clone();
    task.asks = task.asks.saturating_sub(1);
    Call::ok(&written(call, &seen))
}
