//! The data that every practice Bitbucket starts with: the same each time, with dates that end today.

use super::world::{
    ADMINS, Condition, DAY, Event, Hook, Level, Millis, Note, Opinion, Project, Pull, Repo, Restriction, Review,
    Rights, State, Tree, USERS, UserId, World, hash, now,
};
use crate::sandbox::people;
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Key, name, description, the team that writes.
const PROJECTS: [(&str, &str, &str, &str); 2] = [
    ("OPS", "Operations", "What runs the servers.", "ops-team"),
    ("WEB", "Website", "What customers see.", "web-team"),
];

/// Project, slug, description, whether everybody may read.
const REPOS: [(&str, &str, &str, bool); 6] = [
    ("OPS", "relay", "The mail relay.", false),
    ("OPS", "infra", "Machines as code.", false),
    ("OPS", "runbooks", "What to do at night.", false),
    ("WEB", "shop", "The shop.", false),
    ("WEB", "search", "The search service.", false),
    ("WEB", "landing", "Pages for campaigns, open to everybody.", true),
];

/// Oldest first: branch (`#` is the project's key), days since its last commit, commits, merged, who works on it.
const BRANCHES: [(&str, i64, u64, bool, UserId); 8] = [
    ("feature/#-21-old-idea", 400, 2, false, 8),
    ("experiment/grüße", 260, 1, false, 4),
    ("bugfix/#-15-cache", 120, 1, true, 3),
    ("feature/#-12-audit-log", 45, 2, true, 1),
    ("feature/#-7-price-list", 9, 2, false, 2),
    ("hotfix/#-30-conflict", 6, 1, false, 5),
    ("release/1.2", 3, 1, true, 0),
    ("feature/#-3-search-index", 2, 3, false, 1),
];

/// Makes the world.
pub(crate) fn world(cloud: bool) -> World {
    let mut seed = Seed { world: empty(), now: now() / 60_000 * 60_000, commits: 0, cloud };
    seed.projects();
    for row in REPOS {
        seed.repo(row);
    }
    seed.world
}

fn empty() -> World {
    World {
        users: people::users(ADMINS, USERS),
        groups: [ADMINS, USERS].into_iter().chain(people::TEAMS).map(str::to_owned).collect(),
        projects: Vec::new(),
        repos: Vec::new(),
        tokens: Vec::new(),
        last_id: 100,
    }
}

struct Seed {
    world: World,
    now: Millis,
    commits: u64,
    cloud: bool,
}

fn rights(team: &str) -> Rights {
    let bots = ("bots".to_owned(), Level::Admin);
    let groups = [(team.to_owned(), Level::Write), (USERS.to_owned(), Level::Read), bots];
    Rights { users: BTreeMap::from([(0, Level::Admin)]), groups: groups.into_iter().collect() }
}

impl Seed {
    fn projects(&mut self) {
        for (key, name, description, team) in PROJECTS {
            let id = self.world.next_id();
            self.world.projects.push(Project {
                id,
                key: key.into(),
                name: name.into(),
                description: description.into(),
                public: false,
                rights: rights(team),
                created: self.now - 900 * DAY,
                reviewers: Vec::new(),
                conditions: Vec::new(),
                restrictions: Vec::new(),
            });
        }
    }

    fn repo(&mut self, (project, slug, description, public): (&str, &str, &str, bool)) {
        let mut repo = Repo {
            id: self.world.next_id(),
            project: project.into(),
            slug: slug.into(),
            name: slug.into(),
            description: description.into(),
            public,
            archived: false,
            default_branch: "main".into(),
            branches: BTreeMap::new(),
            tags: BTreeMap::new(),
            commits: BTreeMap::new(),
            pulls: Vec::new(),
            rights: Rights::default(),
            reviewers: Vec::new(),
            conditions: Vec::new(),
            restrictions: Vec::new(),
            hooks: Vec::new(),
            origin: None,
            created: self.now - 800 * DAY,
            updated: self.now - 800 * DAY,
        };
        self.main(&mut repo);
        for row in BRANCHES {
            self.branch(&mut repo, row);
        }
        Self::tags(&mut repo);
        self.pulls(&mut repo);
        self.settings(&mut repo);
        self.world.repos.push(repo);
    }

    fn commit(&mut self, repo: &mut Repo, branch: &str, author: UserId, days: i64, message: &str, tree: Tree) {
        self.commits += 1;
        let hash = hash(self.commits);
        let parents = repo.branches.get(branch).cloned().into_iter().collect();
        let when = self.now - days * DAY - i64::try_from(self.commits % 97).unwrap_or(0) * 60_000;
        repo.commit(hash.clone(), parents, author, when, message, tree);
        repo.branches.insert(branch.to_owned(), hash);
    }

    fn tree(repo: &Repo, branch: &str) -> Tree {
        repo.resolve(branch).map(|c| (*c.tree).clone()).unwrap_or_default()
    }

    fn main(&mut self, repo: &mut Repo) {
        let (key, name) = (repo.project.clone(), repo.name.clone());
        let mut tree = first_files(&name);
        self.commit(repo, "main", 0, 800, "Begin", tree.clone());
        for n in 1..=12_u64 {
            let path = format!("src/part{}.txt", n % 5);
            tree.insert(path.clone(), Bytes::from(format!("part {n}\nof {name}\n")));
            if n % 4 == 0 {
                tree.insert("CHANGES.md".into(), Bytes::from(format!("# Changes\n\n- {key}-{n}\n")));
            }
            let message = format!("{key}-{n} Change part {}\n\nSo that {name} goes on working.", n % 5);
            let days = 760 - i64::try_from(n).unwrap_or(0) * 50;
            let author = [0, 1, 2, 3, 4, 5][usize::try_from(n % 6).unwrap_or(0)];
            self.commit(repo, "main", author, days, &message, tree.clone());
        }
    }

    fn branch(&mut self, repo: &mut Repo, (name, days, commits, merged, author): (&str, i64, u64, bool, UserId)) {
        let key = repo.project.clone();
        let name = name.replace('#', &key);
        let issue = name.split('/').nth(1).unwrap_or_default().split('-').take(2).collect::<Vec<_>>().join("-");
        let begun = self.now - (days + i64::try_from(commits).unwrap_or(0)) * DAY;
        let history = repo.history(&repo.branches["main"]);
        let older = history.iter().find(|c| c.when < begun).map(|c| c.hash.clone());
        let from = older.unwrap_or_else(|| repo.branches["main"].clone());
        repo.branches.insert(name.clone(), from);
        for n in 0..commits {
            let mut tree = Self::tree(repo, &name);
            let path = if name.contains("conflict") { "CHANGES.md".to_owned() } else { format!("src/{issue}.txt") };
            tree.insert(path, Bytes::from(format!("{name} step {n}\n")));
            let message = format!("{issue} Step {}", n + 1);
            let age = days + i64::try_from(commits - n - 1).unwrap_or(0);
            self.commit(repo, &name, author, age, &message, tree);
        }
        if merged {
            self.merge(repo, &name, days - 1);
        } else if name.contains("conflict") {
            let mut tree = Self::tree(repo, "main");
            tree.insert("CHANGES.md".into(), Bytes::from(format!("# Changes\n\n- {key}-30 in main\n")));
            self.commit(repo, "main", 0, days - 1, &format!("{key}-30 Note the change"), tree);
        }
    }

    fn merge(&mut self, repo: &mut Repo, name: &str, days: i64) {
        let (source, target) = (repo.branches[name].clone(), repo.branches["main"].clone());
        let tree = repo.merged(&source, &target).unwrap_or_else(|_| Self::tree(repo, "main"));
        self.commits += 1;
        let hash = hash(self.commits);
        let message = format!("Merge branch '{name}'");
        repo.commit(hash.clone(), vec![target, source], 0, self.now - days.max(1) * DAY, &message, tree);
        repo.branches.insert("main".into(), hash);
    }

    fn tags(repo: &mut Repo) {
        let history: Vec<String> = repo.history(&repo.branches["main"]).iter().map(|c| c.hash.clone()).collect();
        for (tag, back) in [("v1.0", 9), ("v1.1", 5), ("v1.2", 1)] {
            if let Some(hash) = history.get(back) {
                repo.tags.insert(tag.into(), hash.clone());
            }
        }
    }

    fn pulls(&mut self, repo: &mut Repo) {
        let key = repo.project.clone();
        let rows: [(&str, State, UserId, i64, &[UserId]); 5] = [
            ("feature/#-12-audit-log", State::Merged, 1, 47, &[0, 2]),
            ("feature/#-21-old-idea", State::Declined, 8, 390, &[0]),
            ("feature/#-3-search-index", State::Open, 1, 2, &[0, 2]),
            ("feature/#-7-price-list", State::Open, 2, 9, &[1]),
            ("hotfix/#-30-conflict", State::Open, 5, 5, &[]),
        ];
        for (id, (source, state, author, days, reviewers)) in (1_u64..).zip(rows) {
            let source = source.replace('#', &key);
            let title = source
                .split('/')
                .nth(1)
                .unwrap_or_default()
                .replacen('-', "\u{0}", 1)
                .replace('-', " ")
                .replace('\u{0}', "-");
            let created = self.now - days * DAY;
            let mut pull = Pull {
                id,
                title,
                description: format!("Closes the issue. Looked at by {} people.", reviewers.len()),
                target: "main".into(),
                closed: None,
                state,
                author,
                reviews: reviewers
                    .iter()
                    .map(|user| Review { user: *user, opinion: Opinion::None, asked: true, when: created })
                    .collect(),
                created,
                updated: created,
                version: 0,
                notes: Vec::new(),
                events: vec![Event {
                    id: self.world.next_id(),
                    user: author,
                    when: created,
                    action: "OPENED",
                    note: None,
                }],
                merge_commit: None,
                closed_by: None,
                reason: String::new(),
                close_source: false,
                source,
            };
            self.close(repo, &mut pull, days);
            self.talk(&mut pull);
            repo.pulls.push(pull);
        }
    }

    fn close(&mut self, repo: &Repo, pull: &mut Pull, days: i64) {
        if pull.state == State::Open {
            return;
        }
        let tip = repo.branches[&pull.source].clone();
        let merge = repo.commits.values().find(|c| c.parents.get(1) == Some(&tip));
        let target = merge.and_then(|c| c.parents.first()).unwrap_or(&repo.branches["main"]).clone();
        pull.closed = Some((tip, target));
        pull.closed_by = Some(0);
        pull.updated = self.now - (days - 1) * DAY;
        pull.version = 1;
        let action = if pull.state == State::Merged { "MERGED" } else { "DECLINED" };
        pull.merge_commit = merge.filter(|_| pull.state == State::Merged).map(|c| c.hash.clone());
        if pull.state == State::Merged {
            pull.reviews[0].opinion = Opinion::Approved;
        }
        pull.events.push(Event { id: self.world.next_id(), user: 0, when: pull.updated, action, note: None });
    }

    fn talk(&mut self, pull: &mut Pull) {
        if pull.id != 3 {
            return;
        }
        pull.reviews[0].opinion = Opinion::Approved;
        for (text, line) in [("Looks good.", None), ("Why this word?", Some(("src/part0.txt".to_owned(), 1)))] {
            let id = self.world.next_id();
            let when = pull.created + DAY / 2;
            pull.notes.push(Note {
                id,
                author: 2,
                text: text.into(),
                parent: None,
                line,
                created: when,
                updated: when,
                version: 0,
                deleted: false,
                task: false,
                resolved: false,
            });
            pull.events.push(Event { id: self.world.next_id(), user: 2, when, action: "COMMENTED", note: Some(id) });
        }
    }

    fn settings(&mut self, repo: &mut Repo) {
        if repo.slug == "landing" {
            return;
        }
        let kind = if self.cloud { "delete" } else { "no-deletes" };
        repo.restrictions.push(Restriction {
            id: self.world.next_id(),
            kind: kind.into(),
            matcher: "BRANCH".into(),
            pattern: "main".into(),
            users: vec![0],
            groups: Vec::new(),
            value: Value::Null,
        });
        if ["relay", "shop"].contains(&repo.slug.as_str()) {
            repo.reviewers = vec![0];
            let any = json!({ "id": "ANY_REF_MATCHER_ID", "displayId": "ANY_REF_MATCHER_ID", "type": { "id": "ANY_REF", "name": "Any branch" }, "active": true });
            let condition = Condition {
                id: self.world.next_id(),
                source: any.clone(),
                target: any,
                reviewers: vec![0],
                required: 0,
            };
            repo.conditions.push(condition);
            repo.hooks.push(Hook {
                id: self.world.next_id(),
                name: "build".into(),
                url: "https://builds.sandbox.example/hook".into(),
                events: vec![if self.cloud { "repo:push" } else { "repo:refs_changed" }.into()],
                active: true,
                secret: false,
                created: repo.created,
                updated: repo.created,
            });
        }
        repo.rights.users.insert(3, Level::Write);
        if repo.slug == "shop" {
            repo.rights.users.insert(9, Level::Read);
        }
    }
}

fn first_files(name: &str) -> Tree {
    let text = |text: &str| Bytes::from(text.to_owned());
    BTreeMap::from([
        ("README.md".to_owned(), text(&format!("# {name}\n\nSee OPS-1.\n"))),
        ("CHANGES.md".to_owned(), text("# Changes\n")),
        ("src/main.txt".to_owned(), text("start\nwork\nend\n")),
        ("src/part0.txt".to_owned(), text("part 0\n")),
        ("src/deep/er/note.txt".to_owned(), text("deep\n")),
        ("assets/logo é.bin".to_owned(), (0..=255_u8).cycle().take(1024).collect::<Vec<u8>>().into()),
    ])
}
