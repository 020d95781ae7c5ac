//! One request to one of Confluence's resources.

use super::expand::Expand;
use super::face::Face;
use super::guard::{Refusal, missing, refuse};
use super::world::{Content, Space, World};
use crate::sandbox::atlassian::call::{self, BadBody};
pub(crate) use crate::sandbox::atlassian::call::{Outcome, Window};
use crate::sandbox::http::encode;
use serde_json::{Value, json};

/// One request to one of Confluence's resources.
pub(crate) type Call<'a> = call::Call<'a, World, Face>;

impl Call<'_> {
    /// Returns the body as JSON.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        self.read_json().map_err(|bad| match bad {
            BadBody::Type(refusal) => refusal,
            BadBody::Text(error) => refuse(400, "BadRequestException", format!("Could not parse JSON: {error}")),
        })
    }

    /// Returns what the request wants to see in full.
    pub(crate) fn expand(&self) -> Expand {
        Expand::of(self.request)
    }

    /// Reads a number of the query.
    pub(crate) fn number(&self, name: &str, default: usize) -> Result<usize, Refusal> {
        match self.request.param(name) {
            None | Some("") => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| refuse(400, "BadRequestException", format!("'{text}' is not a value for '{name}'"))),
        }
    }

    /// Makes a page of a list as the first version of the API does: `start`, `limit`, an address of the next page.
    pub(crate) fn page(&self, all: &[Value], default: usize, cap: usize) -> Result<Value, Refusal> {
        let start = self.number("start", 0)?;
        let limit = self.number("limit", default)?.min(cap);
        let some = Window { start, size: limit }.of(all);
        let end = start + some.len();
        let mut links = json!({
            "self": self.face.base.clone() + self.below_base(), "base": self.face.base,
            "context": if self.face.cloud { "/wiki" } else { super::DC_PATH },
        });
        if end < all.len() && limit > 0 {
            links["next"] = json!(self.next(&[("limit", limit.to_string()), ("start", end.to_string())]));
        }
        if start > 0 {
            links["prev"] =
                json!(self.next(&[("limit", limit.to_string()), ("start", start.saturating_sub(limit).to_string())]));
        }
        Ok(json!({ "results": some, "start": start, "limit": limit, "size": end - start.min(end), "_links": links }))
    }

    fn below_base(&self) -> &str {
        let path = &self.request.path;
        ["/rest/", "/api/"].iter().find_map(|at| path.find(at)).map_or("", |at| &path[at..])
    }

    /// Returns the address of this list, below the base, with other values of some parameters.
    pub(crate) fn next(&self, with: &[(&str, String)]) -> String {
        let kept = self.request.query.iter().filter(|(k, _)| !with.iter().any(|(name, _)| k == name));
        let all = kept.map(|(k, v)| (k.as_str(), v.as_str())).chain(with.iter().map(|(k, v)| (*k, v.as_str())));
        let query: Vec<String> = all.map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        format!("{}?{}", self.below_base(), query.join("&"))
    }

    /// Reads the number of content in the path; attachments may have a prefix.
    pub(crate) fn content_id(&self, n: usize) -> u64 {
        self.arg(n).trim_start_matches("att").parse().unwrap_or(0)
    }

    /// Finds the content that the `n`th place of the path names, if the caller may see it.
    pub(crate) fn content(&self, n: usize) -> Result<&Content, Refusal> {
        let found = self.world.content.get(&self.content_id(n)).filter(|c| self.may_read(c));
        found.ok_or_else(|| missing(self.arg(n)))
    }

    /// Finds content that the caller may change.
    pub(crate) fn content_mut(&mut self, n: usize) -> Result<&mut Content, Refusal> {
        let content = self.content(n)?;
        if !self.world.may_update(self.caller.user, content) {
            let text = format!("User not permitted to update content with id {}", content.id);
            return Err(refuse(403, "PermissionException", text));
        }
        let id = content.id;
        self.world.content.get_mut(&id).ok_or_else(|| missing(&id.to_string()))
    }

    /// Says whether the caller may see content.
    pub(crate) fn may_read(&self, content: &Content) -> bool {
        self.looks_around() && self.world.may_read(self.caller.user, content)
    }

    fn looks_around(&self) -> bool {
        self.caller.user.is_some() || self.anonymous
    }

    /// Says whether the caller may see a space.
    pub(crate) fn may_see(&self, space: &Space) -> bool {
        self.looks_around() && self.world.may(self.caller.user, space, "read", "space")
    }

    /// Finds the space with a key, if the caller may see it.
    pub(crate) fn space(&self, key: &str) -> Result<&Space, Refusal> {
        let found = self.world.space(key).filter(|s| self.may_see(s));
        found.ok_or_else(|| refuse(404, "NotFoundException", format!("No space found with key : {key}")))
    }

    /// Finds the space that the `n`th place of the path names, if the caller may administer it.
    pub(crate) fn own_space(&self, n: usize) -> Result<u64, Refusal> {
        let space = self.space(self.arg(n))?;
        match self.world.may(self.caller.user, space, "administer", "space") {
            true => Ok(space.id),
            false => Err(refuse(403, "PermissionException", "User not permitted to administer this space")),
        }
    }
}
