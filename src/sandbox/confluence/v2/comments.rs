//! Comments, in the second version of the API.

use super::pages::{find, sort, storage, trouble};
use super::{missing, page, refuse, shapes};
use crate::sandbox::confluence::call::{Call, Outcome};
use crate::sandbox::confluence::edit::{self, Change, Draft};
use crate::sandbox::confluence::guard::{Access, Refusal};
use crate::sandbox::confluence::route::{On, Route, row};
use crate::sandbox::confluence::world::{Content, Kind, Status};
use crate::sandbox::http::Reply;
use serde_json::Value;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/api/v2/pages/{}/footer-comments", Access::User, footer_of),
    row(On::Cloud, "GET", "/api/v2/pages/{}/inline-comments", Access::User, inline_of),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/footer-comments", Access::User, footer_of),
    row(On::Cloud, "GET", "/api/v2/blogposts/{}/inline-comments", Access::User, inline_of),
    row(On::Cloud, "GET", "/api/v2/attachments/{}/footer-comments", Access::User, footer_of),
    row(On::Cloud, "GET", "/api/v2/footer-comments", Access::User, all_footer),
    row(On::Cloud, "GET", "/api/v2/inline-comments", Access::User, all_inline),
    row(On::Cloud, "POST", "/api/v2/footer-comments", Access::User, create_footer),
    row(On::Cloud, "POST", "/api/v2/inline-comments", Access::User, create_inline),
    row(On::Cloud, "GET", "/api/v2/footer-comments/{}", Access::User, get),
    row(On::Cloud, "GET", "/api/v2/inline-comments/{}", Access::User, get),
    row(On::Cloud, "PUT", "/api/v2/footer-comments/{}", Access::User, update),
    row(On::Cloud, "PUT", "/api/v2/inline-comments/{}", Access::User, update),
    row(On::Cloud, "DELETE", "/api/v2/footer-comments/{}", Access::User, delete),
    row(On::Cloud, "DELETE", "/api/v2/inline-comments/{}", Access::User, delete),
    row(On::Cloud, "GET", "/api/v2/footer-comments/{}/children", Access::User, answers),
    row(On::Cloud, "GET", "/api/v2/inline-comments/{}/children", Access::User, answers),
];

fn listed(call: &Call, fits: impl Fn(&Content) -> bool) -> Outcome {
    let mut seen: Vec<&Content> = call
        .world
        .content
        .values()
        .filter(|c| c.kind == Kind::Comment && c.status == Status::Current && fits(c) && call.may_read(c))
        .collect();
    sort(call, &mut seen);
    let all: Vec<Value> = seen.into_iter().map(|c| shapes::comment(call, c)).collect();
    page(call, &all, 250)
}

/// Lists what was said directly; answers are children.
fn of(call: &Call, inline: bool) -> Outcome {
    let on = find(call, 0, &[Kind::Page, Kind::Blog, Kind::Attachment])?.id;
    listed(call, |c| c.container == Some(on) && c.parent.is_none() && c.inline.is_some() == inline)
}

fn footer_of(call: &mut Call) -> Outcome {
    of(call, false)
}

fn inline_of(call: &mut Call) -> Outcome {
    of(call, true)
}

fn all_footer(call: &mut Call) -> Outcome {
    listed(call, |c| c.inline.is_none())
}

fn all_inline(call: &mut Call) -> Outcome {
    listed(call, |c| c.inline.is_some())
}

fn answers(call: &mut Call) -> Outcome {
    let id = find(call, 0, &[Kind::Comment])?.id;
    listed(call, |c| c.parent == Some(id))
}

fn get(call: &mut Call) -> Outcome {
    Call::ok(&shapes::comment(call, find(call, 0, &[Kind::Comment])?))
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim_start_matches("att").parse().ok())
}

/// Returns what a new comment hangs on and what it answers.
fn target(call: &Call, body: &Value) -> Result<(Content, Option<u64>), Refusal> {
    let answered = number(&body["parentCommentId"]).map(|id| {
        let found = call.world.content.get(&id).filter(|c| c.kind == Kind::Comment && call.may_read(c));
        found.ok_or_else(|| missing(&format!("comment with id {id}")))
    });
    let answered = answered.transpose()?;
    let on = ["pageId", "blogPostId", "attachmentId"].iter().find_map(|name| number(&body[*name]));
    let on = on.or_else(|| answered?.container);
    let Some(on) = on else { return Err(refuse(400, "A page, a blog post or a comment to answer is required", "")) };
    let found = call.world.content.get(&on).filter(|c| call.may_read(c)).cloned();
    Ok((found.ok_or_else(|| missing(&format!("content with id {on}")))?, answered.map(|c| c.id)))
}

fn create(call: &mut Call, inline: bool) -> Outcome {
    let body = call.body()?;
    let (on, parent) = target(call, &body)?;
    let text = storage(&body)?.unwrap_or_default();
    let selection = body["inlineCommentProperties"]["textSelection"].as_str().map(str::to_owned);
    if inline && parent.is_none() && selection.is_none() {
        return Err(refuse(400, "inlineCommentProperties are required", ""));
    }
    let draft = Draft {
        kind: Kind::Comment,
        status: Status::Current,
        space: on.space,
        parent,
        container: Some(on.id),
        title: format!("Re: {}", on.title()),
        body: text,
    };
    let id = edit::create(call, draft).map_err(trouble)?;
    if let Some(comment) = call.world.content.get_mut(&id).filter(|_| inline) {
        comment.inline = Some(selection.unwrap_or_default());
    }
    let comment = call.world.content.get(&id).ok_or_else(|| missing("the comment"))?;
    Ok(Reply::json(201, &shapes::comment(call, comment)))
}

fn create_footer(call: &mut Call) -> Outcome {
    create(call, false)
}

fn create_inline(call: &mut Call) -> Outcome {
    create(call, true)
}

fn update(call: &mut Call) -> Outcome {
    let id = find(call, 0, &[Kind::Comment])?.id;
    let body = call.body()?;
    let change = Change {
        number: body["version"]["number"].as_u64(),
        message: body["version"]["message"].as_str().unwrap_or_default().to_owned(),
        body: storage(&body)?,
        ..Change::default()
    };
    edit::update(call, id, change).map_err(trouble)?;
    if let (Some(resolved), Some(comment)) = (body["resolved"].as_bool(), call.world.content.get_mut(&id)) {
        comment.resolved = resolved;
    }
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let id = find(call, 0, &[Kind::Comment])?.id;
    edit::delete(call, id, false).map_err(trouble)?;
    Call::done()
}
