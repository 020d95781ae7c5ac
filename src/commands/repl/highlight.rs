//! Colours for what is typed, and for data that is shown.

use super::lex::{Kind, pieces};
use std::fmt::Write;

/// The words of the language.
pub(super) const KEYWORDS: &[&str] = &[
    "as", "break", "catch", "const", "continue", "do", "else", "export", "fn", "for", "global", "if", "import", "in",
    "let", "loop", "private", "return", "switch", "this", "throw", "try", "until", "while",
];

/// The words for values.
pub(super) const VALUES: &[&str] = &["true", "false", "null"];

/// Returns what of `text` stands at `from` and behind, in colours. The text before it says what that is.
pub(super) fn colored(text: &str, from: usize) -> String {
    let mut out = String::new();
    for piece in pieces(text).into_iter().filter(|piece| piece.end() > from) {
        let shown = &piece.text[from.saturating_sub(piece.start)..];
        match color(piece.kind, piece.text) {
            Some(color) => drop(write!(out, "\x1b[{color}m{shown}\x1b[0m")),
            None => out.push_str(shown),
        }
    }
    out
}

fn color(kind: Kind, text: &str) -> Option<&'static str> {
    match kind {
        Kind::Comment => Some("2"),
        Kind::Text(_) => Some("32"),
        Kind::Number => Some("36"),
        Kind::Word if KEYWORDS.contains(&text) => Some("35"),
        Kind::Word if VALUES.contains(&text) => Some("36"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_texts_numbers_and_comments_have_colours() {
        assert_eq!(
            colored("let x = \"a\" + 1; // c", 0),
            "\x1b[35mlet\x1b[0m x = \x1b[32m\"a\"\x1b[0m + \x1b[36m1\x1b[0m; \x1b[2m// c\x1b[0m"
        );
    }

    #[test]
    fn a_line_is_coloured_by_the_lines_before_it() {
        assert_eq!(colored("`one\ntwo` + 1", 5), "\x1b[32mtwo`\x1b[0m + \x1b[36m1\x1b[0m");
        assert_eq!(colored("let x =\nlet_it", 8), "let_it");
    }
}
