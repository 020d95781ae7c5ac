//! Scripts in files: how they are read, and how one imports another that lies beside it.

use super::throw::into_script;
use crate::error::{Error, Result};
use rhai::{AST, Engine, EvalAltResult, Expr, Module, ModuleResolver, Position, Scope, Shared, Stmt};
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
};

/// Finds the files that `import` names, beside the file that imports. Rhai's own resolver would follow a circle until
/// the stack ends, and forgets where a file lies.
#[derive(Default)]
pub(super) struct Beside {
    known: RefCell<HashMap<PathBuf, Shared<Module>>>,
    /// The files that are being read, the outermost first.
    open: RefCell<Vec<PathBuf>>,
}

impl ModuleResolver for Beside {
    fn resolve(
        &self,
        engine: &Engine,
        source: Option<&str>,
        name: &str,
        position: Position,
    ) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
        let path = beside(source, name);
        if let Some(module) = self.known.borrow().get(&path) {
            return Ok(module.clone());
        }
        if !path.is_file() {
            return Err(Box::new(EvalAltResult::ErrorModuleNotFound(name.to_owned(), position)));
        }
        self.enter(&path).map_err(into_script)?;
        let read = load(engine, &path);
        self.open.borrow_mut().pop();
        let module =
            read.map_err(|e| Box::new(EvalAltResult::ErrorInModule(path.to_string_lossy().into_owned(), e, position)))?;
        self.known.borrow_mut().insert(path, module.clone());
        Ok(module)
    }
}

impl Beside {
    /// Notes that `path` is being read, unless it is already.
    fn enter(&self, path: &Path) -> Result<()> {
        let mut open = self.open.borrow_mut();
        let same = |other: &Path| other.canonicalize().ok() == path.canonicalize().ok();
        if open.iter().any(|other| same(other)) {
            let way: Vec<String> =
                open.iter().chain([&path.to_owned()]).map(|path| path.display().to_string()).collect();
            return Err(Error::client(format_args!("these files import each other in a circle: {}", way.join(" → ")))
                .hint("move what they share into a file of its own"));
        }
        open.push(path.to_owned());
        Ok(())
    }
}

fn load(engine: &Engine, path: &Path) -> std::result::Result<Shared<Module>, Box<EvalAltResult>> {
    let text = read_script(path).map_err(into_script)?;
    let mut ast = engine.compile(without_shebang(&text))?;
    ast.set_source(path.to_string_lossy().into_owned());
    if takes_parameters(&ast) {
        // The command line is not this script's.
        ast.clear_statements();
    }
    Module::eval_ast_as_new(Scope::new(), &ast, engine).map(Shared::new)
}

/// Says whether a text is a script with parameters of its own: whoever imports it wants its functions, not a run.
fn takes_parameters(ast: &AST) -> bool {
    ast.statements().iter().any(|statement| {
        let Stmt::Var(parts, ..) = statement else { return false };
        matches!(&parts.1, Expr::FnCall(call, _) if call.name == "params" && call.args.len() == 1)
    })
}

/// Returns the file that `name` means in `source`.
pub(super) fn beside(source: Option<&str>, name: &str) -> PathBuf {
    let folder = source.and_then(|source| Path::new(source).parent()).unwrap_or(Path::new(""));
    let whole = Path::new(name).extension().is_some_and(|ending| ending == "rhai");
    let file = if whole { name.to_owned() } else { format!("{name}.rhai") };
    folder.join(file)
}

/// Reads a script; says where it is not UTF-8.
pub(super) fn read_script(path: &Path) -> Result<String> {
    let place = path.display();
    let bytes = std::fs::read(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => {
            Error::client(format_args!("there is no script {place}, nor a command of that name"))
                .hint("tieline --help lists the commands")
        }
        _ => Error::client(format_args!("cannot read {place}: {e}")),
    })?;
    String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let line = String::from_utf8_lossy(&e.as_bytes()[..good]).matches('\n').count() + 1;
        Error::client(format_args!("{place} is not UTF-8: the byte at {good} (line {line}) fits no character"))
            .hint("save the file in UTF-8")
    })
}

/// Turns `#!…` into an empty comment, so that the line numbers stay.
pub(super) fn without_shebang(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.split_inclusive('\n').next().filter(|line| line.starts_with("#!"));
    line.map_or_else(|| text.to_owned(), |line| format!("//\n{}", &text[line.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_a_file_beside_the_one_that_imports() {
        assert_eq!(beside(Some("lib/main.rhai"), "helper"), Path::new("lib/helper.rhai"));
        assert_eq!(beside(Some("main.rhai"), "lib/a.b"), Path::new("lib/a.b.rhai"));
        assert_eq!(beside(Some("-e"), "helper.rhai"), Path::new("helper.rhai"));
        assert_eq!(beside(None, "/opt/x"), Path::new("/opt/x.rhai"));
    }
}
