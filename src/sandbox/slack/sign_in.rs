//! Tokens and what they may do, judged as Slack does.

use crate::sandbox::Account;
use crate::sandbox::http::Request;
use serde_json::{Map, Value};

/// The kind of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Bot,
    User,
}

/// Somebody who asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    pub token: &'static str,
    /// The user name; bots have one too.
    pub name: &'static str,
    pub kind: Kind,
    pub scopes: &'static [&'static str],
}

const BOT_SCOPES: &[&str] = &[
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "files:write",
    "reactions:read",
    "reactions:write",
    "users:read",
    "users:read.email",
];

const ALL_SCOPES: &[&str] = &[
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "channels:write",
    "chat:write",
    "emoji:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "search:read",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users.profile:read",
    "users:read",
    "users:read.email",
];

const CALLERS: [Caller; 4] = [
    Caller { token: "xoxp-sandbox-mira", name: "mira", kind: Kind::User, scopes: ALL_SCOPES },
    Caller { token: "xoxb-sandbox-bot", name: "deploy-bot", kind: Kind::Bot, scopes: BOT_SCOPES },
    Caller { token: "xoxb-sandbox-full", name: "deploy-bot", kind: Kind::Bot, scopes: ALL_SCOPES },
    Caller { token: "xoxp-sandbox-jonas", name: "jonas", kind: Kind::User, scopes: ALL_SCOPES },
];

/// Tokens that are known and of no use, with what Slack says about them.
const DEAD: [(&str, &str); 4] = [
    ("xoxb-sandbox-expired", "token_expired"),
    ("xoxb-sandbox-revoked", "token_revoked"),
    ("xoxp-sandbox-pavel", "account_inactive"),
    ("xapp-sandbox-socket", "not_allowed_token_type"),
];

/// Returns who may sign in.
pub(crate) fn accounts() -> Vec<Account> {
    let about =
        ["user token with all scopes", "bot token, not all scopes", "bot token with all scopes", "ordinary user"];
    let alive = CALLERS.iter().zip(about).map(|(c, about)| Account { about, token: c.token, ..Account::default() });
    let dead = DEAD.iter().map(|(token, why)| Account { about: why, token, ..Account::default() });
    alive.chain(dead).collect()
}

/// Finds out who asks.
pub(crate) fn sign_in(
    request: &Request,
    arguments: &Map<String, Value>,
    revoked: &[String],
) -> Result<Caller, &'static str> {
    let token = token(request, arguments).ok_or("not_authed")?;
    if let Some((_, why)) = DEAD.iter().find(|(dead, _)| *dead == token) {
        return Err(why);
    }
    if revoked.contains(&token) {
        return Err("token_revoked");
    }
    CALLERS.iter().find(|c| c.token == token).copied().ok_or("invalid_auth")
}

/// Returns the token of the header, `Bearer` in exactly this case and blanks after it, else that of the arguments.
fn token(request: &Request, arguments: &Map<String, Value>) -> Option<String> {
    let header = request.header("authorization").and_then(|h| h.strip_prefix("Bearer ")).map(str::trim);
    let given = || {
        let json = request.media_type().as_deref() == Some("application/json");
        arguments.get("token").and_then(Value::as_str).filter(|_| !json)
    };
    header.or_else(given).filter(|token| !token.is_empty()).map(str::to_owned)
}
