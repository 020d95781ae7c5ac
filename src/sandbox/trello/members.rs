//! Members and workspaces.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::show::{passes, pick};
use super::world::{World, id_of};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "members/{}", member as Play),
    row("GET", "members/{}/boards", boards),
    row("GET", "members/{}/boards/{}", boards),
    row("GET", "members/{}/cards", cards),
    row("GET", "members/{}/cards/{}", cards),
    row("GET", "members/{}/organizations", organizations),
    row("GET", "organizations/{}", organization),
    row("GET", "organizations/{}/boards", organization_boards),
    row("GET", "organizations/{}/members", organization_members),
    row("GET", "search/members", search),
];

fn found(call: &Call) -> Result<Value, Refusal> {
    let name = if call.arg(0) == "me" { call.caller.name } else { call.arg(0) };
    call.world.member(name).cloned().ok_or_else(|| refuse(404, "model not found"))
}

fn visible<'a>(call: &'a Call, member: &str) -> Vec<&'a Value> {
    let me = call.me();
    let of = |board: &&Value| {
        board["memberships"].as_array().is_some_and(|all| all.iter().any(|m| m["idMember"] == member))
            && World::sees(&me, board)
    };
    call.world.boards.iter().filter(of).collect()
}

fn member(call: &mut Call) -> Outcome {
    let member = found(call)?;
    let id = text(&member, "id");
    let mut shown = pick(&member, call.param("fields").as_deref());
    let boards = visible(call, &id);
    if call.param("fields").is_none_or(|f| f == "all" || f.contains("idBoards")) {
        shown["idBoards"] = boards.iter().map(|b| b["id"].clone()).collect();
        if id == call.me() {
            shown["email"] = json!(format!("{}@sandbox.example", call.caller.name));
        }
    }
    if let Some(filter) = call.param("boards").filter(|f| f != "none") {
        let fields = call.param("board_fields").unwrap_or_else(|| "name,desc,closed,url".into());
        shown["boards"] = boards.iter().filter(|b| passes(b, &filter)).map(|b| pick(b, Some(&fields))).collect();
    }
    if call.param("organizations").is_some_and(|f| f != "none") {
        shown["organizations"] = json!([workspace()]);
    }
    Call::ok(&shown)
}

fn boards(call: &mut Call) -> Outcome {
    let id = text(&found(call)?, "id");
    let filter = match call.filter(1) {
        filter if call.param("filter").is_none() && call.arg(1).is_empty() && filter == "open" => "all".to_owned(),
        filter => filter,
    };
    let boards = visible(call, &id).into_iter().filter(|b| passes(b, &filter));
    Call::ok(&call.list(boards, "all"))
}

fn cards(call: &mut Call) -> Outcome {
    let id = text(&found(call)?, "id");
    let filter = call.filter(1);
    let boards: Vec<String> = visible(call, &call.me()).iter().map(|b| text(b, "id")).collect();
    let of = |card: &&Value| {
        let on = card["idMembers"].as_array().is_some_and(|all| all.iter().any(|m| *m == id));
        on && passes(card, &filter) && boards.contains(&text(card, "idBoard"))
    };
    Call::ok(&call.cards(call.world.cards.iter().filter(of).collect()))
}

/// The one workspace that there is.
fn workspace() -> Value {
    json!({
        "id": id_of("organization", 0), "name": "practice", "displayName": "Practice", "desc": "", "descData": null,
        "url": "https://trello.com/w/practice", "website": null, "logoHash": null, "logoUrl": null,
        "memberships": [], "products": [], "powerUps": [],
    })
}

fn in_workspace(call: &Call) -> Result<(), Refusal> {
    let id = call.arg(0);
    if id == "practice" || id == id_of("organization", 0) { Ok(()) } else { Err(refuse(404, "model not found")) }
}

fn organizations(call: &mut Call) -> Outcome {
    found(call)?;
    Call::ok(&json!([workspace()]))
}

fn organization(call: &mut Call) -> Outcome {
    in_workspace(call)?;
    Call::ok(&pick(&workspace(), call.param("fields").as_deref()))
}

fn organization_boards(call: &mut Call) -> Outcome {
    in_workspace(call)?;
    let filter = call.filter(1);
    let boards = visible(call, &call.me()).into_iter().filter(|b| passes(b, &filter));
    Call::ok(&call.list(boards, "all"))
}

fn organization_members(call: &mut Call) -> Outcome {
    in_workspace(call)?;
    Call::ok(&call.list(call.world.members.iter(), "fullName,username"))
}

fn search(call: &mut Call) -> Outcome {
    let query = call.required("query")?.to_lowercase();
    let limit = call.param("limit").and_then(|l| l.parse().ok()).unwrap_or(8);
    let fits = |m: &&Value| ["username", "fullName"].iter().any(|key| text(m, key).to_lowercase().contains(&query));
    let found = call.world.members.iter().filter(fits).take(limit);
    Call::ok(&found.map(super::world::brief_member).collect::<Value>())
}
