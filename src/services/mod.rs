//! The table of services: for each one its names, its flavours, how one signs in, who-am-I, and what it calls failure.
//!
//! What differs between services is a row here. Nothing else in the program asks which service it is talking to.

mod table;
mod words;

pub use table::*;

use crate::{error::Kind as ErrorKind, json::Json};

/// Where a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// The vendor's.
    Cloud,
    /// The customer's own: Server and Data Center.
    Server,
}

impl Deployment {
    /// Returns the name scripts see.
    pub fn name(self) -> &'static str {
        match self {
            Deployment::Cloud => "cloud",
            Deployment::Server => "server",
        }
    }

    /// Finds a deployment by its script name.
    pub fn named(name: &str) -> Option<Self> {
        [Deployment::Cloud, Deployment::Server].into_iter().find(|d| d.name() == name)
    }
}

/// What goes onto the wire to say who we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Basic`, the secret being the named parameter.
    Basic,
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: OAuth` with an application's key beside the user's token.
    KeyToken,
    /// A short-lived Bearer token, got for a client's id and secret and renewed when it ends.
    Client,
    /// A cookie, got by one log-in with user and password, ended at the end of the run.
    Session,
    /// A cookie that an earlier run left us.
    Saved,
}

/// One way to sign in: with these parameters, by this scheme.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The parameters it takes; the last one is the secret.
    pub takes: &'static [&'static str],
    /// What it puts onto the wire.
    pub scheme: Scheme,
}

/// How one step of the ladder submits the password.
#[derive(Debug, Clone, Copy)]
pub enum Submit {
    /// As JSON with `username`, `password` and these further members, each a piece of JSON.
    Json(&'static [(&'static str, &'static str)]),
    /// As a form: the fields' names for user and password, and further fields.
    Form(&'static str, &'static str, &'static [(&'static str, &'static str)]),
    /// As a Basic header on a GET whose answer brings the cookie.
    Basic,
}

/// One step of the ladder by which user and password become a session.
#[derive(Debug, Clone, Copy)]
pub struct Rung {
    /// A page to fetch first, for its cookies; nothing if there is none.
    pub before: Option<&'static str>,
    /// Where the credentials go.
    pub path: &'static str,
    /// How they go.
    pub submit: Submit,
}

/// Where a client's id and secret become a token.
#[derive(Debug, Clone, Copy)]
pub struct Grant {
    /// A whole address, or a path of the server.
    pub address: &'static str,
    /// Whether they go as Basic authentication, not in the form.
    pub by_header: bool,
}

/// The request that says who we are.
#[derive(Debug, Clone, Copy)]
pub struct Who {
    /// Its path.
    pub path: &'static str,
    /// Whether the answer's header `X-AUSERNAME` says it, not the body.
    pub by_header: bool,
    /// Whether a body names somebody, rather than "anonymous".
    pub known: fn(&Json) -> bool,
}

/// A question that tells the deployment where neither the host's name nor the credential does.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// What to get, without a credential.
    pub path: &'static str,
    /// Whether the answer is Cloud's.
    pub is_cloud: fn(&Json) -> bool,
    /// Whether a server that does not know the path is simply not Cloud.
    pub refusal_is_server: bool,
}

/// One flavour of a service.
#[derive(Debug, Clone, Copy)]
pub struct Flavour {
    /// Which one.
    pub deployment: Deployment,
    /// Endings of host names that tell it.
    pub hosts: &'static [&'static str],
    /// The vendor's one address of the API, used when no `server` is given.
    pub home: Option<&'static str>,
    /// Host names people know the service by, though its API lives at `home`.
    pub aliases: &'static [&'static str],
    /// What all its paths start with; people give it as part of the address, too.
    pub prefix: &'static str,
    /// The ways to sign in; the first whose parameters are all given is taken.
    pub ways: &'static [Way],
    /// Where a person gets a token by hand; `{key}` is filled in.
    pub authorize: Option<&'static str>,
    /// How a client's id and secret become a token.
    pub grant: Option<Grant>,
    /// Whether the plugin manager is part of it.
    pub apps: bool,
    /// The product's name at the vendor's gateway, where scoped tokens work.
    pub gateway: Option<&'static str>,
    /// How user and password become a session, first try first. A later rung is used only if no earlier one judged the password.
    pub ladder: &'static [Rung],
    /// How a session is ended: method and path.
    pub logout: (&'static str, &'static str),
    /// The request that says who we are.
    pub who: Who,
    /// What says the product's version.
    pub version: Option<&'static str>,
    /// The first product version that knows personal access tokens, where it is not all of them.
    pub tokens_since: Option<(u64, u64)>,
    /// Whether it may answer a token it does not know as to an anonymous user, without a header that says so.
    pub silent: bool,
    /// The published descriptions of its operations, in order of precedence.
    pub apis: &'static [&'static str],
}

/// What a limit on the number of requests is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everything that one credential does.
    Credential,
    /// One method and route.
    Endpoint,
    /// One issue.
    Item,
}

/// One service.
#[derive(Debug)]
pub struct Service {
    /// The name of its connection function, and in all options.
    pub name: &'static str,
    /// The name of its type in scripts: verbs are `fn Jira.…`.
    pub type_name: &'static str,
    /// Its name in sentences.
    pub title: &'static str,
    /// Its flavours. Where there are two, the address or the server itself tells which.
    pub flavours: &'static [Flavour],
    /// The services it is a part of, whose connections it takes; it then has no flavours of its own.
    pub hosts: &'static [&'static str],
    /// The published descriptions of a part; those of a whole service are its flavour's.
    pub apis: &'static [&'static str],
    /// The service whose connection this one may be given, for what only that one knows.
    pub companion: Option<&'static str>,
    /// What to ask where the deployment is not clear. Without it, an unknown host is the customer's own.
    pub ask: Option<Question>,
    /// What a "too many requests" is about that does not say it.
    pub limits: Scope,
    /// Whether bodies go as forms, not as JSON.
    pub forms: bool,
    /// Finds the vendor's own words in the body of a failure.
    pub words: fn(&Json) -> Vec<String>,
    /// Tells a refusal that arrives as a success.
    pub refusal: fn(&Json) -> Option<ErrorKind>,
    /// Words that say: the credential is good, but not for this.
    pub out_of_bounds: Option<&'static str>,
    /// Advice for words of the vendor.
    pub advice: &'static [(&'static str, &'static str)],
}

/// The parameters of a connection that say who we are, with the service that alone takes them.
pub const CREDENTIALS: &[(&str, Option<&str>)] = &[
    ("user", None),
    ("password", None),
    ("token", None),
    ("login", None),
    ("tempoToken", Some("tempo")),
    ("key", Some("trello")),
    ("clientId", None),
    ("clientSecret", None),
];

/// The other parameters of a connection.
///
/// `gateway` is the vendor's gateway for scoped tokens, `tokenUrl` where client id and secret become a token, each where
/// it is not the usual place.
pub const OPTIONS: &[&str] =
    &["server", "session", "cloudId", "deployment", "gateway", "tokenUrl", "timeout", "ca", "proxy", "insecure"];

/// A kind of token that tells by its beginning what it is.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// How it begins.
    pub start: &'static str,
    /// What it is, in words.
    pub what: &'static str,
    /// The services that take it, and in which deployment.
    pub takers: &'static [(&'static str, Deployment)],
}

/// The kinds of tokens that are known by their beginning.
pub const TOKENS: &[Token] = &[
    Token {
        start: "ATATT",
        what: "an API token of an Atlassian account",
        takers: &[("jira", Deployment::Cloud), ("confluence", Deployment::Cloud), ("bitbucket", Deployment::Cloud)],
    },
    Token { start: "ATCTT", what: "an access token of Bitbucket Cloud", takers: &[("bitbucket", Deployment::Cloud)] },
    Token { start: "ATBB", what: "an app password of Bitbucket Cloud", takers: &[("bitbucket", Deployment::Cloud)] },
    Token {
        start: "BBDC-",
        what: "a personal access token of Bitbucket Data Center",
        takers: &[("bitbucket", Deployment::Server)],
    },
    Token { start: "ATTA", what: "a token of Trello", takers: &[("trello", Deployment::Cloud)] },
    Token { start: "xox", what: "a token of Slack", takers: &[("slack", Deployment::Cloud)] },
];

/// Parameters whose values are secrets.
pub const SECRETS: &[&str] = &["password", "token", "login", "tempoToken", "clientSecret"];

/// The marker type of one row, so that each service has a script type of its own.
pub trait Kind: Copy + 'static {
    /// The row.
    const SERVICE: &'static Service;
}

/// Something to do once per row.
pub trait Visitor {
    /// Does it for the row of `K`.
    fn visit<K: Kind>(&mut self);
}

/// Finds a service by its name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().copied().find(|service| service.name == name)
}

impl Service {
    /// Returns the flavour of `deployment`, where the service has it.
    pub fn flavour(&self, deployment: Deployment) -> Option<&'static Flavour>
    where
        Self: 'static,
    {
        let flavours: &'static [Flavour] = self.flavours;
        flavours.iter().find(|flavour| flavour.deployment == deployment)
    }

    /// Returns the published descriptions: of each flavour under its deployment's name, or its own where it is a part.
    pub fn published(&self) -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
        let own = (!self.apis.is_empty()).then_some(("", self.apis));
        self.flavours.iter().map(|flavour| (flavour.deployment.name(), flavour.apis)).chain(own)
    }

    /// Tells the deployment from the host's name alone.
    pub fn deployment_of(&self, host: &str) -> Option<Deployment> {
        let tells = |flavour: &&Flavour| flavour.hosts.iter().any(|ending| is_under(host, ending));
        self.flavours.iter().find(tells).map(|flavour| flavour.deployment)
    }

    /// Returns the vendor's one address for a host name that people know the service by.
    pub fn home_of(&self, host: &str) -> Option<&'static str> {
        let known = |flavour: &&Flavour| flavour.aliases.iter().any(|alias| is_under(host, alias));
        self.flavours.iter().find(known)?.home
    }

    /// Says whether any flavour signs in with the parameter `name`.
    pub fn takes(&self, name: &str) -> bool {
        self.flavours.iter().flat_map(|f| f.ways).any(|way| way.takes.contains(&name))
    }
}

/// Says whether `host` is `ending`, or lies under it where that starts with a dot.
fn is_under(host: &str, ending: &str) -> bool {
    host == ending.trim_start_matches('.') || ending.starts_with('.') && host.ends_with(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_tell_the_cloud() {
        let jira = service("jira").unwrap();
        assert_eq!(jira.deployment_of("acme.atlassian.net"), Some(Deployment::Cloud));
        assert_eq!(jira.deployment_of("api.atlassian.com"), Some(Deployment::Cloud));
        for host in
            ["atlassian.net.example.com", "jira.acme.com", "evilapi.atlassian.com.x", "xapi.atlassian.com", "127.0.0.1"]
        {
            assert_eq!(jira.deployment_of(host), None, "{host}");
        }
    }

    #[test]
    fn every_way_takes_parameters_of_the_contract() {
        for way in SERVICES.iter().flat_map(|s| s.flavours).flat_map(|f| f.ways) {
            assert!(way.takes.iter().all(|name| CREDENTIALS.iter().any(|(known, _)| known == name)));
        }
    }
}
