//! What Jira accepts as a document, written down apart from the writer, to hold the writer by.

use crate::json::Json;

const INLINE: &[&str] = &["text", "hardBreak"];
const LISTS: &[&str] = &["bulletList", "orderedList"];

/// What each node may hold; each row joins its lists.
const HOLDS: &[(&str, &[&[&str]])] = &[
    (
        "doc",
        &[
            LISTS,
            &[
                "paragraph",
                "heading",
                "taskList",
                "codeBlock",
                "blockquote",
                "panel",
                "expand",
                "rule",
                "table",
                "mediaSingle",
            ],
        ],
    ),
    ("paragraph", &[INLINE]),
    ("heading", &[INLINE]),
    ("taskItem", &[INLINE]),
    ("codeBlock", &[&["text"]]),
    ("bulletList", &[&["listItem"]]),
    ("orderedList", &[&["listItem"]]),
    ("taskList", &[&["taskItem", "taskList"]]),
    ("listItem", &[LISTS, &["paragraph", "codeBlock", "mediaSingle"]]),
    ("blockquote", &[LISTS, &["paragraph", "codeBlock", "mediaSingle"]]),
    ("panel", &[LISTS, &["paragraph", "heading", "taskList", "codeBlock", "rule", "mediaSingle"]]),
    (
        "expand",
        &[
            LISTS,
            &["paragraph", "heading", "taskList", "codeBlock", "blockquote", "panel", "rule", "table", "mediaSingle"],
        ],
    ),
    (
        "nestedExpand",
        &[LISTS, &["paragraph", "heading", "taskList", "codeBlock", "blockquote", "panel", "rule", "mediaSingle"]],
    ),
    ("table", &[&["tableRow"]]),
    ("tableRow", &[&["tableHeader", "tableCell"]]),
    (
        "tableHeader",
        &[
            LISTS,
            &[
                "paragraph",
                "heading",
                "taskList",
                "codeBlock",
                "blockquote",
                "panel",
                "nestedExpand",
                "rule",
                "mediaSingle",
            ],
        ],
    ),
    (
        "tableCell",
        &[
            LISTS,
            &[
                "paragraph",
                "heading",
                "taskList",
                "codeBlock",
                "blockquote",
                "panel",
                "nestedExpand",
                "rule",
                "mediaSingle",
            ],
        ],
    ),
    ("mediaSingle", &[&["media"]]),
    ("rule", &[]),
    ("hardBreak", &[]),
    ("media", &[]),
    ("text", &[]),
];

/// What each node must say about itself.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("heading", &["level"]),
    ("panel", &["panelType"]),
    ("expand", &["title"]),
    ("nestedExpand", &["title"]),
    ("taskList", &["localId"]),
    ("taskItem", &["localId", "state"]),
    ("media", &["type", "url"]),
];

/// Nodes that may be empty.
const MAY_BE_EMPTY: &[&str] =
    &["doc", "paragraph", "heading", "taskItem", "codeBlock", "rule", "hardBreak", "media", "text"];

/// Refuses, with the place and the reason, what Jira would not accept.
pub(in crate::richtext) fn valid(document: &Json) -> Result<(), String> {
    let version = document.get("version").and_then(Json::as_int);
    let kind = document.get("type").and_then(Json::as_str);
    if (version, kind, document.get("content").is_some()) != (Some(1), Some("doc"), true) {
        return Err("the document's own members are wrong".into());
    }
    node(document, "doc")
}

fn node(json: &Json, kind: &str) -> Result<(), String> {
    let (_, allowed) = HOLDS.iter().find(|(k, _)| *k == kind).ok_or(format!("unknown node {kind}"))?;
    let content = json.get("content").and_then(Json::as_array).unwrap_or_default();
    if content.is_empty() && !MAY_BE_EMPTY.contains(&kind) {
        return Err(format!("{kind} is empty"));
    }
    let needed = ATTRIBUTES.iter().find(|(k, _)| *k == kind).map_or(&[][..], |(_, names)| names);
    if let Some(name) = needed.iter().find(|name| json.path(&["attrs", name]).is_none()) {
        return Err(format!("{kind} lacks {name}"));
    }
    if kind == "text" {
        text(json)?;
    }
    for (i, child) in content.iter().enumerate() {
        let name = child.get("type").and_then(Json::as_str).ok_or(format!("a child of {kind} has no type"))?;
        if !allowed.concat().contains(&name) {
            return Err(format!("{name} inside {kind}"));
        }
        if i == 0 && (kind == "listItem" && LISTS.contains(&name) || kind == "taskList" && name == "taskList") {
            return Err(format!("{name} comes first in {kind}"));
        }
        if kind == "codeBlock" && child.get("marks").is_some() {
            return Err("marks in a code block".into());
        }
        node(child, name).map_err(|e| format!("{kind} > {e}"))?;
    }
    Ok(())
}

fn text(json: &Json) -> Result<(), String> {
    if json.get("text").and_then(Json::as_str).is_none_or(str::is_empty) {
        return Err("empty text".into());
    }
    let Some(marks) = json.get("marks") else { return Ok(()) };
    let marks: Vec<&str> =
        marks.as_array().unwrap_or_default().iter().filter_map(|mark| mark.get("type")?.as_str()).collect();
    let known = ["link", "strong", "em", "strike", "underline", "subsup", "code"];
    if marks.is_empty() || marks.iter().enumerate().any(|(i, m)| !known.contains(m) || marks[..i].contains(m)) {
        return Err(format!("marks {marks:?}"));
    }
    if marks.contains(&"code") && marks.iter().any(|m| !matches!(*m, "code" | "link")) {
        return Err("code with other marks".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::valid;
    use crate::json::parse;

    #[test]
    fn what_jira_refuses_is_refused() {
        for (content, want) in [
            (r#"[{"type":"paragraph","content":[{"type":"text","text":""}]}]"#, "doc > paragraph > empty text"),
            (r#"[{"type":"text","text":"x"}]"#, "text inside doc"),
            (r#"[{"type":"bulletList","content":[]}]"#, "doc > bulletList is empty"),
            (r#"[{"type":"heading","content":[]}]"#, "doc > heading lacks level"),
        ] {
            let document = parse(format!(r#"{{"version":1,"type":"doc","content":{content}}}"#).as_bytes()).unwrap();
            assert_eq!(valid(&document), Err(want.to_owned()));
        }
    }
}
