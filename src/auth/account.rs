//! One connection's standing at its server: what it sends goes out signed in, and no answer to somebody else passes.

use super::{
    Settings,
    standing::{Signed, Standing},
};
use crate::{
    error::{Error, Kind, Result},
    http::{self, Address, Answer, Arrays, Client, Credentials, Lock, Method, Page, Pager, Progress, Request},
    json::Json,
    services::{Deployment, Flavour, Service},
};
use std::{
    borrow::Cow,
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

/// The refusal of what no token can do (E2), word for word.
pub(super) const NEEDS_PASSWORD: &str =
    "Action or capability not available when using token authentication. Use user and password parameters instead.";

/// A server, and who we are there.
pub struct Account {
    pub(super) settings: Settings,
    pub(super) site: Client,
    /// The vendor's gateway, once it is known that the credential works only there.
    pub(super) gateway: OnceLock<Client>,
    /// Held by whoever finds out whether the gateway is the place; says whether that was done.
    pub(super) gateway_tried: Lock<bool>,
    pub(super) flavour: OnceLock<&'static Flavour>,
    pub(super) rest: Lock<Standing>,
    /// For pages, where the REST credential is a token.
    pub(super) page: Lock<Standing>,
    /// Held by the one request that shows whether the server takes the password.
    pub(super) proof: Lock<()>,
    pub(super) proven: AtomicBool,
    /// Whether the session was given away by `login()`, so that the end of the run must not end it.
    pub(super) kept: AtomicBool,
    /// Whether a server that does not say whom it sees was asked.
    checked: AtomicBool,
}

impl Account {
    /// Makes the account. Sends nothing.
    pub fn new(settings: Settings) -> Self {
        let site = Client::new(settings.service, settings.address.clone(), settings.options.clone());
        if let Some(note) = settings.ambiguity() {
            (settings.options.say)(&note);
        }
        Account {
            settings,
            site,
            gateway: OnceLock::new(),
            gateway_tried: Lock::default(),
            flavour: OnceLock::new(),
            rest: Lock::default(),
            page: Lock::default(),
            proof: Lock::default(),
            proven: false.into(),
            kept: false.into(),
            checked: false.into(),
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
        if request.page {
            self.needs_password().await?;
        }
        let signed = self.sign_in(request.page).await?;
        let answer = self.exchange(request, &signed.credentials, progress).await?;
        let outcome = match self.other_way(request, &signed, &answer).await? {
            Some(credentials) => {
                let answer = self.exchange(request, &credentials, progress).await?;
                self.judge(request, &credentials, answer).await
            }
            None => self.judge(request, &signed.credentials, answer).await,
        };
        self.note_proof(signed, &outcome).await;
        outcome
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

    pub(super) async fn exchange(
        &self,
        request: &Request,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Answer> {
        let request = self.rooted(request);
        match progress {
            Some(progress) => self.client().transfer(&request, credentials, progress).await,
            None => self.client().send(&request, credentials).await,
        }
    }

    /// Addresses that the site gave us are the gateway's, where that is the place; and the vendor's API may name another
    /// of its hosts, though ours answers for all.
    fn rooted<'a>(&self, request: &'a Request) -> Cow<'a, Request> {
        if !request.path.contains("://") {
            return Cow::Borrowed(request);
        }
        let at = |path: &str| Cow::Owned(Request { path: path.to_owned(), ..request.clone() });
        let path = request.path.strip_prefix(self.settings.address.as_str()).filter(|path| path.starts_with('/'));
        if let (Some(_), Some(path)) = (self.gateway.get(), path) {
            return at(path);
        }
        match Address::split(&request.path, true) {
            Ok((other, path)) if self.is_sibling(&other) => at(&path),
            _ => Cow::Borrowed(request),
        }
    }

    /// Says whether `other` is another host of the vendor's one API, which ours is a host of too.
    fn is_sibling(&self, other: &Address) -> bool {
        let (service, own) = (self.settings.service, &self.settings.address);
        let vendors = |address: &Address| service.deployment_of(address.host()) == Some(Deployment::Cloud);
        let one_api = service.flavours.iter().any(|flavour| flavour.home.is_some());
        one_api && other != own && vendors(own) && vendors(other)
    }

    /// Returns the credential for a second try, where the first answer shows that there is another way in.
    async fn other_way(&self, request: &Request, signed: &Signed<'_>, answer: &Answer) -> Result<Option<Credentials>> {
        let credentials = &signed.credentials;
        if answer.is_websudo() && self.may_elevate(credentials) {
            return self.basic().map(Some);
        }
        if self.has_lapsed(credentials, answer) && self.may_renew(request, answer) {
            return self.renew(request.page, signed.generation).await.map(Some);
        }
        if answer.is_basic_switched_off() && self.may_log_in(credentials).await? {
            return self.log_in_instead(signed.generation).await;
        }
        if self.is_unknown(request, answer) && self.move_to_gateway(credentials).await? {
            return Ok(Some(credentials.clone()));
        }
        Ok(None)
    }

    /// Turns refusals, and answers to somebody who is not us, into errors.
    async fn judge(&self, request: &Request, credentials: &Credentials, answer: Answer) -> Result<Answer> {
        let service = self.settings.service;
        if let Some(kind) = answer.refusal(service) {
            let error = http::refused(service, request, &answer, kind);
            return Err(if kind == Kind::Auth { self.explain(error).await } else { error });
        }
        // A redirect that was not followed is an answer a script may look at.
        if answer.status >= 400 {
            let error = http::failure(service, request, &answer);
            let unknown = answer.status == 401 && error.kind == Kind::Auth;
            return Err(if unknown { self.explain(error).await } else { error });
        }
        if answer.is_anonymous() || !self.is_us(credentials, &answer).await? {
            let error = http::not_authorised(service, request, &answer);
            let error = error.hint("the server did not take the credential and answered as to an anonymous user");
            return Err(self.explain(error).await);
        }
        Ok(answer)
    }

    /// Asks once who we are, where a server may take a token it does not know for nobody and not say so.
    async fn is_us(&self, credentials: &Credentials, answer: &Answer) -> Result<bool> {
        let flavour = self.flavour().await?;
        let told = answer.user().is_some() || answer.header("x-seraph-loginreason").is_some();
        if !flavour.silent
            || told
            || matches!(credentials, Credentials::Basic { .. })
            || self.checked.swap(true, SeqCst)
        {
            return Ok(true);
        }
        let who = self.exchange(&who_request(flavour), credentials, None).await?;
        Ok(who.status < 400 && !who.is_anonymous() && who.content.as_json().is_some_and(flavour.who.known))
    }

    /// Refuses pages where only a token is held (E2), before anything is sent.
    async fn needs_password(&self) -> Result<()> {
        let refused = || Err(Error::client(NEEDS_PASSWORD));
        if self.settings.only_token() || self.settings.deployment == Some(Deployment::Cloud) {
            return refused();
        }
        if self.flavour().await?.deployment == Deployment::Cloud { refused() } else { Ok(()) }
    }

    /// Fetches a list page by page, ahead of its reader, who wants so many items.
    pub fn pages(self: &Arc<Self>, first: Request, arrays: Arrays, wanted: Option<usize>) -> Result<Pager> {
        let account = self.clone();
        Pager::start(first, arrays, wanted, move |request| {
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
    pub async fn one_page(&self, request: &Request, arrays: Arrays) -> Result<Page> {
        Page::read(request, &self.page_of(request).await?, arrays)
    }

    /// Saves the answer to `request` as `file`; returns the number of bytes.
    pub async fn download(&self, request: &Request, file: &Path, progress: &Progress) -> Result<u64> {
        let signed = self.sign_in(false).await?;
        let refused = match self.save(request, &signed.credentials, file, progress).await? {
            Ok(size) => return Ok(size),
            Err(answer) => answer,
        };
        if let Some(credentials) = self.other_way(request, &signed, &refused).await?
            && let Ok(size) = self.save(request, &credentials, file, progress).await?
        {
            return Ok(size);
        }
        let answer = self.judge(request, &signed.credentials, refused).await?;
        Err(http::failure(self.settings.service, request, &answer))
    }

    async fn save(
        &self,
        request: &Request,
        credentials: &Credentials,
        file: &Path,
        progress: &Progress,
    ) -> Result<std::result::Result<u64, Answer>> {
        http::download(self.client(), &self.rooted(request), credentials, file, progress).await
    }

    /// Asks the server who we are.
    pub async fn who(&self) -> Result<Json> {
        let flavour = self.flavour().await?;
        let request = who_request(flavour);
        let answer = self.send(&request, None).await?;
        let unknown = || Err(http::not_authorised(self.settings.service, &request, &answer));
        if flavour.who.by_header {
            return answer.user().map_or_else(unknown, |name| Ok(Json::object([("name", name.into())])));
        }
        match answer.data(self.settings.service, &request)? {
            Some(json) if (flavour.who.known)(&json) => Ok(json),
            _ => unknown(),
        }
    }
}

fn who_request(flavour: &Flavour) -> Request {
    let (path, query) = http::query_pairs(flavour.who.path);
    let mut request = Request::new(Method::Get, path);
    request.query = query;
    request
}
