//! Who is asking? Credentials of a request, judged as each deployment does.

use super::gate::{Gate, Session, cookies};
use super::guard::{self, Refusal};
use crate::sandbox::http::{Reply, Request, encode, encode_name};
use crate::sandbox::people::{self, EXPIRED_TOKEN, READ_TOKEN, SCOPED_TOKEN, UserId};
use base64::Engine;

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Not at all.
    Nobody,
    /// User name and password, or email and API token, with the request.
    Basic,
    /// A personal access token.
    Token,
    /// A session cookie.
    Session,
}

/// Somebody who asks.
pub(crate) struct Caller {
    pub user: Option<UserId>,
    pub how: How,
    /// The id of a living session that came with the request.
    pub session: Option<String>,
    /// A secure administrator session.
    pub elevated: bool,
    /// The token that came with the request.
    pub token: Option<String>,
}

/// Headers for the answer.
pub(crate) type Headers = Vec<(&'static str, String)>;
/// The caller and headers for the answer, or a refusal.
pub(crate) type Signed = Result<(Caller, Headers), Refusal>;

/// Somebody who did not sign in.
pub(crate) const NOBODY: Caller = Caller { user: None, how: How::Nobody, session: None, elevated: false, token: None };

/// Returns user and password of a Basic header.
pub(crate) fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, value) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(value.trim()).ok()?;
    let (user, password) = String::from_utf8(bytes).ok()?.split_once(':').map(|(u, p)| (u.to_owned(), p.to_owned()))?;
    Some((user, password))
}

/// What the credentials of a request to Cloud are worth.
pub(crate) enum Worth {
    /// There are none.
    Nothing,
    /// A bearer token at the site.
    Bearer,
    /// A header that cannot be read: no base64, an empty half.
    Unreadable,
    /// The account's password instead of an API token.
    Password,
    /// A token that works at the gateway only.
    Misplaced,
    /// A pair that nobody has.
    Wrong,
    /// A token whose scopes do not cover the request.
    Scope,
    /// Somebody.
    Somebody(UserId),
}

/// Judges the credentials of a request to Cloud. `reading` says that the request changes nothing.
pub(crate) fn judge(gate: &Gate, gateway: bool, request: &Request, reading: bool) -> Worth {
    let Some(header) = request.header("authorization") else { return Worth::Nothing };
    if header.starts_with("Bearer ") && !gateway {
        return Worth::Bearer;
    }
    if let Some(token) = header.strip_prefix("Bearer ") {
        return gate.program(token).map_or(Worth::Wrong, Worth::Somebody);
    }
    let Some((email, token)) = basic(header).filter(|(user, token)| !user.is_empty() && !token.is_empty()) else {
        return Worth::Unreadable;
    };
    if people::account_password_fits(&email, &token) && !gateway {
        return Worth::Password;
    }
    let owner = people::owner_of_api_token(&email, &token).filter(|name| token != EXPIRED_TOKEN && *name != "pavel");
    match owner.and_then(people::named) {
        None => Worth::Wrong,
        Some(_) if !gateway && [SCOPED_TOKEN, READ_TOKEN].contains(&token.as_str()) => Worth::Misplaced,
        Some(_) if token == READ_TOKEN && !reading => Worth::Scope,
        Some(user) => Worth::Somebody(user),
    }
}

/// Lets somebody in at Cloud.
pub(crate) fn cloud_caller(user: UserId) -> (Caller, Headers) {
    let account = &people::everybody()[user].account_id;
    let headers = vec![("x-aaccountid", encode(account)), ("x-seraph-loginreason", "OK".into())];
    (Caller { user: Some(user), how: How::Basic, ..NOBODY }, headers)
}

/// The refusal of an account's password.
pub(crate) fn password_refusal() -> Refusal {
    let text = "Basic authentication with passwords is deprecated. Use an API token instead.";
    Box::new(Reply::text(401, text).with("www-authenticate", "OAuth realm=\"cloud\""))
}

/// The refusal of a bearer token at the site.
pub(crate) fn bearer_refusal() -> Refusal {
    Box::new(Reply::json(403, &serde_json::json!({ "error": "Failed to parse Connect Session Auth Token" })))
}

/// The gateway's refusal.
pub(crate) fn gateway_refusal(message: &str) -> Refusal {
    Box::new(Reply::json(401, &serde_json::json!({ "code": 401, "message": message })))
}

/// Finds out who asks at Data Center.
pub(crate) fn dc_caller(gate: &mut Gate, request: &Request, path: &str) -> Signed {
    let mode = request.param("os_authType").unwrap_or("any");
    let header = request.header("authorization").filter(|_| mode != "none");
    let session = living_session(gate, request, path, mode)?;
    let caller = match header {
        Some(header) if header.get(..6).is_some_and(|s| s.eq_ignore_ascii_case("basic ")) => {
            return basic_on_dc(gate, header, session);
        }
        // The token filter leaves a token that it does not know to the filters after it.
        Some(header) => token_caller(gate, header).unwrap_or_else(|| session_caller(gate, session)),
        None => session_caller(gate, session),
    };
    if caller.user.is_none() && mode == "basic" {
        return Err((gate.house.basic_failed)(gate.house, "AUTHENTICATED_FAILED", 401));
    }
    let unknown = caller.user.is_none() && header.is_some_and(|h| h.starts_with("Bearer "));
    if let Some(refuse) = gate.house.token_failed.filter(|_| unknown && !gate.is_on("lenient_tokens")) {
        return Err(refuse());
    }
    let headers = dc_headers(gate, &caller, path);
    Ok((caller, headers))
}

/// Returns the session that the cookie names. Under `/rest` a cookie of a session that is gone is refused.
fn living_session(gate: &Gate, request: &Request, path: &str, mode: &str) -> Result<Option<String>, Refusal> {
    let Some(id) = request.cookie(gate.house.cookie).filter(|_| mode != "none") else { return Ok(None) };
    if gate.sessions.contains_key(id) {
        return Ok(Some(id.to_owned()));
    }
    let exempt = !path.starts_with("/rest/")
        || ["/rest/auth/", "/rest/tsv/", "/rest/authconfig/"].iter().any(|p| path.starts_with(p));
    if exempt || request.headers.contains_key("authorization") {
        return Ok(None);
    }
    Err(Box::new(
        (gate.house.nobody)().with("www-authenticate", guard::realm(gate.house)).with("x-seraph-loginreason", "OUT"),
    ))
}

fn session_caller(gate: &Gate, id: Option<String>) -> Caller {
    let session = id.as_ref().and_then(|id| gate.sessions.get(id)).cloned().unwrap_or_default();
    let how = if session.user.is_some() { How::Session } else { How::Nobody };
    Caller { user: session.user, how, session: id, elevated: session.elevated, token: None }
}

/// Judges `Bearer TOKEN`: the word in exactly this case, exactly one blank.
fn token_caller(gate: &Gate, header: &str) -> Option<Caller> {
    let mut words = header.split(' ');
    let (scheme, token) = (words.next()?, words.next()?);
    if scheme != "Bearer" || words.next().is_some() || !gate.knows_tokens() {
        return None;
    }
    let minted = gate.minted.get(token).map(|minted| minted.owner);
    let own = || people::owner_of_pat(token).filter(|name| *name != "pavel").and_then(people::named);
    let user = minted.or_else(|| gate.program(token)).or_else(own)?;
    Some(Caller { user: Some(user), how: How::Token, token: Some(token.to_owned()), ..NOBODY })
}

fn basic_on_dc(gate: &mut Gate, header: &str, session: Option<String>) -> Signed {
    if !gate.is_on("basic") {
        let message = "Basic Authentication has been disabled on this instance.";
        return Err(Box::new(Reply::json(403, &serde_json::json!({ "message": message }))));
    }
    let Some((name, password)) = basic(header) else {
        return Err((gate.house.basic_failed)(gate.house, "AUTHENTICATED_FAILED", 401));
    };
    if gate.asks_captcha(&name) {
        return Err((gate.house.basic_failed)(gate.house, "AUTHENTICATION_DENIED", 403));
    }
    let user = check_password(gate, &name, &password);
    let Some(user) = user else { return Err((gate.house.basic_failed)(gate.house, "AUTHENTICATED_FAILED", 401)) };
    // A session comes with it, unless the request belongs to one already.
    let known = session.filter(|id| gate.sessions.get(id).is_some_and(|s| s.user == Some(user)));
    let fresh = known.is_none();
    let id = known.unwrap_or_else(|| gate.open(Session { user: Some(user), elevated: false }));
    let caller = Caller { user: Some(user), how: How::Basic, session: Some(id.clone()), elevated: false, token: None };
    let mut headers = dc_headers(gate, &caller, "/rest");
    if fresh {
        headers.extend(cookies(gate.house, &id));
    }
    Ok((caller, headers))
}

/// Checks a password and keeps count of the tries.
pub(crate) fn check_password(gate: &mut Gate, name: &str, password: &str) -> Option<UserId> {
    let fits = people::password_fits(name, password) && !name.eq_ignore_ascii_case("pavel");
    gate.note(name, fits);
    if !fits {
        return None;
    }
    people::named(name)
}

/// Returns what Data Center says about the caller in every answer.
fn dc_headers(gate: &Gate, caller: &Caller, path: &str) -> Headers {
    let mut headers = Vec::new();
    let name = caller.user.map(|id| people::everybody()[id].name.clone());
    headers.push(("x-ausername", name.as_deref().map_or("anonymous".into(), encode_name)));
    if let Some(session) = &caller.session {
        headers.push(("x-asessionid", session.chars().take(7).collect::<String>().to_lowercase()));
    }
    if caller.user.is_some() {
        if caller.how != How::Token {
            headers.push(("x-seraph-loginreason", "OK".into()));
        }
        if !path.ends_with(gate.house.info) {
            headers.extend(guard::rate_headers(69));
        }
    }
    headers
}
