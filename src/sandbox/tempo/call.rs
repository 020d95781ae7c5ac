//! One request to one resource of Tempo.

use super::sign_in::Caller;
use super::world::World;
use crate::sandbox::atlassian::Server;
use crate::sandbox::http::{Reply, Request, encode};
use crate::sandbox::jira::Jira;
use crate::sandbox::people;
use serde_json::{Value, json};

/// A refusal, boxed because it is the rare case.
pub(crate) type Refusal = Box<Reply>;
/// What a resource answers.
pub(crate) type Outcome = Result<Reply, Refusal>;
/// What plays a resource.
pub(crate) type Play = for<'a, 'b> fn(&'a mut Call<'b>) -> Outcome;

/// Makes Tempo's error body.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(status, &json!({ "errors": [{ "message": message }] })))
}

/// One request to one resource.
pub(crate) struct Call<'a> {
    pub world: &'a mut World,
    pub request: &'a Request,
    /// The values of the places in the path.
    pub args: Vec<String>,
    pub caller: Caller,
    pub base: &'a str,
    pub jira: &'a Server<Jira>,
}

impl Call<'_> {
    /// Returns the value of the `n`th place of the path.
    pub(crate) fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }

    /// Returns the account id of who asks.
    pub(crate) fn me(&self) -> String {
        account_of(self.caller.name)
    }

    /// Returns a resource's address.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/4/{path}", self.base)
    }

    /// Returns the body as a JSON object.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        if self.request.media_type().as_deref() != Some("application/json") {
            return Err(refuse(415, "HTTP 415 Unsupported Media Type"));
        }
        let body: Option<Value> = serde_json::from_slice(&self.request.body).ok();
        body.filter(Value::is_object).ok_or_else(|| refuse(400, "Unable to process JSON"))
    }

    /// Returns the ids of a parameter that may be repeated or have commas.
    pub(crate) fn ids(&self, name: &str) -> Vec<u64> {
        self.request.params(name).into_iter().flat_map(|v| v.split(',')).filter_map(|v| v.trim().parse().ok()).collect()
    }

    /// Answers with a page of a list; the address of the next one is absolute.
    pub(crate) fn page(&self, all: Vec<Value>) -> Outcome {
        let read = |name: &str, default: usize| match self.request.param(name) {
            None | Some("") => Ok(default),
            Some(text) => text.parse::<usize>().map_err(|_| refuse(400, format!("{name} must be a number"))),
        };
        let (offset, limit) = (read("offset", 0)?, read("limit", 50)?);
        if limit == 0 || limit > 5000 {
            return Err(refuse(400, "limit must be between 1 and 5000"));
        }
        let total = all.len();
        let results: Vec<Value> = all.into_iter().skip(offset).take(limit).collect();
        let mut metadata = json!({ "count": results.len(), "offset": offset, "limit": limit });
        if offset + results.len() < total {
            metadata["next"] = json!(self.here(Some(offset + limit), limit));
        }
        if offset > 0 {
            metadata["previous"] = json!(self.here(Some(offset.saturating_sub(limit)), limit));
        }
        Self::ok(&json!({ "self": self.here(None, limit), "metadata": metadata, "results": results }))
    }

    /// Answers with a whole list.
    pub(crate) fn whole(&self, all: Vec<Value>) -> Outcome {
        let count = all.len();
        Self::ok(&json!({ "self": self.here(None, 0), "metadata": { "count": count }, "results": all }))
    }

    /// Returns the address of this request, or of another page of it.
    fn here(&self, offset: Option<usize>, limit: usize) -> String {
        let mut pairs: Vec<String> = self
            .request
            .query
            .iter()
            .filter(|(key, _)| offset.is_none() || key != "offset" && key != "limit")
            .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
            .collect();
        if let Some(offset) = offset {
            pairs.extend([format!("offset={offset}"), format!("limit={limit}")]);
        }
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        format!("{}{}{query}", self.base, self.request.path)
    }

    /// Writes a person: the address in Jira, and the account id.
    pub(crate) fn person(&self, account: &str) -> Value {
        let own = format!("{}/rest/api/2/user?accountId={}", self.jira.base(), encode(account));
        json!({ "self": own, "accountId": account })
    }

    /// Checks that there is somebody with an account id.
    pub(crate) fn known(account: &str) -> Result<(), Refusal> {
        let there = people::everybody().iter().any(|u| u.account_id == account);
        if there { Ok(()) } else { Err(refuse(400, format!("User with account id '{account}' does not exist"))) }
    }

    /// Answers with JSON. What has no value is left out.
    pub(crate) fn ok(value: &Value) -> Outcome {
        Ok(Reply::json(200, &without_nulls(value)))
    }

    /// Answers that it is done, without a body.
    pub(crate) fn done() -> Outcome {
        Ok(Reply::empty(204))
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.iter().filter(|(_, member)| !member.is_null());
            there.map(|(name, member)| (name.clone(), without_nulls(member))).collect()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// Returns the account id of a user name; empty if there is no such user.
pub(crate) fn account_of(name: &str) -> String {
    people::everybody().iter().find(|u| u.name == name).map(|u| u.account_id.clone()).unwrap_or_default()
}

/// Returns a member of a document as text; empty if it is not there or no text.
pub(crate) fn text(document: &Value, name: &str) -> String {
    document[name].as_str().unwrap_or_default().to_owned()
}
