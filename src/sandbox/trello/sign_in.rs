//! Key and token, in the header or in the query, judged as Trello does.

use super::call::{Refusal, refuse};
use crate::sandbox::Account;
use crate::sandbox::http::{Request, decode};

/// The key of the practice application.
pub(crate) const KEY: &str = "sandbox-trello-key";

/// A token: whose it is, whether it may write, and what is special about it.
struct Token {
    text: &'static str,
    owner: &'static str,
    writes: bool,
    about: &'static str,
}

const TOKENS: [Token; 4] = [
    Token { text: "ATTA-sandbox-mira", owner: "mira", writes: true, about: "sees everything" },
    Token { text: "ATTA-sandbox-jonas", owner: "jonas", writes: true, about: "ordinary member" },
    Token { text: "ATTA-sandbox-mira-read", owner: "mira", writes: false, about: "may read and not write" },
    Token { text: "ATTA-sandbox-guest", owner: "guest", writes: true, about: "member of no board" },
];
/// A token whose time is over.
const EXPIRED: &str = "ATTA-sandbox-mira-expired";

/// Somebody who asks.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    /// The user name.
    pub name: &'static str,
    pub token: &'static str,
    pub writes: bool,
}

/// Returns who may sign in.
pub(crate) fn accounts() -> Vec<Account> {
    let row = |t: &Token| Account { about: t.about, user: t.owner, key: KEY, token: t.text, ..Account::default() };
    let mut rows: Vec<Account> = TOKENS.iter().map(row).collect();
    rows.push(Account { about: "expired token", user: "mira", key: KEY, token: EXPIRED, ..Account::default() });
    rows
}

/// Finds out who asks.
pub(crate) fn sign_in(request: &Request, revoked: &[String]) -> Result<Caller, Refusal> {
    let (key, token) = credentials(request);
    let (key, token) = match (key, token) {
        (None, None) => return Err(refuse(401, "unauthorized permission requested")),
        (Some(_), None) => return Err(refuse(401, "missing scopes")),
        (None, Some(_)) => return Err(refuse(401, "invalid key")),
        (Some(key), Some(token)) => (key, token),
    };
    if key != KEY {
        return Err(refuse(401, "invalid key"));
    }
    if token == EXPIRED {
        return Err(refuse(401, "expired token"));
    }
    let known = TOKENS.iter().find(|t| t.text == token && !revoked.contains(&token));
    let known = known.ok_or_else(|| refuse(401, "invalid token"))?;
    if request.method != "GET" && !known.writes {
        return Err(refuse(401, "unauthorized permission requested"));
    }
    Ok(Caller { name: known.owner, token: known.text, writes: known.writes })
}

/// Returns key and token: from `Authorization: OAuth …`, else from the query.
fn credentials(request: &Request) -> (Option<String>, Option<String>) {
    let header = request.header("authorization").and_then(|h| h.strip_prefix("OAuth "));
    let Some(header) = header else {
        let param = |name| request.param(name).filter(|v| !v.is_empty()).map(str::to_owned);
        return (param("key"), param("token"));
    };
    let field = |name: &str| {
        let pairs = header.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(|(k, _)| *k == name).map(|(_, v)| decode(v.trim_matches('"'))).find(|v| !v.is_empty())
    };
    (field("oauth_consumer_key"), field("oauth_token"))
}
