//! The table of services: for each one its names, its flavours, how one signs in, who-am-I, and what it calls failure.
//!
//! What differs between services is a row here. Nothing else in the program asks which service it is talking to.

use crate::json::Json;

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

/// One step of the ladder by which user and password become a session.
#[derive(Debug, Clone, Copy)]
pub struct Rung {
    /// Where to post the credentials.
    pub path: &'static str,
    /// Further members of the body, beside `username` and `password`.
    pub more: &'static [(&'static str, &'static str)],
}

/// One flavour of a service.
#[derive(Debug)]
pub struct Flavour {
    /// Which one.
    pub deployment: Deployment,
    /// Endings of host names that tell it.
    pub hosts: &'static [&'static str],
    /// The ways to sign in; the first whose parameters are all given is taken.
    pub ways: &'static [Way],
    /// How user and password become a session, first try first. A later rung is used only if no earlier one judged the password.
    pub ladder: &'static [Rung],
    /// Where a session is ended.
    pub logout: &'static str,
    /// The request that says who we are.
    pub who: &'static str,
    /// The first product version that knows personal access tokens, where it is not all of them.
    pub tokens_since: Option<(u64, u64)>,
    /// The published descriptions of its operations, in order of precedence.
    pub apis: &'static [&'static str],
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
    /// Answers without a credential and says which flavour and version this is.
    pub info: &'static str,
    /// Finds the vendor's own words in the body of a failure.
    pub words: fn(&Json) -> Vec<String>,
}

/// The parameters of a connection that say who we are, with the service that alone takes them.
pub const CREDENTIALS: &[(&str, Option<&str>)] = &[
    ("user", None),
    ("password", None),
    ("token", None),
    ("login", None),
    ("tempoToken", Some("tempo")),
    ("key", Some("trello")),
];

/// The other parameters of a connection.
pub const OPTIONS: &[&str] = &["server", "session", "cloudId", "deployment", "timeout", "ca", "proxy", "insecure"];

/// Parameters whose values are secrets.
pub const SECRETS: &[&str] = &["password", "token", "login", "tempoToken"];

macro_rules! services {
    ($($(#[$doc:meta])* $marker:ident = $row:expr;)*) => {
        $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $marker;
        impl Kind for $marker { const SERVICE: &'static Service = &$row; })*

        /// Every service, in the order of the table.
        pub const SERVICES: &[&Service] = &[$($marker::SERVICE),*];

        /// Calls the visitor once per row, with the row's marker type.
        pub fn visit_all(visitor: &mut impl Visitor) {
            $(visitor.visit::<$marker>();)*
        }
    };
}

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

services! {
    /// Issues, projects, boards.
    Jira = Service {
        name: "jira",
        type_name: "Jira",
        title: "Jira",
        info: "/rest/api/2/serverInfo",
        words: atlassian_words,
        flavours: &[
            Flavour {
                deployment: Deployment::Cloud,
                hosts: &[".atlassian.net", ".jira.com", "api.atlassian.com"],
                ways: &[
                    Way { takes: &["user", "token"], scheme: Scheme::Basic },
                    Way { takes: &["user", "password"], scheme: Scheme::Basic },
                ],
                ladder: &[],
                logout: "",
                who: "/rest/api/3/myself",
                tokens_since: None,
                apis: &["jira-cloud-v3", "jira-cloud-agile", "jira-cloud-servicedesk"],
            },
            Flavour {
                deployment: Deployment::Server,
                hosts: &[],
                ways: &[
                    Way { takes: &["token"], scheme: Scheme::Bearer },
                    Way { takes: &["login"], scheme: Scheme::Saved },
                    Way { takes: &["user", "password"], scheme: Scheme::Session },
                ],
                ladder: &[
                    Rung { path: "/rest/auth/1/session", more: &[] },
                    Rung {
                        path: "/rest/tsv/1.0/authenticate",
                        more: &[("rememberMe", "false"), ("targetUrl", "\"\""), ("captchaId", "\"\"")],
                    },
                ],
                logout: "/rest/auth/1/session",
                who: "/rest/api/2/myself",
                tokens_since: Some((8, 14)),
                apis: &["jira-dc"],
            },
        ],
    };
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

    /// Tells the deployment from the host's name alone.
    pub fn deployment_of(&self, host: &str) -> Option<Deployment> {
        let tells = |ending: &&str| {
            host == ending.trim_start_matches('.') || ending.starts_with('.') && host.ends_with(*ending)
        };
        self.flavours.iter().find(|flavour| flavour.hosts.iter().any(|h| tells(&h))).map(|flavour| flavour.deployment)
    }

    /// Says whether any flavour signs in with the parameter `name`.
    pub fn takes(&self, name: &str) -> bool {
        self.flavours.iter().flat_map(|f| f.ways).any(|way| way.takes.contains(&name))
    }
}

/// Jira's and Confluence's words: `errorMessages`, `errors`, `message`, and the text of a bare string.
fn atlassian_words(body: &Json) -> Vec<String> {
    let list = |key| body.get(key).and_then(Json::as_array).unwrap_or_default();
    let mut words: Vec<String> = list("errorMessages").iter().filter_map(|m| m.as_str().map(str::to_owned)).collect();
    if let Some(fields) = body.get("errors").and_then(Json::as_object) {
        words.extend(fields.iter().map(|(field, why)| format!("{field}: {}", why.as_str().unwrap_or_default())));
    }
    words.extend(
        ["message", "errorMessage", "error"].iter().filter_map(|key| body.get(key)?.as_str().map(str::to_owned)),
    );
    words.retain(|word| !word.is_empty());
    words.dedup();
    words
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
    fn a_failure_gives_the_vendors_words() {
        let body = crate::json::parse(br#"{"errorMessages":["No."],"errors":{"summary":"is required"}}"#).unwrap();
        assert_eq!(atlassian_words(&body), ["No.", "summary: is required"]);
    }

    #[test]
    fn every_way_takes_parameters_of_the_contract() {
        for way in SERVICES.iter().flat_map(|s| s.flavours).flat_map(|f| f.ways) {
            assert!(way.takes.iter().all(|name| CREDENTIALS.iter().any(|(known, _)| known == name)));
        }
    }
}
