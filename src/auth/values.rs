//! Values as they are given: found one by one, each with its source, and read as what they must be.

use super::{Given, Handle, Lookup};
use crate::{
    error::{Error, Result},
    http::Options,
    secret::Secret,
    services::{self, Deployment, Service},
};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// A value as a script gives it.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text, or a number as text.
    Text(String),
    /// A secret.
    Secret(Secret),
    /// A truth value.
    Flag(bool),
}

/// Names of all parameters, those that say who we are first.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    services::CREDENTIALS.iter().map(|(name, _)| *name).chain(services::OPTIONS.iter().copied())
}

/// Refuses a parameter that the service does not take, and says whose it is or what was meant.
pub(super) fn known(service: &Service, name: &str) -> Result<()> {
    if services::OPTIONS.contains(&name) || service.takes(name) {
        return Ok(());
    }
    if let Some((_, owner)) = services::CREDENTIALS.iter().find(|(known, _)| *known == name) {
        let whose = owner.map_or(String::new(), |owner| format!("; only {owner}() takes it"));
        let own = services::CREDENTIALS.iter().map(|(name, _)| *name).filter(|name| service.takes(name));
        let own = own.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return Err(Error::client(format_args!("{} has no use for `{name}`{whose}", service.name))
            .hint(format!("{}() signs in with {own}", service.name)));
    }
    let close = names()
        .filter(|known| relevant(service, known))
        .map(|known| (strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase()), known))
        .min();
    let error = Error::client(format_args!("{}(#{{…}}) has no parameter `{name}`", service.name));
    Err(match close {
        Some((distance, meant)) if distance <= 3 => error.hint(format!("did you mean `{meant}`?")),
        _ => {
            error.hint(format!("it takes {}", names().filter(|n| relevant(service, n)).collect::<Vec<_>>().join(", ")))
        }
    })
}

/// Says whether the service takes the parameter.
pub(super) fn relevant(service: &Service, name: &str) -> bool {
    services::OPTIONS.contains(&name) || service.takes(name)
}

/// Finds a deployment that the service has.
pub(super) fn named(service: &Service, name: &str) -> Result<Deployment> {
    let found = Deployment::named(name).filter(|d| service.flavour(*d).is_some());
    found.ok_or_else(|| Error::client(format_args!("`deployment` is \"{name}\"; it must be \"cloud\" or \"server\"")))
}

/// Values as they were found.
#[derive(Default, Clone)]
pub(super) struct Values {
    found: BTreeMap<&'static str, Value>,
    pub(super) sources: Vec<(&'static str, String)>,
}

impl Values {
    /// Finds the value of `name`.
    pub(super) fn gather(
        &mut self,
        service: &Service,
        name: &'static str,
        map: &[(String, Value)],
        lookups: &[Lookup<'_>],
    ) -> Result<()> {
        if let Some((_, value)) = map.iter().find(|(key, _)| key == name) {
            return self.keep(name, value.clone(), "the script");
        }
        for lookup in lookups {
            if let Some(Given { value, source }) = lookup(service, name)? {
                // The name of a saved session is no secret.
                let hidden = services::SECRETS.contains(&name) && (name != "login" || Handle::is_one(&value));
                let value = if hidden { Value::Secret(Secret::new(value)) } else { Value::Text(value) };
                return self.keep(name, value, &source);
            }
        }
        Ok(())
    }

    /// Takes a value, unless it is nothing or could not be sent.
    pub(super) fn keep(&mut self, name: &'static str, value: Value, source: &str) -> Result<()> {
        let text = match &value {
            Value::Text(text) => text.as_str(),
            Value::Secret(secret) => secret.reveal(),
            Value::Flag(_) => "-",
        };
        if text.trim().is_empty() {
            return Err(Error::client(format_args!("`{name}`, from {source}, is empty")));
        }
        // The value itself must not be repeated here.
        if text.chars().any(char::is_control) {
            return Err(Error::client(format_args!(
                "`{name}`, from {source}, has control characters in it, such as a line end"
            )));
        }
        self.found.insert(name, value);
        self.sources.push((name, source.to_owned()));
        Ok(())
    }

    /// Says whether `name` has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.found.contains_key(name)
    }

    /// Takes the value of `name` away.
    pub(super) fn forget(&mut self, name: &str) {
        self.found.remove(name);
        self.sources.retain(|(known, _)| *known != name);
    }

    /// Returns the text of a value that may be a secret.
    pub(super) fn secretly(&self, name: &str) -> Option<String> {
        match self.found.get(name)? {
            Value::Text(text) => Some(text.clone()),
            Value::Secret(secret) => Some(secret.reveal().to_owned()),
            Value::Flag(_) => None,
        }
    }

    /// Returns a value that is no secret.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        match self.found.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(Value::Flag(flag)) => Ok(Some(flag.to_string())),
            Some(Value::Secret(_)) => Err(Error::client(format_args!("`{name}` is no secret; give it as text"))),
        }
    }

    /// Returns a value that is a secret.
    pub(super) fn secret(&self, name: &str) -> Result<Option<Secret>> {
        match self.found.get(name) {
            None => Ok(None),
            Some(Value::Secret(secret)) => Ok(Some(secret.clone())),
            Some(Value::Text(text)) => Ok(Some(Secret::new(text.as_str()))),
            Some(Value::Flag(_)) => Err(Error::client(format_args!("`{name}` must be text"))),
        }
    }

    /// Returns how requests are sent, by what was given and else as `base` says.
    pub(super) fn options(&self, base: &Options) -> Result<Options> {
        let mut options = base.clone();
        if let Some(seconds) = self.text("timeout")? {
            options.timeout = seconds_of(&seconds)?;
        }
        if let Some(path) = self.text("ca")? {
            options.ca = Some(PathBuf::from(path));
        }
        if let Some(proxy) = self.text("proxy")? {
            options.proxy = Some(Secret::new(proxy));
        }
        if let Some(flag) = self.text("insecure")? {
            options.insecure = flag.parse().map_err(|_| Error::client("`insecure` must be true or false"))?;
        }
        Ok(options)
    }
}

/// Reads a time limit: a positive number of seconds, a day at most.
pub fn seconds_of(text: &str) -> Result<Duration> {
    let seconds = text.parse::<f64>().ok().filter(|s| *s > 0.0 && *s <= 86_400.0);
    let seconds = seconds.ok_or_else(|| {
        Error::client(format_args!("`timeout` is \"{text}\"; it must be a number of seconds, such as 30"))
    })?;
    Ok(Duration::from_secs_f64(seconds))
}
