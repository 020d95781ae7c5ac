//! Cards.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::seed::blank_card;
use super::show::{actions, card as show, checklists_of, gone, members_of, pick};
use super::world::{World, find, find_mut, place, read_time, short_link, slug};
use crate::sandbox::table::{Row, row};
use serde_json::{Map, Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "cards", create as Play),
    row("GET", "cards/{}", card),
    row("PUT", "cards/{}", update),
    row("DELETE", "cards/{}", delete),
    row("GET", "cards/{}/board", board),
    row("GET", "cards/{}/list", list),
    row("GET", "cards/{}/members", members),
    row("GET", "cards/{}/checklists", checklists),
    row("GET", "cards/{}/actions", card_actions),
    row("GET", "cards/{}/customFieldItems", field_items),
    row("POST", "cards/{}/idLabels", add_label),
    row("DELETE", "cards/{}/idLabels/{}", remove_label),
    row("POST", "cards/{}/labels", create_label),
    row("POST", "cards/{}/idMembers", add_member),
    row("DELETE", "cards/{}/idMembers/{}", remove_member),
    row("GET", "cards/{}/{}", field),
    row("PUT", "cards/{}/{}", set),
];

impl Call<'_> {
    /// Finds a card on a board that the caller may see.
    pub(crate) fn card(&self, id: &str) -> Result<&Value, Refusal> {
        let card = find(&self.world.cards, id)?;
        let board = find(&self.world.boards, &text(card, "idBoard"))?;
        if World::sees(&self.me(), board) {
            Ok(card)
        } else {
            Err(refuse(401, "unauthorized card permission requested"))
        }
    }

    /// Returns the id of the card that the first place of the path names.
    pub(crate) fn card_id(&self) -> Result<String, Refusal> {
        Ok(text(self.card(self.arg(0))?, "id"))
    }

    /// Brings a card up to date and shows it.
    pub(crate) fn changed(&mut self, id: &str) -> Outcome {
        self.world.touch(id);
        let card = find(&self.world.cards, id)?;
        Call::ok(&show(self.world, &Map::new(), card, None))
    }
}

fn card(call: &mut Call) -> Outcome {
    let card = call.card(call.arg(0))?;
    Call::ok(&show(call.world, &call.params(), card, call.param("fields").as_deref()))
}

fn create(call: &mut Call) -> Outcome {
    let list = call.required("idList")?;
    create_in(call, &list)
}

/// Makes a card in a list.
pub(crate) fn create_in(call: &mut Call, list: &str) -> Outcome {
    let (list, board) = call.list_id(list)?;
    let id = call.world.next_id();
    let source = call.param("idCardSource").map(|source| call.card(&source).cloned()).transpose()?;
    let name = call.param("name").or_else(|| source.as_ref().map(|s| text(s, "name"))).unwrap_or_default();
    let number = call.world.cards.iter().filter(|c| c["idBoard"] == board).count() as u64 + 1;
    let mut card = blank_card(&id, &short_link(call.world.last), number, &name);
    if let Some(source) = &source {
        for key in ["desc", "idLabels", "idMembers", "due", "start"] {
            card[key] = source[key].clone();
        }
    }
    card["idList"] = json!(list);
    card["idBoard"] = json!(board);
    let siblings: Vec<&Value> = call.world.cards.iter().filter(|c| c["idList"] == list).collect();
    card["pos"] = World::position(&siblings, call.param("pos").as_deref());
    call.world.cards.push(card);
    let mut params = call.params();
    for key in ["idList", "idBoard", "pos", "name"] {
        params.remove(key);
    }
    apply(call, &id, &params)?;
    let data = call.world.about(find(&call.world.cards, &id)?);
    let me = call.me();
    call.world.note(&me, "createCard", data);
    call.changed(&id)
}

/// Splits a list of ids, which may come as text with commas or as JSON.
fn ids(value: &Value) -> Vec<String> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        other => other.as_str().unwrap_or_default().split(',').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
    }
}

/// A date, or nothing for an empty text.
fn date(value: &Value) -> Result<Value, Refusal> {
    let written = value.as_str().unwrap_or_default();
    if written.is_empty() || written == "null" {
        return Ok(Value::Null);
    }
    let time = read_time(written).ok_or_else(|| refuse(400, "invalid date"))?;
    Ok(json!(crate::sandbox::jira::world::stamp_z(time)))
}

/// Changes what the parameters name.
fn apply(call: &mut Call, id: &str, params: &Map<String, Value>) -> Result<(), Refusal> {
    for (key, value) in params {
        let value = match key.as_str() {
            "name" | "desc" => json!(value.as_str().unwrap_or_default()),
            "closed" | "dueComplete" | "subscribed" => json!(value == "true" || *value == true),
            "due" | "start" => date(value)?,
            "idLabels" => known(&call.world.labels, ids(value))?,
            "idMembers" => known(&call.world.members, ids(value))?,
            "idList" => {
                move_to(call, id, value.as_str().unwrap_or_default())?;
                continue;
            }
            "idBoard" => json!(text(call.board(value.as_str().unwrap_or_default())?, "id")),
            "pos" => {
                let list = text(find(&call.world.cards, id)?, "idList");
                let siblings: Vec<&Value> =
                    call.world.cards.iter().filter(|c| c["idList"] == list && c["id"] != id).collect();
                let wanted = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                World::position(&siblings, Some(&wanted))
            }
            _ => continue,
        };
        let card = find_mut(&mut call.world.cards, id)?;
        if key == "name" {
            card["url"] = json!(format!("{}/{}-{}", text(card, "shortUrl"), card["idShort"], slug(&text_of(&value))));
        }
        card[key.as_str()] = value;
    }
    Ok(())
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Checks that there are documents with these ids.
fn known(list: &[Value], ids: Vec<String>) -> Result<Value, Refusal> {
    for id in &ids {
        find(list, id)?;
    }
    Ok(json!(ids))
}

fn move_to(call: &mut Call, id: &str, list: &str) -> Result<(), Refusal> {
    let (list, board) = call.list_id(list)?;
    let before = text(find(&call.world.cards, id)?, "idList");
    if before == list {
        return Ok(());
    }
    let siblings: Vec<&Value> = call.world.cards.iter().filter(|c| c["idList"] == list).collect();
    let pos = World::position(&siblings, None);
    let card = find_mut(&mut call.world.cards, id)?;
    crate::sandbox::jira::merge(card, json!({ "idList": list, "idBoard": board, "pos": pos }));
    let brief = |world: &World, id: &str| {
        let list = world.lists.iter().find(|l| l["id"] == id);
        list.map(|l| json!({ "id": l["id"], "name": l["name"] })).unwrap_or_default()
    };
    let mut data = call.world.about(find(&call.world.cards, id)?);
    data["old"] = json!({ "idList": before });
    data["listBefore"] = brief(call.world, &before);
    data["listAfter"] = brief(call.world, &list);
    let me = call.me();
    call.world.note(&me, "updateCard", data);
    Ok(())
}

fn update(call: &mut Call) -> Outcome {
    let (id, params) = (call.card_id()?, call.params());
    apply(call, &id, &params)?;
    call.changed(&id)
}

fn set(call: &mut Call) -> Outcome {
    let id = call.card_id()?;
    let value = call.params().remove("value").ok_or_else(|| refuse(400, "invalid value for value"))?;
    let changes = Map::from_iter([(call.arg(1).to_owned(), value)]);
    apply(call, &id, &changes)?;
    call.changed(&id)
}

fn delete(call: &mut Call) -> Outcome {
    let id = call.card_id()?;
    let at = place(&call.world.cards, &id)?;
    call.world.cards.remove(at);
    call.world.checklists.retain(|c| c["idCard"] != id);
    Call::ok(&gone())
}

fn board(call: &mut Call) -> Outcome {
    let board = text(call.card(call.arg(0))?, "idBoard");
    Call::ok(&pick(call.board(&board)?, call.param("fields").as_deref()))
}

fn list(call: &mut Call) -> Outcome {
    let list = text(call.card(call.arg(0))?, "idList");
    Call::ok(&pick(find(&call.world.lists, &list)?, call.param("fields").as_deref()))
}

fn members(call: &mut Call) -> Outcome {
    let card = call.card(call.arg(0))?;
    Call::ok(&members_of(call.world, &card["idMembers"], "avatarHash,fullName,initials,username"))
}

fn checklists(call: &mut Call) -> Outcome {
    let card = call.card(call.arg(0))?;
    Call::ok(&checklists_of(call.world, card))
}

fn card_actions(call: &mut Call) -> Outcome {
    let (id, params) = (call.card_id()?, call.params());
    // Without a filter Trello shows comments and moves.
    let kinds = call.param("filter").unwrap_or_else(|| "commentCard,updateCard:idList".into());
    Call::ok(&actions(call.world.actions.iter().filter(|a| a["data"]["card"]["id"] == id), &kinds, &params))
}

fn field_items(call: &mut Call) -> Outcome {
    Call::ok(&call.card(call.arg(0))?["customFieldItems"])
}

/// Puts an id into a list of ids on a card, or takes it out.
fn change_ids(call: &mut Call, key: &str, id: &str, add: bool) -> Result<Value, Refusal> {
    let card = call.card_id()?;
    let document = find_mut(&mut call.world.cards, &card)?;
    if let Some(all) = document[key].as_array_mut() {
        if add && all.iter().any(|known| known == id) {
            return Err(refuse(
                400,
                if key == "idLabels" { "that label is already on the card" } else { "member is already on the card" },
            ));
        }
        all.retain(|known| known != id);
        if add {
            all.push(json!(id));
        }
    }
    let ids = document[key].clone();
    call.world.touch(&card);
    Ok(ids)
}

fn add_label(call: &mut Call) -> Outcome {
    let label = call.required("value")?;
    let label = text(find(&call.world.labels, &label)?, "id");
    let ids = change_ids(call, "idLabels", &label, true)?;
    Call::ok(&ids)
}

fn remove_label(call: &mut Call) -> Outcome {
    let label = text(find(&call.world.labels, call.arg(1))?, "id");
    change_ids(call, "idLabels", &label, false)?;
    Call::ok(&gone())
}

fn create_label(call: &mut Call) -> Outcome {
    let board = text(call.card(call.arg(0))?, "idBoard");
    let (name, color) = (call.param("name").unwrap_or_default(), call.param("color"));
    let label = super::labels::new(call, &board, &name, color.as_deref())?;
    change_ids(call, "idLabels", &text(&label, "id"), true)?;
    Call::ok(&label)
}

fn add_member(call: &mut Call) -> Outcome {
    let member = call.required("value")?;
    let member = text(find(&call.world.members, &member)?, "id");
    let ids = change_ids(call, "idMembers", &member, true)?;
    Call::ok(&members_of(call.world, &ids, "avatarHash,fullName,initials,username"))
}

fn remove_member(call: &mut Call) -> Outcome {
    let member = text(find(&call.world.members, call.arg(1))?, "id");
    let ids = change_ids(call, "idMembers", &member, false)?;
    Call::ok(&members_of(call.world, &ids, "avatarHash,fullName,initials,username"))
}

/// One field of a card.
fn field(call: &mut Call) -> Outcome {
    let value = call.card(call.arg(0))?.get(call.arg(1)).cloned();
    let value = value.ok_or_else(|| refuse(400, "invalid value for field"))?;
    Call::ok(&json!({ "_value": value }))
}
