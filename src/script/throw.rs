//! stand-in
use crate::error::{Error, Kind};
use rhai::{Dynamic, EvalAltResult, Map, Position};
pub fn into_script(e: Box<Error>) -> Box<EvalAltResult> {
    let mut m = Map::new();
    m.insert("kind".into(), e.kind.name().into());
    m.insert("message".into(), e.message.clone().into());
    m.insert("hint".into(), e.hint.clone().map_or(Dynamic::UNIT, Dynamic::from));
    Box::new(EvalAltResult::ErrorRuntime(m.into(), Position::NONE))
}
pub fn from_script(e: &EvalAltResult) -> Option<Box<Error>> {
    let EvalAltResult::ErrorRuntime(v, _) = e else { return None };
    let m = super::value::members(v)?;
    let get = |n: &str| m.iter().find(|(k, _)| k == n).map(|(_, v)| v.to_string());
    let mut e = Error::new(Kind::named(&get("kind")?)?, get("message")?);
    e.hint = get("hint").filter(|h| !h.is_empty());
    Some(e)
}
