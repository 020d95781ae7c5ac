//! What a script gives to make a connection.

use super::{
    companion,
    value::{members, plain_type},
};
use crate::{
    auth::{Account, Value},
    error::{Error, Result},
    secret::Secret,
    services::{self, Service},
};
use rhai::Dynamic;
use std::sync::Arc;

/// What a connection is made from: its parameters, and the account of the service beside it.
pub(super) type Given = (Vec<(String, Value)>, Option<Arc<Account>>);

/// Reads the map of a connection, or the name of a saved session.
pub(super) fn parameters(service: &'static Service, given: &Dynamic) -> Result<Given> {
    if given.is_string() {
        return Ok((vec![("session".to_owned(), Value::Text(given.to_string()))], None));
    }
    let name = service.name;
    let Some(mut map) = members(given) else {
        return Err(Error::client(format_args!(
            "{name}(…) takes a map of parameters or the name of a saved session, not {}",
            plain_type(given)
        ))
        .hint(format!("such as {name}(#{{ server: \"https://…\", token: … }})")));
    };
    let beside = companion::take(service, &mut map)?;
    let map = map
        .into_iter()
        .filter(|(_, value)| !value.is_unit())
        .map(|(name, value)| Ok((name.clone(), parameter(&name, &value)?)))
        .collect::<Result<_>>()?;
    Ok((map, beside))
}

fn parameter(name: &str, value: &Dynamic) -> Result<Value> {
    if let Some(secret) = value.read_lock::<Secret>() {
        return Ok(Value::Secret(secret.clone()));
    }
    if let Ok(flag) = value.as_bool() {
        return Ok(Value::Flag(flag));
    }
    if value.is_string() || value.is_int() || value.is_float() {
        let text = value.to_string();
        // Out of sight before anything can go wrong: an error shows the script's line.
        return Ok(if services::SECRETS.contains(&name) {
            Value::Secret(Secret::new(text))
        } else {
            Value::Text(text)
        });
    }
    Err(Error::client(format_args!("`{name}` must be text, not {}", plain_type(value))))
}
