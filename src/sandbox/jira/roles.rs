//! Roles in projects.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::schema::ROLES;
use super::world::UserId;
use serde_json::{Map, Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/role", Access::Admin, all),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/role", Access::User, list),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/role/{}", Access::User, get),
    row(On::Both, "POST", "/rest/api/{v}/project/{}/role/{}", Access::Admin, add),
    row(On::Both, "DELETE", "/rest/api/{v}/project/{}/role/{}", Access::Admin, remove),
];

fn all(call: &mut Call) -> Outcome {
    let roles = ROLES.iter().map(|(id, name, about)| {
        json!({ "self": call.face.rest(&format!("role/{id}")), "name": name, "id": id, "description": about })
    });
    Call::ok(&roles.collect())
}

fn list(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    let links: Map<_, _> = ROLES
        .iter()
        .map(|r| (r.1.to_owned(), json!(call.face.rest(&format!("project/{project}/role/{}", r.0)))))
        .collect();
    Call::ok(&Value::Object(links))
}

fn find(call: &Call) -> Result<(u64, u64), Refusal> {
    let project = call.project_id(call.arg(0))?;
    let role = ROLES.iter().find(|r| r.0 == call.id(1));
    let role =
        role.ok_or_else(|| refuse(404, format!("Can not retrieve a role actor for role with id '{}'", call.arg(1))))?;
    Ok((project, role.0))
}

fn get(call: &mut Call) -> Outcome {
    let (project, id) = find(call)?;
    let members = call.world.project_by_id(project).and_then(|p| p.roles.get(&id)).cloned().unwrap_or_default();
    let actors: Vec<Value> = members
        .into_iter()
        .filter_map(|user| call.world.users.get(user).map(|u| (user, u)))
        .map(|(n, user)| {
            let mut actor =
                json!({ "id": 10_240 + n, "displayName": user.display, "type": "atlassian-user-role-actor" });
            match call.face.cloud {
                true => actor["actorUser"] = json!({ "accountId": user.account_id }),
                false => actor["name"] = json!(user.name),
            }
            actor
        })
        .collect();
    let role = ROLES.iter().find(|r| r.0 == id).unwrap_or(&ROLES[0]);
    Call::ok(&json!({
        "self": call.face.rest(&format!("project/{project}/role/{id}")),
        "name": role.1, "id": id, "description": role.2, "actors": actors,
    }))
}

fn user(call: &Call, text: &str) -> Result<UserId, Refusal> {
    let found = if call.face.cloud { call.world.user_with_account(text) } else { call.world.user_named(text) };
    found.ok_or_else(|| refuse(400, format!("We can't find '{text}' in any accessible user directory.")))
}

fn add(call: &mut Call) -> Outcome {
    let (project, id) = find(call)?;
    let body = call.object()?;
    let names = body["user"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let users = names.map(|n| user(call, n)).collect::<Result<Vec<_>, _>>()?;
    if let Some(project) = call.world.projects.iter_mut().find(|p| p.id == project) {
        let members = project.roles.entry(id).or_default();
        members.extend(users);
        members.sort_unstable();
        members.dedup();
    }
    get(call)
}

fn remove(call: &mut Call) -> Outcome {
    let (project, id) = find(call)?;
    let user = user(call, call.request.param("user").unwrap_or_default())?;
    let members = call.world.projects.iter_mut().find(|p| p.id == project).and_then(|p| p.roles.get_mut(&id));
    if let Some(members) = members {
        members.retain(|m| *m != user);
    }
    Call::done()
}
