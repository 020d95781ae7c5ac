//! What moves on standard error while something runs: progress bars, and a spinner for what has none.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget};
use std::{sync::mpsc, thread::JoinHandle, time::Duration};

/// What takes no longer than this needs no spinner.
const SOON: Duration = Duration::from_millis(500);

/// How often the spinner turns.
const TURN: Duration = Duration::from_millis(100);

/// Every bar of this run. Copies share them.
#[derive(Clone)]
pub struct Bars {
    all: MultiProgress,
    /// Whether anybody sees them.
    seen: bool,
}

impl Bars {
    /// Makes room for bars; on a terminal that a person watches they are `seen`.
    pub(super) fn new(seen: bool) -> Self {
        let target = if seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Bars { all: MultiProgress::with_draw_target(target), seen }
    }

    /// Shows `bar` below the others.
    pub fn add(&self, bar: ProgressBar) -> ProgressBar {
        self.all.add(bar)
    }

    /// Takes the bars away while `speak` writes.
    pub(super) fn aside<T>(&self, speak: impl FnOnce() -> T) -> T {
        if self.seen { self.all.suspend(speak) } else { speak() }
    }

    /// Takes the bars away while `ask` waits for the user.
    pub(super) fn away<T>(&self, ask: impl FnOnce() -> T) -> T {
        if !self.seen {
            return ask();
        }
        // What cannot be cleared is not on a terminal.
        let _ = self.all.clear();
        self.all.set_draw_target(ProgressDrawTarget::hidden());
        let answer = ask();
        self.all.set_draw_target(ProgressDrawTarget::stderr());
        answer
    }

    /// Turns a spinner until what is returned is dropped, from half a second on.
    pub(super) fn spin(&self) -> Spinner {
        let (stop, stopped) = mpsc::channel::<()>();
        let bars = self.clone();
        let turn = move || {
            if stopped.recv_timeout(SOON) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
            let spinner = bars.add(ProgressBar::new_spinner());
            spinner.set_message("working; Ctrl-C stops it");
            while stopped.recv_timeout(TURN) == Err(mpsc::RecvTimeoutError::Timeout) {
                spinner.tick();
            }
            spinner.finish_and_clear();
            bars.all.remove(&spinner);
        };
        Spinner { stop: Some(stop), thread: self.seen.then(|| std::thread::spawn(turn)) }
    }
}

/// A spinner that turns while this lives.
pub struct Spinner {
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // Only when it has gone may anything else be written.
            let _ = thread.join();
        }
    }
}
