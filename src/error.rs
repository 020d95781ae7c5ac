//! What can go wrong, in the words the user sees, and the exit code that follows.

use crate::json::Json;
use std::fmt;

/// The class of a failure. Scripts read it as `e.kind`; the exit code follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The program refuses: wrong parameters, or something the service cannot do this way.
    Client,
    /// The server refuses, for a reason that has no kind of its own.
    Remote,
    /// The server does not know who we are.
    Auth,
    /// The server knows who we are and says no.
    Forbidden,
    /// There is no such thing, or we may not see it.
    NotFound,
    /// Somebody changed it meanwhile, or it exists already.
    Conflict,
    /// Too many requests, and the wait it asks for is longer than we wait.
    RateLimited,
    /// No answer in time.
    Timeout,
    /// No connection, or it broke.
    Network,
    /// Interrupted by the user.
    Cancelled,
}

/// Kinds with their names in scripts and their exit codes: the whole rule in one place.
const KINDS: [(Kind, &str, u8); 10] = [
    (Kind::Client, "client", 2),
    (Kind::Remote, "remote", 3),
    (Kind::Auth, "auth", 4),
    (Kind::Forbidden, "forbidden", 4),
    (Kind::NotFound, "not_found", 3),
    (Kind::Conflict, "conflict", 3),
    (Kind::RateLimited, "rate_limited", 3),
    (Kind::Timeout, "timeout", 3),
    (Kind::Network, "network", 3),
    (Kind::Cancelled, "cancelled", 130),
];

impl Kind {
    /// Returns the name that scripts compare with.
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS[self as usize].1
    }

    /// Returns the exit code of a run that ends with an uncaught error of this kind.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        KINDS[self as usize].2
    }

    /// Finds a kind by its script name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Returns the kind that an HTTP status stands for when the service says nothing better.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Kind::Auth,
            403 => Kind::Forbidden,
            404 | 410 => Kind::NotFound,
            409 | 412 => Kind::Conflict,
            429 => Kind::RateLimited,
            408 | 504 => Kind::Timeout,
            _ => Kind::Remote,
        }
    }
}

/// A failure with everything a script can ask about it.
///
/// `message` starts with `Client error: ` where the program refuses and with `Remote error: ` where the server does (S63, S64).
#[derive(Debug, Clone)]
pub struct Error {
    /// The class.
    pub kind: Kind,
    /// One sentence for people.
    pub message: String,
    /// The service, such as `jira`.
    pub service: Option<&'static str>,
    /// The catalogue operation, where one was called by name.
    pub operation: Option<String>,
    /// The HTTP method of the request that failed.
    pub method: Option<&'static str>,
    /// Its address, without query and without credentials.
    pub url: Option<String>,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The vendor's own words: the decoded body, or its text.
    pub details: Option<Json>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The result of everything that can fail for the user.
pub type Result<T> = std::result::Result<T, Box<Error>>;

impl Error {
    /// Makes an error of `kind` with `message` as it stands.
    #[must_use]
    pub fn new(kind: Kind, message: impl Into<String>) -> Box<Self> {
        Box::new(Error {
            kind,
            message: message.into(),
            service: None,
            operation: None,
            method: None,
            url: None,
            status: None,
            details: None,
            hint: None,
        })
    }

    /// Makes a refusal by the program itself: `Client error: ` and `what`.
    #[must_use]
    pub fn client(what: impl fmt::Display) -> Box<Self> {
        Self::new(Kind::Client, format!("Client error: {what}"))
    }

    /// Makes a refusal by the server: `Remote error: ` and `what`.
    #[must_use]
    pub fn remote(kind: Kind, what: impl fmt::Display) -> Box<Self> {
        Self::new(kind, format!("Remote error: {what}"))
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self: Box<Self>, hint: impl Into<String>) -> Box<Self> {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the HTTP status.
    #[must_use]
    pub fn status(mut self: Box<Self>, status: u16) -> Box<Self> {
        self.status = Some(status);
        self
    }

    /// Adds the vendor's own words.
    #[must_use]
    pub fn details(mut self: Box<Self>, details: Option<Json>) -> Box<Self> {
        self.details = details;
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_kinds_is_in_the_order_of_the_enum() {
        for (i, row) in KINDS.iter().enumerate() {
            assert_eq!(row.0 as usize, i, "{}", row.1);
            assert_eq!(Kind::named(row.1), Some(row.0));
        }
    }

    #[test]
    fn exit_codes_are_the_documented_ones() {
        assert_eq!(Error::client("no").kind.exit_code(), 2);
        assert_eq!(Kind::of_status(401).exit_code(), 4);
        assert_eq!(Kind::of_status(403).exit_code(), 4);
        assert_eq!(Kind::of_status(500).exit_code(), 3);
    }
}
