//! Reactions to messages.

use super::call::{Call, Outcome, Refusal, fail};
use serde_json::{Value, json};

/// Finds the message that `channel` and `timestamp` name.
fn message<'a>(call: &'a mut Call) -> Result<&'a mut Value, Refusal> {
    let ts = call.arg("timestamp").filter(|t| !t.is_empty()).ok_or_else(|| fail("no_item_specified"))?;
    call.channel_mut("channel")?.message(&ts).ok_or_else(|| fail("message_not_found"))
}

fn name(call: &Call) -> Result<String, Refusal> {
    let name = call.required("name").map_err(|_| fail("no_reaction_name"))?;
    let name = name.trim_matches(':').to_owned();
    let good =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-+':".contains(c));
    if good { Ok(name) } else { Err(fail("invalid_name")) }
}

pub(crate) fn add(call: &mut Call) -> Outcome {
    let (name, me) = (name(call)?, call.me());
    let message = message(call)?;
    if message["reactions"].is_null() {
        message["reactions"] = json!([]);
    }
    let Some(all) = message["reactions"].as_array_mut() else { return Err(fail("bad_timestamp")) };
    match all.iter_mut().find(|r| r["name"] == name) {
        Some(reaction) => {
            let Some(users) = reaction["users"].as_array_mut() else { return Err(fail("bad_timestamp")) };
            if users.iter().any(|u| *u == me) {
                return Err(fail("already_reacted"));
            }
            users.push(json!(me));
            reaction["count"] = json!(reaction["users"].as_array().map_or(0, Vec::len));
        }
        None => all.push(json!({ "name": name, "users": [me], "count": 1 })),
    }
    Call::ok(json!({}))
}

pub(crate) fn remove(call: &mut Call) -> Outcome {
    let (name, me) = (name(call)?, call.me());
    let message = message(call)?;
    let all = message["reactions"].as_array_mut().ok_or_else(|| fail("no_reaction"))?;
    let reaction = all.iter_mut().find(|r| r["name"] == name).ok_or_else(|| fail("no_reaction"))?;
    let users = reaction["users"].as_array_mut().ok_or_else(|| fail("no_reaction"))?;
    if !users.iter().any(|u| *u == me) {
        return Err(fail("no_reaction"));
    }
    users.retain(|u| *u != me);
    reaction["count"] = json!(reaction["users"].as_array().map_or(0, Vec::len));
    all.retain(|r| r["count"] != 0);
    if all.is_empty() {
        message.as_object_mut().map(|m| m.remove("reactions"));
    }
    Call::ok(json!({}))
}

pub(crate) fn get(call: &mut Call) -> Outcome {
    let channel = call.channel("channel")?.id.clone();
    let message = message(call)?.clone();
    Call::ok(json!({ "type": "message", "channel": channel, "message": message }))
}
