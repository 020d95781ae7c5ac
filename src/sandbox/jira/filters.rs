//! Saved searches.

use super::call::{Call, Outcome};
use super::guard::{Access, Refusal, refuse, refuse_field};
use super::route::{On, Route, row};
use super::search;
use super::world::Filter;
use serde_json::{Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "POST", "/rest/api/{v}/filter", Access::User, create),
    row(On::Both, "GET", "/rest/api/{v}/filter/favourite", Access::User, favourites),
    row(On::Cloud, "GET", "/rest/api/{v}/filter/my", Access::User, mine),
    row(On::Cloud, "GET", "/rest/api/{v}/filter/search", Access::User, find),
    row(On::Both, "GET", "/rest/api/{v}/filter/{}", Access::User, get),
    row(On::Both, "PUT", "/rest/api/{v}/filter/{}", Access::User, edit),
    row(On::Both, "DELETE", "/rest/api/{v}/filter/{}", Access::User, delete),
];

fn place(call: &Call) -> Result<usize, Refusal> {
    let id = call.id(0);
    let found = call.world.filters.iter().position(|f| f.id == id);
    found.ok_or_else(|| {
        refuse(
            400,
            "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
        )
    })
}

fn get(call: &mut Call) -> Outcome {
    let place = place(call)?;
    Call::ok(&call.face.filter(call.world, &call.world.filters[place]))
}

fn some(call: &Call, fits: impl Fn(&Filter) -> bool) -> Value {
    call.world.filters.iter().filter(|f| fits(f)).map(|f| call.face.filter(call.world, f)).collect()
}

fn favourites(call: &mut Call) -> Outcome {
    Call::ok(&some(call, |f| f.favourite))
}

fn mine(call: &mut Call) -> Outcome {
    let me = call.me();
    Call::ok(&some(call, |f| f.owner == me))
}

fn find(call: &mut Call) -> Outcome {
    let window = call.window(50, 100)?;
    let name = call.request.param("filterName").unwrap_or_default().to_lowercase();
    let found = call.world.filters.iter().filter(|f| f.name.to_lowercase().contains(&name));
    let all: Vec<Value> = found
        .map(|f| json!({ "self": call.face.rest(&format!("filter/{}", f.id)), "id": f.id.to_string(), "name": f.name }))
        .collect();
    Call::ok(&call.page(window, &all))
}

fn put(call: &Call, filter: &mut Filter, body: &Value) -> Result<(), Refusal> {
    for (member, slot) in
        [("name", &mut filter.name), ("description", &mut filter.description), ("jql", &mut filter.jql)]
    {
        if let Some(text) = body[member].as_str() {
            *slot = text.to_owned();
        }
    }
    if filter.name.is_empty() {
        return Err(refuse_field("filterName", "You must specify a name to save this filter as."));
    }
    search::find(call, &filter.jql)?;
    Ok(())
}

fn create(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let (id, owner) = (call.world.next_id(), call.me());
    let favourite = body["favourite"].as_bool().unwrap_or(false);
    let mut filter =
        Filter { id, name: String::new(), description: String::new(), jql: String::new(), owner, favourite };
    put(call, &mut filter, &body)?;
    let written = call.face.filter(call.world, &filter);
    call.world.filters.push(filter);
    Call::ok(&written)
}

fn edit(call: &mut Call) -> Outcome {
    let place = place(call)?;
    let body = call.object()?;
    let mut filter = call.world.filters[place].clone();
    put(call, &mut filter, &body)?;
    call.world.filters[place] = filter;
    get(call)
}

fn delete(call: &mut Call) -> Outcome {
    let place = place(call)?;
    call.world.filters.remove(place);
    Call::done()
}
