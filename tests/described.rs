//! The answers of the practice Jira against the vendors' descriptions of Jira.
//!
//! The descriptions lie beside the project, in `../shared/specs`. Without them nothing is held against anything,
//! and the test says so.

mod exceptions;
mod requests;
mod schemas;

use crate::common::practice::Practice;
use crate::common::project;
use exceptions::EXCEPTIONS;
use requests::{BOTH, CLOUD, Names, Row, SERVER};
use schemas::Description;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// A deployment with its descriptions.
struct Deployment {
    name: &'static str,
    start: fn() -> Practice,
    files: &'static [&'static str],
    /// What comes before the paths of the descriptions.
    before: &'static str,
    /// Stands for `api` in the rows' paths.
    api: &'static str,
    rows: &'static [Row],
    /// At least so many answers have a body that is described.
    bodies: usize,
}

const DEPLOYMENTS: [Deployment; 2] = [
    Deployment {
        name: "cloud",
        start: Practice::cloud,
        files: &["jira-cloud-v3.json", "jira-cloud-agile.json"],
        before: "",
        api: "/rest/api/3",
        rows: CLOUD,
        bodies: 100,
    },
    Deployment {
        name: "server",
        start: Practice::server,
        files: &["jira-dc.json"],
        before: "/rest",
        api: "/rest/api/2",
        rows: SERVER,
        bodies: 90,
    },
];

/// What the answers to all rows came to.
#[derive(Default)]
struct Outcome {
    counts: BTreeMap<&'static str, usize>,
    complaints: Vec<String>,
    /// The places in the table of exceptions that were needed.
    excused: BTreeSet<usize>,
}

impl Outcome {
    /// Notes what is wrong with an answer, unless the description is known to be.
    fn note(&mut self, operation: &str, row: &Row, faults: Vec<(String, String)>) {
        for (place, fault) in faults {
            match EXCEPTIONS.iter().position(|exception| exception.covers(operation, &place, &fault)) {
                Some(n) => _ = self.excused.insert(n),
                None => self.complaints.push(format!("{} → {operation} {place}: {fault}", row.1)),
            }
        }
    }
}

impl Deployment {
    fn descriptions(&self) -> Option<Vec<Description>> {
        self.files.iter().map(|file| Description::read(&project("../shared/specs").join(file), self.before)).collect()
    }

    fn ask_all(&self, descriptions: &[Description]) -> Outcome {
        let practice = (self.start)();
        if self.name == "server" {
            practice.switch(&serde_json::json!({ "websudo": false }));
        }
        let names = Names::of(&practice, self.api, self.name == "cloud");
        let mut outcome = Outcome::default();
        let mut last = String::new();
        for row in BOTH.iter().chain(self.rows) {
            let (method, path) = row.1.split_once(' ').expect("a method and a path");
            let path = path.replacen("api", self.api, 1).replacen("agile", "/rest/agile/1.0", 1);
            let (path, body) = (names.put_into(&path, &last), names.put_into(row.2, &last));
            let (status, answer) = practice.request(method, &path, &body);
            if status != row.0 {
                outcome.complaints.push(format!("{}: {status} instead of {}: {answer:.300}", row.1, row.0));
                continue;
            }
            if let Some(id) = id_of(status, &answer) {
                last = id;
            }
            self.hold(&mut outcome, descriptions, row, (method, &path), &answer);
        }
        outcome
    }

    fn hold(
        &self,
        outcome: &mut Outcome,
        descriptions: &[Description],
        row: &Row,
        (method, path): (&str, &str),
        answer: &str,
    ) {
        let bare = path.split('?').next().unwrap_or_default();
        let Some((description, operation)) = descriptions.iter().find_map(|d| Some((d, d.find(method, bare)?))) else {
            outcome.complaints.push(format!("{}: no such operation", row.1));
            return;
        };
        let (kind, faults) = description.check(&operation, row.0, answer);
        *outcome.counts.entry(kind).or_default() += 1;
        outcome.note(&format!("{} {operation}", self.name), row, faults);
    }
}

/// Returns the id of what an answer shows.
fn id_of(status: u16, answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok().filter(|_| status < 300)?;
    answer.get("id").map(requests::bare)
}

#[allow(clippy::print_stdout)] // the counts are what --nocapture is asked for
#[test]
fn the_practice_jira_answers_as_the_vendors_describe() {
    let mut needed = BTreeSet::new();
    let mut complaints = Vec::new();
    for deployment in &DEPLOYMENTS {
        let Some(descriptions) = deployment.descriptions() else {
            // Not by a macro: this is to be seen although the test passes.
            let skipped = format!("\nSKIPPED: no descriptions of Jira {} in ../shared/specs\n", deployment.name);
            std::io::stderr().write_all(skipped.as_bytes()).unwrap();
            return;
        };
        let outcome = deployment.ask_all(&descriptions);
        println!("{}: {:?}", deployment.name, outcome.counts);
        complaints.extend(outcome.complaints);
        assert!(outcome.counts["body"] >= deployment.bodies, "{:?}", outcome.counts);
        needed.extend(outcome.excused);
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let idle: Vec<_> = (0..EXCEPTIONS.len()).filter(|n| !needed.contains(n)).map(|n| &EXCEPTIONS[n]).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}
