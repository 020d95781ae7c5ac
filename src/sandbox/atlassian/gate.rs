//! Sessions, failed logins and the switches that a test may turn.

use super::guard::Refusal;
use crate::sandbox::desk::lock;
use crate::sandbox::oauth::Tokens;
use crate::sandbox::people::{self, UserId};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Failed logins after which a CAPTCHA is asked for.
pub(crate) const CAPTCHA_AFTER: u32 = 3;

/// What the entrance of one product goes by.
pub(crate) struct House {
    /// The vendor's own.
    pub cloud: bool,
    /// The context path, such as `/jira`.
    pub path: &'static str,
    /// The name of the session's cookie.
    pub cookie: &'static str,
    /// The first version that knows personal access tokens.
    pub tokens_since: (u32, u32),
    /// The page of the login form.
    pub login_page: &'static str,
    /// The resource that tells the version and says nothing about who asks.
    pub info: &'static str,
    /// Makes the answer to Basic credentials that did not help: the reason, the status.
    pub basic_failed: fn(&'static House, &'static str, u16) -> Refusal,
    /// Makes the answer to a token that nobody has; `None` leaves its bearer anonymous.
    pub token_failed: Option<fn() -> Refusal>,
    /// Makes the answer to the cookie of a session that is over.
    pub nobody: fn() -> Refusal,
}

/// A token that somebody made with the program.
#[derive(Clone)]
pub(crate) struct Minted {
    pub owner: UserId,
    /// What it may do, in the product's words.
    pub rights: Vec<String>,
}

/// A session on the server.
#[derive(Clone, Default)]
pub(crate) struct Session {
    /// Nobody, until somebody logs in.
    pub user: Option<UserId>,
    /// A secure administrator session (websudo).
    pub elevated: bool,
}

/// The state of the entrance.
pub(crate) struct Gate {
    pub house: &'static House,
    switches: Map<String, Value>,
    pub sessions: HashMap<String, Session>,
    /// Failed logins in a row, by user name in lower case.
    pub failures: HashMap<String, u32>,
    pub logins: u64,
    /// Tokens made since the start, by their text.
    pub minted: HashMap<String, Minted>,
    /// Tokens of programs.
    pub tokens: Arc<Mutex<Tokens>>,
    counter: u64,
    /// Where Cloud keeps the bytes of attachments.
    media: String,
}

impl Gate {
    /// Makes an entrance with these switches.
    pub(crate) fn new(house: &'static House, switches: Value, media: &str) -> Self {
        let switches = match switches {
            Value::Object(switches) => switches,
            _ => Map::new(),
        };
        Gate {
            house,
            switches,
            sessions: HashMap::new(),
            failures: HashMap::new(),
            logins: 0,
            minted: HashMap::new(),
            tokens: Arc::default(),
            counter: 0,
            media: media.into(),
        }
    }

    /// Returns the address of the media host.
    pub(crate) fn media(&self) -> &str {
        &self.media
    }

    /// Turns switches; a name or type that does not exist changes nothing.
    pub(crate) fn switch(&mut self, changes: &Map<String, Value>) -> Result<Value, String> {
        for (name, value) in changes {
            let known = self.switches.get(name).ok_or_else(|| format!("no switch '{name}'"))?;
            if std::mem::discriminant(known) != std::mem::discriminant(value) {
                return Err(format!("switch '{name}' is like {known}"));
            }
        }
        self.switches.extend(changes.clone());
        Ok(Value::Object(self.switches.clone()))
    }

    /// Says whether a switch is on; one that this server does not have is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.switches.get(name).and_then(Value::as_bool).unwrap_or(true)
    }

    /// Returns the text that a switch is set to.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.switches.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the number that a switch is set to.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.switches.get(name)?.as_u64()
    }

    /// Returns the version that the server says it has.
    pub(crate) fn version(&self) -> &str {
        self.text("version")
    }

    /// Says whether this version knows personal access tokens.
    pub(crate) fn knows_tokens(&self) -> bool {
        let mut numbers = self.version().split('.').map(|n| n.parse::<u32>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        (major, minor) >= self.house.tokens_since
    }

    /// Returns the user that the token of a program stands for.
    pub(crate) fn program(&self, token: &str) -> Option<UserId> {
        people::named(lock(&self.tokens).owner(token)?)
    }

    /// Makes a session and returns its id.
    pub(crate) fn open(&mut self, session: Session) -> String {
        self.counter += 1;
        let id = format!("{:016X}{:016X}", self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15), self.counter);
        self.sessions.insert(id.clone(), session);
        id
    }

    /// Makes a text that nothing else has.
    pub(crate) fn unique(&mut self) -> String {
        self.counter += 1;
        format!("{:016x}{:08x}", self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15), self.counter)
    }

    /// Says whether a CAPTCHA stands before this user name.
    pub(crate) fn asks_captcha(&self, name: &str) -> bool {
        self.failures.get(&name.to_lowercase()).is_some_and(|n| *n >= CAPTCHA_AFTER)
    }

    /// Notes how a login went.
    pub(crate) fn note(&mut self, name: &str, success: bool) {
        if success {
            self.logins += 1;
            self.failures.remove(&name.to_lowercase());
        } else {
            *self.failures.entry(name.to_lowercase()).or_default() += 1;
        }
    }
}

/// Returns the `Set-Cookie` lines of a session on Data Center.
pub(crate) fn cookies(house: &House, session: &str) -> Vec<(&'static str, String)> {
    let House { path, cookie, .. } = house;
    vec![
        ("set-cookie", format!("{cookie}={session}; Path={path}; HttpOnly")),
        ("set-cookie", format!("atlassian.xsrf.token={}; Path={path}", xsrf_token(session))),
    ]
}

/// Returns the form token that belongs to a session.
pub(crate) fn xsrf_token(session: &str) -> String {
    format!("B0SX-{}_lin", session.chars().take(12).collect::<String>().to_lowercase())
}
