//! Custom fields and their values on cards.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::show::gone;
use super::world::{STEP, find, find_mut, place};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "customFields", create as Play),
    row("GET", "customFields/{}", field),
    row("PUT", "customFields/{}", update),
    row("DELETE", "customFields/{}", delete),
    row("GET", "customFields/{}/options", options),
    row("POST", "customFields/{}/options", add_option),
    row("PUT", "cards/{}/customField/{}/item", set),
    row("PUT", "card/{}/customField/{}/item", set),
];

const KINDS: [&str; 5] = ["checkbox", "list", "number", "text", "date"];

fn create(call: &mut Call) -> Outcome {
    let (board, name, kind) = (call.required("idModel")?, call.required("name")?, call.required("type")?);
    let board = text(call.board(&board)?, "id");
    if !KINDS.contains(&kind.as_str()) {
        return Err(refuse(400, "invalid value for type"));
    }
    let id = call.world.next_id();
    let mut field = json!({
        "id": id, "idModel": board, "modelType": "board", "name": name, "fieldGroup": format!("{:064x}", call.world.last),
        "pos": STEP, "type": kind, "display": { "cardFront": true },
    });
    if kind == "list" {
        let texts = call.params().remove("options").and_then(|o| o.as_array().cloned()).unwrap_or_default();
        field["options"] = texts.iter().map(|option| new_option(call, &id, &option["value"])).collect();
    }
    call.world.fields.push(field.clone());
    Call::ok(&field)
}

fn new_option(call: &mut Call, field: &str, value: &Value) -> Value {
    json!({ "id": call.world.next_id(), "idCustomField": field, "value": value, "color": "none", "pos": STEP })
}

fn own(call: &Call, place: usize) -> Result<String, Refusal> {
    let field = find(&call.world.fields, call.arg(place))?;
    call.board(&text(field, "idModel"))?;
    Ok(text(field, "id"))
}

fn field(call: &mut Call) -> Outcome {
    let id = own(call, 0)?;
    Call::ok(find(&call.world.fields, &id)?)
}

fn update(call: &mut Call) -> Outcome {
    let (id, name) = (own(call, 0)?, call.param("name"));
    let field = find_mut(&mut call.world.fields, &id)?;
    if let Some(name) = name {
        field["name"] = json!(name);
    }
    Call::ok(field)
}

fn delete(call: &mut Call) -> Outcome {
    let id = own(call, 0)?;
    let at = place(&call.world.fields, &id)?;
    call.world.fields.remove(at);
    for card in &mut call.world.cards {
        if let Some(items) = card["customFieldItems"].as_array_mut() {
            items.retain(|item| item["idCustomField"] != id);
        }
    }
    Call::ok(&gone())
}

fn options(call: &mut Call) -> Outcome {
    let id = own(call, 0)?;
    Call::ok(&find(&call.world.fields, &id)?["options"])
}

fn add_option(call: &mut Call) -> Outcome {
    let id = own(call, 0)?;
    let value = call.params().remove("value").unwrap_or_default();
    let option = new_option(call, &id, &value);
    let field = find_mut(&mut call.world.fields, &id)?;
    match field["options"].as_array_mut() {
        Some(all) => all.push(option.clone()),
        None => return Err(refuse(400, "Custom field is not a list")),
    }
    Call::ok(&option)
}

/// Sets a value: `{"value":{"text":"…"}}`, or `{"idValue":"…"}` for a list; an empty one takes it away.
fn set(call: &mut Call) -> Outcome {
    let (card, field) = (call.card_id()?, own(call, 1)?);
    let params = call.params();
    let value = params.get("value").cloned().unwrap_or_default();
    let choice = params.get("idValue").cloned().unwrap_or_default();
    let kind = text(find(&call.world.fields, &field)?, "type");
    let cleared = |v: &Value| v.is_null() || v == "";
    if kind == "list" && !cleared(&choice) {
        let options = find(&call.world.fields, &field)?["options"].as_array().cloned().unwrap_or_default();
        find(&options, choice.as_str().unwrap_or_default())
            .map_err(|_| refuse(400, "Invalid custom field item value."))?;
    }
    if kind != "list" && !cleared(&value) && value.get(if kind == "checkbox" { "checked" } else { &kind }).is_none() {
        return Err(refuse(400, "Invalid custom field item value."));
    }
    let value = if cleared(&value) { Value::Null } else { value };
    let item = json!({
        "id": call.world.next_id(), "idCustomField": field, "idModel": card, "modelType": "card", "value": value,
        "idValue": if cleared(&choice) { Value::Null } else { choice },
    });
    if let Some(items) = find_mut(&mut call.world.cards, &card)?["customFieldItems"].as_array_mut() {
        items.retain(|known| known["idCustomField"] != field);
        if !item["value"].is_null() || !item["idValue"].is_null() {
            items.push(item.clone());
        }
    }
    call.world.touch(&card);
    Call::ok(&item)
}
