//! The resources of Cloud, below `/2.0`.

pub(crate) mod pulls;
mod query;
pub(crate) mod refs;
pub(crate) mod repos;
pub(crate) mod settings;
pub(crate) mod shapes;
pub(crate) mod users;

use super::acts::Trouble;
use super::call::{Call, Outcome};
use super::guard::{Refusal, cloud, cloud_fields};
use super::world::WORKSPACE;
use crate::sandbox::http::{Reply, encode};
use serde_json::{Value, json};

/// Refuses in the words of Cloud.
pub(crate) fn trouble(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::NoRepo(project, slug) if project == WORKSPACE => cloud(
            404,
            &format!(
                "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated. ({slug})"
            ),
        ),
        Trouble::NoRepo(project, _) => cloud(404, &format!("No workspace with identifier '{project}'.")),
        Trouble::NoProject(key) => cloud(404, &format!("Project {key} not found")),
        Trouble::NoRef(name) => cloud(404, &format!("Branch '{name}' not found")),
        Trouble::NoCommit(text) => cloud(404, &format!("Commit not found: {text}")),
        Trouble::NoPull(id) => cloud(404, &format!("Pull request {id} not found")),
        Trouble::NoFile(path, _) => cloud(404, &format!("No such file or directory: {path}")),
        Trouble::NoUser(name) => cloud(404, &format!("{name} is not a user")),
        Trouble::NoThing(text) => cloud(404, &text),
        Trouble::Forbidden => cloud(403, "Your credentials lack one or more required privilege scopes."),
        Trouble::Restricted(rule) if rule == "default" => cloud(400, "The main branch cannot be deleted."),
        Trouble::Restricted(_) => cloud(403, "Permission denied to update this branch: it is restricted."),
        Trouble::Invalid(field, text) | Trouble::Exists(field, text) => cloud_fields("Bad request", field, &text),
        Trouble::PullExists(id) => cloud(409, &format!("There is an open pull request for this branch already: #{id}")),
        Trouble::Empty(_, _) => {
            cloud_fields("There are no changes to be pulled", "source", "There are no changes to be pulled")
        }
        Trouble::Stale { .. } => cloud(409, "The resource was changed in the meantime"),
        Trouble::NoMerge { paths, vetoes } if paths.is_empty() => {
            let error = json!({ "message": "Pull request can't be merged", "data": { "merge_checks": vetoes } });
            Box::new(Reply::json(409, &json!({ "type": "error", "error": error })))
        }
        Trouble::NoMerge { paths, .. } => {
            let text = "You can't merge until you resolve all merge conflicts.";
            let error = json!({ "message": text, "data": { "conflicts": paths } });
            Box::new(Reply::json(409, &json!({ "type": "error", "error": error })))
        }
        Trouble::WrongState(_) => cloud(400, "This pull request is already closed."),
    }
}

/// Checks that the path names the workspace.
pub(crate) fn workspace(call: &Call, n: usize) -> Result<(), Refusal> {
    match call.arg(n) {
        WORKSPACE => Ok(()),
        other => Err(cloud(404, &format!("No workspace with identifier '{other}'."))),
    }
}

/// Reads the number of a page or its size.
fn number(call: &Call, name: &str, default: usize) -> Result<usize, Refusal> {
    let text = call.request.param(name).unwrap_or_default();
    match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(number),
        _ if text.is_empty() => Ok(default),
        _ => Err(cloud(400, &format!("Invalid {name}"))),
    }
}

/// Answers with a page of a list; `next` is the whole address of the one after it.
pub(crate) fn page(call: &Call, all: &[Value]) -> Outcome {
    let all = query::applied(call, all)?;
    let size = number(call, "pagelen", 10)?;
    if size > 100 {
        return Err(cloud(400, "Invalid pagelen"));
    }
    let at = number(call, "page", 1)?;
    let some: Vec<Value> = all.iter().skip((at - 1) * size).take(size).cloned().collect();
    if some.is_empty() && at > 1 {
        return Err(cloud(404, "Invalid page"));
    }
    let mut value = json!({ "pagelen": size, "size": all.len(), "page": at, "values": some });
    if at * size < all.len() {
        value["next"] = json!(address(call, at + 1));
    }
    if at > 1 {
        value["previous"] = json!(address(call, at - 1));
    }
    Call::ok(&selected(call, value))
}

/// Leaves what the request names in `fields`, such as `next,values.hash`; names with a `+` only add.
fn selected(call: &Call, page: Value) -> Value {
    let fields = call.request.param("fields").unwrap_or_default();
    let names: Vec<&str> = fields.split(',').filter(|name| !name.is_empty() && !name.starts_with(['+', '-'])).collect();
    if names.is_empty() {
        return page;
    }
    let some = |from: &Value, names: &[&str]| {
        let found = names.iter().filter(|name| !from[**name].is_null());
        Value::Object(found.map(|name| ((*name).to_owned(), from[*name].clone())).collect())
    };
    let inside: Vec<&str> = names.iter().filter_map(|name| name.strip_prefix("values.")).collect();
    let mut left = some(&page, &names);
    if let Some(items) = page["values"].as_array().filter(|_| !inside.is_empty()) {
        left["values"] = items.iter().map(|item| some(item, &inside)).collect();
    }
    left
}

fn address(call: &Call, page: usize) -> String {
    let mut query: Vec<(String, String)> = call.request.query.iter().filter(|(k, _)| k != "page").cloned().collect();
    query.push(("page".into(), page.to_string()));
    let query: Vec<String> = query.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
    format!("{}{}?{}", call.face.base, call.request.path, query.join("&"))
}
