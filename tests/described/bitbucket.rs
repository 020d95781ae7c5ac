//! Bitbucket: what is asked, and where its descriptions are wrong.

use super::{
    Deployment,
    exceptions::{Exception, row},
    requests::{Names, Row, bare},
};
use crate::common::practice::Practice;
use serde_json::{Value, json};

pub(super) const DEPLOYMENTS: [Deployment; 2] = [
    Deployment {
        name: "cloud",
        start: || Practice::of("bitbucket", "cloud"),
        files: &["bitbucket-cloud.json"],
        before: &["/2.0"],
        api: "api",
        names: |practice| names(&practice.ask("/2.0/repositories/sandbox/relay/refs/branches/main")["target"]["hash"]),
        rows: [CLOUD, &[]],
        exceptions: EXCEPTIONS,
        errors: cloud_error,
        bodies: 60,
    },
    Deployment {
        name: "server",
        start: || Practice::of("bitbucket", "server"),
        files: &["bitbucket-dc.json"],
        before: &["/rest"],
        api: "api",
        names: |practice| {
            names(&practice.ask("/rest/api/latest/projects/OPS/repos/relay/commits?limit=1")["values"][0]["id"])
        },
        rows: [SERVER, &[]],
        exceptions: EXCEPTIONS,
        errors: server_errors,
        bodies: 60,
    },
];

fn names(main: &Value) -> Names {
    Names(vec![("{main}", bare(main))])
}

fn cloud_error() -> Value {
    let error = json!({ "type": "object", "required": ["message"], "properties": { "message": { "type": "string" } } });
    let kind = json!({ "enum": ["error"] });
    json!({ "type": "object", "required": ["type", "error"], "properties": { "type": kind, "error": error } })
}

fn server_errors() -> Value {
    let error = json!({ "type": "object", "required": ["context", "message", "exceptionName"] });
    let errors = json!({ "type": "array", "minItems": 1, "items": error });
    json!({ "type": "object", "required": ["errors"], "properties": { "errors": errors } })
}

/// What recorded answers have, whatever their description says of it.
const EXCEPTIONS: &[Exception] = &[
    row("server", "/nextPageStart", "not of type \"integer\"", "after the last page there is none: null"),
    row("server", "/errors/", "not of type \"string\"", "an error about no member in particular has a context of null"),
    row("server GET /api/latest/inbox/pull-requests", "", "status 200", "only the refusals are described"),
    row(
        "server POST /api/latest/projects/{projectKey}/repos/{repositorySlug}/webhooks",
        "",
        "status 201",
        "what is made is answered so",
    ),
    row("cloud GET /user/emails", "", "status 200", "only the refusals are described"),
    row("cloud", "links", "Additional properties", "there are more addresses than are described"),
    row("cloud", "", "('type' was unexpected)", "a text says that it is rendered"),
    row("cloud", "commit", "('type', 'links' were unexpected)", "the commits of pull requests have both"),
    row("cloud", "/parent", NO_OBJECT, "a repository that is no fork has null"),
    row("cloud", "/mainbranch", NO_OBJECT, "an empty repository has null"),
    row("cloud", "/tagger", NO_OBJECT, "a tag that is only a name has null"),
    row("cloud", "/message", "not of type \"string\"", "a tag that is only a name has null"),
    row("cloud", "/closed_by", NO_OBJECT, "an open pull request has null"),
    row("cloud", "/merge_commit", NO_OBJECT, "a pull request that is not merged has null"),
    row("cloud", "/old", NO_OBJECT, "a file that is new has null"),
    row("cloud", "/participants/", "not of type \"string\"", "who has not said anything has null"),
    row("cloud", "/value", "not of type \"integer\"", "rules without a number have null"),
    row("cloud", "/inline/from", "not of type \"integer\"", "a line that was added has no number before: null"),
    row("cloud", "/attributes", "", "it is a list"),
];

const NO_OBJECT: &str = "not of type \"object\"";

const CLOUD: &[Row] = &[
    (200, "GET /2.0/user", ""),
    (200, "GET /2.0/user/emails", ""),
    (200, "GET /2.0/user/workspaces", ""),
    (200, "GET /2.0/workspaces/sandbox", ""),
    (404, "GET /2.0/workspaces/nowhere", ""),
    (200, "GET /2.0/workspaces/sandbox/members", ""),
    (200, "GET /2.0/workspaces/sandbox/permissions", ""),
    (200, "GET /2.0/workspaces/sandbox/permissions/repositories", ""),
    (200, "GET /2.0/workspaces/sandbox/projects", ""),
    (201, "POST /2.0/workspaces/sandbox/projects", r#"{"key":"LAB","name":"Laboratory"}"#),
    (200, "GET /2.0/workspaces/sandbox/projects/OPS", ""),
    (404, "GET /2.0/workspaces/sandbox/projects/NO", ""),
    (204, "DELETE /2.0/workspaces/sandbox/projects/LAB", ""),
    (200, "GET /2.0/workspaces/sandbox/projects/OPS/default-reviewers", ""),
    (200, "GET /2.0/workspaces/sandbox/projects/OPS/permissions-config/users", ""),
    (200, "GET /2.0/workspaces/sandbox/projects/OPS/permissions-config/groups", ""),
    // Repositories.
    (200, "GET /2.0/repositories/sandbox", ""),
    (200, "GET /2.0/repositories/sandbox/relay", ""),
    (404, "GET /2.0/repositories/sandbox/nothing", ""),
    (200, "POST /2.0/repositories/sandbox/probe", r#"{"scm":"git","project":{"key":"OPS"}}"#),
    (200, "PUT /2.0/repositories/sandbox/probe", r#"{"description":"A trial"}"#),
    (204, "DELETE /2.0/repositories/sandbox/probe", ""),
    (201, "POST /2.0/repositories/sandbox/relay/forks", r#"{"name":"copy","workspace":{"slug":"sandbox"}}"#),
    (200, "GET /2.0/repositories/sandbox/relay/forks", ""),
    (200, "GET /2.0/repositories/sandbox/relay/watchers", ""),
    // Branches, tags, commits.
    (200, "GET /2.0/repositories/sandbox/relay/refs", ""),
    (200, "GET /2.0/repositories/sandbox/relay/refs/branches", ""),
    (200, "GET /2.0/repositories/sandbox/relay/refs/branches/main", ""),
    (404, "GET /2.0/repositories/sandbox/relay/refs/branches/nothing", ""),
    (201, "POST /2.0/repositories/sandbox/relay/refs/branches", r#"{"name":"trial","target":{"hash":"main"}}"#),
    (204, "DELETE /2.0/repositories/sandbox/relay/refs/branches/trial", ""),
    (200, "GET /2.0/repositories/sandbox/relay/refs/tags", ""),
    (200, "GET /2.0/repositories/sandbox/relay/refs/tags/v1.0", ""),
    (201, "POST /2.0/repositories/sandbox/relay/refs/tags", r#"{"name":"v9","target":{"hash":"{main}"}}"#),
    (204, "DELETE /2.0/repositories/sandbox/relay/refs/tags/v9", ""),
    (200, "GET /2.0/repositories/sandbox/relay/commits", ""),
    (200, "GET /2.0/repositories/sandbox/relay/commits/main", ""),
    (200, "GET /2.0/repositories/sandbox/relay/commit/{main}", ""),
    (404, "GET /2.0/repositories/sandbox/relay/commit/0123456789", ""),
    (
        201,
        "POST /2.0/repositories/sandbox/relay/commit/{main}/statuses/build",
        r#"{"key":"night","state":"SUCCESSFUL","url":"https://builds.example/1"}"#,
    ),
    (200, "GET /2.0/repositories/sandbox/relay/commit/{main}/statuses", ""),
    (200, "GET /2.0/repositories/sandbox/relay/commit/{main}/statuses/build/night", ""),
    (200, "GET /2.0/repositories/sandbox/relay/merge-base/main..v1.0", ""),
    (200, "GET /2.0/repositories/sandbox/relay/diffstat/main..v1.0", ""),
    (200, "GET /2.0/repositories/sandbox/relay/filehistory/main/README.md", ""),
    // Pull requests.
    (200, "GET /2.0/repositories/sandbox/relay/pullrequests", ""),
    (200, "GET /2.0/repositories/sandbox/relay/pullrequests/3", ""),
    (404, "GET /2.0/repositories/sandbox/relay/pullrequests/99", ""),
    (
        201,
        "POST /2.0/repositories/sandbox/relay/pullrequests",
        r#"{"title":"More","source":{"branch":{"name":"experiment/grüße"}}}"#,
    ),
    (200, "PUT /2.0/repositories/sandbox/relay/pullrequests/{}", r#"{"title":"Still more"}"#),
    (200, "POST /2.0/repositories/sandbox/relay/pullrequests/3/approve", ""),
    (204, "DELETE /2.0/repositories/sandbox/relay/pullrequests/3/approve", ""),
    (200, "POST /2.0/repositories/sandbox/relay/pullrequests/3/request-changes", ""),
    (204, "DELETE /2.0/repositories/sandbox/relay/pullrequests/3/request-changes", ""),
    (200, "GET /2.0/repositories/sandbox/relay/pullrequests/3/comments", ""),
    (
        201,
        "POST /2.0/repositories/sandbox/relay/pullrequests/3/comments",
        r#"{"content":{"raw":"Look."},"inline":{"path":"src/OPS-3.txt","to":1}}"#,
    ),
    (200, "GET /2.0/repositories/sandbox/relay/pullrequests/3/comments/{}", ""),
    (200, "GET /2.0/repositories/sandbox/relay/pullrequests/3/statuses", ""),
    (200, "POST /2.0/repositories/sandbox/relay/pullrequests/4/merge", "{}"),
    (200, "POST /2.0/repositories/sandbox/relay/pullrequests/5/decline", ""),
    // Rules.
    (200, "GET /2.0/repositories/sandbox/relay/default-reviewers", ""),
    (200, "GET /2.0/repositories/sandbox/relay/effective-default-reviewers", ""),
    (200, "GET /2.0/repositories/sandbox/relay/branch-restrictions", ""),
    (
        201,
        "POST /2.0/repositories/sandbox/relay/branch-restrictions",
        r#"{"kind":"push","pattern":"release/*","branch_match_kind":"glob","users":[],"groups":[]}"#,
    ),
    (200, "GET /2.0/repositories/sandbox/relay/branch-restrictions/{}", ""),
    (204, "DELETE /2.0/repositories/sandbox/relay/branch-restrictions/{}", ""),
    (200, "GET /2.0/repositories/sandbox/relay/permissions-config/users", ""),
    (200, "GET /2.0/repositories/sandbox/relay/permissions-config/groups", ""),
    (200, "PUT /2.0/repositories/sandbox/relay/permissions-config/groups/web-team", r#"{"permission":"read"}"#),
    (204, "DELETE /2.0/repositories/sandbox/relay/permissions-config/groups/web-team", ""),
    (200, "GET /2.0/repositories/sandbox/relay/hooks", ""),
    (
        201,
        "POST /2.0/repositories/sandbox/relay/hooks",
        r#"{"description":"chat","url":"https://chat.example/hook","active":true,"events":["repo:push"]}"#,
    ),
    (404, "GET /2.0/repositories/sandbox/relay/hooks/nothing", ""),
];

const SERVER: &[Row] = &[
    (200, "GET /rest/api/latest/application-properties", ""),
    (200, "GET /rest/api/latest/projects", ""),
    (200, "GET /rest/api/latest/projects/OPS", ""),
    (404, "GET /rest/api/latest/projects/NO", ""),
    (201, "POST /rest/api/latest/projects", r#"{"key":"LAB","name":"Laboratory"}"#),
    (200, "PUT /rest/api/latest/projects/LAB", r#"{"description":"Trials"}"#),
    (204, "DELETE /rest/api/latest/projects/LAB", ""),
    (200, "GET /rest/api/latest/projects/OPS/permissions/users", ""),
    (200, "GET /rest/api/latest/projects/OPS/permissions/groups", ""),
    (204, "PUT /rest/api/latest/projects/OPS/permissions/users?name=jonas&permission=PROJECT_WRITE", ""),
    (204, "DELETE /rest/api/latest/projects/OPS/permissions/users?name=jonas", ""),
    // Repositories.
    (200, "GET /rest/api/latest/repos", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay", ""),
    (404, "GET /rest/api/latest/projects/OPS/repos/nothing", ""),
    (201, "POST /rest/api/latest/projects/OPS/repos", r#"{"name":"probe","scmId":"git"}"#),
    (201, "PUT /rest/api/latest/projects/OPS/repos/probe", r#"{"description":"A trial"}"#),
    (202, "DELETE /rest/api/latest/projects/OPS/repos/probe", ""),
    (201, "POST /rest/api/latest/projects/OPS/repos/relay", r#"{"name":"copy"}"#),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/forks", ""),
    // Branches, tags, commits.
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/branches?details=true", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/default-branch", ""),
    (200, "POST /rest/api/latest/projects/OPS/repos/relay/branches", r#"{"name":"trial","startPoint":"main"}"#),
    (
        204,
        "DELETE /rest/branch-utils/latest/projects/OPS/repos/relay/branches",
        r#"{"name":"refs/heads/trial","dryRun":false}"#,
    ),
    (200, "GET /rest/branch-utils/latest/projects/OPS/repos/relay/branches/info/{main}", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/tags", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/tags/v1.0", ""),
    (404, "GET /rest/api/latest/projects/OPS/repos/relay/tags/nothing", ""),
    (200, "POST /rest/api/latest/projects/OPS/repos/relay/tags", r#"{"name":"v9","startPoint":"main"}"#),
    (204, "DELETE /rest/git/latest/projects/OPS/repos/relay/tags/v9", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/commits", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/commits/{main}", ""),
    (404, "GET /rest/api/latest/projects/OPS/repos/relay/commits/0123456789", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/commits/{main}/changes", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/commits/{main}/merge-base?otherCommitId=v1.0", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/commits/{main}/pull-requests", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/compare/commits?from=main&to=v1.0", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/compare/changes?from=main&to=v1.0", ""),
    (
        204,
        "POST /rest/build-status/latest/commits/{main}",
        r#"{"key":"night","state":"SUCCESSFUL","url":"https://builds.example/1"}"#,
    ),
    (200, "GET /rest/build-status/latest/commits/{main}", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/files", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/browse", ""),
    // Pull requests.
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3", ""),
    (404, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/99", ""),
    (
        201,
        "POST /rest/api/latest/projects/OPS/repos/relay/pull-requests",
        r#"{"title":"More","fromRef":{"id":"refs/heads/experiment/grüße"},"toRef":{"id":"refs/heads/main"}}"#,
    ),
    (200, "PUT /rest/api/latest/projects/OPS/repos/relay/pull-requests/{}", r#"{"title":"Still more","version":0}"#),
    (409, "PUT /rest/api/latest/projects/OPS/repos/relay/pull-requests/3", r#"{"title":"x","version":9}"#),
    (200, "POST /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/approve", ""),
    (200, "DELETE /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/approve", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/activities", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/commits", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/changes", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/merge", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/participants", ""),
    (201, "POST /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/comments", r#"{"text":"Look."}"#),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/pull-requests/3/comments/{}", ""),
    (200, "GET /rest/jira/latest/projects/OPS/repos/relay/pull-requests/3/issues", ""),
    (200, "POST /rest/api/latest/projects/OPS/repos/relay/pull-requests/4/merge?version=0", "{}"),
    (200, "POST /rest/api/latest/projects/OPS/repos/relay/pull-requests/5/decline?version=0", "{}"),
    (200, "GET /rest/api/latest/dashboard/pull-requests", ""),
    (200, "GET /rest/api/latest/inbox/pull-requests", ""),
    // Rules.
    (200, "GET /rest/default-reviewers/latest/projects/OPS/repos/relay/conditions", ""),
    (200, "GET /rest/branch-permissions/latest/projects/OPS/repos/relay/restrictions", ""),
    (
        200,
        "POST /rest/branch-permissions/latest/projects/OPS/repos/relay/restrictions",
        r#"{"type":"no-deletes","matcher":{"id":"release/*","type":{"id":"PATTERN"}},"users":[],"groups":[]}"#,
    ),
    (200, "GET /rest/branch-permissions/latest/projects/OPS/repos/relay/restrictions/{}", ""),
    (204, "DELETE /rest/branch-permissions/latest/projects/OPS/repos/relay/restrictions/{}", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/permissions/users", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/permissions/groups", ""),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/webhooks", ""),
    (
        201,
        "POST /rest/api/latest/projects/OPS/repos/relay/webhooks",
        r#"{"name":"chat","url":"https://chat.example/hook","active":true,"events":["repo:refs_changed"]}"#,
    ),
    (200, "GET /rest/api/latest/projects/OPS/repos/relay/webhooks/{}", ""),
    (204, "DELETE /rest/api/latest/projects/OPS/repos/relay/webhooks/{}", ""),
    // People.
    (200, "GET /rest/api/latest/users", ""),
    (200, "GET /rest/api/latest/users/mira", ""),
    (404, "GET /rest/api/latest/users/nobody", ""),
    (200, "GET /rest/api/latest/groups", ""),
    (200, "GET /rest/api/latest/admin/users", ""),
    (200, "GET /rest/api/latest/admin/groups", ""),
    (200, "GET /rest/api/latest/admin/permissions/users", ""),
    (200, "GET /rest/api/latest/admin/permissions/groups", ""),
    (200, "GET /rest/access-tokens/latest/users/mira", ""),
];
