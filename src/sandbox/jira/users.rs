//! Users.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::schema::{ADMINS, USERS};
use super::world::{User, UserId};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/myself", Access::User, myself),
    row(On::Both, "GET", "/rest/api/{v}/user", Access::User, get),
    row(On::Both, "POST", "/rest/api/{v}/user", Access::Sudo, create),
    row(On::Dc, "PUT", "/rest/api/{v}/user", Access::Sudo, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/user", Access::Sudo, delete),
    row(On::Both, "GET", "/rest/api/{v}/user/search", Access::User, search),
    row(On::Both, "GET", "/rest/api/{v}/user/assignable/search", Access::User, assignable),
    row(On::Both, "GET", "/rest/api/{v}/user/picker", Access::User, picker),
    row(On::Cloud, "GET", "/rest/api/{v}/users/search", Access::User, all),
    row(On::Cloud, "GET", "/rest/api/{v}/users", Access::User, all),
    row(On::Cloud, "GET", "/rest/api/{v}/user/bulk", Access::User, bulk),
    row(On::Cloud, "GET", "/rest/api/{v}/user/groups", Access::User, groups),
];

/// Writes a user with groups and roles, as the resource of one user does.
fn whole(call: &Call, user: &User, expanded: bool) -> Value {
    let mut value = call.face.user(user);
    value["locale"] = json!("en_US");
    let items: Vec<Value> = match expanded {
        true => user.groups.iter().map(|g| call.face.group(g)).collect(),
        false => Vec::new(),
    };
    value["groups"] = json!({ "size": user.groups.len(), "items": items });
    let roles: [Value; 0] = [];
    value["applicationRoles"] = json!({ "size": 1, "items": roles });
    value["expand"] = json!("groups,applicationRoles");
    value
}

fn expanded(call: &Call) -> bool {
    call.request.param("expand").is_some_and(|e| e.contains("groups"))
}

fn myself(call: &mut Call) -> Outcome {
    let user = &call.world.users[call.me()];
    Call::ok(&whole(call, user, expanded(call)))
}

/// Finds the user that the query names.
fn named(call: &Call) -> Result<UserId, Refusal> {
    let request = call.request;
    let (found, text) = if call.face.cloud {
        let id =
            request.param("accountId").ok_or_else(|| refuse(400, "Either accountId or username must be provided"))?;
        (call.world.user_with_account(id), id)
    } else if let Some(key) = request.param("key") {
        (call.world.users.iter().position(|u| u.key == key), key)
    } else {
        let name = request
            .param("username")
            .ok_or_else(|| refuse(400, "Either the 'username' or the 'key' query parameters need to be provided"))?;
        (call.world.user_named(name), name)
    };
    found.ok_or_else(|| match call.face.cloud {
        true => refuse(404, format!("Specified user does not exist or you do not have required permissions: {text}")),
        false => refuse(404, format!("The user named '{text}' does not exist")),
    })
}

fn get(call: &mut Call) -> Outcome {
    let user = &call.world.users[named(call)?];
    Call::ok(&whole(call, user, expanded(call)))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().trim().to_owned();
    let email = text("emailAddress");
    if email.is_empty() {
        return Err(refuse_field("email", "You must specify an email address."));
    }
    let name = if text("name").is_empty() { email.clone() } else { text("name") };
    if call.world.user_named(&name).is_some() || call.world.users.iter().any(|u| u.email == email && call.face.cloud) {
        return Err(refuse_field("username", "A user with that username already exists."));
    }
    let number = call.world.next_id();
    let display = if text("displayName").is_empty() { name.clone() } else { text("displayName") };
    let user = User {
        key: format!("JIRAUSER{number}"),
        account_id: format!("5e20{number:020x}"),
        name,
        display,
        email,
        active: true,
        app: false,
        groups: vec![USERS.into()],
        outsider: false,
    };
    let value = whole(call, &user, true);
    call.world.users.push(user);
    Ok(Reply::json(201, &value))
}

fn edit(call: &mut Call) -> Outcome {
    let id = named(call)?;
    let body = call.object()?;
    let user = &mut call.world.users[id];
    let slots = [("name", &mut user.name), ("emailAddress", &mut user.email), ("displayName", &mut user.display)];
    for (member, slot) in slots {
        if let Some(text) = body[member].as_str() {
            *slot = text.to_owned();
        }
    }
    user.active = body["active"].as_bool().unwrap_or(user.active);
    let user = &call.world.users[id];
    Call::ok(&whole(call, user, false))
}

/// A user who is gone keeps the place, since issues point to it.
fn delete(call: &mut Call) -> Outcome {
    let id = named(call)?;
    let user = &mut call.world.users[id];
    user.active = false;
    user.groups.clear();
    user.display.push_str(" (removed)");
    Call::done()
}

fn fits(user: &User, text: &str) -> bool {
    let text = text.to_lowercase();
    let starts = |own: &str| {
        own.to_lowercase().split([' ', '.', '@']).any(|w| w.starts_with(&text)) || own.to_lowercase().starts_with(&text)
    };
    text == "." || [&user.name, &user.display, &user.email].iter().any(|own| starts(own))
}

/// Returns the text that is searched for; the deployments call it differently.
fn wanted<'a>(call: &Call<'a>) -> Result<&'a str, Refusal> {
    let request = call.request;
    if call.face.cloud {
        if request.param("username").is_some() {
            return Err(refuse(400, "The query parameter 'username' is not supported in GDPR strict mode."));
        }
        return request
            .param("query")
            .ok_or_else(|| refuse(400, "The query parameter 'query' or 'property' must be provided"));
    }
    request.param("username").ok_or_else(|| refuse(400, "The username query parameter was not provided"))
}

fn written(call: &Call, users: Vec<&User>) -> Outcome {
    let window = call.window(50, 1000)?;
    let all: Vec<Value> = users.into_iter().map(|u| call.face.user(u)).collect();
    Call::ok(&Value::Array(window.of(&all)))
}

fn search(call: &mut Call) -> Outcome {
    if let Some(id) = call.request.param("accountId").filter(|_| call.face.cloud) {
        let found = call.world.users.iter().filter(|u| u.account_id == id).collect();
        return written(call, found);
    }
    let text = wanted(call)?;
    let inactive = call.request.param("includeInactive") == Some("true");
    let found =
        call.world.users.iter().filter(|u| fits(u, text) && (u.active || inactive || call.face.cloud)).collect();
    written(call, found)
}

fn assignable(call: &mut Call) -> Outcome {
    let project = match (call.request.param("project"), call.request.param("issueKey")) {
        (Some(key), _) => call.project_id(key)?,
        (_, Some(key)) => {
            let id = call.visible_issue(key)?;
            call.world.issues.get(&id).map_or(0, |i| i.project)
        }
        _ => return Err(refuse(400, "Either the project or the issueKey query parameter must be provided")),
    };
    let name = if call.face.cloud { "query" } else { "username" };
    let text = call.request.param(name).unwrap_or(".");
    let may = |id: usize| call.world.may_browse(Some(id), project);
    let users = call.world.users.iter().enumerate().filter(|(id, u)| u.active && !u.app && may(*id) && fits(u, text));
    let users = users.map(|(_, u)| u).collect();
    written(call, users)
}

fn all(call: &mut Call) -> Outcome {
    let users = call.world.users.iter().collect();
    written(call, users)
}

fn picker(call: &mut Call) -> Outcome {
    let text = call.request.param("query").unwrap_or_default();
    let found: Vec<Value> = call
        .world
        .users
        .iter()
        .filter(|u| u.active && fits(u, text))
        .map(|u| match call.face.cloud {
            true => json!({ "accountId": u.account_id, "accountType": "atlassian", "displayName": u.display, "html": u.display }),
            false => json!({ "name": u.name, "key": u.key, "displayName": u.display, "html": u.display }),
        })
        .collect();
    let header = format!("Showing {} of {} matching users", found.len(), found.len());
    Call::ok(&json!({ "users": found, "total": found.len(), "header": header }))
}

fn bulk(call: &mut Call) -> Outcome {
    let window = call.window(10, 200)?;
    let ids = call.request.params("accountId");
    if ids.is_empty() {
        return Err(refuse(400, "The accountId query parameter must be provided"));
    }
    let users =
        ids.iter().filter_map(|id| call.world.user_with_account(id)).map(|id| call.face.user(&call.world.users[id]));
    let all: Vec<Value> = users.collect();
    Call::ok(&call.page(window, &all))
}

fn groups(call: &mut Call) -> Outcome {
    let user = &call.world.users[named(call)?];
    let all = user.groups.iter().map(|g| call.face.group(g)).collect();
    Call::ok(&all)
}

/// Returns the permissions that the caller has: key, name, and whether it is had.
pub(crate) fn permissions(call: &Call, project: Option<u64>) -> Vec<(&'static str, &'static str, bool)> {
    let user = call.caller.user.and_then(|id| call.world.users.get(id));
    let admin = user.is_some_and(|u| u.groups.iter().any(|g| g == ADMINS));
    let browse = project.is_none_or(|p| call.may_browse(p));
    let works = user.is_some() && browse;
    vec![
        ("ADMINISTER", "Administer Jira", admin),
        ("SYSTEM_ADMIN", "Jira System Administrators", admin),
        ("ADMINISTER_PROJECTS", "Administer Projects", admin),
        ("BROWSE_PROJECTS", "Browse Projects", browse),
        ("CREATE_ISSUES", "Create Issues", works),
        ("EDIT_ISSUES", "Edit Issues", works),
        ("TRANSITION_ISSUES", "Transition Issues", works),
        ("ASSIGN_ISSUES", "Assign Issues", works),
        ("ADD_COMMENTS", "Add Comments", works),
        ("WORK_ON_ISSUES", "Work On Issues", works),
        ("CREATE_ATTACHMENTS", "Create Attachments", works),
        ("LINK_ISSUES", "Link Issues", works),
        ("DELETE_ISSUES", "Delete Issues", works),
    ]
}
