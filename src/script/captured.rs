//! Connections that closures capture.
//!
//! The engine locks a captured variable for as long as the rest of its line works on what its method returned, so
//! `jira.search(…).map(|i| jira.issue(i.key))` would find its own connection locked. A connection is a handle and never
//! changes: each use of such a variable gets a handle of its own.

use super::companion;
use rhai::{AST, ASTNode, Dynamic, Engine, EvalContext, Stmt};
use std::{cell::RefCell, collections::HashSet, rc::Rc};

/// The names of the variables that closures of the run's scripts capture. Copies share it.
#[derive(Clone, Default)]
pub(super) struct Captured {
    names: Rc<RefCell<HashSet<String>>>,
    /// Whether the engine asks for each variable. It is slower then, so only where a closure captures something.
    asked: bool,
}

impl Captured {
    /// Notes what the closures of a script capture that `engine` is to run.
    pub(super) fn note(&mut self, engine: &mut Engine, ast: &AST) {
        let mut names = self.names.borrow_mut();
        ast.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Stmt(Stmt::Share(captured))) = path.last() {
                names.extend(captured.iter().map(|(name, _)| name.name.to_string()));
            }
            true
        });
        let any = !names.is_empty();
        drop(names);
        if any && !self.asked {
            self.asked = true;
            register(engine, self.clone());
        }
    }

    /// Returns a handle of its own, where `name` is a connection that a closure captured.
    fn handle(&self, name: &str, context: &EvalContext) -> Option<Dynamic> {
        if !self.names.borrow().contains(name) {
            return None;
        }
        let value = context.scope().get(name).filter(|value| value.is_shared())?;
        companion::account(value).map(|_| value.flatten_clone())
    }
}

/// Lets the engine ask for each variable.
#[allow(deprecated)] // marked so only because it may change; the version is pinned
fn register(engine: &mut Engine, captured: Captured) {
    engine.on_var(move |name, _, context| Ok(captured.handle(name, &context)));
}
