//! Sessions in the operating system's keyring. The only user of `keyring`.
//!
//! A locked keyring may wait for its password for ever, so each call has a thread of its own and a time limit.

use crate::{
    error::{Error, Result},
    json::{self, Json},
};
use keyring::Entry;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    sync::mpsc,
    time::Duration,
};
use zeroize::Zeroizing;

/// How long one call may take.
const LIMIT: Duration = Duration::from_secs(3);

/// What every entry's name starts with, so that nobody else's is touched.
const PREFIX: &str = "tieline:";

/// The entry's user, which some keyrings ask for.
const USER: &str = "session";

/// The entry that a probe writes and removes. No session can have this name.
const PROBE: &str = "(probe)";

/// A way out that holds for every trouble with a keyring.
const WAYS: &str = "use --store file (or TIELINE_STORE=file), which keeps sessions in an encrypted file; or save nothing and give the credential by environment variables, such as TIELINE_JIRA_TOKEN";

/// Whether a call was given up: those after it would wait behind it.
static STUCK: AtomicBool = AtomicBool::new(false);

/// Finds out whether something could be saved: writes an entry, reads it, and removes it.
pub(super) fn probe() -> Result<()> {
    let text = within(LIMIT, || {
        let entry = entry(PROBE)?;
        entry.set_password("probe")?;
        let text = entry.get_password()?;
        entry.delete_credential()?;
        Ok(text)
    })?;
    if text == "probe" { Ok(()) } else { Err(broken("it does not keep what is written to it")) }
}

/// Returns the session `name`.
pub(super) fn read(name: &str) -> Result<Option<Json>> {
    let name = name.to_owned();
    let found = within(LIMIT, move || match entry(&name)?.get_secret() {
        Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
        Err(keyring::Error::NoEntry) => Ok(None),
        Err(error) => Err(error),
    })?;
    let parsed = found.map(|bytes| json::parse(&bytes)).transpose();
    parsed.map_err(|_| broken("the entry is not what tieline writes"))
}

/// Puts the session `name` in.
pub(super) fn write(name: &str, session: &Json) -> Result<()> {
    let (name, text) = (name.to_owned(), Zeroizing::new(session.to_string()));
    within(LIMIT, move || entry(&name)?.set_secret(text.as_bytes()))
}

/// Takes the session `name` out.
pub(super) fn remove(name: &str) -> Result<()> {
    let name = name.to_owned();
    within(LIMIT, move || match entry(&name)?.delete_credential() {
        Err(keyring::Error::NoEntry) => Ok(()),
        done => done,
    })
}

fn entry(name: &str) -> keyring::Result<Entry> {
    Entry::new(&format!("{PREFIX}{name}"), USER)
}

/// Does `work`, unless that takes longer than `limit`.
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> keyring::Result<T> + Send + 'static) -> Result<T> {
    if STUCK.load(Ordering::SeqCst) {
        return Err(silent(limit));
    }
    let (answer, wait) = mpsc::channel();
    let start = std::thread::Builder::new().name("keyring".to_owned());
    start.spawn(move || answer.send(work())).map_err(|e| broken(&e.to_string()))?;
    match wait.recv_timeout(limit) {
        Ok(done) => done.map_err(|error| explain(&error)),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            STUCK.store(true, Ordering::SeqCst);
            Err(silent(limit))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(broken("it failed")),
    }
}

fn silent(limit: Duration) -> Box<Error> {
    let seconds = limit.as_secs();
    Error::client(format_args!("the keyring did not answer within {seconds} s; it is probably locked"))
        .hint(format!("unlock it and try again; or {WAYS}"))
}

fn broken(why: &str) -> Box<Error> {
    Error::client(format_args!("the keyring does not work: {why}")).hint(WAYS)
}

/// Tells absent from locked from everything else: what to do differs.
fn explain(error: &keyring::Error) -> Box<Error> {
    match error {
        keyring::Error::NoStorageAccess(_) => Error::client("the keyring is locked")
            .hint(format!("unlock it (your desktop's password manager does) and try again; or {WAYS}")),
        keyring::Error::NoDefaultStore => {
            let why = Entry::store_status().as_ref().err().map(reason).unwrap_or_default();
            Error::client(format_args!("there is no keyring here{why}")).hint(WAYS)
        }
        keyring::Error::TooLong(..) => {
            Error::client("the session is longer than this keyring's entries may be").hint(WAYS)
        }
        other => broken(&other.to_string()),
    }
}

fn reason(error: &keyring::Error) -> String {
    format!(" ({error})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn a_call_that_hangs_is_given_up_and_the_next_one_not_tried() {
        let limit = Duration::from_millis(50);
        let start = Instant::now();
        let hang = || {
            std::thread::sleep(Duration::from_secs(30));
            Ok(())
        };
        let error = within(limit, hang).unwrap_err();
        assert!(error.message.contains("did not answer"), "{error}");
        let error = within(limit, || -> keyring::Result<()> { panic!("not called") }).unwrap_err();
        assert!(error.hint.unwrap().contains("--store file"));
        assert!(start.elapsed() < Duration::from_secs(2));
        STUCK.store(false, Ordering::SeqCst);
    }

    #[test]
    fn troubles_are_told_apart() {
        let locked = explain(&keyring::Error::NoStorageAccess("x".into()));
        assert_eq!(locked.message, "Client error: the keyring is locked");
        let long = explain(&keyring::Error::TooLong("secret".to_owned(), 2560));
        assert!(long.message.contains("longer than this keyring's entries"));
        for error in [locked, long, explain(&keyring::Error::NoDefaultStore)] {
            assert!(error.hint.unwrap().contains("--store file (or TIELINE_STORE=file)"));
        }
    }
}
