//! Practice servers: services that run inside this program, with data, on ports of the loopback.
//!
//! A client reaches them over TCP like any other server; nothing of the client knows that they are not real. They
//! keep to what the real services do, the strange parts included: see [`Site`] for the addresses and accounts.
//!
//! Every server has a control panel for tests: `POST /__sandbox/faults`, `/__sandbox/switch`, `/__sandbox/expire`,
//! `/__sandbox/reset`, `GET /__sandbox/log`.

#![allow(clippy::unnecessary_wraps, reason = "what plays a resource has the form of its table")]
#![allow(clippy::unnecessary_box_returns, reason = "refusals are boxed, being the rare case of a result")]
#![allow(clippy::match_bool, reason = "two ways of answering read best side by side")]

mod atlassian;
mod bamboo;
mod bitbucket;
mod confluence;
mod desk;
mod fake;
mod faults;
mod http;
mod jira;
mod oauth;
mod people;
mod server;
mod slack;
mod switches;
mod table;
mod tempo;
mod time;
mod trello;
mod upm;

#[cfg(test)]
mod tests;

use atlassian::Server;
use desk::{Desk, Player};
pub use fake::{Answer, Exchange, Fake};
use jira::Jira;
use oauth::Tokens;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// The running practice servers; dropping it stops them.
pub struct Sandbox {
    sites: Vec<Site>,
    _running: server::Running,
}

/// One practice server.
#[derive(Debug, Clone)]
pub struct Site {
    /// The service that it plays, such as `jira`.
    pub service: &'static str,
    /// `cloud` or `server`.
    pub deployment: &'static str,
    /// The base URL, context path included, without a slash at the end.
    pub url: String,
    /// Who may sign in; the first one is an administrator.
    pub accounts: Vec<Account>,
}

/// An account of a practice server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    /// What is special about it, in a few words.
    pub about: &'static str,
    /// The user name, or the email address on Cloud.
    pub user: &'static str,
    /// The password; empty where there are none.
    pub password: &'static str,
    /// The token: an API token on Cloud, a personal access token on Data Center.
    pub token: &'static str,
    /// The key of the application, which Trello wants beside the token.
    pub key: &'static str,
}

impl Site {
    /// Returns what signs an account in, by the names that connections use.
    pub fn credentials(&self, account: &Account) -> Vec<(&'static str, &'static str)> {
        let all = match self.service {
            "trello" => vec![("key", account.key), ("token", account.token)],
            "slack" => vec![("token", account.token)],
            "tempo" => vec![("tempoToken", account.token)],
            "atlassian-auth" => vec![("clientId", account.user), ("clientSecret", account.password)],
            _ if self.deployment == "cloud" && !account.token.is_empty() => {
                vec![("user", account.user), ("token", account.token)]
            }
            _ => vec![("user", account.user), ("password", account.password)],
        };
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// Who plays: each puts its servers on the stage. Jira comes first.
const SERVICES: [fn(&mut Stage) -> io::Result<()>; 8] =
    [jira::open, confluence::open, bitbucket::open, bamboo::open, trello::open, slack::open, tempo::open, oauth::open];

/// The servers that are about to start.
#[derive(Default)]
struct Stage {
    sites: Vec<Site>,
    desks: Vec<(TcpListener, Arc<Desk>)>,
    /// The tokens of programs that the login server of Cloud gives.
    tokens: Arc<Mutex<Tokens>>,
    /// Jira Cloud, for those who stand beside it.
    jira: Option<Arc<Server<Jira>>>,
}

/// A free port.
struct Port {
    listener: TcpListener,
    /// Its address, `http://127.0.0.1:PORT`.
    origin: String,
}

impl Stage {
    /// Takes a free port.
    fn port() -> io::Result<Port> {
        let (listener, origin) = server::open()?;
        Ok(Port { listener, origin })
    }

    /// Puts a server on the stage: its service, its deployment and its context path, who may sign in, who plays it.
    fn put(
        &mut self,
        port: Port,
        (service, deployment, prefix): (&'static str, &'static str, &'static str),
        accounts: Vec<Account>,
        player: impl Player + 'static,
    ) {
        let url = format!("{}{prefix}", port.origin);
        self.sites.push(Site { service, deployment, url, accounts });
        self.desks.push((port.listener, Arc::new(Desk::new(Box::new(player), prefix))));
    }
}

impl Sandbox {
    /// Starts all practice servers. Takes a few milliseconds: their data is made when the first request comes.
    pub fn start() -> io::Result<Sandbox> {
        let mut stage = Stage::default();
        for open in SERVICES {
            open(&mut stage)?;
        }
        Ok(Sandbox { sites: stage.sites, _running: server::serve(stage.desks)? })
    }

    /// Returns the practice server that plays `service` in `deployment`.
    pub fn site(&self, service: &str, deployment: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.service == service && s.deployment == deployment)
    }

    /// Returns all practice servers.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// Returns Jira Cloud.
    pub fn jira_cloud(&self) -> &Site {
        &self.sites[0]
    }

    /// Returns Jira Data Center.
    pub fn jira_dc(&self) -> &Site {
        &self.sites[1]
    }
}
