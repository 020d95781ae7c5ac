//! Chat, cards, time, apps, reports: scripts that need other services than Jira, or several at once.

use super::{NO_FILE, path_of};
use crate::common::{Run, practice::Practice, tieline};
use serde_json::{Value, json};

/// The practice servers of one test, all of one world.
struct Town {
    practice: Practice,
    sites: &'static [(&'static str, &'static str)],
}

const CLOUD: &[(&str, &str)] = &[("jira", "cloud"), ("slack", "cloud"), ("trello", "cloud"), ("tempo", "cloud")];

const SERVERS: &[(&str, &str)] = &[("jira", "server"), ("confluence", "server")];

/// Requests that change nothing although they are no GET.
const READS: &[&str] = &["/approximate-count", "/search", "/search/jql", "/bulkfetch", "/session", "/dologin.action"];

impl Town {
    fn new(sites: &'static [(&'static str, &'static str)]) -> Self {
        Town { practice: Practice::cloud(), sites }
    }

    /// Runs a script; `flags` stand before it.
    fn run(&self, flags: &[&str], name: &str, words: &[&str], file: (&str, &str)) -> (Run, tempfile::TempDir) {
        let script = path_of(name);
        let mut all: Vec<String> = [flags, &[&script], words].concat().into_iter().map(str::to_owned).collect();
        all.extend(self.practice.words(self.sites));
        tieline(&all).file(file.0, file.1).keep()
    }

    /// Asks the servers: returns what a line of code makes of their answers.
    fn ask(&self, code: &str) -> Value {
        let mut all: Vec<String> = ["--output", "json", "-q", "-e", code].map(str::to_owned).to_vec();
        all.extend(self.practice.words(self.sites));
        let run = tieline(&all).run().ok();
        serde_json::from_str(&run.out).unwrap_or_else(|e| panic!("{code}: {e}: {}", run.out))
    }

    /// Returns the requests that changed something, on all of the servers.
    fn writes(&self) -> Vec<String> {
        let lines = self.sites.iter().flat_map(|(service, deployment)| self.practice.lines_at(service, deployment));
        lines.filter(|line| !line.starts_with("GET ") && !READS.iter().any(|end| line.ends_with(end))).collect()
    }

    /// Runs a script in a dry run, and fails if it changes anything or does not say how much it would.
    fn only_simulates(&self, name: &str, words: &[&str], file: (&str, &str), says: &str) {
        let run = self.run(&["--simulate"], name, words, file).0.ok();
        assert_eq!(self.writes(), [""; 0], "{run:#?}");
        assert!(run.err.contains(says), "expected {says:?} in {run:#?}");
    }
}

const SEARCH: &str = "project = OPS AND labels = infra";

#[test]
fn announce_tells_the_channel_about_each_issue() {
    let town = Town::new(CLOUD);
    let count = town.ask(&format!("jira().count(\"{SEARCH}\")")).as_u64().expect("a number");
    town.run(&[], "announce", &["--jql", SEARCH, "--channel", "#ops", "--title", "Infra"], NO_FILE).0.ok();
    let text = town.ask("slack().history(\"#ops\").first().text");
    let text = text.as_str().expect("a text");
    assert!(count > 0 && text.starts_with(&format!("*Infra* ({count})\n\n• <http://")), "{text}");
    assert_eq!(text.lines().filter(|line| line.starts_with("• <")).count() as u64, count);
    town.run(&[], "announce", &["--jql", "project = OPS AND labels = nothing-has-it", "--channel", "#ops"], NO_FILE)
        .0
        .ok();
    assert_eq!(town.writes(), ["POST /api/chat.postMessage"]);
}

#[test]
fn announce_simulates() {
    let words = ["--jql", SEARCH, "--channel", "#ops"];
    Town::new(CLOUD).only_simulates("announce", &words, NO_FILE, "simulated: 1 × slack: POST /api/chat.postMessage");
}

const HOURS: &str = "issue,hours,date,who,description,Place\n\
    OPS-4,2,2020-01-06,jonas@sandbox.example,Keys,office\nOPS-5,1.5,2020-01-07,,,\nOPS-9999,1,2020-01-07,,,\n";

#[test]
fn log_work_logs_the_rows_that_can_be_logged() {
    let town = Town::new(CLOUD);
    let run = town.run(&[], "log-work", &["--file", "hours.csv"], ("hours.csv", HOURS)).0.ends(5);
    assert!(
        run.out.contains("row 4 of hours.csv: ") && run.out.contains("logged: 2, skipped: 0, failed: 1"),
        "{run:#?}"
    );
    let logs = town.ask(
        "tempo().worklogs(#{ from: \"2020-01-01\", to: \"2020-01-31\" }).map(|w| #{ s: w.timeSpentSeconds, d: w.description, \
         a: w.attributes.values }).sort_by(\"s\")",
    );
    let place = json!([{ "key": "_Place_", "value": "office" }]);
    assert_eq!(logs, json!([{ "s": 5400, "d": "", "a": [] }, { "s": 7200, "d": "Keys", "a": place }]));
    // Tempo writes it into Jira too.
    let who =
        town.ask("jira().worklogs(\"OPS-4\").filter(|w| w.timeSpentSeconds == 7200).map(|w| w.author.displayName)");
    assert!(who.as_array().expect("names").contains(&json!("Jonas Beck")), "{who}");
}

#[test]
fn log_work_run_again_with_its_journal_logs_nothing_twice() {
    let (town, folder) = (Town::new(CLOUD), tempfile::tempdir().expect("a folder"));
    let journal = folder.path().join("hours.journal");
    let words = ["--file", "hours.csv", "--journal", &journal.to_string_lossy()];
    town.run(&[], "log-work", &words, ("hours.csv", HOURS)).0.ends(5);
    let run = town.run(&[], "log-work", &words, ("hours.csv", &HOURS.replace("OPS-9999", "OPS-6"))).0.ok();
    assert!(run.out.contains("logged: 1, skipped: 2, failed: 0"), "{run:#?}");
    let count = town.ask("tempo().worklogs(#{ from: \"2020-01-01\", to: \"2020-01-31\" }).count()");
    assert_eq!(count, 3);
}

#[test]
fn log_work_simulates() {
    let file = ("hours.csv", "issue,hours\nOPS-4,2\nOPS-5,1.5\n");
    let says = "simulated: 2 × tempo: POST /4/worklogs";
    Town::new(CLOUD).only_simulates("log-work", &["--file", "hours.csv"], file, says);
}

/// Reads the rows of a CSV text, each as a map.
fn rows(text: &str) -> Vec<std::collections::HashMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row")).collect()
}

#[test]
fn timesheets_says_where_each_person_stands() {
    let town = Town::new(CLOUD);
    let words = ["--team", "Web team", "--day", "-7d", "--file", "out.csv"];
    let (run, folder) = town.run(&[], "timesheets", &words, NO_FILE);
    let run = run.ok();
    let found = rows(&std::fs::read_to_string(folder.path().join("out.csv")).expect("the file is written"));
    let logged =
        town.ask("tempo().timesheets(\"Web team\", #{ from: \"-7d\" }).map(|s| #{ n: s.name, s: s.timeSpentSeconds })");
    assert_eq!((found.len(), logged.as_array().map(Vec::len)), (3, Some(3)));
    for sheet in logged.as_array().expect("timesheets") {
        let row = found.iter().find(|row| sheet["n"] == row["person"].as_str()).expect("a row for each");
        let hours: f64 = row["logged"].parse().expect("a number");
        assert_eq!(Some(hours * 3600.0), sheet["s"].as_f64(), "{row:?}");
        assert_eq!(row["status"], if row["person"] == "Priya Nair" { "IN_REVIEW" } else { "OPEN" });
    }
    assert!(run.out.contains("people: 3, ") && run.out.contains("handed in: 1"), "{run:#?}");
    assert_eq!(town.writes(), [""; 0]);
}

#[test]
fn worklog_chart_draws_everybodys_hours() {
    let town = Town::new(CLOUD);
    let (run, folder) =
        town.run(&[], "worklog-chart", &["--project", "OPS", "--from", "-90d", "--file", "out.svg"], NO_FILE);
    run.ok();
    let drawing = std::fs::read_to_string(folder.path().join("out.svg")).expect("the file is written");
    let totals = town.ask("tempo().totals(#{ from: \"-90d\", project: \"OPS\" })");
    let totals = totals.as_array().expect("rows");
    // Each person has a label and a bar, and the drawing a background.
    assert!(totals.len() > 2 && drawing.matches("<rect").count() == totals.len() + 1, "{drawing}");
    assert!(totals.iter().all(|row| drawing.contains(row["name"].as_str().expect("a name"))), "{drawing}");
    let text = town.run(&[], "worklog-chart", &["--project", "OPS", "--from", "-90d"], NO_FILE).0.ok().out;
    // The longest bars come first.
    let bars: Vec<usize> = text.lines().skip(1).take(totals.len()).map(|line| line.matches('█').count()).collect();
    assert!(bars.is_sorted_by(|a, b| a >= b) && bars.first() > bars.last(), "{text}");
    assert_eq!(town.writes(), [""; 0]);
}

/// How many apps of each practice server have a newer version.
const OUTDATED: &str =
    "[upm(#{ product: \"jira\" }), upm(#{ product: \"confluence\" })].map(|u| u.apps(#{ updates: true }).len())";

#[test]
fn update_apps_brings_every_server_up_to_date() {
    let town = Town::new(SERVERS);
    assert_eq!(town.ask(OUTDATED), json!([4, 4]));
    let run = town.run(&[], "update-apps", &["--on", "jira,confluence"], NO_FILE).0.ok();
    assert_eq!(town.ask(OUTDATED), json!([0, 0]), "{run:#?}");
    let version = "upm(#{ product: \"confluence\" }).app(\"com.example.calendar\").version";
    assert_eq!(town.ask(version), "2.4.0");
    assert!(run.out.contains("apps: 8, updated: 8, failed: 0"), "{run:#?}");
}

#[test]
fn update_apps_simulates() {
    let town = Town::new(SERVERS);
    let says = "simulated: 4 × confluence: POST /rest/plugins/1.0/";
    town.only_simulates("update-apps", &["--on", "jira,confluence"], NO_FILE, says);
    assert_eq!(town.ask(OUTDATED), json!([4, 4]));
}

const LICENCES: &str = "on,app,licence\njira,com.example.backup,AAABpractice-backup\n\
    confluence,com.example.backup,nonsense\nconfluence,com.example.backup,AAABpractice-backup\njira,com.example.none,x\n";

#[test]
fn app_licences_puts_them_on_the_servers() {
    let town = Town::new(SERVERS);
    let valid =
        "[\"jira\", \"confluence\"].map(|p| upm(#{ product: p }).licence(\"com.example.backup\").valid ?? false)";
    assert_eq!(town.ask(valid), json!([false, false]));
    let run = town.run(&[], "app-licences", &["--file", "new.csv"], ("new.csv", LICENCES)).0.ends(5);
    assert_eq!(town.ask(valid), json!([true, true]));
    assert!(run.out.contains("row 3 of new.csv (com.example.backup): Remote error: "), "{run:#?}");
    assert!(run.out.contains("licences: 4, set: 2, failed: 2"), "{run:#?}");
}

#[test]
fn app_licences_simulates() {
    let file = ("new.csv", LICENCES);
    let says = "simulated: 1 × jira: PUT /rest/plugins/1.0/com.example.backup-key/license";
    Town::new(SERVERS).only_simulates("app-licences", &["--file", "new.csv"], file, says);
}

/// Issues that have cards on the practice board, and some that have none.
const ISSUES: &str = "project = OPS AND key >= OPS-15 AND key <= OPS-24";

/// The name of each card of the board, with its list's name.
const CARDS: &str = "{ let t = trello(); let lists = t.lists(\"Operations\").index_by(\"id\"); \
    let all = t.cards(\"Operations\") + t.cards(\"Operations\", #{ closed: true }); \
    all.map(|c| #{ name: c.name, list: lists[c.idList].name }) }";

#[test]
fn cards_follow_issues_makes_and_moves_cards() {
    let town = Town::new(CLOUD);
    let before = town.ask(CARDS).as_array().expect("cards").len();
    let run = town.run(&[], "cards-follow-issues", &["--jql", ISSUES, "--board", "Operations"], NO_FILE).0.ok();
    let issues = town.ask(&format!(
        "jira().search(\"{ISSUES}\", #{{ fields: [\"status\"] }}).map(|i| #{{ key: i.key, state: i.fields.status.statusCategory.key }})"
    ));
    let (issues, cards) = (issues.as_array().expect("issues").clone(), town.ask(CARDS));
    let cards = cards.as_array().expect("cards");
    for issue in &issues {
        let starts = |card: &&Value| {
            let name = card["name"].as_str().unwrap_or_default();
            name.starts_with(&format!("{} ", issue["key"].as_str().unwrap_or_default()))
        };
        let own: Vec<&Value> = cards.iter().filter(starts).collect();
        let list = match issue["state"].as_str() {
            Some("done") => "Done",
            Some("indeterminate") => "Doing",
            _ => "To Do",
        };
        assert_eq!(own.iter().map(|card| &card["list"]).collect::<Vec<_>>(), [list], "{issue}");
    }
    // Fifteen of the cards that are there at the start are named after the issues from OPS-4 to OPS-18.
    let made = issues.len() - 4;
    assert_eq!((issues.len(), cards.len()), (10, before + made), "{run:#?}");
    assert!(run.out.contains(&format!("cards made: {made}, moved: ")), "{run:#?}");
    let writes = town.writes().len();
    town.run(&[], "cards-follow-issues", &["--jql", ISSUES, "--board", "Operations"], NO_FILE).0.ok();
    assert_eq!(town.writes().len(), writes, "a second run has nothing to do");
}

#[test]
fn cards_follow_issues_simulates() {
    let words = ["--jql", ISSUES, "--board", "Operations"];
    Town::new(CLOUD).only_simulates("cards-follow-issues", &words, NO_FILE, "simulated: 6 × trello: POST /1/cards");
}

#[test]
fn issues_to_sql_writes_every_issue_once() {
    let town = Town::new(CLOUD);
    let words = [
        "--jql",
        "project = OPS",
        "--file",
        "out.sql",
        "--table",
        "ops",
        "--columns",
        "key,fields.summary,fields.votes.votes",
    ];
    let (run, folder) = town.run(&[], "issues-to-sql", &words, NO_FILE);
    run.ok();
    let text = std::fs::read_to_string(folder.path().join("out.sql")).expect("the file is written");
    let head = "BEGIN;\nDROP TABLE IF EXISTS \"ops\";\nCREATE TABLE \"ops\" (\"key\" TEXT, \"fields_summary\" TEXT, \"fields_votes_votes\" BIGINT);\n";
    assert!(text.starts_with(head) && text.ends_with("\nCOMMIT;\n"), "{text}");
    let issues = town.ask("jira().search(\"project = OPS\", #{ fields: [\"summary\", \"votes\"] }).map(|i| #{ k: i.key, s: i.fields.summary, v: i.fields.votes.votes })");
    let issues = issues.as_array().expect("issues");
    assert_eq!(text.matches("\nINSERT INTO \"ops\" VALUES (").count(), issues.len());
    for issue in issues {
        let summary = issue["s"].as_str().expect("a summary").replace('\'', "''");
        let row = format!(
            "({}, '{summary}', {});",
            issue["k"].as_str().expect("a key").to_owned().replace("OPS", "'OPS") + "'",
            issue["v"]
        );
        assert!(text.contains(&row), "{row} is missing");
    }
    assert_eq!(town.writes(), [""; 0]);
}
