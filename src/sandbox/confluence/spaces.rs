//! Spaces, in the first version of the API.

use super::call::{Call, Outcome};
use super::expand::Expand;
use super::face;
use super::guard::{Access, Refusal, invalid, refuse};
use super::route::{On, Route, row};
use super::tasks;
use super::world::{Content, Kind, Label, Limits, OPERATIONS, Permission, Space, Status, Version, Who, now};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/space", Access::Anyone, list),
    row(On::Both, "POST", "/rest/api/space", Access::User, create),
    row(On::Dc, "GET", "/rest/api/space/{}", Access::Anyone, get),
    row(On::Both, "PUT", "/rest/api/space/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/space/{}", Access::User, delete),
    row(On::Dc, "GET", "/rest/api/space/{}/content", Access::Anyone, content),
    row(On::Dc, "GET", "/rest/api/space/{}/content/{}", Access::Anyone, content_of_type),
    row(On::Dc, "PUT", "/rest/api/space/{}/archive", Access::User, archive),
    row(On::Dc, "PUT", "/rest/api/space/{}/restore", Access::User, restore),
    row(On::Dc, "GET", "/rest/api/space/{}/trash", Access::User, trash),
    row(On::Dc, "DELETE", "/rest/api/space/{}/trash", Access::User, empty_trash),
    row(On::Dc, "GET", "/rest/api/space/{}/labels", Access::Anyone, labels),
    row(On::Cloud, "GET", "/rest/api/space/{}/label", Access::Anyone, own_labels),
    row(On::Cloud, "POST", "/rest/api/space/{}/label", Access::User, add_labels),
    row(On::Cloud, "DELETE", "/rest/api/space/{}/label", Access::User, remove_label),
];

fn list(call: &mut Call) -> Outcome {
    let (request, expand) = (call.request, call.expand());
    let keys = request.params("spaceKey");
    let (kind, status) = (request.param("type"), request.param("status"));
    let fits = |s: &&Space| {
        (keys.is_empty() || keys.iter().any(|k| s.key.eq_ignore_ascii_case(k)))
            && kind.is_none_or(|k| (k == "personal") == s.personal)
            && status.is_none_or(|k| (k == "archived") == s.archived)
    };
    let seen = call.world.spaces.iter().filter(fits).filter(|s| call.may_see(s));
    let all: Vec<Value> = seen.map(|s| call.face.space(call.world, s, &expand)).collect();
    Call::ok(&call.page(&all, 25, 500)?)
}

fn get(call: &mut Call) -> Outcome {
    let space = call.space(call.arg(0))?;
    Call::ok(&call.face.space(call.world, space, &call.expand()))
}

/// Says whether a key may be used for a space.
fn valid_key(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 255
        && key.trim_start_matches('~').chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let text = |name: &str| body[name].as_str().unwrap_or_default().trim().to_owned();
    let (key, name) = (text("key"), text("name"));
    if !valid_key(&key) || name.is_empty() {
        return Err(invalid("Space key or name is not valid.", &format!("Could not create space with key {key}")));
    }
    if call.world.space(&key).is_some() {
        let told = "A space already exists with the specified key.";
        return Err(invalid(told, &format!("Could not create space with key {key}")));
    }
    let me = call.me();
    if call.world.users[me].outsider {
        return Err(refuse(403, "PermissionException", "User not permitted to create spaces"));
    }
    let id = call.world.next_id();
    let grants = OPERATIONS.map(|(operation, target)| (Who::User(me), operation, target));
    let grants = grants.into_iter().chain([(Who::Group(super::world::USERS.into()), "read", "space")]);
    let permission = |(who, operation, target): (Who, &str, &str)| Permission {
        id: call.world.next_id(),
        who,
        operation: operation.into(),
        target: target.into(),
    };
    let permissions = grants.map(permission).collect();
    let homepage = home(call, id, &name);
    let space = Space {
        id,
        key,
        name,
        description: body["description"]["plain"]["value"].as_str().unwrap_or_default().to_owned(),
        personal: false,
        archived: false,
        homepage: Some(homepage),
        creator: me,
        created: now(),
        permissions,
        labels: Vec::new(),
    };
    call.world.spaces.push(space);
    let space = call.world.space_by_id(id).ok_or_else(|| refuse(500, "ServiceException", "no space"))?;
    Call::ok(&call.face.space(call.world, space, &Expand::new(&["description"])))
}

/// Makes the homepage of a new space.
fn home(call: &mut Call, space: u64, name: &str) -> u64 {
    let (id, by) = (call.world.next_id(), call.me());
    let version = Version {
        number: 1,
        when: now(),
        by,
        message: String::new(),
        minor: false,
        title: format!("{name} Home"),
        body: super::bodies::home(name),
        file: None,
    };
    let page = Content {
        id,
        kind: Kind::Page,
        status: Status::Current,
        space,
        parent: None,
        container: None,
        position: 0,
        creator: by,
        created: now(),
        versions: vec![version],
        labels: Vec::new(),
        read: Limits::default(),
        update: Limits::default(),
        properties: Vec::new(),
        inline: None,
        resolved: false,
    };
    call.world.content.insert(id, page);
    id
}

fn edit(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let body = call.body()?;
    let home = body["homepage"]["id"].as_str().and_then(|id| id.parse().ok()).or(body["homepage"]["id"].as_u64());
    if let Some(space) = call.world.space_mut(id) {
        if let Some(name) = body["name"].as_str() {
            name.clone_into(&mut space.name);
        }
        if let Some(text) = body["description"]["plain"]["value"].as_str() {
            text.clone_into(&mut space.description);
        }
        space.homepage = home.or(space.homepage);
        space.archived = body["status"].as_str().map_or(space.archived, |s| s == "archived");
    }
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let name = format!("Delete space {}", call.arg(0));
    call.world.spaces.retain(|s| s.id != id);
    call.world.content.retain(|_, c| c.space != id);
    let task = tasks::begin(call, &name, json!({}));
    Ok(Reply::json(202, &tasks::submitted(task)))
}

fn of_space(call: &Call, space: u64, kind: Kind, expand: &Expand) -> Vec<Value> {
    let home = call.world.space_by_id(space).and_then(|s| s.homepage);
    let top = call.request.param("depth") == Some("root");
    let fits = |c: &&Content| {
        c.space == space && c.kind == kind && face::is_current(c) && (!top || c.parent.is_none() || Some(c.id) == home)
    };
    let seen = call.world.content.values().filter(fits).filter(|c| call.may_read(c));
    seen.map(|c| call.face.content(call.world, c, expand)).collect()
}

fn content(call: &mut Call) -> Outcome {
    let space = call.space(call.arg(0))?.id;
    let expand = call.expand();
    let pages = call.page(&of_space(call, space, Kind::Page, &expand), 25, 200)?;
    let blogs = call.page(&of_space(call, space, Kind::Blog, &expand), 25, 200)?;
    Call::ok(&json!({ "page": pages, "blogpost": blogs, "_links": { "base": call.face.base } }))
}

fn content_of_type(call: &mut Call) -> Outcome {
    let space = call.space(call.arg(0))?.id;
    let kind = Kind::named(call.arg(1)).filter(|k| matches!(k, Kind::Page | Kind::Blog));
    let kind = kind.ok_or_else(|| refuse(400, "BadRequestException", "type is page or blogpost"))?;
    Call::ok(&call.page(&of_space(call, space, kind, &call.expand()), 25, 200)?)
}

fn set_archived(call: &mut Call, archived: bool) -> Outcome {
    let id = call.own_space(0)?;
    if let Some(space) = call.world.space_mut(id) {
        space.archived = archived;
    }
    Call::done()
}

fn archive(call: &mut Call) -> Outcome {
    set_archived(call, true)
}

fn restore(call: &mut Call) -> Outcome {
    set_archived(call, false)
}

fn trash(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let expand = call.expand();
    let gone = call.world.content.values().filter(|c| c.space == id && c.status == Status::Trashed);
    let all: Vec<Value> = gone.map(|c| call.face.content(call.world, c, &expand)).collect();
    Call::ok(&call.page(&all, 25, 200)?)
}

fn empty_trash(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let gone = call.world.content.values().filter(|c| c.space == id && c.status == Status::Trashed).map(|c| c.id);
    for one in gone.collect::<Vec<_>>() {
        call.world.purge(one);
    }
    Call::done()
}

fn labels(call: &mut Call) -> Outcome {
    let id = call.space(call.arg(0))?.id;
    let mut all: Vec<&Label> = call.world.content.values().filter(|c| c.space == id).flat_map(|c| &c.labels).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all.dedup_by_key(|l| l.id);
    let all: Vec<Value> = all.into_iter().map(face::Face::label).collect();
    Call::ok(&call.page(&all, 25, 200)?)
}

fn own_labels(call: &mut Call) -> Outcome {
    let all: Vec<Value> = call.space(call.arg(0))?.labels.iter().map(face::Face::label).collect();
    Call::ok(&call.page(&all, 200, 200)?)
}

fn add_labels(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let body = call.body()?;
    for (prefix, name) in super::labels::named(&body)? {
        let label = call.world.label(&prefix, &name);
        if let Some(space) = call.world.space_mut(id).filter(|s| !s.labels.contains(&label)) {
            space.labels.push(label);
        }
    }
    own_labels(call)
}

fn remove_label(call: &mut Call) -> Outcome {
    let id = call.own_space(0)?;
    let name = call.request.param("name").unwrap_or_default().to_owned();
    let labels = call.world.space_mut(id).map(|s| &mut s.labels);
    let gone = labels.is_some_and(|labels| {
        let before = labels.len();
        labels.retain(|l| l.name != name);
        labels.len() < before
    });
    if gone { Call::done() } else { Err::<Reply, Refusal>(refuse(404, "NotFoundException", "No such label")) }
}
