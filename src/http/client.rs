//! One server: its connection pool, its cookies, and how a request gets there and back.

use super::{
    Address, Answer, Credentials, Progress, Request, address, decode, failure,
    header::{basic, header, hidden, key_token},
    limiter::Limiter,
    retry, tls, transfer,
};
use crate::{
    error::{Error, Kind, Result},
    secret::Secret,
    services::Service,
};
use reqwest::{
    RequestBuilder, Response, Url,
    cookie::{CookieStore, Jar},
    header::{AUTHORIZATION, COOKIE, LOCATION, SET_COOKIE},
};
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard},
    time::{Duration, Instant},
};
use tokio::sync::{Notify, OwnedSemaphorePermit};

/// The most that one answer may hold in memory. Files go to disk by `download`, whatever their size.
const LARGEST: usize = 256 * 1024 * 1024;

/// How many redirects a read follows.
const HOPS: usize = 5;

/// How the client speaks to the person running it: one line at a time, secrets taken out.
pub type Say = Arc<dyn Fn(&str) + Send + Sync>;

/// How requests are sent. A connection may change some of these for itself.
#[derive(Clone)]
pub struct Options {
    /// How long one answer may take.
    pub timeout: Duration,
    /// A file of further certificates to trust.
    pub ca: Option<PathBuf>,
    /// The proxy for everything; its address may hold a password.
    pub proxy: Option<Secret>,
    /// Whether to accept wrong certificates and plain http.
    pub insecure: bool,
    /// Where writes are noted instead of being sent.
    pub simulate: Option<super::Ledger>,
    /// How many requests may be on their way at a time; nothing if as many as there are.
    pub jobs: Option<super::Flight>,
    /// Whether writes are refused.
    pub read_only: bool,
    /// Whether to show each request.
    pub trace: bool,
    /// Where waits, traces and dry runs are told.
    pub say: Say,
}

/// The way to one server.
pub struct Client {
    service: &'static str,
    address: Address,
    options: Options,
    pool: OnceLock<reqwest::Client>,
    jar: RwLock<Jar>,
    limiter: Limiter,
}

impl Client {
    /// Makes the client. Opens nothing.
    pub fn new(service: &'static Service, address: Address, options: Options) -> Self {
        let limiter = Limiter::new(service.limits);
        Client { service: service.name, address, options, pool: OnceLock::new(), jar: RwLock::default(), limiter }
    }

    /// Returns the server's address.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Returns how requests are sent.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Sends `request` and returns whatever the server answers, a refusal included. Waits and tries again where the rules allow.
    pub async fn send(&self, request: &Request, credentials: &Credentials) -> Result<Answer> {
        self.persist(request, credentials, None).await
    }

    /// Like [`Client::send`], for a request whose body may take long: only a pause longer than the time limit is too long.
    pub async fn transfer(&self, request: &Request, credentials: &Credentials, progress: &Progress) -> Result<Answer> {
        self.persist(request, credentials, Some(progress)).await
    }

    async fn persist(
        &self,
        request: &Request,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Answer> {
        let mut tries = 1;
        loop {
            let (left, place) = self.enter(request).await;
            let outcome = self.attempt(request, credentials, progress).await;
            drop(place);
            if !self.waits(request, &outcome, tries, left).await {
                return self.unless_too_many(outcome, request);
            }
            tries += 1;
        }
    }

    /// Waits until `request` may go; returns the moment it left, and its place among those on their way.
    pub(super) async fn enter(&self, request: &Request) -> (Instant, Option<OwnedSemaphorePermit>) {
        let place = match &self.options.jobs {
            Some(flight) => flight.enter().await,
            None => None,
        };
        (self.limiter.enter(request).await, place)
    }

    /// Waits where `request`, which left at `left`, may be sent again after try number `tries`; says whether it may.
    ///
    /// After a 429 it is the limiter that makes all of its lane wait.
    pub(super) async fn waits(&self, request: &Request, outcome: &Result<Answer>, tries: u32, left: Instant) -> bool {
        let wait = retry::wait_before_next(request, outcome, tries);
        match (outcome, wait) {
            (Ok(answer), Some(wait)) if answer.status == 429 => {
                if self.limiter.note_refusal(request, answer, left, wait) {
                    self.tell_wait(outcome, wait);
                }
            }
            (Ok(answer), None) if answer.status < 400 => self.limiter.note_success(request, answer),
            (_, Some(wait)) => {
                self.tell_wait(outcome, wait);
                tokio::time::sleep(wait).await;
            }
            (_, None) => {}
        }
        wait.is_some()
    }

    pub(super) fn unless_too_many(&self, outcome: Result<Answer>, request: &Request) -> Result<Answer> {
        match outcome {
            Ok(answer) if answer.status == 429 => {
                let words = answer.content.as_json().cloned();
                let error = retry::too_many(self.service, &answer.headers).details(words);
                Err(failure::about(error, self.service, request, &answer.url))
            }
            other => other,
        }
    }

    fn tell_wait(&self, outcome: &Result<Answer>, wait: Duration) {
        let why = match outcome {
            Ok(answer) => format!("it answered {}", answer.status),
            Err(error) => error.message.clone(),
        };
        // Waits of a second or less are not worth a line.
        if wait > Duration::from_secs(1) {
            (self.options.say)(&format!("waiting {} s for {} ({why})", wait.as_secs_f32().round(), self.service));
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Answer> {
        let limit = self.options.timeout;
        let moved = Arc::new(Notify::new());
        let progress = progress.map(|progress| transfer::moving(progress.clone(), moved.clone()));
        let work = async {
            let response = self.open(request, credentials, progress.as_ref()).await?;
            self.finish(request, response).await
        };
        transfer::unless_stuck(limit, &moved, work).await.unwrap_or_else(|| Err(self.too_late(request, limit)))
    }

    fn too_late(&self, request: &Request, limit: Duration) -> Box<Error> {
        let seconds = limit.as_secs_f32();
        let error =
            Error::remote(Kind::Timeout, format_args!("no whole answer from {} within {seconds} s", self.service));
        failure::about(error, self.service, request, self.address.as_str())
            .hint("give it longer with --timeout SECONDS")
    }

    async fn finish(&self, request: &Request, response: Response) -> Result<Answer> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let url = address::shown(response.url());
        let bytes = self.read(request, response).await?;
        self.trace_answer(status, bytes.len(), &headers);
        let as_it_is = request.file && (200..300).contains(&status);
        let content =
            if as_it_is { decode::Content::Bytes(bytes.into()) } else { decode::decode(&headers, bytes).await? };
        Ok(Answer { status, headers, content, url })
    }

    async fn read(&self, request: &Request, mut response: Response) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.broken(request, &e))? {
            if bytes.len() + chunk.len() > LARGEST {
                let megabytes = LARGEST / 1024 / 1024;
                let error = Error::remote(Kind::Remote, format_args!("the answer is larger than {megabytes} MB"));
                let error = error.hint("ask for less (`fields`, `limit`), or save it with download()");
                return Err(failure::about(error, self.service, request, self.address.as_str()));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Reads the answer of a refused transfer, which is small.
    pub(super) async fn refused(&self, request: &Request, response: Response) -> Result<Answer> {
        self.finish(request, response).await
    }

    /// Reads the next piece of a long answer. Only a pause longer than the time limit is too long.
    pub(super) async fn chunk(
        &self,
        request: &Request,
        response: &mut Response,
    ) -> Result<Option<impl AsRef<[u8]> + use<>>> {
        match tokio::time::timeout(self.options.timeout, response.chunk()).await {
            Ok(chunk) => chunk.map_err(|e| self.broken(request, &e)),
            Err(_) => Err(self.too_late(request, self.options.timeout)),
        }
    }

    /// Like [`Client::open`], within the time limit.
    pub(super) async fn open_in_time(&self, request: &Request, credentials: &Credentials) -> Result<Response> {
        let limit = self.options.timeout;
        let opened = tokio::time::timeout(limit, self.open(request, credentials, None)).await;
        opened.unwrap_or_else(|_| Err(self.too_late(request, limit)))
    }

    /// Sends once and follows redirects; the body of the answer is still to be read.
    async fn open(
        &self,
        request: &Request,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Response> {
        let mut url = self.address.join(&request.path, &request.query)?;
        for _ in 0..=HOPS {
            let response = self.exchange(request, &url, credentials, progress).await?;
            match self.next_hop(request, &url, &response)? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        let error = Error::remote(Kind::Remote, format_args!("more than {HOPS} redirects"));
        Err(failure::about(error, self.service, request, self.address.as_str()))
    }

    async fn exchange(
        &self,
        request: &Request,
        url: &Url,
        credentials: &Credentials,
        progress: Option<&Progress>,
    ) -> Result<Response> {
        let ours = self.address.holds(url);
        let pool = if ours {
            self.pool()?
        } else {
            &tls::pool(
                &Address::parse(url.origin().ascii_serialization().as_str(), self.options.insecure)?,
                &self.options,
            )?
        };
        let method = reqwest::Method::from_bytes(request.method.name().as_bytes())
            .map_err(|_| Error::client("this method cannot be sent"))?;
        let mut out = pool.request(method, url.clone());
        // Another server gets nothing of ours: headers may hold secrets too.
        out = if ours {
            self.with_credentials(Self::with_headers(out, request)?, url, credentials)?
        } else {
            out.header("accept", "*/*")
        };
        out = request.body.put(out, progress).await?;
        self.trace_request(request, url, if ours { credentials } else { &Credentials::Nothing });
        let response = out.send().await.map_err(|e| self.broken(request, &e))?;
        if ours {
            self.keep_cookies(request, &response, credentials);
        }
        Ok(response)
    }

    fn pool(&self) -> Result<&reqwest::Client> {
        if let Some(pool) = self.pool.get() {
            return Ok(pool);
        }
        let made = tls::pool(&self.address, &self.options)?;
        Ok(self.pool.get_or_init(|| made))
    }

    fn with_headers(mut out: RequestBuilder, request: &Request) -> Result<RequestBuilder> {
        let given = |name: &str| request.headers.iter().any(|(k, _)| k.eq_ignore_ascii_case(name));
        if !given("accept") {
            // Patches, avatars and archives are no JSON, and some servers refuse whom nothing else would do.
            out = out.header("accept", if request.page { "text/html, */*" } else { "application/json, */*;q=0.1" });
        }
        if let Some(media) = request.body.media().filter(|_| !given("content-type")) {
            out = out.header("content-type", media);
        }
        if !request.method.reads() && !given("x-atlassian-token") {
            // Atlassian servers refuse forms and uploads without it; others do not mind.
            out = out.header("x-atlassian-token", "no-check");
        }
        for (name, value) in &request.headers {
            let (name, value) = header(name, value)?;
            out = out.header(name, value);
        }
        Ok(out)
    }

    fn with_credentials(&self, out: RequestBuilder, url: &Url, credentials: &Credentials) -> Result<RequestBuilder> {
        Ok(match credentials {
            Credentials::Nothing => out,
            Credentials::Basic { user, secret } => out.header(AUTHORIZATION, basic(user, secret)?),
            Credentials::Bearer(token) => out.header(AUTHORIZATION, hidden(&format!("Bearer {}", token.reveal()))?),
            Credentials::KeyToken { key, token } => out.header(AUTHORIZATION, key_token(key, token)?),
            Credentials::Session => match self.jar().cookies(url) {
                Some(mut cookies) => {
                    cookies.set_sensitive(true);
                    out.header(COOKIE, cookies)
                }
                None => out,
            },
        })
    }

    /// Cookies are kept of log-ins and sessions only: next to another credential they would say something else about
    /// who we are.
    fn keep_cookies(&self, request: &Request, response: &Response, credentials: &Credentials) {
        if !matches!(credentials, Credentials::Session) && !request.once {
            return;
        }
        for cookie in response.headers().get_all(SET_COOKIE) {
            if let Some(value) = cookie.to_str().ok().and_then(|c| c.split(';').next()?.split_once('=')) {
                crate::secret::hide(value.1.trim_matches('"'));
            }
        }
        let mut cookies = response.headers().get_all(SET_COOKIE).iter();
        self.jar().set_cookies(&mut cookies, response.url());
    }

    /// A poisoned lock still guards whole cookies.
    fn jar(&self) -> RwLockReadGuard<'_, Jar> {
        self.jar.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all cookies, before a new session: a server may heed the stale one of two.
    pub fn forget_cookies(&self) {
        *self.jar.write().unwrap_or_else(PoisonError::into_inner) = Jar::default();
    }

    /// Returns the session's cookies as they would be sent, to be kept by somebody.
    pub fn cookies(&self) -> Option<Secret> {
        let url = self.address.join("/", &[]).ok()?;
        Some(Secret::new(self.jar().cookies(&url)?.to_str().ok()?))
    }

    /// Takes in cookies that [`Client::cookies`] returned to an earlier run.
    pub fn set_cookies(&self, cookies: &Secret) {
        if let Ok(url) = self.address.join("/", &[]) {
            for cookie in cookies.reveal().split("; ") {
                crate::secret::hide(cookie.split_once('=').map_or("", |(_, value)| value));
                self.jar().add_cookie_str(&format!("{cookie}; Path=/"), &url);
            }
        }
    }

    /// Says where a redirect leads, if the answer is one that is followed.
    fn next_hop(&self, request: &Request, url: &Url, response: &Response) -> Result<Option<Url>> {
        let location = response.headers().get(LOCATION).and_then(|l| l.to_str().ok());
        let (true, Some(location)) = (response.status().is_redirection(), location) else { return Ok(None) };
        let Ok(next) = url.join(location) else { return Ok(None) };
        if request.once && request.page {
            // Forms of log-ins answer so; where they lead says nothing that their headers do not.
            return Ok(None);
        }
        if !request.page && is_login(&next) {
            return Err(failure::sent_to_login(self.service, request, &next));
        }
        if !request.method.reads() {
            return if response.status() == 303 {
                Ok(None)
            } else {
                Err(failure::redirected(self.service, request, &next))
            };
        }
        if self.may_follow(url, &next) {
            Ok(Some(next))
        } else {
            Err(failure::redirected(self.service, request, &next))
        }
    }

    fn may_follow(&self, from: &Url, to: &Url) -> bool {
        let web = matches!(to.scheme(), "http" | "https") && (from.scheme() == "http" || to.scheme() == "https");
        web && Address::parse(&to.origin().ascii_serialization(), self.options.insecure).is_ok()
    }

    fn broken(&self, request: &Request, error: &reqwest::Error) -> Box<Error> {
        failure::network(self.service, request, &self.address, error, &tls::chain(error))
    }
}

/// Says whether an address is where people log in: on an API path that means the credential was not taken.
fn is_login(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let host = url.host_str().unwrap_or_default();
    host == "id.atlassian.com"
        || ["login", "signin", "/sso", "/saml", "authenticate.action"].iter().any(|part| path.contains(part))
}
