//! Completion in the shells themselves, where they are installed.

use crate::common::{tieline, wait};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// A shell with what makes it show the names that it would offer: the program is the first argument, the words of the
/// line are the others.
type Shell = (&'static str, &'static [&'static str], &'static str);

const BASH: Shell = (
    "bash",
    &["--norc", "--noprofile", "-c"],
    r#"source <("$0" completions bash)
       COMP_WORDS=("$0" "$@"); COMP_CWORD=$#
       _tieline_names "$0" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
       printf '%s\n' "${COMPREPLY[@]}""#,
);

/// Outside of a real completion the functions that take part in one are played.
const ZSH: Shell = (
    "zsh",
    &["-f", "-c"],
    r#"compdef() { }
       compadd() { [[ $1 == -- ]] && shift; print -rl -- "$@" }
       _arguments() { print -r -- "$@" }
       eval "$("$0" completions zsh)"
       words=("$0" "$@"); CURRENT=${#words}
       _tieline"#,
);

const FISH: Shell = (
    "fish",
    &["--no-config", "-c"],
    r#"set -x PATH (path dirname $argv[1]) $PATH
       $argv[1] completions fish | source
       complete -C "tieline $argv[2..-1]""#,
);

/// Returns what a shell offers for the last of `words`; nothing if it is not installed.
fn offered((shell, flags, text): Shell, words: &[&str]) -> Option<Vec<String>> {
    let mut command = Command::new(shell);
    command.args(flags).arg(text).arg(env!("CARGO_BIN_EXE_tieline")).args(words);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(child) = command.spawn() else {
        // Not by a macro: this is to be seen although the test passes.
        let _ =
            std::io::stderr().write_all(format!("\nSKIPPED: completion in {shell}, which is not here\n").as_bytes());
        return None;
    };
    let output = wait(child);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{shell} {words:?}");
    // Behind a tab fish says what the name is.
    let name = |line: &str| line.split('\t').next().unwrap_or_default().to_owned();
    Some(String::from_utf8_lossy(&output.stdout).lines().map(name).collect())
}

#[test]
fn shells_complete_services_operations_and_parameters() {
    for shell in [BASH, ZSH, FISH] {
        for (words, expected) in [
            (&["call", "jira", "getIssueLinkType"][..], &["getIssueLinkType", "getIssueLinkTypes"][..]),
            (&["--sandbox", "--jobs", "2", "call", "b"], &["bamboo", "bitbucket"]),
            (&["call", "jira", "getIssue", "--issue"], &["--issueIdOrKey"]),
            (&["call", "upm", "getPlugins", "--product", "b"], &["bamboo", "bitbucket"]),
            (&["call", "trello", "get-members="], &["get-members=id"]),
            (&["docs", "slack.chat_postM"], &["slack.chat_postMessage"]),
            (&["login", "te"], &["tempo"]),
        ] {
            let Some(found) = offered(shell, words) else { break };
            assert_eq!(found, expected, "{} {words:?}", shell.0);
        }
    }
}

#[test]
fn shells_complete_commands_and_flags_as_before() {
    for shell in [BASH, ZSH, FISH] {
        let Some(found) = offered(shell, &["--sim"]) else { continue };
        assert!(found.iter().any(|line| line.contains("--simulate")), "{} {found:?}", shell.0);
    }
    assert_eq!(offered(BASH, &["exp"]).unwrap_or_else(|| vec!["explain".to_owned()]), ["explain"]);
}

#[test]
fn what_shells_ask_is_answered_and_nothing_else_is_said() {
    tieline(&["complete", "--", "call", "upm", "getSafe"]).run().ok().prints("getSafeMode");
    tieline(&["complete", "--", "-q", "docs", "jira.whoa"]).run().ok().prints("");
    let all = tieline(&["complete", "--", "call", "jira", ""]).run().ok().out;
    assert!(all.lines().count() > 1000, "{all}");
    for words in [&["complete"][..], &["complete", "--", "frobnicate", ""], &["complete", "--", "call", "quux", ""]] {
        let run = tieline(words).run().ok();
        assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""), "{words:?}");
    }
    let help = tieline(&["--help"]).run().ok().out;
    assert!(!help.contains("  complete "), "{help}");
}
