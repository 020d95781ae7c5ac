//! Templates, watches, and bodies in other formats.

use super::call::{Call, Outcome};
use super::edit;
use super::face::{Face, body_in};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::Template;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/rest/api/template/page", Access::User, list),
    row(On::Cloud, "GET", "/rest/api/template/{}", Access::User, get),
    row(On::Cloud, "POST", "/rest/api/template", Access::User, create),
    row(On::Cloud, "PUT", "/rest/api/template", Access::User, update),
    row(On::Cloud, "DELETE", "/rest/api/template/{}", Access::User, delete),
    row(On::Dc, "GET", "/rest/experimental/template/page", Access::User, list),
    row(On::Dc, "GET", "/rest/experimental/template/{}", Access::User, get),
    row(On::Dc, "POST", "/rest/experimental/template", Access::User, create),
    row(On::Dc, "PUT", "/rest/experimental/template", Access::User, update),
    row(On::Dc, "DELETE", "/rest/experimental/template/{}", Access::User, delete),
    row(On::Dc, "POST", "/rest/api/contentbody/convert/{}", Access::User, convert),
    row(On::Cloud, "POST", "/rest/api/contentbody/convert/async/{}", Access::User, convert_later),
    row(On::Cloud, "GET", "/rest/api/contentbody/convert/async/{}", Access::User, converted),
    row(On::Both, "GET", "/rest/api/user/watch/content/{}", Access::User, watches),
    row(On::Both, "POST", "/rest/api/user/watch/content/{}", Access::User, watch),
    row(On::Both, "DELETE", "/rest/api/user/watch/content/{}", Access::User, unwatch),
];

fn written(call: &Call, template: &Template) -> Value {
    let space = template.space.and_then(|id| call.world.space_by_id(id));
    let mut value = json!({
        "templateId": template.id.to_string(), "name": template.name, "description": template.description,
        "labels": template.labels.iter().map(Face::label).collect::<Vec<_>>(), "templateType": "page",
        "editorVersion": "v2", "body": { "storage": body_in(call.world, &template.body, "storage", &call.face.base) },
        "_links": { "self": call.face.rest(&format!("template/{}", template.id)), "base": call.face.base },
    });
    if let Some(space) = space {
        value["space"] = json!({ "id": space.id, "key": space.key, "name": space.name, "type": "global" });
    }
    value
}

fn list(call: &mut Call) -> Outcome {
    let space = call.request.param("spaceKey").map(|key| call.space(key).map(|s| s.id)).transpose()?;
    let all: Vec<Value> = call.world.templates.iter().filter(|t| t.space == space).map(|t| written(call, t)).collect();
    Call::ok(&call.page(&all, 25, 100)?)
}

fn find(call: &Call, id: &str) -> Result<usize, Refusal> {
    let found = call.world.templates.iter().position(|t| t.id.to_string() == id);
    found.ok_or_else(|| refuse(404, "NotFoundException", format!("No template found with id: {id}")))
}

fn get(call: &mut Call) -> Outcome {
    let n = find(call, call.arg(0))?;
    Call::ok(&written(call, &call.world.templates[n]))
}

fn storage(body: &Value) -> Result<String, Refusal> {
    let part = body["body"].as_object().and_then(|o| o.iter().find(|(_, v)| v["value"].is_string()));
    let Some((format, part)) = part else { return Err(refuse(400, "BadRequestException", "The body is required")) };
    let value = part["value"].as_str().unwrap_or_default();
    edit::storage_from(format, value).map_err(|fault| refuse(400, "BadRequestException", fault))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(refuse(400, "BadRequestException", "The name is required"));
    }
    let space = match body["space"]["key"].as_str() {
        Some(key) => Some(call.space(key)?.id),
        None if call.world.is_admin(call.caller.user) => None,
        None => return Err(refuse(403, "PermissionException", "Only administrators make templates for all spaces")),
    };
    let template = Template {
        id: call.world.next_id(),
        name,
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        space,
        body: storage(&body)?,
        labels: Vec::new(),
    };
    let value = written(call, &template);
    call.world.templates.push(template);
    Call::ok(&value)
}

fn update(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let n = find(call, body["templateId"].as_str().unwrap_or_default())?;
    let text = storage(&body)?;
    let template = &mut call.world.templates[n];
    template.body = text;
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut template.name);
    }
    if let Some(text) = body["description"].as_str() {
        text.clone_into(&mut template.description);
    }
    Call::ok(&written(call, &call.world.templates[n]))
}

fn delete(call: &mut Call) -> Outcome {
    let n = find(call, call.arg(0))?;
    call.world.templates.remove(n);
    Call::done()
}

/// Writes a body in another format.
fn in_format(call: &Call, to: &str) -> Result<Value, Refusal> {
    let body = call.body()?;
    let (format, value) =
        (body["representation"].as_str().unwrap_or_default(), body["value"].as_str().unwrap_or_default());
    let text = edit::storage_from(format, value).map_err(|fault| refuse(400, "BadRequestException", fault))?;
    if !["storage", "view", "export_view", "styled_view", "editor"].contains(&to) {
        return Err(refuse(400, "BadRequestException", format!("Cannot convert to {to}")));
    }
    Ok(body_in(call.world, &text, to, &call.face.base))
}

fn convert(call: &mut Call) -> Outcome {
    Call::ok(&in_format(call, call.arg(0))?)
}

fn convert_later(call: &mut Call) -> Outcome {
    let value = in_format(call, call.arg(0))?;
    let id = super::tasks::begin(call, "Convert", value);
    Call::ok(&json!({ "asyncId": id.to_string() }))
}

fn converted(call: &mut Call) -> Outcome {
    let id = call.id(0);
    let task = call.world.tasks.iter_mut().find(|t| t.id == id);
    let task = task.ok_or_else(|| refuse(404, "NotFoundException", format!("No conversion found: {id}")))?;
    if task.asks > 0 {
        task.asks -= 1;
        return Call::ok(&json!({ "status": "WORKING" }));
    }
    let mut value = task.result.clone();
    value["status"] = json!("COMPLETED");
    Call::ok(&value)
}

/// Returns who watches: the caller, or the user that an administrator names.
fn watcher(call: &Call) -> Result<usize, Refusal> {
    let names = ["accountId", "username", "key"];
    let Some(text) = names.iter().find_map(|n| call.request.param(n)) else { return Ok(call.me()) };
    let id = call.world.user(text);
    let id = id.ok_or_else(|| refuse(404, "NotFoundException", format!("No user found with key : {text}")))?;
    match id == call.me() || call.world.is_admin(call.caller.user) {
        true => Ok(id),
        false => Err(refuse(403, "PermissionException", "Only administrators may do this for others")),
    }
}

fn watches(call: &mut Call) -> Outcome {
    let watched = (watcher(call)?, call.content(0)?.id);
    Call::ok(&json!({ "watching": call.world.watches.contains(&watched) }))
}

fn watch(call: &mut Call) -> Outcome {
    let watched = (watcher(call)?, call.content(0)?.id);
    call.world.watches.insert(watched);
    if call.face.cloud {
        return Call::done();
    }
    Call::ok(&json!({ "watcher": call.face.someone(call.world, watched.0) }))
}

fn unwatch(call: &mut Call) -> Outcome {
    let watched = (watcher(call)?, call.content(0)?.id);
    call.world.watches.remove(&watched);
    Call::done()
}
