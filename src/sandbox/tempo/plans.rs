//! Plans.

use super::call::{Call, Outcome, Play, Refusal, refuse, text};
use super::days::{self, required};
use super::worklogs::time;
use super::world::Plan;
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use jiff::civil::Date;
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "plans", list as Play),
    row("POST", "plans", create),
    row("POST", "plans/search", search),
    row("GET", "plans/user/{}", of_user),
    row("GET", "plans/{}", one),
    row("PUT", "plans/{}", update),
    row("DELETE", "plans/{}", delete),
];

fn worked(plan: &Plan, day: Date) -> bool {
    plan.weekends || required(day) > 0
}

fn show(call: &Call, plan: &Plan) -> Value {
    let days: Vec<Date> = days::between(plan.from, plan.to).filter(|day| worked(plan, *day)).collect();
    let values: Vec<Value> =
        days.iter().map(|day| json!({ "date": day.to_string(), "plannedSeconds": plan.per_day })).collect();
    let path = if plan.kind == "PROJECT" { "project" } else { "issue" };
    let total = plan.per_day * i64::try_from(days.len()).unwrap_or(0);
    json!({
        "self": call.at(&format!("plans/{}", plan.id)), "id": plan.id, "startDate": plan.from.to_string(),
        "endDate": plan.to.to_string(), "startTime": "08:00", "plannedSecondsPerDay": plan.per_day,
        "totalPlannedSeconds": total, "totalPlannedSecondsInScope": total, "description": plan.description,
        "includeNonWorkingDays": plan.weekends, "createdAt": time(plan.created), "updatedAt": time(plan.created),
        "assignee": { "self": call.person(&plan.assignee)["self"], "id": plan.assignee, "type": "USER" },
        "planItem": {
            "self": format!("{}/rest/api/2/{path}/{}", call.jira.base(), plan.item), "id": plan.item.to_string(), "type": plan.kind,
        },
        "rule": "NEVER", "recurrenceEndDate": null, "planApproval": null, "syncSource": "NONE",
        "plannedTime": { "days": { "count": values.len(), "values": values } },
    })
}

fn within(plan: &Plan, from: Date, to: Date) -> bool {
    plan.from <= to && plan.to >= from
}

fn list(call: &mut Call) -> Outcome {
    let (from, to) = call.required_span()?;
    let accounts: Vec<String> =
        call.request.params("accountIds").into_iter().flat_map(|v| v.split(',')).map(str::to_owned).collect();
    let items = call.ids("planItemIds");
    let fits = |p: &&Plan| {
        within(p, from, to)
            && (accounts.is_empty() || accounts.contains(&p.assignee))
            && (items.is_empty() || items.contains(&p.item))
    };
    call.page(call.world.plans.iter().filter(fits).map(|p| show(call, p)).collect())
}

fn search(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let (from, to) = (days::read("from", &text(&body, "from"))?, days::read("to", &text(&body, "to"))?);
    let among = |name: &str, value: Value| body[name].as_array().is_none_or(|all| all.contains(&value));
    let fits = |p: &&Plan| {
        within(p, from, to)
            && among("accountIds", json!(p.assignee))
            && among("planItemIds", json!(p.item))
            && among("planIds", json!(p.id))
    };
    call.page(call.world.plans.iter().filter(fits).map(|p| show(call, p)).collect())
}

fn of_user(call: &mut Call) -> Outcome {
    let account = call.arg(0).to_owned();
    Call::known(&account)?;
    let (from, to) = call.span()?;
    let fits = |p: &&Plan| p.assignee == account && within(p, from.unwrap_or(Date::MIN), to.unwrap_or(Date::MAX));
    call.whole(call.world.plans.iter().filter(fits).map(|p| show(call, p)).collect())
}

fn found(call: &Call) -> Result<usize, Refusal> {
    let at = call.world.plans.iter().position(|p| p.id.to_string() == call.arg(0));
    at.ok_or_else(|| refuse(404, format!("Plan with id '{}' not found", call.arg(0))))
}

fn one(call: &mut Call) -> Outcome {
    Call::ok(&show(call, &call.world.plans[found(call)?]))
}

fn read(call: &Call, id: u64) -> Result<Plan, Refusal> {
    let body = call.body()?;
    let (assignee, kind) = (text(&body, "assigneeId"), text(&body, "planItemType"));
    Call::known(&assignee)?;
    let item = body["planItemId"].as_u64().or_else(|| body["planItemId"].as_str()?.parse().ok());
    let item = item.ok_or_else(|| refuse(400, "planItemId is required"))?;
    match kind.as_str() {
        "ISSUE" if call.jira.project_of(item).is_none() => {
            return Err(refuse(400, format!("Issue with id '{item}' does not exist")));
        }
        "ISSUE" | "PROJECT" => {}
        _ => return Err(refuse(400, "planItemType must be ISSUE or PROJECT")),
    }
    let (from, to) =
        (days::read("startDate", &text(&body, "startDate"))?, days::read("endDate", &text(&body, "endDate"))?);
    if from > to {
        return Err(refuse(400, "startDate must not be after endDate"));
    }
    Ok(Plan {
        id,
        assignee,
        kind,
        item,
        from,
        to,
        per_day: body["plannedSecondsPerDay"].as_i64().unwrap_or(days::WORKDAY),
        weekends: body["includeNonWorkingDays"] == true,
        description: text(&body, "description"),
        created: now(),
    })
}

fn create(call: &mut Call) -> Outcome {
    let id = call.world.next_id();
    let plan = read(call, id)?;
    call.world.plans.push(plan.clone());
    Call::ok(&show(call, &plan))
}

fn update(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let plan = read(call, call.world.plans[at].id)?;
    call.world.plans[at] = plan.clone();
    Call::ok(&show(call, &plan))
}

fn delete(call: &mut Call) -> Outcome {
    let at = found(call)?;
    call.world.plans.remove(at);
    Call::done()
}
