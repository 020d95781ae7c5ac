//! Versions and history, in the first version of the API.

use super::call::{Call, Outcome};
use super::expand::Expand;
use super::guard::{Access, Refusal, missing, refuse};
use super::route::{On, Route, row};
use super::world::Content;
use serde_json::Value;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/content/{}/history", Access::Anyone, history),
    row(On::Dc, "GET", "/rest/experimental/content/{}/version", Access::Anyone, list),
    row(On::Dc, "GET", "/rest/experimental/content/{}/version/{}", Access::Anyone, get),
    row(On::Dc, "DELETE", "/rest/experimental/content/{}/version/{}", Access::User, delete),
    row(On::Both, "DELETE", "/rest/api/content/{}/version/{}", Access::User, delete),
    row(On::Cloud, "POST", "/rest/api/content/{}/version", Access::User, restore),
];

fn history(call: &mut Call) -> Outcome {
    let expand = match call.request.param("expand") {
        Some(_) => call.expand(),
        None => Expand::new(&["lastUpdated", "previousVersion"]),
    };
    Call::ok(&call.face.history(call.world, call.content(0)?, &expand))
}

fn list(call: &mut Call) -> Outcome {
    let content = call.content(0)?;
    let newest_first = content.versions.iter().rev();
    let all: Vec<Value> = newest_first.map(|v| call.face.version(call.world, content, v)).collect();
    Call::ok(&call.page(&all, 200, 200)?)
}

fn get(call: &mut Call) -> Outcome {
    let content = call.content(0)?;
    let version = content.versions.iter().find(|v| v.number == call.id(1)).ok_or_else(|| missing(call.arg(0)))?;
    let mut value = call.face.version(call.world, content, version);
    if call.expand().has("content") {
        let inside = call.expand().inside("content");
        value["content"] = call.face.content_at(call.world, content, version, &inside);
    }
    Call::ok(&value)
}

/// Removes an old version; those after it move up by one number.
pub(crate) fn remove(content: &mut Content, number: u64) -> Result<(), Refusal> {
    let at = content.versions.iter().position(|v| v.number == number);
    let at = at.ok_or_else(|| refuse(404, "NotFoundException", format!("No version with number {number}")))?;
    if at + 1 == content.versions.len() {
        return Err(refuse(400, "BadRequestException", "The current version cannot be deleted"));
    }
    content.versions.remove(at);
    for later in &mut content.versions[at..] {
        later.number -= 1;
    }
    Ok(())
}

fn delete(call: &mut Call) -> Outcome {
    let number = call.id(1);
    remove(call.content_mut(0)?, number)?;
    Call::done()
}

fn restore(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let number = body["params"]["versionNumber"].as_u64().unwrap_or(0);
    let message = body["params"]["message"].as_str().unwrap_or_default().to_owned();
    let me = call.me();
    let content = call.content_mut(0)?;
    let old = content.versions.iter().find(|v| v.number == number).cloned();
    let old = old.ok_or_else(|| refuse(404, "NotFoundException", format!("No version with number {number}")))?;
    content.revise(me, |next| {
        next.body = old.body;
        next.title = old.title;
        next.message = message;
    });
    let content = call.content(0)?;
    Call::ok(&call.face.version(call.world, content, content.now()))
}
