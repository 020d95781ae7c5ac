//! Users, which only administrators who have confirmed their password see, and groups.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse, refuse_field};
use super::world::User;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/admin/users", json_only(Access::Sudo, users)),
    row("POST", "/rest/api/latest/admin/users", json_only(Access::Sudo, create)),
    row("DELETE", "/rest/api/latest/admin/users/{}", json_only(Access::Sudo, delete)),
    row("PUT", "/rest/api/latest/admin/users/credentials", json_only(Access::Sudo, set_password)),
    row("PUT", "/rest/api/latest/admin/users/rename", json_only(Access::Sudo, rename)),
    row("GET", "/rest/api/latest/admin/users/{}/assigned-groups", json_only(Access::Sudo, groups_of)),
    row("GET", "/rest/api/latest/admin/users/{}/unassigned-groups", json_only(Access::Sudo, other_groups)),
    row("POST", "/rest/api/latest/admin/users/{}/groups", json_only(Access::Sudo, join)),
    row("DELETE", "/rest/api/latest/admin/users/{}/groups", json_only(Access::Sudo, leave)),
    row("GET", "/rest/api/latest/admin/groups", json_only(Access::Sudo, groups)),
    row("POST", "/rest/api/latest/admin/groups", json_only(Access::Sudo, create_group)),
    row("DELETE", "/rest/api/latest/admin/groups/{}", json_only(Access::Sudo, delete_group)),
    row("POST", "/rest/api/latest/admin/groups/{}/add-users", json_only(Access::Sudo, add_members)),
    row("DELETE", "/rest/api/latest/admin/groups/{}/remove-users", json_only(Access::Sudo, remove_members)),
    row("GET", "/rest/api/latest/admin/groups/{}/more-members", json_only(Access::Sudo, members)),
    row("GET", "/rest/api/latest/search/users", json_only(Access::User, search)),
];

fn document(user: &User) -> Value {
    json!({ "name": user.name, "fullName": user.full, "email": user.email })
}

fn has(user: &User, words: &str) -> bool {
    format!("{} {} {}", user.name, user.full, user.email).to_lowercase().contains(&words.to_lowercase())
}

fn users(call: &mut Call) -> Outcome {
    let filter = call.request.param("filter").unwrap_or_default().to_owned();
    let found = call.world.users.iter().filter(|u| has(u, &filter)).map(document).collect();
    Call::ok(&call.results(found))
}

fn search(call: &mut Call) -> Outcome {
    let words = call.request.param("searchTerm").unwrap_or_default().to_owned();
    let found: Vec<Value> = call
        .world
        .users
        .iter()
        .filter(|u| has(u, &words))
        .map(|u| json!({ "id": u.name, "searchEntity": { "id": u.name, "username": u.name, "fullName": u.full } }))
        .collect();
    Call::ok(&json!({ "size": found.len(), "start-index": 0, "max-result": found.len(), "searchResults": found }))
}

fn place(call: &Call, name: &str) -> Result<usize, Refusal> {
    let at = call.world.users.iter().position(|u| u.name.eq_ignore_ascii_case(name));
    at.ok_or_else(|| refuse(404, format!("User {name} not found.")))
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let name = text(&body, "name");
    if name.is_empty() || name.contains([' ', ':', '/']) {
        return Err(refuse_field("name", "Please enter a username without blanks."));
    }
    if place(call, &name).is_ok() {
        return Err(refuse_field("name", "This username is already in use."));
    }
    let password = text(&body, "password");
    if password.is_empty() || password != body["passwordConfirm"].as_str().unwrap_or(&password) {
        return Err(refuse_field("password", "Please enter the same password twice."));
    }
    let groups = vec!["bamboo-users".to_owned()];
    call.world.users.push(User { name, full: text(&body, "fullName"), email: text(&body, "email"), groups });
    Call::done()
}

fn delete(call: &mut Call) -> Outcome {
    let at = place(call, call.arg(0))?;
    if call.world.users[at].name == call.my_name() {
        return Err(refuse(400, "You cannot delete yourself."));
    }
    call.world.users.remove(at);
    Call::done()
}

/// Takes a new password and forgets it: the people of the practice servers keep theirs.
fn set_password(call: &mut Call) -> Outcome {
    let body = call.body()?;
    place(call, &text(&body, "name"))?;
    if text(&body, "password").is_empty() {
        return Err(refuse_field("password", "Please enter a password."));
    }
    Call::done()
}

fn rename(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let (at, new) = (place(call, &text(&body, "name"))?, text(&body, "newName"));
    if new.is_empty() || place(call, &new).is_ok() {
        return Err(refuse_field("newName", "This username is already in use."));
    }
    call.world.users[at].name = new;
    Call::done()
}

fn group_rows(call: &Call, wanted: impl Fn(&String) -> bool) -> Outcome {
    let rows = call.world.groups.iter().filter(|g| wanted(g)).map(|g| json!({ "name": g, "modifiable": true }));
    Call::ok(&call.results(rows.collect()))
}

fn groups(call: &mut Call) -> Outcome {
    let filter = call.request.param("filter").unwrap_or_default().to_lowercase();
    group_rows(call, |g| g.contains(&filter))
}

fn groups_of(call: &mut Call) -> Outcome {
    let own = &call.world.users[place(call, call.arg(0))?].groups;
    group_rows(call, |g| own.contains(g))
}

fn other_groups(call: &mut Call) -> Outcome {
    let own = &call.world.users[place(call, call.arg(0))?].groups;
    group_rows(call, |g| !own.contains(g))
}

/// Returns the names in a body that is a list of texts.
fn names(call: &Call) -> Result<Vec<String>, Refusal> {
    serde_json::from_slice(&call.request.body).map_err(|_| refuse(400, "Wanted: a list of names"))
}

fn known_group(call: &Call, name: &str) -> Result<(), Refusal> {
    if call.world.groups.iter().any(|g| g == name) {
        Ok(())
    } else {
        Err(refuse(404, format!("Group {name} not found.")))
    }
}

/// Puts users into groups, or takes them out.
fn change(call: &mut Call, users: &[String], groups: &[String], add: bool) -> Outcome {
    groups.iter().try_for_each(|group| known_group(call, group))?;
    let places: Vec<usize> = users.iter().map(|name| place(call, name)).collect::<Result<_, _>>()?;
    for at in places {
        let own = &mut call.world.users[at].groups;
        own.retain(|g| !groups.contains(g));
        if add {
            own.extend(groups.iter().cloned());
        }
    }
    Call::done()
}

fn join(call: &mut Call) -> Outcome {
    let (user, groups) = (call.arg(0).to_owned(), names(call)?);
    change(call, &[user], &groups, true)
}

fn leave(call: &mut Call) -> Outcome {
    let (user, groups) = (call.arg(0).to_owned(), names(call)?);
    change(call, &[user], &groups, false)
}

fn add_members(call: &mut Call) -> Outcome {
    let (group, users) = (call.arg(0).to_owned(), names(call)?);
    change(call, &users, &[group], true)
}

fn remove_members(call: &mut Call) -> Outcome {
    let (group, users) = (call.arg(0).to_owned(), names(call)?);
    change(call, &users, &[group], false)
}

fn members(call: &mut Call) -> Outcome {
    let group = call.arg(0).to_owned();
    known_group(call, &group)?;
    let found = call.world.users.iter().filter(|u| u.groups.contains(&group)).map(document).collect();
    Call::ok(&call.results(found))
}

fn create_group(call: &mut Call) -> Outcome {
    let name = text(&call.body()?, "name").to_lowercase();
    if name.is_empty() || known_group(call, &name).is_ok() {
        return Err(refuse_field("name", "This group name is already in use."));
    }
    call.world.groups.push(name);
    Call::done()
}

fn delete_group(call: &mut Call) -> Outcome {
    let name = call.arg(0).to_owned();
    known_group(call, &name)?;
    call.world.groups.retain(|g| *g != name);
    call.world.users.iter_mut().for_each(|u| u.groups.retain(|g| *g != name));
    Call::done()
}
