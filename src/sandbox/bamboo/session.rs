//! Sessions: the login of the two-step plugin, the old form, websudo.

use super::call::{Access, Call, Outcome, Play, json_only, unauthenticated};
use crate::sandbox::atlassian::guard::captcha;
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::atlassian::two_step::{self, Form};
use crate::sandbox::http::Reply;
use crate::sandbox::people;
use crate::sandbox::table::{Row, row};
use serde_json::json;

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "/rest/tsv/1.0/authenticate", json_only(Access::Anyone, two_step)),
    row("POST", "/rest/tsv/latest/authenticate", json_only(Access::Anyone, two_step)),
    row("GET", "/rest/authconfig/1.0/login-options", json_only(Access::Anyone, options)),
    row("GET", "/rest/authconfig/latest/login-options", json_only(Access::Anyone, options)),
    row("POST", "/userlogin.action", json_only(Access::Anyone, form)),
    row("GET", "/userlogin!doDefault.action", json_only(Access::Anyone, form_page)),
    row("GET", "/userLogout.action", json_only(Access::Anyone, logout)),
    row("GET", "/rest/api/latest/websudo-session", json_only(Access::User, websudo)),
    row("PUT", "/rest/api/latest/websudo-session", json_only(Access::Admin, elevate)),
    row("DELETE", "/rest/api/latest/websudo-session", json_only(Access::User, drop_websudo)),
];

fn two_step(call: &mut Call) -> Outcome {
    let home = format!("{}/", call.face.base);
    two_step::two_step(call, &home)
}

fn options(call: &mut Call) -> Outcome {
    two_step::options(call)
}

fn page(reason: &str) -> Reply {
    let form = "<html><head><title>Log in - Practice Bamboo</title></head><body><form id=\"loginForm\" method=\"post\" \
        action=\"userlogin.action\"><input name=\"os_username\"><input name=\"os_password\" type=\"password\"></form></body></html>";
    Reply::html(200, form).with("x-seraph-loginreason", reason)
}

fn form_page(_call: &mut Call) -> Outcome {
    Ok(page("OUT"))
}

/// The old login form.
fn form(call: &mut Call) -> Outcome {
    let (name, password) = (call.field("os_username"), call.field("os_password"));
    match two_step::form(call, &name, &password) {
        Form::Again(reason, true) => Ok(captcha(call.gate.house, page(reason))),
        Form::Again(reason, false) => Ok(page(reason)),
        Form::In(headers) => {
            let to = two_step::destination(&call.field("os_destination"), "/");
            let mut reply = Reply::redirect(302, &format!("{}{to}", call.face.base));
            reply.headers.extend(headers);
            Ok(reply)
        }
    }
}

fn logout(call: &mut Call) -> Outcome {
    two_step::leave(call);
    Ok(Reply::html(200, "<html><head><title>Logged out - Practice Bamboo</title></head><body></body></html>"))
}

fn websudo(call: &mut Call) -> Outcome {
    Call::ok(&json!({ "active": call.caller.elevated, "enabled": call.gate.is_on("websudo") }))
}

fn set_elevated(call: &mut Call, elevated: bool) -> Outcome {
    if let Some(session) = call.caller.session.as_ref().and_then(|id| call.gate.sessions.get_mut(id)) {
        session.elevated = elevated;
    }
    Call::done()
}

/// Makes a session a secure one, for whoever says the password again.
fn elevate(call: &mut Call) -> Outcome {
    let password = call.body()?["password"].as_str().unwrap_or_default().to_owned();
    if call.caller.how != How::Session || !people::password_fits(&call.my_name(), &password) {
        return Err(unauthenticated());
    }
    set_elevated(call, true)
}

fn drop_websudo(call: &mut Call) -> Outcome {
    set_elevated(call, false)
}
