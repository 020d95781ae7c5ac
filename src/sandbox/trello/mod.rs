//! Trello, as far as automations see it.
//!
//! Everything is a document in the form in which Trello shows it; `world` holds them, `seed` makes the first ones,
//! `sign_in` judges key and token, one file per kind of thing does the rest.

mod actions;
mod boards;
mod call;
mod cards;
mod checklists;
mod fields;
mod files;
mod labels;
mod lists;
mod members;
mod search;
mod seed;
mod show;
mod sign_in;
mod system;
mod world;

use super::Stage;
use super::desk::{Player, lock};
use super::http::{Reply, Request};
use super::switches::Switches;
use super::table::{self, Found, Row};
use call::{Call, Play};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use world::World;

/// Every group of resources.
pub(crate) const GROUPS: &[&[Row<Play>]] = &[
    system::ROWS,
    members::ROWS,
    boards::ROWS,
    lists::ROWS,
    cards::ROWS,
    checklists::ROWS,
    labels::ROWS,
    actions::ROWS,
    files::ROWS,
    fields::ROWS,
    search::ROWS,
];
/// The time over which requests are counted.
const WINDOW: Duration = Duration::from_secs(10);
/// How many requests a key and a token may make in that time.
const KEY_LIMIT: usize = 300;
const TOKEN_LIMIT: usize = 100;

/// The practice Trello.
pub(crate) struct Trello {
    base: String,
    state: Mutex<State>,
}

struct State {
    switches: Switches,
    /// Made when first asked for.
    world: Option<World>,
    /// When the latest requests came.
    recent: VecDeque<Instant>,
    /// Tokens that their owners have ended.
    revoked: Vec<String>,
}

impl State {
    fn new() -> Self {
        // With `limits` on, who asks too often is refused, as in the real world.
        let switches = Switches::new(&json!({ "limits": false }));
        State { switches, world: None, recent: VecDeque::new(), revoked: Vec::new() }
    }

    /// Counts a request and returns how many came within the window.
    fn count(&mut self) -> usize {
        let now = Instant::now();
        while self.recent.front().is_some_and(|first| now.duration_since(*first) > WINDOW) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.recent.len()
    }
}

/// Returns the headers that say how much is left.
fn limit_headers(used: usize) -> Vec<(&'static str, String)> {
    vec![
        ("x-rate-limit-api-key-interval-ms", WINDOW.as_millis().to_string()),
        ("x-rate-limit-api-key-max", KEY_LIMIT.to_string()),
        ("x-rate-limit-api-key-remaining", KEY_LIMIT.saturating_sub(used).to_string()),
        ("x-rate-limit-api-token-interval-ms", WINDOW.as_millis().to_string()),
        ("x-rate-limit-api-token-max", TOKEN_LIMIT.to_string()),
        ("x-rate-limit-api-token-remaining", TOKEN_LIMIT.saturating_sub(used).to_string()),
    ]
}

fn too_many() -> Value {
    json!({ "error": "API_TOKEN_LIMIT_EXCEEDED", "message": "Rate limit exceeded" })
}

/// Puts the practice Trello on the stage.
pub(crate) fn open(stage: &mut Stage) -> io::Result<()> {
    let port = Stage::port()?;
    let player = Trello { base: port.origin.clone(), state: Mutex::new(State::new()) };
    stage.put(port, ("trello", "cloud", ""), sign_in::accounts(), player);
    Ok(())
}

impl Trello {
    fn play(&self, state: &mut State, request: &Request) -> Reply {
        let Some(path) = request.path.strip_prefix("/1/") else {
            return Reply::text(404, format!("Cannot {} {}", request.method, request.path));
        };
        let Found::Play(play, args) = table::find(GROUPS, &request.method, path) else {
            return Reply::text(404, format!("Cannot {} {}", request.method, request.path));
        };
        let caller = match sign_in::sign_in(request, &state.revoked) {
            Ok(caller) => caller,
            Err(reply) => return *reply,
        };
        let world = state.world.get_or_insert_with(|| seed::world(&self.base));
        let mut call = Call { world, request, args, caller, base: &self.base, revoked: &mut state.revoked };
        play(&mut call).unwrap_or_else(|refusal| *refusal)
    }
}

impl Player for Trello {
    fn answer(&self, request: &Request) -> Reply {
        let mut state = lock(&self.state);
        let used = state.count();
        let mut reply = match state.switches.is_on("limits") && used > TOKEN_LIMIT {
            true => Reply::json(429, &too_many()),
            false => self.play(&mut state, request),
        };
        reply.headers.extend(limit_headers(used));
        reply
    }

    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String> {
        lock(&self.state).switches.turn(changes)
    }

    fn expire(&self) {
        lock(&self.state).revoked.push("ATTA-sandbox-jonas".into());
    }

    fn reset(&self) {
        *lock(&self.state) = State::new();
    }

    fn limits(&self, _retry_after: Option<u64>) -> Vec<(&'static str, String)> {
        limit_headers(TOKEN_LIMIT)
    }

    fn too_many(&self) -> Value {
        too_many()
    }
}
