//! Practice servers: services that run inside this program, with data, on ports of the loopback.
//!
//! A client reaches them over TCP like any other server; nothing of the client knows that they are not real. They
//! keep to what the real services do, the strange parts included: see [`Site`] for the addresses and accounts.
//!
//! Every server has a control panel for tests: `POST /__sandbox/faults`, `/__sandbox/switch`, `/__sandbox/expire`,
//! `/__sandbox/reset`, `GET /__sandbox/log`.

mod desk;
mod fake;
mod faults;
mod http;
mod jira;
mod server;

#[cfg(test)]
mod tests;

use desk::{Desk, Player};
pub use fake::{Answer, Exchange, Fake};
use std::io;
use std::sync::Arc;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// What is special about it, in a few words.
    pub about: &'static str,
    /// The user name, or the email address on Cloud.
    pub user: &'static str,
    /// The password.
    pub password: &'static str,
    /// The token: an API token on Cloud, a personal access token on Data Center.
    pub token: &'static str,
}

impl Sandbox {
    /// Starts all practice servers. Takes a few milliseconds: their data is made when the first request comes.
    pub fn start() -> io::Result<Sandbox> {
        let (cloud_listener, cloud_origin) = server::open()?;
        let (dc_listener, dc_origin) = server::open()?;
        let (media_listener, media_origin) = server::open()?;
        let cloud = Arc::new(jira::Jira::cloud(&cloud_origin, &media_origin));
        let dc = Arc::new(jira::Jira::server(&dc_origin));
        let sites = vec![
            Site { service: "jira", deployment: "cloud", url: cloud_origin, accounts: jira::cloud_accounts() },
            Site { service: "jira", deployment: "server", url: dc.base().to_owned(), accounts: jira::dc_accounts() },
            Site { service: "jira-media", deployment: "cloud", url: media_origin, accounts: Vec::new() },
        ];
        let media: Box<dyn Player> = Box::new(jira::Media::of(cloud.clone()));
        let desks = vec![
            (cloud_listener, Arc::new(Desk::new(Box::new(cloud), ""))),
            (dc_listener, Arc::new(Desk::new(Box::new(dc), jira::DC_PATH))),
            (media_listener, Arc::new(Desk::new(media, ""))),
        ];
        Ok(Sandbox { sites, _running: server::serve(desks)? })
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
