//! Bytes to something a script can use.

use crate::{
    error::{Error, Result},
    json::{self, Json},
};
use reqwest::header::HeaderMap;
use std::sync::Arc;

/// Bodies longer than this are parsed on the other thread.
const LONG: usize = 64 * 1024;

/// The body of an answer.
#[derive(Debug, Clone)]
pub enum Content {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Json),
    /// Plain text.
    Text(String),
    /// A page for people.
    Page(String),
    /// Anything else.
    Bytes(Arc<[u8]>),
    /// Bytes that call themselves JSON and are not; with what is wrong.
    Broken(String, String),
}

impl Content {
    /// Returns the content as a JSON value where it is one.
    pub fn as_json(&self) -> Option<&Json> {
        if let Content::Json(json) = self { Some(json) } else { None }
    }
}

/// Decodes `bytes` by what the headers say and, where they lie, by what it looks like.
pub(super) async fn decode(headers: &HeaderMap, bytes: Vec<u8>) -> Result<Content> {
    let media = headers.get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Content::Empty);
    }
    let start = bytes.iter().copied().find(|b| !b.is_ascii_whitespace());
    let looks_json = matches!(start, Some(b'{' | b'['));
    if media.contains("html") || start == Some(b'<') && !media.contains("xml") {
        return Ok(page(bytes));
    }
    if media.contains("json") || looks_json && (media.is_empty() || media.starts_with("text/plain")) {
        return json(bytes).await;
    }
    if media.is_empty() || media.starts_with("text/") || media.contains("xml") || media.contains("form-urlencoded") {
        return Ok(Content::Text(text(bytes)));
    }
    Ok(Content::Bytes(bytes.into()))
}

async fn json(bytes: Vec<u8>) -> Result<Content> {
    if bytes.len() <= LONG {
        return Ok(parsed(bytes));
    }
    let task = tokio::task::spawn(async move { parsed(bytes) });
    task.await.map_err(|_| Error::client("cannot read the answer: its reader stopped"))
}

fn parsed(bytes: Vec<u8>) -> Content {
    match json::parse(&bytes) {
        Ok(json) => Content::Json(json),
        Err(error) => {
            let why = error.message.trim_start_matches("Client error: this is ").to_owned();
            Content::Broken(text(bytes), why)
        }
    }
}

/// UPM wraps JSON into a `<textarea>`, for a browser's sake.
fn page(bytes: Vec<u8>) -> Content {
    let text = text(bytes);
    let inside = text.trim().strip_prefix("<textarea>").and_then(|t| t.strip_suffix("</textarea>"));
    match inside.map(|inside| json::parse(inside.as_bytes())) {
        Some(Ok(json)) => Content::Json(json),
        _ => Content::Page(text),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// Returns the text of the first element called `name`.
pub(super) fn element(xml: &str, name: &str) -> Option<String> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => inside = tag.local_name().as_ref() == name,
            Event::Text(text) if inside => return Some(text.trim().to_owned()),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// Returns what a page is about: its title, or its first words.
pub(super) fn title(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let between = || {
        let start = lower.find("<title")?;
        let start = start + lower[start..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(html[start..end].to_owned())
    };
    let words = between().unwrap_or_else(|| without_tags(html));
    clean(&words).chars().take(80).collect()
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<') {
        out.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        out.push(' ');
    }
    out
}

/// Takes control characters out of a server's text, so that it cannot drive the terminal, and folds blanks.
pub(super) fn clean(text: &str) -> String {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(media: &str, body: &str) -> Content {
        let mut headers = HeaderMap::new();
        if !media.is_empty() {
            headers.insert("content-type", media.parse().unwrap());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(decode(&headers, body.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn the_body_is_what_it_says_or_what_it_looks_like() {
        assert!(matches!(decoded("application/json;charset=UTF-8", "[1]"), Content::Json(_)));
        assert!(matches!(decoded("", "{\"a\":1}"), Content::Json(_)));
        assert!(matches!(decoded("application/json", "{\"a\":"), Content::Broken(..)));
        assert!(matches!(decoded("application/json", "<html>"), Content::Page(_)));
        assert!(matches!(decoded("text/html", "hello"), Content::Page(_)));
        assert!(matches!(decoded("text/plain", "unauthorized"), Content::Text(_)));
        assert!(matches!(decoded("text/plain", " \n"), Content::Empty));
        assert!(matches!(decoded("image/png", "\u{1}png"), Content::Bytes(_)));
        assert!(matches!(decoded("text/html", "<textarea>{\"a\":1}</textarea>"), Content::Json(_)));
    }

    #[test]
    fn an_element_is_found_in_xml() {
        let xml = "<?xml version=\"1.0\"?><manifest><typeId>confluence</typeId><version>8.5.1</version></manifest>";
        assert_eq!(element(xml, "version").as_deref(), Some("8.5.1"));
        assert_eq!(element(xml, "nothing"), None);
        assert_eq!(element("<a><b", "b"), None);
    }

    #[test]
    fn a_page_is_known_by_its_title() {
        assert_eq!(title("<html><TITLE lang=x> Log in\n - Jira </title>"), "Log in - Jira");
        assert_eq!(title("<h1>502</h1><p>Bad\u{1b}[31m gateway"), "502 Bad [31m gateway");
    }
}
