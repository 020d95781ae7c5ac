//! The state of one practice Bitbucket: everything that requests can read and change.

pub(crate) use crate::sandbox::people::{User, UserId};
pub(crate) use crate::sandbox::time::{DAY, Millis, now};
use hyper::body::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The group of administrators.
pub(crate) const ADMINS: &str = "bitbucket-administrators";
/// The group of everybody who may use it.
pub(crate) const USERS: &str = "bitbucket-users";
/// The workspace on Cloud.
pub(crate) const WORKSPACE: &str = "sandbox";

/// The files of a commit, by path.
pub(crate) type Tree = BTreeMap<String, Bytes>;

/// How far somebody's rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Read,
    Write,
    Admin,
}

impl Level {
    /// Returns the name on Cloud.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Level::Read => "read",
            Level::Write => "write",
            Level::Admin => "admin",
        }
    }

    /// Finds a level by the name on Cloud, or by that of Data Center without `REPO_` or `PROJECT_`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = name.rsplit('_').next().unwrap_or_default();
        [Level::Read, Level::Write, Level::Admin].into_iter().find(|l| l.name().eq_ignore_ascii_case(name))
    }
}

/// Who may do how much.
#[derive(Clone, Default)]
pub(crate) struct Rights {
    pub users: BTreeMap<UserId, Level>,
    pub groups: BTreeMap<String, Level>,
}

/// A project.
#[derive(Clone)]
pub(crate) struct Project {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub description: String,
    pub public: bool,
    pub rights: Rights,
    pub created: Millis,
    pub reviewers: Vec<UserId>,
    pub conditions: Vec<Condition>,
    pub restrictions: Vec<Restriction>,
}

/// A commit.
#[derive(Clone)]
pub(crate) struct Commit {
    pub hash: String,
    pub parents: Vec<String>,
    pub author: UserId,
    pub when: Millis,
    pub message: String,
    pub tree: Arc<Tree>,
    /// Results of builds, by key.
    pub builds: BTreeMap<String, Value>,
}

/// Whether a pull request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Merged,
    Declined,
}

impl State {
    /// Returns the name in answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Open => "OPEN",
            State::Merged => "MERGED",
            State::Declined => "DECLINED",
        }
    }
}

/// What a reviewer thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opinion {
    None,
    Approved,
    NeedsWork,
}

/// Somebody who looks at a pull request.
#[derive(Clone)]
pub(crate) struct Review {
    pub user: UserId,
    pub opinion: Opinion,
    /// Asked to look; otherwise one who looked unasked.
    pub asked: bool,
    pub when: Millis,
}

/// A comment at a pull request.
#[derive(Clone)]
pub(crate) struct Note {
    pub id: u64,
    pub author: UserId,
    pub text: String,
    pub parent: Option<u64>,
    /// The file and the line that it is about.
    pub line: Option<(String, u64)>,
    pub created: Millis,
    pub updated: Millis,
    pub version: u64,
    pub deleted: bool,
    /// It has to be dealt with before the merge.
    pub task: bool,
    pub resolved: bool,
}

/// Something that happened to a pull request.
#[derive(Clone)]
pub(crate) struct Event {
    pub id: u64,
    pub user: UserId,
    pub when: Millis,
    /// In the words of Data Center, such as `APPROVED`.
    pub action: &'static str,
    pub note: Option<u64>,
}

/// A pull request.
#[derive(Clone)]
pub(crate) struct Pull {
    pub id: u64,
    pub title: String,
    pub description: String,
    pub source: String,
    pub target: String,
    /// The tips when it was closed; open ones follow their branches.
    pub closed: Option<(String, String)>,
    pub state: State,
    pub author: UserId,
    pub reviews: Vec<Review>,
    pub created: Millis,
    pub updated: Millis,
    /// The number that a change has to name on Data Center.
    pub version: u64,
    pub notes: Vec<Note>,
    pub events: Vec<Event>,
    pub merge_commit: Option<String>,
    pub closed_by: Option<UserId>,
    pub reason: String,
    pub close_source: bool,
}

/// A rule about branches.
#[derive(Clone)]
pub(crate) struct Restriction {
    pub id: u64,
    /// In the words of its deployment: `push`, `no-deletes`.
    pub kind: String,
    /// How the pattern is read: `BRANCH`, `PATTERN`, `MODEL_BRANCH`.
    pub matcher: String,
    pub pattern: String,
    pub users: Vec<UserId>,
    pub groups: Vec<String>,
    pub value: Value,
}

/// Who looks at pull requests between which branches, on Data Center.
#[derive(Clone)]
pub(crate) struct Condition {
    pub id: u64,
    pub source: Value,
    pub target: Value,
    pub reviewers: Vec<UserId>,
    pub required: u64,
}

/// A webhook.
#[derive(Clone)]
pub(crate) struct Hook {
    pub id: u64,
    pub name: String,
    pub url: String,
    pub events: Vec<String>,
    pub active: bool,
    pub secret: bool,
    pub created: Millis,
    pub updated: Millis,
}

/// A repository.
#[derive(Clone)]
pub(crate) struct Repo {
    pub id: u64,
    /// The key of its project.
    pub project: String,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub public: bool,
    pub archived: bool,
    pub default_branch: String,
    /// Branch → tip.
    pub branches: BTreeMap<String, String>,
    /// Tag → commit.
    pub tags: BTreeMap<String, String>,
    pub commits: BTreeMap<String, Commit>,
    pub pulls: Vec<Pull>,
    pub rights: Rights,
    pub reviewers: Vec<UserId>,
    pub conditions: Vec<Condition>,
    pub restrictions: Vec<Restriction>,
    pub hooks: Vec<Hook>,
    /// The number of the repository that it was made from.
    pub origin: Option<u64>,
    pub created: Millis,
    pub updated: Millis,
}

/// An HTTP access token, as its owner sees it.
#[derive(Clone)]
pub(crate) struct Token {
    pub id: String,
    pub name: String,
    /// Whose it is: `users/mira`, `projects/OPS`, `projects/OPS/repos/relay`.
    pub place: String,
    pub owner: UserId,
    pub rights: Vec<String>,
    pub created: Millis,
    pub expires: Option<Millis>,
    pub secret: String,
}

/// Everything.
pub(crate) struct World {
    pub users: Vec<User>,
    pub groups: Vec<String>,
    pub projects: Vec<Project>,
    pub repos: Vec<Repo>,
    pub tokens: Vec<Token>,
    pub last_id: u64,
}

impl World {
    /// Returns a number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Finds a project by its key, in any case.
    pub(crate) fn project(&self, key: &str) -> Option<&Project> {
        self.projects.iter().find(|p| p.key.eq_ignore_ascii_case(key))
    }

    /// Finds a repository; on Cloud the workspace stands for the project.
    pub(crate) fn repo(&self, project: &str, slug: &str) -> Option<usize> {
        let within = |r: &&Repo| project == WORKSPACE || r.project.eq_ignore_ascii_case(project);
        let found = self.repos.iter().position(|r| within(&r) && r.slug.eq_ignore_ascii_case(slug));
        found.or_else(|| self.repos.iter().position(|r| within(&r) && uuid(r.id) == slug))
    }

    /// Finds a user by user name, account id or UUID.
    pub(crate) fn user(&self, text: &str) -> Option<UserId> {
        let fits = |(n, u): &(usize, &User)| {
            u.name.eq_ignore_ascii_case(text) || u.account_id == text || user_uuid(*n) == text
        };
        self.users.iter().enumerate().find(fits).map(|(n, _)| n)
    }

    /// Says whether somebody is an administrator.
    pub(crate) fn is_admin(&self, who: Option<UserId>) -> bool {
        who.and_then(|id| self.users.get(id)).is_some_and(|u| u.active && u.groups.iter().any(|g| g == ADMINS))
    }

    fn in_rights(&self, who: UserId, rights: &Rights) -> Option<Level> {
        let groups = self.users.get(who).map(|u| u.groups.as_slice()).unwrap_or_default();
        let by_group = groups.iter().filter_map(|g| rights.groups.get(g)).max();
        by_group.max(rights.users.get(&who)).copied()
    }

    /// Returns how far somebody's rights in a project go.
    pub(crate) fn project_level(&self, who: Option<UserId>, project: &Project) -> Option<Level> {
        if self.is_admin(who) {
            return Some(Level::Admin);
        }
        let own = who.and_then(|id| self.in_rights(id, &project.rights));
        own.max(project.public.then_some(Level::Read))
    }

    /// Returns how far somebody's rights in a repository go.
    pub(crate) fn level(&self, who: Option<UserId>, repo: &Repo) -> Option<Level> {
        let project = self.project(&repo.project).and_then(|p| self.project_level(who, p));
        let own = who.and_then(|id| self.in_rights(id, &repo.rights));
        own.max(project).max(repo.public.then_some(Level::Read))
    }
}

/// Returns the UUID that Cloud gives to a thing.
pub(crate) fn uuid(id: u64) -> String {
    let mixed = id.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    format!("{{{:08x}-{:04x}-4a00-8000-{:012x}}}", mixed >> 32, (mixed >> 16) & 0xFFFF, id)
}

/// Returns the UUID that Cloud gives to a user.
pub(crate) fn user_uuid(user: UserId) -> String {
    uuid(0xA000 + user as u64)
}

/// Returns a commit's hash, the same for the same number.
pub(crate) fn hash(number: u64) -> String {
    let mix = |n: u64| {
        number.wrapping_add(n).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17).wrapping_mul(0xD6E8_FEB8_6659_FD93)
    };
    format!("{:016x}{:016x}{:08x}", mix(1), mix(2), mix(3) >> 32)
}
