//! Secrets that somebody typed: what must not be kept, neither in the history nor in a saved script.

use super::lex::{Kind, Piece, pieces};
use crate::{secret::redact, services};
use std::{borrow::Cow, ops::Range};

/// Parts of names whose values are secrets.
const NAMES: &[&str] = &["password", "passwd", "token", "secret", "apikey", "api_key", "authorization", "cookie"];

/// Functions whose argument says where a value comes from, and is none itself.
const SOURCES: &[&str] = &["env", "secret", "ask_secret", "ask", "read_text"];

/// A literal that is a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// What it is given to.
    pub name: String,
    /// Where it stands.
    pub place: Range<usize>,
}

/// Returns the literals in `text` that are given to a name for secrets, hold a known secret, or sign in to an address.
pub(super) fn literals(text: &str) -> Vec<Literal> {
    let pieces: Vec<Piece<'_>> = pieces(text).into_iter().filter(Piece::counts).collect();
    let mut found: Vec<Literal> = Vec::new();
    for at in 0..pieces.len() {
        if let Some(name) = name_of(&pieces[at]).filter(|name| is_secret(name) && is_given(&pieces, at)) {
            found.extend(values(&pieces[at + 2..]).map(|piece| literal(name, piece)));
        } else if matches!(pieces[at].kind, Kind::Text(_)) && tells(pieces[at].text) {
            found.push(literal(named_before(&pieces[..at]), &pieces[at]));
        }
    }
    found.sort_by_key(|literal| literal.place.start);
    found.dedup_by_key(|literal| literal.place.start);
    found
}

fn literal(name: &str, piece: &Piece<'_>) -> Literal {
    Literal { name: name.to_owned(), place: piece.start..piece.end() }
}

/// Returns the name that a piece is: a word, or a key in quotes.
fn name_of<'a>(piece: &Piece<'a>) -> Option<&'a str> {
    match piece.kind {
        Kind::Word => Some(piece.text),
        Kind::Text('"') => Some(piece.text.trim_matches('"')),
        _ => None,
    }
}

fn is_secret(name: &str) -> bool {
    let small = name.to_lowercase();
    services::SECRETS.contains(&name) || NAMES.iter().any(|part| small.contains(part))
}

/// Says whether the name at `at` is given something, or compared with it.
fn is_given(pieces: &[Piece<'_>], at: usize) -> bool {
    pieces.get(at + 1).is_some_and(|next| [":", "=", "==", "!="].iter().any(|sign| next.is(sign)))
}

/// Returns the literals of the value that `pieces` start with, those left out that only say where it comes from.
fn values<'a, 'b>(pieces: &'a [Piece<'b>]) -> impl Iterator<Item = &'a Piece<'b>> {
    let mut depth: Vec<bool> = Vec::new();
    let mut end = false;
    pieces.iter().enumerate().filter_map(move |(at, piece)| {
        end |= depth.is_empty() && (piece.closes() || [",", ";", "{"].iter().any(|sign| piece.is(sign)));
        if end {
            return None;
        }
        if piece.opens() {
            depth.push(at > 0 && leads(piece, &pieces[at - 1]));
        } else if piece.closes() {
            depth.pop();
        }
        let literal = matches!(piece.kind, Kind::Text(_) | Kind::Number) && !matches!(piece.text, "\"\"" | "");
        (literal && !depth.last().copied().unwrap_or(false)).then_some(piece)
    })
}

/// Says whether a bracket holds the name of a source, or of a member.
fn leads(bracket: &Piece<'_>, before: &Piece<'_>) -> bool {
    bracket.is("(") && SOURCES.contains(&before.text) || bracket.is("[") && before.kind == Kind::Word
}

/// Says whether a text tells a secret by itself.
fn tells(text: &str) -> bool {
    let host = text.split("://").nth(1).map(|rest| rest.split('/').next().unwrap_or(rest));
    host.is_some_and(|host| host.contains('@')) || matches!(redact(text), Cow::Owned(_))
}

/// Returns the name that the value behind `pieces` is given to.
fn named_before<'a>(pieces: &[Piece<'a>]) -> &'a str {
    match pieces {
        [.., name, sign] if sign.is(":") || sign.is("=") => name_of(name).unwrap_or("secret"),
        _ => "secret",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hide;

    #[test]
    fn literals_given_to_names_of_secrets_are_found() {
        for (text, found) in [
            (r#"jira(#{ server: "https://x", token: "abc" })"#, "token=\"abc\""),
            (r#"jira(#{ "password": `abc`, user: "u" })"#, "password=`abc`"),
            (r#"let password = "a" + "b";"#, "password=\"a\" password=\"b\""),
            (r#"let my_api_token = ("a")"#, "my_api_token=\"a\""),
            ("x.tempoToken = 12345", "tempoToken=12345"),
            (r#"tempo(#{ tempoToken: trim("a") })"#, "tempoToken=\"a\""),
            (r#"if token == "abc" { 1 }"#, "token=\"abc\""),
            (r#"#{ headers: #{ Authorization: "Bearer x" } }"#, "Authorization=\"Bearer x\""),
            (r#"jira(#{ server: "https://me:pw@host/x" })"#, "server=\"https://me:pw@host/x\""),
            (r#"jira(#{ token: env("T"), user: "u" })"#, ""),
            (r#"jira(#{ token: secret("T") })"#, ""),
            (r#"jira(#{ token: opt["x"] })"#, ""),
            ("jira(#{ token: opt.token })", ""),
            (r#"print("the token: ")"#, ""),
            ("issue.key = \"A-1\"", ""),
            (r#"let token = ask_secret("Token: ")"#, ""),
        ] {
            let is: Vec<String> =
                literals(text).into_iter().map(|l| format!("{}={}", l.name, &text[l.place])).collect();
            assert_eq!(is.join(" "), found, "{text}");
        }
    }

    #[test]
    fn a_known_secret_is_found_wherever_it_stands() {
        hide("typed-before-known");
        assert_eq!(literals(r#"let p = "typed-before-known";"#)[0].name, "p");
        assert_eq!(literals(r#"f("typed-before-known")"#)[0].name, "secret");
    }
}
