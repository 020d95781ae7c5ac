//! Sprints.

use super::agile::{self, listing};
use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{Sprint, now, read_stamp, stamp_z};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/sprint", Access::Anyone, list),
    row(On::Both, "GET", "/rest/agile/1.0/board/{}/sprint/{}/issue", Access::Anyone, board_issues),
    row(On::Both, "POST", "/rest/agile/1.0/sprint", Access::User, create),
    row(On::Both, "GET", "/rest/agile/1.0/sprint/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/agile/1.0/sprint/{}", Access::User, replace),
    row(On::Both, "POST", "/rest/agile/1.0/sprint/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/agile/1.0/sprint/{}", Access::User, delete),
    row(On::Both, "GET", "/rest/agile/1.0/sprint/{}/issue", Access::Anyone, issues),
    row(On::Both, "POST", "/rest/agile/1.0/sprint/{}/issue", Access::User, add),
];

/// Writes a sprint.
pub(crate) fn write(call: &Call, sprint: &Sprint) -> Value {
    let mut value = json!({
        "id": sprint.id,
        "self": call.face.agile(&format!("sprint/{}", sprint.id)),
        "state": sprint.state,
        "name": sprint.name,
    });
    for (member, time) in [("startDate", sprint.start), ("endDate", sprint.end), ("completeDate", sprint.complete)] {
        if let Some(time) = time {
            value[member] = json!(stamp_z(time));
        }
    }
    value["originBoardId"] = json!(sprint.board);
    value["goal"] = json!(sprint.goal);
    value
}

fn list(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let board = agile::find(call)?;
    if board.kind != "scrum" {
        return Err(refuse(400, "The board does not support sprints"));
    }
    let states = call.request.param("state").map(str::to_lowercase);
    let own = call.world.sprints.iter().filter(|s| s.board == board.id);
    let own = own.filter(|s| states.as_ref().is_none_or(|all| all.split(',').any(|state| state == s.state)));
    let all: Vec<Value> = own.map(|s| write(call, s)).collect();
    let mut page = listing(window, &all);
    if let (false, Value::Object(page)) = (call.face.cloud, &mut page) {
        // Data Center does not count sprints.
        page.shift_remove("total");
    }
    Call::ok(&page)
}

fn place(call: &Call, n: usize) -> Result<usize, Refusal> {
    let id = call.id(n);
    let visible = |s: &Sprint| call.world.boards.iter().any(|b| b.id == s.board && call.may_browse(b.project));
    let found = call.world.sprints.iter().position(|s| s.id == id && visible(s));
    found.ok_or_else(|| refuse(404, "Sprint does not exist or you do not have permission to view it."))
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call, 0)?;
    Call::ok(&write(call, &call.world.sprints[place]))
}

fn issues(call: &mut Call) -> Outcome {
    let id = call.world.sprints[place(call, 0)?].id;
    agile::page_of_issues(call, |i| i.sprints.contains(&id))
}

fn board_issues(call: &mut Call) -> Outcome {
    let project = agile::find(call)?.project;
    let id = call.world.sprints[place(call, 1)?].id;
    agile::page_of_issues(call, |i| i.project == project && i.sprints.contains(&id))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let board = body["originBoardId"].as_u64().and_then(|id| call.world.boards.iter().find(|b| b.id == id));
    let board = board
        .filter(|b| b.kind == "scrum")
        .ok_or_else(|| refuse(400, "The board does not exist or does not support sprints"))?
        .id;
    let id = call.world.next_id();
    let mut sprint = Sprint {
        id,
        board,
        name: String::new(),
        state: "future".into(),
        goal: String::new(),
        start: None,
        end: None,
        complete: None,
    };
    put(&mut sprint, &body)?;
    let written = write(call, &sprint);
    call.world.sprints.push(sprint);
    Ok(Reply::json(201, &written))
}

fn put(sprint: &mut Sprint, body: &Value) -> Result<(), Refusal> {
    if let Some(name) = body["name"].as_str() {
        sprint.name = name.to_owned();
    }
    match sprint.name.chars().count() {
        0 => return Err(refuse(400, "The sprint name must not be empty")),
        31.. => return Err(refuse(400, "The sprint name must be shorter than 30 characters")),
        _ => {}
    }
    if let Some(goal) = body["goal"].as_str() {
        sprint.goal = goal.to_owned();
    }
    for (member, slot) in [("startDate", &mut sprint.start), ("endDate", &mut sprint.end)] {
        if let Some(text) = body[member].as_str() {
            let time = read_stamp(text).ok_or_else(|| refuse(400, format!("The date '{text}' cannot be read.")))?;
            *slot = Some(time);
        }
    }
    move_on(sprint, body["state"].as_str())
}

/// A sprint goes from future to active to closed, and needs dates to start.
fn move_on(sprint: &mut Sprint, state: Option<&str>) -> Result<(), Refusal> {
    let Some(state) = state.filter(|s| *s != sprint.state) else { return Ok(()) };
    match (sprint.state.as_str(), state) {
        ("future", "active") if sprint.start.is_none() || sprint.end.is_none() => {
            return Err(refuse(400, "The start date and end date must be set to start a sprint"));
        }
        ("future", "active") => {}
        ("active", "closed") => sprint.complete = Some(now()),
        _ => return Err(refuse(400, format!("A sprint cannot go from '{}' to '{state}'", sprint.state))),
    }
    sprint.state = state.to_owned();
    Ok(())
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call, 0)?;
    let body = call.object()?;
    let mut sprint = call.world.sprints[place].clone();
    put(&mut sprint, &body)?;
    call.world.sprints[place] = sprint;
    get(call)
}

/// A full update needs all that matters.
fn replace(call: &mut Call) -> Outcome {
    let body = call.object()?;
    if body["name"].is_null() || body["state"].is_null() {
        return Err(refuse(400, "The fields 'name' and 'state' must be given in a full update"));
    }
    edit(call)
}

fn delete(call: &mut Call) -> Outcome {
    let place = place(call, 0)?;
    let id = call.world.sprints.remove(place).id;
    for issue in call.world.issues.values_mut() {
        issue.sprints.retain(|s| *s != id);
    }
    Call::done()
}

fn add(call: &mut Call) -> Outcome {
    let sprint = call.world.sprints[place(call, 0)?].clone();
    if sprint.state == "closed" {
        return Err(refuse(400, "Issues can only be moved to an open or future sprint"));
    }
    let closed: Vec<u64> = call.world.sprints.iter().filter(|s| s.state == "closed").map(|s| s.id).collect();
    for id in agile::named_issues(call)? {
        agile::change(call, id, |i| {
            i.sprints.retain(|s| closed.contains(s));
            i.sprints.push(sprint.id);
        });
    }
    Call::done()
}
