//! Tokens, judged as Tempo does.

use super::call::{Refusal, refuse};
use crate::sandbox::Account;
use crate::sandbox::http::{Reply, Request};

/// A token of somebody who sees their own time only.
pub(crate) const SECOND: &str = "tempo-sandbox-jonas";
const TOKENS: [(&str, &str, &str); 2] =
    [("tempo-sandbox-mira", "mira", "sees everybody's time"), (SECOND, "jonas", "may log their own time only")];
/// A token whose time is over.
const EXPIRED: &str = "tempo-sandbox-expired";

/// Somebody who asks.
#[derive(Clone, Copy)]
pub(crate) struct Caller {
    /// The user name in Jira.
    pub name: &'static str,
    pub everybody: bool,
}

/// Returns who may sign in.
pub(crate) fn accounts() -> Vec<Account> {
    let row = |(token, _, about): &(&'static str, &str, &'static str)| Account { about, token, ..Account::default() };
    let mut rows: Vec<Account> = TOKENS.iter().map(row).collect();
    rows.push(Account { about: "expired token", token: EXPIRED, ..Account::default() });
    rows
}

/// Finds out who asks. Without a token the answer has no body, with a wrong one a small one.
pub(crate) fn sign_in(request: &Request, ended: &[&str]) -> Result<Caller, Refusal> {
    let Some(header) = request.header("authorization") else { return Err(Box::new(Reply::empty(401))) };
    let token = header.strip_prefix("Bearer ").unwrap_or_default();
    let known = TOKENS.iter().find(|(text, ..)| *text == token && !ended.contains(text));
    let (_, name, _) = known.ok_or_else(|| refuse(401, "The provided access token is invalid or has expired"))?;
    Ok(Caller { name, everybody: *name == "mira" })
}
