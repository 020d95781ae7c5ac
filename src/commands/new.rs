//! `tieline new NAME`: a script to begin with, and a test of it that passes.

use crate::{
    context::Context,
    error::{Error, Result},
};
use std::{
    fs::{DirBuilder, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

/// The script; `NAME` and `FILE` stand for its own.
const SCRIPT: &str = r#"#!/usr/bin/env tieline
//! Lists the open issues of a project, the latest change first.
//! Usage: tieline FILE --project OPS

let opt = params(#{
    project: "Project key",
    limit:   #{ help: "The most issues that are shown", "default": 20 },
});

/// Returns at most `limit` open issues of `project`.
fn open_issues(jira, project, limit) {
    let jql = `project = "${project}" AND statusCategory != Done ORDER BY updated DESC`;
    jira.search(jql, #{ fields: ["summary", "status"], limit: limit }).all()
}

let issues = open_issues(jira(), opt.project, opt.limit);
table(issues, ["key", "fields.summary", "fields.status.name"]);
"#;

/// The test.
const TEST: &str = r#"// Tests of FILE, against servers that are made up here: `tieline test` runs them.

import "../NAME" as script;

fn test_open_issues() {
    let server = fake([#{
        expect: "GET /rest/api/2/search?jql=project%20%3D%20%22OPS%22%20AND%20statusCategory%20!%3D%20Done%20ORDER%20BY%20updated%20DESC&fields=summary,status&maxResults=2",
        reply: #{ startAt: 0, maxResults: 2, total: 1, issues: [#{ key: "OPS-1", fields: #{ summary: "First" } }] },
    }]);
    let jira = jira(#{ server: server.url, token: "t", deployment: "server" });
    assert_eq(script::open_issues(jira, "OPS", 2).map(|issue| issue.key), ["OPS-1"]);
}
"#;

/// The folder of the test, beside the script, where `tieline test` looks.
const FOLDER: &str = "tests";

/// Writes the script called `name` and its test. Never over a file that is there.
pub(super) fn run(context: &Context, name: &str) -> Result<u8> {
    let script = script_at(name)?;
    let file = script.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = script.parent().unwrap_or(Path::new("")).join(FOLDER);
    let test = folder.join(&file);
    for path in [&script, &test] {
        if path.exists() {
            return Err(is_there(path));
        }
    }
    let named = |text: &str| text.replace("FILE", &file).replace("NAME", file.trim_end_matches(".rhai"));
    DirBuilder::new().recursive(true).create(&folder).map_err(|e| cannot("make", &folder, &e))?;
    write_new(&script, &named(SCRIPT), true)?;
    write_new(&test, &named(TEST), false)?;
    let (script, test) = (script.display(), test.display());
    context.print(&format!("wrote {script} and {test}"));
    context.note(&format!(
        "tieline --sandbox {script} --project OPS  tries it; tieline test {test}  tests it; tieline check {script}  reads it"
    ));
    Ok(0)
}

fn script_at(name: &str) -> Result<PathBuf> {
    let path = Path::new(name.strip_suffix(".rhai").unwrap_or(name));
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if file.is_empty() || file.starts_with(['-', '.']) || !file.chars().all(plain) {
        return Err(Error::client(format_args!("\"{name}\" cannot be the name of a script"))
            .hint("letters, digits, - and _ can, such as released-issues"));
    }
    Ok(path.with_file_name(format!("{file}.rhai")))
}

fn is_there(path: &Path) -> Box<Error> {
    Error::client(format_args!("{} is there already", path.display())).hint("choose another name; nothing was written")
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Box<Error> {
    Error::client(format_args!("cannot {what} {}: {error}", path.display()))
}

/// Writes a file that is not there yet, one that can be run if it is to be.
pub(super) fn write_new(path: &Path, text: &str, runs: bool) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if runs { 0o755 } else { 0o644 });
    let written = options.open(path).and_then(|mut out| out.write_all(text.as_bytes()));
    written.map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => is_there(path),
        _ => cannot("write", path, &e),
    })
}
