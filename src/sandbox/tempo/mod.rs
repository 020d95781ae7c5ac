//! Tempo Cloud, as far as automations see it.
//!
//! It stands beside the practice Jira Cloud: issues and people are Jira's, named by their numeric and account ids, and
//! the worklogs that Jira starts with are here too.

mod accounts;
mod approvals;
mod attributes;
mod call;
mod days;
mod plans;
mod seed;
mod sign_in;
mod teams;
mod worklogs;
mod world;

use super::Stage;
use super::atlassian::Server;
use super::desk::{Player, lock};
use super::http::{Reply, Request};
use super::jira::Jira;
use super::switches::Switches;
use super::table::{self, Found, Row};
use call::{Call, Play, refuse};
use serde_json::{Map, Value, json};
use std::io;
use std::sync::{Arc, Mutex};
use world::World;

/// Every group of resources.
pub(crate) const GROUPS: &[&[Row<Play>]] =
    &[worklogs::ROWS, attributes::ROWS, accounts::ROWS, teams::ROWS, plans::ROWS, approvals::ROWS];

/// The practice Tempo.
pub(crate) struct Tempo {
    base: String,
    jira: Arc<Server<Jira>>,
    state: Mutex<State>,
}

struct State {
    switches: Switches,
    /// Made when first asked for.
    world: Option<World>,
    /// Tokens that are over.
    ended: Vec<&'static str>,
}

impl State {
    fn new() -> Self {
        State { switches: Switches::new(&json!({})), world: None, ended: Vec::new() }
    }
}

/// Puts the practice Tempo on the stage, beside Jira Cloud.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let port = Stage::port()?;
    let jira = stage.jira.clone().ok_or_else(|| io::Error::other("Jira comes before Tempo"))?;
    let player = Tempo { base: port.origin.clone(), jira, state: Mutex::new(State::new()) };
    stage.put(port, ("tempo", "cloud", ""), sign_in::accounts(), player);
    Ok(())
}

impl Tempo {
    fn play(&self, state: &mut State, request: &Request) -> Result<Reply, Box<Reply>> {
        let path = request.path.strip_prefix("/4/").ok_or_else(|| refuse(404, "HTTP 404 Not Found"))?;
        let caller = sign_in::sign_in(request, &state.ended)?;
        let (play, args) = match table::find(GROUPS, &request.method, path) {
            Found::Play(play, args) => (play, args),
            Found::WrongMethod => return Err(refuse(405, "HTTP 405 Method Not Allowed")),
            Found::Nothing => return Err(refuse(404, "HTTP 404 Not Found")),
        };
        let world = state.world.get_or_insert_with(|| seed::world(&self.jira));
        let mut call = Call { world, request, args, caller, base: &self.base, jira: &self.jira };
        play(&mut call)
    }
}

impl Player for Tempo {
    fn answer(&self, request: &Request) -> Reply {
        self.play(&mut lock(&self.state), request).unwrap_or_else(|refusal| *refusal)
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.state).switches.turn(changes)
    }

    fn expire(&self) {
        lock(&self.state).ended.push(sign_in::SECOND);
    }

    fn reset(&self) {
        *lock(&self.state) = State::new();
    }

    fn limits(&self, _retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn too_many(&self) -> Value {
        json!({ "errors": [{ "message": "Too Many Requests" }] })
    }
}
