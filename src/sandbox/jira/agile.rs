//! Boards, backlogs and epics.

use super::call::{Call, Outcome, Window};
use super::fields_out::Wanted;
use super::guard::{Access, Refusal, refuse};
use super::issues::write;
use super::route::{On, Route, row};
use super::search;
use super::world::{Board, Issue};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/agile/1.0/board", Access::Anyone, boards),
    row(On::Both, "POST", "/rest/agile/1.0/board", Access::User, create),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}", Access::Anyone, board),
    row(On::Both, "DELETE", "/rest/agile/1.0/board/{}", Access::User, delete),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/configuration", Access::Anyone, configuration),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/project", Access::Anyone, projects),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/issue", Access::Anyone, issues),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/backlog", Access::Anyone, backlog),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/epic", Access::Anyone, epics),
    row(On::Both, "POST", "/rest/agile/1.0/backlog/issue", Access::User, to_backlog),
    row(On::Both, "GET", "/rest/agile/1.0/epic/{}", Access::Anyone, epic),
    row(On::Both, "GET", "/rest/agile/1.0/epic/{}/issue", Access::Anyone, epic_issues),
    row(On::Both, "POST", "/rest/agile/1.0/epic/{}/issue", Access::User, to_epic),
    row(On::Both, "GET", "/rest/agile/1.0/issue/{}", Access::Anyone, one_issue),
];

fn write_board(call: &Call, board: &Board) -> Value {
    let mut value = json!({
        "id": board.id,
        "self": call.face.agile(&format!("board/{}", board.id)),
        "name": board.name,
        "type": board.kind,
    });
    if let Some(project) = call.world.project_by_id(board.project).filter(|_| call.face.cloud) {
        value["location"] = json!({
            "projectId": project.id, "displayName": format!("{} ({})", project.name, project.key),
            "projectName": project.name, "projectKey": project.key, "projectTypeKey": "software",
            "name": format!("{} ({})", project.name, project.key),
        });
    }
    value
}

/// Makes a page of a list as the agile resources do.
pub(crate) fn listing(window: Window, all: &[Value]) -> Value {
    let some = window.of(all);
    let last = window.start + some.len() >= all.len();
    json!({ "maxResults": window.size, "startAt": window.start, "total": all.len(), "isLast": last, "values": some })
}

fn boards(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let name = call.request.param("name").unwrap_or_default().to_lowercase();
    let kind = call.request.param("type");
    let project = match call.request.param("projectKeyOrId") {
        Some(text) => Some(call.project_id(text)?),
        None => None,
    };
    let fits = |b: &&Board| {
        call.may_browse(b.project)
            && project.is_none_or(|p| p == b.project)
            && kind.is_none_or(|k| k.split(',').any(|k| k == b.kind))
            && b.name.to_lowercase().contains(&name)
    };
    let all: Vec<Value> = call.world.boards.iter().filter(fits).map(|b| write_board(call, b)).collect();
    Call::ok(&listing(window, &all))
}

/// Finds the board that the path names.
pub(crate) fn find<'a>(call: &'a Call) -> Result<&'a Board, Refusal> {
    let id = call.id(0);
    let found = call.world.boards.iter().find(|b| b.id == id && call.may_browse(b.project));
    found.ok_or_else(|| refuse(404, "Requested board cannot be viewed because it either does not exist or you do not have permission to view it."))
}

fn board(call: &mut Call) -> Outcome {
    Call::ok(&write_board(call, find(call)?))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let kind = match body["type"].as_str() {
        Some("scrum") => "scrum",
        Some("kanban") => "kanban",
        _ => return Err(refuse(400, "The board's type must be 'scrum' or 'kanban'.")),
    };
    let name = body["name"]
        .as_str()
        .filter(|n| !n.is_empty())
        .ok_or_else(|| refuse(400, "The board's name must not be empty."))?;
    let filter = body["filterId"].as_u64().filter(|id| call.world.filters.iter().any(|f| f.id == *id));
    filter.ok_or_else(|| refuse(400, "The filter's identifier is not valid."))?;
    let project = match body["location"]["projectKeyOrId"].as_str() {
        Some(text) => call.project_id(text)?,
        None => call.world.projects[0].id,
    };
    let board = Board { id: call.world.next_id(), name: name.to_owned(), kind, project };
    let written = write_board(call, &board);
    call.world.boards.push(board);
    Ok(Reply::json(201, &written))
}

fn delete(call: &mut Call) -> Outcome {
    let id = find(call)?.id;
    call.world.boards.retain(|b| b.id != id);
    call.world.sprints.retain(|s| s.board != id);
    Call::done()
}

fn configuration(call: &mut Call) -> Outcome {
    let board = find(call)?;
    let column = |name: &str, ids: &[&str]| {
        let statuses: Vec<Value> =
            ids.iter().map(|id| json!({ "id": id, "self": call.face.rest(&format!("status/{id}")) })).collect();
        json!({ "name": name, "statuses": statuses })
    };
    Call::ok(&json!({
        "id": board.id,
        "name": board.name,
        "type": board.kind,
        "self": call.face.agile(&format!("board/{}/configuration", board.id)),
        "filter": { "id": "10400", "self": call.face.rest("filter/10400") },
        "columnConfig": {
            "columns": [column("To Do", &["1"]), column("In Progress", &["3", "10100"]), column("Done", &["10101"])],
            "constraintType": "none",
        },
        "estimation": { "type": "field", "field": { "fieldId": super::schema::STORY_POINTS, "displayName": "Story Points" } },
        "ranking": { "rankCustomFieldId": super::schema::RANK },
    }))
}

fn projects(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let board = find(call)?;
    let all: Vec<Value> = call.world.project_by_id(board.project).map(|p| call.face.project(p)).into_iter().collect();
    Call::ok(&listing(window, &all))
}

/// Writes a page of those issues that fit, and that `jql` finds.
pub(crate) fn page_of_issues(call: &Call, fits: impl Fn(&Issue) -> bool) -> Outcome {
    let window = call.window(50, 1000)?;
    let jql = call.request.param("jql").unwrap_or("ORDER BY Rank");
    let hits = search::find(call, jql)?;
    let own: Vec<&Issue> = hits.ids.iter().filter_map(|id| call.world.issues.get(id)).filter(|i| fits(i)).collect();
    let wanted = Wanted::read(call.request.params("fields"), "*navigable");
    let expand = call.request.param("expand").unwrap_or_default();
    let some = own.iter().skip(window.start).take(window.size);
    let issues: Vec<Value> = some
        .map(|i| {
            let mut value = write(call, i, &wanted, expand);
            value["self"] = json!(call.face.agile(&format!("issue/{}", i.id)));
            agile_fields(call, i, &mut value);
            value
        })
        .collect();
    Call::ok(&json!({
        "expand": "schema,names", "startAt": window.start, "maxResults": window.size, "total": own.len(), "issues": issues,
    }))
}

/// The agile resources say more about sprints and epics.
fn agile_fields(call: &Call, issue: &Issue, value: &mut Value) {
    let Some(fields) = value.get_mut("fields").and_then(Value::as_object_mut) else { return };
    let sprint = |state: &str| {
        let own = issue.sprints.iter().filter_map(|id| call.world.sprint(*id));
        own.filter(|s| (s.state == "closed") == (state == "closed"))
            .map(|s| super::sprints::write(call, s))
            .collect::<Vec<_>>()
    };
    fields.insert("flagged".into(), json!(false));
    fields.insert("sprint".into(), json!(sprint("open").first()));
    fields.insert("closedSprints".into(), json!(sprint("closed")));
    let epic = issue.epic.and_then(|id| call.world.issues.get(&id)).map(|e| write_epic(call, e));
    fields.insert("epic".into(), json!(epic));
}

fn write_epic(call: &Call, epic: &Issue) -> Value {
    json!({
        "id": epic.id,
        "key": epic.key,
        "self": call.face.agile(&format!("epic/{}", epic.id)),
        "name": epic.custom.get(&10_011).cloned().unwrap_or_default(),
        "summary": epic.summary,
        "color": { "key": "color_1" },
        "done": epic.resolution.is_some(),
    })
}

fn issues(call: &mut Call) -> Outcome {
    let project = find(call)?.project;
    page_of_issues(call, |i| i.project == project)
}

fn in_backlog(call: &Call, issue: &Issue) -> bool {
    let in_sprint = issue.sprints.iter().any(|id| call.world.sprint(*id).is_some_and(|s| s.state == "active"));
    issue.resolution.is_none() && !in_sprint && issue.kind.level == 0
}

fn backlog(call: &mut Call) -> Outcome {
    let project = find(call)?.project;
    page_of_issues(call, |i| i.project == project && in_backlog(call, i))
}

fn epics(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let project = find(call)?.project;
    let done = call.request.param("done");
    let own = call.world.issues.values().filter(|i| i.project == project && i.kind.level == 1);
    let own = own.filter(|i| done.is_none_or(|d| (d == "true") == i.resolution.is_some()));
    let all: Vec<Value> = own.map(|e| write_epic(call, e)).collect();
    Call::ok(&listing(window, &all))
}

/// Reads the issues that a body names; all of them must be there.
pub(crate) fn named_issues(call: &Call) -> Result<Vec<u64>, Refusal> {
    let body = call.object()?;
    let names = body["issues"].as_array().ok_or_else(|| refuse(400, "The 'issues' field must be a list."))?;
    if names.len() > 50 {
        return Err(refuse(400, "The maximum number of issues that can be moved in one operation is 50."));
    }
    names.iter().map(|v| call.visible_issue(v.as_str().unwrap_or_default())).collect()
}

fn to_backlog(call: &mut Call) -> Outcome {
    let ids = named_issues(call)?;
    let closed: Vec<u64> = call.world.sprints.iter().filter(|s| s.state == "closed").map(|s| s.id).collect();
    for id in ids {
        change(call, id, |i| i.sprints.retain(|s| closed.contains(s)));
    }
    Call::done()
}

/// Changes an issue and writes the history.
pub(crate) fn change(call: &mut Call, id: u64, change: impl FnOnce(&mut Issue)) {
    if let Some(before) = call.world.issues.get(&id).cloned() {
        let mut after = before.clone();
        change(&mut after);
        super::issues::commit(call, &before, after);
    }
}

fn find_epic(call: &Call) -> Result<u64, Refusal> {
    let id = call.issue_id(0)?;
    let is_epic = call.world.issues.get(&id).is_some_and(|i| i.kind.level == 1);
    if is_epic { Ok(id) } else { Err(refuse(404, "The epic does not exist or you do not have permission to view it.")) }
}

fn epic(call: &mut Call) -> Outcome {
    let id = find_epic(call)?;
    Call::ok(&call.world.issues.get(&id).map(|e| write_epic(call, e)).unwrap_or_default())
}

fn epic_issues(call: &mut Call) -> Outcome {
    let id = find_epic(call)?;
    page_of_issues(call, |i| i.epic == Some(id))
}

fn to_epic(call: &mut Call) -> Outcome {
    let epic = match call.arg(0) {
        "none" => None,
        _ => Some(find_epic(call)?),
    };
    for id in named_issues(call)? {
        change(call, id, |i| i.epic = epic);
    }
    Call::done()
}

fn one_issue(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let wanted = Wanted::read(call.request.params("fields"), "*all");
    let mut value = write(call, issue, &wanted, call.request.param("expand").unwrap_or_default());
    value["self"] = json!(call.face.agile(&format!("issue/{}", issue.id)));
    agile_fields(call, issue, &mut value);
    Call::ok(&value)
}
