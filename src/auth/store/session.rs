//! A saved session: what is known of it without its secrets, its secrets, and its form as JSON.

use super::form;
use crate::{
    error::{Error, Result},
    json::Json,
    secret::Secret,
    services::Deployment,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Where the secrets of a saved session are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the operating system's keyring.
    Keyring,
    /// In a file that only its owner can read, encrypted with a passphrase.
    File,
}

/// Kinds with their names in `--store` and what sentences call them.
const KINDS: [(Kind, &str, &str); 2] =
    [(Kind::Keyring, "keyring", "the keyring"), (Kind::File, "file", "the session file")];

impl Kind {
    /// Returns the name that `--store` takes.
    pub fn name(self) -> &'static str {
        KINDS[self as usize].1
    }

    /// Returns what sentences call it.
    pub fn title(self) -> &'static str {
        KINDS[self as usize].2
    }

    /// Finds a kind by its name.
    pub fn named(name: &str) -> Result<Self> {
        let found = KINDS.iter().find(|row| row.1 == name).map(|row| row.0);
        found.ok_or_else(|| {
            Error::client(format_args!("there is no store \"{name}\"; sessions are kept in `keyring` or `file`"))
        })
    }
}

/// What is known of a saved session without opening its store.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// The service it belongs to.
    pub service: String,
    /// The server it belongs to: scheme, host, port and path. Its secrets are sent nowhere else.
    pub server: String,
    /// The server's flavour.
    pub deployment: Deployment,
    /// The user's name or e-mail address.
    pub user: Option<String>,
    /// What the server called us when it was saved.
    pub who: Option<String>,
    /// The parameters it holds: how it signs in.
    pub method: Vec<String>,
    /// The Cloud site, where the token goes through the gateway.
    pub cloud_id: Option<String>,
    /// The gateway, where it is not the usual one.
    pub gateway: Option<String>,
    /// Where a client's id and secret become a token, where it is not the usual place.
    pub token_url: Option<String>,
    /// Where its secrets are.
    pub store: Kind,
    /// When it was saved.
    pub saved: Timestamp,
    /// When it ends, where that is known.
    pub expires: Option<Timestamp>,
}

/// A saved session, whole.
#[derive(Debug, Clone)]
pub struct Session {
    /// What is no secret.
    pub summary: Summary,
    /// The secret parameters by their names.
    pub secrets: BTreeMap<String, Secret>,
}

impl Summary {
    /// Says whether it has ended.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Says whether it can sign in anew by itself.
    pub fn renews(&self) -> bool {
        ["user", "password"].iter().all(|name| self.method.iter().any(|held| held == name))
    }

    /// Returns the command that logs in anew under the same name.
    pub fn login_command(&self) -> String {
        let name = if self.name == self.service { String::new() } else { format!(" --as {}", self.name) };
        format!("tieline login {}{name}", self.service)
    }

    /// Refuses a session that has ended and cannot renew itself.
    pub fn check_expiry(&self, now: Timestamp) -> Result<()> {
        let Some(end) = self.expires.filter(|_| self.has_expired(now) && !self.renews()) else { return Ok(()) };
        let (name, day) = (&self.name, day(end));
        Err(Error::client(format_args!("session \"{name}\" expired on {day}; log in again: {}", self.login_command())))
    }

    /// Writes it as JSON.
    pub fn write(&self) -> Json {
        let text = |text: &Option<String>| text.as_deref().map_or(Json::Null, Json::from);
        Json::object([
            ("name", self.name.as_str().into()),
            ("service", self.service.as_str().into()),
            ("server", self.server.as_str().into()),
            ("deployment", self.deployment.name().into()),
            ("user", text(&self.user)),
            ("who", text(&self.who)),
            ("method", Json::array(self.method.iter().map(|name| name.as_str().into()))),
            ("cloudId", text(&self.cloud_id)),
            ("gateway", text(&self.gateway)),
            ("tokenUrl", text(&self.token_url)),
            ("store", self.store.name().into()),
            ("saved", self.saved.to_string().into()),
            ("expires", self.expires.map_or(Json::Null, |end| end.to_string().into())),
        ])
    }

    /// Reads what [`Summary::write`] wrote; nothing if it is something else.
    pub fn read(json: &Json) -> Option<Self> {
        let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
        let time = |name: &str| text(name)?.parse().ok();
        Some(Summary {
            name: text("name")?,
            service: text("service")?,
            server: text("server")?,
            deployment: Deployment::named(&text("deployment")?)?,
            user: text("user"),
            who: text("who"),
            method: json.get("method")?.as_array()?.iter().filter_map(|m| m.as_str().map(str::to_owned)).collect(),
            cloud_id: text("cloudId"),
            gateway: text("gateway"),
            token_url: text("tokenUrl"),
            store: Kind::named(&text("store")?).ok()?,
            saved: time("saved")?,
            expires: time("expires"),
        })
    }
}

impl Session {
    /// Writes it, secrets and all: for a store, never for eyes.
    pub fn write(&self) -> Json {
        let secrets = self.secrets.iter().map(|(name, secret)| (name.as_str(), Json::from(secret.reveal())));
        form::stamp([("session", self.summary.write()), ("secrets", Json::object(secrets))])
    }

    /// Reads what [`Session::write`] wrote, in this version of the program or an older one.
    pub fn read(json: Json, place: &str) -> Result<Self> {
        let json = form::upgrade(json, place)?;
        let read = || {
            let secrets = json.get("secrets")?.as_object()?;
            let secrets = secrets.iter().map(|(name, value)| Some((name.to_string(), Secret::new(value.as_str()?))));
            Some(Session { summary: Summary::read(json.get("session")?)?, secrets: secrets.collect::<Option<_>>()? })
        };
        read().ok_or_else(|| form::damaged(place))
    }
}

/// The longest name of a session.
const LONGEST: usize = 64;

/// Refuses what cannot be a session's name.
pub fn check_name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    Err(Error::client("that cannot be a session's name").hint(format!(
        "a name has letters, digits and . _ - @, starts with a letter or digit, and is no longer than {LONGEST}"
    )))
}

/// Says whether `text` could be a session's name.
pub fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c))
}

/// Returns the day of `time`, in UTC.
pub fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

/// Reads the day or time at which something ends; a day means its first moment in UTC.
pub fn time_of(text: &str) -> Result<Timestamp> {
    let of_day = || {
        let day: jiff::civil::Date = text.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
    };
    text.parse().ok().or_else(of_day).ok_or_else(|| {
        Error::client(format_args!("\"{text}\" is no time; write it as 2027-01-31 or 2027-01-31T12:00:00Z"))
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn session(name: &str) -> Session {
        let method = vec!["user".to_owned(), "token".to_owned()];
        Session {
            summary: Summary {
                name: name.to_owned(),
                service: "jira".to_owned(),
                server: "https://acme.atlassian.net".to_owned(),
                deployment: Deployment::Cloud,
                user: Some("mira@acme.example".to_owned()),
                who: Some("Mira Holm".to_owned()),
                method,
                cloud_id: Some("c-1".to_owned()),
                gateway: None,
                token_url: None,
                store: Kind::File,
                saved: "2026-11-25T10:00:00Z".parse().unwrap(),
                expires: Some("2027-01-31T00:00:00Z".parse().unwrap()),
            },
            secrets: BTreeMap::from([("token".to_owned(), Secret::new(format!("{name}-stored-token")))]),
        }
    }

    #[test]
    fn a_session_comes_back_whole() {
        let session = session("nightly");
        let back = Session::read(session.write(), "the test").unwrap();
        assert_eq!(back.summary, session.summary);
        assert_eq!(back.secrets["token"].reveal(), "nightly-stored-token");
        assert!(!format!("{back:?}").contains("stored-token"));
        assert!(!session.summary.write().to_string().contains("stored-token"));
    }

    #[test]
    fn an_expired_session_names_the_day_and_the_way_back() {
        let summary = session("nightly").summary;
        let now = "2027-02-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            summary.check_expiry(now).unwrap_err().message,
            "Client error: session \"nightly\" expired on 2027-01-31; log in again: tieline login jira --as nightly"
        );
        assert!(summary.check_expiry("2027-01-30T00:00:00Z".parse().unwrap()).is_ok());
        let kept = Summary { method: vec!["user".into(), "password".into()], ..summary };
        assert!(kept.check_expiry(now).is_ok(), "user and password can sign in anew");
    }

    #[test]
    fn names_are_plain_words() {
        for name in ["jira", "nightly-2", "me@acme.example", "a.b_c"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "-x", ".x", "a b", "a/b", "ü", "a\n", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn an_end_is_a_day_or_a_time() {
        assert_eq!(time_of("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00Z");
        assert_eq!(time_of("2027-01-31T12:00:00+01:00").unwrap().to_string(), "2027-01-31T11:00:00Z");
        assert!(time_of("soon").is_err());
    }
}
