//! Tokens for programs: OAuth 2.0 client credentials, as Data Center and Atlassian's own login server give them.

use super::atlassian::{CLOUD_ID, sign_in};
use super::desk::{Player, lock};
use super::http::{Reply, Request};
use super::jira::world::{Millis, now};
use super::switches::Switches;
use super::{Account, Stage};
use serde_json::{Map, Value, json};
use std::io;
use std::sync::{Arc, Mutex};

/// The client of the practice servers, and its secret.
pub(crate) const CLIENT: (&str, &str) = ("sandbox-client", "sandbox-client-secret");
/// The user that the client acts as.
pub(crate) const OWNER: &str = "deploy-bot";
/// Returns who may ask the login server for a token.
pub(crate) fn accounts() -> Vec<Account> {
    let about = "service account; its tokens are for the gateway, /ex/jira/{cloudId}";
    vec![Account { about, user: CLIENT.0, password: CLIENT.1, ..Account::default() }]
}

/// Where Data Center gives out tokens.
const DC_TOKEN_PATH: &str = "/rest/oauth2/latest/token";

/// The tokens that were given out, with the time when each one ends.
#[derive(Default)]
pub(crate) struct Tokens {
    given: Vec<(String, Millis)>,
    count: u64,
}

impl Tokens {
    /// Returns who a token stands for, as long as it is good.
    pub(crate) fn owner(&self, token: &str) -> Option<&'static str> {
        self.given.iter().any(|(known, end)| known == token && now() < *end).then_some(OWNER)
    }

    /// Answers a request to the token resource of a Data Center product; `None` for any other request.
    pub(crate) fn on_data_center(&mut self, request: &Request, path: &str, seconds: u64) -> Option<Reply> {
        if path != DC_TOKEN_PATH {
            return None;
        }
        if request.method != "POST" {
            return Some(Reply::empty(405).with("allow", "POST"));
        }
        Some(self.give(&request.form(), by_header(request), seconds))
    }

    /// Gives a token to the client that a form names.
    fn give(&mut self, fields: &[(String, String)], basic: Option<(String, String)>, seconds: u64) -> Reply {
        let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let client = basic.or_else(|| Some((field("client_id")?, field("client_secret")?)));
        let fits = client.is_some_and(|(id, secret)| (id.as_str(), secret.as_str()) == CLIENT);
        match field("grant_type").as_deref() {
            None => refuse(400, "invalid_request", "grant_type is missing"),
            Some("client_credentials") if fits => self.fresh(seconds, field("scope")),
            Some("client_credentials") => refuse(401, "invalid_client", "Unknown client or wrong secret"),
            Some(_) => refuse(400, "unsupported_grant_type", "Only client_credentials is supported"),
        }
    }

    fn fresh(&mut self, seconds: u64, scope: Option<String>) -> Reply {
        self.count += 1;
        let token = format!("oauth-sandbox-{}-{:016x}", self.count, self.count.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        self.given.push((token.clone(), now() + i64::try_from(seconds * 1000).unwrap_or(0)));
        let scope = scope.unwrap_or_else(|| "READ WRITE".into());
        let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds, "scope": scope });
        Reply::json(200, &body).with("cache-control", "no-store")
    }

    /// Ends every token.
    pub(crate) fn end(&mut self) {
        self.given.clear();
    }
}

fn by_header(request: &Request) -> Option<(String, String)> {
    sign_in::basic(request.header("authorization")?)
}

fn refuse(status: u16, error: &str, why: &str) -> Reply {
    Reply::json(status, &json!({ "error": error, "error_description": why }))
}

/// The login server of Atlassian Cloud, as far as service accounts need it.
pub(crate) struct Login {
    tokens: Arc<Mutex<Tokens>>,
    switches: Mutex<Switches>,
    /// The address of the practice site.
    site: String,
}

fn login_switches() -> Switches {
    Switches::new(&json!({ "token_seconds": 3600 }))
}

/// Puts the login server on the stage.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let port = Stage::port()?;
    let site = stage.sites.iter().find(|s| s.service == "jira" && s.deployment == "cloud").map(|s| s.url.clone());
    let (tokens, switches) = (stage.tokens.clone(), Mutex::new(login_switches()));
    let login = Login { tokens, switches, site: site.unwrap_or_default() };
    stage.put(port, ("atlassian-auth", "cloud", ""), accounts(), login);
    Ok(())
}

impl Login {
    fn sites(&self, request: &Request) -> Reply {
        let token = request.header("authorization").and_then(|h| h.strip_prefix("Bearer ")).unwrap_or_default();
        if lock(&self.tokens).owner(token).is_none() {
            return Reply::json(401, &json!({ "code": 401, "message": "Unauthorized" }));
        }
        let site = json!({ "id": CLOUD_ID, "url": self.site, "name": "sandbox", "scopes": [], "avatarUrl": "" });
        Reply::json(200, &json!([site]))
    }
}

/// Returns the fields of a token request, which may be a form or JSON.
fn fields(request: &Request) -> Vec<(String, String)> {
    if request.media_type().as_deref() != Some("application/json") {
        return request.form();
    }
    let body: Map<String, Value> = serde_json::from_slice(&request.body).unwrap_or_default();
    body.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
}

impl Player for Login {
    fn answer(&self, request: &Request) -> Reply {
        match (request.method.as_str(), request.path.as_str()) {
            ("POST", "/oauth/token") => {
                let seconds = lock(&self.switches).number("token_seconds");
                lock(&self.tokens).give(&fields(request), by_header(request), seconds)
            }
            ("GET", "/oauth/token/accessible-resources") => self.sites(request),
            _ => Reply::json(404, &json!({ "code": 404, "message": "Not Found" })),
        }
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.switches).turn(changes)
    }

    fn expire(&self) {
        lock(&self.tokens).end();
    }

    fn reset(&self) {
        self.expire();
        *lock(&self.switches) = login_switches();
    }

    fn limits(&self, _retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
