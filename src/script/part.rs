//! A service that is a part of others: the plugin manager has no server of its own, but that of its product.

use super::{companion, value::plain_type, world::World};
use crate::{
    auth::{Account, Value},
    error::{Error, Result},
    services::{self, Deployment, SERVICES, Service},
};
use rhai::Dynamic;
use std::{rc::Rc, sync::Arc};

/// Makes the account of the product that `map` names.
pub(super) fn account(part: &Service, world: &Rc<World>, mut map: Vec<(String, Value)>) -> Result<Arc<Account>> {
    let at = map.iter().position(|(name, _)| name == "product");
    let product = match at.map(|at| map.remove(at).1) {
        Some(Value::Text(name)) => name,
        None if session(&map).is_some() => world.sessions().get(session(&map).unwrap_or_default())?.service,
        _ => return Err(no_product(part)),
    };
    let service = services::service(&product).filter(|service| part.hosts.contains(&service.name));
    let service =
        service.ok_or_else(|| not_a_host(part, services::service(&product).map_or(&*product, |s| s.title)))?;
    let account = world.account(service, map)?;
    check(part, &account)?;
    Ok(account)
}

/// Returns the name of the saved session that the map names: a session knows its product.
fn session(map: &[(String, Value)]) -> Option<&str> {
    map.iter().find_map(|(name, value)| match value {
        Value::Text(text) if name == "session" => Some(text.as_str()),
        _ => None,
    })
}

/// Returns the account of a connection that `part` is made from; nothing if `given` is no connection.
pub(super) fn host(part: &'static Service, given: &Dynamic) -> Option<Result<Arc<Account>>> {
    let account = companion::account(given)?;
    if part.hosts.is_empty() {
        let what = plain_type(given);
        return Some(Err(Error::client(format_args!("{}(…) takes a map of parameters, not a {what}", part.name))));
    }
    Some(check(part, &account).map(|()| account))
}

/// Refuses a product that the part does not belong to.
fn check(part: &Service, account: &Account) -> Result<()> {
    let (service, settings) = (account.service(), account.settings());
    let has = |deployment: Deployment| service.flavour(deployment).is_some_and(|flavour| flavour.apps);
    let deployment = settings.deployment.or_else(|| settings.implied());
    let fits = deployment.map_or_else(|| service.flavours.iter().any(|flavour| flavour.apps), has);
    let kind = if service.flavours.len() > 1 && deployment == Some(Deployment::Cloud) { " Cloud" } else { "" };
    if fits { Ok(()) } else { Err(not_a_host(part, &format!("{}{kind}", service.title))) }
}

fn not_a_host(part: &Service, product: &str) -> Box<Error> {
    Error::client(format_args!("{product} has no {}", part.title)).hint(hosts(part))
}

fn no_product(part: &Service) -> Box<Error> {
    let name = part.name;
    Error::client(format_args!("{name}() needs the product it is a part of")).hint(format!(
        "give its connection, as in {name}(jira()), or {name}(#{{ product: \"jira\", server: … }}); {}",
        hosts(part)
    ))
}

fn hosts(part: &Service) -> String {
    let titles: Vec<&str> = SERVICES.iter().filter(|s| part.hosts.contains(&s.name)).map(|s| s.title).collect();
    format!("{} is a part of {}", part.title, titles.join(", "))
}
