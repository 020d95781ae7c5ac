//! Whether what was typed is all, or a further line belongs to it.

use super::lex::{Kind, Piece, pieces};

/// Says whether `text` goes on in the next line. `ends_early` is the language's own opinion of a text whose brackets and
/// quotes are in order.
pub(super) fn is_open(text: &str, ends_early: impl Fn(&str) -> bool) -> bool {
    let pieces = pieces(text);
    let mut brackets = Vec::new();
    for piece in &pieces {
        match piece.kind {
            // A text in plain quotes ends with its line: that it has no end is a mistake.
            Kind::Text('"') if !piece.whole => return text.ends_with('\\'),
            Kind::Text('\'') if !piece.whole => return false,
            Kind::Text(_) | Kind::Comment if !piece.whole => return true,
            _ if piece.opens() => brackets.push(piece.text),
            _ if piece.closes() && !brackets.pop().is_some_and(|open| fit(open, piece.text)) => return false,
            _ => {}
        }
    }
    !brackets.is_empty() || pieces.iter().any(Piece::counts) && ends_early(text)
}

fn fit(open: &str, close: &str) -> bool {
    match close {
        ")" => open == "(",
        "]" => open == "[",
        _ => open.ends_with('{'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::repl::tests::host;

    #[test]
    fn a_line_goes_on_where_it_must() {
        let host = host();
        for (text, open) in [
            ("", false),
            ("   ", false),
            ("1", false),
            ("1 +", true),
            ("1 +\n2", false),
            ("let x =", true),
            ("let x = 1", false),
            ("let x = 1;", false),
            ("let", true),
            ("if true {", true),
            ("if true { 1", true),
            ("if true { 1 }", false),
            ("if true { 1 } else", true),
            ("if true { 1 } else {", true),
            ("for x in [1, 2] {", true),
            ("for x in [1, 2] {\n  print(x);", true),
            ("for x in [1, 2] {\n  print(x);\n}", false),
            ("while true", true),
            ("fn f(a,", true),
            ("fn f(a, b)", true),
            ("fn f(a, b) {\n", true),
            ("fn f(a, b) { a + b }", false),
            ("fn Jira.mine() {", true),
            ("[1,", true),
            ("[1, 2]", false),
            ("#{ a: 1,", true),
            ("#{ a: 1 }", false),
            ("print(", true),
            ("print(\"a\",", true),
            ("print(\"a\")", false),
            ("[1].", true),
            ("[1].map(|x|", true),
            ("[1].map(|x| x)", false),
            ("true &&", true),
            ("switch 1 {", true),
            ("switch 1 { 1 =>", true),
            ("try {", true),
            ("try { 1 } catch", true),
            ("`two", true),
            ("`two\nlines`", false),
            ("`a ${", true),
            ("`a ${1", true),
            ("`a ${1}", true),
            ("`a ${1}`", false),
            ("\"abc", false),
            ("\"abc\\", true),
            ("'a", false),
            ("#\"raw", true),
            ("#\"raw\"#", false),
            ("/* a comment", true),
            ("/* a /* nested */", true),
            ("/* whole */ 1", false),
            ("1 // {", false),
            ("// only a comment", false),
            ("1 + // more", true),
            ("}", false),
            ("(]", false),
            ("foo(1))", false),
            ("let 5 = 3", false),
            ("nobody + 1", false),
            ("x = = 1", false),
            ("repeat.default", false),
            ("return", false),
            ("throw", false),
        ] {
            assert_eq!(is_open(text, |text| host.ends_early(text)), open, "{text:?}");
        }
    }
}
