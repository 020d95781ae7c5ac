//! What keeps text text: escapes of Markdown.

use crate::richtext::entity;

/// How much is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// What a reader of Markdown would take as a mark.
    Some,
    /// Every punctuation mark.
    All,
}

/// Escapes a run of text. `at_start` says that a line begins here.
pub(super) fn escape(text: &str, mut at_start: bool, care: Care) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        if matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}') || c == ' ' && at_start && before.is_none() {
            out.push_str(&entity::reference(c));
        } else {
            // A bar is the table's to escape.
            let special = match care {
                Care::All => c.is_ascii_punctuation() && (c != '|' || at_start),
                Care::Some => is_special(before, rest) || at_start && begins_block(before, rest),
            };
            out.extend(special.then_some('\\'));
            out.push(c);
        }
        at_start &= c.is_ascii_digit();
        before = Some(c);
    }
    out
}

/// Says whether the first character of `rest` could be read as a mark in a line.
fn is_special(before: Option<char>, rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return false };
    let next = chars.next();
    let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_none_or(|n| n.is_ascii_punctuation()),
        '*' | '`' | '[' | ']' | '~' => true,
        '_' => !(in_word(before) && in_word(next)),
        '<' => next.is_none_or(|n| n.is_ascii_alphabetic() || "/!?".contains(n)),
        '&' => entity::at_start(rest).is_some(),
        '!' => next == Some('['),
        '#' => before.is_some_and(char::is_whitespace) && next.is_none_or(|n| n == '#' || n == ' '),
        _ => false,
    }
}

/// Says whether `rest` could be read as the start of a block where a line begins, or where only digits are before it.
fn begins_block(before: Option<char>, rest: &str) -> bool {
    let mut chars = rest.chars();
    let Some(c) = chars.next() else { return false };
    let next = chars.next();
    match c {
        '.' | ')' => before.is_some() && next.is_none_or(|n| n == ' '),
        _ if before.is_some() => false,
        '#' => next.is_none_or(|n| n == '#' || n == ' '),
        '>' | '|' | '=' => true,
        '-' | '+' => next.is_none_or(|n| n == ' ' || n == c),
        ':' => next == Some('-'),
        _ => false,
    }
}

/// Writes an address as the target of a link.
pub(super) fn target(address: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"()<>\\".contains(c);
    if !address.is_empty() && address.chars().all(plain) && !address.contains('&') {
        return address.to_owned();
    }
    let mut out = String::from("<");
    for c in address.chars() {
        match c {
            '<' | '>' | '\\' => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push_str(&entity::reference(c)),
            c => out.push(c),
        }
    }
    out + ">"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_be_read_as_a_mark_is_escaped() {
        for (text, want) in [
            ("snake_case 2 * 3", r"snake_case 2 \* 3"),
            ("_private", r"\_private"),
            ("1. not a list", r"1\. not a list"),
            ("- nor this", r"\- nor this"),
            ("-1 stays", "-1 stays"),
            ("# no", r"\# no"),
            ("C# yes", "C# yes"),
            ("a < b && c <d>", r"a < b && c \<d>"),
            ("&amp; &x", r"\&amp; &x"),
            (r"C:\dir \*", r"C:\dir \\\*"),
            ("  in", "&#32; in"),
            ("5 - 3", "5 - 3"),
        ] {
            assert_eq!(escape(text, true, Care::Some), want);
        }
    }
}
