//! What is kept of what was typed.

use super::{holds, prompt, start};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

#[test]
fn what_was_typed_is_there_the_next_time() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut first = start(home.path(), &["--no-color"]).begin();
    first.enter("1111 + 1");
    first.enter("2222 + 2");
    assert_eq!(first.history(), "1111 + 1\n2222 + 2\n");
    let folder = home.path().join(".local/state/tieline");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&folder.join("history"))), (0o700, 0o600));
    let mut second = start(home.path(), &["--no-color"]).begin();
    second.keys("\x1b[A\x1b[A");
    second.sees("1111 + 1");
    holds(&second.enter(""), &["1112"]);
    second.control('r');
    second.keys("222");
    second.sees("2222 + 2");
    holds(&second.enter(""), &["2224"]);
}

#[test]
fn the_history_holds_no_secret() {
    let (mut prompt, _home) = prompt(&[]);
    let given = r#"let j = jira(#{ server: "http://127.0.0.1:9", deployment: "server", token: "tok-1234567890" });"#;
    holds(&prompt.enter(given), &["not kept in the history"]);
    prompt.enter("let found = \"hunter2-secret\";");
    prompt.enter(r#"let k = jira(#{ server: "http://127.0.0.1:9", deployment: "server", token: found });"#);
    prompt.enter("1 + 1");
    let history = prompt.history();
    assert!(!history.contains("tok-1234567890") && !history.contains("hunter2-secret"), "{history}");
    holds(&history, &["let found = \"••••\";", "1 + 1"]);
}
