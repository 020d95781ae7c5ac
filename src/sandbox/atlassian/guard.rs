//! What stands between a request and the resource in every product: XSRF rules, rate limits, websudo.

use super::gate::{Gate, House};
use super::sign_in::{Caller, How};
use crate::sandbox::http::{Reply, Request};
use crate::sandbox::people;
use crate::sandbox::upm::Visitor;
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

/// Applies the XSRF rules of the REST layer.
pub(crate) fn xsrf(house: &House, base: &str, request: &Request, path: &str) -> Result<(), Refusal> {
    if request.method != "POST" || !path.starts_with("/rest/") {
        return Ok(());
    }
    let failed = || Err(Box::new(Reply::text(403, "XSRF check failed")));
    let browser = request.header("user-agent").is_some_and(|agent| agent.starts_with("Mozilla/"));
    if browser {
        let origin = base.strip_suffix(house.path).unwrap_or(base);
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
    if forgeable && !trusted(request) {
        return failed();
    }
    Ok(())
}

/// Says whether the request carries the header that no form of a strange page can send.
pub(crate) fn trusted(request: &Request) -> bool {
    ["no-check", "nocheck"].contains(&request.header("x-atlassian-token").unwrap_or_default())
}

/// Says whether an administrator has confirmed the password, as far as this server asks for it.
pub(crate) fn confirmed(gate: &Gate, caller: &Caller) -> bool {
    caller.how == How::Basic || caller.elevated || gate.house.cloud || !gate.is_on("websudo")
}

/// Describes the caller to the plugin manager.
pub(crate) fn visitor(gate: &Gate, caller: &Caller, admin: bool) -> Visitor {
    let user = caller.user.and_then(|id| people::everybody().get(id)).map(|user| user.name.clone());
    Visitor { user, admin, confirmed: confirmed(gate, caller) }
}

/// The page of Data Center for Basic credentials that did not help.
pub(crate) fn basic_failed(house: &'static House, reason: &'static str, status: u16) -> Refusal {
    let title = if status == 401 { "Unauthorized" } else { "Forbidden" };
    let page = format!(
        "<html><head><title>{title} ({status})</title></head><body><h1>{title} ({status})</h1>\
         <p>Basic Authentication Failure - Reason : {reason}</p></body></html>"
    );
    let reply = Reply::html(status, page).with("x-seraph-loginreason", reason).with("x-ausername", "anonymous");
    Box::new(match status {
        401 => reply.with("www-authenticate", realm(house)),
        _ => captcha(house, reply),
    })
}

/// The answer to somebody who is not signed in where one must be.
pub(crate) fn nobody() -> Refusal {
    let body = json!({ "message": "Client must be authenticated to access this resource.", "status-code": 401 });
    Box::new(Reply::json(401, &body))
}

/// Returns the challenge of Data Center.
pub(crate) fn realm(house: &House) -> String {
    format!("OAuth realm=\"{}\"", house.path.trim_start_matches('/'))
}

/// Adds the header that says a CAPTCHA is wanted.
pub(crate) fn captcha(house: &House, reply: Reply) -> Reply {
    let page = format!("CAPTCHA_CHALLENGE; login-url={}{}", house.path, house.login_page);
    reply.with("x-authentication-denied-reason", page)
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

/// Returns the rate limit headers of Cloud, with a reset so many seconds from now.
pub(crate) fn cloud_rate_headers(retry_after: Option<u64>, reason: &str) -> Vec<(&'static str, String)> {
    let wait = i64::try_from(retry_after.unwrap_or(1)).unwrap_or(1);
    let reset = jiff::Timestamp::now().as_second() + wait;
    let reset = jiff::Timestamp::from_second(reset).map(|t| t.strftime("%Y-%m-%dT%H:%MZ").to_string());
    vec![
        ("x-ratelimit-limit", "100".into()),
        ("x-ratelimit-remaining", "0".into()),
        ("x-ratelimit-reset", reset.unwrap_or_default()),
        ("ratelimit-reason", reason.to_owned()),
    ]
}

/// A page without the product's furniture.
pub(crate) fn page(title: &str, text: &str) -> String {
    format!("<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><h1>{text}</h1></body></html>")
}
