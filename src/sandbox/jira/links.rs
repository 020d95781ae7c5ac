//! Links between issues, and from issues to pages elsewhere.

use super::call::{Call, Outcome};
use super::fields_in;
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::schema::{self, LINK_TYPES};
use super::world::Link;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "POST", "/rest/api/{v}/issueLink", Access::User, link),
    row(On::Both, "GET", "/rest/api/{v}/issueLink/{}", Access::Anyone, get),
    row(On::Both, "DELETE", "/rest/api/{v}/issueLink/{}", Access::User, unlink),
    row(On::Both, "GET", "/rest/api/{v}/issueLinkType", Access::Anyone, types),
    row(On::Both, "GET", "/rest/api/{v}/issueLinkType/{}", Access::Anyone, one_type),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/remotelink", Access::Anyone, remote),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/remotelink", Access::User, add_remote),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/remotelink", Access::User, remove_global),
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/remotelink/{}", Access::Anyone, one_remote),
    row(On::Both, "PUT", "/rest/api/{v}/issue/{}/remotelink/{}", Access::User, edit_remote),
    row(On::Both, "DELETE", "/rest/api/{v}/issue/{}/remotelink/{}", Access::User, remove_remote),
];

/// Finds the issue at one end of a link: `{"key": …}` or `{"id": …}`.
pub(crate) fn end(call: &Call, value: &Value) -> Result<u64, Refusal> {
    let text = value["key"].as_str().or_else(|| value["id"].as_str()).unwrap_or_default();
    call.visible_issue(text)
}

fn link(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let name = body["type"]["name"].as_str().or_else(|| body["type"]["id"].as_str()).unwrap_or_default();
    let missing = || refuse(404, format!("No issue link type with name '{name}' found."));
    let kind = schema::link_type(name).ok_or_else(missing)?;
    let (inward, outward) = (end(call, &body["inwardIssue"])?, end(call, &body["outwardIssue"])?);
    if inward == outward {
        return Err(refuse(400, "You cannot link an issue to itself."));
    }
    let known = call.world.links.iter().any(|l| l.kind.id == kind.id && l.inward == inward && l.outward == outward);
    if !known {
        let id = call.world.next_id();
        call.world.links.push(Link { id, kind, inward, outward });
    }
    if body["comment"].is_object() {
        super::comments::add_to(call, inward, &body["comment"])?;
    }
    Ok(Reply::empty(201))
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(0);
    let found = call.world.links.iter().position(|l| l.id == id);
    found.ok_or_else(|| refuse(404, format!("No issue link with id '{}' exists.", call.arg(0))))
}

fn get(call: &mut Call) -> Outcome {
    let link = &call.world.links[place(call)?];
    let brief = |id| call.world.issues.get(&id).map(|i| call.face.brief(i));
    Call::ok(&json!({
        "id": link.id.to_string(),
        "self": call.face.rest(&format!("issueLink/{}", link.id)),
        "type": call.face.link_type(link.kind),
        "inwardIssue": brief(link.inward),
        "outwardIssue": brief(link.outward),
    }))
}

fn unlink(call: &mut Call) -> Outcome {
    let place = place(call)?;
    call.world.links.remove(place);
    Call::done()
}

fn types(call: &mut Call) -> Outcome {
    let all: Vec<Value> = LINK_TYPES.iter().map(|t| call.face.link_type(t)).collect();
    Call::ok(&json!({ "issueLinkTypes": all }))
}

fn one_type(call: &mut Call) -> Outcome {
    match LINK_TYPES.iter().find(|t| t.id == call.arg(0)) {
        Some(kind) => Call::ok(&call.face.link_type(kind)),
        None => Err(refuse(404, format!("No issue link type with id '{}' found.", call.arg(0)))),
    }
}

fn write_remote(call: &Call, issue: &str, link: &super::world::RemoteLink) -> Value {
    let mut value = json!({ "id": link.id, "self": call.face.rest(&format!("issue/{issue}/remotelink/{}", link.id)) });
    for member in ["globalId", "application", "relationship", "object"] {
        if !link.body[member].is_null() {
            value[member] = link.body[member].clone();
        }
    }
    value
}

fn remote(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    if let Some(global) = call.request.param("globalId") {
        let found = issue.remote_links.iter().find(|l| l.body["globalId"] == global);
        let found = found.ok_or_else(|| refuse(404, format!("No remote link with global id '{global}' found.")))?;
        return Call::ok(&write_remote(call, &issue.key, found));
    }
    let all: Vec<Value> = issue.remote_links.iter().map(|l| write_remote(call, &issue.key, l)).collect();
    Call::ok(&Value::Array(all))
}

fn checked(call: &Call) -> Result<Value, Refusal> {
    let body = call.object()?;
    for member in ["url", "title"] {
        if body["object"][member].as_str().is_none_or(str::is_empty) {
            return Err(refuse_field(member, format!("'{member}' is required.")));
        }
    }
    Ok(body)
}

/// The same global id again changes the link that is there.
fn add_remote(call: &mut Call) -> Outcome {
    let body = checked(call)?;
    let id = call.world.next_id();
    let issue = call.issue_mut(0)?;
    let known = issue
        .remote_links
        .iter_mut()
        .find(|l| l.body["globalId"].is_string() && l.body["globalId"] == body["globalId"]);
    let (status, id) = match known {
        Some(link) => {
            link.body = body;
            (200, link.id)
        }
        None => {
            issue.remote_links.push(fields_in::remote_link(id, body));
            (201, id)
        }
    };
    let key = issue.key.clone();
    Ok(Reply::json(status, &json!({ "id": id, "self": call.face.rest(&format!("issue/{key}/remotelink/{id}")) })))
}

fn remote_place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(1);
    let found = call.issue(0)?.remote_links.iter().position(|l| l.id == id);
    found.ok_or_else(|| refuse(404, format!("A remote link with the ID '{}' does not exist.", call.arg(1))))
}

fn one_remote(call: &mut Call) -> Outcome {
    let place = remote_place(call)?;
    let issue = call.issue(0)?;
    Call::ok(&write_remote(call, &issue.key, &issue.remote_links[place]))
}

fn edit_remote(call: &mut Call) -> Outcome {
    let (place, body) = (remote_place(call)?, checked(call)?);
    call.issue_mut(0)?.remote_links[place].body = body;
    Call::done()
}

fn remove_remote(call: &mut Call) -> Outcome {
    let place = remote_place(call)?;
    call.issue_mut(0)?.remote_links.remove(place);
    Call::done()
}

fn remove_global(call: &mut Call) -> Outcome {
    let global = call.request.param("globalId").unwrap_or_default().to_owned();
    let links = &mut call.issue_mut(0)?.remote_links;
    let count = links.len();
    links.retain(|l| l.body["globalId"] != global.as_str());
    if links.len() == count { Err(refuse(404, "The remote link does not exist.")) } else { Call::done() }
}
