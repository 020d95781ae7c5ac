//! Where values come from that a script does not give itself: the environment, and the saved sessions.

use crate::{
    auth::{
        Given, dashed,
        store::{Kind, Question, Sessions},
        variable,
    },
    context::Context,
    error::{Error, Result},
    secret::{MASK, Secret},
    services::{self, Service},
};
use std::rc::Rc;

/// How eagerly values are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetch {
    /// Wherever they are.
    All,
    /// Commands are not run and standard input is not read for a secret; it shows as the mask.
    NoSecrets,
}

impl Fetch {
    /// Says whether the value of the parameter `name` is left where it is.
    pub(super) fn leaves(self, name: &str) -> bool {
        self == Fetch::NoSecrets && services::SECRETS.contains(&name)
    }
}

/// Finds a parameter in the environment.
pub(super) fn environment(context: &Context, service: &Service, name: &str, fetch: Fetch) -> Result<Option<Given>> {
    variable_or_more(context, &variable(service, name), fetch.leaves(name))
}

/// Finds a value in the environment: as it is, in a file, or as what a command prints.
fn variable_or_more(context: &Context, variable: &str, leave: bool) -> Result<Option<Given>> {
    let given = |value: String, source: String| Ok(Some(Given { value, source }));
    if let Some(value) = context.env(variable) {
        return given(value, format!("the environment ({variable})"));
    }
    if let Some(path) = context.env(&format!("{variable}_FILE")) {
        let read = std::fs::read_to_string(&path);
        let text = read.map_err(|e| Error::client(format_args!("{variable}_FILE: cannot read {path}: {e}")))?;
        return given(one_line(&text), format!("the file {path} ({variable}_FILE)"));
    }
    let Some(command) = context.env(&format!("{variable}_COMMAND")) else { return Ok(None) };
    let source = format!("a command ({variable}_COMMAND)");
    if leave {
        return given(MASK.to_owned(), source);
    }
    let printed = context.command(&command).map_err(|why| Error::client(format_args!("{variable}_COMMAND: {why}")))?;
    given(one_line(&printed), source)
}

/// Takes off the one line end that files and commands put behind a value.
pub(super) fn one_line(text: &str) -> String {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text).to_owned()
}

/// Names the saved sessions of the user who runs this. Opens nothing yet.
pub(super) fn sessions(context: &Rc<Context>) -> Sessions {
    let asker = context.clone();
    let ask = Box::new(move |question, file: &str| passphrase(&asker, question, file));
    Sessions::new(context.config_dir(), context.voice(), ask)
}

/// Returns the store that new sessions go to when the command line does not say.
pub fn store(context: &Context) -> Result<Kind> {
    context.env("TIELINE_STORE").map_or(Ok(Kind::Keyring), |name| {
        Kind::named(&name).map_err(|error| error.hint("it was named by TIELINE_STORE"))
    })
}

const PASSPHRASE: &str = "TIELINE_PASSPHRASE";

/// Gets the passphrase of the session file from the environment or, unseen, from the terminal.
fn passphrase(context: &Context, question: Question, file: &str) -> Result<Secret> {
    if let Some(given) = variable_or_more(context, PASSPHRASE, false)? {
        return Ok(Secret::new(given.value));
    }
    if !context.interactive {
        return Err(Error::client(format_args!("{file} needs its passphrase, and there is no terminal to ask for it"))
            .hint(format!("set {PASSPHRASE}, or {PASSPHRASE}_FILE, or {PASSPHRASE}_COMMAND")));
    }
    if question == Question::Old {
        return context.ask_secret(&format!("Passphrase of {file}: "));
    }
    let first = context.ask_secret(&format!("New passphrase for {file}: "))?;
    let again = context.ask_secret("The same passphrase again: ")?;
    if first == again { Ok(first) } else { Err(Error::client("the two passphrases differ")) }
}

/// Returns where a parameter of the command line came from, for people.
pub(super) fn flag(name: &str) -> String {
    format!("the command line (--{})", dashed(name))
}
