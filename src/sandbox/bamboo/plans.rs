//! Plans and their branches.

use super::call::{Access, Call, Outcome, Play, json_only, play, refuse};
use super::world::{Plan, World};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/plan", play(Access::Anyone, "plans", list)),
    row("GET", "/rest/api/latest/plan/{}", play(Access::Anyone, "plan", one)),
    row("GET", "/rest/api/latest/plan/{}/{}", play(Access::Anyone, "plan", one_in_parts)),
    row("DELETE", "/rest/api/latest/plan/{}", play(Access::Admin, "plan", delete)),
    row("POST", "/rest/api/latest/plan/{}/enable", play(Access::User, "plan", enable)),
    row("DELETE", "/rest/api/latest/plan/{}/enable", play(Access::User, "plan", disable)),
    row("POST", "/rest/api/latest/plan/{}/favourite", play(Access::User, "plan", favour)),
    row("DELETE", "/rest/api/latest/plan/{}/favourite", play(Access::User, "plan", unfavour)),
    row("GET", "/rest/api/latest/plan/{}/branch", play(Access::Anyone, "branches", branches)),
    row("GET", "/rest/api/latest/plan/{}/branch/{}", play(Access::Anyone, "branch", branch)),
    row("PUT", "/rest/api/latest/plan/{}/branch/{}", play(Access::User, "branch", make_branch)),
    row("GET", "/rest/api/latest/plan/{}/artifact", play(Access::Anyone, "artifacts", artifacts)),
    row("GET", "/rest/api/latest/plan/{}/specs", json_only(Access::Admin, specs)),
    row("GET", "/rest/api/latest/plan/{}/vcsBranches", play(Access::Anyone, "branches", vcs_branches)),
    row("PUT", "/rest/api/latest/clone/{}", play(Access::Admin, "plan", clone)),
    row("GET", "/rest/api/latest/search/plans", play(Access::Anyone, "searchResults", search)),
    row("GET", "/rest/api/latest/search/branches", play(Access::Anyone, "searchResults", search_branches)),
];

impl Call<'_> {
    /// Writes a plan in full if `expand` names it, else in a few words.
    pub(crate) fn plan_as_asked(&self, plan: &Plan, at: &str) -> Value {
        if self.expands(at) { self.whole_plan(plan, &format!("{at}.")) } else { self.brief_plan(plan) }
    }

    fn seen_plans(&self, branches: bool) -> impl Iterator<Item = &Plan> {
        self.world.plans.iter().filter(move |p| p.master.is_some() == branches && self.sees(&p.project))
    }
}

fn list(call: &mut Call) -> Outcome {
    let plans = call.seen_plans(false).map(|p| call.plan_as_asked(p, "plans.plan")).collect();
    let plans = call.list("plan", plans);
    Call::ok(&json!({ "expand": "plans", "link": call.link("plan"), "plans": plans }))
}

fn one(call: &mut Call) -> Outcome {
    let plan = call.plan(call.arg(0))?;
    Call::ok(&call.whole_plan(plan, ""))
}

fn one_in_parts(call: &mut Call) -> Outcome {
    let plan = call.plan(&format!("{}-{}", call.arg(0), call.arg(1)))?;
    Call::ok(&call.whole_plan(plan, ""))
}

fn delete(call: &mut Call) -> Outcome {
    let key = call.plan(call.arg(0))?.key.clone();
    call.world.plans.retain(|p| p.key != key && p.master.as_deref() != Some(key.as_str()));
    let World { plans, builds, .. } = &mut *call.world;
    builds.retain(|b| plans.iter().any(|p| p.key == b.plan));
    Call::done()
}

fn change(call: &mut Call, change: fn(&mut Plan)) -> Outcome {
    let key = call.arg(0).to_owned();
    change(call.plan_mut(&key)?);
    Call::done()
}

fn enable(call: &mut Call) -> Outcome {
    change(call, |plan| plan.enabled = true)
}

fn disable(call: &mut Call) -> Outcome {
    change(call, |plan| plan.enabled = false)
}

fn favour(call: &mut Call) -> Outcome {
    change(call, |plan| plan.favourite = true)
}

fn unfavour(call: &mut Call) -> Outcome {
    change(call, |plan| plan.favourite = false)
}

fn of<'a>(call: &'a Call, master: &'a str) -> impl Iterator<Item = &'a Plan> {
    call.world.plans.iter().filter(move |p| p.master.as_deref() == Some(master))
}

fn branches(call: &mut Call) -> Outcome {
    let key = call.plan(call.arg(0))?.key.clone();
    let only = call.request.params("enabledOnly");
    let wanted = |p: &&Plan| only.is_empty() || only == ["false"] || p.enabled;
    let branches = of(call, &key).filter(wanted).map(|p| call.branch(p)).collect();
    let branches = call.list("branch", branches);
    Call::ok(&json!({ "expand": "branches", "link": call.link(&format!("plan/{key}/branch")), "branches": branches }))
}

fn branch(call: &mut Call) -> Outcome {
    let (key, name) = (call.plan(call.arg(0))?.key.clone(), call.arg(1).to_owned());
    let found = of(call, &key).find(|p| p.name == name || p.vcs == name).map(|p| call.branch(p));
    match found {
        Some(found) => Call::ok(&found),
        // Bamboo says nothing about a branch that is not there.
        None => Call::done(),
    }
}

fn make_branch(call: &mut Call) -> Outcome {
    let master = call.plan(call.arg(0))?.clone();
    let name = call.arg(1).to_owned();
    if of(call, &master.key).any(|p| p.name == name) {
        return Err(refuse(400, format!("Plan branch {name} already exists.")));
    }
    let vcs = call.request.param("vcsBranch").unwrap_or(&name).to_owned();
    let number = call.world.next_id();
    let enabled = call.request.param("enabled") == Some("true");
    let plan = Plan {
        key: format!("{}{number}", master.key),
        name,
        vcs,
        enabled,
        description: String::new(),
        labels: Vec::new(),
        favourite: false,
        next: 1,
        master: Some(master.key.clone()),
        ..master
    };
    call.world.plans.push(plan.clone());
    Call::ok(&call.branch(&plan))
}

fn artifacts(call: &mut Call) -> Outcome {
    let key = call.plan(call.arg(0))?.key.clone();
    let row = |(n, name): (usize, &&str)| json!({ "id": n + 1, "name": name, "location": "target", "copyPattern": "**", "shared": true, "required": false });
    let all = super::artifacts::NAMES.iter().enumerate().map(row).collect();
    let artifacts = call.list("artifact", all);
    Call::ok(&json!({ "link": call.link(&format!("plan/{key}/artifact")), "artifacts": artifacts }))
}

/// The plan as text that makes it again.
fn specs(call: &mut Call) -> Outcome {
    let plan = call.plan(call.arg(0))?;
    let (project, short) = plan.key.split_once('-').unwrap_or((&plan.key, ""));
    let java = call.request.param("format") != Some("YAML");
    let code = if java { java_specs(plan, project, short) } else { yaml_specs(plan, project, short) };
    Call::ok(&json!({ "spec": { "projectKey": project, "buildKey": short, "code": code } }))
}

fn yaml_specs(plan: &Plan, project: &str, short: &str) -> String {
    let mut code = format!("---\nversion: 2\nplan:\n  project-key: {project}\n  key: {short}\n  name: {}\n", plan.name);
    code.push_str("variables:\n");
    for (name, value) in &plan.variables {
        code.extend(["  ", name, ": ", &super::face::shown(name, value), "\n"]);
    }
    code.push_str("stages:\n");
    for (stage, jobs) in super::face::STAGES {
        code.extend(["  - ", stage, ":\n      jobs:\n"]);
        for (_, job) in jobs {
            code.extend(["        - ", job, "\n"]);
        }
    }
    code
}

fn java_specs(plan: &Plan, project: &str, short: &str) -> String {
    format!(
        "@BambooSpec\npublic class PlanSpec {{\n    public Plan plan() {{\n        return new Plan(new Project().key(\"{project}\"), \"{}\", \"{short}\")\n            .description(\"{}\");\n    }}\n}}\n",
        plan.name, plan.description
    )
}

fn vcs_branches(call: &mut Call) -> Outcome {
    let key = call.plan(call.arg(0))?.key.clone();
    let names = std::iter::once("main".to_owned()).chain(of(call, &key).map(|p| p.vcs.clone()));
    let branches = call.list("branch", names.map(|name| json!({ "name": name })).collect());
    Call::ok(&json!({ "branches": branches }))
}

/// Copies a plan: `FROM-PLAN:TO-PLAN`.
fn clone(call: &mut Call) -> Outcome {
    let (from, to) = call.arg(0).split_once(':').ok_or_else(|| refuse(400, "Wanted: FROM-PLAN:TO-PLAN"))?;
    let (source, to) = (call.plan(from)?.clone(), to.to_owned());
    let project = to.split('-').next().unwrap_or_default().to_owned();
    if call.world.plans.iter().any(|p| p.key == to) {
        return Err(refuse(400, format!("Plan {to} already exists.")));
    }
    if call.world.project(&project).is_none() {
        return Err(refuse(404, format!("Project {project} not found.")));
    }
    let plan = Plan { key: to, project, next: 1, ..source };
    call.world.plans.push(plan.clone());
    Ok(Reply::json(201, &call.whole_plan(&plan, "")))
}

fn matching(call: &Call, branches: bool, masters: bool) -> Value {
    let term = call.request.param("searchTerm").unwrap_or_default().to_lowercase();
    let fits = |p: &&Plan| format!("{} {} {}", p.key, p.name, p.vcs).to_lowercase().contains(&term);
    let mut plans: Vec<&Plan> = if masters { call.seen_plans(false).filter(fits).collect() } else { Vec::new() };
    if branches {
        plans.extend(call.seen_plans(true).filter(fits));
    }
    let row = |p: &&Plan| {
        let master = p.master.as_ref().and_then(|key| call.world.plans.iter().find(|m| m.key == *key));
        let project = call.world.project(&p.project).map(|p| p.name.clone());
        let kind = if master.is_some() { "chain_branch" } else { "chain" };
        json!({
            "id": p.key, "type": kind, "searchEntity": {
                "id": p.key, "key": p.key, "projectName": project, "planName": master.map_or(&p.name, |m| &m.name),
                "branchName": p.vcs, "description": p.description, "type": kind,
            },
        })
    };
    let (start, size) = call.window();
    let some: Vec<Value> = plans.iter().skip(start).take(size).map(row).collect();
    json!({ "size": plans.len(), "start-index": start, "max-result": some.len(), "searchResults": some })
}

fn search(call: &mut Call) -> Outcome {
    Call::ok(&matching(call, false, true))
}

fn search_branches(call: &mut Call) -> Outcome {
    let masters = call.request.param("includeMasterBranch") != Some("false");
    Call::ok(&matching(call, true, masters))
}
