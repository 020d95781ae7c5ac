//! What a bulk run came to: counted while it goes, shown as a bar, told at the end.

use super::super::{natives::table_text, scheduler::Failed};
use crate::context::Context;
use indicatif::ProgressBar;
use rhai::{Array, Dynamic, Engine, INT, Map};
use std::{cell::RefCell, rc::Rc, time::Instant};

/// How many failures the summary shows; the report has all.
const SHOWN: usize = 10;

/// How an item ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Failed,
    Skipped,
    Uncertain,
}

/// The names of the ends, in their order.
const ENDS: [&str; 4] = ["done", "failed", "skipped", "uncertain"];

/// What is said of an uncertain item.
const UNCERTAIN: &str = "an earlier run was stopped while it worked on this item; whether it was done is not known";

/// The counts and failures of a run.
pub(super) struct Report {
    context: Rc<Context>,
    bar: ProgressBar,
    began: Instant,
    counts: RefCell<[INT; 4]>,
    errors: RefCell<Vec<(INT, Map)>>,
}

impl Report {
    /// Begins to count, under `bar`.
    pub(super) fn new(context: &Rc<Context>, bar: ProgressBar) -> Self {
        let (counts, errors) = (RefCell::default(), RefCell::default());
        Report { context: context.clone(), bar, began: Instant::now(), counts, errors }
    }

    /// Counts one item.
    pub(super) fn count(&self, end: End, total: Option<usize>) {
        self.counts.borrow_mut()[end as usize] += 1;
        if let Some(total) = total.filter(|total| self.bar.length() != Some(*total as u64)) {
            self.bar.set_length(total as u64);
        }
        self.bar.inc(1);
    }

    /// Takes note of a failure; returns its message.
    pub(super) fn fail(&self, engine: &Engine, failed: &Failed, key: &str) -> String {
        let error = failed.caught(engine);
        let told = |name: &str| error.get(name).cloned().unwrap_or(Dynamic::UNIT);
        let message = told("message").to_string();
        self.row(failed.index(), key, told("kind"), told("status"), told("message"));
        message
    }

    /// Takes note of an item of which nobody knows whether it was done.
    pub(super) fn doubt(&self, index: usize, key: &str) {
        let index = INT::try_from(index).unwrap_or(INT::MAX);
        self.row(index, key, "uncertain".into(), Dynamic::UNIT, UNCERTAIN.into());
    }

    fn row(&self, index: INT, key: &str, kind: Dynamic, status: Dynamic, message: Dynamic) {
        let members =
            [("index", index.into()), ("key", key.into()), ("kind", kind), ("status", status), ("message", message)];
        let row = members.into_iter().map(|(name, value)| (name.into(), value)).collect();
        self.errors.borrow_mut().push((index, row));
    }

    /// Says whether there are items that were not done.
    pub(super) fn is_partial(&self) -> bool {
        let counts = self.counts.borrow();
        counts[End::Failed as usize] + counts[End::Uncertain as usize] > 0
    }

    /// Returns the report as scripts read it.
    pub(super) fn value(&self) -> Map {
        let mut map: Map = ENDS.iter().zip(*self.counts.borrow()).map(|(name, n)| ((*name).into(), n.into())).collect();
        map.insert("errors".into(), self.rows().into());
        map
    }

    fn rows(&self) -> Array {
        self.errors.borrow_mut().sort_by_key(|(index, _)| *index);
        self.errors.borrow().iter().map(|(_, row)| row.clone().into()).collect()
    }

    /// Tells the person who runs this what it came to.
    pub(super) fn tell(&self) {
        self.bar.finish_and_clear();
        if self.context.quiet {
            return;
        }
        let mut summary = self.value();
        summary.remove("errors");
        summary.insert("seconds".into(), format!("{:.1}", self.began.elapsed().as_secs_f64()).into());
        let columns = ENDS.iter().copied().chain(["seconds"]);
        self.table(&[summary.into()], columns);
        let errors = self.rows();
        if !errors.is_empty() {
            self.table(&errors[..errors.len().min(SHOWN)], ["key", "kind", "message"]);
        }
        if errors.len() > SHOWN {
            self.context.note(&format!("and {} more; all are in the report's `errors`", errors.len() - SHOWN));
        }
    }

    fn table(&self, rows: &[Dynamic], columns: impl IntoIterator<Item = &'static str>) {
        let columns: Array = columns.into_iter().map(Into::into).collect();
        if let Ok(text) = table_text(rows, Some(&columns.into()), None) {
            self.context.note(&text);
        }
    }
}
