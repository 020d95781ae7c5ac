//! Pages and blog posts, in the second version of the API.

use super::spaces::many;
use super::{missing, page, refuse, shapes};
use crate::sandbox::confluence::call::{Call, Outcome};
use crate::sandbox::confluence::edit::{self, Change, Draft};
use crate::sandbox::confluence::guard::{Access, Refusal};
use crate::sandbox::confluence::route::{On, Route, row};
use crate::sandbox::confluence::world::{Content, Kind, Status};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/api/v2/pages", Access::User, list_pages),
    row(On::Cloud, "POST", "/api/v2/pages", Access::User, create_page),
    row(On::Cloud, "GET", "/api/v2/pages/{}", Access::User, get_page),
    row(On::Cloud, "PUT", "/api/v2/pages/{}", Access::User, update_page),
    row(On::Cloud, "DELETE", "/api/v2/pages/{}", Access::User, delete_page),
    row(On::Cloud, "PUT", "/api/v2/pages/{}/title", Access::User, rename),
    row(On::Cloud, "GET", "/api/v2/pages/{}/children", Access::User, children),
    row(On::Cloud, "GET", "/api/v2/pages/{}/direct-children", Access::User, children),
    row(On::Cloud, "GET", "/api/v2/pages/{}/ancestors", Access::User, ancestors),
    row(On::Cloud, "GET", "/api/v2/pages/{}/descendants", Access::User, descendants),
    row(On::Cloud, "GET", "/api/v2/blogposts", Access::User, list_blogs),
    row(On::Cloud, "POST", "/api/v2/blogposts", Access::User, create_blog),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}", Access::User, get_blog),
    row(On::Cloud, "PUT", "/api/v2/blogposts/{}", Access::User, update_blog),
    row(On::Cloud, "DELETE", "/api/v2/blogposts/{}", Access::User, delete_blog),
    row(On::Cloud, "POST", "/api/v2/content/convert-ids-to-types", Access::User, types),
];

/// Finds content of a kind that the `n`th place of the path names, if the caller may see it.
pub(crate) fn find<'a>(call: &'a Call, n: usize, kinds: &[Kind]) -> Result<&'a Content, Refusal> {
    let found = call.world.content.get(&call.content_id(n)).filter(|c| kinds.contains(&c.kind) && call.may_read(c));
    found.ok_or_else(|| missing(&format!("{} with id {}", kinds[0].name(), call.arg(n))))
}

/// Puts content into the order that the request asks for.
pub(crate) fn sort(call: &Call, all: &mut [&Content]) {
    let sort = call.request.param("sort").unwrap_or("id");
    let key = sort.trim_start_matches('-');
    match key {
        "title" => all.sort_by_key(|c| c.title().to_lowercase()),
        "created-date" => all.sort_by_key(|c| c.created),
        "modified-date" => all.sort_by_key(|c| c.now().when),
        _ => all.sort_by_key(|c| c.id),
    }
    if sort.starts_with('-') {
        all.reverse();
    }
}

fn statuses(call: &Call) -> Vec<Status> {
    match many(call, "status") {
        none if none.is_empty() => vec![Status::Current, Status::Archived],
        some => some.iter().filter_map(|s| Status::named(s)).collect(),
    }
}

fn list(call: &Call, kind: Kind) -> Outcome {
    let (ids, spaces, statuses) = (many(call, "id"), many(call, "space-id"), statuses(call));
    let title = call.request.param("title");
    let fits = |c: &&Content| {
        c.kind == kind
            && statuses.contains(&c.status)
            && (ids.is_empty() || ids.contains(&c.id.to_string()))
            && (spaces.is_empty() || spaces.contains(&c.space.to_string()))
            && title.is_none_or(|t| c.title() == t)
    };
    let mut seen: Vec<&Content> = call.world.content.values().filter(fits).filter(|c| call.may_read(c)).collect();
    sort(call, &mut seen);
    let all: Vec<Value> = seen.into_iter().map(|c| shapes::page(call, c, c.now())).collect();
    page(call, &all, 250)
}

fn list_pages(call: &mut Call) -> Outcome {
    list(call, Kind::Page)
}

fn list_blogs(call: &mut Call) -> Outcome {
    list(call, Kind::Blog)
}

fn get(call: &Call, kind: Kind) -> Outcome {
    let content = find(call, 0, &[kind])?;
    let at = match call.request.param("version") {
        None => content.now(),
        Some(text) => {
            let found = content.versions.iter().find(|v| v.number.to_string() == text);
            found.ok_or_else(|| missing(&format!("version {text}")))?
        }
    };
    if content.status == Status::Draft
        && call.request.param("get-draft") != Some("true")
        && call.request.param("status") != Some("draft")
    {
        return Err(missing(&format!("{} with id {}", kind.name(), content.id)));
    }
    let mut value = shapes::page(call, content, at);
    let wanted = |name: &str| call.request.param(name) == Some("true");
    let part = |results: Vec<Value>| json!({ "results": results, "meta": { "hasMore": false }, "_links": {} });
    if wanted("include-labels") {
        value["labels"] = part(content.labels.iter().map(shapes::label).collect());
    }
    if wanted("include-properties") {
        value["properties"] = part(content.properties.iter().map(shapes::property).collect());
    }
    if wanted("include-versions") {
        value["versions"] = part(content.versions.iter().rev().map(|v| shapes::version(call.world, v)).collect());
    }
    value["_links"]["base"] = json!(call.face.base);
    Call::ok(&value)
}

fn get_page(call: &mut Call) -> Outcome {
    get(call, Kind::Page)
}

fn get_blog(call: &mut Call) -> Outcome {
    get(call, Kind::Blog)
}

/// Reads the body of content: one representation, or a choice of them.
pub(crate) fn storage(body: &Value) -> Result<Option<String>, Refusal> {
    let part = &body["body"];
    let choice = || part.as_object()?.iter().find(|(_, v)| v["value"].is_string()).map(|(k, v)| (k.as_str(), v));
    let Some((format, part)) = part["representation"].as_str().map(|format| (format, part)).or_else(choice) else {
        return Ok(None);
    };
    let value = part["value"].as_str().unwrap_or_default();
    edit::storage_from(format, value).map(Some).map_err(|m| refuse(400, "Invalid body", &m))
}

fn create(call: &mut Call, kind: Kind) -> Outcome {
    let body = call.body()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let space =
        text("spaceId").parse::<u64>().ok().and_then(|id| call.world.space_by_id(id)).filter(|s| call.may_see(s));
    let space = space.ok_or_else(|| missing(&format!("space with id {}", text("spaceId"))))?.id;
    let top = call.request.param("root-level") == Some("true");
    let parent = text("parentId").parse::<u64>().ok();
    let home = call.world.space_by_id(space).and_then(|s| s.homepage);
    let draft = Draft {
        kind,
        status: Status::named(&text("status")).unwrap_or(Status::Current),
        space,
        parent: if kind == Kind::Page { parent.or(if top { None } else { home }) } else { None },
        container: None,
        title: text("title"),
        body: storage(&body)?.unwrap_or_default(),
    };
    let id = edit::create(call, draft).map_err(trouble)?;
    let content = call.world.content.get(&id).ok_or_else(|| missing("content"))?;
    Call::ok(&shapes::page(call, content, content.now()))
}

fn create_page(call: &mut Call) -> Outcome {
    create(call, Kind::Page)
}

fn create_blog(call: &mut Call) -> Outcome {
    create(call, Kind::Blog)
}

/// Says in the words of the second version why content could not be written.
pub(crate) fn trouble(trouble: edit::Trouble) -> Refusal {
    match trouble {
        edit::Trouble::Missing(text) => refuse(404, "Not Found", &text),
        edit::Trouble::Forbidden(text) => refuse(403, "Forbidden", &text),
        edit::Trouble::Invalid(text) | edit::Trouble::Taken(text) => refuse(400, &text, ""),
        edit::Trouble::Version { sent, current } => {
            let told = format!(
                "Version must be incremented when updating. Current Version: [{current}]. Provided version: [{sent}]"
            );
            refuse(409, &told, "")
        }
    }
}

fn update(call: &mut Call, kind: Kind) -> Outcome {
    let id = find(call, 0, &[kind])?.id;
    let body = call.body()?;
    for name in ["id", "status", "title", "version"] {
        if body[name].is_null() {
            return Err(refuse(400, &format!("'{name}' must be present"), ""));
        }
    }
    if body["id"].as_str().map(str::to_owned).or(body["id"].as_u64().map(|n| n.to_string())) != Some(id.to_string()) {
        return Err(refuse(400, "The id in the body is not the id in the path", ""));
    }
    let change = Change {
        number: body["version"]["number"].as_u64(),
        message: body["version"]["message"].as_str().unwrap_or_default().to_owned(),
        minor: false,
        title: body["title"].as_str().map(str::to_owned),
        body: storage(&body)?,
        status: body["status"].as_str().and_then(Status::named),
        parent: body["parentId"].as_str().and_then(|p| p.parse().ok()),
        space: body["spaceId"].as_str().and_then(|s| s.parse().ok()),
    };
    edit::update(call, id, change).map_err(trouble)?;
    let content = call.world.content.get(&id).ok_or_else(|| missing("content"))?;
    Call::ok(&shapes::page(call, content, content.now()))
}

fn update_page(call: &mut Call) -> Outcome {
    update(call, Kind::Page)
}

fn update_blog(call: &mut Call) -> Outcome {
    update(call, Kind::Blog)
}

fn rename(call: &mut Call) -> Outcome {
    let content = find(call, 0, &[Kind::Page])?;
    let (id, number) = (content.id, content.now().number + 1);
    let title = call.body()?["title"].as_str().map(str::to_owned);
    let change = Change { number: Some(number), title, ..Change::default() };
    edit::update(call, id, change).map_err(trouble)?;
    get_page(call)
}

/// Moves into the trash; what is there already can be purged, drafts go at once.
fn delete(call: &mut Call, kind: Kind) -> Outcome {
    let content = find(call, 0, &[kind])?;
    let (id, status) = (content.id, content.status);
    let asked = |name: &str| call.request.param(name) == Some("true");
    let purge = asked("purge");
    if status == Status::Draft && !asked("draft") {
        return Err(missing(&format!("{} with id {id}", kind.name())));
    }
    edit::delete(call, id, purge).map_err(trouble)?;
    Call::done()
}

fn delete_page(call: &mut Call) -> Outcome {
    delete(call, Kind::Page)
}

fn delete_blog(call: &mut Call) -> Outcome {
    delete(call, Kind::Blog)
}

fn children(call: &mut Call) -> Outcome {
    let id = find(call, 0, &[Kind::Page])?.id;
    let seen = call.world.children(id).into_iter().filter(|c| call.may_read(c));
    let one = |c: &Content| {
        json!({
            "id": c.id.to_string(), "status": c.status.name(), "title": c.title(), "type": "page",
            "spaceId": c.space.to_string(), "childPosition": c.position,
        })
    };
    let all: Vec<Value> = seen.map(one).collect();
    page(call, &all, 250)
}

fn ancestors(call: &mut Call) -> Outcome {
    let content = find(call, 0, &[Kind::Page])?;
    let above = call.world.ancestors(content);
    let all: Vec<Value> = above.into_iter().map(|c| json!({ "id": c.id.to_string(), "type": "page" })).collect();
    page(call, &all, 250)
}

fn descendants(call: &mut Call) -> Outcome {
    let content = find(call, 0, &[Kind::Page])?;
    let top = call.world.ancestors(content).len();
    let deepest = call.request.param("depth").and_then(|d| d.parse::<usize>().ok()).unwrap_or(5);
    let seen = call.world.descendants(content.id).into_iter().filter(|c| call.may_read(c));
    let all: Vec<Value> = seen
        .map(|c| (c, call.world.ancestors(c).len() - top))
        .filter(|(_, depth)| *depth <= deepest)
        .map(|(c, depth)| {
            json!({
                "id": c.id.to_string(), "status": c.status.name(), "title": c.title(), "type": "page",
                "parentId": c.parent.unwrap_or(0).to_string(), "depth": depth, "childPosition": c.position,
            })
        })
        .collect();
    page(call, &all, 250)
}

fn types(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let asked = body["contentIds"].as_array().cloned().unwrap_or_default();
    let mut results = json!({});
    for id in asked {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let number = text.trim_start_matches("att").parse().unwrap_or(0);
        let found = call.world.content.get(&number).filter(|c| call.may_read(c));
        results[text] = found.map_or(Value::Null, |c| {
            json!(match (c.kind, &c.inline) {
                (Kind::Comment, None) => "footer-comment",
                (Kind::Comment, Some(_)) => "inline-comment",
                (kind, _) => kind.name(),
            })
        });
    }
    Ok(Reply::json(200, &json!({ "results": results })))
}
