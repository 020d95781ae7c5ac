//! The wire: one request out, one answer back. The only user of reqwest and tokio.
//!
//! Nothing here knows who signs in or what a script is. Everything that waits is a future; [`wait`] is where the
//! program waits for one.

mod address;
mod ahead;
mod body;
mod by_ids;
mod client;
mod decode;
mod failure;
mod flight;
mod header;
mod interrupt;
mod ledger;
mod limiter;
mod pages;
mod retry;
mod route;
mod tls;
mod trace;
mod transfer;

pub use address::Address;
pub use ahead::Pager;
pub use body::{Body, Part};
pub use client::{Client, Options, Say};
pub use decode::Content;
pub use failure::{failure, not_authorised, refused};
pub use flight::Flight;
pub use header::header;
pub use interrupt::{Interrupt, interrupted, pause, wait, within};
pub use ledger::Ledger;
pub use pages::{Arrays, Page};
pub use route::{Filled, fill, query_pairs, takes};
pub use tls::check_certificates;
pub use tokio::sync::{Mutex as Lock, MutexGuard as LockGuard};
pub use transfer::{Progress, download};

use crate::secret::Secret;
use reqwest::header::HeaderMap;

/// An HTTP method. Only these are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads the headers only.
    Head,
    /// Makes, or whatever the service wants.
    Post,
    /// Replaces.
    Put,
    /// Changes in part.
    Patch,
    /// Removes.
    Delete,
}

/// Methods with their names on the wire.
const METHODS: [(Method, &str); 6] = [
    (Method::Get, "GET"),
    (Method::Head, "HEAD"),
    (Method::Post, "POST"),
    (Method::Put, "PUT"),
    (Method::Patch, "PATCH"),
    (Method::Delete, "DELETE"),
];

impl Method {
    /// Returns the name on the wire.
    pub fn name(self) -> &'static str {
        METHODS[self as usize].1
    }

    /// Finds a method by its name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        METHODS.iter().find(|row| row.1.eq_ignore_ascii_case(name)).map(|row| row.0)
    }

    /// Says whether it only reads, by its definition in RFC 9110.
    pub fn reads(self) -> bool {
        matches!(self, Method::Get | Method::Head)
    }
}

/// What a request proves about who we are.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Nothing.
    Nothing,
    /// `Authorization: Basic`.
    Basic {
        /// The user name or e-mail address.
        user: String,
        /// The password or API token.
        secret: Secret,
    },
    /// `Authorization: Bearer`.
    Bearer(Secret),
    /// `Authorization: OAuth`, with an application's key and a user's token.
    KeyToken {
        /// The application's key.
        key: String,
        /// The user's token.
        token: Secret,
    },
    /// The cookies of the client's jar.
    Session,
}

/// One request, as plain data, so that it can be shown, refused, or sent again.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says another thing of a request, in any mixture")]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path under the server's address, encoded, without query; or a whole address that the server gave us.
    pub path: String,
    /// The path with its `{names}` still in it, to count and to show.
    pub route: String,
    /// The query, not yet encoded.
    pub query: Vec<(String, String)>,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Whether it changes nothing on the server. Only such a request is sent again after a broken connection.
    pub reads: bool,
    /// Whether it may be sent only once, whatever happens: a log-in.
    pub once: bool,
    /// Whether a page made for people is what we want.
    pub page: bool,
    /// Whether the answer is a file, to be taken as it is.
    pub file: bool,
    /// The catalogue operation it came from.
    pub operation: Option<String>,
}

impl Request {
    /// Makes a request without query and body.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let path = path.into();
        Request {
            method,
            route: path.clone(),
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::None,
            reads: method.reads(),
            once: false,
            page: false,
            file: false,
            operation: None,
        }
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decoded.
    pub content: Content,
    /// The address that answered, without query.
    pub url: String,
}

impl Answer {
    /// Returns a header as text; nothing if it is absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns a member of a JSON object, or the text of the first element of that name in XML.
    pub fn member(&self, name: &str) -> Option<String> {
        match &self.content {
            Content::Json(json) => json.get(name)?.as_str().map(str::to_owned),
            Content::Text(text) | Content::Page(text) => decode::element(text, name),
            _ => None,
        }
    }
}
