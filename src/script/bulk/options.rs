//! What `bulk` may be told.

use super::super::{
    scheduler::unshared,
    value::{members, plain_type},
    verbs::close,
};
use crate::error::{Error, Result};
use rhai::{Dynamic, FnPtr, INT};
use std::path::PathBuf;

/// How many items are under way unless the script says otherwise.
const JOBS: INT = 8;

/// The names of all options.
const NAMES: [&str; 6] = ["jobs", "journal", "on_error", "key", "check", "uncertain"];

/// The options, read.
pub(super) struct Options {
    /// How many items at a time.
    pub jobs: INT,
    /// The journal's file.
    pub journal: Option<PathBuf>,
    /// Whether the first failure ends the run.
    pub stop: bool,
    /// Names an item.
    pub key: Option<FnPtr>,
    /// Finds out whether an uncertain item was done.
    pub check: Option<FnPtr>,
    /// Whether an uncertain item is done again.
    pub retry: bool,
}

impl Options {
    /// Reads the map that a script gave.
    pub(super) fn read(given: &Dynamic) -> Result<Self> {
        let given = members(given).ok_or_else(|| {
            Error::client(format_args!("bulk() takes its options as a map, not as {}", plain_type(given)))
        })?;
        let mut options = Options { jobs: JOBS, journal: None, stop: false, key: None, check: None, retry: false };
        for (name, value) in given.into_iter().filter(|(_, value)| !value.is_unit()) {
            options.set(&name, value)?;
        }
        if options.journal.is_none() && (options.check.is_some() || options.retry) {
            return Err(Error::client(
                "bulk(): without a `journal` no item is uncertain, so there is nothing to check",
            ));
        }
        Ok(options)
    }

    fn set(&mut self, name: &str, value: Dynamic) -> Result<()> {
        match name {
            "jobs" => self.jobs = value.as_int().map_err(|_| wrong(name, "a number", &value))?,
            "journal" => self.journal = Some(text(name, &value)?.into()),
            "on_error" => self.stop = choice(name, &value, ["continue", "stop"])?,
            "uncertain" => self.retry = choice(name, &value, ["report", "retry"])?,
            "key" => self.key = Some(function(name, value)?),
            "check" => self.check = Some(function(name, value)?),
            _ => {
                let names = NAMES.map(str::to_owned);
                let error = Error::client(format_args!("bulk() has no option `{name}`"));
                return Err(error.hint(close(name, &names).unwrap_or_else(|| format!("it takes {}", names.join(", ")))));
            }
        }
        Ok(())
    }
}

fn wrong(name: &str, right: &str, value: &Dynamic) -> Box<Error> {
    Error::client(format_args!("bulk(): `{name}` must be {right}, not {}", plain_type(value)))
}

fn text(name: &str, value: &Dynamic) -> Result<String> {
    value.as_immutable_string_ref().map(|text| text.to_string()).map_err(|_| wrong(name, "a text", value))
}

/// Says whether the second of two words was chosen.
fn choice(name: &str, value: &Dynamic, words: [&str; 2]) -> Result<bool> {
    let chosen = text(name, value)?;
    let at = words.iter().position(|word| *word == chosen);
    let right =
        || Error::client(format_args!("bulk(): `{name}` is \"{chosen}\"; it must be \"{}\"", words.join("\" or \"")));
    Ok(at.ok_or_else(right)? == 1)
}

fn function(name: &str, value: Dynamic) -> Result<FnPtr> {
    let value = value.flatten();
    let f = value.read_lock::<FnPtr>().map(|f| unshared(&f));
    f.ok_or_else(|| wrong(name, "a function", &value))
}
