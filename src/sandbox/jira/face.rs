//! Things as JSON, the way each deployment and each version of the API writes them.

use super::schema::{CATEGORIES, Field, IssueType, Kind, LinkType, Named, STATUSES, Status, Transition};
use super::text::Rich;
use super::world::{
    Attachment, Comment, Component, Filter, History, Issue, Project, User, UserId, Version, Worklog, World, stamp,
};
use crate::sandbox::http::{Request, encode, encode_name};
use serde_json::{Map, Value, json};

/// How answers to one request look.
#[derive(Clone)]
pub(crate) struct Face {
    pub cloud: bool,
    /// The base URL that the client used, the gateway's included.
    pub base: String,
    /// The version of the API in `self` links.
    pub api: &'static str,
    /// Rich text is a document.
    pub documents: bool,
    /// Who asks.
    pub me: Option<UserId>,
}

impl Face {
    pub(crate) fn new(cloud: bool, base: String, path: &str, me: Option<UserId>) -> Self {
        let documents = cloud && path.starts_with("/rest/api/3/");
        let api = match documents {
            true => "3",
            false if path.starts_with("/rest/api/latest/") && !cloud => "latest",
            false => "2",
        };
        Face { cloud, base, api, documents, me }
    }

    /// Returns the address of a platform resource.
    pub(crate) fn rest(&self, path: &str) -> String {
        format!("{}/rest/api/{}/{path}", self.base, self.api)
    }

    /// Returns the address of an agile resource.
    pub(crate) fn agile(&self, path: &str) -> String {
        format!("{}/rest/agile/1.0/{path}", self.base)
    }

    /// Returns the address of the list that was asked for, or of its page at a place, with its size.
    pub(crate) fn here(&self, request: &Request, page: Option<(usize, usize)>) -> String {
        let below = request.path.find("/rest/").map_or("", |at| &request.path[at..]);
        let mut query: Vec<(String, String)> = request.query.clone();
        if let Some((start, size)) = page {
            query.retain(|(k, _)| k != "startAt" && k != "maxResults");
            query.push(("maxResults".into(), size.to_string()));
            query.push(("startAt".into(), start.to_string()));
        }
        let query: Vec<String> = query.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{below}{mark}{}", self.base, query.join("&"))
    }

    fn avatars(&self, path: &str) -> Value {
        let url = |size: &str| json!(format!("{}/secure/{path}{size}", self.base));
        json!({ "48x48": url(""), "24x24": url("&size=small"), "16x16": url("&size=xsmall"), "32x32": url("&size=medium") })
    }

    /// Writes a user.
    pub(crate) fn user(&self, user: &User) -> Value {
        let avatars = self.avatars("useravatar?avatarId=10341");
        if self.cloud {
            // Cloud hides email addresses from those who are not administrators or the person.
            let mut value = json!({
                "self": self.rest(&format!("user?accountId={}", encode(&user.account_id))),
                "accountId": user.account_id,
                "avatarUrls": avatars,
                "displayName": user.display,
                "active": user.active,
                "timeZone": "Etc/UTC",
                "accountType": if user.app { "app" } else { "atlassian" },
            });
            if self.me.is_some() && !user.app {
                value["emailAddress"] = json!(user.email);
            }
            return value;
        }
        json!({
            "self": self.rest(&format!("user?username={}", encode(&user.name))),
            "name": user.name,
            "key": user.key,
            "emailAddress": user.email,
            "avatarUrls": avatars,
            "displayName": user.display,
            "active": user.active,
            "timeZone": "Etc/UTC",
        })
    }

    /// Writes the user with this number, or null.
    pub(crate) fn user_or_null(&self, world: &World, id: Option<UserId>) -> Value {
        id.and_then(|id| world.users.get(id)).map_or(Value::Null, |u| self.user(u))
    }

    /// Writes rich text.
    pub(crate) fn rich(&self, text: Option<&Rich>) -> Value {
        match text {
            None => Value::Null,
            Some(text) if self.documents => text.document(),
            Some(text) => json!(text.wiki()),
        }
    }

    /// Writes an issue type.
    pub(crate) fn issue_type(&self, kind: &IssueType) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("issuetype/{}", kind.id)),
            "id": kind.id,
            "description": kind.about,
            "iconUrl": format!("{}/secure/viewavatar?size=xsmall&avatarId={}&avatarType=issuetype", self.base, kind.avatar),
            "name": kind.name,
            "subtask": kind.subtask,
            "avatarId": kind.avatar,
        });
        if self.cloud {
            value["hierarchyLevel"] = json!(kind.level);
        }
        value
    }

    /// Writes a status.
    pub(crate) fn status(&self, status: &Status) -> Value {
        json!({
            "self": self.rest(&format!("status/{}", status.id)),
            "description": status.about,
            "iconUrl": format!("{}/images/icons/statuses/generic.png", self.base),
            "name": status.name,
            "id": status.id,
            "statusCategory": self.category(status.category),
        })
    }

    /// Writes a status category.
    pub(crate) fn category(&self, place: usize) -> Value {
        let category = &CATEGORIES[place];
        json!({
            "self": self.rest(&format!("statuscategory/{}", category.id)),
            "id": category.id,
            "key": category.key,
            "colorName": category.color,
            "name": category.name,
        })
    }

    /// Writes a priority.
    pub(crate) fn priority(&self, priority: &Named) -> Value {
        json!({
            "self": self.rest(&format!("priority/{}", priority.id)),
            "iconUrl": format!("{}/images/icons/priorities/{}.svg", self.base, priority.name.to_lowercase()),
            "name": priority.name,
            "id": priority.id,
        })
    }

    /// Writes a resolution.
    pub(crate) fn resolution(&self, resolution: &Named) -> Value {
        json!({
            "self": self.rest(&format!("resolution/{}", resolution.id)),
            "id": resolution.id,
            "description": resolution.about,
            "name": resolution.name,
        })
    }

    /// Writes a project in short.
    pub(crate) fn project(&self, project: &Project) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("project/{}", project.id)),
            "id": project.id.to_string(),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": "software",
            "avatarUrls": self.avatars(&format!("projectavatar?pid={}", project.id)),
        });
        if self.cloud {
            value["simplified"] = json!(false);
        }
        value
    }

    /// Writes a version.
    pub(crate) fn version(&self, version: &Version) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("version/{}", version.id)),
            "id": version.id.to_string(),
            "name": version.name,
            "archived": version.archived,
            "released": version.released,
            "projectId": version.project,
        });
        for (key, text) in
            [("description", &version.description), ("startDate", &version.start), ("releaseDate", &version.release)]
        {
            if let Some(text) = text {
                value[key] = json!(text);
            }
        }
        if !version.released && version.release.is_some() {
            let today = super::world::day(super::world::now());
            value["overdue"] = json!(version.release.as_ref().is_some_and(|day| *day < today));
        }
        value
    }

    /// Writes a component.
    pub(crate) fn component(&self, world: &World, component: &Component) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("component/{}", component.id)),
            "id": component.id.to_string(),
            "name": component.name,
        });
        if let Some(text) = &component.description {
            value["description"] = json!(text);
        }
        if let Some(lead) = component.lead.and_then(|id| world.users.get(id)) {
            value["lead"] = self.user(lead);
        }
        let project = world.project_by_id(component.project);
        value["assigneeType"] = json!(component.assignee_type);
        value["realAssigneeType"] = json!(component.assignee_type);
        value["isAssigneeTypeValid"] = json!(true);
        value["project"] = json!(project.map(|p| p.key.clone()));
        value["projectId"] = json!(component.project);
        value
    }

    /// Writes a comment.
    pub(crate) fn comment(&self, world: &World, issue: u64, comment: &Comment) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("issue/{issue}/comment/{}", comment.id)),
            "id": comment.id.to_string(),
            "author": self.user_or_null(world, Some(comment.author)),
            "body": self.rich(Some(&comment.body)),
            "updateAuthor": self.user_or_null(world, Some(comment.editor)),
            "created": stamp(comment.created),
            "updated": stamp(comment.updated),
        });
        if let Some(visibility) = &comment.visibility {
            value["visibility"] = visibility.clone();
        }
        if self.cloud {
            value["jsdPublic"] = json!(true);
        }
        value
    }

    /// Writes a worklog.
    pub(crate) fn worklog(&self, world: &World, issue: u64, log: &Worklog) -> Value {
        let mut value = json!({
            "self": self.rest(&format!("issue/{issue}/worklog/{}", log.id)),
            "author": self.user_or_null(world, Some(log.author)),
            "updateAuthor": self.user_or_null(world, Some(log.author)),
        });
        if let Some(comment) = &log.comment {
            value["comment"] = self.rich(Some(comment));
        } else if !self.cloud {
            value["comment"] = json!("");
        }
        value["created"] = json!(stamp(log.created));
        value["updated"] = json!(stamp(log.updated));
        value["started"] = json!(stamp(log.started));
        value["timeSpent"] = json!(duration(log.seconds));
        value["timeSpentSeconds"] = json!(log.seconds);
        value["id"] = json!(log.id.to_string());
        value["issueId"] = json!(issue.to_string());
        value
    }

    /// Writes what is known of a file. `number`: the resource of the attachment itself writes its id so on Cloud.
    pub(crate) fn attachment(&self, world: &World, file: &Attachment, number: bool) -> Value {
        let content = match self.cloud {
            true => self.rest(&format!("attachment/content/{}", file.id)),
            false => format!("{}/secure/attachment/{}/{}", self.base, file.id, encode_name(&file.name)),
        };
        json!({
            "self": self.rest(&format!("attachment/{}", file.id)),
            "id": if number && self.cloud { json!(file.id) } else { json!(file.id.to_string()) },
            "filename": file.name,
            "author": self.user_or_null(world, Some(file.author)),
            "created": stamp(file.created),
            "size": file.size(),
            "mimeType": file.mime,
            "content": content,
        })
    }

    /// Writes a link type.
    pub(crate) fn link_type(&self, kind: &LinkType) -> Value {
        json!({
            "id": kind.id, "name": kind.name, "inward": kind.inward, "outward": kind.outward,
            "self": self.rest(&format!("issueLinkType/{}", kind.id)),
        })
    }

    /// Writes an issue in a few words, as links and parents do.
    pub(crate) fn brief(&self, issue: &Issue) -> Value {
        json!({
            "id": issue.id.to_string(),
            "key": issue.key,
            "self": self.rest(&format!("issue/{}", issue.id)),
            "fields": {
                "summary": issue.summary,
                "status": self.status(issue.status),
                "priority": self.priority(issue.priority),
                "issuetype": self.issue_type(issue.kind),
            },
        })
    }

    /// Writes one change of an issue.
    pub(crate) fn history(&self, world: &World, history: &History) -> Value {
        let items: Vec<Value> = history
            .items
            .iter()
            .map(|item| {
                let custom = item.field_id.starts_with("customfield_");
                let mut value = json!({ "field": item.field, "fieldtype": if custom { "custom" } else { "jira" } });
                if self.cloud {
                    value["fieldId"] = json!(item.field_id);
                }
                value["from"] = json!(item.from);
                value["fromString"] = json!(item.from_text);
                value["to"] = json!(item.to);
                value["toString"] = json!(item.to_text);
                value
            })
            .collect();
        json!({
            "id": history.id.to_string(),
            "author": self.user_or_null(world, Some(history.author)),
            "created": stamp(history.created),
            "items": items,
        })
    }

    /// Writes a step of the workflow, without its fields.
    pub(crate) fn transition(&self, transition: &Transition) -> Value {
        let screen = transition.resolving == super::schema::Resolving::Optional
            || transition.resolving == super::schema::Resolving::Required;
        let mut value = json!({
            "id": transition.id,
            "name": transition.name,
            "to": self.status(&STATUSES[transition.to]),
        });
        if self.cloud {
            let more = json!({ "hasScreen": screen, "isGlobal": false, "isInitial": false, "isAvailable": true, "isConditional": false, "isLooped": false });
            merge(&mut value, more);
        }
        value
    }

    /// Writes a field.
    pub(crate) fn field(&self, field: &Field) -> Value {
        let mut clauses: Vec<String> = field.clauses.iter().map(|c| (*c).to_owned()).collect();
        if let Some(number) = field.number() {
            clauses = vec![format!("cf[{number}]"), field.name.to_owned()];
        }
        let mut value = json!({ "id": field.id });
        if self.cloud {
            value["key"] = json!(field.id);
        }
        merge(
            &mut value,
            json!({
                "name": field.name,
                "custom": !field.custom.is_empty(),
                "orderable": field.screen == super::schema::Screen::Edit,
                "navigable": field.navigable,
                "searchable": !clauses.is_empty(),
                "clauseNames": clauses,
                "schema": field_schema(field),
            }),
        );
        value
    }

    /// Writes a saved search.
    pub(crate) fn filter(&self, world: &World, filter: &Filter) -> Value {
        json!({
            "self": self.rest(&format!("filter/{}", filter.id)),
            "id": filter.id.to_string(),
            "name": filter.name,
            "description": filter.description,
            "owner": self.user_or_null(world, Some(filter.owner)),
            "jql": filter.jql,
            "viewUrl": format!("{}/issues/?filter={}", self.base, filter.id),
            "searchUrl": format!("{}/search?jql={}", self.rest("").trim_end_matches('/'), encode(&filter.jql)),
            "favourite": filter.favourite,
            "sharePermissions": [],
        })
    }

    /// Writes a group.
    pub(crate) fn group(&self, name: &str) -> Value {
        let mut value = json!({ "name": name });
        if self.cloud {
            value["groupId"] = json!(group_id(name));
        }
        value["self"] = json!(self.rest(&format!("group?groupname={}", encode(name))));
        value
    }
}

/// Returns the id that a group has on Cloud.
pub(crate) fn group_id(name: &str) -> String {
    let mixed = name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    format!("{:08x}-{:04x}-4e2b-9c1d-{:012x}", mixed >> 32, (mixed >> 16) & 0xFFFF, mixed & 0xFFFF_FFFF_FFFF)
}

/// Puts the members of one object into another.
pub(crate) fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Writes a number of seconds as Jira does, with days of eight hours: `1d 2h 30m`.
pub(crate) fn duration(seconds: i64) -> String {
    let mut rest = seconds / 60;
    let mut parts = Vec::new();
    for (unit, minutes) in [("w", 2400), ("d", 480), ("h", 60), ("m", 1)] {
        if rest >= minutes {
            parts.push(format!("{}{unit}", rest / minutes));
            rest %= minutes;
        }
    }
    if parts.is_empty() { "0m".into() } else { parts.join(" ") }
}

/// Describes the type of a field.
pub(crate) fn field_schema(field: &Field) -> Value {
    let (kind, items) = match field.kind {
        Kind::Text | Kind::Rich => ("string", None),
        Kind::Number | Kind::Seconds => ("number", None),
        Kind::Date => ("date", None),
        Kind::Time => ("datetime", None),
        Kind::User => ("user", None),
        Kind::Users => ("array", Some("user")),
        Kind::Labels => ("array", Some("string")),
        Kind::Option => ("option", None),
        Kind::Options => ("array", Some("option")),
        Kind::Versions => ("array", Some("version")),
        Kind::Components => ("array", Some("component")),
        Kind::Priority => ("priority", None),
        Kind::Resolution => ("resolution", None),
        Kind::Type => ("issuetype", None),
        Kind::Project => ("project", None),
        Kind::Status => ("status", None),
        Kind::Issue => ("issuelink", None),
        Kind::Sprint => ("array", Some("json")),
        Kind::Tracking => ("timetracking", None),
        Kind::Progress => ("progress", None),
        Kind::Votes => ("votes", None),
        Kind::Watches => ("watches", None),
        Kind::Comments => ("comments-page", None),
        Kind::Worklogs => ("array", Some("worklog")),
        Kind::Attachments => ("array", Some("attachment")),
        Kind::Links | Kind::Subtasks => ("array", Some("issuelinks")),
        Kind::Other => ("any", None),
    };
    let mut schema = Map::new();
    schema.insert("type".into(), json!(kind));
    if let Some(items) = items {
        schema.insert("items".into(), json!(items));
    }
    match field.number() {
        None => drop(schema.insert("system".into(), json!(field.id))),
        Some(number) => {
            schema.insert("custom".into(), json!(field.custom));
            schema.insert("customId".into(), json!(number));
        }
    }
    Value::Object(schema)
}
