//! What stands between a request and the resource: XSRF rules, permissions, pages for what is not there.

use super::gate::Gate;
use super::sign_in::{Caller, How};
use super::world::World;
use crate::sandbox::http::{Reply, Request};
use serde_json::json;

/// A refusal, boxed because it is the rare case.
pub(crate) type Refusal = Box<Reply>;

/// Who may use a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody; what is shown may depend on who asks.
    Anyone,
    /// Whoever is signed in.
    User,
    /// Administrators.
    Admin,
    /// Administrators who have confirmed their password (websudo).
    Sudo,
}

/// Makes Jira's usual error body.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(status, &json!({ "errorMessages": [message], "errors": {} })))
}

/// Makes Jira's error body about one field.
pub(crate) fn refuse_field(field: &str, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(400, &json!({ "errorMessages": [], "errors": { field: message } })))
}

/// Applies the XSRF rules of the REST layer.
pub(crate) fn xsrf(base: &str, request: &Request, path: &str) -> Result<(), Refusal> {
    if request.method != "POST" || !path.starts_with("/rest/") {
        return Ok(());
    }
    let failed = || Err(Box::new(Reply::text(403, "XSRF check failed")));
    let browser = request.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla/"));
    if browser {
        let origin = base.strip_suffix(super::DC_PATH).unwrap_or(base);
        let same = |name: &str| {
            let value = request.header(name).unwrap_or_default();
            value.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if !same("origin") && !same("referer") {
            return failed();
        }
    }
    let media = request.media_type().unwrap_or_default();
    let forgeable =
        ["", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"].contains(&media.as_str());
    let token = request.header("x-atlassian-token").unwrap_or_default();
    if forgeable && !["no-check", "nocheck"].contains(&token) {
        return failed();
    }
    Ok(())
}

/// Checks that the caller may use a resource.
pub(crate) fn access(needs: Access, cloud: bool, gate: &Gate, world: &World, caller: &Caller) -> Result<(), Refusal> {
    if needs == Access::Anyone {
        return Ok(());
    }
    if caller.user.is_none() {
        return Err(unauthenticated(cloud));
    }
    if needs == Access::User {
        return Ok(());
    }
    if !world.is_admin(caller.user) {
        return Err(refuse(
            403,
            "You are not authorized to perform this operation. Administrator privileges are required.",
        ));
    }
    let confirmed = caller.how == How::Basic || caller.elevated || cloud || !gate.is_on("websudo");
    if needs == Access::Sudo && !confirmed {
        let body = json!({ "message": "This resource requires WebSudo.", "status-code": 401 });
        return Err(Box::new(Reply::json(401, &body)));
    }
    Ok(())
}

/// The answer to somebody who is not signed in where one must be.
pub(crate) fn unauthenticated(cloud: bool) -> Refusal {
    let message = "Client must be authenticated to access this resource.";
    let reply = match cloud {
        true => Reply::text(401, message),
        false => Reply::json(401, &json!({ "message": message, "status-code": 401 })),
    };
    Box::new(reply.with("www-authenticate", "OAuth realm=\"jira\""))
}

/// The page of Data Center for Basic credentials that did not help.
pub(crate) fn basic_failed(reason: &str, status: u16) -> Refusal {
    let title = if status == 401 { "Unauthorized" } else { "Forbidden" };
    let page = format!(
        "<html><head><title>{title} ({status})</title></head><body><h1>{title} ({status})</h1>\
         <p>Basic Authentication Failure - Reason : {reason}</p></body></html>"
    );
    let reply = Reply::html(status, page).with("x-seraph-loginreason", reason).with("x-ausername", "anonymous");
    Box::new(match status {
        401 => reply.with("www-authenticate", "OAuth realm=\"jira\""),
        _ => captcha(reply),
    })
}

/// Adds the header that says a CAPTCHA is wanted.
pub(crate) fn captcha(reply: Reply) -> Reply {
    reply.with("x-authentication-denied-reason", format!("CAPTCHA_CHALLENGE; login-url={}/login.jsp", super::DC_PATH))
}

/// Returns the rate limit headers of Data Center.
pub(crate) fn rate_headers(remaining: u64) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("x-ratelimit-limit", "70".into()),
        ("x-ratelimit-remaining", remaining.to_string()),
        ("x-ratelimit-fillrate", "5".into()),
        ("x-ratelimit-interval-seconds", "1".into()),
    ];
    if remaining > 0 {
        headers.push(("retry-after", "0".into()));
    }
    headers
}

/// The path is there, the method is not.
pub(crate) fn wrong_method(cloud: bool) -> Reply {
    match cloud {
        true => Reply::json(405, &json!({ "errorMessages": ["Method Not Allowed"], "errors": {} })),
        false => Reply::html(405, page("405", "Method Not Allowed")),
    }
}

/// Nothing is at this path.
pub(crate) fn not_found(cloud: bool, path: &str, whole: &str) -> Reply {
    if !path.starts_with("/rest/") {
        return Reply::html(404, page("404", "Oops, you&#39;ve found a dead link."));
    }
    if cloud {
        let body = json!({ "errorMessages": ["No endpoint GET or POST for this path."], "errors": {}, "path": whole });
        return Reply::json(404, &body);
    }
    let message = format!("null for uri: http://127.0.0.1{whole}");
    Reply::json(404, &json!({ "message": message, "status-code": 404 }))
}

/// The path lies outside of the site.
pub(crate) fn outside(cloud: bool, path: &str) -> Reply {
    if cloud {
        return Reply::json(404, &json!({ "code": 404, "message": "No tenant found" }));
    }
    if path == "/" {
        return Reply::redirect(302, &format!("{}/", super::DC_PATH));
    }
    Reply::html(404, page("HTTP Status 404", "Not Found"))
}

fn page(title: &str, text: &str) -> String {
    format!("<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><h1>{text}</h1></body></html>")
}
