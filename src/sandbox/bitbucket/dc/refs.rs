//! Branches, tags and commits of Data Center.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::{self, Trouble};
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::git;
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{Commit, Level, Repo};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/branches", Access::Anyone, branches),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/branches", Access::User, create_branch),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/branches/default", Access::Anyone, default_branch),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/branches/default", Access::User, set_default),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/default-branch", Access::Anyone, default_branch),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/default-branch", Access::User, set_default),
    row(On::Dc, "POST", "/rest/branch-utils/{v}/projects/{}/repos/{}/branches", Access::User, create_branch),
    row(On::Dc, "DELETE", "/rest/branch-utils/{v}/projects/{}/repos/{}/branches", Access::User, delete_branch),
    row(On::Dc, "GET", "/rest/branch-utils/{v}/projects/{}/repos/{}/branches/info/{}", Access::Anyone, branches_with),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/tags", Access::Anyone, tags),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}/tags", Access::User, create_tag),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/tags/{*}", Access::Anyone, tag),
    row(On::Dc, "POST", "/rest/git/{v}/projects/{}/repos/{}/tags", Access::User, create_tag),
    row(On::Dc, "DELETE", "/rest/git/{v}/projects/{}/repos/{}/tags/{*}", Access::User, delete_tag),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/commits", Access::Anyone, commits),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/commits/{}", Access::Anyone, commit),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/commits/{}/changes", Access::Anyone, changes),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/commits/{}/pull-requests", Access::Anyone, pulls_with),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/compare/commits", Access::Anyone, compare_commits),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/compare/changes", Access::Anyone, compare_changes),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/commits/{}/merge-base", Access::Anyone, merge_base),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/diff", Access::Anyone, diff),
    row(On::Dc, "GET", "/rest/build-status/{v}/commits/{}", Access::User, builds),
    row(On::Dc, "POST", "/rest/build-status/{v}/commits/{}", Access::User, add_build),
];

fn fitting(call: &Call, name: &str) -> bool {
    let text = call.request.param("filterText").unwrap_or_default().to_lowercase();
    name.to_lowercase().contains(&text)
}

fn branches(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let details = call.request.param("details") == Some("true");
    let mut some: Vec<(&String, &String)> = repo.branches.iter().filter(|(name, _)| fitting(call, name)).collect();
    if call.request.param("orderBy") == Some("MODIFICATION") {
        some.sort_by_key(|(_, hash)| std::cmp::Reverse(repo.commits.get(*hash).map_or(0, |c| c.when)));
    }
    let all: Vec<Value> = some
        .into_iter()
        .map(|(name, hash)| match details {
            true => shapes::branch_details(call, repo, name, hash),
            false => shapes::reference(repo, false, name, hash),
        })
        .collect();
    page(call, &all)
}

fn create_ref(call: &mut Call, tag: bool) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().trim_start_matches("refs/heads/").to_owned();
    let at = body["startPoint"].as_str().unwrap_or_default();
    let made = acts::create_ref(&mut call.world.repos[n], tag, &name, at).map_err(|t| call.trouble(t))?;
    let status = if call.request.path.contains("/rest/api/") { 200 } else { 201 };
    Ok(Reply::json(status, &shapes::reference(&call.world.repos[n], tag, &name, &made)))
}

fn create_branch(call: &mut Call) -> Outcome {
    create_ref(call, false)
}

fn create_tag(call: &mut Call) -> Outcome {
    create_ref(call, true)
}

fn default_branch(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    match repo.branches.get(&repo.default_branch) {
        Some(hash) => Call::ok(&shapes::reference(repo, false, &repo.default_branch, hash)),
        None => Err(call.trouble(Trouble::NoRef(repo.default_branch.clone()))),
    }
}

fn set_default(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let body = call.body()?;
    let name = body["id"].as_str().unwrap_or_default().trim_start_matches("refs/heads/").to_owned();
    if !call.world.repos[n].branches.contains_key(&name) {
        return Err(call.trouble(Trouble::NoRef(name)));
    }
    call.world.repos[n].default_branch = name;
    Call::done()
}

/// Deletes a branch, if its tip is the one that the caller believes in; `dryRun` only looks.
fn delete_branch(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().trim_start_matches("refs/heads/").to_owned();
    let tip = call.world.repos[n].branches.get(&name).cloned();
    let moved = body["endPoint"].as_str().filter(|end| tip.as_ref().is_some_and(|tip| tip != end));
    if let Some(end) = moved {
        let text = format!("Branch \"{name}\" does not point to {end} any more.");
        return Err(dc(409, Value::Null, &text, "repository.StaleRefException"));
    }
    if body["dryRun"] == json!(true) {
        return match tip {
            Some(_) => Call::done(),
            None => Err(call.trouble(Trouble::NoRef(name))),
        };
    }
    acts::delete_branch(call, n, &name).map_err(|t| call.trouble(t))?;
    Call::done()
}

/// Lists the branches that a commit is in.
fn branches_with(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let hash = &resolve(call, repo, call.arg(2))?.hash;
    let inside = repo.branches.iter().filter(|(_, tip)| repo.contains(tip, hash));
    let all: Vec<Value> = inside.map(|(name, tip)| shapes::reference(repo, false, name, tip)).collect();
    page(call, &all)
}

fn tags(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let some = repo.tags.iter().filter(|(name, _)| fitting(call, name));
    let all: Vec<Value> = some.map(|(name, hash)| shapes::reference(repo, true, name, hash)).collect();
    page(call, &all)
}

fn no_tag(name: &str) -> Refusal {
    let text = format!("Tag \"{name}\" does not exist in this repository.");
    dc(404, Value::Null, &text, "repository.NoSuchTagException")
}

fn tag(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let hash = repo.tags.get(call.arg(2)).ok_or_else(|| no_tag(call.arg(2)))?;
    Call::ok(&shapes::reference(repo, true, call.arg(2), hash))
}

fn delete_tag(call: &mut Call) -> Outcome {
    let name = call.arg(2).to_owned();
    match call.repo_mut(Level::Write)?.tags.remove(&name) {
        Some(_) => Call::done(),
        None => Err(no_tag(&name)),
    }
}

/// Finds the commit that a text names.
fn resolve<'a>(call: &Call, repo: &'a Repo, text: &str) -> Result<&'a Commit, Refusal> {
    repo.resolve(text).ok_or_else(|| call.trouble(Trouble::NoCommit(text.to_owned())))
}

/// Returns what can be reached from one and not from another.
fn log<'a>(call: &Call, repo: &'a Repo, until: &str, since: Option<&str>) -> Result<Vec<&'a Commit>, Refusal> {
    let tip = &resolve(call, repo, until)?.hash;
    match since.filter(|s| !s.is_empty()) {
        Some(since) => Ok(repo.ahead(tip, &resolve(call, repo, since)?.hash)),
        None => Ok(repo.history(tip)),
    }
}

fn commits(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let until = call.request.param("until").filter(|t| !t.is_empty()).unwrap_or(&repo.default_branch);
    let all = log(call, repo, until, call.request.param("since"))?;
    let path = call.request.param("path");
    let wanted = |c: &&Commit| path.is_none_or(|path| changed(repo, c).iter().any(|(p, _)| p == path));
    let merges = call.request.param("merges").unwrap_or("include");
    let all = all.into_iter().filter(wanted).filter(|c| match merges {
        "exclude" => c.parents.len() < 2,
        "only" => c.parents.len() > 1,
        _ => true,
    });
    let all: Vec<Value> = all.map(|c| shapes::commit(call, c)).collect();
    page(call, &all)
}

fn commit(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    Call::ok(&shapes::commit(call, resolve(call, repo, call.arg(2))?))
}

/// Returns the files that a commit changed.
pub(crate) fn changed(repo: &Repo, commit: &Commit) -> Vec<(String, git::Change)> {
    let before = commit.parents.first().and_then(|p| repo.commits.get(p)).map(|c| c.tree.clone()).unwrap_or_default();
    git::changes(&before, &commit.tree)
}

/// Writes a path in its parts.
pub(crate) fn path(path: &str) -> Value {
    let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let name = parts.last().copied().unwrap_or_default();
    let mut value = json!({
        "components": parts, "parent": parts[..parts.len().saturating_sub(1)].join("/"), "name": name, "toString": path,
    });
    if let Some((_, extension)) = name.rsplit_once('.') {
        value["extension"] = json!(extension);
    }
    value
}

/// Writes the files that differ.
pub(crate) fn written_changes(all: &[(String, git::Change)]) -> Vec<Value> {
    all.iter()
        .map(|(name, change)| {
            let kind = match change {
                git::Change::Added => "ADD",
                git::Change::Modified => "MODIFY",
                git::Change::Deleted => "DELETE",
            };
            json!({
                "path": path(name), "type": kind, "nodeType": "FILE", "executable": false, "srcExecutable": false,
                "percentUnchanged": -1,
            })
        })
        .collect()
}

fn changes(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let commit = resolve(call, repo, call.arg(2))?;
    page(call, &written_changes(&changed(repo, commit)))
}

fn pulls_with(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let hash = &resolve(call, repo, call.arg(2))?.hash;
    let holds = |p: &&crate::sandbox::bitbucket::world::Pull| {
        let (source, target) = p.tips(repo);
        repo.ahead(&source, &target).iter().any(|c| c.hash == *hash)
    };
    let all: Vec<Value> = repo.pulls.iter().filter(holds).map(|p| shapes::pull(call, repo, p)).collect();
    page(call, &all)
}

/// Returns the two ends of a comparison: the source first.
fn ends<'a>(call: &Call, repo: &'a Repo) -> Result<(&'a Commit, &'a Commit), Refusal> {
    let end =
        |name: &str| call.request.param(name).filter(|t| !t.is_empty()).unwrap_or(&repo.default_branch).to_owned();
    Ok((resolve(call, repo, &end("from"))?, resolve(call, repo, &end("to"))?))
}

fn compare_commits(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (from, to) = ends(call, repo)?;
    let all: Vec<Value> = repo.ahead(&from.hash, &to.hash).into_iter().map(|c| shapes::commit(call, c)).collect();
    page(call, &all)
}

fn compare_changes(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (from, to) = ends(call, repo)?;
    let base = repo.merge_base(&from.hash, &to.hash).map(|c| c.tree.clone()).unwrap_or_default();
    page(call, &written_changes(&git::changes(&base, &from.tree)))
}

fn merge_base(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let other = call.request.param("otherCommitId").unwrap_or_default();
    let (one, other) = (resolve(call, repo, call.arg(2))?, resolve(call, repo, other)?);
    match repo.merge_base(&one.hash, &other.hash) {
        Some(base) => Call::ok(&shapes::commit(call, base)),
        None => Call::done(),
    }
}

/// The difference of two commits as text; without `since` that of one to its parent.
fn diff(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let param = |name: &str| call.request.param(name).filter(|t| !t.is_empty());
    let until = resolve(call, repo, param("until").unwrap_or(&repo.default_branch))?;
    let since = match param("since") {
        Some(since) => Some(resolve(call, repo, since)?),
        None => until.parents.first().and_then(|p| repo.commits.get(p)),
    };
    let from = since.map(|c| c.tree.clone()).unwrap_or_default();
    Ok(Reply::text(200, git::diff(&from, &until.tree)))
}

/// Finds the repository that holds a commit.
fn holder(call: &Call, hash: &str) -> Result<usize, Refusal> {
    let found = call.world.repos.iter().position(|r| r.commits.contains_key(hash) && call.level(r).is_some());
    found.ok_or_else(|| call.trouble(Trouble::NoCommit(hash.to_owned())))
}

fn builds(call: &mut Call) -> Outcome {
    let n = holder(call, call.arg(0))?;
    let all: Vec<Value> = call.world.repos[n].commits[call.arg(0)].builds.values().cloned().collect();
    page(call, &all)
}

fn add_build(call: &mut Call) -> Outcome {
    let n = holder(call, call.arg(0))?;
    let mut body = call.body()?;
    let (key, url) = (body["key"].as_str().unwrap_or_default().to_owned(), body["url"].as_str().unwrap_or_default());
    if key.is_empty()
        || url.is_empty()
        || !["SUCCESSFUL", "FAILED", "INPROGRESS"].contains(&body["state"].as_str().unwrap_or_default())
    {
        return Err(dc(400, json!("state"), "key, url and state are required.", ""));
    }
    body["dateAdded"] = json!(crate::sandbox::time::now());
    let hash = call.arg(0).to_owned();
    if let Some(commit) = call.world.repos[n].commits.get_mut(&hash) {
        commit.builds.insert(key, body);
    }
    Call::done()
}
