//! The prompt. The only user of rustyline.

mod commands;
mod complete;
mod fold;
mod help;
mod helper;
mod highlight;
mod history;
mod input;
mod lex;
mod place;
mod save;
mod secrets;
mod session;
mod show;
mod table;
#[cfg(test)]
pub(super) mod tests;

use super::{Setup, host};
use crate::{
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::Arguments,
};
use helper::Helper;
use history::History;
use rustyline::{ColorMode, CompletionType, Config, Editor, error::ReadlineError, history::MemHistory};
use session::Session;
use std::{cell::RefCell, path::Path, rc::Rc};

/// What stands before an entry, and before each further line of it.
const PROMPTS: [&str; 2] = ["tieline> ", "...> "];

/// How many lines the editor remembers.
const REMEMBERED: usize = 5000;

/// Starts the prompt, with what the script `load` declares; returns the exit code of the session.
pub(super) fn run(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, load: Option<&Path>) -> Result<u8> {
    let mut host = host(context, setup, interrupt, Arguments::new("repl", Vec::new()))?;
    host.load_all();
    let world = host.world().clone();
    let host = Rc::new(RefCell::new(host));
    let mut prompt = Prompt::new(host.clone(), context.clone())?;
    let practice = if setup.sandbox { ", practice servers" } else { "" };
    context.note(&format!("tieline {}{practice}. `help` explains, Ctrl-D ends.", env!("TIELINE_VERSION")));
    let mut session = Session::new(host, context.clone(), interrupt.clone());
    let loaded = load.and_then(|script| session.load(&script.to_string_lossy()));
    let code = loaded.map_or_else(|| prompt.work(&mut session), Ok);
    world.close();
    code
}

/// The line editor, and what it remembers.
struct Prompt {
    context: Rc<Context>,
    editor: Editor<Helper, MemHistory>,
    history: History,
}

/// What came of asking for an entry.
enum Asked {
    Entry(String),
    Cleared,
    End,
}

impl Prompt {
    fn new(host: Rc<RefCell<crate::script::Host>>, context: Rc<Context>) -> Result<Self> {
        let color = context.color && context.output_is_terminal;
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .color_mode(if color { ColorMode::Enabled } else { ColorMode::Disabled })
            .max_history_size(REMEMBERED)
            .map_err(|e| broken(&e))?
            .build();
        let memory = MemHistory::with_config(&config);
        let mut editor = Editor::with_history(config, memory).map_err(|e| broken(&e))?;
        editor.set_helper(Some(Helper::new(host, context.clone())));
        let mut prompt = Prompt { history: history(&context), context, editor };
        prompt.recall()?;
        Ok(prompt)
    }

    /// Gives the editor what the history holds now.
    fn recall(&mut self) -> Result<()> {
        self.editor.clear_history().map_err(|e| broken(&e))?;
        for entry in self.history.entries() {
            self.editor.add_history_entry(entry).map_err(|e| broken(&e))?;
        }
        Ok(())
    }

    /// Reads and runs entries until the end; returns the exit code.
    fn work(&mut self, session: &mut Session) -> Result<u8> {
        loop {
            match self.ask(session)? {
                Asked::End => return Ok(0),
                Asked::Cleared => {}
                Asked::Entry(text) if text.trim().is_empty() => {}
                Asked::Entry(text) => {
                    self.keep(&text)?;
                    if let Some(code) = session.entry(&text) {
                        return Ok(code);
                    }
                    self.cleanse()?;
                }
            }
        }
    }

    /// Asks for lines until they are an entry.
    fn ask(&mut self, session: &Session) -> Result<Asked> {
        let mut text = String::new();
        loop {
            if let Some(helper) = self.editor.helper_mut() {
                helper.before.clone_from(&text);
            }
            match self.editor.readline(PROMPTS[usize::from(!text.is_empty())]) {
                Ok(line) => text.push_str(&line),
                Err(ReadlineError::Interrupted) => return Ok(Asked::Cleared),
                Err(ReadlineError::Eof) if text.is_empty() => return Ok(Asked::End),
                Err(ReadlineError::Eof) => return Ok(Asked::Entry(text)),
                Err(error) => return Err(broken(&error)),
            }
            if !session.goes_on(&text) {
                return Ok(Asked::Entry(text));
            }
            text.push('\n');
        }
    }

    /// Puts an entry into the history, unless it holds a secret.
    fn keep(&mut self, text: &str) -> Result<()> {
        match self.history.add(text) {
            Ok(true) => drop(self.editor.add_history_entry(text).map_err(|e| broken(&e))?),
            Ok(false) => self.context.note("not kept in the history: there is a secret in it"),
            Err(error) => self.context.note(&format!("warning: cannot write the history: {error}")),
        }
        Ok(())
    }

    /// Takes out of the history what the last entry made known as a secret.
    fn cleanse(&mut self) -> Result<()> {
        match self.history.cleanse() {
            Ok(true) => self.recall(),
            Ok(false) => Ok(()),
            Err(error) => {
                self.context
                    .say(&format!("warning: there is a secret in the history that cannot be taken out: {error}"));
                Ok(())
            }
        }
    }
}

/// Opens the history; a prompt without one is still a prompt.
fn history(context: &Context) -> History {
    let Some(folder) = context.state_dir().filter(|_| context.interactive) else { return History::default() };
    History::open(&folder).unwrap_or_else(|error| {
        context.note(&format!("warning: there is no history: {}: {error}", folder.display()));
        History::default()
    })
}

fn broken(error: &ReadlineError) -> Box<Error> {
    Error::client(format_args!("the terminal cannot be read: {error}"))
}
