//! Who may read and who may change a page.

use super::call::{Call, Outcome};
use super::face::group_id;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{Content, Limits};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/content/{}/restriction/byOperation", Access::Anyone, by_operation),
    row(On::Both, "GET", "/rest/api/content/{}/restriction/byOperation/{}", Access::Anyone, of_operation),
    row(On::Both, "PUT", "/rest/api/content/{}/restriction", Access::User, replace),
    row(On::Dc, "GET", "/rest/experimental/content/{}/restriction", Access::Anyone, list),
    row(On::Dc, "PUT", "/rest/experimental/content/{}/restriction", Access::User, replace),
    row(On::Dc, "POST", "/rest/experimental/content/{}/restriction", Access::User, add),
    row(On::Dc, "DELETE", "/rest/experimental/content/{}/restriction", Access::User, clear),
    row(On::Cloud, "GET", "/rest/api/content/{}/restriction", Access::User, list),
    row(On::Cloud, "POST", "/rest/api/content/{}/restriction", Access::User, add),
    row(On::Cloud, "DELETE", "/rest/api/content/{}/restriction", Access::User, clear),
    row(On::Cloud, "PUT", "/rest/api/content/{}/restriction/byOperation/{}/user", Access::User, add_user),
    row(On::Cloud, "DELETE", "/rest/api/content/{}/restriction/byOperation/{}/user", Access::User, remove_user),
    row(On::Cloud, "PUT", "/rest/api/content/{}/restriction/byOperation/{}/byGroupId/{}", Access::User, add_group),
    row(
        On::Cloud,
        "DELETE",
        "/rest/api/content/{}/restriction/byOperation/{}/byGroupId/{}",
        Access::User,
        remove_group,
    ),
];

fn by_operation(call: &mut Call) -> Outcome {
    Call::ok(&call.face.restrictions(call.world, call.content(0)?))
}

fn operation(text: &str) -> Result<&'static str, Refusal> {
    let known = ["read", "update"].into_iter().find(|o| *o == text);
    known.ok_or_else(|| refuse(400, "BadRequestException", format!("Unknown operation '{text}'")))
}

fn of_operation(call: &mut Call) -> Outcome {
    Call::ok(&call.face.restriction(call.world, call.content(0)?, operation(call.arg(1))?))
}

fn list(call: &mut Call) -> Outcome {
    let content = call.content(0)?;
    let all = ["read", "update"].map(|o| call.face.restriction(call.world, content, o));
    let mut value = call.page(&all, 100, 200)?;
    if call.face.cloud {
        // Other restrictions have another one.
        value["restrictionsHash"] = json!(group_id(&json!(all).to_string()));
    }
    Call::ok(&value)
}

/// Returns the restricted page, if the caller may restrict it.
fn target<'a>(call: &'a mut Call) -> Result<&'a mut Content, Refusal> {
    let content = call.content(0)?;
    let space = call.world.space_by_id(content.space);
    let me = call.caller.user;
    if !space.is_some_and(|s| call.world.may(me, s, "restrict_content", "space") || me == Some(content.creator)) {
        return Err(refuse(403, "PermissionException", "User not permitted to edit the restrictions"));
    }
    call.content_mut(0)
}

fn slot<'a>(content: &'a mut Content, operation: &str) -> &'a mut Limits {
    if operation == "read" { &mut content.read } else { &mut content.update }
}

/// A list is written as such, or inside of a page of results.
fn items(value: &Value) -> Vec<Value> {
    value.as_array().or(value["results"].as_array()).cloned().unwrap_or_default()
}

/// Reads the restrictions of a body, operation by operation.
fn read(call: &Call) -> Result<Vec<(&'static str, Limits)>, Refusal> {
    let body = call.body()?;
    let mut all = Vec::new();
    for one in items(&body) {
        let operation = operation(one["operation"].as_str().unwrap_or_default())?;
        let mut limits = Limits::default();
        for user in items(&one["restrictions"]["user"]) {
            let text = ["accountId", "username", "userKey"].iter().find_map(|k| user[*k].as_str()).unwrap_or_default();
            let id = call.world.user(text);
            limits.users.push(id.ok_or_else(|| refuse(400, "BadRequestException", format!("No user found: {text}")))?);
        }
        for group in items(&one["restrictions"]["group"]) {
            let text = group["name"].as_str().or(group["id"].as_str()).unwrap_or_default();
            limits.groups.push(named_group(call, text)?);
        }
        all.push((operation, limits));
    }
    Ok(all)
}

fn named_group(call: &Call, text: &str) -> Result<String, Refusal> {
    let found = call.world.groups.iter().find(|g| *g == text || group_id(g) == text).cloned();
    found.ok_or_else(|| refuse(400, "BadRequestException", format!("No group found: {text}")))
}

fn replace(call: &mut Call) -> Outcome {
    let wanted = read(call)?;
    let content = target(call)?;
    for (operation, limits) in wanted {
        *slot(content, operation) = limits;
    }
    list(call)
}

fn add(call: &mut Call) -> Outcome {
    let wanted = read(call)?;
    let content = target(call)?;
    for (operation, limits) in wanted {
        let slot = slot(content, operation);
        slot.users.extend(limits.users);
        slot.groups.extend(limits.groups);
    }
    list(call)
}

fn clear(call: &mut Call) -> Outcome {
    let content = target(call)?;
    content.read = Limits::default();
    content.update = Limits::default();
    list(call)
}

fn change(call: &mut Call, change: impl FnOnce(&mut Limits)) -> Outcome {
    let operation = operation(call.arg(1))?;
    change(slot(target(call)?, operation));
    Ok(crate::sandbox::http::Reply::json(200, &json!({})))
}

fn user(call: &Call) -> Result<usize, Refusal> {
    let text = call.request.param("accountId").or(call.request.param("username")).unwrap_or_default();
    call.world.user(text).ok_or_else(|| refuse(404, "NotFoundException", format!("No user found: {text}")))
}

fn add_user(call: &mut Call) -> Outcome {
    let id = user(call)?;
    change(call, |limits| limits.users.push(id))
}

fn remove_user(call: &mut Call) -> Outcome {
    let id = user(call)?;
    change(call, |limits| limits.users.retain(|u| *u != id))
}

fn add_group(call: &mut Call) -> Outcome {
    let name = named_group(call, call.arg(2))?;
    change(call, |limits| limits.groups.push(name))
}

fn remove_group(call: &mut Call) -> Outcome {
    let name = named_group(call, call.arg(2))?;
    change(call, |limits| limits.groups.retain(|g| *g != name))
}
