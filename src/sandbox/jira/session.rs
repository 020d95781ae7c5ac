//! Logins of Data Center: the session resource, the login of the two-step plugin, websudo.

use super::call::{Call, Outcome};
use super::gate::{Session, cookies};
use super::guard::{Access, Refusal, captcha, refuse};
use super::people;
use super::route::{On, Route, row};
use super::sign_in::{How, check_password};
use super::world::{UserId, now, stamp};
use crate::sandbox::http::{Reply, encode};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "POST", "/rest/auth/1/session", Access::Anyone, login),
    row(On::Dc, "POST", "/rest/auth/latest/session", Access::Anyone, login),
    row(On::Dc, "GET", "/rest/auth/1/session", Access::Anyone, current),
    row(On::Dc, "GET", "/rest/auth/latest/session", Access::Anyone, current),
    row(On::Dc, "DELETE", "/rest/auth/1/session", Access::Anyone, logout),
    row(On::Dc, "DELETE", "/rest/auth/latest/session", Access::Anyone, logout),
    row(On::Dc, "DELETE", "/rest/auth/1/websudo", Access::Anyone, drop_websudo),
    row(On::Dc, "POST", "/rest/tsv/1.0/authenticate", Access::Anyone, two_step),
    row(On::Dc, "POST", "/rest/tsv/latest/authenticate", Access::Anyone, two_step),
    row(On::Dc, "GET", "/rest/authconfig/latest/login-options", Access::Anyone, options),
    row(On::Dc, "GET", "/rest/authconfig/1.0/login-options", Access::Anyone, options),
    row(On::Dc, "POST", "/secure/admin/WebSudoAuthenticate.jspa", Access::Anyone, websudo),
    row(On::Dc, "POST", "/login.jsp", Access::Anyone, form),
    row(On::Dc, "GET", "/secure/Logout!default.jspa", Access::Anyone, page_logout),
];

/// A resource that the switch `name` has taken away is not there.
fn only_with(call: &Call, name: &str) -> Result<(), Refusal> {
    if call.gate.is_on(name) {
        return Ok(());
    }
    Err(Box::new(Reply::json(404, &json!({ "message": "null for uri", "status-code": 404 }))))
}

fn login_info(logins: u64) -> Value {
    json!({
        "failedLoginCount": 0, "loginCount": logins,
        "previousLoginTime": stamp(now() - 3_600_000),
    })
}

/// Opens a session for a user; the one that the request had is over.
fn open(call: &mut Call, user: UserId) -> (String, Vec<(&'static str, String)>) {
    if let Some(old) = &call.caller.session {
        call.gate.sessions.remove(old);
    }
    let id = call.gate.open(Session { user: Some(user), elevated: false });
    let mut headers = cookies(&id);
    headers.push(("x-seraph-loginreason", "OK".into()));
    (id, headers)
}

fn login(call: &mut Call) -> Outcome {
    only_with(call, "session")?;
    let body = call.object()?;
    let (name, password) =
        (body["username"].as_str().unwrap_or_default(), body["password"].as_str().unwrap_or_default());
    if call.gate.asks_captcha(name) {
        return Err(Box::new(captcha(*refuse(403, "Login denied"))));
    }
    let Some(user) = check_password(call.gate, name, password) else {
        let reply = *refuse(401, "Login failed");
        return Err(Box::new(
            reply.with("www-authenticate", "JIRA REST POST").with("x-seraph-loginreason", "AUTHENTICATED_FAILED"),
        ));
    };
    let (id, headers) = open(call, user);
    let info = login_info(call.gate.logins);
    let mut reply = Reply::json(200, &json!({ "session": { "name": "JSESSIONID", "value": id }, "loginInfo": info }));
    reply.headers.extend(headers);
    Ok(reply)
}

fn nobody() -> Refusal {
    refuse(401, "You are not authenticated. Authentication required to perform this operation.")
}

fn current(call: &mut Call) -> Outcome {
    only_with(call, "session")?;
    let user = call.caller.user.map(|id| &call.world.users[id]).ok_or_else(nobody)?;
    let own = format!("{}/rest/api/latest/user?username={}", call.face.base, encode(&user.name));
    Call::ok(&json!({ "self": own, "name": user.name, "loginInfo": login_info(call.gate.logins) }))
}

fn logout(call: &mut Call) -> Outcome {
    only_with(call, "session")?;
    if call.caller.user.is_none() {
        return Err(nobody());
    }
    if let Some(id) = &call.caller.session {
        call.gate.sessions.remove(id);
    }
    Call::done()
}

fn drop_websudo(call: &mut Call) -> Outcome {
    if let Some(session) = call.caller.session.as_ref().and_then(|id| call.gate.sessions.get_mut(id)) {
        session.elevated = false;
    }
    Call::done()
}

/// The login of the two-step plugin, which is there only when it is switched on.
fn two_step(call: &mut Call) -> Outcome {
    only_with(call, "tsv")?;
    let body = call.object()?;
    let (name, password) =
        (body["username"].as_str().unwrap_or_default(), body["password"].as_str().unwrap_or_default());
    if call.gate.asks_captcha(name) {
        return Err(Box::new(captcha(*refuse(403, "CAPTCHA required"))));
    }
    let Some(user) = check_password(call.gate, name, password) else {
        return Err(Box::new(Reply::json(401, &json!({ "message": "Invalid credentials", "status-code": 401 }))));
    };
    if call.world.users[user].name == people::TWO_STEP {
        let message = "The user must undergo additional verification or enroll in two-step verification.";
        return Err(Box::new(Reply::json(412, &json!({ "message": message, "status-code": 412 }))));
    }
    let (_, headers) = open(call, user);
    let mut reply = Reply::json(200, &json!({ "targetUrl": format!("{}/secure/Dashboard.jspa", call.face.base) }));
    reply.headers.extend(headers);
    Ok(reply)
}

fn options(call: &mut Call) -> Outcome {
    only_with(call, "tsv")?;
    Call::ok(&json!({ "loginOptions": [{ "type": "LOGIN_FORM", "id": 1 }] }))
}

/// Answers 302 whether the password was right or not; only a header tells.
fn websudo(call: &mut Call) -> Outcome {
    let form = call.request.form();
    let field = |name: &str| form.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let Some(id) = call.caller.session.clone().filter(|_| call.caller.how == How::Session) else {
        return Ok(super::pages::to_login(call));
    };
    let trusted = call.request.header("x-atlassian-token").is_some_and(|t| t.starts_with("no"))
        || field("atl_token") == super::gate::xsrf_token(&id);
    if !trusted {
        return Ok(Reply::html(
            403,
            "<html><head><title>XSRF Security Token Missing</title></head><body></body></html>",
        ));
    }
    let name = call.world.users[call.me()].name.clone();
    let to = match field("webSudoDestination") {
        "" => "/secure/admin/ViewApplicationProperties.jspa",
        other => other,
    };
    let to = format!("{}{to}", call.face.base);
    if !call.world.is_admin(call.caller.user) || !people::password_fits(&name, field("webSudoPassword")) {
        return Ok(Reply::redirect(302, &to).with("x-atlassian-websudo", "Require-Authentication"));
    }
    call.gate.sessions.remove(&id);
    let fresh = call.gate.open(Session { user: call.caller.user, elevated: true });
    let mut reply = Reply::redirect(302, &to).with("x-atlassian-websudo", "Has-Authentication");
    reply.headers.extend(cookies(&fresh));
    Ok(reply)
}

/// The old login form; with the two-step plugin it is no way in.
fn form(call: &mut Call) -> Outcome {
    let form = call.request.form();
    let field = |name: &str| form.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str());
    let name = field("os_username").to_owned();
    if !call.gate.is_on("form") || call.gate.is_on("tsv") {
        return Ok(super::pages::login_page(call, "AUTHENTICATION_DENIED"));
    }
    if call.gate.asks_captcha(&name) {
        return Ok(captcha(super::pages::login_page(call, "AUTHENTICATION_DENIED")));
    }
    let Some(user) = check_password(call.gate, &name, field("os_password")) else {
        return Ok(super::pages::login_page(call, "AUTHENTICATED_FAILED"));
    };
    let to = match field("os_destination") {
        // Only places on this server.
        to if to.starts_with('/') && !to.starts_with("//") => to.to_owned(),
        _ => "/secure/Dashboard.jspa".to_owned(),
    };
    let (_, headers) = open(call, user);
    let mut reply = Reply::redirect(302, &format!("{}{to}", call.face.base));
    reply.headers.extend(headers);
    Ok(reply)
}

fn page_logout(call: &mut Call) -> Outcome {
    if let Some(id) = &call.caller.session {
        call.gate.sessions.remove(id);
    }
    Ok(Reply::html(200, "<html><head><title>Logout</title></head><body>You are now logged out.</body></html>"))
}
