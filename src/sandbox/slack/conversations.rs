//! Channels, and what was said in them.

use super::call::{Call, Outcome, Refusal, fail};
use super::world::{Channel, text};
use serde_json::{Value, json};

/// Shows a channel to a user.
pub(crate) fn show(channel: &Channel, me: &str) -> Value {
    let mut shown = channel.doc.clone();
    if shown["is_im"] == true {
        let other = channel.members.iter().find(|m| *m != me).or(channel.members.first());
        shown["user"] = json!(other);
        return shown;
    }
    shown["is_member"] = json!(channel.members.iter().any(|m| m == me));
    shown["num_members"] = json!(channel.members.len());
    shown
}

fn kinds(call: &Call) -> Vec<String> {
    let kinds = call.list("types");
    if kinds.is_empty() { vec!["public_channel".into()] } else { kinds }
}

fn kind(channel: &Channel) -> &'static str {
    match channel.family() {
        "groups" => "private_channel",
        "channels" => "public_channel",
        other => other,
    }
}

fn wanted(call: &Call, channel: &Channel, kinds: &[String], me: &str) -> bool {
    let seen = !channel.is_private() || channel.members.iter().any(|m| m == me);
    seen && kinds.iter().any(|k| k == kind(channel)) && !(call.flag("exclude_archived") && channel.is_archived())
}

pub(crate) fn list(call: &mut Call) -> Outcome {
    let (kinds, me) = (kinds(call), call.me());
    let channels = call.world.channels.iter().filter(|c| wanted(call, c, &kinds, &me));
    let (channels, next) = call.page(channels.map(|c| show(c, &me)).collect(), 100)?;
    Call::ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
}

pub(crate) fn of_user(call: &mut Call) -> Outcome {
    let (kinds, me) = (kinds(call), call.me());
    let user = call.arg("user").unwrap_or_else(|| me.clone());
    let channels = call.world.channels.iter().filter(|c| c.members.contains(&user) && wanted(call, c, &kinds, &me));
    let (channels, next) = call.page(channels.map(|c| show(c, &me)).collect(), 100)?;
    Call::ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
}

pub(crate) fn info(call: &mut Call) -> Outcome {
    let channel = call.channel("channel")?;
    let mut shown = show(channel, &call.me());
    if let Some(object) = shown.as_object_mut().filter(|_| !call.flag("include_num_members")) {
        object.remove("num_members");
    }
    Call::ok(json!({ "channel": shown }))
}

pub(crate) fn members(call: &mut Call) -> Outcome {
    let members = call.channel("channel")?.members.iter().map(|m| json!(m)).collect();
    let (members, next) = call.page(members, 100)?;
    Call::ok(json!({ "members": members, "response_metadata": { "next_cursor": next } }))
}

/// Finds a channel that the caller may read.
fn readable<'a>(call: &'a Call) -> Result<&'a Channel, Refusal> {
    let channel = call.channel("channel")?;
    let bot = call.caller.kind == super::sign_in::Kind::Bot;
    if bot && !channel.members.contains(&call.me()) { Err(fail("not_in_channel")) } else { Ok(channel) }
}

/// Says whether a message lies between `oldest` and `latest`.
fn within(call: &Call, ts: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let (ts, inclusive) = (number(ts), call.flag("inclusive"));
    let edge = |name: &str| call.arg(name).filter(|v| !v.is_empty()).map(|v| number(&v));
    edge("oldest").is_none_or(|oldest| ts > oldest || inclusive && ts >= oldest)
        && edge("latest").is_none_or(|latest| ts < latest || inclusive && ts <= latest)
}

pub(crate) fn history(call: &mut Call) -> Outcome {
    let channel = readable(call)?;
    let top = |m: &&Value| m["thread_ts"].is_null() || m["thread_ts"] == m["ts"] || m["subtype"] == "thread_broadcast";
    let messages = channel.messages.iter().rev().filter(top).filter(|m| within(call, &text(m, "ts")));
    let pins = channel.pins.len();
    let (messages, next) = call.page(messages.cloned().collect(), 100)?;
    let mut body = json!({
        "messages": messages, "has_more": !next.is_empty(), "pin_count": pins, "channel_actions_ts": null,
        "channel_actions_count": 0,
    });
    if !next.is_empty() {
        body["response_metadata"] = json!({ "next_cursor": next });
    }
    Call::ok(body)
}

pub(crate) fn replies(call: &mut Call) -> Outcome {
    let ts = call.required("ts")?;
    let channel = readable(call)?;
    let asked = channel.messages.iter().find(|m| m["ts"] == ts).ok_or_else(|| fail("thread_not_found"))?;
    let thread = Some(text(asked, "thread_ts")).filter(|t| !t.is_empty()).unwrap_or(ts);
    let of = |m: &&Value| m["ts"] == thread || m["thread_ts"] == thread;
    let messages = channel.messages.iter().filter(of).filter(|m| m["ts"] == thread || within(call, &text(m, "ts")));
    let (messages, next) = call.page(messages.cloned().collect(), 1000)?;
    let mut body = json!({ "messages": messages, "has_more": !next.is_empty() });
    if !next.is_empty() {
        body["response_metadata"] = json!({ "next_cursor": next });
    }
    Call::ok(body)
}
