//! The form of what is stored: every file and entry says its version, and older ones are brought up to date when read.

use crate::{
    error::{Error, Result},
    json::{Json, Object},
};

/// One step from a version of the form to the next.
type Step = fn(Object) -> Object;

/// The steps, the first one leading from version 1 to version 2. A change of the form adds one here.
const STEPS: &[Step] = &[];

/// Makes an object of today's version.
pub(super) fn stamp<const N: usize>(members: [(&str, Json); N]) -> Json {
    let version = [("version", Json::Int(version(STEPS)))];
    Json::object(version.into_iter().chain(members))
}

fn version(steps: &[Step]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX).saturating_add(1)
}

/// Brings what an older program wrote up to date. Refuses what a newer one wrote, so that nothing of it is lost.
pub(super) fn upgrade(json: Json, place: &str) -> Result<Json> {
    upgrade_by(STEPS, json, place)
}

fn upgrade_by(steps: &[Step], json: Json, place: &str) -> Result<Json> {
    let Json::Object(object) = json else { return Err(damaged(place)) };
    let found = object.get("version").and_then(Json::as_int).filter(|v| *v >= 1).ok_or_else(|| damaged(place))?;
    if found > version(steps) {
        return Err(Error::client(format_args!(
            "{place} was written by a newer tieline (version {found} of its form)"
        ))
        .hint("update tieline; this version leaves it as it is"));
    }
    // `found` is between 1 and the number of steps plus one.
    let first = usize::try_from(found - 1).unwrap_or(steps.len());
    let mut object = steps[first..].iter().fold(object, |object, step| step(object));
    object.set("version", Json::Int(version(steps)));
    Ok(object.into())
}

/// Makes the refusal of something that is not in our form.
pub(super) fn damaged(place: &str) -> Box<Error> {
    Error::client(format_args!("{place} is damaged: it is not what tieline writes"))
        .hint("remove it, and log in again (tieline login)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn rename(mut object: Object) -> Object {
        let value = object.remove("url").unwrap_or(Json::Null);
        object.set("server", value);
        object
    }

    fn add(mut object: Object) -> Object {
        object.set("expires", Json::Null);
        object
    }

    #[test]
    fn older_forms_are_brought_up_to_date_step_by_step() {
        let steps: &[Step] = &[rename, add];
        let up = |text: &str| upgrade_by(steps, parse(text.as_bytes()).unwrap(), "the test").map(|j| j.to_string());
        assert_eq!(up(r#"{"version":1,"url":"x"}"#).unwrap(), r#"{"version":3,"server":"x","expires":null}"#);
        assert_eq!(up(r#"{"version":2,"server":"x"}"#).unwrap(), r#"{"version":3,"server":"x","expires":null}"#);
        assert_eq!(up(r#"{"version":3,"server":"x"}"#).unwrap(), r#"{"version":3,"server":"x"}"#);
    }

    #[test]
    fn newer_and_damaged_forms_are_refused() {
        let up = |text: &str| upgrade(parse(text.as_bytes()).unwrap(), "the test").unwrap_err().message;
        assert_eq!(
            up(r#"{"version":99}"#),
            "Client error: the test was written by a newer tieline (version 99 of its form)"
        );
        for text in ["[]", "{}", r#"{"version":0}"#, r#"{"version":"1"}"#] {
            assert!(up(text).contains("is damaged"), "{text}");
        }
    }

    #[test]
    fn what_is_written_today_is_read_today() {
        assert!(upgrade(stamp([("x", Json::Null)]), "the test").is_ok());
    }
}
