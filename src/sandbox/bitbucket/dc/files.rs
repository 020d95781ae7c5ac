//! Files of Data Center.

use super::refs::{changed, path};
use super::{page, shapes};
use crate::sandbox::atlassian::media;
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::{self, Trouble};
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{Commit, Level, Repo, Tree};
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/files", Access::Anyone, files),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/files/{*}", Access::Anyone, files),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/browse", Access::Anyone, browse),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/browse/{*}", Access::Anyone, browse),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/browse/{*}", Access::User, write),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/raw/{*}", Access::Anyone, raw),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/last-modified", Access::Anyone, last_modified),
];

/// Finds the commit that `at` names, or the tip of the default branch.
fn at<'a>(call: &Call, repo: &'a Repo) -> Result<&'a Commit, Refusal> {
    let text = call.request.param("at").filter(|t| !t.is_empty()).unwrap_or(&repo.default_branch);
    repo.resolve(text).ok_or_else(|| call.trouble(Trouble::NoCommit(text.to_owned())))
}

fn no_path(path: &str, commit: &Commit) -> Trouble {
    Trouble::NoFile(path.to_owned(), commit.hash.clone())
}

fn prefix(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}/") }
}

fn files(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (commit, below) = (at(call, repo)?, prefix(call.arg(2)));
    let all: Vec<Value> = commit.tree.keys().filter_map(|k| k.strip_prefix(&below)).map(Value::from).collect();
    if all.is_empty() && !below.is_empty() {
        return Err(call.trouble(no_path(call.arg(2), commit)));
    }
    page(call, &all)
}

/// Shows the lines of a file, or what is in a folder.
fn browse(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (commit, name) = (at(call, repo)?, call.arg(2));
    if let Some(bytes) = commit.tree.get(name) {
        if call.request.param("type") == Some("true") {
            return Call::ok(&json!({ "type": "FILE" }));
        }
        if bytes.contains(&0) {
            return Call::ok(&json!({ "binary": true, "path": path(name) }));
        }
        let lines: Vec<Value> = String::from_utf8_lossy(bytes).lines().map(|l| json!({ "text": l })).collect();
        return Call::ok(&json!({ "lines": lines, "start": 0, "size": lines.len(), "isLastPage": true }));
    }
    let below = prefix(name);
    let children = folder(&commit.tree, &below);
    if children.is_empty() && !below.is_empty() {
        return Err(call.trouble(no_path(name, commit)));
    }
    if call.request.param("type") == Some("true") {
        return Call::ok(&json!({ "type": "DIRECTORY" }));
    }
    let all: Vec<Value> = children.into_values().collect();
    let mut reply = page(call, &all)?;
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let whole = json!({ "path": path(name), "revision": commit.hash, "children": body });
    reply.body = whole.to_string().into();
    Ok(reply)
}

/// Writes what is directly in a folder.
fn folder(tree: &Tree, below: &str) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::new();
    for (rest, bytes) in tree.iter().filter_map(|(k, bytes)| Some((k.strip_prefix(below)?, bytes))) {
        match rest.split_once('/') {
            Some((name, _)) => out.insert(name.to_owned(), json!({ "path": path(name), "type": "DIRECTORY" })),
            None => out.insert(rest.to_owned(), json!({ "path": path(rest), "type": "FILE", "size": bytes.len() })),
        };
    }
    out
}

fn raw(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (commit, name) = (at(call, repo)?, call.arg(2));
    let bytes = commit.tree.get(name).ok_or_else(|| call.trouble(no_path(name, commit)))?;
    let mime = mime_guess::from_path(name).first_raw().unwrap_or("application/octet-stream");
    Ok(media::file(call.request, name.rsplit('/').next().unwrap_or(name), mime, bytes.clone()))
}

/// Commits one file from a form: `content`, `message`, `branch`, and the commit that the caller read.
fn write(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let name = call.arg(2).to_owned();
    let part = call.request.parts.iter().flatten().find(|p| p.name == "content");
    let Some(bytes) = part.map(|p| p.bytes.clone()) else {
        return Err(dc(400, json!("content"), "content is required as a part of a multipart form.", ""));
    };
    let repo = &call.world.repos[n];
    let branch = Some(call.field("branch")).filter(|b| !b.is_empty()).unwrap_or_else(|| repo.default_branch.clone());
    let branch = branch.trim_start_matches("refs/heads/").to_owned();
    let tip = repo.resolve(&branch);
    let known = call.field("sourceCommitId");
    let stands = tip.is_some_and(|c| c.tree.contains_key(&name));
    let unchanged = repo.resolve(&known).is_some_and(|c| c.tree.get(&name) == tip.and_then(|t| t.tree.get(&name)));
    if stands && !unchanged {
        let text = format!("The file \"{name}\" has been changed since commit {known}, or exists already.");
        return Err(dc(409, Value::Null, &text, "content.FileContentUnmodifiedException"));
    }
    let message =
        Some(call.field("message")).filter(|m| !m.is_empty()).unwrap_or_else(|| format!("{name} edited online"));
    let hash = acts::write(call, n, &branch, &message, vec![(name, Some(bytes))], None).map_err(|t| call.trouble(t))?;
    Call::ok(&shapes::commit(call, &call.world.repos[n].commits[&hash]))
}

/// Says which commit changed each file of the top folder last.
fn last_modified(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let commit = at(call, repo)?;
    let history = repo.history(&commit.hash);
    let mut files = json!({});
    for name in folder(&commit.tree, "").into_keys() {
        let last =
            history.iter().find(|c| changed(repo, c).iter().any(|(p, _)| *p == name || p.starts_with(&prefix(&name))));
        files[name] = last.map_or(Value::Null, |c| shapes::commit(call, c));
    }
    Call::ok(&json!({ "files": files, "latestCommit": shapes::commit(call, commit) }))
}
