//! Messages.

use super::call::{Call, Outcome, Refusal, bad_arguments, fail};
use super::seed::message;
use super::sign_in::Kind;
use super::world::{BOT, Channel, TEAM, text};
use crate::sandbox::jira::world::now;
use serde_json::{Value, json};

/// The longest text that a message takes; a longer one is cut in the real world, and refused beyond this.
const LONGEST: usize = 40_000;

/// Returns text, blocks and attachments of a call; one of them must be there.
fn content(call: &Call) -> Result<Value, Refusal> {
    let words = call.arg("text").unwrap_or_default();
    let (blocks, attachments) = (call.json("blocks")?, call.json("attachments")?);
    for (name, list) in [("blocks", &blocks), ("attachments", &attachments)] {
        if list.as_ref().is_some_and(|list| !list.is_array()) {
            return Err(fail(&format!("invalid_{name}")));
        }
    }
    if blocks
        .as_ref()
        .and_then(Value::as_array)
        .is_some_and(|all| all.len() > 50 || all.iter().any(|b| b["type"].is_null()))
    {
        return Err(fail("invalid_blocks"));
    }
    if words.is_empty() && blocks.is_none() && attachments.is_none() {
        return Err(fail("no_text"));
    }
    if words.chars().count() > LONGEST {
        return Err(fail("msg_too_long"));
    }
    let mut content = json!({ "text": words });
    if let Some(blocks) = blocks {
        content["blocks"] = blocks;
    }
    if let Some(attachments) = attachments {
        content["attachments"] = attachments;
    }
    Ok(content)
}

/// Finds the channel that a message goes to; the id of a user means the conversation with them.
fn target(call: &mut Call) -> Result<String, Refusal> {
    let wanted = call.arg("channel").unwrap_or_default();
    if wanted.starts_with('U') && call.world.user(&wanted).is_some() {
        let me = call.me();
        return Ok(call.world.direct(&me, &wanted));
    }
    let channel = call.channel("channel")?;
    if channel.is_archived() {
        return Err(fail("is_archived"));
    }
    // People write in every public channel that they see; a bot must be in it.
    let me = call.me();
    if !channel.members.contains(&me) && (channel.is_private() || call.caller.kind == Kind::Bot) {
        return Err(fail("not_in_channel"));
    }
    Ok(channel.id.clone())
}

pub(crate) fn post(call: &mut Call) -> Outcome {
    let channel = target(call)?;
    let content = content(call)?;
    let (me, ts) = (call.me(), call.world.next_ts());
    let mut message = message(&me, "", &ts);
    crate::sandbox::jira::merge(&mut message, content);
    if let Some(name) = call.arg("username").filter(|_| call.caller.kind == Kind::Bot) {
        message["username"] = json!(name);
    }
    let (thread, broadcast) = (call.arg("thread_ts").filter(|t| !t.is_empty()), call.flag("reply_broadcast"));
    let channel = call.world.channel_mut(&channel).ok_or_else(|| fail("channel_not_found"))?;
    if let Some(thread) = &thread {
        let parent = channel.message(thread).ok_or_else(|| fail("thread_not_found"))?;
        message["thread_ts"] = json!(thread);
        message["parent_user_id"] = parent["user"].clone();
        if broadcast {
            message["subtype"] = json!("thread_broadcast");
        }
    }
    channel.messages.push(message.clone());
    if let Some(thread) = &thread {
        channel.count_replies(thread);
    }
    Call::ok(json!({ "channel": channel.id, "ts": ts, "message": message }))
}

pub(crate) fn ephemeral(call: &mut Call) -> Outcome {
    target(call)?;
    content(call)?;
    let user = call.required("user")?;
    if call.world.user(&user).is_none() {
        return Err(fail("user_not_in_channel"));
    }
    Call::ok(json!({ "message_ts": call.world.next_ts() }))
}

/// Finds a message of the caller's own.
fn own<'a>(channel: &'a mut Channel, ts: &str, me: &str, refusal: &str) -> Result<&'a mut Value, Refusal> {
    let message = channel.message(ts).ok_or_else(|| fail("message_not_found"))?;
    if message["user"] == me { Ok(message) } else { Err(fail(refusal)) }
}

pub(crate) fn update(call: &mut Call) -> Outcome {
    let (ts, content, me) = (call.required("ts")?, content(call)?, call.me());
    let channel = call.channel_mut("channel")?;
    let id = channel.id.clone();
    let message = own(channel, &ts, &me, "cant_update_message")?;
    let words = text(&content, "text");
    crate::sandbox::jira::merge(message, content);
    message["edited"] = json!({ "user": me, "ts": format!("{}.000000", now() / 1000) });
    Call::ok(json!({ "channel": id, "ts": ts, "text": words, "message": message }))
}

pub(crate) fn delete(call: &mut Call) -> Outcome {
    let (ts, me) = (call.required("ts")?, call.me());
    let channel = call.channel_mut("channel")?;
    let thread = text(own(channel, &ts, &me, "cant_delete_message")?, "thread_ts");
    channel.messages.retain(|m| m["ts"] != ts);
    channel.pins.retain(|pin| *pin != ts);
    if !thread.is_empty() {
        channel.count_replies(&thread);
    }
    Call::ok(json!({ "channel": channel.id, "ts": ts }))
}

pub(crate) fn permalink(call: &mut Call) -> Outcome {
    let (ts, base) = (call.required("message_ts")?, call.base.to_owned());
    let channel = call.channel_mut("channel")?;
    channel.message(&ts).ok_or_else(|| fail("message_not_found"))?;
    let link = format!("{base}/archives/{}/p{}", channel.id, ts.replace('.', ""));
    Call::ok(json!({ "channel": channel.id, "permalink": link }))
}

/// Keeps a message for later. No clock runs here: it waits until it is taken back.
pub(crate) fn schedule(call: &mut Call) -> Outcome {
    let channel = target(call)?;
    let content = content(call)?;
    let at = call.required("post_at")?.parse::<i64>().map_err(|_| bad_arguments("post_at must be a number"))?;
    if at * 1000 < now() {
        return Err(fail("time_in_past"));
    }
    let id = call.world.next_id('Q');
    let waiting = json!({
        "id": id, "channel_id": channel, "post_at": at, "date_created": now() / 1000, "text": content["text"],
    });
    call.world.scheduled.push(waiting);
    let mut content = content;
    let about = json!({ "type": "delayed_message", "user": call.me(), "team": TEAM, "bot_id": BOT });
    crate::sandbox::jira::merge(&mut content, about);
    Call::ok(json!({ "channel": channel, "scheduled_message_id": id, "post_at": at, "message": content }))
}

pub(crate) fn scheduled(call: &mut Call) -> Outcome {
    let channel = call.arg("channel").filter(|c| !c.is_empty());
    let fits = |m: &&Value| channel.as_ref().is_none_or(|c| m["channel_id"] == *c);
    let (messages, next) = call.page(call.world.scheduled.iter().filter(fits).cloned().collect(), 100)?;
    Call::ok(json!({ "scheduled_messages": messages, "response_metadata": { "next_cursor": next } }))
}

pub(crate) fn unschedule(call: &mut Call) -> Outcome {
    let (channel, id) = (call.required("channel")?, call.required("scheduled_message_id")?);
    let at = call.world.scheduled.iter().position(|m| m["id"] == id && m["channel_id"] == channel);
    let at = at.ok_or_else(|| fail("invalid_scheduled_message_id"))?;
    call.world.scheduled.remove(at);
    Call::ok(json!({}))
}
