//! What a dry run would have changed: shown at once, counted at the end.

use super::{Answer, Content, Request};
use crate::json::{Json, Object};
use reqwest::header::HeaderMap;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts per service and kind of change. Copies share it.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<BTreeMap<String, usize>>>);

impl Ledger {
    /// Notes one change and returns the line that shows it.
    pub fn note(&self, service: &str, request: &Request) -> String {
        let kind = format!("{service}: {} {}", request.method.name(), request.route);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default() += 1;
        format!("would {} {} {}", request.method.name(), request.path, request.body.shown()).trim_end().to_owned()
    }

    /// Returns one line per kind of change with its count; nothing if there was none.
    pub fn summary(&self) -> Vec<String> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(kind, count)| format!("{count} × {kind}")).collect()
    }
}

impl Answer {
    /// Returns the answer to a change that was only shown: an object without members.
    pub fn simulated(url: &str) -> Self {
        Answer {
            status: 200,
            headers: HeaderMap::new(),
            content: Content::Json(Json::Object(Object::default())),
            url: url.to_owned(),
        }
    }
}
