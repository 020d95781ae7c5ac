//! JSON to script values and back.

use super::{exact::Exact, natives::time_text};
use crate::{
    error::{Error, Result},
    json::{Json, Object},
    secret::Secret,
};
use rhai::{Array, Dynamic, FLOAT, Map};

/// How deep values may nest on their way to JSON: as deep as text may that is read.
const DEEPEST: usize = 128;

/// Makes a script value: scalars and arrays become Rhai's own, objects stay as they are.
pub fn to_dynamic(json: &Json) -> Dynamic {
    match json {
        Json::Null => Dynamic::UNIT,
        Json::Bool(truth) => (*truth).into(),
        Json::Int(int) => (*int).into(),
        Json::Float(float) => (*float).into(),
        Json::Exact(digits) => Dynamic::from(Exact(digits.clone())),
        Json::Text(text) => text.as_ref().into(),
        Json::Array(items) => items.iter().map(to_dynamic).collect::<Array>().into(),
        Json::Object(object) => Dynamic::from(object.clone()),
    }
}

/// Makes JSON of a script value. What is no data is refused by its place and type.
pub fn from_dynamic(value: &Dynamic) -> Result<Json> {
    convert(value, &mut Place { path: Vec::new(), reveal: false })
}

/// Like [`from_dynamic`], with the values of secrets: for request bodies only.
pub fn from_dynamic_revealing(value: &Dynamic) -> Result<Json> {
    convert(value, &mut Place { path: Vec::new(), reveal: true })
}

/// Where the conversion is.
struct Place {
    path: Vec<String>,
    reveal: bool,
}

impl Place {
    fn refuse(&self, why: &str) -> Box<Error> {
        let path = self.path.concat();
        let path = path.trim_start_matches('.');
        if path.is_empty() { Error::client(why) } else { Error::client(format_args!("{why} (at `{path}`)")) }
    }

    fn inside<T>(&mut self, step: String, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.path.len() >= DEEPEST {
            return Err(Error::client(format_args!("this value is nested more than {DEEPEST} levels deep")));
        }
        self.path.push(step);
        let done = work(self);
        self.path.pop();
        done
    }
}

fn convert(value: &Dynamic, place: &mut Place) -> Result<Json> {
    if let Some(scalar) = scalar(value, place)? {
        return Ok(scalar);
    }
    if let Some(object) = value.read_lock::<Object>() {
        return Ok(Json::Object(object.clone()));
    }
    if let Some(map) = value.read_lock::<Map>() {
        let member = |(key, value): (&rhai::Identifier, &Dynamic)| {
            Ok((key.to_string(), place.inside(format!(".{key}"), |place| convert(value, place))?))
        };
        return Ok(Json::object(map.iter().map(member).collect::<Result<Vec<_>>>()?));
    }
    if let Some(items) = value.read_lock::<Array>() {
        let items =
            items.iter().enumerate().map(|(i, item)| place.inside(format!("[{i}]"), |place| convert(item, place)));
        return Ok(Json::from(items.collect::<Result<Vec<_>>>()?));
    }
    Err(place.refuse(&format!("a value of type {} cannot become JSON", plain_type(value))))
}

fn scalar(value: &Dynamic, place: &Place) -> Result<Option<Json>> {
    Ok(Some(if value.is_unit() {
        Json::Null
    } else if let Ok(truth) = value.as_bool() {
        Json::Bool(truth)
    } else if let Ok(int) = value.as_int() {
        Json::Int(int)
    } else if let Ok(float) = value.as_float() {
        if !float.is_finite() {
            return Err(place.refuse(&format!("the number {float} cannot become JSON")));
        }
        Json::Float(float)
    } else if let Ok(text) = value.as_immutable_string_ref() {
        Json::from(text.as_str())
    } else if let Ok(c) = value.as_char() {
        Json::from(c.to_string())
    } else if let Some(number) = value.read_lock::<Exact>() {
        Json::Exact(number.0.clone())
    } else if let Some(secret) = value.read_lock::<Secret>() {
        if !place.reveal {
            return Err(place.refuse("a secret cannot become text"));
        }
        Json::from(secret.reveal())
    } else if let Some(text) = time_text(value) {
        Json::from(text)
    } else {
        return Ok(None);
    }))
}

/// Returns a type's name without its path.
pub fn plain_type(value: &Dynamic) -> &'static str {
    match value.type_name() {
        name if name.contains("::Connection<") => "connection",
        name if name.ends_with("::Stream") => "list that is not read yet; use .all()",
        name if name == "Fn" || name.ends_with("FnPtr") => "function",
        name if name.ends_with("::Object") => "map",
        name if name.ends_with("::Exact") => "number",
        name if name.ends_with("::Secret") => "secret",
        "i64" => "int",
        "f64" => "float",
        "()" => "() (nothing)",
        name => name.rsplit("::").next().unwrap_or(name),
    }
}

/// Returns the members of either kind of map.
pub fn members(value: &Dynamic) -> Option<Vec<(String, Dynamic)>> {
    if let Some(object) = value.read_lock::<Object>() {
        return Some(object.iter().map(|(key, value)| (key.to_string(), to_dynamic(value))).collect());
    }
    let map = value.read_lock::<Map>()?;
    Some(map.iter().map(|(key, value)| (key.to_string(), value.clone())).collect())
}

/// Writes a value as Rhai writes values inside others: texts in quotes, maps as `#{"a": 1}`.
pub fn debug(json: &Json) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match json {
        Json::Null => "()".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Int(int) => int.to_string(),
        Json::Float(float) => float_text(*float),
        Json::Exact(digits) => digits.to_string(),
        Json::Text(text) => format!("{text:?}"),
        Json::Array(items) => format!("[{}]", list(items.iter().map(debug).collect())),
        Json::Object(object) => {
            format!("#{{{}}}", list(object.iter().map(|(k, v)| format!("{k:?}: {}", debug(v))).collect()))
        }
    }
}

fn float_text(float: FLOAT) -> String {
    Dynamic::from(float).to_string()
}
