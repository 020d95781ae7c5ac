//! Files: the upload in three steps, and what there is already.

use super::call::{Call, Outcome, Refusal, bad_arguments, fail};
use super::seed::message;
use super::sign_in;
use super::world::{TEAM, Upload, World, text};
use crate::sandbox::http::{Reply, Request, decode, encode};
use crate::sandbox::jira::world::now;
use serde_json::{Map, Value, json};

/// Makes the document of a file.
pub(crate) fn document(id: &str, name: &str, title: &str, size: usize, user: &str, base: &str) -> Value {
    let kind = name.rsplit_once('.').map_or("text", |(_, ending)| ending);
    let mime = mime_guess::from_path(name).first_or_octet_stream();
    let place = format!("{base}/files-pri/{TEAM}-{id}");
    json!({
        "id": id, "created": now() / 1000, "timestamp": now() / 1000, "name": name, "title": title,
        "mimetype": mime.to_string(), "filetype": kind, "pretty_type": kind.to_uppercase(), "user": user,
        "user_team": TEAM, "editable": false, "size": size, "mode": "hosted", "is_external": false,
        "external_type": "", "is_public": true, "public_url_shared": false, "display_as_bot": false, "username": "",
        "url_private": format!("{place}/{}", encode(name)),
        "url_private_download": format!("{place}/download/{}", encode(name)),
        "permalink": format!("{base}/files/{user}/{id}/{}", encode(name)), "comments_count": 0, "is_starred": false,
        "channels": [], "groups": [], "ims": [], "has_rich_preview": false, "file_access": "visible",
    })
}

/// The first step: a place for the bytes. A body of JSON is passed over, so its arguments are missing.
pub(crate) fn upload_url(call: &mut Call) -> Outcome {
    let (name, length) = (call.required("filename")?, call.required("length")?);
    let length = length.parse::<usize>().ok().filter(|n| *n > 0);
    let length = length.ok_or_else(|| bad_arguments("length must be greater than 0"))?;
    let file = call.world.next_id('F');
    let secret = format!("{:016x}{:08x}", call.world.last.wrapping_mul(0x9E37_79B9_7F4A_7C15), call.world.last);
    let url = format!("{}/upload/v1/{secret}", call.base);
    call.world.uploads.insert(secret, Upload { file: file.clone(), name, length, bytes: None });
    Call::ok(json!({ "upload_url": url, "file_id": file }))
}

/// The second step, and downloads: what lies beside the methods.
pub(crate) fn bytes(world: &mut World, request: &Request, revoked: &[String]) -> Reply {
    if let (Some(secret), "POST") = (request.path.strip_prefix("/upload/v1/"), request.method.as_str()) {
        return take(world, request, secret);
    }
    let file = request.path.strip_prefix("/files-pri/").and_then(|rest| rest.strip_prefix(TEAM)?.strip_prefix('-'));
    let Some((id, name)) = file.and_then(|rest| rest.split_once('/')) else {
        return Reply::html(404, "<html><head><title>Not found</title></head><body></body></html>");
    };
    let reader = sign_in::sign_in(request, &Map::new(), revoked).ok().filter(|c| c.scopes.contains(&"files:read"));
    if reader.is_none() {
        // Whoever may not read a file gets the login page, with the best of statuses.
        return Reply::html(200, "<html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>");
    }
    let Some(bytes) = world.bytes.get(id) else { return Reply::html(404, "<html><body>File not found</body></html>") };
    let name = decode(name.rsplit('/').next().unwrap_or(name));
    let mime = mime_guess::from_path(&name).first_or_octet_stream();
    Reply::typed(200, mime.as_ref(), bytes.clone())
}

fn take(world: &mut World, request: &Request, secret: &str) -> Reply {
    let Some(upload) = world.uploads.get_mut(secret) else { return Reply::text(404, "Not Found") };
    let bytes = match &request.parts {
        Some(parts) => parts.iter().find(|p| p.file.is_some()).map(|p| p.bytes.clone()).unwrap_or_default(),
        None => request.body.clone(),
    };
    if bytes.len() != upload.length {
        return Reply::text(400, format!("Expected {} bytes", upload.length));
    }
    upload.bytes = Some(bytes);
    Reply::text(200, format!("OK - {}", upload.length))
}

/// The third step: the file appears, in a channel if one is named.
pub(crate) fn complete(call: &mut Call) -> Outcome {
    let wanted = call.json("files")?.ok_or_else(|| bad_arguments("missing required field: files"))?;
    let wanted = wanted.as_array().cloned().ok_or_else(|| bad_arguments("files must be a list"))?;
    let channel = match call.arg("channel_id").or_else(|| call.arg("channels")).filter(|c| !c.is_empty()) {
        Some(id) => {
            call.arguments.insert("channel".into(), json!(id));
            Some(call.channel("channel")?.id.clone())
        }
        None => None,
    };
    let mut files = Vec::new();
    for item in &wanted {
        files.push(arrive(call, &text(item, "id"), &text(item, "title"), channel.as_deref())?);
    }
    if let Some(channel) = channel {
        share(call, &channel, &files)?;
    }
    Call::ok(json!({ "files": files }))
}

fn arrive(call: &mut Call, id: &str, title: &str, channel: Option<&str>) -> Result<Value, Refusal> {
    let me = call.me();
    let found = call.world.uploads.iter().find(|(_, upload)| upload.file == id);
    let (secret, upload) = found.ok_or_else(|| fail("file_not_found"))?;
    let bytes = upload.bytes.clone().ok_or_else(|| fail("file_upload_incomplete"))?;
    let (secret, name) = (secret.clone(), upload.name.clone());
    call.world.uploads.remove(&secret);
    let title = if title.is_empty() { &name } else { title };
    let mut file = document(id, &name, title, bytes.len(), &me, call.base);
    file["channels"] = channel.map_or_else(|| json!([]), |c| json!([c]));
    call.world.files.push(file.clone());
    call.world.bytes.insert(id.to_owned(), bytes);
    Ok(file)
}

fn share(call: &mut Call, channel: &str, files: &[Value]) -> Result<(), Refusal> {
    let (me, ts) = (call.me(), call.world.next_ts());
    let mut message = message(&me, &call.arg("initial_comment").unwrap_or_default(), &ts);
    message["files"] = json!(files);
    message["upload"] = json!(true);
    let thread = call.arg("thread_ts").filter(|t| !t.is_empty());
    let channel = call.world.channel_mut(channel).ok_or_else(|| fail("channel_not_found"))?;
    if let Some(thread) = &thread {
        message["thread_ts"] = json!(thread);
    }
    channel.messages.push(message);
    if let Some(thread) = &thread {
        channel.count_replies(thread);
    }
    Ok(())
}

/// The old way, which is gone.
pub(crate) fn retired(_call: &mut Call) -> Outcome {
    Err(fail("method_deprecated"))
}

fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.required("file")?;
    call.world.files.iter().position(|f| f["id"] == id).ok_or_else(|| fail("file_not_found"))
}

pub(crate) fn info(call: &mut Call) -> Outcome {
    let file = call.world.files[place(call)?].clone();
    Call::ok(json!({ "file": file, "comments": [], "response_metadata": { "next_cursor": "" } }))
}

/// Lists by pages with numbers, as only the oldest methods do.
pub(crate) fn list(call: &mut Call) -> Outcome {
    let number =
        |name: &str, default: usize| call.arg(name).and_then(|v| v.parse().ok()).filter(|n| *n > 0).unwrap_or(default);
    let (count, page) = (number("count", 100), number("page", 1));
    let (channel, user) = (call.arg("channel"), call.arg("user"));
    let fits = |f: &&Value| {
        channel.as_ref().is_none_or(|c| f["channels"].as_array().is_some_and(|all| all.iter().any(|known| known == c)))
            && user.as_ref().is_none_or(|u| f["user"] == *u)
    };
    let all: Vec<Value> = call.world.files.iter().filter(fits).cloned().collect();
    let paging = json!({ "count": count, "total": all.len(), "page": page, "pages": all.len().div_ceil(count) });
    let files: Vec<Value> = all.into_iter().skip((page - 1) * count).take(count).collect();
    Call::ok(json!({ "files": files, "paging": paging }))
}

pub(crate) fn delete(call: &mut Call) -> Outcome {
    let at = place(call)?;
    let me = call.me();
    if call.world.files[at]["user"] != me && call.caller.name != "mira" {
        return Err(fail("cant_delete_file"));
    }
    let file = call.world.files.remove(at);
    call.world.bytes.remove(&text(&file, "id"));
    Call::ok(json!({}))
}
