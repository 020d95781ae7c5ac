//! Faults on demand: what goes wrong, for which requests, how often.

use super::http::{Reply, Request};
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::time::Duration;

/// What an endless answer is made of.
pub(crate) const FILLER: &[u8] = &[b'a'; 16 * 1024];

/// An answer that breaks below HTTP.
pub(crate) enum Ending {
    /// The connection closes before a byte of the answer.
    Drop,
    /// The connection closes in the middle of a chunked body.
    Cut(Bytes),
    /// The length promised is larger than what comes.
    Half(Bytes),
    /// A body that never ends.
    Huge,
}

/// What a fault does to its request.
pub(crate) enum Effect {
    /// This is the answer.
    Reply(Reply),
    /// The right answer, late.
    Slow(Duration),
    /// The answer breaks.
    Break(Kind),
}

/// The faults that need the right answer, or none, to break.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// See [`Ending::Drop`].
    Drop,
    /// See [`Ending::Cut`].
    Cut,
    /// See [`Ending::Half`].
    Half,
    /// See [`Ending::Huge`].
    Huge,
}

/// A rule: the next `times` requests that fit, after the first `after` of them, go wrong.
pub(crate) struct Fault {
    method: Option<String>,
    path: String,
    times: u64,
    after: u64,
    kind: String,
    detail: Value,
}

/// The kinds that [`Fault::read`] knows.
const KINDS: [&str; 12] =
    ["429", "503", "500", "502", "slow", "cut", "html", "empty", "half", "huge", "garbage", "drop"];

impl Fault {
    /// Reads a rule from its JSON.
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        let kind = match &value["kind"] {
            Value::Number(n) => n.to_string(),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        if !KINDS.contains(&kind.as_str()) {
            return Err(format!("no such kind '{kind}'; there are {}", KINDS.join(", ")));
        }
        Ok(Fault {
            method: value["method"].as_str().map(str::to_ascii_uppercase),
            path: value["path"].as_str().unwrap_or("/").to_owned(),
            times: value["times"].as_u64().unwrap_or(1),
            after: value["after"].as_u64().unwrap_or(0),
            kind,
            detail: value.clone(),
        })
    }

    /// Says whether the rule wants this request, and counts it.
    pub(crate) fn takes(&mut self, request: &Request, path: &str) -> bool {
        let fits = self.method.as_ref().is_none_or(|m| *m == request.method) && path.starts_with(&self.path);
        if !fits || self.times == 0 {
            return false;
        }
        if self.after > 0 {
            self.after -= 1;
            return false;
        }
        self.times -= 1;
        true
    }

    /// Says whether the rule has nothing left to do.
    pub(crate) fn is_spent(&self) -> bool {
        self.times == 0
    }

    /// Returns what the rule does. `limits` and `too_many` are the service's own headers and body for
    /// "too many requests".
    pub(crate) fn effect(&self, limits: Vec<(&'static str, String)>, too_many: &Value) -> Effect {
        let millis = self.detail["ms"].as_u64().unwrap_or(200);
        Effect::Reply(match self.kind.as_str() {
            "slow" => return Effect::Slow(Duration::from_millis(millis)),
            "cut" => return Effect::Break(Kind::Cut),
            "half" => return Effect::Break(Kind::Half),
            "huge" => return Effect::Break(Kind::Huge),
            "drop" => return Effect::Break(Kind::Drop),
            "html" => Reply::html(200, "<html><head><title>Maintenance</title></head><body>Back soon.</body></html>"),
            "empty" => Reply::empty(200).with("x-seraph-loginreason", "AUTHENTICATED_FAILED"),
            "garbage" => {
                Reply::typed(200, "application/json;charset=UTF-8", &b"{\"issues\":[{\"key\":\"OPS-1\",}, nul"[..])
            }
            "429" => {
                let mut reply = Reply::json(429, too_many);
                reply.headers.extend(limits);
                self.wait(reply)
            }
            "503" => self.wait(Reply::html(503, error_page(503, "Service Unavailable"))),
            "502" => Reply::html(502, error_page(502, "Bad Gateway")),
            _ => Reply::json(500, &json!({ "errorMessages": ["Internal server error"], "errors": {} })),
        })
    }

    /// Adds `Retry-After`: seconds, or a text such as an HTTP date as it is; `null` and nothing leave it out.
    fn wait(&self, reply: Reply) -> Reply {
        match &self.detail["retry_after"] {
            Value::Number(seconds) => reply.with("retry-after", seconds.to_string()),
            Value::String(text) => reply.with("retry-after", text.clone()),
            _ => reply,
        }
    }

    /// Returns how long the rule asks the client to wait.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.detail["retry_after"].as_u64()
    }
}

fn error_page(status: u16, title: &str) -> String {
    format!("<html><head><title>{status} {title}</title></head><body><h1>{status} {title}</h1></body></html>")
}
