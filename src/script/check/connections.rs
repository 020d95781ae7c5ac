//! What is done with connections: their parameters, verbs with their options, operations, raw routes.

use super::{Finding, facts::Kind, routes, secrets, walk::Walk, writes};
use crate::{
    catalog::Operation,
    script::{library, prompt, verbs::close},
    services::Service,
};
use rhai::{Expr, FnCallExpr, Ident, Position};

impl<'a> Walk<'a> {
    /// Judges the making of a connection.
    pub(super) fn connect(&mut self, service: &'static Service, call: &'a FnCallExpr) -> Kind {
        let known = prompt::parameters_of(service);
        for (name, value) in call.args.first().map(members).unwrap_or_default() {
            if !known.contains(&name.name.to_string()) {
                let message = format!("{}() has no parameter `{}`", service.name, name.name);
                let hint = close(&name.name, &known).unwrap_or_else(|| format!("it takes {}", known.join(", ")));
                self.wrong("option", name.pos, message, Some(hint));
            }
            if !self.code.tests {
                self.findings.extend(secrets::literal(&name.name, value, true));
            }
        }
        Kind::Connection(service)
    }

    /// Judges a member of a value that is no call.
    pub(super) fn property(&mut self, on: Kind, name: &str, position: Position) -> Kind {
        let Kind::Connection(service) = on else { return Kind::Unknown };
        if name == "api" {
            return Kind::Api(service);
        }
        let known: Vec<String> = prompt::properties().into_iter().map(|(name, _)| name).collect();
        if !known.iter().any(|known| known == name) {
            let hint = match self.known.forms(Some(service), name) {
                Some(_) => Some(format!("it is a verb: call it, as in {}.{name}(…)", service.name)),
                None => close(name, &known).or_else(|| self.known.near_verb(service, name)),
            };
            self.wrong("member", position, format!("a connection to {} has no member `{name}`", service.title), hint);
        }
        Kind::Unknown
    }

    /// Judges a call of a verb, or of what every connection has.
    pub(super) fn verb(&mut self, service: &'static Service, call: &'a FnCallExpr, position: Position) {
        let (name, arguments) = (call.name.as_str(), call.args.len());
        let place = format!("{}.{name}()", service.name);
        if !self.known.has_verb(service, name, arguments) {
            match self.known.forms(Some(service), name) {
                Some(forms) => self.arity(&format!("{}.{name}", service.name), arguments, position, Some(forms)),
                None if self.code.evaluates => {}
                None => self.no_verb(service, name, position),
            }
            return;
        }
        self.raw(service, call, position);
        if writes::writes(service, call) || self.known.verb_writes(service, name) {
            self.write(&place, position);
        }
        if self.known.takes_options(service, name, arguments) {
            let accepted = library::accepted(service.name, name);
            self.options(&place, &accepted, call.args.last());
        }
    }

    fn no_verb(&mut self, service: &'static Service, name: &str, position: Position) {
        let message = format!("{} has no verb `{name}`", service.title);
        let published = routes::named(service, name);
        let hint = if published.is_empty() {
            self.known.near_verb(service, name)
        } else {
            Some(format!("it is a published operation: {}.api.{name}(#{{ … }})", service.name))
        };
        let finder = || format!("`tieline docs {}` lists the verbs", service.name);
        self.wrong("verb", position, message, Some(hint.unwrap_or_else(finder)));
    }

    fn options(&mut self, place: &str, accepted: &[String], given: Option<&'a Expr>) {
        if accepted.is_empty() {
            return;
        }
        for (name, _) in given.map(members).unwrap_or_default() {
            if !accepted.contains(&name.name.to_string()) {
                let hint = close(&name.name, accepted).unwrap_or_else(|| format!("it takes {}", accepted.join(", ")));
                self.wrong("option", name.pos, format!("{place} has no option `{}`", name.name), Some(hint));
            }
        }
    }

    /// Judges the operation or the route that a call names.
    fn raw(&mut self, service: &'static Service, call: &'a FnCallExpr, position: Position) {
        let first = call.args.first();
        if call.name == "op" {
            if let Some(id) = first.and_then(writes::text) {
                self.operation_named(service, id, call.args.get(1), first.map_or(position, Expr::position));
            }
            return;
        }
        let Some(method) = writes::method(call) else { return };
        let Some(path) = first.and_then(writes::text).filter(|path| path.starts_with('/')) else { return };
        if call.name != "render" && routes::at(service, method, path).is_empty() {
            let message = format!("{} publishes no {method} {path}", service.title);
            let hint = routes::hint(service, method, path);
            let place = first.map_or(position, Expr::position);
            self.findings.push(Finding::new("route", place, message, hint).warning());
        }
    }

    fn write(&mut self, what: &str, position: Position) {
        let message = format!("{what} writes, and the script's header says read-only");
        self.wrong(writes::CODE, position, message, None);
    }

    /// Judges a call of `api.operation(…)`.
    pub(super) fn operation(&mut self, service: &'static Service, call: &'a FnCallExpr, position: Position) {
        self.operation_named(service, &call.name, call.args.first(), position);
        if call.args.len() > 1 {
            let forms = format!("there is {}.api.{}(#{{ … }})", service.name, call.name);
            self.arity(&call.name, call.args.len(), position, Some(forms));
        }
        if writes::changes(service, &call.name) {
            self.write(&format!("{}.api.{}()", service.name, call.name), position);
        }
    }

    fn operation_named(&mut self, service: &'static Service, id: &str, given: Option<&'a Expr>, position: Position) {
        let operations = routes::named(service, id);
        if operations.is_empty() {
            let hint = routes::near(service, id);
            self.wrong("operation", position, format!("{} has no operation `{id}`", service.title), hint);
            return;
        }
        let Some(given) = given.filter(|given| matches!(given, Expr::Map(..))) else { return };
        let given = members(given);
        let takes: Vec<String> = operations.iter().flat_map(takes).collect();
        for (name, _) in given.iter().filter(|(name, _)| !takes.contains(&name.name.to_string())) {
            let hint = close(&name.name, &takes).unwrap_or_else(|| listed(&takes));
            self.wrong("parameter", name.pos, format!("{id} has no parameter `{}`", name.name), Some(hint));
        }
        let has = |name: &String| given.iter().any(|(known, _)| *known.name == **name);
        let needs = operations.iter().map(needs).min_by_key(|needs| needs.iter().filter(|name| !has(name)).count());
        let missing: Vec<String> =
            needs.unwrap_or_default().into_iter().filter(|name| !has(name)).map(|name| format!("`{name}`")).collect();
        if !missing.is_empty() {
            self.wrong("parameter", position, format!("{id} needs {}", missing.join(" and ")), None);
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "it takes none".to_owned() } else { format!("it takes {}", names.join(", ")) }
}

/// Returns the names of what an operation takes.
fn takes(operation: &Operation) -> Vec<String> {
    let parameters = operation.parameters.iter().filter(|p| operation.parameter(p.name).is_some()).map(|p| p.name);
    let files = operation.files().next().map(|_| "files");
    parameters.chain(operation.value().map(|_| "body")).chain(files).map(str::to_owned).collect()
}

/// Returns the names of what an operation must be given.
fn needs(operation: &Operation) -> Vec<String> {
    let required = operation.parameters.iter().filter(|p| p.required && p.default.is_none());
    let parameters = required.filter(|p| operation.parameter(p.name).is_some()).map(|p| p.name);
    let body = operation.value().filter(|body| body.required).map(|_| "body");
    parameters.chain(body).map(str::to_owned).collect()
}

/// Returns the members of a map that stands there as it is.
fn members(map: &Expr) -> Vec<(&Ident, &Expr)> {
    match map {
        Expr::Map(map, _) => map.0.iter().map(|(name, value)| (name, value)).collect(),
        _ => Vec::new(),
    }
}
