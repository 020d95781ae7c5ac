//! What was given for a connection, gathered but not yet judged: to make it, to explain it, or to ask for the rest.

use super::{
    Handle, Settings, Value,
    settings::address,
    store::{Session, Sessions, Summary, is_name, unknown},
    values::{Values, known, named, names, relevant},
};
use crate::{
    error::{Error, Result},
    http::{Address, Options},
    secret::{MASK, Secret},
    services::{self, Deployment, Service, Way},
};
use jiff::Timestamp;

/// A value and where it came from.
pub struct Given {
    /// The value.
    pub value: String,
    /// Its source, for people: `--jira-token`.
    pub source: String,
}

/// A source of values beside the map: a function from service and parameter to the value.
///
/// An error ends the search: a file that cannot be read must not be passed over.
pub type Lookup<'a> = &'a dyn Fn(&Service, &str) -> Result<Option<Given>>;

/// What saved sessions are good for here.
#[derive(Clone, Copy)]
pub enum Saved<'a> {
    /// Nothing.
    Ignored,
    /// Their values count.
    Open(&'a Sessions),
    /// Their values count, but no store is opened: secrets stay unknown.
    Listed(&'a Sessions),
}

/// The values for one connection with their sources.
#[derive(Clone)]
pub struct Draft {
    /// The service.
    pub service: &'static Service,
    /// The saved session that values were taken from.
    pub session: Option<Summary>,
    pub(super) values: Values,
}

impl Draft {
    /// Gathers the values: from `map`, then from each of `lookups`, then from the saved session. Sends nothing.
    ///
    /// A saved session is opened only if it was named, or if what is needed was not found before.
    pub fn gather(
        service: &'static Service,
        map: &[(String, Value)],
        lookups: &[Lookup<'_>],
        saved: Saved<'_>,
    ) -> Result<Self> {
        for (name, _) in map {
            known(service, name)?;
        }
        let mut draft = Draft { service, session: None, values: Values::default() };
        for name in names().filter(|name| relevant(service, name)) {
            draft.values.gather(service, name, map, lookups)?;
        }
        match saved {
            Saved::Ignored => {}
            Saved::Open(sessions) => draft.complete(sessions, |summary| sessions.open(summary))?,
            Saved::Listed(sessions) => draft.complete(sessions, |summary| Ok(masked(summary)))?,
        }
        Ok(draft)
    }

    /// Checks the values as a whole and makes the settings of a connection.
    pub fn settings(self, options: &Options) -> Result<Settings> {
        let settings = self.unchecked(options)?;
        settings.check_credentials()?;
        Ok(settings)
    }

    /// Makes settings that may lack what signs in: good to ask the server what it is.
    pub fn unchecked(self, options: &Options) -> Result<Settings> {
        let session = self.session.map(|summary| summary.name);
        Settings::build(self.service, self.values, session, options)
    }

    /// Says whether the parameter `name` has a value.
    pub fn has(&self, name: &str) -> bool {
        self.values.has(name)
    }

    /// Returns the value of a parameter that is no secret.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        self.values.text(name)
    }

    /// Returns the values' names and sources, in the order in which they were found.
    pub fn sources(&self) -> &[(&'static str, String)] {
        &self.values.sources
    }

    /// Returns the deployment as far as what was given tells it.
    pub fn deployment(&self) -> Result<Option<Deployment>> {
        if let Some(name) = self.text("deployment")? {
            return named(self.service, &name).map(Some);
        }
        if let [only] = self.service.flavours {
            return Ok(Some(only.deployment));
        }
        let address = self.text("server")?.and_then(|server| Address::parse(&server, true).ok());
        Ok(address.and_then(|address| self.service.deployment_of(address.host())))
    }

    /// Returns the ways whose parameters are all given, in the order of the table.
    fn has_way(&self) -> Result<bool> {
        let deployment = self.deployment()?;
        let flavours = self.service.flavours.iter().filter(|f| deployment.is_none_or(|d| d == f.deployment));
        let complete = |way: &Way| way.takes.iter().all(|name| self.has(name));
        Ok(flavours.flat_map(|flavour| flavour.ways).any(complete))
    }

    /// Says whether what was given names the server.
    fn is_placed(&self) -> bool {
        self.has("server") || self.has("login")
    }

    /// Says whether the server is known: it was given, or the service has only the vendor's.
    pub fn has_place(&self) -> bool {
        self.is_placed() || self.service.flavours.iter().any(|flavour| flavour.home.is_some())
    }

    /// Says whether something that is needed was not given, and `summary` could give it.
    fn lacks(&self, summary: &Summary) -> Result<bool> {
        let home = self.service.flavours.iter().filter_map(|flavour| flavour.home).any(|home| home == summary.server);
        Ok(!(self.is_placed() || home) || !self.has_way()?)
    }

    fn complete(&mut self, sessions: &Sessions, open: impl Fn(&Summary) -> Result<Session>) -> Result<()> {
        let Some(summary) = self.chosen(sessions)? else { return Ok(()) };
        let now = Timestamp::now();
        summary.check_expiry(now)?;
        let mut session = open(&summary)?;
        // The record beside the secrets decides, not the list, which anybody could have written.
        self.check(&session.summary)?;
        if summary.has_expired(now) {
            session.secrets.remove("login");
        }
        self.take(session)?;
        self.session = Some(summary);
        Ok(())
    }

    /// Returns the session that was named, or else the default one if it is needed and fits.
    fn chosen(&mut self, sessions: &Sessions) -> Result<Option<Summary>> {
        if let Some(name) = self.text("session")? {
            let summary = sessions.get(&name)?;
            return self.check(&summary).map(|()| Some(summary));
        }
        if let Some(summary) = self.login_by_name(sessions)? {
            return self.check(&summary).map(|()| Some(summary));
        }
        let Some(default) = sessions.find(self.service.name)? else { return Ok(None) };
        Ok((self.lacks(&default)? && self.check(&default).is_ok()).then_some(default))
    }

    /// `login` takes a handle or a session's name. What is neither may be a mistyped handle: it is not repeated.
    fn login_by_name(&mut self, sessions: &Sessions) -> Result<Option<Summary>> {
        let Some(given) = self.values.secretly("login").filter(|text| !Handle::is_one(text)) else { return Ok(None) };
        let all = sessions.list()?;
        let found = all.iter().find(|summary| summary.name == given).cloned();
        let found = found.ok_or_else(|| {
            let what = "`login` is neither a session handle nor the name of a saved session";
            let name = if is_name(&given) { given.as_str() } else { "" };
            unknown(what, name, &all)
        })?;
        self.values.forget("login");
        Ok(Some(found))
    }

    /// Refuses a session of another service, server or user than was given.
    fn check(&self, summary: &Summary) -> Result<()> {
        let (name, service) = (&summary.name, self.service.name);
        if summary.service != service {
            return Err(Error::client(format_args!("session \"{name}\" is of {}, not of {service}", summary.service)));
        }
        if let Some(server) = self.text("server")?
            && !self.is_same_place(&server, summary)?
        {
            return Err(Error::client(format_args!(
                "session \"{name}\" belongs to {}; it is not used at {server} (`server` is from {})",
                summary.server,
                self.source("server")
            )));
        }
        let other = |given: &String| summary.user.as_ref().is_some_and(|user| user != given);
        if let Some(user) = self.text("user")?.filter(other) {
            return Err(Error::client(format_args!(
                "session \"{name}\" is of {}, not of {user} (`user` is from {})",
                summary.user.as_deref().unwrap_or_default(),
                self.source("user")
            )));
        }
        Ok(())
    }

    /// Says whether `server` is the session's, however it is written.
    fn is_same_place(&self, server: &str, summary: &Summary) -> Result<bool> {
        let prefix = self.service.flavour(summary.deployment).map_or("", |flavour| flavour.prefix);
        let base = |server: &str| {
            let address = address(self.service, Some(server.to_owned()), true)?;
            Result::Ok(address.as_str().strip_suffix(prefix).unwrap_or(address.as_str()).to_owned())
        };
        Ok(base(server)? == base(&summary.server)?)
    }

    fn source(&self, name: &str) -> &str {
        self.sources().iter().find(|(known, _)| *known == name).map_or("", |(_, source)| source)
    }

    /// Takes from the session what has no value yet.
    fn take(&mut self, session: Session) -> Result<()> {
        let Session { summary, secrets } = session;
        let source = format!("session \"{}\"", summary.name);
        let plain = [
            ("server", Some(summary.server)),
            ("deployment", Some(summary.deployment.name().to_owned())),
            ("user", summary.user),
            ("cloudId", summary.cloud_id),
            ("gateway", summary.gateway),
            ("tokenUrl", summary.token_url),
        ];
        let plain = plain.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::Text(text?))));
        let secret = |(name, secret): (String, Secret)| {
            let hidden = services::SECRETS.contains(&name.as_str());
            let value = if hidden { Value::Secret(secret) } else { Value::Text(secret.reveal().to_owned()) };
            (name, value)
        };
        for (name, value) in plain.chain(secrets.into_iter().map(secret)) {
            let known = names().find(|known| *known == name && relevant(self.service, known));
            if let Some(known) = known.filter(|known| !self.has(known)) {
                self.values.keep(known, value, &source)?;
            }
        }
        Ok(())
    }
}

/// Stands for a session whose store is not opened.
fn masked(summary: &Summary) -> Session {
    let secrets = summary.method.iter().filter(|name| *name != "user");
    let secrets = secrets.map(|name| (name.clone(), Secret::new(MASK))).collect();
    Session { summary: summary.clone(), secrets }
}
