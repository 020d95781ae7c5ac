//! Work on a stack of its own, as a future: it can be left in the middle while it waits. The one module with `unsafe`.
//!
//! A [`Task`] is a coroutine. Whatever runs inside it calls [`wait`] where a plain function would block. That leaves
//! the coroutine and hands the awaited future to [`Task::poll`], which polls it and goes back in once it is ready.
//!
//! # Why this is sound
//!
//! Three things here are beyond the compiler: the future crosses over without its lifetime, the work may borrow from
//! whoever made the task, and the place to leave a coroutine at is kept in a thread-local pointer.
//!
//! **The future.** [`wait`] pins it on the coroutine's stack and lends it out for the time of one call of `suspend`.
//! Its frame cannot go away meanwhile: the coroutine stands still inside that call. It leaves the call in two ways
//! only, by [`Task::resume`] and by the forced unwinding in [`Task::drop`]; the first forgets the pointer before it
//! switches stacks, and after the second nobody can poll any more. So the pointer is used only while the loan lasts,
//! and it is the owning frame that drops the future, before anything the future borrows (it was declared later).
//! A task that is leaked instead of dropped never runs again, and leaks its stack with it: what a pinned future on
//! it registered elsewhere still points to memory that is there.
//!
//! **The work.** It lives at most as long as `'a`. The task is driven to its end or dropped within `'a`: its own
//! `Drop` makes the borrow checker insist on that. A leaked task keeps its borrows but never uses them again.
//!
//! **The pointer to the current coroutine.** [`RUNNING`] is set on the coroutine's own stack as the first thing it
//! does and right after each return into it; whoever resumes one puts the old value back when control returns, by
//! a guard, so after a panic too. So while it is set, the code that reads it runs inside that very coroutine, whose
//! lowest frame holds the yielder.
//!
//! **Panics.** The coroutine library catches a panic at the foot of the coroutine's stack and goes on with it in
//! whoever resumed it; no frame is skipped. The task counts as ended and is not entered again.
//!
//! **Threads.** A task is not `Send`. It is made, polled and dropped on one thread.
//!
//! **The end of a stack.** Below every stack lies a page that nobody may touch, so running out would end the
//! process, not corrupt it. It does not come to that: [`stack_is_low`] is asked at every operation of a script and
//! says yes while [`RESERVE`] bytes are left, more than any native needs.
#![allow(unsafe_code)]

use corosensei::{
    Coroutine, CoroutineResult, Yielder,
    stack::{DefaultStack, Stack},
};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    marker::PhantomData,
    pin::{Pin, pin},
    ptr::{NonNull, null},
    task::{Context, Poll, ready},
};

/// The stack of one task, in bytes. Untouched pages cost nothing.
///
/// It holds as many calls as a script may nest: one takes 7 to 22 KB where it takes most, in builds without optimisation.
const SIZE: usize = 32 * 1024 * 1024;

/// What must be left of a stack for a script to go on: room for the hungriest native, which is the parser (0.6 MB).
const RESERVE: usize = 4 * 1024 * 1024;

/// How many stacks are kept for later tasks.
const IDLE: usize = 64;

/// A future that a task waits for. It lies on that task's stack.
type Awaited = NonNull<dyn Future<Output = ()>>;

/// Where control leaves the running coroutine, and how far down its stack may grow.
#[derive(Clone, Copy)]
struct Running {
    yielder: *const Yielder<(), Awaited>,
    limit: usize,
}

const NOBODY: Running = Running { yielder: null(), limit: 0 };

thread_local! {
    static RUNNING: Cell<Running> = const { Cell::new(NOBODY) };
    /// Stacks of ended tasks.
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

/// Says whether the caller runs inside a task.
pub(in crate::script) fn in_task() -> bool {
    !RUNNING.get().yielder.is_null()
}

/// Says whether the caller runs inside a task whose stack has hardly room left. A few instructions: asked all the time.
#[inline]
pub(in crate::script) fn stack_is_low() -> bool {
    let here = 0_u8;
    (&raw const here).addr() < RUNNING.get().limit
}

/// Leaves the running task until `future` is ready. Returns nothing if the task is to stop instead.
///
/// # Panics
///
/// Outside of a task: ask [`in_task`] first.
pub(in crate::script) fn wait<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut value = None;
    suspend(pin!(async { value = Some(future.await) }));
    value
}

fn suspend(future: Pin<&mut (dyn Future<Output = ()> + '_)>) {
    let me = RUNNING.get();
    assert!(!me.yielder.is_null(), "only a task can be left");
    // SAFETY: the reference stays pinned: it is only polled, through `Pin`, until this function goes on.
    let future = NonNull::from(unsafe { future.get_unchecked_mut() });
    // SAFETY: only the lifetime changes. The pointer is not used once this function goes on; see the head of the file.
    let future = unsafe { std::mem::transmute::<NonNull<dyn Future<Output = ()> + '_>, Awaited>(future) };
    // SAFETY: the yielder lives in the lowest frame of the coroutine that runs this very code.
    unsafe { &*me.yielder }.suspend(future);
    RUNNING.set(me);
}

/// Puts back who ran before, whatever happens in between.
struct Restore(Running);

impl Drop for Restore {
    fn drop(&mut self) {
        RUNNING.set(self.0);
    }
}

/// Work on a stack of its own. As a future it is ready with what the work returns.
pub(in crate::script) struct Task<'a, T> {
    /// Nothing once the task was dropped.
    coroutine: Option<Coroutine<(), Awaited, T>>,
    awaited: Option<Awaited>,
    work: PhantomData<&'a mut ()>,
}

impl<'a, T: 'a> Task<'a, T> {
    /// Makes a task of `work`. Nothing runs before it is polled. Fails if there is no memory for a stack.
    pub(in crate::script) fn new(work: impl FnOnce() -> T + 'a) -> std::io::Result<Self> {
        let idle = STACKS.with_borrow_mut(Vec::pop);
        let stack = idle.map_or_else(|| DefaultStack::new(SIZE), Ok)?;
        let limit = stack.limit().get() + RESERVE;
        let body = move |yielder: &Yielder<(), Awaited>, ()| {
            RUNNING.set(Running { yielder, limit });
            work()
        };
        // SAFETY: `work` and its result live as long as `'a`, within which the task ends or is dropped.
        let coroutine = unsafe { Coroutine::with_stack_unchecked(stack, body) };
        Ok(Task { coroutine: Some(coroutine), awaited: None, work: PhantomData })
    }
}

impl<T> Task<'_, T> {
    /// Lets the task go on without what it waits for, so that it can end. If it waits again, dropping it unwinds it.
    pub(in crate::script) fn stop(&mut self) {
        if self.coroutine.as_ref().is_some_and(|coroutine| coroutine.started() && !coroutine.done()) {
            self.resume();
        }
    }

    /// Goes into the coroutine. Returns its result if it ended.
    fn resume(&mut self) -> Option<T> {
        self.awaited = None;
        let _restore = Restore(RUNNING.get());
        match self.coroutine.as_mut()?.resume(()) {
            CoroutineResult::Yield(future) => {
                self.awaited = Some(future);
                None
            }
            CoroutineResult::Return(value) => Some(value),
        }
    }
}

impl<T> Future for Task<'_, T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let task = self.get_mut();
        loop {
            if let Some(future) = &mut task.awaited {
                // SAFETY: the coroutine stands still in the `suspend` that lent this future out, pinned.
                ready!(unsafe { Pin::new_unchecked(future.as_mut()) }.poll(context));
            }
            if let Some(value) = task.resume() {
                return Poll::Ready(value);
            }
        }
    }
}

impl<T> Drop for Task<'_, T> {
    fn drop(&mut self) {
        let _restore = Restore(RUNNING.replace(NOBODY));
        // One that has not ended is unwound by its own `drop`.
        let Some(coroutine) = self.coroutine.take().filter(Coroutine::done) else { return };
        STACKS.with_borrow_mut(|stacks| {
            if stacks.len() < IDLE {
                stacks.push(coroutine.into_stack());
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{panic::AssertUnwindSafe, rc::Rc, task::Waker};

    /// Ready the second time it is asked.
    struct Later<'a>(bool, &'a Cell<u32>);

    impl Future for Later<'_> {
        type Output = u32;

        fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
            self.1.set(self.1.get() + 1);
            if std::mem::replace(&mut self.0, true) { Poll::Ready(self.1.get()) } else { Poll::Pending }
        }
    }

    fn poll<T>(task: &mut Task<'_, T>) -> Poll<T> {
        Pin::new(task).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Says when it is dropped.
    struct Noted<'a>(&'a RefCell<Vec<&'static str>>, &'static str);

    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.borrow_mut().push(self.1);
        }
    }

    #[test]
    fn a_task_goes_on_where_it_was() {
        let polls = Cell::new(0);
        let mut task = Task::new(|| {
            let first = wait(Later(false, &polls));
            let second = wait(Later(false, &polls));
            (first, second, in_task())
        })
        .unwrap();
        assert_eq!(poll(&mut task), Poll::Pending);
        assert!(!in_task());
        assert_eq!(poll(&mut task), Poll::Pending);
        assert_eq!(poll(&mut task), Poll::Ready((Some(2), Some(4), true)));
        assert!(!in_task() && !stack_is_low());
    }

    #[test]
    fn a_future_may_borrow_from_the_stack_of_its_task() {
        let mut tasks: Vec<_> = (0..100)
            .map(|n| {
                Task::new(move || {
                    let (polls, text) = (Cell::new(0), format!("text {n}"));
                    let borrowed = async { format!("{text} after {}", Later(false, &polls).await) };
                    wait(borrowed).unwrap()
                })
                .unwrap()
            })
            .collect();
        for task in &mut tasks {
            assert_eq!(poll(task), Poll::Pending);
        }
        for (n, task) in tasks.iter_mut().enumerate().rev() {
            assert_eq!(poll(task), Poll::Ready(format!("text {n} after 2")));
        }
    }

    #[test]
    fn a_dropped_task_unwinds_its_stack_the_future_first() {
        let (noted, polls) = (RefCell::default(), Cell::new(0));
        let mut task = Task::new(|| {
            let _outer = Noted(&noted, "stack");
            let inside = async {
                let _inner = Noted(&noted, "future");
                Later(false, &polls).await
            };
            wait(inside);
            unreachable!("the task is dropped before");
        })
        .unwrap();
        assert_eq!(poll(&mut task), Poll::Pending::<()>);
        drop(task);
        assert_eq!(noted.take(), ["future", "stack"]);
        let unstarted = Noted(&noted, "work");
        drop(Task::new(move || drop(unstarted)).unwrap());
        assert_eq!(noted.take(), ["work"]);
    }

    #[test]
    fn a_stopped_task_ends_without_what_it_waited_for() {
        let (ended, polls) = (Cell::new(false), Cell::new(0));
        let mut task = Task::new(|| ended.set(wait(Later(false, &polls)).is_none())).unwrap();
        assert!(poll(&mut task).is_pending());
        task.stop();
        assert!(ended.get());
        // One that waits again is unwound.
        let mut stubborn = Task::new(|| while wait(Later(false, &polls)).is_none() {}).unwrap();
        assert!(poll(&mut stubborn).is_pending());
        stubborn.stop();
        stubborn.stop();
        drop(stubborn);
    }

    #[test]
    fn a_panic_goes_to_whoever_polls_and_harms_no_other_task() {
        let polls = Cell::new(0);
        let mut other = Task::new(|| wait(Later(false, &polls))).unwrap();
        assert!(poll(&mut other).is_pending());
        let mut task = Task::new(|| -> u32 {
            wait(Later(false, &polls));
            panic!("as the test wants it")
        })
        .unwrap();
        assert!(poll(&mut task).is_pending());
        let caught = std::panic::catch_unwind(AssertUnwindSafe(|| poll(&mut task)));
        assert_eq!(caught.unwrap_err().downcast_ref::<&str>(), Some(&"as the test wants it"));
        assert!(!in_task());
        drop(task);
        assert!(poll(&mut other).is_ready());
    }

    #[test]
    fn a_panic_in_a_future_leaves_its_task_to_be_unwound() {
        let noted = RefCell::default();
        let mut task = Task::new(|| {
            let _stack = Noted(&noted, "stack");
            wait(async { panic!("as the test wants it") })
        })
        .unwrap();
        let caught = std::panic::catch_unwind(AssertUnwindSafe(|| poll::<Option<()>>(&mut task)));
        assert!(caught.is_err());
        drop(task);
        assert_eq!(noted.take(), ["stack"]);
    }

    #[test]
    fn tasks_inside_tasks_leave_one_after_the_other() {
        let polls = Cell::new(0);
        let mut outer = Task::new(|| {
            let mut inner = Task::new(|| wait(Later(false, &polls))).unwrap();
            let seen = wait(&mut inner).unwrap();
            // One that is driven from inside another, not by waiting for it.
            let mut driven = Task::new(|| wait(Later(false, &polls))).unwrap();
            assert!(poll(&mut driven).is_pending());
            driven.stop();
            (seen, in_task())
        })
        .unwrap();
        assert!(poll(&mut outer).is_pending());
        assert_eq!(poll(&mut outer), Poll::Ready((Some(2), true)));
    }

    #[test]
    fn a_leaked_task_harms_nobody() {
        let polls = Rc::new(Cell::new(0));
        let kept = polls.clone();
        let mut task = Task::new(move || wait(Later(false, &kept))).unwrap();
        assert!(poll(&mut task).is_pending());
        std::mem::forget(task);
        assert_eq!(Rc::strong_count(&polls), 2);
    }

    #[test]
    fn a_stack_says_when_it_is_low() {
        fn deeper(depth: usize) -> usize {
            let room = std::hint::black_box([0_u8; 4096]);
            if stack_is_low() { depth } else { deeper(depth + 1) + usize::from(room[depth % 4096]) }
        }
        for _ in 0..2 {
            let Poll::Ready(depth) = poll(&mut Task::new(|| deeper(0)).unwrap()) else { panic!("it does not wait") };
            assert!(depth > 1000 && depth < SIZE / 4096, "{depth}");
        }
    }
}
