//! `tieline self-check`: what it says of this place, and that it shows no secret.

use crate::common::{Tieline, practice::Practice, tieline};
use serde_json::Value;
use std::fs;

/// Saves a session in an encrypted file and returns the folder that it lies in.
fn saved(site: &Practice, more: &[&str]) -> tempfile::TempDir {
    let words = ["login", "jira", "--store", "file", "--server", &site.url, "--token", "pat-sandbox-mira"];
    let (run, home) = protected(tieline(&[&words[..], more].concat())).keep();
    run.ok();
    home
}

fn protected(run: Tieline) -> Tieline {
    run.env("TIELINE_PASSPHRASE", "hunter2-secret")
}

/// Returns the state and the words of each line.
fn lines(run: &str) -> Vec<(String, String, String)> {
    let rows: Value = serde_json::from_str(run).expect("JSON");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let rows = rows.as_array().expect("a list").iter();
    rows.map(|row| (text(row, "what"), text(row, "state"), text(row, "about"))).collect()
}

fn state(lines: &[(String, String, String)], what: &str) -> (String, String) {
    let line = lines.iter().find(|line| line.0 == what).unwrap_or_else(|| panic!("{what} in {lines:?}"));
    (line.1.clone(), line.2.clone())
}

fn check(home: &tempfile::TempDir, words: &[&str]) -> (i32, Vec<(String, String, String)>) {
    let words = [&["self-check", "--output", "json"], words].concat();
    let config = home.path().join(".config").to_string_lossy().into_owned();
    let run = protected(tieline(&words)).env("XDG_CONFIG_HOME", &config).run();
    (run.code, lines(&run.out))
}

#[test]
fn an_empty_place_is_no_trouble() {
    let run = tieline(&["self-check"]).run().ok();
    for part in
        ["ok     version       tieline 0.", "none   terminal", "none   proxy", "ok     certificates", "none   sessions"]
    {
        assert!(run.out.contains(part), "{part} in {}", run.out);
    }
    let version = tieline(&["--version"]).run().ok().out;
    assert!(version.starts_with(&format!("tieline {}", env!("CARGO_PKG_VERSION"))), "{version}");
}

#[test]
fn saved_sessions_are_verified_only_if_that_is_asked_for() {
    let site = Practice::server();
    let home = saved(&site, &[]);
    let before = site.lines().len();
    let (code, found) = check(&home, &[]);
    let (word, about) = state(&found, "session jira");
    assert!(code == 0 && word == "ok" && about.contains("in the session file; --online asks the server"), "{found:?}");
    assert_eq!(site.lines().len(), before, "nothing is sent");
    let (code, found) = check(&home, &["--online"]);
    let (word, about) = state(&found, "session jira");
    assert!(code == 0 && word == "ok" && about.contains("Mira"), "{found:?}");
    assert!(site.lines().len() > before);
}

#[test]
fn what_does_not_work_is_told_with_the_way_out() {
    let site = Practice::server();
    let home = saved(&site, &["--expires", "2020-01-31"]);
    let (code, found) = check(&home, &[]);
    assert_eq!((code, state(&found, "session jira").0.as_str()), (1, "wrong"), "{found:?}");
    let run = tieline(&["--ca", "nowhere.pem", "self-check"]).run().ends(1);
    assert!(run.out.contains("wrong  certificates  `ca`: cannot use nowhere.pem"), "{}", run.out);
    let run = tieline(&["self-check"]).env("HTTPS_PROXY", "http://me:hunter2-secret@proxy.example:3128").run().ok();
    assert!(run.out.contains("ok     proxy         http://proxy.example:3128 (from HTTPS_PROXY)"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn folders_that_others_can_read_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().expect("a folder");
    let config = home.path().join("tieline");
    fs::create_dir(&config).expect("a folder");
    for (mode, word) in [(0o755, "wrong"), (0o700, "ok")] {
        fs::set_permissions(&config, fs::Permissions::from_mode(mode)).expect("its mode");
        let config = home.path().to_string_lossy().into_owned();
        let run = tieline(&["self-check", "--output", "json"]).env("XDG_CONFIG_HOME", &config).run();
        let (state, about) = state(&lines(&run.out), "settings");
        assert!(state == word && about.contains(&format!("mode {mode:o}")), "{about}");
    }
    assert_eq!(fs::read_dir(&config).expect("the folder").count(), 0, "nothing is left behind");
}
