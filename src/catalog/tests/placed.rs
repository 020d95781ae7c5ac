//! Calls, argument by argument: what would be sent, and what is refused.

use super::super::{Placed, api, place};
use crate::{error::Result, json::parse};

/// Calls an operation with arguments written as JSON.
fn call(name: &str, id: &str, arguments: &str) -> Result<Placed> {
    let operation = api(name).unwrap().operation(id).unwrap();
    place(&operation, parse(arguments.as_bytes()).unwrap().as_object().unwrap())
}

/// Calls an operation and writes down all that would be sent.
fn sent(name: &str, id: &str, arguments: &str) -> String {
    let placed = call(name, id, arguments).unwrap();
    let mut text = format!("{} {}", placed.method, placed.path);
    for (what, list) in [("?", &placed.query), ("headers:", &placed.headers), ("form:", &placed.form)] {
        if !list.is_empty() {
            let pairs: Vec<String> = list.iter().map(|(name, value)| format!("{name}={value}")).collect();
            text.push_str(&[" ", what, " ", &pairs.join(" ")].concat());
        }
    }
    text += &placed.media_type.map(|media| format!(" {media}")).unwrap_or_default();
    text += &placed.body.map(|body| format!(" body {body}")).unwrap_or_default();
    text += &placed.files.map(|files| format!(" files {files}")).unwrap_or_default();
    text
}

/// API, operation, arguments, and what is sent.
const SENT: &[[&str; 4]] = &[
    [
        "jira-cloud-v3",
        "getIssue",
        r#"{"issueIdOrKey": "OPS-1", "fields": ["summary", "status"], "expand": ["names", "changelog"]}"#,
        "GET /rest/api/3/issue/OPS-1 ? fields=summary fields=status expand=names,changelog",
    ],
    [
        "jira-dc",
        "addComment",
        r#"{"issueIdOrKey": "OPS-1", "body": {"body": "Hello"}}"#,
        r#"POST /rest/api/2/issue/OPS-1/comment application/json body {"body":"Hello"}"#,
    ],
    [
        "confluence-cloud-v1",
        "createAttachment",
        r#"{"id": 5, "comment": "new", "files": {"file": ["a.png", "b.png"]}}"#,
        "POST /wiki/rest/api/content/5/child/attachment form: comment=new minorEdit=false multipart/form-data \
             files {\"file\":[\"a.png\",\"b.png\"]}",
    ],
    [
        "bitbucket-cloud",
        "post_repositories_workspace_repo_slug_src",
        r#"{"workspace": "acme", "repo_slug": "app", "message": "Add", "files": {"docs/a.md": "a.md"}}"#,
        "POST /2.0/repositories/acme/app/src ? message=Add multipart/form-data files {\"docs/a.md\":\"a.md\"}",
    ],
    [
        "bitbucket-cloud",
        "post_repositories_workspace_repo_slug_src",
        r#"{"workspace": "acme", "repo_slug": "app", "files": "gone.md"}"#,
        "POST /2.0/repositories/acme/app/src ? files=gone.md",
    ],
    [
        "slack-web",
        "chat.postMessage",
        r#"{"channel": "C1", "text": "a b", "blocks": [{"type": "divider"}], "mrkdwn": false}"#,
        "POST /api/chat.postMessage form: blocks=[{\"type\":\"divider\"}] channel=C1 mrkdwn=false text=a b \
             application/x-www-form-urlencoded",
    ],
    ["slack-web", "users.setActive", "{}", "POST /api/users.setActive"],
    [
        "upm",
        "installPluginFromUri",
        r#"{"token": "1", "body": {"pluginUri": "https://x/y.jar"}}"#,
        "POST /rest/plugins/1.0/ ? token=1 headers: Accept=application/json \
             application/vnd.atl.plugins.install.uri+json body {\"pluginUri\":\"https://x/y.jar\"}",
    ],
    [
        "jira-cloud-v3",
        "createProjectAvatar",
        r#"{"projectIdOrKey": "OPS", "files": {"body": "logo.png"}}"#,
        r#"POST /rest/api/3/project/OPS/avatar2 files {"body":"logo.png"}"#,
    ],
    [
        "jira-cloud-agile",
        "deleteRemoteLinksByProperty",
        r#"{"params": {"account": "A", "n": 1}}"#,
        "DELETE /rest/remotelinks/1.0/bulkByProperties ? account=A n=1",
    ],
    ["trello", "get-boards-id", r#"{"id": "b1", "fields": "name,url"}"#, "GET /1/boards/b1 ? fields=name,url"],
    [
        "bamboo-dc",
        "getBuild",
        r#"{"projectKey": "OPS", "buildKey": "MAIN", "buildNumber": 12, "expand": null}"#,
        "GET /rest/api/latest/result/OPS-MAIN-12",
    ],
];

#[test]
fn every_argument_goes_where_it_belongs() {
    for [api, id, arguments, expected] in SENT {
        assert_eq!(sent(api, id, arguments), *expected);
    }
}

/// API, operation, arguments, the message after `Client error: `, and the hint.
const REFUSED: &[(&str, &str, &str, &str, Option<&str>)] = &[
    ("jira-dc", "getIssue", "{}", "getIssue needs 'issueIdOrKey' (a string)", None),
    (
        "jira-dc",
        "getIssue",
        r#"{"isueIdOrKey": "OPS-1"}"#,
        "getIssue has no parameter 'isueIdOrKey'",
        Some("did you mean 'issueIdOrKey'?"),
    ),
    (
        "jira-dc",
        "getIssue",
        r#"{"issueIdOrKey": "OPS-1", "xyzzy": 1}"#,
        "getIssue has no parameter 'xyzzy'",
        Some("it takes: expand, issueIdOrKey, fields, updateHistory, properties"),
    ),
    ("jira-dc", "getConfiguration", r#"{"x": 1}"#, "getConfiguration has no parameter 'x'", Some("it takes: boardId")),
    ("jira-cloud-v3", "countIssues", "{}", "countIssues needs 'body' (a map)", None),
    ("tempo-v4", "createTeam", r#"{"body": {}}"#, "createTeam needs 'name' in 'body' (a string)", None),
    (
        "jira-cloud-v3",
        "addAttachment",
        r#"{"issueIdOrKey": "OPS-1"}"#,
        "addAttachment needs 'files' with the path of 'file'",
        None,
    ),
    (
        "jira-cloud-v3",
        "addAttachment",
        r#"{"issueIdOrKey": "OPS-1", "files": {"file": "a", "fiel": "b"}}"#,
        "addAttachment has no file part 'fiel'",
        Some("did you mean 'file'?"),
    ),
    (
        "trello",
        "post-cards-id-attachments",
        r#"{"id": "c", "files": "a.txt"}"#,
        "post-cards-id-attachments refuses 'files': it must be a map of part names to paths",
        None,
    ),
    (
        "jira-dc",
        "put_2",
        r#"{"key": "a", "If-Match": "x\r\nCookie: y", "body": {}}"#,
        "put_2 refuses 'If-Match': it must be one line without control characters",
        None,
    ),
    (
        "jira-cloud-agile",
        "deleteRemoteLinksByProperty",
        r#"{"params": "a"}"#,
        "deleteRemoteLinksByProperty refuses 'params': it must be a map, not \"a\"",
        None,
    ),
];

#[test]
fn refusals_say_what_would_be_right() {
    for (api, id, arguments, message, hint) in REFUSED {
        let error = call(api, id, arguments).unwrap_err();
        assert_eq!(error.message, format!("Client error: {message}"));
        assert_eq!(error.hint.as_deref(), *hint, "{message}");
    }
}
