//! One request to one resource: what the resource's code works with.

use super::face::Face;
use super::guard::{Refusal, refuse};
use super::world::{Issue, World};
use crate::sandbox::atlassian::call::{self, BadBody};
pub(crate) use crate::sandbox::atlassian::call::{Outcome, Window};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

/// One request to one of Jira's resources.
pub(crate) type Call<'a> = call::Call<'a, World, Face>;

impl Call<'_> {
    /// Returns the body as JSON.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        self.read_json().map_err(|bad| match bad {
            BadBody::Type(refusal) => refusal,
            BadBody::Text(_) if self.face.cloud => {
                refuse(400, "There was an error parsing JSON. Check that your request body is valid.")
            }
            BadBody::Text(error) => refuse(400, format!("Unexpected character: {error}")),
        })
    }

    /// Returns the body as a JSON object.
    pub(crate) fn object(&self) -> Result<Value, Refusal> {
        let body = self.body()?;
        if body.is_object() { Ok(body) } else { Err(refuse(400, "Can not instantiate value from this JSON token")) }
    }

    /// Returns the window that `startAt` and `maxResults` describe.
    pub(crate) fn window(&self, default: usize, cap: usize) -> Result<Window, Refusal> {
        let read = |name: &str, default: usize| match self.request.param(name) {
            None | Some("") => Ok(default),
            Some(text) => text
                .parse::<i64>()
                .map(|n| usize::try_from(n).unwrap_or(0))
                .map_err(|_| refuse(404, format!("The value '{text}' for parameter '{name}' is not a number"))),
        };
        Ok(Window { start: read("startAt", 0)?, size: read("maxResults", default)?.min(cap) })
    }

    /// Makes a page of a list in the form of v3: `values`, `isLast`, the address of the next page.
    pub(crate) fn page(&self, window: Window, all: &[Value]) -> Value {
        let values = window.of(all);
        let end = window.start + values.len();
        let mut page = json!({
            "self": self.face.here(self.request, None),
            "maxResults": window.size, "startAt": window.start, "total": all.len(), "isLast": end >= all.len(),
        });
        if end < all.len() && window.size > 0 {
            page["nextPage"] = json!(self.face.here(self.request, Some((end, window.size))));
        }
        page["values"] = Value::Array(values);
        page
    }

    /// Says whether the caller may see a project.
    pub(crate) fn may_browse(&self, project: u64) -> bool {
        (self.caller.user.is_some() || self.anonymous) && self.world.may_browse(self.caller.user, project)
    }

    /// Finds the issue that the `n`th place of the path names, if the caller may see it.
    pub(crate) fn issue_id(&self, n: usize) -> Result<u64, Refusal> {
        self.visible_issue(self.arg(n))
    }

    /// Finds an issue that the caller may see.
    pub(crate) fn visible_issue(&self, id_or_key: &str) -> Result<u64, Refusal> {
        let issue = self.world.issue_id(id_or_key).and_then(|id| self.world.issues.get(&id));
        match issue {
            Some(issue) if self.may_browse(issue.project) => Ok(issue.id),
            _ if self.face.cloud => Err(refuse(404, "Issue does not exist or you do not have permission to see it.")),
            None => Err(refuse(404, "Issue Does Not Exist")),
            Some(_) if self.caller.user.is_none() => {
                let messages = ["You do not have the permission to see the specified issue.", "Login Required"];
                Err(Box::new(Reply::json(401, &json!({ "errorMessages": messages, "errors": {} }))))
            }
            Some(_) => Err(refuse(403, "You do not have the permission to see the specified issue.")),
        }
    }

    /// Finds the issue that the `n`th place of the path names, to be read.
    pub(crate) fn issue(&self, n: usize) -> Result<&Issue, Refusal> {
        let id = self.issue_id(n)?;
        self.world.issues.get(&id).ok_or_else(|| refuse(404, "Issue Does Not Exist"))
    }

    /// Finds the issue that the `n`th place of the path names, to be changed.
    pub(crate) fn issue_mut(&mut self, n: usize) -> Result<&mut Issue, Refusal> {
        let id = self.issue_id(n)?;
        self.world.issues.get_mut(&id).ok_or_else(|| refuse(404, "Issue Does Not Exist"))
    }

    /// Finds the project that a text names, if the caller may see it.
    pub(crate) fn project_id(&self, id_or_key: &str) -> Result<u64, Refusal> {
        let project = self.world.project(id_or_key).filter(|p| self.may_browse(p.id));
        project.map(|p| p.id).ok_or_else(|| refuse(404, format!("No project could be found with key '{id_or_key}'.")))
    }
}
