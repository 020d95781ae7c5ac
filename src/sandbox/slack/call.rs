//! One call of a method.

use super::sign_in::Caller;
use super::world::{Channel, World};
use crate::sandbox::http::{Reply, Request};
use base64::Engine;
use serde_json::{Map, Value, json};

/// A refusal, boxed because it is the rare case.
pub(crate) type Refusal = Box<Reply>;
/// What a method answers.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// Makes Slack's failure, which has status 200.
pub(crate) fn fail(error: &str) -> Refusal {
    Box::new(Reply::json(200, &json!({ "ok": false, "error": error })))
}

/// Makes the failure that names what is wrong with the arguments.
pub(crate) fn bad_arguments(message: &str) -> Refusal {
    let body = json!({
        "ok": false, "error": "invalid_arguments", "response_metadata": { "messages": [format!("[ERROR] {message}")] },
    });
    Box::new(Reply::json(200, &body))
}

/// Reads the arguments of a call: query, form, and JSON where the method takes it.
pub(crate) fn arguments(request: &Request, takes_json: bool) -> Result<Map<String, Value>, &'static str> {
    let mut all: Map<String, Value> = Map::new();
    match request.media_type().as_deref() {
        Some("application/json") if takes_json && !request.body.is_empty() => {
            let body: Value = serde_json::from_slice(&request.body).map_err(|_| "invalid_json")?;
            all = body.as_object().cloned().ok_or("json_not_object")?;
        }
        Some("application/x-www-form-urlencoded" | "multipart/form-data") => {
            all.extend(request.form().into_iter().map(|(key, value)| (key, Value::String(value))));
        }
        _ => {}
    }
    all.extend(request.query.iter().map(|(key, value)| (key.clone(), Value::String(value.clone()))));
    Ok(all)
}

/// One call of a method.
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub arguments: Map<String, Value>,
    pub caller: &'a Caller,
    pub base: &'a str,
    pub revoked: &'a mut Vec<String>,
}

impl Call<'_> {
    /// Returns an argument as text; a number, truth value or list as it is written.
    pub(crate) fn arg(&self, name: &str) -> Option<String> {
        match self.arguments.get(name)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Returns an argument that must be there and not be empty.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        let value = self.arg(name).filter(|v| !v.trim().is_empty());
        value.ok_or_else(|| bad_arguments(&format!("missing required field: {name}")))
    }

    /// Says whether an argument is a yes.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.arg(name).is_some_and(|v| v == "true" || v == "1")
    }

    /// Returns an argument that is JSON, or JSON written as text.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.arguments.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => {
                serde_json::from_str(text).map(Some).map_err(|_| fail(&format!("invalid_{name}")))
            }
            Some(other) => Ok(Some(other.clone())),
        }
    }

    /// Returns the items of a list that may be JSON or text with commas.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let read = self.json(name).ok().flatten();
        if let Some(items) = read.as_ref().and_then(Value::as_array) {
            return items.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        }
        let text = self.arg(name).unwrap_or_default();
        text.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }

    /// Returns the id of the user who asks; a bot is a user too.
    pub(crate) fn me(&self) -> String {
        self.world.user_named(self.caller.name)
    }

    /// Finds a channel that the caller may see: by id, and by `#name` where the method takes names.
    pub(crate) fn channel(&self, argument: &str) -> Result<&Channel, Refusal> {
        let wanted = self.required(argument).map_err(|_| fail("channel_not_found"))?;
        let me = self.me();
        let name = wanted.trim_start_matches('#');
        let found = self
            .world
            .channels
            .iter()
            .find(|c| c.id == wanted || c.doc["name"] == name && !name.is_empty() && c.doc["is_im"] != true);
        let seen = found.filter(|c| !c.is_private() || c.members.contains(&me));
        seen.ok_or_else(|| fail("channel_not_found"))
    }

    /// Finds a channel that is to be changed.
    pub(crate) fn channel_mut(&mut self, argument: &str) -> Result<&mut Channel, Refusal> {
        let id = self.channel(argument)?.id.clone();
        self.world.channel_mut(&id).ok_or_else(|| fail("channel_not_found"))
    }

    /// Returns the part of a list that `cursor` and `limit` name, and the cursor of the next part.
    pub(crate) fn page(&self, all: Vec<Value>, default: usize) -> Result<(Vec<Value>, String), Refusal> {
        let limit = match self.arg("limit").filter(|l| !l.is_empty()) {
            None => default,
            Some(text) => text.parse().ok().filter(|n| *n > 0).ok_or_else(|| fail("invalid_limit"))?,
        };
        let start = match self.arg("cursor").filter(|c| !c.is_empty()) {
            None => 0,
            Some(cursor) => read_cursor(&cursor).ok_or_else(|| fail("invalid_cursor"))?,
        };
        let end = start + limit.min(1000);
        let next = if end < all.len() { write_cursor(end) } else { String::new() };
        Ok((all.into_iter().skip(start).take(limit.min(1000)).collect(), next))
    }

    /// Answers that it went well, with these members.
    pub(crate) fn ok(members: Value) -> Outcome {
        let mut body = json!({ "ok": true });
        crate::sandbox::jira::merge(&mut body, members);
        Ok(Reply::json(200, &body))
    }
}

fn write_cursor(offset: usize) -> String {
    base64::engine::general_purpose::STANDARD.encode(format!("next:{offset}"))
}

fn read_cursor(cursor: &str) -> Option<usize> {
    let bytes = base64::engine::general_purpose::STANDARD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("next:")?.parse().ok()
}
