//! Permissions, default reviewers and rules about branches of Data Center.

use super::{page, shapes};
use crate::sandbox::atlassian::route::{On, row};
use crate::sandbox::bitbucket::Route;
use crate::sandbox::bitbucket::acts::Trouble;
use crate::sandbox::bitbucket::call::{Call, Outcome};
use crate::sandbox::bitbucket::guard::{Access, Refusal, dc};
use crate::sandbox::bitbucket::world::{Condition, Level, Restriction, Rights, UserId};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/permissions/users", Access::User, users),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/permissions/users", Access::User, set_user),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/permissions/users", Access::User, remove_user),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/permissions/groups", Access::User, groups),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/permissions/groups", Access::User, set_group),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/permissions/groups", Access::User, remove_group),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/permissions/{}/all", Access::User, everybody),
    row(On::Dc, "POST", "/rest/api/{v}/projects/{}/permissions/{}/all", Access::User, set_everybody),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/permissions/users", Access::User, users),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/permissions/users", Access::User, set_user),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/permissions/users", Access::User, remove_user),
    row(On::Dc, "GET", "/rest/api/{v}/projects/{}/repos/{}/permissions/groups", Access::User, groups),
    row(On::Dc, "PUT", "/rest/api/{v}/projects/{}/repos/{}/permissions/groups", Access::User, set_group),
    row(On::Dc, "DELETE", "/rest/api/{v}/projects/{}/repos/{}/permissions/groups", Access::User, remove_group),
    row(On::Dc, "GET", "/rest/default-reviewers/{v}/projects/{}/conditions", Access::User, conditions),
    row(On::Dc, "POST", "/rest/default-reviewers/{v}/projects/{}/condition", Access::User, add_condition),
    row(On::Dc, "PUT", "/rest/default-reviewers/{v}/projects/{}/condition/{}", Access::User, edit_condition),
    row(On::Dc, "DELETE", "/rest/default-reviewers/{v}/projects/{}/condition/{}", Access::User, remove_condition),
    row(On::Dc, "GET", "/rest/default-reviewers/{v}/projects/{}/repos/{}/conditions", Access::User, conditions),
    row(On::Dc, "POST", "/rest/default-reviewers/{v}/projects/{}/repos/{}/condition", Access::User, add_condition),
    row(On::Dc, "PUT", "/rest/default-reviewers/{v}/projects/{}/repos/{}/condition/{}", Access::User, edit_condition),
    row(
        On::Dc,
        "DELETE",
        "/rest/default-reviewers/{v}/projects/{}/repos/{}/condition/{}",
        Access::User,
        remove_condition,
    ),
    row(On::Dc, "GET", "/rest/default-reviewers/{v}/projects/{}/repos/{}/reviewers", Access::User, reviewers),
    row(On::Dc, "GET", "/rest/branch-permissions/{v}/projects/{}/restrictions", Access::User, rules),
    row(On::Dc, "POST", "/rest/branch-permissions/{v}/projects/{}/restrictions", Access::User, add_rule),
    row(On::Dc, "GET", "/rest/branch-permissions/{v}/projects/{}/restrictions/{}", Access::User, rule),
    row(On::Dc, "DELETE", "/rest/branch-permissions/{v}/projects/{}/restrictions/{}", Access::User, remove_rule),
    row(On::Dc, "GET", "/rest/branch-permissions/{v}/projects/{}/repos/{}/restrictions", Access::User, rules),
    row(On::Dc, "POST", "/rest/branch-permissions/{v}/projects/{}/repos/{}/restrictions", Access::User, add_rule),
    row(On::Dc, "GET", "/rest/branch-permissions/{v}/projects/{}/repos/{}/restrictions/{}", Access::User, rule),
    row(
        On::Dc,
        "DELETE",
        "/rest/branch-permissions/{v}/projects/{}/repos/{}/restrictions/{}",
        Access::User,
        remove_rule,
    ),
];

/// What a path is about: a project, or a repository of one.
#[derive(Clone, Copy)]
enum Place {
    Project(usize),
    Repo(usize),
}

/// Returns what the path is about, if the caller administers it.
fn place(call: &Call) -> Result<Place, Refusal> {
    match call.request.path.contains("/repos/") {
        true => call.repo_with(Level::Admin).map(Place::Repo),
        false => call.project_with(call.arg(0), Level::Admin).map(Place::Project),
    }
}

impl Place {
    fn rights<'a>(self, call: &'a mut Call) -> &'a mut Rights {
        match self {
            Place::Project(n) => &mut call.world.projects[n].rights,
            Place::Repo(n) => &mut call.world.repos[n].rights,
        }
    }

    fn conditions<'a>(self, call: &'a mut Call) -> &'a mut Vec<Condition> {
        match self {
            Place::Project(n) => &mut call.world.projects[n].conditions,
            Place::Repo(n) => &mut call.world.repos[n].conditions,
        }
    }

    fn rules<'a>(self, call: &'a mut Call) -> &'a mut Vec<Restriction> {
        match self {
            Place::Project(n) => &mut call.world.projects[n].restrictions,
            Place::Repo(n) => &mut call.world.repos[n].restrictions,
        }
    }

    /// The beginning of the names of its permissions, and its kind in answers.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Place::Project(_) => ("PROJECT", "PROJECT"),
            Place::Repo(_) => ("REPO", "REPOSITORY"),
        }
    }

    fn id(self, call: &Call) -> u64 {
        match self {
            Place::Project(n) => call.world.projects[n].id,
            Place::Repo(n) => call.world.repos[n].id,
        }
    }
}

fn users(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let text = call.request.param("filter").unwrap_or_default().to_lowercase();
    let rights = place.rights(call).users.clone();
    let fits = |id: &UserId| call.world.users[*id].name.contains(&text);
    let some = rights.into_iter().filter(|(id, _)| fits(id));
    let all: Vec<Value> = some.map(|(id, level)| shapes::user_right(call, place.names().0, id, level)).collect();
    page(call, &all)
}

fn groups(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let rights = place.rights(call).groups.clone();
    let all: Vec<Value> = rights.iter().map(|(g, level)| shapes::group_right(place.names().0, g, *level)).collect();
    page(call, &all)
}

/// Reads the permission of the query, which has to be one of this place.
fn level(call: &Call, place: Place) -> Result<Level, Refusal> {
    let text = call.request.param("permission").unwrap_or_default();
    let fits = text.strip_prefix(place.names().0).is_some_and(|rest| rest.starts_with('_'));
    let level = Level::named(text).filter(|_| fits);
    level.ok_or_else(|| dc(400, json!("permission"), &format!("'{text}' is not a permission here."), ""))
}

fn named_users(call: &Call) -> Result<Vec<UserId>, Refusal> {
    call.request.params("name").into_iter().map(|name| super::users::find(call, name)).collect()
}

fn set_user(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let (level, users) = (level(call, place)?, named_users(call)?);
    for id in users {
        place.rights(call).users.insert(id, level);
    }
    Call::done()
}

fn remove_user(call: &mut Call) -> Outcome {
    let (place, users) = (place(call)?, named_users(call)?);
    for id in users {
        if id == call.me() && !call.world.is_admin(call.caller.user) {
            let text = "You may not revoke your own administrative access.";
            return Err(dc(409, Value::Null, text, "IntegrityException"));
        }
        place.rights(call).users.remove(&id);
    }
    Call::done()
}

fn named_groups(call: &Call) -> Result<Vec<String>, Refusal> {
    let none = |name: &str| dc(404, Value::Null, &format!("Group {name} does not exist."), "user.NoSuchGroupException");
    let one = |name: &str| call.world.groups.iter().find(|g| *g == name).cloned().ok_or_else(|| none(name));
    call.request.params("name").into_iter().map(one).collect()
}

fn set_group(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let (level, groups) = (level(call, place)?, named_groups(call)?);
    for name in groups {
        place.rights(call).groups.insert(name, level);
    }
    Call::done()
}

fn remove_group(call: &mut Call) -> Outcome {
    let (place, groups) = (place(call)?, named_groups(call)?);
    for name in groups {
        place.rights(call).groups.remove(&name);
    }
    Call::done()
}

/// Says whether everybody who may use the server has a right in the project.
fn everybody(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let wanted = Level::named(call.arg(1));
    let given = place.rights(call).groups.get(crate::sandbox::bitbucket::world::USERS).copied();
    Call::ok(&json!({ "permitted": wanted.is_some() && given >= wanted }))
}

fn set_everybody(call: &mut Call) -> Outcome {
    let (place, level) = (place(call)?, Level::named(call.arg(1)));
    let level = level.ok_or_else(|| dc(400, json!("permission"), "This is not a permission.", ""))?;
    let allow = call.request.param("allow") == Some("true");
    let groups = &mut place.rights(call).groups;
    match allow {
        true => groups.insert(crate::sandbox::bitbucket::world::USERS.to_owned(), level),
        false => groups.remove(crate::sandbox::bitbucket::world::USERS),
    };
    Call::done()
}

/// Conditions come as a plain list, without pages.
fn conditions(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let (own, id) = (place.conditions(call).clone(), place.id(call));
    let mut all: Vec<Value> = own.iter().map(|c| shapes::condition(call, c, place.names().1, id)).collect();
    if let Place::Repo(n) = place {
        let inherited = call.world.project(&call.world.repos[n].project);
        all.extend(
            inherited.iter().flat_map(|p| p.conditions.iter().map(|c| shapes::condition(call, c, "PROJECT", p.id))),
        );
    }
    Call::ok(&Value::Array(all))
}

fn read_condition(call: &Call, id: u64, body: &Value) -> Result<Condition, Refusal> {
    // Numbers begin at one.
    let numbered = |user: &Value| usize::try_from(user["id"].as_u64()?).ok()?.checked_sub(1);
    let one = |user: &Value| match numbered(user) {
        Some(id) if id < call.world.users.len() => Ok(id),
        _ => super::users::find(call, user["name"].as_str().unwrap_or_default()),
    };
    let reviewers = body["reviewers"].as_array().into_iter().flatten().map(one).collect::<Result<Vec<_>, _>>()?;
    if reviewers.is_empty() {
        return Err(dc(400, json!("reviewers"), "At least one reviewer is required.", ""));
    }
    let matcher = |long: &str, short: &str| if body[long].is_null() { body[short].clone() } else { body[long].clone() };
    Ok(Condition {
        id,
        source: matcher("sourceRefMatcher", "sourceMatcher"),
        target: matcher("targetRefMatcher", "targetMatcher"),
        reviewers,
        required: body["requiredApprovals"].as_u64().unwrap_or(0),
    })
}

fn add_condition(call: &mut Call) -> Outcome {
    let (place, body) = (place(call)?, call.body()?);
    let id = call.world.next_id();
    let condition = read_condition(call, id, &body)?;
    place.conditions(call).push(condition.clone());
    Call::ok(&shapes::condition(call, &condition, place.names().1, place.id(call)))
}

/// Finds the thing that the last place of the path names in a list.
fn at<T>(call: &Call, list: &[T], id: impl Fn(&T) -> u64, what: &str) -> Result<usize, Refusal> {
    let text = call.args.last().map_or("", String::as_str);
    let found = list.iter().position(|one| id(one).to_string() == text);
    found.ok_or_else(|| call.trouble(Trouble::NoThing(format!("{what} {text} does not exist."))))
}

fn edit_condition(call: &mut Call) -> Outcome {
    let (place, body) = (place(call)?, call.body()?);
    let own = place.conditions(call).clone();
    let n = at(call, &own, |c| c.id, "Condition")?;
    let condition = read_condition(call, own[n].id, &body)?;
    place.conditions(call)[n] = condition.clone();
    Call::ok(&shapes::condition(call, &condition, place.names().1, place.id(call)))
}

fn remove_condition(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let own = place.conditions(call).clone();
    let n = at(call, &own, |c| c.id, "Condition")?;
    place.conditions(call).remove(n);
    Call::done()
}

/// Lists those who would be asked.
fn reviewers(call: &mut Call) -> Outcome {
    let repo = call.repo()?;
    let of_project = call.world.project(&repo.project).map(|p| p.conditions.clone()).unwrap_or_default();
    let mut all: Vec<UserId> = repo.conditions.iter().chain(&of_project).flat_map(|c| c.reviewers.clone()).collect();
    all.sort_unstable();
    all.dedup();
    Call::ok(&all.into_iter().map(|u| shapes::user(call, u)).collect())
}

fn rules(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let own = place.rules(call).clone();
    let (kind, matcher) = (call.request.param("type"), call.request.param("matcherId"));
    let fits = |r: &&Restriction| {
        kind.is_none_or(|k| r.kind == k) && matcher.is_none_or(|m| m.trim_start_matches("refs/heads/") == r.pattern)
    };
    let all: Vec<Value> = own.iter().filter(fits).map(|r| shapes::restriction(call, r)).collect();
    page(call, &all)
}

fn read_rule(call: &Call, id: u64, body: &Value) -> Result<Restriction, Refusal> {
    let kind = body["type"].as_str().unwrap_or_default();
    if !["read-only", "no-deletes", "fast-forward-only", "pull-request-only"].contains(&kind) {
        return Err(dc(400, json!("type"), &format!("'{kind}' is not a type of restriction."), ""));
    }
    let matcher = &body["matcher"];
    let (pattern, how) =
        (matcher["id"].as_str().unwrap_or_default(), matcher["type"]["id"].as_str().unwrap_or_default());
    if pattern.is_empty() || how.is_empty() {
        return Err(dc(400, json!("matcher"), "A matcher with an id and a type is required.", ""));
    }
    let name = |value: &Value| value.as_str().or(value["name"].as_str()).unwrap_or_default().to_owned();
    let items = |member: &str| body[member].as_array().cloned().unwrap_or_default();
    let users = items("users").iter().map(|u| super::users::find(call, &name(u))).collect::<Result<_, _>>()?;
    Ok(Restriction {
        id,
        kind: kind.to_owned(),
        matcher: how.to_owned(),
        pattern: pattern.trim_start_matches("refs/heads/").to_owned(),
        users,
        groups: items("groups").iter().map(name).collect(),
        value: Value::Null,
    })
}

/// Takes one rule, or a list of them in the media type for many.
fn add_rule(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let many = call.request.media_type().as_deref() == Some("application/vnd.atl.bitbucket.bulk+json");
    let body: Value = match many {
        true => serde_json::from_slice(&call.request.body).unwrap_or_default(),
        false => call.body()?,
    };
    let wanted = body.as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
    let mut made = Vec::new();
    for one in &wanted {
        let id = call.world.next_id();
        let rule = read_rule(call, id, one)?;
        let rules = place.rules(call);
        rules.retain(|r| r.kind != rule.kind || r.pattern != rule.pattern);
        rules.push(rule.clone());
        made.push(shapes::restriction(call, &rule));
    }
    match made.as_slice() {
        [one] if !body.is_array() => Call::ok(one),
        _ => Call::ok(&Value::Array(made)),
    }
}

fn rule(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let own = place.rules(call).clone();
    let n = at(call, &own, |r| r.id, "Restriction")?;
    Call::ok(&shapes::restriction(call, &own[n]))
}

fn remove_rule(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let own = place.rules(call).clone();
    let n = at(call, &own, |r| r.id, "Restriction")?;
    place.rules(call).remove(n);
    Call::done()
}
