//! Users and groups of Data Center.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{USERS, User, UserId};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/users", Access::User, list),
    row(On::Dc, "GET", "/rest/api/{v}/users/{}", Access::User, get),
    row(On::Dc, "GET", "/rest/api/{v}/groups", Access::User, groups),
    row(On::Dc, "GET", "/rest/api/{v}/admin/users", Access::Admin, admin_list),
    row(On::Dc, "POST", "/rest/api/{v}/admin/users", Access::Sudo, create),
    row(On::Dc, "PUT", "/rest/api/{v}/admin/users", Access::Sudo, edit),
    row(On::Dc, "DELETE", "/rest/api/{v}/admin/users", Access::Sudo, delete),
    row(On::Dc, "GET", "/rest/api/{v}/admin/groups", Access::Admin, admin_groups),
    row(On::Dc, "POST", "/rest/api/{v}/admin/groups", Access::Sudo, create_group),
    row(On::Dc, "DELETE", "/rest/api/{v}/admin/groups", Access::Sudo, delete_group),
    row(On::Dc, "GET", "/rest/api/{v}/admin/groups/more-members", Access::Admin, members),
    row(On::Dc, "GET", "/rest/api/{v}/admin/users/more-members", Access::Admin, groups_of),
    row(On::Dc, "POST", "/rest/api/{v}/admin/groups/add-users", Access::Sudo, add_users),
    row(On::Dc, "POST", "/rest/api/{v}/admin/users/add-groups", Access::Sudo, add_groups),
    row(On::Dc, "POST", "/rest/api/{v}/admin/users/remove-group", Access::Sudo, remove_group),
    row(On::Dc, "GET", "/rest/api/{v}/admin/permissions/users", Access::Admin, global_users),
    row(On::Dc, "GET", "/rest/api/{v}/admin/permissions/groups", Access::Admin, global_groups),
];

/// Finds a user by name.
pub(crate) fn find(call: &Call, name: &str) -> Result<UserId, Refusal> {
    call.world.user(name).ok_or_else(|| call.trouble(Trouble::NoUser(name.to_owned())))
}

fn fitting(call: &Call, fits: impl Fn(&User) -> bool) -> Vec<Value> {
    let text = call.request.param("filter").unwrap_or_default().to_lowercase();
    let found = |u: &User| [&u.name, &u.display, &u.email].iter().any(|own| own.to_lowercase().contains(&text));
    (0..call.world.users.len())
        .filter(|n| found(&call.world.users[*n]) && fits(&call.world.users[*n]))
        .map(|n| shapes::user(call, n))
        .collect()
}

fn list(call: &mut Call) -> Outcome {
    page(call, &fitting(call, |u| u.active))
}

fn get(call: &mut Call) -> Outcome {
    Call::ok(&shapes::user(call, find(call, call.arg(0))?))
}

fn groups(call: &mut Call) -> Outcome {
    let text = call.request.param("filter").unwrap_or_default().to_lowercase();
    let all: Vec<Value> = call.world.groups.iter().filter(|g| g.contains(&text)).map(|g| json!(g)).collect();
    page(call, &all)
}

fn admin_list(call: &mut Call) -> Outcome {
    let mut all = fitting(call, |_| true);
    for user in &mut all {
        user["directoryName"] = json!("Internal Directory");
        user["deletable"] = json!(true);
        user["mutableDetails"] = json!(true);
        user["mutableGroups"] = json!(true);
    }
    page(call, &all)
}

fn param<'a>(call: &'a Call, name: &'static str) -> Result<&'a str, Refusal> {
    let found = call.request.param(name).filter(|v| !v.is_empty());
    found.ok_or_else(|| dc(400, json!(name), &format!("A value for {name} is required."), ""))
}

fn create(call: &mut Call) -> Outcome {
    let (name, display, email) = (param(call, "name")?, param(call, "displayName")?, param(call, "emailAddress")?);
    let (name, display, email) = (name.to_owned(), display.to_owned(), email.to_owned());
    if call.world.user(&name).is_some() {
        return Err(call.trouble(Trouble::Exists("name", format!("A user with the name {name} exists already."))));
    }
    let number = call.world.next_id();
    call.world.users.push(User {
        key: name.clone(),
        account_id: format!("5e20{number:020x}"),
        name,
        display,
        email,
        active: true,
        app: false,
        groups: vec![USERS.into()],
        outsider: false,
    });
    Call::done()
}

fn edit(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let id = find(call, body["name"].as_str().unwrap_or_default())?;
    let user = &mut call.world.users[id];
    if let Some(text) = body["displayName"].as_str() {
        text.clone_into(&mut user.display);
    }
    if let Some(text) = body["email"].as_str() {
        text.clone_into(&mut user.email);
    }
    Call::ok(&shapes::user(call, id))
}

/// A user who is gone keeps the place, since commits point to it.
fn delete(call: &mut Call) -> Outcome {
    let id = find(call, param(call, "name")?)?;
    let value = shapes::user(call, id);
    let user = &mut call.world.users[id];
    user.active = false;
    user.groups.clear();
    for repo in &mut call.world.repos {
        repo.rights.users.remove(&id);
    }
    for project in &mut call.world.projects {
        project.rights.users.remove(&id);
    }
    Call::ok(&value)
}

fn written(name: &str) -> Value {
    json!({ "name": name, "deletable": true })
}

fn admin_groups(call: &mut Call) -> Outcome {
    let all: Vec<Value> = call.world.groups.iter().map(|g| written(g)).collect();
    page(call, &all)
}

fn create_group(call: &mut Call) -> Outcome {
    let name = param(call, "name")?.to_owned();
    if call.world.groups.contains(&name) {
        return Err(call.trouble(Trouble::Exists("name", format!("A group with the name {name} exists already."))));
    }
    call.world.groups.push(name.clone());
    Call::ok(&written(&name))
}

fn group(call: &Call, name: &str) -> Result<String, Refusal> {
    let found = call.world.groups.iter().find(|g| *g == name).cloned();
    found.ok_or_else(|| dc(404, Value::Null, &format!("Group {name} does not exist."), "user.NoSuchGroupException"))
}

fn delete_group(call: &mut Call) -> Outcome {
    let name = group(call, param(call, "name")?)?;
    call.world.groups.retain(|g| *g != name);
    for user in &mut call.world.users {
        user.groups.retain(|g| *g != name);
    }
    Call::ok(&written(&name))
}

fn members(call: &mut Call) -> Outcome {
    let name = group(call, param(call, "context")?)?;
    page(call, &fitting(call, |u| u.groups.contains(&name)))
}

fn groups_of(call: &mut Call) -> Outcome {
    let id = find(call, param(call, "context")?)?;
    let all: Vec<Value> = call.world.users[id].groups.iter().map(|g| written(g)).collect();
    page(call, &all)
}

fn join(call: &mut Call, user: UserId, name: String) {
    let groups = &mut call.world.users[user].groups;
    if !groups.contains(&name) {
        groups.push(name);
    }
}

fn add_users(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let name = group(call, body["group"].as_str().unwrap_or_default())?;
    for user in body["users"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let id = find(call, user)?;
        join(call, id, name.clone());
    }
    Ok(Reply::empty(200))
}

fn add_groups(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let id = find(call, body["user"].as_str().unwrap_or_default())?;
    for name in body["groups"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let name = group(call, name)?;
        join(call, id, name);
    }
    Ok(Reply::empty(200))
}

fn remove_group(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let id = find(call, body["context"].as_str().unwrap_or_default())?;
    let name = group(call, body["itemName"].as_str().unwrap_or_default())?;
    call.world.users[id].groups.retain(|g| *g != name);
    Ok(Reply::empty(200))
}

fn global_users(call: &mut Call) -> Outcome {
    let admins = (0..call.world.users.len()).filter(|n| call.world.is_admin(Some(*n)));
    let all: Vec<Value> = admins.map(|n| json!({ "user": shapes::user(call, n), "permission": "SYS_ADMIN" })).collect();
    page(call, &all)
}

fn global_groups(call: &mut Call) -> Outcome {
    let right = |name: &str| if name == USERS { "LICENSED_USER" } else { "SYS_ADMIN" };
    let named = [crate::sandbox::bitbucket::world::ADMINS, USERS];
    let all: Vec<Value> = named.iter().map(|g| json!({ "group": { "name": g }, "permission": right(g) })).collect();
    page(call, &all)
}
