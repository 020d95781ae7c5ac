//! Webhooks: the same on both deployments, which only call things differently.

use super::acts::Trouble;
use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, cloud_fields, dc as dc_refusal};
use super::world::{Hook, Level, now, uuid};
use super::{Route, cloud, dc};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/hooks", Access::User, list),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/hooks", Access::User, add),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/hooks/{}", Access::User, one),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/hooks/{}", Access::User, edit),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/hooks/{}", Access::User, remove),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/webhooks", Access::User, list),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/webhooks", Access::User, add),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, one),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, edit),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, remove),
];

fn written(call: &Call, n: usize, hook: &Hook) -> Value {
    if call.face.cloud { cloud::shapes::hook(call, &call.world.repos[n], hook) } else { dc::shapes::hook(hook) }
}

fn list(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let all: Vec<Value> = call.world.repos[n].hooks.iter().map(|hook| written(call, n, hook)).collect();
    if call.face.cloud { cloud::page(call, &all) } else { dc::page(call, &all) }
}

/// Refuses a body for what it says in one member.
fn wrong(call: &Call, member: &str, why: &str) -> Refusal {
    if call.face.cloud { cloud_fields("Bad request", member, why) } else { dc_refusal(400, json!(member), why, "") }
}

/// Changes a webhook as the body of the request says.
fn read(call: &Call, hook: &mut Hook) -> Result<(), Refusal> {
    let body = call.body()?;
    let (name, secret) = match call.face.cloud {
        true => ("description", &body["secret"]),
        false => ("name", &body["configuration"]["secret"]),
    };
    for (member, slot) in [(name, &mut hook.name), ("url", &mut hook.url)] {
        if let Some(text) = body[member].as_str() {
            text.clone_into(slot);
        }
    }
    if let Some(events) = body["events"].as_array() {
        hook.events = events.iter().filter_map(|e| e.as_str().map(str::to_owned)).collect();
    }
    hook.active = body["active"].as_bool().unwrap_or(hook.active);
    hook.secret = secret.as_str().map_or(hook.secret, |s| !s.is_empty());
    hook.updated = now();
    let faults = [
        // A description may be missing.
        (hook.name.is_empty() && !call.face.cloud, "name", "A name is required."),
        (!hook.url.contains("://"), "url", "Enter a valid URL."),
        (hook.events.is_empty(), "events", "At least one event is required."),
    ];
    match faults.iter().find(|(fault, ..)| *fault) {
        Some((_, member, why)) => Err(wrong(call, member, why)),
        None => Ok(()),
    }
}

fn add(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let mut hook = Hook {
        id: call.world.next_id(),
        name: String::new(),
        url: String::new(),
        events: Vec::new(),
        active: true,
        secret: false,
        created: now(),
        updated: now(),
    };
    read(call, &mut hook)?;
    let value = written(call, n, &hook);
    call.world.repos[n].hooks.push(hook);
    Ok(Reply::json(201, &value))
}

/// Finds the webhook that the path names: by its number, on Cloud by its UUID, with or without braces.
fn find(call: &Call) -> Result<(usize, usize), Refusal> {
    let n = call.repo_with(Level::Admin)?;
    let (text, bare) = (call.arg(2), |text: &str| text.trim_matches(['{', '}']).to_owned());
    let is_it = |hook: &Hook| match call.face.cloud {
        true => bare(&uuid(hook.id)) == bare(text),
        false => hook.id.to_string() == text,
    };
    let at = call.world.repos[n].hooks.iter().position(is_it);
    Ok((n, at.ok_or_else(|| call.trouble(Trouble::NoThing(format!("Webhook {text} does not exist."))))?))
}

fn one(call: &mut Call) -> Outcome {
    let (n, at) = find(call)?;
    Call::ok(&written(call, n, &call.world.repos[n].hooks[at]))
}

fn edit(call: &mut Call) -> Outcome {
    let (n, at) = find(call)?;
    let mut changed = call.world.repos[n].hooks[at].clone();
    read(call, &mut changed)?;
    call.world.repos[n].hooks[at] = changed;
    one(call)
}

fn remove(call: &mut Call) -> Outcome {
    let (n, at) = find(call)?;
    call.world.repos[n].hooks.remove(at);
    Call::done()
}
