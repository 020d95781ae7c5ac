//! Why a server may not have taken a credential.

use super::Account;
use crate::{
    error::Error,
    services::{Deployment, Flavour, Scheme, TOKENS, Token},
};

impl Account {
    /// Adds the likely reason to a refusal.
    pub(super) async fn explain(&self, mut error: Box<Error>) -> Box<Error> {
        let Ok(flavour) = self.flavour().await else { return error };
        let scheme = self.scheme();
        if let (Some(Scheme::Bearer), Some(since)) = (scheme, flavour.tokens_since)
            && let Some(version) = self.version(flavour).await.filter(|version| *version < since)
        {
            let title = self.settings.service.title;
            return error.hint(format!(
                "personal access tokens need {title} {}.{} or newer; this server is {}.{}: use `user` and `password`",
                since.0, since.1, version.0, version.1
            ));
        }
        if let Some(what) = self.foreign_token(flavour) {
            return error.hint(what);
        }
        if error.hint.is_none() || scheme == Some(Scheme::Saved) {
            error.hint = Some(self.advice(flavour, scheme) + self.way_back().as_str());
        }
        error
    }

    /// Says what a token is that tells by its beginning that it is meant for somebody else.
    fn foreign_token(&self, flavour: &Flavour) -> Option<String> {
        let service = self.settings.service;
        let token = ["token", "password"].iter().find_map(|name| self.settings.secret(name))?;
        let Token { what, takers, .. } = TOKENS.iter().find(|kind| token.reveal().starts_with(kind.start))?;
        let taken = takers.contains(&(service.name, flavour.deployment));
        let own = || format!("`tieline explain {}` says what it takes", service.name);
        (!taken).then(|| {
            format!("this is {what}, which {} ({}) does not take; {}", service.title, flavour.deployment.name(), own())
        })
    }

    /// Names the command that makes the saved session anew.
    fn way_back(&self) -> String {
        let (service, name) = (self.settings.service.name, self.settings.session.as_deref());
        name.map_or(String::new(), |name| {
            let named = if name == service { String::new() } else { format!(" --as {name}") };
            format!(" (session \"{name}\"; log in again: tieline login {service}{named})")
        })
    }

    fn advice(&self, flavour: &Flavour, scheme: Option<Scheme>) -> String {
        let email = self.settings.user.as_ref().is_some_and(|user| user.contains('@'));
        let cloud = flavour.deployment == Deployment::Cloud;
        let text = match scheme {
            Some(Scheme::Basic) if cloud && !email => {
                "on Cloud `user` must be the e-mail address of the account, with an API token"
            }
            Some(Scheme::Basic) if cloud => {
                "the API token is wrong, expired or not this user's; account passwords are not accepted, and one with scopes may need `cloudId`"
            }
            Some(Scheme::KeyToken) => {
                let hint = "the token is wrong, expired or made with another key";
                let again = self.settings.authorize(flavour);
                return again.map_or_else(|| hint.to_owned(), |again| format!("{hint}; for a new one {again}"));
            }
            Some(Scheme::Bearer) if cloud => "the token is wrong, expired or revoked",
            Some(Scheme::Bearer) => "the personal access token is wrong, expired or revoked",
            Some(Scheme::Client) => "the server does not take the client's token; check its scopes and the site",
            Some(Scheme::Saved) => "the saved session has expired or was logged out: log in again",
            _ => "the user name or the password is wrong, or the session has ended",
        };
        text.to_owned()
    }
}
