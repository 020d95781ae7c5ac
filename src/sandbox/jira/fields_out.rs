//! The fields of an issue as JSON.

use super::face::{Face, duration, merge};
use super::schema::{self, FIELDS, Field, Kind};
use super::world::{Issue, World, stamp, stamp_z};
use serde_json::{Map, Value, json};

/// Which fields a request wants.
pub(crate) struct Wanted {
    all: bool,
    navigable: bool,
    named: Vec<String>,
    without: Vec<String>,
}

impl Wanted {
    /// Reads a list such as `summary,-comment,*navigable`; an empty one means `default`.
    pub(crate) fn read<'a>(names: impl IntoIterator<Item = &'a str>, default: &str) -> Self {
        let mut wanted = Wanted { all: false, navigable: false, named: Vec::new(), without: Vec::new() };
        let mut names: Vec<&str> = names.into_iter().flat_map(|n| n.split(',')).map(str::trim).collect();
        names.retain(|n| !n.is_empty());
        if names.is_empty() {
            names.push(default);
        }
        // Only exclusions: out of everything.
        wanted.all = names.iter().all(|n| n.starts_with('-'));
        for name in names {
            match name {
                "*all" => wanted.all = true,
                "*navigable" => wanted.navigable = true,
                _ => match name.strip_prefix('-') {
                    Some(name) => wanted.without.push(name.to_owned()),
                    None => wanted.named.push(name.to_owned()),
                },
            }
        }
        wanted
    }

    /// Says whether a field is wanted.
    pub(crate) fn wants(&self, field: &Field) -> bool {
        let asked = self.all || (self.navigable && field.navigable) || self.named.iter().any(|n| n == field.id);
        asked && !self.without.iter().any(|n| n == field.id)
    }

    /// Says whether nothing but ids and keys is wanted.
    pub(crate) fn only_ids(&self) -> bool {
        !self.all && !self.navigable && self.named.iter().all(|n| n == "id" || n == "key" || n == "issuekey")
    }

    /// Says whether only ids are wanted.
    pub(crate) fn id_only(&self) -> bool {
        self.only_ids() && self.named.iter().all(|n| n == "id")
    }
}

/// Writes the wanted fields of an issue.
pub(crate) fn fields(face: &Face, world: &World, issue: &Issue, wanted: &Wanted) -> Value {
    let mut out = Map::new();
    for field in FIELDS.iter().filter(|f| wanted.wants(f)) {
        // Data Center has no parent field on issues that are no subtasks; Cloud leaves it out where there is none.
        if field.id == "parent" && parent(world, issue, face.cloud).is_none() {
            continue;
        }
        out.insert(field.id.to_owned(), value(face, world, issue, field));
    }
    Value::Object(out)
}

/// Returns the parent of an issue; on Cloud that is the epic as well.
fn parent<'a>(world: &'a World, issue: &Issue, cloud: bool) -> Option<&'a Issue> {
    let id = issue.parent.or(issue.epic.filter(|_| cloud))?;
    world.issues.get(&id)
}

/// Writes the value of one field.
pub(crate) fn value(face: &Face, world: &World, issue: &Issue, field: &Field) -> Value {
    if let Some(number) = field.number() {
        return custom(face, world, issue, field, number);
    }
    match field.id {
        "summary" => json!(issue.summary),
        "issuetype" => face.issue_type(issue.kind),
        "project" => world.project_by_id(issue.project).map_or(Value::Null, |p| face.project(p)),
        "status" => face.status(issue.status),
        "priority" => face.priority(issue.priority),
        "resolution" => issue.resolution.map_or(Value::Null, |r| face.resolution(r)),
        "assignee" => face.user_or_null(world, issue.assignee),
        "reporter" => face.user_or_null(world, issue.reporter),
        "creator" => face.user_or_null(world, Some(issue.creator)),
        "labels" => json!(issue.labels),
        "components" => list(&issue.components, |id| world.component(*id).map(|c| component(face, c))),
        "fixVersions" => list(&issue.fix_versions, |id| world.version(*id).map(|v| version(face, v))),
        "versions" => list(&issue.versions, |id| world.version(*id).map(|v| version(face, v))),
        "created" => json!(stamp(issue.created)),
        "updated" => json!(stamp(issue.updated)),
        "resolutiondate" => json!(issue.resolved.map(stamp)),
        "duedate" => json!(issue.due),
        "description" => face.rich(issue.description.as_ref()),
        "environment" => face.rich(issue.environment.as_ref()),
        "parent" => parent(world, issue, face.cloud).map_or(Value::Null, |p| face.brief(p)),
        "subtasks" => world.subtasks(issue.id).into_iter().map(|s| face.brief(s)).collect(),
        "issuelinks" => links(face, world, issue),
        "attachment" => {
            list(&issue.attachments, |id| world.attachments.get(id).map(|a| face.attachment(world, a, false)))
        }
        "comment" => comments(face, world, issue),
        "worklog" => worklogs(face, world, issue),
        _ => counted(face, issue, field.id),
    }
}

fn counted(face: &Face, issue: &Issue, id: &str) -> Value {
    let spent = spent(issue);
    let me = |list: &[usize]| face.me.is_some_and(|me| list.contains(&me));
    match id {
        "timeoriginalestimate" => json!(issue.estimate),
        "timeestimate" => json!(issue.remaining),
        "timespent" => json!((spent > 0).then_some(spent)),
        "workratio" => json!(issue.estimate.filter(|e| *e > 0).map_or(-1, |e| spent * 100 / e)),
        "progress" => {
            let total = spent + issue.remaining.unwrap_or(0);
            let mut value = json!({ "progress": spent, "total": total });
            if total > 0 {
                value["percent"] = json!(spent * 100 / total);
            }
            value
        }
        "votes" => json!({
            "self": face.rest(&format!("issue/{}/votes", issue.key)),
            "votes": issue.voters.len(), "hasVoted": me(&issue.voters),
        }),
        "watches" => json!({
            "self": face.rest(&format!("issue/{}/watchers", issue.key)),
            "watchCount": issue.watchers.len(), "isWatching": me(&issue.watchers),
        }),
        "timetracking" => tracking(issue),
        _ => Value::Null,
    }
}

fn spent(issue: &Issue) -> i64 {
    issue.worklogs.iter().map(|w| w.seconds).fold(0, i64::saturating_add)
}

fn tracking(issue: &Issue) -> Value {
    let mut value = json!({});
    let spent = Some(spent(issue)).filter(|s| *s > 0);
    for (name, seconds) in
        [("originalEstimate", issue.estimate), ("remainingEstimate", issue.remaining), ("timeSpent", spent)]
    {
        if let Some(seconds) = seconds {
            merge(&mut value, json!({ name: duration(seconds), (format!("{name}Seconds")): seconds }));
        }
    }
    value
}

fn list<T>(ids: &[T], write: impl Fn(&T) -> Option<Value>) -> Value {
    ids.iter().filter_map(write).collect()
}

/// A version inside an issue has fewer members than the resource.
fn version(face: &Face, version: &super::world::Version) -> Value {
    let mut value = face.version(version);
    if let Value::Object(map) = &mut value {
        map.shift_remove("projectId");
        map.shift_remove("overdue");
        map.shift_remove("startDate");
    }
    value
}

fn component(face: &Face, component: &super::world::Component) -> Value {
    let mut value = json!({
        "self": face.rest(&format!("component/{}", component.id)),
        "id": component.id.to_string(),
        "name": component.name,
    });
    if let Some(text) = &component.description {
        value["description"] = json!(text);
    }
    value
}

fn links(face: &Face, world: &World, issue: &Issue) -> Value {
    let own = world.links.iter().filter(|l| l.inward == issue.id || l.outward == issue.id);
    own.filter_map(|link| {
        let (name, other) =
            if link.inward == issue.id { ("outwardIssue", link.outward) } else { ("inwardIssue", link.inward) };
        let other = world.issues.get(&other).filter(|i| world.may_browse(face.me, i.project))?;
        Some(json!({
            "id": link.id.to_string(),
            "self": face.rest(&format!("issueLink/{}", link.id)),
            "type": face.link_type(link.kind),
            name: face.brief(other),
        }))
    })
    .collect()
}

fn comments(face: &Face, world: &World, issue: &Issue) -> Value {
    let all: Vec<Value> = issue.comments.iter().map(|c| face.comment(world, issue.id, c)).collect();
    json!({
        "comments": all,
        "self": face.rest(&format!("issue/{}/comment", issue.id)),
        "maxResults": issue.comments.len(), "total": issue.comments.len(), "startAt": 0,
    })
}

/// Inside an issue there are at most twenty worklogs; the rest must be asked for.
fn worklogs(face: &Face, world: &World, issue: &Issue) -> Value {
    let some: Vec<Value> = issue.worklogs.iter().take(20).map(|w| face.worklog(world, issue.id, w)).collect();
    json!({ "startAt": 0, "maxResults": 20, "total": issue.worklogs.len(), "worklogs": some })
}

fn custom(face: &Face, world: &World, issue: &Issue, field: &Field, number: u32) -> Value {
    match number {
        schema::EPIC_LINK => json!(issue.epic.and_then(|id| world.issues.get(&id)).map(|e| e.key.clone())),
        schema::RANK => json!(format!("0|i{:05}:", issue.id)),
        schema::SPRINT => sprints(face, world, issue),
        _ => {
            let Some(value) = issue.custom.get(&number) else { return Value::Null };
            match field.kind {
                Kind::Option => option(face, number, value),
                Kind::Options => value.as_array().into_iter().flatten().map(|v| option(face, number, v)).collect(),
                Kind::Users => {
                    let ids = value.as_array().into_iter().flatten().filter_map(Value::as_u64);
                    ids.map(|id| face.user_or_null(world, usize::try_from(id).ok())).collect()
                }
                Kind::Rich => json!(value),
                _ => value.clone(),
            }
        }
    }
}

fn option(face: &Face, field: u32, id: &Value) -> Value {
    let found = schema::options(field).iter().find(|o| id == o.0);
    found.map_or(Value::Null, |(id, text)| {
        let mut value = json!({ "self": face.rest(&format!("customFieldOption/{id}")), "value": text, "id": id });
        if !face.cloud {
            value["disabled"] = json!(false);
        }
        value
    })
}

/// Cloud writes sprints as objects, Data Center as the text of a Java object.
fn sprints(face: &Face, world: &World, issue: &Issue) -> Value {
    if issue.sprints.is_empty() {
        return Value::Null;
    }
    let all = issue.sprints.iter().filter_map(|id| world.sprint(*id));
    all.map(|s| {
        let at = |t: Option<i64>| t.map(stamp_z);
        if face.cloud {
            let mut value = json!({ "id": s.id, "name": s.name, "state": s.state, "boardId": s.board, "goal": s.goal });
            for (key, time) in [("startDate", s.start), ("endDate", s.end), ("completeDate", s.complete)] {
                if let Some(time) = at(time) {
                    value[key] = json!(time);
                }
            }
            return value;
        }
        let text = |t: Option<i64>| at(t).unwrap_or_else(|| "<null>".into());
        json!(format!(
            "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={},endDate={},completeDate={},activatedDate={},sequence={},goal={},autoStartStop=false]",
            s.id + 0x1A2B_3C00, s.id, s.board, s.state.to_uppercase(), s.name,
            text(s.start), text(s.end), text(s.complete), text(s.start), s.id, s.goal,
        ))
    })
    .collect()
}

/// Writes the fields that hold rich text as HTML.
pub(crate) fn rendered(face: &Face, world: &World, issue: &Issue, wanted: &Wanted) -> Value {
    let mut out = Map::new();
    for field in FIELDS.iter().filter(|f| wanted.wants(f)) {
        let value = match field.id {
            "description" => json!(issue.description.as_ref().map(super::text::Rich::html)),
            "environment" => json!(issue.environment.as_ref().map(super::text::Rich::html)),
            "comment" => {
                let mut list = comments(face, world, issue);
                for (n, comment) in issue.comments.iter().enumerate() {
                    list["comments"][n]["body"] = json!(comment.body.html());
                }
                list
            }
            "created" | "updated" => json!(stamp(if field.id == "created" { issue.created } else { issue.updated })),
            _ => Value::Null,
        };
        out.insert(field.id.to_owned(), value);
    }
    Value::Object(out)
}
