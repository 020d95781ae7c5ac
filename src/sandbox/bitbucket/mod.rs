//! Bitbucket, Cloud and Data Center, as far as automations see it.
//!
//! `world`, `git` and `seed` hold the data, `sign_in` and `guard` decide who may do what, `acts` changes things by the
//! rules that both deployments share; `cloud` and `dc` are the resources of each and the way it writes things.

mod acts;
mod call;
mod cloud;
mod dc;
mod git;
mod guard;
mod hooks;
mod pulling;
mod repos;
mod seed;
mod sign_in;
mod world;

use super::atlassian::gate::{Gate, House};
use super::atlassian::guard as common;
use super::atlassian::route::{self, Found, Table};
use super::atlassian::sign_in::{Caller, Signed, dc_caller};
use super::atlassian::{Product, Server, State, signed, with_headers};
use super::http::{Reply, Request};
use super::{Stage, people};
use call::{Call, Face, Outcome};
use serde_json::json;
use std::io;
use world::World;

/// What answers at a resource.
pub(crate) type Play = fn(&mut Call) -> Outcome;
/// One resource and one method.
type Route = route::Route<Play>;

/// The context path of Data Center.
const DC_PATH: &str = "/bitbucket";

/// The entrance of Cloud.
static CLOUD: House = House {
    cloud: true,
    path: "",
    cookie: "",
    tokens_since: (0, 0),
    login_page: "",
    info: "/application-properties",
    basic_failed: guard::basic_failed,
    token_failed: Some(guard::token_failed),
    nobody: guard::not_permitted,
};

/// The entrance of Data Center.
static DC: House = House {
    cloud: false,
    path: DC_PATH,
    cookie: "BITBUCKETSESSIONID",
    tokens_since: (5, 5),
    login_page: "/login",
    ..CLOUD
};

/// The table of all resources.
pub(crate) const TABLE: Table<Play> = Table {
    groups: &[
        cloud::users::ROUTES,
        cloud::repos::ROUTES,
        cloud::refs::ROUTES,
        cloud::pulls::ROUTES,
        cloud::settings::ROUTES,
        dc::session::ROUTES,
        dc::users::ROUTES,
        dc::projects::ROUTES,
        dc::refs::ROUTES,
        dc::files::ROUTES,
        dc::comments::ROUTES,
        hooks::ROUTES,
        dc::pulls::ROUTES,
        dc::settings::ROUTES,
        dc::tokens::ROUTES,
    ],
    versions: &["1.0", "latest"],
};

/// One practice Bitbucket.
struct Bitbucket {
    house: &'static House,
    /// The base URL, context path included.
    base: String,
}

/// Puts both practice Bitbuckets on the stage.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let [cloud, dc] = [Stage::port()?, Stage::port()?];
    let on_cloud = Server::new(Bitbucket { house: &CLOUD, base: cloud.origin.clone() });
    let on_dc = Server::new(Bitbucket { house: &DC, base: format!("{}{DC_PATH}", dc.origin) });
    stage.put(cloud, ("bitbucket", "cloud", ""), sign_in::accounts(), on_cloud);
    stage.put(dc, ("bitbucket", "server", DC_PATH), people::dc_accounts(), on_dc);
    Ok(())
}

impl Bitbucket {
    fn sign_in(&self, state: &mut State<World>, request: &Request, path: &str) -> Signed {
        if !self.house.cloud {
            let (caller, mut headers) = dc_caller(&mut state.gate, request, path)?;
            // Nobody has no name here, not even "anonymous".
            headers.retain(|(name, _)| *name != "x-ausername" || caller.user.is_some());
            if let Some(user) = caller.user {
                headers.push(("x-auserid", (user + 1).to_string()));
            }
            return Ok((caller, headers));
        }
        let world = state.world.get_or_insert_with(|| seed::world(true));
        let project_of = |slug: &str| world.repo(world::WORKSPACE, slug).map(|n| world.repos[n].project.clone());
        sign_in::sign_in(&mut state.gate, request, path, project_of)
    }

    fn answer_inside(&self, state: &mut State<World>, request: &Request, path: &str) -> Reply {
        // The consumer's credentials are nobody's account.
        let consumer = self.house.cloud && path == "/site/oauth2/access_token";
        if consumer {
            return cloud::users::access_token(&mut state.gate, request);
        }
        match self.sign_in(state, request, path) {
            Ok((caller, headers)) => with_headers(self.dispatch(state, request, path, &caller), headers),
            Err(reply) => *reply,
        }
    }

    fn dispatch(&self, state: &mut State<World>, request: &Request, path: &str, caller: &Caller) -> Reply {
        let cloud = self.house.cloud;
        if let Err(reply) = common::xsrf(self.house, &self.base, request, path) {
            return *reply;
        }
        let world = state.world.get_or_insert_with(|| seed::world(cloud));
        let visitor = common::visitor(&state.gate, caller, world.is_admin(caller.user));
        if let Some(reply) = state.upm.answer(request, path, &visitor, &state.gate).filter(|_| !cloud) {
            return reply;
        }
        let (route, args) = match TABLE.find(cloud, &request.method, path) {
            Found::Route(route, args) => (route, args),
            Found::WrongMethod => return guard::wrong_method(cloud),
            Found::Nothing => return guard::not_found(cloud, path, &request.path),
        };
        if let Err(reply) = guard::access(route.access, &state.gate, world, caller) {
            return *reply;
        }
        let anonymous = state.gate.is_on("anonymous");
        let face = Face { cloud, base: self.base.clone() };
        let mut call = Call { world, gate: &mut state.gate, request, args, caller, face, anonymous };
        (route.play)(&mut call).unwrap_or_else(|refusal| *refusal)
    }
}

impl Product for Bitbucket {
    type World = World;

    fn gate(&self) -> Gate {
        let switches = match self.house.cloud {
            true => json!({
                "anonymous": true, "app_passwords": false, "limited_token": "", "limited_retry_after": 0,
            }),
            false => json!({
                "anonymous": true, "basic": true, "tsv": false, "websudo": true, "form": true, "lenient_tokens": false,
                "version": "10.3.2", "token_seconds": 3600, "upm_blocks_upload": true, "upm_checks_signatures": true,
            }),
        };
        Gate::new(self.house, switches, "")
    }

    fn world(&self) -> World {
        seed::world(self.house.cloud)
    }

    fn answer(&self, state: &mut State<World>, request: &Request) -> Reply {
        let path = request.path.strip_prefix(self.house.path);
        let reply = match path.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            Some(path) => self.answer_inside(state, request, path),
            None if request.path == "/" => Reply::redirect(302, &format!("{DC_PATH}/")),
            None => Reply::html(404, common::page("HTTP Status 404", "Not Found")),
        };
        if self.house.cloud {
            return reply.with("x-request-count", state.requests.to_string()).with("server", "envoy");
        }
        signed(reply, false, state.requests)
    }

    fn limits(&self, _: Option<u64>) -> Vec<(&'static str, String)> {
        if self.house.cloud { sign_in::limit_headers() } else { common::rate_headers(0) }
    }
}
