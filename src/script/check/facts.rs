//! What a check knows of values, and of functions from the calls that lead to them.

use crate::services::Service;
use std::collections::HashMap;

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// It may be anything.
    Unknown,
    /// A connection.
    Connection(&'static Service),
    /// The published operations of a connection.
    Api(&'static Service),
    /// What `params(#{…})` returned.
    Parameters,
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Kind::Unknown, Kind::Unknown) | (Kind::Parameters, Kind::Parameters) => true,
            (Kind::Connection(one), Kind::Connection(other)) | (Kind::Api(one), Kind::Api(other)) => {
                one.name == other.name
            }
            _ => false,
        }
    }
}

impl Kind {
    /// Returns what a value is that is either this or `other`.
    pub fn or(self, other: Kind) -> Kind {
        if self == other { self } else { Kind::Unknown }
    }
}

/// What is known of one function.
#[derive(Debug, Default, Clone)]
pub(super) struct Fact {
    /// What its parameters are in every call.
    pub parameters: Vec<Kind>,
    /// What it returns.
    pub returns: Option<Kind>,
}

/// What is known of the script's functions, by name and number of parameters.
#[derive(Debug, Default)]
pub(super) struct Facts(HashMap<(String, usize), Fact>);

impl Facts {
    /// Returns what the parameter at `place` is.
    pub fn parameter(&self, name: &str, arity: usize, place: usize) -> Kind {
        self.of(name, arity).and_then(|fact| fact.parameters.get(place).copied()).unwrap_or(Kind::Unknown)
    }

    /// Returns what a call returns.
    pub fn result(&self, name: &str, arity: usize) -> Kind {
        self.of(name, arity).and_then(|fact| fact.returns).unwrap_or(Kind::Unknown)
    }

    fn of(&self, name: &str, arity: usize) -> Option<&Fact> {
        self.0.get(&(name.to_owned(), arity))
    }

    /// Notes a call.
    pub fn called(&mut self, name: &str, kinds: &[Kind]) {
        let fact = self.0.entry((name.to_owned(), kinds.len())).or_default();
        if fact.parameters.is_empty() {
            fact.parameters = kinds.to_vec();
        }
        fact.parameters.iter_mut().zip(kinds).for_each(|(known, kind)| *known = known.or(*kind));
    }

    /// Notes that a function may be called from anywhere.
    pub fn called_by_name(&mut self, name: &str) {
        for (_, fact) in self.0.iter_mut().filter(|((known, _), _)| known == name) {
            fact.parameters.fill(Kind::Unknown);
        }
    }

    /// Notes what a function returns.
    pub fn returned(&mut self, name: &str, arity: usize, kind: Kind) {
        self.0.entry((name.to_owned(), arity)).or_default().returns = Some(kind);
    }
}
