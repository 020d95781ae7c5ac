//! Confluence, Cloud and Data Center, as far as automations see it.
//!
//! `world` and `seed` hold the data, `session` and `guard` decide who may do what, `route` is the table of resources,
//! `face` writes things as the first version of the API does and `v2` as the second, `cql` finds content; one file per
//! group of resources does the rest.

mod attachments;
mod backup;
mod bodies;
mod call;
mod content;
mod copy;
mod cql;
mod edit;
mod expand;
mod face;
mod face_rights;
mod guard;
mod labels;
mod permissions;
mod properties;
mod restrictions;
mod rights;
mod route;
mod search;
mod seed;
mod session;
mod spaces;
mod tasks;
mod templates;
mod text;
mod users;
mod v2;
mod versions;
mod world;

use super::atlassian::gate::{Gate, House};
use super::atlassian::guard as common;
use super::atlassian::media::Media;
use super::atlassian::sign_in::{self, Caller, NOBODY, Signed, Worth};
use super::atlassian::{Inside, Product, Server, State, inside, signed, with_headers};
use super::http::{Reply, Request};
use super::{Stage, people};
use call::Call;
#[cfg(test)]
pub(crate) use route::TABLE;
use serde_json::json;
use std::io;
use world::World;

/// The context path of Data Center.
pub(crate) const DC_PATH: &str = "/confluence";

/// The entrance of Cloud.
static CLOUD: House = House {
    cloud: true,
    path: "",
    cookie: "",
    tokens_since: (0, 0),
    login_page: "",
    info: "/manifest",
    basic_failed: common::basic_failed,
    token_failed: None,
    nobody: common::nobody,
};

/// The entrance of Data Center.
static DC: House = House {
    cloud: false,
    path: DC_PATH,
    cookie: "JSESSIONID",
    tokens_since: (7, 9),
    login_page: "/login.action",
    ..CLOUD
};

/// One practice Confluence.
pub(crate) struct Confluence {
    house: &'static House,
    /// The base URL, context path included.
    base: String,
    /// Where Cloud keeps the bytes of attachments.
    media: String,
}

/// Puts both practice Confluences on the stage, and the host with the files of Cloud.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let [cloud, dc, media] = [Stage::port()?, Stage::port()?, Stage::port()?];
    let player = |house, base: &str, media: &str| Confluence { house, base: base.to_owned(), media: media.to_owned() };
    let wiki = Server::beside(player(&CLOUD, &cloud.origin, &media.origin), stage.tokens.clone());
    let files = wiki.clone();
    let find = move |id| {
        files.look(|world| {
            let version = world.content.get(&id)?.now();
            version.file.as_ref().map(|(mime, bytes)| (version.title.clone(), mime.clone(), bytes.clone()))
        })
    };
    let on_dc = Server::new(player(&DC, &format!("{}{DC_PATH}", dc.origin), ""));
    stage.put(cloud, ("confluence", "cloud", ""), people::cloud_accounts(), wiki);
    stage.put(dc, ("confluence", "server", DC_PATH), people::dc_accounts(), on_dc);
    stage.put(media, ("confluence-media", "cloud", ""), Vec::new(), Media::of(Box::new(find)));
    Ok(())
}

impl Confluence {
    fn sign_in(&self, gate: &mut Gate, request: &Request, at: &Inside) -> Signed {
        if !self.house.cloud {
            return sign_in::dc_caller(gate, request, at.path);
        }
        let nobody = |headers| match gate.is_on("anonymous") || at.path.starts_with("/_edge/") {
            true => Ok((NOBODY, headers)),
            false => Err(Box::new(with_headers(guard::not_permitted(), headers))),
        };
        match sign_in::judge(gate, at.gateway, request, request.method == "GET") {
            Worth::Somebody(user) => Ok(sign_in::cloud_caller(user)),
            Worth::Nothing if !at.gateway => nobody(Vec::new()),
            Worth::Password => Err(sign_in::password_refusal()),
            Worth::Scope => Err(sign_in::gateway_refusal("Unauthorized; scope does not match")),
            _ if at.gateway => Err(sign_in::gateway_refusal("Unauthorized")),
            Worth::Unreadable | Worth::Misplaced => {
                let reply = Reply::text(401, "").with("www-authenticate", "OAuth realm=\"cloud\"");
                Err(Box::new(reply.with("x-seraph-loginreason", "AUTHENTICATED_FAILED")))
            }
            Worth::Bearer => Err(sign_in::bearer_refusal()),
            _ => nobody(vec![("x-seraph-loginreason", "AUTHENTICATED_FAILED".into())]),
        }
    }

    fn answer_inside(&self, state: &mut State<World>, request: &Request, at: &Inside) -> Reply {
        match self.sign_in(&mut state.gate, request, at) {
            Ok((caller, headers)) => with_headers(self.dispatch(state, request, at, &caller), headers),
            Err(reply) => *reply,
        }
    }

    /// Returns the path below the wiki. On Cloud only the address of the site's id lies above it.
    fn below_wiki<'a>(&self, path: &'a str) -> Option<&'a str> {
        if !self.house.cloud || path.starts_with("/_edge/") {
            return Some(path);
        }
        path.strip_prefix("/wiki").filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn dispatch(&self, state: &mut State<World>, request: &Request, at: &Inside, caller: &Caller) -> Reply {
        let cloud = self.house.cloud;
        let Some(path) = self.below_wiki(at.path) else { return guard::not_found("", &request.path) };
        if let Err(reply) = common::xsrf(self.house, &self.base, request, path) {
            return *reply;
        }
        let world = state.world.get_or_insert_with(|| seed::world(cloud));
        let visitor = common::visitor(&state.gate, caller, world.is_admin(caller.user));
        if let Some(reply) = state.upm.answer(request, path, &visitor, &state.gate) {
            return reply;
        }
        let (route, args, old) = match route::TABLE.find(cloud, &request.method, path) {
            route::Found::Route(route, args) => (route, args, false),
            other => match old(cloud, &request.method, path) {
                Some(_) if !state.gate.is_on("v1_content") => return guard::gone(),
                Some((route, args)) => (route, args, true),
                None if matches!(other, route::Found::WrongMethod) => return guard::wrong_method(cloud),
                None => return guard::not_found(path, &request.path),
            },
        };
        if let Err(reply) = guard::access(route.access, &state.gate, world, caller) {
            return *reply;
        }
        // Links name the site, also for those who came by the gateway.
        let base = if cloud { format!("{}/wiki", self.base) } else { self.base.clone() };
        let face = face::Face { cloud, base, me: caller.user };
        let anonymous = state.gate.is_on("anonymous");
        let mut call = Call { world, gate: &mut state.gate, request, args, caller, face, anonymous };
        let reply = (route.play)(&mut call).unwrap_or_else(|refusal| *refusal);
        if old { deprecated(reply) } else { reply }
    }
}

/// Finds a resource of the first version that Cloud is giving up.
fn old(cloud: bool, method: &str, path: &str) -> Option<(&'static route::Route, Vec<String>)> {
    let wanted = cloud && (path.starts_with("/rest/api/content") || path.starts_with("/rest/api/space"));
    match route::TABLE.find(false, method, path) {
        route::Found::Route(route, args) if wanted => Some((route, args)),
        _ => None,
    }
}

fn deprecated(reply: Reply) -> Reply {
    let link = "<https://developer.atlassian.com/cloud/confluence/changelog/#CHANGE-864>; rel=\"deprecation\"";
    reply.with("deprecation", "Thu, 01 Feb 2024 00:00:00 GMT").with("link", link)
}

impl Product for Confluence {
    type World = World;

    fn gate(&self) -> Gate {
        let switches = match self.house.cloud {
            true => json!({ "anonymous": false, "v1_content": false }),
            false => json!({
                "anonymous": true, "basic": true, "tsv": false, "websudo": true, "form": true, "version": "10.2.13",
                "token_seconds": 3600, "upm_blocks_upload": true, "upm_checks_signatures": true,
            }),
        };
        Gate::new(self.house, switches, &self.media)
    }

    fn world(&self) -> World {
        seed::world(self.house.cloud)
    }

    fn answer(&self, state: &mut State<World>, request: &Request) -> Reply {
        let reply = match inside(&self.base, self.house, "confluence", &request.path) {
            Some(at) => self.answer_inside(state, request, &at),
            None => guard::outside(self.house.cloud, &request.path),
        };
        signed(reply, self.house.cloud, state.requests)
    }

    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        match self.house.cloud {
            true => common::cloud_rate_headers(retry_after, "confluence-burst-based"),
            false => common::rate_headers(0),
        }
    }
}
