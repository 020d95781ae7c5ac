//! Search, and webhooks.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::show::pick;
use super::world::{World, find, find_mut, place};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "search", search as Play),
    row("POST", "webhooks", create_webhook),
    row("GET", "webhooks/{}", webhook),
    row("PUT", "webhooks/{}", update_webhook),
    row("DELETE", "webhooks/{}", delete_webhook),
    row("GET", "tokens/{}/webhooks", webhooks),
];

/// The words of a query, and its operators such as `board:` and `is:`.
fn words(query: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut words, mut operators) = (Vec::new(), Vec::new());
    for word in query.split_whitespace() {
        match word.split_once(':') {
            Some((key, value)) if ["board", "is", "list", "label", "name"].contains(&key) => {
                operators.push((key.to_owned(), value.trim_matches('"').to_lowercase()));
            }
            _ => words.push(word.trim_matches('"').to_lowercase()),
        }
    }
    (words, operators)
}

fn fits(call: &Call, card: &Value, operator: &(String, String)) -> bool {
    let named = |list: &[Value], id: &Value| {
        list.iter().any(|d| d["id"] == *id && text(d, "name").to_lowercase().contains(&operator.1))
    };
    match operator.0.as_str() {
        "is" => operator.1 != "archived" || card["closed"] == true,
        "board" => named(&call.world.boards, &card["idBoard"]) || card["idBoard"] == operator.1,
        "list" => named(&call.world.lists, &card["idList"]),
        "label" => card["idLabels"].as_array().is_some_and(|all| all.iter().any(|l| named(&call.world.labels, l))),
        _ => text(card, "name").to_lowercase().contains(&operator.1),
    }
}

fn search(call: &mut Call) -> Outcome {
    let query = call.required("query")?;
    let (words, operators) = words(&query);
    let kinds = call.param("modelTypes").unwrap_or_else(|| "all".into());
    let wants = |kind: &str| kinds.split(',').any(|k| k == "all" || k == kind);
    let limit = |name: &str| call.param(name).and_then(|l| l.parse::<usize>().ok()).unwrap_or(10).min(1000);
    let has = |d: &Value| {
        let whole = format!("{} {}", text(d, "name"), text(d, "desc")).to_lowercase();
        words.iter().all(|word| whole.contains(word))
    };
    let me = call.me();
    let boards: Vec<&Value> = call.world.boards.iter().filter(|b| World::sees(&me, b)).collect();
    let wanted = call.param("idBoards").filter(|ids| ids != "mine" && !ids.is_empty());
    let on_board = |card: &Value| {
        let id = text(card, "idBoard");
        boards.iter().any(|b| b["id"] == id)
            && wanted.as_ref().is_none_or(|ids| ids.split(',').any(|known| known == id))
    };
    let terms: Vec<Value> = words.iter().map(|word| json!({ "text": word })).collect();
    let mut found = json!({
        "options": { "terms": terms, "modifiers": [], "modelTypes": kinds.split(',').collect::<Vec<_>>(), "partial": false },
    });
    if wants("cards") {
        let page = call.param("cards_page").and_then(|p| p.parse::<usize>().ok()).unwrap_or(0);
        let cards =
            call.world.cards.iter().filter(|c| on_board(c) && has(c) && operators.iter().all(|o| fits(call, c, o)));
        let cards = cards.skip(page * limit("cards_limit")).take(limit("cards_limit"));
        found["cards"] = cards.map(|c| pick(c, call.param("card_fields").as_deref())).collect();
    }
    if wants("boards") {
        let fields = call.param("board_fields").unwrap_or_else(|| "name,idOrganization".into());
        let boards = boards.iter().filter(|b| operators.is_empty() && has(b)).take(limit("boards_limit"));
        found["boards"] = boards.map(|b| pick(b, Some(&fields))).collect();
    }
    Call::ok(&found)
}

fn create_webhook(call: &mut Call) -> Outcome {
    let (url, model) = (call.required("callbackURL")?, call.required("idModel")?);
    if !url.starts_with("http") {
        return Err(refuse(400, "Invalid URL"));
    }
    if call.world.webhooks.iter().any(|w| w["callbackURL"] == url && w["idModel"] == model) {
        return Err(refuse(400, "A webhook with that callback, model, and token already exists"));
    }
    let webhook = json!({
        "id": call.world.next_id(), "description": call.param("description").unwrap_or_default(), "idModel": model,
        "callbackURL": url, "active": true, "consecutiveFailures": 0, "firstConsecutiveFailDate": null,
    });
    call.world.webhooks.push(webhook.clone());
    Call::ok(&webhook)
}

fn webhook(call: &mut Call) -> Outcome {
    Call::ok(find(&call.world.webhooks, call.arg(0))?)
}

fn update_webhook(call: &mut Call) -> Outcome {
    let (id, params) = (call.arg(0).to_owned(), call.params());
    let webhook = find_mut(&mut call.world.webhooks, &id)?;
    for key in ["description", "callbackURL", "idModel"] {
        if let Some(value) = params.get(key) {
            webhook[key] = value.clone();
        }
    }
    if let Some(active) = params.get("active") {
        webhook["active"] = json!(active == "true" || *active == true);
    }
    Call::ok(webhook)
}

fn delete_webhook(call: &mut Call) -> Outcome {
    let at: Result<usize, Refusal> = place(&call.world.webhooks, call.arg(0));
    call.world.webhooks.remove(at?);
    Call::ok(&json!({ "_value": null }))
}

fn webhooks(call: &mut Call) -> Outcome {
    if call.arg(0) != call.caller.token {
        return Err(refuse(401, "invalid token"));
    }
    Call::ok(&Value::Array(call.world.webhooks.clone()))
}
