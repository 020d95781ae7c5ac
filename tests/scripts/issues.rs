//! Issues: exported, created, changed, moved and commented on.

use super::{NO_FILE, Site, only_simulates, sites};
use serde_json::Value;

/// What is run on, in every test: a handful of issues.
const SOME: &str = "project = OPS AND status = Open AND type = Task";

/// Returns the number of issues that `SOME` finds; there are enough of them, and not all.
fn some(site: &Site) -> Vec<String> {
    let keys = site.keys(SOME);
    assert!((2..60).contains(&keys.len()), "{keys:?}");
    keys
}

#[test]
fn export_issues_writes_what_the_search_finds() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("out.csv");
        let columns = "key,fields.summary,fields.assignee.displayName";
        let words = ["--jql", SOME, "--file", &file.to_string_lossy(), "--columns", columns];
        site.run(&[], "export-issues", &words, NO_FILE);
        let text = std::fs::read_to_string(&file).expect("the file is written");
        let mut rows = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(rows.headers().expect("a header").iter().collect::<Vec<_>>().join(","), columns);
        let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
        let issues = site.search(SOME, "summary,assignee");
        assert_eq!(rows.len(), issues.len());
        for issue in issues {
            let field = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let fields = &issue["fields"];
            let row = [field(&issue["key"]), field(&fields["summary"]), field(&fields["assignee"]["displayName"])];
            assert!(rows.iter().any(|known| known.iter().eq(row.iter())), "{row:?} is missing");
        }
        assert_eq!(site.writes(), [""; 0]);
    }
}

const NEW: &str = "summary,type,labels,Story Points,priority,description\n\
    Rotate the keys,Task,\"night, keys\",3,High,\"Twice, at least\"\nClean up,,,,,\n";

#[test]
fn create_issues_creates_one_for_each_row() {
    for site in sites() {
        let before = site.keys("project = WEB").len();
        let run = site.run(
            &[],
            "create-issues",
            &["--project", "WEB", "--file", "new.csv", "--type", "Bug"],
            ("new.csv", NEW),
        );
        let made = site.search("project = WEB AND created >= -5m ORDER BY key", "*all");
        assert_eq!((made.len(), site.keys("project = WEB").len()), (2, before + 2), "{run:#?}");
        let task = &made.iter().find(|i| i["fields"]["summary"] == "Rotate the keys").expect("the first row")["fields"];
        assert_eq!(task["issuetype"]["name"], "Task");
        assert_eq!(task["labels"], serde_json::json!(["keys", "night"]));
        assert_eq!(task["priority"]["name"], "High");
        assert_eq!(task["customfield_10016"].as_f64(), Some(3.0));
        assert!(task["description"].as_str().expect("a text").contains("Twice, at least"));
        let bug = &made.iter().find(|i| i["fields"]["summary"] == "Clean up").expect("the second row")["fields"];
        assert_eq!((bug["issuetype"]["name"].as_str(), &bug["labels"]), (Some("Bug"), &serde_json::json!([])));
    }
}

#[test]
fn create_issues_goes_on_after_a_bad_row_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let journal = folder.path().join(format!("{}.journal", site.is_cloud()));
        let words = ["--project", "WEB", "--file", "new.csv", "--journal", &journal.to_string_lossy()];
        let before = site.keys("project = WEB").len();
        let rows = "summary,type\nOne,Task\nTwo,Nonsense\nThree,Task\n";
        let run = site.try_run(&[], "create-issues", &words, ("new.csv", rows)).ends(5);
        for key in site.keys("project = WEB AND created >= -5m") {
            assert!(run.out.contains(&format!("{key} ")), "{key} is not named: {run:#?}");
        }
        assert!(run.out.contains("row 3 of new.csv: ") && run.out.contains("created: 2, "), "{run:#?}");
        let run = site.run(&[], "create-issues", &words, ("new.csv", &rows.replace("Nonsense", "Task")));
        assert!(run.out.contains("created: 1, skipped: 2, failed: 0"), "{run:#?}");
        assert_eq!(site.keys("project = WEB").len(), before + 3);
    }
}

#[test]
fn create_issues_simulates() {
    only_simulates(
        "create-issues",
        &["--project", "WEB", "--file", "new.csv"],
        ("new.csv", NEW),
        "simulated: 2 × jira: POST",
    );
}

#[test]
fn bulk_transition_moves_what_is_not_there_yet() {
    for site in sites() {
        let open = some(&site);
        let there = site.keys("project = OPS AND status = 'In Progress'");
        let jql = format!("({SOME}) OR (project = OPS AND status = 'In Progress')");
        site.run(&[], "bulk-transition", &["--jql", &jql, "--to", "in progress", "--comment", "on our way"], NO_FILE);
        assert_eq!(site.keys(SOME), [""; 0]);
        let now = site.keys("project = OPS AND status = 'In Progress'");
        assert_eq!(now.len(), open.len() + there.len());
        let moves = site.writes().into_iter().filter(|line| line.ends_with("/transitions")).count();
        assert_eq!(moves, open.len());
        let comments = site.practice.ask(&format!("/rest/api/2/issue/{}/comment", open[0]));
        let last = comments["comments"].as_array().and_then(|all| all.last()).expect("a comment");
        assert!(last["body"].as_str().expect("a text").contains("on our way"));
    }
}

#[test]
fn bulk_transition_simulates() {
    let count = some(&sites()[0]).len();
    let says = format!("simulated: {count} × jira: POST");
    only_simulates("bulk-transition", &["--jql", SOME, "--to", "In Progress"], NO_FILE, &says);
}

#[test]
fn bulk_edit_changes_fields_and_labels_and_nothing_else() {
    for site in sites() {
        let keys = some(&site);
        let labels = |site: &Site| -> Vec<Vec<String>> {
            let list = |issue: &Value| serde_json::from_value(issue["fields"]["labels"].clone()).expect("labels");
            site.search(&format!("key in ({}) ORDER BY key", keys.join(",")), "labels").iter().map(list).collect()
        };
        let before = labels(&site);
        let gone = before.iter().flatten().next().expect("a label").clone();
        let words = [
            "--jql",
            SOME,
            "--field",
            "Story Points",
            "--value",
            "8",
            "--add-labels",
            "moved,2030",
            "--remove-labels",
            &gone,
        ];
        site.run(&[], "bulk-edit", &words, NO_FILE);
        for (before, after) in before.into_iter().zip(labels(&site)) {
            let mut wanted: Vec<String> = before.into_iter().filter(|label| *label != gone).collect();
            wanted.extend(["moved".to_owned(), "2030".to_owned()]);
            assert_eq!(after, wanted);
        }
        for issue in site.search(SOME, "customfield_10016") {
            assert_eq!(issue["fields"]["customfield_10016"].as_f64(), Some(8.0), "{issue}");
        }
        assert_eq!(site.keys("labels = moved").len(), keys.len());
    }
}

#[test]
fn bulk_edit_takes_a_field_and_its_value_together() {
    let incomplete: [&[&str]; 5] = [
        &["--field", "Story Points"],
        &["--value", "8"],
        &["--clear"],
        &["--value", "8", "--clear"],
        &["--field", "Story Points", "--value", "8", "--clear"],
    ];
    for site in sites() {
        for words in incomplete {
            let run = site.try_run(&[], "bulk-edit", &[&["--jql", SOME], words].concat(), NO_FILE).ends(1);
            assert!(run.err.contains("--field goes with one of --value and --clear"), "{run:#?}");
        }
        assert_eq!(site.writes(), [""; 0]);
        for (words, left) in [(&["--value", "8"][..], some(&site).len()), (&["--clear"], 0)] {
            site.run(&[], "bulk-edit", &[&["--jql", SOME, "--field", "Story Points"], words].concat(), NO_FILE);
            let issues = site.search(SOME, "customfield_10016");
            assert_eq!(issues.iter().filter(|i| !i["fields"]["customfield_10016"].is_null()).count(), left);
        }
    }
}

#[test]
fn bulk_edit_simulates() {
    let says = format!("simulated: {} × jira: PUT", some(&sites()[0]).len());
    only_simulates("bulk-edit", &["--jql", SOME, "--add-labels", "moved"], NO_FILE, &says);
}

#[test]
fn bulk_comment_says_the_same_under_every_issue() {
    for site in sites() {
        let keys = some(&site);
        let comments =
            |key: &String| site.practice.ask(&format!("/rest/api/2/issue/{key}/comment"))["comments"].clone();
        let count = |key: &String| comments(key).as_array().expect("comments").len();
        let before: Vec<usize> = keys.iter().map(count).collect();
        site.run(
            &[],
            "bulk-comment",
            &["--jql", SOME, "--text", "Look at {key} again", "--visible-to", "Developers"],
            NO_FILE,
        );
        assert_eq!(keys.iter().map(count).collect::<Vec<_>>(), before.into_iter().map(|n| n + 1).collect::<Vec<_>>());
        for key in &keys {
            let all = comments(key);
            let last = all.as_array().and_then(|all| all.last()).expect("a comment");
            assert!(last["body"].as_str().expect("a text").contains(&format!("Look at {key} again")), "{last}");
            assert_eq!(last["visibility"]["value"], "Developers");
        }
    }
}

#[test]
fn bulk_comment_run_again_with_its_journal_says_nothing_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let journal = folder.path().join(format!("{}.journal", site.is_cloud()));
        let count = some(&site).len();
        let words = ["--jql", SOME, "--text", "Once", "--journal", &journal.to_string_lossy()];
        site.run(&[], "bulk-comment", &words, NO_FILE).prints(&format!("comments: {count}, skipped: 0, failed: 0"));
        site.run(&[], "bulk-comment", &words, NO_FILE).prints(&format!("comments: 0, skipped: {count}, failed: 0"));
        assert_eq!(site.writes().len(), count);
    }
}

#[test]
fn bulk_comment_simulates() {
    let says = format!("simulated: {} × jira: POST", some(&sites()[0]).len());
    only_simulates("bulk-comment", &["--jql", SOME, "--text", "Look"], NO_FILE, &says);
}
