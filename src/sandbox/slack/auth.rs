//! Who asks, and the end of a token.

use super::call::{Call, Outcome, fail};
use super::sign_in::Kind;
use super::world::{BOT, TEAM};
use serde_json::{Value, json};

/// Gives the arguments back; `error` makes it fail.
pub(crate) fn api_test(call: &mut Call) -> Outcome {
    let mut arguments = call.arguments.clone();
    arguments.remove("token");
    match call.arg("error") {
        Some(error) => Err(fail(&error)),
        None => Call::ok(json!({ "args": Value::Object(arguments) })),
    }
}

pub(crate) fn test(call: &mut Call) -> Outcome {
    let mut body = json!({
        "url": format!("{}/", call.base), "team": "Practice", "user": call.caller.name, "team_id": TEAM,
        "user_id": call.me(),
    });
    if call.caller.kind == Kind::Bot {
        body["bot_id"] = json!(BOT);
    }
    body["is_enterprise_install"] = json!(false);
    Call::ok(body)
}

pub(crate) fn revoke(call: &mut Call) -> Outcome {
    let dry = call.flag("test");
    if !dry {
        call.revoked.push(call.caller.token.to_owned());
    }
    Call::ok(json!({ "revoked": !dry }))
}

pub(crate) fn team(call: &mut Call) -> Outcome {
    let team = json!({
        "id": TEAM, "name": "Practice", "url": format!("{}/", call.base), "domain": "practice", "email_domain": "sandbox.example",
        "icon": { "image_default": true }, "avatar_base_url": "",
    });
    Call::ok(json!({ "team": team }))
}
