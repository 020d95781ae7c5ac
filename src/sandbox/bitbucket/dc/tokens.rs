//! HTTP access tokens of users, projects and repositories.

use super::{page, shapes};
use crate::sandbox::atlassian::gate::Minted;
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::atlassian::sign_in::How;
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc, not_permitted};
use crate::sandbox::bitbucket::world::{DAY, Level, Token, UserId, now};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/access-tokens/{v}/users/{}", Access::User, of_user),
    row(On::Dc, "PUT", "/rest/access-tokens/{v}/users/{}", Access::User, add_for_user),
    row(On::Dc, "GET", "/rest/access-tokens/{v}/users/{}/{}", Access::User, of_user),
    row(On::Dc, "POST", "/rest/access-tokens/{v}/users/{}/{}", Access::User, edit_of_user),
    row(On::Dc, "DELETE", "/rest/access-tokens/{v}/users/{}/{}", Access::User, revoke_of_user),
    row(On::Dc, "GET", "/rest/access-tokens/{v}/projects/{}", Access::User, of_project),
    row(On::Dc, "PUT", "/rest/access-tokens/{v}/projects/{}", Access::User, add_for_project),
    row(On::Dc, "DELETE", "/rest/access-tokens/{v}/projects/{}/{}", Access::User, revoke_of_project),
    row(On::Dc, "GET", "/rest/access-tokens/{v}/projects/{}/repos/{}", Access::User, of_repo),
    row(On::Dc, "PUT", "/rest/access-tokens/{v}/projects/{}/repos/{}", Access::User, add_for_repo),
    row(On::Dc, "DELETE", "/rest/access-tokens/{v}/projects/{}/repos/{}/{}", Access::User, revoke_of_repo),
];

/// What a token may be allowed.
const RIGHTS: [&str; 6] = ["PROJECT_READ", "PROJECT_WRITE", "PROJECT_ADMIN", "REPO_READ", "REPO_WRITE", "REPO_ADMIN"];

/// Returns the place of a user's tokens: they are for the user and for administrators, and no token makes tokens.
fn user(call: &Call) -> Result<(String, UserId), Refusal> {
    let id = super::users::find(call, call.arg(0))?;
    if (call.me() != id && !call.world.is_admin(call.caller.user)) || call.caller.how == How::Token {
        return Err(not_permitted());
    }
    Ok((format!("users/{}", call.world.users[id].name), id))
}

fn project(call: &Call) -> Result<(String, UserId), Refusal> {
    let n = call.project_with(call.arg(0), Level::Admin)?;
    Ok((format!("projects/{}", call.world.projects[n].key), call.me()))
}

fn repo(call: &Call) -> Result<(String, UserId), Refusal> {
    let n = call.repo_with(Level::Admin)?;
    let repo = &call.world.repos[n];
    Ok((format!("projects/{}/repos/{}", repo.project, repo.slug), call.me()))
}

fn list(call: &Call, place: &str, id: &str) -> Outcome {
    let own = call.world.tokens.iter().filter(|t| t.place == place);
    if !id.is_empty() {
        let found = own.into_iter().find(|t| t.id == id);
        let found = found.ok_or_else(|| call.trouble(Trouble::NoThing(format!("Token {id} does not exist."))))?;
        return Call::ok(&shapes::token(call, found, false));
    }
    let all: Vec<Value> = own.map(|t| shapes::token(call, t, false)).collect();
    page(call, &all)
}

fn of_user(call: &mut Call) -> Outcome {
    let place = user(call)?.0;
    list(call, &place, call.arg(1))
}

fn of_project(call: &mut Call) -> Outcome {
    let place = project(call)?.0;
    list(call, &place, "")
}

fn of_repo(call: &mut Call) -> Outcome {
    let place = repo(call)?.0;
    list(call, &place, "")
}

fn rights(body: &Value) -> Result<Vec<String>, Refusal> {
    let asked = body["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let rights: Vec<String> = asked.map(str::to_owned).collect();
    match rights.iter().find(|r| !RIGHTS.contains(&r.as_str())) {
        Some(bad) => {
            Err(dc(400, json!("permissions"), &format!("{bad} is not a permission that a token can have."), ""))
        }
        None if rights.is_empty() => Err(dc(400, json!("permissions"), "At least one permission is required.", "")),
        None => Ok(rights),
    }
}

fn add(call: &mut Call, (place, owner): (String, UserId)) -> Outcome {
    let body = call.body()?;
    let name = body["name"].as_str().unwrap_or_default().trim().to_owned();
    if name.is_empty() || name.len() > 255 {
        return Err(dc(400, json!("name"), "The name should be between 1 and 255 characters.", ""));
    }
    let rights = rights(&body)?;
    if call.world.tokens.iter().any(|t| t.place == place && t.name == name) {
        return Err(dc(409, json!("name"), "A token with this name exists already.", ""));
    }
    let secret = format!("BBDC-{}", call.gate.unique());
    let token = Token {
        id: (100_000_000_000 + call.world.next_id() * 7919).to_string(),
        name,
        place,
        owner,
        rights: rights.clone(),
        created: now(),
        expires: body["expiryDays"].as_i64().map(|days| now() + days * DAY),
        secret: secret.clone(),
    };
    call.gate.minted.insert(secret, Minted { owner, rights });
    let value = shapes::token(call, &token, true);
    call.world.tokens.push(token);
    Call::ok(&value)
}

fn add_for_user(call: &mut Call) -> Outcome {
    let place = user(call)?;
    add(call, place)
}

fn add_for_project(call: &mut Call) -> Outcome {
    let place = project(call)?;
    add(call, place)
}

fn add_for_repo(call: &mut Call) -> Outcome {
    let place = repo(call)?;
    add(call, place)
}

fn edit_of_user(call: &mut Call) -> Outcome {
    let place = user(call)?.0;
    let (id, body) = (call.arg(1).to_owned(), call.body()?);
    let given = if body["permissions"].is_array() { Some(rights(&body)?) } else { None };
    let found = call.world.tokens.iter_mut().find(|t| t.place == place && t.id == id);
    let Some(token) = found else { return Err(call.trouble(Trouble::NoThing(format!("Token {id} does not exist.")))) };
    if let Some(name) = body["name"].as_str() {
        name.clone_into(&mut token.name);
    }
    if let Some(given) = given {
        token.rights.clone_from(&given);
        if let Some(minted) = call.gate.minted.get_mut(&token.secret) {
            minted.rights = given;
        }
    }
    let token = token.clone();
    Call::ok(&shapes::token(call, &token, false))
}

fn revoke(call: &mut Call, place: &str, id: &str) -> Outcome {
    if let Some(at) = call.world.tokens.iter().position(|t| t.place == place && t.id == id) {
        let gone = call.world.tokens.remove(at);
        call.gate.minted.remove(&gone.secret);
    }
    Ok(Reply::empty(204))
}

fn revoke_of_user(call: &mut Call) -> Outcome {
    let (place, id) = (user(call)?.0, call.arg(1).to_owned());
    revoke(call, &place, &id)
}

fn revoke_of_project(call: &mut Call) -> Outcome {
    let (place, id) = (project(call)?.0, call.arg(1).to_owned());
    revoke(call, &place, &id)
}

fn revoke_of_repo(call: &mut Call) -> Outcome {
    let (place, id) = (repo(call)?.0, call.arg(2).to_owned());
    revoke(call, &place, &id)
}
