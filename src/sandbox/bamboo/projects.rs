//! Projects.

use super::call::{Access, Call, Outcome, Play, Refusal, play, refuse, refuse_field};
use super::world::{Plan, Project};
use crate::sandbox::http::Reply;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/project", play(Access::Anyone, "projects", list)),
    row("POST", "/rest/api/latest/project", play(Access::Admin, "project", create)),
    row("GET", "/rest/api/latest/project/{}", play(Access::Anyone, "project", one)),
    row("DELETE", "/rest/api/latest/project/{}", play(Access::Admin, "project", delete)),
];

impl Call<'_> {
    fn project(&self, key: &str) -> Result<&Project, Refusal> {
        let found = self.world.project(key).filter(|p| self.sees(&p.key));
        found.ok_or_else(|| refuse(404, format!("Project {key} not found.")))
    }

    /// Writes a project, with its plans if they are asked for.
    fn whole_project(&self, project: &Project, at: &str) -> Value {
        let mut whole = json!({ "expand": "plans" });
        crate::sandbox::jira::merge(&mut whole, self.brief_project(project));
        let plans: Vec<&Plan> =
            self.world.plans.iter().filter(|p| p.project == project.key && p.master.is_none()).collect();
        whole["plans"] = match self.expands(&format!("{at}plans")) {
            true => self
                .list("plan", plans.into_iter().map(|p| self.plan_as_asked(p, &format!("{at}plans.plan"))).collect()),
            false => Self::short(plans.len()),
        };
        whole
    }
}

fn list(call: &mut Call) -> Outcome {
    let seen = call.world.projects.iter().filter(|p| call.sees(&p.key));
    let projects = seen.map(|p| match call.expands("projects.project") {
        true => call.whole_project(p, "projects.project."),
        false => call.brief_project(p),
    });
    let projects = call.list("project", projects.collect());
    Call::ok(&json!({ "expand": "projects", "link": call.link("project"), "projects": projects }))
}

fn one(call: &mut Call) -> Outcome {
    let project = call.project(call.arg(0))?;
    Call::ok(&call.whole_project(project, ""))
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (key, name) = (member("key"), member("name"));
    if key.is_empty() || !key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Err(refuse_field("key", "Please enter an alphanumeric project key in capitals."));
    }
    if call.world.project(&key).is_some() {
        return Err(refuse_field("key", "This key is already used."));
    }
    if name.is_empty() {
        return Err(refuse_field("name", "Please enter a name."));
    }
    let project = Project {
        key,
        name,
        description: member("description"),
        public: body["publicAccess"] == true,
        variables: Vec::new(),
    };
    call.world.projects.push(project.clone());
    Ok(Reply::json(201, &call.brief_project(&project)))
}

fn delete(call: &mut Call) -> Outcome {
    let key = call.project(call.arg(0))?.key.clone();
    call.world.projects.retain(|p| p.key != key);
    call.world.plans.retain(|p| p.project != key);
    call.world.builds.retain(|b| !b.plan.starts_with(&format!("{key}-")));
    Call::done()
}
