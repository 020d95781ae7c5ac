//! Tables of resources: a method, a path, and what plays them.

use super::http::decode;

/// One resource and one method.
pub(crate) struct Row<P> {
    pub method: &'static str,
    /// `{}` takes one segment, or the part of it before or after fixed text, as in `{}-key`; `{*}` takes the rest.
    pub path: &'static str,
    pub play: P,
}

/// Makes a row of a table.
pub(crate) const fn row<P: Copy>(method: &'static str, path: &'static str, play: P) -> Row<P> {
    Row { method, path, play }
}

/// What there is at a path.
pub(crate) enum Found<P> {
    /// A resource, and the values of the open places, decoded.
    Play(P, Vec<String>),
    /// A resource that does not know the method.
    WrongMethod,
    /// Nothing.
    Nothing,
}

/// Finds the resource at a path: of several that fit, the one with the fewest open places; one with an open end is the
/// last choice.
pub(crate) fn find<P: Copy>(groups: &[&[Row<P>]], method: &str, path: &str) -> Found<P> {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let openness = |row: &Row<P>, values: &[String]| (row.path.ends_with("{*}"), values.len());
    let mut best: Option<(&Row<P>, Vec<String>)> = None;
    let mut wrong_method = false;
    for row in groups.iter().copied().flatten() {
        let Some(values) = values(row.path, &segments) else { continue };
        if row.method != method {
            wrong_method = true;
        } else if best.as_ref().is_none_or(|(other, theirs)| openness(row, &values) < openness(other, theirs)) {
            best = Some((row, values));
        }
    }
    match best {
        Some((row, values)) => Found::Play(row.play, values),
        None if wrong_method => Found::WrongMethod,
        None => Found::Nothing,
    }
}

fn values(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut parts = pattern.trim_end_matches('/').split('/').enumerate();
    let mut length = 0;
    for (at, part) in parts.by_ref() {
        if part == "{*}" {
            values.push(decode(&segments.get(at..)?.join("/")));
            return Some(values);
        }
        let segment = *segments.get(at)?;
        match part.split_once("{}") {
            Some((before, after)) => {
                let value = segment.strip_prefix(before)?.strip_suffix(after)?;
                values.push(Some(decode(value)).filter(|v| !v.is_empty())?);
            }
            None if part == segment => {}
            None => return None,
        }
        length = at + 1;
    }
    (length == segments.len()).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_row_and_values() {
        let rows =
            [row("GET", "/a/{}", 1), row("GET", "/a/b", 2), row("PUT", "/a/{}-key/x", 3), row("GET", "/f/{*}", 4)];
        let find = |method, path| match super::find(&[&rows], method, path) {
            Found::Play(n, values) => format!("{n} {}", values.join(",")),
            Found::WrongMethod => "wrong".into(),
            Found::Nothing => "nothing".into(),
        };
        assert_eq!(find("GET", "/a/c%20d"), "1 c d");
        assert_eq!(find("GET", "/a/b/"), "2 ");
        assert_eq!(find("PUT", "/a/com.x-key/x"), "3 com.x");
        assert_eq!(find("GET", "/f/x/y"), "4 x/y");
        assert_eq!(find("GET", "/a/com.x-key/x"), "wrong");
        assert_eq!(find("GET", "/a"), "nothing");
    }
}
