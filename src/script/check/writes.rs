//! Which verbs change something at the server, found in their own text; and which scripts say that they do not.

use super::{code::Code, routes};
use crate::{
    script::{host, library, reference::method_of},
    services::Service,
};
use rhai::{Engine, Expr, FnCallExpr, Stmt};
use std::collections::{HashMap, HashSet};

/// The kind of finding.
pub(super) const CODE: &str = "write";

/// What a script's header says.
const READ_ONLY: &str = "read-only";

/// Says whether the header of `text` promises that nothing is changed: `//! read-only` on a line of its own.
pub(super) fn are_announced(text: &str) -> bool {
    let header = host::header(text);
    header.lines().any(|line| line.trim().trim_end_matches('.').eq_ignore_ascii_case(READ_ONLY))
}

/// The verbs of one service that write.
pub(super) struct Writes(HashSet<String>);

/// What one function does.
#[derive(Default)]
struct Deeds {
    writes: bool,
    calls: HashSet<String>,
}

impl Writes {
    /// Reads the verbs of a service.
    pub fn of(service: &'static Service) -> Self {
        let mut engine = Engine::new();
        host::limits(&mut engine);
        engine.set_strict_variables(false);
        host::keyword_properties(&mut engine);
        let text = library::of_service(service.name).map_or("", |(_, text)| text);
        let functions = engine.compile(text).map(|ast| Code::new(&ast).functions).unwrap_or_default();
        let mut deeds: HashMap<String, Deeds> = HashMap::new();
        for function in &functions {
            let deed = deeds.entry(function.name.clone()).or_default();
            function.body.iter().for_each(|statement| deed.look(service, statement));
        }
        Writes(closed(&deeds))
    }

    /// Says whether the verb `name` writes.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// Returns what writes, itself or by what it calls.
fn closed(deeds: &HashMap<String, Deeds>) -> HashSet<String> {
    let mut found: HashSet<String> = deeds.iter().filter(|(_, d)| d.writes).map(|(name, _)| name.clone()).collect();
    loop {
        let more = deeds.iter().filter(|(name, d)| !found.contains(*name) && d.calls.iter().any(|c| found.contains(c)));
        let more: Vec<String> = more.map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            return found;
        }
        found.extend(more);
    }
}

impl Deeds {
    fn look(&mut self, service: &'static Service, statement: &Stmt) {
        statement.walk(&mut Vec::new(), &mut |path| {
            if let Some(rhai::ASTNode::Expr(expression)) = path.last() {
                self.note(service, expression);
            }
            true
        });
    }

    fn note(&mut self, service: &'static Service, expression: &Expr) {
        match expression {
            Expr::MethodCall(call, _) => {
                self.writes |= writes(service, call);
                self.calls.insert(call.name.to_string());
            }
            Expr::DynamicConstant(value, _) => {
                if let Some(function) = value.read_lock::<rhai::FnPtr>() {
                    self.calls.insert(function.fn_name().to_owned());
                }
            }
            _ => {}
        }
    }
}

/// Says whether a raw call of a connection changes anything. What is not known to read does.
pub(super) fn writes(service: &'static Service, call: &FnCallExpr) -> bool {
    if call.name == "request" {
        let member = |wanted: &str| member(call.args.first()?, wanted);
        let method = member("method").and_then(text);
        return method.is_some_and(|method| is_write(service, method, member("path").and_then(path)));
    }
    if call.name == "op" {
        return call.args.first().and_then(text).is_some_and(|id| changes(service, id));
    }
    let method = method(call).filter(|_| !call.args.is_empty());
    method.is_some_and(|method| is_write(service, method, call.args.first().and_then(path)))
}

/// Returns the HTTP method of a raw call. A list whose request has a body is asked for by POST.
pub(super) fn method(call: &FnCallExpr) -> Option<&'static str> {
    let has_body = call.args.get(1).is_some_and(|values| member(values, "body").is_some());
    if call.name == "pages" && has_body { Some("POST") } else { method_of(&call.name) }
}

/// Says whether an operation changes anything.
pub(super) fn changes(service: &'static Service, id: &str) -> bool {
    routes::named(service, id).iter().any(|operation| !operation.reads)
}

fn is_write(service: &'static Service, method: &str, path: Option<&str>) -> bool {
    // A verb of both deployments may leave out what Cloud's paths start with.
    let mut prefixes = service.flavours.iter().map(|flavour| flavour.prefix).chain([""]);
    let published = path.and_then(|path| {
        let found = |prefix| Some(routes::at(service, method, &format!("{prefix}{path}")));
        prefixes.find_map(|prefix| found(prefix).filter(|found| !found.is_empty()))
    });
    let published = published.unwrap_or_default();
    match published.as_slice() {
        [] => !matches!(method, "GET" | "HEAD"),
        operations => operations.iter().any(|operation| !operation.reads),
    }
}

/// Returns a text that stands there as it is.
pub(super) fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringConstant(text, _) => Some(text),
        _ => None,
    }
}

/// What may stand around a path: it is filled, or put below the wiki of Cloud.
const AROUND: &[&str] = &["path", "wiki"];

/// Returns a path, also one that `this.path("…", values)` fills.
fn path(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Dot(pair, ..) => match &pair.rhs {
            Expr::MethodCall(call, _) if AROUND.contains(&&*call.name) => call.args.first().and_then(text),
            _ => None,
        },
        other => text(other),
    }
}

/// Returns the value of a member of a map that stands there as it is.
fn member<'a>(map: &'a Expr, wanted: &str) -> Option<&'a Expr> {
    let Expr::Map(map, _) = map else { return None };
    map.0.iter().find(|(name, _)| name.name == wanted).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_that_write_are_told_from_those_that_read() {
        let jira = Writes::of(crate::services::service("jira").unwrap());
        for verb in ["comment", "create", "transition", "delete_issue", "assign"] {
            assert!(jira.has(verb), "{verb}");
        }
        for verb in ["issue", "search", "count", "comments", "transitions", "history", "users"] {
            assert!(!jira.has(verb), "{verb}");
        }
    }

    #[test]
    fn the_promise_is_a_line_of_the_header() {
        assert!(are_announced("#!/usr/bin/env tieline\n//! Counts.\n//! Read-only.\nlet x = 1;"));
        assert!(!are_announced("//! Makes a board read-only.\n"));
        assert!(!are_announced("let x = 1;\n//! read-only\n"));
    }
}
