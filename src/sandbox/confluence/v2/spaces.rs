//! Spaces, in the second version of the API.

use super::{missing, page, shapes};
use crate::sandbox::confluence::call::{Call, Outcome};
use crate::sandbox::confluence::guard::{Access, Refusal};
use crate::sandbox::confluence::route::{On, Route, row};
use crate::sandbox::confluence::world::{Content, Kind, Label, Permission, Space, Status, Who};
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Cloud, "GET", "/api/v2/spaces", Access::User, list),
    row(On::Cloud, "GET", "/api/v2/spaces/{}", Access::User, get),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/pages", Access::User, pages),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/blogposts", Access::User, blogs),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/permissions", Access::User, permissions),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/labels", Access::User, labels),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/content/labels", Access::User, content_labels),
    row(On::Cloud, "GET", "/api/v2/spaces/{}/operations", Access::User, operations),
];

/// Splits the values of a parameter that may be repeated or hold commas.
pub(crate) fn many(call: &Call, name: &str) -> Vec<String> {
    call.request.params(name).into_iter().flat_map(|v| v.split(',')).map(|v| v.trim().to_owned()).collect()
}

fn list(call: &mut Call) -> Outcome {
    let (ids, keys) = (many(call, "ids"), many(call, "keys"));
    let (kind, status) = (call.request.param("type"), call.request.param("status"));
    let labels = many(call, "labels");
    let fits = |s: &&Space| {
        (ids.is_empty() || ids.contains(&s.id.to_string()))
            && (keys.is_empty() || keys.iter().any(|k| k.eq_ignore_ascii_case(&s.key)))
            && kind.is_none_or(|k| (k == "personal") == s.personal)
            && status.is_none_or(|k| (k == "archived") == s.archived)
            && (labels.is_empty() || s.labels.iter().any(|l| labels.contains(&l.name)))
    };
    let mut seen: Vec<&Space> = call.world.spaces.iter().filter(fits).filter(|s| call.may_see(s)).collect();
    match call.request.param("sort") {
        Some("key") => seen.sort_by(|a, b| a.key.cmp(&b.key)),
        Some("-key") => seen.sort_by(|a, b| b.key.cmp(&a.key)),
        Some("name") => seen.sort_by(|a, b| a.name.cmp(&b.name)),
        Some("-name") => seen.sort_by(|a, b| b.name.cmp(&a.name)),
        Some("-id") => seen.reverse(),
        _ => {}
    }
    let all: Vec<Value> = seen.into_iter().map(|s| shapes::space(call, s)).collect();
    page(call, &all, 250)
}

/// Finds the space that the path names.
fn space<'a>(call: &'a Call) -> Result<&'a Space, Refusal> {
    let found = call.world.space_by_id(call.id(0)).filter(|s| call.may_see(s));
    found.ok_or_else(|| missing(&format!("space with id {}", call.arg(0))))
}

fn get(call: &mut Call) -> Outcome {
    Call::ok(&shapes::space(call, space(call)?))
}

fn content(call: &Call, kind: Kind) -> Outcome {
    let space = space(call)?;
    let (title, top) = (call.request.param("title"), call.request.param("depth") == Some("root"));
    let status = call
        .request
        .param("status")
        .map_or(vec![Status::Current], |s| s.split(',').filter_map(Status::named).collect());
    let fits = |c: &&Content| {
        c.space == space.id
            && c.kind == kind
            && status.contains(&c.status)
            && title.is_none_or(|t| c.title() == t)
            && (!top || c.parent.is_none())
    };
    let mut seen: Vec<&Content> = call.world.content.values().filter(fits).filter(|c| call.may_read(c)).collect();
    super::pages::sort(call, &mut seen);
    let all: Vec<Value> = seen.into_iter().map(|c| shapes::page(call, c, c.now())).collect();
    page(call, &all, 250)
}

fn pages(call: &mut Call) -> Outcome {
    content(call, Kind::Page)
}

fn blogs(call: &mut Call) -> Outcome {
    content(call, Kind::Blog)
}

fn permissions(call: &mut Call) -> Outcome {
    let one = |p: &Permission| {
        let (kind, id) = match &p.who {
            Who::User(user) => ("user", call.world.users[*user].account_id.clone()),
            Who::Group(group) => ("group", crate::sandbox::confluence::face::group_id(group)),
            Who::Anonymous => ("access_class", "anonymous-users".to_owned()),
        };
        json!({
            "id": p.id.to_string(), "principal": { "type": kind, "id": id },
            "operation": { "key": p.operation, "targetType": p.target },
        })
    };
    let all: Vec<Value> = space(call)?.permissions.iter().map(one).collect();
    page(call, &all, 250)
}

fn labels(call: &mut Call) -> Outcome {
    let all: Vec<Value> = space(call)?.labels.iter().map(shapes::label).collect();
    page(call, &all, 250)
}

fn content_labels(call: &mut Call) -> Outcome {
    let id = space(call)?.id;
    let mut all: Vec<&Label> = call.world.content.values().filter(|c| c.space == id).flat_map(|c| &c.labels).collect();
    all.sort_by_key(|l| l.id);
    all.dedup_by_key(|l| l.id);
    let all: Vec<Value> = all.into_iter().map(shapes::label).collect();
    page(call, &all, 250)
}

fn operations(call: &mut Call) -> Outcome {
    let space = space(call)?;
    let may = |(operation, target): &(&str, &str)| call.world.may(call.caller.user, space, operation, target);
    let all: Vec<Value> = crate::sandbox::confluence::world::OPERATIONS
        .iter()
        .filter(|o| may(o))
        .map(|(operation, target)| json!({ "operation": operation, "targetType": target }))
        .collect();
    Call::ok(&json!({ "operations": all }))
}
