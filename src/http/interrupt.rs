//! The one place where the program waits for the network, and what cuts the wait short.

use crate::error::{Error, Kind, Result};
use std::{
    future::Future,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{runtime::Runtime, sync::Notify};

/// A flag that Ctrl-C raises. Copies share it.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    raised: AtomicBool,
    bell: Notify,
}

impl Interrupt {
    /// Raises the flag and wakes whoever waits. Returns whether it was up already.
    pub fn raise(&self) -> bool {
        let before = self.0.raised.swap(true, Ordering::SeqCst);
        self.0.bell.notify_waiters();
        before
    }

    /// Lowers the flag, for the next line of a REPL.
    pub fn clear(&self) {
        self.0.raised.store(false, Ordering::SeqCst);
    }

    /// Says whether it is up.
    pub fn is_raised(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst)
    }

    /// Returns when it is up.
    pub async fn raised(&self) {
        let rung = self.0.bell.notified();
        tokio::pin!(rung);
        // Listen first, then look: a flag raised in between still rings.
        rung.as_mut().enable();
        if !self.is_raised() {
            rung.await;
        }
    }
}

/// The runtime, made at the first request: a program that sends nothing does not pay for it.
///
/// One worker thread drives connections and reads ahead while the script thread works.
pub(super) fn runtime() -> Result<&'static Runtime> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    let build = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    RUNTIME.get_or_init(build).as_ref().map_err(|e| Error::client(format_args!("cannot start the network: {e}")))
}

/// Waits for `future`, or for the interrupt, whichever comes first.
pub fn wait<T>(interrupt: &Interrupt, future: impl Future<Output = Result<T>>) -> Result<T> {
    runtime()?.block_on(async {
        tokio::select! {
            biased;
            () = interrupt.raised() => Err(interrupted()),
            done = future => done,
        }
    })
}

/// Returns the error of a wait that was cut short.
pub fn interrupted() -> Box<Error> {
    Error::new(Kind::Cancelled, "Client error: interrupted")
}

/// Does nothing for `time`.
pub async fn pause(time: Duration) {
    tokio::time::sleep(time).await;
}

/// Gives `future` up after `limit`.
pub async fn within<T>(limit: Duration, future: impl Future<Output = Result<T>>) -> Result<T> {
    let late = |_| Error::new(Kind::Timeout, format!("Remote error: no answer within {} s", limit.as_secs()));
    tokio::time::timeout(limit, future).await.map_err(late)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_ends_a_wait() {
        let interrupt = Interrupt::default();
        let other = interrupt.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            other.raise();
        });
        let error = wait(&interrupt, async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        });
        assert_eq!(error.unwrap_err().kind, Kind::Cancelled);
    }

    #[test]
    fn a_flag_that_is_up_already_ends_it_at_once() {
        let interrupt = Interrupt::default();
        assert!(!interrupt.raise());
        assert!(interrupt.raise());
        assert!(wait(&interrupt, std::future::pending::<Result<()>>()).is_err());
        interrupt.clear();
        assert!(wait(&interrupt, async { Ok(1) }).is_ok());
    }
}
