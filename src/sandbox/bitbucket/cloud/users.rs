//! Users, workspaces, projects and their permissions on Cloud.

use super::{page, shapes, workspace};
use crate::sandbox::atlassian::gate::{Gate, Minted};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{self, Access, cloud_fields};
use crate::sandbox::bitbucket::sign_in::is_consumer;
use crate::sandbox::bitbucket::world::{Level, Project, Rights, WORKSPACE, now};
use crate::sandbox::http::{Reply, Request};
use crate::sandbox::people;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/user", Access::User, me),
    row(On::Cloud, "GET", "/2.0/user/emails", Access::User, emails),
    row(On::Cloud, "GET", "/2.0/user/permissions/workspaces", Access::User, my_workspaces),
    row(On::Cloud, "GET", "/2.0/user/workspaces", Access::User, my_workspaces),
    row(On::Cloud, "GET", "/2.0/user/permissions/repositories", Access::User, my_repositories),
    row(On::Cloud, "GET", "/2.0/users/{}", Access::User, user),
    row(On::Cloud, "GET", "/2.0/workspaces", Access::User, workspaces),
    row(On::Cloud, "GET", "/2.0/workspaces/{}", Access::User, one_workspace),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/members", Access::User, members),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/members/{}", Access::User, member),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/permissions", Access::User, permissions),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/permissions/repositories", Access::User, repository_permissions),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/permissions/repositories/{}", Access::User, one_repository_permissions),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/projects", Access::User, projects),
    row(On::Cloud, "POST", "/2.0/workspaces/{}/projects", Access::User, create_project),
    row(On::Cloud, "GET", "/2.0/workspaces/{}/projects/{}", Access::User, project),
    row(On::Cloud, "PUT", "/2.0/workspaces/{}/projects/{}", Access::User, edit_project),
    row(On::Cloud, "DELETE", "/2.0/workspaces/{}/projects/{}", Access::User, delete_project),
];

/// Gives the consumer a token: long, and good for the workspace's rights of an administrator.
pub(crate) fn access_token(gate: &mut Gate, request: &Request) -> Reply {
    if !is_consumer(request) {
        let body = json!({ "error": "unauthorized_client", "error_description": "Invalid client credentials" });
        return Reply::json(401, &body);
    }
    let token = format!("eyJhbGciOiJIUzI1NiJ9.{}.{}", "c2FuZGJveA".repeat(110), gate.unique());
    let rights = vec!["repository:write".to_owned(), "pullrequest:write".to_owned()];
    gate.minted.insert(token.clone(), Minted { owner: people::named("mira").unwrap_or(0), rights });
    Reply::json(
        200,
        &json!({
            "access_token": token, "scopes": "repository:write pullrequest:write", "token_type": "bearer",
            "expires_in": 7200, "state": "client_credentials", "refresh_token": gate.unique(),
        }),
    )
}

fn me(call: &mut Call) -> Outcome {
    Call::ok(&shapes::user(call, call.me()))
}

fn emails(call: &mut Call) -> Outcome {
    let email = &call.world.users[call.me()].email;
    page(call, &[json!({ "type": "email", "email": email, "is_primary": true, "is_confirmed": true })])
}

fn role(call: &Call, user: usize) -> &'static str {
    if call.world.is_admin(Some(user)) { "owner" } else { "member" }
}

fn my_workspaces(call: &mut Call) -> Outcome {
    let me = call.me();
    let one = json!({
        "type": "workspace_membership", "permission": role(call, me), "user": shapes::user(call, me),
        "workspace": shapes::workspace(call), "administrator": call.world.is_admin(Some(me)),
    });
    page(call, &[one])
}

fn my_repositories(call: &mut Call) -> Outcome {
    let me = call.me();
    let all: Vec<Value> = call
        .world
        .repos
        .iter()
        .filter_map(|r| Some((r, call.level(r)?)))
        .map(|(r, level)| {
            json!({
                "type": "repository_permission", "permission": level.name(), "user": shapes::user(call, me),
                "repository": shapes::repo_short(call, r),
            })
        })
        .collect();
    page(call, &all)
}

fn user(call: &mut Call) -> Outcome {
    let found = call.world.user(call.arg(0)).ok_or_else(|| call.trouble(Trouble::NoUser(call.arg(0).into())))?;
    Call::ok(&shapes::user(call, found))
}

fn workspaces(call: &mut Call) -> Outcome {
    page(call, &[shapes::workspace(call)])
}

fn one_workspace(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    Call::ok(&shapes::workspace(call))
}

fn members(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    let inside = (0..call.world.users.len()).filter(|n| call.world.users[*n].active && !call.world.users[*n].outsider);
    let all: Vec<Value> = inside
        .map(|n| json!({ "type": "workspace_membership", "user": shapes::user(call, n), "workspace": shapes::workspace(call) }))
        .collect();
    page(call, &all)
}

fn member(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    let found = call.world.user(call.arg(1)).filter(|n| !call.world.users[*n].outsider);
    let found = found.ok_or_else(|| call.trouble(Trouble::NoUser(call.arg(1).into())))?;
    Call::ok(
        &json!({ "type": "workspace_membership", "user": shapes::user(call, found), "workspace": shapes::workspace(call) }),
    )
}

fn permissions(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    let all: Vec<Value> = (0..call.world.users.len())
        .filter(|n| call.world.users[*n].active)
        .map(|n| {
            let permission = if call.world.users[n].outsider { "collaborator" } else { role(call, n) };
            json!({
                "type": "workspace_membership", "permission": permission, "user": shapes::user(call, n),
                "workspace": shapes::workspace(call),
            })
        })
        .collect();
    page(call, &all)
}

fn of_repositories(call: &Call, slug: Option<&str>) -> Vec<Value> {
    let wanted = |slug_here: &str| slug.is_none_or(|s| s == slug_here);
    let mut all = Vec::new();
    for repo in call.world.repos.iter().filter(|r| wanted(&r.slug)) {
        for user in 0..call.world.users.len() {
            let level = call.world.level(Some(user), repo).filter(|_| call.world.users[user].active);
            if let Some(level) = level {
                all.push(json!({
                    "type": "repository_permission", "permission": level.name(), "user": shapes::user(call, user),
                    "repository": shapes::repo_short(call, repo),
                }));
            }
        }
    }
    all
}

fn repository_permissions(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    if !call.world.is_admin(call.caller.user) {
        return Err(call.trouble(Trouble::Forbidden));
    }
    page(call, &of_repositories(call, None))
}

fn one_repository_permissions(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    call.repo_with(Level::Admin)?;
    page(call, &of_repositories(call, Some(call.arg(1))))
}

fn projects(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    let seen = call.world.projects.iter().filter(|p| call.project_with(&p.key, Level::Read).is_ok());
    let all: Vec<Value> = seen.map(|p| shapes::project(call, p)).collect();
    page(call, &all)
}

/// Finds the project that the path names.
pub(crate) fn find(call: &Call, wanted: Level) -> Result<usize, guard::Refusal> {
    workspace(call, 0)?;
    call.project_with(call.arg(1), wanted)
}

fn project(call: &mut Call) -> Outcome {
    let n = find(call, Level::Read)?;
    Call::ok(&shapes::project(call, &call.world.projects[n]))
}

fn create_project(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    if !call.world.is_admin(call.caller.user) {
        return Err(call.trouble(Trouble::Forbidden));
    }
    let body = call.body()?;
    let (key, name) = (body["key"].as_str().unwrap_or_default(), body["name"].as_str().unwrap_or_default());
    if key.is_empty() || name.is_empty() {
        return Err(cloud_fields(
            "Bad request",
            if key.is_empty() { "key" } else { "name" },
            "This field is required.",
        ));
    }
    if call.world.project(key).is_some() {
        return Err(cloud_fields("Bad request", "key", "Project with this key already exists."));
    }
    let project = Project {
        id: call.world.next_id(),
        key: key.to_uppercase(),
        name: name.to_owned(),
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        public: body["is_private"] == json!(false),
        rights: Rights::default(),
        created: now(),
        reviewers: Vec::new(),
        conditions: Vec::new(),
        restrictions: Vec::new(),
    };
    let value = shapes::project(call, &project);
    call.world.projects.push(project);
    Ok(Reply::json(201, &value))
}

fn edit_project(call: &mut Call) -> Outcome {
    let n = find(call, Level::Admin)?;
    let body = call.body()?;
    let project = &mut call.world.projects[n];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut project.name);
    }
    if let Some(text) = body["description"].as_str() {
        text.clone_into(&mut project.description);
    }
    Call::ok(&shapes::project(call, &call.world.projects[n]))
}

fn delete_project(call: &mut Call) -> Outcome {
    let n = find(call, Level::Admin)?;
    let key = &call.world.projects[n].key;
    if call.world.repos.iter().any(|r| r.project == *key) {
        return Err(guard::cloud(
            400,
            &format!("Project {key} has repositories and cannot be deleted in {WORKSPACE}."),
        ));
    }
    call.world.projects.remove(n);
    Call::done()
}
