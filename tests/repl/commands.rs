//! The commands of the prompt.

use super::{holds, prompt, start};
use crate::common::{project, tieline};
use std::{fs, os::unix::fs::PermissionsExt};

#[test]
fn help_explains_and_find_finds() {
    let (mut prompt, _home) = prompt(&["--sandbox"]);
    holds(&prompt.enter("help"), &["`it`", "find WORDS", "save FILE"]);
    let verb = ["search(jql, options)", "Lists the issues that match `jql`", "Example: "];
    holds(&prompt.enter("help jira.search"), &verb);
    holds(&prompt.enter("help search"), &verb);
    holds(&prompt.enter("help nothing_like_it"), &["error: Client error: there is nothing called `nothing_like_it`"]);
    holds(&prompt.enter("find transition issue"), &["jira.transition(key, name, options)"]);
    holds(&prompt.enter("find"), &["`find` takes WORDS"]);
    holds(&prompt.enter("fn mine(a) { a }"), &[]);
    holds(&prompt.enter("help mine"), &["mine(a)"]);
}

#[test]
fn a_word_that_is_nearly_a_command_is_pointed_out() {
    let (mut prompt, _home) = prompt(&[]);
    holds(&prompt.enter("hepl"), &["there is no variable `hepl`", "hint: did you mean the command `help`?"]);
    holds(&prompt.enter("hlep jira"), &["hint: did you mean the command `help`?"]);
    holds(&prompt.enter("? table"), &["table(rows, columns)"]);
    holds(&prompt.enter("help cookbook"), &["export-issues: "]);
}

#[test]
fn types_variables_and_times_are_told() {
    let (mut prompt, _home) = prompt(&[]);
    holds(&prompt.enter("vars"), &["there are no variables yet"]);
    prompt.enter("let list = [1, 2, 3];");
    assert_eq!(prompt.enter("type list").trim(), "array of 3 items");
    assert_eq!(prompt.enter("type list[0]").trim(), "int");
    holds(&prompt.enter("vars"), &["list  array of 3 items"]);
    let shown = prompt.enter("time sleep(0.3); 5");
    let seconds = shown.trim().strip_prefix("5\r\n").and_then(|line| line.strip_suffix(" s"));
    assert!(seconds.and_then(|s| s.parse::<f64>().ok()).is_some_and(|s| s >= 0.3), "{shown}");
    prompt.enter("let vars = 12; let type = 13;");
    assert_eq!(prompt.enter("vars").trim(), "12", "a variable goes before a command");
}

#[test]
fn edit_opens_the_editor_and_runs_the_text() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let script = home.path().join("editor");
    fs::write(&script, "#!/bin/sh\nls -l \"$1\" > seen; sed 's/1/4/' \"$1\" > new; cat new > \"$1\"\n")
        .expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("it can run");
    let start = start(home.path(), &["--no-color"]).env("VISUAL", script.to_str().expect("a path"));
    let mut prompt = start.begin();
    prompt.enter("10 + 2");
    assert_eq!(prompt.enter("edit").trim(), "40 + 2\r\n42");
    assert_eq!(prompt.enter("edit 1 + 1").trim(), "4 + 1\r\n5");
    let seen = fs::read_to_string(home.path().join("seen")).expect("what the editor saw");
    assert!(seen.starts_with("-rw-------"), "{seen}");
    let left: Vec<_> = fs::read_dir(home.path().join(".local/state/tieline")).expect("a folder").flatten().collect();
    assert_eq!(left.len(), 1, "only the history stays: {left:?}");
}

#[test]
fn what_went_well_becomes_a_script_that_runs() {
    let (mut prompt, home) = prompt(&[]);
    prompt.write("lib.rhai", "#!/usr/bin/env tieline\nfn twice(x) { x + x }\nfn fails(x) {\n    x.nothing.here\n}\n");
    prompt.enter("let word = \"tie\"");
    prompt.enter("load lib.rhai");
    prompt.enter("not_there + 1");
    prompt.enter("let key = #{ token: \"tok-1234567890\" };");
    prompt.enter("twice(word)");
    prompt.enter("print(it + \"line\")");
    holds(&prompt.enter("save session.rhai"), &["saved 5 entries to session.rhai; 1 that failed left out"]);
    holds(&prompt.enter("save session.rhai"), &["session.rhai is there already"]);
    let text = fs::read_to_string(home.path().join("session.rhai")).expect("the script");
    holds(&text, &["#!/usr/bin/env tieline\n//! ", "params(#{", "token: opt.token"]);
    assert!(!text.contains("tok-1234567890") && !text.contains("not_there"), "{text}");
    let words = ["session.rhai", "--word", "tele", "--token", "abcd-efgh"];
    tieline(&words).file("session.rhai", &text).run().ok().prints("teleteleline");
}

#[test]
fn a_script_is_loaded_and_its_errors_have_its_name() {
    let home = tempfile::tempdir().expect("a temporary folder");
    fs::write(home.path().join("lib.rhai"), "fn fails(x) {\n    x.nothing.here\n}\nlet from_file = 11;\n")
        .expect("a script");
    let mut prompt = start(home.path(), &["--no-color", "repl", "--load", "lib.rhai"]).begin();
    assert_eq!(prompt.enter("from_file").trim(), "11");
    holds(&prompt.enter("fails(1)"), &["lib.rhai:2:", "2 |     x.nothing.here"]);
    holds(&prompt.enter("load nowhere.rhai"), &["cannot read nowhere.rhai"]);
    let scripts = project("scripts");
    holds(&prompt.enter(&format!("load {}", scripts.display())), &["cannot read "]);
}
