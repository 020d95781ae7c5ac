//! What happened, comments above all.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::world::{find, find_mut, place};
use crate::sandbox::table::{Row, row};
use serde_json::json;

pub(crate) const ROWS: &[Row<Play>] = &[
    row("POST", "cards/{}/actions/comments", comment as Play),
    row("PUT", "cards/{}/actions/{}/comments", edit_on_card),
    row("DELETE", "cards/{}/actions/{}/comments", delete_on_card),
    row("GET", "actions/{}", action),
    row("PUT", "actions/{}", edit),
    row("PUT", "actions/{}/text", edit),
    row("DELETE", "actions/{}", delete),
];

fn comment(call: &mut Call) -> Outcome {
    let (id, words) = (call.card_id()?, call.required("text")?);
    let mut data = call.world.about(find(&call.world.cards, &id)?);
    data["text"] = json!(words);
    let me = call.me();
    let action = call.world.note(&me, "commentCard", data);
    call.world.touch(&id);
    Call::ok(&action)
}

/// Finds a comment of the caller's own.
fn own(call: &Call, id: &str) -> Result<(), Refusal> {
    let action = find(&call.world.actions, id)?;
    if action["type"] != "commentCard" || action["idMemberCreator"] != call.me() {
        return Err(refuse(401, "unauthorized action requested"));
    }
    Ok(())
}

fn change(call: &mut Call, id: &str) -> Outcome {
    own(call, id)?;
    let words = call.param("text").or_else(|| call.param("value")).filter(|t| !t.is_empty());
    let words = words.ok_or_else(|| refuse(400, "invalid value for text"))?;
    let action = find_mut(&mut call.world.actions, id)?;
    action["data"]["text"] = json!(words);
    action["data"]["dateLastEdited"] = json!(super::world::days_ago(0));
    Call::ok(action)
}

fn remove(call: &mut Call, id: &str) -> Outcome {
    own(call, id)?;
    let at = place(&call.world.actions, id)?;
    let gone = call.world.actions.remove(at);
    call.world.touch(&text(&gone["data"]["card"], "id"));
    Call::ok(&json!({ "_value": null }))
}

fn action(call: &mut Call) -> Outcome {
    Call::ok(find(&call.world.actions, call.arg(0))?)
}

fn edit(call: &mut Call) -> Outcome {
    let id = call.arg(0).to_owned();
    change(call, &id)
}

fn delete(call: &mut Call) -> Outcome {
    let id = call.arg(0).to_owned();
    remove(call, &id)
}

fn edit_on_card(call: &mut Call) -> Outcome {
    let id = call.arg(1).to_owned();
    change(call, &id)
}

fn delete_on_card(call: &mut Call) -> Outcome {
    let id = call.arg(1).to_owned();
    remove(call, &id)
}
