//! One argument against its parameter: the texts that go onto the wire, or what would be right.

use super::{List, Member, Parameter, Type};
use crate::json::Json;

/// The most of a wrong value that a message repeats.
const SHOWN: usize = 60;

/// Returns the texts of an argument, one for each time the parameter is written; or what it must be.
pub(super) fn texts(parameter: &Parameter, value: &Json) -> Result<Vec<String>, String> {
    let wrong = || format!("must be {}, not {}", wanted(parameter), shown(value));
    let items = match (parameter.list, value) {
        (List::No, Json::Array(_)) if structured(parameter.kind) => return Ok(vec![structure(parameter.kind, value)]),
        (List::No, _) => return text(parameter, value).map(|text| vec![text]).ok_or_else(wrong),
        (_, Json::Array(items)) => items.to_vec(),
        (_, Json::Text(list)) if parameter.kind != Type::String || !parameter.values.is_empty() => {
            list.split(',').map(|item| Json::from(item.trim())).collect()
        }
        _ => vec![value.clone()],
    };
    let texts = items.iter().map(|item| text(parameter, item)).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
    let joined = parameter.list == List::Joined && !texts.is_empty();
    Ok(if joined { vec![texts.join(",")] } else { texts })
}

/// Says whether lists and objects are welcome where one value is wanted.
fn structured(kind: Type) -> bool {
    matches!(kind, Type::Any | Type::Json)
}

/// Writes a structure: a list of plain values joined by commas where nothing is said, else JSON.
fn structure(kind: Type, value: &Json) -> String {
    let plain = value.as_array().filter(|items| kind == Type::Any && !items.is_empty());
    let texts = plain.and_then(|items| items.iter().map(scalar).collect::<Option<Vec<_>>>());
    texts.map_or_else(|| value.to_string(), |texts| texts.join(","))
}

/// Returns the text of one value, if it is what the parameter wants.
fn text(parameter: &Parameter, value: &Json) -> Option<String> {
    let text = match (parameter.kind, value) {
        (kind, Json::Object(_)) if structured(kind) => return Some(value.to_string()),
        (Type::Integer, Json::Float(_)) => return None,
        (Type::Integer, _) => scalar(value).filter(|text| is_integer(text))?,
        (Type::Number, _) => scalar(value).filter(|text| is_number(text))?,
        (Type::Boolean, _) => scalar(value).filter(|text| text == "true" || text == "false")?,
        _ => scalar(value)?,
    };
    (parameter.values.is_empty() || parameter.values.contains(&text.as_str())).then_some(text)
}

/// Returns the text of a value that has one way to be written.
fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::Text(text) => Some(text.to_string()),
        Json::Exact(digits) => Some(digits.to_string()),
        Json::Int(int) => Some(int.to_string()),
        Json::Bool(truth) => Some(truth.to_string()),
        Json::Float(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Says whether a text is digits, with or without a minus.
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit())
}

/// Says whether a text is a number as JSON writes it.
fn is_number(text: &str) -> bool {
    text.bytes().all(|c| c.is_ascii_digit() || b"+-.eE".contains(&c)) && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Says whether a member of a body is what it must be. `null` is left to the server, and so are numbers for texts.
pub(super) fn member(member: &Member, value: &Json) -> bool {
    let listed = |text: &str| member.values.is_empty() || member.values.contains(&text);
    is_of(member.kind, value) && value.as_str().is_none_or(listed)
}

fn is_of(kind: Type, value: &Json) -> bool {
    let kinds: &[Type] = match value {
        Json::Null => return true,
        Json::Bool(_) => &[Type::Boolean],
        Json::Int(_) | Json::Exact(_) => &[Type::Integer, Type::Number, Type::String],
        Json::Float(_) => &[Type::Number, Type::String],
        Json::Text(_) => &[Type::String],
        Json::Array(_) => &[Type::Array],
        Json::Object(_) => &[Type::Object],
    };
    kind == Type::Any || kinds.contains(&kind)
}

/// Says in words what a parameter must be.
pub(super) fn wanted(parameter: &Parameter) -> String {
    let one = one(parameter.kind, &parameter.values);
    if parameter.list == List::No { one } else { format!("a list, each item {one}") }
}

/// Says in words what a member of a body must be.
pub(super) fn expected(member: &Member) -> String {
    one(member.kind, &member.values)
}

fn one(kind: Type, values: &[&str]) -> String {
    match values {
        [] => named(kind).to_owned(),
        [only] => format!("'{only}'"),
        values => format!("one of {}", values.join(", ")),
    }
}

/// Says in words what a type is.
fn named(kind: Type) -> &'static str {
    match kind {
        Type::String => "a string",
        Type::Integer => "an integer",
        Type::Number => "a number",
        Type::Boolean => "true or false",
        Type::Any => "a value",
        Type::Json => "a value, a list or a map",
        Type::Map | Type::Object => "a map",
        Type::Array => "a list",
    }
}

/// Shows a wrong value, cut to a line.
pub(super) fn shown(value: &Json) -> String {
    let text = value.to_string();
    if text.chars().count() <= SHOWN {
        return text;
    }
    text.chars().take(SHOWN).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Place;
    use crate::json::parse;

    /// Type, list and possible values of a parameter; the argument as JSON.
    type Row = (Type, List, &'static [&'static str], &'static str);

    fn parameter(kind: Type, list: List, values: &[&'static str]) -> Parameter {
        let values = values.to_vec();
        Parameter { name: "p", place: Place::Query, kind, list, values, required: false, default: None }
    }

    #[test]
    fn values_become_texts() {
        let table: [(Row, &[&str]); 20] = [
            ((Type::String, List::No, &[], r#""a,b""#), &["a,b"]),
            ((Type::String, List::No, &[], "10001"), &["10001"]),
            ((Type::String, List::No, &["true", "false"], "true"), &["true"]),
            ((Type::Integer, List::No, &[], "-5"), &["-5"]),
            ((Type::Integer, List::No, &[], r#""0050""#), &["0050"]),
            ((Type::Integer, List::No, &[], "12345678901234567890"), &["12345678901234567890"]),
            ((Type::Number, List::No, &[], "2.5"), &["2.5"]),
            ((Type::Number, List::No, &[], r#""1700000000.000100""#), &["1700000000.000100"]),
            ((Type::Boolean, List::No, &[], "false"), &["false"]),
            ((Type::Boolean, List::No, &[], r#""true""#), &["true"]),
            ((Type::String, List::Repeated, &[], r#"["a,b", "c"]"#), &["a,b", "c"]),
            ((Type::String, List::Repeated, &[], r#""a,b""#), &["a,b"]),
            ((Type::String, List::Repeated, &[], "[]"), &[]),
            ((Type::String, List::Joined, &[], r#"["a", "b"]"#), &["a,b"]),
            ((Type::Integer, List::Repeated, &[], r#""1, 2""#), &["1", "2"]),
            ((Type::String, List::Joined, &["a", "b"], r#""b,a""#), &["b,a"]),
            ((Type::Any, List::No, &[], r#"["U1", "U2"]"#), &["U1,U2"]),
            ((Type::Any, List::No, &[], r#"[{"a": 1}]"#), &[r#"[{"a":1}]"#]),
            ((Type::Json, List::No, &[], r#"["a", "b"]"#), &[r#"["a","b"]"#]),
            ((Type::Any, List::No, &[], r#"{"a": 1.10}"#), &[r#"{"a":1.1}"#]),
        ];
        for ((kind, list, values, value), expected) in table {
            let value = parse(value.as_bytes()).unwrap();
            assert_eq!(texts(&parameter(kind, list, values), &value).unwrap(), expected, "{value} as {kind:?}");
        }
    }

    #[test]
    fn wrong_values_are_answered_with_what_would_be_right() {
        let table: [(Row, &str); 12] = [
            ((Type::Integer, List::No, &[], r#""ten""#), r#"must be an integer, not "ten""#),
            ((Type::Integer, List::No, &[], "5.0"), "must be an integer, not 5.0"),
            ((Type::Integer, List::No, &[], r#""""#), r#"must be an integer, not """#),
            ((Type::Integer, List::No, &[], "true"), "must be an integer, not true"),
            ((Type::Number, List::No, &[], r#""inf""#), r#"must be a number, not "inf""#),
            ((Type::Boolean, List::No, &[], "1"), "must be true or false, not 1"),
            ((Type::String, List::No, &[], r#"["a"]"#), r#"must be a string, not ["a"]"#),
            ((Type::String, List::No, &[], r#"{"a":1}"#), r#"must be a string, not {"a":1}"#),
            ((Type::String, List::No, &["a", "b"], r#""c""#), r#"must be one of a, b, not "c""#),
            (
                (Type::Integer, List::Repeated, &[], r#"[1, "x"]"#),
                r#"must be a list, each item an integer, not [1,"x"]"#,
            ),
            ((Type::String, List::Joined, &["a"], r#""a,b""#), r#"must be a list, each item 'a', not "a,b""#),
            ((Type::String, List::Repeated, &[], "[null]"), "must be a list, each item a string, not [null]"),
        ];
        for ((kind, list, values, value), expected) in table {
            let value = parse(value.as_bytes()).unwrap();
            assert_eq!(texts(&parameter(kind, list, values), &value).unwrap_err(), expected);
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(shown(&Json::from("ä".repeat(99))).chars().count(), SHOWN + 1);
    }
}
