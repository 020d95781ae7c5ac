//! Pins, groups of users, emoji, search.

use super::call::{Call, Outcome, Refusal, bad_arguments, fail};
use super::world::text;
use serde_json::{Value, json};

fn timestamp(call: &Call) -> Result<String, Refusal> {
    call.arg("timestamp").filter(|t| !t.is_empty()).ok_or_else(|| fail("no_item_specified"))
}

pub(crate) fn pin(call: &mut Call) -> Outcome {
    let ts = timestamp(call)?;
    let channel = call.channel_mut("channel")?;
    channel.message(&ts).ok_or_else(|| fail("message_not_found"))?;
    if channel.pins.contains(&ts) {
        return Err(fail("already_pinned"));
    }
    channel.pins.push(ts);
    Call::ok(json!({}))
}

pub(crate) fn unpin(call: &mut Call) -> Outcome {
    let ts = timestamp(call)?;
    let channel = call.channel_mut("channel")?;
    if !channel.pins.contains(&ts) {
        return Err(fail("not_pinned"));
    }
    channel.pins.retain(|pin| *pin != ts);
    Call::ok(json!({}))
}

pub(crate) fn pins(call: &mut Call) -> Outcome {
    let channel = call.channel("channel")?;
    let pinned = channel.messages.iter().filter(|m| channel.pins.contains(&text(m, "ts")));
    let items: Vec<Value> =
        pinned.map(|m| json!({ "type": "message", "channel": channel.id, "message": m, "created": 1 })).collect();
    Call::ok(json!({ "items": items }))
}

pub(crate) fn groups(call: &mut Call) -> Outcome {
    let mut groups = call.world.groups.clone();
    if !call.flag("include_users") {
        groups.iter_mut().filter_map(Value::as_object_mut).for_each(|g| drop(g.remove("users")));
    }
    Call::ok(json!({ "usergroups": groups }))
}

fn group<'a>(call: &'a mut Call) -> Result<&'a mut Value, Refusal> {
    let id = call.required("usergroup")?;
    call.world.groups.iter_mut().find(|g| g["id"] == id).ok_or_else(|| fail("no_such_subteam"))
}

pub(crate) fn group_users(call: &mut Call) -> Outcome {
    let users = group(call)?["users"].clone();
    Call::ok(json!({ "users": users }))
}

pub(crate) fn set_group_users(call: &mut Call) -> Outcome {
    let users = call.list("users");
    if users.is_empty() {
        return Err(bad_arguments("missing required field: users"));
    }
    if users.iter().any(|u| call.world.user(u).is_none()) {
        return Err(fail("invalid_users"));
    }
    let group = group(call)?;
    group["user_count"] = json!(users.len());
    group["users"] = json!(users);
    let group = group.clone();
    Call::ok(json!({ "usergroup": group }))
}

pub(crate) fn emoji(_call: &mut Call) -> Outcome {
    Call::ok(json!({ "emoji": { "shipit": "https://emoji.example/shipit.png", "squirrel": "alias:shipit" } }))
}

/// Finds messages with all the words of the query; `in:` names a channel.
pub(crate) fn search(call: &mut Call) -> Outcome {
    let query = call.required("query")?;
    let number =
        |name: &str, default: usize| call.arg(name).and_then(|v| v.parse().ok()).filter(|n| *n > 0).unwrap_or(default);
    let (count, page, me) = (number("count", 20), number("page", 1), call.me());
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let (places, words): (Vec<String>, Vec<String>) = words.into_iter().partition(|w| w.starts_with("in:"));
    let place = places.first().map(|p| p.trim_start_matches("in:").trim_start_matches('#').to_owned());
    let mut matches = Vec::new();
    for channel in &call.world.channels {
        let seen = !channel.is_private() || channel.members.contains(&me);
        if !seen || place.as_ref().is_some_and(|p| channel.doc["name"] != *p) {
            continue;
        }
        for message in channel.messages.iter().filter(|m| has(m, &words)) {
            let link = format!("{}/archives/{}/p{}", call.base, channel.id, text(message, "ts").replace('.', ""));
            let mut found = message.clone();
            found["channel"] =
                json!({ "id": channel.id, "name": channel.doc["name"], "is_private": channel.is_private() });
            found["username"] = call.world.user(&text(message, "user")).map(|u| u["name"].clone()).unwrap_or_default();
            found["permalink"] = json!(link);
            matches.push(found);
        }
    }
    matches.sort_by_key(|m| std::cmp::Reverse(text(m, "ts")));
    let (total, pages) = (matches.len(), matches.len().div_ceil(count));
    let shown: Vec<Value> = matches.into_iter().skip((page - 1) * count).take(count).collect();
    let paging = json!({ "count": count, "total": total, "page": page, "pages": pages });
    Call::ok(json!({ "query": query, "messages": { "total": total, "paging": paging, "matches": shown } }))
}

fn has(message: &Value, words: &[String]) -> bool {
    let said = text(message, "text").to_lowercase();
    words.iter().all(|word| said.contains(word.as_str()))
}
