//! Versions of projects.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::world::Version;
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/project/{}/versions", Access::Anyone, list),
    row(On::Both, "GET", "/rest/api/{v}/project/{}/version", Access::Anyone, page),
    row(On::Both, "POST", "/rest/api/{v}/version", Access::User, create),
    row(On::Both, "GET", "/rest/api/{v}/version/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/{v}/version/{}", Access::User, edit),
    row(On::Cloud, "DELETE", "/rest/api/{v}/version/{}", Access::User, delete),
    row(On::Dc, "DELETE", "/rest/api/{v}/version/{}", Access::User, delete),
    row(On::Both, "POST", "/rest/api/{v}/version/{}/removeAndSwap", Access::User, swap),
    row(On::Both, "PUT", "/rest/api/{v}/version/{}/mergeto/{}", Access::User, merge),
    row(On::Both, "POST", "/rest/api/{v}/version/{}/move", Access::User, shift),
    row(On::Both, "GET", "/rest/api/{v}/version/{}/relatedIssueCounts", Access::Anyone, counts),
    row(On::Both, "GET", "/rest/api/{v}/version/{}/unresolvedIssueCount", Access::Anyone, unresolved),
];

fn own(call: &Call, project: u64) -> Vec<Value> {
    call.world.versions.iter().filter(|v| v.project == project).map(|v| call.face.version(v)).collect()
}

fn list(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    Call::ok(&Value::Array(own(call, project)))
}

fn page(call: &mut Call) -> Outcome {
    let project = call.project_id(call.arg(0))?;
    let window = call.window(50, 50)?;
    let mut all = own(call, project);
    if let Some(status) = call.request.param("status") {
        let fits = |v: &Value| {
            status.split(',').any(|s| match s {
                "released" => v["released"] == true && v["archived"] == false,
                "unreleased" => v["released"] == false && v["archived"] == false,
                _ => s == "archived" && v["archived"] == true,
            })
        };
        all.retain(fits);
    }
    Call::ok(&call.page(window, &all))
}

/// Finds the place of the version that the path names.
fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(0);
    let found = call.world.versions.iter().position(|v| v.id == id && call.may_browse(v.project));
    found.ok_or_else(|| refuse(404, format!("Could not find version for id '{}'", call.arg(0))))
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call)?;
    Call::ok(&call.face.version(&call.world.versions[place]))
}

/// The members that a body may have; Data Center refuses any other.
const MEMBERS: [&str; 17] = [
    "self",
    "id",
    "description",
    "name",
    "archived",
    "released",
    "startDate",
    "releaseDate",
    "project",
    "projectId",
    "moveUnfixedIssuesTo",
    "expand",
    "userStartDate",
    "userReleaseDate",
    "overdue",
    "driver",
    "approvers",
];

fn put(call: &Call, version: &mut Version, body: &Value) -> Result<(), Refusal> {
    let unknown = body.as_object().into_iter().flatten().find(|(k, _)| !MEMBERS.contains(&k.as_str()));
    if let Some((name, _)) = unknown.filter(|_| !call.face.cloud) {
        return Err(refuse(
            400,
            format!(
                "Unrecognized field \"{name}\" (Class com.atlassian.jira.rest.v2.issue.version.VersionBean), not marked as ignorable"
            ),
        ));
    }
    if let Some(name) = body["name"].as_str() {
        let name = name.trim();
        if name.is_empty() {
            return Err(refuse_field("name", "You must specify a valid version name"));
        }
        let other =
            |v: &Version| v.project == version.project && v.id != version.id && v.name.eq_ignore_ascii_case(name);
        if call.world.versions.iter().any(other) {
            return Err(refuse_field("name", "A version with this name already exists in this project."));
        }
        version.name = name.to_owned();
    }
    for (member, slot) in [("startDate", &mut version.start), ("releaseDate", &mut version.release)] {
        match &body[member] {
            Value::String(text) if jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok() => *slot = Some(text.clone()),
            Value::Null => {}
            _ => return Err(refuse_field(member, "Please enter the date in the following format: yyyy-MM-dd")),
        }
    }
    if let (Some(start), Some(release)) = (&version.start, &version.release)
        && start > release
    {
        return Err(refuse_field("releaseDate", "The start date must be before the release date."));
    }
    if let Some(text) = body["description"].as_str() {
        version.description = Some(text.to_owned());
    }
    version.released = body["released"].as_bool().unwrap_or(version.released);
    version.archived = body["archived"].as_bool().unwrap_or(version.archived);
    Ok(())
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let named =
        body["project"].as_str().map(str::to_owned).or_else(|| body["projectId"].as_u64().map(|n| n.to_string()));
    let named = named.or_else(|| body["projectId"].as_str().map(str::to_owned));
    let project = match named {
        Some(text) => call.project_id(&text)?,
        None => return Err(refuse_field("project", "Project must be specified to create a version.")),
    };
    if body["name"].as_str().is_none() {
        return Err(refuse_field("name", "You must specify a valid version name"));
    }
    let mut version = Version {
        id: call.world.next_id(),
        project,
        name: String::new(),
        description: None,
        released: false,
        archived: false,
        start: None,
        release: None,
    };
    put(call, &mut version, &body)?;
    let written = call.face.version(&version);
    call.world.versions.push(version);
    Ok(Reply::json(201, &written))
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let mut version = call.world.versions[place].clone();
    put(call, &mut version, &body)?;
    // Releasing can move what is not done to another version.
    let target = body["moveUnfixedIssuesTo"].as_str().and_then(|url| url.rsplit('/').next()?.parse::<u64>().ok());
    if let Some(target) = target.filter(|t| call.world.version(*t).is_some()) {
        for issue in call.world.issues.values_mut().filter(|i| i.resolution.is_none()) {
            replace(&mut issue.fix_versions, version.id, Some(target));
        }
    }
    call.world.versions[place] = version;
    get(call)
}

fn replace(list: &mut Vec<u64>, old: u64, new: Option<u64>) {
    if list.contains(&old) {
        list.retain(|v| *v != old && Some(*v) != new);
        list.extend(new);
    }
}

/// Takes a version away and puts others in its place, or none.
fn remove(call: &mut Call, fix: Option<u64>, affected: Option<u64>) -> Outcome {
    let place = place(call)?;
    let id = call.world.versions[place].id;
    for target in [fix, affected].into_iter().flatten() {
        if target == id || call.world.version(target).is_none() {
            return Err(refuse(400, format!("The version with id '{target}' does not exist or is the same.")));
        }
    }
    call.world.versions.remove(place);
    for issue in call.world.issues.values_mut() {
        replace(&mut issue.fix_versions, id, fix);
        replace(&mut issue.versions, id, affected);
    }
    Call::done()
}

fn delete(call: &mut Call) -> Outcome {
    let number = |name: &str| call.request.param(name).and_then(|t| t.parse().ok());
    remove(call, number("moveFixIssuesTo"), number("moveAffectedIssuesTo"))
}

fn swap(call: &mut Call) -> Outcome {
    let body = call.object()?;
    remove(call, body["moveFixIssuesTo"].as_u64(), body["moveAffectedIssuesTo"].as_u64())
}

fn merge(call: &mut Call) -> Outcome {
    let target = Some(call.id(1));
    remove(call, target, target)
}

fn shift(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let version = call.world.versions.remove(place);
    let own = |v: &Version| v.project == version.project;
    let after = body["after"].as_str().and_then(|url| url.rsplit('/').next()?.parse::<u64>().ok());
    let versions = &call.world.versions;
    let to = match (after, body["position"].as_str()) {
        (Some(id), _) => versions.iter().position(|v| v.id == id).map(|n| n + 1),
        (_, Some("First")) => versions.iter().position(own),
        (_, Some("Last")) => versions.iter().rposition(own).map(|n| n + 1),
        (_, Some("Earlier")) => Some(place.saturating_sub(1)),
        _ => Some(place + 1),
    };
    let to = to.unwrap_or(place).min(versions.len());
    call.world.versions.insert(to, version);
    get(call)
}

fn counts(call: &mut Call) -> Outcome {
    let id = call.world.versions[place(call)?].id;
    let count = |list: fn(&super::world::Issue) -> &Vec<u64>| {
        call.world.issues.values().filter(|i| list(i).contains(&id)).count()
    };
    Call::ok(&json!({
        "self": call.face.rest(&format!("version/{id}")),
        "issuesFixedCount": count(|i| &i.fix_versions),
        "issuesAffectedCount": count(|i| &i.versions),
        "issueCountWithCustomFieldsShowingVersion": 0,
        "customFieldUsage": [],
    }))
}

fn unresolved(call: &mut Call) -> Outcome {
    let id = call.world.versions[place(call)?].id;
    let own: Vec<_> = call.world.issues.values().filter(|i| i.fix_versions.contains(&id)).collect();
    let mut value = json!({
        "self": call.face.rest(&format!("version/{id}/unresolvedIssueCount")),
        "issuesUnresolvedCount": own.iter().filter(|i| i.resolution.is_none()).count(),
    });
    if call.face.cloud {
        value["issuesCount"] = json!(own.len());
    }
    Call::ok(&value)
}
