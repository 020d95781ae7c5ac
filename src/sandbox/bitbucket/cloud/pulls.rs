//! Pull requests on Cloud.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::git;
use crate::sandbox::bitbucket::guard::{Access, Refusal, cloud_fields};
use crate::sandbox::bitbucket::pulling::{self, NewNote, NewPull};
use crate::sandbox::bitbucket::world::{Level, Opinion, Pull, Repo, State, Tree, UserId};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests", Access::Anyone, list),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests", Access::User, create),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}", Access::Anyone, get),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/pullrequests/{}", Access::User, edit),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests/{}/approve", Access::User, approve),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/pullrequests/{}/approve", Access::User, withdraw),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests/{}/request-changes", Access::User, object),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/pullrequests/{}/request-changes", Access::User, withdraw),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests/{}/merge", Access::User, merge),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests/{}/decline", Access::User, decline),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/commits", Access::Anyone, commits),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/diff", Access::Anyone, diff),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/diffstat", Access::Anyone, diffstat),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/conflicts", Access::Anyone, conflicts),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/activity", Access::Anyone, activity),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/statuses", Access::Anyone, statuses),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/comments", Access::Anyone, notes),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/pullrequests/{}/comments", Access::User, add_note),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/pullrequests/{}/comments/{}", Access::Anyone, note),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/pullrequests/{}/comments/{}", Access::User, edit_note),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/pullrequests/{}/comments/{}", Access::User, delete_note),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/pullrequests/{}", Access::User, of_member),
];

/// Finds the pull request that the path names: its repository's place and its own.
fn find(call: &Call, wanted: Level) -> Result<(usize, usize), Refusal> {
    let n = call.repo_with(wanted)?;
    let at = pulling::place(&call.world.repos[n], call.arg(2)).map_err(|t| call.trouble(t))?;
    Ok((n, at))
}

fn shown(call: &Call, n: usize, at: usize) -> Value {
    let repo = &call.world.repos[n];
    shapes::pull(call, repo, &repo.pulls[at], true)
}

fn list(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let states: Vec<String> = call.request.params("state").into_iter().map(str::to_uppercase).collect();
    let by_query = call.request.param("q").is_some_and(|q| q.contains("state"));
    let wanted = |p: &&Pull| match states.is_empty() {
        true => by_query || p.state == State::Open,
        false => states.iter().any(|s| s == p.state.name()),
    };
    let newest_first = repo.pulls.iter().rev().filter(wanted);
    // Who looks at them is left out, unless it is asked for.
    let whole = call.request.param("fields").is_some_and(|fields| fields.contains("+values.reviewers"));
    let all: Vec<Value> = newest_first.map(|p| shapes::pull(call, repo, p, whole)).collect();
    page(call, &all)
}

fn reviewers(call: &Call, body: &Value) -> Result<Option<Vec<UserId>>, Refusal> {
    let Some(list) = body["reviewers"].as_array() else { return Ok(None) };
    let one = |value: &Value| {
        let text = ["uuid", "account_id", "username"].iter().find_map(|k| value[*k].as_str()).unwrap_or_default();
        call.world
            .user(text)
            .ok_or_else(|| cloud_fields("reviewers: malformed", "reviewers", "Malformed reviewers list"))
    };
    list.iter().map(one).collect::<Result<Vec<_>, _>>().map(Some)
}

fn create(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Read)?;
    let body = call.body()?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if body["source"]["branch"]["name"].as_str().is_none() {
        return Err(cloud_fields("source: This field is required.", "source", "This field is required."));
    }
    let target = text(&body["destination"]["branch"]["name"]);
    let new = NewPull {
        title: text(&body["title"]),
        description: text(&body["description"]),
        source: text(&body["source"]["branch"]["name"]),
        target: if target.is_empty() { call.world.repos[n].default_branch.clone() } else { target },
        reviewers: reviewers(call, &body)?.unwrap_or_default(),
        close_source: body["close_source_branch"].as_bool().unwrap_or(false),
    };
    pulling::open(call, n, new).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shown(call, n, call.world.repos[n].pulls.len() - 1)))
}

fn get(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    Call::ok(&shown(call, n, at))
}

fn edit(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body()?;
    let asked = reviewers(call, &body)?;
    let target = body["destination"]["branch"]["name"].as_str().map(str::to_owned);
    if let Some(name) = target.as_ref().filter(|name| !call.world.repos[n].branches.contains_key(*name)) {
        return Err(call.trouble(Trouble::NoRef(name.clone())));
    }
    let pull = &mut call.world.repos[n].pulls[at];
    if pull.state != State::Open {
        let state = pull.state.name();
        return Err(call.trouble(Trouble::WrongState(state)));
    }
    for (member, slot) in [("title", &mut pull.title), ("description", &mut pull.description)] {
        if let Some(text) = body[member].as_str() {
            text.clone_into(slot);
        }
    }
    pull.target = target.unwrap_or_else(|| pull.target.clone());
    pull.close_source = body["close_source_branch"].as_bool().unwrap_or(pull.close_source);
    if let Some(asked) = asked {
        pull.ask(&asked);
    }
    pull.touch();
    Call::ok(&shown(call, n, at))
}

fn opine(call: &mut Call, opinion: Opinion) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let review = pulling::opine(call, n, at, opinion).map_err(|t| call.trouble(t))?;
    match opinion {
        Opinion::None => Call::done(),
        _ => Call::ok(&shapes::participant(call, &review)),
    }
}

fn approve(call: &mut Call) -> Outcome {
    opine(call, Opinion::Approved)
}

fn object(call: &mut Call) -> Outcome {
    opine(call, Opinion::NeedsWork)
}

fn withdraw(call: &mut Call) -> Outcome {
    opine(call, Opinion::None)
}

fn merge(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body_or_nothing()?;
    let message = body["message"].as_str().unwrap_or_default();
    let squash = body["merge_strategy"].as_str() == Some("squash");
    pulling::merge(call, n, at, message, squash, body["close_source_branch"].as_bool()).map_err(|t| call.trouble(t))?;
    Call::ok(&shown(call, n, at))
}

fn decline(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let reason = call.body_or_nothing()?["message"].as_str().unwrap_or_default().to_owned();
    pulling::decline(call, n, at, &reason).map_err(|t| call.trouble(t))?;
    Call::ok(&shown(call, n, at))
}

fn commits(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, target) = repo.pulls[at].tips(repo);
    let all: Vec<Value> = repo.ahead(&source, &target).into_iter().map(|c| shapes::commit(call, repo, c)).collect();
    page(call, &all)
}

/// Returns the files before and after a pull request.
fn trees(repo: &Repo, pull: &Pull) -> (Tree, Tree) {
    let (source, target) = pull.tips(repo);
    let tree = |hash: &str| repo.commits.get(hash).map(|c| (*c.tree).clone()).unwrap_or_default();
    let base = repo.merge_base(&source, &target).map(|c| (*c.tree).clone()).unwrap_or_default();
    (base, tree(&source))
}

fn diff(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (from, to) = trees(repo, &repo.pulls[at]);
    Ok(Reply::text(200, git::diff(&from, &to)))
}

fn diffstat(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (from, to) = trees(repo, &repo.pulls[at]);
    page(call, &super::refs::stats(&from, &to))
}

fn conflicts(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, target) = repo.pulls[at].tips(repo);
    let all: Vec<Value> = repo
        .conflicts(&source, &target)
        .into_iter()
        .map(|p| json!({ "path": p, "conflict_type": "content" }))
        .collect();
    Call::ok(&Value::Array(all))
}

fn activity(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let pull = &repo.pulls[at];
    let short = json!({ "type": "pullrequest", "id": pull.id, "title": pull.title });
    let one = |event: &crate::sandbox::bitbucket::world::Event| {
        let (user, date) = (shapes::user(call, event.user), shapes::time(event.when));
        let said = event.note.and_then(|id| pull.notes.iter().find(|note| note.id == id));
        let mut value = json!({ "pull_request": short });
        match (event.action, said) {
            (_, Some(said)) => value["comment"] = shapes::note(call, repo, pull, said),
            ("APPROVED", _) => value["approval"] = json!({ "date": date, "user": user, "pullrequest": short }),
            ("REVIEWED", _) => value["changes_requested"] = json!({ "date": date, "user": user, "pullrequest": short }),
            (action, _) => {
                let state = if action == "MERGED" || action == "DECLINED" { action } else { "OPEN" };
                value["update"] =
                    json!({ "state": state, "date": date, "author": user, "title": pull.title, "reason": pull.reason });
            }
        }
        value
    };
    let all: Vec<Value> = pull.events.iter().rev().map(one).collect();
    page(call, &all)
}

fn statuses(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, _) = repo.pulls[at].tips(repo);
    let all: Vec<Value> = repo.commits.get(&source).map(|c| c.builds.values().cloned().collect()).unwrap_or_default();
    page(call, &all)
}

fn notes(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let pull = &repo.pulls[at];
    let all: Vec<Value> = pull.notes.iter().map(|note| shapes::note(call, repo, pull, note)).collect();
    page(call, &all)
}

fn add_note(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let body = call.body()?;
    let text = body["content"]["raw"].as_str().unwrap_or_default().to_owned();
    if text.is_empty() {
        return Err(cloud_fields("Bad request", "content", "content.raw is required"));
    }
    let path = body["inline"]["path"].as_str().map(str::to_owned);
    let new = NewNote {
        text,
        parent: body["parent"]["id"].as_u64(),
        line: path.map(|path| (path, body["inline"]["to"].as_u64().unwrap_or(1))),
        task: false,
    };
    let made = pulling::comment(call, n, at, new).map_err(|t| call.trouble(t))?;
    let repo = &call.world.repos[n];
    Ok(Reply::json(201, &shapes::note(call, repo, &repo.pulls[at], &made)))
}

/// Finds the comment that the path names.
fn find_note(call: &Call) -> Result<(usize, usize, usize), Refusal> {
    let (n, at) = find(call, Level::Read)?;
    let place = pulling::note_place(&call.world.repos[n].pulls[at], call.arg(3)).map_err(|t| call.trouble(t))?;
    Ok((n, at, place))
}

fn note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let repo = &call.world.repos[n];
    Call::ok(&shapes::note(call, repo, &repo.pulls[at], &repo.pulls[at].notes[place]))
}

fn edit_note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let body = call.body()?;
    let own = &call.world.repos[n].pulls[at].notes[place];
    pulling::own_note(call, n, own).map_err(|t| call.trouble(t))?;
    let note = &mut call.world.repos[n].pulls[at].notes[place];
    if let Some(text) = body["content"]["raw"].as_str() {
        text.clone_into(&mut note.text);
        note.updated = crate::sandbox::time::now();
    }
    self::note(call)
}

fn delete_note(call: &mut Call) -> Outcome {
    let (n, at, place) = find_note(call)?;
    let own = &call.world.repos[n].pulls[at].notes[place];
    pulling::own_note(call, n, own).map_err(|t| call.trouble(t))?;
    call.world.repos[n].pulls[at].notes[place].deleted = true;
    Call::done()
}

/// Lists what a member wrote, in all repositories that the caller sees.
fn of_member(call: &mut Call) -> Outcome {
    super::workspace(call, 0)?;
    let name = call.arg(1);
    let author = call.world.user(name).ok_or_else(|| call.trouble(Trouble::NoUser(name.to_owned())))?;
    let states: Vec<&str> = call.request.params("state");
    let wanted = |p: &&Pull| {
        p.author == author && if states.is_empty() { p.state == State::Open } else { states.contains(&p.state.name()) }
    };
    let mut all = Vec::new();
    for repo in call.world.repos.iter().filter(|r| call.level(r).is_some()) {
        all.extend(repo.pulls.iter().filter(wanted).map(|p| shapes::pull(call, repo, p, false)));
    }
    page(call, &all)
}
