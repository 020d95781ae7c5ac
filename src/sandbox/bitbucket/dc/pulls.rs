//! Pull requests of Data Center.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::git;
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::pulling::{self, NewPull};
use crate::sandbox::bitbucket::world::{Level, Opinion, Pull, Repo, State, UserId};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests", Access::Anyone, list),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests", Access::User, create),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}", Access::Anyone, get),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}", Access::User, edit),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}", Access::User, delete),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/approve", Access::User, approve),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/approve", Access::User, withdraw),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/merge", Access::Anyone, can_merge),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/merge", Access::User, merge),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/decline", Access::User, decline),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/reopen", Access::User, reopen),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/activities", Access::Anyone, activities),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/commits", Access::Anyone, commits),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/changes", Access::Anyone, changes),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/diff", Access::Anyone, diff),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/diff/{*}", Access::Anyone, diff),
    row(
        On::Dc,
        "GET",
        "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/participants",
        Access::Anyone,
        participants,
    ),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/participants", Access::User, add_reviewer),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/participants/{}", Access::User, set_status),
    row(
        On::Dc,
        "DELETE",
        "/rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/participants/{}",
        Access::User,
        remove_reviewer,
    ),
    row(On::Dc, "GET", "/rest/jira/{v}/projects/{}/repos/{}/pull-requests/{}/issues", Access::Anyone, issues),
    row(On::Dc, "GET", "/rest/api/{v}/dashboard/pull-requests", Access::User, dashboard),
    row(On::Dc, "GET", "/rest/api/{v}/inbox/pull-requests", Access::User, inbox),
];

/// Finds the pull request that the path names: its repository's place and its own.
pub(crate) fn find(call: &Call, wanted: Level) -> Result<(usize, usize), Refusal> {
    let n = call.repo_with(wanted)?;
    let at = pulling::place(&call.world.repos[n], call.arg(2)).map_err(|t| call.trouble(t))?;
    Ok((n, at))
}

fn shown(call: &Call, n: usize, at: usize) -> Value {
    let repo = &call.world.repos[n];
    shapes::pull(call, repo, &repo.pulls[at])
}

fn fits_state(call: &Call, pull: &Pull) -> bool {
    match call.request.param("state").map(str::to_uppercase).as_deref() {
        Some("ALL") => true,
        Some(state) => pull.state.name() == state,
        None => pull.state == State::Open,
    }
}

fn list(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let at = call.request.param("at").map(|a| a.trim_start_matches("refs/heads/"));
    let outgoing = call.request.param("direction").is_some_and(|d| d.eq_ignore_ascii_case("OUTGOING"));
    let text = call.request.param("filterText").unwrap_or_default().to_lowercase();
    let wanted = |p: &&Pull| {
        let branch = if outgoing { &p.source } else { &p.target };
        fits_state(call, p) && at.is_none_or(|at| at == branch) && p.title.to_lowercase().contains(&text)
    };
    let mut some: Vec<&Pull> = repo.pulls.iter().filter(wanted).collect();
    if call.request.param("order").is_none_or(|o| o.eq_ignore_ascii_case("NEWEST")) {
        some.reverse();
    }
    let all: Vec<Value> = some.into_iter().map(|p| shapes::pull(call, repo, p)).collect();
    page(call, &all)
}

fn branch(value: &Value) -> String {
    value["id"].as_str().unwrap_or_default().trim_start_matches("refs/heads/").to_owned()
}

fn reviewers(call: &Call, body: &Value) -> Result<Option<Vec<UserId>>, Refusal> {
    let Some(list) = body["reviewers"].as_array() else { return Ok(None) };
    let one = |value: &Value| {
        let name = value["user"]["name"].as_str().or(value["user"]["slug"].as_str()).unwrap_or_default();
        let found = call.world.user(name).filter(|id| call.world.users[*id].active);
        found.ok_or_else(|| {
            dc(409, json!("reviewers"), &format!("{name} is not a user."), "pull.InvalidPullRequestReviewersException")
        })
    };
    list.iter().map(one).collect::<Result<Vec<_>, _>>().map(Some)
}

fn create(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Read)?;
    let body = call.body()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let new = NewPull {
        title: text("title"),
        description: text("description"),
        source: branch(&body["fromRef"]),
        target: branch(&body["toRef"]),
        reviewers: reviewers(call, &body)?.unwrap_or_default(),
        close_source: false,
    };
    pulling::open(call, n, new).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shown(call, n, call.world.repos[n].pulls.len() - 1)))
}

/// A name that ends in `.diff` is that of its difference, as text.
fn get(call: &mut Call) -> Outcome {
    if let Some(id) = call.arg(2).strip_suffix(".diff").map(str::to_owned) {
        call.args[2] = id;
        return text_diff(call);
    }
    let (n, at) = find(call, Level::Read)?;
    Call::ok(&shown(call, n, at))
}

/// Checks that the caller knows the current version.
fn fresh(call: &Call, n: usize, at: usize, body: &Value) -> Result<(), Refusal> {
    let text = call.request.param("version").and_then(|v| v.parse().ok());
    let current = call.world.repos[n].pulls[at].version;
    match body["version"].as_u64().or(text) {
        Some(sent) if sent == current => Ok(()),
        Some(sent) => Err(call.trouble(Trouble::Stale { sent, current })),
        None => Err(dc(400, json!("version"), "A version is required.", "")),
    }
}

fn edit(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body()?;
    fresh(call, n, at, &body)?;
    let asked = reviewers(call, &body)?;
    let target = Some(branch(&body["toRef"])).filter(|t| !t.is_empty());
    if let Some(name) = target.as_ref().filter(|t| !call.world.repos[n].branches.contains_key(*t)) {
        return Err(call.trouble(Trouble::NoRef(name.clone())));
    }
    let pull = &mut call.world.repos[n].pulls[at];
    for (member, slot) in [("title", &mut pull.title), ("description", &mut pull.description)] {
        if let Some(text) = body[member].as_str() {
            text.clone_into(slot);
        }
    }
    pull.target = target.unwrap_or_else(|| pull.target.clone());
    if let Some(asked) = asked {
        pull.ask(&asked);
    }
    pull.touch();
    Call::ok(&shown(call, n, at))
}

fn delete(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body_or_nothing()?;
    fresh(call, n, at, &body)?;
    call.world.repos[n].pulls.remove(at);
    Call::done()
}

fn opine(call: &mut Call, opinion: Opinion) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let review = pulling::opine(call, n, at, opinion).map_err(|t| call.trouble(t))?;
    Call::ok(&shapes::review(call, &review))
}

fn approve(call: &mut Call) -> Outcome {
    opine(call, Opinion::Approved)
}

fn withdraw(call: &mut Call) -> Outcome {
    opine(call, Opinion::None)
}

fn set_status(call: &mut Call) -> Outcome {
    let user = super::users::find(call, call.arg(3))?;
    if user != call.me() {
        return Err(dc(
            409,
            Value::Null,
            "Users may only set their own status.",
            "pull.InvalidPullRequestParticipantStatusUpdateException",
        ));
    }
    let opinion = match call.body()?["status"].as_str() {
        Some("APPROVED") => Opinion::Approved,
        Some("NEEDS_WORK") => Opinion::NeedsWork,
        Some("UNAPPROVED") => Opinion::None,
        _ => return Err(dc(400, json!("status"), "status is APPROVED, UNAPPROVED or NEEDS_WORK.", "")),
    };
    opine(call, opinion)
}

fn can_merge(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (paths, vetoes) = pulling::obstacles(call.world, repo, &repo.pulls[at]);
    let open = repo.pulls[at].state == State::Open;
    let vetoes: Vec<Value> = vetoes.iter().map(|v| json!({ "summaryMessage": v, "detailedMessage": v })).collect();
    Call::ok(&json!({
        "canMerge": open && paths.is_empty() && vetoes.is_empty(), "conflicted": !paths.is_empty(),
        "outcome": if paths.is_empty() { "CLEAN" } else { "CONFLICTED" }, "vetoes": vetoes,
    }))
}

fn merge(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body_or_nothing()?;
    fresh(call, n, at, &body)?;
    let message = body["message"].as_str().unwrap_or_default();
    let squash = body["strategyId"].as_str() == Some("squash");
    pulling::merge(call, n, at, message, squash, None).map_err(|t| call.trouble(t))?;
    Call::ok(&shown(call, n, at))
}

fn decline(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let body = call.body_or_nothing()?;
    fresh(call, n, at, &body)?;
    let comment = body["comment"].as_str().unwrap_or_default();
    pulling::decline(call, n, at, comment).map_err(|t| call.trouble(t))?;
    Call::ok(&shown(call, n, at))
}

fn reopen(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let body = call.body_or_nothing()?;
    fresh(call, n, at, &body)?;
    pulling::reopen(call, n, at).map_err(|t| call.trouble(t))?;
    Call::ok(&shown(call, n, at))
}

fn activities(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let pull = &call.world.repos[n].pulls[at];
    let all: Vec<Value> = pull.events.iter().rev().map(|e| shapes::event(call, pull, e)).collect();
    page(call, &all)
}

fn commits(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, target) = repo.pulls[at].tips(repo);
    let all: Vec<Value> = repo.ahead(&source, &target).into_iter().map(|c| shapes::commit(call, c)).collect();
    page(call, &all)
}

fn changed(repo: &Repo, pull: &Pull) -> Vec<(String, git::Change)> {
    let (source, target) = pull.tips(repo);
    let base = repo.merge_base(&source, &target).map(|c| c.tree.clone()).unwrap_or_default();
    repo.commits.get(&source).map(|c| git::changes(&base, &c.tree)).unwrap_or_default()
}

fn changes(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    page(call, &super::refs::written_changes(&changed(repo, &repo.pulls[at])))
}

fn diff(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, target) = repo.pulls[at].tips(repo);
    let from = repo.merge_base(&source, &target).map(|c| c.tree.clone()).unwrap_or_default();
    let to = repo.commits.get(&source).map(|c| c.tree.clone()).unwrap_or_default();
    let lines = |list: &[String], start: usize, gone: bool| -> Vec<Value> {
        (start..)
            .zip(list)
            .map(|(n, l)| json!({ "line": l, "source": n, "destination": n, "truncated": false, "removed": gone }))
            .collect()
    };
    let wanted = call.arg(3);
    let diffs: Vec<Value> = git::changes(&from, &to)
        .iter()
        .filter(|(name, _)| wanted.is_empty() || name == wanted)
        .map(|(name, change)| {
            let hunk = git::hunk(&from, &to, name);
            let start = hunk.before + 1;
            let segments = json!([
                { "type": "REMOVED", "lines": lines(&hunk.gone, start, true), "truncated": false },
                { "type": "ADDED", "lines": lines(&hunk.come, start, false), "truncated": false },
            ]);
            json!({
                "source": if *change == git::Change::Added { Value::Null } else { super::refs::path(name) },
                "destination": if *change == git::Change::Deleted { Value::Null } else { super::refs::path(name) },
                "hunks": [{
                    "sourceLine": start, "sourceSpan": hunk.gone.len(), "destinationLine": start,
                    "destinationSpan": hunk.come.len(), "segments": segments, "truncated": false,
                }],
                "truncated": false,
            })
        })
        .collect();
    Call::ok(
        &json!({ "fromHash": target, "toHash": source, "contextLines": 0, "whitespace": "SHOW", "diffs": diffs, "truncated": false }),
    )
}

fn text_diff(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let (source, target) = repo.pulls[at].tips(repo);
    let from = repo.merge_base(&source, &target).map(|c| c.tree.clone()).unwrap_or_default();
    let to = repo.commits.get(&source).map(|c| c.tree.clone()).unwrap_or_default();
    Ok(Reply::text(200, git::diff(&from, &to)))
}

fn participants(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let pull = &call.world.repos[n].pulls[at];
    let author = shapes::participant(call, pull.author, "AUTHOR", Opinion::None);
    let all: Vec<Value> = std::iter::once(author).chain(pull.reviews.iter().map(|r| shapes::review(call, r))).collect();
    page(call, &all)
}

fn add_reviewer(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let body = call.body()?;
    let user = super::users::find(call, body["user"]["name"].as_str().unwrap_or_default())?;
    let pull = &mut call.world.repos[n].pulls[at];
    let asked: Vec<UserId> = pull.reviews.iter().filter(|r| r.asked).map(|r| r.user).chain([user]).collect();
    pull.ask(&asked);
    let review = pull.reviews.iter().find(|r| r.user == user).cloned();
    Call::ok(&review.map_or(Value::Null, |r| shapes::review(call, &r)))
}

fn remove_reviewer(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Write)?;
    let user = super::users::find(call, call.arg(3))?;
    call.world.repos[n].pulls[at].reviews.retain(|r| r.user != user);
    Call::done()
}

/// Returns the issue keys in a text.
fn keys(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let key = |word: &str| {
        let mut parts = word.split('-');
        let (project, number) = (parts.next()?, parts.next()?);
        let fits = project.len() > 1 && project.chars().all(|c| c.is_ascii_uppercase());
        (fits && number.parse::<u64>().is_ok()).then(|| format!("{project}-{number}"))
    };
    words.filter_map(key).collect()
}

/// Lists the issues that the commits and the names of a pull request mention.
fn issues(call: &mut Call) -> Outcome {
    let (n, at) = find(call, Level::Read)?;
    let repo = &call.world.repos[n];
    let pull = &repo.pulls[at];
    let (source, target) = pull.tips(repo);
    let mut all: Vec<String> = repo.ahead(&source, &target).iter().flat_map(|c| keys(&c.message)).collect();
    all.extend(keys(&pull.title).into_iter().chain(keys(&pull.source)));
    all.sort();
    all.dedup();
    Call::ok(&all.iter().map(|key| json!({ "key": key, "url": format!("/browse/{key}") })).collect())
}

fn mine(call: &Call, fits: impl Fn(&Pull) -> bool) -> Outcome {
    let mut all = Vec::new();
    for repo in call.world.repos.iter().filter(|r| call.level(r).is_some()) {
        all.extend(repo.pulls.iter().filter(|p| fits(p)).map(|p| shapes::pull(call, repo, p)));
    }
    page(call, &all)
}

fn dashboard(call: &mut Call) -> Outcome {
    let (me, role) = (call.me(), call.request.param("role").map(str::to_uppercase));
    let part = |p: &Pull| {
        let reviewer = p.reviews.iter().any(|r| r.user == me && r.asked);
        let onlooker = p.reviews.iter().any(|r| r.user == me && !r.asked);
        match role.as_deref() {
            Some("AUTHOR") => p.author == me,
            Some("REVIEWER") => reviewer,
            Some("PARTICIPANT") => onlooker,
            _ => p.author == me || reviewer || onlooker,
        }
    };
    mine(call, |p| part(p) && (call.request.param("state").is_none() || fits_state(call, p)))
}

fn inbox(call: &mut Call) -> Outcome {
    let me = call.me();
    let wanted = |p: &Pull| p.reviews.iter().any(|r| r.user == me && r.asked && r.opinion == Opinion::None);
    mine(call, |p| p.state == State::Open && wanted(p))
}
