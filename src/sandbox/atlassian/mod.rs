//! What the vendor's own products have in common: sign-in, sessions, switches, the table of resources.

pub(crate) mod call;
pub(crate) mod gate;
pub(crate) mod guard;
pub(crate) mod media;
pub(crate) mod route;
pub(crate) mod sign_in;
pub(crate) mod two_step;

use super::desk::{Player, lock};
use super::http::{Reply, Request};
use super::oauth::Tokens;
use super::upm::Upm;
use gate::Gate;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex};

/// The id of the practice site at the gateway; the same for every product of the site.
pub(crate) const CLOUD_ID: &str = "7e1f0c2a-5b1d-4c39-9a58-0d6a3a3c1e11";

/// One product in one deployment.
pub(crate) trait Product: Send + Sync + 'static {
    /// Its data.
    type World: Send + 'static;

    /// Makes the entrance as it is at the start.
    fn gate(&self) -> Gate;
    /// Makes the data as they are at the start.
    fn world(&self) -> Self::World;
    /// Answers a request.
    fn answer(&self, state: &mut State<Self::World>, request: &Request) -> Reply;
    /// Returns the headers that come with "too many requests".
    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)>;
}

/// What changes while a server runs.
pub(crate) struct State<W> {
    pub gate: Gate,
    /// Made when first asked for.
    pub world: Option<W>,
    /// The plugin manager, which is a part of the product.
    pub upm: Upm,
    /// Requests so far.
    pub requests: u64,
}

/// A running product.
pub(crate) struct Server<P: Product> {
    product: P,
    state: Mutex<State<P::World>>,
}

impl<P: Product> Server<P> {
    /// Makes a server that gives programs their tokens itself.
    pub(crate) fn new(product: P) -> Arc<Self> {
        Self::beside(product, Arc::default())
    }

    /// Makes a server that takes the tokens of programs that another one gives.
    pub(crate) fn beside(product: P, tokens: Arc<Mutex<Tokens>>) -> Arc<Self> {
        let mut gate = product.gate();
        gate.tokens = tokens;
        let state = State { upm: Upm::new(gate.house.path), gate, world: None, requests: 0 };
        Arc::new(Server { product, state: Mutex::new(state) })
    }

    /// Returns what is played.
    pub(crate) fn product(&self) -> &P {
        &self.product
    }

    /// Looks into the data.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&mut P::World) -> T) -> T {
        let mut state = lock(&self.state);
        look(state.world.get_or_insert_with(|| self.product.world()))
    }
}

impl<P: Product> Player for Arc<Server<P>> {
    fn answer(&self, request: &Request) -> Reply {
        let mut state = lock(&self.state);
        state.requests += 1;
        match token_resource(&state.gate, request) {
            Some(reply) => signed(reply, false, state.requests),
            None => self.product.answer(&mut state, request),
        }
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.state).gate.switch(changes)
    }

    fn expire(&self) {
        let mut state = lock(&self.state);
        state.gate.sessions.clear();
        lock(&state.gate.tokens).end();
    }

    fn reset(&self) {
        let mut state = lock(&self.state);
        let tokens = state.gate.tokens.clone();
        state.gate = self.product.gate();
        state.gate.tokens = tokens;
        state.upm = Upm::new(state.gate.house.path);
        state.world = None;
    }

    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        self.product.limits(retry_after)
    }
}

/// Answers a request for the token of a program, which every product of Data Center gives.
fn token_resource(gate: &Gate, request: &Request) -> Option<Reply> {
    let path = request.path.strip_prefix(gate.house.path).filter(|_| !gate.house.cloud)?;
    lock(&gate.tokens).on_data_center(request, path, gate.number("token_seconds").unwrap_or(3600))
}

/// Adds what stands in every answer.
pub(crate) fn signed(reply: Reply, cloud: bool, number: u64) -> Reply {
    if cloud {
        return reply.with("atl-traceid", format!("{number:032x}")).with("server", "AtlassianEdge");
    }
    reply.with("x-arequestid", format!("{}x{number}x1", number % 1440)).with("x-anodeid", "node1")
}

/// Adds the headers of the sign-in; a login on the way has the last word about cookies.
pub(crate) fn with_headers(mut reply: Reply, headers: Vec<(&'static str, String)>) -> Reply {
    let relogged = reply.has("set-cookie");
    reply.headers.extend(headers.into_iter().filter(|(name, _)| !(relogged && *name == "set-cookie")));
    reply
}

/// Where a request on Cloud goes.
pub(crate) struct Inside<'a> {
    /// The path below the base URL.
    pub path: &'a str,
    /// The base URL that the client used, the gateway's included.
    pub base: String,
    /// It came by the gateway.
    pub gateway: bool,
}

/// Returns where a path leads, or `None` outside of this site. `product` is its name at the gateway.
pub(crate) fn inside<'a>(base: &str, house: &gate::House, product: &str, path: &'a str) -> Option<Inside<'a>> {
    if !house.cloud {
        let rest = path.strip_prefix(house.path).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
        return Some(Inside { path: rest, base: base.to_owned(), gateway: false });
    }
    let gateway = format!("/ex/{product}/");
    let Some(rest) = path.strip_prefix(&gateway) else {
        return Some(Inside { path, base: base.to_owned(), gateway: false });
    };
    let path = rest.strip_prefix(CLOUD_ID)?;
    Some(Inside { path, base: format!("{base}{gateway}{CLOUD_ID}"), gateway: true })
}
