//! What each vendor calls failure.

use crate::{error::Kind, json::Json};

fn text(body: &Json, key: &str) -> Option<String> {
    body.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn texts(list: &Json) -> Vec<String> {
    list.as_array().unwrap_or_default().iter().filter_map(|m| m.as_str().map(str::to_owned)).collect()
}

/// Jira, Confluence and Bamboo: `errorMessages`, `errors`, `message`, and the text of a bare string.
pub(super) fn atlassian(body: &Json) -> Vec<String> {
    let mut words = body.get("errorMessages").map(texts).unwrap_or_default();
    words.extend(match body.get("errors") {
        Some(Json::Object(fields)) => {
            fields.iter().map(|(field, why)| format!("{field}: {}", why.as_str().unwrap_or_default())).collect()
        }
        Some(list) => list
            .as_array()
            .unwrap_or_default()
            .iter()
            .filter_map(|e| text(e, "title").or_else(|| text(e, "message")))
            .collect(),
        None => Vec::new(),
    });
    // Bamboo: lists of words by the field they are about.
    if let Some(fields) = body.get("fieldErrors").and_then(Json::as_object) {
        words.extend(
            fields.iter().flat_map(|(field, why)| texts(why).into_iter().map(move |w| format!("{field}: {w}"))),
        );
    }
    words.extend(["message", "errorMessage", "error"].iter().filter_map(|key| text(body, key)));
    words.retain(|word| !word.is_empty());
    words.dedup();
    words
}

/// Bitbucket: Cloud has one `error` with `message` and `detail`, Data Center a list of `errors`.
pub(super) fn bitbucket(body: &Json) -> Vec<String> {
    let Some(error) = body.get("error").filter(|error| error.as_object().is_some()) else { return listed(body) };
    let mut words: Vec<String> = ["message", "detail"].iter().filter_map(|key| text(error, key)).collect();
    if let Some(detail) = error.get("detail") {
        words.extend(["required", "granted"].iter().filter_map(|key| {
            let scopes = texts(detail.get(key)?);
            (!scopes.is_empty()).then(|| format!("{key}: {}", scopes.join(", ")))
        }));
    }
    words
}

/// A list of `errors`, each with a `message`; else as [`atlassian`] does.
pub(super) fn listed(body: &Json) -> Vec<String> {
    let errors = body.get("errors").and_then(Json::as_array).unwrap_or_default();
    let words: Vec<String> = errors.iter().filter_map(|error| text(error, "message")).collect();
    if words.is_empty() { atlassian(body) } else { words }
}

/// Trello: plain text, or `message`.
pub(super) fn plain(body: &Json) -> Vec<String> {
    body.as_str().map_or_else(|| atlassian(body), |text| vec![text.to_owned()])
}

/// Slack: `error`, the scopes it needed, and what it says of the arguments.
pub(super) fn slack(body: &Json) -> Vec<String> {
    let mut words: Vec<String> = text(body, "error").into_iter().collect();
    words.extend(["needed", "provided"].iter().filter_map(|key| Some(format!("{key}: {}", text(body, key)?))));
    words.extend(body.get("response_metadata").and_then(|more| more.get("messages")).map(texts).unwrap_or_default());
    words
}

/// Slack's error names with their kinds; the first one that is part of a name counts.
const SLACK_KINDS: &[(&str, Kind)] = &[
    ("not_authed", Kind::Auth),
    ("invalid_auth", Kind::Auth),
    ("account_inactive", Kind::Auth),
    ("token_revoked", Kind::Auth),
    ("token_expired", Kind::Auth),
    ("ratelimited", Kind::RateLimited),
    ("missing_scope", Kind::Forbidden),
    ("not_allowed", Kind::Forbidden),
    ("no_permission", Kind::Forbidden),
    ("not_in_channel", Kind::Forbidden),
    ("restricted_action", Kind::Forbidden),
    ("cant_", Kind::Forbidden),
    ("_not_found", Kind::NotFound),
    ("already_", Kind::Conflict),
    ("name_taken", Kind::Conflict),
];

/// Slack refuses with a 200 and `ok: false`.
pub(super) fn slack_refusal(body: &Json) -> Option<Kind> {
    if body.get("ok").and_then(Json::as_bool) != Some(false) {
        return None;
    }
    let error = text(body, "error").unwrap_or_default();
    Some(SLACK_KINDS.iter().find(|(part, _)| error.contains(part)).map_or(Kind::Remote, |(_, kind)| *kind))
}

/// Other services refuse with a status.
pub(super) fn no_refusal(_: &Json) -> Option<Kind> {
    None
}

/// Confluence calls nobody a user of type `anonymous`.
pub(super) fn is_known(body: &Json) -> bool {
    body.get("type").and_then(Json::as_str) != Some("anonymous")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: fn(&Json) -> Vec<String>, body: &str) -> Vec<String> {
        words(&crate::json::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_failure_gives_the_vendors_words() {
        assert_eq!(
            said(atlassian, r#"{"errorMessages":["No."],"errors":{"summary":"is required"}}"#),
            ["No.", "summary: is required"]
        );
        assert_eq!(said(atlassian, r#"{"errors":[],"fieldErrors":{"name":["Taken."]}}"#), ["name: Taken."]);
        assert_eq!(said(atlassian, r#"{"errors":[{"status":404,"title":"Not Found"}]}"#), ["Not Found"]);
        assert_eq!(
            said(bitbucket, r#"{"type":"error","error":{"message":"Gone","detail":"long ago"}}"#),
            ["Gone", "long ago"]
        );
        assert_eq!(
            said(bitbucket, r#"{"error":{"message":"No","detail":{"required":["a","b"],"granted":["c"]}}}"#),
            ["No", "required: a, b", "granted: c"]
        );
        assert_eq!(said(bitbucket, r#"{"errors":[{"context":null,"message":"Denied."}]}"#), ["Denied."]);
        assert_eq!(
            said(slack, r#"{"ok":false,"error":"missing_scope","needed":"files:read","provided":"users:read"}"#),
            ["missing_scope", "needed: files:read", "provided: users:read"]
        );
        assert_eq!(said(plain, r#""invalid id""#), ["invalid id"]);
        assert_eq!(said(listed, r#"{"errors":[{"message":"No worklog"}]}"#), ["No worklog"]);
    }

    #[test]
    fn slack_refuses_with_a_success() {
        let refusal = |body: &str| slack_refusal(&crate::json::parse(body.as_bytes()).unwrap());
        assert_eq!(refusal(r#"{"ok":true}"#), None);
        assert_eq!(refusal(r#"{"ok":false,"error":"invalid_auth"}"#), Some(Kind::Auth));
        assert_eq!(refusal(r#"{"ok":false,"error":"users_not_found"}"#), Some(Kind::NotFound));
        assert_eq!(refusal(r#"{"ok":false,"error":"fatal_error"}"#), Some(Kind::Remote));
    }
}
