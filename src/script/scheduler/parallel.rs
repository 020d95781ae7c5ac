//! `parallel(items, n, |x| …)`.

use super::{Failed, Flow, Source, ends_the_run, failures::together, for_each, in_task, jobs, unshared};
use crate::script::{
    native::{Thrown, native},
    throw::into_script,
    world::World,
};
use rhai::{Array, Dynamic, Engine, FnPtr, INT, NativeCallContext};
use std::{cell::RefCell, rc::Rc};

/// Registers it.
pub(in crate::script) fn register(engine: &mut Engine, world: &Rc<World>) {
    let world = world.clone();
    native(
        engine,
        "parallel",
        &["items: list", "n: int", "work: function"],
        "/// Calls `work` with each item, `n` at a time, and returns the results in the order of the items. An error in \
         one item does not stop the others: when all are done, one error is thrown whose `details` list \
         `#{ index, item, error }` of each that failed.\n\
         /// Example: parallel(issues, 8, |issue| jira.comment(issue.key, \"Released.\"))",
        move |context: NativeCallContext, items: Dynamic, n: INT, work: FnPtr| {
            parallel(&world, &context, items, n, &work)
        },
    );
}

/// What became of the items so far.
#[derive(Default)]
struct Outcome {
    results: Vec<Dynamic>,
    done: usize,
    failed: Vec<Failed>,
}

impl Outcome {
    fn keep(&mut self, index: usize, result: Dynamic) {
        if self.results.len() <= index {
            self.results.resize(index + 1, Dynamic::UNIT);
        }
        self.results[index] = result;
        self.done += 1;
    }
}

fn parallel(world: &World, context: &NativeCallContext, items: Dynamic, n: INT, f: &FnPtr) -> Thrown<Array> {
    let jobs = jobs(world, "parallel", n).map_err(into_script)?;
    let (source, f, outcome) =
        (Source::of("parallel", items).map_err(into_script)?, unshared(f), RefCell::<Outcome>::default());
    let work = |index, item: Dynamic| {
        match f.call_within_context::<Dynamic>(context, (item.clone(),)) {
            Ok(result) => outcome.borrow_mut().keep(index, result),
            Err(error) if ends_the_run(&error) => return Err(error),
            Err(error) => outcome.borrow_mut().failed.push(Failed::new(index, item, error)),
        }
        Ok(Flow::Go)
    };
    let ended = for_each(world, jobs, &source, &work);
    let outcome = outcome.take();
    if let Err(error) = ended {
        if world.interrupt.is_raised() && !in_task() {
            let of = source.total().map_or(String::new(), |total| format!(" of {total}"));
            world.context.say(&format!("parallel: interrupted; {}{of} items were done", outcome.done));
        }
        return Err(error);
    }
    let all = outcome.done + outcome.failed.len();
    together(context.engine(), outcome.failed, all).map_or(Ok(outcome.results), Err)
}
