//! What every practice server has in front of it: the control panel, the log of requests, the faults.
//!
//! The panel is out of band, under `/__sandbox/`, so that no route of the product is bent for it.

use super::faults::{Effect, Ending, Fault, Kind};
use super::http::{Reply, Request};
use super::server::Front;
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The number of requests that the log remembers.
const LOG_LENGTH: usize = 20_000;

/// A service that is played.
pub(crate) trait Player: Send + Sync {
    /// Answers a request as the service would.
    fn answer(&self, request: &Request) -> Reply;
    /// Sets switches and returns all of them.
    fn switch(&self, changes: &Map<String, Value>) -> Result<Value, String>;
    /// Ends every session.
    fn expire(&self);
    /// Puts everything back as it was at the start.
    fn reset(&self);
    /// Returns the headers that the service sends with "too many requests".
    fn limits(&self, retry_after: Option<u64>) -> Vec<(&'static str, String)>;
    /// Returns the body that the service sends with "too many requests".
    fn too_many(&self) -> Value {
        json!({ "message": "Rate limit exceeded.", "status-code": 429 })
    }
}

/// How a request ends.
pub(crate) enum Done {
    /// With an answer.
    Reply(Reply),
    /// With an answer that is made already, to its headers.
    Made(Box<hyper::Response<hyper::body::Bytes>>),
    /// With an answer, later.
    Slow(Duration, Reply),
    /// With a broken one.
    Fault(Ending),
}

/// The front of one server.
pub(crate) struct Desk {
    player: Box<dyn Player>,
    /// The context path, such as `/jira`, or nothing.
    prefix: &'static str,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<VecDeque<Value>>,
}

/// Locks, whatever happened to the thread that held the lock before.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Front for Desk {
    /// Answers a request: from the control panel, with a fault, or as the service does.
    fn answer(&self, request: &Request) -> Done {
        let path = request.path.strip_prefix(self.prefix).unwrap_or(&request.path);
        if let Some(control) = path.strip_prefix("/__sandbox/") {
            return Done::Reply(self.control(request, control));
        }
        self.note(request);
        match self.fault(request, path) {
            None => Done::Reply(self.player.answer(request)),
            Some(Effect::Reply(reply)) => Done::Reply(reply),
            Some(Effect::Slow(wait)) => Done::Slow(wait, self.player.answer(request)),
            Some(Effect::Break(kind)) => Done::Fault(self.broken(request, kind)),
        }
    }
}

impl Desk {
    pub(crate) fn new(player: Box<dyn Player>, prefix: &'static str) -> Self {
        Desk { player, prefix, faults: Mutex::default(), log: Mutex::default() }
    }

    fn fault(&self, request: &Request, path: &str) -> Option<Effect> {
        let mut faults = lock(&self.faults);
        let hit = faults.iter_mut().find_map(|fault| fault.takes(request, path).then_some(fault))?;
        let effect = hit.effect(self.player.limits(hit.retry_after()), &self.player.too_many());
        faults.retain(|fault| !fault.is_spent());
        Some(effect)
    }

    /// A request whose answer is lost on the way has been carried out nevertheless; one that is dropped has not.
    fn broken(&self, request: &Request, kind: Kind) -> Ending {
        let half = || {
            let body = self.player.answer(request).body;
            body.slice(..body.len() / 2)
        };
        match kind {
            Kind::Drop => Ending::Drop,
            Kind::Huge => Ending::Huge,
            Kind::Cut => Ending::Cut(half()),
            Kind::Half => Ending::Half(half()),
        }
    }

    fn control(&self, request: &Request, what: &str) -> Reply {
        match self.act(request, what) {
            Ok(value) => Reply::json(200, &value),
            Err(message) => Reply::json(400, &json!({ "error": message })),
        }
    }

    fn act(&self, request: &Request, what: &str) -> Result<Value, String> {
        let body = || serde_json::from_slice::<Value>(&request.body).map_err(|e| e.to_string());
        match (request.method.as_str(), what) {
            ("POST", "faults") => {
                let body = body()?;
                let list = body["faults"].as_array().ok_or("wanted: {\"faults\":[…]}")?;
                let read = list.iter().map(Fault::read).collect::<Result<Vec<_>, _>>()?;
                let mut faults = lock(&self.faults);
                *faults = read;
                Ok(json!({ "faults": faults.len() }))
            }
            ("POST", "switch") => self.player.switch(body()?.as_object().ok_or("wanted: {\"name\": value}")?),
            ("GET", "switch") => self.player.switch(&Map::new()),
            ("POST", "expire") => {
                self.player.expire();
                Ok(json!({}))
            }
            ("POST", "reset") => {
                self.player.reset();
                lock(&self.faults).clear();
                lock(&self.log).clear();
                Ok(json!({}))
            }
            ("GET", "log") => Ok(lock(&self.log).iter().cloned().collect()),
            ("DELETE", "log") => {
                lock(&self.log).clear();
                Ok(json!({}))
            }
            _ => Err(format!("no control '{} {what}'", request.method)),
        }
    }

    fn note(&self, request: &Request) {
        let mut headers = Map::new();
        for (name, value) in &request.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            match headers.get_mut(name.as_str()) {
                Some(Value::String(seen)) => *seen = format!("{seen}, {value}"),
                _ => drop(headers.insert(name.to_string(), json!(value))),
            }
        }
        let mut log = lock(&self.log);
        if log.len() >= LOG_LENGTH {
            log.pop_front();
        }
        log.push_back(json!({
            "method": request.method,
            "path": request.path,
            "query": request.raw_query,
            "headers": headers,
            "body_length": request.body.len(),
            "body": String::from_utf8_lossy(&request.body[..request.body.len().min(4096)]),
        }));
    }
}
