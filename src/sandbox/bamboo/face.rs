//! Writing things as JSON.

use super::call::Call;
use super::world::{Build, Life, Plan, Project};
use crate::sandbox::jira::world::{Millis, now, stamp};
use serde_json::{Value, json};

/// A stage: its name, and the jobs in it, by key and name.
type Stage = (&'static str, &'static [(&'static str, &'static str)]);

/// The stages of every plan.
pub(crate) const STAGES: [Stage; 2] =
    [("Build", &[("JOB1", "Compile"), ("UT", "Unit tests")]), ("Publish", &[("PUB", "Publish")])];

/// Writes a time as Bamboo does: `2026-01-31T12:00:00.000Z`.
pub(crate) fn time(millis: Millis) -> String {
    stamp(millis).replace("+0000", "Z")
}

fn pretty(millis: Millis) -> String {
    let time = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    time.strftime("%a, %-d %b, %I:%M %p").to_string()
}

fn duration(millis: Millis) -> String {
    match millis / 1000 {
        0 => "< 1 second".into(),
        1 => "1 second".into(),
        n if n < 60 => format!("{n} seconds"),
        n => format!("{} minutes", n / 60),
    }
}

fn ago(millis: Millis) -> String {
    match (now() - millis) / 60_000 {
        n if n < 1 => "just now".into(),
        n if n < 60 => format!("{n} minutes ago"),
        n if n < 1440 => format!("{} hours ago", n / 60),
        n => format!("{} days ago", n / 1440),
    }
}

/// A list that hangs on a build: the member, the element in it, the items.
type Part = (&'static str, &'static str, Vec<Value>);

impl Call<'_> {
    /// Writes a project in a few words.
    pub(crate) fn brief_project(&self, project: &Project) -> Value {
        let mut brief = json!({ "key": project.key, "name": project.name });
        if !project.description.is_empty() {
            brief["description"] = json!(project.description);
        }
        brief["link"] = self.link(&format!("project/{}", project.key));
        brief
    }

    /// Writes a plan in a few words.
    pub(crate) fn brief_plan(&self, plan: &Plan) -> Value {
        let project = self.world.project(&plan.project).map(|p| p.name.clone()).unwrap_or_default();
        let master = plan.master.as_ref().and_then(|key| self.world.plans.iter().find(|p| p.key == *key));
        let name = match master {
            Some(master) => format!("{project} - {} - {}", master.name, plan.name),
            None => format!("{project} - {}", plan.name),
        };
        let short = plan.key.split_once('-').map_or("", |(_, short)| short);
        let mut brief = json!({ "shortName": plan.name, "shortKey": short });
        let kind = if master.is_some() { "chain_branch" } else { "chain" };
        if let Some(master) = master {
            brief["master"] = self.brief_plan(master);
        }
        let more = json!({
            "type": kind, "enabled": plan.enabled, "link": self.link(&format!("plan/{}", plan.key)), "key": plan.key,
            "name": name, "planKey": { "key": plan.key },
        });
        crate::sandbox::jira::merge(&mut brief, more);
        brief
    }

    /// Writes a plan. What is not asked for by `expand` (below `at`) is only counted.
    pub(crate) fn whole_plan(&self, plan: &Plan, at: &str) -> Value {
        let building = self.world.builds.iter().any(|b| b.plan == plan.key && b.life() == Life::InProgress);
        let active = building || self.world.builds.iter().any(|b| b.plan == plan.key && b.life() == Life::Queued);
        let takes = self.average(&plan.key);
        let mut whole = json!({ "expand": "actions,stages,branches,variableContext", "projectKey": plan.project });
        if let Some(project) = self.world.project(&plan.project) {
            whole["projectName"] = json!(project.name);
            whole["project"] = self.brief_project(project);
        }
        if !plan.description.is_empty() {
            whole["description"] = json!(plan.description);
        }
        crate::sandbox::jira::merge(&mut whole, self.brief_plan(plan));
        let more = json!({
            "buildName": plan.name, "isFavourite": plan.favourite, "isActive": active, "isBuilding": building,
            "averageBuildTimeInSeconds": takes / 1000, "actions": Self::short(0),
        });
        crate::sandbox::jira::merge(&mut whole, more);
        whole["stages"] =
            if self.expands(&format!("{at}stages")) { Self::stages(plan) } else { Self::short(STAGES.len()) };
        let branches: Vec<Value> = self
            .world
            .plans
            .iter()
            .filter(|p| p.master.as_deref() == Some(plan.key.as_str()))
            .map(|p| self.branch(p))
            .collect();
        whole["branches"] = match self.expands(&format!("{at}branches")) {
            true => self.list("branch", branches),
            false => Self::short(branches.len()),
        };
        if self.expands(&format!("{at}variableContext")) {
            let variables: Vec<Value> =
                plan.variables.iter().map(|(k, v)| json!({ "key": k, "value": shown(k, v), "variableType": "PLAN", "isPassword": is_secret(k) })).collect();
            whole["variableContext"] = json!({ "size": variables.len(), "start-index": 0, "max-result": variables.len(), "variable": variables });
        } else {
            whole["variableContext"] = Self::short(plan.variables.len());
        }
        whole
    }

    /// Returns how long the builds of a plan take, in milliseconds.
    pub(crate) fn average(&self, plan: &str) -> Millis {
        let times: Vec<Millis> = self.world.builds.iter().filter(|b| b.plan == plan).map(|b| b.takes).collect();
        times.iter().sum::<Millis>() / i64::try_from(times.len().max(1)).unwrap_or(1)
    }

    /// Writes a branch of a plan.
    pub(crate) fn branch(&self, plan: &Plan) -> Value {
        let mut branch = self.brief_plan(plan);
        branch["description"] = json!(plan.description);
        branch["workflowType"] = json!("STANDARD");
        branch["vcsBranch"] = json!(plan.vcs);
        branch
    }

    fn stages(plan: &Plan) -> Value {
        let stage = |(name, jobs): &Stage| {
            let jobs: Vec<Value> = jobs.iter().map(|(key, job)| json!({ "shortName": job, "shortKey": key, "type": "job", "enabled": true, "key": format!("{}-{key}", plan.key), "name": format!("{} - {job}", plan.name) })).collect();
            json!({ "expand": "plans", "name": name, "description": "", "type": "ordinary", "plans": { "size": jobs.len(), "start-index": 0, "max-result": jobs.len(), "plan": jobs } })
        };
        json!({ "size": STAGES.len(), "expand": "stage", "start-index": 0, "max-result": STAGES.len(), "stage": STAGES.iter().map(stage).collect::<Vec<_>>() })
    }

    /// Writes a build in a few words.
    pub(crate) fn brief_build(&self, build: &Build) -> Value {
        let key = build.key();
        let plan = self.world.plans.iter().find(|p| p.key == build.plan).map(|p| self.brief_plan(p));
        json!({
            "link": self.link(&format!("result/{key}")), "plan": plan, "buildResultKey": key,
            "lifeCycleState": build.life().name(), "id": build.id, "key": key,
            "planResultKey": { "key": key, "entityKey": { "key": build.plan }, "resultNumber": build.number },
            "state": build.state(), "buildState": build.state(), "number": build.number, "buildNumber": build.number,
        })
    }

    /// Writes a build. What is not asked for by `expand` (below `at`) is only counted.
    pub(crate) fn whole_build(&self, build: &Build, at: &str) -> Value {
        let plan = self.world.plans.iter().find(|p| p.key == build.plan);
        let project = plan.and_then(|p| self.world.project(&p.project)).map(|p| p.name.clone());
        let life = build.life();
        let mut whole = json!({
            "expand": "changes,metadata,plan,vcsRevisions,artifacts,comments,labels,jiraIssues,variables,stages",
            "planName": plan.map(|p| p.name.clone()), "projectName": project,
        });
        crate::sandbox::jira::merge(&mut whole, self.brief_build(build));
        crate::sandbox::jira::merge(&mut whole, times(build));
        let tests = if life == Life::Finished { (48, u64::from(!build.succeeds)) } else { (0, 0) };
        let summary =
            if tests.1 > 0 { format!("{} of {} failed", tests.1, tests.0) } else { format!("{} passed", tests.0) };
        let more = json!({
            "vcsRevisionKey": build.revision, "buildTestSummary": if tests.0 == 0 { "No tests found".into() } else { summary },
            "successfulTestCount": tests.0 - tests.1, "failedTestCount": tests.1, "quarantinedTestCount": 0,
            "skippedTestCount": 0, "continuable": false, "onceOff": false, "restartable": !build.succeeds,
            "notRunYet": false, "finished": life == Life::Finished, "successful": build.state() == "Successful",
            "buildReason": build.reason, "reasonSummary": build.reason,
        });
        crate::sandbox::jira::merge(&mut whole, more);
        for (name, element, items) in self.parts(build) {
            whole[name] = match self.expands(&format!("{at}{name}")) {
                true => {
                    json!({ "size": items.len(), "expand": element, "start-index": 0, "max-result": items.len(), element: items })
                }
                false => Self::short(items.len()),
            };
        }
        if life == Life::InProgress {
            whole["progress"] = self.progress(build);
        }
        whole
    }

    fn progress(&self, build: &Build) -> Value {
        let (part, left) = (build.progress(), build.ended() - now());
        json!({
            "isValid": true, "isUnderAverageTime": true, "percentageCompleted": part,
            "percentageCompletedPretty": format!("{:.0}%", part * 100.0), "prettyTimeRemaining": format!("{} remaining", duration(left)),
            "prettyTimeRemainingLong": format!("{} remaining", duration(left)), "averageBuildDuration": self.average(&build.plan),
            "prettyAverageBuildDuration": duration(self.average(&build.plan)), "buildTime": now() - build.started(),
            "prettyBuildTime": duration(now() - build.started()), "startedTime": time(build.started()),
        })
    }

    /// Returns the lists that hang on a build.
    fn parts(&self, build: &Build) -> Vec<Part> {
        let key = build.key();
        let labels = build.labels.iter().map(|l| json!({ "name": l })).collect();
        let comments = build.comments.iter().map(|c| super::labels::comment(self, &key, c)).collect();
        let issues = build.issues.iter().map(|i| json!({ "key": i, "issueType": "Task", "summary": format!("Work for {i}"), "url": { "href": format!("https://jira.sandbox.example/browse/{i}"), "rel": "self" } })).collect();
        let variables = build.variables.iter().map(|(k, v)| json!({ "name": k, "value": shown(k, v) })).collect();
        let revision = json!({ "repositoryId": 1, "repositoryName": "shop", "vcsRevisionKey": build.revision });
        let change = json!({ "author": "jonas", "userName": "jonas", "fullName": "Jonas Beck", "changesetId": build.revision, "comment": build.issues.first().map(|i| format!("{i} Mend it")), "date": time(build.queued - 60_000), "files": Self::short(1) });
        vec![
            ("artifacts", "artifact", super::artifacts::of(self, build)),
            ("comments", "comment", comments),
            ("labels", "label", labels),
            ("jiraIssues", "issue", issues),
            ("variables", "variable", variables),
            ("vcsRevisions", "vcsRevision", vec![revision]),
            ("changes", "change", vec![change]),
            ("stages", "stage", self.stage_results(build)),
            ("metadata", "item", vec![json!({ "key": "build.result.executable.id", "value": build.plan })]),
        ]
    }

    fn stage_results(&self, build: &Build) -> Vec<Value> {
        let stage = |(n, (name, jobs)): (usize, &Stage)| {
            let jobs: Vec<Value> = jobs.iter().map(|(key, job)| self.job_result(build, key, job)).collect();
            json!({
                "id": build.id * 10 + n as u64, "name": name, "description": "", "manual": false, "expand": "results",
                "lifeCycleState": build.life().name(), "state": build.state(), "displayMessage": "", "collapsedByDefault": false,
                "results": { "size": jobs.len(), "expand": "result", "start-index": 0, "max-result": jobs.len(), "result": jobs },
            })
        };
        STAGES.iter().enumerate().map(stage).collect()
    }

    /// Writes the result of one job of a build.
    pub(crate) fn job_result(&self, build: &Build, key: &str, name: &str) -> Value {
        let own = format!("{}-{key}-{}", build.plan, build.number);
        json!({
            "link": self.link(&format!("result/{own}")), "buildResultKey": own, "key": own, "planName": name,
            "plan": { "shortName": name, "shortKey": key, "type": "job", "key": format!("{}-{key}", build.plan), "name": name },
            "lifeCycleState": build.life().name(), "state": build.state(), "buildState": build.state(),
            "number": build.number, "buildNumber": build.number, "id": build.id * 100, "agent": { "id": 131_074, "name": "lisbon-1" },
        })
    }
}

/// Writes when a build began and ended, as far as it has.
fn times(build: &Build) -> Value {
    let life = build.life();
    let mut times = json!({ "buildDurationInSeconds": 0, "buildDuration": 0, "buildDurationDescription": "Unknown", "buildRelativeTime": "" });
    if life != Life::Queued {
        times["buildStartedTime"] = json!(time(build.started()));
        times["prettyBuildStartedTime"] = json!(pretty(build.started()));
    }
    if matches!(life, Life::Finished | Life::NotBuilt) {
        let took = (build.ended() - build.started()).max(0);
        let done = json!({
            "buildCompletedTime": time(build.ended()), "buildCompletedDate": time(build.ended()),
            "prettyBuildCompletedTime": pretty(build.ended()), "buildDurationInSeconds": took / 1000, "buildDuration": took,
            "buildDurationDescription": duration(took), "buildRelativeTime": ago(build.ended()),
        });
        crate::sandbox::jira::merge(&mut times, done);
    }
    times
}

/// Says whether a variable is a secret: Bamboo tells by the name.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["password", "secret", "passphrase"].iter().any(|word| name.contains(word))
}

/// Returns what is shown of a variable's value.
pub(crate) fn shown(name: &str, value: &str) -> String {
    if is_secret(name) { "********".into() } else { value.into() }
}
