//! Schemes: what projects share, and which project uses which.

use super::call::{Call, Outcome};
use super::face::{group_id, merge};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::schema::ISSUE_TYPES;
use super::world::{Grant, Holder, Project, Scheme, SchemeKind};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/permissionscheme", Access::User, permission_schemes),
    row(On::Both, "GET", "/rest/api/{v}/permissionscheme/{}", Access::User, permission_scheme),
    row(On::Both, "DELETE", "/rest/api/{v}/permissionscheme/{}", Access::Sudo, delete_permission),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/permissionscheme", Access::User, permission_of),
    row(On::Both, "GET", "/rest/api/{v}/notificationscheme", Access::User, notification_schemes),
    row(On::Cloud, "GET", "/rest/api/{v}/notificationscheme/project", Access::User, notification_users),
    row(On::Cloud, "DELETE", "/rest/api/{v}/notificationscheme/{}", Access::Admin, delete_notification),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/notificationscheme", Access::User, notification_of),
    row(On::Both, "GET", "/rest/api/{v}/issuetypescheme", Access::Admin, type_schemes),
    row(On::Cloud, "GET", "/rest/api/{v}/issuetypescheme/project", Access::Admin, type_users),
    row(On::Dc, "GET", "/rest/api/{v}/issuetypescheme/{}/associations", Access::Admin, type_projects),
    row(On::Dc, "POST", "/rest/api/{v}/issuetypescheme/{}/associations", Access::Admin, associate),
    row(On::Both, "DELETE", "/rest/api/{v}/issuetypescheme/{}", Access::Sudo, delete_types),
    row(On::Cloud, "GET", "/rest/api/{v}/workflowscheme", Access::Admin, workflow_schemes),
    row(On::Cloud, "GET", "/rest/api/{v}/workflowscheme/project", Access::Admin, workflow_users),
    row(On::Cloud, "DELETE", "/rest/api/{v}/workflowscheme/{}", Access::Admin, delete_workflow),
    row(On::Dc, "GET", "/rest/api/{v}/project/{}/workflowscheme", Access::Admin, workflow_of),
];

fn of_kind<'a>(call: &'a Call, kind: SchemeKind) -> impl Iterator<Item = &'a Scheme> {
    call.world.schemes.iter().filter(move |scheme| scheme.kind == kind)
}

/// Finds the scheme that the first place of the path names.
fn named<'a>(call: &'a Call, kind: SchemeKind) -> Result<&'a Scheme, Refusal> {
    let found = of_kind(call, kind).find(|scheme| scheme.id == call.id(0));
    found.ok_or_else(|| refuse(404, format!("The scheme with id {} does not exist.", call.arg(0))))
}

/// Finds the scheme of the project that the first place of the path names.
fn used<'a>(call: &'a Call, kind: SchemeKind) -> Result<&'a Scheme, Refusal> {
    let id = call.project_id(call.arg(0))?;
    let project = call.world.project_by_id(id);
    let scheme = project.and_then(|project| scheme_of(call, project, kind));
    scheme.ok_or_else(|| refuse(404, "The project has no such scheme."))
}

fn scheme_of<'a>(call: &'a Call, project: &Project, kind: SchemeKind) -> Option<&'a Scheme> {
    of_kind(call, kind).find(|scheme| scheme.id == project.schemes[kind as usize])
}

fn users<'a>(call: &'a Call, scheme: &Scheme) -> impl Iterator<Item = &'a Project> + use<'a> {
    let (kind, id) = (scheme.kind, scheme.id);
    call.world.projects.iter().filter(move |project| project.schemes[kind as usize] == id)
}

/// Writes what every scheme has.
fn brief(call: &Call, scheme: &Scheme) -> Value {
    let path = ["permissionscheme", "notificationscheme", "issuetypescheme", "workflowscheme"][scheme.kind as usize];
    json!({
        "self": call.face.rest(&format!("{path}/{}", scheme.id)),
        "id": scheme.id, "name": scheme.name, "description": format!("The {}.", scheme.name.to_lowercase()),
    })
}

// ---- permissions ----

fn permission(call: &Call, scheme: &Scheme) -> Value {
    let mut value = brief(call, scheme);
    value["expand"] = json!("permissions,user,group,projectRole,field,all");
    if call.request.param("expand").is_some_and(|e| e.contains("permissions") || e == "all") {
        let grants = scheme.grants.iter().enumerate();
        value["permissions"] = grants.map(|(n, grant)| granted(call, scheme.id, n, grant)).collect();
    }
    value
}

fn granted(call: &Call, scheme: u64, n: usize, grant: &Grant) -> Value {
    let id = scheme * 10 + n as u64;
    let this = call.face.rest(&format!("permissionscheme/{scheme}/permission/{id}"));
    json!({ "id": id, "self": this, "holder": holder(call, &grant.holder), "permission": grant.permission })
}

fn holder(call: &Call, holder: &Holder) -> Value {
    let cloud = call.face.cloud;
    let (kind, parameter, value) = match holder {
        Holder::Anyone => return json!({ "type": "anyone" }),
        Holder::Role(id) => ("projectRole", id.to_string(), id.to_string()),
        Holder::Group(name) => ("group", name.clone(), group_id(name)),
        Holder::User(id) => {
            let user = &call.world.users[*id];
            ("user", if cloud { &user.account_id } else { &user.key }.clone(), user.account_id.clone())
        }
    };
    let mut out = json!({ "type": kind, "parameter": parameter, "expand": kind });
    if cloud {
        out["value"] = json!(value);
    }
    out
}

fn permission_schemes(call: &mut Call) -> Outcome {
    let all: Vec<Value> = of_kind(call, SchemeKind::Permission).map(|scheme| permission(call, scheme)).collect();
    Call::ok(&json!({ "permissionSchemes": all }))
}

fn permission_scheme(call: &mut Call) -> Outcome {
    Call::ok(&permission(call, named(call, SchemeKind::Permission)?))
}

fn permission_of(call: &mut Call) -> Outcome {
    Call::ok(&permission(call, used(call, SchemeKind::Permission)?))
}

// ---- notifications ----

fn notification(call: &Call, scheme: &Scheme) -> Value {
    let mut value = brief(call, scheme);
    value["expand"] = json!("notificationSchemeEvents,user,group,projectRole,field,all");
    value
}

fn notification_schemes(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let all: Vec<Value> = of_kind(call, SchemeKind::Notification).map(|scheme| notification(call, scheme)).collect();
    Call::ok(&call.page(window, &all))
}

fn notification_of(call: &mut Call) -> Outcome {
    Call::ok(&notification(call, used(call, SchemeKind::Notification)?))
}

fn notification_users(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let pair = |p: &Project| {
        let scheme = p.schemes[SchemeKind::Notification as usize].to_string();
        json!({ "notificationSchemeId": scheme, "projectId": p.id.to_string() })
    };
    let all: Vec<Value> = call.world.projects.iter().map(pair).collect();
    Call::ok(&call.page(window, &all))
}

// ---- issue types ----

fn types(call: &Call, scheme: &Scheme) -> Value {
    let mut value = brief(call, scheme);
    value["id"] = json!(scheme.id.to_string());
    match call.face.cloud {
        true => {
            let first = of_kind(call, SchemeKind::IssueType).next().is_some_and(|one| one.id == scheme.id);
            value = json!({
                "id": value["id"], "name": value["name"], "description": value["description"],
                "defaultIssueTypeId": ISSUE_TYPES[1].id, "isDefault": first,
            });
        }
        false => {
            let all: Vec<Value> = ISSUE_TYPES.iter().map(|kind| call.face.issue_type(kind)).collect();
            merge(&mut value, json!({ "expand": "defaultIssueType,issueTypes", "issueTypes": all }));
        }
    }
    value
}

fn type_schemes(call: &mut Call) -> Outcome {
    let all: Vec<Value> = of_kind(call, SchemeKind::IssueType).map(|scheme| types(call, scheme)).collect();
    if call.face.cloud {
        let window = call.window(50, 50)?;
        return Call::ok(&call.page(window, &all));
    }
    Call::ok(&json!({ "schemes": all }))
}

/// Writes, for each scheme that some of the asked projects use, the scheme and those projects.
fn associations(call: &Call, kind: SchemeKind, member: &str, write: fn(&Call, &Scheme) -> Value) -> Vec<Value> {
    let wanted = call.request.params("projectId");
    let one = |scheme: &Scheme| {
        let ids: Vec<String> = users(call, scheme).map(|p| p.id.to_string()).collect();
        let ids: Vec<String> = ids.into_iter().filter(|id| wanted.contains(&id.as_str())).collect();
        (!ids.is_empty()).then(|| json!({ member: write(call, scheme), "projectIds": ids }))
    };
    of_kind(call, kind).filter_map(one).collect()
}

fn type_users(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let all = associations(call, SchemeKind::IssueType, "issueTypeScheme", types);
    Call::ok(&call.page(window, &all))
}

fn type_projects(call: &mut Call) -> Outcome {
    let scheme = named(call, SchemeKind::IssueType)?;
    let all: Vec<Value> = users(call, scheme).map(|p| call.face.project(p)).collect();
    Call::ok(&Value::Array(all))
}

fn associate(call: &mut Call) -> Outcome {
    let id = named(call, SchemeKind::IssueType)?.id;
    let body = call.object()?;
    let named = body["idsOrKeys"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let projects = named.map(|text| call.project_id(text)).collect::<Result<Vec<u64>, Refusal>>()?;
    for project in call.world.projects.iter_mut().filter(|p| projects.contains(&p.id)) {
        project.schemes[SchemeKind::IssueType as usize] = id;
    }
    type_projects(call)
}

// ---- workflows ----

fn workflow(call: &Call, scheme: &Scheme) -> Value {
    let mut value = brief(call, scheme);
    merge(&mut value, json!({ "defaultWorkflow": "jira", "issueTypeMappings": {}, "draft": false }));
    value
}

fn workflow_schemes(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let all: Vec<Value> = of_kind(call, SchemeKind::Workflow).map(|scheme| workflow(call, scheme)).collect();
    Call::ok(&call.page(window, &all))
}

fn workflow_users(call: &mut Call) -> Outcome {
    Call::ok(&json!({ "values": associations(call, SchemeKind::Workflow, "workflowScheme", workflow) }))
}

fn workflow_of(call: &mut Call) -> Outcome {
    Call::ok(&workflow(call, used(call, SchemeKind::Workflow)?))
}

// ---- deleting and choosing ----

fn delete(call: &mut Call, kind: SchemeKind) -> Outcome {
    let scheme = named(call, kind)?;
    let id = scheme.id;
    if users(call, scheme).next().is_some() {
        return Err(refuse(400, format!("The scheme with id {id} is used by projects and cannot be deleted.")));
    }
    call.world.schemes.retain(|scheme| scheme.id != id);
    Call::done()
}

fn delete_permission(call: &mut Call) -> Outcome {
    delete(call, SchemeKind::Permission)
}

fn delete_notification(call: &mut Call) -> Outcome {
    delete(call, SchemeKind::Notification)
}

fn delete_types(call: &mut Call) -> Outcome {
    delete(call, SchemeKind::IssueType)
}

fn delete_workflow(call: &mut Call) -> Outcome {
    delete(call, SchemeKind::Workflow)
}

/// Reads the schemes that a new project shall have; the defaults stand for those that are not named.
pub(crate) fn chosen(call: &Call, body: &Value) -> Result<[u64; 4], Refusal> {
    let mut chosen = super::seed::SCHEMES_OF_NEW_PROJECTS;
    let workflow = if call.face.cloud { "workflowScheme" } else { "workflowSchemeId" };
    let members = ["permissionScheme", "notificationScheme", "issueTypeScheme", workflow];
    for (place, member) in chosen.iter_mut().zip(members) {
        let Some(id) = body[member].as_u64() else { continue };
        if !call.world.schemes.iter().any(|scheme| scheme.id == id) {
            return Err(refuse_field(member, format!("The scheme with id {id} does not exist.")));
        }
        *place = id;
    }
    Ok(chosen)
}
