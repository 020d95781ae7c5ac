//! Projects and repositories of Data Center.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc, not_permitted};
use crate::sandbox::bitbucket::repos::{self, NewRepo};
use crate::sandbox::bitbucket::world::{Level, Project, Repo, Rights, now};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects", Access::Anyone, list),
    row(On::Dc, "POST", "/rest/api/{v}/projects", Access::User, create),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}", Access::Anyone, get),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}", Access::User, edit),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}", Access::User, delete),
    row(On::Dc, "GET", "/rest/api/{v}/repos", Access::Anyone, every_repo),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos", Access::Anyone, list_repos),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos", Access::User, create_repo),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}", Access::Anyone, get_repo),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}", Access::User, edit_repo),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/repos/{}", Access::User, fork),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}", Access::User, delete_repo),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/forks", Access::Anyone, forks),
];

fn list(call: &mut Call) -> Outcome {
    let name = call.request.param("name").unwrap_or_default().to_lowercase();
    let fits = |p: &&Project| p.name.to_lowercase().contains(&name) && call.project_with(&p.key, Level::Read).is_ok();
    let all: Vec<Value> = call.world.projects.iter().filter(fits).map(|p| shapes::project(call, p)).collect();
    page(call, &all)
}

/// Making a project is a global permission, which no token has.
fn create(call: &mut Call) -> Outcome {
    if !call.world.is_admin(call.caller.user) || call.caller.how == How::Token {
        return Err(not_permitted());
    }
    let body = call.body()?;
    let key = body["key"].as_str().unwrap_or_default().to_uppercase();
    let name = body["name"].as_str().unwrap_or(&key).to_owned();
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(dc(400, json!("key"), "The project key must consist of letters, numbers and underscores.", ""));
    }
    if call.world.project(&key).is_some() {
        return Err(call.trouble(Trouble::Exists("key", "This project key is already in use.".into())));
    }
    let me = call.me();
    let project = Project {
        id: call.world.next_id(),
        key,
        name,
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        public: body["public"].as_bool().unwrap_or(false),
        rights: Rights { users: BTreeMap::from([(me, Level::Admin)]), groups: BTreeMap::new() },
        created: now(),
        reviewers: Vec::new(),
        conditions: Vec::new(),
        restrictions: Vec::new(),
    };
    let value = shapes::project(call, &project);
    call.world.projects.push(project);
    Ok(Reply::json(201, &value))
}

fn get(call: &mut Call) -> Outcome {
    let n = call.project_with(call.arg(0), Level::Read)?;
    Call::ok(&shapes::project(call, &call.world.projects[n]))
}

fn edit(call: &mut Call) -> Outcome {
    let n = call.project_with(call.arg(0), Level::Admin)?;
    let body = call.body()?;
    let project = &mut call.world.projects[n];
    for (member, slot) in [("name", &mut project.name), ("description", &mut project.description)] {
        if let Some(text) = body[member].as_str() {
            text.clone_into(slot);
        }
    }
    project.public = body["public"].as_bool().unwrap_or(project.public);
    Call::ok(&shapes::project(call, &call.world.projects[n]))
}

fn delete(call: &mut Call) -> Outcome {
    let n = call.project_with(call.arg(0), Level::Admin)?;
    let key = call.world.projects[n].key.clone();
    if call.world.repos.iter().any(|r| r.project == key) {
        let text = format!("The project {key} cannot be deleted because it has repositories.");
        return Err(dc(409, Value::Null, &text, "IntegrityException"));
    }
    call.world.projects.remove(n);
    Call::done()
}

fn visible(call: &Call, fits: impl Fn(&Repo) -> bool) -> Vec<Value> {
    let seen = call.world.repos.iter().filter(|r| call.level(r).is_some() && fits(r));
    seen.map(|r| shapes::repo(call, r)).collect()
}

fn every_repo(call: &mut Call) -> Outcome {
    let text = |name: &str| call.request.param(name).unwrap_or_default().to_lowercase();
    let (name, project) = (text("name"), text("projectname"));
    let wanted = call.request.param("permission").and_then(Level::named);
    let in_project =
        |r: &Repo| call.world.project(&r.project).is_some_and(|p| p.name.to_lowercase().contains(&project));
    let archived = call.request.param("archived").unwrap_or("ACTIVE");
    let all = visible(call, |r| {
        r.name.to_lowercase().contains(&name)
            && in_project(r)
            && call.level(r) >= wanted
            && (archived == "ALL" || r.archived == (archived == "ARCHIVED"))
    });
    page(call, &all)
}

fn list_repos(call: &mut Call) -> Outcome {
    let n = call.project_with(call.arg(0), Level::Read)?;
    let key = call.world.projects[n].key.clone();
    page(call, &visible(call, |r| r.project == key))
}

fn create_repo(call: &mut Call) -> Outcome {
    let n = call.project_with(call.arg(0), Level::Admin)?;
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().to_owned();
    let new = NewRepo {
        project: call.world.projects[n].key.clone(),
        slug: repos::slug(body["slug"].as_str().unwrap_or(&name)),
        name,
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        public: body["public"].as_bool().unwrap_or(false),
        default_branch: body["defaultBranch"].as_str().unwrap_or("main").trim_start_matches("refs/heads/").to_owned(),
    };
    let n = repos::create(call, new).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shapes::repo(call, &call.world.repos[n])))
}

fn get_repo(call: &mut Call) -> Outcome {
    Call::ok(&shapes::repo(call, call.repo()?))
}

/// Returns the key of the project that a body names, if the caller may put something into it.
fn target(call: &Call, body: &Value) -> Result<Option<String>, Refusal> {
    let Some(key) = body["project"]["key"].as_str() else { return Ok(None) };
    let n = call.project_with(key, Level::Admin)?;
    Ok(Some(call.world.projects[n].key.clone()))
}

fn edit_repo(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let body = call.body()?;
    let moved = target(call, &body)?;
    let repo = &mut call.world.repos[n];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut repo.name);
        repo.slug = repos::slug(name);
    }
    if let Some(text) = body["description"].as_str() {
        text.clone_into(&mut repo.description);
    }
    repo.public = body["public"].as_bool().unwrap_or(repo.public);
    repo.archived = body["archived"].as_bool().unwrap_or(repo.archived);
    repo.project = moved.unwrap_or_else(|| repo.project.clone());
    Ok(Reply::json(201, &shapes::repo(call, &call.world.repos[n])))
}

fn fork(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Read)?;
    let body = call.body_or_nothing()?;
    let project = target(call, &body)?.unwrap_or_else(|| call.world.repos[n].project.clone());
    let name = body["name"].as_str().unwrap_or(&call.world.repos[n].name).to_owned();
    let made = repos::fork(call, n, &project, &name).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shapes::repo(call, &call.world.repos[made])))
}

/// Deletes it later: the answer says that it was taken on.
fn delete_repo(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    call.world.repos.remove(n);
    Ok(Reply::json(
        202,
        &json!({ "context": null, "message": "Repository scheduled for deletion.", "exceptionName": null }),
    ))
}

fn forks(call: &mut Call) -> Outcome {
    let id = call.repo()?.id;
    page(call, &visible(call, |r| r.origin == Some(id)))
}
