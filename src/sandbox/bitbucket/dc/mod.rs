//! The resources of Data Center.

pub(crate) mod comments;
pub(crate) mod files;
pub(crate) mod projects;
pub(crate) mod pulls;
pub(crate) mod refs;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod shapes;
pub(crate) mod tokens;
pub(crate) mod users;

use super::acts::Trouble;
use super::call::{Call, Outcome, Window};
use super::guard::{Refusal, dc, not_permitted};
use crate::sandbox::http::Reply;
use serde_json::{Value, json};

/// Refuses in the words of Data Center.
pub(crate) fn trouble(trouble: Trouble) -> Refusal {
    let none = Value::Null;
    match trouble {
        Trouble::NoRepo(project, slug) => dc(
            404,
            none,
            &format!("Repository {project}/{slug} does not exist."),
            "repository.NoSuchRepositoryException",
        ),
        Trouble::NoProject(key) => {
            dc(404, none, &format!("Project {key} does not exist."), "project.NoSuchProjectException")
        }
        Trouble::NoRef(name) => dc(
            404,
            none,
            &format!("Branch \"{name}\" does not exist in this repository."),
            "repository.NoSuchBranchException",
        ),
        Trouble::NoCommit(text) => dc(
            404,
            none,
            &format!("Commit '{text}' does not exist in this repository."),
            "commit.NoSuchCommitException",
        ),
        Trouble::NoPull(id) => {
            dc(404, none, &format!("Pull request {id} does not exist."), "pull.NoSuchPullRequestException")
        }
        Trouble::NoFile(path, at) => {
            let text = format!("The path \"{path}\" does not exist at revision \"{at}\"");
            dc(404, json!(path), &text, "content.NoSuchPathException")
        }
        Trouble::NoUser(name) => dc(404, none, &format!("User {name} does not exist."), "user.NoSuchUserException"),
        Trouble::NoThing(text) => dc(404, none, &text, "NoSuchEntityException"),
        Trouble::Forbidden => not_permitted(),
        Trouble::Restricted(rule) if rule == "default" => {
            dc(409, none, "The default branch cannot be deleted.", "repository.DefaultBranchDeletionException")
        }
        Trouble::Restricted(rule) => {
            let text = format!("This change is not allowed: a branch permission ({rule}) forbids it.");
            dc(403, none, &text, "hook.repository.RepositoryHookVetoedException")
        }
        Trouble::Invalid(field, text) => dc(400, json!(field), &text, ""),
        Trouble::Exists("name", text) => dc(409, json!("name"), &text, "DuplicateEntityException"),
        Trouble::Exists(field, text) => dc(409, json!(field), &text, "DuplicateEntityException"),
        Trouble::PullExists(id) => {
            let text = "Only one pull request may be open for a given source and target branch";
            let mut reply = *dc(409, none, text, "pull.DuplicatePullRequestException");
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            body["errors"][0]["existingPullRequest"] = json!({ "id": id });
            reply.body = body.to_string().into();
            Box::new(reply)
        }
        Trouble::Empty(source, target) => {
            let text = format!("{target} is already up-to-date with branch {source}");
            dc(409, none, &text, "pull.EmptyPullRequestException")
        }
        Trouble::Stale { sent, current } => {
            let text = "You are attempting to modify a pull request based on out-of-date information.";
            let mut reply = *dc(409, none, text, "pull.PullRequestOutOfDateException");
            let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            body["errors"][0]["currentVersion"] = json!(current);
            body["errors"][0]["expectedVersion"] = json!(sent);
            reply.body = body.to_string().into();
            Box::new(reply)
        }
        Trouble::NoMerge { paths, vetoes } => {
            let vetoes: Vec<Value> =
                vetoes.iter().map(|v| json!({ "summaryMessage": v, "detailedMessage": v })).collect();
            let error = json!({
                "context": null, "message": "The pull request can't be merged.",
                "exceptionName": "com.atlassian.bitbucket.pull.PullRequestMergeVetoedException",
                "conflicted": !paths.is_empty(), "vetoes": vetoes,
            });
            Box::new(Reply::json(409, &json!({ "errors": [error] })))
        }
        Trouble::WrongState(state) => {
            let text = format!("This pull request has already been {}.", state.to_lowercase());
            dc(409, none, &text, "pull.IllegalPullRequestStateException")
        }
    }
}

/// Returns the window that `start` and `limit` describe. A start that the server never gave is refused.
fn window(call: &Call) -> Result<Window, Refusal> {
    let read = |name: &'static str, default: usize| match call.request.param(name) {
        None | Some("") => Ok(default),
        Some(text) => text.parse().map_err(|_| trouble(Trouble::Invalid(name, format!("'{text}' is not a number")))),
    };
    let size: usize = read("limit", 25)?;
    let token: usize = read("start", 0)?;
    if !token.is_multiple_of(STEP) {
        return Err(trouble(Trouble::Invalid("start", "start must be a nextPageStart".into())));
    }
    Ok(Window { start: token / STEP, size: size.min(1000) })
}

/// What a place in a list is multiplied with, so that the next start cannot be counted.
const STEP: usize = 7;

/// Answers with a page of a list.
pub(crate) fn page(call: &Call, all: &[Value]) -> Outcome {
    let window = window(call)?;
    let values = window.of(all);
    let end = window.start + values.len();
    let last = end >= all.len();
    Call::ok(&json!({
        "size": values.len(), "limit": window.size, "isLastPage": last, "values": values, "start": window.start * STEP,
        "nextPageStart": if last { Value::Null } else { json!(end * STEP) },
    }))
}
