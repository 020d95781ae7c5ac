//! Results of builds.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, play, refuse};
use super::face::STAGES;
use super::system::{reads_pages, to_login};
use super::world::{Build, Life};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/result", play(Access::Anyone, "results", list)),
    row("GET", "/rest/api/latest/result/{}", play(Access::Anyone, "result", one)),
    row("GET", "/rest/api/latest/result/{}/{}", play(Access::Anyone, "result", one_in_parts)),
    row("GET", "/rest/api/latest/result/{}/branch/{}", play(Access::Anyone, "results", of_branch)),
    row("GET", "/rest/api/latest/result/status/{}", play(Access::Anyone, "status", status)),
    row("GET", "/rest/api/latest/result/byChangeset/{}", play(Access::Anyone, "results", by_changeset)),
    row("GET", "/download/{}/build_logs/{}", json_only(Access::Anyone, log)),
    row("POST", "/build/admin/deletePlanResults.action", json_only(Access::Anyone, delete)),
];

/// Answers with those builds that fit and that the query wants, the newest first.
fn some(call: &Call, path: &str, fits: impl Fn(&Build) -> bool) -> Outcome {
    let param = |name: &str| call.request.param(name).filter(|v| !v.is_empty());
    let states: Vec<&str> = call.request.params("buildstate").into_iter().flat_map(|v| v.split(',')).collect();
    let every = param("includeAllStates") == Some("true");
    let labels: Vec<&str> = call.request.params("label").into_iter().flat_map(|v| v.split(',')).collect();
    let wanted = |b: &&Build| {
        fits(b)
            && call.plan(&b.plan).is_ok()
            && (every || b.life() == Life::Finished)
            && (states.is_empty() || states.iter().any(|s| s.eq_ignore_ascii_case(b.state())))
            && (labels.is_empty() || labels.iter().any(|l| b.labels.iter().any(|own| own == l)))
            && param("issueKey").is_none_or(|key| b.issues.iter().any(|i| i == key))
    };
    let mut builds: Vec<&Build> = call.world.builds.iter().filter(wanted).collect();
    builds.sort_by_key(|b| std::cmp::Reverse((b.queued, b.id)));
    let whole = call.expands("results.result");
    let rows = builds.into_iter().map(|b| match whole {
        true => call.whole_build(b, "results.result."),
        false => call.brief_build(b),
    });
    let results = call.list("result", rows.collect());
    Call::ok(&json!({ "expand": "results", "link": call.link(path), "results": results }))
}

/// The latest build of every plan.
fn list(call: &mut Call) -> Outcome {
    let latest = |b: &Build| {
        let last = call.world.builds.iter().filter(|o| o.plan == b.plan && o.life() == Life::Finished);
        last.map(|o| o.number).max() == Some(b.number)
    };
    some(call, "result", latest)
}

/// A project, a plan, a build, or a job of a build: which one, the shape of the key tells.
fn one(call: &mut Call) -> Outcome {
    let key = call.arg(0).to_owned();
    let parts: Vec<&str> = key.split('-').collect();
    match parts.as_slice() {
        [project] if call.sees(project) => {
            some(call, &format!("result/{key}"), |b| b.plan.starts_with(&format!("{project}-")))
        }
        [project] => Err(refuse(404, format!("Project {project} not found."))),
        [_, _] => {
            let plan = call.plan(&key)?.key.clone();
            some(call, &format!("result/{plan}"), |b| b.plan == plan)
        }
        [_, _, _] => {
            let build = named(call, &key)?;
            Call::ok(&call.whole_build(build, ""))
        }
        [project, plan, job, number] => job_result(call, &format!("{project}-{plan}-{number}"), job),
        _ => Err(refuse(404, format!("{key} not found."))),
    }
}

/// Finds a build; `latest` is the newest one that is done.
fn named<'a>(call: &'a Call, key: &str) -> Result<&'a Build, Refusal> {
    let Some(plan) = key.strip_suffix("-latest") else { return call.build(key) };
    let plan = call.plan(plan)?;
    let done = call.world.builds.iter().filter(|b| b.plan == plan.key && b.life() == Life::Finished);
    done.max_by_key(|b| b.number).ok_or_else(|| refuse(404, format!("No result for {} found.", plan.key)))
}

fn one_in_parts(call: &mut Call) -> Outcome {
    call.args = vec![format!("{}-{}", call.arg(0), call.arg(1))];
    one(call)
}

/// The result of one job; with `expand=logEntries` the last lines of its log.
fn job_result(call: &Call, build: &str, job: &str) -> Outcome {
    let build = call.build(build)?;
    let jobs = STAGES.iter().flat_map(|(_, jobs)| jobs.iter());
    let (key, name) =
        jobs.clone().find(|(key, _)| *key == job).ok_or_else(|| refuse(404, format!("Job {job} not found.")))?;
    let mut result = call.job_result(build, key, name);
    let lines: Vec<Value> = log_lines(build, key)
        .into_iter()
        .map(|line| json!({ "log": line, "unstyledLog": line, "date": build.started(), "formattedDate": super::face::time(build.started()) }))
        .collect();
    result["logEntries"] = match call.expands("logEntries") {
        true => call.list("logEntry", lines),
        false => Call::short(lines.len()),
    };
    result["logFiles"] = json!([format!(
        "{}/download/{}-{key}/build_logs/{}-{key}-{}.log",
        call.face.base, build.plan, build.plan, build.number
    )]);
    Call::ok(&result)
}

fn log_lines(build: &Build, job: &str) -> Vec<String> {
    let mut lines = vec![
        format!("Build {} - {job} #{} started building on agent lisbon-1", build.plan, build.number),
        format!("Updating source code to revision {}", build.revision),
    ];
    lines.extend((1..=20).map(|n| format!("Step {n} of 20 done")));
    match build.life() {
        Life::Finished if build.succeeds => lines.push(format!("Finished building {}.", build.key())),
        Life::Finished => {
            lines.push("error: 1 test failed".into());
            lines.push(format!("Finished building {}: failed.", build.key()));
        }
        _ => {}
    }
    lines
}

fn of_branch(call: &mut Call) -> Outcome {
    let (key, name) = (call.plan(call.arg(0))?.key.clone(), call.arg(1).to_owned());
    let mut plans = call.world.plans.iter();
    let branch = plans.find(|p| p.master.as_deref() == Some(key.as_str()) && (p.name == name || p.vcs == name));
    let branch = branch.map(|p| p.key.clone()).ok_or_else(|| refuse(404, format!("Branch {name} not found.")))?;
    some(call, &format!("result/{branch}"), |b| b.plan == branch)
}

/// Where a build is that is not done; one that is done has no status.
fn status(call: &mut Call) -> Outcome {
    let build = call.build(call.arg(0))?;
    if matches!(build.life(), Life::Finished | Life::NotBuilt) {
        return Err(refuse(404, format!("Result {} is not running.", build.key())));
    }
    let whole = call.whole_build(build, "");
    let progress =
        whole.get("progress").cloned().unwrap_or_else(|| json!({ "percentageCompleted": 0.0, "isValid": true }));
    Call::ok(
        &json!({ "finished": false, "buildResultKey": build.key(), "lifeCycleState": build.life().name(), "progress": progress }),
    )
}

fn by_changeset(call: &mut Call) -> Outcome {
    let revision = call.arg(0).to_owned();
    some(call, &format!("result/byChangeset/{revision}"), |b| b.revision.starts_with(&revision))
}

/// The log of a job as text. This is a page: tokens are sent to the login.
fn log(call: &mut Call) -> Outcome {
    if !reads_pages(call) {
        return Ok(to_login(call));
    }
    let missing = || refuse(404, "Log not found.");
    let (job_key, file) = (call.arg(0).to_owned(), call.arg(1).to_owned());
    let number = file.strip_suffix(".log").and_then(|f| f.strip_prefix(&format!("{job_key}-"))).ok_or_else(missing)?;
    let (plan, job) = job_key.rsplit_once('-').ok_or_else(missing)?;
    let build = call.build(&format!("{plan}-{number}"))?;
    let lines = log_lines(build, job);
    let line = |line: &String| format!("simple\t{}\t{line}\n", super::face::time(build.started()));
    Ok(Reply::text(200, lines.iter().map(line).collect::<String>()))
}

/// Takes a result away for good: a page as well, for administrators.
fn delete(call: &mut Call) -> Outcome {
    if !reads_pages(call) {
        return Ok(to_login(call));
    }
    let trusted = call.request.header("x-atlassian-token").is_some_and(|t| t.starts_with("no"));
    if !trusted || !call.face.admin {
        return Err(Box::new(Reply::html(
            403,
            "<html><head><title>Access denied - Practice Bamboo</title></head><body></body></html>",
        )));
    }
    let form = call.request.form();
    let field = |name: &str| {
        let from_form = form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        call.request.param(name).or(from_form).unwrap_or_default().to_owned()
    };
    let (plan, number) = (field("buildKey"), field("buildNumber"));
    let at = call.build_place(&format!("{plan}-{number}"))?;
    call.world.builds.remove(at);
    Ok(Reply::redirect(302, &format!("{}/browse/{plan}", call.face.base)))
}
