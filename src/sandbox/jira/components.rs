//! Components of projects.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::world::Component;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/project/{}/components", Access::Anyone, list),
    row(On::Cloud, "GET", "/rest/api/{v}/project/{}/component", Access::Anyone, page),
    row(On::Both, "POST", "/rest/api/{v}/component", Access::User, create),
    row(On::Both, "GET", "/rest/api/{v}/component/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/component/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/component/{}", Access::User, delete),
    row(On::Both, "GET", "/rest/api/{v}/component/{}/relatedIssueCounts", Access::Anyone, counts),
];

fn own(call: &Call, project: u64) -> Vec<Value> {
    let own = call.world.components.iter().filter(|c| c.project == project);
    own.map(|c| call.face.component(call.world, c)).collect()
}

fn list(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    Call::ok(&Value::Array(own(call, project)))
}

fn page(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    let window = call.window(50, 50)?;
    let mut all = own(call, project);
    for value in &mut all {
        let id = value["id"].as_str().and_then(|t| t.parse::<u64>().ok()).unwrap_or(0);
        value["issueCount"] = json!(count(call, id));
    }
    Call::ok(&call.page(window, &all))
}

fn count(call: &Call, id: u64) -> usize {
    call.world.issues.values().filter(|i| i.components.contains(&id)).count()
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(0);
    let found = call.world.components.iter().position(|c| c.id == id && call.may_browse(c.project));
    found.ok_or_else(|| refuse(404, format!("The component with id {} does not exist.", call.arg(0))))
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call)?;
    Call::ok(&call.face.component(call.world, &call.world.components[place]))
}

const MEMBERS: [&str; 14] = [
    "self",
    "id",
    "name",
    "description",
    "lead",
    "leadUserName",
    "leadAccountId",
    "assigneeType",
    "assignee",
    "realAssigneeType",
    "realAssignee",
    "isAssigneeTypeValid",
    "project",
    "projectId",
];

fn put(call: &Call, component: &mut Component, body: &Value) -> Result<(), Refusal> {
    let unknown = body.as_object().into_iter().flatten().find(|(k, _)| !MEMBERS.contains(&k.as_str()));
    if let Some((name, _)) = unknown.filter(|_| !call.face.cloud) {
        return Err(refuse(
            400,
            format!(
                "Unrecognized field \"{name}\" (Class com.atlassian.jira.rest.v2.issue.component.ComponentBean), not marked as ignorable"
            ),
        ));
    }
    if let Some(name) = body["name"].as_str() {
        let other =
            |c: &Component| c.project == component.project && c.id != component.id && c.name.eq_ignore_ascii_case(name);
        if name.trim().is_empty() {
            return Err(refuse_field("name", "The component name specified is invalid - cannot be an empty string."));
        }
        if call.world.components.iter().any(other) {
            return Err(refuse_field(
                "name",
                format!("A component with the name {name} already exists in this project."),
            ));
        }
        component.name = name.to_owned();
    }
    if let Some(text) = body["description"].as_str() {
        component.description = Some(text.to_owned());
    }
    if let Some(kind) = body["assigneeType"].as_str() {
        component.assignee_type = kind.to_owned();
    }
    let lead = body["leadAccountId"].as_str().map(|t| (t, call.world.user_with_account(t)));
    let lead = lead.or_else(|| body["leadUserName"].as_str().map(|t| (t, call.world.user_named(t))));
    match lead {
        None => {}
        Some((_, Some(user))) => component.lead = Some(user),
        Some((text, None)) => {
            return Err(refuse_field("leadUserName", format!("The user {text} does not exist.")));
        }
    }
    Ok(())
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let key = body["project"].as_str().unwrap_or_default();
    let project = call.project_id(key)?;
    if body["name"].as_str().is_none() {
        return Err(refuse_field("name", "The component name specified is invalid - cannot be an empty string."));
    }
    let id = call.world.next_id();
    let mut component = Component {
        id,
        project,
        name: String::new(),
        description: None,
        lead: None,
        assignee_type: "PROJECT_DEFAULT".into(),
    };
    put(call, &mut component, &body)?;
    let written = call.face.component(call.world, &component);
    call.world.components.push(component);
    Ok(Reply::json(201, &written))
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let mut component = call.world.components[place].clone();
    put(call, &mut component, &body)?;
    call.world.components[place] = component;
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let target = match call.request.param("moveIssuesTo") {
        None => None,
        Some(text) => {
            let id = text.parse().ok().filter(|id| call.world.component(*id).is_some());
            Some(id.ok_or_else(|| refuse(404, format!("The component with id {text} does not exist.")))?)
        }
    };
    let id = call.world.components.remove(place).id;
    for issue in call.world.issues.values_mut().filter(|i| i.components.contains(&id)) {
        issue.components.retain(|c| *c != id && Some(*c) != target);
        issue.components.extend(target);
    }
    Call::done()
}

fn counts(call: &mut Call) -> Outcome {
    let id = call.world.components[place(call)?].id;
    Call::ok(&json!({ "self": call.face.rest(&format!("component/{id}")), "issueCount": count(call, id) }))
}
