//! What the practice Tempo starts with: the worklogs of the practice Jira, and people, accounts and plans around them.

use super::call::account_of;
use super::days::{self, WORKDAY};
use super::world::{Approval, Membership, Plan, Worklog, World};
use crate::sandbox::atlassian::Server;
use crate::sandbox::jira::Jira;
use crate::sandbox::jira::world::{World as Issues, day, now, stamp};
use jiff::ToSpan;
use serde_json::{Value, json};

/// Key, name, status, customer, category.
const ACCOUNTS: [(&str, &str, &str, u64, u64); 5] = [
    ("OPERATIONS", "Operations", "OPEN", 1, 1),
    ("SHOP", "The shop", "OPEN", 2, 2),
    ("HANDBOOKS", "Handbooks", "OPEN", 1, 1),
    ("MOVE", "The move of the server room", "CLOSED", 1, 1),
    ("ABROAD", "Büro Lissabon", "ARCHIVED", 2, 2),
];

/// Makes the world.
pub(crate) fn world(jira: &Server<Jira>) -> World {
    let mut world = World { last: 500, ..World::default() };
    jira.look(|issues| worklogs(&mut world, issues));
    accounts(&mut world);
    attributes(&mut world);
    teams(&mut world);
    plans(&mut world);
    let last_week = days::today().checked_sub(7.days()).unwrap_or(days::today());
    world.approvals.push(Approval {
        account: account_of("priya"),
        monday: days::week(last_week).0,
        state: "IN_REVIEW",
        actor: account_of("priya"),
        comment: "Please have a look".into(),
        reviewer: account_of("mira"),
        updated: now(),
    });
    world
}

fn worklogs(world: &mut World, issues: &Issues) {
    for issue in issues.issues.values() {
        for log in &issue.worklogs {
            let Ok(on) = day(log.started).parse() else { continue };
            let id = world.worklogs.len() as u64 + 1;
            world.worklogs.push(Worklog {
                id,
                jira: log.id,
                issue: issue.id,
                project: issue.project,
                author: issues.users[log.author].account_id.clone(),
                day: on,
                time: stamp(log.started).get(11..19).unwrap_or("08:00:00").to_owned(),
                seconds: log.seconds,
                billable: log.seconds,
                description: "Worked on it".into(),
                created: log.created,
                updated: log.updated,
                attributes: Vec::new(),
            });
        }
    }
}

fn accounts(world: &mut World) {
    for (id, key, name) in [(1_u64, "INTERNAL", "Internal"), (2, "SHOPPERS", "Shoppers Ltd")] {
        world.customers.push(json!({ "key": key, "id": id, "name": name }));
    }
    for (id, key, name, kind) in [(1_u64, "INT", "Internal work", "INTERNAL"), (2, "DEV", "Development", "BILLABLE")] {
        world.categories.push(json!({ "key": key, "id": id, "name": name, "type": { "name": kind } }));
    }
    for (n, (key, name, status, customer, category)) in ACCOUNTS.into_iter().enumerate() {
        world.accounts.push(json!({
            "id": n as u64 + 1, "key": key, "name": name, "status": status, "global": n == 0,
            "leadAccountId": account_of("mira"), "customer": customer, "category": category, "monthlyBudget": 600,
        }));
    }
}

fn attributes(world: &mut World) {
    let attribute =
        |key: &str, name: &str, kind: &str| json!({ "key": key, "name": name, "type": kind, "required": false });
    let mut place = attribute("_Place_", "Place", "STATIC_LIST");
    place["values"] = json!(["office", "home"]);
    place["names"] = json!({ "office": "In the office", "home": "At home" });
    world.attributes = vec![attribute("_Account_", "Account", "ACCOUNT"), place];
}

fn teams(world: &mut World) {
    let rows: [(u64, &str, &str, &[&str]); 3] = [
        (1, "Operations team", "mira", &["mira", "jonas", "sam.lee"]),
        (2, "Web team", "priya", &["priya", "tomas", "sam.leeds"]),
        (3, "Docs team", "yuki", &["yuki", "lena"]),
    ];
    for (id, name, lead, members) in rows {
        world.teams.push(
            json!({ "id": id, "name": name, "summary": "", "leadAccountId": account_of(lead), "administrative": true }),
        );
        for member in members {
            let number = world.memberships.len() as u64 + 1;
            world.memberships.push(Membership {
                id: number,
                team: id,
                account: account_of(member),
                role: 1,
                percent: 100,
                from: None,
                to: None,
            });
        }
    }
}

fn plans(world: &mut World) {
    let (monday, _) = days::week(days::today());
    for (n, name) in (0_u32..).zip(["mira", "jonas", "priya", "tomas"]) {
        let from = monday.checked_add(i64::from(n).days()).unwrap_or(monday);
        world.plans.push(Plan {
            id: u64::from(n) + 1,
            assignee: account_of(name),
            kind: "ISSUE".into(),
            item: 10_004 + u64::from(n),
            from,
            to: from.checked_add(9.days()).unwrap_or(from),
            per_day: WORKDAY / 2,
            weekends: false,
            description: format!("Plan {}", n + 1),
            created: now(),
        });
    }
}

/// Roles in teams.
pub(crate) fn roles(base: &str) -> Vec<Value> {
    let role = |id: u64, name: &str| json!({ "self": format!("{base}/4/roles/{id}"), "id": id, "name": name, "default": id == 1 });
    vec![role(1, "Member"), role(2, "Developer"), role(3, "Manager")]
}
