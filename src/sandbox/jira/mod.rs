//! Jira, Cloud and Data Center, as far as automations see it.
//!
//! `world` and `seed` hold the data, `session` and `guard` decide who may do what, `route` is the table of
//! resources, `face` writes things as JSON, `jql` finds issues; one file per group of resources does the rest.

mod agile;
mod attachments;
mod beside;
mod call;
mod comments;
mod components;
mod face;
mod fields_in;
mod fields_out;
mod filters;
mod groups;
mod guard;
mod issues;
mod jql;
mod links;
mod meta;
mod pages;
mod projects;
mod roles;
mod route;
mod schema;
mod schemes;
mod search;
mod seed;
mod session;
mod sprints;
mod system;
mod text;
mod transitions;
mod users;
mod versions;
mod watch;
mod worklogs;
pub(crate) mod world;

pub(crate) use face::merge;

use super::atlassian::gate::{Gate, House};
use super::atlassian::guard as common;
use super::atlassian::media::Media;
use super::atlassian::sign_in::{self, Caller, NOBODY, Signed, Worth};
use super::atlassian::{Inside, Product, Server, State, inside, signed, with_headers};
use super::http::{Reply, Request};
use super::{Stage, people};
use call::Call;
use serde_json::json;
use std::io;
use world::World;

/// The context path of Data Center.
pub(crate) const DC_PATH: &str = "/jira";

/// The entrance of Cloud.
static CLOUD: House = House {
    cloud: true,
    path: "",
    cookie: "",
    tokens_since: (0, 0),
    login_page: "",
    info: "/serverInfo",
    basic_failed: common::basic_failed,
    token_failed: None,
    nobody: common::nobody,
};

/// The entrance of Data Center.
static DC: House = House {
    cloud: false,
    path: DC_PATH,
    cookie: "JSESSIONID",
    tokens_since: (8, 14),
    login_page: "/login.jsp",
    ..CLOUD
};

/// One practice Jira.
pub(crate) struct Jira {
    house: &'static House,
    /// The base URL, context path included.
    base: String,
    /// Where Cloud keeps the bytes of attachments.
    media: String,
}

/// Puts both practice Jiras on the stage, and the host with the files of Cloud.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let [cloud, dc, media] = [Stage::port()?, Stage::port()?, Stage::port()?];
    let player = |house, base: &str, media: &str| Jira { house, base: base.to_owned(), media: media.to_owned() };
    let jira = Server::beside(player(&CLOUD, &cloud.origin, &media.origin), stage.tokens.clone());
    stage.jira = Some(jira.clone());
    let files = jira.clone();
    let find = move |id| {
        files.look(|world| world.attachments.get(&id).map(|file| (file.name.clone(), file.mime.clone(), file.bytes())))
    };
    let on_dc = Server::new(player(&DC, &format!("{}{DC_PATH}", dc.origin), ""));
    stage.put(cloud, ("jira", "cloud", ""), people::cloud_accounts(), jira);
    stage.put(dc, ("jira", "server", DC_PATH), people::dc_accounts(), on_dc);
    stage.put(media, ("jira-media", "cloud", ""), Vec::new(), Media::of(Box::new(find)));
    Ok(())
}

impl Jira {
    fn sign_in(&self, gate: &mut Gate, request: &Request, at: &Inside) -> Signed {
        if !self.house.cloud {
            return sign_in::dc_caller(gate, request, at.path);
        }
        let reading = request.method == "GET" || at.path.contains("/search") || at.path.ends_with("/bulkfetch");
        match sign_in::judge(gate, at.gateway, request, reading) {
            Worth::Somebody(user) => Ok(sign_in::cloud_caller(user)),
            Worth::Nothing if !at.gateway => Ok((NOBODY, Vec::new())),
            Worth::Bearer => Err(sign_in::bearer_refusal()),
            Worth::Password => Err(sign_in::password_refusal()),
            Worth::Scope => Err(sign_in::gateway_refusal("Unauthorized; scope does not match")),
            _ if at.gateway => Err(sign_in::gateway_refusal("Unauthorized")),
            // Credentials that do not fit make the caller anonymous, and only this header says so.
            _ => Ok((NOBODY, vec![("x-seraph-loginreason", "AUTHENTICATED_FAILED".into())])),
        }
    }

    fn answer_inside(&self, state: &mut State<World>, request: &Request, at: Inside) -> Reply {
        match self.sign_in(&mut state.gate, request, &at) {
            Ok((caller, headers)) => with_headers(self.dispatch(state, request, at, &caller), headers),
            Err(reply) => *reply,
        }
    }

    fn dispatch(&self, state: &mut State<World>, request: &Request, at: Inside, caller: &Caller) -> Reply {
        let cloud = self.house.cloud;
        if let Err(reply) = common::xsrf(self.house, &self.base, request, at.path) {
            return *reply;
        }
        let world = state.world.get_or_insert_with(seed::world);
        let visitor = common::visitor(&state.gate, caller, world.is_admin(caller.user));
        if let Some(reply) = state.upm.answer(request, at.path, &visitor, &state.gate) {
            return reply;
        }
        let (route, args) = match route::table(cloud).find(cloud, &request.method, at.path) {
            route::Found::Route(route, args) => (route, args),
            route::Found::WrongMethod => return guard::wrong_method(cloud),
            route::Found::Nothing => return guard::not_found(cloud, at.path, &request.path),
        };
        if let Err(reply) = guard::access(route.access, cloud, &state.gate, world, caller) {
            return *reply;
        }
        let face = face::Face::new(cloud, at.base, at.path, caller.user);
        let anonymous = state.gate.is_on("anonymous");
        let mut call = Call { world, gate: &mut state.gate, request, args, caller, face, anonymous };
        (route.play)(&mut call).unwrap_or_else(|refusal| *refusal)
    }
}

impl Product for Jira {
    type World = World;

    fn gate(&self) -> Gate {
        let switches = match self.house.cloud {
            true => json!({ "anonymous": true, "short_pages": true, "version": "1001.0.0-SNAPSHOT" }),
            false => json!({
                "anonymous": true, "basic": true, "session": true, "tsv": false, "websudo": true, "form": true,
                "search_cap": 1000, "version": "11.3.2", "token_seconds": 3600,
                "upm_blocks_upload": true, "upm_checks_signatures": true,
            }),
        };
        Gate::new(self.house, switches, &self.media)
    }

    fn world(&self) -> World {
        seed::world()
    }

    fn answer(&self, state: &mut State<World>, request: &Request) -> Reply {
        let reply = match inside(&self.base, self.house, "jira", &request.path) {
            Some(at) => self.answer_inside(state, request, at),
            None => guard::outside(self.house.cloud, &request.path),
        };
        signed(reply, self.house.cloud, state.requests)
    }

    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        match self.house.cloud {
            true => common::cloud_rate_headers(retry_after, "jira-burst-based"),
            false => common::rate_headers(0),
        }
    }
}
