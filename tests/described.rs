//! The answers of the practice servers against the vendors' descriptions.
//!
//! The descriptions lie beside the project, in `../shared/specs`. Without them nothing is held against anything,
//! and the test says so.

mod bamboo;
mod bitbucket;
mod exceptions;
mod others;
mod pages;
mod requests;
mod schemas;
mod slack;

use crate::common::practice::Practice;
use crate::common::project;
use exceptions::{EXCEPTIONS, Exception};
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
    /// What comes before the paths of each description.
    before: &'static [&'static str],
    /// Stands for `api` in the rows' paths.
    api: &'static str,
    /// Asks the server for what the rows call by names.
    names: fn(&Practice) -> Names,
    rows: [&'static [Row]; 2],
    /// Where its descriptions are wrong.
    exceptions: &'static [Exception],
    /// How errors are written, where an operation does not say it.
    errors: fn() -> Value,
    /// At least so many answers have a body that is described.
    bodies: usize,
}

const JIRA: [Deployment; 2] = [
    Deployment {
        name: "cloud",
        start: Practice::cloud,
        files: &["jira-cloud-v3.json", "jira-cloud-agile.json"],
        before: &["", ""],
        api: "/rest/api/3",
        names: |practice| Names::of(practice, "/rest/api/3", true),
        rows: [BOTH, CLOUD],
        exceptions: EXCEPTIONS,
        errors: schemas::error_collection,
        bodies: 100,
    },
    Deployment {
        name: "server",
        start: Practice::server,
        files: &["jira-dc.json"],
        before: &["/rest"],
        api: "/rest/api/2",
        names: |practice| Names::of(practice, "/rest/api/2", false),
        rows: [BOTH, SERVER],
        exceptions: EXCEPTIONS,
        errors: schemas::error_collection,
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
    fn note(&mut self, known: &[Exception], operation: &str, asked: &str, faults: Vec<(String, String)>) {
        for (place, fault) in faults {
            match known.iter().position(|exception| exception.covers(operation, &place, &fault)) {
                Some(n) => _ = self.excused.insert(n),
                None => self.complaints.push(format!("{asked} → {operation} {place}: {fault}")),
            }
        }
    }
}

impl Deployment {
    fn descriptions(&self) -> Option<Vec<Description>> {
        let read =
            |(file, before): (&&str, &&'static str)| Description::read(&project("../shared/specs").join(file), before);
        self.files.iter().zip(self.before).map(read).collect()
    }

    fn ask_all(&self, descriptions: &[Description]) -> Outcome {
        let practice = (self.start)();
        if self.name == "server" {
            practice.switch(&serde_json::json!({ "websudo": false }));
        }
        let names = (self.names)(&practice);
        let mut outcome = Outcome::default();
        let mut last = String::new();
        for row in self.rows.into_iter().flatten() {
            let (method, path) = row.1.split_once(' ').expect("a method and a path");
            let newer = path.strip_prefix("v2/").map(|rest| format!("/wiki/api/v2/{rest}"));
            let path =
                newer.unwrap_or_else(|| path.replacen("api", self.api, 1).replacen("agile", "/rest/agile/1.0", 1));
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
        let (kind, faults) = description.check(&operation, &row.0.to_string(), answer, self.errors);
        *outcome.counts.entry(kind).or_default() += 1;
        outcome.note(self.exceptions, &format!("{} {operation}", self.name), row.1, faults);
    }
}

/// Returns the id of what an answer shows.
fn id_of(status: u16, answer: &str) -> Option<String> {
    let answer: Value = serde_json::from_str(answer).ok().filter(|_| status < 300)?;
    answer.get("id").or(answer.get("tempoWorklogId")).map(requests::bare)
}

/// Holds the answers of all deployments of a product against their descriptions.
#[allow(clippy::print_stdout)] // the counts are what --nocapture is asked for
fn hold_all(product: &str, deployments: &[Deployment]) {
    let mut needed = BTreeSet::new();
    let mut complaints = Vec::new();
    for deployment in deployments {
        let Some(descriptions) = deployment.descriptions() else {
            return say_skipped(&format!("{product} {}", deployment.name));
        };
        let outcome = deployment.ask_all(&descriptions);
        println!("{}: {:?}", deployment.name, outcome.counts);
        complaints.extend(outcome.complaints);
        assert!(outcome.counts["body"] >= deployment.bodies, "{:?}", outcome.counts);
        needed.extend(outcome.excused);
    }
    settle(&complaints, &needed, deployments[0].exceptions);
}

/// Says that nothing was held: not by a macro, as this is to be seen although the test passes.
fn say_skipped(what: &str) {
    let skipped = format!("\nSKIPPED: no descriptions of {what} in ../shared/specs\n");
    std::io::stderr().write_all(skipped.as_bytes()).unwrap();
}

/// Fails if there are complaints, or exceptions that nothing needed.
fn settle(complaints: &[String], needed: &BTreeSet<usize>, known: &[Exception]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let idle: Vec<_> = (0..known.len()).filter(|n| !needed.contains(n)).map(|n| &known[n]).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

#[test]
fn the_practice_jira_answers_as_the_vendors_describe() {
    hold_all("Jira", &JIRA);
}

#[test]
fn the_practice_bitbucket_answers_as_the_vendors_describe() {
    hold_all("Bitbucket", &bitbucket::DEPLOYMENTS);
}

#[test]
fn the_practice_confluence_answers_as_the_vendors_describe() {
    hold_all("Confluence", &pages::DEPLOYMENTS);
}

#[test]
fn the_practice_tempo_answers_as_the_vendor_describes() {
    hold_all("Tempo", &[others::TEMPO]);
}

#[test]
fn the_practice_trello_answers_as_the_vendor_describes() {
    hold_all("Trello", &[others::TRELLO]);
}

#[test]
fn the_practice_bamboo_answers_as_the_vendor_describes() {
    hold_all("Bamboo", &[bamboo::BAMBOO]);
}

#[test]
#[allow(clippy::print_stdout)] // the counts are what --nocapture is asked for
fn the_practice_slack_answers_as_the_vendor_describes() {
    let Some(description) = Description::read(&project("../shared/specs/slack-web.json"), "/api") else {
        return say_skipped("Slack");
    };
    let outcome = slack::ask_all(&description);
    println!("{:?}", outcome.counts);
    settle(&outcome.complaints, &outcome.excused, slack::FAULTS);
    assert!(outcome.counts["body"] >= 75, "{:?}", outcome.counts);
}
