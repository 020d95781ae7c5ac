//! Slack's Web API, as far as automations see it.
//!
//! `sign_in` judges tokens and scopes, `method` is the table of methods, `world` and `seed` hold the workspace, one
//! file per family of methods does the rest. What fails comes with status 200 and `ok: false`, as in the real world.

mod auth;
mod call;
mod chat;
mod conversations;
mod extras;
mod files;
mod limits;
mod manage;
mod method;
mod reactions;
mod seed;
mod sign_in;
mod users;
mod world;

use super::Stage;
use super::desk::{Player, lock};
use super::http::{Reply, Request};
use super::switches::Switches;
use call::{Call, fail};
use limits::Limiter;
#[cfg(test)]
pub(crate) use method::METHODS;
use method::Method;
use serde_json::{Map, Value, json};
use sign_in::Caller;
use std::io;
use std::sync::Mutex;
use world::World;

/// The practice Slack.
pub(crate) struct Slack {
    base: String,
    state: Mutex<State>,
}

struct State {
    switches: Switches,
    /// Made when first asked for.
    world: Option<World>,
    /// Tokens that their owners have ended.
    revoked: Vec<String>,
    limiter: Limiter,
    requests: u64,
}

impl State {
    fn new() -> Self {
        // With `limits` on, methods and channels take only so much, as in the real world.
        let switches = Switches::new(&json!({ "limits": false }));
        State { switches, world: None, revoked: Vec::new(), limiter: Limiter::default(), requests: 0 }
    }
}

fn too_many() -> Value {
    json!({ "ok": false, "error": "ratelimited" })
}

/// Puts the practice Slack on the stage.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let port = Stage::port()?;
    let player = Slack { base: port.origin.clone(), state: Mutex::new(State::new()) };
    stage.put(port, ("slack", "cloud", ""), sign_in::accounts(), player);
    Ok(())
}

impl Slack {
    fn play(&self, state: &mut State, request: &Request) -> Reply {
        let Some(name) = request.path.strip_prefix("/api/") else {
            return self.beside(state, request);
        };
        let Some(method) = method::find(name) else {
            let body = json!({ "ok": false, "error": "unknown_method", "req_method": name });
            return Reply::json(200, &body);
        };
        let arguments = match call::arguments(request, method.takes_json) {
            Ok(arguments) => arguments,
            Err(error) => return *fail(error),
        };
        let caller = match sign_in::sign_in(request, &arguments, &state.revoked) {
            Ok(caller) => caller,
            Err(error) => return *fail(error),
        };
        let mut reply = self.call(state, request, method, arguments, &caller);
        reply.headers.push(("x-oauth-scopes", caller.scopes.join(",")));
        reply.headers.push(("x-accepted-oauth-scopes", method.accepted()));
        reply
    }

    fn call(
        &self,
        state: &mut State,
        request: &Request,
        method: &Method,
        arguments: Map<String, Value>,
        caller: &Caller,
    ) -> Reply {
        if !method.tokens.allow(caller.kind) {
            return *fail("not_allowed_token_type");
        }
        let channel = arguments.get("channel").and_then(Value::as_str).unwrap_or_default();
        let wait = state.switches.is_on("limits").then(|| state.limiter.wait(method.name, channel)).flatten();
        if let Some(wait) = wait {
            return Reply::json(429, &too_many()).with("retry-after", wait.as_secs().max(1).to_string());
        }
        let world = state.world.get_or_insert_with(|| seed::world(&self.base));
        let mut call = Call { world, arguments, caller, base: &self.base, revoked: &mut state.revoked };
        if let Err(reply) = method::check_scope(method, &call) {
            return *reply;
        }
        let answer = (method.play)(&mut call);
        finish(request, method, answer.unwrap_or_else(|refusal| *refusal))
    }

    /// What is not a method: the places where bytes go to and come from.
    fn beside(&self, state: &mut State, request: &Request) -> Reply {
        let world = state.world.get_or_insert_with(|| seed::world(&self.base));
        files::bytes(world, request, &state.revoked)
    }
}

/// Adds the warnings that a sloppy body earns.
fn finish(request: &Request, method: &Method, reply: Reply) -> Reply {
    let header = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let json = header.starts_with("application/json");
    let warning = match header.contains("charset") {
        false if json && method.takes_json => "missing_charset",
        true if header.starts_with("application/x-www-form-urlencoded") => "superfluous_charset",
        _ => return reply,
    };
    let Ok(mut body) = serde_json::from_slice::<Value>(&reply.body) else { return reply };
    body["warning"] = json!(warning);
    if body["response_metadata"].is_null() {
        body["response_metadata"] = json!({});
    }
    body["response_metadata"]["warnings"] = json!([warning]);
    Reply { body: body.to_string().into(), ..reply }
}

impl Player for Slack {
    fn answer(&self, request: &Request) -> Reply {
        let mut state = lock(&self.state);
        state.requests += 1;
        let number = state.requests;
        self.play(&mut state, request).with("x-slack-req-id", format!("{number:032x}"))
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.state).switches.turn(changes)
    }

    fn expire(&self) {
        lock(&self.state).revoked.push("xoxb-sandbox-bot".into());
    }

    fn reset(&self) {
        *lock(&self.state) = State::new();
    }

    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        // Slack never leaves the time to wait out; a fault that names one puts it in itself.
        if retry_after.is_some() { Vec::new() } else { vec![("retry-after", "1".into())] }
    }

    fn too_many(&self) -> Value {
        too_many()
    }
}
