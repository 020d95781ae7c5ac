//! The recorded bodies of real services: each converts, and no word of it is gone.
// The counts are shown with `--nocapture`.
#![allow(clippy::print_stdout)]

use crate::{
    json::{Json, parse},
    richtext::{adf::valid::valid, adf_to_markdown, markdown_to_adf, storage_to_markdown, wiki_to_markdown},
};
use std::{collections::BTreeSet, path::Path};

/// Returns what servers answered and were sent, as JSON, one value an exchange.
fn recorded(file: &str) -> Vec<Json> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traffic").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| {
        panic!("the recorded answers are needed at {}: {e}", path.display());
    });
    let exchanges = text.lines().map(|line| parse(line.as_bytes()).unwrap());
    let bodies = exchanges.flat_map(|x| ["body", "request_body"].map(|key| x.get(key).cloned().unwrap_or(Json::Null)));
    // A body is JSON or the text of it; other bodies hold no rich text.
    bodies.filter_map(|body| body.as_str().map_or(Some(body.clone()), |text| parse(text.as_bytes()).ok())).collect()
}

/// Calls `see` with each value inside and its key.
fn walk<'a>(json: &'a Json, key: &'a str, see: &mut dyn FnMut(&'a str, &'a Json)) {
    see(key, json);
    match json {
        Json::Array(items) => items.iter().for_each(|item| walk(item, key, see)),
        Json::Object(object) => object.iter().for_each(|(key, value)| walk(value, key, see)),
        _ => {}
    }
}

/// Collects, each once, what `pick` finds in a file.
fn collect(file: &str, pick: impl Fn(&str, &Json) -> Option<Json>) -> Vec<Json> {
    let bodies = recorded(file);
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for body in &bodies {
        walk(body, "", &mut |key, value| out.extend(pick(key, value).filter(|v| seen.insert(v.to_string()))));
    }
    out
}

/// Returns the text of a document without blanks: its text nodes, and what stands for other nodes.
fn text_of(document: &Json) -> String {
    let mut out = String::new();
    let mut see = |key: &str, value: &Json| {
        if key == "text" {
            out.push_str(value.as_str().unwrap_or_default());
        }
    };
    walk(document, "", &mut see);
    out.split_whitespace().collect()
}

#[test]
fn recorded_documents_keep_all_text() {
    let is_document = |json: &Json| {
        json.get("type").and_then(Json::as_str) == Some("doc") && json.get("content").and_then(Json::as_array).is_some()
    };
    let documents = collect("jira.jsonl", |_, value| is_document(value).then(|| value.clone()));
    for document in &documents {
        let markdown = adf_to_markdown(document).unwrap();
        let again = markdown_to_adf(&markdown.value);
        assert_eq!(valid(&again.value), Ok(()), "{document}");
        let (before, after) = (text_of(document), text_of(&again.value));
        // A part that became text says more than before, and that is told.
        assert!(
            before == after || !markdown.lost.is_empty() && after.len() >= before.len(),
            "{document}\n{}",
            markdown.value
        );
    }
    println!("{} documents", documents.len());
    assert!(documents.len() >= 5, "the recorded answers hold only {} documents", documents.len());
}

/// Returns the words of a text: what is left when marks are taken away.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}

#[test]
fn recorded_wiki_texts_keep_all_words() {
    let keys = ["description", "body", "comment", "environment"];
    let texts =
        collect("jira.jsonl", |key, value| (keys.contains(&key) && value.as_str().is_some()).then(|| value.clone()));
    for text in texts.iter().filter_map(Json::as_str) {
        let markdown = wiki_to_markdown(text);
        if markdown.lost.is_empty() && !text.contains(['{', '&']) {
            assert_eq!(sorted(words(text)), sorted(words(&markdown.value)), "{text}\n{}", markdown.value);
        }
    }
    println!("{} wiki texts", texts.len());
    assert!(texts.len() >= 100, "the recorded answers hold only {} wiki texts", texts.len());
}

/// Sorts words and leaves out what repeats: a link's address may stand twice.
fn sorted(words: Vec<&str>) -> BTreeSet<&str> {
    words.into_iter().filter(|word| !matches!(*word, "x26" | "x27" | "h1" | "h2" | "h3" | "h4")).collect()
}

#[test]
fn recorded_pages_become_markdown() {
    let storage = |key: &str, value: &Json| {
        let is_storage = key == "storage" || value.get("representation").and_then(Json::as_str) == Some("storage");
        value.get("value").filter(|value| is_storage && value.as_str().is_some()).cloned()
    };
    let pages = collect("confluence.jsonl", storage);
    for page in pages.iter().filter_map(Json::as_str) {
        let markdown = storage_to_markdown(page);
        assert_eq!(page.is_empty(), markdown.value.is_empty(), "{page}\n{}", markdown.value);
    }
    println!("{} pages", pages.len());
    assert!(pages.len() >= 5, "the recorded answers hold only {} pages", pages.len());
}
