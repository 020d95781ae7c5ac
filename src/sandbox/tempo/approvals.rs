//! Timesheets: weeks, what they ask for, and their way through approval.

use super::call::{Call, Outcome, Play, Refusal, account_of, refuse, text};
use super::days::{self, required, week};
use super::worklogs::time;
use super::world::Approval;
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use jiff::{ToSpan, civil::Date};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "timesheet-approvals/user/{}", of_user as Play),
    row("GET", "timesheet-approvals/user/{}/reviewers", reviewers),
    row("POST", "timesheet-approvals/user/{}/submit", submit),
    row("POST", "timesheet-approvals/user/{}/approve", approve),
    row("POST", "timesheet-approvals/user/{}/reject", reject),
    row("POST", "timesheet-approvals/user/{}/reopen", reopen),
    row("GET", "timesheet-approvals/team/{}", of_team),
    row("GET", "timesheet-approvals/waiting", waiting),
    row("GET", "periods", periods),
    row("GET", "user-schedule", my_schedule),
    row("GET", "user-schedule/{}", schedule),
];

fn spent(call: &Call, account: &str, from: Date, to: Date) -> i64 {
    let logs = call.world.worklogs.iter().filter(|l| l.author == account && l.day >= from && l.day <= to);
    logs.map(|l| l.seconds).sum()
}

fn approval(call: &Call, account: &str, monday: Date) -> Option<Approval> {
    call.world.approvals.iter().find(|a| a.account == account && a.monday == monday).cloned()
}

fn show(call: &Call, account: &str, day: Date) -> Value {
    let (from, to) = week(day);
    let found = approval(call, account, from);
    let own = call.at(&format!("timesheet-approvals/user/{account}"));
    let span = format!("from={from}&to={to}");
    let state = found.as_ref().map_or("OPEN", |a| a.state);
    let mut status = json!({ "key": state, "comment": found.as_ref().map(|a| a.comment.clone()) });
    if let Some(found) = &found {
        status["actor"] = call.person(&found.actor);
        status["updatedAt"] = json!(time(found.updated));
    }
    let mut actions = json!({});
    for action in actions_of(state) {
        actions[*action] = json!({ "self": format!("{own}/{action}?{span}") });
    }
    let asked: i64 = days::between(from, to).map(required).sum();
    json!({
        "self": format!("{own}?{span}"), "period": { "from": from.to_string(), "to": to.to_string() },
        "requiredSeconds": asked, "timeSpentSeconds": spent(call, account, from, to), "status": status,
        "user": call.person(account), "reviewer": found.as_ref().map(|a| call.person(&a.reviewer)), "actions": actions,
        "worklogs": { "self": call.at(&format!("worklogs/user/{account}?{span}")) },
    })
}

fn actions_of(state: &str) -> &'static [&'static str] {
    match state {
        "IN_REVIEW" => &["approve", "reject", "reopen"],
        "APPROVED" => &["reopen"],
        _ => &["submit"],
    }
}

fn subject(call: &Call) -> Result<(String, Date), Refusal> {
    let account = call.arg(0).to_owned();
    Call::known(&account).map_err(|_| refuse(404, format!("User with account id '{account}' not found")))?;
    let day = call.span()?.0.ok_or_else(|| refuse(400, "from is required"))?;
    Ok((account, day))
}

fn of_user(call: &mut Call) -> Outcome {
    let (account, day) = subject(call)?;
    Call::ok(&show(call, &account, day))
}

/// Moves a timesheet on, if its state allows it.
fn step(call: &mut Call, action: &str, to: &'static str) -> Outcome {
    let (account, day) = subject(call)?;
    let monday = week(day).0;
    let before = approval(call, &account, monday);
    let state = before.as_ref().map_or("OPEN", |a| a.state);
    if !actions_of(state).contains(&action) {
        return Err(refuse(400, format!("Timesheet is {state}; it cannot {action}")));
    }
    let own = call.me() == account;
    let allowed = call.caller.everybody || own && action == "submit";
    if !allowed {
        return Err(refuse(403, "You do not have permission to change this timesheet"));
    }
    let body = if call.request.body.is_empty() { json!({}) } else { call.body()? };
    let reviewer = Some(text(&body, "reviewerAccountId")).filter(|r| !r.is_empty());
    let reviewer = reviewer.or(before.map(|a| a.reviewer)).unwrap_or_else(|| account_of("mira"));
    let next = Approval {
        account: account.clone(),
        monday,
        state: to,
        actor: call.me(),
        comment: text(&body, "comment"),
        reviewer,
        updated: now(),
    };
    call.world.approvals.retain(|a| a.account != account || a.monday != monday);
    call.world.approvals.push(next);
    Call::ok(&show(call, &account, day))
}

fn submit(call: &mut Call) -> Outcome {
    step(call, "submit", "IN_REVIEW")
}

fn approve(call: &mut Call) -> Outcome {
    step(call, "approve", "APPROVED")
}

fn reject(call: &mut Call) -> Outcome {
    step(call, "reject", "OPEN")
}

fn reopen(call: &mut Call) -> Outcome {
    step(call, "reopen", "OPEN")
}

fn reviewers(call: &mut Call) -> Outcome {
    Call::known(call.arg(0))?;
    call.whole(vec![call.person(&account_of("mira"))])
}

fn of_team(call: &mut Call) -> Outcome {
    let team = super::teams::id(call)?;
    let day = call.span()?.0.ok_or_else(|| refuse(400, "from is required"))?;
    let members = call.world.memberships.iter().filter(|m| m.team == team);
    call.whole(members.map(|m| show(call, &m.account, day)).collect())
}

fn waiting(call: &mut Call) -> Outcome {
    let me = call.me();
    let mine = call.world.approvals.iter().filter(|a| a.state == "IN_REVIEW" && a.reviewer == me);
    call.whole(mine.map(|a| show(call, &a.account, a.monday)).collect())
}

fn periods(call: &mut Call) -> Outcome {
    let (from, to) = call.required_span()?;
    let mut periods = Vec::new();
    let mut monday = week(from).0;
    while monday <= to && periods.len() < 200 {
        let (from, to) = week(monday);
        periods.push(json!({ "from": from.to_string(), "to": to.to_string() }));
        let Ok(next) = monday.checked_add(7.days()) else { break };
        monday = next;
    }
    Call::ok(&json!({ "periods": periods }))
}

fn days_of(call: &Call) -> Outcome {
    let (from, to) = call.required_span()?;
    let day = |day: Date| {
        let asked = required(day);
        let kind = if asked > 0 { "WORKING_DAY" } else { "NON_WORKING_DAY" };
        json!({ "date": day.to_string(), "requiredSeconds": asked, "type": kind })
    };
    call.whole(days::between(from, to).map(day).collect())
}

fn my_schedule(call: &mut Call) -> Outcome {
    days_of(call)
}

fn schedule(call: &mut Call) -> Outcome {
    Call::known(call.arg(0))?;
    days_of(call)
}
