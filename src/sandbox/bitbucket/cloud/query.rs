//! Filters and orders of lists: `q=state="OPEN" AND updated_on > 2026-01-01`, `sort=-updated_on`.

use crate::sandbox::bitbucket::call::Call;
use crate::sandbox::bitbucket::guard::{Refusal, cloud};
use serde_json::Value;
use std::cmp::Ordering;

/// Applies the filter and the order of a request to a list.
pub(crate) fn applied(call: &Call, all: &[Value]) -> Result<Vec<Value>, Refusal> {
    let mut some: Vec<Value> = all.to_vec();
    if let Some(text) = call.request.param("q").filter(|q| !q.trim().is_empty()) {
        let filter = Filter::read(text).map_err(|why| cloud(400, &format!("Invalid query: {why}")))?;
        some.retain(|value| filter.fits(value));
    }
    if let Some(sort) = call.request.param("sort").filter(|s| !s.is_empty()) {
        let path = sort.trim_start_matches('-');
        some.sort_by(|a, b| compare(at(a, path), at(b, path)));
        if sort.starts_with('-') {
            some.reverse();
        }
    }
    Ok(some)
}

fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |value, name| &value[name])
}

fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        _ => a.as_str().unwrap_or_default().cmp(b.as_str().unwrap_or_default()),
    }
}

/// A filter.
enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    /// The member, the operator, the value.
    Is(String, String, Value),
}

impl Filter {
    fn read(text: &str) -> Result<Filter, String> {
        let words = words(text)?;
        let mut rest = words.as_slice();
        let filter = Self::any(&mut rest)?;
        match rest.first() {
            None => Ok(filter),
            Some(word) => Err(format!("unexpected {word}")),
        }
    }

    fn any(rest: &mut &[String]) -> Result<Filter, String> {
        let mut parts = vec![Self::all(rest)?];
        while rest.first().is_some_and(|w| w.eq_ignore_ascii_case("or")) {
            *rest = &rest[1..];
            parts.push(Self::all(rest)?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(rest: &mut &[String]) -> Result<Filter, String> {
        let mut parts = vec![Self::one(rest)?];
        while rest.first().is_some_and(|w| w.eq_ignore_ascii_case("and")) {
            *rest = &rest[1..];
            parts.push(Self::one(rest)?);
        }
        Ok(Filter::All(parts))
    }

    fn one(rest: &mut &[String]) -> Result<Filter, String> {
        if rest.first().is_some_and(|w| w == "(") {
            *rest = &rest[1..];
            let inner = Self::any(rest)?;
            let closed = rest.first().is_some_and(|w| w == ")");
            *rest = rest.get(1..).unwrap_or_default();
            return if closed { Ok(inner) } else { Err("a bracket is not closed".into()) };
        }
        let [name, operator, value, ..] = *rest else { return Err("it ends too early".into()) };
        if !["=", "!=", "~", "!~", ">", ">=", "<", "<="].contains(&operator.as_str()) {
            return Err(format!("no operator '{operator}'"));
        }
        let value = match value.as_str() {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text if text.starts_with('"') => Value::from(text.trim_matches('"')),
            text => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        };
        let filter = Filter::Is(name.clone(), operator.clone(), value);
        *rest = &rest[3..];
        Ok(filter)
    }

    fn fits(&self, thing: &Value) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|p| p.fits(thing)),
            Filter::Any(parts) => parts.iter().any(|p| p.fits(thing)),
            Filter::Is(path, operator, value) => holds(at(thing, path), operator, value),
        }
    }
}

fn holds(own: &Value, operator: &str, value: &Value) -> bool {
    let contains = || {
        let (own, value) = (own.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        own.to_lowercase().contains(&value.to_lowercase())
    };
    let same = || own == value;
    match operator {
        "=" => same(),
        "!=" => !same(),
        "~" => contains(),
        "!~" => !contains(),
        ">" => compare(own, value) == Ordering::Greater,
        "<" => compare(own, value) == Ordering::Less,
        ">=" => compare(own, value) != Ordering::Less,
        _ => compare(own, value) != Ordering::Greater,
    }
}

/// Splits a filter into names, operators, brackets and values; texts keep their quotes.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            '"' => rest[1..].find('"').map(|at| at + 2).ok_or("a text is not closed")?,
            c if "=!~<>".contains(c) => rest.find(|c| !"=!~<>".contains(c)).unwrap_or(rest.len()),
            _ => rest.find(|c: char| c.is_whitespace() || "=!~<>()\"".contains(c)).unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(words)
}
