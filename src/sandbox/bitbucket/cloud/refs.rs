//! Branches, tags, commits and files on Cloud.

use super::{page, shapes};
use crate::sandbox::atlassian::media;
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::{self, Files, Trouble};
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::git;
use crate::sandbox::bitbucket::guard::{Access, Refusal, cloud_fields};
use crate::sandbox::bitbucket::world::{Commit, Level, Repo, Tree};
use crate::sandbox::http::{Reply, encode_name};
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/refs", Access::Anyone, all),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/refs/branches", Access::Anyone, branches),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/refs/branches", Access::User, create_branch),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/refs/branches/{*}", Access::Anyone, branch),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/refs/branches/{*}", Access::User, delete_branch),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/refs/tags", Access::Anyone, tags),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/refs/tags", Access::User, create_tag),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/refs/tags/{*}", Access::Anyone, tag),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/refs/tags/{*}", Access::User, delete_tag),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/commits", Access::Anyone, commits),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/commits", Access::Anyone, commits),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/commits/{*}", Access::Anyone, commits_of),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/commit/{}", Access::Anyone, commit),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/commit/{}/statuses", Access::Anyone, statuses),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/commit/{}/statuses/build", Access::User, add_status),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/commit/{}/statuses/build/{}", Access::Anyone, status),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/commit/{}/statuses/build/{}", Access::User, add_status),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/merge-base/{}", Access::Anyone, merge_base),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/diff/{}", Access::Anyone, diff),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/diffstat/{}", Access::Anyone, diffstat),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/src", Access::Anyone, root),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/src", Access::User, write),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/src/{}/{*}", Access::Anyone, source),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/filehistory/{}/{*}", Access::Anyone, file_history),
];

fn listed(call: &Call, repo: &Repo, tag: bool) -> Vec<Value> {
    let refs = if tag { &repo.tags } else { &repo.branches };
    refs.iter().map(|(name, hash)| shapes::reference(call, repo, tag, name, hash)).collect()
}

fn all(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let all: Vec<Value> = listed(call, repo, false).into_iter().chain(listed(call, repo, true)).collect();
    page(call, &all)
}

fn branches(call: &mut Call) -> Outcome {
    page(call, &listed(call, call.repo()?, false))
}

fn tags(call: &mut Call) -> Outcome {
    page(call, &listed(call, call.repo()?, true))
}

fn one(call: &Call, tag: bool) -> Outcome {
    let repo = call.repo()?;
    let name = call.arg(2);
    let refs = if tag { &repo.tags } else { &repo.branches };
    let hash = refs.get(name).ok_or_else(|| call.trouble(Trouble::NoRef(name.to_owned())))?;
    Call::ok(&shapes::reference(call, repo, tag, name, hash))
}

fn branch(call: &mut Call) -> Outcome {
    one(call, false)
}

fn tag(call: &mut Call) -> Outcome {
    one(call, true)
}

fn create(call: &mut Call, tag: bool) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default();
    let at = body["target"]["hash"].as_str().or(body["target"]["name"].as_str()).unwrap_or_default();
    let made = acts::create_ref(&mut call.world.repos[n], tag, name, at).map_err(|t| call.trouble(t))?;
    let repo = &call.world.repos[n];
    Ok(Reply::json(201, &shapes::reference(call, repo, tag, name, &made)))
}

fn create_branch(call: &mut Call) -> Outcome {
    create(call, false)
}

fn create_tag(call: &mut Call) -> Outcome {
    create(call, true)
}

fn delete_branch(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let name = call.arg(2).to_owned();
    acts::delete_branch(call, n, &name).map_err(|t| call.trouble(t))?;
    Call::done()
}

fn delete_tag(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let name = call.arg(2).to_owned();
    match call.world.repos[n].tags.remove(&name) {
        Some(_) => Call::done(),
        None => Err(call.trouble(Trouble::NoRef(name))),
    }
}

/// Finds the commit that a text names.
fn resolve<'a>(call: &Call, repo: &'a Repo, text: &str) -> Result<&'a Commit, Refusal> {
    repo.resolve(text).ok_or_else(|| call.trouble(Trouble::NoCommit(text.to_owned())))
}

/// Lists what can be reached from `include` and not from `exclude`; from everything where nothing is named.
fn log(call: &Call, start: Option<&str>) -> Outcome {
    let repo = call.repo()?;
    let form = call.request.form();
    let many = |name: &str| -> Vec<String> {
        let in_form = form.iter().filter(|(k, _)| k == name).map(|(_, v)| v.clone());
        call.request.params(name).into_iter().map(str::to_owned).chain(in_form).collect()
    };
    let mut from: Vec<String> = many("include").into_iter().chain(start.map(str::to_owned)).collect();
    if from.is_empty() {
        from = repo.branches.keys().cloned().collect();
    }
    let mut without = BTreeSet::new();
    for text in many("exclude") {
        let hash = resolve(call, repo, &text)?.hash.clone();
        without.extend(repo.history(&hash).iter().map(|c| c.hash.clone()));
    }
    let mut seen: Vec<&Commit> = Vec::new();
    for text in from {
        let hash = resolve(call, repo, &text)?.hash.clone();
        for commit in repo.history(&hash) {
            if without.insert(commit.hash.clone()) {
                seen.push(commit);
            }
        }
    }
    seen.sort_by_key(|c| std::cmp::Reverse(c.when));
    let all: Vec<Value> = seen
        .into_iter()
        .filter(|c| touches(repo, c, call.request.param("path")))
        .map(|c| shapes::commit(call, repo, c))
        .collect();
    page(call, &all)
}

/// Says whether a commit changed a path.
fn touches(repo: &Repo, commit: &Commit, path: Option<&str>) -> bool {
    let Some(path) = path else { return true };
    let before = commit.parents.first().and_then(|p| repo.commits.get(p)).map(|c| c.tree.clone()).unwrap_or_default();
    git::changes(&before, &commit.tree)
        .iter()
        .any(|(changed, _)| changed == path || changed.starts_with(&format!("{path}/")))
}

fn commits(call: &mut Call) -> Outcome {
    log(call, None)
}

fn commits_of(call: &mut Call) -> Outcome {
    let start = call.arg(2).to_owned();
    log(call, Some(&start))
}

fn commit(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    Call::ok(&shapes::commit(call, repo, resolve(call, repo, call.arg(2))?))
}

fn statuses(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let all: Vec<Value> = resolve(call, repo, call.arg(2))?.builds.values().cloned().collect();
    page(call, &all)
}

fn status(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let found = resolve(call, repo, call.arg(2))?.builds.get(call.arg(3)).cloned();
    found.map_or_else(|| Err(call.trouble(Trouble::NoThing("No such build status".into()))), |status| Call::ok(&status))
}

fn add_status(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let mut body = call.body()?;
    let key = body["key"].as_str().unwrap_or(call.arg(3)).to_owned();
    let states = ["SUCCESSFUL", "FAILED", "INPROGRESS", "STOPPED"];
    if key.is_empty() || !states.contains(&body["state"].as_str().unwrap_or_default()) {
        return Err(cloud_fields("Bad request", "state", "key and state are required"));
    }
    let hash = resolve(call, &call.world.repos[n], call.arg(2))?.hash.clone();
    body["type"] = json!("build");
    body["key"] = json!(key);
    let known = call.world.repos[n].commits.get_mut(&hash).and_then(|c| c.builds.insert(key, body.clone()));
    Ok(Reply::json(if known.is_some() { 200 } else { 201 }, &body))
}

/// Splits `one..other` into what it compares: the source first, then what it is compared with.
fn spec<'a>(call: &'a Call) -> Result<(&'a Repo, Tree, Tree), Refusal> {
    let repo = call.repo()?;
    let text = call.arg(2);
    let (to, from) = if let Some((source, target)) = text.split_once("..") {
        let (source, target) = (resolve(call, repo, source)?, resolve(call, repo, target)?);
        let base = repo.merge_base(&source.hash, &target.hash).map(|c| c.tree.clone()).unwrap_or_default();
        (source.tree.clone(), base)
    } else {
        let commit = resolve(call, repo, text)?;
        let before = commit.parents.first().and_then(|p| repo.commits.get(p)).map(|c| c.tree.clone());
        (commit.tree.clone(), before.unwrap_or_default())
    };
    Ok((repo, (*from).clone(), (*to).clone()))
}

fn diff(call: &mut Call) -> Outcome {
    let (_, from, to) = spec(call)?;
    Ok(Reply::text(200, git::diff(&from, &to)))
}

fn diffstat(call: &mut Call) -> Outcome {
    let (_, from, to) = spec(call)?;
    page(call, &stats(&from, &to))
}

/// Writes which files differ, and by how many lines.
pub(crate) fn stats(from: &Tree, to: &Tree) -> Vec<Value> {
    let file = |tree: &Tree, path: &str| match tree.contains_key(path) {
        true => json!({ "type": "commit_file", "path": path, "escaped_path": encode_name(path) }),
        false => Value::Null,
    };
    git::changes(from, to)
        .into_iter()
        .map(|(path, change)| {
            let hunk = git::hunk(from, to, &path);
            let status = match change {
                git::Change::Added => "added",
                git::Change::Modified => "modified",
                git::Change::Deleted => "removed",
            };
            json!({
                "type": "diffstat", "status": status, "lines_added": hunk.come.len(), "lines_removed": hunk.gone.len(),
                "old": file(from, &path), "new": file(to, &path),
            })
        })
        .collect()
}

fn merge_base(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (one, other) = call.arg(2).split_once("..").unwrap_or((call.arg(2), call.arg(2)));
    let (one, other) = (resolve(call, repo, one)?, resolve(call, repo, other)?);
    match repo.merge_base(&one.hash, &other.hash) {
        Some(base) => Call::ok(&shapes::commit(call, repo, base)),
        None => Err(call.trouble(Trouble::NoCommit("merge base".into()))),
    }
}

/// Sends the client to the files of the main branch.
fn root(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let hash = resolve(call, repo, &repo.default_branch)?.hash.clone();
    let slash = if call.request.path.ends_with('/') { "" } else { "/" };
    Ok(Reply::redirect(302, &format!("{}{}{slash}{hash}/", call.face.base, call.request.path)))
}

fn source(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let commit = resolve(call, repo, call.arg(2))?;
    let path = call.arg(3).trim_end_matches('/');
    let meta = call.request.param("format") == Some("meta");
    if let Some(bytes) = commit.tree.get(path) {
        let mime = mime_guess::from_path(path).first_raw().unwrap_or("application/octet-stream");
        return match meta {
            true => Call::ok(&entry(call, repo, commit, path, Some(bytes))),
            false => Ok(media::file(call.request, path.rsplit('/').next().unwrap_or(path), mime, bytes.clone())),
        };
    }
    let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
    if !commit.tree.keys().any(|k| k.starts_with(&prefix)) {
        return Err(call.trouble(Trouble::NoFile(path.to_owned(), commit.hash.clone())));
    }
    if meta {
        return Call::ok(&entry(call, repo, commit, path, None));
    }
    let deep = call.request.param("max_depth").and_then(|d| d.parse::<usize>().ok()).unwrap_or(1);
    let all: Vec<Value> = inside(&commit.tree, &prefix, deep)
        .into_iter()
        .map(|path| entry(call, repo, commit, &path, commit.tree.get(&path)))
        .collect();
    page(call, &all)
}

/// Returns the files and folders below a folder, so many levels deep.
fn inside(tree: &Tree, prefix: &str, deep: usize) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for path in tree.keys().filter_map(|k| k.strip_prefix(prefix)) {
        let parts: Vec<&str> = path.split('/').collect();
        for level in 1..=deep.min(parts.len()) {
            out.insert(format!("{prefix}{}", parts[..level].join("/")));
        }
    }
    out
}

fn entry(call: &Call, repo: &Repo, commit: &Commit, path: &str, bytes: Option<&Bytes>) -> Value {
    let own = format!("{}/2.0/repositories/sandbox/{}/src/{}/{path}", call.face.base, repo.slug, commit.hash);
    let mut value = json!({
        "type": if bytes.is_some() { "commit_file" } else { "commit_directory" }, "path": path,
        "commit": shapes::commit_short(call, repo, &commit.hash),
        "links": { "self": { "href": own }, "meta": { "href": format!("{own}?format=meta") } },
    });
    if let Some(bytes) = bytes {
        value["size"] = json!(bytes.len());
        value["mimetype"] = json!(mime_guess::from_path(path).first_raw());
        value["attributes"] = json!([]);
        value["escaped_path"] = json!(encode_name(path));
    }
    value
}

fn file_history(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let (start, path) = (resolve(call, repo, call.arg(2))?.hash.clone(), call.arg(3).to_owned());
    let history = repo.history(&start);
    let all: Vec<Value> = history
        .into_iter()
        .filter(|c| touches(repo, c, Some(&path)))
        .map(|c| {
            let mut value = entry(call, repo, c, &path, c.tree.get(&path));
            value["commit"] = shapes::commit(call, repo, c);
            value
        })
        .collect();
    page(call, &all)
}

/// Commits what a form holds: each field is a file, but for `message`, `branch`, `author`, `parents`, and `files`,
/// which names files to delete.
fn write(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Write)?;
    let known = ["message", "branch", "author", "parents", "files"];
    let mut files: Files = Vec::new();
    if let Some(parts) = &call.request.parts {
        for part in parts.iter().filter(|p| p.file.is_some() || !known.contains(&p.name.as_str())) {
            files.push((part.name.trim_start_matches('/').to_owned(), Some(part.bytes.clone())));
        }
    } else {
        let form = call.request.form().into_iter().filter(|(k, _)| !known.contains(&k.as_str()));
        files.extend(form.map(|(k, v)| (k.trim_start_matches('/').to_owned(), Some(Bytes::from(v)))));
    }
    let gone = call.request.form().into_iter().filter(|(k, _)| k == "files").map(|(_, v)| v);
    for path in gone {
        if !files.iter().any(|(k, _)| *k == path) {
            files.push((path.trim_start_matches('/').to_owned(), None));
        }
    }
    let repo = &call.world.repos[n];
    let branch = Some(call.field("branch")).filter(|b| !b.is_empty()).unwrap_or_else(|| repo.default_branch.clone());
    let message = Some(call.field("message")).filter(|m| !m.is_empty()).unwrap_or_else(|| "No message".into());
    let onto = Some(call.field("parents")).filter(|p| !p.is_empty());
    let hash = acts::write(call, n, &branch, &message, files, onto.as_deref()).map_err(|t| call.trouble(t))?;
    let slug = &call.world.repos[n].slug;
    let location = format!("{}/2.0/repositories/sandbox/{slug}/commit/{hash}", call.face.base);
    Ok(Reply::empty(201).with("location", location))
}
