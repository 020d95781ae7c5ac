//! Errors as scripts catch them: maps with `kind`, `message`, `status`, `details`, `hint` and where they came from.

use super::value::{from_dynamic, members, to_dynamic};
use crate::{
    error::{Error, Kind},
    secret::redact,
};
use rhai::{Dynamic, EvalAltResult, Map, Position};

/// Makes what a native throws.
pub fn into_script(error: Box<Error>) -> Box<EvalAltResult> {
    if error.kind == Kind::Cancelled {
        // No script may swallow Ctrl-C.
        return Box::new(EvalAltResult::ErrorTerminated(Dynamic::UNIT, Position::NONE));
    }
    Box::new(EvalAltResult::ErrorRuntime(map(&error).into(), Position::NONE))
}

/// Returns a text without secrets.
pub(super) fn said(text: &str) -> Dynamic {
    redact(text).into_owned().into()
}

fn map(error: &Error) -> Map {
    let text = |text: Option<&str>| text.map_or(Dynamic::UNIT, said);
    Map::from([
        ("kind".into(), error.kind.name().into()),
        ("message".into(), text(Some(&error.message))),
        ("service".into(), text(error.service)),
        ("operation".into(), text(error.operation.as_deref())),
        ("method".into(), text(error.method)),
        ("url".into(), text(error.url.as_deref())),
        ("status".into(), error.status.map_or(Dynamic::UNIT, |status| i64::from(status).into())),
        ("details".into(), error.details.as_ref().map_or(Dynamic::UNIT, to_dynamic)),
        ("hint".into(), text(error.hint.as_deref())),
    ])
}

/// Reads an error back that a script did not catch, or threw again. Nothing if it is no map of a known kind.
pub fn from_script(error: &EvalAltResult) -> Option<Box<Error>> {
    let EvalAltResult::ErrorRuntime(value, _) = error else { return None };
    let values = members(value)?;
    let get = |name: &str| values.iter().find(|(key, value)| key == name && !value.is_unit()).map(|(_, value)| value);
    let text = |name: &str| get(name).map(ToString::to_string);
    let mut error = Error::new(Kind::named(&text("kind")?)?, text("message")?);
    error.hint = text("hint");
    error.url = text("url");
    error.operation = text("operation");
    error.status = get("status").and_then(|status| u16::try_from(status.as_int().ok()?).ok());
    error.details = get("details").and_then(|details| from_dynamic(details).ok());
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_comes_back_as_it_went_in() {
        let error = Error::remote(Kind::NotFound, "No. Response code: 404.").status(404).hint("look again");
        let back = from_script(&into_script(error)).unwrap();
        assert_eq!((back.kind, back.status, back.hint.as_deref()), (Kind::NotFound, Some(404), Some("look again")));
        assert_eq!(back.message, "Remote error: No. Response code: 404.");
    }

    #[test]
    fn what_a_user_throws_is_not_one_of_ours() {
        for value in [Dynamic::from("oops"), Map::from([("message".into(), "x".into())]).into()] {
            assert!(from_script(&EvalAltResult::ErrorRuntime(value, Position::NONE)).is_none());
        }
    }
}
