//! Attachments, labels, versions and properties, in the second version of the API.

use super::pages::{find, sort, trouble};
use super::spaces::many;
use super::{missing, page, refuse, shapes};
use crate::sandbox::confluence::call::{Call, Outcome};
use crate::sandbox::confluence::edit;
use crate::sandbox::confluence::guard::{Access, Refusal};
use crate::sandbox::confluence::route::{On, Route, row};
use crate::sandbox::confluence::world::{Content, Kind, Label, Property, Status, now};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/api/v2/attachments", Access::User, attachments),
    row(On::Cloud, "GET", "/api/v2/attachments/{}", Access::User, attachment),
    row(On::Cloud, "DELETE", "/api/v2/attachments/{}", Access::User, delete_attachment),
    row(On::Cloud, "GET", "/api/v2/pages/{}/attachments", Access::User, attachments_of),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/attachments", Access::User, attachments_of),
    row(On::Cloud, "GET", "/api/v2/labels", Access::User, labels),
    row(On::Cloud, "GET", "/api/v2/labels/{}/pages", Access::User, labelled_pages),
    row(On::Cloud, "GET", "/api/v2/labels/{}/blogposts", Access::User, labelled_blogs),
    row(On::Cloud, "GET", "/api/v2/labels/{}/attachments", Access::User, labelled_attachments),
    row(On::Cloud, "GET", "/api/v2/pages/{}/labels", Access::User, labels_of),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/labels", Access::User, labels_of),
    row(On::Cloud, "GET", "/api/v2/attachments/{}/labels", Access::User, labels_of),
    row(On::Cloud, "GET", "/api/v2/pages/{}/versions", Access::User, versions),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/versions", Access::User, versions),
    row(On::Cloud, "GET", "/api/v2/attachments/{}/versions", Access::User, versions),
    row(On::Cloud, "GET", "/api/v2/footer-comments/{}/versions", Access::User, versions),
    row(On::Cloud, "GET", "/api/v2/pages/{}/versions/{}", Access::User, version),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/versions/{}", Access::User, version),
    row(On::Cloud, "GET", "/api/v2/attachments/{}/versions/{}", Access::User, version),
    row(On::Cloud, "GET", "/api/v2/pages/{}/operations", Access::User, operations),
    row(On::Cloud, "GET", "/api/v2/pages/{}/properties", Access::User, properties),
    row(On::Cloud, "POST", "/api/v2/pages/{}/properties", Access::User, add_property),
    row(On::Cloud, "GET", "/api/v2/pages/{}/properties/{}", Access::User, property),
    row(On::Cloud, "PUT", "/api/v2/pages/{}/properties/{}", Access::User, edit_property),
    row(On::Cloud, "DELETE", "/api/v2/pages/{}/properties/{}", Access::User, remove_property),
];

/// Everything that has a number of its own.
const ANY: [Kind; 4] = [Kind::Page, Kind::Blog, Kind::Attachment, Kind::Comment];

fn files(call: &Call, on: Option<u64>) -> Outcome {
    let (name, mime) = (call.request.param("filename"), call.request.param("mediaType"));
    let statuses = match many(call, "status") {
        none if none.is_empty() => vec![Status::Current, Status::Archived],
        some => some.iter().filter_map(|s| Status::named(s)).collect(),
    };
    let fits = |c: &&Content| {
        c.kind == Kind::Attachment
            && statuses.contains(&c.status)
            && on.is_none_or(|on| c.container == Some(on))
            && name.is_none_or(|n| c.title() == n)
            && mime.is_none_or(|m| crate::sandbox::confluence::face::mime(c.now()) == m)
    };
    let mut seen: Vec<&Content> = call.world.content.values().filter(fits).filter(|c| call.may_read(c)).collect();
    sort(call, &mut seen);
    let all: Vec<Value> = seen.into_iter().map(|c| shapes::attachment(call, c)).collect();
    page(call, &all, 250)
}

fn attachments(call: &mut Call) -> Outcome {
    files(call, None)
}

fn attachments_of(call: &mut Call) -> Outcome {
    let on = find(call, 0, &[Kind::Page, Kind::Blog])?.id;
    files(call, Some(on))
}

fn attachment(call: &mut Call) -> Outcome {
    Call::ok(&shapes::attachment(call, find(call, 0, &[Kind::Attachment])?))
}

fn delete_attachment(call: &mut Call) -> Outcome {
    let id = find(call, 0, &[Kind::Attachment])?.id;
    let purge = call.request.param("purge") == Some("true");
    edit::delete(call, id, purge).map_err(trouble)?;
    Call::done()
}

fn labels(call: &mut Call) -> Outcome {
    let ids = many(call, "label-id");
    let mut all: Vec<&Label> =
        call.world.content.values().filter(|c| call.may_read(c)).flat_map(|c| &c.labels).collect();
    all.sort_by_key(|l| l.id);
    all.dedup_by_key(|l| l.id);
    all.retain(|l| ids.is_empty() || ids.contains(&l.id.to_string()));
    let all: Vec<Value> = all.into_iter().map(shapes::label).collect();
    page(call, &all, 250)
}

fn labels_of(call: &mut Call) -> Outcome {
    let prefix = call.request.param("prefix");
    let content = find(call, 0, &ANY)?;
    let some = content.labels.iter().filter(|l| prefix.is_none_or(|p| l.prefix == p));
    let all: Vec<Value> = some.map(shapes::label).collect();
    page(call, &all, 250)
}

fn labelled(call: &Call, kind: Kind) -> Outcome {
    let id = call.id(0);
    let has = |c: &&Content| c.kind == kind && c.status == Status::Current && c.labels.iter().any(|l| l.id == id);
    let mut seen: Vec<&Content> = call.world.content.values().filter(has).filter(|c| call.may_read(c)).collect();
    sort(call, &mut seen);
    let write = |c: &Content| match kind {
        Kind::Attachment => shapes::attachment(call, c),
        _ => shapes::page(call, c, c.now()),
    };
    let all: Vec<Value> = seen.into_iter().map(write).collect();
    page(call, &all, 250)
}

fn labelled_pages(call: &mut Call) -> Outcome {
    labelled(call, Kind::Page)
}

fn labelled_blogs(call: &mut Call) -> Outcome {
    labelled(call, Kind::Blog)
}

fn labelled_attachments(call: &mut Call) -> Outcome {
    labelled(call, Kind::Attachment)
}

fn versions(call: &mut Call) -> Outcome {
    let content = find(call, 0, &ANY)?;
    let newest_first = content.versions.iter().rev();
    let mut all: Vec<Value> = newest_first
        .map(|v| {
            let mut value = shapes::version(call.world, v);
            if call.request.param("body-format").is_some() {
                value[content.kind.name()] =
                    json!({ "title": v.title, "id": content.id.to_string(), "body": shapes::body(call, v) });
            }
            value
        })
        .collect();
    if call.request.param("sort") == Some("modified-date") {
        all.reverse();
    }
    page(call, &all, 250)
}

fn version(call: &mut Call) -> Outcome {
    let content = find(call, 0, &ANY)?;
    let at = content.versions.iter().position(|v| v.number == call.id(1));
    let at = at.ok_or_else(|| missing(&format!("version {}", call.arg(1))))?;
    let mut value = shapes::version(call.world, &content.versions[at]);
    value["contentTypeModified"] = json!(false);
    if let Some(before) = at.checked_sub(1).and_then(|n| content.versions.get(n)) {
        value["prevVersion"] = json!(before.number);
    }
    if let Some(after) = content.versions.get(at + 1) {
        value["nextVersion"] = json!(after.number);
    }
    Call::ok(&value)
}

fn operations(call: &mut Call) -> Outcome {
    let content = find(call, 0, &[Kind::Page])?;
    let mut all = vec![json!({ "operation": "read", "targetType": "page" })];
    if call.world.may_update(call.caller.user, content) {
        all.push(json!({ "operation": "update", "targetType": "page" }));
    }
    Call::ok(&json!({ "operations": all }))
}

fn properties(call: &mut Call) -> Outcome {
    let key = call.request.param("key");
    let content = find(call, 0, &[Kind::Page])?;
    let some = content.properties.iter().filter(|p| key.is_none_or(|k| p.key == k));
    let all: Vec<Value> = some.map(shapes::property).collect();
    page(call, &all, 250)
}

/// Finds the place of the property that the path names.
fn property_place(call: &Call) -> Result<usize, Refusal> {
    let content = find(call, 0, &[Kind::Page])?;
    let found = content.properties.iter().position(|p| p.id == call.id(1));
    found.ok_or_else(|| missing(&format!("property with id {}", call.arg(1))))
}

fn property(call: &mut Call) -> Outcome {
    let n = property_place(call)?;
    Call::ok(&shapes::property(&find(call, 0, &[Kind::Page])?.properties[n]))
}

/// Returns the page of the path, if the caller may change it.
fn own<'a>(call: &'a mut Call) -> Result<&'a mut Content, Refusal> {
    let content = find(call, 0, &[Kind::Page])?;
    let (id, may) = (content.id, call.world.may_update(call.caller.user, content));
    match call.world.content.get_mut(&id) {
        Some(content) if may => Ok(content),
        _ => Err(refuse(403, "User not permitted to edit this content", "")),
    }
}

fn add_property(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let key = body["key"].as_str().unwrap_or_default().to_owned();
    let id = call.world.next_id();
    let content = own(call)?;
    if key.is_empty() || content.properties.iter().any(|p| p.key == key) {
        return Err(refuse(409, "Property with this key already exists or the key is empty", ""));
    }
    let property = Property { id, key, value: body["value"].clone(), version: 1, when: now() };
    let value = shapes::property(&property);
    content.properties.push(property);
    Call::ok(&value)
}

fn edit_property(call: &mut Call) -> Outcome {
    let (n, body) = (property_place(call)?, call.body()?);
    let property = &mut own(call)?.properties[n];
    if body["version"]["number"].as_u64() != Some(property.version + 1) {
        return Err(refuse(409, "Version must be incremented when updating a property", ""));
    }
    property.version += 1;
    property.value = body["value"].clone();
    property.when = now();
    let value = shapes::property(property);
    Call::ok(&value)
}

fn remove_property(call: &mut Call) -> Outcome {
    let n = property_place(call)?;
    own(call)?.properties.remove(n);
    Call::done()
}
