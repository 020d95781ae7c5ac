//! The tests in a script: which there are, and running one.

use super::{
    host::{Ending, Host},
    modules::read_script,
    trace::Failure,
};
use crate::error::Error;
use rhai::{AST, CallFnOptions, Dynamic, FnAccess, Scope};
use std::path::Path;

/// How the functions are called that are tests.
const PREFIX: &str = "test_";

impl Host {
    /// Returns the names of the tests in the script at `path`, in their order.
    pub fn tests(&mut self, path: &Path) -> Result<Vec<String>, Failure> {
        let (ast, text) = self.read(path)?;
        let tests = ast.iter_functions().filter(|f| {
            f.name.starts_with(PREFIX) && f.params.is_empty() && f.this_type.is_none() && f.access == FnAccess::Public
        });
        let mut names: Vec<String> = tests.map(|f| f.name.to_owned()).collect();
        names.sort_by_key(|name| text.find(&format!("fn {name}(")).unwrap_or(text.len()));
        Ok(names)
    }

    /// Runs the test `name` of the script at `path`, its statements first; then what the run began is ended.
    pub fn run_test(&mut self, path: &Path, name: &str) -> Result<(), Failure> {
        let (ast, _) = self.read(path)?;
        let source = path.to_string_lossy();
        let options = CallFnOptions::new().eval_ast(true).rewind_scope(true);
        let done = self.engine().call_fn_with_options::<Dynamic>(options, &mut Scope::new(), &ast, name, ());
        let done = match self.ended(&source, done) {
            Ok(Ending::Value(_)) => Ok(()),
            Ok(Ending::Exit(code)) => Err(left(code)),
            Err(failure) => Err(failure),
        };
        self.world().close();
        let complaints = self.world().fakes.as_ref().map(super::fake::Fakes::complaints).unwrap_or_default();
        match complaints.into_iter().next() {
            Some(complaint) => Err(complained(complaint, done.err())),
            None => done,
        }
    }

    fn read(&mut self, path: &Path) -> Result<(AST, String), Failure> {
        let text = read_script(path)?;
        Ok((self.compile(&path.to_string_lossy(), &text)?, text))
    }
}

/// A test that ends the script has not seen its own end.
fn left(code: u8) -> Failure {
    Failure::from(Error::client(format_args!("the test ended by exit({code})")))
}

/// What a fake complains of says more than the error that followed from it; the error still says where.
fn complained(complaint: String, failure: Option<Failure>) -> Failure {
    let mut failure = failure.unwrap_or_else(|| Failure::from(Error::client("")));
    failure.report.message = format!("fake server: {complaint}");
    failure.report.hint = None;
    failure
}
