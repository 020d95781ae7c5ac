//! One connection's standing at its server: signs in when first needed, notices when it is not who it was, signs out.

use super::{Handle, Settings, login, settings};
use crate::{
    error::{Error, Kind, Result},
    http::{self, Answer, Client, Credentials, Method, Page, Pager, Progress, Request},
    json::Json,
    secret::Secret,
    services::{Deployment, Flavour, Scheme, Service},
};
use std::{
    path::Path,
    sync::{Arc, OnceLock},
};
use tokio::sync::Mutex;

/// The refusal of what no token can do (E2), word for word.
const NEEDS_PASSWORD: &str =
    "Action or capability not available when using token authentication. Use user and password parameters instead.";

/// Where one credential stands.
#[derive(Default)]
struct Standing {
    state: State,
    /// How often we signed in: tells whether somebody else renewed the session while we waited.
    generation: u64,
}

#[derive(Default)]
enum State {
    #[default]
    Fresh,
    In(Credentials),
    /// The server refused the password. It is not asked again.
    Refused(Box<Error>),
    /// The script logged out.
    Out,
}

/// A server, and who we are there.
pub struct Account {
    settings: Settings,
    client: Client,
    flavour: OnceLock<&'static Flavour>,
    rest: Mutex<Standing>,
    /// For pages, where the REST credential is a token.
    page: Mutex<Standing>,
    /// Whether the session was given away by login(), so that the end of the run must not end it.
    kept: std::sync::atomic::AtomicBool,
}

impl Account {
    /// Makes the account. Sends nothing.
    pub fn new(settings: Settings) -> Self {
        let client = Client::new(settings.service.name, settings.address.clone(), settings.options.clone());
        if let Some(note) = settings.ambiguity() {
            (settings.options.say)(&note);
        }
        Account {
            settings,
            client,
            flavour: OnceLock::new(),
            rest: Mutex::default(),
            page: Mutex::default(),
            kept: false.into(),
        }
    }

    /// Returns the service.
    pub fn service(&self) -> &'static Service {
        self.settings.service
    }

    /// Returns what the account was made from.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Sends `request`, signed in, and returns the answer of a success.
    ///
    /// Writes are shown or refused instead where the run says so.
    pub async fn send(&self, request: &Request, progress: Option<&Progress>) -> Result<Answer> {
        if let Some(answer) = self.hold_back(request)? {
            return Ok(answer);
        }
        let page = request.page;
        if page {
            self.needs_password().await?;
        }
        let (credentials, generation) = self.sign_in(page).await?;
        let answer = self.exchange(request, &credentials, progress).await?;
        if answer.is_websudo() && self.may_elevate(&credentials) {
            return self.judge(request, self.exchange(request, &self.basic()?, progress).await?).await;
        }
        if self.has_lapsed(&credentials, &answer) && self.may_renew(request, &answer) {
            let (credentials, _) = self.renew(page, generation).await?;
            return self.judge(request, self.exchange(request, &credentials, progress).await?).await;
        }
        self.judge(request, answer).await
    }

    /// Keeps a write from being sent in a dry or read-only run.
    fn hold_back(&self, request: &Request) -> Result<Option<Answer>> {
        if request.reads {
            return Ok(None);
        }
        let (options, name) = (&self.settings.options, self.settings.service.name);
        if options.read_only {
            let what = format!("{} {}", request.method.name(), request.path);
            return Err(Error::client(format_args!("this run is read-only: {name} {what} was not sent")));
        }
        Ok(options.simulate.as_ref().map(|ledger| {
            (options.say)(&format!("{name}: {}", ledger.note(name, request)));
            Answer::simulated(self.settings.address.as_str())
        }))
    }

    async fn exchange(
        &self,
        request: &Request,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Answer> {
        match progress {
            Some(progress) => self.client.transfer(request, credentials, progress).await,
            None => self.client.send(request, credentials).await,
        }
    }

    /// Turns refusals, and answers to somebody who is not us, into errors.
    async fn judge(&self, request: &Request, answer: Answer) -> Result<Answer> {
        let service = self.settings.service;
        // A redirect that was not followed is an answer a script may look at.
        if answer.status >= 400 {
            let error = http::failure(service, request, &answer);
            return Err(if answer.status == 401 && error.kind == Kind::Auth {
                self.explain(error).await
            } else {
                error
            });
        }
        if answer.is_anonymous() {
            let error = http::not_authorised(service, request, &answer);
            return Err(self
                .explain(error.hint("the server did not take the credential and answered as to an anonymous user"))
                .await);
        }
        Ok(answer)
    }

    /// Adds why the server may have refused the credential.
    async fn explain(&self, mut error: Box<Error>) -> Box<Error> {
        let Ok(flavour) = self.flavour().await else { return error };
        let scheme = self.settings.way(flavour).map(|way| way.scheme).ok();
        if let (Some(Scheme::Bearer), Some(since)) = (scheme, flavour.tokens_since)
            && let Some(version) = self.version().await.filter(|version| *version < since)
        {
            let title = self.settings.service.title;
            return error.hint(format!(
                "personal access tokens need {title} {}.{} or newer; this server is {}.{}: use `user` and `password`",
                since.0, since.1, version.0, version.1
            ));
        }
        if error.hint.is_none() || scheme == Some(Scheme::Saved) {
            error.hint = Some(self.advice(flavour, scheme).to_owned());
        }
        error
    }

    fn advice(&self, flavour: &Flavour, scheme: Option<Scheme>) -> &'static str {
        let email = self.settings.user.as_ref().is_some_and(|user| user.contains('@'));
        match scheme {
            Some(Scheme::Basic) if flavour.deployment == Deployment::Cloud && !email => {
                "on Cloud `user` must be the e-mail address of the account, with an API token"
            }
            Some(Scheme::Basic) if flavour.deployment == Deployment::Cloud => {
                "the API token is wrong, expired or not this user's; account passwords are not accepted"
            }
            Some(Scheme::Bearer) => "the personal access token is wrong, expired or revoked",
            Some(Scheme::Saved) => "the saved session has expired or was logged out: log in again",
            _ => "the user name or the password is wrong, or the session has ended",
        }
    }

    /// Returns the flavour: as said, as the host's name or the credential tells, or as the server itself does.
    pub async fn flavour(&self) -> Result<&'static Flavour> {
        if let Some(flavour) = self.flavour.get() {
            return Ok(flavour);
        }
        let deployment = match self.settings.deployment.or_else(|| self.settings.implied()) {
            Some(deployment) => deployment,
            None => self.ask_flavour().await?,
        };
        let service = self.settings.service;
        let flavour = service
            .flavour(deployment)
            .ok_or_else(|| Error::client(format_args!("there is no {} of this deployment", service.title)))?;
        Ok(self.flavour.get_or_init(|| flavour))
    }

    async fn ask_flavour(&self) -> Result<Deployment> {
        let request = Request::new(Method::Get, self.settings.service.info);
        let answer = self.client.send(&request, &Credentials::Nothing).await?;
        if matches!(answer.status, 401 | 403) {
            // Cloud always answers this; a server behind a gate may not.
            return Ok(Deployment::Server);
        }
        let service = self.settings.service;
        let info = if answer.status < 400 {
            answer.data(service, &request)
        } else {
            Err(http::failure(service, &request, &answer))
        };
        let info = info.map_err(|error| {
            let place = self.settings.address.as_str().to_owned();
            error.hint(format!(
                "{place} does not look like {}: check `server`, the base address including its context path",
                service.title
            ))
        })?;
        let kind = info.as_ref().and_then(|info| info.get("deploymentType")?.as_str());
        Ok(if kind == Some("Cloud") { Deployment::Cloud } else { Deployment::Server })
    }

    /// Returns major and minor version of the server.
    async fn version(&self) -> Option<(u64, u64)> {
        let request = Request::new(Method::Get, self.settings.service.info);
        let answer = self.client.send(&request, &Credentials::Nothing).await.ok()?;
        let version = answer.content.as_json()?.get("version")?.as_str()?.to_owned();
        let mut numbers = version.split('.').map_while(|part| part.parse().ok());
        Some((numbers.next()?, numbers.next().unwrap_or(0)))
    }

    fn standing(&self, page: bool) -> &Mutex<Standing> {
        if page && self.settings.secret("token").is_some() { &self.page } else { &self.rest }
    }

    /// Returns the credential to send, signing in first if that was not done yet.
    async fn sign_in(&self, page: bool) -> Result<(Credentials, u64)> {
        let flavour = self.flavour().await?;
        let mut standing = self.standing(page).lock().await;
        match &standing.state {
            State::In(credentials) => return Ok((credentials.clone(), standing.generation)),
            State::Refused(error) => return Err(error.clone()),
            State::Out => return Err(Error::client("this connection was logged out; make a new one")),
            State::Fresh => {}
        }
        let scheme = match self.settings.way(flavour)?.scheme {
            _ if page && self.settings.secret("token").is_some() => Scheme::Session,
            scheme => scheme,
        };
        let made = self.credentials(flavour, scheme).await;
        self.settle(&mut standing, made)
    }

    fn settle(&self, standing: &mut Standing, made: Result<Credentials>) -> Result<(Credentials, u64)> {
        match made {
            Ok(credentials) => {
                standing.state = State::In(credentials.clone());
                standing.generation += 1;
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

    async fn credentials(&self, flavour: &Flavour, scheme: Scheme) -> Result<Credentials> {
        let way = self.settings.way(flavour)?;
        let secret = || way.takes.last().and_then(|name| self.settings.secret(name)).cloned();
        let missing = || Error::client("the credential is missing");
        Ok(match scheme {
            Scheme::Basic => Credentials::Basic {
                user: self.settings.user.clone().ok_or_else(missing)?,
                secret: secret().ok_or_else(missing)?,
            },
            Scheme::Bearer => Credentials::Bearer(secret().ok_or_else(missing)?),
            Scheme::Saved => {
                let handle = self.settings.handle.as_ref().ok_or_else(missing)?;
                self.client.set_cookies(&handle.cookies);
                Credentials::Session
            }
            Scheme::Session => self.log_in(flavour).await?,
        })
    }

    async fn log_in(&self, flavour: &Flavour) -> Result<Credentials> {
        let (user, password) = self.password()?;
        self.client.forget_cookies();
        login::log_in(self.settings.service, flavour, &self.client, user, password).await
    }

    fn password(&self) -> Result<(&str, &Secret)> {
        match (&self.settings.user, self.settings.secret("password")) {
            (Some(user), Some(password)) => Ok((user, password)),
            _ => Err(Error::client(NEEDS_PASSWORD)),
        }
    }

    fn basic(&self) -> Result<Credentials> {
        let (user, password) = self.password()?;
        Ok(Credentials::Basic { user: user.to_owned(), secret: password.clone() })
    }

    /// Refuses pages where only a token is held (E2), before anything is sent.
    async fn needs_password(&self) -> Result<()> {
        let refused = || Err(Error::client(NEEDS_PASSWORD));
        if self.settings.only_token() || self.settings.deployment == Some(Deployment::Cloud) {
            return refused();
        }
        if self.flavour().await?.deployment == Deployment::Cloud { refused() } else { Ok(()) }
    }

    /// Basic passes secure administration where a session or a token does not.
    fn may_elevate(&self, credentials: &Credentials) -> bool {
        !matches!(credentials, Credentials::Basic { .. }) && self.password().is_ok()
    }

    fn has_lapsed(&self, credentials: &Credentials, answer: &Answer) -> bool {
        let refused = answer.status == 401 && !answer.is_websudo() && answer.user().is_none();
        matches!(credentials, Credentials::Session) && (refused || answer.is_anonymous())
    }

    /// A write that an anonymous user was let make must not be made again.
    fn may_renew(&self, request: &Request, answer: &Answer) -> bool {
        self.password().is_ok() && (answer.status == 401 || request.reads)
    }

    /// Logs in again, once per run: the password had been accepted, so it is not a guess.
    async fn renew(&self, page: bool, generation: u64) -> Result<(Credentials, u64)> {
        let flavour = self.flavour().await?;
        let mut standing = self.standing(page).lock().await;
        if let (State::In(credentials), true) = (&standing.state, standing.generation > generation) {
            return Ok((credentials.clone(), standing.generation));
        }
        if standing.generation > 1 {
            return Err(Error::remote(
                Kind::Auth,
                "The session ended again after it was renewed once. Response code: 401.",
            )
            .status(401));
        }
        (self.settings.options.say)(&format!(
            "{}: the session has ended; logging in again",
            self.settings.service.name
        ));
        let made = self.log_in(flavour).await;
        self.settle(&mut standing, made)
    }

    /// Fetches a list page by page, ahead of its reader. `arrays`: whether a bare array is one page of several.
    pub fn pages(self: &Arc<Self>, first: Request, arrays: bool) -> Result<Pager> {
        let account = self.clone();
        Pager::start(first, arrays, move |request| {
            let account = account.clone();
            async move { account.page_of(&request).await }
        })
    }

    async fn page_of(&self, request: &Request) -> Result<Json> {
        let answer = self.send(request, None).await?;
        let nothing = || Error::remote(Kind::Remote, "the server answered nothing where a list was expected");
        answer.data(self.settings.service, request)?.ok_or_else(nothing)
    }

    /// Fetches one page of a list by itself.
    pub async fn one_page(&self, request: &Request, arrays: bool) -> Result<Page> {
        Page::read(request, &self.page_of(request).await?, arrays)
    }

    /// Saves the answer to `request` as `file`; returns the number of bytes.
    pub async fn download(&self, request: &Request, file: &Path, progress: &Progress) -> Result<u64> {
        let (credentials, generation) = self.sign_in(false).await?;
        let done = http::download(&self.client, request, &credentials, file, progress).await?;
        let refused = match done {
            Ok(size) => return Ok(size),
            Err(answer) => answer,
        };
        if self.has_lapsed(&credentials, &refused) && self.password().is_ok() {
            let (credentials, _) = self.renew(false, generation).await?;
            if let Ok(size) = http::download(&self.client, request, &credentials, file, progress).await? {
                return Ok(size);
            }
        }
        Err(http::failure(self.settings.service, request, &refused))
    }

    /// Asks the server who we are.
    pub async fn who(&self) -> Result<Json> {
        let request = Request::new(Method::Get, self.flavour().await?.who);
        self.page_of(&request).await
    }

    /// Logs in and returns the session's handle. The end of the run does not end it any more.
    pub async fn log_in_to_keep(&self) -> Result<Handle> {
        let (service, flavour) = (self.settings.service, self.flavour().await?);
        if flavour.ladder.is_empty() {
            return Err(settings::session_on_cloud(service.title));
        }
        self.password().map_err(|_| Error::client("login() needs `user` and `password`; a token needs no login"))?;
        let standing = self.standing(true);
        {
            let mut standing = standing.lock().await;
            if !matches!(standing.state, State::In(Credentials::Session)) {
                let made = self.log_in(flavour).await;
                self.settle(&mut standing, made)?;
            }
        }
        let cookies = self.client.cookies().ok_or_else(|| no_session(service))?;
        self.kept.store(true, std::sync::atomic::Ordering::SeqCst);
        let server = self.settings.address.as_str().to_owned();
        Ok(Handle { service: service.name.to_owned(), server, deployment: flavour.deployment, cookies })
    }

    /// Ends the session at the server, an earlier run's included.
    pub async fn log_out(&self) -> Result<()> {
        self.sign_in(true).await?;
        self.kept.store(false, std::sync::atomic::Ordering::SeqCst);
        self.end_session(&self.rest).await?;
        self.end_session(&self.page).await
    }

    /// Ends what the run itself began. Called at its end, also after an error.
    pub async fn close(&self) -> Result<()> {
        let saved = self.settings.handle.is_some() && self.rest.lock().await.generation <= 1;
        if saved || self.kept.load(std::sync::atomic::Ordering::SeqCst) {
            return Ok(());
        }
        self.end_session(&self.rest).await?;
        self.end_session(&self.page).await
    }

    async fn end_session(&self, standing: &Mutex<Standing>) -> Result<()> {
        let mut standing = standing.lock().await;
        if !matches!(standing.state, State::In(Credentials::Session)) {
            return Ok(());
        }
        standing.state = State::Out;
        let mut request = Request::new(Method::Delete, self.flavour().await?.logout);
        request.once = true;
        let answer = self.client.send(&request, &Credentials::Session).await?;
        match answer.status {
            // 401: it has ended by itself. 404: this server knows no way to end one but time.
            200..=299 | 401 | 404 => Ok(()),
            _ => Err(http::failure(self.settings.service, &request, &answer)),
        }
    }
}

fn no_session(service: &Service) -> Box<Error> {
    Error::client(format_args!("this {} gives no session: it takes user and password with each request", service.title))
}
