//! What a piece of storage format says, as plain text: for values, such as those of a table's cells.

use super::xml::{Element, Node, parse};
use crate::richtext::model::Lost;

/// Elements that stand on lines of their own.
const LINES: [&str; 11] = ["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "ac:task"];

/// The parameters of macros that are what the macro says.
const SAYING: [(&str, &str); 2] = [("status", "title"), ("jira", "key")];

/// Returns the plain text.
pub(super) fn words(storage: &str) -> String {
    let mut out = String::new();
    nodes(&parse(storage, &mut Lost::default()), &mut out);
    out.replace('\u{a0}', " ").lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn nodes(all: &[Node], out: &mut String) {
    for node in all {
        match node {
            Node::Text(text) => out.push_str(&text.replace(['\n', '\r', '\t'], " ")),
            Node::Element(element) => self::element(element, out),
        }
    }
}

fn element(element: &Element, out: &mut String) {
    let name = element.name.as_str();
    match name {
        "br" => out.push('\n'),
        "time" => out.push_str(element.attribute("datetime")),
        "ri:user" => {
            let id = ["ri:username", "ri:account-id", "ri:userkey"].iter().map(|name| element.attribute(name));
            out.push_str(&format!("@{}", id.into_iter().find(|id| !id.is_empty()).unwrap_or_default()));
        }
        "ac:link" => match element.elements().find(|e| e.name.ends_with("link-body")) {
            Some(body) => nodes(&body.children, out),
            None => nodes(&element.children, out),
        },
        "ri:page" | "ri:blog-post" => out.push_str(element.attribute("ri:content-title")),
        "ri:attachment" => out.push_str(element.attribute("ri:filename")),
        "ri:url" => out.push_str(element.attribute("ri:value")),
        "ac:parameter" | "ac:task-id" | "ac:task-uuid" | "ac:task-status" | "ac:placeholder" => {}
        "ac:structured-macro" => macro_(element, out),
        _ if LINES.contains(&name) => {
            out.push('\n');
            nodes(&element.children, out);
            out.push('\n');
        }
        _ => nodes(&element.children, out),
    }
}

fn macro_(element: &Element, out: &mut String) {
    let said = SAYING.iter().find(|(name, _)| *name == element.attribute("ac:name"));
    let parameter = |name: &str| {
        element.elements().find(|e| e.name == "ac:parameter" && e.attribute("ac:name") == name).map(Element::text)
    };
    match said.and_then(|(_, name)| parameter(name)) {
        Some(text) => out.push_str(&text),
        None => nodes(&element.children, out),
    }
}
