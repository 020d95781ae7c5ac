//! The workflow.

use super::call::{Call, Outcome};
use super::face::field_schema;
use super::fields_in;
use super::guard::{Access, refuse, refuse_field};
use super::issues;
use super::route::{On, Route, row};
use super::schema::{Field, RESOLUTIONS, Resolving, STATUSES};
use super::world::{Issue, now};
use crate::sandbox::http::Reply;
use serde_json::{Map, Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/issue/{}/transitions", Access::Anyone, get),
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/transitions", Access::User, go),
];

/// Writes the steps that an issue can take; their fields only when asked for.
pub(crate) fn list(call: &Call, issue: &Issue, expand: &str) -> Value {
    // Who is not signed in can take no step.
    if call.caller.user.is_none() {
        return json!([]);
    }
    let with_fields = expand.contains("transitions.fields");
    issue
        .status
        .transitions()
        .map(|t| {
            let mut value = call.face.transition(t);
            if with_fields {
                value["fields"] = match t.resolving {
                    Resolving::Optional => json!({ "resolution": resolution(call, false) }),
                    Resolving::Required => json!({ "resolution": resolution(call, true) }),
                    _ => json!({}),
                };
            }
            value
        })
        .collect()
}

fn resolution(call: &Call, required: bool) -> Value {
    let schema = Field::with_id("resolution").map(field_schema);
    let values: Vec<Value> = RESOLUTIONS.iter().map(|r| call.face.resolution(r)).collect();
    let mut value = json!({ "required": required, "schema": schema, "name": "Resolution" });
    if call.face.cloud {
        value["key"] = json!("resolution");
        value["hasDefaultValue"] = json!(!required);
    } else {
        value["fieldId"] = json!("resolution");
        value["hasDefaultValue"] = json!(!required);
    }
    value["operations"] = json!(["set"]);
    value["allowedValues"] = json!(values);
    value
}

fn get(call: &mut Call) -> Outcome {
    let issue = call.issue(0)?;
    let mut all = list(call, issue, call.request.param("expand").unwrap_or_default());
    if let (Some(id), Value::Array(all)) = (call.request.param("transitionId"), &mut all) {
        all.retain(|t| t["id"] == id);
    }
    Call::ok(&json!({ "expand": "transitions", "transitions": all }))
}

fn go(call: &mut Call) -> Outcome {
    let before = call.issue(0)?.clone();
    let body = call.object()?;
    let id = match &body["transition"]["id"] {
        Value::String(id) => id.clone(),
        Value::Number(id) => id.to_string(),
        _ if body["transition"].is_null() => return Err(refuse(400, "Missing 'transition' identifier")),
        _ => return Err(refuse(400, "Transition id must be a string or a number")),
    };
    let Some(step) = before.status.transitions().find(|t| t.id == id) else {
        if call.face.cloud {
            return Err(refuse(400, format!("Transition id '{id}' is not valid for this issue.")));
        }
        let text = "It seems that you have tried to perform a workflow operation that is not valid for the current state of this issue.";
        return Err(refuse(400, text));
    };
    let mut after = before.clone();
    let part = |name: &str| body[name].as_object().cloned().unwrap_or_default();
    let (fields, update) = (part("fields"), part("update"));
    let mut errors = fields_in::set_all(&call.face, call.world, &mut after, &fields);
    errors.extend(fields_in::update_all(&call.face, call.world, &mut after, &update));
    errors.extend(off_screen(step.resolving, &fields, &update));
    if !errors.is_empty() {
        return Err(Box::new(Reply::json(400, &json!({ "errorMessages": [], "errors": errors }))));
    }
    match step.resolving {
        Resolving::Required if after.resolution.is_none() => {
            return Err(refuse_field("resolution", "Resolution is required."));
        }
        Resolving::Optional => after.resolution = after.resolution.or(Some(&RESOLUTIONS[0])),
        Resolving::Clears => after.resolution = None,
        _ => {}
    }
    after.status = &STATUSES[step.to];
    after.resolved = after.resolution.map(|_| after.resolved.unwrap_or_else(now));
    let id = before.id;
    issues::commit(call, &before, after);
    issues::add_things(call, id, &update)?;
    Call::done()
}

/// Only what is on the screen of a step can be set with it.
fn off_screen(resolving: Resolving, fields: &Map<String, Value>, update: &Map<String, Value>) -> Map<String, Value> {
    let screen = matches!(resolving, Resolving::Optional | Resolving::Required);
    let allowed = |id: &str| ["comment", "worklog", "issuelinks"].contains(&id) || (screen && id != "summary");
    let all = fields.keys().chain(update.keys()).filter(|id| !allowed(id));
    let text = |id: &String| format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.");
    all.map(|id| (id.clone(), json!(text(id)))).collect()
}
