//! Copies of pages and of whole trees, which only Cloud makes by itself.

use super::call::{Call, Outcome};
use super::content::trouble;
use super::edit::{self, Draft};
use super::guard::{Access, Refusal, invalid, missing};
use super::route::{On, Route, row};
use super::tasks;
use super::world::{Content, Kind, Status};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "POST", "/rest/api/content/{}/copy", Access::User, one),
    row(On::Cloud, "POST", "/rest/api/content/{}/pagehierarchy/copy", Access::User, tree),
];

/// Says whether something goes along with a page, such as `copyLabels`.
fn goes_along(body: &Value, name: &str) -> bool {
    body[name].as_bool().unwrap_or(false)
}

/// Copies a page, with what goes along, and returns the number of the copy.
fn copy(
    call: &mut Call,
    from: &Content,
    space: u64,
    parent: Option<u64>,
    title: String,
    body: Option<String>,
    along: &Value,
) -> Result<u64, Refusal> {
    let draft = Draft {
        kind: Kind::Page,
        status: Status::Current,
        space,
        parent,
        container: None,
        title,
        body: body.unwrap_or_else(|| from.body().to_owned()),
    };
    let id = edit::create(call, draft).map_err(trouble)?;
    if let Some(made) = call.world.content.get_mut(&id) {
        if goes_along(along, "copyLabels") {
            made.labels.clone_from(&from.labels);
        }
        if goes_along(along, "copyProperties") {
            made.properties.clone_from(&from.properties);
        }
        if goes_along(along, "copyPermissions") {
            made.read = from.read.clone();
            made.update = from.update.clone();
        }
    }
    let files: Vec<Content> = call.world.hanging(Kind::Attachment, from.id).into_iter().cloned().collect();
    for mut file in files.into_iter().filter(|_| goes_along(along, "copyAttachments")) {
        file.id = call.world.next_id();
        file.container = Some(id);
        file.space = space;
        call.world.content.insert(file.id, file);
    }
    Ok(id)
}

/// Returns the space and the parent that a destination means.
fn destination(call: &Call, body: &Value) -> Result<(u64, Option<u64>), Refusal> {
    let value = body["destination"]["value"].as_str().map(str::to_owned);
    let value = value.or_else(|| body["destination"]["value"].as_u64().map(|n| n.to_string())).unwrap_or_default();
    match body["destination"]["type"].as_str() {
        Some("space") => {
            let space = call.space(&value)?;
            Ok((space.id, space.homepage))
        }
        Some("parent_page") => {
            let page =
                value.parse::<u64>().ok().and_then(|id| call.world.content.get(&id)).filter(|c| call.may_read(c));
            let page = page.ok_or_else(|| missing(&value))?;
            Ok((page.space, Some(page.id)))
        }
        _ => Err(invalid("destination.type is space or parent_page", "Could not copy the page")),
    }
}

fn one(call: &mut Call) -> Outcome {
    let from = call.content(0)?.clone();
    let body = call.body()?;
    let (space, parent) = destination(call, &body)?;
    let title = body["pageTitle"].as_str().map_or_else(|| format!("Copy of {}", from.title()), str::to_owned);
    let text = body["body"]["storage"]["value"].as_str().map(str::to_owned);
    let id = copy(call, &from, space, parent, title, text, &body)?;
    let content = call.world.content.get(&id).ok_or_else(|| missing("0"))?;
    Call::ok(&call.face.content(call.world, content, &call.expand()))
}

fn tree(call: &mut Call) -> Outcome {
    let top = call.content(0)?.clone();
    let body = call.body()?;
    let parent =
        body["destinationPageId"].as_str().map_or_else(|| body["destinationPageId"].to_string(), str::to_owned);
    let parent = parent.parse::<u64>().ok().and_then(|id| call.world.content.get(&id)).filter(|c| call.may_read(c));
    let (space, parent) = parent.map(|p| (p.space, p.id)).ok_or_else(|| missing("destinationPageId"))?;
    let options = &body["titleOptions"];
    let text = |name: &str| options[name].as_str().unwrap_or_default().to_owned();
    let (prefix, search, replace) = (text("prefix"), text("search"), text("replace"));
    let pages: Vec<Content> =
        std::iter::once(top.clone()).chain(call.world.descendants(top.id).into_iter().cloned()).collect();
    let mut made = std::collections::BTreeMap::new();
    for page in pages {
        let title = if search.is_empty() { page.title().to_owned() } else { page.title().replace(&search, &replace) };
        let title = format!("{prefix}{title}");
        let below = page.parent.and_then(|p| made.get(&p)).copied().unwrap_or(parent);
        let id = copy(call, &page, space, Some(below), title, None, &body)?;
        made.insert(page.id, id);
    }
    let result =
        json!({ "destinationId": made.get(&top.id).map(ToString::to_string), "totalPageNeedToCopy": made.len() });
    let task = tasks::begin(call, "Copy page hierarchy", result);
    Ok(Reply::json(202, &tasks::submitted(task)))
}
