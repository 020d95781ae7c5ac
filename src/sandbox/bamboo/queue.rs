//! The queue: starting builds, and stopping them.

use super::call::{Access, Call, Outcome, Play, play, refuse};
use super::world::{Build, Life, Plan};
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/queue", play(Access::Anyone, "queue", list)),
    row("POST", "/rest/api/latest/queue/{}", play(Access::User, "restQueuedBuild", start)),
    row("PUT", "/rest/api/latest/queue/{}", play(Access::User, "restQueuedBuild", resume)),
    row("DELETE", "/rest/api/latest/queue/{}", play(Access::User, "restQueuedBuild", stop)),
    row("GET", "/rest/api/latest/buildNumber/{}", play(Access::User, "buildNumber", number)),
];

fn row_of(call: &Call, build: &Build) -> Value {
    json!({
        "planKey": build.plan, "buildNumber": build.number, "buildResultKey": build.key(), "triggerReason": build.reason,
        "link": call.link(&format!("result/{}", build.key())),
    })
}

fn list(call: &mut Call) -> Outcome {
    let waiting = call.world.builds.iter().filter(|b| b.life() == Life::Queued && call.plan(&b.plan).is_ok());
    let queued = call.list("queuedBuild", waiting.map(|b| row_of(call, b)).collect());
    Call::ok(&json!({ "expand": "queuedBuilds", "link": call.link("queue"), "queuedBuilds": queued }))
}

/// Returns the variables of a build: the plan's, with what the query says: `bamboo.variable.NAME=VALUE`.
fn variables(call: &Call, plan: &Plan) -> Vec<(String, String)> {
    let mut variables = plan.variables.clone();
    let mut given = call.request.query.clone();
    if call.request.media_type().as_deref() == Some("application/x-www-form-urlencoded") {
        given.extend(call.request.form());
    }
    for (key, value) in given {
        let Some(name) = key.strip_prefix("bamboo.variable.") else { continue };
        variables.retain(|(known, _)| known != name);
        variables.push((name.to_owned(), value));
    }
    variables
}

/// Queues a build. It takes about a second, and fails if the plan's builds do, or with the variable `fail=true`.
fn start(call: &mut Call) -> Outcome {
    let plan = call.plan(call.arg(0))?.clone();
    if !plan.enabled {
        return Err(refuse(400, format!("Plan {} is disabled.", plan.key)));
    }
    if call.world.paused {
        return Err(refuse(400, "Bamboo is paused."));
    }
    let running =
        call.world.builds.iter().filter(|b| b.plan == plan.key && matches!(b.life(), Life::Queued | Life::InProgress));
    if running.count() >= 3 {
        return Err(refuse(400, format!("The maximum number of concurrent builds of {} has been reached.", plan.key)));
    }
    let variables = variables(call, &plan);
    let fails = super::world::value(&variables, "fail") == Some("true");
    let takes = i64::try_from(call.gate.number("build_ms").unwrap_or(0)).unwrap_or(0);
    let build = Build {
        id: call.world.next_id() + 600_000,
        plan: plan.key.clone(),
        number: plan.next,
        queued: now(),
        takes,
        succeeds: plan.succeeds && !fails,
        stopped: None,
        reason: format!("Manual run by {}", call.my_name()),
        labels: Vec::new(),
        comments: Vec::new(),
        variables,
        issues: Vec::new(),
        revision: call.request.param("customRevision").map_or_else(|| format!("{:040x}", plan.next), str::to_owned),
    };
    call.plan_mut(&plan.key)?.next += 1;
    let shown = row_of(call, &build);
    call.world.builds.push(build);
    Call::ok(&shown)
}

/// Runs a build that failed once more.
fn resume(call: &mut Call) -> Outcome {
    let at = call.build_place(call.arg(0))?;
    let takes = i64::try_from(call.gate.number("build_ms").unwrap_or(0)).unwrap_or(0);
    let build = &mut call.world.builds[at];
    if build.life() == Life::Finished && build.succeeds {
        return Err(refuse(400, format!("Build {} cannot be continued.", build.key())));
    }
    build.queued = now();
    build.takes = takes;
    build.stopped = None;
    let shown = row_of(call, &call.world.builds[at]);
    Call::ok(&shown)
}

fn stop(call: &mut Call) -> Outcome {
    let at = call.build_place(call.arg(0))?;
    let build = &mut call.world.builds[at];
    if !matches!(build.life(), Life::Queued | Life::InProgress) {
        return Err(refuse(404, format!("Build {} is not running.", build.key())));
    }
    build.stopped = Some(now());
    Call::done()
}

fn number(call: &mut Call) -> Outcome {
    let plan = call.plan(call.arg(0))?;
    Call::ok(&json!({ "buildNumber": plan.next - 1, "nextBuildNumber": plan.next }))
}
