//! What Tab does.

use super::{Prompt, holds, prompt, start};
use crate::common::practice::Practice;

/// Types `text` and Tab twice, waits for each of `parts` to be listed, and clears the line.
fn lists(prompt: &mut Prompt, text: &str, parts: &[&str]) {
    prompt.keys(&format!("{text}\t\t"));
    for part in parts {
        prompt.sees(part);
    }
    // The line comes again below the list.
    prompt.sees("tieline> jira");
    prompt.control('c');
    prompt.sees("tieline> ");
}

#[test]
fn tab_completes_what_is_there() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut prompt = start(home.path(), &["--no-color", "--sandbox"]).begin();
    prompt.enter("let jira = jira();");
    prompt.enter(r#"let issue = parse_json(`{"key":"A-1","fields":{"summary":"The summary","subtasks":[]}}`);"#);
    prompt.write("notes.json", "{\"from\": \"a file\"}");
    prompt.write("lines.rhai", "let loaded = 99;");
    for (typed, rest, shown) in [
        ("iss\t", ".key", "A-1"),
        ("issue.ke\t", "", "A-1"),
        ("issue.fields.sum\t", "", "The summary"),
        ("issue.key.to_u\t", "", "A-1"),
        ("jira.ser\t", "vice", "jira"),
        ("jira.api.getServerIn\t", ").version", "1001.0.0"),
        ("jira.op(\"getServerIn\t", "\").version", "1001.0.0"),
        ("jira.search(\"project = OPS\", #{ li\t", "1 }).all().len()", "1"),
        ("jira(#{ dep\t", "\"server\" }).deployment", "server"),
        ("read_json(\"no\t", "\").from", "a file"),
        ("load li\t", "", ""),
        ("load\t", "", "99"),
    ] {
        prompt.keys(typed);
        holds(&prompt.enter(rest), &[shown]);
    }
}

#[test]
fn tab_lists_verbs_with_their_sentence() {
    let (mut prompt, _home) = prompt(&["--sandbox"]);
    prompt.enter("let jira = jira();");
    let verbs = ["transition(key, name, options)  Moves the issue `key`", "transitions(key)  "];
    lists(&mut prompt, "jira.tran", &verbs);
    lists(&mut prompt, "jira.api.getIssueT", &["getIssueType ", "GET /rest/api/3/issuetype/{id}"]);
    lists(&mut prompt, "jira.search(\"\", #{ ", &["fields", "expand", "limit"]);
}

#[test]
fn tab_completes_saved_sessions() {
    let jira = Practice::server();
    let home = tempfile::tempdir().expect("a temporary folder");
    let start =
        start(home.path(), &["--no-color"]).env("TIELINE_STORE", "file").env("TIELINE_PASSPHRASE", "hunter2-secret");
    let mut prompt = start.env("TIELINE_JIRA_SERVER", &jira.url).env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira").begin();
    prompt.enter("jira().save_session(\"workplace\");");
    for (typed, rest) in [("jira(\"wor\t", "\").service"), ("jira(#{ session: \"wor\t", "\" }).service")] {
        prompt.keys(typed);
        assert_eq!(prompt.enter(rest).trim(), "jira");
    }
}
