//! Repositories on Cloud.

use super::{page, shapes, workspace};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, cloud_fields};
use crate::sandbox::bitbucket::repos::{self, NewRepo};
use crate::sandbox::bitbucket::world::Level;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/2.0/repositories", Access::Anyone, everywhere),
    row(On::Cloud, "GET", "/2.0/repositories/{}", Access::Anyone, list),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}", Access::Anyone, get),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}", Access::User, create),
    row(On::Cloud, "PUT", "/2.0/repositories/{}/{}", Access::User, edit),
    row(On::Cloud, "DELETE", "/2.0/repositories/{}/{}", Access::User, delete),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/forks", Access::Anyone, forks),
    row(On::Cloud, "POST", "/2.0/repositories/{}/{}/forks", Access::User, fork),
    row(On::Cloud, "GET", "/2.0/repositories/{}/{}/watchers", Access::Anyone, watchers),
];

fn visible(call: &Call) -> Result<Vec<Value>, Refusal> {
    let wanted = match call.request.param("role") {
        None | Some("member") => Level::Read,
        Some("owner" | "admin") => Level::Admin,
        Some("contributor") => Level::Write,
        Some(other) => return Err(cloud_fields("Bad request", "role", &format!("'{other}' is not a role"))),
    };
    let seen = call.world.repos.iter().filter(|r| call.level(r) >= Some(wanted));
    Ok(seen.map(|r| shapes::repo(call, r)).collect())
}

/// Everything that is open to everybody.
fn everywhere(call: &mut Call) -> Outcome {
    let all: Vec<Value> = match call.request.param("role") {
        Some(_) => visible(call)?,
        None => call.world.repos.iter().filter(|r| r.public).map(|r| shapes::repo(call, r)).collect(),
    };
    page(call, &all)
}

fn list(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    page(call, &visible(call)?)
}

fn get(call: &mut Call) -> Outcome {
    Call::ok(&shapes::repo(call, call.repo()?))
}

/// Returns the key of the project that a body names, or the oldest one.
fn project(call: &Call, body: &Value) -> Result<String, Refusal> {
    match body["project"]["key"].as_str() {
        None => Ok(call.world.projects.first().map(|p| p.key.clone()).unwrap_or_default()),
        Some(key) => {
            let n = call.project_with(key, Level::Write)?;
            Ok(call.world.projects[n].key.clone())
        }
    }
}

fn create(call: &mut Call) -> Outcome {
    workspace(call, 0)?;
    let body = call.body_or_nothing()?;
    let new = NewRepo {
        project: project(call, &body)?,
        name: body["name"].as_str().unwrap_or(call.arg(1)).to_owned(),
        slug: call.arg(1).to_owned(),
        description: body["description"].as_str().unwrap_or_default().to_owned(),
        public: body["is_private"] == json!(false),
        default_branch: body["mainbranch"]["name"].as_str().unwrap_or("main").to_owned(),
    };
    let n = repos::create(call, new).map_err(|t| call.trouble(t))?;
    Call::ok(&shapes::repo(call, &call.world.repos[n]))
}

fn edit(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    let body = call.body()?;
    let moved = if body["project"]["key"].is_string() { Some(project(call, &body)?) } else { None };
    let repo = &mut call.world.repos[n];
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut repo.name);
        repo.slug = repos::slug(name);
    }
    if let Some(text) = body["description"].as_str() {
        text.clone_into(&mut repo.description);
    }
    if let Some(private) = body["is_private"].as_bool() {
        repo.public = !private;
    }
    repo.project = moved.unwrap_or_else(|| repo.project.clone());
    if let Some(branch) = body["mainbranch"]["name"].as_str() {
        if !repo.branches.contains_key(branch) {
            return Err(call.trouble(Trouble::NoRef(branch.to_owned())));
        }
        branch.clone_into(&mut repo.default_branch);
    }
    Call::ok(&shapes::repo(call, &call.world.repos[n]))
}

fn delete(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Admin)?;
    call.world.repos.remove(n);
    Call::done()
}

fn forks(call: &mut Call) -> Outcome {
    let id = call.repo()?.id;
    let all: Vec<Value> =
        call.world.repos.iter().filter(|r| r.origin == Some(id)).map(|r| shapes::repo(call, r)).collect();
    page(call, &all)
}

fn fork(call: &mut Call) -> Outcome {
    let n = call.repo_with(Level::Read)?;
    let body = call.body_or_nothing()?;
    let name = body["name"].as_str().map_or_else(|| format!("{}-fork", call.world.repos[n].name), str::to_owned);
    let project = match body["project"]["key"].as_str() {
        Some(_) => project(call, &body)?,
        None => call.world.repos[n].project.clone(),
    };
    let made = repos::fork(call, n, &project, &name).map_err(|t| call.trouble(t))?;
    Ok(Reply::json(201, &shapes::repo(call, &call.world.repos[made])))
}

fn watchers(call: &mut Call) -> Outcome {
    call.repo()?;
    page(call, &[shapes::user(call, 0)])
}
