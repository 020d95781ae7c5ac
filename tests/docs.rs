//! The reference and its commands: `docs`, `find`, `call`.

use crate::common::{Run, practice::Practice, project, tieline};

fn sandbox(words: &[&str]) -> Run {
    tieline(&[&["--sandbox"], words].concat()).run()
}

/// Fails unless standard output holds each of `words`.
fn holds(run: Run, words: &[&str]) {
    let run = run.ok();
    for word in words {
        assert!(run.out.contains(word), "expected {word:?} in {}", run.out);
    }
}

/// The pages of the repository that the program writes, each with the words for it.
const PAGES: &[(&str, &[&str])] =
    &[("stdlib/README.md", &["docs", "--markdown"]), ("stdlib/COOKBOOK.md", &["docs", "cookbook", "--markdown"])];

#[test]
fn the_reference_in_the_repository_is_the_programs() {
    for (page, words) in PAGES {
        let made = tieline(words).run().ok().out;
        let path = project(page);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &made).expect("the page is written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let line = made.lines().zip(kept.lines()).position(|(a, b)| a != b);
        assert!(made == kept, "{page} is old (line {line:?}); UPDATE=1 cargo test the_reference rewrites it");
    }
}

#[test]
fn the_cookbook_lists_the_scripts_and_prints_them() {
    let usage = "tieline export-issues.rhai --jql \"project = OPS\" --file issues.csv";
    holds(tieline(&["docs", "cookbook"]).run(), &["Jira\n", "export-issues: Exports the issues", usage]);
    let script = std::fs::read_to_string(project("scripts/export-issues.rhai")).expect("the script");
    for name in ["export-issues", "export-issues.rhai"] {
        assert_eq!(tieline(&["docs", name]).run().ok().out.trim_end(), script.trim_end());
    }
    // What `docs` prints runs as it is.
    let printed = tieline(&["docs", "export-issues"]).run().ok().out;
    let words = ["--sandbox", "kept.rhai", "--jql", "key = OPS-1", "--file", "out.csv"];
    tieline(&words).file("kept.rhai", printed).run().ok().prints("1 issues written to out.csv");
    tieline(&["docs", "jira", "--markdown"]).run().ends(2).says("there is no page `jira` in Markdown");
}

#[test]
fn a_topic_lists_the_verbs_that_are_about_it() {
    holds(tieline(&["docs", "workflow"]).run(), &["Jira: workflow\n", "  transitions(key)"]);
}

#[test]
fn the_manual_page_has_every_command_and_flag() {
    let page = tieline(&["man"]).run().ok().out;
    for part in [
        ".TH tieline 1",
        ".SH \"TIELINE CHECK\"",
        ".SH \"TIELINE SELF-CHECK\"",
        "\\-\\-read\\-only",
        "Exit codes: 0 done",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("TIELINE MAN"), "a hidden command stays hidden");
}

#[test]
fn docs_explains_services_verbs_operations_and_functions() {
    let docs = |name: &str| tieline(&["docs", name]).run();
    holds(tieline(&["docs"]).run(), &["jira: ", "issues: issue, search", "Every connection: ", "Functions: "]);
    holds(docs("jira"), &["Issues\n", "  search(jql, options)  ", "published operations"]);
    holds(
        docs("jira.search"),
        &["Jira.search(jql)\nJira.search(jql, options)\n", "  Example: ", "  GET /rest/api/2/search/jql\n"],
    );
    holds(docs("jira.get"), &["get(path, values)"]);
    holds(
        docs("jira.getIssue"),
        &[
            "GET /rest/api/3/issue/{issueIdOrKey}\n",
            "GET /rest/api/2/issue/{issueIdOrKey}\n",
            "path   string, required",
            "query  list of string",
        ],
    );
    holds(docs("jira.api.createIssue"), &["body: application/json, required"]);
    holds(docs("table"), &["table(rows, columns)"]);
    // What Rhai itself brings along is explained too.
    holds(docs("push"), &["array.push(item)"]);
}

#[test]
fn docs_says_what_was_probably_meant() {
    tieline(&["docs", "jira.serch"])
        .run()
        .ends(2)
        .says("there is nothing called `jira.serch`")
        .says("did you mean jira.search?");
    tieline(&["docs", "quux.frobnicate"]).run().ends(2).says("`tieline find frobnicate` searches everything");
}

#[test]
fn find_puts_the_best_match_first() {
    let first = |words: &[&str]| {
        let run = tieline(&[&["find"], words].concat()).run().ok();
        run.out.lines().next().unwrap_or_default().to_owned()
    };
    assert!(first(&["transition", "issue"]).starts_with("jira.transition"), "{}", first(&["transition", "issue"]));
    assert!(first(&["comments"]).starts_with("jira.comment"), "{}", first(&["comments"]));
    assert!(first(&["save attachment"]).starts_with("jira.save_attachment(attachment, file)"));
    assert!(first(&["markdown", "table"]).starts_with("markdown_table(rows"));
    assert_eq!(
        first(&["submitBulkTransition"]).split_whitespace().collect::<Vec<_>>(),
        ["jira.api.submitBulkTransition", "POST", "/rest/api/3/bulk/issues/transition", "(cloud", "only)"]
    );
    tieline(&["find", "zzzzz"]).run().ends(2).says("nothing fits \"zzzzz\"");
}

#[test]
fn call_prints_the_answer_as_json() {
    for deployment in ["cloud", "server"] {
        let run = sandbox(&[
            "call",
            "jira",
            "getIssue",
            "--issueIdOrKey",
            "OPS-1",
            "--fields",
            "summary",
            "--deployment",
            deployment,
        ]);
        let answer: serde_json::Value = serde_json::from_str(&run.ok().out).expect("JSON");
        assert_eq!(answer["key"], "OPS-1");
        assert_eq!(answer["fields"].as_object().expect("fields").len(), 1);
    }
}

#[test]
fn call_converts_what_is_typed() {
    let run =
        sandbox(&["call", "jira", "getComments", "--issueIdOrKey=OPS-1", "--maxResults", "1", "--startAt=0"]).ok();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&run.out).expect("JSON")["maxResults"], 1);
    sandbox(&["call", "jira", "deleteIssue", "--issueIdOrKey", "OPS-5", "--deleteSubtasks"]).ok().prints("");
    let new = r#"{"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "new"}}"#;
    holds(sandbox(&["call", "jira", "createIssue", "--body", new]), &["\"key\": \"OPS-91\""]);
    let run = tieline(&["--sandbox", "call", "jira", "createIssue", "--body", "@new.json"]).file("new.json", new).run();
    holds(run, &["\"key\": \"OPS-91\""]);
    let run =
        tieline(&["--sandbox", "call", "jira", "addAttachment", "--issueIdOrKey", "OPS-5", "--files.file", "a.txt"]);
    holds(run.file("a.txt", "text").run(), &["\"filename\": \"a.txt\""]);
}

#[test]
fn call_refuses_before_anything_is_sent() {
    let jira = Practice::cloud();
    for (words, says) in [
        (&["getIssue"][..], "getIssue needs 'issueIdOrKey'"),
        (&["getIssue", "--issueIdOrKey", "OPS-1", "--feilds", "x"], "getIssue has no parameter 'feilds'"),
        (&["getIssue", "--issueIdOrKey"], "--issueIdOrKey needs a value"),
        (&["getIssue", "OPS-1"], "\"OPS-1\" belongs to no parameter"),
        (&["getComments", "--issueIdOrKey", "OPS-1", "--maxResults", "few"], "it must be an integer, not \"few\""),
        (&["createIssue", "--body", "{\"fields\""], "--body is no JSON"),
        (&["createIssue", "--body", "@nowhere.json"], "--body: cannot read nowhere.json"),
        (&["getIsue"], "did you mean getIssue"),
    ] {
        let run = tieline(&[&["call", "jira"], words, &["--deployment", "cloud"]].concat());
        let run = run.env("TIELINE_JIRA_SERVER", &jira.url).env("TIELINE_JIRA_USER", "mira@sandbox.example");
        let run = run.env("TIELINE_JIRA_TOKEN", "ATATT-sandbox-mira").run();
        run.ends(2).says(says);
    }
    assert_eq!(jira.lines(), [""; 0]);
    tieline(&["call", "quux", "x"]).run().ends(2).says("there is no service `quux`");
}

#[test]
fn call_reaches_the_part_of_a_product() {
    for product in ["jira", "confluence", "bitbucket", "bamboo"] {
        let words = ["call", "upm", "getPlugins", "--product", product, "--deployment", "server"];
        holds(sandbox(&words), &["\"plugins\": [", &format!("\"/{product}/rest/plugins/1.0/")]);
    }
    for (words, says) in [
        (&["getPlugins"][..], "UPM is a part of others: call it with --product and one of jira, confluence"),
        (&["getPlugins", "--product", "trello"], "call it with --product and one of jira, confluence"),
        (&["getPlugin", "--product=jira"], "getPlugin needs 'pluginKey'"),
        (&["getPlugin", "--product=jira", "--plugin", "x"], "getPlugin has no parameter 'plugin'"),
        (&["getPlugin_", "--product", "jira"], "did you mean getPlugin"),
    ] {
        tieline(&[&["call", "upm"], words].concat()).run().ends(2).says(says);
    }
}

#[test]
fn call_takes_credentials_as_a_script_does() {
    let jira = Practice::server();
    let words = ["call", "jira", "getUser", "--server", &jira.url, "--user", "mira", "--password", "-"];
    let run = tieline(&words).input("mira-password\n").run();
    holds(run, &["\"name\": \"mira\""]);
}
