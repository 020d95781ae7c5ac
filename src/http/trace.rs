//! `--trace`: each request and answer on one line, without secrets.

use super::{Client, Credentials, Request, address, body::Body, decode};
use reqwest::{Url, header::HeaderMap};

impl Client {
    /// Shows what goes out.
    pub(super) fn trace_request(&self, request: &Request, url: &Url, credentials: &Credentials) {
        if !self.options().trace {
            return;
        }
        let how = match credentials {
            Credentials::Nothing => "no credential",
            Credentials::Basic { .. } => "Authorization: Basic ••••",
            Credentials::Bearer(_) => "Authorization: Bearer ••••",
            Credentials::KeyToken { .. } => "Authorization: OAuth ••••",
            Credentials::Session => "Cookie: ••••",
        };
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", shown_query(&request.query)) };
        (self.options().say)(&format!("> {} {}{query}  [{how}]", request.method.name(), address::shown(url)));
        if !matches!(request.body, Body::None) && !request.once {
            (self.options().say)(&format!("> {}", short(&request.body.shown())));
        }
    }

    /// Shows what came back.
    pub(super) fn trace_answer(&self, status: u16, length: usize, headers: &HeaderMap) {
        if !self.options().trace {
            return;
        }
        let media = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or("no content type");
        (self.options().say)(&format!("< {status}  {length} bytes, {}", decode::clean(media)));
    }
}

/// Query keys whose values are not shown.
const HIDDEN_KEYS: &[&str] =
    &["token", "key", "os_password", "os_username", "password", "access_token", "client_secret"];

fn shown_query(query: &[(String, String)]) -> String {
    let show = |(k, v): &(String, String)| {
        let value = if HIDDEN_KEYS.contains(&k.as_str()) { crate::secret::MASK } else { v.as_str() };
        format!("{k}={value}")
    };
    query.iter().map(show).collect::<Vec<_>>().join("&")
}

/// Cuts what a trace shows of a body.
fn short(text: &str) -> String {
    const MOST: usize = 400;
    let text = crate::secret::redact(text);
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}… ({} bytes)", &text[..at], text.len()),
        None => text.into_owned(),
    }
}
