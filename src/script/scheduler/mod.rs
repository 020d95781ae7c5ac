//! Many things at a time on the one thread of the script: `parallel` and what it stands on.
//!
//! The engine is synchronous. Each item's closure runs as a [`Task`], and a script waits in one place only,
//! `World::wait`. Inside a task that place leaves the task instead of blocking, and [`for_each`] lets another one go on.

mod coroutine;
mod failures;
mod parallel;
mod source;
mod unshare;

pub(super) use coroutine::{in_task, stack_is_low, wait};
pub(super) use failures::{Failed, TooDeep, ends_the_run};
pub(super) use parallel::register;
pub(super) use source::Source;
pub(super) use unshare::unshared;

use super::{native::Thrown, throw::into_script, world::World};
use crate::error::{Error, Result};
use coroutine::Task;
use futures_util::{StreamExt, stream::FuturesUnordered};
use rhai::{Dynamic, EvalAltResult, INT};
use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    task::{Context, Poll},
};

/// The stack that scripts run on, in bytes. Untouched pages cost nothing.
const STACK: usize = 256 * 1024 * 1024;

/// Does `work` on a stack that holds the deepest script. Fails if there is no memory for it.
///
/// A stack of the same thread costs less than a thread of its own, whose memory comes in small pieces from the system.
pub fn on_stack<T>(work: impl FnOnce() -> T) -> std::io::Result<T> {
    Ok(corosensei::on_stack(corosensei::stack::DefaultStack::new(STACK)?, work))
}

/// Whether further items are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Take the next one.
    Go,
    /// Take none any more; what is under way ends as usual.
    Stop,
}

/// Calls `work` with each item and its index, at most `jobs` at a time, each in a task of its own.
///
/// An error of `work` ends everything on the spot; items under way are left. An error of the source lets them end.
pub(super) fn for_each(
    world: &World,
    jobs: usize,
    source: &Source,
    work: &dyn Fn(usize, Dynamic) -> Thrown<Flow>,
) -> Thrown<()> {
    let crew = Crew {
        jobs,
        source,
        work,
        hired: Cell::new(0),
        wanted: Cell::new(true),
        closed: false.into(),
        broken: None.into(),
    };
    let mut tasks = FuturesUnordered::new();
    let done = world.pause_for(async { Ok(poll_fn(|context| crew.poll(&mut tasks, context)).await) });
    let done = done.map_err(into_script).and_then(|done| done);
    if done.is_err() {
        // Each ends as if the wait it stands in had been interrupted.
        tasks.iter_mut().for_each(Task::stop);
    }
    drop(tasks);
    done.and_then(|()| crew.broken.take().map_or(Ok(()), Err))
}

/// Checks how many items a script wants under way, and lowers it to what the user allows.
pub(super) fn jobs(world: &World, verb: &str, wanted: INT) -> Result<usize> {
    let wanted = usize::try_from(wanted).ok().filter(|jobs| *jobs > 0).ok_or_else(|| {
        Error::client(format_args!("{verb}(): {wanted} at a time is not possible; it must be 1 or more"))
    })?;
    Ok(world.jobs.map_or(wanted, |most| wanted.min(most)))
}

/// The tasks of one [`for_each`]: each takes items as long as there are any.
struct Crew<'a> {
    jobs: usize,
    source: &'a Source,
    work: &'a dyn Fn(usize, Dynamic) -> Thrown<Flow>,
    hired: Cell<usize>,
    /// Whether one more would find something to do.
    wanted: Cell<bool>,
    closed: Cell<bool>,
    /// What the source threw.
    broken: RefCell<Option<Box<EvalAltResult>>>,
}

type Tasks<'a> = FuturesUnordered<Task<'a, Thrown<()>>>;

impl<'a> Crew<'a> {
    fn poll(&'a self, tasks: &mut Tasks<'a>, context: &mut Context<'_>) -> Poll<Thrown<()>> {
        loop {
            if self.wanted.take() && self.hired.get() < self.jobs {
                match Task::new(|| self.take_items()) {
                    Ok(task) => tasks.push(task),
                    Err(error) => return Poll::Ready(Err(into_script(no_memory(self.hired.get(), &error)))),
                }
                self.hired.set(self.hired.get() + 1);
            }
            match tasks.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(()))) => {}
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Pending if self.wanted.get() => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// What a task does. Whoever takes an item calls in the next one, so that there are never more tasks than items.
    fn take_items(&self) -> Thrown<()> {
        while !self.closed.get() {
            let Some((index, item)) = self.next()? else { break };
            self.wanted.set(true);
            if (self.work)(index, item)? == Flow::Stop {
                self.close();
            }
        }
        Ok(())
    }

    fn next(&self) -> Thrown<Option<(usize, Dynamic)>> {
        let next = match self.source.next() {
            Err(error) if ends_the_run(&error) => return Err(error),
            Err(error) => {
                self.broken.replace(Some(error));
                None
            }
            // Another task may have closed while this one waited for its item.
            Ok(next) => next.filter(|_| !self.closed.get()),
        };
        if next.is_none() {
            self.close();
        }
        Ok(next)
    }

    fn close(&self) {
        self.closed.set(true);
        self.wanted.set(false);
    }
}

fn no_memory(hired: usize, error: &std::io::Error) -> Box<Error> {
    Error::client(format_args!("there is no memory for more than {hired} items at a time: {error}"))
        .hint("lower the number, or use --jobs")
}
