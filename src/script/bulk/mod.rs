//! `bulk(items, #{ … }, |x| …)`: much work, counted, resumable, and told at the end.

mod journal;
mod options;
mod report;

use super::{
    native::{Thrown, native},
    natives::path,
    progress,
    scheduler::{Failed, Flow, Source, ends_the_run, for_each, in_task, jobs, unshared},
    throw::into_script,
    value::plain_type,
    world::World,
};
use crate::{
    error::{Error, Result},
    secret::redact,
};
use journal::{Journal, State};
use options::Options;
use report::{End, Report};
use rhai::{Dynamic, Engine, FnPtr, Map, NativeCallContext};
use std::{cell::RefCell, collections::HashMap, path::Path, rc::Rc};

/// Registers it.
pub(super) fn register(engine: &mut Engine, world: &Rc<World>) {
    let world = world.clone();
    native(
        engine,
        "bulk",
        &["items: list", "options: map", "work: function"],
        "/// Calls `work` with each item and returns `#{ done, failed, skipped, uncertain, errors }`, `errors` being a list \
         of `#{ index, key, kind, status, message }`. The exit code is 5 if some failed.\n\
         /// `options`: `jobs` (how many at a time, 8), `on_error` (\"continue\" or \"stop\"), and `journal`, a file: a run \
         that was stopped goes on where it was, skips what is done and tries again what failed. With a journal each item \
         needs a key: its text, its `key` or `id`, or what `key: |item| …` returns. Items that were under way when the \
         run was killed are `uncertain`; they are done again only if `check: |item| …` (was it done?) returns false, or \
         with `uncertain: \"retry\"`.\n\
         /// Example: bulk(issues, #{ jobs: 4, journal: \"released.journal\" }, |issue| jira.comment(issue.key, \"Released.\"))",
        move |context: NativeCallContext, items: Dynamic, options: Dynamic, work: FnPtr| -> Thrown<Map> {
            Bulk::prepare(&world, &context, items, &options, &work)?.run()
        },
    );
}

/// One bulk run.
struct Bulk<'a> {
    world: &'a World,
    context: &'a NativeCallContext<'a>,
    jobs: usize,
    source: Source,
    options: Options,
    work: FnPtr,
    journal: Option<Journal>,
    keys: Keys,
    report: Report,
}

impl<'a> Bulk<'a> {
    /// Checks everything that can be checked before anything is done.
    fn prepare(
        world: &'a World,
        context: &'a NativeCallContext<'a>,
        items: Dynamic,
        options: &Dynamic,
        work: &FnPtr,
    ) -> Thrown<Self> {
        let options = Options::read(options).map_err(into_script)?;
        let jobs = jobs(world, "bulk", options.jobs).map_err(into_script)?;
        let source = Source::of("bulk", items).map_err(into_script)?;
        let keys = Keys::default();
        if options.journal.is_some() {
            for (index, item) in source.known().unwrap_or_default().into_iter().enumerate() {
                keys.keep(index, key_of(context, options.key.as_ref(), index, &item)?).map_err(into_script)?;
            }
        }
        let simulate = world.options.simulate.is_some();
        let open = |path: &Path| Journal::open(path, &script(world), simulate);
        let journal = options.journal.as_deref().map(open).transpose().map_err(into_script)?;
        let report = Report::new(&world.context, progress::count(&world.context, source.total()));
        Ok(Bulk { world, context, jobs, source, options, work: unshared(work), journal, keys, report })
    }

    fn run(self) -> Thrown<Map> {
        let ended = for_each(self.world, self.jobs, &self.source, &|index, item| self.item(index, item));
        let written = self.journal.as_ref().map_or(Ok(()), Journal::sync).map_err(into_script);
        if ended.is_err() && self.world.interrupt.is_raised() && !in_task() {
            self.world.context.say("bulk: interrupted");
        }
        self.report.tell();
        if self.report.is_partial() {
            self.world.partly.set(true);
        }
        ended.and(written).map(|()| self.report.value())
    }

    fn item(&self, index: usize, item: Dynamic) -> Thrown<Flow> {
        let Some(journal) = &self.journal else {
            let done = self.call(&self.work, &item).map(drop);
            return self.settle(index, item, done, None);
        };
        let key = self.key(index, &item)?;
        let skip = match journal.earlier(&key) {
            Some(State::Done) => Some(End::Skipped),
            Some(State::Started) => match self.was_done(journal, &key, &item) {
                Ok(skip) => skip,
                Err(error) => return self.settle(index, item, Err(error), Some((&key, None))),
            },
            Some(State::Failed) | None => None,
        };
        if let Some(end) = skip {
            if end == End::Uncertain {
                self.report.doubt(index, &key);
            }
            self.report.count(end, self.source.total());
            return Ok(Flow::Go);
        }
        journal.start(&key).map_err(into_script)?;
        let done = self.call(&self.work, &item).map(drop);
        self.settle(index, item, done, Some((&key, Some(journal))))
    }

    /// Decides what becomes of an item that was under way when an earlier run was killed. Nothing: it is done again.
    fn was_done(&self, journal: &Journal, key: &str, item: &Dynamic) -> Thrown<Option<End>> {
        if let Some(check) = &self.options.check {
            let answer = self.call(check, item)?;
            let done = answer.as_bool().map_err(|_| {
                into_script(Error::client(format_args!(
                    "bulk(): `check` must return true or false, not {}",
                    plain_type(&answer)
                )))
            })?;
            if done {
                journal.done(key).map_err(into_script)?;
            }
            return Ok(done.then_some(End::Skipped));
        }
        Ok((!self.options.retry).then_some(End::Uncertain))
    }

    fn call(&self, f: &FnPtr, item: &Dynamic) -> Thrown<Dynamic> {
        f.call_within_context::<Dynamic>(self.context, (item.clone(),))
    }

    /// Counts an item and writes down how it ended: under its key, where that is known, and in the journal.
    fn settle(
        &self,
        index: usize,
        item: Dynamic,
        done: Thrown<()>,
        entry: Option<(&str, Option<&Journal>)>,
    ) -> Thrown<Flow> {
        let (key, journal) = entry.map_or((None, None), |(key, journal)| (Some(key), journal));
        let Err(error) = done else {
            if let (Some(journal), Some(key)) = (journal, key) {
                journal.done(key).map_err(into_script)?;
            }
            self.report.count(End::Done, self.source.total());
            return Ok(Flow::Go);
        };
        if ends_the_run(&error) {
            return Err(error);
        }
        let key = match key {
            Some(key) => key.to_owned(),
            None => key_of(self.context, self.options.key.as_ref(), index, &item).unwrap_or_default(),
        };
        let message = self.report.fail(self.context.engine(), &Failed::new(index, item, error), &key);
        if let Some(journal) = journal {
            journal.failed(&key, &message).map_err(into_script)?;
        }
        self.report.count(End::Failed, self.source.total());
        Ok(if self.options.stop { Flow::Stop } else { Flow::Go })
    }

    /// Returns the key of an item: as found at the beginning, or now for a list that is read meanwhile.
    fn key(&self, index: usize, item: &Dynamic) -> Thrown<String> {
        if let Some(key) = self.keys.of(index) {
            return Ok(key);
        }
        let key = key_of(self.context, self.options.key.as_ref(), index, item)?;
        self.keys.take(index, &key).map_err(into_script)?;
        Ok(key)
    }
}

/// The keys of items: each belongs to one.
#[derive(Default)]
struct Keys {
    /// Those found at the beginning, until their item's turn.
    known: RefCell<HashMap<usize, String>>,
    owners: RefCell<HashMap<String, usize>>,
}

impl Keys {
    fn of(&self, index: usize) -> Option<String> {
        self.known.borrow_mut().remove(&index)
    }

    fn keep(&self, index: usize, key: String) -> Result<()> {
        self.take(index, &key)?;
        self.known.borrow_mut().insert(index, key);
        Ok(())
    }

    fn take(&self, index: usize, key: &str) -> Result<()> {
        if let Some(other) = self.owners.borrow_mut().insert(key.to_owned(), index) {
            let twice = format_args!("bulk(): the items at {other} and {index} have the same key, \"{key}\"");
            return Err(Error::client(twice).hint("give `key: |item| …`, which names each item differently"));
        }
        Ok(())
    }
}

/// Names an item: by the script's own function, by its text, or by its `key` or `id`.
fn key_of(context: &NativeCallContext, key: Option<&FnPtr>, index: usize, item: &Dynamic) -> Thrown<String> {
    let named = match key {
        Some(key) => key.call_within_context::<Dynamic>(context, (item.clone(),))?,
        None => ["", "key", "id"].iter().map(|p| path::get(item, p)).find(is_name).unwrap_or(Dynamic::UNIT),
    };
    let named = Some(named).filter(is_name).ok_or_else(|| {
        let error = Error::client(format_args!("bulk(): the item at {index} has no key for the journal"));
        into_script(error.hint("give `key: |item| …`, which returns a text of its own for each item"))
    })?;
    let text = named.to_string();
    if redact(&text) != text {
        return Err(into_script(Error::client(format_args!("bulk(): the key of the item at {index} holds a secret"))));
    }
    Ok(text)
}

fn is_name(value: &Dynamic) -> bool {
    value.is_int() || value.is_string() && !value.to_string().is_empty()
}

/// Returns the script's name without its folders, so that a journal may be used from anywhere.
fn script(world: &World) -> String {
    let script = world.arguments.borrow().script.clone();
    Path::new(&script).file_name().map_or(script.clone(), |name| name.to_string_lossy().into_owned())
}
