//! One request to one resource: what the resource's code works with.

use super::gate::Gate;
use super::guard::Refusal;
use super::sign_in::Caller;
use crate::sandbox::http::{Reply, Request};
use crate::sandbox::people::UserId;
use serde_json::{Value, json};

/// What a resource answers.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// One request to one resource of a product with the data `W`, whose answers look as `F` says.
pub(crate) struct Call<'a, W, F> {
    pub world: &'a mut W,
    pub gate: &'a mut Gate,
    pub request: &'a Request,
    /// The values of the places in the path, decoded.
    pub args: Vec<String>,
    pub caller: &'a Caller,
    pub face: F,
    /// Those who are not signed in may look around.
    pub anonymous: bool,
}

/// The part of a list that a request asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub start: usize,
    pub size: usize,
}

impl Window {
    /// Returns the elements of `all` that lie in the window.
    pub(crate) fn of<T: Clone>(self, all: &[T]) -> Vec<T> {
        all.iter().skip(self.start).take(self.size).cloned().collect()
    }
}

/// Why a body is not JSON.
pub(crate) enum BadBody {
    /// It says that it is something else.
    Type(Refusal),
    /// It does not parse.
    Text(serde_json::Error),
}

impl<W, F> Call<'_, W, F> {
    /// Returns the value of the `n`th place of the path.
    pub(crate) fn arg(&self, n: usize) -> &str {
        self.args.get(n).map_or("", String::as_str)
    }

    /// Returns the number at the `n`th place of the path; zero is no thing's number.
    pub(crate) fn id(&self, n: usize) -> u64 {
        self.arg(n).parse().unwrap_or(0)
    }

    /// Returns who asks; only for resources that need somebody signed in.
    pub(crate) fn me(&self) -> UserId {
        self.caller.user.unwrap_or(0)
    }

    /// Returns a field of the form in the body, or nothing.
    pub(crate) fn field(&self, name: &str) -> String {
        self.request.form().into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
    }

    /// Returns the body as JSON.
    pub(crate) fn read_json(&self) -> Result<Value, BadBody> {
        if self.request.media_type().as_deref() != Some("application/json") {
            let body = json!({ "message": "Unsupported Media Type", "status-code": 415 });
            return Err(BadBody::Type(Box::new(Reply::json(415, &body))));
        }
        serde_json::from_slice(&self.request.body).map_err(BadBody::Text)
    }

    /// Answers with JSON.
    pub(crate) fn ok(value: &Value) -> Outcome {
        Ok(Reply::json(200, value))
    }

    /// Answers that it is done, without a body.
    pub(crate) fn done() -> Outcome {
        Ok(Reply::empty(204))
    }
}
