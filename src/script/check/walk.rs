//! The way through a script: which variables there are at each place, and what their values are.

use super::{
    Finding,
    code::{Code, Function},
    facts::{Facts, Kind},
    known::{Known, Module},
};
use crate::services::{SERVICES, Service};
use rhai::{ASTFlags, BinaryExpr, Expr, FlowControl, FnCallExpr, Position, Stmt};

/// One walk.
pub(super) struct Walk<'a> {
    pub known: &'a Known,
    pub code: &'a Code,
    /// What an earlier walk learned.
    pub facts: &'a Facts,
    /// What this one learns.
    pub learned: Facts,
    pub findings: Vec<Finding>,
    /// The variables, the innermost last.
    scopes: Vec<(String, Kind)>,
    /// What `this` is.
    this: Kind,
    /// What the function returns that is walked through.
    returns: Vec<Kind>,
    /// Functions that are handed on as values.
    handed: Vec<String>,
    /// The script's declared parameters, with their places.
    pub declared: Vec<(String, Position)>,
    /// Whether all parameters may be read at once.
    pub escaped: bool,
}

impl<'a> Walk<'a> {
    /// Prepares a walk.
    pub fn new(known: &'a Known, code: &'a Code, facts: &'a Facts) -> Self {
        Walk {
            known,
            code,
            facts,
            learned: Facts::default(),
            findings: Vec::new(),
            scopes: Vec::new(),
            this: Kind::Unknown,
            returns: Vec::new(),
            handed: Vec::new(),
            declared: Vec::new(),
            escaped: false,
        }
    }

    /// Walks, and returns what was learned and found.
    pub fn finish(mut self) -> (Facts, Vec<Finding>) {
        let code = self.code;
        self.imports();
        self.block(&code.statements);
        code.functions.iter().filter(|f| !f.is_closure()).for_each(|function| self.function(function));
        for name in code.mentioned.iter().chain(&self.handed) {
            self.learned.called_by_name(name);
        }
        self.unused();
        (self.learned, self.findings)
    }

    /// Notes something that is wrong.
    pub fn wrong(&mut self, code: &'static str, position: Position, message: String, hint: Option<String>) {
        self.findings.push(Finding::new(code, position, message, hint));
    }

    fn imports(&mut self) {
        for import in &self.code.imports {
            if matches!(self.known.module(&import.alias), Some(Module::Missing)) {
                let hint = "import takes the path of a .rhai file beside the script, without the ending";
                let message = format!("there is no module \"{}\"", import.path);
                self.wrong("module", import.position, message, Some(hint.to_owned()));
            }
        }
    }

    fn unused(&mut self) {
        if self.escaped {
            return;
        }
        for (name, position) in std::mem::take(&mut self.declared) {
            if !self.code.mentioned.contains(&name) {
                let message = format!("the parameter `{name}` is declared and never read");
                self.findings.push(Finding::new("unused", position, message, None).warning());
            }
        }
    }

    fn function(&mut self, function: &'a Function) {
        let (name, arity) = (function.name.as_str(), function.parameters.len());
        let plain = function.receiver.is_none();
        let known = |place| if plain { self.facts.parameter(name, arity, place) } else { Kind::Unknown };
        self.scopes = function.parameters.iter().enumerate().map(|(place, p)| (p.clone(), known(place))).collect();
        self.this = function.receiver.as_deref().and_then(service_of).map_or(Kind::Unknown, Kind::Connection);
        let last = self.block(&function.body);
        let kind = std::mem::take(&mut self.returns).into_iter().fold(last, |one, other| self.either(one, other));
        if plain {
            self.learned.returned(name, arity, kind);
        }
        self.this = Kind::Unknown;
    }

    /// Walks through a block and returns what its last statement is.
    fn block(&mut self, statements: &'a [Stmt]) -> Kind {
        let depth = self.scopes.len();
        let last = statements.iter().fold(Kind::Unknown, |_, statement| self.statement(statement));
        self.scopes.truncate(depth);
        last
    }

    fn statement(&mut self, statement: &'a Stmt) -> Kind {
        match statement {
            Stmt::Var(parts, ..) => {
                let kind = self.kind(&parts.1);
                self.declare(&parts.0.name, kind);
            }
            Stmt::Assignment(assignment) => self.pair(&assignment.1),
            Stmt::FnCall(call, position) => return self.call(call, *position),
            Stmt::Expr(expression) => return self.kind(expression),
            Stmt::Block(block) => return self.block(block.statements()),
            Stmt::If(flow, _) => {
                self.value(&flow.expr);
                let body = self.block(flow.body.statements());
                let branch = self.block(flow.branch.statements());
                return self.either(body, branch);
            }
            Stmt::Switch(switch, _) => {
                self.value(&switch.0);
                switch.1.expressions.iter().for_each(|case| self.pair(case));
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.value(&flow.expr);
                self.block(flow.body.statements());
            }
            Stmt::For(parts, _) => self.repeat(&parts.2, [Some(&parts.0), parts.1.as_ref()]),
            Stmt::TryCatch(flow, _) => self.attempt(flow),
            Stmt::Return(Some(expression), flags, _) => {
                let kind = self.kind(expression);
                if !flags.contains(ASTFlags::BREAK) {
                    self.returns.push(kind);
                }
            }
            Stmt::Return(None, flags, _) if !flags.contains(ASTFlags::BREAK) => self.returns.push(Kind::Unknown),
            Stmt::BreakLoop(Some(expression), ..) => self.value(expression),
            Stmt::Import(import, _) => self.value(&import.0),
            _ => {}
        }
        Kind::Unknown
    }

    /// Returns what a value is that is one or the other. What is no longer followed may be read anywhere.
    fn either(&mut self, one: Kind, other: Kind) -> Kind {
        self.escaped |= one != other && (one == Kind::Parameters || other == Kind::Parameters);
        one.or(other)
    }

    fn declare(&mut self, name: &str, kind: Kind) {
        let stays = !self.code.assigned.contains(name);
        self.escaped |= !stays && kind == Kind::Parameters;
        self.scopes.push((name.to_owned(), if stays { kind } else { Kind::Unknown }));
    }

    fn repeat(&mut self, flow: &'a FlowControl, names: [Option<&'a rhai::Ident>; 2]) {
        self.value(&flow.expr);
        let depth = self.scopes.len();
        names.into_iter().flatten().for_each(|name| self.scopes.push((name.name.to_string(), Kind::Unknown)));
        self.block(flow.body.statements());
        self.scopes.truncate(depth);
    }

    fn attempt(&mut self, flow: &'a FlowControl) {
        self.block(flow.body.statements());
        let depth = self.scopes.len();
        if let Expr::Variable(caught, ..) = &flow.expr {
            self.scopes.push((caught.1.to_string(), Kind::Unknown));
        }
        self.block(flow.branch.statements());
        self.scopes.truncate(depth);
    }

    fn pair(&mut self, pair: &'a BinaryExpr) {
        self.value(&pair.lhs);
        self.value(&pair.rhs);
    }

    /// Walks through an expression whose value goes where it is not followed.
    pub fn value(&mut self, expression: &'a Expr) {
        if self.kind(expression) == Kind::Parameters {
            self.escaped = true;
        }
    }

    /// Walks through an expression and returns what it is.
    pub fn kind(&mut self, expression: &'a Expr) -> Kind {
        match expression {
            Expr::Variable(variable, _, position) if variable.2.is_empty() => {
                return self.variable(&variable.1, *position);
            }
            Expr::ThisPtr(_) => return self.this,
            Expr::DynamicConstant(value, _) => {
                if let Some(function) = value.read_lock::<rhai::FnPtr>() {
                    self.closure(function.fn_name(), &[]);
                }
            }
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter().for_each(|part| self.value(part));
            }
            Expr::Map(map, _) => {
                for (name, value) in &map.0 {
                    self.member(&name.name, value);
                }
            }
            Expr::Stmt(block) => return self.block(block.statements()),
            Expr::FnCall(call, position) => return self.call(call, *position),
            Expr::Dot(pair, ..) => {
                let on = self.kind(&pair.lhs);
                return self.dot(on, &pair.rhs);
            }
            Expr::Index(pair, flags, _) => {
                let on = self.kind(&pair.lhs);
                self.index(on, &pair.rhs, *flags);
            }
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => {
                parts.iter().for_each(|part| self.value(part));
            }
            Expr::Custom(custom, _) => custom.inputs.iter().for_each(|part| self.value(part)),
            _ => {}
        }
        Kind::Unknown
    }

    /// Follows what stands behind a dot.
    fn dot(&mut self, on: Kind, rest: &'a Expr) -> Kind {
        match rest {
            Expr::Property(property, position) => self.property(on, &property.2, *position),
            Expr::MethodCall(call, position) => self.method(on, call, *position),
            Expr::Dot(pair, ..) => {
                let inner = self.dot(on, &pair.lhs);
                self.dot(inner, &pair.rhs)
            }
            Expr::Index(pair, flags, _) => {
                let inner = self.dot(on, &pair.lhs);
                self.index(inner, &pair.rhs, *flags);
                Kind::Unknown
            }
            other => self.kind(other),
        }
    }

    /// Follows what stands in brackets, and what comes after them.
    fn index(&mut self, on: Kind, rest: &'a Expr, flags: ASTFlags) {
        let by_name = |index: &Expr| matches!(index, Expr::StringConstant(..));
        let index = match rest {
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) if !flags.contains(ASTFlags::BREAK) => &pair.lhs,
            other => other,
        };
        self.escaped |= on == Kind::Parameters && !by_name(index);
        match rest {
            Expr::Dot(pair, ..) if !flags.contains(ASTFlags::BREAK) => {
                self.value(&pair.lhs);
                self.dot(Kind::Unknown, &pair.rhs);
            }
            Expr::Index(pair, inner, _) if !flags.contains(ASTFlags::BREAK) => {
                self.value(&pair.lhs);
                self.index(Kind::Unknown, &pair.rhs, *inner);
            }
            other => self.value(other),
        }
    }

    fn variable(&mut self, name: &str, position: Position) -> Kind {
        if let Some((_, kind)) = self.scopes.iter().rev().find(|(known, _)| known == name) {
            return *kind;
        }
        if self.code.declares(name) {
            self.handed.push(name.to_owned());
            return Kind::Unknown;
        }
        let hint = self.variable_hint(name);
        self.wrong("variable", position, format!("there is no variable `{name}`"), hint);
        Kind::Unknown
    }

    /// Says whether a variable is seen here.
    pub(super) fn has_variable(&self, name: &str) -> bool {
        self.scopes.iter().any(|(known, _)| known == name)
    }

    fn variable_hint(&self, name: &str) -> Option<String> {
        let declared = self.scopes.iter().map(|(known, _)| known.as_str());
        super::hints::undeclared(name, declared, self.known.is_function(name), self.known.has_name(name))
    }

    /// Walks through a closure where it stands. What it captures comes first among its parameters.
    pub fn closure(&mut self, name: &str, captured: &[Kind]) {
        let Some(function) = self.code.functions.iter().find(|f| f.is_closure() && f.name == name) else { return };
        let kinds = captured.iter().copied().chain(std::iter::repeat(Kind::Unknown));
        let scopes = function.parameters.iter().cloned().zip(kinds).collect();
        let outer = (std::mem::replace(&mut self.scopes, scopes), std::mem::take(&mut self.returns));
        let this = std::mem::replace(&mut self.this, Kind::Unknown);
        self.block(&function.body);
        (self.scopes, self.returns) = outer;
        self.this = this;
    }

    /// Walks through the arguments of a call and returns what they are.
    pub fn arguments(&mut self, call: &'a FnCallExpr) -> Vec<Kind> {
        call.args.iter().map(|argument| self.kind(argument)).collect()
    }
}

/// Finds the service whose connections have a type of that name.
fn service_of(type_name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.type_name == type_name)
}
