//! One request to one resource of Bamboo.

use super::world::{Build, Plan, World};
pub(crate) use crate::sandbox::atlassian::call::Outcome;
use crate::sandbox::atlassian::call::{self, BadBody};
use crate::sandbox::atlassian::guard;
pub(crate) use crate::sandbox::atlassian::guard::{Access, Refusal};
use crate::sandbox::http::Reply;
use crate::sandbox::people;
use serde_json::{Value, json};

/// What plays a resource.
#[derive(Clone, Copy)]
pub(crate) struct Play {
    pub access: Access,
    /// The name of the outermost element in XML; empty for a resource that knows JSON only.
    pub root: &'static str,
    pub run: fn(&mut Call) -> Outcome,
}

/// Makes an entry of the table for a resource that speaks XML and JSON.
pub(crate) const fn play(access: Access, root: &'static str, run: fn(&mut Call) -> Outcome) -> Play {
    Play { access, root, run }
}

/// Makes an entry of the table for a resource that speaks JSON only.
pub(crate) const fn json_only(access: Access, run: fn(&mut Call) -> Outcome) -> Play {
    Play { access, root: "", run }
}

/// Makes Bamboo's error body.
pub(crate) fn refuse(status: u16, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(status, &json!({ "message": message, "status-code": status })))
}

/// Makes the error body of resources that check what they are given.
pub(crate) fn refuse_field(field: &str, message: impl Into<String>) -> Refusal {
    let message: String = message.into();
    Box::new(Reply::json(400, &json!({ "errors": [], "fieldErrors": { field: [message] } })))
}

/// The answer to somebody who is not signed in where one must be.
pub(crate) fn unauthenticated() -> Refusal {
    Box::new(guard::nobody().with("www-authenticate", guard::realm(&super::HOUSE)))
}

/// How answers to one request look.
pub(crate) struct Face {
    /// The base URL, context path included.
    pub base: String,
    /// An administrator asks.
    pub admin: bool,
}

/// One request to one of Bamboo's resources.
pub(crate) type Call<'a> = call::Call<'a, World, Face>;

impl Call<'_> {
    /// Returns the name of who asks; empty for nobody.
    pub(crate) fn my_name(&self) -> String {
        self.caller.user.map(|id| people::everybody()[id].name.clone()).unwrap_or_default()
    }

    /// Returns the body as a JSON object.
    pub(crate) fn body(&self) -> Result<Value, Refusal> {
        let body = self.read_json().map_err(|bad| match bad {
            BadBody::Type(refusal) => refusal,
            BadBody::Text(error) => refuse(400, format!("Unexpected character: {error}")),
        })?;
        if body.is_object() { Ok(body) } else { Err(refuse(400, "Wanted: a JSON object")) }
    }

    /// Says whether the request wants a part of the answer written out, such as `plans.plan`.
    pub(crate) fn expands(&self, path: &str) -> bool {
        let wanted = self.request.param("expand").unwrap_or_default();
        wanted.split(',').map(str::trim).any(|e| {
            let plain = e.split('[').next().unwrap_or(e);
            plain == path || plain.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
        })
    }

    /// Returns the first element and the size that the request asks for: `start-index` and `max-results`.
    pub(crate) fn window(&self) -> (usize, usize) {
        let number = |name: &str| self.request.param(name).and_then(|v| v.parse::<usize>().ok());
        let size = number("max-results").or_else(|| number("max-result")).unwrap_or(25);
        (number("start-index").unwrap_or(0), size.min(1000))
    }

    /// Makes a list as Bamboo nests it: `{"size","expand","start-index","max-result","plan":[…]}`. The size is the
    /// size of everything.
    pub(crate) fn list(&self, element: &str, all: Vec<Value>) -> Value {
        let (start, size) = self.window();
        let total = all.len();
        let some: Vec<Value> = all.into_iter().skip(start).take(size).collect();
        let mut list = json!({ "size": total, "expand": element, "start-index": start, "max-result": some.len() });
        list[element] = Value::Array(some);
        list
    }

    /// Makes a list that only says how long it is, because nobody asked for more.
    pub(crate) fn short(count: usize) -> Value {
        json!({ "size": count, "start-index": 0, "max-result": count })
    }

    /// Returns the address of a resource and says what it is of this one.
    pub(crate) fn link(&self, path: &str) -> Value {
        json!({ "href": format!("{}/rest/api/latest/{path}", self.face.base), "rel": "self" })
    }

    /// Says whether the caller may see a project.
    pub(crate) fn sees(&self, project: &str) -> bool {
        let public = self.world.project(project).is_some_and(|p| p.public);
        match self.my_name().as_str() {
            "" => public && self.anonymous,
            "guest" => public,
            _ => true,
        }
    }

    /// Finds a plan that the caller may see.
    pub(crate) fn plan(&self, key: &str) -> Result<&Plan, Refusal> {
        let plan = self.world.plans.iter().find(|p| p.key.eq_ignore_ascii_case(key)).filter(|p| self.sees(&p.project));
        plan.ok_or_else(|| refuse(404, format!("Plan {key} not found.")))
    }

    /// Finds a plan to be changed by somebody who is signed in.
    pub(crate) fn plan_mut(&mut self, key: &str) -> Result<&mut Plan, Refusal> {
        let key = self.plan(key)?.key.clone();
        let plan = self.world.plans.iter_mut().find(|p| p.key == key);
        plan.ok_or_else(|| refuse(404, format!("Plan {key} not found.")))
    }

    /// Finds a build by its key, `PROJECT-PLAN-12`.
    pub(crate) fn build(&self, key: &str) -> Result<&Build, Refusal> {
        let at = self.build_place(key)?;
        Ok(&self.world.builds[at])
    }

    /// Finds the place of a build.
    pub(crate) fn build_place(&self, key: &str) -> Result<usize, Refusal> {
        let (plan, number) = key.rsplit_once('-').ok_or_else(|| refuse(404, format!("{key} not found.")))?;
        let plan = self.plan(plan)?.key.clone();
        let at = self.world.builds.iter().position(|b| b.plan == plan && b.number.to_string() == number);
        at.ok_or_else(|| refuse(404, format!("Result {number} for {plan} not found.")))
    }

    /// Makes a page in the form of the newer resources: `results`, `start`, `limit`, and addresses of its neighbours.
    pub(crate) fn results(&self, all: Vec<Value>) -> Value {
        let number = |name: &str, default| self.request.param(name).and_then(|v| v.parse().ok()).unwrap_or(default);
        let (start, limit): (usize, usize) = (number("start", 0), number("limit", 25));
        let total = all.len();
        let some: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
        let here = self.request.path.strip_prefix(super::PATH).unwrap_or_default();
        let at = |start: usize| format!("{}{here}?start={start}&limit={limit}", self.face.base);
        let mut page = json!({ "self": at(start), "start": start, "limit": limit, "size": some.len() });
        if start + some.len() < total {
            page["next"] = json!(at(start + limit));
        }
        if start > 0 {
            page["prev"] = json!(at(start.saturating_sub(limit)));
        }
        page["results"] = Value::Array(some);
        page
    }
}
