//! The server, and who asks.

use super::call::{Access, Call, Outcome, Play, json_only, play, unauthenticated};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/info", play(Access::Anyone, "info", info)),
    row("GET", "/rest/api/latest/server", play(Access::Anyone, "server", server)),
    row("GET", "/rest/api/latest/status", play(Access::Anyone, "status", status)),
    row("POST", "/rest/api/latest/server/pause", play(Access::Admin, "server", pause)),
    row("POST", "/rest/api/latest/server/resume", play(Access::Admin, "server", resume)),
    row("GET", "/rest/api/latest/currentUser", play(Access::Anyone, "user", current)),
    row("GET", "/rest/api/latest", play(Access::Anyone, "resources", resources)),
    row("GET", "/", json_only(Access::Anyone, home)),
    row("GET", "/browse/{}", json_only(Access::Anyone, browse)),
];

fn state(call: &Call) -> &'static str {
    if call.world.paused { "PAUSED" } else { "RUNNING" }
}

/// The version, which everybody may know.
fn info(call: &mut Call) -> Outcome {
    let version = call.gate.version().to_owned();
    let mut numbers = version.split('.').map(|n| n.parse::<u32>().unwrap_or(0));
    let mut number = || numbers.next().unwrap_or(0);
    let build = format!("{}{:02}{:02}", number(), number(), number());
    Call::ok(&json!({
        "version": version, "edition": "", "buildDate": "2026-09-01T08:00:00.000Z", "buildNumber": build,
        "state": state(call), "specsVersion": version,
    }))
}

fn server(call: &mut Call) -> Outcome {
    Call::ok(&json!({ "state": state(call), "reindexInProgress": false }))
}

fn status(call: &mut Call) -> Outcome {
    Call::ok(&json!({ "state": state(call) }))
}

fn pause(call: &mut Call) -> Outcome {
    call.world.paused = true;
    server(call)
}

fn resume(call: &mut Call) -> Outcome {
    call.world.paused = false;
    server(call)
}

fn current(call: &mut Call) -> Outcome {
    let name = call.my_name();
    let user = call.world.users.iter().find(|u| u.name == name).ok_or_else(unauthenticated)?;
    Call::ok(&json!({ "name": user.name, "fullName": user.full, "email": user.email }))
}

fn resources(call: &mut Call) -> Outcome {
    let names = ["agent", "deploy", "info", "plan", "project", "queue", "result", "server"];
    let list: Vec<Value> = names.iter().map(|name| json!({ "name": name, "link": call.link(name) })).collect();
    Call::ok(
        &json!({ "resources": { "size": list.len(), "start-index": 0, "max-result": list.len(), "resource": list } }),
    )
}

/// Says whether a page is shown: to sessions and passwords; a token is nobody here.
pub(crate) fn reads_pages(call: &Call) -> bool {
    call.caller.user.is_some() && call.caller.how != crate::sandbox::atlassian::sign_in::How::Token
}

/// Sends the reader to the login page.
pub(crate) fn to_login(call: &Call) -> Reply {
    let path = crate::sandbox::http::encode(call.request.path.strip_prefix(super::PATH).unwrap_or_default());
    Reply::redirect(302, &format!("{}/userlogin!doDefault.action?os_destination={path}", call.face.base))
}

fn home(call: &mut Call) -> Outcome {
    if !reads_pages(call) {
        return Ok(to_login(call));
    }
    Ok(Reply::html(200, "<html><head><title>Build dashboard - Practice Bamboo</title></head><body></body></html>"))
}

fn browse(call: &mut Call) -> Outcome {
    let key = call.arg(0).to_owned();
    if !reads_pages(call) {
        return Ok(to_login(call));
    }
    let title = match call.plan(&key) {
        Ok(plan) => plan.name.clone(),
        Err(_) => call.build(&key)?.key(),
    };
    let page =
        format!("<html><head><title>{title} - Practice Bamboo</title></head><body><h1>{title}</h1></body></html>");
    Ok(Reply::html(200, page))
}
