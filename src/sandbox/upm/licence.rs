//! Licences of apps.

use super::world::App;
use super::{Call, Outcome, Refusal, refuse};
use crate::sandbox::http::Reply;
use crate::sandbox::jira::world::{DAY, now};
use serde_json::{Value, json};

/// How a licence begins that was made for practice.
const GOOD: &str = "AAAB";
const MEDIA: &[&str] = &["application/vnd.atl.plugins+json", "application/vnd.atl.plugins.license+json"];

/// Writes the licence of an app.
pub(super) fn document(app: &App) -> Value {
    let Some(raw) = &app.licence else {
        return json!({ "pluginKey": app.key, "valid": false, "active": false, "rawLicense": "" });
    };
    let expiry = now() / DAY * DAY + 200 * DAY;
    json!({
        "pluginKey": app.key, "valid": true, "evaluation": raw.contains("eval"), "nearlyExpired": false,
        "maximumNumberOfUsers": 500, "licenseType": "COMMERCIAL", "expiryDate": expiry, "rawLicense": raw,
        "active": true, "subscription": true, "autoRenewal": false, "dataCenter": true, "expired": false,
        "organizationName": "Practice", "supportEntitlementNumber": "SEN-1000000", "upgradable": false,
    })
}

/// Finds an app that asks for a licence.
fn licensed(call: &Call) -> Result<usize, Refusal> {
    let at = call.place()?;
    if call.world.apps[at].licensing {
        return Ok(at);
    }
    Err(refuse(412, "upm.plugin.error.plugin.not.using.licensing", "The plugin does not use licensing."))
}

pub(super) fn licence(call: &mut Call) -> Outcome {
    Call::ok("license", &document(&call.world.apps[licensed(call)?]))
}

pub(super) fn set(call: &mut Call) -> Outcome {
    let at = licensed(call)?;
    let body = call.body(MEDIA)?;
    let raw = body["rawLicense"].as_str().unwrap_or_default().split_whitespace().collect::<String>();
    if !raw.starts_with(GOOD) {
        return Err(refuse(400, "upm.plugin.error.invalid.license", "The license is not valid for this plugin."));
    }
    call.world.apps[at].licence = Some(raw);
    Call::ok("license", &document(&call.world.apps[at]))
}

pub(super) fn remove(call: &mut Call) -> Outcome {
    let at = licensed(call)?;
    if call.world.apps[at].licence.take().is_none() {
        return Err(refuse(409, "upm.plugin.error.no.license", "The plugin has no license."));
    }
    Call::ok("license", &document(&call.world.apps[at]))
}

fn token_document(row: &(String, String, String)) -> Value {
    json!({ "pluginKey": row.0, "token": row.1, "state": row.2, "valid": true })
}

pub(super) fn tokens(call: &mut Call) -> Outcome {
    let tokens: Vec<Value> = call.world.tokens.iter().map(token_document).collect();
    Call::ok("license-tokens", &json!({ "tokens": tokens }))
}

pub(super) fn set_token(call: &mut Call) -> Outcome {
    let body = call.body(MEDIA)?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let row = (member("pluginKey"), member("token"), member("state"));
    if row.0.is_empty() || row.1.is_empty() {
        return Err(refuse(400, "upm.license.token.error.invalid", "pluginKey and token are required"));
    }
    call.world.tokens.retain(|known| known.0 != row.0);
    call.world.tokens.push(row.clone());
    Call::ok("license-tokens", &token_document(&row))
}

fn token_place(call: &Call) -> Result<usize, Refusal> {
    let found = call.world.tokens.iter().position(|row| row.0 == call.arg(0));
    found.ok_or_else(|| refuse(404, "upm.license.token.error.not.found", "No token for that plugin"))
}

pub(super) fn token(call: &mut Call) -> Outcome {
    Call::ok("license-tokens", &token_document(&call.world.tokens[token_place(call)?]))
}

pub(super) fn remove_token(call: &mut Call) -> Outcome {
    let at = token_place(call)?;
    call.world.tokens.remove(at);
    Ok(Reply::empty(204))
}
