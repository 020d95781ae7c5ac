//! Errors of single items: which end the run, and how the others are told together.

use super::super::{hints, throw::said, value::members};
use crate::error::Kind;
use rhai::{Array, Dynamic, Engine, EvalAltResult, INT, Map};

/// The mark of a task that was ended because its stack had hardly room left.
#[derive(Debug, Clone)]
pub(in crate::script) struct TooDeep;

/// Says whether an error is not the item's own but the end of everything: `exit(n)`, or an interrupt.
pub(in crate::script) fn ends_the_run(error: &EvalAltResult) -> bool {
    match error.unwrap_inner() {
        EvalAltResult::Exit(..) => true,
        EvalAltResult::ErrorTerminated(token, _) => !token.is::<TooDeep>(),
        _ => false,
    }
}

/// An item that failed.
pub(in crate::script) struct Failed {
    index: usize,
    item: Dynamic,
    error: Box<EvalAltResult>,
}

impl Failed {
    /// Takes note of what the closure threw.
    pub(in crate::script) fn new(index: usize, item: Dynamic, mut error: Box<EvalAltResult>) -> Self {
        if let EvalAltResult::ErrorTerminated(_, position) = innermost(&mut error) {
            let position = *position;
            *innermost(&mut error) = EvalAltResult::ErrorStackOverflow(position);
        }
        Failed { index, item, error }
    }

    /// Returns what a script that catches the error gets: its map, or one made of it.
    pub(in crate::script) fn caught(&self, engine: &Engine) -> Map {
        let thrown = match self.error.unwrap_inner() {
            EvalAltResult::ErrorRuntime(value, _) => members(value),
            _ => None,
        };
        let mut map: Map = thrown.unwrap_or_default().into_iter().map(|(name, value)| (name.into(), value)).collect();
        if !map.contains_key("message") {
            let (message, hint) = hints::explain(engine, self.error.unwrap_inner(), "");
            map.insert("message".into(), message.into());
            map.insert("hint".into(), hint.map_or(Dynamic::UNIT, Dynamic::from));
        }
        // Neither what a script throws itself nor what Rhai throws has a kind.
        let refused = map.get("message").is_some_and(|message| message.to_string().starts_with("Client error: "));
        map.entry("kind".into()).or_insert_with(|| if refused { Kind::Client.name() } else { "script" }.into());
        if let Some(line) = self.error.unwrap_inner().position().line().and_then(|line| INT::try_from(line).ok()) {
            map.entry("line".into()).or_insert_with(|| line.into());
        }
        map
    }

    /// Returns the index as scripts count.
    pub(in crate::script) fn index(&self) -> INT {
        INT::try_from(self.index).unwrap_or(INT::MAX)
    }

    fn row(&self, engine: &Engine) -> Dynamic {
        let error = self.caught(engine).into();
        Map::from([("index".into(), self.index().into()), ("item".into(), self.item.clone()), ("error".into(), error)])
            .into()
    }
}

/// Makes one error of all: the first one with its place, saying how many of how many failed, with every one in `details`.
pub(super) fn together(engine: &Engine, mut failed: Vec<Failed>, all: usize) -> Option<Box<EvalAltResult>> {
    failed.sort_by_key(|failed| failed.index);
    let rows: Array = failed.iter().map(|failed| failed.row(engine)).collect();
    let count = failed.len();
    let mut first = failed.into_iter().next()?;
    let mut map = first.caught(engine);
    map.remove("line");
    let message = map.get("message").map(ToString::to_string).unwrap_or_default();
    let message = format!("{count} of {all} items failed; the first, at index {}: {message}", first.index);
    map.insert("message".into(), said(&message));
    map.insert("details".into(), rows.into());
    let position = first.error.unwrap_inner().position();
    *innermost(&mut first.error) = EvalAltResult::ErrorRuntime(map.into(), position);
    Some(first.error)
}

fn innermost(error: &mut EvalAltResult) -> &mut EvalAltResult {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            innermost(inner)
        }
        leaf => leaf,
    }
}
