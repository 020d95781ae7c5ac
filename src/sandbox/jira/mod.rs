//! Jira, Cloud and Data Center, as far as automations see it.
//!
//! `world` and `seed` hold the data, `sign_in` and `guard` decide who may do what, `route` is the table of
//! resources, `face` writes things as JSON, `jql` finds issues; one file per group of resources does the rest.

mod agile;
mod attachments;
mod call;
mod comments;
mod components;
mod face;
mod fields_in;
mod fields_out;
mod filters;
mod gate;
mod groups;
mod guard;
mod issues;
mod jql;
mod links;
mod media;
mod meta;
mod pages;
mod people;
mod projects;
mod roles;
mod route;
mod schema;
mod search;
mod seed;
mod session;
mod sign_in;
mod sprints;
mod system;
mod text;
mod transitions;
mod users;
mod versions;
mod watch;
mod worklogs;
mod world;

pub(crate) use media::Media;
pub(crate) use people::{cloud_accounts, dc_accounts};

use super::desk::{Player, lock};
use super::http::{Reply, Request};
use call::Call;
use gate::Gate;
use hyper::body::Bytes;
use serde_json::{Map, Value};
use sign_in::Caller;
use std::sync::{Arc, Mutex};
use world::World;

/// The context path of Data Center.
pub(crate) const DC_PATH: &str = "/jira";
/// The id of the practice site at the gateway.
pub(crate) const CLOUD_ID: &str = "7e1f0c2a-5b1d-4c39-9a58-0d6a3a3c1e11";

/// One practice Jira.
pub(crate) struct Jira {
    cloud: bool,
    /// The base URL, context path included.
    base: String,
    /// Where Cloud keeps the bytes of attachments.
    media: String,
    state: Mutex<State>,
}

struct State {
    gate: Gate,
    /// Made when first asked for.
    world: Option<World>,
    requests: u64,
}

impl Jira {
    /// Plays Jira Cloud.
    pub(crate) fn cloud(origin: &str, media: &str) -> Self {
        Self::new(true, origin.to_owned(), media.to_owned())
    }

    /// Plays Jira Data Center.
    pub(crate) fn server(origin: &str) -> Self {
        Self::new(false, format!("{origin}{DC_PATH}"), String::new())
    }

    fn new(cloud: bool, base: String, media: String) -> Self {
        let state = State { gate: Gate::new(cloud, &media), world: None, requests: 0 };
        Jira { cloud, base, media, state: Mutex::new(state) }
    }

    /// Returns the base URL, context path included.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Returns an attachment: its name, its type and its bytes.
    pub(crate) fn attachment(&self, id: u64) -> Option<(String, String, Bytes)> {
        let mut state = lock(&self.state);
        let file = state.world.get_or_insert_with(seed::world).attachments.get(&id)?;
        Some((file.name.clone(), file.mime.clone(), file.bytes()))
    }

    /// Returns the path below the context path and the base URL that answers name, or `None` outside of this site.
    fn inside<'a>(&self, path: &'a str) -> Option<(&'a str, String, bool)> {
        if !self.cloud {
            let rest = path.strip_prefix(DC_PATH).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
            return Some((rest, self.base.clone(), false));
        }
        let Some(rest) = path.strip_prefix("/ex/jira/") else { return Some((path, self.base.clone(), false)) };
        let rest = rest.strip_prefix(CLOUD_ID)?;
        Some((rest, format!("{}/ex/jira/{CLOUD_ID}", self.base), true))
    }

    fn answer_inside(&self, state: &mut State, request: &Request, path: &str, base: String, gateway: bool) -> Reply {
        let signed = sign_in::sign_in(self.cloud, gateway, &mut state.gate, request, path);
        let (caller, headers) = match signed {
            Ok(signed) => signed,
            Err(reply) => return *reply,
        };
        let mut reply = self.dispatch(state, request, path, base, &caller);
        // A login on the way has the last word about cookies.
        let relogged = reply.has("set-cookie");
        reply.headers.extend(headers.into_iter().filter(|(name, _)| !(relogged && *name == "set-cookie")));
        reply
    }

    fn dispatch(&self, state: &mut State, request: &Request, path: &str, base: String, caller: &Caller) -> Reply {
        if let Err(reply) = guard::xsrf(&self.base, request, path) {
            return *reply;
        }
        let found = match route::find(self.cloud, &request.method, path) {
            route::Found::Route(route, args) => (route, args),
            route::Found::WrongMethod => return guard::wrong_method(self.cloud),
            route::Found::Nothing => return guard::not_found(self.cloud, path, &request.path),
        };
        let (route, args) = found;
        let world = state.world.get_or_insert_with(seed::world);
        if let Err(reply) = guard::access(route.access, self.cloud, &state.gate, world, caller) {
            return *reply;
        }
        let face = face::Face::new(self.cloud, base, path, caller.user);
        let anonymous = state.gate.is_on("anonymous");
        let mut call = Call { world, gate: &mut state.gate, request, args, caller, face, anonymous };
        (route.play)(&mut call).unwrap_or_else(|refusal| *refusal)
    }
}

impl Player for Arc<Jira> {
    fn answer(&self, request: &Request) -> Reply {
        let mut state = lock(&self.state);
        state.requests += 1;
        let number = state.requests;
        let reply = match self.inside(&request.path) {
            Some((path, base, gateway)) => self.answer_inside(&mut state, request, path, base, gateway),
            None => guard::outside(self.cloud, &request.path),
        };
        if self.cloud {
            return reply.with("atl-traceid", format!("{number:032x}")).with("server", "AtlassianEdge");
        }
        reply.with("x-arequestid", format!("{}x{number}x1", number % 1440)).with("x-anodeid", "node1")
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.state).gate.switch(changes)
    }

    fn expire(&self) {
        lock(&self.state).gate.sessions.clear();
    }

    fn reset(&self) {
        let mut state = lock(&self.state);
        state.gate = Gate::new(self.cloud, &self.media);
        state.world = None;
    }

    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        if self.cloud {
            let reset = world::stamp(world::now() + i64::try_from(retry_after.unwrap_or(1)).unwrap_or(1) * 1000);
            return vec![
                ("x-ratelimit-limit", "100".into()),
                ("x-ratelimit-remaining", "0".into()),
                ("x-ratelimit-reset", format!("{}Z", &reset[..16.min(reset.len())])),
                ("ratelimit-reason", "jira-burst-based".into()),
            ];
        }
        guard::rate_headers(0)
    }
}
