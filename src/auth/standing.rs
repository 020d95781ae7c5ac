//! Whether we are signed in: the first request signs in, a session that ended is renewed once, and what the server
//! refused is not sent again.

use super::{Account, account::NEEDS_PASSWORD, grant, login};
use crate::{
    error::{Error, Kind, Result},
    http::{Answer, Credentials, Lock, LockGuard, Request},
    secret::Secret,
    services::{Deployment, Flavour, Scheme},
};
use std::{sync::atomic::Ordering::SeqCst, time::Instant};

/// Where one credential stands.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) state: State,
    /// How often we signed in: tells whether somebody else renewed the session while we waited.
    pub(super) generation: u64,
    /// When a short-lived token ends.
    until: Option<Instant>,
}

#[derive(Default)]
pub(super) enum State {
    #[default]
    Fresh,
    In(Credentials),
    /// The server refused the password. It is not asked again.
    Refused(Box<Error>),
    /// The script logged out.
    Out,
}

/// What one request goes out with.
pub(super) struct Signed<'a> {
    pub(super) credentials: Credentials,
    pub(super) generation: u64,
    /// Held while this request shows whether the server takes the password: others wait, so that a wrong one is sent once.
    proof: Option<LockGuard<'a, ()>>,
}

impl Account {
    pub(super) fn standing(&self, page: bool) -> &Lock<Standing> {
        if page && self.settings.secret("token").is_some() { &self.page } else { &self.rest }
    }

    /// Returns the credential to send, signing in first if that was not done yet.
    pub(super) async fn sign_in(&self, page: bool) -> Result<Signed<'_>> {
        let flavour = self.flavour().await?;
        let (credentials, generation) = self.credentials(flavour, page).await?;
        if !self.is_to_prove(flavour, &credentials) {
            return Ok(Signed { credentials, generation, proof: None });
        }
        let proof = self.proof.lock().await;
        // Whoever held the proof before may have found out.
        let (credentials, generation) = self.credentials(flavour, page).await?;
        let proof = self.is_to_prove(flavour, &credentials).then_some(proof);
        Ok(Signed { credentials, generation, proof })
    }

    /// Servers lock accounts after a few wrong passwords; the vendor's clouds do not.
    fn is_to_prove(&self, flavour: &Flavour, credentials: &Credentials) -> bool {
        let with_password = matches!(credentials, Credentials::Basic { .. });
        with_password && flavour.deployment == Deployment::Server && !self.proven.load(SeqCst)
    }

    /// Remembers what the answer said about the password, and lets the others go on.
    pub(super) async fn note_proof(&self, signed: Signed<'_>, outcome: &Result<Answer>) {
        let Some(_proof) = signed.proof else { return };
        match outcome {
            Err(error) if error.kind == Kind::Auth => {
                self.rest.lock().await.state = State::Refused(error.clone());
            }
            Err(error) if error.status.is_none() => {}
            _ => self.proven.store(true, SeqCst),
        }
    }

    async fn credentials(&self, flavour: &'static Flavour, page: bool) -> Result<(Credentials, u64)> {
        let mut standing = self.standing(page).lock().await;
        match &standing.state {
            State::In(credentials) if standing.until.is_none_or(|end| Instant::now() < end) => {
                return Ok((credentials.clone(), standing.generation));
            }
            State::Refused(error) => return Err(error.clone()),
            State::Out => return Err(Error::client("this connection was logged out; make a new one")),
            State::Fresh | State::In(_) => {}
        }
        let scheme = match self.settings.way(flavour)?.scheme {
            _ if page && self.settings.secret("token").is_some() => Scheme::Session,
            scheme => scheme,
        };
        self.settle_place(flavour, scheme == Scheme::Client).await?;
        let made = self.make(flavour, scheme).await;
        Self::settle(&mut standing, made)
    }

    pub(super) fn settle(standing: &mut Standing, made: Result<Made>) -> Result<(Credentials, u64)> {
        match made {
            Ok(Made(credentials, until)) => {
                standing.state = State::In(credentials.clone());
                standing.generation += 1;
                standing.until = until;
                Ok((credentials, standing.generation))
            }
            Err(error) => {
                // Only the server's word about the password settles the matter; a broken connection may mend.
                if error.status.is_some() {
                    standing.state = State::Refused(error.clone());
                }
                Err(error)
            }
        }
    }

    async fn make(&self, flavour: &'static Flavour, scheme: Scheme) -> Result<Made> {
        let way = self.settings.way(flavour)?;
        let missing = || Error::client("the credential is missing");
        let name = |name| self.settings.name(name).map(str::to_owned).ok_or_else(missing);
        let secret = || way.takes.last().and_then(|name| self.settings.secret(name)).cloned().ok_or_else(missing);
        let credentials = match scheme {
            Scheme::Basic => Credentials::Basic { user: name("user")?, secret: secret()? },
            Scheme::Bearer => Credentials::Bearer(secret()?),
            Scheme::KeyToken => Credentials::KeyToken { key: name("key")?, token: secret()? },
            Scheme::Client => return self.token_of_client(flavour, &name("clientId")?, &secret()?).await,
            Scheme::Saved => {
                let handle = self.settings.handle.as_ref().ok_or_else(missing)?;
                self.site.set_cookies(&handle.cookies);
                Credentials::Session
            }
            Scheme::Session => self.log_in(flavour).await?,
        };
        Ok(Made(credentials, None))
    }

    async fn token_of_client(&self, flavour: &Flavour, id: &str, secret: &Secret) -> Result<Made> {
        let (token, until) = grant::token(&self.settings, &self.site, flavour, id, secret).await?;
        Ok(Made(Credentials::Bearer(token), Some(until)))
    }

    /// Returns how the connection signs in, once its flavour is known.
    pub(super) fn scheme(&self) -> Option<Scheme> {
        self.settings.way(self.flavour.get()?).ok().map(|way| way.scheme)
    }

    pub(super) async fn log_in(&self, flavour: &Flavour) -> Result<Credentials> {
        let (user, password) = self.password()?;
        self.site.forget_cookies();
        login::log_in(self.settings.service, flavour, &self.site, user, password).await
    }

    pub(super) fn password(&self) -> Result<(&str, &Secret)> {
        match (&self.settings.user, self.settings.secret("password")) {
            (Some(user), Some(password)) => Ok((user, password)),
            _ => Err(Error::client(NEEDS_PASSWORD)),
        }
    }

    pub(super) fn basic(&self) -> Result<Credentials> {
        let (user, password) = self.password()?;
        Ok(Credentials::Basic { user: user.to_owned(), secret: password.clone() })
    }

    /// Basic passes secure administration where a session or a token does not.
    pub(super) fn may_elevate(&self, credentials: &Credentials) -> bool {
        !matches!(credentials, Credentials::Basic { .. }) && self.password().is_ok()
    }

    /// Says whether the answer shows that a session, or a client's token, has ended.
    pub(super) fn has_lapsed(&self, credentials: &Credentials, answer: &Answer) -> bool {
        let refused = answer.status == 401 && !answer.is_websudo() && answer.user().is_none();
        let ends = matches!(credentials, Credentials::Session) || self.is_client(credentials);
        ends && (refused || answer.is_anonymous())
    }

    fn is_client(&self, credentials: &Credentials) -> bool {
        matches!(credentials, Credentials::Bearer(_)) && self.scheme() == Some(Scheme::Client)
    }

    /// A write that an anonymous user was let make must not be made again.
    pub(super) fn may_renew(&self, request: &Request, answer: &Answer) -> bool {
        let can = self.password().is_ok() || self.scheme() == Some(Scheme::Client);
        can && (answer.status == 401 || request.reads)
    }

    /// Signs in again, once per run: what it signs in with had been accepted, so it is not a guess.
    pub(super) async fn renew(&self, page: bool, generation: u64) -> Result<Credentials> {
        let flavour = self.flavour().await?;
        let mut standing = self.standing(page).lock().await;
        if let (State::In(credentials), true) = (&standing.state, standing.generation > generation) {
            return Ok(credentials.clone());
        }
        if standing.generation > 1 {
            let words = "The session ended again after it was renewed once. Response code: 401.";
            return Err(Error::remote(Kind::Auth, words).status(401));
        }
        let name = self.settings.service.name;
        (self.settings.options.say)(&format!("{name}: the session has ended; logging in again"));
        let made = match self.scheme() {
            Some(Scheme::Client) => self.make(flavour, Scheme::Client).await,
            _ => self.log_in(flavour).await.map(|credentials| Made(credentials, None)),
        };
        Self::settle(&mut standing, made).map(|(credentials, _)| credentials)
    }

    /// Says whether a server that takes no Basic may offer a log-in that was not tried yet.
    pub(super) async fn may_log_in(&self, credentials: &Credentials) -> Result<bool> {
        let basic = matches!(credentials, Credentials::Basic { .. });
        let tried = self.scheme() == Some(Scheme::Session);
        Ok(basic && !tried && self.password().is_ok() && !self.flavour().await?.ladder.is_empty())
    }

    /// Logs in where Basic is switched off: that refusal says nothing about the password, so it is not a second guess.
    pub(super) async fn log_in_instead(&self, generation: u64) -> Result<Option<Credentials>> {
        let flavour = self.flavour().await?;
        let mut standing = self.rest.lock().await;
        if let (State::In(credentials), true) = (&standing.state, standing.generation > generation) {
            return Ok(Some(credentials.clone()));
        }
        let made = self.log_in(flavour).await?;
        if matches!(made, Credentials::Basic { .. }) {
            return Ok(None);
        }
        Self::settle(&mut standing, Ok(Made(made, None))).map(|(credentials, _)| Some(credentials))
    }
}

/// A credential that was just made, and when it ends by itself.
pub(super) struct Made(pub(super) Credentials, pub(super) Option<Instant>);
