//! Sessions in one file, encrypted with a passphrase. The only user of `age`.

use super::{
    Ask, Question,
    folder::{Folder, Lock},
    form,
};
use crate::{
    error::{Error, Result},
    json::{self, Json, Object},
    secret::Secret,
};
use age::{DecryptError, secrecy::SecretString};
use std::{cell::RefCell, rc::Rc};
use zeroize::Zeroizing;

/// The file's name.
const FILE: &str = "sessions.age";

/// The cost of one try of a passphrase, as a power of two: a third of a second and 128 MB.
const COST: u8 = 17;

/// The largest cost that is accepted from a file.
const LARGEST_COST: u8 = 20;

/// The file, and what this run knows of it.
pub(super) struct Vault {
    folder: Rc<Folder>,
    ask: Ask,
    passphrase: RefCell<Option<Secret>>,
    /// The last file as it was read or written: while it stays the same it need not be decrypted again.
    known: RefCell<Option<(Vec<u8>, Json)>>,
}

impl Vault {
    /// Makes the vault. Reads and asks nothing yet.
    pub(super) fn new(folder: Rc<Folder>, ask: Ask) -> Self {
        Vault { folder, ask, passphrase: RefCell::default(), known: RefCell::default() }
    }

    /// Finds out whether something could be saved: the passphrase must open what is there.
    pub(super) fn probe(&self) -> Result<()> {
        // Whether the folder takes a file shows now; a passphrase is tried without keeping others waiting.
        drop(self.folder.lock()?);
        if self.sessions()?.is_empty() {
            self.passphrase(Question::New)?;
        }
        Ok(())
    }

    /// Returns the session `name`.
    pub(super) fn read(&self, name: &str) -> Result<Option<Json>> {
        Ok(self.sessions()?.get(name).cloned())
    }

    /// Puts the session `name` in, or with nothing takes it out.
    pub(super) fn change(&self, held: &Lock, name: &str, session: Option<Json>) -> Result<()> {
        let mut sessions = self.sessions()?;
        match session {
            Some(json) => sessions.set(name, json),
            None if sessions.remove(name).is_none() => return Ok(()),
            None => {}
        }
        if sessions.is_empty() {
            return self.folder.remove(held, FILE);
        }
        let json = form::stamp([("sessions", sessions.into())]);
        let bytes = encrypt(&json, &self.passphrase(Question::New)?)?;
        self.folder.write(held, FILE, &bytes)?;
        self.known.replace(Some((bytes, json)));
        Ok(())
    }

    /// Returns the path, for messages.
    pub(super) fn shown(&self) -> String {
        self.folder.shown(FILE)
    }

    fn sessions(&self) -> Result<Object> {
        let Some(bytes) = self.folder.read(FILE)? else { return Ok(Object::default()) };
        let known = self.known.borrow().clone().filter(|(seen, _)| *seen == bytes);
        let json = match known {
            Some((_, json)) => json,
            None => self.open(bytes)?,
        };
        json.get("sessions").and_then(Json::as_object).cloned().ok_or_else(|| form::damaged(&self.shown()))
    }

    fn open(&self, bytes: Vec<u8>) -> Result<Json> {
        let passphrase = self.passphrase(Question::Old)?;
        let plain = decrypt(&bytes, &passphrase).map_err(|error| {
            self.passphrase.take();
            self.refused(&error)
        })?;
        let json = json::parse(&plain).map_err(|_| form::damaged(&self.shown()))?;
        let json = form::upgrade(json, &self.shown())?;
        self.known.replace(Some((bytes, json.clone())));
        Ok(json)
    }

    fn refused(&self, error: &DecryptError) -> Box<Error> {
        let place = self.shown();
        match error {
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                Error::client(format_args!("the passphrase does not open {place}"))
                    .hint("if it is lost, remove the file and log in again")
            }
            DecryptError::ExcessiveWork { .. } => {
                Error::client(format_args!("{place} asks for more work than tieline would have made it need"))
            }
            _ => form::damaged(&place),
        }
    }

    fn passphrase(&self, question: Question) -> Result<Secret> {
        if let Some(known) = self.passphrase.borrow().as_ref() {
            return Ok(known.clone());
        }
        let given = (self.ask)(question, &self.shown())?;
        if given.is_empty() {
            return Err(Error::client("the passphrase of the session file is empty"));
        }
        self.passphrase.replace(Some(given.clone()));
        Ok(given)
    }
}

fn encrypt(json: &Json, passphrase: &Secret) -> Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.reveal()));
    recipient.set_work_factor(COST);
    let plain = Zeroizing::new(json.to_string());
    age::encrypt(&recipient, plain.as_bytes())
        .map_err(|e| Error::client(format_args!("cannot encrypt the session file: {e}")))
}

fn decrypt(bytes: &[u8], passphrase: &Secret) -> std::result::Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.reveal()));
    identity.set_max_work_factor(LARGEST_COST);
    age::decrypt(&identity, bytes).map(Zeroizing::new)
}
