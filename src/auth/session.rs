//! Sessions: made to be kept, and ended.

use super::{
    Account, Handle, settings,
    standing::{Made, Standing, State},
};
use crate::{
    error::{Error, Result},
    http::{self, Credentials, Lock, Method, Request},
    services::Service,
};
use std::sync::atomic::Ordering::SeqCst;

impl Account {
    /// Logs in and returns the session's handle. The end of the run does not end it any more.
    pub async fn log_in_to_keep(&self) -> Result<Handle> {
        let (service, flavour) = (self.settings.service, self.flavour().await?);
        if flavour.ladder.is_empty() {
            return Err(settings::session_on_cloud(service.title));
        }
        self.password().map_err(|_| Error::client("login() needs `user` and `password`; a token needs no login"))?;
        {
            let mut standing = self.standing(true).lock().await;
            if !matches!(standing.state, State::In(Credentials::Session)) {
                let made = self.log_in(flavour).await;
                Self::settle(&mut standing, made.map(|credentials| Made(credentials, None)))?;
            }
        }
        let cookies = self.site.cookies().ok_or_else(|| no_session(service))?;
        self.kept.store(true, SeqCst);
        let server = self.settings.address.as_str().to_owned();
        Ok(Handle { service: service.name.to_owned(), server, deployment: flavour.deployment, cookies })
    }

    /// Returns the handle of a saved session that had to be renewed, so that the next run need not do it again.
    /// The end of this run does not end it then.
    pub async fn renewed(&self) -> Option<Handle> {
        self.settings.session.as_ref()?;
        let old = self.settings.handle.as_ref()?;
        let rest = self.rest.lock().await;
        if rest.generation <= 1 || !matches!(rest.state, State::In(Credentials::Session)) {
            return None;
        }
        let cookies = self.site.cookies()?;
        self.kept.store(true, SeqCst);
        Some(Handle { cookies, ..old.clone() })
    }

    /// Ends the session at the server, an earlier run's included.
    pub async fn log_out(&self) -> Result<()> {
        self.sign_in(true).await?;
        self.kept.store(false, SeqCst);
        self.end_session(&self.rest).await?;
        self.end_session(&self.page).await
    }

    /// Ends what the run itself began. Called at its end, also after an error.
    pub async fn close(&self) -> Result<()> {
        let saved = self.settings.handle.is_some() && self.rest.lock().await.generation <= 1;
        if saved || self.kept.load(SeqCst) {
            return Ok(());
        }
        self.end_session(&self.rest).await?;
        self.end_session(&self.page).await
    }

    async fn end_session(&self, standing: &Lock<Standing>) -> Result<()> {
        let mut standing = standing.lock().await;
        if !matches!(standing.state, State::In(Credentials::Session)) {
            return Ok(());
        }
        standing.state = State::Out;
        let (method, path) = self.flavour().await?.logout;
        let Some(method) = Method::named(method) else { return Ok(()) };
        let mut request = Request::new(method, path);
        (request.once, request.page) = (true, true);
        let answer = self.site.send(&request, &Credentials::Session).await?;
        match answer.status {
            // 401: it has ended by itself. 404: this server knows no way to end one but time.
            200..=399 | 401 | 404 => Ok(()),
            _ => Err(http::failure(self.settings.service, &request, &answer)),
        }
    }
}

fn no_session(service: &Service) -> Box<Error> {
    Error::client(format_args!("this {} gives no session: it takes user and password with each request", service.title))
}
