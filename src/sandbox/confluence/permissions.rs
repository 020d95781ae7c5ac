//! Who may do what in a space.

use super::call::{Call, Outcome};
use super::face::group_id;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{OPERATIONS, Permission, Who};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/space/{}/permissions", Access::User, list),
    row(On::Dc, "GET", "/rest/api/space/{}/permissions/anonymous", Access::User, list_one),
    row(On::Dc, "GET", "/rest/api/space/{}/permissions/user/{}", Access::User, list_one),
    row(On::Dc, "GET", "/rest/api/space/{}/permissions/group/{}", Access::User, list_one),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/anonymous/grant", Access::User, grant),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/anonymous/revoke", Access::User, revoke),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/user/{}/grant", Access::User, grant),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/user/{}/revoke", Access::User, revoke),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/group/{}/grant", Access::User, grant),
    row(On::Dc, "PUT", "/rest/api/space/{}/permissions/group/{}/revoke", Access::User, revoke),
    row(On::Cloud, "POST", "/rest/api/space/{}/permission", Access::User, add),
    row(On::Cloud, "DELETE", "/rest/api/space/{}/permission/{}", Access::User, remove),
];

fn subject(call: &Call, who: &Who) -> Value {
    match who {
        Who::User(user) => call.face.someone(call.world, *user),
        Who::Group(group) => call.face.group(group),
        Who::Anonymous => call.face.nobody(),
    }
}

fn written(call: &Call, space: u64, permission: &Permission) -> Value {
    json!({
        "operation": { "targetType": permission.target, "operationKey": permission.operation },
        "subject": subject(call, &permission.who), "spaceId": space, "spaceKey": call.arg(0),
    })
}

fn list(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let all = call.world.space_by_id(id).map(|s| s.permissions.clone()).unwrap_or_default();
    Call::ok(&all.iter().map(|p| written(call, id, p)).collect())
}

/// Returns whom the path names: the last place is the user or the group.
fn named(call: &Call) -> Result<Who, Refusal> {
    let none = |text: &str| refuse(404, "NotFoundException", format!("No user or group found: {text}"));
    if call.request.path.contains("/permissions/anonymous") {
        return Ok(Who::Anonymous);
    }
    let text = call.arg(1);
    if call.request.path.contains("/permissions/group/") {
        let found = call.world.groups.iter().find(|g| *g == text).cloned();
        return found.map(Who::Group).ok_or_else(|| none(text));
    }
    call.world.user(text).map(Who::User).ok_or_else(|| none(text))
}

fn list_one(call: &mut Call) -> Outcome {
    let (id, who) = (call.own_space(0)?, named(call)?);
    let all = call.world.space_by_id(id).map(|s| s.permissions.clone()).unwrap_or_default();
    Call::ok(&all.iter().filter(|p| p.who == who).map(|p| written(call, id, p)).collect())
}

fn known(operation: &str, target: &str) -> Result<(), Refusal> {
    match OPERATIONS.contains(&(operation, target)) {
        true => Ok(()),
        false => Err(refuse(400, "BadRequestException", format!("There is no permission to {operation} a {target}"))),
    }
}

/// Reads the operations of a body.
fn operations(call: &Call) -> Result<Vec<(String, String)>, Refusal> {
    let body = call.body()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = body.as_array().cloned().unwrap_or_default();
    let all: Vec<_> = all.iter().map(|o| (text(&o["operationKey"]), text(&o["targetType"]))).collect();
    for (operation, target) in &all {
        known(operation, target)?;
    }
    Ok(all)
}

fn grant(call: &mut Call) -> Outcome {
    let (id, who, wanted) = (call.own_space(0)?, named(call)?, operations(call)?);
    for (operation, target) in wanted {
        give(call, id, &who, &operation, &target);
    }
    Call::done()
}

/// Gives a permission, unless it is there, and returns its number.
fn give(call: &mut Call, space: u64, who: &Who, operation: &str, target: &str) -> u64 {
    let id = call.world.next_id();
    let Some(space) = call.world.space_mut(space) else { return id };
    let same = |p: &&Permission| p.who == *who && p.operation == operation && p.target == target;
    if let Some(found) = space.permissions.iter().find(same) {
        return found.id;
    }
    let permission = Permission { id, who: who.clone(), operation: operation.into(), target: target.into() };
    space.permissions.push(permission);
    id
}

fn revoke(call: &mut Call) -> Outcome {
    let (id, who, wanted) = (call.own_space(0)?, named(call)?, operations(call)?);
    if let Some(space) = call.world.space_mut(id) {
        space.permissions.retain(|p| p.who != who || !wanted.contains(&(p.operation.clone(), p.target.clone())));
    }
    Call::done()
}

fn add(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let body = call.body()?;
    let text = body["subject"]["identifier"].as_str().unwrap_or_default();
    let who = match body["subject"]["type"].as_str() {
        Some("user") => call.world.user(text).map(Who::User),
        Some("group") => call.world.groups.iter().find(|g| *g == text || group_id(g) == text).cloned().map(Who::Group),
        _ => None,
    };
    let who = who.ok_or_else(|| refuse(404, "NotFoundException", format!("No user or group found: {text}")))?;
    let (key, target) = (&body["operation"]["key"], &body["operation"]["target"]);
    let (key, target) = (key.as_str().unwrap_or_default(), target.as_str().unwrap_or_default());
    known(key, target)?;
    let number = give(call, id, &who, key, target);
    Call::ok(&json!({ "id": number, "subject": body["subject"], "operation": body["operation"], "_links": {} }))
}

fn remove(call: &mut Call) -> Outcome {
    let (id, number) = (call.own_space(0)?, call.id(1));
    let Some(space) = call.world.space_mut(id) else { return Call::done() };
    let before = space.permissions.len();
    space.permissions.retain(|p| p.id != number);
    if space.permissions.len() == before {
        return Err(refuse(404, "NotFoundException", "No such permission"));
    }
    Ok(Reply::empty(204))
}
