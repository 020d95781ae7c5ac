//! Saved sessions: what a later run may sign in with, each bound to the server it was made at.
//!
//! # What is where
//!
//! | file in the configuration folder | holds |
//! | --- | --- |
//! | `sessions.json` | names, servers, users, times: no secret. `tieline sessions` reads only this |
//! | `sessions.age` | the secrets of sessions saved with `--store file`, encrypted with a passphrase |
//! | `sessions.lock` | nothing; whoever writes holds it |
//!
//! The secrets of the others are in the operating system's keyring, one entry `tieline:NAME` each. The record beside
//! the secrets repeats what the list says of them: that record decides where they may be sent.
//!
//! # The default session
//!
//! The session that is named like its service (`jira`) is that service's default: it is asked when nothing else gives
//! what is needed.

mod file;
mod folder;
mod form;
mod index;
mod keyring;
mod session;

pub use session::{Kind, Session, Summary, check_name, day, is_name, time_of};

use crate::{
    error::{Error, Result},
    http::Say,
    json::Json,
    secret::Secret,
};
use file::Vault;
use folder::{Folder, Lock};
use std::{path::PathBuf, rc::Rc};

/// What a passphrase is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// To open what is there.
    Old,
    /// To encrypt what was not there before.
    New,
}

/// Gets the passphrase of the session file; the text names the file.
pub type Ask = Box<dyn Fn(Question, &str) -> Result<Secret>>;

/// One place for secrets.
enum Store {
    Keyring,
    File(Vault),
    #[cfg(test)]
    Memory(std::cell::RefCell<std::collections::BTreeMap<String, Json>>),
}

impl Store {
    fn probe(&self) -> Result<()> {
        match self {
            Store::Keyring => keyring::probe(),
            Store::File(vault) => vault.probe(),
            #[cfg(test)]
            Store::Memory(_) => Ok(()),
        }
    }

    fn read(&self, name: &str) -> Result<Option<Json>> {
        match self {
            Store::Keyring => keyring::read(name),
            Store::File(vault) => vault.read(name),
            #[cfg(test)]
            Store::Memory(map) => Ok(map.borrow().get(name).cloned()),
        }
    }

    fn write(&self, held: &Lock, name: &str, session: Json) -> Result<()> {
        match self {
            Store::Keyring => keyring::write(name, &session),
            Store::File(vault) => vault.change(held, name, Some(session)),
            #[cfg(test)]
            Store::Memory(map) => {
                map.borrow_mut().insert(name.to_owned(), session);
                Ok(())
            }
        }
    }

    fn remove(&self, held: &Lock, name: &str) -> Result<()> {
        match self {
            Store::Keyring => keyring::remove(name),
            Store::File(vault) => vault.change(held, name, None),
            #[cfg(test)]
            Store::Memory(map) => {
                map.borrow_mut().remove(name);
                Ok(())
            }
        }
    }
}

/// All saved sessions of one user.
pub struct Sessions {
    folder: Rc<Folder>,
    keyring: Store,
    file: Store,
}

impl Sessions {
    /// Names the places. Opens nothing yet.
    pub fn new(folder: Option<PathBuf>, say: Say, ask: Ask) -> Self {
        let folder = Rc::new(Folder::new(folder, say));
        Sessions { file: Store::File(Vault::new(folder.clone(), ask)), keyring: Store::Keyring, folder }
    }

    /// Lists the sessions by their names. Opens no store.
    pub fn list(&self) -> Result<Vec<Summary>> {
        index::read(&self.folder)
    }

    /// Finds a session by its name. Opens no store.
    pub fn find(&self, name: &str) -> Result<Option<Summary>> {
        Ok(self.list()?.into_iter().find(|summary| summary.name == name))
    }

    /// Like [`Sessions::find`]; refuses a name that does not exist, and says which one may be meant.
    pub fn get(&self, name: &str) -> Result<Summary> {
        let all = self.list()?;
        match all.iter().find(|summary| summary.name == name) {
            Some(summary) => Ok(summary.clone()),
            None => Err(unknown(format_args!("there is no saved session \"{name}\""), name, &all)),
        }
    }

    /// Opens the store of `summary` and returns the whole session.
    pub fn open(&self, summary: &Summary) -> Result<Session> {
        let (name, place) = (&summary.name, summary.store.title());
        self.open_if_there(summary)?.ok_or_else(|| {
            Error::client(format_args!("session \"{name}\" is not in {place} any more"))
                .hint(format!("log in again ({}), or forget it (tieline logout {name})", summary.login_command()))
        })
    }

    /// Like [`Sessions::open`]; nothing if somebody took the secrets away.
    pub fn open_if_there(&self, summary: &Summary) -> Result<Option<Session>> {
        let place = format!("session \"{}\" in {}", summary.name, summary.store.title());
        let json = self.store(summary.store).read(&summary.name)?;
        json.map(|json| Session::read(json, &place)).transpose()
    }

    /// Finds out whether `name` could be saved in `store`, before anybody is asked for a secret.
    pub fn probe(&self, name: &str, store: Kind) -> Result<()> {
        check_name(name)?;
        self.check_place(name, store)?;
        self.store(store).probe()
    }

    /// Finds out whether the keyring keeps what is written to it.
    pub fn try_keyring(&self) -> Result<()> {
        self.keyring.probe()
    }

    /// One name is in one place: a second, forgotten copy would stay valid for ever.
    fn check_place(&self, name: &str, store: Kind) -> Result<()> {
        let elsewhere = self.find(name)?.filter(|summary| summary.store != store);
        elsewhere.map_or(Ok(()), |summary| {
            Err(Error::client(format_args!("session \"{name}\" is in {} already", summary.store.title())).hint(
                format!(
                    "keep it there (--store {}), choose another name, or remove it first (tieline logout {name})",
                    summary.store.name()
                ),
            ))
        })
    }

    /// Saves a session; one of the same name is replaced.
    pub fn save(&self, session: &Session) -> Result<()> {
        let Summary { name, store, .. } = &session.summary;
        check_name(name)?;
        let held = self.folder.lock()?;
        self.check_place(name, *store)?;
        // The secrets first: a run that dies here leaves an entry that the next log-in replaces, not a name without one.
        self.store(*store).write(&held, name, session.write())?;
        index::change(&self.folder, &held, name, Some(session.summary.clone()))
    }

    /// Puts new cookies into a session that was renewed; one that is gone meanwhile stays gone.
    pub fn renew(&self, name: &str, login: Secret) -> Result<()> {
        let held = self.folder.lock()?;
        let Some(summary) = self.find(name)? else { return Ok(()) };
        let mut session = self.open(&summary)?;
        session.secrets.insert("login".to_owned(), login);
        self.store(summary.store).write(&held, name, session.write())
    }

    /// Removes a session.
    pub fn remove(&self, name: &str) -> Result<()> {
        let held = self.folder.lock()?;
        let Some(summary) = self.find(name)? else { return Ok(()) };
        self.store(summary.store).remove(&held, name)?;
        index::change(&self.folder, &held, name, None)
    }

    /// Returns where the secrets of `store` are, for people.
    pub fn place(&self, store: Kind) -> String {
        if let Store::File(vault) = self.store(store) { vault.shown() } else { store.title().to_owned() }
    }

    fn store(&self, kind: Kind) -> &Store {
        match kind {
            Kind::Keyring => &self.keyring,
            Kind::File => &self.file,
        }
    }
}

/// Makes the refusal of a name, with the one that may be meant.
pub fn unknown(what: impl std::fmt::Display, name: &str, all: &[Summary]) -> Box<Error> {
    let error = Error::client(what);
    let close = all.iter().map(|s| (strsim::damerau_levenshtein(&s.name, name), s.name.as_str())).min();
    match close {
        Some((distance, meant)) if distance <= 3 => error.hint(format!("did you mean \"{meant}\"?")),
        Some(_) => error.hint("`tieline sessions` lists them"),
        None => error.hint("none is saved; `tieline login SERVICE` saves one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use session::tests::session;
    use std::cell::RefCell;
    use std::sync::Arc;

    /// Sessions whose keyring is this process's memory, and whose file has a passphrase.
    fn sessions(home: &std::path::Path, passphrase: &'static str) -> Sessions {
        let ask: Ask = Box::new(move |_, _| Ok(Secret::new(passphrase)));
        let new = Sessions::new(Some(home.join("tieline")), Arc::new(|_| {}), ask);
        Sessions { keyring: Store::Memory(RefCell::default()), ..new }
    }

    fn in_keyring(name: &str) -> Session {
        let mut session = session(name);
        session.summary.store = Kind::Keyring;
        session
    }

    #[test]
    fn sessions_are_saved_listed_opened_and_removed() {
        let home = tempfile::tempdir().unwrap();
        let all = sessions(home.path(), "open sesame");
        assert!(all.list().unwrap().is_empty());
        all.save(&in_keyring("b")).unwrap();
        all.save(&session("a")).unwrap();
        assert_eq!(all.list().unwrap().iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        for name in ["a", "b"] {
            let opened = all.open(&all.get(name).unwrap()).unwrap();
            assert_eq!(opened.secrets["token"].reveal(), format!("{name}-stored-token"));
        }
        let listed = std::fs::read_to_string(home.path().join("tieline/sessions.json")).unwrap();
        assert!(!listed.contains("stored-token"), "{listed}");
        all.remove("a").unwrap();
        all.remove("b").unwrap();
        assert!(all.list().unwrap().is_empty());
        assert!(!home.path().join("tieline/sessions.age").exists());
    }

    #[test]
    fn a_name_is_in_one_place() {
        let home = tempfile::tempdir().unwrap();
        let all = sessions(home.path(), "open sesame");
        all.save(&in_keyring("x")).unwrap();
        for error in [all.save(&session("x")).unwrap_err(), all.probe("x", Kind::File).unwrap_err()] {
            assert_eq!(error.message, "Client error: session \"x\" is in the keyring already");
            assert!(error.hint.unwrap().contains("--store keyring"));
        }
    }

    #[test]
    fn a_wrong_passphrase_opens_nothing_and_harms_nothing() {
        let home = tempfile::tempdir().unwrap();
        sessions(home.path(), "open sesame").save(&session("x")).unwrap();
        let wrong = sessions(home.path(), "guess");
        let summary = wrong.get("x").unwrap();
        for error in [wrong.open(&summary).unwrap_err(), wrong.save(&session("y")).unwrap_err()] {
            assert!(error.message.starts_with("Client error: the passphrase does not open "), "{error}");
        }
        assert!(sessions(home.path(), "open sesame").open(&summary).is_ok());
    }

    #[test]
    fn a_misspelt_name_gets_a_suggestion() {
        let home = tempfile::tempdir().unwrap();
        let all = sessions(home.path(), "open sesame");
        assert!(all.get("nightly").unwrap_err().hint.unwrap().contains("none is saved"));
        all.save(&in_keyring("nightly")).unwrap();
        let error = all.get("nigthly").unwrap_err();
        assert_eq!(error.message, "Client error: there is no saved session \"nigthly\"");
        assert_eq!(error.hint.unwrap(), "did you mean \"nightly\"?");
    }

    #[test]
    fn a_renewed_session_keeps_everything_but_its_cookies() {
        let home = tempfile::tempdir().unwrap();
        let all = sessions(home.path(), "open sesame");
        all.save(&in_keyring("x")).unwrap();
        all.renew("x", Secret::new("fresh-cookies")).unwrap();
        let opened = all.open(&all.get("x").unwrap()).unwrap();
        assert_eq!(opened.secrets["login"].reveal(), "fresh-cookies");
        assert_eq!(opened.secrets["token"].reveal(), "x-stored-token");
        all.remove("x").unwrap();
        all.renew("x", Secret::new("fresh-cookies")).unwrap();
        assert!(all.list().unwrap().is_empty());
    }

    #[test]
    fn a_session_whose_entry_is_gone_says_so() {
        let home = tempfile::tempdir().unwrap();
        let all = sessions(home.path(), "open sesame");
        all.save(&in_keyring("x")).unwrap();
        let other = sessions(home.path(), "open sesame");
        let error = other.open(&other.get("x").unwrap()).unwrap_err();
        assert_eq!(error.message, "Client error: session \"x\" is not in the keyring any more");
        other.remove("x").unwrap();
    }
}
