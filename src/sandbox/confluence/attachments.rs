//! Attachments, in the first version of the API, and their bytes.

use super::call::{Call, Outcome};
use super::edit::{self, Draft};
use super::expand::Expand;
use super::face::list;
use super::guard::{Access, Refusal, invalid, missing, refuse};
use super::route::{On, Route, row};
use super::world::{Content, Kind, Status};
use crate::sandbox::atlassian::media;
use crate::sandbox::http::{Part, Reply};
use serde_json::Value;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "POST", "/rest/api/content/{}/child/attachment", Access::User, add),
    row(On::Cloud, "PUT", "/rest/api/content/{}/child/attachment", Access::User, add_or_replace),
    row(On::Both, "PUT", "/rest/api/content/{}/child/attachment/{}", Access::User, edit_details),
    row(On::Dc, "DELETE", "/rest/api/content/{}/child/attachment/{}", Access::User, delete),
    row(On::Both, "POST", "/rest/api/content/{}/child/attachment/{}/data", Access::User, replace),
    row(On::Dc, "POST", "/rest/api/content/{}/child/attachment/{}/move", Access::User, place),
    row(On::Dc, "DELETE", "/rest/api/content/{}/child/attachment/{}/version/{}", Access::User, delete_version),
    row(On::Cloud, "GET", "/rest/api/content/{}/child/attachment/{}/download", Access::User, redirect),
    row(On::Dc, "GET", "/download/attachments/{}/{}", Access::Anyone, bytes),
    row(On::Cloud, "GET", "/download/attachments/{}/{}", Access::Anyone, page_only),
];

/// The largest file that is taken.
const LIMIT: usize = 100 << 20;

/// Returns the part of a form called `file`, as often as it comes, and the comment.
fn parts<'a>(call: &'a Call) -> Result<(Vec<&'a Part>, String), Refusal> {
    let Some(parts) = &call.request.parts else {
        return Err(refuse(415, "BadRequestException", "A multipart form is wanted"));
    };
    let files: Vec<&Part> = parts.iter().filter(|p| p.name == "file" && p.file.is_some()).collect();
    if files.is_empty() {
        return Err(refuse(400, "BadRequestException", "At least one file is required"));
    }
    if files.iter().any(|p| p.bytes.len() > LIMIT) {
        return Err(refuse(413, "RequestEntityTooLargeException", "The file is larger than the server takes"));
    }
    Ok((files, call.field("comment")))
}

fn mime(part: &Part, name: &str) -> String {
    let guess = mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream");
    part.mime.clone().filter(|m| m != "application/octet-stream").unwrap_or_else(|| guess.to_owned())
}

fn name(part: &Part) -> String {
    let whole = part.file.clone().unwrap_or_default();
    whole.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

fn keep(call: &mut Call, replacing: bool) -> Outcome {
    let page = call.content(0)?;
    let (page, space) = (page.id, page.space);
    let (files, comment) = parts(call)?;
    let files: Vec<_> = files.into_iter().map(|p| (name(p), mime(p, &name(p)), p.bytes.clone())).collect();
    let mut made = Vec::new();
    for (title, mime, bytes) in files {
        let known = call.world.hanging(Kind::Attachment, page).into_iter().find(|c| c.title() == title).map(|c| c.id);
        let id = match known {
            Some(_) if !replacing => {
                let told =
                    format!("Cannot add a new attachment with same file name as an existing attachment: {title}");
                return Err(invalid(&told, &told));
            }
            Some(id) => id,
            None => {
                let draft = Draft {
                    kind: Kind::Attachment,
                    status: Status::Current,
                    space,
                    parent: None,
                    container: Some(page),
                    title,
                    body: String::new(),
                };
                edit::create(call, draft).map_err(super::content::trouble)?
            }
        };
        let (me, fresh) = (call.me(), known.is_none());
        if let Some(content) = call.world.content.get_mut(&id) {
            put(content, me, fresh, (mime, bytes), &comment);
        }
        made.push(id);
    }
    Call::ok(&list(made.into_iter().map(|id| written(call, id)).collect()))
}

fn put(content: &mut Content, me: usize, fresh: bool, file: (String, hyper::body::Bytes), comment: &str) {
    if fresh {
        content.versions[0].file = Some(file);
        comment.clone_into(&mut content.versions[0].message);
    } else {
        content.revise(me, |next| {
            next.file = Some(file);
            comment.clone_into(&mut next.message);
        });
    }
}

fn written(call: &Call, id: u64) -> Value {
    let expand = Expand::new(&["version", "container", "metadata"]);
    call.world.content.get(&id).map_or(Value::Null, |c| call.face.content(call.world, c, &expand))
}

fn add(call: &mut Call) -> Outcome {
    keep(call, call.request.param("allowDuplicated") == Some("true"))
}

fn add_or_replace(call: &mut Call) -> Outcome {
    keep(call, true)
}

/// Finds the attachment that the second place of the path names, at the page that the first one names.
fn find(call: &Call) -> Result<u64, Refusal> {
    let page = call.content(0)?.id;
    let attachment = call.content(1)?;
    let here = attachment.kind == Kind::Attachment && attachment.container == Some(page);
    if here { Ok(attachment.id) } else { Err(missing(call.arg(1))) }
}

fn replace(call: &mut Call) -> Outcome {
    let id = find(call)?;
    let (files, comment) = parts(call)?;
    let (part, me) = (files[0], call.me());
    let file = (mime(part, &name(part)), part.bytes.clone());
    call.content_mut(1)?;
    if let Some(content) = call.world.content.get_mut(&id) {
        put(content, me, false, file, &comment);
    }
    Call::ok(&written(call, id))
}

/// Changes the name, the type, the comment, or the page that it hangs on.
fn edit_details(call: &mut Call) -> Outcome {
    let id = find(call)?;
    let body = call.body()?;
    let to = body["container"]["id"].as_str().and_then(|id| id.parse::<u64>().ok());
    let space = to.and_then(|to| call.world.content.get(&to)).map(|c| c.space);
    let attachment = call.content_mut(1)?;
    let at = attachment.versions.len() - 1;
    if let Some(title) = body["title"].as_str() {
        title.clone_into(&mut attachment.versions[at].title);
    }
    if let Some(comment) = body["metadata"]["comment"].as_str() {
        comment.clone_into(&mut attachment.versions[at].message);
    }
    if let (Some(to), Some(space)) = (to, space) {
        attachment.container = Some(to);
        attachment.space = space;
    }
    Call::ok(&written(call, id))
}

fn delete(call: &mut Call) -> Outcome {
    let id = find(call)?;
    edit::delete(call, id, false).map_err(super::content::trouble)?;
    Call::done()
}

fn place(call: &mut Call) -> Outcome {
    find(call)?;
    let to = call.request.param("newContentId").and_then(|id| id.parse::<u64>().ok());
    let rename = call.request.param("newName").map(str::to_owned);
    let target = to.and_then(|to| call.world.content.get(&to)).filter(|c| call.may_read(c)).map(|c| (c.id, c.space));
    let attachment = call.content_mut(1)?;
    if let Some((to, space)) = target {
        attachment.container = Some(to);
        attachment.space = space;
    }
    if let Some(name) = rename {
        let at = attachment.versions.len() - 1;
        attachment.versions[at].title = name;
    }
    Call::done()
}

fn delete_version(call: &mut Call) -> Outcome {
    find(call)?;
    let number = call.id(2);
    super::versions::remove(call.content_mut(1)?, number)?;
    Call::done()
}

/// Cloud sends the client to another host, with a signed address.
fn redirect(call: &mut Call) -> Outcome {
    let id = find(call)?;
    let title = call.world.content.get(&id).map(|c| c.title().to_owned()).unwrap_or_default();
    Ok(Reply::redirect(302, &media::address(call.gate.media(), id, &title)))
}

/// The address that an attachment carries is for browsers: on Cloud a token opens nothing here.
fn page_only(_: &mut Call) -> Outcome {
    Err(Box::new(Reply::text(401, "").with("www-authenticate", "OAuth realm=\"cloud\"")))
}

fn bytes(call: &mut Call) -> Outcome {
    let page = call.content(0)?.id;
    let name = call.arg(1).replace('+', " ");
    let found = call.world.hanging(Kind::Attachment, page).into_iter();
    let found = found.into_iter().find(|c| c.title() == call.arg(1) || c.title() == name);
    let content = found.ok_or_else(|| missing(call.arg(1)))?;
    let wanted = call.request.param("version").and_then(|v| v.parse::<u64>().ok());
    let version = content.versions.iter().find(|v| Some(v.number) == wanted).unwrap_or_else(|| content.now());
    let (mime, bytes) = version.file.clone().ok_or_else(|| missing(call.arg(1)))?;
    Ok(media::file(call.request, &version.title, &mime, bytes))
}
