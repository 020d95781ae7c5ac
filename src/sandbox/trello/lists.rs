//! Lists.

use super::boards::new_list;
use super::call::{Call, Outcome, Play, Refusal, text};
use super::show::{passes, pick};
use super::world::{World, find, find_mut};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "lists", create as Play),
    row("GET", "lists/{}", list),
    row("PUT", "lists/{}", update),
    row("PUT", "lists/{}/{}", set),
    row("GET", "lists/{}/cards", cards),
    row("GET", "lists/{}/cards/{}", cards),
    row("POST", "lists/{}/cards", create_card),
    row("GET", "lists/{}/board", board),
    row("POST", "lists/{}/archiveAllCards", archive_all),
    row("POST", "lists/{}/moveAllCards", move_all),
];

impl Call<'_> {
    /// Finds a list on a board that the caller may see; returns its id and the board's.
    pub(crate) fn list_id(&self, id: &str) -> Result<(String, String), Refusal> {
        let list = find(&self.world.lists, id)?;
        let board = text(list, "idBoard");
        self.board(&board)?;
        Ok((text(list, "id"), board))
    }
}

fn create(call: &mut Call) -> Outcome {
    let name = call.required("name")?;
    let board = call.required("idBoard")?;
    let board = text(call.board(&board)?, "id");
    let pos = call.param("pos").unwrap_or_else(|| "top".into());
    let list = new_list(call, &board, &name, Some(&pos));
    Call::ok(&list)
}

fn list(call: &mut Call) -> Outcome {
    let (id, _) = call.list_id(call.arg(0))?;
    Call::ok(&pick(find(&call.world.lists, &id)?, call.param("fields").as_deref()))
}

/// Changes members of a list.
fn change(call: &mut Call, changes: &[(String, Value)]) -> Outcome {
    let (id, board) = call.list_id(call.arg(0))?;
    for (key, value) in changes {
        let written = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let value = match key.as_str() {
            "name" => json!(written),
            "closed" | "subscribed" => json!(written == "true"),
            "idBoard" => json!(text(call.board(&written)?, "id")),
            "pos" => {
                let siblings: Vec<&Value> = call.world.lists.iter().filter(|l| l["idBoard"] == board).collect();
                World::position(&siblings, Some(&written))
            }
            _ => continue,
        };
        if key == "idBoard" {
            for card in call.world.cards.iter_mut().filter(|c| c["idList"] == id) {
                card["idBoard"] = value.clone();
            }
        }
        find_mut(&mut call.world.lists, &id)?[key.as_str()] = value;
    }
    Call::ok(find(&call.world.lists, &id)?)
}

fn update(call: &mut Call) -> Outcome {
    let changes: Vec<_> = call.params().into_iter().collect();
    change(call, &changes)
}

fn set(call: &mut Call) -> Outcome {
    let value = call.required("value")?;
    let key = call.arg(1).to_owned();
    change(call, &[(key, json!(value))])
}

fn cards(call: &mut Call) -> Outcome {
    let (id, _) = call.list_id(call.arg(0))?;
    let filter = call.filter(1);
    let cards = call.world.cards.iter().filter(|c| c["idList"] == id && passes(c, &filter)).collect();
    Call::ok(&call.cards(cards))
}

fn create_card(call: &mut Call) -> Outcome {
    let list = call.arg(0).to_owned();
    super::cards::create_in(call, &list)
}

fn board(call: &mut Call) -> Outcome {
    let (_, board) = call.list_id(call.arg(0))?;
    Call::ok(&pick(call.board(&board)?, call.param("fields").as_deref()))
}

fn archive_all(call: &mut Call) -> Outcome {
    let (id, _) = call.list_id(call.arg(0))?;
    for card in call.world.cards.iter_mut().filter(|c| c["idList"] == id) {
        card["closed"] = json!(true);
    }
    Call::ok(&json!({}))
}

fn move_all(call: &mut Call) -> Outcome {
    let (id, _) = call.list_id(call.arg(0))?;
    let target = call.required("idList")?;
    let (target, board) = call.list_id(&target)?;
    for card in call.world.cards.iter_mut().filter(|c| c["idList"] == id) {
        card["idList"] = json!(target);
        card["idBoard"] = json!(board);
    }
    Call::ok(&json!({}))
}
