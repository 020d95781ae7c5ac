//! How a connection becomes a saved session: signed in, verified, and reduced to what a later run needs.

use super::{
    Account, Settings,
    store::{Kind, Session, Summary},
};
use crate::{
    error::{Error, Result},
    json::Json,
    secret::Secret,
    services::{Deployment, Scheme, Way},
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How a session is to be saved.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Its name.
    pub name: String,
    /// Where its secrets go.
    pub store: Kind,
    /// Whether a password that was only needed to log in is kept too, to log in again.
    pub keep_password: bool,
    /// When it ends, where the user knows that.
    pub expires: Option<Timestamp>,
}

/// Signs in, asks the server who we are, and returns the session with the answer.
///
/// The end of the run does not end a log-in that is kept here.
pub async fn keep(account: &Account, wish: Wish) -> Result<(Session, Json)> {
    let flavour = account.flavour().await?;
    let way = account.settings().way(flavour)?;
    let secrets = secrets(account, way, wish.keep_password).await?;
    let who = match account.who().await {
        Ok(who) => who,
        Err(error) => {
            abandon(account).await;
            return Err(error);
        }
    };
    let mut session = session(account.settings(), flavour.deployment, secrets, wish);
    session.summary.who = name_of(&who);
    if let Some(id) = account.cloud_id() {
        session.summary.cloud_id = Some(id.to_owned());
    }
    Ok((session, who))
}

/// Returns the session of what was given, as it is: nobody is asked whether it is right.
///
/// Where nothing tells the deployment, it is not the vendor's cloud.
pub fn keep_unasked(settings: &Settings, wish: Wish) -> Result<Session> {
    let service = settings.service;
    let deployment = match service.flavours {
        [only] => only.deployment,
        _ => settings.deployment.unwrap_or(Deployment::Server),
    };
    let flavour = service
        .flavour(deployment)
        .ok_or_else(|| Error::client(format_args!("there is no {} {}", service.title, deployment.name())))?;
    let secrets = given(settings, settings.way(flavour)?);
    Ok(session(settings, deployment, secrets, wish))
}

fn session(settings: &Settings, deployment: Deployment, secrets: BTreeMap<String, Secret>, wish: Wish) -> Session {
    let summary = Summary {
        name: wish.name,
        service: settings.service.name.to_owned(),
        server: settings.address.as_str().to_owned(),
        deployment,
        user: settings.user.clone(),
        who: None,
        method: method(&secrets, settings.user.is_some()),
        cloud_id: settings.cloud_id.clone(),
        gateway: settings.gateway.as_ref().map(|address| address.as_str().to_owned()),
        token_url: settings.token_url.clone(),
        store: wish.store,
        saved: Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default(),
        expires: wish.expires,
    };
    Session { summary, secrets }
}

/// Ends a log-in that nobody will keep. How that goes is not the news; a log-in that was given to us stays.
pub async fn abandon(account: &Account) {
    let settings = account.settings();
    let scheme = account.flavour().await.and_then(|flavour| settings.way(flavour)).map(|way| way.scheme);
    if scheme.is_ok_and(|scheme| scheme == Scheme::Session) {
        let _ = account.log_out().await;
    }
}

/// Members of an answer that may name somebody: as people do first, then as programs do.
const NAMES: &[&str] = &["displayName", "display_name", "fullName", "name", "username", "user"];

/// Finds in the answer to who-am-I what to call us.
pub fn name_of(who: &Json) -> Option<String> {
    let name = NAMES.iter().find_map(|name| who.get(name)?.as_str()).filter(|name| !name.is_empty());
    name.map(str::to_owned)
}

/// Names what signs in later: the secrets, and the user where one goes with them.
fn method(secrets: &BTreeMap<String, Secret>, user: bool) -> Vec<String> {
    let user = (user && !secrets.keys().all(|name| name == "login")).then(|| "user".to_owned());
    user.into_iter().chain(secrets.keys().cloned()).collect()
}

async fn secrets(account: &Account, way: &Way, keep_password: bool) -> Result<BTreeMap<String, Secret>> {
    let settings = account.settings();
    match way.scheme {
        Scheme::Session => {
            let login = match account.log_in_to_keep().await {
                Ok(handle) => Some(("login".to_owned(), handle.write())),
                // A server without sessions takes the password with each request.
                Err(error) if error.status.is_none() && keep_password => None,
                Err(error) if error.status.is_none() => {
                    return Err(error.hint("--keep-password saves the password itself; a token would be better"));
                }
                Err(error) => return Err(error),
            };
            Ok(login.into_iter().chain(keep_password.then(|| one(settings, "password")).flatten()).collect())
        }
        Scheme::Saved => {
            let handle = settings.handle.as_ref().ok_or_else(|| Error::client("there is no log-in to save"))?;
            Ok(BTreeMap::from([("login".to_owned(), handle.write())]))
        }
        _ => Ok(given(settings, way)),
    }
}

/// Returns what a way takes beside the user.
fn given(settings: &Settings, way: &Way) -> BTreeMap<String, Secret> {
    way.takes.iter().filter(|name| **name != "user").filter_map(|name| one(settings, name)).collect()
}

fn one(settings: &Settings, name: &str) -> Option<(String, Secret)> {
    let value = settings.secret(name).cloned().or_else(|| settings.name(name).map(Secret::new));
    value.map(|value| (name.to_owned(), value))
}
