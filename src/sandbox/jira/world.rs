//! The state of one practice Jira: everything that requests can read and change.

use super::schema::{self, IssueType, Named, Status};
use super::text::Rich;
pub(crate) use crate::sandbox::people::{User, UserId};
pub(crate) use crate::sandbox::time::{DAY, Millis, day, now, read_stamp, stamp, stamp_z};
use hyper::body::Bytes;
use serde_json::Value;
use std::collections::BTreeMap;

/// A project.
#[derive(Clone)]
pub(crate) struct Project {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub description: String,
    pub lead: UserId,
    /// Everybody may see it, signed in or not.
    pub public: bool,
    pub last_number: u64,
    pub archived: bool,
    /// Role id → the users in it.
    pub roles: BTreeMap<u64, Vec<UserId>>,
    /// The ids of its schemes, in the order of their kinds.
    pub schemes: [u64; 4],
}

/// What a scheme is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemeKind {
    Permission,
    Notification,
    IssueType,
    Workflow,
}

/// What projects share.
#[derive(Clone)]
pub(crate) struct Scheme {
    pub id: u64,
    pub kind: SchemeKind,
    pub name: &'static str,
    /// What a scheme of permissions gives to whom.
    pub grants: Vec<Grant>,
}

/// A permission and who has it.
#[derive(Clone)]
pub(crate) struct Grant {
    pub permission: &'static str,
    pub holder: Holder,
}

/// Who has a permission.
#[derive(Clone)]
pub(crate) enum Holder {
    Anyone,
    Role(u64),
    Group(String),
    User(UserId),
}

/// A version of a project.
#[derive(Clone)]
pub(crate) struct Version {
    pub id: u64,
    pub project: u64,
    pub name: String,
    pub description: Option<String>,
    pub released: bool,
    pub archived: bool,
    pub start: Option<String>,
    pub release: Option<String>,
}

/// A component of a project.
#[derive(Clone)]
pub(crate) struct Component {
    pub id: u64,
    pub project: u64,
    pub name: String,
    pub description: Option<String>,
    pub lead: Option<UserId>,
    pub assignee_type: String,
}

/// A comment.
#[derive(Clone)]
pub(crate) struct Comment {
    pub id: u64,
    pub author: UserId,
    pub editor: UserId,
    pub body: Rich,
    pub created: Millis,
    pub updated: Millis,
    pub visibility: Option<Value>,
}

/// Time spent.
#[derive(Clone)]
pub(crate) struct Worklog {
    pub id: u64,
    pub author: UserId,
    pub comment: Option<Rich>,
    pub created: Millis,
    pub updated: Millis,
    pub started: Millis,
    pub seconds: i64,
}

/// One change of an issue.
#[derive(Clone)]
pub(crate) struct History {
    pub id: u64,
    pub author: UserId,
    pub created: Millis,
    pub items: Vec<Change>,
}

/// One field of a change: the value and its text, before and after.
#[derive(Clone)]
pub(crate) struct Change {
    pub field: String,
    pub field_id: String,
    pub from: Option<String>,
    pub from_text: Option<String>,
    pub to: Option<String>,
    pub to_text: Option<String>,
}

/// A link from an issue to a page elsewhere.
#[derive(Clone)]
pub(crate) struct RemoteLink {
    pub id: u64,
    pub body: Value,
}

/// An issue.
#[derive(Clone)]
pub(crate) struct Issue {
    pub id: u64,
    pub key: String,
    pub project: u64,
    pub kind: &'static IssueType,
    pub status: &'static Status,
    pub priority: &'static Named,
    pub resolution: Option<&'static Named>,
    pub summary: String,
    pub description: Option<Rich>,
    pub environment: Option<Rich>,
    pub assignee: Option<UserId>,
    pub reporter: Option<UserId>,
    pub creator: UserId,
    pub labels: Vec<String>,
    pub components: Vec<u64>,
    pub fix_versions: Vec<u64>,
    pub versions: Vec<u64>,
    pub created: Millis,
    pub updated: Millis,
    pub resolved: Option<Millis>,
    pub due: Option<String>,
    pub parent: Option<u64>,
    pub epic: Option<u64>,
    pub sprints: Vec<u64>,
    /// The values of custom fields that have no place of their own, by number.
    pub custom: BTreeMap<u32, Value>,
    pub estimate: Option<i64>,
    pub remaining: Option<i64>,
    pub comments: Vec<Comment>,
    pub worklogs: Vec<Worklog>,
    pub attachments: Vec<u64>,
    pub watchers: Vec<UserId>,
    pub voters: Vec<UserId>,
    pub history: Vec<History>,
    pub remote_links: Vec<RemoteLink>,
    pub properties: BTreeMap<String, Value>,
}

/// A link between two issues.
#[derive(Clone)]
pub(crate) struct Link {
    pub id: u64,
    pub kind: &'static schema::LinkType,
    /// The issue that does (it blocks).
    pub inward: u64,
    /// The issue that it is done to (it is blocked).
    pub outward: u64,
}

/// Where the bytes of an attachment come from.
#[derive(Clone)]
pub(crate) enum Content {
    /// They are kept.
    Kept(Bytes),
    /// Lines of a log, made when asked for: so many bytes.
    Log(usize),
    /// Bytes of every value, made when asked for: so many.
    Noise(usize),
}

/// A file at an issue.
#[derive(Clone)]
pub(crate) struct Attachment {
    pub id: u64,
    pub name: String,
    pub mime: String,
    pub author: UserId,
    pub created: Millis,
    pub content: Content,
}

/// A board.
#[derive(Clone)]
pub(crate) struct Board {
    pub id: u64,
    pub name: String,
    pub kind: &'static str,
    pub project: u64,
}

/// A sprint.
#[derive(Clone)]
pub(crate) struct Sprint {
    pub id: u64,
    pub board: u64,
    pub name: String,
    pub state: String,
    pub goal: String,
    pub start: Option<Millis>,
    pub end: Option<Millis>,
    pub complete: Option<Millis>,
}

/// A saved search.
#[derive(Clone)]
pub(crate) struct Filter {
    pub id: u64,
    pub name: String,
    pub description: String,
    pub jql: String,
    pub owner: UserId,
    pub favourite: bool,
}

/// Everything.
pub(crate) struct World {
    pub users: Vec<User>,
    pub groups: Vec<String>,
    pub projects: Vec<Project>,
    pub schemes: Vec<Scheme>,
    pub versions: Vec<Version>,
    pub components: Vec<Component>,
    pub issues: BTreeMap<u64, Issue>,
    pub links: Vec<Link>,
    pub attachments: BTreeMap<u64, Attachment>,
    pub boards: Vec<Board>,
    pub sprints: Vec<Sprint>,
    pub filters: Vec<Filter>,
    pub last_id: u64,
}

impl World {
    /// Returns a number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Finds an issue by its key, in any case, or by its number.
    pub(crate) fn issue_id(&self, id_or_key: &str) -> Option<u64> {
        if let Ok(id) = id_or_key.parse::<u64>() {
            return self.issues.contains_key(&id).then_some(id);
        }
        self.issues.values().find(|i| i.key.eq_ignore_ascii_case(id_or_key)).map(|i| i.id)
    }

    /// Finds a project by key, in any case, or number.
    pub(crate) fn project(&self, id_or_key: &str) -> Option<&Project> {
        self.projects.iter().find(|p| p.key.eq_ignore_ascii_case(id_or_key) || p.id.to_string() == id_or_key)
    }

    /// Returns the project with this number.
    pub(crate) fn project_by_id(&self, id: u64) -> Option<&Project> {
        self.projects.iter().find(|p| p.id == id)
    }

    /// Returns the version with this number.
    pub(crate) fn version(&self, id: u64) -> Option<&Version> {
        self.versions.iter().find(|v| v.id == id)
    }

    /// Returns the component with this number.
    pub(crate) fn component(&self, id: u64) -> Option<&Component> {
        self.components.iter().find(|c| c.id == id)
    }

    /// Returns the sprint with this number.
    pub(crate) fn sprint(&self, id: u64) -> Option<&Sprint> {
        self.sprints.iter().find(|s| s.id == id)
    }

    /// Finds a user by user name, as Data Center does: in any case.
    pub(crate) fn user_named(&self, name: &str) -> Option<UserId> {
        self.users.iter().position(|u| u.name.eq_ignore_ascii_case(name))
    }

    /// Finds a user by account id, as Cloud does.
    pub(crate) fn user_with_account(&self, id: &str) -> Option<UserId> {
        self.users.iter().position(|u| u.account_id == id)
    }

    /// Finds a user by anything that identifies one in a query.
    pub(crate) fn user_in_query(&self, text: &str) -> Option<UserId> {
        self.users.iter().position(|u| {
            u.account_id == text
                || [&u.name, &u.key, &u.email, &u.display].iter().any(|own| own.eq_ignore_ascii_case(text))
        })
    }

    /// Says whether somebody may see a project; `None` is somebody who is not signed in.
    pub(crate) fn may_browse(&self, who: Option<UserId>, project: u64) -> bool {
        let Some(project) = self.project_by_id(project) else { return false };
        match who.and_then(|id| self.users.get(id)) {
            None => project.public,
            Some(user) => !user.outsider || project.public || project.key == "WEB",
        }
    }

    /// Says whether somebody is an administrator.
    pub(crate) fn is_admin(&self, who: Option<UserId>) -> bool {
        who.and_then(|id| self.users.get(id)).is_some_and(|u| u.groups.iter().any(|g| g == schema::ADMINS))
    }

    /// Returns the subtasks of an issue.
    pub(crate) fn subtasks(&self, id: u64) -> Vec<&Issue> {
        self.issues.values().filter(|i| i.parent == Some(id) && i.kind.subtask).collect()
    }

    /// Removes an issue and everything that hangs on it.
    pub(crate) fn remove_issue(&mut self, id: u64) {
        if let Some(gone) = self.issues.remove(&id) {
            for attachment in gone.attachments {
                self.attachments.remove(&attachment);
            }
        }
        self.links.retain(|l| l.inward != id && l.outward != id);
        for issue in self.issues.values_mut() {
            if issue.epic == Some(id) {
                issue.epic = None;
            }
            if issue.parent == Some(id) {
                issue.parent = None;
            }
        }
    }
}

impl Attachment {
    /// Returns the number of bytes.
    pub(crate) fn size(&self) -> usize {
        match &self.content {
            Content::Kept(bytes) => bytes.len(),
            Content::Log(size) | Content::Noise(size) => *size,
        }
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.content {
            Content::Kept(bytes) => bytes.clone(),
            Content::Log(size) => log_lines(*size),
            Content::Noise(size) => noise(*size),
        }
    }
}

fn log_lines(size: usize) -> Bytes {
    let mut text = Vec::with_capacity(size + 80);
    let mut line = 0_u64;
    while text.len() < size {
        line += 1;
        let level = ["INFO", "INFO", "DEBUG", "WARN"][usize::try_from(line % 4).unwrap_or(0)];
        text.extend_from_slice(
            format!("{line:08} {level} worker-{} finished batch {}\n", line % 7, line * 31).as_bytes(),
        );
    }
    text.truncate(size);
    text.into()
}

fn noise(size: usize) -> Bytes {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let bytes = (0..size).map(|_| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed.to_be_bytes()[0]
    });
    bytes.collect::<Vec<u8>>().into()
}
