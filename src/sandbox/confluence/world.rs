//! The state of one practice Confluence: everything that requests can read and change.

pub(crate) use crate::sandbox::people::{User, UserId};
pub(crate) use crate::sandbox::time::{DAY, Millis, now, stamp_z};
use hyper::body::Bytes;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The group of administrators.
pub(crate) const ADMINS: &str = "confluence-administrators";
/// The group of everybody who may use it.
pub(crate) const USERS: &str = "confluence-users";

/// What a piece of content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Blog,
    Comment,
    Attachment,
}

impl Kind {
    /// Returns the name in answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Page => "page",
            Kind::Blog => "blogpost",
            Kind::Comment => "comment",
            Kind::Attachment => "attachment",
        }
    }

    /// Finds a kind by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Kind::Page, Kind::Blog, Kind::Comment, Kind::Attachment].into_iter().find(|k| k.name() == name)
    }
}

/// Whether content can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Current,
    Draft,
    Trashed,
    Archived,
}

impl Status {
    /// Returns the name in answers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Status::Current => "current",
            Status::Draft => "draft",
            Status::Trashed => "trashed",
            Status::Archived => "archived",
        }
    }

    /// Finds a status by its name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Status::Current, Status::Draft, Status::Trashed, Status::Archived].into_iter().find(|s| s.name() == name)
    }
}

/// One version of a piece of content.
#[derive(Clone)]
pub(crate) struct Version {
    pub number: u64,
    pub when: Millis,
    pub by: UserId,
    pub message: String,
    pub minor: bool,
    pub title: String,
    /// The storage format.
    pub body: String,
    /// The type and the bytes of an attachment.
    pub file: Option<(String, Bytes)>,
}

/// Who may do something with a page; nobody named means everybody.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub users: Vec<UserId>,
    pub groups: Vec<String>,
}

/// A label of a page.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub id: u64,
    pub prefix: String,
    pub name: String,
}

/// Something that a program keeps at a page or a space.
#[derive(Clone)]
pub(crate) struct Property {
    pub id: u64,
    pub key: String,
    pub value: Value,
    pub version: u64,
    pub when: Millis,
}

/// A page, a blog post, a comment or an attachment.
#[derive(Clone)]
pub(crate) struct Content {
    pub id: u64,
    pub kind: Kind,
    pub status: Status,
    pub space: u64,
    /// The page above a page, the comment that a comment answers.
    pub parent: Option<u64>,
    /// What a comment or an attachment hangs on.
    pub container: Option<u64>,
    /// The place among the children of a page.
    pub position: i64,
    pub creator: UserId,
    pub created: Millis,
    /// From the first to the current one; there is always one.
    pub versions: Vec<Version>,
    pub labels: Vec<Label>,
    pub read: Limits,
    pub update: Limits,
    pub properties: Vec<Property>,
    /// The text that an inline comment is about.
    pub inline: Option<String>,
    pub resolved: bool,
}

impl Content {
    /// Returns the current version.
    pub(crate) fn now(&self) -> &Version {
        &self.versions[self.versions.len() - 1]
    }

    /// Returns the title.
    pub(crate) fn title(&self) -> &str {
        &self.now().title
    }

    /// Returns the storage format.
    pub(crate) fn body(&self) -> &str {
        &self.now().body
    }

    /// Says whether it has a label.
    pub(crate) fn has_label(&self, name: &str) -> bool {
        self.labels.iter().any(|l| l.name == name)
    }

    /// Adds a version with what `change` changes.
    pub(crate) fn revise(&mut self, by: UserId, change: impl FnOnce(&mut Version)) {
        let mut next = self.now().clone();
        next.number += 1;
        next.when = now();
        next.by = by;
        next.message = String::new();
        next.minor = false;
        change(&mut next);
        self.versions.push(next);
    }
}

/// Whom a permission is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Who {
    User(UserId),
    Group(String),
    Anonymous,
}

/// A permission in a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    pub id: u64,
    pub who: Who,
    pub operation: String,
    pub target: String,
}

/// Every permission that there is in a space: the operation and what it is done to.
pub(crate) const OPERATIONS: [(&str, &str); 13] = [
    ("read", "space"),
    ("create", "page"),
    ("delete", "page"),
    ("create", "blogpost"),
    ("delete", "blogpost"),
    ("create", "comment"),
    ("delete", "comment"),
    ("create", "attachment"),
    ("delete", "attachment"),
    ("restrict_content", "space"),
    ("export", "space"),
    ("delete", "space"),
    ("administer", "space"),
];

/// A space.
#[derive(Clone)]
pub(crate) struct Space {
    pub id: u64,
    pub key: String,
    pub name: String,
    pub description: String,
    pub personal: bool,
    pub archived: bool,
    pub homepage: Option<u64>,
    pub creator: UserId,
    pub created: Millis,
    pub permissions: Vec<Permission>,
    pub labels: Vec<Label>,
}

/// A template for pages.
#[derive(Clone)]
pub(crate) struct Template {
    pub id: u64,
    pub name: String,
    pub description: String,
    pub space: Option<u64>,
    pub body: String,
    pub labels: Vec<Label>,
}

/// Something that takes the server a while.
#[derive(Clone)]
pub(crate) struct Task {
    pub id: u64,
    pub name: String,
    /// How often it has still to be asked about before it is done.
    pub asks: u32,
    pub started: Millis,
    /// What came of it.
    pub result: Value,
    /// The file that can be fetched at the end.
    pub file: Option<(String, Bytes)>,
}

/// Everything.
pub(crate) struct World {
    pub users: Vec<User>,
    pub groups: Vec<String>,
    pub spaces: Vec<Space>,
    pub content: BTreeMap<u64, Content>,
    pub templates: Vec<Template>,
    pub tasks: Vec<Task>,
    /// Who watches what.
    pub watches: BTreeSet<(UserId, u64)>,
    pub last_id: u64,
}

impl World {
    /// Returns a number that nothing has yet.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Finds a space by its key, in any case.
    pub(crate) fn space(&self, key: &str) -> Option<&Space> {
        self.spaces.iter().find(|s| s.key.eq_ignore_ascii_case(key))
    }

    /// Returns the space with this number.
    pub(crate) fn space_by_id(&self, id: u64) -> Option<&Space> {
        self.spaces.iter().find(|s| s.id == id)
    }

    /// Returns the space with this number, to be changed.
    pub(crate) fn space_mut(&mut self, id: u64) -> Option<&mut Space> {
        self.spaces.iter_mut().find(|s| s.id == id)
    }

    /// Finds a user by user name, key or account id.
    pub(crate) fn user(&self, text: &str) -> Option<UserId> {
        self.users.iter().position(|u| u.account_id == text || u.key == text || u.name.eq_ignore_ascii_case(text))
    }

    /// Returns the pages below a page or at the top of a space, in their order.
    pub(crate) fn children(&self, parent: u64) -> Vec<&Content> {
        let fits = |c: &&Content| c.kind == Kind::Page && c.status == Status::Current && c.parent == Some(parent);
        let mut all: Vec<&Content> = self.content.values().filter(fits).collect();
        all.sort_by_key(|c| (c.position, c.id));
        all
    }

    /// Returns everything below a page, parents before their children.
    pub(crate) fn descendants(&self, id: u64) -> Vec<&Content> {
        let mut all = Vec::new();
        for child in self.children(id) {
            all.push(child);
            all.extend(self.descendants(child.id));
        }
        all
    }

    /// Returns what is above, from the top down.
    pub(crate) fn ancestors(&self, content: &Content) -> Vec<&Content> {
        let mut above = Vec::new();
        let mut next = content.parent;
        while let Some(parent) = next.and_then(|id| self.content.get(&id)) {
            above.push(parent);
            next = parent.parent;
        }
        above.reverse();
        above
    }

    /// Returns the comments or attachments that hang on something, oldest first.
    pub(crate) fn hanging(&self, kind: Kind, on: u64) -> Vec<&Content> {
        let fits = |c: &&Content| c.kind == kind && c.container == Some(on) && c.status == Status::Current;
        self.content.values().filter(fits).collect()
    }

    /// Says whether a title is taken in a space by a page other than `own`.
    pub(crate) fn title_taken(&self, space: u64, kind: Kind, title: &str, own: Option<u64>) -> bool {
        self.content.values().any(|c| {
            c.kind == kind
                && kind == Kind::Page
                && c.space == space
                && matches!(c.status, Status::Current | Status::Archived)
                && Some(c.id) != own
                && c.title().eq_ignore_ascii_case(title)
        })
    }

    /// Removes content and all that hangs on it for good.
    pub(crate) fn purge(&mut self, id: u64) {
        let hanging: Vec<u64> = self.content.values().filter(|c| c.container == Some(id)).map(|c| c.id).collect();
        for one in hanging {
            self.content.remove(&one);
        }
        let parent = self.content.remove(&id).and_then(|gone| gone.parent);
        for child in self.content.values_mut().filter(|c| c.parent == Some(id)) {
            child.parent = parent;
        }
        self.watches.retain(|(_, watched)| *watched != id);
    }

    /// Moves content into the trash; the pages below a page move up.
    pub(crate) fn trash(&mut self, id: u64) {
        let Some(content) = self.content.get_mut(&id) else { return };
        content.status = Status::Trashed;
        let (kind, parent) = (content.kind, content.parent);
        if kind != Kind::Page {
            return;
        }
        let home = self.spaces.iter().filter_map(|s| s.homepage).find(|h| Some(*h) == parent);
        let up = parent.or(home);
        for child in self.content.values_mut().filter(|c| c.kind == Kind::Page && c.parent == Some(id)) {
            child.parent = up;
        }
    }

    /// Returns a place after all children of a page.
    pub(crate) fn last_position(&self, parent: u64) -> i64 {
        self.children(parent).last().map_or(100, |c| c.position + 100)
    }

    /// Makes a label, the same number for the same name.
    pub(crate) fn label(&mut self, prefix: &str, name: &str) -> Label {
        let known =
            self.content.values().flat_map(|c| &c.labels).find(|l| l.prefix == prefix && l.name == name).cloned();
        known.unwrap_or_else(|| Label { id: self.next_id(), prefix: prefix.into(), name: name.into() })
    }
}
