//! What a connection is made from: values from several sources, checked.

use super::{
    Handle,
    values::{Values, named},
};
use crate::{
    error::{Error, Result},
    http::{Address, Options},
    secret::Secret,
    services::{self, Deployment, Flavour, Service, Way},
};
use std::collections::BTreeMap;

/// Everything one connection is made from.
pub struct Settings {
    /// The service.
    pub service: &'static Service,
    /// Its server.
    pub address: Address,
    /// How requests are sent.
    pub options: Options,
    /// The deployment, where it is said or the host's name tells it.
    pub deployment: Option<Deployment>,
    /// The user's name or e-mail address.
    pub user: Option<String>,
    /// The saved session to go on with.
    pub handle: Option<Handle>,
    /// The vendor's id of the site, where its gateway is to be used.
    pub cloud_id: Option<String>,
    /// The vendor's gateway, where it is not the usual one.
    pub gateway: Option<Address>,
    /// Where a client's id and secret become a token, where it is not the usual place.
    pub token_url: Option<String>,
    /// The name of the saved session that values were taken from.
    pub session: Option<String>,
    /// What says who we are beside the user, and is no secret.
    names: BTreeMap<&'static str, String>,
    secrets: BTreeMap<&'static str, Secret>,
    /// For each value that is used, its source.
    pub sources: Vec<(&'static str, String)>,
}

impl Settings {
    /// Makes settings of gathered values.
    pub(super) fn build(
        service: &'static Service,
        values: Values,
        session: Option<String>,
        options: &Options,
    ) -> Result<Self> {
        let options = values.options(options)?;
        let handle = values.secret("login")?.map(|text| Handle::read(&text)).transpose()?;
        let server = values.text("server")?.or_else(|| handle.as_ref().map(|handle| handle.server.clone()));
        let address = address(service, server, options.insecure)?;
        if let Some(handle) = &handle {
            handle.check(service, &address)?;
        }
        let deployment = match values.text("deployment")? {
            Some(name) => Some(named(service, &name)?),
            None => service.deployment_of(address.host()).or(handle.as_ref().map(|handle| handle.deployment)),
        };
        let user = values.text("user")?;
        if user.as_ref().is_some_and(|user| user.contains(':')) {
            return Err(Error::client("`user` must not have a colon in it"));
        }
        let gateway = values.text("gateway")?;
        let gateway = gateway.map(|text| Address::parse(&text, options.insecure)).transpose()?;
        let mut settings = Settings {
            service,
            address,
            deployment,
            user,
            handle,
            cloud_id: values.text("cloudId")?,
            gateway,
            token_url: values.text("tokenUrl")?,
            session,
            names: BTreeMap::new(),
            secrets: BTreeMap::new(),
            sources: Vec::new(),
            options,
        };
        settings.take_credentials(values)?;
        settings.trim_prefix()?;
        Ok(settings)
    }

    fn take_credentials(&mut self, values: Values) -> Result<()> {
        for name in services::SECRETS {
            if let Some(secret) = values.secret(name)? {
                self.secrets.insert(name, secret);
            }
        }
        for (name, _) in services::CREDENTIALS.iter().filter(|(name, _)| !services::SECRETS.contains(name)) {
            if let Some(text) = values.text(name)? {
                self.names.insert(name, text);
            }
        }
        self.sources = values.sources;
        Ok(())
    }

    /// Takes what the flavour's own paths start with off the address: people give `https://acme.atlassian.net/wiki`.
    fn trim_prefix(&mut self) -> Result<()> {
        let deployment = self.deployment.or_else(|| self.implied());
        let prefix = deployment.and_then(|d| self.service.flavour(d)).map_or("", |flavour| flavour.prefix);
        if let Some(base) = self.address.as_str().strip_suffix(prefix).filter(|_| !prefix.is_empty()) {
            self.address = Address::parse(base, true)?;
        }
        Ok(())
    }

    /// Refuses what cannot sign in anywhere, before anything is sent.
    pub(super) fn check_credentials(&self) -> Result<()> {
        let flavours = self.service.flavours.iter().filter(|f| self.deployment.is_none_or(|d| d == f.deployment));
        let mut refused = None;
        for flavour in flavours {
            match self.way(flavour) {
                Ok(_) => return Ok(()),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// Returns the secret parameter `name`.
    pub fn secret(&self, name: &str) -> Option<&Secret> {
        self.secrets.get(name)
    }

    /// Returns a parameter that says who we are and is no secret, such as an application's key.
    pub fn name(&self, name: &str) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains_key(name) || self.secrets.contains_key(name)
    }

    /// Returns the way to sign in to `flavour`: the first whose parameters are all given.
    pub fn way(&self, flavour: &Flavour) -> Result<&'static Way> {
        let ways: &'static [Way] = self.service.flavour(flavour.deployment).map_or(&[], |f| f.ways);
        let way = ways.iter().find(|way| way.takes.iter().all(|name| self.has(name)));
        way.ok_or_else(|| self.no_way(flavour, ways))
    }

    fn no_way(&self, flavour: &Flavour, ways: &[Way]) -> Box<Error> {
        let title = self.service.title;
        let place = match flavour.deployment {
            Deployment::Cloud => format!("{title} Cloud"),
            Deployment::Server => format!("{title} Server or Data Center"),
        };
        if flavour.deployment == Deployment::Cloud && self.has("login") {
            return session_on_cloud(title);
        }
        let begun = ways.iter().find(|way| way.takes.iter().any(|name| self.has(name)));
        if let Some(missing) = begun.and_then(|way| way.takes.iter().find(|name| !self.has(name))) {
            let what =
                if *missing == "user" { "`user` (your e-mail address, or user name)" } else { &format!("`{missing}`") };
            let given = begun.and_then(|way| way.takes.iter().find(|name| self.has(name))).unwrap_or(&"token");
            let hint = self.authorize(flavour).filter(|_| *missing == "token");
            return Error::client(format_args!("{place} needs {what} beside `{given}`"))
                .hint(hint.unwrap_or_else(|| self.how_to_give(missing)));
        }
        let list: Vec<String> = ways
            .iter()
            .map(|way| way.takes.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and "))
            .collect();
        Error::client(format_args!("not signed in to {title}: {place} needs {}", list.join(", or ")))
            .hint(self.how_to_give(ways.first().and_then(|way| way.takes.last()).unwrap_or(&"token")))
    }

    /// Says where a person gets a token by hand.
    pub fn authorize(&self, flavour: &Flavour) -> Option<String> {
        let address = flavour.authorize?.replace("{key}", self.name("key")?);
        Some(format!("open {address} with a browser, allow it, and give the token it shows"))
    }

    fn how_to_give(&self, name: &str) -> String {
        let service = self.service.name;
        format!(
            "give it as {service}(#{{ {name}: … }}), --{}, or in the environment as {}; or save a session: tieline login {service}",
            own_flag(self.service, name),
            variable(self.service, name)
        )
    }

    /// Returns what tells these settings from others, without showing a secret: equal settings share one session.
    pub fn fingerprint(&self) -> String {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let mut hasher = DefaultHasher::new();
        for (name, secret) in &self.secrets {
            (name, secret.reveal()).hash(&mut hasher);
        }
        let o = &self.options;
        (self.deployment.map(Deployment::name), &self.names, o.timeout, &o.ca, o.insecure).hash(&mut hasher);
        (&self.cloud_id, &self.token_url, self.gateway.as_ref().map(Address::as_str)).hash(&mut hasher);
        o.proxy.as_ref().map(Secret::reveal).hash(&mut hasher);
        format!("{} {} {:x}", self.service.name, self.address.as_str(), hasher.finish())
    }

    /// Says aloud which credential wins where two are given.
    pub fn ambiguity(&self) -> Option<String> {
        let both = self.has("token") && self.has("password");
        both.then(|| {
            format!(
                "{}: both `token` and `password` are given: the token is used; the password only for pages and secure administration",
                self.service.name
            )
        })
    }

    /// Says whether the token is all there is, so that pages and secure administration are out of reach.
    pub fn only_token(&self) -> bool {
        !(self.has("login") || self.has("user") && self.has("password"))
    }

    /// Returns the deployment if it follows from the credential: only Server takes a token alone, or a saved session.
    /// Where there is only one, nothing needs to follow.
    pub fn implied(&self) -> Option<Deployment> {
        if let [only] = self.service.flavours {
            return Some(only.deployment);
        }
        let fits = |flavour: &&Flavour| flavour.ways.iter().any(|way| way.takes.iter().all(|name| self.has(name)));
        let mut fitting = self.service.flavours.iter().filter(fits);
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only.deployment),
            _ => None,
        }
    }
}

/// Makes the refusal of a session on Cloud (S6).
pub(super) fn session_on_cloud(title: &str) -> Box<Error> {
    Error::client(format_args!("{title} Cloud has no log-in sessions; each request carries the API token"))
        .hint("use `user` (your e-mail address) and `token`")
}

/// Returns the address of `server`, of the vendor's one API, or the refusal of none.
pub(super) fn address(service: &Service, server: Option<String>, insecure: bool) -> Result<Address> {
    let home = service.flavours.iter().find_map(|flavour| flavour.home);
    let server = server.or_else(|| home.map(str::to_owned)).ok_or_else(|| no_server(service))?;
    let given = Address::parse(&server, insecure)?;
    service.home_of(given.host()).map_or(Ok(given), |home| Address::parse(home, insecure))
}

fn no_server(service: &Service) -> Box<Error> {
    let (name, variable) = (service.name, variable(service, "server"));
    Error::client(format_args!("no server for {name}: `server` is missing"))
        .hint(format!("give it as {name}(#{{ server: \"https://…\" }}), --{name}-server, or in the environment as {variable}; or try --sandbox"))
}

/// Returns a parameter's name on the command line: `cloudId` is `cloud-id`.
pub fn dashed(name: &str) -> String {
    name.chars().flat_map(|c| if c.is_uppercase() { vec!['-', c.to_ascii_lowercase()] } else { vec![c] }).collect()
}

/// Returns a parameter's own name for one service: `jira-cloud-id`. `tempoToken` has its service in it already.
pub fn own_flag(service: &Service, name: &str) -> String {
    let dashed = dashed(name);
    let named = dashed.strip_prefix(service.name).is_some_and(|rest| rest.starts_with('-'));
    if named { dashed } else { format!("{}-{dashed}", service.name) }
}

/// Returns a parameter's name in the environment: `TIELINE_JIRA_CLOUD_ID`.
pub fn variable(service: &Service, name: &str) -> String {
    format!("TIELINE_{}", own_flag(service, name).replace('-', "_")).to_uppercase()
}
