//! Labels, in the first version of the API.

use super::call::{Call, Outcome};
use super::face::Face;
use super::guard::{Access, Refusal, invalid, refuse};
use super::route::{On, Route, row};
use super::world::Label;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/content/{}/label", Access::Anyone, list),
    row(On::Both, "POST", "/rest/api/content/{}/label", Access::User, add),
    row(On::Both, "DELETE", "/rest/api/content/{}/label", Access::User, remove_named),
    row(On::Both, "DELETE", "/rest/api/content/{}/label/{}", Access::User, remove),
    row(On::Cloud, "GET", "/rest/api/label", Access::User, tagged),
    row(On::Dc, "GET", "/rest/api/label/recent", Access::Anyone, recent),
];

/// Reads the labels of a body: one or many, each with a prefix and a name.
pub(crate) fn named(body: &Value) -> Result<Vec<(String, String)>, Refusal> {
    let one = [body.clone()];
    let all: &[Value] = body.as_array().map_or(&one, Vec::as_slice);
    all.iter()
        .map(|label| {
            let name = label["name"].as_str().unwrap_or_default().trim().to_lowercase();
            let bad = |c: char| c.is_whitespace() || ":;,.?&[]()#^*@!".contains(c);
            if name.is_empty() || name.contains(bad) {
                let told = format!("Invalid label: '{name}'");
                return Err(invalid(&told, "Could not add labels"));
            }
            Ok((label["prefix"].as_str().unwrap_or("global").to_owned(), name))
        })
        .collect()
}

fn list(call: &mut Call) -> Outcome {
    let prefix = call.request.param("prefix");
    let fits = |l: &&Label| prefix.is_none_or(|p| l.prefix == p);
    let all: Vec<Value> = call.content(0)?.labels.iter().filter(fits).map(Face::label).collect();
    Call::ok(&call.page(&all, 200, 200)?)
}

fn add(call: &mut Call) -> Outcome {
    let wanted = named(&call.body()?)?;
    call.content_mut(0)?;
    for (prefix, name) in wanted {
        let label = call.world.label(&prefix, &name);
        let content = call.content_mut(0)?;
        if !content.labels.contains(&label) {
            content.labels.push(label);
        }
    }
    list(call)
}

fn remove_named(call: &mut Call) -> Outcome {
    let name = call.request.param("name").unwrap_or_default().to_owned();
    take(call, &name)
}

fn remove(call: &mut Call) -> Outcome {
    let name = call.arg(1).to_owned();
    take(call, &name)
}

fn take(call: &mut Call, name: &str) -> Outcome {
    let labels = &mut call.content_mut(0)?.labels;
    let before = labels.len();
    labels.retain(|l| l.name != name);
    if labels.len() == before {
        return Err(refuse(404, "NotFoundException", format!("No label found with name : {name}")));
    }
    Call::done()
}

/// Writes a label with the content that has it.
fn tagged(call: &mut Call) -> Outcome {
    let name = call.request.param("name").unwrap_or_default().to_owned();
    let found: Vec<_> = call.world.content.values().filter(|c| c.has_label(&name) && call.may_read(c)).collect();
    let label = found.iter().flat_map(|c| &c.labels).find(|l| l.name == name);
    let label = label.ok_or_else(|| refuse(404, "NotFoundException", format!("No label found with name : {name}")))?;
    let all: Vec<Value> =
        found.iter().map(|c| json!({ "contentType": c.kind.name(), "contentId": c.id, "title": c.title() })).collect();
    let page = call.page(&all, 25, 200)?;
    Call::ok(&json!({ "label": Face::label(label), "associatedContents": page }))
}

fn recent(call: &mut Call) -> Outcome {
    let seen = call.world.content.values().filter(|c| call.may_read(c));
    let mut all: Vec<&Label> = seen.flat_map(|c| &c.labels).collect();
    all.sort_by_key(|l| std::cmp::Reverse(l.id));
    all.dedup_by_key(|l| l.id);
    let all: Vec<Value> = all.into_iter().map(Face::label).collect();
    Call::ok(&call.page(&all, 25, 200)?)
}
