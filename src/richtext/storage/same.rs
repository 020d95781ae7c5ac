//! Whether two texts in storage format say the same: servers write back more than they were given.

use super::xml::{Element, Node, parse};
use crate::richtext::model::Lost;

/// What servers add to tags by themselves.
const ADDED: [&str; 6] =
    ["ac:macro-id", "ac:local-id", "local-id", "ac:schema-version", "ri:version-at-save", "data-layout"];

/// Elements that servers add by themselves.
const NUMBERS: [&str; 2] = ["ac:task-id", "ac:task-uuid"];

/// Elements between whose parts blanks mean nothing.
const STRUCTURE: [&str; 14] = [
    "",
    "table",
    "thead",
    "tbody",
    "tr",
    "ul",
    "ol",
    "ac:task-list",
    "ac:task",
    "ac:layout",
    "ac:layout-section",
    "ac:layout-cell",
    "ac:structured-macro",
    "ac:rich-text-body",
];

/// Elements in which every blank counts.
const EXACT: [&str; 2] = ["pre", "ac:plain-text-body"];

/// Says whether both texts say the same.
pub(in crate::richtext) fn same(one: &str, other: &str) -> bool {
    one == other || plain(one) == plain(other)
}

/// Writes the text in one spelling.
fn plain(storage: &str) -> String {
    let root = Element { children: parse(storage, &mut Lost::default()), ..Element::default() };
    let mut out = String::new();
    inside(&root, &mut out);
    out
}

fn inside(element: &Element, out: &mut String) {
    let mut text = String::new();
    for node in &element.children {
        match node {
            Node::Text(piece) => text.push_str(piece),
            Node::Element(child) if NUMBERS.contains(&child.name.as_str()) => {}
            Node::Element(child) => {
                words(element, &std::mem::take(&mut text), out);
                whole(child, out);
            }
        }
    }
    words(element, &text, out);
}

fn words(element: &Element, text: &str, out: &mut String) {
    if EXACT.contains(&element.name.as_str()) {
        out.push_str(text);
        return;
    }
    let blank = |c: char| c.is_ascii_whitespace();
    if text.chars().all(blank) && STRUCTURE.contains(&element.name.as_str()) {
        return;
    }
    for (n, word) in text.split(blank).enumerate() {
        if n > 0 && !out.ends_with(' ') {
            out.push(' ');
        }
        out.push_str(word);
    }
}

fn whole(element: &Element, out: &mut String) {
    let mut attributes: Vec<_> =
        element.attributes.iter().filter(|(name, _)| !ADDED.contains(&name.as_str())).collect();
    attributes.sort();
    out.push_str(&format!("\u{1}{} {attributes:?}\u{2}", element.name));
    inside(element, out);
    out.push('\u{3}');
}
