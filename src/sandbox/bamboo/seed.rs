//! What the practice Bamboo starts with: the same each time, with dates that end today.

use super::world::{Agent, Build, Comment, Deployment, Environment, Plan, Project, Right, Run, Version, World, users};
use crate::sandbox::jira::world::{DAY, now};

/// Project, key, name, description, enabled, builds succeed.
const PLANS: [(&str, &str, &str, &str, bool, bool); 6] = [
    ("OPS", "BACKUP", "Backup", "Every night", true, true),
    ("OPS", "AUDIT", "Audit", "Checks what nobody wants to check", true, false),
    ("OPS", "OLD", "Old scripts", "No longer in use", false, true),
    ("WEB", "SHOP", "Shop", "The shop, all of it", true, true),
    ("WEB", "SEARCH", "Search", "The search index", true, true),
    ("WEB", "DOCS", "Handbücher", "Handbooks of the shop", true, true),
];
/// Master, name of the branch.
const BRANCHES: [(&str, &str); 3] =
    [("WEB-SHOP", "feature/OPS-12-cart"), ("WEB-SHOP", "develop"), ("WEB-SEARCH", "bugfix/WEB-7")];
const BUILDS: u64 = 12;

/// Makes the world.
pub(crate) fn world() -> World {
    let mut world = World {
        projects: projects(),
        plans: Vec::new(),
        builds: Vec::new(),
        deployments: Vec::new(),
        environments: Vec::new(),
        versions: Vec::new(),
        runs: Vec::new(),
        agents: agents(),
        users: users(),
        groups: ["bamboo-admin", "bamboo-users", "ops-team", "web-team", "docs-team", "bots"]
            .map(str::to_owned)
            .to_vec(),
        globals: vec![
            (1, "mail.host".into(), "mail.sandbox.example".into()),
            (2, "deploy.password".into(), "practice".into()),
        ],
        tokens: Vec::new(),
        paused: false,
        last: 1000,
    };
    plans(&mut world);
    for at in 0..world.plans.len() {
        let count = if world.plans[at].master.is_some() { 4 } else { BUILDS };
        (1..=count).for_each(|number| build(&mut world, at, number, count));
        world.plans[at].next = count + 1;
    }
    deployments(&mut world);
    world
}

fn projects() -> Vec<Project> {
    let project = |key: &str, name: &str, description: &str, public| Project {
        key: key.into(),
        name: name.into(),
        description: description.into(),
        public,
        variables: vec![("team".into(), name.to_lowercase())],
    };
    vec![project("OPS", "Operations", "Servers and networks", false), project("WEB", "Website", "The shop", true)]
}

fn plan(project: &str, key: &str, name: &str, description: &str) -> Plan {
    Plan {
        key: key.into(),
        project: project.into(),
        name: name.into(),
        description: description.into(),
        enabled: true,
        master: None,
        vcs: "main".into(),
        variables: vec![("target".into(), "staging".into()), ("db.password".into(), "practice".into())],
        labels: Vec::new(),
        favourite: false,
        rights: rights(project),
        next: 1,
        succeeds: true,
    }
}

fn rights(project: &str) -> Vec<Right> {
    let right = |group, name: &str, permissions: &[&str]| Right {
        group,
        name: name.into(),
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
    };
    let team = format!("{}-team", project.to_lowercase());
    vec![
        right(false, "mira", &["READ", "WRITE", "BUILD", "CLONE", "ADMINISTRATION"]),
        right(true, &team, &["READ", "BUILD"]),
    ]
}

fn plans(world: &mut World) {
    for (project, key, name, description, enabled, succeeds) in PLANS {
        let mut plan = plan(project, &format!("{project}-{key}"), name, description);
        plan.enabled = enabled;
        plan.succeeds = succeeds;
        plan.labels = if project == "OPS" { vec!["nightly".into()] } else { Vec::new() };
        world.plans.push(plan);
    }
    for (n, (master, branch)) in BRANCHES.into_iter().enumerate() {
        let project = master.split('-').next().unwrap_or(master);
        let mut plan = plan(project, &format!("{master}{n}"), &branch.replace('/', "-"), "");
        plan.master = Some(master.into());
        plan.vcs = branch.into();
        world.plans.push(plan);
    }
}

/// Builds go back a hundred days; every fifth one went wrong.
fn build(world: &mut World, at: usize, number: u64, count: u64) {
    let plan = &world.plans[at];
    let age = i64::try_from((count - number) * 9 + at as u64).unwrap_or(0);
    let issue = format!("OPS-{}", number + at as u64 * 3 + 3);
    let id = 524_289 + (at as u64) * 100 + number;
    let comment =
        Comment { id, author: "jonas".into(), words: format!("Needed for {issue}."), created: now() - age * DAY };
    let build = Build {
        id,
        plan: plan.key.clone(),
        number,
        queued: now() - age * DAY - 3_600_000,
        takes: 40_000 + i64::try_from(number).unwrap_or(0) * 7_000,
        succeeds: plan.succeeds && number % 5 != 3,
        stopped: None,
        reason: if number.is_multiple_of(4) { "Manual run by jonas".into() } else { "Code has changed".into() },
        labels: if number.is_multiple_of(6) { vec!["release".into()] } else { Vec::new() },
        comments: if number.is_multiple_of(3) { vec![comment] } else { Vec::new() },
        variables: plan.variables.clone(),
        issues: vec![issue],
        revision: format!("{:040x}", u128::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C834)),
    };
    world.builds.push(build);
}

fn deployments(world: &mut World) {
    let rows = [(201_u64, "Shop to the world", "WEB-SHOP"), (202, "Backup scripts", "OPS-BACKUP")];
    for (n, (id, name, plan)) in rows.into_iter().enumerate() {
        let at = n as u64;
        let text = format!("Brings {plan} out");
        world.deployments.push(Deployment { id, name: name.into(), description: text, plan: plan.into() });
        for (m, name) in ["Staging", "Production"].into_iter().enumerate() {
            world.environments.push(Environment {
                id: 301 + at * 10 + m as u64,
                deployment: id,
                name: name.into(),
                description: String::new(),
                variables: vec![("host".into(), format!("{}.sandbox.example", name.to_lowercase()))],
            });
        }
        for number in 1..=3_u64 {
            let age = i64::try_from(4 - number).unwrap_or(0) * 6 * DAY;
            let version = 401 + at * 10 + number;
            world.versions.push(Version {
                id: version,
                deployment: id,
                name: format!("release-{number}"),
                build: format!("{plan}-{}", number * 4),
                created: now() - age,
                creator: "mira".into(),
                status: "UNKNOWN".into(),
            });
            let environment = 301 + at * 10 + u64::from(number == 1);
            let run = Run {
                id: 501 + at * 10 + number,
                environment,
                version,
                queued: now() - age + 600_000,
                takes: 90_000,
                succeeds: number != 2,
                who: "mira".into(),
            };
            world.runs.push(run);
        }
    }
}

fn agents() -> Vec<Agent> {
    let agent = |id, name: &str, kind, active, enabled| Agent {
        id,
        name: name.into(),
        kind,
        active,
        enabled,
        capabilities: vec![("system.jdk.JDK 21".into(), "/opt/jdk21".into()), ("os".into(), "linux".into())],
    };
    vec![
        agent(131_073, "Default Agent", "LOCAL", true, true),
        agent(131_074, "lisbon-1", "REMOTE", true, true),
        agent(131_075, "lisbon-2", "REMOTE", true, false),
        agent(131_076, "attic", "REMOTE", false, true),
    ]
}
