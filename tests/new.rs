//! `tieline new`: a script that runs, and a test that passes.

use crate::common::tieline;
use std::{fs, process::Command};

/// Runs the built program in `folder`.
fn inside(folder: &std::path::Path, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
    let output = command.args(words).env_clear().env("HOME", folder).current_dir(folder).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_new_script_runs_is_clean_and_its_test_passes() {
    let (run, home) = tieline(&["new", "released-issues"]).keep();
    assert_eq!(run.ok().out, "wrote released-issues.rhai and tests/released-issues.rhai\n");
    let folder = home.path();
    let (code, out, err) = inside(folder, &["test"]);
    assert!(code == 0 && out.ends_with("1 passed, 0 failed\n"), "{out}{err}");
    let (code, out, _) = inside(folder, &["check", "released-issues.rhai", "tests"]);
    assert_eq!((code, out.as_str()), (0, "2 scripts checked: 0 errors, 0 warnings\n"));
    let words = ["--sandbox", "released-issues.rhai", "--project", "OPS", "--limit", "3"];
    let (code, out, err) = inside(folder, &words);
    assert!(code == 0 && out.matches("OPS-").count() == 3, "{out}{err}");
    let (code, out, _) = inside(folder, &["released-issues.rhai", "--help"]);
    assert!(code == 0 && out.starts_with("Lists the open issues") && out.contains("--limit NUMBER"), "{out}");
}

#[cfg(unix)]
#[test]
fn a_new_script_can_be_run_by_its_name() {
    use std::os::unix::fs::PermissionsExt;
    let (_, home) = tieline(&["new", "one"]).keep();
    let script = home.path().join("one.rhai");
    let mode = fs::metadata(&script).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o111, 0o111, "{mode:o}");
    assert!(fs::read_to_string(script).expect("it is there").starts_with("#!/usr/bin/env tieline\n"));
}

#[test]
fn nothing_is_overwritten() {
    let there = || tieline(&["new", "one"]).file("one.rhai", "mine");
    let (run, home) = there().keep();
    run.ends(2).says("Client error: one.rhai is there already").says("nothing was written");
    assert_eq!(fs::read_to_string(home.path().join("one.rhai")).expect("it is there"), "mine");
    let (run, home) = tieline(&["new", "one"]).folder_file("tests/one.rhai", "mine").keep();
    run.ends(2).says("tests/one.rhai is there already");
    assert!(!home.path().join("one.rhai").exists());
    for name in ["", "a b", "../", "-x"] {
        tieline(&["new", "--", name]).run().ends(2).says("cannot be the name of a script");
    }
}

#[test]
fn an_imported_script_with_parameters_is_not_run() {
    let script = "let opt = params(#{ key: \"A key\" });\nfn twice(x) { x + x }\nprint(\"it ran\");";
    let run = tieline(&["-e", "import \"script\" as s; s::twice(2)"]).file("script.rhai", script).run();
    run.ok().prints("4");
    let plain = "fn twice(x) { x + x }\nexport const LIMIT = 3;\nprint(\"it ran\");";
    let run = tieline(&["-e", "import \"plain\" as s; s::twice(s::LIMIT)"]).file("plain.rhai", plain).run();
    run.ok().prints("it ran\n6");
}
