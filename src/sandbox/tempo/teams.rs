//! Teams and who is in them.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::world::{Membership, place};
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "teams", list as Play),
    row("POST", "teams", create),
    row("GET", "teams/{}", one),
    row("PUT", "teams/{}", update),
    row("DELETE", "teams/{}", delete),
    row("GET", "teams/{}/members", members),
    row("GET", "teams/{}/links", links),
    row("POST", "team-memberships", join),
    row("GET", "team-memberships/team/{}", memberships),
    row("GET", "team-memberships/{}", membership),
    row("PUT", "team-memberships/{}", change_membership),
    row("DELETE", "team-memberships/{}", leave),
];

fn show(call: &Call, team: &Value) -> Value {
    let own = call.at(&format!("teams/{}", team["id"]));
    let lead = text(team, "leadAccountId");
    json!({
        "self": own, "id": team["id"], "name": team["name"], "summary": team["summary"],
        "lead": if lead.is_empty() { Value::Null } else { call.person(&lead) }, "program": null,
        "links": { "self": format!("{own}/links") }, "members": { "self": format!("{own}/members") },
        "permissions": { "self": format!("{own}/permissions") }, "administrative": team["administrative"],
    })
}

fn found(call: &Call) -> Result<usize, Refusal> {
    place(&call.world.teams, "id", call.arg(0), "Team with id")
}

/// Returns the id of the team that the path names.
pub(crate) fn id(call: &Call) -> Result<u64, Refusal> {
    Ok(call.world.teams[found(call)?]["id"].as_u64().unwrap_or(0))
}

fn list(call: &mut Call) -> Outcome {
    let (ids, name) = (call.ids("teamIds"), call.request.param("name").map(str::to_lowercase));
    let fits = |t: &&Value| {
        (ids.is_empty() || t["id"].as_u64().is_some_and(|id| ids.contains(&id)))
            && name.as_ref().is_none_or(|n| text(t, "name").to_lowercase().contains(n))
    };
    call.page(call.world.teams.iter().filter(fits).map(|t| show(call, t)).collect())
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&show(call, &call.world.teams[found(call)?]))
}

fn read(call: &Call, id: u64) -> Result<Value, Refusal> {
    let body = call.body()?;
    if text(&body, "name").is_empty() {
        return Err(refuse(400, "name is required"));
    }
    let lead = text(&body, "leadAccountId");
    if !lead.is_empty() {
        Call::known(&lead)?;
    }
    Ok(
        json!({ "id": id, "name": body["name"], "summary": body["summary"], "leadAccountId": lead, "administrative": true }),
    )
}

fn create(call: &mut Call) -> Outcome {
    let id = call.world.next_id();
    let team = read(call, id)?;
    call.world.teams.push(team.clone());
    Call::ok(&show(call, &team))
}

fn update(call: &mut Call) -> Outcome {
    let (at, id) = (found(call)?, id(call)?);
    let team = read(call, id)?;
    call.world.teams[at] = team.clone();
    Call::ok(&show(call, &team))
}

fn delete(call: &mut Call) -> Outcome {
    let (at, id) = (found(call)?, id(call)?);
    call.world.teams.remove(at);
    call.world.memberships.retain(|m| m.team != id);
    Call::done()
}

fn show_membership(call: &Call, membership: &Membership) -> Value {
    let name = call.world.teams.iter().find(|t| t["id"] == membership.team).map(|t| t["name"].clone());
    let roles = super::seed::roles(call.base);
    json!({
        "self": call.at(&format!("team-memberships/{}", membership.id)), "id": membership.id,
        "commitmentPercent": membership.percent, "from": membership.from, "to": membership.to,
        "inclusiveTo": membership.to,
        "role": roles.iter().find(|r| r["id"] == membership.role),
        "team": { "self": call.at(&format!("teams/{}", membership.team)), "id": membership.team, "name": name },
        "member": call.person(&membership.account),
    })
}

fn members(call: &mut Call) -> Outcome {
    let id = id(call)?;
    let team = call.at(&format!("teams/{id}"));
    let row = |m: &Membership| {
        let own = format!("{team}/members/{}", m.account);
        json!({
            "self": own, "team": { "self": team }, "member": call.person(&m.account),
            "memberships": { "self": format!("{own}/memberships"), "active": show_membership(call, m) },
        })
    };
    call.page(call.world.memberships.iter().filter(|m| m.team == id).map(row).collect())
}

fn links(call: &mut Call) -> Outcome {
    found(call)?;
    call.page(Vec::new())
}

fn join(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let (team, account) = (body["teamId"].as_u64().unwrap_or(0), text(&body, "accountId"));
    if !call.world.teams.iter().any(|t| t["id"] == team) {
        return Err(refuse(400, format!("Team with id '{team}' does not exist")));
    }
    Call::known(&account)?;
    if call.world.memberships.iter().any(|m| m.team == team && m.account == account) {
        return Err(refuse(400, "User is already a member of the team"));
    }
    let membership = Membership {
        id: call.world.next_id(),
        team,
        account,
        role: body["roleId"].as_u64().unwrap_or(1),
        percent: body["commitmentPercent"].as_u64().unwrap_or(100),
        from: body["from"].as_str().map(str::to_owned),
        to: body["to"].as_str().map(str::to_owned),
    };
    call.world.memberships.push(membership.clone());
    Call::ok(&show_membership(call, &membership))
}

fn membership_place(call: &Call) -> Result<usize, Refusal> {
    let at = call.world.memberships.iter().position(|m| m.id.to_string() == call.arg(0));
    at.ok_or_else(|| refuse(404, format!("Team membership with id '{}' not found", call.arg(0))))
}

fn membership(call: &mut Call) -> Outcome {
    Call::ok(&show_membership(call, &call.world.memberships[membership_place(call)?]))
}

fn memberships(call: &mut Call) -> Outcome {
    let id = id(call)?;
    call.page(call.world.memberships.iter().filter(|m| m.team == id).map(|m| show_membership(call, m)).collect())
}

fn change_membership(call: &mut Call) -> Outcome {
    let (at, body) = (membership_place(call)?, call.body()?);
    let membership = &mut call.world.memberships[at];
    membership.role = body["roleId"].as_u64().unwrap_or(membership.role);
    membership.percent = body["commitmentPercent"].as_u64().unwrap_or(membership.percent);
    membership.from = body["from"].as_str().map(str::to_owned);
    membership.to = body["to"].as_str().map(str::to_owned);
    let membership = membership.clone();
    Call::ok(&show_membership(call, &membership))
}

fn leave(call: &mut Call) -> Outcome {
    let at = membership_place(call)?;
    call.world.memberships.remove(at);
    Call::done()
}
