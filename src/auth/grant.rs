//! A client's id and secret become a short-lived token: the client credentials grant of OAuth 2.0 (RFC 6749, 4.4).

use super::Settings;
use crate::{
    error::{Error, Kind, Result},
    http::{self, Address, Answer, Body, Client, Credentials, Method, Request},
    json::Json,
    secret::Secret,
    services::{Flavour, Grant},
};
use std::time::{Duration, Instant};

/// How long before its end a token is no longer used.
const MARGIN: Duration = Duration::from_secs(30);

/// How long a token lives that does not say it.
const USUAL: i64 = 300;

/// Gets a token; returns it with the moment from which a new one is needed. Sent once: it is a log-in.
pub(super) async fn token(
    settings: &Settings,
    site: &Client,
    flavour: &Flavour,
    id: &str,
    secret: &Secret,
) -> Result<(Secret, Instant)> {
    let nowhere = || Error::client(format_args!("{} has no tokens for client ids", settings.service.title));
    let grant = flavour.grant.ok_or_else(nowhere)?;
    let address = settings.token_url.as_deref().unwrap_or(grant.address);
    let (request, credentials) = request(grant, id, secret);
    let answer = if address.starts_with('/') {
        site.send(&Request { path: address.to_owned(), ..request.clone() }, &credentials).await?
    } else {
        let (server, path) = Address::split(address, settings.options.insecure)?;
        let there = Client::new(settings.service, server, settings.options.clone());
        there.send(&Request { path, ..request.clone() }, &credentials).await?
    };
    read(settings, &request, &answer)
}

fn request(grant: Grant, id: &str, secret: &Secret) -> (Request, Credentials) {
    let mut form = vec![("grant_type".to_owned(), "client_credentials".to_owned())];
    let mut credentials = Credentials::Nothing;
    if grant.by_header {
        credentials = Credentials::Basic { user: id.to_owned(), secret: secret.clone() };
    } else {
        form.push(("client_id".to_owned(), id.to_owned()));
        form.push(("client_secret".to_owned(), secret.reveal().to_owned()));
    }
    let mut request = Request::new(Method::Post, "/");
    request.body = Body::Form(form);
    request.once = true;
    (request, credentials)
}

fn read(settings: &Settings, request: &Request, answer: &Answer) -> Result<(Secret, Instant)> {
    if answer.status >= 400 {
        let mut error = http::failure(settings.service, request, answer);
        // RFC 6749, 5.2: a wrong client is a 400 or a 401.
        if matches!(answer.status, 400 | 401) {
            error.kind = Kind::Auth;
            error.hint = Some("`clientId` or `clientSecret` is wrong, or the client is switched off".to_owned());
        }
        return Err(error);
    }
    let json = answer.data(settings.service, request)?.unwrap_or(Json::Null);
    let nothing = || Error::remote(Kind::Auth, "The token server answered without a token").status(answer.status);
    let token = json.get("access_token").and_then(Json::as_str).ok_or_else(nothing)?;
    let seconds = json.get("expires_in").and_then(Json::as_int).unwrap_or(USUAL);
    let life = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    // A token that lives shorter than the margin is used for half its life.
    let use_for = life.checked_sub(MARGIN).filter(|left| !left.is_zero()).unwrap_or(life / 2);
    Ok((Secret::new(token), Instant::now() + use_for))
}
