//! Deployment projects, their environments and versions.

use super::call::{Access, Call, Outcome, Play, Refusal, json_only, refuse, refuse_field};
use super::face::{shown, time};
use super::world::{Deployment, Environment, Version};
use crate::sandbox::jira::world::now;
use crate::sandbox::table::{Row, row};
use serde_json::{Value, json};

pub(crate) const ROWS: &[Row<Play>] = &[
    row("GET", "/rest/api/latest/deploy/project/all", json_only(Access::User, projects)),
    row("GET", "/rest/api/latest/deploy/project/forPlan", json_only(Access::User, for_plan)),
    row("PUT", "/rest/api/latest/deploy/project", json_only(Access::Admin, create)),
    row("GET", "/rest/api/latest/deploy/project/{}", json_only(Access::User, project)),
    row("DELETE", "/rest/api/latest/deploy/project/{}", json_only(Access::Admin, delete)),
    row("GET", "/rest/api/latest/deploy/project/{}/specs", json_only(Access::Admin, specs)),
    row("GET", "/rest/api/latest/deploy/project/{}/version", json_only(Access::User, versions)),
    row("GET", "/rest/api/latest/deploy/project/{}/versions", json_only(Access::User, versions)),
    row("POST", "/rest/api/latest/deploy/project/{}/version", json_only(Access::User, make_version)),
    row("GET", "/rest/api/latest/deploy/version/{}", json_only(Access::User, version)),
    row("DELETE", "/rest/api/latest/deploy/version/{}", json_only(Access::Admin, delete_version)),
    row("GET", "/rest/api/latest/deploy/version/{}/status", json_only(Access::User, version_status)),
    row("POST", "/rest/api/latest/deploy/version/{}/status/{}", json_only(Access::User, set_version_status)),
    row("GET", "/rest/api/latest/deploy/version/{}/build-result", json_only(Access::User, version_build)),
    row("GET", "/rest/api/latest/deploy/environment/{}", json_only(Access::User, environment)),
    row("GET", "/rest/api/latest/deploy/environment/{}/variables", json_only(Access::User, environment_variables)),
];

fn operations() -> Value {
    json!({
        "canView": true, "canViewConfiguration": true, "canEdit": true, "canDelete": true, "allowedToExecute": true,
        "canExecute": true, "cantExecuteReason": null, "allowedToCreateVersion": true, "allowedToSetVersionStatus": true,
    })
}

impl Call<'_> {
    /// Writes an environment.
    pub(crate) fn environment_document(&self, environment: &Environment) -> Value {
        let own = format!("{}-{}", environment.deployment, environment.id);
        let siblings = self.world.environments.iter().filter(|e| e.deployment == environment.deployment);
        let position = siblings.take_while(|e| e.id != environment.id).count();
        json!({
            "id": environment.id, "key": { "key": own }, "name": environment.name, "description": environment.description,
            "deploymentProjectId": environment.deployment, "operations": operations(), "position": position,
            "configurationState": "TASKED", "suspended": false,
        })
    }

    fn deployment_document(&self, deployment: &Deployment) -> Value {
        let environments = self.world.environments.iter().filter(|e| e.deployment == deployment.id);
        json!({
            "id": deployment.id, "oid": deployment.id.to_string(), "key": { "key": deployment.id.to_string() },
            "name": deployment.name, "planKey": { "key": deployment.plan }, "description": deployment.description,
            "environments": environments.map(|e| self.environment_document(e)).collect::<Vec<_>>(), "operations": operations(),
        })
    }

    /// Writes a version.
    pub(crate) fn version_document(&self, version: &Version) -> Value {
        let creator = self.world.users.iter().find(|u| u.name == version.creator).map(|u| u.full.clone());
        json!({
            "id": version.id, "name": version.name, "creationDate": version.created, "creatorUserName": version.creator,
            "creatorDisplayName": creator, "deploymentProjectId": version.deployment, "planBranchName": "main",
            "ageZeroPoint": version.created, "items": [], "operations": operations(),
            "versionStatus": status_document(version),
        })
    }

    /// Finds the version that the first place of the path names.
    pub(crate) fn version_place(&self, id: u64) -> Result<usize, Refusal> {
        let at = self.world.versions.iter().position(|v| v.id == id);
        at.ok_or_else(|| refuse(404, format!("Deployment version {id} not found.")))
    }

    /// Finds an environment.
    pub(crate) fn environment_named(&self, id: u64) -> Result<&Environment, Refusal> {
        let found = self.world.environments.iter().find(|e| e.id == id);
        found.ok_or_else(|| refuse(404, format!("Environment {id} not found.")))
    }
}

fn status_document(version: &Version) -> Value {
    json!({
        "id": version.id, "userName": version.creator, "displayName": version.creator, "versionState": version.status,
        "creationDate": version.created,
    })
}

fn found(call: &Call) -> Result<usize, Refusal> {
    let at = call.world.deployments.iter().position(|d| d.id == call.id(0));
    at.ok_or_else(|| refuse(404, format!("Deployment project {} not found.", call.arg(0))))
}

fn projects(call: &mut Call) -> Outcome {
    Call::ok(&call.world.deployments.iter().map(|d| call.deployment_document(d)).collect())
}

fn for_plan(call: &mut Call) -> Outcome {
    let plan = call.request.param("planKey").unwrap_or_default().to_owned();
    call.plan(&plan)?;
    let of = call.world.deployments.iter().filter(|d| d.plan.eq_ignore_ascii_case(&plan));
    Call::ok(&of.map(|d| json!({ "id": d.id, "name": d.name, "planKey": { "key": d.plan } })).collect())
}

fn create(call: &mut Call) -> Outcome {
    let body = call.body()?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let plan = body["planKey"]["key"].as_str().unwrap_or_default().to_owned();
    if member("name").is_empty() {
        return Err(refuse_field("name", "Please enter a name."));
    }
    let plan = call.plan(&plan).map_err(|_| refuse_field("planKey", "The plan does not exist."))?.key.clone();
    let deployment =
        Deployment { id: call.world.next_id(), name: member("name"), description: member("description"), plan };
    call.world.deployments.push(deployment.clone());
    Call::ok(&call.deployment_document(&deployment))
}

fn project(call: &mut Call) -> Outcome {
    Call::ok(&call.deployment_document(&call.world.deployments[found(call)?]))
}

fn delete(call: &mut Call) -> Outcome {
    let at = found(call)?;
    let id = call.world.deployments.remove(at).id;
    call.world.environments.retain(|e| e.deployment != id);
    call.world.versions.retain(|v| v.deployment != id);
    Call::done()
}

fn specs(call: &mut Call) -> Outcome {
    let deployment = &call.world.deployments[found(call)?];
    let mut code = format!(
        "---\nversion: 2\ndeployment:\n  name: {}\n  source-plan: {}\nenvironments:\n",
        deployment.name, deployment.plan
    );
    for environment in call.world.environments.iter().filter(|e| e.deployment == deployment.id) {
        code.extend(["  - ", &environment.name, "\n"]);
    }
    Call::ok(&json!({ "spec": { "deploymentProjectId": deployment.id, "code": code } }))
}

fn versions(call: &mut Call) -> Outcome {
    let id = call.world.deployments[found(call)?].id;
    let mut versions: Vec<&Version> = call.world.versions.iter().filter(|v| v.deployment == id).collect();
    versions.sort_by_key(|v| std::cmp::Reverse(v.id));
    let (start, size) = call.window();
    let some: Vec<Value> = versions.iter().skip(start).take(size).map(|v| call.version_document(v)).collect();
    Call::ok(&json!({ "size": versions.len(), "versions": some, "start-index": start, "max-result": some.len() }))
}

fn make_version(call: &mut Call) -> Outcome {
    let deployment = call.world.deployments[found(call)?].clone();
    let body = call.body()?;
    let member = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let (name, build) = (member("name"), member("planResultKey"));
    if name.is_empty() {
        return Err(refuse_field("name", "Please enter a name."));
    }
    if call.world.versions.iter().any(|v| v.deployment == deployment.id && v.name == name) {
        return Err(refuse_field("name", "This release version is already in use, please select another."));
    }
    let key = call.build(&build).map_err(|_| refuse_field("planResultKey", "The build result does not exist."))?.key();
    let version = Version {
        id: call.world.next_id(),
        deployment: deployment.id,
        name,
        build: key,
        created: now(),
        creator: call.my_name(),
        status: "UNKNOWN".into(),
    };
    call.world.versions.push(version.clone());
    Call::ok(&call.version_document(&version))
}

fn version(call: &mut Call) -> Outcome {
    Call::ok(&call.version_document(&call.world.versions[call.version_place(call.id(0))?]))
}

fn delete_version(call: &mut Call) -> Outcome {
    let at = call.version_place(call.id(0))?;
    call.world.versions.remove(at);
    Call::done()
}

fn version_status(call: &mut Call) -> Outcome {
    Call::ok(&status_document(&call.world.versions[call.version_place(call.id(0))?]))
}

fn set_version_status(call: &mut Call) -> Outcome {
    let at = call.version_place(call.id(0))?;
    let status = call.arg(1).to_uppercase();
    if !["UNKNOWN", "APPROVED", "BROKEN", "INCOMPLETE"].contains(&status.as_str()) {
        return Err(refuse(400, format!("There is no status {status}.")));
    }
    call.world.versions[at].status = status;
    Call::ok(&status_document(&call.world.versions[at]))
}

fn version_build(call: &mut Call) -> Outcome {
    let key = call.world.versions[call.version_place(call.id(0))?].build.clone();
    let build = call.build(&key)?;
    Call::ok(
        &json!({ "planResultKey": { "key": key }, "result": call.brief_build(build), "created": time(build.queued) }),
    )
}

fn environment(call: &mut Call) -> Outcome {
    Call::ok(&call.environment_document(call.environment_named(call.id(0))?))
}

fn environment_variables(call: &mut Call) -> Outcome {
    let variables = &call.environment_named(call.id(0))?.variables;
    Call::ok(&variables.iter().map(|(name, value)| json!({ "name": name, "value": shown(name, value) })).collect())
}
