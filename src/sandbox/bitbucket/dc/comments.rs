//! Comments and tasks at pull requests of Data Center.

use super::pulls::find;
use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::pulling::{self, NewNote};

use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{Level, Note};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/comments", Access::Anyone, notes),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/comments", Access::User, add_note),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/blocker-comments", Access::Anyone, tasks),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/blocker-comments", Access::User, add_note),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/comments/{}", Access::Anyone, note),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/comments/{}", Access::User, edit_note),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/comments/{}", Access::User, delete_note),
];

/// Comments are listed by file; those about none come with the activities.
fn notes(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let pull = &call.world.repos[n].pulls[at];
    let path = call.request.param("path").unwrap_or_default();
    if path.is_empty() {
        return Err(dc(400, json!("path"), "The path query parameter is required when retrieving comments.", ""));
    }
    let about = |note: &&Note| !note.deleted && note.line.as_ref().is_some_and(|(file, _)| file == path);
    let all: Vec<Value> = pull.notes.iter().filter(about).map(|note| shapes::note(call, pull, note)).collect();
    page(call, &all)
}

fn tasks(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let pull = &call.world.repos[n].pulls[at];
    let all: Vec<Value> =
        pull.notes.iter().filter(|n| n.task && !n.deleted).map(|note| shapes::note(call, pull, note)).collect();
    page(call, &all)
}

fn add_note(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let body = call.body()?;
    let path = body["anchor"]["path"].as_str().map(str::to_owned);
    let new = NewNote {
        text: body["text"].as_str().unwrap_or_default().to_owned(),
        parent: body["parent"]["id"].as_u64(),
        line: path.map(|path| (path, body["anchor"]["line"].as_u64().unwrap_or(1))),
        task: body["severity"].as_str() == Some("BLOCKER") || call.request.path.ends_with("/blocker-comments"),
    };
    let made = pulling::comment(call, n, at, new).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shapes::note(call, &call.world.repos[n].pulls[at], &made)))
}

/// Finds the comment that the path names.
fn find_note(call: &Call) -> Result<(usize, usize, usize), Refusal> {
    let (n, at) = find(call, Level::Read)?;
    let place = pulling::note_place(&call.world.repos[n].pulls[at], call.arg(3)).map_err(|t| call.trouble(t))?;
    Ok((n, at, place))
}

fn note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let pull = &call.world.repos[n].pulls[at];
    Call::ok(&shapes::note(call, pull, &pull.notes[place]))
}

fn edit_note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let body = call.body()?;
    let note = &call.world.repos[n].pulls[at].notes[place];
    pulling::own_note(call, n, note).map_err(|t| call.trouble(t))?;
    let current = note.version;
    let sent = body["version"].as_u64().unwrap_or(0);
    if sent != current {
        let text = "You are attempting to modify a comment based on out-of-date information.";
        return Err(dc(409, Value::Null, text, "comment.CommentOutOfDateException"));
    }
    let note = &mut call.world.repos[n].pulls[at].notes[place];
    if let Some(text) = body["text"].as_str() {
        text.clone_into(&mut note.text);
    }
    note.resolved = body["state"].as_str().map_or(note.resolved, |s| s == "RESOLVED");
    note.task = body["severity"].as_str().map_or(note.task, |s| s == "BLOCKER");
    note.version += 1;
    note.updated = crate::sandbox::time::now();
    self::note(call)
}

fn delete_note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let pull = &call.world.repos[n].pulls[at];
    let note = &pull.notes[place];
    pulling::own_note(call, n, note).map_err(|t| call.trouble(t))?;
    if pull.notes.iter().any(|other| other.parent == Some(note.id) && !other.deleted) {
        return Err(dc(
            409,
            Value::Null,
            "A comment with replies cannot be deleted.",
            "comment.CommentDeletionException",
        ));
    }
    call.world.repos[n].pulls[at].notes[place].deleted = true;
    Call::done()
}
