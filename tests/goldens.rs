//! What a person sees of each kind of error: `tests/errors/NAME.rhai` and the standard error it makes, `NAME.stderr`.
//!
//! `UPDATE=1 cargo test goldens` writes the files anew.

use crate::common::{
    practice::Practice,
    project,
    server::{Request, json, reply, serve},
    tieline,
};
use std::{collections::BTreeSet, fs, path::Path, time::Duration};

/// Kinds of errors that must each have a golden file of their own name.
const KINDS: &[&str] = &[
    "client",
    "remote",
    "auth",
    "forbidden",
    "not_found",
    "conflict",
    "rate_limited",
    "timeout",
    "network",
    "cancelled",
];

/// Answers with the refusal that the path names.
fn refuse(request: &Request) -> Vec<u8> {
    let path = request.line.split(' ').nth(1).unwrap_or_default();
    match path.rsplit('/').next().unwrap_or_default() {
        "auth" => reply(401, &[], "<html><title>Unauthorized (401)</title></html>"),
        "forbidden" => json(403, r#"{"errorMessages":["You do not have permission to edit this issue."],"errors":{}}"#),
        "not_found" => json(404, r#"{"errorMessages":["Issue Does Not Exist"],"errors":{}}"#),
        "conflict" => json(409, r#"{"errorMessages":["The workflow is being edited by somebody else."]}"#),
        "rate_limited" => reply(429, &[("retry-after", "3600")], ""),
        "timeout" => {
            std::thread::sleep(Duration::from_secs(4));
            json(200, "{}")
        }
        "fields" => json(
            400,
            r#"{"errorMessages":[],"errors":{"summary":"You must specify a summary of the issue.","priority":"Priority name 'Huge' is not valid"}}"#,
        ),
        "page" => reply(200, &[("content-type", "text/html")], "<html><title>Log in - Jira</title></html>"),
        "scope" => json(401, r#"{"code":401,"message":"Unauthorized; scope does not match"}"#),
        "nowhere" => reply(404, &[("content-type", "text/html")], "<html><title>Page not found</title></html>"),
        "title" => json(
            400,
            r#"{"statusCode":400,"message":"com.atlassian.confluence.api.service.exceptions.BadRequestException: A page with this title already exists: A page already exists with the title Start in the space with key DOC"}"#,
        ),
        "version" => json(
            409,
            r#"{"statusCode":409,"message":"com.atlassian.confluence.api.service.exceptions.ConflictException: Version must be incremented on update. Current version is: 3"}"#,
        ),
        "network" => Vec::new(),
        _ => json(500, r#"{"errorMessages":["Internal server error"],"errors":{}}"#),
    }
}

/// Runs one script as a user would, in the folder of the scripts, and returns what standard error shows and the exit code.
fn shown(path: &Path) -> String {
    let (server, jira) = (serve(refuse), Practice::server());
    let text = fs::read_to_string(path).expect("a script");
    let url = if text.contains("// practice") { &jira.url } else { &server.url };
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let run = tieline(&["--timeout", "2", &name])
        .file(&name, &text)
        .file("helper.rhai", fs::read(project("tests/errors/lib/helper.rhai")).expect("the helper"))
        .env("TIELINE_JIRA_SERVER", url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run();
    let origin = url.trim_end_matches("/jira");
    // A verb may move within the library without a change of what its errors say.
    let library = regex::Regex::new(r"(stdlib/\w+\.rhai):\d+:\d+").expect("a pattern");
    let err = run.err.replace(origin, "http://SERVER");
    format!("{}exit code {}\n", library.replace_all(&err, "$1:LINE"), run.code)
}

#[test]
fn every_error_reads_as_it_should() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut names: Vec<_> = fs::read_dir(project("tests/errors"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "rhai"))
        .collect();
    names.sort();
    let mut wrong = Vec::new();
    for path in &names {
        let (shown, golden) = (shown(path), path.with_extension("stderr"));
        if update {
            fs::write(&golden, &shown).expect("the golden file is written");
        }
        let should = fs::read_to_string(&golden).unwrap_or_default();
        if shown != should {
            wrong.push(format!("{}\n--- should be\n{should}--- and is\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(names.len() >= 30, "{}", names.len());
}

#[test]
fn every_kind_has_its_golden_file() {
    let there: BTreeSet<String> = fs::read_dir(project("tests/errors"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    for kind in KINDS.iter().filter(|kind| **kind != "cancelled") {
        assert!(there.contains(&format!("{kind}.rhai")), "tests/errors/{kind}.rhai is missing");
    }
    for kind in KINDS {
        assert!(tieline::error::Kind::named(kind).is_some(), "{kind}");
    }
    for name in there.iter().filter(|name| name.ends_with(".stderr")) {
        assert!(there.contains(&name.replace(".stderr", ".rhai")), "{name} has no script");
    }
}
