//! Making channels and changing them.

use super::call::{Call, Outcome, Refusal, bad_arguments, fail};
use super::conversations::show;
use super::seed::channel_document;
use super::world::Channel;
use crate::sandbox::jira::world::now;
use serde_json::json;

/// Checks the name of a channel.
fn good_name(call: &Call, name: &str) -> Result<(), Refusal> {
    let allowed = |c: char| c.is_alphanumeric() && !c.is_uppercase() || c == '-' || c == '_';
    if name.is_empty() {
        return Err(fail("invalid_name_required"));
    }
    if name.chars().count() > 80 {
        return Err(fail("invalid_name_maxlength"));
    }
    if !name.chars().all(allowed) {
        return Err(fail("invalid_name_specials"));
    }
    if call.world.channels.iter().any(|c| c.doc["name"] == name) {
        return Err(fail("name_taken"));
    }
    Ok(())
}

pub(crate) fn create(call: &mut Call) -> Outcome {
    let name = call.required("name").map_err(|_| fail("invalid_name_required"))?;
    good_name(call, &name)?;
    let (me, private, id) = (call.me(), call.flag("is_private"), call.world.next_id('C'));
    let mut doc = channel_document(&id, &name, "", private, &me, 1);
    doc["created"] = json!(now() / 1000);
    let channel = Channel { id, doc, members: vec![me.clone()], messages: Vec::new(), pins: Vec::new() };
    let shown = show(&channel, &me);
    call.world.channels.push(channel);
    Call::ok(json!({ "channel": shown }))
}

/// Finds a channel that is not archived, to be changed by one of its members.
fn living<'a>(call: &'a mut Call) -> Result<&'a mut Channel, Refusal> {
    let me = call.me();
    let channel = call.channel_mut("channel")?;
    if channel.is_archived() {
        return Err(fail("is_archived"));
    }
    if !channel.members.contains(&me) {
        return Err(fail("not_in_channel"));
    }
    Ok(channel)
}

pub(crate) fn join(call: &mut Call) -> Outcome {
    let me = call.me();
    let channel = call.channel_mut("channel")?;
    if channel.is_archived() {
        return Err(fail("is_archived"));
    }
    if channel.is_private() {
        return Err(fail("method_not_supported_for_channel_type"));
    }
    let mut body = json!({});
    if channel.members.contains(&me) {
        body["warning"] = json!("already_in_channel");
        body["response_metadata"] = json!({ "warnings": ["already_in_channel"] });
    } else {
        channel.members.push(me.clone());
    }
    body["channel"] = show(channel, &me);
    Call::ok(body)
}

pub(crate) fn leave(call: &mut Call) -> Outcome {
    let me = call.me();
    let channel = call.channel_mut("channel")?;
    if channel.doc["is_general"] == true {
        return Err(fail("cant_leave_general"));
    }
    if !channel.members.contains(&me) {
        return Call::ok(json!({ "not_in_channel": true }));
    }
    channel.members.retain(|m| *m != me);
    Call::ok(json!({}))
}

pub(crate) fn invite(call: &mut Call) -> Outcome {
    let (users, me) = (call.list("users"), call.me());
    if users.is_empty() {
        return Err(fail("no_user"));
    }
    if users.iter().any(|u| call.world.user(u).is_none_or(|u| u["deleted"] == true)) {
        return Err(fail("user_not_found"));
    }
    let channel = living(call)?;
    if users.iter().any(|u| channel.members.contains(u)) {
        return Err(fail("already_in_channel"));
    }
    channel.members.extend(users);
    let shown = show(channel, &me);
    Call::ok(json!({ "channel": shown }))
}

pub(crate) fn kick(call: &mut Call) -> Outcome {
    let (user, me) = (call.required("user")?, call.me());
    if user == me {
        return Err(fail("cant_kick_self"));
    }
    let channel = living(call)?;
    if channel.doc["is_general"] == true {
        return Err(fail("cant_kick_from_general"));
    }
    if !channel.members.contains(&user) {
        return Err(fail("not_in_channel"));
    }
    channel.members.retain(|m| *m != user);
    Call::ok(json!({}))
}

pub(crate) fn archive(call: &mut Call) -> Outcome {
    let channel = call.channel_mut("channel")?;
    if channel.doc["is_general"] == true {
        return Err(fail("cant_archive_general"));
    }
    if channel.is_archived() {
        return Err(fail("already_archived"));
    }
    channel.doc["is_archived"] = json!(true);
    Call::ok(json!({}))
}

pub(crate) fn unarchive(call: &mut Call) -> Outcome {
    let channel = call.channel_mut("channel")?;
    if !channel.is_archived() {
        return Err(fail("not_archived"));
    }
    channel.doc["is_archived"] = json!(false);
    Call::ok(json!({}))
}

pub(crate) fn rename(call: &mut Call) -> Outcome {
    let (name, me) = (call.required("name").map_err(|_| fail("invalid_name_required"))?, call.me());
    good_name(call, &name)?;
    let channel = living(call)?;
    let old = channel.doc["name"].clone();
    if let Some(names) = channel.doc["previous_names"].as_array_mut() {
        names.push(old);
    }
    channel.doc["name"] = json!(name);
    channel.doc["name_normalized"] = json!(name);
    let shown = show(channel, &me);
    Call::ok(json!({ "channel": shown }))
}

/// Sets the topic or the purpose of a channel.
fn say(call: &mut Call, what: &str) -> Outcome {
    let words = call.arg(what).ok_or_else(|| bad_arguments(&format!("missing required field: {what}")))?;
    if words.chars().count() > 250 {
        return Err(fail("too_long"));
    }
    let me = call.me();
    let channel = living(call)?;
    channel.doc[what] = json!({ "value": words, "creator": me, "last_set": now() / 1000 });
    Call::ok(json!({ "channel": show(channel, &me) }))
}

pub(crate) fn topic(call: &mut Call) -> Outcome {
    say(call, "topic")
}

pub(crate) fn purpose(call: &mut Call) -> Outcome {
    say(call, "purpose")
}

pub(crate) fn open(call: &mut Call) -> Outcome {
    let (users, me) = (call.list("users"), call.me());
    let [user] = users.as_slice() else { return Err(fail("users_list_not_supplied")) };
    if call.world.user(user).is_none() {
        return Err(fail("user_not_found"));
    }
    let id = call.world.direct(&me, user);
    Call::ok(json!({ "channel": { "id": id } }))
}

pub(crate) fn mark(call: &mut Call) -> Outcome {
    let ts = call.required("ts")?;
    let channel = call.channel_mut("channel")?;
    channel.doc["last_read"] = json!(ts);
    Call::ok(json!({}))
}
