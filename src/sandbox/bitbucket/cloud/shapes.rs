//! Things as JSON, the way Cloud writes them.

use crate::sandbox::bitbucket::call::Call;
use crate::sandbox::bitbucket::world::{
    Commit, Hook, Level, Millis, Note, Opinion, Project, Pull, Repo, Restriction, Review, UserId, WORKSPACE, user_uuid,
    uuid,
};
use crate::sandbox::http::encode_name;
use crate::sandbox::time::stamp;
use serde_json::{Map, Value, json};

/// Writes a time as Cloud does: `2026-01-31T12:00:00.000000+00:00`.
pub(crate) fn time(when: Millis) -> String {
    stamp(when).replace(".000+0000", ".000000+00:00").replace("+0000", "000+00:00")
}

/// Writes addresses as Cloud does: an object each.
fn links(call: &Call, list: &[(&str, String)]) -> Value {
    let one = |(name, path): &(&str, String)| {
        let href = if path.starts_with("/2.0") { format!("{}{path}", call.face.base) } else { path.clone() };
        ((*name).to_owned(), json!({ "href": href }))
    };
    Value::Object(list.iter().map(one).collect::<Map<_, _>>())
}

fn html(path: &str) -> String {
    format!("https://bitbucket.org/{path}")
}

/// Writes a user.
pub(crate) fn user(call: &Call, id: UserId) -> Value {
    let user = &call.world.users[id];
    let key = user_uuid(id);
    json!({
        "type": if user.app { "app_user" } else { "user" }, "display_name": user.display, "nickname": user.name,
        "account_id": user.account_id, "uuid": key, "account_status": if user.active { "active" } else { "inactive" },
        "created_on": time(0),
        "links": links(call, &[
            ("self", format!("/2.0/users/{}", encode_name(&key))), ("html", html(&encode_name(&key))),
            ("avatar", html("account/avatar/32/")),
        ]),
    })
}

fn user_short(call: &Call, id: UserId) -> Value {
    let mut value = user(call, id);
    if let Value::Object(value) = &mut value {
        value.shift_remove("account_status");
        value.shift_remove("created_on");
    }
    value
}

/// Writes the workspace.
pub(crate) fn workspace(call: &Call) -> Value {
    let own = format!("/2.0/workspaces/{WORKSPACE}");
    json!({
        "type": "workspace", "uuid": uuid(1), "slug": WORKSPACE, "name": "Sandbox", "is_private": true,
        "created_on": time(1_543_458_386_000),
        "links": links(call, &[
            ("self", own.clone()), ("members", format!("{own}/members")), ("projects", format!("{own}/projects")),
            ("repositories", format!("/2.0/repositories/{WORKSPACE}")), ("html", html("sandbox/")),
        ]),
    })
}

/// Writes a project.
pub(crate) fn project(call: &Call, project: &Project) -> Value {
    let own = format!("/2.0/workspaces/{WORKSPACE}/projects/{}", project.key);
    json!({
        "type": "project", "uuid": uuid(project.id), "key": project.key, "name": project.name,
        "description": project.description, "is_private": !project.public, "has_publicly_visible_repos": false,
        "created_on": time(project.created), "updated_on": time(project.created), "owner": workspace(call),
        "workspace": workspace(call),
        "links": links(call, &[
            ("self", own), ("html", html(&format!("sandbox/workspace/projects/{}", project.key))),
            ("repositories", format!("/2.0/repositories/{WORKSPACE}?q=project.key=%22{}%22", project.key)),
        ]),
    })
}

fn path(repo: &Repo) -> String {
    format!("/2.0/repositories/{WORKSPACE}/{}", repo.slug)
}

/// Writes a repository inside of something else.
pub(crate) fn repo_short(call: &Call, repo: &Repo) -> Value {
    json!({
        "type": "repository", "full_name": format!("{WORKSPACE}/{}", repo.slug), "name": repo.name, "uuid": uuid(repo.id),
        "links": links(call, &[("self", path(repo)), ("html", html(&format!("{WORKSPACE}/{}", repo.slug)))]),
    })
}

/// Writes a repository.
pub(crate) fn repo(call: &Call, repo: &Repo) -> Value {
    let mut value = repo_short(call, repo);
    let own = path(repo);
    let mut all = links(
        call,
        &[
            ("self", own.clone()),
            ("html", html(&format!("{WORKSPACE}/{}", repo.slug))),
            ("branches", format!("{own}/refs/branches")),
            ("tags", format!("{own}/refs/tags")),
            ("commits", format!("{own}/commits")),
            ("pullrequests", format!("{own}/pullrequests")),
            ("forks", format!("{own}/forks")),
            ("hooks", format!("{own}/hooks")),
            ("source", format!("{own}/src")),
            ("watchers", format!("{own}/watchers")),
            ("downloads", format!("{own}/downloads")),
        ],
    );
    all["clone"] = json!([
        { "name": "https", "href": format!("{}/{WORKSPACE}/{}.git", call.face.base, repo.slug) },
        { "name": "ssh", "href": format!("git@127.0.0.1:{WORKSPACE}/{}.git", repo.slug) },
    ]);
    let within = call.world.project(&repo.project).map(|p| project_short(call, p));
    let size: usize = repo.commits.values().map(|c| c.message.len()).sum();
    let parent = repo.origin.and_then(|id| call.world.repos.iter().find(|r| r.id == id)).map(|r| repo_short(call, r));
    // An empty repository has none.
    let main = repo.branches.contains_key(&repo.default_branch);
    let main = main.then(|| json!({ "type": "branch", "name": repo.default_branch }));
    let more = json!({
        "slug": repo.slug, "description": repo.description, "scm": "git", "website": "", "owner": workspace(call),
        "workspace": workspace(call), "is_private": !repo.public, "project": within,
        "fork_policy": "allow_forks", "created_on": time(repo.created), "updated_on": time(repo.updated), "size": size,
        "language": "", "has_issues": false, "has_wiki": false, "parent": parent,
        "mainbranch": main,
        "override_settings": { "default_merge_strategy": false, "branching_model": false }, "links": all,
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn project_short(call: &Call, project: &Project) -> Value {
    let own = format!("/2.0/workspaces/{WORKSPACE}/projects/{}", project.key);
    json!({
        "type": "project", "key": project.key, "name": project.name, "uuid": uuid(project.id),
        "links": links(call, &[("self", own)]),
    })
}

/// Writes a commit inside of something else.
pub(crate) fn commit_short(call: &Call, repo: &Repo, hash: &str) -> Value {
    json!({
        "type": "commit", "hash": hash,
        "links": links(call, &[
            ("self", format!("{}/commit/{hash}", path(repo))),
            ("html", html(&format!("{WORKSPACE}/{}/commits/{hash}", repo.slug))),
        ]),
    })
}

/// Writes a commit.
pub(crate) fn commit(call: &Call, repo: &Repo, commit: &Commit) -> Value {
    let mut value = commit_short(call, repo, &commit.hash);
    let author = &call.world.users[commit.author];
    let own = format!("{}/commit/{}", path(repo), commit.hash);
    value["date"] = json!(time(commit.when));
    value["author"] = json!({
        "type": "author", "raw": format!("{} <{}>", author.display, author.email), "user": user_short(call, commit.author),
    });
    value["message"] = json!(format!("{}\n", commit.message));
    value["summary"] = rich(commit.message.lines().next().unwrap_or_default());
    value["parents"] = commit.parents.iter().map(|p| commit_short(call, repo, p)).collect();
    value["repository"] = repo_short(call, repo);
    value["links"]["statuses"] = json!({ "href": format!("{}{own}/statuses", call.face.base) });
    value["links"]["diff"] = json!({ "href": format!("{}{}/diff/{}", call.face.base, path(repo), commit.hash) });
    value
}

fn rich(text: &str) -> Value {
    let html = text.replace('&', "&amp;").replace('<', "&lt;");
    json!({ "type": "rendered", "raw": text, "markup": "markdown", "html": format!("<p>{html}</p>") })
}

/// Writes a branch or a tag.
pub(crate) fn reference(call: &Call, repo: &Repo, tag: bool, name: &str, hash: &str) -> Value {
    let kind = if tag { "tag" } else { "branch" };
    let place = if tag { "tags" } else { "branches" };
    let target = repo.commits.get(hash).map_or(Value::Null, |c| commit(call, repo, c));
    let mut value = json!({
        "type": kind, "name": name, "target": target,
        "links": links(call, &[
            ("self", format!("{}/refs/{place}/{}", path(repo), encode_name(name))),
            ("commits", format!("{}/commits/{}", path(repo), encode_name(name))),
            ("html", html(&format!("{WORKSPACE}/{}/branch/{name}", repo.slug))),
        ]),
    });
    if tag {
        value["message"] = Value::Null;
        value["date"] = repo.commits.get(hash).map_or(Value::Null, |c| json!(time(c.when)));
        value["tagger"] = Value::Null;
    } else {
        value["default_merge_strategy"] = json!("merge_commit");
        value["merge_strategies"] = json!(["merge_commit", "squash", "fast_forward"]);
    }
    value
}

/// Writes a reviewer or an onlooker.
pub(crate) fn participant(call: &Call, review: &Review) -> Value {
    let state = match review.opinion {
        Opinion::Approved => json!("approved"),
        Opinion::NeedsWork => json!("changes_requested"),
        Opinion::None => Value::Null,
    };
    json!({
        "type": "participant", "user": user_short(call, review.user),
        "role": if review.asked { "REVIEWER" } else { "PARTICIPANT" }, "approved": review.opinion == Opinion::Approved,
        "state": state, "participated_on": if review.opinion == Opinion::None { Value::Null } else { json!(time(review.when)) },
    })
}

/// Writes a pull request; a list leaves reviewers and participants out.
pub(crate) fn pull(call: &Call, repo: &Repo, pull: &Pull, whole: bool) -> Value {
    let (source, target) = pull.tips(repo);
    let own = format!("{}/pullrequests/{}", path(repo), pull.id);
    let end = |branch: &str, hash: &str| {
        json!({
            "branch": { "name": branch }, "commit": commit_short(call, repo, hash.get(..12).unwrap_or(hash)),
            "repository": repo_short(call, repo),
        })
    };
    let notes = pull.notes.iter().filter(|n| !n.deleted).count();
    let tasks = pull.notes.iter().filter(|n| n.task && !n.deleted && !n.resolved).count();
    let mut value = json!({
        "type": "pullrequest", "id": pull.id, "title": pull.title, "description": pull.description,
        "summary": rich(&pull.description), "state": pull.state.name(), "draft": false, "author": user_short(call, pull.author),
        "source": end(&pull.source, &source), "destination": end(&pull.target, &target),
        "merge_commit": pull.merge_commit.as_ref().map(|h| commit_short(call, repo, h.get(..12).unwrap_or(h))),
        "comment_count": notes, "task_count": tasks, "close_source_branch": pull.close_source,
        "closed_by": pull.closed_by.map(|u| user_short(call, u)), "reason": pull.reason,
        "created_on": time(pull.created), "updated_on": time(pull.updated),
        "links": links(call, &[
            ("self", own.clone()), ("html", html(&format!("{WORKSPACE}/{}/pull-requests/{}", repo.slug, pull.id))),
            ("commits", format!("{own}/commits")), ("approve", format!("{own}/approve")), ("diff", format!("{own}/diff")),
            ("diffstat", format!("{own}/diffstat")), ("comments", format!("{own}/comments")),
            ("activity", format!("{own}/activity")), ("merge", format!("{own}/merge")), ("decline", format!("{own}/decline")),
            ("statuses", format!("{own}/statuses")),
        ]),
    });
    if whole {
        let asked = pull.reviews.iter().filter(|r| r.asked);
        value["reviewers"] = asked.map(|r| user_short(call, r.user)).collect();
        value["participants"] = pull.reviews.iter().map(|r| participant(call, r)).collect();
        value["rendered"] = json!({ "title": rich(&pull.title), "description": rich(&pull.description) });
    }
    value
}

/// Writes a comment.
pub(crate) fn note(call: &Call, repo: &Repo, pull: &Pull, note: &Note) -> Value {
    let own = format!("{}/pullrequests/{}/comments/{}", path(repo), pull.id, note.id);
    let mut value = json!({
        "type": "pullrequest_comment", "id": note.id, "content": rich(&note.text), "user": user_short(call, note.author),
        "created_on": time(note.created), "updated_on": time(note.updated), "deleted": note.deleted, "pending": false,
        "pullrequest": { "type": "pullrequest", "id": pull.id, "title": pull.title },
        "links": links(call, &[("self", own), ("html", html(&format!("{WORKSPACE}/{}/pull-requests/{}", repo.slug, pull.id)))]),
    });
    if let Some(parent) = note.parent {
        value["parent"] = json!({ "id": parent });
    }
    if let Some((file, line)) = &note.line {
        value["inline"] = json!({ "from": null, "to": line, "path": file });
    }
    value
}

/// Writes a rule about branches.
pub(crate) fn restriction(call: &Call, repo: &Repo, rule: &Restriction) -> Value {
    json!({
        "type": "branchrestriction", "id": rule.id, "kind": rule.kind, "pattern": rule.pattern,
        "branch_match_kind": if rule.matcher == "MODEL_BRANCH" { "branching_model" } else { "glob" },
        "users": rule.users.iter().map(|u| user_short(call, *u)).collect::<Vec<_>>(),
        "groups": rule.groups.iter().map(|g| group(g)).collect::<Vec<_>>(), "value": rule.value,
        "links": links(call, &[("self", format!("{}/branch-restrictions/{}", path(repo), rule.id))]),
    })
}

/// Writes a group.
pub(crate) fn group(name: &str) -> Value {
    json!({
        "type": "group", "name": name, "slug": name, "full_slug": format!("{WORKSPACE}:{name}"),
        "workspace": { "type": "workspace", "slug": WORKSPACE, "uuid": uuid(1) },
    })
}

/// Writes the right of a user.
pub(crate) fn user_right(call: &Call, kind: &str, user: UserId, level: Level) -> Value {
    json!({ "type": kind, "permission": level.name(), "user": user_short(call, user) })
}

/// Writes the right of a group.
pub(crate) fn group_right(kind: &str, name: &str, level: Level) -> Value {
    json!({ "type": kind, "permission": level.name(), "group": group(name) })
}

/// Writes a webhook.
pub(crate) fn hook(call: &Call, repo: &Repo, hook: &Hook) -> Value {
    let key = uuid(hook.id);
    json!({
        "type": "webhook_subscription", "uuid": key, "description": hook.name, "url": hook.url, "active": hook.active,
        "events": hook.events, "secret_set": hook.secret, "subject_type": "repository", "subject": repo_short(call, repo),
        "created_at": time(hook.created), "skip_cert_verification": false, "read_only": false, "source": null,
        "links": links(call, &[("self", format!("{}/hooks/{}", path(repo), encode_name(&key)))]),
    })
}
