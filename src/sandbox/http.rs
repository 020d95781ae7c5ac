//! One request as the practice servers see it, and one answer as they give it.

use hyper::body::Bytes;
use hyper::header::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// A request, read whole.
pub(crate) struct Request {
    /// The method, in capitals; `HEAD` arrives as `GET`.
    pub method: String,
    /// The path as it came, still percent-encoded.
    pub path: String,
    /// The query as it came, without the question mark.
    pub raw_query: String,
    /// The query, decoded, in its order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The parts of a multipart body; `None` when it is not one or does not parse.
    pub parts: Option<Vec<Part>>,
}

/// One part of a multipart body.
pub(crate) struct Part {
    /// The form field.
    pub name: String,
    /// The file name; a part without one is a plain field.
    pub file: Option<String>,
    /// The content type that the client named.
    pub mime: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

impl Request {
    /// Returns a header, if it is there and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// Returns every value of a query parameter that may be repeated.
    pub(crate) fn params(&self, name: &str) -> Vec<&str> {
        self.query.iter().filter(|(k, _)| k == name).map(|(_, v)| v.as_str()).collect()
    }

    /// Returns the value of the cookie `name`.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all("cookie")
            .iter()
            .filter_map(|v| v.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(k, _)| *k == name)
            .map(|(_, v)| v)
    }

    /// Returns the media type of the body, without its parameters and in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let full = self.header("content-type")?;
        Some(full.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// Returns the body as the fields of a form.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        match &self.parts {
            Some(parts) => {
                parts.iter().map(|p| (p.name.clone(), String::from_utf8_lossy(&p.bytes).into_owned())).collect()
            }
            None => decode_pairs(&String::from_utf8_lossy(&self.body)),
        }
    }
}

/// Decodes `a=1&b=2` as browsers write it.
pub(crate) fn decode_pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&key.replace('+', " ")), decode(&value.replace('+', " ")))
        })
        .collect()
}

/// Undoes percent-encoding; bytes that are not UTF-8 become replacement characters.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Percent-encodes a value for a query or a header.
pub(crate) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Percent-encodes a file name for the path of an address.
pub(crate) fn encode_name(name: &str) -> String {
    encode(name).replace("%2E", ".").replace("%20", "+").replace("%2D", "-").replace("%5F", "_")
}

/// What goes back to the client.
pub(crate) struct Reply {
    /// The status.
    pub status: u16,
    /// Headers besides length and encoding; values that HTTP does not allow are left out.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Reply { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// A JSON answer.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::typed(status, "application/json;charset=UTF-8", value.to_string())
    }

    /// A web page.
    pub(crate) fn html(status: u16, text: impl Into<String>) -> Self {
        Self::typed(status, "text/html;charset=UTF-8", text.into())
    }

    /// Plain text.
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::typed(status, "text/plain;charset=UTF-8", text.into())
    }

    /// A redirect.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::empty(status).with("location", location)
    }

    /// An answer with a content type of its own.
    pub(crate) fn typed(status: u16, mime: &str, body: impl Into<Bytes>) -> Self {
        Reply { status, headers: vec![("content-type", mime.to_owned())], body: body.into() }
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Says whether a header is there already.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(k, _)| *k == name)
    }
}
