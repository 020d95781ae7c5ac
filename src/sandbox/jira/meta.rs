//! Which fields there are when an issue is created or changed.

use super::call::{Call, Outcome};
use super::face::field_schema;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::schema::{self, FIELDS, Field, ISSUE_TYPES, IssueType, Kind, PRIORITIES, Screen};
use super::world::Issue;
use serde_json::{Map, Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/editmeta", Access::Anyone, edit),
    row(On::Both, "GET", "/rest/api/{v}/issue/createmeta/{}/issuetypes", Access::Anyone, types),
    row(On::Both, "GET", "/rest/api/{v}/issue/createmeta/{}/issuetypes/{}", Access::Anyone, fields),
    row(On::Cloud, "GET", "/rest/api/{v}/issue/createmeta", Access::Anyone, everything),
    row(On::Dc, "GET", "/rest/api/{v}/issue/createmeta", Access::Anyone, removed),
];

/// Writes the fields that can be changed in an issue.
pub(crate) fn edit_fields(call: &Call, issue: &Issue) -> Value {
    let own = on_screen(issue.kind).filter(|f| f.id != "project");
    let fields: Map<_, _> = own.map(|f| (f.id.to_owned(), field(call, f, issue.project, issue.kind, true))).collect();
    json!({ "fields": fields })
}

fn on_screen(kind: &'static IssueType) -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(move |f| f.screen == Screen::Edit && f.applies_to(kind))
}

fn field(call: &Call, field: &'static Field, project: u64, kind: &IssueType, editing: bool) -> Value {
    let required = match field.id {
        "summary" | "issuetype" => true,
        "project" => !editing,
        "reporter" => call.face.cloud,
        "parent" => kind.subtask,
        _ => false,
    };
    let mut value = json!({ "required": required, "schema": field_schema(field), "name": field.name });
    if call.face.cloud {
        value["key"] = json!(field.id);
    } else {
        value["fieldId"] = json!(field.id);
    }
    value["hasDefaultValue"] = json!(field.id == "priority" || field.id == "reporter");
    value["operations"] = match field.kind {
        Kind::Labels | Kind::Versions | Kind::Components | Kind::Options | Kind::Users => {
            json!(["add", "set", "remove"])
        }
        Kind::Links => json!(["add"]),
        Kind::Tracking => json!(["set", "edit"]),
        _ => json!(["set"]),
    };
    match field.kind {
        Kind::User | Kind::Users => {
            let path = if call.face.cloud {
                "user/assignable/search?project=&query="
            } else {
                "user/assignable/search?username="
            };
            value["autoCompleteUrl"] = json!(call.face.rest(path));
        }
        Kind::Labels => {
            value["autoCompleteUrl"] = json!(format!("{}/rest/api/1.0/labels/suggest?query=", call.face.base));
        }
        _ => {}
    }
    if let Some(allowed) = allowed(call, field, project, kind) {
        value["allowedValues"] = allowed;
    }
    value
}

/// Writes the values that a field of choices can have.
fn allowed(call: &Call, field: &Field, project: u64, kind: &IssueType) -> Option<Value> {
    let (face, world) = (&call.face, &*call.world);
    Some(match field.kind {
        Kind::Priority => PRIORITIES.iter().map(|p| face.priority(p)).collect(),
        Kind::Type => json!([face.issue_type(kind)]),
        Kind::Project => json!([world.project_by_id(project).map(|p| face.project(p))]),
        Kind::Components => {
            let own = world.components.iter().filter(|c| c.project == project);
            own.map(|c| json!({ "self": face.rest(&format!("component/{}", c.id)), "id": c.id.to_string(), "name": c.name })).collect()
        }
        Kind::Versions => {
            world.versions.iter().filter(|v| v.project == project && !v.archived).map(|v| face.version(v)).collect()
        }
        Kind::Option | Kind::Options => schema::options(field.number()?)
            .iter()
            .map(|(id, text)| json!({ "self": face.rest(&format!("customFieldOption/{id}")), "value": text, "id": id }))
            .collect(),
        _ => return None,
    })
}

fn edit(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let fields = edit_fields(call, issue);
    Call::ok(&fields)
}

fn types(call: &mut Call) -> Outcome {
    call.project_id(call.arg(0))?;
    let window = call.window(50, 200)?;
    let all: Vec<Value> = ISSUE_TYPES.iter().map(|t| call.face.issue_type(t)).collect();
    Call::ok(&listing(call, window, &all, "issueTypes"))
}

/// Cloud calls the list by what is in it, Data Center calls it `values`.
fn listing(call: &Call, window: super::call::Window, all: &[Value], name: &str) -> Value {
    let some = window.of(all);
    if call.face.cloud {
        return json!({ "startAt": window.start, "maxResults": window.size, "total": all.len(), name: some });
    }
    let last = window.start + some.len() >= all.len();
    json!({ "maxResults": window.size, "startAt": window.start, "total": all.len(), "isLast": last, "values": some })
}

fn fields(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    let kind = kind(call.arg(1))?;
    let window = call.window(50, 200)?;
    let all: Vec<Value> = on_screen(kind)
        .map(|f| {
            let mut value = field(call, f, project, kind, false);
            value["fieldId"] = json!(f.id);
            value
        })
        .collect();
    Call::ok(&listing(call, window, &all, "fields"))
}

fn kind(id: &str) -> Result<&'static IssueType, Refusal> {
    ISSUE_TYPES.iter().find(|t| t.id == id).ok_or_else(|| refuse(404, "Issue type not found."))
}

/// The old resource of Cloud, which gives everything at once.
fn everything(call: &mut Call) -> Outcome {
    let keys: Vec<&str> = call.request.params("projectKeys").into_iter().flat_map(|k| k.split(',')).collect();
    let names = call.request.params("issuetypeNames");
    let with_fields = call.request.param("expand").is_some_and(|e| e.contains("issuetypes.fields"));
    let projects: Vec<Value> = call
        .world
        .projects
        .iter()
        .filter(|p| call.may_browse(p.id) && (keys.is_empty() || keys.contains(&p.key.as_str())))
        .map(|p| {
            let mut value = call.face.project(p);
            // The descriptions of projects that live here are shorter than elsewhere.
            if let Value::Object(members) = &mut value {
                members.retain(|name, _| !matches!(name.as_str(), "projectTypeKey" | "simplified"));
            }
            let types = ISSUE_TYPES.iter().filter(|t| names.is_empty() || names.contains(&t.name));
            let types = types.map(|t| {
                let mut value = call.face.issue_type(t);
                if with_fields {
                    let fields: Map<_, _> =
                        on_screen(t).map(|f| (f.id.to_owned(), field(call, f, p.id, t, false))).collect();
                    value["fields"] = Value::Object(fields);
                }
                value
            });
            value["issuetypes"] = types.collect();
            value
        })
        .collect();
    Call::ok(&json!({ "expand": "projects", "projects": projects }))
}

/// Data Center 9 and later has taken the old resource away; what is left is an issue with a strange key.
fn removed(_: &mut Call) -> Outcome {
    Err(refuse(404, "Issue Does Not Exist"))
}
