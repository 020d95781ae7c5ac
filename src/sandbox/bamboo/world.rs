//! The state of the practice Bamboo.

use crate::sandbox::jira::world::{Millis, now};
use crate::sandbox::people::{self, UserId};

/// A project.
#[derive(Clone)]
pub(crate) struct Project {
    pub key: String,
    pub name: String,
    pub description: String,
    /// Everybody may see it, signed in or not.
    pub public: bool,
    pub variables: Vec<(String, String)>,
}

/// What somebody may do with a plan.
#[derive(Clone)]
pub(crate) struct Right {
    /// Whether it is a group's.
    pub group: bool,
    pub name: String,
    /// Such as `READ` and `BUILD`.
    pub permissions: Vec<String>,
}

/// A plan, or a branch of one.
#[derive(Clone)]
pub(crate) struct Plan {
    /// `PROJECT-PLAN`; a branch has a number after it.
    pub key: String,
    pub project: String,
    pub name: String,
    pub description: String,
    pub enabled: bool,
    /// The plan that this is a branch of.
    pub master: Option<String>,
    /// The branch of the repository.
    pub vcs: String,
    pub variables: Vec<(String, String)>,
    pub labels: Vec<String>,
    pub favourite: bool,
    pub rights: Vec<Right>,
    /// The number of the next build.
    pub next: u64,
    /// How builds of it end.
    pub succeeds: bool,
}

/// What somebody said about a build.
#[derive(Clone)]
pub(crate) struct Comment {
    pub id: u64,
    pub author: String,
    pub words: String,
    pub created: Millis,
}

/// A build, done or on its way.
#[derive(Clone)]
pub(crate) struct Build {
    pub id: u64,
    pub plan: String,
    pub number: u64,
    pub queued: Millis,
    /// How long it takes, from the queue to its end.
    pub takes: Millis,
    pub succeeds: bool,
    pub stopped: Option<Millis>,
    pub reason: String,
    pub labels: Vec<String>,
    pub comments: Vec<Comment>,
    pub variables: Vec<(String, String)>,
    pub issues: Vec<String>,
    pub revision: String,
}

/// Where a build is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Queued,
    InProgress,
    Finished,
    NotBuilt,
}

impl Life {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Life::Queued => "Queued",
            Life::InProgress => "InProgress",
            Life::Finished => "Finished",
            Life::NotBuilt => "NotBuilt",
        }
    }
}

impl Build {
    pub(crate) fn key(&self) -> String {
        format!("{}-{}", self.plan, self.number)
    }

    /// Returns when it left the queue: after a tenth of its time.
    pub(crate) fn started(&self) -> Millis {
        self.queued + self.takes / 10
    }

    pub(crate) fn ended(&self) -> Millis {
        self.stopped.unwrap_or(self.queued + self.takes)
    }

    pub(crate) fn life(&self) -> Life {
        match () {
            () if self.stopped.is_some() => Life::NotBuilt,
            () if now() < self.started() => Life::Queued,
            () if now() < self.ended() => Life::InProgress,
            () => Life::Finished,
        }
    }

    pub(crate) fn state(&self) -> &'static str {
        match self.life() {
            Life::Finished if self.succeeds => "Successful",
            Life::Finished => "Failed",
            _ => "Unknown",
        }
    }

    /// Returns how much of it is done, from 0 to 1.
    pub(crate) fn progress(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        let part = (now() - self.started()) as f64 / (self.ended() - self.started()).max(1) as f64;
        part.clamp(0.0, 1.0)
    }
}

/// A deployment project.
#[derive(Clone)]
pub(crate) struct Deployment {
    pub id: u64,
    pub name: String,
    pub description: String,
    pub plan: String,
}

/// A place where versions go.
#[derive(Clone)]
pub(crate) struct Environment {
    pub id: u64,
    pub deployment: u64,
    pub name: String,
    pub description: String,
    pub variables: Vec<(String, String)>,
}

/// A version that can be deployed.
#[derive(Clone)]
pub(crate) struct Version {
    pub id: u64,
    pub deployment: u64,
    pub name: String,
    /// The key of the build that it comes from.
    pub build: String,
    pub created: Millis,
    pub creator: String,
    pub status: String,
}

/// One deployment of a version to an environment.
#[derive(Clone)]
pub(crate) struct Run {
    pub id: u64,
    pub environment: u64,
    pub version: u64,
    pub queued: Millis,
    pub takes: Millis,
    pub succeeds: bool,
    pub who: String,
}

/// An agent.
#[derive(Clone)]
pub(crate) struct Agent {
    pub id: u64,
    pub name: String,
    pub kind: &'static str,
    pub active: bool,
    pub enabled: bool,
    pub capabilities: Vec<(String, String)>,
}

/// Somebody with an account.
#[derive(Clone)]
pub(crate) struct User {
    pub name: String,
    pub full: String,
    pub email: String,
    pub groups: Vec<String>,
}

/// A personal access token that somebody made.
#[derive(Clone)]
pub(crate) struct Token {
    pub id: u64,
    pub owner: UserId,
    pub name: String,
    pub raw: String,
    pub permissions: Vec<String>,
}

/// Everything.
pub(crate) struct World {
    pub projects: Vec<Project>,
    pub plans: Vec<Plan>,
    pub builds: Vec<Build>,
    pub deployments: Vec<Deployment>,
    pub environments: Vec<Environment>,
    pub versions: Vec<Version>,
    pub runs: Vec<Run>,
    pub agents: Vec<Agent>,
    pub users: Vec<User>,
    pub groups: Vec<String>,
    pub globals: Vec<(u64, String, String)>,
    pub tokens: Vec<Token>,
    pub paused: bool,
    pub last: u64,
}

impl World {
    /// Returns a number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Finds a project by its key, in any case.
    pub(crate) fn project(&self, key: &str) -> Option<&Project> {
        self.projects.iter().find(|p| p.key.eq_ignore_ascii_case(key))
    }

    /// Says whether somebody is an administrator.
    pub(crate) fn is_admin(&self, name: &str) -> bool {
        let groups = self.users.iter().find(|u| u.name == name).map(|u| &u.groups);
        groups.is_some_and(|groups| groups.iter().any(|g| g == ADMINS))
    }
}

/// The group of administrators.
pub(crate) const ADMINS: &str = "bamboo-admin";

/// Returns the people at the start.
pub(crate) fn users() -> Vec<User> {
    let user = |u: people::User| User { name: u.name, full: u.display, email: u.email, groups: u.groups };
    people::users(ADMINS, "bamboo-users").into_iter().map(user).collect()
}

/// Returns the value of a name in a list of pairs.
pub(crate) fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
