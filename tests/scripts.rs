//! The automations in `scripts/`: each is run, and the practice servers are asked what came of it.

mod code;
mod issues;
mod pages;
mod people;
mod projects;
mod talk;

use crate::common::{Run, practice::Practice, project, tieline};
use serde_json::Value;

/// Scripts that are tools of the project itself.
const TOOLS: &[&str] = &["catalog"];

/// Files that the command lines in the scripts' headers name.
const FILES: &[(&str, &str)] = &[
    ("new.csv", "summary,type,Story Points\nRotate the keys,Task,3\n"),
    ("hours.csv", "issue,hours,date,description\nOPS-4,2,2026-11-02,Keys\nOPS-5,1.5,2026-11-02,\n"),
    ("licences.csv", "on,app,licence\njira,com.example.backup,AAABpractice-backup\n"),
    ("people.csv", "email,name,display_name,groups\nada@example.com,ada,Ada Byron,web-team;night-shift\n"),
    ("page.md", "All **green**.\n"),
    ("dist.zip", "PK"),
];

/// For runs that read no file.
const NO_FILE: (&str, &str) = ("none", "");

/// The most lines that an automation needs for what it does, after its parameters.
const LINES: usize = 8;

/// Returns name and text of every automation.
fn automations() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = std::fs::read_dir(project("scripts"))
        .expect("the folder of scripts")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhai"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("a script is UTF-8"))
        })
        .filter(|(name, _)| !TOOLS.contains(&name.as_str()))
        .collect();
    found.sort();
    assert!(found.len() >= 5, "{found:?}");
    found
}

fn path_of(name: &str) -> String {
    project(&format!("scripts/{name}.rhai")).to_string_lossy().into_owned()
}

/// A practice server with the words that sign in to it.
struct Site {
    practice: Practice,
    login: Vec<String>,
}

/// Makes a site of a practice server.
fn site(practice: Practice, words: &[&str]) -> Site {
    let mut login = vec!["--server".to_owned(), practice.url.clone()];
    login.extend(words.iter().map(|word| (*word).to_owned()));
    Site { practice, login }
}

/// Starts a Jira Cloud and a Jira Data Center.
fn sites() -> Vec<Site> {
    vec![
        site(
            Practice::cloud(),
            &["--user", "mira@sandbox.example", "--token", "ATATT-sandbox-mira", "--deployment", "cloud"],
        ),
        site(Practice::server(), &["--user", "mira", "--password", "mira-password", "--deployment", "server"]),
    ]
}

impl Site {
    fn is_cloud(&self) -> bool {
        self.login.contains(&"cloud".to_owned())
    }

    /// Runs a script against this server; `flags` stand before it.
    fn run(&self, flags: &[&str], name: &str, words: &[&str], file: (&str, &str)) -> Run {
        self.try_run(flags, name, words, file).ok()
    }

    /// Like [`Site::run`], for runs that fail.
    fn try_run(&self, flags: &[&str], name: &str, words: &[&str], file: (&str, &str)) -> Run {
        let script = path_of(name);
        let mut all: Vec<&str> = [flags, &[&script], words].concat();
        all.extend(self.login.iter().map(String::as_str));
        tieline(&all).file(file.0, file.1).run()
    }

    /// Returns what the server's search finds, each issue with the named fields.
    fn search(&self, jql: &str, fields: &str) -> Vec<Value> {
        let jql: String = url::form_urlencoded::byte_serialize(jql.as_bytes()).collect();
        let path = if self.is_cloud() { "search/jql" } else { "search" };
        let found = self.practice.ask(&format!("/rest/api/2/{path}?jql={jql}&fields={fields}&maxResults=100"));
        found["issues"].as_array().expect("issues").clone()
    }

    fn keys(&self, jql: &str) -> Vec<String> {
        let key = |issue: &Value| issue["key"].as_str().expect("a key").to_owned();
        self.search(jql, "summary").iter().map(key).collect()
    }

    /// Returns the requests that changed something.
    fn writes(&self) -> Vec<String> {
        let reads = |line: &String| {
            line.starts_with("GET ")
                || line.contains("/session")
                || line.ends_with("/search")
                || line.ends_with("/search/jql")
                || line.ends_with("/approximate-count")
                // What confirms an administrator.
                || line.contains("WebSudo")
        };
        self.practice.lines().into_iter().filter(|line| !reads(line)).collect()
    }
}

/// Runs a script in a dry run and fails if it changes anything, or does not say how much it would.
fn only_simulates(name: &str, words: &[&str], file: (&str, &str), says: &str) {
    for site in sites() {
        let run = site.run(&["--simulate"], name, words, file);
        assert_eq!(site.writes(), [""; 0], "{run:#?}");
        assert!(run.err.contains(says), "expected {says:?} in {run:#?}");
    }
}

/// Returns what `member` holds in each item of a list.
fn texts(list: &Value, member: &str) -> Vec<String> {
    let text = |item: &Value| item[member].as_str().unwrap_or_default().to_owned();
    list.as_array().unwrap_or_else(|| panic!("no list: {list}")).iter().map(text).collect()
}

/// Returns the rows of a CSV file, its header first.
fn rows_of(file: &std::path::Path) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_path(file);
    let rows = reader.expect("the file is written").into_records();
    rows.map(|row| row.expect("a row").iter().map(str::to_owned).collect()).collect()
}

#[test]
fn every_automation_has_a_test() {
    let mut tests = String::new();
    for entry in std::fs::read_dir(project("tests/scripts")).expect("the folder of tests") {
        tests += &std::fs::read_to_string(entry.expect("an entry").path()).expect("a test is UTF-8");
    }
    let missing: Vec<String> = automations()
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !tests.contains(&format!("\"{name}\"")))
        .collect();
    assert!(missing.is_empty(), "no test in tests/scripts runs {missing:?}");
}

#[test]
fn every_automation_is_short() {
    for (name, text) in automations() {
        let body = text.split_once("\n});\n").map_or(text.as_str(), |(_, body)| body);
        let lines = body.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//")).count();
        assert!((1..=LINES).contains(&lines), "{name} has {lines} lines after its parameters");
    }
}

#[test]
fn every_automation_explains_itself() {
    for (name, text) in automations() {
        let run = tieline(&[&path_of(&name), "--help"]).run().ok();
        let header: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("//! ")).collect();
        assert!(
            header.len() >= 2 && header.last().is_some_and(|l| l.starts_with("Usage: tieline ")),
            "{name}: {header:?}"
        );
        for line in header.into_iter().chain(["Parameters of "]) {
            assert!(run.out.contains(line), "{name} --help lacks {line:?}: {}", run.out);
        }
    }
}

/// Splits a command line as a shell does: at blanks outside of double quotes.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    quoted
        .flat_map(|(n, piece)| match n % 2 {
            0 => piece.split_whitespace().map(str::to_owned).collect(),
            _ => vec![piece.to_owned()],
        })
        .collect()
}

#[test]
fn the_command_line_in_every_header_runs() {
    for (name, text) in automations() {
        let usage = text.lines().find_map(|line| line.strip_prefix("//! Usage: tieline ")).expect("a usage");
        let file = format!("{name}.rhai");
        let line = words(usage).into_iter().map(|word| if word == file { path_of(&name) } else { word });
        let line: Vec<String> = ["--sandbox".to_owned()].into_iter().chain(line).collect();
        let run = FILES.iter().fold(tieline(&line), |run, (name, text)| run.file(name, text)).run().ok();
        assert!(!run.out.is_empty(), "{name} prints nothing");
        if usage.starts_with("--simulate ") {
            assert!(run.err.contains("simulated: ") && run.err.contains(" × "), "{name} shows no change: {}", run.err);
        }
    }
}
