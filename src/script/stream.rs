//! A list that is fetched while it is read: what `search`, `pages` and their like return.

use super::{
    native::{Thrown, native},
    throw::into_script,
    value::{plain_type, to_dynamic},
    world::World,
};
use crate::{
    auth::Account,
    error::{Error, Result},
    http::{Arrays, Lock, LockGuard, Page, Pager, Request},
    json::Json,
};
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, NativeCallContext};
use std::{rc::Rc, sync::Arc};

/// A list of items, fetched ahead, read once. Copies share it.
#[derive(Clone)]
pub struct Stream(Rc<Shared>);

struct Shared {
    world: Rc<World>,
    /// Held by whoever reads, over the wait for a page too: tasks that share a list read one after the other.
    inner: Lock<Inner>,
}

struct Inner {
    account: Arc<Account>,
    world: Rc<World>,
    state: State,
    items: std::vec::IntoIter<Json>,
    arrays: Arrays,
    /// Whether the page read last was the last one.
    ended: bool,
    limit: Option<usize>,
    /// How many items whoever reads it will take.
    wanted: Option<usize>,
    given: usize,
    total: Option<i64>,
    /// Whether the total was another one before.
    changed: bool,
    /// Whether somebody reads it, or has.
    begun: bool,
}

enum State {
    /// Nothing was asked for yet.
    New(Box<Request>),
    /// Pages are coming.
    Reading(Box<Pager>),
    /// The end was reached, or the limit.
    Done,
}

impl Stream {
    /// Makes the stream. Sends nothing.
    pub(super) fn new(account: Arc<Account>, world: Rc<World>, request: Request, arrays: Arrays) -> Self {
        let inner = Lock::new(Inner {
            account,
            world: world.clone(),
            state: State::New(Box::new(request)),
            items: Vec::new().into_iter(),
            arrays,
            ended: false,
            limit: None,
            wanted: None,
            given: 0,
            total: None,
            changed: false,
            begun: false,
        });
        Stream(Rc::new(Shared { world, inner }))
    }

    /// Takes the list for reading. Waits if another task reads it.
    fn lock(&self) -> Result<LockGuard<'_, Inner>> {
        match self.0.inner.try_lock() {
            Ok(inner) => Ok(inner),
            Err(_) => self.0.world.pause_for(async { Ok(self.0.inner.lock().await) }),
        }
    }

    /// Returns the next item; nothing after the last.
    pub(super) fn next(&self) -> Option<Result<Json>> {
        match self.lock() {
            Ok(mut inner) => inner.next(),
            Err(error) => Some(Err(error)),
        }
    }

    /// Returns how many items the server says there are, once it was asked.
    pub(super) fn total(&self) -> Option<usize> {
        let inner = self.0.inner.try_lock().ok()?;
        let total = inner.total.and_then(|total| usize::try_from(total).ok())?;
        Some(inner.limit.map_or(total, |limit| limit.min(total)))
    }

    /// Reads what is left.
    pub fn all(&self) -> Result<Array> {
        self.begin()?;
        std::iter::from_fn(|| self.next()).map(|item| item.map(|json| to_dynamic(&json))).collect()
    }

    fn first(&self) -> Result<Dynamic> {
        self.begin()?;
        self.lock()?.wanted = Some(1);
        let first = self.next().transpose()?;
        self.lock()?.state = State::Done;
        Ok(first.map_or(Dynamic::UNIT, |json| to_dynamic(&json)))
    }

    fn take(&self, n: usize) -> Result<Array> {
        self.begin()?;
        self.lock()?.wanted = Some(n);
        let taken = std::iter::from_fn(|| self.next()).take(n).map(|item| item.map(|json| to_dynamic(&json))).collect();
        self.lock()?.state = State::Done;
        taken
    }

    fn count(&self) -> Result<i64> {
        self.begin()?;
        let mut n = 0;
        while let Some(item) = self.next() {
            item?;
            n += 1;
        }
        Ok(n)
    }

    fn limited(&self, given: &Dynamic) -> Result<Self> {
        let n = given.as_int().ok().and_then(|n| usize::try_from(n).ok()).ok_or_else(|| no_limit(given))?;
        self.lock()?.limit = Some(n);
        Ok(self.clone())
    }

    /// Refuses a second pass: the items are gone.
    pub(super) fn begin(&self) -> Result<()> {
        // One that is taken is being read.
        if self.0.inner.try_lock().is_ok_and(|mut inner| !std::mem::replace(&mut inner.begun, true)) {
            return Ok(());
        }
        Err(Error::client("this list was read already").hint("keep its items with .all() and work on those"))
    }

    /// Returns the first items, at most `n`, and whether there may be more. They stay in the list, and no more is
    /// fetched. Nothing once somebody reads it.
    pub(super) fn peek(&self, n: usize) -> Result<Option<(Vec<Json>, bool)>> {
        let mut inner = self.lock()?;
        if inner.begun { Ok(None) } else { inner.peek(n).map(Some) }
    }

    pub(super) fn shown(&self) -> String {
        let Ok(inner) = self.0.inner.try_lock() else { return "a list that is being read".to_owned() };
        let service = inner.account.service().name;
        match &inner.state {
            State::New(request) => format!("a list from {service} ({}), not read yet; .all() reads it", request.route),
            State::Reading(_) => format!("a list from {service}, {} items read so far", inner.given),
            State::Done => format!("a list from {service}, read to its end ({} items)", inner.given),
        }
    }
}

impl Inner {
    fn peek(&mut self, n: usize) -> Result<(Vec<Json>, bool)> {
        let n = self.limit.map_or(n, |limit| limit.min(n));
        if let (0, State::New(request)) = (self.items.len(), &self.state) {
            let request = (**request).clone();
            let page = self.only_page(&request, n)?;
            self.note_total(&page);
            self.items = page.items.into_iter();
        }
        while self.items.len() < n {
            let Some(page) = self.next_page()? else { break };
            self.items = self.items.as_slice().iter().cloned().chain(page.items).collect::<Vec<_>>().into_iter();
        }
        let more = self.items.len() > n || !matches!(self.state, State::Done);
        Ok((self.items.as_slice().iter().take(n).cloned().collect(), more && self.limit != Some(n)))
    }

    fn next(&mut self) -> Option<Result<Json>> {
        if self.limit.is_some_and(|limit| self.given >= limit) {
            self.stop_at_limit();
            return None;
        }
        loop {
            if let Some(item) = self.items.next() {
                self.given += 1;
                return Some(Ok(item));
            }
            match self.next_page() {
                Ok(Some(page)) => {
                    self.note_total(&page);
                    self.ended = page.next.is_none();
                    self.items = page.items.into_iter();
                }
                Ok(None) => {
                    self.end();
                    return None;
                }
                Err(error) => {
                    self.state = State::Done;
                    return Some(Err(error));
                }
            }
        }
    }

    fn next_page(&mut self) -> Result<Option<Page>> {
        if let State::New(request) = &self.state {
            let request = (**request).clone();
            // What the reader will not read is not fetched ahead.
            let wanted = [self.limit, self.wanted].into_iter().flatten().min();
            let wanted = wanted.map(|wanted| wanted.saturating_sub(self.given));
            if let Some(few) = wanted.filter(|wanted| *wanted <= 50) {
                return self.only_page(&request, few).map(Some);
            }
            self.state = State::Reading(Box::new(self.account.pages(request, self.arrays, wanted)?));
        }
        let State::Reading(pager) = &mut self.state else { return Ok(None) };
        self.world.wait(async { pager.next().await.transpose() })
    }

    /// Fetches by itself the page that holds all that is wanted, and goes on by pager only if it was short.
    fn only_page(&mut self, request: &Request, limit: usize) -> Result<Page> {
        let page = self.world.wait(self.account.one_page(request, self.arrays))?;
        let left = limit.saturating_sub(page.items.len());
        self.state = match &page.next {
            Some(next) if left > 0 => {
                State::Reading(Box::new(self.account.pages(next.clone(), self.arrays, Some(left))?))
            }
            Some(next) => State::New(Box::new(next.clone())),
            None => State::Done,
        };
        Ok(page)
    }

    /// A list that becomes longer or shorter moves its items from page to page: some may be lost, some come twice.
    fn note_total(&mut self, page: &Page) {
        let Some(total) = page.total else { return };
        if let Some(before) = self.total.replace(total).filter(|before| *before != total && !self.changed) {
            self.changed = true;
            let name = self.account.service().name;
            self.world.context.say(&format!(
                "warning: the list from {name} changed while it was read ({before} items, then {total}); some may be missing or come twice"
            ));
        }
    }

    /// Says aloud that a limit cut the list, if it did.
    fn stop_at_limit(&mut self) {
        let more = self.items.len() > 0 || !self.ended && self.given > 0;
        let known = self.total.and_then(|total| usize::try_from(total).ok());
        let cut = known.map_or(more, |total| total > self.given);
        if cut {
            let of = known.map_or(" read, and there are more".to_owned(), |total| format!(" of about {total}"));
            self.world.context.note(&format!("{}: {}{of} (limit)", self.account.service().name, self.given));
        }
        self.items = Vec::new().into_iter();
        self.state = State::Done;
        self.limit = None;
    }

    /// A list that ends before its announced end is not passed off as whole.
    fn end(&mut self) {
        self.state = State::Done;
        if let Some(total) = self.total.filter(|total| usize::try_from(*total).is_ok_and(|total| total > self.given)) {
            let name = self.account.service().name;
            self.world.context.say(&format!("warning: {name} announced {total} items and gave {}", self.given));
        }
    }
}

fn no_limit(given: &Dynamic) -> Box<Error> {
    let is = given.as_int().map_or_else(|_| format!("of type {}", plain_type(given)), |n| n.to_string());
    Error::client(format_args!("`limit` is {is}; it must be a whole number, 0 or more"))
}

/// Reads the stream for a `for` loop.
struct Reading(Stream, Option<Box<Error>>);

impl Iterator for Reading {
    type Item = std::result::Result<Dynamic, Box<EvalAltResult>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.1.take() {
            return Some(Err(into_script(error)));
        }
        Some(self.0.next()?.map(|json| to_dynamic(&json)).map_err(into_script))
    }
}

impl IntoIterator for Stream {
    type Item = std::result::Result<Dynamic, Box<EvalAltResult>>;
    type IntoIter = Box<dyn Iterator<Item = Self::Item>>;

    fn into_iter(self) -> Self::IntoIter {
        let error = self.begin().err();
        let ended = error.is_some();
        let reading = Reading(self, error);
        if ended { Box::new(reading.take(1)) } else { Box::new(reading) }
    }
}

/// Registers the type and what can be done with it.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Stream>("stream");
    engine.register_iterator_result::<Stream, Dynamic>();
    engine.register_fn("to_string", |s: &mut Stream| s.shown()).register_fn("to_debug", |s: &mut Stream| s.shown());
    reading(engine);
    some(engine);
    closures(engine);
}

fn reading(engine: &mut Engine) {
    let comment = "/// Reads the rest of the list and returns it as an array.";
    native(engine, "all", &["this: stream"], comment, |s: &mut Stream| s.all().map_err(into_script));
    let comment = "/// Reads the list and returns the number of its items.";
    native(engine, "count", &["this: stream"], comment, |s: &mut Stream| s.count().map_err(into_script));
    native(engine, "len", &["this: stream"], comment, |s: &mut Stream| s.count().map_err(into_script));
}

fn some(engine: &mut Engine) {
    let comment = "/// Returns the first item, or (), and leaves the rest unread.";
    native(engine, "first", &["this: stream"], comment, |s: &mut Stream| s.first().map_err(into_script));
    let comment = "/// Returns the first `n` items as an array and leaves the rest unread.";
    native(engine, "take", &["this: stream", "n: int"], comment, |s: &mut Stream, n: i64| {
        s.take(usize::try_from(n).unwrap_or(0)).map_err(into_script)
    });
    let comment = "/// Lets the list end after `n` items; it says so if there are more.";
    native(engine, "limit", &["this: stream", "n: int"], comment, |s: &mut Stream, n: Dynamic| {
        s.limited(&n).map_err(into_script)
    });
}

fn closures(engine: &mut Engine) {
    native(
        engine,
        "map",
        &["this: stream", "f: function"],
        "/// Returns what `f` makes of each item, as an array.",
        |ctx: NativeCallContext, s: &mut Stream, f: FnPtr| -> Thrown<Array> {
            s.clone().into_iter().map(|item| f.call_within_context::<Dynamic>(&ctx, (item?,))).collect()
        },
    );
    native(
        engine,
        "filter",
        &["this: stream", "f: function"],
        "/// Returns the items for which `f` returns true, as an array.",
        |ctx: NativeCallContext, s: &mut Stream, f: FnPtr| -> Thrown<Array> {
            let mut kept = Array::new();
            for item in s.clone() {
                let item = item?;
                if f.call_within_context::<bool>(&ctx, (item.clone(),))? {
                    kept.push(item);
                }
            }
            Ok(kept)
        },
    );
}
