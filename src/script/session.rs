//! What the entries of a prompt leave behind: variables, functions, and their texts for reports.

use super::trace::Failure;
use rhai::{AST, Dynamic, Scope};

/// The name of what was typed last, in reports.
const INPUT: &str = "input";

/// The name under which the last result can be used.
const RESULT: &str = "it";

/// A prompt's memory. Its functions are one text to the engine, in which each entry has lines of its own: only so can a
/// function of an earlier entry say where it went wrong.
#[derive(Default)]
pub(super) struct Session {
    pub scope: Scope<'static>,
    pub functions: AST,
    entries: Vec<Entry>,
    lines: usize,
}

struct Entry {
    source: String,
    text: String,
    /// How many lines stand before it.
    before: usize,
}

impl Session {
    /// Takes in the text of an entry that comes from `source`, or was typed, and returns it moved to its lines.
    pub fn add(&mut self, source: Option<&str>, text: &str) -> String {
        let number = self.entries.len();
        if let Some(last) = self.entries.last_mut().filter(|last| last.source == INPUT) {
            last.source = format!("{INPUT} {number}");
        }
        let moved = format!("{}{text}", "\n".repeat(self.lines));
        let source = source.unwrap_or(INPUT).to_owned();
        self.entries.push(Entry { source, text: text.to_owned(), before: self.lines });
        self.lines += text.lines().count().max(1);
        moved
    }

    /// Keeps the functions of an entry that was compiled; returns all there are, with the entry's statements.
    pub fn extended(&self, entry: AST) -> AST {
        let mut whole = self.functions.clone();
        whole += entry;
        whole.set_source(INPUT);
        whole
    }

    /// Keeps what was declared, whether the entry ended well or not.
    pub fn keep(&mut self, mut whole: AST) {
        whole.clear_statements();
        self.functions = whole;
    }

    /// Leads the places of a report back to the entries they are in.
    pub fn placed(&self, mut failure: Failure) -> Failure {
        for frame in failure.report.frames.iter_mut().filter(|frame| frame.source == INPUT && frame.line > 0) {
            if let Some(entry) = self.entries.iter().rev().find(|entry| entry.before < frame.line) {
                frame.source.clone_from(&entry.source);
                frame.line -= entry.before;
            }
        }
        failure
    }

    /// Returns the text of an entry.
    pub fn text_of(&self, source: &str) -> Option<&str> {
        self.entries.iter().rev().find(|entry| entry.source == source).map(|entry| entry.text.as_str())
    }

    /// Makes `value` the last result, unless the user has made that name a constant.
    pub fn remember(&mut self, value: &Dynamic) {
        if self.scope.is_constant(RESULT) != Some(true) {
            self.scope.set_value(RESULT, value.clone());
        }
    }
}
