//! What programs keep at content, in the first version of the API.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse};
use super::route::{On, Route, row};
use super::world::{Property, now};
use serde_json::Value;

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/content/{}/property", Access::Anyone, list),
    row(On::Dc, "POST", "/rest/api/content/{}/property", Access::User, create),
    row(On::Dc, "GET", "/rest/api/content/{}/property/{}", Access::Anyone, get),
    row(On::Dc, "PUT", "/rest/api/content/{}/property/{}", Access::User, update),
    row(On::Dc, "POST", "/rest/api/content/{}/property/{}", Access::User, create),
    row(On::Dc, "DELETE", "/rest/api/content/{}/property/{}", Access::User, delete),
];

fn list(call: &mut Call) -> Outcome {
    let content = call.content(0)?;
    let all: Vec<Value> = content.properties.iter().map(|p| call.face.property(content, p)).collect();
    Call::ok(&call.page(&all, 10, 200)?)
}

fn none(key: &str) -> Refusal {
    refuse(404, "NotFoundException", format!("No content property found with key: {key}"))
}

fn get(call: &mut Call) -> Outcome {
    let content = call.content(0)?;
    let property = content.properties.iter().find(|p| p.key == call.arg(1)).ok_or_else(|| none(call.arg(1)))?;
    Call::ok(&call.face.property(content, property))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let key =
        if call.args.len() > 1 { call.arg(1).to_owned() } else { body["key"].as_str().unwrap_or_default().to_owned() };
    let id = call.world.next_id();
    let content = call.content_mut(0)?;
    if key.is_empty() {
        return Err(refuse(400, "BadRequestException", "The key is required"));
    }
    if content.properties.iter().any(|p| p.key == key) {
        return Err(refuse(409, "ConflictException", format!("A property with key {key} exists already")));
    }
    content.properties.push(Property { id, key: key.clone(), value: body["value"].clone(), version: 1, when: now() });
    call.args = vec![call.arg(0).to_owned(), key];
    get(call)
}

fn update(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let key = call.arg(1).to_owned();
    let content = call.content_mut(0)?;
    let property = content.properties.iter_mut().find(|p| p.key == key).ok_or_else(|| none(&key))?;
    if body["version"]["number"].as_u64() != Some(property.version + 1) {
        let text = format!("Can't update property: the version must be {}", property.version + 1);
        return Err(refuse(409, "ConflictException", text));
    }
    property.version += 1;
    property.value = body["value"].clone();
    property.when = now();
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let key = call.arg(1).to_owned();
    let content = call.content_mut(0)?;
    let before = content.properties.len();
    content.properties.retain(|p| p.key != key);
    if content.properties.len() == before { Err(none(&key)) } else { Call::done() }
}
