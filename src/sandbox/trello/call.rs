//! One request to one resource of Trello.

use super::sign_in::Caller;
use super::world::World;
use crate::sandbox::http::{Reply, Request};
use serde_json::{Map, Value};

/// A refusal, boxed because it is the rare case.
pub(crate) type Refusal = Box<Reply>;
/// What a resource answers.
pub(crate) type Outcome = Result<Reply, Refusal>;
/// What plays a resource.
pub(crate) type Play = for<'a, 'b> fn(&'a mut Call<'b>) -> Outcome;

/// Makes Trello's error: plain text.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Refusal {
    Box::new(Reply::text(status, message))
}

/// One request to one resource.
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub request: &'a Request,
    /// The values of the places in the path.
    pub args: Vec<String>,
    pub caller: Caller,
    pub base: &'a str,
    pub revoked: &'a mut Vec<String>,
}

impl Call<'_> {
    /// Returns the value of the `n`th place of the path.
    pub(crate) fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }

    /// Returns the id of the member who asks.
    pub(crate) fn me(&self) -> String {
        self.world.member(self.caller.name).map(|m| text(m, "id")).unwrap_or_default()
    }

    /// Returns the parameters: those of the query, then those of the body, be it JSON or a form.
    pub(crate) fn params(&self) -> Map<String, Value> {
        let mut all = match self.request.media_type().as_deref() {
            Some("application/json") => serde_json::from_slice(&self.request.body).unwrap_or_default(),
            Some("application/x-www-form-urlencoded" | "multipart/form-data") => {
                self.request.form().into_iter().map(|(key, value)| (key, Value::String(value))).collect()
            }
            _ => Map::new(),
        };
        for (key, value) in &self.request.query {
            all.insert(key.clone(), Value::String(value.clone()));
        }
        all
    }

    /// Returns one parameter as text; a number or truth value as it is written.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        match self.params().remove(name)? {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }

    /// Returns a parameter that must be there and not be empty.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        let value = self.param(name).filter(|v| !v.trim().is_empty());
        value.ok_or_else(|| refuse(400, format!("invalid value for {name}")))
    }

    /// Answers with JSON.
    pub(crate) fn ok(value: &Value) -> Outcome {
        Ok(Reply::json(200, value))
    }
}

/// Returns a member of a document as text; empty if it is not there or no text.
pub(crate) fn text(document: &Value, name: &str) -> String {
    document[name].as_str().unwrap_or_default().to_owned()
}
