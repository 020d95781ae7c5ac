//! Checklists and their items.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::show::gone;
use super::world::{World, find, find_mut, place};
use crate::sandbox::table::{Row, row};
use serde_json::{Map, Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "checklists", create as Play),
    row("POST", "cards/{}/checklists", create_on_card),
    row("GET", "checklists/{}", checklist),
    row("PUT", "checklists/{}", update),
    row("DELETE", "checklists/{}", delete),
    row("GET", "checklists/{}/checkItems", items),
    row("POST", "checklists/{}/checkItems", add_item),
    row("GET", "checklists/{}/checkItems/{}", item),
    row("DELETE", "checklists/{}/checkItems/{}", delete_item),
    row("PUT", "cards/{}/checkItem/{}", update_item),
    row("DELETE", "cards/{}/checkItem/{}", delete_item_of_card),
];

fn new(call: &mut Call, card: &str) -> Outcome {
    let card = call.card(card)?.clone();
    let id = call.world.next_id();
    let siblings: Vec<&Value> = call.world.checklists.iter().filter(|c| c["idCard"] == card["id"]).collect();
    let pos = World::position(&siblings, call.param("pos").as_deref());
    let mut items = Vec::new();
    if let Some(source) = call.param("idChecklistSource") {
        items = find(&call.world.checklists, &source)?["checkItems"].as_array().cloned().unwrap_or_default();
        for item in &mut items {
            item["id"] = json!(call.world.next_id());
            item["idChecklist"] = json!(id);
        }
    }
    let name = call.param("name").filter(|n| !n.is_empty()).unwrap_or_else(|| "Checklist".into());
    let checklist = json!({ "id": id, "name": name, "idBoard": card["idBoard"], "idCard": card["id"], "pos": pos, "checkItems": items });
    call.world.checklists.push(checklist.clone());
    let card = text(&card, "id");
    if let Some(ids) = find_mut(&mut call.world.cards, &card)?["idChecklists"].as_array_mut() {
        ids.push(json!(id));
    }
    call.world.touch(&card);
    Call::ok(&checklist)
}

fn create(call: &mut Call) -> Outcome {
    let card = call.required("idCard")?;
    new(call, &card)
}

fn create_on_card(call: &mut Call) -> Outcome {
    let card = call.arg(0).to_owned();
    new(call, &card)
}

/// Finds a checklist on a card that the caller may see; returns its id and the card's.
fn ids(call: &Call, id: &str) -> Result<(String, String), Refusal> {
    let checklist = find(&call.world.checklists, id)?;
    let card = text(checklist, "idCard");
    call.card(&card)?;
    Ok((text(checklist, "id"), card))
}

fn checklist(call: &mut Call) -> Outcome {
    let (id, _) = ids(call, call.arg(0))?;
    Call::ok(find(&call.world.checklists, &id)?)
}

fn update(call: &mut Call) -> Outcome {
    let (id, _) = ids(call, call.arg(0))?;
    let name = call.param("name");
    let checklist = find_mut(&mut call.world.checklists, &id)?;
    if let Some(name) = name {
        checklist["name"] = json!(name);
    }
    Call::ok(checklist)
}

fn delete(call: &mut Call) -> Outcome {
    let (id, card) = ids(call, call.arg(0))?;
    let at = place(&call.world.checklists, &id)?;
    call.world.checklists.remove(at);
    if let Some(all) = find_mut(&mut call.world.cards, &card)?["idChecklists"].as_array_mut() {
        all.retain(|known| *known != id);
    }
    call.world.touch(&card);
    Call::ok(&gone())
}

fn items(call: &mut Call) -> Outcome {
    let (id, _) = ids(call, call.arg(0))?;
    Call::ok(&find(&call.world.checklists, &id)?["checkItems"])
}

fn add_item(call: &mut Call) -> Outcome {
    let (id, card) = ids(call, call.arg(0))?;
    let name = call.required("name")?;
    let checked = call.param("checked").as_deref() == Some("true");
    let item_id = call.world.next_id();
    let pos = call.param("pos");
    let checklist = find_mut(&mut call.world.checklists, &id)?;
    let siblings: Vec<&Value> = checklist["checkItems"].as_array().into_iter().flatten().collect();
    let item = json!({
        "id": item_id, "name": name, "nameData": { "emoji": {} }, "idChecklist": id, "due": null, "dueReminder": null,
        "idMember": null, "pos": World::position(&siblings, pos.as_deref()),
        "state": if checked { "complete" } else { "incomplete" },
    });
    if let Some(items) = checklist["checkItems"].as_array_mut() {
        items.push(item.clone());
    }
    call.world.touch(&card);
    Call::ok(&item)
}

fn item(call: &mut Call) -> Outcome {
    let (id, _) = ids(call, call.arg(0))?;
    let items = &find(&call.world.checklists, &id)?["checkItems"];
    Call::ok(find(items.as_array().map_or(&[], Vec::as_slice), call.arg(1))?)
}

fn remove_item(call: &mut Call, checklist: &str, item: &str) -> Outcome {
    let (id, card) = ids(call, checklist)?;
    if let Some(items) = find_mut(&mut call.world.checklists, &id)?["checkItems"].as_array_mut() {
        let at = place(items, item)?;
        items.remove(at);
    }
    call.world.touch(&card);
    Call::ok(&gone())
}

fn delete_item(call: &mut Call) -> Outcome {
    let (checklist, item) = (call.arg(0).to_owned(), call.arg(1).to_owned());
    remove_item(call, &checklist, &item)
}

/// Finds the checklist of a card that has an item.
fn holder(call: &Call, card: &str, item: &str) -> Result<String, Refusal> {
    let has = |c: &&Value| {
        c["idCard"] == card && c["checkItems"].as_array().is_some_and(|all| all.iter().any(|i| i["id"] == item))
    };
    let found = call.world.checklists.iter().find(has);
    found.map(|c| text(c, "id")).ok_or_else(|| refuse(404, "model not found"))
}

fn delete_item_of_card(call: &mut Call) -> Outcome {
    let (card, item) = (call.card_id()?, call.arg(1).to_owned());
    let checklist = holder(call, &card, &item)?;
    remove_item(call, &checklist, &item)
}

fn update_item(call: &mut Call) -> Outcome {
    let (card, id) = (call.card_id()?, call.arg(1).to_owned());
    let checklist = holder(call, &card, &id)?;
    let params: Map<String, Value> = call.params();
    let items = &mut find_mut(&mut call.world.checklists, &checklist)?["checkItems"];
    let item = find_mut(items.as_array_mut().map_or(&mut [], Vec::as_mut_slice), &id)?;
    for (key, value) in params {
        match key.as_str() {
            "state" => {
                let done = value == "complete" || value == "true" || value == true;
                item["state"] = json!(if done { "complete" } else { "incomplete" });
            }
            "name" | "due" | "idMember" => item[key.as_str()] = value,
            _ => {}
        }
    }
    let item = item.clone();
    call.world.touch(&card);
    Call::ok(&item)
}
