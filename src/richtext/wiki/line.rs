//! The model to wiki markup: the lines.

use super::inline::braced;
use crate::richtext::{
    address, entity,
    model::{Inline, Lost, Style},
    nest::{Node, nest},
};

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Where a line end is a line break.
    Paragraph,
    /// Where a line end would end the heading or the cell.
    OneLine,
}

/// Writes a line.
pub(super) fn line(runs: &[Inline], place: Place, lost: &mut Lost) -> String {
    let mut pen = Pen { out: String::new(), place, lost };
    pen.nodes(&nest(runs));
    if pen.out.ends_with('\n') {
        pen.out.pop();
        pen.out.push_str("\\\\");
    }
    pen.out
}

struct Pen<'a> {
    out: String,
    place: Place,
    lost: &'a mut Lost,
}

impl Pen<'_> {
    fn nodes(&mut self, nodes: &[Node<'_>]) {
        for (i, node) in nodes.iter().enumerate() {
            match node {
                Node::Leaf(inline) => self.leaf(inline),
                Node::Styled(style, children) => self.styled(*style, children, nodes.get(i + 1)),
                Node::Linked(address, children) => self.linked(address, children),
            }
        }
    }

    fn leaf(&mut self, inline: &Inline) {
        match inline {
            Inline::Break if self.place == Place::OneLine || self.out.is_empty() || self.out.ends_with('\n') => {
                self.out.push_str("\\\\");
            }
            Inline::Break => self.out.push('\n'),
            Inline::Text(text, marks) if marks.has(Style::Code) => {
                self.out.extend([format!("{{{{{}}}}}", escape(text, Some('{')))]);
            }
            Inline::Text(text, _) => {
                let before = self.out.chars().next_back().filter(|c| *c != '\n');
                self.out.push_str(&escape(text, before));
            }
            Inline::Image { address, alt, .. } => self.image(address, alt),
        }
    }

    fn image(&mut self, address: &str, alt: &str) {
        if !address::is_absolute(address) {
            self.lost.add("an image that is not at an address (taken as the name of an attachment)");
        }
        let alt: String =
            alt.chars().map(|c| if "!,|\"&\n".contains(c) { entity::reference(c) } else { c.into() }).collect();
        let option = if alt.is_empty() { String::new() } else { format!("|alt={alt}") };
        self.out.extend([format!("!{}{option}!", encoded(address))]);
    }

    fn styled(&mut self, style: Style, children: &[Node<'_>], next: Option<&Node<'_>>) {
        let from = self.out.len();
        self.nodes(children);
        let inner = self.out.split_off(from);
        let in_word = self.out.ends_with(char::is_alphanumeric) || next.is_some_and(begins_word);
        let mark = if in_word { braced(style) } else { style.spelling().wiki };
        // A style ends with its line, and neither begins nor ends with a blank.
        for (i, line) in inner.split('\n').enumerate() {
            let body = line.trim();
            let start = line.len() - line.trim_start().len();
            let (before, behind) = (&line[..start], &line[start + body.len()..]);
            let mark = if body.is_empty() { "" } else { mark };
            self.out.extend([if i > 0 { "\n" } else { "" }, before, mark, body, mark, behind]);
        }
    }

    fn linked(&mut self, address: &str, children: &[Node<'_>]) {
        let target = encoded(address);
        if let [Node::Leaf(Inline::Text(text, marks))] = children
            && text == address
            && target == address
            && !marks.has(Style::Code)
            && address::is_absolute(address)
        {
            return self.out.extend([format!("[{address}]")]);
        }
        let from = self.out.len();
        self.nodes(children);
        let inner = self.out.split_off(from).replace('\n', " ");
        let label = if inner.trim().is_empty() { escape(address, None) } else { inner };
        self.out.extend(if target.is_empty() { [label] } else { [format!("[{label}|{target}]")] });
    }
}

fn begins_word(node: &Node<'_>) -> bool {
    matches!(node, Node::Leaf(Inline::Text(text, _)) if text.starts_with(char::is_alphanumeric))
}

/// Encodes what would end a link or an image.
fn encoded(address: &str) -> String {
    let mut out = String::new();
    for c in address.chars() {
        match c {
            '[' | ']' | '|' | '!' | '{' | '}' | '\\' | ' ' | '\n' | '\t' | '\r' => {
                out.extend([format!("%{:02X}", c as u32)]);
            }
            c => out.push(c),
        }
    }
    out
}

/// Escapes a run of text. `before` is the character before it; nothing at the start of a line.
pub(super) fn escape(text: &str, mut before: Option<char>) -> String {
    let at_start = before.is_none();
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        match c {
            '\n' | '\r' => out.push(' '),
            // A backslash before a mark would hide it; two would be a line break.
            '\\' if rest[1..].starts_with(char::is_alphanumeric) && before != Some('\\') => out.push(c),
            '\\' => out.push_str("&#92;"),
            // The stop after `h1` makes a heading, the one after `bq` a quote.
            '.' if at_start && begins_block(text[..at].trim_start_matches(' ')) => out.push_str("&#46;"),
            _ => {
                out.extend(is_special(before, rest).then_some('\\'));
                out.push(c);
            }
        }
        // Blanks at the start of a line are passed over.
        before = Some(c).filter(|c| *c != ' ' || before.is_some());
    }
    out
}

fn begins_block(line: &str) -> bool {
    matches!(line, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "bq")
}

fn is_special(before: Option<char>, rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return false };
    let next = chars.next();
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '{' | '}' | '[' | ']' | '|' => true,
        '#' => before.is_none(),
        '*' | '_' | '-' | '+' | '^' | '~' => {
            let alone = before.is_some_and(char::is_whitespace) && next.is_some_and(char::is_whitespace);
            !(alone || in_word(before) && in_word(next))
        }
        '!' => !blank(next),
        '?' => next == Some('?'),
        '&' => entity::at_start(rest).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        for (text, want) in [
            ("a well-known {code} [x]", r"a well-known \{code\} \[x\]"),
            ("*a* _b_ -c-", r"\*a\* \_b\_ \-c\-"),
            ("2 * 3 - 1", "2 * 3 - 1"),
            ("- a", r"\- a"),
            ("# a#b", r"\# a#b"),
            (r"C:\dir\ \\", r"C:\dir&#92; &#92;&#92;"),
            ("h1. no", "h1&#46; no"),
            ("&amp; & ok!", r"\&amp; & ok!"),
        ] {
            assert_eq!(escape(text, None), want);
        }
    }
}
