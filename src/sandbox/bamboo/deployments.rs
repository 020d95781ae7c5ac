//! Deploying versions.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse};
use super::world::{Run, World};
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/deploy/environment/{}/results", json_only(Access::User, results)),
    row("GET", "/rest/api/latest/deploy/result/{}", json_only(Access::User, result)),
    row("GET", "/rest/api/latest/deploy/dashboard", json_only(Access::User, dashboard)),
    row("GET", "/rest/api/latest/queue/deployment", json_only(Access::User, queue)),
    row("POST", "/rest/api/latest/queue/deployment", json_only(Access::User, start)),
    row("DELETE", "/rest/api/latest/queue/deployment/{}", json_only(Access::User, stop)),
];

impl Run {
    fn done(&self) -> bool {
        now() >= self.queued + self.takes
    }

    fn life(&self) -> &'static str {
        match now() - self.queued {
            _ if self.done() => "FINISHED",
            past if past < self.takes / 10 => "QUEUED",
            _ => "IN_PROGRESS",
        }
    }

    fn state(&self) -> &'static str {
        match (self.done(), self.succeeds) {
            (false, _) => "UNKNOWN",
            (true, true) => "SUCCESS",
            (true, false) => "FAILED",
        }
    }
}

fn document(call: &Call, run: &Run) -> Value {
    let version = call.world.versions.iter().find(|v| v.id == run.version);
    let mut document = json!({
        "id": run.id, "key": { "key": format!("{}-{}", run.environment, run.id) }, "lifeCycleState": run.life(),
        "deploymentState": run.state(), "deploymentVersionName": version.map(|v| v.name.clone()),
        "deploymentVersion": version.map(|v| call.version_document(v)), "queuedDate": run.queued,
        "startedDate": run.queued + run.takes / 10, "executedDate": run.queued + run.takes / 10,
        "reasonSummary": format!("Manual run by {}", run.who), "agentId": 131_074, "agentType": "REMOTE",
    });
    if run.done() {
        document["finishedDate"] = json!(run.queued + run.takes);
    }
    document
}

fn of(world: &World, environment: u64) -> Vec<&Run> {
    let mut runs: Vec<&Run> = world.runs.iter().filter(|r| r.environment == environment).collect();
    runs.sort_by_key(|r| std::cmp::Reverse((r.queued, r.id)));
    runs
}

fn results(call: &mut Call) -> Outcome {
    let id = call.environment_named(call.id(0))?.id;
    let runs = of(call.world, id);
    let (start, size) = call.window();
    let some: Vec<Value> = runs.iter().skip(start).take(size).map(|r| document(call, r)).collect();
    Call::ok(
        &json!({ "size": runs.len(), "start-index": start, "max-result": some.len(), "results": some, "expand": "results" }),
    )
}

fn found(call: &Call) -> Result<usize, Refusal> {
    let at = call.world.runs.iter().position(|r| r.id == call.id(0));
    at.ok_or_else(|| refuse(404, format!("Deployment result {} not found.", call.arg(0))))
}

fn result(call: &mut Call) -> Outcome {
    let run = &call.world.runs[found(call)?];
    let mut shown = document(call, run);
    if call.request.param("includeLogs") == Some("true") {
        let lines = ["Deployment started", "Copying files", if run.succeeds { "Finished" } else { "Failed" }];
        shown["logEntries"] =
            json!({ "size": lines.len(), "logEntry": lines.map(|l| json!({ "log": l, "unstyledLog": l })) });
    }
    Call::ok(&shown)
}

/// What is where.
fn dashboard(call: &mut Call) -> Outcome {
    let row = |d: &super::world::Deployment| {
        let environments = call.world.environments.iter().filter(|e| e.deployment == d.id).map(|e| {
            let latest = of(call.world, e.id).first().map(|r| document(call, r));
            json!({ "environment": call.environment_document(e), "deploymentResult": latest })
        });
        let environments: Vec<Value> = environments.collect();
        json!({ "deploymentProject": { "id": d.id, "name": d.name, "planKey": { "key": d.plan } }, "environmentStatuses": environments })
    };
    Call::ok(&call.world.deployments.iter().map(row).collect())
}

fn queue(call: &mut Call) -> Outcome {
    let waiting = call.world.runs.iter().filter(|r| r.life() == "QUEUED");
    let queued: Vec<Value> = waiting.map(|r| json!({ "deploymentResultId": r.id })).collect();
    let queued =
        json!({ "size": queued.len(), "start-index": 0, "max-result": queued.len(), "queuedDeployment": queued });
    Call::ok(
        &json!({ "expand": "queuedDeployments", "link": call.link("queue/deployment"), "queuedDeployments": queued }),
    )
}

fn start(call: &mut Call) -> Outcome {
    let number = |name: &str| call.request.param(name).and_then(|v| v.parse::<u64>().ok()).unwrap_or(0);
    let (version, environment) = (number("versionId"), number("environmentId"));
    let deployment = call.environment_named(environment)?.deployment;
    let at = call.version_place(version)?;
    if call.world.versions[at].deployment != deployment {
        return Err(refuse(400, "The version does not belong to the project of the environment."));
    }
    let takes = i64::try_from(call.gate.number("build_ms").unwrap_or(0)).unwrap_or(0);
    let succeeds = call.world.versions[at].status != "BROKEN";
    let run =
        Run { id: call.world.next_id(), environment, version, queued: now(), takes, succeeds, who: call.my_name() };
    let id = run.id;
    call.world.runs.push(run);
    Call::ok(&json!({ "deploymentResultId": id, "link": call.link(&format!("deploy/result/{id}")) }))
}

fn stop(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let run = &mut call.world.runs[at];
    if run.done() {
        return Err(refuse(404, format!("Deployment result {} is not running.", run.id)));
    }
    run.takes = now() - run.queued;
    run.succeeds = false;
    Call::done()
}
