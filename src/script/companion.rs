//! A service that another one stands beside: Tempo knows issues and people only by the ids that Jira gives them.

use super::{connection::Connection, value::plain_type, world::World};
use crate::{
    auth::Account,
    error::{Error, Result},
    services::{self, Kind, Service, Visitor, visit_all},
};
use rhai::Dynamic;
use std::{rc::Rc, sync::Arc};

/// Takes the companion's connection out of what a connection of `service` is made from.
pub(super) fn take(service: &Service, map: &mut Vec<(String, Dynamic)>) -> Result<Option<Arc<Account>>> {
    let Some(name) = service.companion else { return Ok(None) };
    let Some(at) = map.iter().position(|(given, value)| given == name && !value.is_unit()) else { return Ok(None) };
    let (_, given) = map.remove(at);
    let account = account(&given).filter(|account| account.service().name == name);
    let title = services::service(name).map_or(name, |service| service.title);
    account.map(Some).ok_or_else(|| {
        let what = plain_type(&given);
        Error::client(format_args!("`{name}` must be a connection to {title}, not {what}"))
            .hint(format!("such as {}(#{{ {name}: {name}() }})", service.name))
    })
}

/// Returns the account of a connection; nothing if `given` is none.
pub(super) fn account(given: &Dynamic) -> Option<Arc<Account>> {
    let mut finder = Finder { given, found: None };
    visit_all(&mut finder);
    finder.found
}

struct Finder<'a> {
    given: &'a Dynamic,
    found: Option<Arc<Account>>,
}

impl Visitor for Finder<'_> {
    fn visit<K: Kind>(&mut self) {
        if let Some(connection) = self.given.read_lock::<Connection<K>>() {
            self.found = Some(connection.account.clone());
        }
    }
}

/// Makes the connection of an account, whatever its service.
pub(super) fn connection(account: &Arc<Account>, world: &Rc<World>) -> Dynamic {
    let mut maker = Maker { account, world, made: Dynamic::UNIT };
    visit_all(&mut maker);
    maker.made
}

struct Maker<'a> {
    account: &'a Arc<Account>,
    world: &'a Rc<World>,
    made: Dynamic,
}

impl Visitor for Maker<'_> {
    fn visit<K: Kind>(&mut self) {
        if K::SERVICE.name == self.account.service().name {
            self.made = Connection::<K>::of(self.account.clone(), self.world);
        }
    }
}
