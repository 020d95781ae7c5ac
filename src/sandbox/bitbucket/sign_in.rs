//! Who asks at Cloud: email and API token, user name and app password, tokens of one repository, project or workspace.

use super::guard;
use super::world::WORKSPACE;
use crate::sandbox::Account;
use crate::sandbox::atlassian::gate::Gate;
use crate::sandbox::atlassian::guard::Refusal;
use crate::sandbox::atlassian::sign_in::{Caller, Headers, How, NOBODY, Signed, basic};
use crate::sandbox::http::{Reply, Request};
use crate::sandbox::people::{self, EXPIRED_TOKEN, READ_TOKEN, UserId};

/// An app password of `mira`, of use only where they are still switched on.
pub(crate) const APP_PASSWORD: &str = "ATBB-sandbox-mira";

/// The bounds of a token that belongs to a thing and not to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bounds {
    Repository(&'static str),
    Project(&'static str),
    Workspace,
}

/// Tokens of things: the token, what it is for.
const TOKENS: [(&str, Bounds); 3] = [
    ("ATCTT-sandbox-repo", Bounds::Repository("relay")),
    ("ATCTT-sandbox-project", Bounds::Project("OPS")),
    ("ATCTT-sandbox-workspace", Bounds::Workspace),
];

/// The client of the OAuth consumer and its secret.
const CONSUMER: (&str, &str) = ("sandbox-consumer", "sandbox-consumer-secret");

/// The user who acts for tokens of things.
const BOT: &str = "deploy-bot";

/// The accounts, and what else opens something.
pub(crate) fn accounts() -> Vec<Account> {
    let mut all = people::cloud_accounts();
    let about = "app password, of use with the switch app_passwords only";
    all.push(Account { about, user: "mira", password: APP_PASSWORD, ..Account::default() });
    for (token, bounds) in TOKENS {
        let about = match bounds {
            Bounds::Repository(_) => "token of the repository relay",
            Bounds::Project(_) => "token of the project OPS",
            Bounds::Workspace => "token of the workspace",
        };
        all.push(Account { about, token, ..Account::default() });
    }
    all
}

/// Finds out who asks.
pub(crate) fn sign_in(
    gate: &mut Gate,
    request: &Request,
    path: &str,
    project_of: impl Fn(&str) -> Option<String>,
) -> Signed {
    let Some(header) = request.header("authorization") else { return Ok((NOBODY, Vec::new())) };
    if let Some(token) = header.strip_prefix("Bearer ") {
        limit(gate, token)?;
        return bearer(gate, token.trim(), path, project_of);
    }
    let Some((user, secret)) = basic(header) else { return Err(guard::bad_token()) };
    limit(gate, &secret)?;
    let caller = |id: UserId| Caller { user: Some(id), how: How::Basic, ..NOBODY };
    if gate.is_on("app_passwords") && user.eq_ignore_ascii_case("mira") && secret == APP_PASSWORD {
        return Ok((caller(0), scopes("account repository:admin pullrequest:write")));
    }
    // Only an API token goes with an email address; a general one works as well as one with scopes.
    let owner = people::owner_of_api_token(&user, &secret).filter(|_| secret != EXPIRED_TOKEN);
    let Some(owner) = owner.filter(|name| *name != "pavel").and_then(people::named) else {
        return Err(Box::new(guard::bad_token().with("www-authenticate", "Basic realm=\"Bitbucket.org HTTP\"")));
    };
    if secret == READ_TOKEN && request.method != "GET" {
        return Err(guard::scopes());
    }
    Ok((caller(owner), scopes("account repository:admin pullrequest:write project:admin webhook")))
}

fn scopes(list: &str) -> Headers {
    vec![("x-oauth-scopes", list.replace(' ', ", "))]
}

/// Each token is counted by itself; the one that the switch names has nothing left.
fn limit(gate: &Gate, secret: &str) -> Result<(), Refusal> {
    if gate.text("limited_token").is_empty() || gate.text("limited_token") != secret {
        return Ok(());
    }
    let mut reply = Reply::text(429, "Rate limit for this resource has been exceeded");
    reply.headers.extend(limit_headers());
    Err(Box::new(match gate.number("limited_retry_after").unwrap_or(0) {
        0 => reply,
        seconds => reply.with("retry-after", seconds.to_string()),
    }))
}

/// Returns the headers that come with "too many requests".
pub(crate) fn limit_headers() -> Headers {
    vec![
        ("x-ratelimit-limit", "1000".into()),
        ("x-ratelimit-resource", "api-repository-data".into()),
        ("x-ratelimit-nearlimit", "true".into()),
    ]
}

fn bearer(gate: &Gate, token: &str, path: &str, project_of: impl Fn(&str) -> Option<String>) -> Signed {
    if let Some(minted) = gate.minted.get(token) {
        let caller = Caller { user: Some(minted.owner), how: How::Token, token: Some(token.into()), ..NOBODY };
        return Ok((caller, scopes(&minted.rights.join(" "))));
    }
    let known = TOKENS.iter().find(|(own, _)| *own == token);
    let Some((_, bounds)) = known else { return Err(guard::bad_token()) };
    if !within(*bounds, path, project_of) {
        return Err(guard::out_of_bounds());
    }
    let caller = Caller { user: people::named(BOT), how: How::Token, token: Some(token.into()), ..NOBODY };
    Ok((caller, scopes("repository:write pullrequest:write")))
}

/// Says whether a path lies within the bounds of a token.
fn within(bounds: Bounds, path: &str, project_of: impl Fn(&str) -> Option<String>) -> bool {
    let mut parts = path.trim_start_matches("/2.0/").split('/');
    let (what, workspace, rest) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
    if workspace != WORKSPACE {
        return false;
    }
    match (bounds, what) {
        (Bounds::Workspace, _) => true,
        (Bounds::Repository(own), Some("repositories")) => rest == Some(own),
        (Bounds::Project(own), Some("repositories")) => rest.and_then(project_of).as_deref() == Some(own),
        (Bounds::Project(own), Some("workspaces")) => rest == Some("projects") && parts.next() == Some(own),
        _ => false,
    }
}

/// Says whether this is the consumer, by its Basic header or by the form.
pub(crate) fn is_consumer(request: &Request) -> bool {
    let by_header = request.header("authorization").and_then(basic);
    let form = request.form();
    let field = |name: &str| form.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let (client, secret) = by_header.unwrap_or_else(|| (field("client_id"), field("client_secret")));
    (client.as_str(), secret.as_str()) == CONSUMER && field("grant_type") == "client_credentials"
}
