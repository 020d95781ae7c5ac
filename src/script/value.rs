//! stand-in
use crate::{
    error::{Error, Result},
    json::Json,
};
use rhai::{Array, Dynamic, Map};
pub fn to_dynamic(j: &Json) -> Dynamic {
    match j {
        Json::Null => Dynamic::UNIT,
        Json::Bool(b) => (*b).into(),
        Json::Int(i) => (*i).into(),
        Json::Float(f) => (*f).into(),
        Json::Exact(t) | Json::Text(t) => t.as_ref().to_owned().into(),
        Json::Array(a) => a.iter().map(to_dynamic).collect::<Array>().into(),
        Json::Object(o) => o.iter().map(|(k, v)| (k.as_ref().into(), to_dynamic(v))).collect::<Map>().into(),
    }
}
pub fn from_dynamic(d: &Dynamic) -> Result<Json> {
    if d.is_unit() {
        return Ok(Json::Null);
    }
    if let Ok(b) = d.as_bool() {
        return Ok(b.into());
    }
    if let Ok(i) = d.as_int() {
        return Ok(i.into());
    }
    if let Ok(f) = d.as_float() {
        return Ok(Json::Float(f));
    }
    if let Some(a) = d.read_lock::<Array>() {
        return Ok(a.iter().map(from_dynamic).collect::<Result<Vec<_>>>()?.into());
    }
    if let Some(m) = members(d) {
        return Ok(Json::object(m.into_iter().map(|(k, v)| Ok((k, from_dynamic(&v)?))).collect::<Result<Vec<_>>>()?));
    }
    if d.is_string() || d.is_char() {
        return Ok(d.to_string().into());
    }
    Err(Error::client("not json"))
}
pub fn from_dynamic_revealing(d: &Dynamic) -> Result<Json> {
    from_dynamic(d)
}
pub fn members(d: &Dynamic) -> Option<Vec<(String, Dynamic)>> {
    d.read_lock::<Map>().map(|m| m.iter().map(|(k, v)| (k.to_string(), v.clone())).collect())
}
