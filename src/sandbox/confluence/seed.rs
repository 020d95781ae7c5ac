//! The data that every practice Confluence starts with: the same each time, with dates that end today.

use super::world::{
    ADMINS, Content, DAY, Kind, Label, Limits, Millis, OPERATIONS, Permission, Property, Space, Status, Template,
    USERS, UserId, Version, Who, World, now,
};
use crate::sandbox::people;
use hyper::body::Bytes;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Key, name, description, creator, the team that writes, and whether everybody may read.
const SPACES: [(&str, &str, &str, UserId, &str, bool); 3] = [
    ("OPS", "Operations", "Runbooks, on-call and everything that hums.", 0, "ops-team", false),
    ("WEB", "Website", "The shop and what is planned for it.", 2, "web-team", false),
    ("DOC", "Documentation", "Handbooks. Open to everybody.", 4, "docs-team", true),
];

/// The pages of each space: the level below the homepage, the title.
const TREES: [&[(usize, &str)]; 3] = [
    &[
        (1, "Runbooks"),
        (2, "Restart the mail relay"),
        (2, "Restore a backup"),
        (2, "Rotate certificates"),
        (2, "Database failover"),
        (3, "Failover checklist"),
        (2, "Server room access"),
        (1, "On-call"),
        (2, "Rota"),
        (2, "Escalation"),
        (1, "Incidents"),
        (2, "2026-03 Search outage"),
        (2, "2026-05 Payment delay"),
        (2, "2026-09 Disk full"),
        (1, "Salaries of contractors"),
        (1, "Inventory"),
        (2, "Servers"),
        (2, "Licences"),
        (1, "Meeting notes"),
    ],
    &[
        (1, "Roadmap"),
        (2, "Checkout redesign"),
        (2, "Search relaunch"),
        (3, "Search index design"),
        (2, "Partner portal"),
        (1, "Style guide"),
        (2, "Colours"),
        (2, "Grüße & Umlaute"),
        (1, "Releases"),
        (2, "Release 1.0"),
        (2, "Release 1.1"),
        (2, "Release 1.2"),
        (1, "Decisions"),
        (2, "Use one cache layer"),
        (2, "Drop Internet Explorer"),
        (1, "Team"),
        (1, "Retrospectives"),
        (1, "Old campaign pages"),
    ],
    &[
        (1, "Getting started"),
        (2, "Install"),
        (2, "First steps"),
        (1, "Handbook"),
        (2, "Sign in"),
        (2, "Search"),
        (3, "Search operators"),
        (2, "Exports"),
        (2, "Permissions"),
        (1, "Reference"),
        (2, "Command line"),
        (2, "Configuration"),
        (2, "Error messages"),
        (1, "FAQ"),
        (1, "Glossary"),
        (1, "日本語ガイド"),
        (1, "Old handbook 0.9"),
    ],
];

const LABELS: [&str; 6] = ["runbook", "howto", "decision", "meeting-notes", "outdated", "release"];

/// Makes the world.
pub(crate) fn world(cloud: bool) -> World {
    let mut seed = Seed { world: empty(), cloud, now: now() / 60_000 * 60_000, dice: 0x00C0_FFEE };
    for space in 0..SPACES.len() {
        seed.space(space);
        seed.tree(space);
    }
    seed.special();
    seed.blogs();
    seed.comments();
    seed.files();
    seed.templates();
    seed.world
}

fn empty() -> World {
    World {
        users: people::users(ADMINS, USERS),
        groups: [ADMINS, USERS].into_iter().chain(people::TEAMS).map(str::to_owned).collect(),
        spaces: Vec::new(),
        content: BTreeMap::new(),
        templates: Vec::new(),
        tasks: Vec::new(),
        watches: BTreeSet::new(),
        last_id: 131_072,
    }
}

struct Seed {
    world: World,
    cloud: bool,
    now: Millis,
    dice: u64,
}

/// What a new piece of content needs to know.
struct New<'a> {
    kind: Kind,
    space: u64,
    parent: Option<u64>,
    container: Option<u64>,
    title: &'a str,
    body: String,
    by: UserId,
    age: i64,
}

impl Seed {
    /// Returns a number below `n`, always the same one at the same place.
    fn roll(&mut self, n: usize) -> usize {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.dice >> 33).unwrap_or(0) % n
    }

    fn put(&mut self, new: New) -> u64 {
        let id = self.world.next_id();
        let when = self.now - new.age * DAY;
        let version = Version {
            number: 1,
            when,
            by: new.by,
            message: String::new(),
            minor: false,
            title: new.title.to_owned(),
            body: new.body,
            file: None,
        };
        let position = new.parent.map_or(0, |p| self.world.last_position(p));
        let content = Content {
            id,
            kind: new.kind,
            status: Status::Current,
            space: new.space,
            parent: new.parent,
            container: new.container,
            position,
            creator: new.by,
            created: when,
            versions: vec![version],
            labels: Vec::new(),
            read: Limits::default(),
            update: Limits::default(),
            properties: Vec::new(),
            inline: None,
            resolved: false,
        };
        self.world.content.insert(id, content);
        id
    }

    fn find(&self, title: &str) -> u64 {
        self.world.content.values().find(|c| c.title() == title).map_or(0, |c| c.id)
    }

    fn change(&mut self, title: &str, change: impl FnOnce(&mut Content)) {
        let id = self.find(title);
        if let Some(content) = self.world.content.get_mut(&id) {
            change(content);
        }
    }

    fn space(&mut self, n: usize) {
        let (key, name, description, creator, team, open) = SPACES[n];
        let id = self.world.next_id();
        let mut grants = Vec::new();
        for (operation, target) in OPERATIONS {
            let team_may = !["administer", "delete"].contains(&operation) || target == "page" || target == "comment";
            grants.push((Who::User(creator), operation, target));
            grants.push((Who::Group(ADMINS.into()), operation, target));
            if team_may {
                grants.push((Who::Group(team.into()), operation, target));
            }
        }
        grants.push((Who::Group(USERS.into()), "read", "space"));
        grants.push((Who::Group(USERS.into()), "create", "comment"));
        if open {
            grants.push((Who::Anonymous, "read", "space"));
        }
        if key == "WEB" {
            grants.push((Who::User(9), "read", "space"));
        }
        let permission = |(who, operation, target): (Who, &str, &str)| Permission {
            id: self.world.next_id(),
            who,
            operation: operation.into(),
            target: target.into(),
        };
        let permissions = grants.into_iter().map(permission).collect();
        self.world.spaces.push(Space {
            id,
            key: key.into(),
            name: name.into(),
            description: description.into(),
            personal: false,
            archived: false,
            homepage: None,
            creator,
            created: self.now - 700 * DAY,
            permissions,
            labels: Vec::new(),
        });
    }

    fn tree(&mut self, n: usize) {
        let (space, key, name, by) = (self.world.spaces[n].id, SPACES[n].0, SPACES[n].1, SPACES[n].3);
        let title = format!("{name} Home");
        let body = super::bodies::home(name);
        let new = New { kind: Kind::Page, space, parent: None, container: None, title: &title, body, by, age: 700 };
        let home = self.put(new);
        self.world.spaces[n].homepage = Some(home);
        let mut above = vec![home];
        for (at, (level, title)) in TREES[n].iter().enumerate() {
            let by = [0, 1, 2, 3, 4, 7][self.roll(6)];
            let age = 600 - i64::try_from(at).unwrap_or(0) * 25;
            let issue = format!("{key}-{}", at + 1);
            let body = super::bodies::page(title, &issue, at, self.cloud);
            above.truncate(*level);
            let parent = above.last().copied();
            let id = self.put(New { kind: Kind::Page, space, parent, container: None, title, body, by, age });
            above.push(id);
            self.history(id, at, age);
            self.labels(id, at);
        }
    }

    /// Some pages were edited often.
    fn history(&mut self, id: u64, at: usize, age: i64) {
        let edits = [0, 1, 3, 0, 7, 2][at % 6];
        for edit in 0..edits {
            let by = [0, 1, 2, 7][self.roll(4)];
            let when = self.now - (age - (edit + 1) * 9) * DAY;
            if let Some(content) = self.world.content.get_mut(&id) {
                content.revise(by, |next| {
                    next.when = when;
                    next.message = format!("Edit {}", edit + 1);
                    next.minor = edit % 2 == 1;
                    next.body.push_str(&super::bodies::edited(edit));
                });
            }
        }
    }

    fn labels(&mut self, id: u64, at: usize) {
        for n in 0..at % 3 {
            let label: Label = self.world.label("global", LABELS[(at + n * 2) % LABELS.len()]);
            if let Some(content) = self.world.content.get_mut(&id) {
                content.labels.push(label);
            }
        }
    }

    /// Restricted pages, drafts, trash, properties.
    fn special(&mut self) {
        let ops = Limits { users: vec![1], groups: Vec::new() };
        self.change("Salaries of contractors", |page| page.read = ops.clone());
        self.change("Salaries of contractors", |page| page.update = ops);
        let writers = Limits { users: Vec::new(), groups: vec!["web-team".into()] };
        self.change("Style guide", |page| page.update = writers);
        let web = self.world.spaces[1].id;
        let ops = self.world.spaces[0].id;
        for (title, status, age) in [
            ("Half an idea", Status::Draft, 20),
            ("Unfinished runbook", Status::Draft, 300),
            ("Wrong page", Status::Trashed, 10),
            ("Very wrong page", Status::Trashed, 200),
        ] {
            let space = if status == Status::Draft { ops } else { web };
            let body = "<p>Not for readers.</p>".to_owned();
            let new = New { kind: Kind::Page, space, parent: None, container: None, title, body, by: 0, age };
            let id = self.put(new);
            if let Some(content) = self.world.content.get_mut(&id) {
                content.status = status;
            }
        }
        let property = Property {
            id: self.world.next_id(),
            key: "review".into(),
            value: json!({ "due": "2026-12-01", "by": "jonas" }),
            version: 1,
            when: self.now,
        };
        self.change("Restore a backup", |page| page.properties.push(property));
    }

    fn blogs(&mut self) {
        for (space, title, age) in [(0, "New server room", 12), (1, "The shop is 10 years old", 40), (1, "Sprint 7", 5)]
        {
            let space = self.world.spaces[space].id;
            let body = "<p>News of the week, see <strong>OPS-3</strong>.</p>".to_owned();
            self.put(New { kind: Kind::Blog, space, parent: None, container: None, title, body, by: 2, age });
        }
    }

    fn comments(&mut self) {
        let rows = [
            ("Restore a backup", "Worked for me last night.", 1, None),
            ("Restore a backup", "Which version?", 3, None),
            ("Checkout redesign", "See <strong>WEB-2</strong>.", 2, None),
            ("Checkout redesign", "Is this still true?", 7, Some("the checkout")),
            ("Install", "Thanks!", 9, None),
        ];
        let mut last = None;
        for (title, text, by, inline) in rows {
            let page = self.find(title);
            let space = self.world.content.get(&page).map_or(0, |c| c.space);
            let re = format!("Re: {title}");
            let parent = if text == "Which version?" { last } else { None };
            let body = format!("<p>{text}</p>");
            let new = New { kind: Kind::Comment, space, parent, container: Some(page), title: &re, body, by, age: 3 };
            let id = self.put(new);
            last = Some(id);
            if let Some(comment) = self.world.content.get_mut(&id) {
                comment.inline = inline.map(str::to_owned);
            }
        }
    }

    fn files(&mut self) {
        let csv = "host;role;owner\nsrv-01;mail;jonas\nsrv-02;search;mira\n";
        let rows: [(&str, &str, &str, Vec<u8>); 5] = [
            ("Servers", "servers.csv", "text/csv", csv.into()),
            ("Servers", "rack plan é.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
            ("Restore a backup", "restore.log", "text/plain", "restored 1 of 1\n".repeat(4000).into_bytes()),
            ("Colours", "palette.bin", "application/octet-stream", (0..=255).cycle().take(70_000).collect()),
            ("Install", "setup.sh", "text/x-sh", b"#!/bin/sh\necho ready\n".to_vec()),
        ];
        for (title, name, mime, bytes) in rows {
            let page = self.find(title);
            let space = self.world.content.get(&page).map_or(0, |c| c.space);
            let body = String::new();
            let new = New {
                kind: Kind::Attachment,
                space,
                parent: None,
                container: Some(page),
                title: name,
                body,
                by: 1,
                age: 30,
            };
            let id = self.put(new);
            if let Some(content) = self.world.content.get_mut(&id) {
                content.versions[0].file = Some((mime.into(), Bytes::from(bytes)));
            }
        }
    }

    fn templates(&mut self) {
        let ops = self.world.spaces[0].id;
        let rows = [
            ("Runbook", "How to do one thing.", Some(ops), super::bodies::RUNBOOK),
            ("Project home", "The first page of a project.", None, super::bodies::PROJECT),
            ("Meeting notes", "Who, what, until when.", None, super::bodies::MEETING),
        ];
        for (name, description, space, body) in rows {
            let id = self.world.next_id();
            self.world.templates.push(Template {
                id,
                name: name.into(),
                description: description.into(),
                space,
                body: body.into(),
                labels: Vec::new(),
            });
        }
    }
}
