//! `"/rest/api/2/issue/{key}"` and a map become a path and what is left of the map.

use crate::error::{Error, Result};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand unencoded in a path segment: RFC 3986's unreserved characters, and those sub-delimiters that ids use.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':')
    .remove(b'@')
    .remove(b',')
    .remove(b'=');

/// A filled route.
#[derive(Debug, PartialEq, Eq)]
pub struct Filled {
    /// The path, encoded.
    pub path: String,
    /// The names that were used up.
    pub used: Vec<String>,
}

/// Fills each `{name}` of `route` with what `value` returns for it, percent-encoded. In `{+name}`, as the paths of files
/// are, the slashes of the value stay slashes.
///
/// Refuses a name without a value, and values that would leave their segment: empty ones, `.`, `..` and control characters.
pub fn fill(route: &str, value: impl Fn(&str) -> Option<String>) -> Result<Filled> {
    let mut path = String::with_capacity(route.len() + 16);
    let mut used = Vec::new();
    let mut rest = route;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        path.push_str(before);
        let (name, several) = name.strip_prefix('+').map_or((name, false), |name| (name, true));
        let given = value(name).ok_or_else(|| missing(route, name))?;
        let parts = if several { given.split('/').collect() } else { vec![given.as_str()] };
        let parts: Vec<String> = parts.into_iter().map(|part| encoded(name, part)).collect::<Result<_>>()?;
        path.push_str(&parts.join("/"));
        used.push(name.to_owned());
        rest = after;
    }
    path.push_str(rest);
    Ok(Filled { path, used })
}

/// Says whether a route has a place for a value.
pub fn takes(route: &str, name: &str) -> bool {
    route.contains(&format!("{{{name}}}")) || route.contains(&format!("{{+{name}}}"))
}

fn encoded(name: &str, value: &str) -> Result<String> {
    Ok(utf8_percent_encode(segment(name, value)?, SEGMENT).to_string())
}

fn missing(route: &str, name: &str) -> Box<Error> {
    Error::client(format_args!("`{name}` is missing: the path is {route}"))
}

fn segment<'a>(name: &str, value: &'a str) -> Result<&'a str> {
    let why = match value {
        "" => "is empty",
        "." | ".." => "must not be . or ..",
        _ if value.chars().any(char::is_control) => "has control characters in it",
        _ => return Ok(value),
    };
    Err(Error::client(format_args!("`{name}` {why}")))
}

/// Takes the query off a path that was written with one.
pub fn query_pairs(path: &str) -> (&str, Vec<(String, String)>) {
    let Some((path, query)) = path.split_once('?') else { return (path, Vec::new()) };
    (path, url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(route: &str, value: &str) -> Result<String> {
        fill(route, |name| (name == "key").then(|| value.to_owned())).map(|f| f.path)
    }

    #[test]
    fn a_value_stays_in_its_segment() {
        assert_eq!(filled("/issue/{key}/comment", "OPS-1").unwrap(), "/issue/OPS-1/comment");
        assert_eq!(filled("/issue/{key}", "a/../b c?#%").unwrap(), "/issue/a%2F..%2Fb%20c%3F%23%25");
        assert_eq!(filled("/issue/{key}", "Ä").unwrap(), "/issue/%C3%84");
        assert_eq!(filled("/plain", "x").unwrap(), "/plain");
    }

    #[test]
    fn a_path_keeps_its_slashes() {
        assert_eq!(filled("/raw/{+key}", "src/a b/ü.txt").unwrap(), "/raw/src/a%20b/%C3%BC.txt");
        for value in ["", "a//b", "../b", "a/./b", "/a"] {
            assert!(filled("/raw/{+key}", value).is_err(), "{value:?}");
        }
        assert!(takes("/raw/{+key}", "key") && takes("/{key}/x", "key") && !takes("/raw/{+key}", "ke"));
    }

    #[test]
    fn a_value_that_would_leave_it_is_refused() {
        for value in ["", ".", "..", "a\r\nb"] {
            assert!(filled("/issue/{key}", value).unwrap_err().message.starts_with("Client error: `key`"), "{value:?}");
        }
        let error = filled("/issue/{id}", "x").unwrap_err();
        assert_eq!(error.message, "Client error: `id` is missing: the path is /issue/{id}");
    }

    #[test]
    fn a_query_in_the_path_is_taken_apart() {
        assert_eq!(query_pairs("/a?x=1%202&y"), ("/a", vec![("x".into(), "1 2".into()), ("y".into(), String::new())]));
    }
}
