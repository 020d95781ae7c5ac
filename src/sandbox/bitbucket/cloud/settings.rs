//! Default reviewers, rules about branches and permissions on Cloud.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, cloud, cloud_fields};
use crate::sandbox::bitbucket::world::{Level, Restriction, Rights, UserId};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/default-reviewers", Access::User, reviewers),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/effective-default-reviewers", Access::User, effective),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/default-reviewers/{}", Access::User, reviewer),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/default-reviewers/{}", Access::User, add_reviewer),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/default-reviewers/{}", Access::User, remove_reviewer),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/projects/{}/default-reviewers", Access::User, project_reviewers),
    row(On::Cloud, "PUT", "/2.0/workspaces/{}/projects/{}/default-reviewers/{}", Access::User, add_project_reviewer),
    row(
        On::Cloud,
        "DELETE",
        "/2.0/workspaces/{}/projects/{}/default-reviewers/{}",
        Access::User,
        remove_project_reviewer,
    ),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/branch-restrictions", Access::User, rules),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/branch-restrictions", Access::User, add_rule),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/branch-restrictions/{}", Access::User, rule),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/branch-restrictions/{}", Access::User, edit_rule),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/branch-restrictions/{}", Access::User, remove_rule),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/permissions-config/users", Access::User, list_users),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/permissions-config/users/{}", Access::User, user),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/permissions-config/users/{}", Access::User, put_user),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/permissions-config/users/{}", Access::User, drop_user),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/permissions-config/groups", Access::User, list_groups),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}/permissions-config/groups/{}", Access::User, put_group),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}/permissions-config/groups/{}", Access::User, drop_group),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/projects/{}/permissions-config/users", Access::User, list_users),
    row(On::Cloud, "PUT", "/2.0/workspaces/{}/projects/{}/permissions-config/users/{}", Access::User, put_user),
    row(On::Cloud, "DELETE", "/2.0/workspaces/{}/projects/{}/permissions-config/users/{}", Access::User, drop_user),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/projects/{}/permissions-config/groups", Access::User, list_groups),
    row(On::Cloud, "PUT", "/2.0/workspaces/{}/projects/{}/permissions-config/groups/{}", Access::User, put_group),
    row(On::Cloud, "DELETE", "/2.0/workspaces/{}/projects/{}/permissions-config/groups/{}", Access::User, drop_group),
];

fn find_user(call: &Call, text: &str) -> Result<UserId, Refusal> {
    call.world.user(text).ok_or_else(|| call.trouble(Trouble::NoUser(text.to_owned())))
}

fn listed(call: &Call, users: &[UserId]) -> Outcome {
    let all: Vec<Value> = users.iter().map(|u| shapes::user(call, *u)).collect();
    page(call, &all)
}

fn reviewers(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Read)?;
    listed(call, &call.world.repos[n].reviewers)
}

fn effective(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let of_project = call.world.project(&repo.project).map(|p| p.reviewers.clone()).unwrap_or_default();
    let own = repo.reviewers.iter().map(|u| (*u, "repository"));
    let other = of_project.iter().filter(|u| !repo.reviewers.contains(u)).map(|u| (*u, "project"));
    let all: Vec<Value> = own
        .chain(other)
        .map(|(u, kind)| json!({ "type": "default_reviewer", "reviewer_type": kind, "user": shapes::user(call, u) }))
        .collect();
    page(call, &all)
}

fn reviewer(call: &mut Call) -> Outcome {
    let id = find_user(call, call.arg(2))?;
    match call.repo()?.reviewers.contains(&id) {
        true => Call::ok(&shapes::user(call, id)),
        false => Err(call.trouble(Trouble::NoUser(call.arg(2).to_owned()))),
    }
}

fn add_reviewer(call: &mut Call) -> Outcome {
    let id = find_user(call, call.arg(2))?;
    let repo = call.repo_mut(Level::Admin)?;
    if !repo.reviewers.contains(&id) {
        repo.reviewers.push(id);
    }
    Call::ok(&shapes::user(call, id))
}

fn remove_reviewer(call: &mut Call) -> Outcome {
    let id = find_user(call, call.arg(2))?;
    call.repo_mut(Level::Admin)?.reviewers.retain(|u| *u != id);
    Call::done()
}

fn project_reviewers(call: &mut Call) -> Outcome {
    let n = super::users::find(call, Level::Read)?;
    let all: Vec<Value> = call.world.projects[n]
        .reviewers
        .iter()
        .map(|u| json!({ "type": "default_reviewer", "reviewer_type": "project", "user": shapes::user(call, *u) }))
        .collect();
    page(call, &all)
}

fn add_project_reviewer(call: &mut Call) -> Outcome {
    let (n, id) = (super::users::find(call, Level::Admin)?, find_user(call, call.arg(2))?);
    if !call.world.projects[n].reviewers.contains(&id) {
        call.world.projects[n].reviewers.push(id);
    }
    Call::ok(&json!({ "type": "default_reviewer", "reviewer_type": "project", "user": shapes::user(call, id) }))
}

fn remove_project_reviewer(call: &mut Call) -> Outcome {
    let (n, id) = (super::users::find(call, Level::Admin)?, find_user(call, call.arg(2))?);
    call.world.projects[n].reviewers.retain(|u| *u != id);
    Call::done()
}

fn rules(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let repo = &call.world.repos[n];
    let (kind, pattern) = (call.request.param("kind"), call.request.param("pattern"));
    let fits = |r: &&Restriction| kind.is_none_or(|k| r.kind == k) && pattern.is_none_or(|p| r.pattern == p);
    let all: Vec<Value> = repo.restrictions.iter().filter(fits).map(|r| shapes::restriction(call, repo, r)).collect();
    page(call, &all)
}

/// Kinds of rules.
const KINDS: [&str; 12] = [
    "push",
    "delete",
    "force",
    "restrict_merges",
    "require_tasks_to_be_completed",
    "require_approvals_to_merge",
    "require_default_reviewer_approvals_to_merge",
    "require_no_changes_requested",
    "require_passing_builds_to_merge",
    "require_commits_behind",
    "reset_pullrequest_approvals_on_change",
    "enforce_merge_checks",
];

fn read_rule(call: &Call, id: u64, body: &Value) -> Result<Restriction, Refusal> {
    let kind = body["kind"].as_str().unwrap_or_default();
    if !KINDS.contains(&kind) {
        return Err(cloud_fields("Bad request", "kind", &format!("'{kind}' is not a valid choice.")));
    }
    let model = body["branch_match_kind"].as_str() == Some("branching_model");
    let pattern = body["pattern"].as_str().or(body["branch_type"].as_str()).unwrap_or_default();
    if pattern.is_empty() {
        return Err(cloud_fields("Bad request", "pattern", "This field is required."));
    }
    let text =
        |value: &Value, keys: &[&str]| keys.iter().find_map(|k| value[*k].as_str()).unwrap_or_default().to_owned();
    let items = |name: &str| body[name].as_array().cloned().unwrap_or_default();
    let users = items("users")
        .iter()
        .map(|u| find_user(call, &text(u, &["uuid", "account_id", "username"])))
        .collect::<Result<_, _>>()?;
    Ok(Restriction {
        id,
        kind: kind.to_owned(),
        matcher: if model { "MODEL_BRANCH" } else { "BRANCH" }.into(),
        pattern: pattern.to_owned(),
        users,
        groups: items("groups").iter().map(|g| text(g, &["slug", "name"])).collect(),
        value: body["value"].clone(),
    })
}

fn add_rule(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let body = call.body()?;
    let id = call.world.next_id();
    let rule = read_rule(call, id, &body)?;
    let same = |r: &Restriction| r.kind == rule.kind && r.pattern == rule.pattern;
    if call.world.repos[n].restrictions.iter().any(same) {
        return Err(cloud(409, "A branch restriction of this kind exists for this pattern already."));
    }
    call.world.repos[n].restrictions.push(rule.clone());
    Ok(Reply::json(201, &shapes::restriction(call, &call.world.repos[n], &rule)))
}

fn find_rule(call: &Call) -> Result<(usize, usize), Refusal> {
    let n = call.repo_with(Level::Admin)?;
    let at = call.world.repos[n].restrictions.iter().position(|r| r.id == call.id(2));
    let none = || call.trouble(Trouble::NoThing(format!("Branch restriction {} not found", call.arg(2))));
    Ok((n, at.ok_or_else(none)?))
}

fn rule(call: &mut Call) -> Outcome {
    let (n, at) = find_rule(call)?;
    let repo = &call.world.repos[n];
    Call::ok(&shapes::restriction(call, repo, &repo.restrictions[at]))
}

fn edit_rule(call: &mut Call) -> Outcome {
    let (n, at) = find_rule(call)?;
    let mut body = call.body()?;
    let old = shapes::restriction(call, &call.world.repos[n], &call.world.repos[n].restrictions[at]);
    for name in ["kind", "pattern", "branch_match_kind", "users", "groups", "value"] {
        if body[name].is_null() {
            body[name] = old[name].clone();
        }
    }
    let id = call.world.repos[n].restrictions[at].id;
    call.world.repos[n].restrictions[at] = read_rule(call, id, &body)?;
    rule(call)
}

fn remove_rule(call: &mut Call) -> Outcome {
    let (n, at) = find_rule(call)?;
    call.world.repos[n].restrictions.remove(at);
    Call::done()
}

/// The name of a right of a user, or of a group, in a repository or a project.
fn kind(call: &Call, group: bool) -> &'static str {
    match (call.request.path.contains("/projects/"), group) {
        (false, false) => "repository_user_permission",
        (false, true) => "repository_group_permission",
        (true, false) => "project_user_permission",
        (true, true) => "project_group_permission",
    }
}

/// Returns the rights of the repository or the project that the path names.
fn rights<'a>(call: &'a mut Call) -> Result<&'a mut Rights, Refusal> {
    if call.request.path.contains("/projects/") {
        let n = super::users::find(call, Level::Admin)?;
        return Ok(&mut call.world.projects[n].rights);
    }
    Ok(&mut call.repo_mut(Level::Admin)?.rights)
}

fn list_users(call: &mut Call) -> Outcome {
    let rights = rights(call)?.users.clone();
    let kind = kind(call, false);
    let all: Vec<Value> = rights.into_iter().map(|(u, level)| shapes::user_right(call, kind, u, level)).collect();
    page(call, &all)
}

fn user(call: &mut Call) -> Outcome {
    let id = find_user(call, call.arg(2))?;
    let level = rights(call)?.users.get(&id).copied();
    let none = || call.trouble(Trouble::NoThing("User permission not found".into()));
    Call::ok(&shapes::user_right(call, kind(call, false), id, level.ok_or_else(none)?))
}

fn level(call: &Call) -> Result<Level, Refusal> {
    let body = call.body()?;
    let text = body["permission"].as_str().unwrap_or_default();
    Level::named(text)
        .ok_or_else(|| cloud_fields("Bad request", "permission", &format!("'{text}' is not a valid choice.")))
}

fn put_user(call: &mut Call) -> Outcome {
    let (id, level) = (find_user(call, call.arg(2))?, level(call)?);
    rights(call)?.users.insert(id, level);
    Call::ok(&shapes::user_right(call, kind(call, false), id, level))
}

fn drop_user(call: &mut Call) -> Outcome {
    let id = find_user(call, call.arg(2))?;
    match rights(call)?.users.remove(&id) {
        Some(_) => Call::done(),
        None => Err(call.trouble(Trouble::NoThing("User permission not found".into()))),
    }
}

fn list_groups(call: &mut Call) -> Outcome {
    let rights = rights(call)?.groups.clone();
    let kind = kind(call, true);
    let all: Vec<Value> = rights.iter().map(|(g, level)| shapes::group_right(kind, g, *level)).collect();
    page(call, &all)
}

fn group(call: &Call) -> Result<String, Refusal> {
    let found = call.world.groups.iter().find(|g| *g == call.arg(2)).cloned();
    found.ok_or_else(|| call.trouble(Trouble::NoThing(format!("Group {} not found", call.arg(2)))))
}

fn put_group(call: &mut Call) -> Outcome {
    let (name, level) = (group(call)?, level(call)?);
    rights(call)?.groups.insert(name.clone(), level);
    Call::ok(&shapes::group_right(kind(call, true), &name, level))
}

fn drop_group(call: &mut Call) -> Outcome {
    let name = group(call)?;
    match rights(call)?.groups.remove(&name) {
        Some(_) => Call::done(),
        None => Err(call.trouble(Trouble::NoThing("Group permission not found".into()))),
    }
}
