//! Things as JSON, the way Data Center writes them.

use crate::sandbox::bitbucket::call::Call;
use crate::sandbox::bitbucket::world::{
    Commit, Condition, Event, Hook, Level, Note, Opinion, Project, Pull, Repo, Restriction, Review, State, Token,
    UserId,
};
use serde_json::{Value, json};

fn own(call: &Call, path: &str) -> Value {
    json!({ "self": [{ "href": format!("{}{path}", call.face.base) }] })
}

/// Writes a user.
pub(crate) fn user(call: &Call, id: UserId) -> Value {
    let user = &call.world.users[id];
    json!({
        "name": user.name, "emailAddress": user.email, "active": user.active, "displayName": user.display, "id": id + 1,
        "slug": user.name, "type": if user.app { "SERVICE" } else { "NORMAL" },
        "links": own(call, &format!("/users/{}", user.name)),
    })
}

/// Writes a project.
pub(crate) fn project(call: &Call, project: &Project) -> Value {
    json!({
        "key": project.key, "id": project.id, "name": project.name, "description": project.description,
        "public": project.public, "type": "NORMAL", "links": own(call, &format!("/projects/{}", project.key)),
    })
}

/// Writes a repository.
pub(crate) fn repo(call: &Call, repo: &Repo) -> Value {
    let host = call.face.base.trim_start_matches("http://").split([':', '/']).next().unwrap_or_default();
    let key = repo.project.to_lowercase();
    let within = call.world.project(&repo.project).map_or(Value::Null, |p| project(call, p));
    let mut links = own(call, &format!("/projects/{}/repos/{}/browse", repo.project, repo.slug));
    links["clone"] = json!([
        { "href": format!("{}/scm/{key}/{}.git", call.face.base, repo.slug), "name": "http" },
        { "href": format!("ssh://git@{host}:7999/{key}/{}.git", repo.slug), "name": "ssh" },
    ]);
    let mut value = json!({
        "slug": repo.slug, "id": repo.id, "name": repo.name, "description": repo.description,
        "hierarchyId": format!("{:020x}", repo.id), "scmId": "git", "state": "AVAILABLE", "statusMessage": "Available",
        "forkable": true, "project": within, "public": repo.public, "archived": repo.archived, "links": links,
    });
    if let Some(origin) = repo.origin.and_then(|id| call.world.repos.iter().find(|r| r.id == id)) {
        value["origin"] = self::repo(call, origin);
    }
    value
}

/// Shortens a hash as the pages do.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..11).unwrap_or(hash)
}

/// Writes who made a commit.
fn signature(call: &Call, id: UserId) -> Value {
    let mut value = user(call, id);
    if let Value::Object(value) = &mut value {
        value.shift_remove("links");
    }
    value
}

/// Writes a commit.
pub(crate) fn commit(call: &Call, commit: &Commit) -> Value {
    json!({
        "id": commit.hash, "displayId": short(&commit.hash), "author": signature(call, commit.author),
        "authorTimestamp": commit.when, "committer": signature(call, commit.author), "committerTimestamp": commit.when,
        "message": commit.message,
        "parents": commit.parents.iter().map(|p| json!({ "id": p, "displayId": short(p) })).collect::<Vec<_>>(),
    })
}

/// Writes a branch or a tag.
pub(crate) fn reference(repo: &Repo, tag: bool, name: &str, hash: &str) -> Value {
    let (kind, place) = if tag { ("TAG", "tags") } else { ("BRANCH", "heads") };
    let mut value = json!({
        "id": format!("refs/{place}/{name}"), "displayId": name, "type": kind, "latestCommit": hash, "latestChangeset": hash,
    });
    if tag {
        value["hash"] = json!(hash);
    } else {
        value["isDefault"] = json!(name == repo.default_branch);
    }
    value
}

/// Writes what is known about a branch besides its tip: how far it is from the default one, its last commit, its pull
/// request.
pub(crate) fn branch_details(call: &Call, repo: &Repo, name: &str, hash: &str) -> Value {
    let base = repo.branches.get(&repo.default_branch).cloned().unwrap_or_default();
    let mut value = reference(repo, false, name, hash);
    let mut metadata = json!({});
    if name != repo.default_branch {
        metadata["com.atlassian.bitbucket.server.bitbucket-branch:ahead-behind-metadata-provider"] =
            json!({ "ahead": repo.ahead(hash, &base).len(), "behind": repo.ahead(&base, hash).len() });
    }
    metadata["com.atlassian.bitbucket.server.bitbucket-branch:latest-commit-metadata"] =
        repo.commits.get(hash).map_or(Value::Null, |c| commit(call, c));
    let of_branch: Vec<&Pull> = repo.pulls.iter().filter(|p| p.source == name).collect();
    let open = of_branch.iter().filter(|p| p.state == State::Open).count();
    if let [only] = of_branch.as_slice() {
        metadata["com.atlassian.bitbucket.server.bitbucket-ref-metadata:outgoing-pull-request-metadata"] =
            json!({ "pullRequest": pull(call, repo, only) });
    } else if !of_branch.is_empty() {
        let merged = of_branch.iter().filter(|p| p.state == State::Merged).count();
        metadata["com.atlassian.bitbucket.server.bitbucket-ref-metadata:outgoing-pull-request-metadata"] =
            json!({ "open": open, "merged": merged, "declined": of_branch.len() - open - merged });
    }
    value["metadata"] = metadata;
    value
}

/// Writes somebody's part in a pull request.
pub(crate) fn participant(call: &Call, user_id: UserId, role: &str, opinion: Opinion) -> Value {
    let status = match opinion {
        Opinion::None => "UNAPPROVED",
        Opinion::Approved => "APPROVED",
        Opinion::NeedsWork => "NEEDS_WORK",
    };
    json!({ "user": user(call, user_id), "role": role, "approved": opinion == Opinion::Approved, "status": status })
}

/// Writes one of the reviews.
pub(crate) fn review(call: &Call, review: &Review) -> Value {
    participant(call, review.user, if review.asked { "REVIEWER" } else { "PARTICIPANT" }, review.opinion)
}

/// Writes a pull request.
pub(crate) fn pull(call: &Call, here: &Repo, pull: &Pull) -> Value {
    let (source, target) = pull.tips(here);
    let end = |branch: &str, hash: &str| {
        json!({
            "id": format!("refs/heads/{branch}"), "displayId": branch, "latestCommit": hash, "type": "BRANCH",
            "repository": repo(call, here),
        })
    };
    let notes = pull.notes.iter().filter(|n| !n.deleted).count();
    let tasks = |resolved: bool| pull.notes.iter().filter(|n| n.task && !n.deleted && n.resolved == resolved).count();
    let mut value = json!({
        "id": pull.id, "version": pull.version, "title": pull.title, "description": pull.description,
        "state": pull.state.name(), "open": pull.state == State::Open, "closed": pull.state != State::Open, "draft": false,
        "createdDate": pull.created, "updatedDate": pull.updated, "fromRef": end(&pull.source, &source),
        "toRef": end(&pull.target, &target), "locked": false,
        "author": participant(call, pull.author, "AUTHOR", Opinion::None),
        "reviewers": pull.reviews.iter().filter(|r| r.asked).map(|r| review(call, r)).collect::<Vec<_>>(),
        "participants": pull.reviews.iter().filter(|r| !r.asked).map(|r| review(call, r)).collect::<Vec<_>>(),
        "properties": { "commentCount": notes, "openTaskCount": tasks(false), "resolvedTaskCount": tasks(true) },
        "links": own(call, &format!("/projects/{}/repos/{}/pull-requests/{}", here.project, here.slug, pull.id)),
    });
    if pull.state != State::Open {
        value["closedDate"] = json!(pull.updated);
    }
    if let Some(hash) = &pull.merge_commit {
        value["properties"]["mergeCommit"] = json!({ "id": hash, "displayId": short(hash) });
    }
    value
}

/// Writes a comment with the answers to it.
pub(crate) fn note(call: &Call, pull: &Pull, note: &Note) -> Value {
    let answers = pull.notes.iter().filter(|n| n.parent == Some(note.id) && !n.deleted);
    let mut value = json!({
        "properties": { "repositoryId": 1 }, "id": note.id, "version": note.version, "text": note.text,
        "author": user(call, note.author), "createdDate": note.created, "updatedDate": note.updated,
        "comments": answers.map(|n| self::note(call, pull, n)).collect::<Vec<_>>(),
        "severity": if note.task { "BLOCKER" } else { "NORMAL" }, "state": if note.resolved { "RESOLVED" } else { "OPEN" },
        "permittedOperations": { "editable": true, "deletable": true },
    });
    if let Some((path, line)) = &note.line {
        value["anchor"] =
            json!({ "line": line, "lineType": "ADDED", "fileType": "TO", "path": path, "diffType": "EFFECTIVE" });
    }
    value
}

/// Writes something that happened to a pull request.
pub(crate) fn event(call: &Call, pull: &Pull, event: &Event) -> Value {
    let mut value = json!({
        "id": event.id, "createdDate": event.when, "user": user(call, event.user), "action": event.action,
    });
    if let Some(said) = event.note.and_then(|id| pull.notes.iter().find(|n| n.id == id)) {
        value["commentAction"] = json!("ADDED");
        value["comment"] = note(call, pull, said);
    }
    value
}

/// Writes a rule about branches.
pub(crate) fn restriction(call: &Call, rule: &Restriction) -> Value {
    let id = if rule.matcher == "BRANCH" { format!("refs/heads/{}", rule.pattern) } else { rule.pattern.clone() };
    let name = match rule.matcher.as_str() {
        "BRANCH" => "Branch",
        "PATTERN" => "Pattern",
        _ => "Branching model branch",
    };
    json!({
        "id": rule.id, "scope": { "type": "REPOSITORY", "resourceId": 1 }, "type": rule.kind,
        "matcher": { "id": id, "displayId": rule.pattern, "type": { "id": rule.matcher, "name": name }, "active": true },
        "users": rule.users.iter().map(|u| user(call, *u)).collect::<Vec<_>>(), "groups": rule.groups, "accessKeys": [],
    })
}

/// Writes who looks at pull requests.
pub(crate) fn condition(call: &Call, condition: &Condition, scope: &str, id: u64) -> Value {
    json!({
        "id": condition.id, "scope": { "type": scope, "resourceId": id }, "sourceRefMatcher": condition.source,
        "targetRefMatcher": condition.target, "requiredApprovals": condition.required,
        "reviewers": condition.reviewers.iter().map(|u| user(call, *u)).collect::<Vec<_>>(),
    })
}

/// Writes a webhook.
pub(crate) fn hook(hook: &Hook) -> Value {
    json!({
        "id": hook.id, "name": hook.name, "createdDate": hook.created, "updatedDate": hook.updated, "events": hook.events,
        "configuration": if hook.secret { json!({ "secret": "" }) } else { json!({}) }, "url": hook.url,
        "active": hook.active, "scopeType": "repository", "sslVerificationRequired": true,
    })
}

/// Writes the right of a user.
pub(crate) fn user_right(call: &Call, prefix: &str, id: UserId, level: Level) -> Value {
    json!({ "user": user(call, id), "permission": format!("{prefix}_{}", level.name().to_uppercase()) })
}

/// Writes the right of a group.
pub(crate) fn group_right(prefix: &str, name: &str, level: Level) -> Value {
    json!({ "group": { "name": name }, "permission": format!("{prefix}_{}", level.name().to_uppercase()) })
}

/// Writes a token; its secret only when it is new.
pub(crate) fn token(call: &Call, token: &Token, fresh: bool) -> Value {
    let mut value = json!({
        "id": token.id, "name": token.name, "createdDate": token.created, "permissions": token.rights,
        "user": user(call, token.owner),
    });
    if let Some(expires) = token.expires {
        value["expiryDate"] = json!(expires);
    }
    if fresh {
        value["token"] = json!(token.secret);
    }
    value
}
