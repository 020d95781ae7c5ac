//! Calls of functions and methods: whether there are any, and whether they take so many arguments.

use super::{facts::Kind, known::Module, routes, secrets, walk::Walk};
use crate::services;
use rhai::{Expr, FnCallExpr, Position};

/// Runs what is meant to fail.
const THROWS: &str = "assert_throws";

impl<'a> Walk<'a> {
    /// Judges a call of a function.
    pub(super) fn call(&mut self, call: &'a FnCallExpr, position: Position) -> Kind {
        let name = call.name.as_str();
        if name == "curry"
            && let Some(Expr::DynamicConstant(value, _)) = call.args.first()
            && let Some(function) = value.read_lock::<rhai::FnPtr>()
        {
            let captured: Vec<Kind> = call.args[1..].iter().map(|argument| self.kind(argument)).collect();
            self.closure(function.fn_name(), &captured);
            return Kind::Unknown;
        }
        if name == "params" && !self.code.declares(name) {
            return self.parameters(call);
        }
        let found = self.findings.len();
        let kinds = self.arguments(call);
        if name == THROWS {
            self.findings.truncate(found);
        }
        if !call.namespace.is_empty() {
            self.escape(&kinds);
            self.qualified(call, position);
            return Kind::Unknown;
        }
        if self.code.plain(name, kinds.len()).is_some() {
            self.learned.called(name, &kinds);
            let lost = |place| self.facts.parameter(name, kinds.len(), place) != Kind::Parameters;
            self.escaped |= kinds.iter().enumerate().any(|(place, kind)| *kind == Kind::Parameters && lost(place));
            return self.facts.result(name, kinds.len());
        }
        self.escape(&kinds);
        if call.is_operator_call() || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Kind::Unknown;
        }
        match services::service(name) {
            Some(service) if !self.code.declares(name) && kinds.len() < 2 => self.connect(service, call),
            _ => {
                self.exists(name, kinds.len(), position);
                Kind::Unknown
            }
        }
    }

    /// What is handed to somebody else may be read there.
    pub(super) fn escape(&mut self, kinds: &[Kind]) {
        self.escaped |= kinds.contains(&Kind::Parameters);
    }

    /// Reads `params(#{…})`.
    fn parameters(&mut self, call: &'a FnCallExpr) -> Kind {
        match call.args.first() {
            Some(Expr::Map(map, _)) => {
                for (name, declaration) in &map.0 {
                    self.declared.push((name.name.to_string(), name.pos));
                    if let Expr::Map(parts, _) = declaration {
                        parts.0.iter().for_each(|(_, value)| self.value(value));
                    }
                }
                Kind::Parameters
            }
            Some(other) => {
                self.value(other);
                Kind::Unknown
            }
            None => Kind::Unknown,
        }
    }

    /// Walks through a member of a map.
    pub(super) fn member(&mut self, name: &str, value: &'a Expr) {
        if !self.code.tests {
            self.findings.extend(secrets::literal(name, value, false));
        }
        self.value(value);
    }

    /// Judges a function of a module.
    fn qualified(&mut self, call: &FnCallExpr, position: Position) {
        let alias = call.namespace.to_string();
        let Some(Module::Read(functions)) = self.known.module(&alias) else { return };
        let arguments = call.args.len();
        if functions.iter().any(|(name, arity)| *name == call.name && *arity == arguments) {
            return;
        }
        let arities: Vec<String> =
            functions.iter().filter(|(name, _)| *name == call.name).map(|(_, arity)| arity.to_string()).collect();
        if arities.is_empty() {
            let hint = crate::script::calls::nearest(&call.name, functions.iter().map(|(name, _)| name.as_str()));
            self.wrong("function", position, format!("the module {alias} has no function `{}`", call.name), hint);
        } else {
            let message = format!("`{alias}::{}` takes {}, not {arguments}", call.name, counted(&arities.join(" or ")));
            self.wrong("arity", position, message, None);
        }
    }

    fn exists(&mut self, name: &str, arguments: usize, position: Position) {
        if self.code.evaluates || self.known.has_function(name, arguments) {
            return;
        }
        if self.known.has_name(name) {
            self.arity(name, arguments, position, self.known.forms(None, name));
            return;
        }
        let variable = self.has_variable(name);
        let hint = if variable {
            Some(format!("`{name}` is a variable; a function in it is called by {name}.call(…)"))
        } else {
            self.known.near_function(name)
        };
        self.wrong("function", position, format!("there is no function `{name}`"), hint);
    }

    pub(super) fn arity(&mut self, name: &str, arguments: usize, position: Position, forms: Option<String>) {
        let message = format!("`{name}` does not take {}", counted(&arguments.to_string()));
        self.wrong("arity", position, message, forms);
    }

    /// Judges a call of a method.
    pub(super) fn method(&mut self, on: Kind, call: &'a FnCallExpr, position: Position) -> Kind {
        let kinds = self.arguments(call);
        self.escape(&kinds);
        match on {
            Kind::Connection(service) => self.verb(service, call, position),
            Kind::Api(service) => self.operation(service, call, position),
            Kind::Parameters => self.escaped = true,
            Kind::Unknown => self.some_method(call, position),
        }
        Kind::Unknown
    }

    /// Judges a method of what may be anything: it must be somebody's, unless a function may be in a member.
    fn some_method(&mut self, call: &FnCallExpr, position: Position) {
        let (name, arguments) = (call.name.as_str(), call.args.len());
        let unsure = self.code.evaluates || !self.code.imports.is_empty() || self.code.members.contains(name);
        if unsure || self.known.has_method(name, arguments) {
            return;
        }
        if self.known.has_name(name) {
            self.arity(name, arguments, position, self.known.forms(None, name));
        } else if services::SERVICES.iter().all(|service| routes::named(service, name).is_empty()) {
            let hint = self.known.near_function(name);
            self.wrong("function", position, format!("nothing has a method `{name}`"), hint);
        }
    }
}

fn counted(number: &str) -> String {
    match number {
        "0" => "no argument".to_owned(),
        "1" => "1 argument".to_owned(),
        n => format!("{n} arguments"),
    }
}
