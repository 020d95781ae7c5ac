//! Projects.

use super::call::{Call, Outcome};
use super::guard::{Access, refuse, refuse_field};
use super::route::{On, Route, row};
use super::schema::{ISSUE_TYPES, ROLES, STATUSES};
use super::world::Project;
use crate::sandbox::http::Reply;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/project", Access::Anyone, list),
    row(On::Cloud, "GET", "/rest/api/{v}/project/search", Access::Anyone, search),
    row(On::Both, "POST", "/rest/api/{v}/project", Access::Sudo, create),
    row(On::Both, "GET", "/rest/api/{v}/project/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/project/{}", Access::Admin, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/project/{}", Access::Sudo, delete),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/statuses", Access::Anyone, statuses),
    row(On::Dc, "PUT", "/rest/api/{v}/project/{}/archive", Access::Admin, archive),
    row(On::Cloud, "POST", "/rest/api/{v}/project/{}/archive", Access::Admin, archive),
    row(On::Dc, "PUT", "/rest/api/{v}/project/{}/restore", Access::Admin, restore),
    row(On::Cloud, "POST", "/rest/api/{v}/project/{}/restore", Access::Admin, restore),
];

/// Returns the projects that the caller may see; those in the archive only where they are asked for.
fn visible<'a>(call: &'a Call) -> impl Iterator<Item = &'a Project> {
    let status = call.request.params("status");
    let all = call.request.param("includeArchived") == Some("true");
    let (live, archived) = (status.is_empty() || status.contains(&"live"), all || status.contains(&"archived"));
    call.world.projects.iter().filter(move |p| call.may_browse(p.id) && if p.archived { archived } else { live })
}

fn list(call: &mut Call) -> Outcome {
    let with_lead = call.request.param("expand").is_some_and(|e| e.contains("lead"));
    let mut all: Vec<Value> = Vec::new();
    for project in visible(call) {
        let mut value = brief(call, project);
        if with_lead {
            value["lead"] = call.face.user_or_null(call.world, Some(project.lead));
        }
        all.push(value);
    }
    Call::ok(&Value::Array(all))
}

fn brief(call: &Call, project: &Project) -> Value {
    let mut value = json!({ "expand": "description,lead,url,projectKeys" });
    super::face::merge(&mut value, call.face.project(project));
    if call.face.cloud {
        let more = json!({ "style": "classic", "isPrivate": false, "properties": {}, "entityId": format!("{:08x}-0000-4000-8000-000000000000", project.id) });
        super::face::merge(&mut value, more);
    }
    if project.archived {
        value["archived"] = json!(true);
    }
    value
}

fn search(call: &mut Call) -> Outcome {
    let window = call.window(50, 100)?;
    let query = call.request.param("query").unwrap_or_default().to_lowercase();
    let keys = call.request.params("keys");
    let fits = |p: &&Project| {
        (query.is_empty() || p.name.to_lowercase().contains(&query) || p.key.to_lowercase().contains(&query))
            && (keys.is_empty() || keys.contains(&p.key.as_str()))
    };
    let expand = call.request.param("expand").unwrap_or_default();
    let all: Vec<Value> = visible(call)
        .filter(fits)
        .map(|p| {
            let mut value = brief(call, p);
            if expand.contains("lead") {
                value["lead"] = call.face.user_or_null(call.world, Some(p.lead));
            }
            if expand.contains("description") {
                value["description"] = json!(p.description);
            }
            value
        })
        .collect();
    let page = call.page(window, &all);
    Call::ok(&page)
}

fn get(call: &mut Call) -> Outcome {
    let id = call.project_id(call.arg(0))?;
    let Some(project) = call.world.project_by_id(id) else { return Err(refuse(404, "No project")) };
    let (face, world) = (&call.face, &*call.world);
    let mut value = brief(call, project);
    let components: Vec<Value> =
        world.components.iter().filter(|c| c.project == id).map(|c| face.component(world, c)).collect();
    let versions: Vec<Value> = world.versions.iter().filter(|v| v.project == id).map(|v| face.version(v)).collect();
    let roles: Map<_, _> =
        ROLES.iter().map(|r| (r.1.to_owned(), json!(face.rest(&format!("project/{id}/role/{}", r.0))))).collect();
    super::face::merge(
        &mut value,
        json!({
            "description": project.description,
            "lead": face.user_or_null(world, Some(project.lead)),
            "components": components,
            "issueTypes": ISSUE_TYPES.iter().map(|t| face.issue_type(t)).collect::<Vec<_>>(),
            "assigneeType": "UNASSIGNED",
            "versions": versions,
            "roles": roles,
        }),
    );
    Call::ok(&value)
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let key = body["key"].as_str().unwrap_or_default().to_owned();
    let valid = (2..=10).contains(&key.len()) && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if !valid || !key.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Err(refuse_field(
            "projectKey",
            "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters.",
        ));
    }
    if let Some(other) = call.world.project(&key) {
        return Err(refuse_field("projectKey", format!("Project '{}' uses this project key.", other.name)));
    }
    let name = body["name"].as_str().unwrap_or_default().trim().to_owned();
    if name.is_empty() {
        return Err(refuse_field("projectName", "You must specify a valid project name."));
    }
    let lead = body["leadAccountId"].as_str().map(|t| call.world.user_with_account(t));
    let lead = lead.or_else(|| body["lead"].as_str().map(|t| call.world.user_named(t)));
    let lead = lead.flatten().ok_or_else(|| refuse_field("projectLead", "You must specify a valid project lead."))?;
    let schemes = super::schemes::chosen(call, &body)?;
    let id = call.world.next_id();
    let description = body["description"].as_str().unwrap_or_default().to_owned();
    let project = Project {
        id,
        key: key.clone(),
        name,
        description,
        lead,
        public: false,
        last_number: 0,
        archived: false,
        roles: BTreeMap::new(),
        schemes,
    };
    call.world.projects.push(project);
    Ok(Reply::json(201, &json!({ "self": call.face.rest(&format!("project/{id}")), "id": id, "key": key })))
}

fn edit(call: &mut Call) -> Outcome {
    let id = call.project_id(call.arg(0))?;
    let body = call.object()?;
    let lead = body["leadAccountId"].as_str().and_then(|t| call.world.user_with_account(t));
    let lead = lead.or_else(|| body["lead"].as_str().and_then(|t| call.world.user_named(t)));
    if let Some(project) = call.world.projects.iter_mut().find(|p| p.id == id) {
        if let Some(name) = body["name"].as_str() {
            project.name = name.to_owned();
        }
        if let Some(text) = body["description"].as_str() {
            project.description = text.to_owned();
        }
        project.lead = lead.unwrap_or(project.lead);
    }
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let id = call.project_id(call.arg(0))?;
    let issues: Vec<u64> = call.world.issues.values().filter(|i| i.project == id).map(|i| i.id).collect();
    for issue in issues {
        call.world.remove_issue(issue);
    }
    call.world.projects.retain(|p| p.id != id);
    call.world.versions.retain(|v| v.project != id);
    call.world.components.retain(|c| c.project != id);
    Call::done()
}

fn statuses(call: &mut Call) -> Outcome {
    call.project_id(call.arg(0))?;
    let all: Vec<Value> = ISSUE_TYPES
        .iter()
        .map(|t| {
            json!({
                "self": call.face.rest(&format!("issuetype/{}", t.id)), "id": t.id, "name": t.name, "subtask": t.subtask,
                "statuses": STATUSES.iter().map(|s| call.face.status(s)).collect::<Vec<_>>(),
            })
        })
        .collect();
    Call::ok(&Value::Array(all))
}

fn set_archived(call: &mut Call, archived: bool) -> Outcome {
    let id = call.project_id(call.arg(0))?;
    if let Some(project) = call.world.projects.iter_mut().find(|p| p.id == id) {
        project.archived = archived;
    }
    Call::done()
}

fn archive(call: &mut Call) -> Outcome {
    set_archived(call, true)
}

fn restore(call: &mut Call) -> Outcome {
    set_archived(call, false)?;
    if call.face.cloud { get(call) } else { Ok(Reply::empty(202)) }
}
