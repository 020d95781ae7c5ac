//! Who asks, and with what token.

use super::call::{Call, Outcome, Play, refuse};
use crate::sandbox::table::{Row, row};
use serde_json::json;

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "tokens/{}", token as Play),
    row("GET", "tokens/{}/member", owner),
    row("DELETE", "tokens/{}", revoke),
];

/// Tokens are shown to those who have them.
fn own(call: &Call) -> Result<(), super::call::Refusal> {
    if call.arg(0) == call.caller.token { Ok(()) } else { Err(refuse(401, "invalid token")) }
}

fn token(call: &mut Call) -> Outcome {
    own(call)?;
    let (me, writes) = (call.me(), call.caller.writes);
    let right = |kind: &str, id: &str| json!({ "idModel": id, "modelType": kind, "read": true, "write": writes });
    Call::ok(&json!({
        "id": super::world::id_of("token", 1),
        "identifier": "Practice",
        "idMember": me,
        "dateCreated": super::world::days_ago(30),
        "dateExpires": null,
        "permissions": [right("Member", &me), right("Board", "*"), right("Organization", "*")],
    }))
}

fn owner(call: &mut Call) -> Outcome {
    own(call)?;
    let member = call.world.member(call.caller.name).cloned().unwrap_or_default();
    Call::ok(&member)
}

fn revoke(call: &mut Call) -> Outcome {
    own(call)?;
    call.revoked.push(call.caller.token.to_owned());
    Call::ok(&json!({ "_value": null }))
}
