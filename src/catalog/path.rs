//! Values in paths: encoded, and kept where they belong.

use super::{Place, check::shown};
use crate::json::Json;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stands for itself in a segment of a path: the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Adds the value of one placeholder to a path, or says what it must not be.
pub(super) fn fill(path: &mut String, place: Place, value: &str) -> Result<(), String> {
    if place != Place::Segments {
        path.push_str(&segment(value)?);
        return Ok(());
    }
    // `compare/diff{path}` leaves the slash to the value, `src/{path}` brings its own.
    if !path.ends_with('/') {
        path.push('/');
    }
    let inner = value.strip_prefix('/').unwrap_or(value);
    if value == "/" {
        return Ok(());
    }
    // The slash at the end of a folder's name stays.
    let folder = inner.strip_suffix('/');
    let segments: Vec<String> = folder.unwrap_or(inner).split('/').map(segment).collect::<Result<_, _>>()?;
    path.push_str(&segments.join("/"));
    path.push_str(if folder.is_some() { "/" } else { "" });
    Ok(())
}

/// Encodes what stands between two slashes. Address parsers resolve dots even when they are encoded, and an empty
/// segment is another address.
fn segment(value: &str) -> Result<String, String> {
    if matches!(value, "" | "." | "..") || value.contains(char::is_control) {
        return Err(format!("cannot be a part of a path: {}", shown(&Json::from(value))));
    }
    Ok(utf8_percent_encode(value, SEGMENT).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn filled(start: &str, place: Place, value: &str) -> Result<String, String> {
        let mut path = start.to_owned();
        fill(&mut path, place, value).map(|()| path)
    }

    #[test]
    fn a_value_cannot_leave_its_segment() {
        for (value, expected) in [
            ("OPS-1", "/x/OPS-1"),
            ("a/../b c", "/x/a%2F..%2Fb%20c"),
            ("%2e%2e", "/x/%252e%252e"),
            ("~ada", "/x/~ada"),
            ("{uuid}?#\\", "/x/%7Buuid%7D%3F%23%5C"),
            ("Grüße", "/x/Gr%C3%BC%C3%9Fe"),
        ] {
            assert_eq!(filled("/x/", Place::Path, value).unwrap(), expected);
        }
        for bad in ["", ".", "..", "a\nb", "\u{7f}"] {
            assert!(filled("/x/", Place::Path, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_keeps_its_folders() {
        for (start, value, expected) in [
            ("/src/", "docs/a b.md", "/src/docs/a%20b.md"),
            ("/src/", "/docs/a.md", "/src/docs/a.md"),
            ("/src/", "docs/", "/src/docs/"),
            ("/src/", "/", "/src/"),
            ("/diff", "src/x.rs", "/diff/src/x.rs"),
            ("/diff", "/src/x.rs", "/diff/src/x.rs"),
        ] {
            assert_eq!(filled(start, Place::Segments, value).unwrap(), expected);
        }
        for bad in ["", "//", "a//b", "../a", "a/./b", "a/..", "a/../"] {
            assert!(filled("/src/", Place::Segments, bad).is_err(), "{bad:?}");
        }
    }
}
