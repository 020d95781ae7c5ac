//! Secrets that stand in a script: by their shape wherever they are, comments too, or by what they are given to.

use super::Finding;
use crate::secret::hide;
use regex::Regex;
use rhai::{Expr, Position};
use std::sync::OnceLock;

/// What the vendors' tokens look like.
const SHAPES: &[(&str, &str)] = &[
    (r"\bATATT[0-9A-Za-z][0-9A-Za-z_=\-]{15,}", "an Atlassian API token"),
    (r"\bATCTT[0-9A-Za-z][0-9A-Za-z_=\-]{15,}", "a Bitbucket access token"),
    (r"\bATBB[0-9A-Za-z]{16,}", "a Bitbucket app password"),
    (r"\bATTA[0-9a-f]{32,}", "a Trello token"),
    (r"\bBBDC-[0-9A-Za-z+/]{24,}", "a Bitbucket personal access token"),
    (r"\bxox[abceoprs]-[0-9A-Za-z\-]{10,}", "a Slack token"),
    (r"\bxapp-[0-9A-Za-z\-]{10,}", "a Slack token"),
    (r"\b[a-z]+://[^\s/:@{}$]+:[^\s/@{}$]+@", "a password in an address"),
];

/// What may be done instead.
const HINT: &str = "keep it out of the file: a saved session (tieline login), secret(\"NAME\") for one of the environment, or a parameter";

/// Names whose values are secrets wherever they are members.
const NAMES: &[&str] = &["password", "clientSecret"];

/// Names whose values are secrets where a connection is made.
const OF_CONNECTIONS: &[&str] = &["token", "tempoToken"];

/// Finds what looks like a token anywhere in `text`.
pub(super) fn shapes(text: &str) -> Vec<Finding> {
    let lines = || text.lines().enumerate();
    let in_line = |at: usize, line: &str, pattern: &Regex, what: &str| {
        let found = pattern.find(line)?;
        let column = line[..found.start()].chars().count() + 1;
        Some(finding(what, found.as_str(), place(at + 1, column)))
    };
    patterns()
        .iter()
        .flat_map(|(pattern, what)| lines().filter_map(move |(at, line)| in_line(at, line, pattern, what)))
        .collect()
}

/// Says whether a member that is given `value` is a secret that stands in the text.
pub(super) fn literal(name: &str, value: &Expr, of_connection: bool) -> Option<Finding> {
    let is_secret = NAMES.contains(&name) || of_connection && OF_CONNECTIONS.contains(&name);
    match value {
        Expr::StringConstant(text, position) if is_secret && !text.is_empty() => {
            Some(finding(&format!("the value of `{name}`"), text, *position))
        }
        _ => None,
    }
}

fn finding(what: &str, secret: &str, position: Position) -> Finding {
    // The report shows the line.
    hide(secret);
    Finding::new("secret", position, format!("{what} stands in the script"), Some(HINT.to_owned()))
}

fn patterns() -> &'static [(Regex, &'static str)] {
    static PATTERNS: OnceLock<Vec<(Regex, &str)>> = OnceLock::new();
    PATTERNS.get_or_init(|| SHAPES.iter().filter_map(|(text, what)| Some((Regex::new(text).ok()?, *what))).collect())
}

/// Makes a place of numbers; the engine's have 16 bits.
fn place(line: usize, column: usize) -> Position {
    let short = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    Position::new(short(line), short(column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_by_their_shape() {
        assert_eq!(patterns().len(), SHAPES.len());
        for text in [
            "let t = \"ATATT3xFfGF0aBcDeFgHiJkLmNoPqRsTuVwXyZ\";",
            "// ATCTT3xFfGN0aBcDeFgHiJkLmNoPqRsTuVwXyZ",
            "\"xoxb-1234567890-abcdefghij\"",
            "\"ATTA0123456789abcdef0123456789abcdef01234567\"",
            "\"https://mira:hunter2@jira.example\"",
        ] {
            assert_eq!(shapes(text).len(), 1, "{text}");
        }
        for text in [
            "ATATT…",
            "bot xoxb-…, user xoxp-…",
            "https://jira.example:8443/x@y",
            "`https://${user}:${word}@x`",
            "ATTACHMENTS",
        ] {
            assert_eq!(shapes(text), [], "{text}");
        }
        assert_eq!((shapes("a\n  xoxb-1234567890")[0].line, shapes("a\n  xoxb-1234567890")[0].column), (2, 3));
    }
}
