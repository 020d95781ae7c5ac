//! Access tokens, and what else administrators look after.

use super::call::{Access, Call, Outcome, Play, json_only, refuse, refuse_field};
use super::world::Token;
use crate::sandbox::atlassian::gate::Minted;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/access-token", json_only(Access::User, tokens)),
    row("POST", "/rest/api/latest/access-token", json_only(Access::User, create)),
    row("DELETE", "/rest/api/latest/access-token/{}", json_only(Access::User, delete)),
    row("GET", "/rest/admin/latest/expiry/configuration", json_only(Access::Admin, expiry)),
    row("PUT", "/rest/admin/latest/expiry/run", json_only(Access::Admin, run_expiry)),
];

/// How many tokens one user may have.
const MOST: usize = 10;

fn document(token: &Token) -> Value {
    json!({ "id": token.id.to_string(), "tokenId": token.id.to_string(), "name": token.name, "permissions": token.permissions })
}

fn tokens(call: &mut Call) -> Outcome {
    let me = call.me();
    let own = call.world.tokens.iter().filter(|t| t.owner == me).map(document).collect();
    Call::ok(&call.results(own))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let (owner, name) = (call.me(), body["name"].as_str().unwrap_or_default().to_owned());
    if name.is_empty() || call.world.tokens.iter().any(|t| t.owner == owner && t.name == name) {
        return Err(refuse_field("name", "Please enter a name that no other token has."));
    }
    if call.world.tokens.iter().filter(|t| t.owner == owner).count() >= MOST {
        return Err(refuse(400, "You have reached the limit of personal access tokens."));
    }
    let permissions = body["permissions"].as_array().into_iter().flatten();
    let permissions: Vec<String> = permissions.filter_map(|p| p.as_str().map(str::to_owned)).collect();
    let raw = format!("pat-{}", call.gate.unique());
    let token = Token { id: call.world.next_id(), owner, name, raw: raw.clone(), permissions };
    let mut shown = document(&token);
    shown["rawToken"] = json!(raw);
    call.gate.minted.insert(raw, Minted { owner, rights: token.permissions.clone() });
    call.world.tokens.push(token);
    Call::ok(&shown)
}

fn delete(call: &mut Call) -> Outcome {
    let (me, id) = (call.me(), call.id(0));
    let at = call.world.tokens.iter().position(|t| t.owner == me && t.id == id);
    let token = call.world.tokens.remove(at.ok_or_else(|| refuse(404, "Token not found."))?);
    call.gate.minted.remove(&token.raw);
    Call::done()
}

fn expiry(_call: &mut Call) -> Outcome {
    Call::ok(
        &json!({ "expiryEnabled": false, "duration": 0, "period": "days", "buildsToKeep": 1, "labelsToKeep": "release" }),
    )
}

fn run_expiry(_call: &mut Call) -> Outcome {
    Call::done()
}
