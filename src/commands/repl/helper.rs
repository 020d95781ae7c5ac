//! What the line editor asks while a line is typed.

use super::{complete, highlight::colored};
use crate::{context::Context, script::Host};
use rustyline::{
    Helper as Help,
    completion::{Completer, Pair},
    highlight::{CmdKind, Highlighter},
    hint::Hinter,
    validate::Validator,
};
use std::{borrow::Cow, cell::RefCell, rc::Rc};

/// Completion and colours for one line, which the lines before it say how to read.
pub(super) struct Helper {
    host: Rc<RefCell<Host>>,
    context: Rc<Context>,
    /// The lines of this entry before the one that is typed.
    pub before: String,
}

impl Helper {
    /// Makes the helper of a prompt.
    pub fn new(host: Rc<RefCell<Host>>, context: Rc<Context>) -> Self {
        Helper { host, context, before: String::new() }
    }
}

impl Completer for Helper {
    type Candidate = Pair;

    fn complete(&self, line: &str, cursor: usize, _: &rustyline::Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let text = format!("{}{}", self.before, &line[..cursor]);
        let (start, offers) = complete::offers(&self.host.borrow(), &text);
        let start = start.saturating_sub(self.before.len());
        Ok((start, complete::listed(offers, self.context.width())))
    }
}

impl Highlighter for Helper {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(colored(&format!("{}{line}", self.before), self.before.len()))
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

impl Hinter for Helper {
    type Hint = String;
}

impl Validator for Helper {}

impl Help for Helper {}
