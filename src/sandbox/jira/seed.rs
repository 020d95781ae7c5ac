//! The data that every practice Jira starts with: the same each time, with dates that end today.

#![allow(clippy::cast_possible_wrap, clippy::cast_possible_truncation)] // its numbers are small

use super::schema::{self, ISSUE_TYPES, LINK_TYPES, PRIORITIES, RESOLUTIONS, STATUSES, TRANSITIONS};
use super::text::Rich;
use super::world::{
    Attachment, Board, Change, Comment, Component, Content, DAY, Filter, Grant, History, Holder, Issue, Link, Millis,
    Project, Scheme, SchemeKind, Sprint, UserId, Version, Worklog, World, day, now,
};
use crate::sandbox::people;
use serde_json::json;
use std::collections::BTreeMap;

const HOUR: Millis = DAY / 24;
/// Key, name, description, lead, public, number of issues.
const PROJECTS: [(&str, &str, &str, UserId, bool, u64); 3] = [
    ("OPS", "Operations", "Servers, networks and the people who wake up for them.", 0, false, 90),
    ("WEB", "Website", "The shop and everything that customers see.", 2, false, 70),
    ("DOC", "Documentation", "Handbooks. Open to everybody.", 4, true, 40),
];
const VERBS: [&str; 8] = ["Replace", "Fix", "Document", "Speed up", "Remove", "Test", "Move", "Secure"];
const THINGS: [&str; 11] = [
    "login page",
    "backup job",
    "search index",
    "price list",
    "mail relay",
    "release checklist",
    "cache layer",
    "audit log",
    "checkout form",
    "Grüße-Banner",
    "data export",
];
const PLACES: [&str; 7] =
    ["in the shop", "on staging", "for partners", "after the move", "in Lisbon", "at night", "v2"];
const LABELS: [&str; 6] = ["customer", "quick-win", "security", "infra", "needs-info", "übersetzung"];

/// The schemes of a project for which none are chosen, in the order of their kinds.
pub(crate) const SCHEMES_OF_NEW_PROJECTS: [u64; 4] = [10_100, 10_110, 10_120, 10_130];
/// The schemes of each project.
const SCHEMES_OF: [[u64; 4]; 3] =
    [[10_101, 10_110, 10_121, 10_131], SCHEMES_OF_NEW_PROJECTS, [10_102, 10_111, 10_120, 10_130]];

/// Every scheme; of each kind the last one belongs to no project.
const SCHEMES: [(u64, SchemeKind, &str); 13] = [
    (10_100, SchemeKind::Permission, "Default Permission Scheme"),
    (10_101, SchemeKind::Permission, "Operations Permission Scheme"),
    (10_102, SchemeKind::Permission, "Public Permission Scheme"),
    (10_103, SchemeKind::Permission, "Old Shop Permission Scheme"),
    (10_110, SchemeKind::Notification, "Default Notification Scheme"),
    (10_111, SchemeKind::Notification, "Quiet Notification Scheme"),
    (10_112, SchemeKind::Notification, "Old Shop Notification Scheme"),
    (10_120, SchemeKind::IssueType, "Default Issue Type Scheme"),
    (10_121, SchemeKind::IssueType, "Operations Issue Type Scheme"),
    (10_122, SchemeKind::IssueType, "Old Shop Issue Type Scheme"),
    (10_130, SchemeKind::Workflow, "Software Workflow Scheme"),
    (10_131, SchemeKind::Workflow, "Operations Workflow Scheme"),
    (10_132, SchemeKind::Workflow, "Old Shop Workflow Scheme"),
];

fn schemes() -> Vec<Scheme> {
    let scheme = |(id, kind, name)| Scheme {
        id,
        kind,
        name,
        grants: if kind == SchemeKind::Permission { grants(id) } else { Vec::new() },
    };
    SCHEMES.into_iter().map(scheme).collect()
}

fn grants(scheme: u64) -> Vec<Grant> {
    let readers = if scheme == 10_102 { Holder::Anyone } else { Holder::Role(10_000) };
    let rows = [
        ("BROWSE_PROJECTS", readers),
        ("CREATE_ISSUES", Holder::Role(10_001)),
        ("EDIT_ISSUES", Holder::Role(10_001)),
        ("ADD_COMMENTS", Holder::Group(schema::USERS.to_owned())),
        ("ADMINISTER_PROJECTS", Holder::Role(10_002)),
        ("DELETE_ISSUES", Holder::User(0)),
    ];
    rows.into_iter().map(|(permission, holder)| Grant { permission, holder }).collect()
}

/// Makes the world.
pub(crate) fn world() -> World {
    let mut seed = Seed { world: empty(), now: now() / 60_000 * 60_000, dice: 0x5EED_0001 };
    seed.projects();
    seed.boards();
    for (project, row) in PROJECTS.iter().enumerate() {
        for number in 1..=row.5 {
            seed.issue(project, number);
        }
    }
    seed.links();
    seed.files();
    seed.filters();
    seed.world
}

fn empty() -> World {
    let groups = [schema::ADMINS, schema::USERS].into_iter().chain(people::TEAMS);
    World {
        users: people::users(schema::ADMINS, schema::USERS),
        groups: groups.map(str::to_owned).collect(),
        projects: Vec::new(),
        schemes: schemes(),
        versions: Vec::new(),
        components: Vec::new(),
        issues: BTreeMap::new(),
        links: Vec::new(),
        attachments: BTreeMap::new(),
        boards: Vec::new(),
        sprints: Vec::new(),
        filters: Vec::new(),
        last_id: 20_000,
    }
}

struct Seed {
    world: World,
    now: Millis,
    dice: u64,
}

impl Seed {
    /// Returns a number below `n`, always the same one at the same place.
    fn roll(&mut self, n: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap_or(0) % n
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())]
    }

    fn ago(&self, days: i64) -> Option<String> {
        Some(day(self.now - days * DAY))
    }

    fn projects(&mut self) {
        for (n, (key, name, description, lead, public, _)) in PROJECTS.into_iter().enumerate() {
            let id = 10_000 + n as u64;
            let team = (0..self.world.users.len()).filter(|u| u % 3 == n).collect();
            self.world.projects.push(Project {
                id,
                key: key.into(),
                name: name.into(),
                description: description.into(),
                lead,
                public,
                last_number: 0,
                archived: false,
                schemes: SCHEMES_OF[n],
                roles: BTreeMap::from([(10_000, vec![0, 1]), (10_001, team), (10_002, vec![lead])]),
            });
            self.versions(id, n as u64 * 10);
            for (c, name) in ["Backend", "Frontend", "Infrastructure"].into_iter().enumerate() {
                self.world.components.push(Component {
                    id: 10_200 + n as u64 * 10 + c as u64,
                    project: id,
                    name: name.into(),
                    description: (c == 0).then(|| "Everything behind the curtain.".into()),
                    lead: (c < 2).then_some(c + 1),
                    assignee_type: "PROJECT_DEFAULT".into(),
                });
            }
        }
    }

    fn versions(&mut self, project: u64, offset: u64) {
        // Name, released, archived, days until release.
        let rows =
            [("1.0", true, true, -200), ("1.1", true, false, -60), ("1.2", true, false, -3), ("2.0", false, false, 21)];
        for (n, (name, released, archived, days)) in rows.into_iter().enumerate() {
            let version = Version {
                id: 10_300 + offset + n as u64,
                project,
                name: name.into(),
                description: Some(format!("Release {name}")),
                released,
                archived,
                start: self.ago(30 - days),
                release: self.ago(-days),
            };
            self.world.versions.push(version);
        }
    }

    fn boards(&mut self) {
        let kinds = ["scrum", "scrum", "kanban"];
        for (n, project) in PROJECTS.iter().enumerate() {
            let id = n as u64 + 1;
            let name = format!("{} board", project.0);
            self.world.boards.push(Board { id, name, kind: kinds[n], project: 10_000 + n as u64 });
        }
        // Board, number, state, first day, last day (counted from today).
        let rows = [
            (1, 1, "closed", -42, -28),
            (1, 2, "closed", -28, -14),
            (1, 3, "active", -10, 4),
            (1, 4, "future", 0, 0),
            (2, 1, "closed", -35, -21),
            (2, 2, "active", -7, 7),
            (2, 3, "future", 0, 0),
        ];
        for (n, (board, number, state, from, to)) in rows.into_iter().enumerate() {
            let at = |days: i64| (state != "future").then_some(self.now + days * DAY);
            let sprint = Sprint {
                id: n as u64 + 1,
                board,
                name: format!("{} Sprint {number}", PROJECTS[board as usize - 1].0),
                state: state.into(),
                goal: format!("Goal {number}"),
                start: at(from),
                end: at(to),
                complete: at(to).filter(|_| state == "closed"),
            };
            self.world.sprints.push(sprint);
        }
    }

    fn issue(&mut self, project: usize, number: u64) {
        let id = self.world.issues.len() as u64 + 10_001;
        let kind = match number {
            1..=3 => &ISSUE_TYPES[0],
            _ if number % 9 == 0 => &ISSUE_TYPES[3],
            _ => &ISSUE_TYPES[[1, 2, 4, 4][self.roll(4)]],
        };
        let age = 118 - i64::try_from(number * 116 / PROJECTS[project].5).unwrap_or(0);
        let created = self.now - age * DAY - self.roll(12) as i64 * HOUR;
        let summary = format!("{} {} {}", self.pick(&VERBS), self.pick(&THINGS), self.pick(&PLACES));
        let reporter = self.roll(8);
        let mut issue = Issue {
            id,
            key: format!("{}-{number}", PROJECTS[project].0),
            project: 10_000 + project as u64,
            kind,
            status: &STATUSES[0],
            priority: &PRIORITIES[[0, 1, 1, 2, 2, 2, 2, 3, 3, 4][self.roll(10)]],
            resolution: None,
            description: Self::description(&summary, number),
            summary,
            environment: (number % 13 == 0).then(|| Rich::Wiki("Linux, *staging*".into())),
            assignee: (number % 4 != 0).then(|| self.roll(9)),
            reporter: Some(reporter),
            creator: reporter,
            labels: self.labels(number),
            components: self.some_of(number, 10_200 + project as u64 * 10, 3),
            fix_versions: self.some_of(number + 1, 10_300 + project as u64 * 10, 4),
            versions: if kind.name == "Bug" { vec![10_300 + project as u64 * 10] } else { Vec::new() },
            created,
            updated: created,
            resolved: None,
            due: (number % 5 == 0).then(|| day(self.now + (number as i64 % 40 - 15) * DAY)),
            parent: None,
            epic: (kind.level == 0 && number % 3 == 0).then(|| id - number + 1 + number % 3),
            sprints: Vec::new(),
            custom: BTreeMap::new(),
            estimate: (number % 2 == 0).then_some(4 * 3600),
            remaining: (number % 2 == 0).then_some(3 * 3600),
            comments: Vec::new(),
            worklogs: Vec::new(),
            attachments: Vec::new(),
            watchers: vec![reporter],
            voters: Vec::new(),
            history: Vec::new(),
            remote_links: Vec::new(),
            properties: BTreeMap::new(),
        };
        if kind.subtask {
            // The nearest issue before it that is not a subtask itself: number 8, 17, 26 …
            issue.parent = Some(id - 1);
        }
        self.custom(&mut issue, number);
        self.life(&mut issue, number);
        Self::sprint(&mut issue, project, number);
        self.world.projects[project].last_number = number;
        self.world.issues.insert(id, issue);
    }

    fn description(summary: &str, number: u64) -> Option<Rich> {
        let text = format!(
            "h2. Why\n\n{summary}: customers *notice* when it is slow.\n\n* step one\n* step {number}\n\n\
             See [the handbook|https://handbook.example/{number}] and {{{{config.yaml}}}}."
        );
        (number % 7 != 0).then_some(Rich::Wiki(text))
    }

    fn labels(&mut self, number: u64) -> Vec<String> {
        let mut labels: Vec<String> = (0..number % 3).map(|_| self.pick(&LABELS).to_owned()).collect();
        labels.sort();
        labels.dedup();
        labels
    }

    fn some_of(&mut self, number: u64, first: u64, count: usize) -> Vec<u64> {
        if number % 3 == 0 { Vec::new() } else { vec![first + self.roll(count) as u64] }
    }

    fn custom(&mut self, issue: &mut Issue, number: u64) {
        if issue.kind.name == "Epic" {
            issue.custom.insert(10_011, json!(format!("Epic {number}")));
        }
        if matches!(issue.kind.name, "Story" | "Task") {
            issue.custom.insert(10_016, json!(([1.0, 2.0, 3.0, 5.0, 8.0])[self.roll(5)]));
        }
        issue.custom.insert(10_030, json!(["10101", "10102", "10103", "10104"][self.roll(4)]));
        if issue.kind.name == "Bug" {
            issue.custom.insert(10_041, json!(["10111", "10112", "10113"][self.roll(3)]));
            issue.custom.insert(10_042, json!(self.roll(10)));
        }
        if number % 6 == 0 {
            issue.custom.insert(10_050, json!(["10121", "10123"]));
        }
    }

    /// Lets an issue go through the workflow, as far as its age allows.
    fn life(&mut self, issue: &mut Issue, number: u64) {
        let steps = match number % 10 {
            0 | 4 => 0,
            1 | 7 => 1,
            2 => 2,
            _ => 3,
        };
        let mut at = issue.created;
        for transition in &TRANSITIONS[..steps] {
            // Each step takes a part of the time that is left.
            at += (self.now - at) / 4 + self.roll(5) as i64 * HOUR / 4;
            self.step(issue, &STATUSES[transition.to], at.min(self.now - HOUR));
        }
        for _ in 0..number % 4 {
            self.comment(issue);
        }
        if number % 4 == 1 {
            self.worklog(issue);
        }
        if number % 8 == 0 {
            issue.voters = vec![self.roll(4)];
        }
    }

    fn step(&mut self, issue: &mut Issue, to: &'static schema::Status, at: Millis) {
        let mut items = vec![Change {
            field: "status".into(),
            field_id: "status".into(),
            from: Some(issue.status.id.into()),
            from_text: Some(issue.status.name.into()),
            to: Some(to.id.into()),
            to_text: Some(to.name.into()),
        }];
        issue.status = to;
        issue.updated = at;
        if to.name == "Done" {
            let resolution = &RESOLUTIONS[[0, 0, 0, 0, 1, 2][self.roll(6)]];
            issue.resolution = Some(resolution);
            issue.resolved = Some(at);
            items.push(Change {
                field: "resolution".into(),
                field_id: "resolution".into(),
                from: None,
                from_text: None,
                to: Some(resolution.id.into()),
                to_text: Some(resolution.name.into()),
            });
        }
        let author = issue.assignee.unwrap_or(issue.creator);
        issue.history.push(History { id: self.world.next_id(), author, created: at, items });
    }

    fn comment(&mut self, issue: &mut Issue) {
        let created = issue.created + (self.now - issue.created) / 8 * (1 + issue.comments.len() as i64);
        let author = self.roll(8);
        let thing = self.pick(&THINGS);
        let body = Rich::Wiki(format!("Looked at the *{thing}* again.\n\nNothing new, see _above_."));
        let id = self.world.next_id();
        issue.comments.push(Comment { id, author, editor: author, body, created, updated: created, visibility: None });
        issue.updated = issue.updated.max(created);
    }

    fn worklog(&mut self, issue: &mut Issue) {
        let created = issue.created + (self.now - issue.created) / 2;
        issue.worklogs.push(Worklog {
            id: self.world.next_id(),
            author: self.roll(8),
            comment: Some(Rich::Wiki("Worked on it".into())),
            created,
            updated: created,
            started: created - 2 * HOUR,
            seconds: 1800 * (1 + self.roll(6) as i64),
        });
    }

    /// Work that is done was done in closed sprints; what is open is in the active sprint, the next one, or none.
    fn sprint(issue: &mut Issue, project: usize, number: u64) {
        if project > 1 || issue.kind.level != 0 {
            return;
        }
        let first = [1_u64, 5][project];
        let closed = [2_u64, 1][project];
        issue.sprints = match issue.status.name {
            "Done" => vec![first + number % closed],
            "Open" if number % 3 == 0 => vec![first + closed + 1],
            "Open" => Vec::new(),
            _ if number % 2 == 0 => vec![first, first + closed],
            _ => vec![first + closed],
        };
    }

    fn links(&mut self) {
        let ids: Vec<u64> = self.world.issues.keys().copied().collect();
        for n in (10..ids.len() - 12).step_by(11) {
            let kind = &LINK_TYPES[[0, 0, 3, 2][self.roll(4)]];
            let id = self.world.next_id();
            self.world.links.push(Link { id, kind, inward: ids[n], outward: ids[n + 7] });
        }
    }

    fn files(&mut self) {
        let files = [
            ("notes.txt", "text/plain", Content::Kept("Notes of the meeting.\n".into())),
            ("worker.log", "text/plain", Content::Log(3_000_000)),
            ("dump.bin", "application/octet-stream", Content::Noise(70_000)),
            ("Übersicht 2026 (final).pdf", "application/pdf", Content::Noise(2_048)),
        ];
        for (issue, (name, mime, content)) in [10_005, 10_005, 10_006, 10_170].into_iter().zip(files) {
            let id = self.world.next_id();
            let created = self.now - 2 * DAY;
            let file = Attachment { id, name: name.into(), mime: mime.into(), author: 1, created, content };
            self.world.attachments.insert(id, file);
            if let Some(issue) = self.world.issues.get_mut(&issue) {
                issue.attachments.push(id);
            }
        }
    }

    fn filters(&mut self) {
        let rows =
            [("Open bugs", "issuetype = Bug AND resolution = Unresolved"), ("My work", "assignee = currentUser()")];
        for (n, (name, jql)) in rows.into_iter().enumerate() {
            self.world.filters.push(Filter {
                id: 10_400 + n as u64,
                name: name.into(),
                description: String::new(),
                jql: jql.into(),
                owner: n,
                favourite: n == 0,
            });
        }
    }
}
