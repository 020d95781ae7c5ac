//! The ways in that the products of Data Center share: the login of the two-step plugin, websudo, the old form.

use super::call::{Call, Outcome};
use super::gate::{Gate, Session, cookies, xsrf_token};
use super::guard::{Refusal, captcha, trusted};
use super::sign_in::{How, check_password};
use crate::sandbox::http::Reply;
use crate::sandbox::people::{self, UserId};
use serde_json::{Value, json};

/// A resource that the switch `name` has taken away is not there.
pub(crate) fn only_with(gate: &Gate, name: &str) -> Result<(), Refusal> {
    if gate.is_on(name) {
        return Ok(());
    }
    Err(Box::new(Reply::json(404, &json!({ "message": "null for uri", "status-code": 404 }))))
}

/// Opens a session for a user; the one that the request had is over.
pub(crate) fn open<W, F>(call: &mut Call<W, F>, user: UserId) -> (String, Vec<(&'static str, String)>) {
    if let Some(old) = &call.caller.session {
        call.gate.sessions.remove(old);
    }
    let id = call.gate.open(Session { user: Some(user), elevated: false });
    let mut headers = cookies(call.gate.house, &id);
    headers.push(("x-seraph-loginreason", "OK".into()));
    (id, headers)
}

fn message(status: u16, text: &str) -> Reply {
    Reply::json(status, &json!({ "message": text, "status-code": status }))
}

/// The login of the two-step plugin, which is there only when it is switched on.
pub(crate) fn two_step<W, F>(call: &mut Call<W, F>, home: &str) -> Outcome {
    only_with(call.gate, "tsv")?;
    let body: Value = serde_json::from_slice(&call.request.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    let (name, password) = (text("username"), text("password"));
    if call.gate.asks_captcha(name) {
        return Err(Box::new(captcha(call.gate.house, message(403, "CAPTCHA required"))));
    }
    let Some(user) = check_password(call.gate, name, password) else {
        return Err(Box::new(message(401, "Invalid credentials")));
    };
    if people::everybody()[user].name == people::TWO_STEP {
        let text = "The user must undergo additional verification or enroll in two-step verification.";
        return Err(Box::new(message(412, text)));
    }
    let (_, headers) = open(call, user);
    let mut reply = Reply::json(200, &json!({ "targetUrl": home }));
    reply.headers.extend(headers);
    Ok(reply)
}

/// Says which ways in there are.
pub(crate) fn options<W, F>(call: &mut Call<W, F>) -> Outcome {
    only_with(call.gate, "tsv")?;
    Ok(Reply::json(200, &json!({ "loginOptions": [{ "type": "LOGIN_FORM", "id": 1 }] })))
}

/// How a try to get a secure administrator session ends: where to, and whether it was granted.
pub(crate) enum Sudo {
    /// There is no session that could be raised.
    NoSession,
    /// The request may come from a strange page.
    Forged,
    /// Answered, whether the password was right or not; only a header tells.
    Answered(Reply),
}

/// Raises the caller's session, if `password` is the password of an administrator.
pub(crate) fn websudo<W, F>(call: &mut Call<W, F>, admin: bool, password: &str, to: &str) -> Sudo {
    let session = call.caller.session.clone().filter(|_| call.caller.how == How::Session);
    let (Some(id), Some(user)) = (session, call.caller.user) else { return Sudo::NoSession };
    if !trusted(call.request) && call.field("atl_token") != xsrf_token(&id) {
        return Sudo::Forged;
    }
    let name = people::everybody().get(user).map_or("", |u| u.name.as_str());
    if !admin || !people::password_fits(name, password) {
        return Sudo::Answered(Reply::redirect(302, to).with("x-atlassian-websudo", "Require-Authentication"));
    }
    call.gate.sessions.remove(&id);
    let fresh = call.gate.open(Session { user: call.caller.user, elevated: true });
    let mut reply = Reply::redirect(302, to).with("x-atlassian-websudo", "Has-Authentication");
    reply.headers.extend(cookies(call.gate.house, &fresh));
    Sudo::Answered(reply)
}

/// How the old login form ends.
pub(crate) enum Form {
    /// With the page again, for this reason; behind a CAPTCHA or not.
    Again(&'static str, bool),
    /// With a session.
    In(Vec<(&'static str, String)>),
}

/// Judges the old login form; with the two-step plugin it is no way in.
pub(crate) fn form<W, F>(call: &mut Call<W, F>, name: &str, password: &str) -> Form {
    if !call.gate.is_on("form") || call.gate.is_on("tsv") {
        return Form::Again("AUTHENTICATION_DENIED", false);
    }
    if call.gate.asks_captcha(name) {
        return Form::Again("AUTHENTICATION_DENIED", true);
    }
    match check_password(call.gate, name, password) {
        Some(user) => Form::In(open(call, user).1),
        None => Form::Again("AUTHENTICATED_FAILED", false),
    }
}

/// Ends the caller's session.
pub(crate) fn leave<W, F>(call: &mut Call<W, F>) {
    if let Some(id) = &call.caller.session {
        call.gate.sessions.remove(id);
    }
}

/// Returns where to go after a login: only places on this server.
pub(crate) fn destination(asked: &str, home: &str) -> String {
    let local = asked.starts_with('/') && !asked.starts_with("//");
    if local { asked.to_owned() } else { home.to_owned() }
}
