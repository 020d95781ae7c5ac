//! Ways in and out of Data Center, and the pages that a browser gets.

use super::call::{Call, Outcome};
use super::guard::Access;
use super::route::{On, Route, row};
use super::text::{self, escape};
use super::world::{Content, Kind};
use crate::sandbox::atlassian::gate::xsrf_token;
use crate::sandbox::atlassian::guard::{captcha, confirmed};
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::atlassian::two_step::{self, Form, Sudo, destination};
use crate::sandbox::http::{Reply, encode};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "POST", "/rest/tsv/{v}/authenticate", Access::Anyone, authenticate),
    row(On::Dc, "GET", "/rest/authconfig/{v}/login-options", Access::Anyone, options),
    row(On::Dc, "POST", "/dologin.action", Access::Anyone, form),
    row(On::Dc, "GET", "/login.action", Access::Anyone, login),
    row(On::Dc, "GET", "/logout.action", Access::Anyone, logout),
    row(On::Dc, "POST", "/doauthenticate.action", Access::Anyone, websudo),
    row(On::Dc, "GET", "/authenticate.action", Access::Anyone, ask_password),
    row(On::Dc, "GET", "/admin/{*}", Access::Anyone, admin),
    row(On::Both, "GET", "/pages/viewpage.action", Access::Anyone, by_number),
    row(On::Both, "GET", "/display/{}/{}", Access::Anyone, by_title),
    row(On::Both, "GET", "/display/{}", Access::Anyone, by_space),
    row(On::Cloud, "GET", "/spaces/{}/pages/{}/{}", Access::Anyone, by_place),
    row(On::Dc, "GET", "/exportword", Access::Anyone, word),
    row(On::Dc, "GET", "/dashboard.action", Access::Anyone, dashboard),
    row(On::Dc, "GET", "/index.action", Access::Anyone, dashboard),
    row(On::Dc, "GET", "/", Access::Anyone, home),
    row(On::Dc, "GET", "", Access::Anyone, home),
];

const HOME: &str = "/dashboard.action";

fn authenticate(call: &mut Call) -> Outcome {
    let home = format!("{}{HOME}", call.face.base);
    two_step::two_step(call, &home)
}

fn options(call: &mut Call) -> Outcome {
    two_step::options(call)
}

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
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<title>{} - Practice Confluence</title>\n\
             <meta name=\"ajs-remote-user\" content=\"{}\">\n<meta name=\"ajs-atl-token\" content=\"{token}\">\n\
             </head>\n<body>\n{body}\n</body>\n</html>\n",
            escape(title),
            escape(&user.unwrap_or_default()),
        ),
    )
}

fn to_login(call: &Call) -> Reply {
    let path = call.request.path.strip_prefix(super::DC_PATH).unwrap_or(&call.request.path);
    let path =
        if call.request.raw_query.is_empty() { path.to_owned() } else { format!("{path}?{}", call.request.raw_query) };
    Reply::redirect(302, &format!("{}/login.action?os_destination={}", call.face.base, encode(&path)))
}

fn login_page(call: &Call, reason: &str) -> Reply {
    let form = format!(
        "<h1>Log in</h1><form name=\"loginform\" method=\"post\" action=\"{}/dologin.action\">\
         <input name=\"os_username\"><input name=\"os_password\" type=\"password\"><input name=\"os_cookie\" type=\"checkbox\">\
         <input name=\"os_destination\" type=\"hidden\"><input name=\"login\" type=\"submit\"></form>",
        call.face.base
    );
    page(call, "Log in", &form).with("x-seraph-loginreason", reason)
}

fn login(call: &mut Call) -> Outcome {
    Ok(login_page(call, "OUT"))
}

fn form(call: &mut Call) -> Outcome {
    let (name, password) = (call.field("os_username"), call.field("os_password"));
    Ok(match two_step::form(call, &name, &password) {
        Form::Again(reason, false) => login_page(call, reason),
        Form::Again(reason, true) => captcha(call.gate.house, login_page(call, reason)),
        Form::In(headers) => {
            let to = destination(&call.field("os_destination"), HOME);
            let mut reply = Reply::redirect(302, &format!("{}{to}", call.face.base));
            reply.headers.extend(headers);
            reply
        }
    })
}

fn logout(call: &mut Call) -> Outcome {
    two_step::leave(call);
    Ok(Reply::redirect(302, &format!("{}/login.action?logout=true", call.face.base)))
}

fn websudo(call: &mut Call) -> Outcome {
    let to = destination(&call.field("destination"), "/admin/console.action");
    let to = format!("{}{to}", call.face.base);
    let (admin, password) = (call.world.is_admin(call.caller.user), call.field("password"));
    Ok(match two_step::websudo(call, admin, &password, &to) {
        Sudo::NoSession => to_login(call),
        Sudo::Forged => {
            Reply::html(403, "<html><head><title>XSRF Security Token Missing</title></head><body></body></html>")
        }
        Sudo::Answered(reply) => reply,
    })
}

fn ask_password(call: &mut Call) -> Outcome {
    let form = "<h1>Administrator Access</h1><form action=\"doauthenticate.action\" method=\"post\">\
                <input type=\"password\" name=\"password\"><input name=\"authenticate\" value=\"Confirm\"></form>";
    Ok(page(call, "Administrator Access", form).with("x-atlassian-websudo", "Require-Authentication"))
}

fn admin(call: &mut Call) -> Outcome {
    if !reader(call) {
        return Ok(to_login(call));
    }
    if !call.world.is_admin(call.caller.user) {
        let mut reply = page(call, "Not Permitted", "<h1>Not Permitted</h1>");
        reply.status = 403;
        return Ok(reply);
    }
    if !confirmed(call.gate, call.caller) {
        let path = format!("/admin/{}", call.arg(0));
        let to = format!("{}/authenticate.action?destination={}", call.face.base, encode(&path));
        return Ok(Reply::redirect(302, &to).with("x-atlassian-websudo", "Require-Authentication"));
    }
    Ok(page(call, "Administration", &format!("<h1>{}</h1>", escape(call.arg(0)))))
}

fn dashboard(call: &mut Call) -> Outcome {
    Ok(if reader(call) { page(call, "Dashboard", "<h1>Dashboard</h1>") } else { to_login(call) })
}

fn home(call: &mut Call) -> Outcome {
    let to = format!("{}{HOME}", call.face.base);
    Ok(if reader(call) { Reply::redirect(302, &to) } else { to_login(call) })
}

fn by_number(call: &mut Call) -> Outcome {
    let id = call.request.param("pageId").and_then(|id| id.parse().ok()).unwrap_or(0);
    show(call, |c| c.id == id)
}

fn by_place(call: &mut Call) -> Outcome {
    let id = call.id(1);
    show(call, |c| c.id == id)
}

fn by_title(call: &mut Call) -> Outcome {
    let (space, title) = (call.world.space(call.arg(0)).map(|s| s.id), call.arg(1).replace('+', " "));
    show(call, |c| Some(c.space) == space && c.kind == Kind::Page && c.title() == title)
}

fn by_space(call: &mut Call) -> Outcome {
    let home = call.world.space(call.arg(0)).and_then(|s| s.homepage);
    show(call, |c| Some(c.id) == home)
}

/// Shows a page to those who may see it; everybody else is asked to log in.
fn show(call: &Call, fits: impl Fn(&Content) -> bool) -> Outcome {
    let found = call.world.content.values().find(|c| fits(c));
    let open = found.is_some_and(|c| call.anonymous && call.world.may_read(None, c));
    if !reader(call) && !open {
        return Ok(to_login(call));
    }
    let Some(content) = found.filter(|c| call.may_read(c)) else {
        let mut reply = page(call, "Page Not Found", "<h1>Page Not Found</h1>");
        reply.status = 404;
        return Ok(reply);
    };
    let body = format!(
        "<h1 id=\"title-text\">{}</h1>\n<div id=\"main-content\" class=\"wiki-content\">{}</div>",
        escape(content.title()),
        text::view(call.world, content.body(), &call.face.base),
    );
    Ok(page(call, content.title(), &body))
}

/// The export that word processors read: a page in a message with one part.
fn word(call: &mut Call) -> Outcome {
    let id = call.request.param("pageId").and_then(|id| id.parse::<u64>().ok()).unwrap_or(0);
    let mut reply = show(call, |c| c.id == id)?;
    if reply.status == 200 {
        let title = call.world.content.get(&id).map_or(String::new(), |c| encode(c.title()));
        let head = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=UTF-8\r\n\r\n";
        reply.body = [head.as_bytes(), &reply.body].concat().into();
        reply.headers = vec![
            ("content-type", "application/vnd.ms-word".into()),
            ("content-disposition", format!("attachment; filename={title}.doc")),
        ];
    }
    Ok(reply)
}
