//! Issues: to read, create, change, assign and delete.

use super::call::{Call, Outcome};
use super::comments;
use super::fields_in;
use super::fields_out::{self, Wanted};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::schema::{self, PRIORITIES, STATUSES};
use super::world::{Change, History, Issue, Link, now};
use super::{links, meta, transitions, worklogs};
use crate::sandbox::http::Reply;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "POST", "/rest/api/{v}/issue", Access::User, create),
    row(On::Both, "POST", "/rest/api/{v}/issue/bulk", Access::User, create_many),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}", Access::User, delete),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}/assignee", Access::User, assign),
    row(On::Cloud, "GET", "/rest/api/{v}/issue/{}/changelog", Access::Anyone, changelog),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/properties", Access::Anyone, properties),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/properties/{}", Access::Anyone, property),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}/properties/{}", Access::User, set_property),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/properties/{}", Access::User, remove_property),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/notify", Access::User, notify),
];

/// Writes an issue as a list of issues does, with what `expand` names.
pub(crate) fn write(call: &Call, issue: &Issue, wanted: &Wanted, expand: &str) -> Value {
    let expands = |name: &str| expand.split(',').any(|e| e.trim() == name);
    let (face, world) = (&call.face, &*call.world);
    if face.cloud && wanted.id_only() && expand.is_empty() {
        return json!({ "id": issue.id.to_string() });
    }
    let mut value = json!({
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": issue.id.to_string(),
        "self": face.rest(&format!("issue/{}", issue.id)),
        "key": issue.key,
    });
    if !wanted.only_ids() {
        value["fields"] = fields_out::fields(face, world, issue, wanted);
    }
    if expands("renderedFields") {
        value["renderedFields"] = fields_out::rendered(face, world, issue, wanted);
    }
    if expands("names") || expands("schema") {
        let used = || schema::FIELDS.iter().filter(|f| wanted.wants(f));
        if expands("names") {
            value["names"] = Value::Object(used().map(|f| (f.id.to_owned(), json!(f.name))).collect());
        }
        if expands("schema") {
            let all = used().map(|f| (f.id.to_owned(), super::face::field_schema(f)));
            value["schema"] = Value::Object(all.collect());
        }
    }
    if expands("transitions") {
        value["transitions"] = transitions::list(call, issue, expand);
    }
    if expands("editmeta") {
        value["editmeta"] = meta::edit_fields(call, issue);
    }
    if expands("changelog") {
        value["changelog"] = histories(call, issue);
    }
    value
}

fn histories(call: &Call, issue: &Issue) -> Value {
    let all: Vec<Value> = issue.history.iter().map(|h| call.face.history(call.world, h)).collect();
    let (count, all) = match call.face.cloud {
        // Cloud has the newest change first here.
        true => (all.len(), all.into_iter().rev().take(100).collect::<Vec<_>>()),
        false => (all.len(), all),
    };
    json!({ "startAt": 0, "maxResults": all.len(), "total": count, "histories": all })
}

fn get(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let wanted = Wanted::read(call.request.params("fields"), "*all");
    let value = write(call, issue, &wanted, &call.request.params("expand").join(","));
    Call::ok(&value)
}

fn changelog(call: &mut Call) -> Outcome {
    let window = call.window(100, 100)?;
    let issue = call.issue(0)?;
    let all: Vec<Value> = issue.history.iter().map(|h| call.face.history(call.world, h)).collect();
    Call::ok(&call.page(window, &all))
}

/// The parts of a body that creates or changes an issue.
struct Input {
    fields: Map<String, Value>,
    update: Map<String, Value>,
}

fn input(body: &Value) -> Result<Input, Refusal> {
    let part = |name: &str| match &body[name] {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map.clone()),
        _ => Err(refuse(400, format!("Can not instantiate value of '{name}' from this JSON token"))),
    };
    Ok(Input { fields: part("fields")?, update: part("update")? })
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let issue = create_one(call, &body)?;
    Ok(Reply::json(201, &issue))
}

fn create_many(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (n, one) in body["issueUpdates"].as_array().into_iter().flatten().enumerate() {
        match create_one(call, one) {
            Ok(issue) => issues.push(issue),
            Err(reply) => {
                let detail: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                errors.push(json!({ "status": reply.status, "elementErrors": detail, "failedElementNumber": n }));
            }
        }
    }
    let status = if issues.is_empty() && !errors.is_empty() { 400 } else { 201 };
    Ok(Reply::json(status, &json!({ "issues": issues, "errors": errors })))
}

fn create_one(call: &mut Call, body: &Value) -> Result<Value, Refusal> {
    let Input { fields, update } = input(body)?;
    let mut issue = blank(call, &fields)?;
    let mut rest = fields.clone();
    for done in ["project", "issuetype"] {
        rest.shift_remove(done);
    }
    let mut errors = fields_in::set_all(&call.face, call.world, &mut issue, &rest);
    errors.extend(fields_in::update_all(&call.face, call.world, &mut issue, &update));
    if !fields.contains_key("summary") {
        errors.insert("summary".into(), json!("You must specify a summary of the issue."));
    }
    if issue.kind.subtask && issue.parent.is_none() && !errors.contains_key("parent") {
        let text = "Issue type is a sub-task but parent issue key or id not specified.";
        errors.insert(if call.face.cloud { "parent" } else { "parentId" }.into(), json!(text));
    }
    if !errors.is_empty() {
        return Err(Box::new(Reply::json(400, &json!({ "errorMessages": [], "errors": errors }))));
    }
    let project = issue.project;
    if let Some(project) = call.world.projects.iter_mut().find(|p| p.id == project) {
        project.last_number += 1;
        issue.key = format!("{}-{}", project.key, project.last_number);
    }
    issue.id = call.world.next_id();
    let (id, key) = (issue.id, issue.key.clone());
    call.world.issues.insert(id, issue);
    add_things(call, id, &update)?;
    Ok(json!({ "id": id.to_string(), "key": key, "self": call.face.rest(&format!("issue/{id}")) }))
}

/// Makes an issue with nothing but project and type.
fn blank(call: &Call, fields: &Map<String, Value>) -> Result<Issue, Refusal> {
    let text = |field: &str, keys: [&str; 3]| {
        let value = fields.get(field)?;
        keys.iter()
            .find_map(|k| value[k].as_str().map(str::to_owned).or_else(|| value[k].as_u64().map(|n| n.to_string())))
    };
    let project = text("project", ["key", "id", "key"]).and_then(|t| call.world.project(&t));
    let project = project.filter(|p| call.may_browse(p.id));
    let kind = text("issuetype", ["id", "name", "id"]).and_then(|t| schema::issue_type(&t));
    let missing_project =
        if call.face.cloud { "Specify a valid project ID or key" } else { "valid project is required" };
    let project = project.ok_or_else(|| refuse_field("project", missing_project))?;
    let missing_type = if call.face.cloud { "Specify an issue type" } else { "valid issue type is required" };
    let kind = kind.ok_or_else(|| refuse_field("issuetype", missing_type))?;
    let (me, now) = (call.me(), now());
    Ok(Issue {
        id: 0,
        key: String::new(),
        project: project.id,
        kind,
        status: &STATUSES[0],
        priority: &PRIORITIES[2],
        resolution: None,
        summary: String::new(),
        description: None,
        environment: None,
        assignee: None,
        reporter: Some(me),
        creator: me,
        labels: Vec::new(),
        components: Vec::new(),
        fix_versions: Vec::new(),
        versions: Vec::new(),
        created: now,
        updated: now,
        resolved: None,
        due: None,
        parent: None,
        epic: None,
        sprints: Vec::new(),
        custom: BTreeMap::new(),
        estimate: None,
        remaining: None,
        comments: Vec::new(),
        worklogs: Vec::new(),
        attachments: Vec::new(),
        watchers: vec![me],
        voters: Vec::new(),
        history: Vec::new(),
        remote_links: Vec::new(),
        properties: BTreeMap::new(),
    })
}

/// Adds the comments, worklogs and links that `update` brings.
pub(crate) fn add_things(call: &mut Call, issue: u64, update: &Map<String, Value>) -> Result<(), Refusal> {
    let added = |name: &str| {
        let list = update.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
        list.into_iter().filter_map(|o| o.get("add").cloned()).collect::<Vec<_>>()
    };
    for body in added("comment") {
        comments::add_to(call, issue, &body)?;
    }
    for body in added("worklog") {
        worklogs::add_to(call, issue, &body)?;
    }
    for body in added("issuelinks") {
        let kind = body["type"]["name"].as_str().or_else(|| body["type"]["id"].as_str()).and_then(schema::link_type);
        let kind = kind.ok_or_else(|| refuse_field("issuelinks", "No issue link type with this name found."))?;
        let end = |name: &str| links::end(call, &body[name]);
        let (inward, outward) = match body.get("outwardIssue") {
            Some(_) => (issue, end("outwardIssue")?),
            None => (end("inwardIssue")?, issue),
        };
        let id = call.world.next_id();
        call.world.links.push(Link { id, kind, inward, outward });
    }
    Ok(())
}

/// Puts a changed issue back and writes the change into its history.
pub(crate) fn commit(call: &mut Call, before: &Issue, mut after: Issue) {
    let items = fields_in::changes(call.world, before, &after);
    if !items.is_empty() {
        note(call, &mut after, items);
    }
    call.world.issues.insert(after.id, after);
}

/// Writes a change into the history of an issue.
pub(crate) fn note(call: &mut Call, issue: &mut Issue, items: Vec<Change>) {
    let time = now();
    issue.updated = time;
    let id = call.world.next_id();
    issue.history.push(History { id, author: call.me(), created: time, items });
}

fn edit(call: &mut Call) -> Outcome {
    let before = call.issue(0)?.clone();
    let body = call.object()?;
    let Input { fields, update } = input(&body)?;
    if fields.is_empty() && update.is_empty() {
        return Err(refuse(400, "one of 'fields' or 'update' required"));
    }
    let both = fields.keys().find(|k| update.contains_key(*k));
    if let Some(field) = both {
        return Err(refuse_field(field, format!("Field '{field}' cannot appear in both 'fields' and 'update'")));
    }
    let mut after = before.clone();
    let mut errors = fields_in::set_all(&call.face, call.world, &mut after, &fields);
    errors.extend(fields_in::update_all(&call.face, call.world, &mut after, &update));
    if !errors.is_empty() {
        return Err(Box::new(Reply::json(400, &json!({ "errorMessages": [], "errors": errors }))));
    }
    let id = before.id;
    commit(call, &before, after);
    add_things(call, id, &update)?;
    if call.face.cloud && call.request.param("returnIssue") == Some("true") {
        return get(call);
    }
    Call::done()
}

fn delete(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let id = issue.id;
    let subtasks: Vec<u64> = call.world.subtasks(id).iter().map(|s| s.id).collect();
    let with_subtasks = call.request.param("deleteSubtasks") == Some("true");
    if !subtasks.is_empty() && !with_subtasks {
        let text = format!(
            "The issue '{}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.",
            issue.key
        );
        return Err(refuse(400, text));
    }
    for id in subtasks.into_iter().chain([id]) {
        call.world.remove_issue(id);
    }
    Call::done()
}

fn assign(call: &mut Call) -> Outcome {
    let before = call.issue(0)?.clone();
    let body = call.object()?;
    // "-1" stands for the default, here the lead of the project.
    let automatic = body["name"] == "-1" || body["accountId"] == "-1";
    let user = match automatic {
        true => call.world.project_by_id(before.project).map(|p| p.lead),
        false => fields_in::user(&call.face, call.world, &body).map_err(|message| refuse_field("assignee", message))?,
    };
    let mut after = before.clone();
    after.assignee = user;
    commit(call, &before, after);
    Call::done()
}

fn properties(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let link =
        |key: &String| json!({ "self": call.face.rest(&format!("issue/{}/properties/{key}", issue.key)), "key": key });
    Call::ok(&json!({ "keys": issue.properties.keys().map(link).collect::<Vec<_>>() }))
}

fn property(call: &mut Call) -> Outcome {
    let key = call.arg(1).to_owned();
    match call.issue(0)?.properties.get(&key) {
        Some(value) => Call::ok(&json!({ "key": key, "value": value })),
        None => Err(refuse(404, "The property was not found.")),
    }
}

fn set_property(call: &mut Call) -> Outcome {
    let (key, body) = (call.arg(1).to_owned(), call.body()?);
    let old = call.issue_mut(0)?.properties.insert(key, body);
    Ok(Reply::json(if old.is_some() { 200 } else { 201 }, &json!({})))
}

fn remove_property(call: &mut Call) -> Outcome {
    let key = call.arg(1).to_owned();
    match call.issue_mut(0)?.properties.remove(&key) {
        Some(_) => Call::done(),
        None => Err(refuse(404, "The property was not found.")),
    }
}

fn notify(call: &mut Call) -> Outcome {
    call.issue(0)?;
    let body = call.object()?;
    if body["to"].as_object().is_none_or(Map::is_empty) {
        return Err(refuse(400, "No recipients were defined for notification."));
    }
    Call::done()
}
