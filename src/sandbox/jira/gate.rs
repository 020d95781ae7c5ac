//! Sessions, failed logins and the switches that a test may turn.

use super::world::UserId;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Failed logins after which a CAPTCHA is asked for.
pub(crate) const CAPTCHA_AFTER: u32 = 3;

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
    switches: Map<String, Value>,
    pub sessions: HashMap<String, Session>,
    /// Failed logins in a row, by user name in lower case.
    pub failures: HashMap<String, u32>,
    pub logins: u64,
    counter: u64,
    /// Where Cloud keeps the bytes of attachments.
    media: String,
}

impl Gate {
    pub(crate) fn new(cloud: bool, media: &str) -> Self {
        let switches = match cloud {
            true => json!({ "anonymous": true, "short_pages": true, "version": "1001.0.0-SNAPSHOT" }),
            false => json!({
                "anonymous": true, "basic": true, "session": true, "tsv": false, "websudo": true, "form": true,
                "search_cap": 1000, "version": "11.3.2",
            }),
        };
        let switches = switches.as_object().cloned().unwrap_or_default();
        Gate {
            switches,
            sessions: HashMap::new(),
            failures: HashMap::new(),
            logins: 0,
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

    /// Returns the number that a switch is set to.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.switches.get(name)?.as_u64()
    }

    /// Returns the version that the server says it has.
    pub(crate) fn version(&self) -> &str {
        self.switches.get("version").and_then(Value::as_str).unwrap_or("11.3.2")
    }

    /// Says whether the server knows personal access tokens: Jira 8.14 and later.
    pub(crate) fn knows_tokens(&self) -> bool {
        let mut numbers = self.version().split('.').map(|n| n.parse::<u32>().unwrap_or(0));
        let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        (major, minor) >= (8, 14)
    }

    /// Makes a session and returns its id.
    pub(crate) fn open(&mut self, session: Session) -> String {
        self.counter += 1;
        let id = format!("{:016X}{:016X}", self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15), self.counter);
        self.sessions.insert(id.clone(), session);
        id
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
pub(crate) fn cookies(session: &str) -> Vec<(&'static str, String)> {
    let path = super::DC_PATH;
    vec![
        ("set-cookie", format!("JSESSIONID={session}; Path={path}; HttpOnly")),
        ("set-cookie", format!("atlassian.xsrf.token={}; Path={path}", xsrf_token(session))),
    ]
}

/// Returns the form token that belongs to a session.
pub(crate) fn xsrf_token(session: &str) -> String {
    format!("B0SX-{}_lin", session.chars().take(12).collect::<String>().to_lowercase())
}
