//! Values for fields, as clients send them: checked and put into an issue.

use super::face::Face;
use super::schema::{self, FIELDS, Field, Kind, PRIORITIES, RESOLUTIONS, Screen};
use super::text::{Rich, is_document};
use super::world::{Change, Issue, RemoteLink, UserId, World};
use serde_json::{Map, Value, json};

/// Something wrong with one field.
pub(crate) type Wrong = String;

/// Puts `fields` into an issue and returns what is wrong, by field.
pub(crate) fn set_all(
    face: &Face,
    world: &World,
    issue: &mut Issue,
    fields: &Map<String, Value>,
) -> Map<String, Value> {
    let mut errors = Map::new();
    for (id, value) in fields {
        if let Err(message) = set(face, world, issue, id, value) {
            errors.insert(id.clone(), json!(message));
        }
    }
    errors
}

/// Carries out the operations of `update` and returns what is wrong, by field.
pub(crate) fn update_all(
    face: &Face,
    world: &World,
    issue: &mut Issue,
    update: &Map<String, Value>,
) -> Map<String, Value> {
    let mut errors = Map::new();
    for (id, operations) in update {
        // Comments, worklogs and links are things of their own; the callers add them.
        if matches!(id.as_str(), "comment" | "worklog" | "issuelinks") {
            continue;
        }
        for operation in operations.as_array().into_iter().flatten() {
            if let Err(message) = operate(face, world, issue, id, operation) {
                errors.insert(id.clone(), json!(message));
            }
        }
        if !operations.is_array() {
            errors.insert(id.clone(), json!("Operations must be a list"));
        }
    }
    errors
}

fn unknown(id: &str) -> Wrong {
    format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.")
}

fn operate(face: &Face, world: &World, issue: &mut Issue, id: &str, operation: &Value) -> Result<(), Wrong> {
    let Some((verb, value)) = operation.as_object().and_then(|o| o.iter().next()) else {
        return Err("Operation must be an object with one member".into());
    };
    if verb == "set" || (verb == "edit" && id == "timetracking") {
        return set(face, world, issue, id, value);
    }
    let field = Field::with_id(id).filter(|f| f.screen == Screen::Edit).ok_or_else(|| unknown(id))?;
    let lists = matches!(field.kind, Kind::Labels | Kind::Versions | Kind::Components | Kind::Options | Kind::Users);
    if !lists || !["add", "remove"].contains(&verb.as_str()) {
        return Err(format!("Field '{id}' does not support operation '{verb}'"));
    }
    let mut list = current(issue, field);
    // What is added must exist; the field as it stands, with the new value last, is set again.
    let mut probe = issue.clone();
    set(face, world, &mut probe, id, &json!([value]))?;
    let changed: Vec<Value> = current(&probe, field);
    match verb.as_str() {
        "add" => list.extend(changed.into_iter().filter(|v| !list.contains(v)).collect::<Vec<_>>()),
        _ => list.retain(|v| !changed.contains(v)),
    }
    put_list(issue, field, &list);
    Ok(())
}

/// Returns the numbers or texts that a list field holds.
fn current(issue: &Issue, field: &Field) -> Vec<Value> {
    let ids = |ids: &[u64]| ids.iter().map(|id| json!(id)).collect();
    match field.id {
        "labels" => issue.labels.iter().map(|l| json!(l)).collect(),
        "components" => ids(&issue.components),
        "fixVersions" => ids(&issue.fix_versions),
        "versions" => ids(&issue.versions),
        _ => field.number().and_then(|n| issue.custom.get(&n)).and_then(Value::as_array).cloned().unwrap_or_default(),
    }
}

fn put_list(issue: &mut Issue, field: &Field, list: &[Value]) {
    let ids = || list.iter().filter_map(Value::as_u64).collect();
    match field.id {
        "labels" => issue.labels = list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        "components" => issue.components = ids(),
        "fixVersions" => issue.fix_versions = ids(),
        "versions" => issue.versions = ids(),
        _ => {
            if let Some(number) = field.number() {
                issue.custom.insert(number, json!(list));
            }
        }
    }
}

/// Sets one field.
pub(crate) fn set(face: &Face, world: &World, issue: &mut Issue, id: &str, value: &Value) -> Result<(), Wrong> {
    let field =
        Field::with_id(id).filter(|f| f.screen == Screen::Edit || f.id == "resolution").ok_or_else(|| unknown(id))?;
    if let Some(number) = field.number() {
        return set_custom(world, issue, field, number, value);
    }
    match id {
        "summary" => issue.summary = summary(value)?,
        "description" => issue.description = rich(face, value)?,
        "environment" => issue.environment = rich(face, value)?,
        "priority" => {
            issue.priority =
                named(value, |t| schema::named(&PRIORITIES, t)).ok_or_else(|| bad_name("Priority", value))?;
        }
        "resolution" => {
            issue.resolution = match value {
                Value::Null => None,
                _ => Some(
                    named(value, |t| schema::named(&RESOLUTIONS, t)).ok_or_else(|| bad_name("Resolution", value))?,
                ),
            };
        }
        "issuetype" => issue.kind = named(value, schema::issue_type).ok_or("The issue type selected is invalid.")?,
        "assignee" => issue.assignee = user(face, world, value)?,
        "reporter" => issue.reporter = user(face, world, value)?,
        "labels" => issue.labels = labels(value)?,
        "components" => issue.components = components(world, issue.project, value)?,
        "fixVersions" => issue.fix_versions = versions(world, issue.project, value)?,
        "versions" => issue.versions = versions(world, issue.project, value)?,
        "duedate" => issue.due = date(value)?,
        "parent" => set_parent(world, issue, value)?,
        "timetracking" => tracking(issue, value)?,
        "project" => {
            let same = named(value, |t| world.project(t)).is_some_and(|p| p.id == issue.project);
            return if same { Ok(()) } else { Err("The issue cannot be moved to another project.".into()) };
        }
        _ => return Err(unknown(id)),
    }
    Ok(())
}

/// Finds what an object like `{"id": …}`, `{"name": …}`, `{"key": …}`, `{"value": …}` names.
fn named<T>(value: &Value, find: impl Fn(&str) -> Option<T>) -> Option<T> {
    ["id", "key", "name", "value"].iter().find_map(|key| match &value[key] {
        Value::String(text) => Some(find(text)),
        Value::Number(number) => Some(find(&number.to_string())),
        _ => None,
    })?
}

fn bad_name(what: &str, value: &Value) -> Wrong {
    match value["name"].as_str() {
        Some(name) => format!("{what} name '{name}' is not valid"),
        None => format!("The {} selected is invalid.", what.to_lowercase()),
    }
}

fn summary(value: &Value) -> Result<String, Wrong> {
    let text = match value {
        Value::String(text) => text.trim(),
        Value::Null => "",
        _ => return Err("Operation value must be a string".into()),
    };
    match text {
        "" => Err("You must specify a summary of the issue.".into()),
        _ if text.contains(['\n', '\r']) => {
            Err("The summary is invalid because it contains newline characters.".into())
        }
        _ if text.chars().count() > 255 => Err("Summary can't exceed 255 characters.".into()),
        _ => Ok(text.to_owned()),
    }
}

/// Reads rich text: a document in v3, wiki markup elsewhere.
pub(crate) fn rich(face: &Face, value: &Value) -> Result<Option<Rich>, Wrong> {
    match value {
        Value::Null => Ok(None),
        _ if face.documents && is_document(value) => Ok(Some(Rich::Document(value.clone()))),
        _ if face.documents => {
            Err("Operation value must be an Atlassian Document (see the Atlassian Document Format)".into())
        }
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) => Ok(Some(Rich::Wiki(text.clone()))),
        _ => Err("Operation value must be a string".into()),
    }
}

/// Reads a user as each deployment names one; null and, on Data Center, an empty name mean nobody.
pub(crate) fn user(face: &Face, world: &World, value: &Value) -> Result<Option<UserId>, Wrong> {
    if value.is_null() {
        return Ok(None);
    }
    let (found, text) = if face.cloud {
        let id = value["accountId"].as_str().or_else(|| value["id"].as_str());
        match id {
            Some(id) => (world.user_with_account(id), id),
            None if value.is_object() && value["accountId"].is_null() && value.get("accountId").is_some() => {
                return Ok(None);
            }
            None => return Err("expected Object containing a `accountId` property".into()),
        }
    } else {
        match value["name"].as_str() {
            Some("") => return Ok(None),
            Some(name) => (world.user_named(name), name),
            None if value["name"].is_null() && value.get("name").is_some() => return Ok(None),
            None => return Err("expected Object containing a `name` property".into()),
        }
    };
    match found.filter(|id| world.users[*id].active) {
        Some(id) => Ok(Some(id)),
        None if face.cloud => Err(format!("Specify a valid value for the user '{text}'.")),
        None if found.is_some() => Err(format!("User '{text}' cannot be assigned issues.")),
        None => Err(format!("User '{text}' does not exist.")),
    }
}

fn labels(value: &Value) -> Result<Vec<String>, Wrong> {
    let list = items(value)?;
    let mut labels = Vec::new();
    for label in list {
        let text = label.as_str().ok_or("string expected at index 0")?;
        if text.contains(char::is_whitespace) {
            return Err(format!("The label '{text}' contains spaces which is invalid."));
        }
        if !labels.iter().any(|l| l == text) {
            labels.push(text.to_owned());
        }
    }
    labels.sort();
    Ok(labels)
}

fn items(value: &Value) -> Result<&[Value], Wrong> {
    match value {
        Value::Null => Ok(&[]),
        Value::Array(list) => Ok(list),
        _ => Err("data was not an array".into()),
    }
}

fn components(world: &World, project: u64, value: &Value) -> Result<Vec<u64>, Wrong> {
    let find = |v: &Value| {
        let own = |t: &str| {
            let fits = |c: &&super::world::Component| c.project == project && (c.name == t || c.id.to_string() == t);
            world.components.iter().find(fits).map(|c| c.id)
        };
        named(v, own).ok_or_else(|| bad_name("Component", v))
    };
    items(value)?.iter().map(find).collect()
}

/// Reads a list of versions of a project.
pub(crate) fn versions(world: &World, project: u64, value: &Value) -> Result<Vec<u64>, Wrong> {
    let find = |v: &Value| {
        let own = |t: &str| {
            let fits = |c: &&super::world::Version| c.project == project && (c.name == t || c.id.to_string() == t);
            world.versions.iter().find(fits).map(|c| c.id)
        };
        named(v, own).ok_or_else(|| bad_name("Version", v))
    };
    items(value)?.iter().map(find).collect()
}

fn date(value: &Value) -> Result<Option<String>, Wrong> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) if jiff::civil::Date::strptime("%Y-%m-%d", text).is_ok() => Ok(Some(text.clone())),
        Value::String(text) => Err(format!("Error parsing date string: {text}")),
        _ => Err("Operation value must be a string".into()),
    }
}

fn set_parent(world: &World, issue: &mut Issue, value: &Value) -> Result<(), Wrong> {
    if value.is_null() {
        issue.epic = None;
        return Ok(());
    }
    let parent = named(value, |t| world.issue_id(t)).and_then(|id| world.issues.get(&id));
    let parent = parent.filter(|p| p.id != issue.id).ok_or("Given parent work item does not exist.")?;
    if issue.kind.subtask && parent.project == issue.project && parent.kind.level == 0 {
        issue.parent = Some(parent.id);
    } else if issue.kind.level == 0 && parent.kind.level == 1 {
        issue.epic = Some(parent.id);
    } else {
        return Err("Given parent work item does not belong to the appropriate hierarchy level.".into());
    }
    Ok(())
}

fn tracking(issue: &mut Issue, value: &Value) -> Result<(), Wrong> {
    for (name, slot) in [("originalEstimate", &mut issue.estimate), ("remainingEstimate", &mut issue.remaining)] {
        match &value[name] {
            Value::Null => {}
            Value::String(text) => {
                let seconds = super::worklogs::seconds(text);
                *slot = Some(seconds.ok_or_else(|| format!("'{text}' is not a valid time duration."))?);
            }
            _ => return Err("Operation value must be a string".into()),
        }
    }
    Ok(())
}

fn set_custom(world: &World, issue: &mut Issue, field: &Field, number: u32, value: &Value) -> Result<(), Wrong> {
    match number {
        schema::EPIC_LINK => {
            let epic = value.as_str().map(|key| world.issue_id(key).and_then(|id| world.issues.get(&id)));
            issue.epic = match epic {
                None => None,
                Some(Some(epic)) if epic.kind.level == 1 => Some(epic.id),
                Some(_) => return Err("Issue is not an Epic, or does not exist.".into()),
            };
            return Ok(());
        }
        schema::SPRINT => {
            let closed =
                issue.sprints.iter().copied().filter(|id| world.sprint(*id).is_some_and(|s| s.state == "closed"));
            let mut sprints: Vec<u64> = closed.collect();
            if !value.is_null() {
                let id = value.as_u64().ok_or("Number value expected as the Sprint id.")?;
                sprints.push(world.sprint(id).ok_or("Sprint does not exist.")?.id);
            }
            issue.sprints = sprints;
            return Ok(());
        }
        _ => {}
    }
    let stored = custom_value(world, field, number, value)?;
    match stored {
        Value::Null => drop(issue.custom.remove(&number)),
        stored => drop(issue.custom.insert(number, stored)),
    }
    Ok(())
}

fn custom_value(world: &World, field: &Field, number: u32, value: &Value) -> Result<Value, Wrong> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    let option = |v: &Value| {
        let found = named(v, |t| schema::options(number).iter().find(|o| o.0 == t || o.1 == t));
        found.map(|o| json!(o.0)).ok_or_else(|| match v["value"].as_str() {
            Some(text) => format!("Option value '{text}' is not valid"),
            None => {
                format!("Could not find valid 'id' or 'value' in the Parent Option object for field '{}'.", field.name)
            }
        })
    };
    Ok(match field.kind {
        Kind::Number if value.is_number() => value.clone(),
        Kind::Number => return Err("Operation value must be a number".into()),
        Kind::Date => json!(date(value)?),
        Kind::Option => option(value)?,
        Kind::Options => items(value)?.iter().map(option).collect::<Result<_, _>>()?,
        Kind::Users => {
            let find = |v: &Value| {
                let text = v["accountId"].as_str().or_else(|| v["name"].as_str()).unwrap_or_default();
                world.user_in_query(text).map(|id| json!(id)).ok_or_else(|| format!("User '{text}' does not exist."))
            };
            items(value)?.iter().map(find).collect::<Result<_, _>>()?
        }
        Kind::Text if value.is_string() => value.clone(),
        Kind::Text => return Err("Operation value must be a string".into()),
        _ => return Err(unknown(field.id)),
    })
}

/// Returns what changed between two states of an issue.
pub(crate) fn changes(world: &World, before: &Issue, after: &Issue) -> Vec<Change> {
    let mut items = Vec::new();
    for field in &FIELDS {
        let (from, to) = (facet(world, before, field), facet(world, after, field));
        if from != to {
            items.push(Change {
                field: if field.custom.is_empty() { history_name(field.id).into() } else { field.name.into() },
                field_id: field.id.into(),
                from: from.0,
                from_text: from.1,
                to: to.0,
                to_text: to.1,
            });
        }
    }
    items
}

/// The history has names of its own for some fields.
fn history_name(id: &str) -> &str {
    match id {
        "fixVersions" => "Fix Version",
        "versions" => "Version",
        "components" => "Component",
        "customfield_10014" => "Epic Link",
        other => other,
    }
}

type Facet = (Option<String>, Option<String>);

/// Returns the value of a field as the history writes it: number and text.
fn facet(world: &World, issue: &Issue, field: &Field) -> Facet {
    let both = |id: String, text: String| (Some(id), Some(text));
    let text = |text: Option<String>| (None, text);
    let user = |id: Option<UserId>| {
        id.and_then(|id| world.users.get(id)).map_or((None, None), |u| both(u.key.clone(), u.display.clone()))
    };
    let many = |names: Vec<(u64, String)>| {
        let join = |parts: Vec<String>| Some(parts.join(", ")).filter(|t| !t.is_empty());
        (join(names.iter().map(|n| n.0.to_string()).collect()), join(names.into_iter().map(|n| n.1).collect()))
    };
    let versions =
        |ids: &[u64]| many(ids.iter().filter_map(|id| world.version(*id)).map(|v| (v.id, v.name.clone())).collect());
    match field.id {
        "summary" => text(Some(issue.summary.clone())),
        "description" => text(issue.description.as_ref().map(Rich::wiki)),
        "environment" => text(issue.environment.as_ref().map(Rich::wiki)),
        "status" => both(issue.status.id.into(), issue.status.name.into()),
        "issuetype" => both(issue.kind.id.into(), issue.kind.name.into()),
        "priority" => both(issue.priority.id.into(), issue.priority.name.into()),
        "resolution" => issue.resolution.map_or((None, None), |r| both(r.id.into(), r.name.into())),
        "assignee" => user(issue.assignee),
        "reporter" => user(issue.reporter),
        "labels" => text(Some(issue.labels.join(" "))),
        "components" => {
            let all = issue.components.iter().filter_map(|id| world.component(*id));
            many(all.map(|c| (c.id, c.name.clone())).collect())
        }
        "fixVersions" => versions(&issue.fix_versions),
        "versions" => versions(&issue.versions),
        "duedate" => (issue.due.clone(), issue.due.clone()),
        "parent" => issue
            .parent
            .and_then(|id| world.issues.get(&id))
            .map_or((None, None), |p| both(p.id.to_string(), p.key.clone())),
        "timeoriginalestimate" => text(issue.estimate.map(|s| s.to_string())),
        "timeestimate" => text(issue.remaining.map(|s| s.to_string())),
        _ => match field.number() {
            Some(schema::EPIC_LINK) => {
                let epic = issue.epic.and_then(|id| world.issues.get(&id));
                epic.map_or((None, None), |e| both(e.id.to_string(), e.key.clone()))
            }
            Some(schema::SPRINT) => {
                let all = issue.sprints.iter().filter_map(|id| world.sprint(*id));
                many(all.map(|s| (s.id, s.name.clone())).collect())
            }
            Some(number) => text(issue.custom.get(&number).map(|v| custom_text(number, v))),
            None => (None, None),
        },
    }
}

fn custom_text(number: u32, value: &Value) -> String {
    let one = |v: &Value| {
        let option = schema::options(number).iter().find(|o| v == o.0).map(|o| o.1.to_owned());
        option.unwrap_or_else(|| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
    };
    match value {
        Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join(", "),
        other => one(other),
    }
}

/// Reads a link to a page elsewhere.
pub(crate) fn remote_link(id: u64, body: Value) -> RemoteLink {
    RemoteLink { id, body }
}
