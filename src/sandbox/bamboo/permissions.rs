//! Who may do what with a plan.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse};
use super::world::Right;
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/permissions/plan/{}/users", json_only(Access::Admin, users)),
    row("PUT", "/rest/api/latest/permissions/plan/{}/users/{}", json_only(Access::Admin, give_user)),
    row("DELETE", "/rest/api/latest/permissions/plan/{}/users/{}", json_only(Access::Admin, take_user)),
    row("GET", "/rest/api/latest/permissions/plan/{}/groups", json_only(Access::Admin, groups)),
    row("PUT", "/rest/api/latest/permissions/plan/{}/groups/{}", json_only(Access::Admin, give_group)),
    row("DELETE", "/rest/api/latest/permissions/plan/{}/groups/{}", json_only(Access::Admin, take_group)),
];

/// What there is to give, in the order of the pages.
const KNOWN: [&str; 6] = ["READ", "VIEWCONFIGURATION", "WRITE", "BUILD", "CLONE", "ADMINISTRATION"];

fn list(call: &Call, group: bool) -> Outcome {
    let plan = call.plan(call.arg(0))?;
    let some = plan.rights.iter().filter(|r| r.group == group);
    let all = some.map(|r| json!({ "name": r.name, "permissions": r.permissions, "editable": true })).collect();
    Call::ok(&call.results(all))
}

fn users(call: &mut Call) -> Outcome {
    list(call, false)
}

fn groups(call: &mut Call) -> Outcome {
    list(call, true)
}

/// Reads the permissions of a body, which is a list of their names.
fn wanted(call: &Call) -> Result<Vec<String>, Refusal> {
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or_default();
    let names: Vec<String> =
        body.as_array().into_iter().flatten().filter_map(|n| n.as_str().map(str::to_owned)).collect();
    match names.iter().find(|name| !KNOWN.contains(&name.as_str())) {
        None if !names.is_empty() => Ok(names),
        None => Err(refuse(400, "Wanted: a list of permissions")),
        Some(name) => Err(refuse(400, format!("There is no permission {name}."))),
    }
}

fn change(call: &mut Call, group: bool, give: bool) -> Outcome {
    let (plan, name, permissions) = (call.arg(0).to_owned(), call.arg(1).to_owned(), wanted(call)?);
    let known = match group {
        true => call.world.groups.contains(&name),
        false => call.world.users.iter().any(|u| u.name == name),
    };
    if !known {
        return Err(refuse(404, format!("{name} not found.")));
    }
    let rights = &mut call.plan_mut(&plan)?.rights;
    if give && !rights.iter().any(|r| r.group == group && r.name == name) {
        rights.push(Right { group, name: name.clone(), permissions: Vec::new() });
    }
    for right in rights.iter_mut().filter(|r| r.group == group && r.name == name) {
        right.permissions.retain(|p| !permissions.contains(p));
        if give {
            right.permissions.extend(permissions.iter().cloned());
        }
    }
    rights.retain(|r| !r.permissions.is_empty());
    Ok(Reply::empty(if give { 200 } else { 204 }))
}

fn give_user(call: &mut Call) -> Outcome {
    change(call, false, true)
}

fn take_user(call: &mut Call) -> Outcome {
    change(call, false, false)
}

fn give_group(call: &mut Call) -> Outcome {
    change(call, true, true)
}

fn take_group(call: &mut Call) -> Outcome {
    change(call, true, false)
}
