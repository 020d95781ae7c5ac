//! Groups.

use super::call::{Call, Outcome};
use super::face::group_id;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::UserId;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/group/member", Access::Admin, members),
    row(On::Both, "GET", "/rest/api/{v}/groups/picker", Access::User, picker),
    row(On::Cloud, "GET", "/rest/api/{v}/group/bulk", Access::Admin, bulk),
    row(On::Both, "POST", "/rest/api/{v}/group", Access::Sudo, create),
    row(On::Both, "DELETE", "/rest/api/{v}/group", Access::Sudo, delete),
    row(On::Both, "POST", "/rest/api/{v}/group/user", Access::Sudo, add),
    row(On::Both, "DELETE", "/rest/api/{v}/group/user", Access::Sudo, remove),
];

/// Finds the group that the query names; Cloud knows groups by id as well.
fn named(call: &Call) -> Result<String, Refusal> {
    let request = call.request;
    let name = request.param("groupname").map(str::to_owned);
    let by_id = request.param("groupId").filter(|_| call.face.cloud);
    let text = name.clone().or_else(|| by_id.map(str::to_owned));
    let text = text.ok_or_else(|| refuse(400, "Query parameter 'groupname' is required"))?;
    let fits = |g: &&String| name.as_ref() == Some(g) || by_id == Some(group_id(g).as_str());
    call.world
        .groups
        .iter()
        .find(fits)
        .cloned()
        .ok_or_else(|| refuse(404, format!("The group named '{text}' does not exist.")))
}

fn members(call: &mut Call) -> Outcome {
    let name = named(call)?;
    let window = call.window(50, 50)?;
    let inactive = call.request.param("includeInactiveUsers") == Some("true");
    let own = call.world.users.iter().filter(|u| u.groups.contains(&name) && (u.active || inactive));
    let all: Vec<Value> = own.map(|u| call.face.user(u)).collect();
    Call::ok(&call.page(window, &all))
}

fn picker(call: &mut Call) -> Outcome {
    let text = call.request.param("query").unwrap_or_default().to_lowercase();
    let found: Vec<&String> = call.world.groups.iter().filter(|g| g.contains(&text)).collect();
    let groups: Vec<Value> = found
        .iter()
        .map(|g| {
            let mut value = json!({ "name": g, "html": g, "labels": [] });
            if call.face.cloud {
                value["groupId"] = json!(group_id(g));
            }
            value
        })
        .collect();
    let header = format!("Showing {} of {} matching groups", groups.len(), groups.len());
    Call::ok(&json!({ "header": header, "total": groups.len(), "groups": groups }))
}

fn bulk(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let names = call.request.params("groupName");
    let own = call.world.groups.iter().filter(|g| names.is_empty() || names.contains(&g.as_str()));
    let all: Vec<Value> = own.map(|g| json!({ "name": g, "groupId": group_id(g) })).collect();
    Call::ok(&call.page(window, &all))
}

fn whole(call: &Call, name: &str) -> Value {
    let count = call.world.users.iter().filter(|u| u.groups.iter().any(|g| g == name)).count();
    let users: Vec<Value> = Vec::new();
    let mut value = call.face.group(name);
    value["users"] = json!({ "size": count, "items": users, "max-results": 50, "start-index": 0, "end-index": 0 });
    value["expand"] = json!("users");
    value
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let name = body["name"].as_str().unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(refuse(400, "Group name cannot be empty."));
    }
    if call.world.groups.contains(&name) {
        return Err(refuse(400, "A group or user with this name already exists."));
    }
    call.world.groups.push(name.clone());
    Ok(Reply::json(201, &whole(call, &name)))
}

fn delete(call: &mut Call) -> Outcome {
    let name = named(call)?;
    call.world.groups.retain(|g| *g != name);
    for user in &mut call.world.users {
        user.groups.retain(|g| *g != name);
    }
    Ok(Reply::empty(200))
}

fn user(call: &Call, text: Option<&str>) -> Result<UserId, Refusal> {
    let text = text.unwrap_or_default();
    let found = if call.face.cloud { call.world.user_with_account(text) } else { call.world.user_named(text) };
    found.ok_or_else(|| refuse(404, format!("Cannot find user '{text}'.")))
}

fn add(call: &mut Call) -> Outcome {
    let name = named(call)?;
    let body = call.object()?;
    let member = if call.face.cloud { "accountId" } else { "name" };
    let user = user(call, body[member].as_str())?;
    let groups = &mut call.world.users[user].groups;
    if groups.contains(&name) {
        return Err(refuse(400, format!("Cannot add user. User is already a member of '{name}'.")));
    }
    groups.push(name.clone());
    Ok(Reply::json(201, &whole(call, &name)))
}

fn remove(call: &mut Call) -> Outcome {
    let name = named(call)?;
    let parameter = if call.face.cloud { "accountId" } else { "username" };
    let user = user(call, call.request.param(parameter))?;
    let groups = &mut call.world.users[user].groups;
    if !groups.contains(&name) {
        return Err(refuse(400, format!("Cannot remove user from group '{name}' since user is not a member.")));
    }
    groups.retain(|g| *g != name);
    Ok(Reply::empty(200))
}
