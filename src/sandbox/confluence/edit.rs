//! Making, changing, moving and removing content: the rules that both versions of the API share.

use super::call::Call;
use super::text;
use super::world::{Content, Kind, Limits, Status, Version, now};

/// Why content could not be written.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Something that it needs is not there, or not for the caller.
    Missing(String),
    /// The caller may not.
    Forbidden(String),
    /// A value breaks a rule.
    Invalid(String),
    /// Another page has the title.
    Taken(String),
    /// Somebody else wrote in between.
    Version {
        /// The number that came.
        sent: u64,
        /// The number that there is.
        current: u64,
    },
}

/// Content that is to be made.
pub(crate) struct Draft {
    pub kind: Kind,
    pub status: Status,
    pub space: u64,
    pub parent: Option<u64>,
    pub container: Option<u64>,
    pub title: String,
    pub body: String,
}

/// What is to change; `None` stays as it is.
#[derive(Default)]
pub(crate) struct Change {
    /// The number of the new version: one more than the current one.
    pub number: Option<u64>,
    pub message: String,
    pub minor: bool,
    pub title: Option<String>,
    pub body: Option<String>,
    pub status: Option<Status>,
    pub parent: Option<u64>,
    pub space: Option<u64>,
}

/// Makes the storage format of another one.
pub(crate) fn storage_from(format: &str, value: &str) -> Result<String, String> {
    match format {
        "storage" | "editor" => match text::fault(value) {
            None => Ok(value.to_owned()),
            Some(fault) => Err(fault),
        },
        "wiki" => Ok(value.split("\n\n").map(wiki_paragraph).collect()),
        "atlas_doc_format" => {
            let document: serde_json::Value =
                serde_json::from_str(value).map_err(|e| format!("The document is not valid: {e}"))?;
            Ok(format!("<p>{}</p>", text::escape(&document_text(&document))))
        }
        "view" => Ok(value.to_owned()),
        other => Err(format!("Unsupported representation: {other}")),
    }
}

fn wiki_paragraph(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('h').and_then(|rest| rest.split_once(". ")) {
        Some((level, rest)) if level.len() == 1 && level.chars().all(|c| ('1'..='6').contains(&c)) => {
            format!("<h{level}>{}</h{level}>", text::escape(rest))
        }
        _ => format!("<p>{}</p>", text::escape(text)),
    }
}

fn document_text(node: &serde_json::Value) -> String {
    let own = node["text"].as_str().unwrap_or_default().to_owned();
    let below = node["content"].as_array().into_iter().flatten().map(document_text);
    std::iter::once(own).chain(below).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" ")
}

fn check_title(kind: Kind, title: &str) -> Result<(), Trouble> {
    if matches!(kind, Kind::Page | Kind::Blog) && title.trim().is_empty() {
        return Err(Trouble::Invalid("Title cannot be empty.".into()));
    }
    if title.chars().count() > 255 {
        return Err(Trouble::Invalid("Title cannot be longer than 255 characters.".into()));
    }
    Ok(())
}

fn taken(title: &str) -> Trouble {
    Trouble::Taken(format!(
        "A page with this title already exists: A page already exists with the title {title} in the space"
    ))
}

/// Makes content and returns its number.
pub(crate) fn create(call: &mut Call, draft: Draft) -> Result<u64, Trouble> {
    check_title(draft.kind, &draft.title)?;
    let me = call.me();
    let space = call.world.space_by_id(draft.space).ok_or_else(|| Trouble::Missing("No such space".into()))?;
    if !call.world.may(Some(me), space, "create", draft.kind.name()) {
        return Err(Trouble::Forbidden(format!("User not permitted to create {} in {}", draft.kind.name(), space.key)));
    }
    if let Some(parent) = draft.parent {
        let known = call.world.content.get(&parent).filter(|c| call.may_read(c) && c.space == draft.space);
        known.ok_or_else(|| Trouble::Missing(format!("No parent with id {parent} in this space")))?;
    }
    if draft.status == Status::Current && call.world.title_taken(draft.space, draft.kind, &draft.title, None) {
        return Err(taken(&draft.title));
    }
    let id = call.world.next_id();
    let position = draft.parent.map_or(0, |p| call.world.last_position(p));
    let version = Version {
        number: 1,
        when: now(),
        by: me,
        message: String::new(),
        minor: false,
        title: draft.title,
        body: draft.body,
        file: None,
    };
    let content = Content {
        id,
        kind: draft.kind,
        status: draft.status,
        space: draft.space,
        parent: draft.parent,
        container: draft.container,
        position,
        creator: me,
        created: now(),
        versions: vec![version],
        labels: Vec::new(),
        read: Limits::default(),
        update: Limits::default(),
        properties: Vec::new(),
        inline: None,
        resolved: false,
    };
    call.world.content.insert(id, content);
    Ok(id)
}

/// Checks that the caller may change content and returns a copy.
fn writable(call: &Call, id: u64) -> Result<Content, Trouble> {
    let content = call.world.content.get(&id).filter(|c| call.may_read(c));
    let content = content.ok_or_else(|| Trouble::Missing(format!("No content found with id: {id}")))?;
    match call.world.may_update(call.caller.user, content) {
        true => Ok(content.clone()),
        false => Err(Trouble::Forbidden("User not permitted to edit this content".into())),
    }
}

/// Changes content.
pub(crate) fn update(call: &mut Call, id: u64, change: Change) -> Result<(), Trouble> {
    let mut content = writable(call, id)?;
    let current = content.now().number;
    let publishes = content.status == Status::Draft && change.status == Some(Status::Current);
    let wanted = if content.status == Status::Draft { 1 } else { current + 1 };
    let sent = change.number.unwrap_or(0);
    if sent != wanted && !(content.status == Status::Draft && sent == current + 1) {
        return Err(Trouble::Version { sent, current });
    }
    let title = change.title.unwrap_or_else(|| content.title().to_owned());
    check_title(content.kind, &title)?;
    let space = change.space.unwrap_or(content.space);
    if call.world.title_taken(space, content.kind, &title, Some(id)) {
        return Err(taken(&title));
    }
    if let Some(parent) = change.parent.filter(|p| Some(*p) != content.parent) {
        place_below(call, &mut content, parent)?;
    }
    let me = call.me();
    content.status = change.status.unwrap_or(content.status);
    let body = change.body;
    if publishes {
        let now = content.versions.len() - 1;
        content.versions[now].title = title;
        content.versions[now].body = body.unwrap_or_else(|| content.body().to_owned());
    } else {
        content.revise(me, |next| {
            next.title = title;
            next.body = body.unwrap_or_else(|| next.body.clone());
            next.message = change.message;
            next.minor = change.minor;
        });
    }
    call.world.content.insert(id, content);
    Ok(())
}

/// Makes content a child of another page, after the other children.
fn place_below(call: &mut Call, content: &mut Content, parent: u64) -> Result<(), Trouble> {
    let page = call.world.content.get(&parent).filter(|c| call.may_read(c) && c.kind == Kind::Page);
    let page = page.ok_or_else(|| Trouble::Missing(format!("No parent with id {parent}")))?;
    let loops = parent == content.id || call.world.ancestors(page).iter().any(|a| a.id == content.id);
    if loops {
        return Err(Trouble::Invalid("A page cannot be moved below itself".into()));
    }
    let space = page.space;
    content.position = call.world.last_position(parent);
    content.parent = Some(parent);
    follow(call, content, space);
    Ok(())
}

/// Takes everything below along into another space.
fn follow(call: &mut Call, content: &mut Content, space: u64) {
    if content.space == space {
        return;
    }
    let below: Vec<u64> = call.world.descendants(content.id).iter().map(|c| c.id).chain([content.id]).collect();
    for other in call.world.content.values_mut() {
        if below.contains(&other.id) || other.container.is_some_and(|c| below.contains(&c)) {
            other.space = space;
        }
    }
    content.space = space;
}

/// Moves a page before, after or below another one (`append`).
pub(crate) fn place(call: &mut Call, id: u64, position: &str, target: u64) -> Result<(), Trouble> {
    let mut content = writable(call, id)?;
    let other = call.world.content.get(&target).filter(|c| call.may_read(c) && c.kind == Kind::Page).cloned();
    let other = other.ok_or_else(|| Trouble::Missing(format!("No target with id {target}")))?;
    if call.world.title_taken(other.space, content.kind, content.title(), Some(id)) {
        return Err(taken(content.title()));
    }
    match (position, other.parent) {
        ("append", _) => place_below(call, &mut content, target)?,
        ("before" | "after", Some(parent)) => {
            place_below(call, &mut content, parent)?;
            content.position = if position == "before" { other.position - 1 } else { other.position + 1 };
        }
        ("before" | "after", None) => {
            content.parent = None;
            follow(call, &mut content, other.space);
        }
        _ => return Err(Trouble::Invalid(format!("Unknown position '{position}'"))),
    }
    call.world.content.insert(id, content);
    spread(call, id);
    Ok(())
}

/// Numbers the children of a page afresh, so that there is room between any two.
fn spread(call: &mut Call, child: u64) {
    let Some(parent) = call.world.content.get(&child).and_then(|c| c.parent) else { return };
    let order: Vec<u64> = call.world.children(parent).iter().map(|c| c.id).collect();
    for (n, id) in (1_i64..).zip(order) {
        if let Some(content) = call.world.content.get_mut(&id) {
            content.position = n * 100;
        }
    }
}

/// Moves content into the trash. `purge` removes what is there already; drafts, comments and attachments of drafts go
/// at once.
pub(crate) fn delete(call: &mut Call, id: u64, purge: bool) -> Result<(), Trouble> {
    let content = call.world.content.get(&id).filter(|c| call.may_read(c));
    let content = content.ok_or_else(|| Trouble::Missing(format!("No content found with id: {id}")))?;
    let (kind, status, creator) = (content.kind, content.status, content.creator);
    let space = call.world.space_by_id(content.space).ok_or_else(|| Trouble::Missing("No such space".into()))?;
    let me = call.caller.user;
    let may = call.world.may(me, space, "delete", kind.name()) || me == Some(creator);
    if !may || !call.world.passes(me, &content.update) {
        return Err(Trouble::Forbidden(format!("User not permitted to delete this {}", kind.name())));
    }
    match (purge, status) {
        (true, Status::Trashed) | (_, Status::Draft) => call.world.purge(id),
        (true, _) => return Err(Trouble::Invalid("Trashable Content must be trashed before it can be purged".into())),
        (false, Status::Trashed) => return Err(Trouble::Missing(format!("No content found with id: {id}"))),
        (false, _) if kind == Kind::Comment => call.world.purge(id),
        (false, _) => call.world.trash(id),
    }
    Ok(())
}
