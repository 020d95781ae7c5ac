//! Web pages, for those who want what a browser would get.

use super::call::{Call, Outcome};
use super::guard::Access;
use super::route::{On, Route, row};
use super::text::{Rich, escape};
use crate::sandbox::atlassian::gate::xsrf_token;
use crate::sandbox::atlassian::guard::confirmed;
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::http::{Reply, encode};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/browse/{}", Access::Anyone, browse),
    row(On::Both, "GET", "/secure/{*}", Access::Anyone, secure),
    row(On::Both, "GET", "/login.jsp", Access::Anyone, login),
    row(On::Both, "GET", "/", Access::Anyone, home),
    row(On::Both, "GET", "", Access::Anyone, home),
];

/// Pages are for sessions and, on Data Center, for user and password; a token is nobody here.
fn reader(call: &Call) -> bool {
    call.caller.user.is_some() && !call.face.cloud && call.caller.how != How::Token
}

fn page(call: &Call, title: &str, body: &str) -> Reply {
    let user = call.caller.user.filter(|_| reader(call)).map(|id| call.world.users[id].name.clone());
    let token = call.caller.session.as_deref().map(xsrf_token).unwrap_or_default();
    Reply::html(
        200,
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>{} - Practice Jira</title>\n\
             <meta name=\"ajs-remote-user\" content=\"{}\">\n<meta id=\"atlassian-token\" name=\"atlassian-token\" content=\"{token}\">\n\
             </head>\n<body>\n{body}\n</body>\n</html>\n",
            escape(title),
            escape(&user.unwrap_or_default()),
        ),
    )
}

/// Sends the reader to the login page.
pub(crate) fn to_login(call: &Call) -> Reply {
    let path = call.request.path.strip_prefix(super::DC_PATH).unwrap_or(&call.request.path);
    let url = format!("{}/login.jsp?permissionViolation=true&os_destination={}", call.face.base, encode(path));
    Reply::redirect(302, &url)
}

/// Writes the login page.
pub(crate) fn login_page(call: &Call, reason: &str) -> Reply {
    let form = format!(
        "<h1>Log in</h1><form id=\"login-form\" method=\"post\" action=\"{}/login.jsp\">\
         <input name=\"os_username\"><input name=\"os_password\" type=\"password\">\
         <input name=\"os_destination\" type=\"hidden\"><input name=\"login\" type=\"submit\"></form>",
        call.face.base
    );
    page(call, "Log in", &form).with("x-seraph-loginreason", reason)
}

fn login(call: &mut Call) -> Outcome {
    Ok(login_page(call, "OUT"))
}

fn home(call: &mut Call) -> Outcome {
    let to = format!("{}/secure/Dashboard.jspa", call.face.base);
    Ok(if reader(call) { Reply::redirect(302, &to) } else { to_login(call) })
}

fn browse(call: &mut Call) -> Outcome {
    let found = call.world.issue_id(call.arg(0)).and_then(|id| call.world.issues.get(&id));
    let open = found.is_some_and(|i| call.anonymous && call.world.may_browse(None, i.project));
    if !reader(call) && !open {
        return Ok(to_login(call));
    }
    let Some(issue) = found.filter(|i| call.may_browse(i.project)) else {
        let mut reply =
            page(call, "Issue not found", "<h1>You can&#39;t view this issue</h1><p>It may have been deleted.</p>");
        reply.status = 404;
        return Ok(reply);
    };
    let description = issue.description.as_ref().map(Rich::html).unwrap_or_default();
    let body = format!(
        "<a id=\"key-val\" href=\"{}/browse/{key}\">{key}</a>\n<h1 id=\"summary-val\">{}</h1>\n<span id=\"status-val\">{}</span>\n<div id=\"description-val\">{description}</div>",
        call.face.base,
        escape(&issue.summary),
        issue.status.name,
        key = issue.key,
    );
    Ok(page(call, &format!("[{}] {}", issue.key, issue.summary), &body))
}

fn secure(call: &mut Call) -> Outcome {
    if !reader(call) {
        return Ok(to_login(call));
    }
    let path = call.arg(0).to_owned();
    if path.starts_with("admin/") {
        if !call.world.is_admin(call.caller.user) {
            let mut reply = page(call, "Forbidden", "<h1>Forbidden (403)</h1>");
            reply.status = 403;
            return Ok(reply);
        }
        if !confirmed(call.gate, call.caller) {
            let form = "<h1>Administrator Access</h1><form action=\"WebSudoAuthenticate.jspa\" method=\"post\"><input type=\"password\" name=\"webSudoPassword\"></form>";
            return Ok(page(call, "Administrator Access", form).with("x-atlassian-websudo", "Require-Authentication"));
        }
    }
    let name = path.split(['.', '!']).next().unwrap_or_default();
    Ok(page(call, name, &format!("<h1>{}</h1>", escape(name))))
}
