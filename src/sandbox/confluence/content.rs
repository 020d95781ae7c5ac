//! Pages, blog posts and comments, in the first version of the API.

use super::call::{Call, Outcome};
use super::edit::{self, Change, Draft, Trouble};
use super::expand::Expand;
use super::face::is_current;
use super::guard::{Access, Refusal, invalid, missing, refuse};
use super::route::{On, Route, row};
use super::world::{Content, Kind, Status};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/content", Access::Anyone, list),
    row(On::Dc, "POST", "/rest/api/content", Access::User, create),
    row(On::Dc, "GET", "/rest/api/content/{}", Access::Anyone, get),
    row(On::Dc, "PUT", "/rest/api/content/{}", Access::User, update),
    row(On::Dc, "DELETE", "/rest/api/content/{}", Access::User, delete),
    row(On::Dc, "GET", "/rest/api/content/{}/child", Access::Anyone, children),
    row(On::Dc, "GET", "/rest/api/content/{}/child/{}", Access::Anyone, children_of_type),
    row(On::Both, "GET", "/rest/api/content/{}/descendant", Access::Anyone, descendants),
    row(On::Both, "GET", "/rest/api/content/{}/descendant/{}", Access::Anyone, descendants_of_type),
    row(On::Cloud, "PUT", "/rest/api/content/{}/move/{}/{}", Access::User, place),
    row(On::Cloud, "DELETE", "/rest/api/content/{}/pageTree", Access::User, delete_tree),
    row(On::Cloud, "POST", "/rest/api/content/archive", Access::User, archive),
];

/// Says in the words of the first version why content could not be written.
pub(crate) fn trouble(trouble: Trouble) -> Refusal {
    match trouble {
        Trouble::Missing(text) => refuse(404, "NotFoundException", text),
        Trouble::Forbidden(text) => refuse(403, "PermissionException", text),
        Trouble::Invalid(text) => invalid(&text, "Could not create or update content"),
        Trouble::Taken(text) => refuse(400, "BadRequestException", text),
        Trouble::Version { current, .. } => {
            let text = format!("Version must be incremented on update. Current version is: {current}");
            refuse(409, "ConflictException", text)
        }
    }
}

/// Returns the statuses that a request wants to see.
fn statuses(call: &Call) -> Vec<Status> {
    match call.request.param("status") {
        None | Some("") => vec![Status::Current],
        Some("any") => vec![Status::Current, Status::Trashed, Status::Draft, Status::Archived],
        Some(list) => list.split(',').filter_map(Status::named).collect(),
    }
}

fn list(call: &mut Call) -> Outcome {
    let (request, expand, statuses) = (call.request, call.expand(), statuses(call));
    let kind = match request.param("type") {
        None | Some("") => Kind::Page,
        Some(text) => Kind::named(text).ok_or_else(|| bad_type(text))?,
    };
    let space = match request.param("spaceKey") {
        None | Some("") => None,
        Some(key) => Some(call.space(key)?.id),
    };
    let (title, day) = (request.param("title"), request.param("postingDay"));
    let fits = |c: &&Content| {
        c.kind == kind
            && statuses.contains(&c.status)
            && space.is_none_or(|s| c.space == s)
            && title.is_none_or(|t| c.title().eq_ignore_ascii_case(t))
            && day.is_none_or(|d| crate::sandbox::time::day(c.created) == d)
    };
    let seen = call.world.content.values().filter(fits).filter(|c| call.may_read(c));
    let all: Vec<Value> = seen.map(|c| call.face.content(call.world, c, &expand)).collect();
    Call::ok(&call.page(&all, 25, 200)?)
}

fn bad_type(text: &str) -> Refusal {
    let known = "[space, user, page, blogpost, comment, attachment]";
    refuse(400, "BadRequestException", format!("Unsupported value for type, got : {text}, expected one of : {known}"))
}

/// A get without `expand` shows these.
fn usual() -> Expand {
    Expand::new(&["history", "version", "space"])
}

fn get(call: &mut Call) -> Outcome {
    let expand = if call.request.param("expand").is_some() { call.expand() } else { usual() };
    let content = call.content(0)?;
    let statuses = statuses(call);
    if let Some(text) = call.request.param("version") {
        let version = content.versions.iter().find(|v| v.number.to_string() == text);
        let version = version.ok_or_else(|| missing(call.arg(0)))?;
        return Call::ok(&call.face.content_at(call.world, content, version, &expand));
    }
    if !statuses.contains(&content.status) {
        return Err(missing(call.arg(0)));
    }
    Call::ok(&call.face.content(call.world, content, &expand))
}

/// Reads the storage format of a body.
fn storage(body: &Value) -> Result<Option<String>, Refusal> {
    let Some(formats) = body["body"].as_object() else { return Ok(None) };
    let Some((format, part)) = formats.iter().find(|(_, part)| part["value"].is_string()) else { return Ok(None) };
    let text = edit::storage_from(format, part["value"].as_str().unwrap_or_default());
    text.map(Some).map_err(|fault| refuse(400, "BadRequestException", fault))
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim_start_matches("att").parse().ok())
}

/// Returns the space, the parent and the container of content that is to be made.
fn position(call: &Call, body: &Value, kind: Kind) -> Result<(u64, Option<u64>, Option<u64>), Refusal> {
    let parent = body["ancestors"].as_array().and_then(|a| a.last()).and_then(|a| number(&a["id"]));
    if kind == Kind::Comment {
        let on =
            number(&body["container"]["id"]).and_then(|id| call.world.content.get(&id)).filter(|c| call.may_read(c));
        let on = on.ok_or_else(|| missing(&body["container"]["id"].to_string()))?;
        return Ok((on.space, parent, Some(on.id)));
    }
    let key = body["space"]["key"].as_str();
    let space = match (key, parent.and_then(|p| call.world.content.get(&p))) {
        (Some(key), _) => call.space(key)?,
        (None, Some(parent)) => call.world.space_by_id(parent.space).ok_or_else(|| missing("0"))?,
        (None, None) => return Err(refuse(400, "BadRequestException", "Space is required when creating Content")),
    };
    let parent = if kind == Kind::Page { parent } else { None };
    Ok((space.id, parent, None))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let text = body["type"].as_str().unwrap_or_default();
    let kind = Kind::named(text).filter(|k| *k != Kind::Attachment).ok_or_else(|| bad_type(text))?;
    let (space, parent, container) = position(call, &body, kind)?;
    let on = container.and_then(|id| call.world.content.get(&id)).map(|c| format!("Re: {}", c.title()));
    let draft = Draft {
        kind,
        status: body["status"].as_str().and_then(Status::named).unwrap_or(Status::Current),
        space,
        parent,
        container,
        title: on.unwrap_or_else(|| body["title"].as_str().unwrap_or_default().to_owned()),
        body: storage(&body)?.unwrap_or_default(),
    };
    let id = edit::create(call, draft).map_err(trouble)?;
    for (prefix, name) in labels_of(&body)? {
        let label = call.world.label(&prefix, &name);
        if let Some(content) = call.world.content.get_mut(&id) {
            content.labels.push(label);
        }
    }
    show(call, id)
}

fn labels_of(body: &Value) -> Result<Vec<(String, String)>, Refusal> {
    let labels = &body["metadata"]["labels"];
    if labels.is_array() { super::labels::named(labels) } else { Ok(Vec::new()) }
}

/// Shows content after it was written.
fn show(call: &Call, id: u64) -> Outcome {
    let expand = match call.request.param("expand") {
        Some(_) => call.expand(),
        None => Expand::new(&["body.storage", "history", "version", "space", "ancestors", "container"]),
    };
    let content = call.world.content.get(&id).ok_or_else(|| missing(&id.to_string()))?;
    Call::ok(&call.face.content(call.world, content, &expand))
}

fn update(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let content = call.content(0)?;
    let (id, status) = (content.id, content.status);
    let asked = body["status"].as_str().and_then(Status::named);
    let restores = status == Status::Trashed && asked == Some(Status::Current);
    if status == Status::Trashed && !restores {
        return Err(missing(call.arg(0)));
    }
    let space = match body["space"]["key"].as_str() {
        Some(key) => Some(call.space(key)?.id),
        None => None,
    };
    let change = Change {
        number: body["version"]["number"].as_u64(),
        message: body["version"]["message"].as_str().unwrap_or_default().to_owned(),
        minor: body["version"]["minorEdit"].as_bool().unwrap_or(false),
        title: body["title"].as_str().map(str::to_owned),
        body: storage(&body)?,
        status: asked,
        parent: body["ancestors"].as_array().and_then(|a| a.last()).and_then(|a| number(&a["id"])),
        space,
    };
    edit::update(call, id, change).map_err(trouble)?;
    let resolution = body["extensions"]["resolution"]["status"].as_str();
    if let (Some(status), Some(comment)) = (resolution, call.world.content.get_mut(&id)) {
        comment.resolved = status == "resolved";
    }
    show(call, id)
}

/// `status=trashed` purges what is in the trash already.
fn delete(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let purge = call.request.param("status") == Some("trashed");
    edit::delete(call, id, purge).map_err(trouble)?;
    Call::done()
}

/// Returns what hangs below content of one type, as far as the caller may see it.
fn below<'a>(call: &'a Call, id: u64, kind: Kind) -> Vec<&'a Content> {
    let all = match kind {
        Kind::Page => call.world.children(id),
        Kind::Blog => Vec::new(),
        kind => call.world.hanging(kind, id),
    };
    all.into_iter().filter(|c| call.may_read(c)).collect()
}

fn children(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let expand = call.expand();
    let mut value = json!({ "_links": { "base": call.face.base } });
    for kind in [Kind::Page, Kind::Comment, Kind::Attachment].into_iter().filter(|k| expand.has(k.name())) {
        let inside = expand.inside(kind.name());
        let all: Vec<Value> =
            below(call, id, kind).into_iter().map(|c| call.face.content(call.world, c, &inside)).collect();
        value[kind.name()] = call.page(&all, 25, 200)?;
    }
    Call::ok(&value)
}

fn children_of_type(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let text = call.arg(1);
    let kind = Kind::named(text).ok_or_else(|| bad_type(text))?;
    let (expand, name, mime) = (call.expand(), call.request.param("filename"), call.request.param("mediaType"));
    let location = call.request.params("location");
    let whole = call.request.param("depth") == Some("all");
    let fits = |c: &&Content| {
        let at = if c.inline.is_some() { "inline" } else { "footer" };
        // Answers to comments are below their comment, unless everything is asked for.
        (kind != Kind::Comment || whole || c.parent.is_none())
            && name.is_none_or(|n| c.title() == n)
            && mime.is_none_or(|m| super::face::mime(c.now()) == m)
            && (kind != Kind::Comment || location.is_empty() || location.contains(&at))
    };
    let found = below(call, id, kind).into_iter().filter(fits);
    let all: Vec<Value> = found.map(|c| call.face.content(call.world, c, &expand)).collect();
    Call::ok(&call.page(&all, 25, 200)?)
}

fn everything_below(call: &Call, id: u64, kind: Kind, expand: &Expand) -> Vec<Value> {
    let pages = call.world.descendants(id);
    let found: Vec<&Content> = match kind {
        Kind::Page => pages,
        kind => {
            let holders = pages.iter().map(|c| c.id).chain([id]);
            holders.flat_map(|on| call.world.hanging(kind, on)).collect()
        }
    };
    let seen = found.into_iter().filter(|c| is_current(c) && call.may_read(c));
    seen.map(|c| call.face.content(call.world, c, expand)).collect()
}

fn descendants(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let expand = call.expand();
    let mut value = json!({ "_links": { "base": call.face.base } });
    for kind in [Kind::Page, Kind::Comment, Kind::Attachment].into_iter().filter(|k| expand.has(k.name())) {
        value[kind.name()] = call.page(&everything_below(call, id, kind, &expand.inside(kind.name())), 25, 200)?;
    }
    Call::ok(&value)
}

fn descendants_of_type(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let kind = Kind::named(call.arg(1)).ok_or_else(|| bad_type(call.arg(1)))?;
    Call::ok(&call.page(&everything_below(call, id, kind, &call.expand()), 25, 200)?)
}

fn place(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let (position, target) = (call.arg(1).to_owned(), call.content_id(2));
    edit::place(call, id, &position, target).map_err(trouble)?;
    Call::ok(&json!({ "pageId": id.to_string() }))
}

/// Moves a page and everything below it into the trash.
fn delete_tree(call: &mut Call) -> Outcome {
    let id = call.content(0)?.id;
    let below: Vec<u64> = call.world.descendants(id).iter().map(|c| c.id).collect();
    for one in below.into_iter().rev().chain([id]) {
        edit::delete(call, one, false).map_err(trouble)?;
    }
    let task = super::tasks::begin(call, "Delete page tree", json!({}));
    Ok(Reply::json(202, &super::tasks::submitted(task)))
}

fn archive(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let ids: Vec<u64> = body["pages"].as_array().into_iter().flatten().filter_map(|p| number(&p["id"])).collect();
    for id in ids {
        let content = call.world.content.get(&id).filter(|c| call.may_read(c) && c.kind == Kind::Page);
        let content = content.ok_or_else(|| missing(&id.to_string()))?;
        if !call.world.may_update(call.caller.user, content) {
            return Err(refuse(403, "PermissionException", "User not permitted to archive this page"));
        }
        if let Some(content) = call.world.content.get_mut(&id) {
            content.status = Status::Archived;
        }
    }
    let task = super::tasks::begin(call, "Archive pages", json!({}));
    Ok(Reply::json(202, &super::tasks::submitted(task)))
}
