//! Rhai's errors to reports: what happened, where in the user's script, and which exit code follows.

use super::{hints, throw};
use crate::{
    error::Kind,
    report::{Frame, Report},
};
use rhai::{Engine, EvalAltResult, Position};

/// The exit code of a script that ended with an error of its own.
const SCRIPT_FAILED: u8 = 1;

/// How a script that did not end well ended.
#[derive(Debug)]
pub struct Failure {
    /// What to show.
    pub report: Report,
    /// The exit code.
    pub exit: u8,
}

impl From<Box<crate::error::Error>> for Failure {
    fn from(error: Box<crate::error::Error>) -> Self {
        Failure { report: Report::plain(&error), exit: error.kind.exit_code() }
    }
}

/// Explains `error`, which ended the script called `source`. `text_of` finds the text of a source.
pub(super) fn failure(
    engine: &Engine,
    source: &str,
    error: &EvalAltResult,
    text_of: impl Fn(&str) -> Option<String>,
) -> Failure {
    let mut frames = Vec::new();
    let leaf = walk(error, source.to_owned(), &mut frames);
    frames.reverse();
    if let EvalAltResult::ErrorTerminated(..) = leaf {
        return Failure {
            report: Report { message: "interrupted".to_owned(), hint: None, frames },
            exit: Kind::Cancelled.exit_code(),
        };
    }
    if let Some(error) = throw::from_script(leaf) {
        let exit = error.kind.exit_code();
        return Failure { report: Report { message: error.message, hint: error.hint, frames }, exit };
    }
    let text = frames.first().and_then(|frame| text_of(&frame.source)).unwrap_or_default();
    let (message, hint) = hints::explain(engine, leaf, &text);
    let refused = matches!(leaf, EvalAltResult::ErrorParsing(..) | EvalAltResult::ErrorStackOverflow(_));
    let exit = if refused { Kind::Client.exit_code() } else { SCRIPT_FAILED };
    Failure { report: Report { message, hint, frames }, exit }
}

/// Collects the places from the outermost in, and returns the error at the bottom.
fn walk<'a>(error: &'a EvalAltResult, source: String, frames: &mut Vec<Frame>) -> &'a EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, inside, inner, position) => {
            frames.push(frame(&source, *position, Some(name)));
            walk(inner, if inside.is_empty() { source } else { inside.clone() }, frames)
        }
        EvalAltResult::ErrorInModule(path, inner, position) => {
            frames.push(frame(&source, *position, Some(path)));
            walk(inner, if path.is_empty() { source } else { path.clone() }, frames)
        }
        leaf => {
            frames.push(frame(&source, leaf.position(), None));
            leaf
        }
    }
}

fn frame(source: &str, position: Position, call: Option<&str>) -> Frame {
    let call = call.filter(|name| !name.starts_with("anon$")).map(str::to_owned);
    Frame {
        source: source.to_owned(),
        line: position.line().unwrap_or(0),
        column: position.position().unwrap_or(1),
        call,
    }
}
