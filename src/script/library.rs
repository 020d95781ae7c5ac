//! The standard library: the verbs of each service, in Rhai, compiled when a program names the service.

use super::connection;
use crate::services::{self, SERVICES, Service};
use rhai::Engine;
use std::collections::BTreeSet;

/// The sources, one per service.
const SOURCES: &[(&str, &str, &str)] = &[
    ("bamboo", "stdlib/bamboo.rhai", include_str!("../../stdlib/bamboo.rhai")),
    ("bitbucket", "stdlib/bitbucket.rhai", include_str!("../../stdlib/bitbucket.rhai")),
    ("confluence", "stdlib/confluence.rhai", include_str!("../../stdlib/confluence.rhai")),
    ("jira", "stdlib/jira.rhai", include_str!("../../stdlib/jira.rhai")),
    ("slack", "stdlib/slack.rhai", include_str!("../../stdlib/slack.rhai")),
    ("tempo", "stdlib/tempo.rhai", include_str!("../../stdlib/tempo.rhai")),
    ("trello", "stdlib/trello.rhai", include_str!("../../stdlib/trello.rhai")),
    ("upm", "stdlib/upm.rhai", include_str!("../../stdlib/upm.rhai")),
];

/// Returns the text of a source of the library.
pub(super) fn text_of(source: &str) -> Option<&'static str> {
    SOURCES.iter().find(|row| row.1 == source).map(|row| row.2)
}

/// Returns the source and the text of a service's verbs, where it has any.
pub(super) fn of_service(name: &str) -> Option<(&'static str, &'static str)> {
    SOURCES.iter().find(|row| row.0 == name).map(|row| (row.1, row.2))
}

/// Returns the options that the verb `name` of a service accepts, from where it refuses all others.
pub(super) fn accepted(service: &str, name: &str) -> Vec<String> {
    let start = format!("this.accept(\"{name}\", options, [");
    let list = of_service(service).and_then(|(_, text)| Some(&text[text.find(&start)? + start.len()..]));
    let list = list.and_then(|list| list.split(']').next()).unwrap_or_default();
    list.split(',').map(|option| option.trim().trim_matches('"').to_owned()).filter(|o| !o.is_empty()).collect()
}

/// Which services' verbs are there already.
#[derive(Default)]
pub(super) struct Library {
    loaded: BTreeSet<&'static str>,
}

impl Library {
    /// Loads what the services can do that `text` names; all, if it takes in other text.
    pub(super) fn load(&mut self, engine: &mut Engine, text: &str) {
        let other = text.contains("import ") || text.contains("eval(");
        for service in SERVICES.iter().filter(|service| other || text.contains(service.name)) {
            self.load_one(engine, service);
            // Its verbs may go to those beside it, which the text need not name.
            for beside in service.hosts.iter().copied().chain(service.companion).filter_map(services::service) {
                self.load_one(engine, beside);
            }
        }
    }

    /// Loads the verbs of every service.
    pub(super) fn load_all(&mut self, engine: &mut Engine) {
        for service in SERVICES {
            self.load_one(engine, service);
        }
    }

    /// Returns the services that nothing is loaded of.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'static str> {
        SERVICES.iter().map(|service| service.name).filter(|name| !self.loaded.contains(name))
    }

    fn load_one(&mut self, engine: &mut Engine, service: &'static Service) {
        if !self.loaded.insert(service.name) {
            return;
        }
        connection::register_members(engine, service.name);
        let Some((_, source, text)) = SOURCES.iter().find(|row| row.0 == service.name) else { return };
        match engine.compile(text) {
            Ok(mut ast) => {
                ast.set_source(*source);
                // The functions as they are, not a module made of them: such a module's functions carry their
                // surroundings along, and the engine's cache loses those when verbs call each other.
                engine.register_global_module(ast.shared_lib().clone());
            }
            // The text is part of the program and every test compiles it.
            Err(error) => unreachable!("{source}: {error}"),
        }
    }
}
