//! Boards and what hangs on them.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::seed::board_document;
use super::show::{actions, passes, pick};
use super::world::{World, find, find_mut, place, short_link};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "boards", create as Play),
    row("GET", "boards/{}", board),
    row("PUT", "boards/{}", update),
    row("DELETE", "boards/{}", delete),
    row("GET", "boards/{}/lists", lists),
    row("GET", "boards/{}/lists/{}", lists),
    row("POST", "boards/{}/lists", create_list),
    row("GET", "boards/{}/cards", cards),
    row("GET", "boards/{}/cards/{}", cards),
    row("GET", "boards/{}/labels", labels),
    row("POST", "boards/{}/labels", create_label),
    row("GET", "boards/{}/members", members),
    row("GET", "boards/{}/memberships", memberships),
    row("PUT", "boards/{}/members/{}", add_member),
    row("DELETE", "boards/{}/members/{}", remove_member),
    row("GET", "boards/{}/checklists", checklists),
    row("GET", "boards/{}/actions", board_actions),
    row("GET", "boards/{}/customFields", fields),
];

impl Call<'_> {
    /// Finds a board that the caller may see.
    pub(crate) fn board(&self, id: &str) -> Result<&Value, Refusal> {
        let board = find(&self.world.boards, id)?;
        if World::sees(&self.me(), board) { Ok(board) } else { Err(refuse(401, "unauthorized permission requested")) }
    }

    /// Returns the id of the board that the first place of the path names.
    pub(crate) fn board_id(&self) -> Result<String, Refusal> {
        Ok(text(self.board(self.arg(0))?, "id"))
    }
}

fn board(call: &mut Call) -> Outcome {
    let board = call.board(call.arg(0))?;
    let id = text(board, "id");
    let mut shown = pick(board, call.param("fields").as_deref());
    let of = |list: &[Value], filter: &str| -> Value {
        list.iter().filter(|d| d["idBoard"] == id && passes(d, filter)).cloned().collect()
    };
    if let Some(filter) = call.param("lists").filter(|f| f != "none") {
        shown["lists"] = of(&call.world.lists, &filter);
    }
    if let Some(filter) = call.param("cards").filter(|f| f != "none") {
        let fields = call.param("card_fields");
        let cards = call.world.cards.iter().filter(|c| c["idBoard"] == id && passes(c, &filter));
        let params = call.params();
        shown["cards"] = cards.map(|c| super::show::card(call.world, &params, c, fields.as_deref())).collect();
    }
    if call.param("labels").is_some_and(|f| f != "none") {
        shown["labels"] = of(&call.world.labels, "all");
    }
    if call.param("members").is_some_and(|f| f != "none") {
        shown["members"] = board_members(call, board);
    }
    if call.param("customFields").is_some_and(|f| f == "true") {
        shown["customFields"] = call.world.fields.iter().filter(|f| f["idModel"] == id).cloned().collect();
    }
    Call::ok(&shown)
}

fn board_members(call: &Call, board: &Value) -> Value {
    let ids: Value = board["memberships"].as_array().into_iter().flatten().map(|m| m["idMember"].clone()).collect();
    let fields = call.param("fields").unwrap_or_else(|| "fullName,username".into());
    super::show::members_of(call.world, &ids, &fields)
}

fn create(call: &mut Call) -> Outcome {
    let name = call.required("name")?;
    let (id, me) = (call.world.next_id(), call.me());
    let link = short_link(call.world.last);
    let owner = json!({ "id": call.world.next_id(), "idMember": me, "memberType": "admin", "unconfirmed": false, "deactivated": false });
    let level = call.param("prefs_permissionLevel").unwrap_or_else(|| "private".into());
    let description = call.param("desc").unwrap_or_default();
    let board = board_document(&id, &link, &name, &description, &level, vec![owner], json!({}));
    call.world.boards.push(board.clone());
    if call.param("defaultLists").as_deref() != Some("false") {
        for name in ["To Do", "Doing", "Done"] {
            new_list(call, &id, name, None);
        }
    }
    Call::ok(&pick(&board, None))
}

fn update(call: &mut Call) -> Outcome {
    let id = call.board_id()?;
    let params = call.params();
    let board = find_mut(&mut call.world.boards, &id)?;
    for (key, value) in &params {
        match key.as_str() {
            "name" | "desc" => board[key.as_str()] = value.clone(),
            "closed" | "subscribed" => board[key.as_str()] = json!(value == "true" || *value == true),
            _ => {
                if let Some(pref) = key.strip_prefix("prefs/") {
                    board["prefs"][pref] = value.clone();
                }
            }
        }
    }
    Call::ok(&pick(board, None))
}

fn delete(call: &mut Call) -> Outcome {
    let id = call.board_id()?;
    let at = place(&call.world.boards, &id)?;
    call.world.boards.remove(at);
    call.world.lists.retain(|d| d["idBoard"] != id);
    call.world.cards.retain(|d| d["idBoard"] != id);
    call.world.checklists.retain(|d| d["idBoard"] != id);
    Call::ok(&json!({ "_value": null }))
}

fn lists(call: &mut Call) -> Outcome {
    let (id, filter) = (call.board_id()?, call.filter(1));
    let mut lists: Vec<&Value> = call.world.lists.iter().filter(|l| l["idBoard"] == id && passes(l, &filter)).collect();
    lists.sort_by(|a, b| a["pos"].as_f64().partial_cmp(&b["pos"].as_f64()).unwrap_or(std::cmp::Ordering::Equal));
    let mut shown = call.list(lists.into_iter(), "all");
    if let Some(filter) = call.param("cards").filter(|f| f != "none") {
        let fields = call.param("card_fields");
        for list in shown.as_array_mut().into_iter().flatten() {
            let cards = call.world.cards.iter().filter(|c| c["idList"] == list["id"] && passes(c, &filter));
            let cards = cards.map(|c| pick(c, fields.as_deref())).collect();
            list["cards"] = cards;
        }
    }
    Call::ok(&shown)
}

/// Adds a list to a board.
pub(crate) fn new_list(call: &mut Call, board: &str, name: &str, pos: Option<&str>) -> Value {
    let siblings: Vec<&Value> = call.world.lists.iter().filter(|l| l["idBoard"] == board).collect();
    let pos = World::position(&siblings, pos.or(Some("bottom")));
    let id = call.world.next_id();
    let list = json!({ "id": id, "name": name, "closed": false, "color": null, "idBoard": board, "pos": pos, "subscribed": false, "softLimit": null });
    call.world.lists.push(list.clone());
    list
}

fn create_list(call: &mut Call) -> Outcome {
    let (id, name) = (call.board_id()?, call.required("name")?);
    // Trello puts a new list first unless told otherwise.
    let pos = call.param("pos").unwrap_or_else(|| "top".into());
    let list = new_list(call, &id, &name, Some(&pos));
    Call::ok(&list)
}

fn cards(call: &mut Call) -> Outcome {
    let (id, filter) = (call.board_id()?, call.filter(1));
    if filter.len() == 24 || filter.len() == 8 {
        let card = find(&call.world.cards, &filter)?;
        return Call::ok(&super::show::card(call.world, &call.params(), card, call.param("fields").as_deref()));
    }
    let cards = call.world.cards.iter().filter(|c| c["idBoard"] == id && passes(c, &filter)).collect();
    Call::ok(&call.cards(cards))
}

fn labels(call: &mut Call) -> Outcome {
    let id = call.board_id()?;
    let limit = call.param("limit").and_then(|l| l.parse().ok()).unwrap_or(50);
    Call::ok(&call.list(call.world.labels.iter().filter(|l| l["idBoard"] == id).take(limit), "all"))
}

fn create_label(call: &mut Call) -> Outcome {
    let (id, name, color) = (call.board_id()?, call.required("name")?, call.param("color"));
    let label = super::labels::new(call, &id, &name, color.as_deref())?;
    Call::ok(&label)
}

fn members(call: &mut Call) -> Outcome {
    let board = call.board(call.arg(0))?;
    Call::ok(&board_members(call, board))
}

fn memberships(call: &mut Call) -> Outcome {
    let board = call.board(call.arg(0))?;
    Call::ok(&board["memberships"])
}

fn add_member(call: &mut Call) -> Outcome {
    let (id, member) = (call.board_id()?, call.arg(1).to_owned());
    let member = call.world.member(&member).map(|m| text(m, "id"));
    let member = member.ok_or_else(|| refuse(404, "model not found"))?;
    let kind = call.param("type").unwrap_or_else(|| "normal".into());
    let membership = json!({ "id": call.world.next_id(), "idMember": member, "memberType": kind, "unconfirmed": false, "deactivated": false });
    let board = find_mut(&mut call.world.boards, &id)?;
    if let Some(all) = board["memberships"].as_array_mut() {
        all.retain(|m| m["idMember"] != member);
        all.push(membership);
    }
    Call::ok(&json!({ "id": id, "memberships": board["memberships"] }))
}

fn remove_member(call: &mut Call) -> Outcome {
    let (id, member) = (call.board_id()?, call.arg(1).to_owned());
    let member = call.world.member(&member).map(|m| text(m, "id"));
    let member = member.ok_or_else(|| refuse(404, "model not found"))?;
    let board = find_mut(&mut call.world.boards, &id)?;
    if let Some(all) = board["memberships"].as_array_mut() {
        all.retain(|m| m["idMember"] != member);
    }
    Call::ok(&json!({ "id": id, "memberships": board["memberships"] }))
}

fn checklists(call: &mut Call) -> Outcome {
    let id = call.board_id()?;
    Call::ok(&call.world.checklists.iter().filter(|c| c["idBoard"] == id).cloned().collect::<Value>())
}

fn board_actions(call: &mut Call) -> Outcome {
    let (id, params) = (call.board_id()?, call.params());
    let kinds = call.param("filter").unwrap_or_else(|| "all".into());
    Call::ok(&actions(call.world.actions.iter().filter(|a| a["data"]["board"]["id"] == id), &kinds, &params))
}

fn fields(call: &mut Call) -> Outcome {
    let id = call.board_id()?;
    Call::ok(&call.world.fields.iter().filter(|f| f["idModel"] == id).cloned().collect::<Value>())
}
