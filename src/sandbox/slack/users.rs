//! Users.

use super::call::{Call, Outcome, Refusal, fail};
use super::seed::user_id;
use super::world::{BOT, bot_profile};
use serde_json::{Value, json};

/// Shows a user; the email address is for those who have the scope for it.
fn show(call: &Call, user: &Value) -> Value {
    let mut shown = user.clone();
    let allowed = call.caller.scopes.contains(&"users:read.email");
    if let Some(profile) = shown["profile"].as_object_mut().filter(|_| !allowed) {
        profile.remove("email");
    }
    shown
}

pub(crate) fn list(call: &mut Call) -> Outcome {
    let (members, next) = call.page(call.world.users.iter().map(|u| show(call, u)).collect(), 200)?;
    let now = crate::sandbox::jira::world::now() / 1000;
    Call::ok(json!({ "members": members, "cache_ts": now, "response_metadata": { "next_cursor": next } }))
}

fn named<'a>(call: &'a Call) -> Result<&'a Value, Refusal> {
    let id = call.arg("user").unwrap_or_else(|| call.me());
    call.world.user(&id).ok_or_else(|| fail("user_not_found"))
}

pub(crate) fn info(call: &mut Call) -> Outcome {
    call.required("user").map_err(|_| fail("user_not_found"))?;
    Call::ok(json!({ "user": show(call, named(call)?) }))
}

pub(crate) fn by_email(call: &mut Call) -> Outcome {
    let email = call.required("email")?;
    let fits = |u: &&Value| {
        u["deleted"] != true && u["profile"]["email"].as_str().is_some_and(|e| e.eq_ignore_ascii_case(&email))
    };
    let user = call.world.users.iter().find(fits).ok_or_else(|| fail("users_not_found"))?;
    Call::ok(json!({ "user": show(call, user) }))
}

pub(crate) fn profile(call: &mut Call) -> Outcome {
    let mut profile = show(call, named(call)?)["profile"].clone();
    profile["fields"] = json!({});
    Call::ok(json!({ "profile": profile }))
}

pub(crate) fn presence(call: &mut Call) -> Outcome {
    named(call)?;
    Call::ok(json!({ "presence": "active" }))
}

pub(crate) fn bot(call: &mut Call) -> Outcome {
    if call.arg("bot").is_some_and(|id| id != BOT) {
        return Err(fail("bot_not_found"));
    }
    let mut bot = bot_profile();
    bot["user_id"] = json!(user_id(11));
    bot.as_object_mut().map(|bot| bot.remove("team_id"));
    Call::ok(json!({ "bot": bot }))
}
