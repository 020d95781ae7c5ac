//! A line in pieces, as far as colours, completion and the history must know them. It takes any text, right or wrong.

/// One piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// What it is.
    pub kind: Kind,
    /// How it is written.
    pub text: &'a str,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Whether it has its end.
    pub whole: bool,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks and line ends.
    Space,
    /// A comment, of a line or a block.
    Comment,
    /// A text in these quotes, or the part of one between `${…}`. A raw text has `#`.
    Text(char),
    /// A number.
    Number,
    /// A name or a keyword.
    Word,
    /// Anything else.
    Sign,
}

/// Signs of two characters that mean something else than each by itself.
const PAIRS: &[&str] = &["#{", "?.", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "..", "::"];

impl Piece<'_> {
    /// Says whether it is the sign `text`.
    pub fn is(&self, text: &str) -> bool {
        self.kind == Kind::Sign && self.text == text
    }

    /// Says whether it opens a bracket.
    pub fn opens(&self) -> bool {
        ["(", "[", "{", "#{", "${"].iter().any(|open| self.is(open))
    }

    /// Says whether it closes a bracket.
    pub fn closes(&self) -> bool {
        [")", "]", "}"].iter().any(|close| self.is(close))
    }

    /// Says whether it is neither blank nor comment.
    pub fn counts(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::Comment)
    }

    /// Returns where it ends, in bytes.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Cuts `text` into pieces; put together they are the text again.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut lexer = Lexer { text, at: 0, inside: Vec::new(), resumes: false };
    let mut out = Vec::new();
    while lexer.at < text.len() || lexer.resumes {
        let start = lexer.at;
        let (kind, whole) = lexer.next();
        out.push(Piece { kind, text: &text[start..lexer.at], start, whole });
    }
    out
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// For each `${` that is open, how many braces are open in it.
    inside: Vec<usize>,
    /// Whether a back-tick text goes on here, behind `${…}`.
    resumes: bool,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Goes on by one piece.
    fn next(&mut self) -> (Kind, bool) {
        if std::mem::take(&mut self.resumes) {
            return self.template();
        }
        let rest = self.rest();
        let first = rest.chars().next().unwrap_or_default();
        match first {
            c if c.is_whitespace() => self.run(Kind::Space, char::is_whitespace),
            '/' if rest.starts_with("//") => self.run(Kind::Comment, |c| c != '\n'),
            '/' if rest.starts_with("/*") => self.block_comment(),
            '"' | '\'' => self.quoted(first),
            '`' => {
                self.at += 1;
                self.template()
            }
            '#' if rest.trim_start_matches('#').starts_with('"') => self.raw(),
            c if c.is_ascii_digit() => self.number(),
            c if c.is_alphanumeric() || c == '_' => self.run(Kind::Word, |c| c.is_alphanumeric() || c == '_'),
            _ => self.sign(first),
        }
    }

    fn run(&mut self, kind: Kind, belongs: impl Fn(char) -> bool) -> (Kind, bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        (kind, true)
    }

    fn number(&mut self) -> (Kind, bool) {
        self.run(Kind::Number, |c| c.is_ascii_alphanumeric() || c == '_');
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
            self.run(Kind::Number, |c| c.is_ascii_alphanumeric() || c == '_');
        }
        (Kind::Number, true)
    }

    /// Block comments nest.
    fn block_comment(&mut self) -> (Kind, bool) {
        let mut depth = 0;
        while self.at < self.text.len() {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return (Kind::Comment, true);
                }
            } else {
                self.skip();
            }
        }
        (Kind::Comment, false)
    }

    fn skip(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    /// A text in quotes ends with its line, unless the line ends with a backslash.
    fn quoted(&mut self, quote: char) -> (Kind, bool) {
        self.at += 1;
        while let Some(c) = self.rest().chars().next() {
            match c {
                '\\' => {
                    self.skip();
                    self.skip();
                }
                '\n' => return (Kind::Text(quote), false),
                c => {
                    self.skip();
                    if c == quote {
                        return (Kind::Text(quote), true);
                    }
                }
            }
        }
        (Kind::Text(quote), false)
    }

    fn raw(&mut self) -> (Kind, bool) {
        let rest = self.rest();
        let marks = rest.len() - rest.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(marks));
        let body = &rest[marks + 1..];
        let found = body.find(&end);
        self.at += found.map_or(rest.len(), |at| marks + 1 + at + end.len());
        (Kind::Text('#'), found.is_some())
    }

    /// Goes on in a back-tick text until it ends or `${` stands there.
    fn template(&mut self) -> (Kind, bool) {
        while self.at < self.text.len() {
            let rest = self.rest();
            if rest.starts_with("``") {
                self.at += 2;
            } else if rest.starts_with('`') {
                self.at += 1;
                return (Kind::Text('`'), true);
            } else if rest.starts_with("${") {
                self.inside.push(0);
                return (Kind::Text('`'), true);
            } else {
                self.skip();
            }
        }
        (Kind::Text('`'), false)
    }

    fn sign(&mut self, first: char) -> (Kind, bool) {
        let rest = self.rest();
        if first == '$' && rest.starts_with("${") {
            self.at += 2;
            return (Kind::Sign, true);
        }
        let pair = PAIRS.iter().find(|pair| rest.starts_with(**pair));
        self.at += pair.map_or(first.len_utf8(), |pair| pair.len());
        match (first, self.inside.last_mut()) {
            ('{' | '#', Some(depth)) if self.text[..self.at].ends_with('{') => *depth += 1,
            ('}', Some(0)) => {
                self.inside.pop();
                self.resumes = true;
            }
            ('}', Some(depth)) => *depth -= 1,
            _ => {}
        }
        (Kind::Sign, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes each piece with the letter of its kind; `!` marks one without an end.
    fn cut(text: &str) -> String {
        let mark = |piece: &Piece<'_>| {
            let kind = match piece.kind {
                Kind::Space => return String::new(),
                Kind::Comment => "C",
                Kind::Text(_) => "T",
                Kind::Number => "N",
                Kind::Word => "W",
                Kind::Sign => "S",
            };
            format!("{kind}<{}>{}", piece.text, if piece.whole { "" } else { "!" })
        };
        pieces(text).iter().map(mark).collect()
    }

    #[test]
    fn a_text_is_cut_where_the_language_cuts_it() {
        for (text, is) in [
            ("let x = 1.5;", "W<let>W<x>S<=>N<1.5>S<;>"),
            ("a.b?.c[0..2]", "W<a>S<.>W<b>S<?.>W<c>S<[>N<0>S<..>N<2>S<]>"),
            (r#"f("a \" b", 'c')"#, r#"W<f>S<(>T<"a \" b">S<,>T<'c'>S<)>"#),
            (r#""open"#, r#"T<"open>!"#),
            ("\"open\n1", "T<\"open>!N<1>"),
            ("`a ${b + `c`} d`", "T<`a >S<${>W<b>S<+>T<`c`>S<}>T< d`>"),
            ("`${#{a: 1}.a}`", "T<`>S<${>S<#{>W<a>S<:>N<1>S<}>S<.>W<a>S<}>T<`>"),
            ("`a ${b}", "T<`a >S<${>W<b>S<}>T<>!"),
            ("`two\nlines`", "T<`two\nlines`>"),
            ("1 // x\n2 /* /* y */ */ 3", "N<1>C<// x>N<2>C</* /* y */ */>N<3>"),
            ("/* c", "C</* c>!"),
            (r##"#"raw " text"# + 1"##, r##"T<#"raw " text"#>S<+>N<1>"##),
            ("ä·ö", "W<ä>S<·>W<ö>"),
        ] {
            assert_eq!(cut(text), is, "{text}");
        }
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["`${`${", "a\\", "\"\\", "'", "#", "##\"", "/*/*", "`x${}}y`", "`````", "${}"] {
            assert_eq!(pieces(text).iter().map(|piece| piece.text).collect::<String>(), text);
        }
    }
}
