//! A compiled text in the shape that a check walks through, and what one look over it tells.

use rhai::{AST, ASTNode, Expr, Module, Position, ScriptFuncDef, Stmt};
use std::collections::HashSet;

/// A script.
pub(super) struct Code {
    /// What runs first.
    pub statements: Vec<Stmt>,
    /// Its functions, closures too.
    pub functions: Vec<Function>,
    /// Variables that are given another value somewhere.
    pub assigned: HashSet<String>,
    /// Names of members that the script makes: a function may be in them.
    pub members: HashSet<String>,
    /// Names that are read as members or stand in texts.
    pub mentioned: HashSet<String>,
    /// What it imports.
    pub imports: Vec<Import>,
    /// Whether text is run that is not known before.
    pub evaluates: bool,
    /// Whether it declares tests, whose servers are fakes.
    pub tests: bool,
}

/// A module that is imported by a path that stands in the text.
pub(super) struct Import {
    /// The path.
    pub path: String,
    /// The script's name for it.
    pub alias: String,
    /// Where the path stands.
    pub position: Position,
}

/// One function.
pub(super) struct Function {
    /// Its name.
    pub name: String,
    /// The type it is a method of.
    pub receiver: Option<String>,
    /// Its parameters; those of a closure start with what it captures.
    pub parameters: Vec<String>,
    /// What it does.
    pub body: Vec<Stmt>,
}

impl Code {
    /// Takes `ast` apart.
    pub fn new(ast: &AST) -> Self {
        let functions: Vec<Function> = ast.iter_fn_def().map(|def| Function::new(def)).collect();
        let tests = functions.iter().any(|f| f.name.starts_with("test_") && f.parameters.is_empty());
        let mut code = Code {
            statements: ast.statements().to_vec(),
            functions,
            assigned: HashSet::new(),
            members: HashSet::new(),
            mentioned: HashSet::new(),
            imports: Vec::new(),
            evaluates: false,
            tests,
        };
        ast.walk(&mut |path| {
            match path.last() {
                Some(ASTNode::Stmt(statement)) => code.note_statement(statement),
                Some(ASTNode::Expr(expression)) => code.note(expression),
                _ => {}
            }
            true
        });
        code
    }

    /// Finds a function that is no method.
    pub fn plain(&self, name: &str, arity: usize) -> Option<&Function> {
        self.functions.iter().find(|f| f.receiver.is_none() && f.name == name && f.parameters.len() == arity)
    }

    /// Says whether the script has a function of this name.
    pub fn declares(&self, name: &str) -> bool {
        self.functions.iter().any(|f| f.receiver.is_none() && f.name == name)
    }

    fn note_statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assignment(assignment) => self.note_target(&assignment.1.lhs),
            Stmt::FnCall(call, _) => self.evaluates |= call.name == "eval",
            Stmt::Import(import, _) => {
                if let Expr::StringConstant(path, position) = &import.0 {
                    let (path, alias) = (path.to_string(), import.1.name.to_string());
                    self.imports.push(Import { path, alias, position: *position });
                }
            }
            _ => {}
        }
    }

    fn note_target(&mut self, target: &Expr) {
        match target {
            Expr::Variable(variable, ..) => {
                self.assigned.insert(variable.1.to_string());
            }
            Expr::Property(property, _) => {
                self.members.insert(property.2.to_string());
            }
            Expr::StringConstant(name, _) => {
                self.members.insert(name.to_string());
            }
            Expr::Dot(pair, ..) | Expr::Index(pair, ..) => self.note_target(&pair.rhs),
            _ => {}
        }
    }

    fn note(&mut self, expression: &Expr) {
        match expression {
            Expr::Map(map, _) => self.members.extend(map.0.iter().map(|(name, _)| name.name.to_string())),
            Expr::Property(property, _) => {
                self.mentioned.insert(property.2.to_string());
            }
            Expr::StringConstant(text, _) => {
                self.mentioned.insert(text.to_string());
            }
            Expr::FnCall(call, _) => self.evaluates |= call.name == "eval",
            _ => {}
        }
    }
}

impl Function {
    fn new(def: &ScriptFuncDef) -> Self {
        Function {
            name: def.name.to_string(),
            receiver: def.this_type.as_ref().map(ToString::to_string),
            parameters: def.params.iter().map(ToString::to_string).collect(),
            body: body(def),
        }
    }

    /// Says whether it is a closure.
    pub fn is_closure(&self) -> bool {
        self.name.starts_with("anon$")
    }
}

/// Returns the statements of a function. The engine shows them only to who walks through a whole script, so this makes
/// a script of the one function.
fn body(def: &ScriptFuncDef) -> Vec<Stmt> {
    let mut module = Module::new();
    module.set_script_fn(def.clone());
    let mut statements = Vec::new();
    AST::new_from_module(module).walk(&mut |path| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements
}
