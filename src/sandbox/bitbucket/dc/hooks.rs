//! Webhooks of Data Center.

use super::settings::at;
use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{Hook, Level, now};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/webhooks", Access::User, hooks),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/webhooks", Access::User, add_hook),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, hook),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, edit_hook),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/webhooks/{}", Access::User, remove_hook),
];

fn hooks(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let all: Vec<Value> = call.world.repos[n].hooks.iter().map(shapes::hook).collect();
    page(call, &all)
}

fn read_hook(body: &Value, hook: &mut Hook) -> Result<(), Refusal> {
    for (member, slot) in [("name", &mut hook.name), ("url", &mut hook.url)] {
        if let Some(text) = body[member].as_str() {
            text.clone_into(slot);
        }
    }
    if let Some(events) = body["events"].as_array() {
        hook.events = events.iter().filter_map(|e| e.as_str().map(str::to_owned)).collect();
    }
    hook.active = body["active"].as_bool().unwrap_or(hook.active);
    hook.secret = body["configuration"]["secret"].as_str().map_or(hook.secret, |s| !s.is_empty());
    hook.updated = now();
    match (hook.name.is_empty(), hook.url.contains("://"), hook.events.is_empty()) {
        (true, ..) => Err(dc(400, json!("name"), "A name is required.", "")),
        (_, false, _) => Err(dc(400, json!("url"), "A URL is required.", "")),
        (_, _, true) => Err(dc(400, json!("events"), "At least one event is required.", "")),
        _ => Ok(()),
    }
}

fn add_hook(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let body = call.body()?;
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
    read_hook(&body, &mut hook)?;
    let value = shapes::hook(&hook);
    call.world.repos[n].hooks.push(hook);
    Ok(Reply::json(201, &value))
}

fn find_hook(call: &Call) -> Result<(usize, usize), Refusal> {
    let n = call.repo_with(Level::Admin)?;
    Ok((n, at(call, &call.world.repos[n].hooks, |h| h.id, "Webhook")?))
}

fn hook(call: &mut Call) -> Outcome {
    let (n, at) = find_hook(call)?;
    Call::ok(&shapes::hook(&call.world.repos[n].hooks[at]))
}

fn edit_hook(call: &mut Call) -> Outcome {
    let (n, at) = find_hook(call)?;
    let mut changed = call.world.repos[n].hooks[at].clone();
    read_hook(&call.body()?, &mut changed)?;
    call.world.repos[n].hooks[at] = changed;
    hook(call)
}

fn remove_hook(call: &mut Call) -> Outcome {
    let (n, at) = find_hook(call)?;
    call.world.repos[n].hooks.remove(at);
    Call::done()
}
