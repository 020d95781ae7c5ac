//! `tieline check`: what is wrong with a script, found without running it.
//!
//! What is not certain is not said: a value whose type the text does not tell may be anything.

mod calls;
mod code;
mod connections;
mod facts;
mod known;
mod routes;
mod secrets;
mod walk;
mod writes;

use super::{
    hints,
    host::Host,
    modules::{read_script, without_shebang},
};
use crate::error::Result;
use code::Code;
use facts::Facts;
use known::Known;
use rhai::{EvalAltResult, ParseError, Position};
use std::path::Path;
use walk::Walk;

/// How often what calls tell of parameters and results is handed on to the functions they lead to.
const PASSES: usize = 4;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The script fails there, or does what it must not.
    Error,
    /// It may be meant so.
    Warning,
}

impl Severity {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Something that is wrong with a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, in one word.
    pub code: &'static str,
    /// One sentence for people.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    fn new(code: &'static str, position: Position, message: String, hint: Option<String>) -> Self {
        let (line, column) = (position.line().unwrap_or(1), position.position().unwrap_or(1));
        Finding { line, column, severity: Severity::Error, code, message, hint }
    }

    fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }
}

impl Host {
    /// Returns what is wrong with the script at `path`, in the order of its lines. Runs and sends nothing.
    pub fn check_file(&mut self, path: &Path) -> Result<Vec<Finding>> {
        let text = read_script(path)?;
        Ok(self.check(&path.to_string_lossy(), &text))
    }

    /// Returns what is wrong with `text`, which came from `source`.
    pub fn check(&mut self, source: &str, text: &str) -> Vec<Finding> {
        self.load_all();
        self.keep_source(source, text);
        let plain = without_shebang(text);
        let mut findings = match self.tolerant(&plain) {
            Ok(code) => self.judged(&code, source, text),
            Err(error) => vec![self.refusal(error, &plain)],
        };
        findings.extend(secrets::shapes(text));
        findings.sort_by(|a, b| (a.line, a.column, a.code).cmp(&(b.line, b.column, b.code)));
        findings.dedup_by(|a, b| (a.line, a.column, a.code) == (b.line, b.column, b.code));
        findings
    }

    /// Compiles `text` so that one unknown variable does not hide the next.
    fn tolerant(&mut self, text: &str) -> std::result::Result<Code, ParseError> {
        self.set_strict(false);
        let compiled = self.engine().compile(text);
        self.set_strict(true);
        compiled.map(|ast| Code::new(&ast))
    }

    fn judged(&self, code: &Code, source: &str, text: &str) -> Vec<Finding> {
        let known = Known::new(self.engine(), code, source);
        let mut facts = Facts::default();
        for _ in 1..PASSES {
            facts = Walk::new(&known, code, &facts).finish().0;
        }
        let mut findings = Walk::new(&known, code, &facts).finish().1;
        if !writes::are_announced(text) {
            findings.retain(|finding| finding.code != writes::CODE);
        }
        // The engine has the last word on what it would refuse.
        if findings.is_empty()
            && let Err(error) = self.engine().compile(without_shebang(text))
        {
            findings.push(self.refusal(error, text));
        }
        findings
    }

    fn refusal(&self, error: ParseError, text: &str) -> Finding {
        let position = error.position();
        let (message, hint) = hints::explain(self.engine(), &EvalAltResult::from(error), text);
        let message = message.strip_prefix("Client error: ").map(str::to_owned).unwrap_or(message);
        Finding::new("syntax", position, message, hint)
    }
}
