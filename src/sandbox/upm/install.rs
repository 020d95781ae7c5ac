//! Installing and updating.

use super::world::{Aim, App, Task};
use super::{Call, Outcome, Refusal, refuse, seed};
use crate::sandbox::http::{Part, Reply};
use crate::sandbox::jira::world::now;
use serde_json::Value;
use std::time::Instant;

const BY_URI: &str = "application/vnd.atl.plugins.install.uri+json";
const CONNECT: &str = "application/vnd.atl.plugins.remote.install+json";
/// How the archive that an app comes in begins.
const ARCHIVE: &[u8] = b"PK";

/// Spends the token of the query.
fn spend(call: &mut Call) -> Result<(), Refusal> {
    let token = call.request.param("token").unwrap_or_default();
    if call.world.spend_token(call.user, token) {
        Ok(())
    } else {
        Err(refuse(403, "upm.error.invalid.token", "invalid token"))
    }
}

pub(super) fn install(call: &mut Call) -> Outcome {
    spend(call)?;
    call.not_in_safe_mode()?;
    let upload = call.request.parts.as_ref().map(|parts| parts.iter().find(|p| p.name == "plugin"));
    match upload {
        Some(part) => by_upload(call, part),
        None => by_uri(call),
    }
}

fn by_upload(call: &mut Call, part: Option<&Part>) -> Outcome {
    if call.cloud || call.gate.is_on("upm_blocks_upload") {
        let words = "Plugins cannot be installed via upload";
        return Err(refuse(403, "upm.pluginInstall.error.upload.disabled", words));
    }
    let part = part.ok_or_else(|| refuse(400, "upm.pluginInstall.error.no.file", "The field 'plugin' is missing"))?;
    let name = part.file.clone().unwrap_or_default();
    let aim = match part.bytes.starts_with(ARCHIVE) {
        true => aim(call, &name),
        false => invalid(),
    };
    let task = begin(call, &name, aim);
    // Browsers get JSON of uploads in a page, so that they do not offer it as a file.
    let page = format!("<textarea>{}</textarea>", super::tasks::document(call, task));
    Ok(Reply::html(202, page).with("location", format!("{}/pending/{}", call.root, call.world.tasks[task].id)))
}

fn by_uri(call: &mut Call) -> Outcome {
    let media = if call.cloud { [CONNECT, BY_URI] } else { [BY_URI, BY_URI] };
    let body = call.body(&media)?;
    let uri = body["pluginUri"].as_str().unwrap_or_default().to_owned();
    if !uri.starts_with("http://") && !uri.starts_with("https://") && !uri.starts_with("file:") {
        return Err(refuse(400, "upm.pluginInstall.error.invalid.uri", "The URI is not valid."));
    }
    let aim = match uri.contains("missing") {
        true => Aim::Fail(
            "upm.pluginInstall.error.response.exception",
            format!("Could not download the file from {uri}: 404"),
        ),
        false => aim(call, &uri),
    };
    let task = begin(call, &uri, aim);
    accepted(call, task)
}

fn accepted(call: &Call, task: usize) -> Outcome {
    let body = super::tasks::document(call, task).to_string();
    let reply = Reply::typed(202, "application/vnd.atl.plugins.pending-task+json", body);
    Ok(reply.with("location", format!("{}/pending/{}", call.root, call.world.tasks[task].id)))
}

fn invalid() -> Aim {
    let words = "Could not install the file. Check that the file is valid.";
    Aim::Fail("upm.pluginInstall.error.invalid", words.to_owned())
}

/// Tells from the name of a file, `KEY-VERSION.jar`, what comes of it. A name with `broken` in it is no app, one with
/// `unsigned` has no signature.
fn aim(call: &Call, source: &str) -> Aim {
    let file = source.split(['?', '#']).next().unwrap_or(source).rsplit('/').next().unwrap_or(source);
    let connect = call.cloud.then(|| file.strip_suffix(".json")).flatten();
    let stem = file.strip_suffix(".jar").or_else(|| file.strip_suffix(".obr")).or(connect);
    let Some(stem) = stem.filter(|stem| !stem.contains("broken")) else { return invalid() };
    if stem.contains("unsigned") && call.gate.is_on("upm_checks_signatures") {
        return Aim::Fail("upm.pluginInstall.error.signature", "Signature check failed!".into());
    }
    let digit = |at: &usize| stem[at + 1..].starts_with(|c: char| c.is_ascii_digit());
    let split = stem.match_indices('-').map(|(at, _)| at).find(digit);
    let (key, version) = split.map_or((stem, "1.0.0"), |at| (&stem[..at], &stem[at + 1..]));
    let known = call.world.apps.iter().find(|app| app.key == key);
    let app = known.map_or_else(|| seed::unknown(key, version), |app| App { version: version.into(), ..app.clone() });
    Aim::Install(Box::new(app))
}

/// Begins a task and returns its place.
fn begin(call: &mut Call, source: &str, aim: Aim) -> usize {
    let (a, b) = (call.world.next(), call.world.next());
    let id =
        format!("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", a >> 32, a & 0xFFFF, b & 0xFFF, (b >> 12) & 0xFFF, b >> 16);
    let user = call.user.to_owned();
    call.world.tasks.push(Task {
        id,
        user,
        source: source.to_owned(),
        began: Instant::now(),
        stamp: now(),
        aim,
        done: false,
    });
    call.world.tasks.len() - 1
}

pub(super) fn update_all(call: &mut Call) -> Outcome {
    spend(call)?;
    call.not_in_safe_mode()?;
    let keys: Vec<String> =
        call.world.apps.iter().filter(|a| a.has_update() && !a.lacks_licence()).map(|a| a.key.clone()).collect();
    let task = begin(call, &keys.join(","), Aim::Update(keys));
    accepted(call, task)
}

/// Returns how a list of apps that were updated is told in the result of a task.
pub(super) fn updated(call: &Call, keys: &[String]) -> Value {
    let apps = call.world.apps.iter().filter(|app| keys.contains(&app.key));
    apps.map(|app| serde_json::json!({ "key": app.key, "name": app.name, "version": app.version })).collect()
}
