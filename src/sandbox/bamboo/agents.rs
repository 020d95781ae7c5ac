//! Agents.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse};
use super::world::{Agent, Life};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/agent", json_only(Access::User, list)),
    row("GET", "/rest/api/latest/agent/remote", json_only(Access::User, remote)),
    row("GET", "/rest/api/latest/agent/{}", json_only(Access::User, one)),
    row("DELETE", "/rest/api/latest/agent/{}", json_only(Access::Admin, delete)),
    row("GET", "/rest/api/latest/agent/{}/status", json_only(Access::User, status)),
    row("GET", "/rest/api/latest/agent/{}/capability", json_only(Access::User, capabilities)),
    row("POST", "/rest/api/latest/agent/{}/capability", json_only(Access::Admin, add_capability)),
    row("PUT", "/rest/api/latest/agent/{}/enable", json_only(Access::Admin, enable)),
    row("PUT", "/rest/api/latest/agent/{}/disable", json_only(Access::Admin, disable)),
];

fn document(call: &Call, agent: &Agent) -> Value {
    let busy = agent.id == 131_074 && call.world.builds.iter().any(|b| b.life() == Life::InProgress);
    json!({ "id": agent.id, "name": agent.name, "type": agent.kind, "active": agent.active, "enabled": agent.enabled, "busy": busy })
}

fn some(call: &Call, kind: Option<&str>) -> Outcome {
    let online = call.request.param("online").map(|v| v == "true");
    let fits = |a: &&Agent| kind.is_none_or(|k| a.kind == k) && online.is_none_or(|on| a.active == on);
    Call::ok(&call.world.agents.iter().filter(fits).map(|a| document(call, a)).collect())
}

fn list(call: &mut Call) -> Outcome {
    some(call, None)
}

fn remote(call: &mut Call) -> Outcome {
    some(call, Some("REMOTE"))
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let at = call.world.agents.iter().position(|a| a.id == call.id(0));
    at.ok_or_else(|| refuse(404, format!("Agent {} not found.", call.arg(0))))
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&document(call, &call.world.agents[place(call)?]))
}

fn status(call: &mut Call) -> Outcome {
    let agent = &call.world.agents[place(call)?];
    let word = if agent.active { "Idle" } else { "Offline" };
    Call::ok(&json!({ "agentId": agent.id, "status": word, "online": agent.active, "enabled": agent.enabled }))
}

fn capabilities(call: &mut Call) -> Outcome {
    let agent = &call.world.agents[place(call)?];
    Call::ok(&agent.capabilities.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect())
}

fn add_capability(call: &mut Call) -> Outcome {
    let at = place(call)?;
    let body = call.body()?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    if member("key").is_empty() {
        return Err(refuse(400, "The key of the capability is missing."));
    }
    call.world.agents[at].capabilities.push((member("key"), member("value")));
    Call::ok(&body)
}

fn delete(call: &mut Call) -> Outcome {
    let at = place(call)?;
    if call.world.agents[at].active {
        return Err(refuse(400, "The agent is online."));
    }
    call.world.agents.remove(at);
    Call::done()
}

fn turn(call: &mut Call, enabled: bool) -> Outcome {
    let at = place(call)?;
    call.world.agents[at].enabled = enabled;
    Call::ok(&document(call, &call.world.agents[at]))
}

fn enable(call: &mut Call) -> Outcome {
    turn(call, true)
}

fn disable(call: &mut Call) -> Outcome {
    turn(call, false)
}
