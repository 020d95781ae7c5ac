//! Logins of Data Center: the session resource, the login of the two-step plugin, websudo.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{now, stamp};
use crate::sandbox::atlassian::guard::captcha;
use crate::sandbox::atlassian::sign_in::check_password;
use crate::sandbox::atlassian::two_step::{self, Form, Sudo, destination, only_with, open};
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

fn login_info(logins: u64) -> Value {
    json!({
        "failedLoginCount": 0, "loginCount": logins,
        "previousLoginTime": stamp(now() - 3_600_000),
    })
}

fn login(call: &mut Call) -> Outcome {
    only_with(call.gate, "session")?;
    let body = call.object()?;
    let (name, password) =
        (body["username"].as_str().unwrap_or_default(), body["password"].as_str().unwrap_or_default());
    if call.gate.asks_captcha(name) {
        return Err(Box::new(captcha(call.gate.house, *refuse(403, "Login denied"))));
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
    only_with(call.gate, "session")?;
    let user = call.caller.user.map(|id| &call.world.users[id]).ok_or_else(nobody)?;
    let own = format!("{}/rest/api/latest/user?username={}", call.face.base, encode(&user.name));
    Call::ok(&json!({ "self": own, "name": user.name, "loginInfo": login_info(call.gate.logins) }))
}

fn logout(call: &mut Call) -> Outcome {
    only_with(call.gate, "session")?;
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

fn two_step(call: &mut Call) -> Outcome {
    let home = format!("{}/secure/Dashboard.jspa", call.face.base);
    two_step::two_step(call, &home)
}

fn options(call: &mut Call) -> Outcome {
    two_step::options(call)
}

fn websudo(call: &mut Call) -> Outcome {
    let to = match call.field("webSudoDestination").as_str() {
        "" => format!("{}/secure/admin/ViewApplicationProperties.jspa", call.face.base),
        other => format!("{}{other}", call.face.base),
    };
    let (admin, password) = (call.world.is_admin(call.caller.user), call.field("webSudoPassword"));
    Ok(match two_step::websudo(call, admin, &password, &to) {
        Sudo::NoSession => super::pages::to_login(call),
        Sudo::Forged => {
            Reply::html(403, "<html><head><title>XSRF Security Token Missing</title></head><body></body></html>")
        }
        Sudo::Answered(reply) => reply,
    })
}

fn form(call: &mut Call) -> Outcome {
    let (name, password) = (call.field("os_username"), call.field("os_password"));
    Ok(match two_step::form(call, &name, &password) {
        Form::Again(reason, false) => super::pages::login_page(call, reason),
        Form::Again(reason, true) => captcha(call.gate.house, super::pages::login_page(call, reason)),
        Form::In(headers) => {
            let to = destination(&call.field("os_destination"), "/secure/Dashboard.jspa");
            let mut reply = Reply::redirect(302, &format!("{}{to}", call.face.base));
            reply.headers.extend(headers);
            reply
        }
    })
}

fn page_logout(call: &mut Call) -> Outcome {
    two_step::leave(call);
    Ok(Reply::html(200, "<html><head><title>Logout</title></head><body>You are now logged out.</body></html>"))
}
