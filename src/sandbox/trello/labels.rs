//! Labels.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::show::gone;
use super::world::{find, find_mut, place};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "labels", create as Play),
    row("GET", "labels/{}", label),
    row("PUT", "labels/{}", update),
    row("DELETE", "labels/{}", delete),
];

const COLORS: [&str; 10] = ["green", "yellow", "orange", "red", "purple", "blue", "sky", "lime", "pink", "black"];

/// Makes a label on a board.
pub(crate) fn new(call: &mut Call, board: &str, name: &str, color: Option<&str>) -> Result<Value, Refusal> {
    let color = color.filter(|c| !["", "null"].contains(c));
    let plain = color.map(|c| c.trim_end_matches("_light").trim_end_matches("_dark"));
    if plain.is_some_and(|c| !COLORS.contains(&c)) {
        return Err(refuse(400, "invalid value for color"));
    }
    let label =
        json!({ "id": call.world.next_id(), "idBoard": board, "name": name, "color": color, "uses": 0, "limits": {} });
    call.world.labels.push(label.clone());
    Ok(label)
}

fn own(call: &Call) -> Result<String, Refusal> {
    let label = find(&call.world.labels, call.arg(0))?;
    call.board(&text(label, "idBoard"))?;
    Ok(text(label, "id"))
}

fn create(call: &mut Call) -> Outcome {
    let (board, name, color) = (call.required("idBoard")?, call.param("name").unwrap_or_default(), call.param("color"));
    let board = text(call.board(&board)?, "id");
    let label = new(call, &board, &name, color.as_deref())?;
    Call::ok(&label)
}

fn label(call: &mut Call) -> Outcome {
    let id = own(call)?;
    Call::ok(find(&call.world.labels, &id)?)
}

fn update(call: &mut Call) -> Outcome {
    let (id, params) = (own(call)?, call.params());
    let label = find_mut(&mut call.world.labels, &id)?;
    for key in ["name", "color"] {
        if let Some(value) = params.get(key) {
            label[key] = value.clone();
        }
    }
    Call::ok(label)
}

fn delete(call: &mut Call) -> Outcome {
    let id = own(call)?;
    let at = place(&call.world.labels, &id)?;
    call.world.labels.remove(at);
    for card in &mut call.world.cards {
        if let Some(all) = card["idLabels"].as_array_mut() {
            all.retain(|known| *known != id);
        }
    }
    Call::ok(&gone())
}
