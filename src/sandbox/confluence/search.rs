//! Searches by query.

use super::call::{Call, Outcome};
use super::cql::{self, Scene};
use super::expand::Expand;
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::text;
use super::v2::{cursor, place};
use super::world::{Content, Kind, stamp_z};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/content/search", Access::Anyone, content),
    row(On::Both, "GET", "/rest/api/search", Access::Anyone, everything),
    row(On::Dc, "GET", "/rest/api/content/scan", Access::Anyone, scan),
];

/// Returns what the query finds and the caller may see.
fn found<'a>(call: &'a Call) -> Result<Vec<&'a Content>, Refusal> {
    let text = call.request.param("cql").unwrap_or_default();
    if text.is_empty() {
        return Err(refuse(400, "BadRequestException", "A query is required: cql"));
    }
    let query = cql::read(text).map_err(|why| refuse(400, "BadRequestException", why))?;
    let scene = Scene { world: call.world, me: call.caller.user };
    Ok(query.find(&scene).into_iter().filter(|c| call.may_read(c)).collect())
}

/// Makes a page: on Cloud by a cursor, on Data Center by `start`.
fn page(call: &Call, all: &[Value]) -> Result<Value, Refusal> {
    if !call.face.cloud {
        return call.page(all, 25, 1000);
    }
    let limit = call.number("limit", 25)?.min(250);
    let start = match call.request.param("cursor") {
        None => 0,
        Some(text) => place(text).ok_or_else(|| refuse(400, "BadRequestException", "The cursor is not valid"))?,
    };
    let some: Vec<Value> = all.iter().skip(start).take(limit).cloned().collect();
    let end = start + some.len();
    let mut links =
        json!({ "base": call.face.base, "context": "/wiki", "self": format!("{}/rest/api/search", call.face.base) });
    if end < all.len() {
        links["next"] =
            json!(call.next(&[("next", "true".into()), ("cursor", cursor(end)), ("limit", limit.to_string())]));
    }
    Ok(json!({ "results": some, "start": start, "limit": limit, "size": end - start, "_links": links }))
}

fn content(call: &mut Call) -> Outcome {
    let expand = call.expand();
    let all: Vec<Value> = found(call)?.into_iter().map(|c| call.face.content(call.world, c, &expand)).collect();
    let mut value = page(call, &all)?;
    value["totalSize"] = json!(all.len());
    value["cqlQuery"] = json!(call.request.param("cql"));
    Call::ok(&value)
}

fn everything(call: &mut Call) -> Outcome {
    let expand = call.expand();
    let inside = expand.inside("content");
    let all: Vec<Value> = found(call)?.into_iter().map(|c| hit(call, c, &inside)).collect();
    let mut value = page(call, &all)?;
    value["totalSize"] = json!(all.len());
    value["cqlQuery"] = json!(call.request.param("cql"));
    value["searchDuration"] = json!(12);
    Call::ok(&value)
}

fn hit(call: &Call, content: &Content, expand: &Expand) -> Value {
    let space = call.world.space_by_id(content.space);
    let excerpt: String = text::words(content.body()).chars().take(200).collect();
    let container = json!({
        "title": space.map(|s| s.name.as_str()), "displayUrl": space.map(|s| format!("/spaces/{}", s.key)),
    });
    json!({
        "content": call.face.content(call.world, content, expand), "title": content.title(), "excerpt": excerpt,
        "url": call.face.web(call.world, content), "resultGlobalContainer": container, "breadcrumbs": [],
        "entityType": "content", "iconCssClass": format!("aui-icon content-type-{}", content.kind.name()),
        "lastModified": stamp_z(content.now().when), "friendlyLastModified": crate::sandbox::time::day(content.now().when),
        "score": 0.0,
    })
}

/// Walks over everything of a kind by a cursor.
fn scan(call: &mut Call) -> Outcome {
    let kind = call.request.param("type").and_then(Kind::named).unwrap_or(Kind::Page);
    let space = call.request.param("spaceKey").map(|key| call.space(key).map(|s| s.id)).transpose()?;
    let (expand, limit) = (call.expand(), call.number("limit", 25)?.min(200));
    let start = call.request.param("cursor").and_then(place).unwrap_or(0);
    let fits = |c: &&Content| c.kind == kind && super::face::is_current(c) && space.is_none_or(|s| c.space == s);
    let seen: Vec<&Content> = call.world.content.values().filter(fits).filter(|c| call.may_read(c)).collect();
    let some = seen.iter().skip(start).take(limit).map(|c| call.face.content(call.world, c, &expand));
    let some: Vec<Value> = some.collect();
    let end = start + some.len();
    let mut value = json!({ "results": some, "cursor": cursor(start), "limit": limit, "size": end - start, "_links": { "base": call.face.base } });
    if end < seen.len() {
        value["nextCursor"] = json!(cursor(end));
        value["_links"]["next"] = json!(call.next(&[("cursor", cursor(end)), ("limit", limit.to_string())]));
    }
    Call::ok(&value)
}
