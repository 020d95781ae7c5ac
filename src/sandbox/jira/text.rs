//! Rich text: wiki markup as Data Center and v2 have it, documents (ADF) as v3 has them, and HTML as pages show it.

use serde_json::{Value, json};

/// Rich text, kept as it was written and turned into the other form when asked for.
#[derive(Clone)]
pub(crate) enum Rich {
    /// Wiki markup.
    Wiki(String),
    /// An Atlassian Document.
    Document(Value),
}

impl Rich {
    /// Returns wiki markup.
    pub(crate) fn wiki(&self) -> String {
        match self {
            Rich::Wiki(text) => text.clone(),
            Rich::Document(document) => {
                let mut out = String::new();
                blocks_to_wiki(document, "", &mut out);
                out.trim_end().to_owned()
            }
        }
    }

    /// Returns a document.
    pub(crate) fn document(&self) -> Value {
        match self {
            Rich::Wiki(text) => wiki_to_document(text),
            Rich::Document(document) => document.clone(),
        }
    }

    /// Returns HTML.
    pub(crate) fn html(&self) -> String {
        let mut html = String::new();
        for block in self.wiki().split("\n\n").filter(|b| !b.trim().is_empty()) {
            let text = escape(block).replace('\n', "<br/>\n");
            html.push_str(&match block.strip_prefix("h2. ") {
                Some(title) => format!("<h2>{}</h2>\n", escape(title)),
                None => format!("<p>{text}</p>\n"),
            });
        }
        html
    }
}

/// Makes text safe inside HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Says whether a value is a document as Jira takes it, at least at the top.
pub(crate) fn is_document(value: &Value) -> bool {
    value["type"] == "doc" && value["version"].is_number() && value["content"].is_array()
}

fn wiki_to_document(text: &str) -> Value {
    let mut content = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_end();
        if line.is_empty() {
            continue;
        }
        if let Some((level, title)) = heading(line) {
            content.push(json!({ "type": "heading", "attrs": { "level": level }, "content": inline(title) }));
        } else if let Some(mark) = bullet(line) {
            let mut items = vec![line[2..].to_owned()];
            while let Some(next) = lines.peek().filter(|l| bullet(l) == Some(mark)) {
                items.push(next[2..].to_owned());
                lines.next();
            }
            content.push(list(mark, &items));
        } else if line.starts_with("{code") {
            let code: Vec<&str> = lines.by_ref().take_while(|l| !l.starts_with("{code")).collect();
            content.push(json!({ "type": "codeBlock", "attrs": {}, "content": [text_node(&code.join("\n"))] }));
        } else {
            let mut nodes = inline(line);
            while let Some(next) =
                lines.next_if(|l| !l.trim().is_empty() && bullet(l).is_none() && heading(l).is_none())
            {
                nodes.push(json!({ "type": "hardBreak" }));
                nodes.extend(inline(next.trim_end()));
            }
            content.push(json!({ "type": "paragraph", "content": nodes }));
        }
    }
    json!({ "type": "doc", "version": 1, "content": content })
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest.bytes().next().filter(|b| (b'1'..=b'6').contains(b))? - b'0';
    Some((level, rest[1..].strip_prefix(". ")?))
}

fn bullet(line: &str) -> Option<char> {
    ['*', '#', '-'].into_iter().find(|mark| line.starts_with(&format!("{mark} ")))
}

fn list(mark: char, items: &[String]) -> Value {
    let kind = if mark == '#' { "orderedList" } else { "bulletList" };
    let items: Vec<Value> = items
        .iter()
        .map(|item| json!({ "type": "listItem", "content": [{ "type": "paragraph", "content": inline(item) }] }))
        .collect();
    json!({ "type": kind, "content": items })
}

fn text_node(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

/// Reads `*bold*`, `_italic_`, `{{code}}` and `[text|address]` in a line.
fn inline(line: &str) -> Vec<Value> {
    let mut nodes = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        // A mark opens only at the start of a word.
        let at_word = plain.chars().last().is_none_or(|c| !c.is_alphanumeric());
        match at_word.then(|| marked(rest)).flatten() {
            Some((node, after)) => {
                if !plain.is_empty() {
                    nodes.push(text_node(&std::mem::take(&mut plain)));
                }
                nodes.push(node);
                rest = after;
            }
            None => {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    if !plain.is_empty() {
        nodes.push(text_node(&plain));
    }
    nodes
}

fn marked(text: &str) -> Option<(Value, &str)> {
    if let Some(rest) = text.strip_prefix("{{") {
        let (code, after) = rest.split_once("}}").filter(|(c, _)| !c.is_empty())?;
        return Some((json!({ "type": "text", "text": code, "marks": [{ "type": "code" }] }), after));
    }
    if let Some(rest) = text.strip_prefix('[') {
        let (inner, after) = rest.split_once(']')?;
        let (label, address) = inner.split_once('|').unwrap_or((inner, inner));
        let is_address = address.starts_with("http") && !label.is_empty();
        let mark = json!({ "type": "link", "attrs": { "href": address } });
        return is_address.then(|| (json!({ "type": "text", "text": label, "marks": [mark] }), after));
    }
    let (sign, mark) = [('*', "strong"), ('_', "em")].into_iter().find(|(sign, _)| text.starts_with(*sign))?;
    let (inner, after) = text[1..].split_once(sign)?;
    let closed = !inner.is_empty() && !inner.starts_with(' ') && !inner.ends_with(' ');
    let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
    (closed && ends).then(|| (json!({ "type": "text", "text": inner, "marks": [{ "type": mark }] }), after))
}

fn blocks_to_wiki(node: &Value, prefix: &str, out: &mut String) {
    for block in node["content"].as_array().into_iter().flatten() {
        match block["type"].as_str().unwrap_or_default() {
            "heading" => {
                let level = block["attrs"]["level"].as_u64().unwrap_or(1).clamp(1, 6);
                out.push_str(&format!("h{level}. {}\n\n", inline_to_wiki(block)));
            }
            "bulletList" => items_to_wiki(block, &format!("{prefix}*"), out),
            "orderedList" => items_to_wiki(block, &format!("{prefix}#"), out),
            "codeBlock" => out.push_str(&format!("{{code}}\n{}\n{{code}}\n\n", inline_to_wiki(block))),
            "blockquote" | "panel" | "expand" => blocks_to_wiki(block, prefix, out),
            "rule" => out.push_str("----\n\n"),
            _ => out.push_str(&format!("{}\n\n", inline_to_wiki(block))),
        }
    }
}

fn items_to_wiki(list: &Value, prefix: &str, out: &mut String) {
    // Deep nesting comes from outside; beyond this nobody reads it.
    if prefix.len() > 32 {
        return;
    }
    for item in list["content"].as_array().into_iter().flatten() {
        for part in item["content"].as_array().into_iter().flatten() {
            match part["type"].as_str().unwrap_or_default() {
                "bulletList" => items_to_wiki(part, &format!("{prefix}*"), out),
                "orderedList" => items_to_wiki(part, &format!("{prefix}#"), out),
                _ => out.push_str(&format!("{prefix} {}\n", inline_to_wiki(part))),
            }
        }
    }
    if prefix.len() == 1 {
        out.push('\n');
    }
}

fn inline_to_wiki(node: &Value) -> String {
    let mut out = String::new();
    for part in node["content"].as_array().into_iter().flatten() {
        match part["type"].as_str().unwrap_or_default() {
            "hardBreak" => out.push('\n'),
            "mention" => out.push_str(&format!("[~accountid:{}]", part["attrs"]["id"].as_str().unwrap_or_default())),
            "inlineCard" => out.push_str(&format!("[{}]", part["attrs"]["url"].as_str().unwrap_or_default())),
            "emoji" => out.push_str(part["attrs"]["shortName"].as_str().unwrap_or_default()),
            "text" => out.push_str(&text_to_wiki(part)),
            _ => out.push_str(&inline_to_wiki(part)),
        }
    }
    out
}

fn text_to_wiki(part: &Value) -> String {
    let mut text = part["text"].as_str().unwrap_or_default().to_owned();
    for mark in part["marks"].as_array().into_iter().flatten() {
        text = match mark["type"].as_str().unwrap_or_default() {
            "strong" => format!("*{text}*"),
            "em" => format!("_{text}_"),
            "code" => format!("{{{{{text}}}}}"),
            "strike" => format!("-{text}-"),
            "link" => format!("[{text}|{}]", mark["attrs"]["href"].as_str().unwrap_or_default()),
            _ => text,
        };
    }
    text
}
