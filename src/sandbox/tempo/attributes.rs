//! Work attributes, and what applies to all of Tempo.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::world::place;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "work-attributes", list as Play),
    row("POST", "work-attributes", create),
    row("GET", "work-attributes/{}", one),
    row("PUT", "work-attributes/{}", update),
    row("DELETE", "work-attributes/{}", delete),
    row("GET", "globalconfiguration", configuration),
    row("GET", "roles", roles),
];

const KINDS: [&str; 6] = ["ACCOUNT", "CHECKBOX", "DYNAMIC_DROPDOWN", "INPUT_FIELD", "INPUT_NUMERIC", "STATIC_LIST"];

fn show(call: &Call, attribute: &Value) -> Value {
    let mut shown = json!({ "self": call.at(&format!("work-attributes/{}", text(attribute, "key"))) });
    crate::sandbox::jira::merge(&mut shown, attribute.clone());
    shown
}

fn found(call: &Call) -> Result<usize, Refusal> {
    place(&call.world.attributes, "key", call.arg(0), "Work attribute")
}

fn list(call: &mut Call) -> Outcome {
    call.page(call.world.attributes.iter().map(|a| show(call, a)).collect())
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&show(call, &call.world.attributes[found(call)?]))
}

fn read(body: &Value) -> Result<Value, Refusal> {
    let (name, kind) = (text(body, "name"), text(body, "type"));
    if name.is_empty() || !KINDS.contains(&kind.as_str()) {
        return Err(refuse(400, "name and type are required"));
    }
    let mut attribute = json!({ "key": body["key"], "name": name, "type": kind, "required": body["required"] == true });
    if let Some(values) = body["values"].as_array() {
        attribute["values"] = values.iter().map(|v| v.get("value").unwrap_or(v).clone()).collect();
    }
    Ok(attribute)
}

fn create(call: &mut Call) -> Outcome {
    let attribute = read(&call.body()?)?;
    let key = text(&attribute, "key");
    if key.is_empty() || call.world.attributes.iter().any(|a| a["key"] == key) {
        return Err(refuse(400, "key is required and must not be taken"));
    }
    call.world.attributes.push(attribute.clone());
    Call::ok(&show(call, &attribute))
}

fn update(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let mut attribute = read(&call.body()?)?;
    attribute["key"] = call.world.attributes[at]["key"].clone();
    call.world.attributes[at] = attribute.clone();
    Call::ok(&show(call, &attribute))
}

fn delete(call: &mut Call) -> Outcome {
    let at = found(call)?;
    call.world.attributes.remove(at);
    Call::done()
}

fn configuration(_call: &mut Call) -> Outcome {
    Call::ok(&json!({
        "approvalPeriod": "WEEK", "approvalWeekStart": 1, "weekStart": 1, "planApprovalEnabled": false,
        "remainingEstimateOptional": true, "worklogDescriptionOptional": true, "startAndEndTimesEnabled": false,
        "startAndEndTimesForPlanningEnabled": false,
        "maxHoursPerDayPerUser": 24, "numberOfDaysAllowedIntoFuture": 90, "allowLoggingOnClosedAccount": false,
    }))
}

fn roles(call: &mut Call) -> Outcome {
    call.whole(super::seed::roles(call.base))
}
