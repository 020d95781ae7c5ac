//! Ways in and out of Data Center, and what the server says about itself.

use crate::sandbox::atlassian::gate::xsrf_token;
use crate::sandbox::atlassian::guard::{captcha, page};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::atlassian::two_step::{self, Form};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::Access;
use crate::sandbox::http::{Reply, encode};
use serde_json::json;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/application-properties", Access::Anyone, properties),
    row(On::Dc, "POST", "/rest/tsv/{v}/authenticate", Access::Anyone, authenticate),
    row(On::Dc, "GET", "/rest/authconfig/{v}/login-options", Access::Anyone, options),
    row(On::Dc, "GET", "/plugins/servlet/applinks/whoami", Access::Anyone, whoami),
    row(On::Dc, "GET", "/rest/applinks/{v}/manifest", Access::Anyone, manifest),
    row(On::Dc, "GET", "/login", Access::Anyone, login),
    row(On::Dc, "POST", "/j_atl_security_check", Access::Anyone, form),
    row(On::Dc, "GET", "/logout", Access::Anyone, logout),
    row(On::Dc, "GET", "/dashboard", Access::Anyone, dashboard),
    row(On::Dc, "GET", "/admin", Access::Anyone, dashboard),
    row(On::Dc, "GET", "/projects", Access::Anyone, dashboard),
    row(On::Dc, "GET", "/", Access::Anyone, dashboard),
    row(On::Dc, "GET", "", Access::Anyone, dashboard),
];

/// Answers everybody; only the header with the name tells whether the credentials were any good.
fn properties(call: &mut Call) -> Outcome {
    Call::ok(&json!({
        "version": call.gate.version(), "buildNumber": "10003002", "buildDate": "1780272000000", "displayName": "Bitbucket",
    }))
}

fn manifest(call: &mut Call) -> Outcome {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><manifest>\
         <id>3f3a0c0e-5c0a-4ac6-9c7c-bb6d2ad0a0aa</id><name>Bitbucket</name><typeId>stash</typeId><version>{}</version>\
         <buildNumber>10003002</buildNumber><publicSignup>false</publicSignup><url>{}</url></manifest>",
        call.gate.version(),
        call.face.base
    );
    Ok(Reply::typed(200, "application/xml;charset=UTF-8", xml))
}

fn authenticate(call: &mut Call) -> Outcome {
    let home = format!("{}/dashboard", call.face.base);
    two_step::two_step(call, &home)
}

fn options(call: &mut Call) -> Outcome {
    two_step::options(call)
}

/// Writes the caller's name, or nothing at all.
fn whoami(call: &mut Call) -> Outcome {
    let name = call.caller.user.map(|id| call.world.users[id].name.clone());
    Ok(Reply::text(200, name.unwrap_or_default()))
}

fn login_page(call: &Call, reason: &str) -> Reply {
    let token = call.caller.session.as_deref().map(xsrf_token).unwrap_or_default();
    let form = format!(
        "Log in</h1><form method=\"post\" action=\"{}/j_atl_security_check\"><input name=\"j_username\">\
         <input name=\"j_password\" type=\"password\"><input type=\"hidden\" name=\"atl_token\" value=\"{token}\"></form><h1>",
        call.face.base
    );
    Reply::html(200, page("Log in - Bitbucket", &form)).with("x-seraph-loginreason", reason)
}

fn login(call: &mut Call) -> Outcome {
    Ok(login_page(call, "OUT"))
}

fn form(call: &mut Call) -> Outcome {
    let (name, password) = (call.field("j_username"), call.field("j_password"));
    Ok(match two_step::form(call, &name, &password) {
        Form::Again(reason, false) => login_page(call, reason),
        Form::Again(reason, true) => captcha(call.gate.house, login_page(call, reason)),
        Form::In(headers) => {
            let mut reply = Reply::redirect(302, &format!("{}/dashboard", call.face.base));
            reply.headers.extend(headers);
            reply
        }
    })
}

fn logout(call: &mut Call) -> Outcome {
    two_step::leave(call);
    Ok(Reply::redirect(302, &format!("{}/login", call.face.base)))
}

/// Pages are for sessions and for user and password; a token is nobody here.
fn dashboard(call: &mut Call) -> Outcome {
    if call.caller.user.is_none() || call.caller.how == How::Token {
        let path = call.request.path.strip_prefix("/bitbucket").unwrap_or("/");
        return Ok(Reply::redirect(302, &format!("{}/login?next={}", call.face.base, encode(path))));
    }
    Ok(Reply::html(200, page("Your work - Bitbucket", "Your work")))
}
