//! Variables: of plans, of projects, of the whole server.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse, refuse_field};
use super::face::{is_secret, shown};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/plan/{}/variables", json_only(Access::User, of_plan)),
    row("POST", "/rest/api/latest/plan/{}/variables", json_only(Access::User, add_to_plan)),
    row("GET", "/rest/api/latest/plan/{}/variables/{}", json_only(Access::User, one_of_plan)),
    row("PUT", "/rest/api/latest/plan/{}/variables/{}", json_only(Access::User, change_in_plan)),
    row("DELETE", "/rest/api/latest/plan/{}/variables/{}", json_only(Access::User, delete_from_plan)),
    row("GET", "/rest/api/latest/project/{}/variables", json_only(Access::User, of_project)),
    row("POST", "/rest/api/latest/project/{}/variable", json_only(Access::Admin, add_to_project)),
    row("GET", "/rest/api/latest/project/{}/variable/{}", json_only(Access::User, one_of_project)),
    row("DELETE", "/rest/api/latest/project/{}/variable/{}", json_only(Access::Admin, delete_from_project)),
    row("GET", "/rest/admin/latest/globalVariables", json_only(Access::Admin, globals)),
    row("POST", "/rest/admin/latest/globalVariables", json_only(Access::Admin, add_global)),
    row("GET", "/rest/admin/latest/globalVariables/{}", json_only(Access::Admin, global)),
    row("PUT", "/rest/admin/latest/globalVariables/{}", json_only(Access::Admin, change_global)),
    row("DELETE", "/rest/admin/latest/globalVariables/{}", json_only(Access::Admin, delete_global)),
];

type Pairs = Vec<(String, String)>;

fn document(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": shown(name, value), "password": is_secret(name) })
}

fn all(pairs: &Pairs) -> Value {
    pairs.iter().map(|(name, value)| document(name, value)).collect()
}

/// Reads name and value of a body.
fn read(call: &Call) -> Result<(String, String), Refusal> {
    let body = call.body()?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let name = if member("name").is_empty() { member("key") } else { member("name") };
    let good = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || !name.chars().all(good) {
        return Err(refuse_field("name", "Please enter a name of letters, digits, dots and underscores."));
    }
    Ok((name, member("value")))
}

fn add(pairs: &mut Pairs, pair: (String, String)) -> Outcome {
    if pairs.iter().any(|(name, _)| *name == pair.0) {
        return Err(refuse_field("name", "A variable with this name already exists."));
    }
    let shown = document(&pair.0, &pair.1);
    pairs.push(pair);
    Ok(Reply::json(201, &shown))
}

fn one(pairs: &Pairs, name: &str) -> Outcome {
    let found = pairs.iter().find(|(known, _)| known == name);
    let (name, value) = found.ok_or_else(|| missing(name))?;
    Call::ok(&document(name, value))
}

fn missing(name: &str) -> Refusal {
    refuse(404, format!("Variable {name} not found."))
}

fn delete(pairs: &mut Pairs, name: &str) -> Outcome {
    let at = pairs.iter().position(|(known, _)| known == name).ok_or_else(|| missing(name))?;
    pairs.remove(at);
    Call::done()
}

fn of_plan(call: &mut Call) -> Outcome {
    Call::ok(&all(&call.plan(call.arg(0))?.variables))
}

fn add_to_plan(call: &mut Call) -> Outcome {
    let (key, pair) = (call.arg(0).to_owned(), read(call)?);
    add(&mut call.plan_mut(&key)?.variables, pair)
}

fn one_of_plan(call: &mut Call) -> Outcome {
    one(&call.plan(call.arg(0))?.variables, call.arg(1))
}

fn change_in_plan(call: &mut Call) -> Outcome {
    let (key, name) = (call.arg(0).to_owned(), call.arg(1).to_owned());
    let value = call.body()?["value"].as_str().unwrap_or_default().to_owned();
    let variables = &mut call.plan_mut(&key)?.variables;
    let pair = variables.iter_mut().find(|(known, _)| *known == name).ok_or_else(|| missing(&name))?;
    pair.1 = value;
    Call::ok(&document(&pair.0, &pair.1))
}

fn delete_from_plan(call: &mut Call) -> Outcome {
    let (key, name) = (call.arg(0).to_owned(), call.arg(1).to_owned());
    delete(&mut call.plan_mut(&key)?.variables, &name)
}

fn project<'a>(call: &'a mut Call) -> Result<&'a mut Pairs, Refusal> {
    let key = call.arg(0).to_owned();
    if !call.sees(&key) {
        return Err(refuse(404, format!("Project {key} not found.")));
    }
    let found = call.world.projects.iter_mut().find(|p| p.key.eq_ignore_ascii_case(&key));
    found.map(|p| &mut p.variables).ok_or_else(|| refuse(404, format!("Project {key} not found.")))
}

fn of_project(call: &mut Call) -> Outcome {
    Call::ok(&all(project(call)?))
}

fn add_to_project(call: &mut Call) -> Outcome {
    let pair = read(call)?;
    add(project(call)?, pair)
}

fn one_of_project(call: &mut Call) -> Outcome {
    let name = call.arg(1).to_owned();
    one(project(call)?, &name)
}

fn delete_from_project(call: &mut Call) -> Outcome {
    let name = call.arg(1).to_owned();
    delete(project(call)?, &name)
}

fn global_document((id, name, value): &(u64, String, String)) -> Value {
    json!({ "id": id, "name": name, "value": shown(name, value) })
}

fn globals(call: &mut Call) -> Outcome {
    Call::ok(&call.world.globals.iter().map(global_document).collect())
}

fn add_global(call: &mut Call) -> Outcome {
    let (name, value) = read(call)?;
    if call.world.globals.iter().any(|(_, known, _)| *known == name) {
        return Err(refuse_field("name", "A variable with this name already exists."));
    }
    let row = (call.world.next_id(), name, value);
    call.world.globals.push(row.clone());
    Ok(Reply::json(201, &global_document(&row)))
}

fn global_place(call: &Call) -> Result<usize, Refusal> {
    let found =
        call.world.globals.iter().position(|(id, name, _)| id.to_string() == call.arg(0) || name == call.arg(0));
    found.ok_or_else(|| missing(call.arg(0)))
}

fn global(call: &mut Call) -> Outcome {
    Call::ok(&global_document(&call.world.globals[global_place(call)?]))
}

fn change_global(call: &mut Call) -> Outcome {
    let at = global_place(call)?;
    let (name, value) = read(call)?;
    call.world.globals[at].1 = name;
    call.world.globals[at].2 = value;
    Call::ok(&global_document(&call.world.globals[at]))
}

fn delete_global(call: &mut Call) -> Outcome {
    let at = global_place(call)?;
    call.world.globals.remove(at);
    Call::done()
}
