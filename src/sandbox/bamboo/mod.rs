//! Bamboo Data Center, as far as automations see it.
//!
//! `world` and `seed` hold the data, `session` is one way in of several that the products share, `xml` turns answers into Bamboo's
//! preferred form, one file per group of resources does the rest.

mod admin;
mod agents;
mod artifacts;
mod call;
mod deploy;
mod deployments;
mod face;
mod labels;
mod permissions;
mod plans;
mod projects;
mod queue;
mod results;
mod seed;
mod session;
mod system;
mod users;
mod variables;
mod world;
mod xml;

use super::atlassian::gate::{Gate, House};
use super::atlassian::guard as common;
use super::atlassian::sign_in::{self, Caller};
use super::atlassian::{Product, Server, State, signed, with_headers};
use super::http::{Reply, Request};
use super::table::{self, Found, Row};
use super::{Stage, people};
use call::{Access, Call, Face, Play};
use serde_json::json;
use std::io;
use world::World;

/// The context path.
pub(crate) const PATH: &str = "/bamboo";

/// Every group of resources.
pub(crate) const GROUPS: &[&[Row<Play>]] = &[
    system::ROWS,
    session::ROWS,
    projects::ROWS,
    plans::ROWS,
    variables::ROWS,
    labels::ROWS,
    results::ROWS,
    queue::ROWS,
    artifacts::ROWS,
    deploy::ROWS,
    deployments::ROWS,
    agents::ROWS,
    users::ROWS,
    permissions::ROWS,
    admin::ROWS,
];

/// The entrance.
static HOUSE: House = House {
    cloud: false,
    path: PATH,
    cookie: "JSESSIONID",
    tokens_since: (6, 10),
    login_page: "/userlogin!doDefault.action",
    info: "/info",
    basic_failed: common::basic_failed,
    token_failed: None,
    nobody: common::nobody,
};

/// The practice Bamboo.
pub(crate) struct Bamboo {
    origin: String,
}

/// Puts the practice Bamboo on the stage.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let port = Stage::port()?;
    let player = Server::new(Bamboo { origin: port.origin.clone() });
    stage.put(port, ("bamboo", "server", PATH), people::dc_accounts(), player);
    Ok(())
}

impl Bamboo {
    fn answer_inside(&self, state: &mut State<World>, request: &Request, path: &str) -> Reply {
        let (path, wants_json) = form(request, path);
        match sign_in::dc_caller(&mut state.gate, request, &path) {
            Err(reply) => xml::fit(*reply, "status", wants_json),
            Ok((caller, headers)) => {
                let (reply, root) = self.dispatch(state, request, &path, &caller);
                with_headers(xml::fit(reply, root, wants_json), headers)
            }
        }
    }

    /// Returns the answer, and the name of its outermost element in XML.
    fn dispatch(
        &self,
        state: &mut State<World>,
        request: &Request,
        path: &str,
        caller: &Caller,
    ) -> (Reply, &'static str) {
        let base = format!("{}{PATH}", self.origin);
        if let Err(reply) = common::xsrf(&HOUSE, &base, request, path) {
            return (*reply, "");
        }
        let world = state.world.get_or_insert_with(seed::world);
        let admin = caller.user.is_some_and(|id| world.is_admin(&people::everybody()[id].name));
        let visitor = common::visitor(&state.gate, caller, admin);
        if let Some(reply) = state.upm.answer(request, path, &visitor, &state.gate) {
            return (reply, "");
        }
        let (play, args) = match table::find(GROUPS, &request.method, path) {
            Found::Play(play, args) => (play, args),
            Found::WrongMethod => return (*call::refuse(405, "Method Not Allowed"), "status"),
            Found::Nothing => return (nothing(path), "status"),
        };
        if let Err(reply) = allowed(play.access, &state.gate, caller, admin) {
            return (*reply, "status");
        }
        let anonymous = state.gate.is_on("anonymous");
        let face = Face { base, admin };
        let mut call = Call { world, gate: &mut state.gate, request, args, caller, face, anonymous };
        match (play.run)(&mut call) {
            Ok(reply) => (reply, play.root),
            Err(refusal) => (*refusal, "status"),
        }
    }
}

/// Returns the path without `.json` or `.xml`, and whether the answer is wanted as JSON. Without a wish it is XML.
fn form(request: &Request, path: &str) -> (String, bool) {
    if let Some(path) = path.strip_suffix(".json").filter(|p| p.starts_with("/rest/")) {
        return (path.to_owned(), true);
    }
    if let Some(path) = path.strip_suffix(".xml").filter(|p| p.starts_with("/rest/")) {
        return (path.to_owned(), false);
    }
    (path.to_owned(), request.header("accept").is_some_and(|accept| accept.contains("json")))
}

fn nothing(path: &str) -> Reply {
    if path.starts_with("/rest/") {
        return *call::refuse(404, "null for uri");
    }
    Reply::html(404, "<html><head><title>Page not found - Practice Bamboo</title></head><body></body></html>")
}

fn allowed(access: Access, gate: &Gate, caller: &Caller, admin: bool) -> Result<(), call::Refusal> {
    if access == Access::Anyone {
        return Ok(());
    }
    if caller.user.is_none() {
        return Err(call::unauthenticated());
    }
    if access != Access::User && !admin {
        let message = "You do not have permission to perform this operation. Administrator privileges are required.";
        return Err(call::refuse(403, message));
    }
    if access == Access::Sudo && !common::confirmed(gate, caller) {
        return Err(call::refuse(401, "This resource requires WebSudo."));
    }
    Ok(())
}

impl Product for Bamboo {
    type World = World;

    fn gate(&self) -> Gate {
        let switches = json!({
            "anonymous": true, "basic": true, "tsv": false, "form": true, "websudo": true, "version": "12.1.2",
            "token_seconds": 3600, "build_ms": 1200, "upm_blocks_upload": true, "upm_checks_signatures": true,
        });
        Gate::new(&HOUSE, switches, "")
    }

    fn world(&self) -> World {
        seed::world()
    }

    fn answer(&self, state: &mut State<World>, request: &Request) -> Reply {
        let inside = request.path.strip_prefix(PATH).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        let reply = match inside {
            Some(path) => self.answer_inside(state, request, path),
            None if request.path == "/" => Reply::redirect(302, &format!("{PATH}/")),
            None => Reply::html(404, common::page("HTTP Status 404", "Not Found")),
        };
        signed(reply, false, state.requests)
    }

    fn limits(&self, _retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        common::rate_headers(0)
    }
}
