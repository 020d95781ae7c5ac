//! Files up and down: streamed, whole or not at all.

use super::{prepared, run};
use crate::common::server::{json, reply, serve};
use std::fmt::Write as _;

/// The size of the large file.
const LARGE: usize = 80 * 1024 * 1024;

/// Code that returns the most memory, in KB, that the program itself has used.
const PEAK: &str = "let line = read_text(\"/proc/self/status\").lines().filter(|l| l.starts_with(\"VmHWM\"))[0]; line.split_regex(\"[^0-9]+\")[1].to_int()";

#[test]
fn parts_of_an_upload_say_what_they_are() {
    let server = serve(|_| json(200, r#"[{"id":"1"}]"#));
    let code = "jira().upload(\"/rest/wire/files?kind=a%20b\", \"note.png\", #{ part: \"attachment\", name: \"Żółć.png\", comment: \"two words\" })[0].id";
    prepared(&server.url, &[], code).file("note.png", "\u{1}PNG").run().ok().prints("1");
    let seen = server.last();
    assert_eq!(seen.line, "POST /rest/wire/files?kind=a+b");
    assert!(seen.header("content-type").starts_with("multipart/form-data; boundary="), "{seen:?}");
    assert_eq!(seen.header("x-atlassian-token"), "no-check");
    let body = seen.text();
    assert!(body.contains("name=\"comment\"\r\n\r\ntwo words\r\n"), "{body}");
    assert!(body.contains("name=\"attachment\"; filename=\"Żółć.png\"\r\nContent-Type: image/png\r\n"), "{body}");
    assert!(body.contains("\r\n\r\n\u{1}PNG\r\n"), "{body}");
}

#[test]
fn what_fills_the_path_of_an_upload_is_no_field() {
    let server = serve(|_| json(200, "{}"));
    let code = "jira().upload(\"/rest/wire/{id}/files\", \"note.txt\", #{ id: \"a/1\", comment: \"yes\" }); 1";
    prepared(&server.url, &[], code).file("note.txt", "x").run().ok();
    let seen = server.last();
    assert_eq!(seen.line, "POST /rest/wire/a%2F1/files");
    let body = seen.text();
    assert!(body.contains("name=\"comment\"") && !body.contains("name=\"id\""), "{body}");
}

#[test]
fn what_cannot_be_read_is_not_sent() {
    let server = serve(|_| json(200, "{}"));
    for (file, says) in [("nope.txt", "cannot send nope.txt"), (".", "it is a directory")] {
        run(&server.url, &format!("jira().upload(\"/rest/wire/files\", \"{file}\")"))
            .ends(2)
            .says("Client error: cannot send ")
            .says(says);
    }
    assert!(server.lines().is_empty());
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_never_whole_in_memory() {
    let content: Vec<u8> = (0..LARGE).map(|i| u8::try_from(i % 251).unwrap()).collect();
    let sent = content.clone();
    let server = serve(move |request| {
        if request.line.starts_with("POST") {
            assert!(request.body.len() > LARGE, "{}", request.body.len());
            return json(200, "{}");
        }
        reply(200, &[("content-type", "application/octet-stream")], &sent)
    });
    let code = format!(
        "let j = jira(); let size = j.download(\"/rest/wire/file\", \"big.bin\"); j.upload(\"/rest/wire/files\", \"big.bin\"); {PEAK}; `${{size}} ${{line.split_regex(\"[^0-9]+\")[1]}}`"
    );
    let ready = prepared(&server.url, &[], &code);
    let folder = ready.folder();
    let kept = ready.keep();
    let out = kept.0.ok().out;
    let (size, peak) = out.trim().split_once(' ').unwrap();
    assert_eq!(size, LARGE.to_string());
    assert!(peak.parse::<usize>().unwrap() < 64 * 1024, "the program used {peak} KB for a file of 80 MB");
    assert!(std::fs::read(folder.join("big.bin")).unwrap() == content, "the file is another one");
    drop(kept.1);
}

/// Runs a download into `new.bin` over an old file; returns what the run came to and what is in the folder afterwards.
fn fetched(server: &str, code: &str) -> (crate::common::Run, String) {
    let ready = prepared(server, &["--timeout", "2"], code).file("new.bin", "old");
    let folder = ready.folder();
    let (run, _home) = ready.keep();
    let mut listed = String::new();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names.iter().filter(|path| path.is_file()) {
        let _ = write!(listed, "{}={} ", path.file_name().unwrap().display(), std::fs::read_to_string(path).unwrap());
    }
    (run, listed)
}

const FETCH: &str = "jira().download(\"/rest/wire/file\", \"new.bin\")";

#[test]
fn a_download_replaces_the_old_file_only_when_it_is_whole() {
    let whole = serve(|_| reply(200, &[], "fresh"));
    let (run, left) = fetched(&whole.url, FETCH);
    run.ok().prints("5");
    assert_eq!(left, "new.bin=fresh ");
    let cut = serve(|_| b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nfres".to_vec()[..].to_vec());
    let (run, left) = fetched(&cut.url, FETCH);
    assert_eq!(run.code, 3, "{run:?}");
    assert_eq!(left, "new.bin=old ");
    let refused = serve(|_| json(404, r#"{"errorMessages":["No such file."]}"#));
    let (run, left) = fetched(&refused.url, FETCH);
    run.ends(3).says("No such file. Response code: 404.");
    assert_eq!(left, "new.bin=old ");
}

#[test]
fn a_download_that_cannot_be_written_says_so() {
    let server = serve(|_| reply(200, &[], "fresh"));
    run(&server.url, "jira().download(\"/rest/wire/file\", \"nowhere/new.bin\")")
        .ends(2)
        .says("Client error: cannot write nowhere/new.bin: ");
}

#[test]
fn a_download_takes_the_place_of_files_only() {
    let server = serve(|_| reply(200, &[], "fresh"));
    for place in [".", "/dev/null"] {
        run(&server.url, &format!("jira().download(\"/rest/wire/file\", \"{place}\")"))
            .ends(2)
            .says(&format!("Client error: cannot write {place}: it is no file"));
    }
    assert!(server.lines().is_empty());
}

#[test]
fn a_download_for_nobody_is_no_success() {
    let server = serve(|_| reply(200, &[("x-ausername", "anonymous")], "what everybody may see"));
    let (run, left) = fetched(&server.url, FETCH);
    run.ends(4).says("User is not authorized");
    assert_eq!(left, "new.bin=old ");
}
