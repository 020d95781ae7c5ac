//! Things as JSON, the way the second version of the API writes them.

use crate::sandbox::confluence::call::Call;
use crate::sandbox::confluence::face::{Face, mime};
use crate::sandbox::confluence::text;
use crate::sandbox::confluence::world::{Content, Kind, Label, Property, Space, UserId, Version, World, stamp_z};
use serde_json::{Value, json};

fn account(world: &World, id: UserId) -> &str {
    world.users.get(id).map_or("", |u| u.account_id.as_str())
}

/// Writes a version.
pub(crate) fn version(world: &World, version: &Version) -> Value {
    json!({
        "number": version.number, "message": version.message, "minorEdit": version.minor,
        "authorId": account(world, version.by), "createdAt": stamp_z(version.when),
    })
}

/// Writes the body in the format that the request asks for, or nothing.
pub(crate) fn body(call: &Call, version: &Version) -> Value {
    match call.request.param("body-format") {
        None => json!({}),
        Some("storage") => json!({ "storage": { "representation": "storage", "value": version.body } }),
        Some("atlas_doc_format") => {
            let words = text::words(&version.body);
            let content = json!([{ "type": "paragraph", "content": [{ "type": "text", "text": words }] }]);
            let document = json!({ "type": "doc", "version": 1, "content": content }).to_string();
            json!({ "atlas_doc_format": { "representation": "atlas_doc_format", "value": document } })
        }
        Some(other) => {
            let value = text::view(call.world, &version.body, &call.face.base);
            json!({ other: { "representation": other, "value": value } })
        }
    }
}

/// Writes a page or a blog post.
pub(crate) fn page(call: &Call, content: &Content, at: &Version) -> Value {
    let world = &*call.world;
    let status = if at.number == content.now().number { content.status.name() } else { "historical" };
    let mut value = json!({
        "id": content.id.to_string(), "status": status, "title": at.title, "spaceId": content.space.to_string(),
        "authorId": account(world, content.creator), "createdAt": stamp_z(content.created),
        "version": version(world, at), "body": body(call, at),
        "_links": {
            "editui": format!("/pages/resumedraft.action?draftId={}", content.id),
            "webui": call.face.web(world, content), "tinyui": format!("/x/{}", text::tiny(content.id)),
        },
    });
    if content.kind == Kind::Page {
        value["parentId"] = content.parent.map_or(Value::Null, |id| json!(id.to_string()));
        value["parentType"] = content.parent.map_or(Value::Null, |_| json!("page"));
        value["position"] = json!(content.position);
        value["ownerId"] = json!(account(world, content.creator));
        value["lastOwnerId"] = Value::Null;
    }
    value
}

/// Writes a space.
pub(crate) fn space(call: &Call, space: &Space) -> Value {
    let plain = call
        .request
        .param("description-format")
        .map(|format| json!({ format: { "representation": format, "value": space.description } }));
    json!({
        "id": space.id.to_string(), "key": space.key, "name": space.name,
        "type": if space.personal { "personal" } else { "global" },
        "status": if space.archived { "archived" } else { "current" },
        "authorId": account(call.world, space.creator), "createdAt": stamp_z(space.created),
        "homepageId": space.homepage.map(|id| id.to_string()), "description": plain, "icon": null,
        "currentActiveAlias": space.key, "_links": { "webui": format!("/spaces/{}", space.key) },
    })
}

/// Writes an attachment.
pub(crate) fn attachment(call: &Call, content: &Content) -> Value {
    let (world, now) = (&*call.world, content.now());
    let download = Face::download(content);
    let on = content.container.and_then(|id| world.content.get(&id));
    let holder = if on.is_some_and(|c| c.kind == Kind::Blog) { "blogPostId" } else { "pageId" };
    let mut value = json!({
        "id": call.face.id(content), "status": content.status.name(), "title": now.title,
        "createdAt": stamp_z(content.created), "mediaType": mime(now), "mediaTypeDescription": "File",
        "comment": now.message, "fileId": format!("7e1f0c2a-0000-4000-8000-{:012x}", content.id),
        "fileSize": now.file.as_ref().map_or(0, |(_, bytes)| bytes.len()),
        "webuiLink": call.face.web(world, content), "downloadLink": download, "version": version(world, now),
        "_links": { "webui": call.face.web(world, content), "download": download },
    });
    value[holder] = content.container.map_or(Value::Null, |id| json!(id.to_string()));
    value
}

/// Writes a comment.
pub(crate) fn comment(call: &Call, content: &Content) -> Value {
    let world = &*call.world;
    let on = content.container.and_then(|id| world.content.get(&id));
    let holder = if on.is_some_and(|c| c.kind == Kind::Blog) { "blogPostId" } else { "pageId" };
    let mut value = json!({
        "id": content.id.to_string(), "status": content.status.name(), "title": content.title(),
        "version": version(world, content.now()), "body": body(call, content.now()),
        "_links": { "webui": call.face.web(world, content) },
    });
    value[holder] = content.container.map_or(Value::Null, |id| json!(id.to_string()));
    if let Some(parent) = content.parent {
        value["parentCommentId"] = json!(parent.to_string());
    }
    if let Some(text) = &content.inline {
        value["resolutionStatus"] = json!(if content.resolved { "resolved" } else { "open" });
        value["properties"] =
            json!({ "inlineMarkerRef": format!("marker-{}", content.id), "inlineOriginalSelection": text });
    }
    value
}

/// Writes a label.
pub(crate) fn label(label: &Label) -> Value {
    json!({ "id": label.id.to_string(), "name": label.name, "prefix": label.prefix })
}

/// Writes a property.
pub(crate) fn property(property: &Property) -> Value {
    json!({
        "id": property.id.to_string(), "key": property.key, "value": property.value,
        "version": { "number": property.version, "message": "", "minorEdit": false, "createdAt": stamp_z(property.when) },
    })
}
