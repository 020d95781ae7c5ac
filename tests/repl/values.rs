//! What is shown: values, errors, colours, the spinner, the pager.

use super::{holds, prompt, start};
use crate::common::practice::Practice;

#[test]
fn an_entry_shows_its_value() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut prompt = start(home.path(), &["--no-color"]).begin();
    assert_eq!(prompt.enter("40 + 2").trim(), "42");
    assert_eq!(prompt.enter("it * 2").trim(), "84");
    assert_eq!(prompt.enter("let x = 5;").trim(), "");
    assert_eq!(prompt.enter("it").trim(), "84", "what has no value is no last result");
    assert_eq!(prompt.enter("\"two words\"").trim(), "two words");
}

#[test]
fn values_are_shown_for_people() {
    let (mut prompt, _home) = prompt(&[]);
    holds(&prompt.enter(r#"[#{ key: "A-1", n: 1 }, #{ key: "A-2", n: 2 }]"#), &["KEY  N\r\nA-1  1\r\nA-2  2"]);
    holds(&prompt.enter("[1, 2, #{ a: () }]"), &[r#"[1, 2, {"a": null}]"#]);
    holds(
        &prompt.enter("let n = []; for i in 0..100 { n.push(i.to_string() + \"----------\"); } n"),
        &["… 60 more items", "(folded; json(it) shows all)"],
    );
    holds(&prompt.enter("|x| x"), &["a function"]);
}

#[test]
fn an_issue_is_shown_without_what_it_has_not() {
    let (mut prompt, _home) = prompt(&["--sandbox"]);
    let shown = prompt.enter("jira().issue(\"OPS-1\")");
    holds(&shown, &["\"summary\": ", " members without a value", "(folded; json(it) shows all)"]);
    assert!(!shown.contains("\"duedate\": null"), "{shown}");
}

#[test]
fn a_secret_and_a_connection_do_not_tell_what_they_hold() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut prompt = start(home.path(), &["--no-color"]).env("PIN", "hunter2-secret").begin();
    assert_eq!(prompt.enter("let s = secret(\"PIN\"); s").trim(), "••••");
    holds(&prompt.enter("[s, #{ a: s }]"), &["••••"]);
    let shown = prompt.enter(r#"jira(#{ server: "http://127.0.0.1:9/base", deployment: "server", token: s })"#);
    assert_eq!(shown.trim(), "jira(http://127.0.0.1:9/base)");
    holds(&prompt.enter("[it]"), &["[jira(http://127.0.0.1:9/base)]"]);
}

#[test]
fn the_beginning_of_a_list_is_shown_and_stays_in_it() {
    let jira = Practice::server();
    let home = tempfile::tempdir().expect("a temporary folder");
    let start = start(home.path(), &["--no-color"]).env("TIELINE_JIRA_SERVER", &jira.url);
    let mut prompt = start.env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira").begin();
    prompt.enter("let jira = jira();");
    let shown =
        prompt.enter(r#"jira.pages("/rest/api/2/search", #{ jql: "project = OPS ORDER BY key", maxResults: 25 })"#);
    holds(&shown, &["KEY ", "SUMMARY ", "OPS-20 ", "(the first 20; there may be more: it.all() reads the whole list)"]);
    assert!(!shown.contains("OPS-21 "), "{shown}");
    let searches = || jira.lines().iter().filter(|line| line.contains("/search")).count();
    assert_eq!(searches(), 1, "no more is fetched than is shown");
    assert_eq!(prompt.enter("it.all().len()").trim(), "90");
}

#[test]
fn an_error_has_its_place_and_what_was_declared_stays() {
    let (mut prompt, _home) = prompt(&[]);
    for line in ["fn broken(x) {", "  x.nothing.more"] {
        prompt.keys(&format!("{line}\r"));
        prompt.sees("...> ");
    }
    prompt.enter("}");
    let shown = prompt.enter("let kept = 5; let y = kept + nobody_knows();");
    holds(&shown, &["error: ", " --> input:1:30\r\n", "1 | let kept = 5;", "  |                              ^"]);
    assert_eq!(prompt.enter("kept").trim(), "5");
    let shown = prompt.enter("broken(1)");
    holds(&shown, &["2 |   x.nothing.more", "calling broken"]);
    holds(&prompt.enter("let = 1"), &["1 | let = 1"]);
    assert_eq!(prompt.enter("kept + 1").trim(), "6");
}

#[test]
fn colours_are_there_unless_refused() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let keyword = "\x1b[35mlet\x1b[0m";
    let mut prompt = start(home.path(), &[]).unchanged().begin();
    prompt.keys("let x = 1");
    prompt.sees(keyword);
    for refused in [start(home.path(), &["--no-color"]), start(home.path(), &[]).env("NO_COLOR", "1")] {
        let mut prompt = refused.unchanged().begin();
        let shown = prompt.enter("let x = 1; #{ a: \"b\" }");
        assert!(!shown.contains("\x1b[3"), "{shown:?}");
    }
}

#[test]
fn what_takes_long_has_a_spinner_that_goes() {
    let (mut prompt, home) = prompt(&[]);
    prompt.keys("sleep(1.5); 7\r");
    prompt.sees("working; Ctrl-C stops it");
    prompt.sees("7\r\n");
    prompt.sees("tieline> ");
    let quick = prompt.enter("sleep(0.1); 8");
    assert!(!quick.contains("working"), "{quick}");
    let mut quiet = start(home.path(), &["--no-color", "-q"]).begin();
    let shown = quiet.enter("sleep(1.0); 9");
    assert!(!shown.contains("working"), "{shown}");
}

#[test]
fn long_output_goes_through_the_pager() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let start = start(home.path(), &["--no-color"]).env("PAGER", "sed 's/^/paged: /'");
    let mut prompt = start.begin();
    let long = r#"let lines = []; for i in 0..40 { lines.push(`line ${i}`); } lines.join("\n")"#;
    holds(&prompt.enter(long), &["paged: line 0\r\n", "paged: line 39\r\n"]);
    assert_eq!(prompt.enter("\"short\"").trim(), "short");
    let mut plain = self::start(home.path(), &["--no-color"]).env("PAGER", "no-such-pager-anywhere").begin();
    holds(&plain.enter(long), &["line 0\r\n", "line 39\r\n"]);
}
