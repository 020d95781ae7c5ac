//! The switches of a practice server that a test may turn.

use serde_json::{Map, Value};

/// Named values, each of which keeps its type.
pub(crate) struct Switches(Map<String, Value>);

impl Switches {
    /// Makes switches from an object of names and first values.
    pub(crate) fn new(first: &Value) -> Self {
        Switches(first.as_object().cloned().unwrap_or_default())
    }

    /// Turns switches and returns all of them; a name or type that does not exist changes nothing.
    pub(crate) fn turn(&mut self, changes: &Map<String, Value>) -> Result<Value, String> {
        for (name, value) in changes {
            let known = self.0.get(name).ok_or_else(|| format!("no switch '{name}'"))?;
            if std::mem::discriminant(known) != std::mem::discriminant(value) {
                return Err(format!("switch '{name}' is like {known}"));
            }
        }
        self.0.extend(changes.clone());
        Ok(Value::Object(self.0.clone()))
    }

    /// Says whether a switch is on; one that this server does not have is on.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(true)
    }

    /// Returns the number that a switch is set to; zero for one that is no number.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.0.get(name).and_then(Value::as_u64).unwrap_or(0)
    }
}
