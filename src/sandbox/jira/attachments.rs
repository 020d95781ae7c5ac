//! Attachments.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::issues;
use super::route::{On, Route, row};
use super::world::{Attachment, Change, Content, now};
use crate::sandbox::atlassian::media;
use crate::sandbox::http::{Part, Reply};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "POST", "/rest/api/{v}/issue/{}/attachments", Access::User, add),
    row(On::Both, "GET", "/rest/api/{v}/attachment/meta", Access::Anyone, settings),
    row(On::Both, "GET", "/rest/api/{v}/attachment/{}", Access::Anyone, get),
    row(On::Both, "DELETE", "/rest/api/{v}/attachment/{}", Access::User, delete),
    row(On::Cloud, "GET", "/rest/api/{v}/attachment/content/{}", Access::Anyone, content),
    row(On::Cloud, "GET", "/secure/attachment/{}/{}", Access::Anyone, content),
    row(On::Dc, "GET", "/secure/attachment/{}/{}", Access::Anyone, bytes),
];

/// The largest file that is taken.
const LIMIT: usize = 100 << 20;

fn add(call: &mut Call) -> Outcome {
    let issue = call.issue_id(0)?;
    let Some(parts) = &call.request.parts else {
        let body = json!({ "message": "Unsupported Media Type", "status-code": 415 });
        return Err(Box::new(Reply::json(415, &body)));
    };
    // Only parts called "file" count.
    let files: Vec<&Part> = parts.iter().filter(|p| p.name == "file" && p.file.is_some()).collect();
    if let Some(large) = files.iter().find(|p| p.bytes.len() > LIMIT) {
        let name = large.file.as_deref().unwrap_or_default();
        return Err(refuse(413, format!("The file '{name}' exceeds its maximum permitted size of {LIMIT} bytes.")));
    }
    let mut written = Vec::new();
    for part in files {
        written.push(keep(call, issue, part));
    }
    Call::ok(&Value::Array(written))
}

fn keep(call: &mut Call, issue: u64, part: &Part) -> Value {
    let whole = part.file.clone().unwrap_or_default();
    let name = whole.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let guess = mime_guess::from_path(&name).first_raw().unwrap_or("application/octet-stream");
    let mime = part.mime.clone().unwrap_or_else(|| guess.to_owned());
    let (id, author, created) = (call.world.next_id(), call.me(), now());
    let file = Attachment { id, name: name.clone(), mime, author, created, content: Content::Kept(part.bytes.clone()) };
    let written = call.face.attachment(call.world, &file, false);
    call.world.attachments.insert(id, file);
    if let Some(mut issue) = call.world.issues.get(&issue).cloned() {
        issue.attachments.push(id);
        issues::note(call, &mut issue, vec![change(None, Some((id, name)))]);
        call.world.issues.insert(issue.id, issue);
    }
    written
}

fn change(from: Option<(u64, String)>, to: Option<(u64, String)>) -> Change {
    let (from, from_text) = from.map(|(id, name)| (id.to_string(), name)).unzip();
    let (to, to_text) = to.map(|(id, name)| (id.to_string(), name)).unzip();
    Change { field: "Attachment".into(), field_id: "attachment".into(), from, from_text, to, to_text }
}

fn settings(_: &mut Call) -> Outcome {
    Call::ok(&json!({ "enabled": true, "uploadLimit": LIMIT }))
}

/// Finds the attachment that the path names, and its issue, if the caller may see it.
fn find(call: &Call) -> Result<(u64, u64), Refusal> {
    let id = call.id(0);
    let issue = call.world.issues.values().find(|i| i.attachments.contains(&id)).filter(|i| call.may_browse(i.project));
    match issue {
        Some(issue) => Ok((id, issue.id)),
        None => Err(refuse(404, format!("The attachment with id '{}' does not exist", call.arg(0)))),
    }
}

fn get(call: &mut Call) -> Outcome {
    let (id, _) = find(call)?;
    let file = call.world.attachments.get(&id).map(|a| call.face.attachment(call.world, a, true));
    Call::ok(&file.unwrap_or_default())
}

fn delete(call: &mut Call) -> Outcome {
    let (id, issue) = find(call)?;
    let name = call.world.attachments.remove(&id).map(|a| a.name).unwrap_or_default();
    if let Some(mut issue) = call.world.issues.get(&issue).cloned() {
        issue.attachments.retain(|a| *a != id);
        issues::note(call, &mut issue, vec![change(Some((id, name)), None)]);
        call.world.issues.insert(issue.id, issue);
    }
    Call::done()
}

/// Cloud sends the client to another host, with a signed address.
fn content(call: &mut Call) -> Outcome {
    let (id, _) = find(call)?;
    if call.request.param("redirect") == Some("false") {
        return bytes(call);
    }
    let name = call.world.attachments.get(&id).map(|a| a.name.clone()).unwrap_or_default();
    Ok(Reply::redirect(303, &media::address(call.gate.media(), id, &name)))
}

fn bytes(call: &mut Call) -> Outcome {
    let (id, _) = find(call)?;
    let Some(file) = call.world.attachments.get(&id) else { return Err(refuse(404, "Not found")) };
    Ok(media::file(call.request, &file.name, &file.mime, file.bytes()))
}
