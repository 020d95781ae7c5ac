//! The little HTML that Markdown is read with: styles, line breaks, and blocks that open and close.

use super::read::Reader;
use crate::richtext::{
    entity,
    model::{Style, plain},
};

impl Reader<'_> {
    /// Takes one tag in a line of text. A tag that means nothing here stays as text.
    pub(super) fn inline_html(&mut self, html: &str) {
        let name = html.trim_matches(['<', '>']).trim_end_matches(['/', ' ']);
        let (name, begins) = name.strip_prefix('/').map_or((name, true), |name| (name, false));
        let name = name.to_ascii_lowercase();
        if name == "br" {
            self.line_break();
        } else if let Some(style) = Style::of_tag(&name) {
            self.tag(style, begins);
        } else if is_comment(html) {
            self.lost.add("an HTML comment");
        } else {
            self.lost.add("HTML (kept as text)");
            self.text(html, false);
        }
    }
}

/// Takes a block of HTML: `<details>`, its end, a comment; anything else stays as text.
pub(super) fn block(reader: &mut Reader<'_>, html: &str) {
    let html = html.trim();
    if let Some(inner) = html.strip_prefix("<details>") {
        details(reader, inner);
    } else if is_comment(html) {
        reader.lost.add("an HTML comment");
    } else if !(html == "</details>" && reader.close_expand()) {
        as_text(reader, html);
    }
}

fn is_comment(html: &str) -> bool {
    html.starts_with("<!--") && html.find("-->") == Some(html.len() - 3)
}

fn details(reader: &mut Reader<'_>, inner: &str) {
    let (inner, ends) = inner.strip_suffix("</details>").map_or((inner, false), |inner| (inner, true));
    let summary = inner.trim_start().strip_prefix("<summary>").and_then(|rest| rest.split_once("</summary>"));
    let (title, rest) = summary.unwrap_or(("", inner));
    reader.open_expand(entity::decode(title).split_whitespace().collect::<Vec<_>>().join(" "));
    as_text(reader, rest);
    if ends {
        reader.close_expand();
    }
}

fn as_text(reader: &mut Reader<'_>, html: &str) {
    if html.contains('<') {
        reader.lost.add("HTML (kept as text)");
    }
    for block in plain(html) {
        reader.block(block);
    }
}
