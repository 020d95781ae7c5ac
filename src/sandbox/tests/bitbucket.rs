//! Bitbucket: what the jobs of its users ask of it, on both flavours.

use super::*;

/// A repository on Cloud.
const RELAY: &str = "/2.0/repositories/sandbox/relay";
/// The same on Data Center.
const RELAY_DC: &str = "/rest/api/latest/projects/OPS/repos/relay";

impl Stage {
    fn bit(&self, deployment: &str, method: &str, path: &str) -> Answer {
        self.send(self.ask(self.site("bitbucket", deployment), method, path))
    }

    fn bit_json(&self, deployment: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.send(json_body(self.ask(self.site("bitbucket", deployment), method, path), body))
    }

    fn as_jonas(&self, deployment: &str, method: &str, path: &str) -> RequestBuilder {
        let secret = if deployment == "cloud" { "ATATT-sandbox-jonas" } else { "jonas-password" };
        let user = if deployment == "cloud" { "jonas@sandbox.example" } else { "jonas" };
        self.bare(self.site("bitbucket", deployment), method, path).basic_auth(user, Some(secret))
    }

    /// Follows `next` to the end.
    fn all_cloud(&self, path: &str) -> Vec<Value> {
        let base = self.site("bitbucket", "cloud").url.clone();
        let (mut path, mut all) = (path.to_owned(), Vec::new());
        loop {
            let page = self.bit("cloud", "GET", &path).is(200).json();
            all.extend(page["values"].as_array().cloned().expect("a list"));
            match page["next"].as_str() {
                Some(next) => path = next.strip_prefix(&base).expect("an address of this server").to_owned(),
                None => return all,
            }
        }
    }

    /// Follows `nextPageStart` to the end.
    fn all_dc(&self, path: &str) -> Vec<Value> {
        let (mut start, mut all) = (json!(0), Vec::new());
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.bit("server", "GET", &format!("{path}{mark}limit=3&start={start}")).is(200).json();
            all.extend(page["values"].as_array().cloned().expect("a list"));
            if page["isLastPage"] == true {
                return all;
            }
            start = page["nextPageStart"].clone();
        }
    }
}

#[test]
fn lists_page_by_next_and_by_a_start_that_cannot_be_counted() {
    let stage = Stage::new();
    assert_eq!(stage.all_cloud("/2.0/repositories/sandbox?pagelen=2").len(), 6);
    assert_eq!(stage.all_cloud(&format!("{RELAY}/refs/branches?pagelen=3")).len(), 9);
    stage.bit("cloud", "GET", "/2.0/repositories/sandbox?pagelen=101").is(400);
    stage.bit("cloud", "GET", "/2.0/repositories/sandbox?page=9").is(404);
    assert_eq!(stage.all_dc("/rest/api/latest/repos").len(), 6);
    assert_eq!(stage.all_dc(&format!("{RELAY_DC}/branches")).len(), 9);
    let second = stage.bit("server", "GET", "/rest/api/latest/repos?limit=3").is(200).json()["nextPageStart"].clone();
    assert_ne!(second, json!(3));
    stage.bit("server", "GET", "/rest/api/latest/repos?limit=3&start=3").is(400);
}

#[test]
fn lists_are_filtered_and_sorted_on_cloud() {
    let stage = Stage::new();
    let find = |query: &str| {
        let query = super::super::http::encode(query);
        stage.all_cloud(&format!("/2.0/repositories/sandbox?q={query}&sort=-name"))
    };
    let names =
        |all: Vec<Value>| all.iter().map(|r| r["name"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>();
    assert_eq!(names(find("project.key = \"WEB\"")), ["shop", "search", "landing"]);
    assert_eq!(
        names(find("name ~ \"R\" AND (project.key = \"OPS\" OR is_private = false)")),
        ["runbooks", "relay", "infra"]
    );
    let old = "2.0/repositories/sandbox/relay/refs/branches?q=target.date%20%3C%202020-01-01&pagelen=50";
    assert!(stage.all_cloud(&format!("/{old}")).is_empty());
    stage.bit("cloud", "GET", "/2.0/repositories/sandbox?q=name%20is%20x").is(400);
}

#[test]
fn stale_and_merged_branches_can_be_found_and_cleaned() {
    let stage = Stage::new();
    let branches = stage.all_dc(&format!("{RELAY_DC}/branches?details=true&orderBy=MODIFICATION"));
    let (merged, others): (Vec<_>, Vec<_>) = branches.iter().filter(|b| b["isDefault"] == false).partition(|b| {
        b["metadata"]["com.atlassian.bitbucket.server.bitbucket-branch:ahead-behind-metadata-provider"]["ahead"] == 0
    });
    assert_eq!((merged.len(), others.len()), (3, 5));
    let latest = &branches[0]["metadata"]["com.atlassian.bitbucket.server.bitbucket-branch:latest-commit-metadata"];
    assert!(latest["authorTimestamp"].as_i64().is_some_and(|t| t > 1_700_000_000_000));
    let path = "/rest/branch-utils/latest/projects/OPS/repos/relay/branches";
    let name = merged[0]["id"].as_str().expect("an id");
    let tip = merged[0]["latestCommit"].as_str().expect("a commit");
    let stale = json!({ "name": name, "endPoint": "0000000000" });
    stage.bit_json("server", "DELETE", path, &stale).is(409);
    stage.bit_json("server", "DELETE", path, &json!({ "name": name, "dryRun": true })).is(204);
    stage.bit_json("server", "DELETE", path, &json!({ "name": name, "endPoint": tip })).is(204);
    stage.bit_json("server", "DELETE", path, &json!({ "name": name })).is(404);
    stage.bit_json("server", "DELETE", path, &json!({ "name": "main" })).is(409);
    assert_eq!(stage.all_dc(&format!("{RELAY_DC}/branches")).len(), 8);
    // Cloud has no such details: what a branch has and main has not tells.
    let ahead = |name: &str| {
        stage.all_cloud(&format!("{RELAY}/commits/{}?exclude=main", super::super::http::encode(name))).len()
    };
    assert_eq!((ahead("feature/OPS-12-audit-log"), ahead("feature/OPS-3-search-index")), (0, 3));
    stage.bit("cloud", "DELETE", &format!("{RELAY}/refs/branches/feature/OPS-12-audit-log")).is(204);
    stage.bit("cloud", "DELETE", &format!("{RELAY}/refs/branches/feature/OPS-12-audit-log")).is(404);
    stage.bit("cloud", "DELETE", &format!("{RELAY}/refs/branches/main")).is(400);
    let umlaut = format!("{RELAY}/refs/branches/{}", super::super::http::encode("experiment/grüße"));
    stage.bit("cloud", "GET", &umlaut).is(200);
}

#[test]
fn rules_about_branches_hold() {
    let stage = Stage::new();
    let path = "/rest/branch-permissions/latest/projects/OPS/repos/relay/restrictions";
    let rule = json!({
        "type": "no-deletes", "users": [], "groups": [],
        "matcher": { "id": "experiment/*", "displayId": "experiment/*", "type": { "id": "PATTERN", "name": "Pattern" }, "active": true },
    });
    let made = stage.bit_json("server", "POST", path, &rule).is(200).json();
    let branch = json!({ "name": "refs/heads/experiment/grüße" });
    let branches = "/rest/branch-utils/latest/projects/OPS/repos/relay/branches";
    stage.bit_json("server", "DELETE", branches, &branch).is(403);
    stage.bit("server", "DELETE", &format!("{path}/{}", made["id"])).is(204);
    stage.bit_json("server", "DELETE", branches, &branch).is(204);
    assert_eq!(stage.all_dc(path).len(), 1);
    let path = format!("{RELAY}/branch-restrictions");
    let rule =
        json!({ "kind": "delete", "branch_match_kind": "glob", "pattern": "experiment/*", "users": [], "groups": [] });
    let made = stage.bit_json("cloud", "POST", &path, &rule).is(201).json();
    stage.bit_json("cloud", "POST", &path, &rule).is(409);
    let branch = format!("{RELAY}/refs/branches/{}", super::super::http::encode("experiment/grüße"));
    stage.bit("cloud", "DELETE", &branch).is(403);
    stage.bit("cloud", "DELETE", &format!("{path}/{}", made["id"])).is(204);
    stage.bit("cloud", "DELETE", &branch).is(204);
    stage.bit_json("cloud", "POST", &path, &json!({ "kind": "moon", "pattern": "x" })).is(400);
}

#[test]
fn a_pull_request_lives_on_cloud() {
    let stage = Stage::new();
    let pulls = format!("{RELAY}/pullrequests");
    assert_eq!(stage.all_cloud(&pulls).len(), 3);
    assert_eq!(stage.all_cloud(&format!("{pulls}?state=MERGED&state=DECLINED")).len(), 2);
    let jonas = stage.send(stage.as_jonas("cloud", "GET", "/2.0/user")).is(200).json();
    let new = json!({
        "title": "OPS-15 Release", "source": { "branch": { "name": "experiment/grüße" } },
        "destination": { "branch": { "name": "main" } }, "reviewers": [{ "uuid": jonas["uuid"] }],
    });
    let made = stage.bit_json("cloud", "POST", &pulls, &new).is(201).json();
    let path = format!("{pulls}/{}", made["id"]);
    stage.bit_json("cloud", "POST", &pulls, &new).is(409);
    let empty = json!({ "title": "x", "source": { "branch": { "name": "release/1.2" } } });
    let empty = stage.bit_json("cloud", "POST", &pulls, &empty).is(400).json();
    assert_eq!(empty["error"]["message"], "There are no changes to be pulled");
    stage.send(stage.as_jonas("cloud", "POST", &format!("{path}/approve"))).is(200);
    let seen = stage.bit("cloud", "GET", &path).is(200).json();
    assert_eq!(
        (&seen["participants"][0]["state"], &seen["reviewers"][0]["nickname"]),
        (&json!("approved"), &json!("jonas"))
    );
    let said = json!({ "content": { "raw": "Fine." }, "inline": { "path": "src/main.txt", "to": 2 } });
    let note = stage.bit_json("cloud", "POST", &format!("{path}/comments"), &said).is(201).json();
    stage.bit("cloud", "DELETE", &format!("{path}/comments/{}", note["id"])).is(204);
    assert_eq!(stage.all_cloud(&format!("{path}/diffstat")).len(), 1);
    assert!(stage.bit("cloud", "GET", &format!("{path}/diff")).is(200).text.starts_with("diff --git"));
    let merge = json!({ "message": "Merged", "close_source_branch": true, "merge_strategy": "merge_commit" });
    let done = stage.bit_json("cloud", "POST", &format!("{path}/merge"), &merge).is(200).json();
    assert_eq!(done["state"], "MERGED");
    stage
        .bit("cloud", "GET", &format!("{RELAY}/refs/branches/{}", super::super::http::encode("experiment/grüße")))
        .is(404);
    let head = stage.bit("cloud", "GET", &format!("{RELAY}/commits/main?pagelen=1")).is(200).json();
    assert_eq!(head["values"][0]["message"], "Merged\n");
    stage.bit_json("cloud", "POST", &format!("{path}/merge"), &merge).is(400);
    let torn = stage.bit_json("cloud", "POST", &format!("{pulls}/5/merge"), &json!({})).is(409).json();
    assert_eq!(torn["error"]["data"]["conflicts"], json!(["CHANGES.md"]));
    assert_eq!(
        stage.bit_json("cloud", "POST", &format!("{pulls}/5/decline"), &json!({})).is(200).json()["state"],
        "DECLINED"
    );
}

#[test]
fn a_pull_request_lives_on_data_center() {
    let stage = Stage::new();
    let pulls = format!("{RELAY_DC}/pull-requests");
    assert_eq!(stage.all_dc(&pulls).len(), 3);
    assert_eq!(stage.all_dc(&format!("{pulls}?state=ALL")).len(), 5);
    let new = json!({
        "title": "Release", "fromRef": { "id": "refs/heads/experiment/grüße" }, "toRef": { "id": "refs/heads/main" },
        "reviewers": [{ "user": { "name": "jonas" } }],
    });
    let made = stage.bit_json("server", "POST", &pulls, &new).is(201).json();
    let path = format!("{pulls}/{}", made["id"]);
    let twice = stage.bit_json("server", "POST", &pulls, &new).is(409).json();
    assert_eq!(twice["errors"][0]["exceptionName"], "com.atlassian.bitbucket.pull.DuplicatePullRequestException");
    stage.send(stage.as_jonas("server", "POST", &format!("{path}/approve"))).is(200);
    let own = stage.bit("server", "POST", &format!("{path}/approve")).is(400).json();
    assert!(own["errors"][0]["message"].as_str().is_some_and(|m| m.contains("author")), "{own}");
    let edit = json!({ "version": 0, "title": "Release it" });
    assert_eq!(stage.bit_json("server", "PUT", &path, &edit).is(200).json()["version"], 1);
    let stale = stage.bit_json("server", "PUT", &path, &edit).is(409).json();
    assert_eq!(stale["errors"][0]["currentVersion"], 1);
    let note =
        stage.bit_json("server", "POST", &format!("{path}/comments"), &json!({ "text": "Do", "severity": "BLOCKER" }));
    let note = note.is(201).json();
    let vetoed = stage.bit("server", "POST", &format!("{path}/merge?version=1")).is(409).json();
    assert_eq!(vetoed["errors"][0]["vetoes"][0]["summaryMessage"], "Not all tasks are resolved");
    let solved = json!({ "version": 0, "state": "RESOLVED" });
    stage.bit_json("server", "PUT", &format!("{path}/comments/{}", note["id"]), &solved).is(200);
    assert_eq!(stage.bit("server", "GET", &format!("{path}/merge")).is(200).json()["canMerge"], true);
    assert_eq!(stage.bit("server", "POST", &format!("{path}/merge?version=1")).is(200).json()["state"], "MERGED");
    let events = stage.all_dc(&format!("{path}/activities"));
    let actions: Vec<_> = events.iter().map(|e| e["action"].as_str().unwrap_or_default()).collect();
    assert_eq!(actions, ["MERGED", "COMMENTED", "APPROVED", "OPENED"]);
    let torn = stage.bit("server", "POST", &format!("{pulls}/5/merge?version=0")).is(409).json();
    assert_eq!(torn["errors"][0]["conflicted"], true);
    stage.bit("server", "POST", &format!("{pulls}/5/decline?version=0")).is(200);
    assert_eq!(stage.bit("server", "POST", &format!("{pulls}/5/reopen?version=1")).is(200).json()["state"], "OPEN");
    let issues =
        stage.bit("server", "GET", "/rest/jira/1.0/projects/OPS/repos/relay/pull-requests/3/issues").is(200).json();
    assert_eq!(issues[0]["key"], "OPS-3");
}

#[test]
fn files_are_read_and_written() {
    let stage = Stage::new();
    let path = format!("{RELAY}/src/main/README.md");
    assert!(stage.bit("cloud", "GET", &path).is(200).text.starts_with("# relay"));
    let folder = stage.all_cloud(&format!("{RELAY}/src/main/?pagelen=50"));
    assert!(folder.iter().any(|e| e["type"] == "commit_directory" && e["path"] == "src"));
    stage.bit("cloud", "GET", &format!("{RELAY}/src/main/none.txt")).is(404);
    let site = stage.site("bitbucket", "cloud");
    let form = "%2Fnotes.txt=new&message=Write&branch=notes";
    let request = stage.ask(site, "POST", &format!("{RELAY}/src")).body(form);
    stage.send(request.header("content-type", "application/x-www-form-urlencoded")).is(201);
    assert_eq!(stage.bit("cloud", "GET", &format!("{RELAY}/src/notes/notes.txt")).is(200).text, "new");
    let raw = format!("{RELAY_DC}/raw/README.md");
    let before = stage.bit("server", "GET", &raw).is(200).text;
    let head = stage.bit("server", "GET", &format!("{RELAY_DC}/commits?limit=1")).is(200).json();
    let write = |source: &str| {
        let field = |name: &str, value: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = [
            field("content", "changed\n"),
            field("branch", "main"),
            field("message", "Write"),
            field("sourceCommitId", source),
        ];
        let request = stage.ask(stage.site("bitbucket", "server"), "PUT", &format!("{RELAY_DC}/browse/README.md"));
        stage.send(request.header("content-type", "multipart/form-data; boundary=x").body(body.concat() + "--x--\r\n"))
    };
    write("").is(409);
    write(head["values"][0]["id"].as_str().expect("a commit")).is(200);
    assert_ne!(stage.bit("server", "GET", &raw).is(200).text, before);
    let lines = stage.bit("server", "GET", &format!("{RELAY_DC}/browse/README.md")).is(200).json();
    assert_eq!(lines["lines"][0]["text"], "changed");
    assert!(stage.all_dc(&format!("{RELAY_DC}/files")).len() > 6);
    let none = stage.bit("server", "GET", &format!("{RELAY_DC}/browse/none")).is(404).json();
    assert_eq!(none["errors"][0]["exceptionName"], "com.atlassian.bitbucket.content.NoSuchPathException");
}

#[test]
fn permissions_are_audited_and_taken_away() {
    let stage = Stage::new();
    let shop = "/rest/api/latest/projects/WEB/repos/shop";
    let users = stage.all_dc(&format!("{shop}/permissions/users"));
    assert!(users.iter().any(|u| u["user"]["name"] == "guest" && u["permission"] == "REPO_READ"));
    stage.bit("server", "DELETE", &format!("{shop}/permissions/users?name=guest")).is(204);
    assert!(stage.all_dc(&format!("{shop}/permissions/users")).iter().all(|u| u["user"]["name"] != "guest"));
    stage.bit("server", "PUT", &format!("{shop}/permissions/groups?name=bots&permission=REPO_WRITE")).is(204);
    stage.bit("server", "PUT", &format!("{shop}/permissions/groups?name=bots&permission=PROJECT_WRITE")).is(400);
    stage
        .bit("server", "PUT", "/rest/api/latest/projects/WEB/permissions/users?name=jonas&permission=PROJECT_ADMIN")
        .is(204);
    stage.send(stage.as_jonas("server", "GET", &format!("{shop}/permissions/users"))).is(200);
    stage.send(stage.as_jonas("server", "GET", &format!("{RELAY_DC}/permissions/users"))).is(401);
    stage.bit("server", "DELETE", "/rest/api/latest/admin/users?name=jonas").is(200);
    let all = stage.all_cloud("/2.0/workspaces/sandbox/permissions/repositories?pagelen=100");
    assert!(all.iter().any(|p| p["user"]["nickname"] == "guest" && p["repository"]["name"] == "shop"));
    let guest = all.iter().find(|p| p["user"]["nickname"] == "guest").expect("a guest")["user"]["uuid"].clone();
    let guest = super::super::http::encode(guest.as_str().expect("an id"));
    let path = "/2.0/repositories/sandbox/shop/permissions-config/users";
    stage.bit("cloud", "DELETE", &format!("{path}/{guest}")).is(204);
    stage.bit("cloud", "DELETE", &format!("{path}/{guest}")).is(404);
    stage.bit_json("cloud", "PUT", &format!("{path}/{guest}"), &json!({ "permission": "write" })).is(200);
    stage.bit_json("cloud", "PUT", &format!("{path}/{guest}"), &json!({ "permission": "rule" })).is(400);
    stage.send(stage.as_jonas("cloud", "GET", path)).is(403);
}

#[test]
fn reviewers_and_hooks_are_set_everywhere() {
    let stage = Stage::new();
    let user = stage.send(stage.as_jonas("cloud", "GET", "/2.0/user")).is(200).json();
    let uuid = super::super::http::encode(user["uuid"].as_str().expect("an id"));
    for repo in stage.all_cloud("/2.0/repositories/sandbox") {
        let path = format!("/2.0/repositories/{}", repo["full_name"].as_str().expect("a name"));
        stage.bit("cloud", "PUT", &format!("{path}/default-reviewers/{uuid}")).is(200);
        assert!(stage.all_cloud(&format!("{path}/default-reviewers")).iter().any(|u| u["nickname"] == "jonas"));
        let hook = json!({ "description": "chat", "url": "https://chat.sandbox.example/h", "active": true, "events": ["repo:push"] });
        stage.bit_json("cloud", "POST", &format!("{path}/hooks"), &hook).is(201);
    }
    let any = json!({ "id": "ANY_REF_MATCHER_ID", "type": { "id": "ANY_REF" } });
    let condition = json!({ "sourceMatcher": any, "targetMatcher": any, "reviewers": [{ "name": "jonas" }], "requiredApprovals": 1 });
    for repo in stage.all_dc("/rest/api/latest/repos") {
        let (key, slug) = (repo["project"]["key"].as_str().expect("a key"), repo["slug"].as_str().expect("a slug"));
        let path = format!("/rest/default-reviewers/latest/projects/{key}/repos/{slug}");
        let made = stage.bit_json("server", "POST", &format!("{path}/condition"), &condition).is(200).json();
        let list = stage.bit("server", "GET", &format!("{path}/conditions")).is(200).json();
        assert!(list.as_array().is_some_and(|all| all.iter().any(|c| c["id"] == made["id"])));
        let hooks = format!("/rest/api/latest/projects/{key}/repos/{slug}/webhooks");
        let hook =
            json!({ "name": "chat", "url": "https://chat.sandbox.example/h", "active": true, "events": ["pr:opened"] });
        let made = stage.bit_json("server", "POST", &hooks, &hook).is(201).json();
        stage.bit("server", "DELETE", &format!("{hooks}/{}", made["id"])).is(204);
    }
}

#[test]
fn repositories_are_made_and_deleted_and_say_where_to_clone() {
    let stage = Stage::new();
    let path = "/2.0/repositories/sandbox/fresh";
    let new = json!({ "scm": "git", "is_private": true, "project": { "key": "OPS" } });
    let made = stage.bit_json("cloud", "POST", path, &new).is(200).json();
    let links: Vec<_> = made["links"]["clone"].as_array().expect("links").iter().map(|l| l["name"].clone()).collect();
    assert_eq!(links, ["https", "ssh"]);
    stage.bit_json("cloud", "POST", path, &new).is(400);
    stage.bit("cloud", "DELETE", path).is(204);
    stage.bit("cloud", "GET", path).is(404);
    let made = stage.bit_json("server", "POST", "/rest/api/latest/projects/OPS/repos", &json!({ "name": "Fresh One" }));
    assert_eq!(made.is(201).json()["slug"], "fresh-one");
    let path = "/rest/api/latest/projects/OPS/repos/fresh-one";
    let made = stage.bit("server", "GET", path).is(200).json();
    assert!(
        made["links"]["clone"][0]["href"].as_str().is_some_and(|l| l.ends_with("/bitbucket/scm/ops/fresh-one.git"))
    );
    stage.bit("server", "DELETE", path).is(202);
    let none = stage.bit("server", "GET", path).is(404).json();
    assert_eq!(none["errors"][0]["exceptionName"], "com.atlassian.bitbucket.repository.NoSuchRepositoryException");
    let missing = stage.bit("server", "GET", "/rest/api/latest/projects/NONE/repos").is(404).json();
    assert_eq!(missing["errors"][0]["message"], "Project NONE does not exist.");
}

#[test]
fn commits_name_issues_and_carry_builds() {
    let stage = Stage::new();
    let commits = stage.all_cloud(&format!("{RELAY}/commits/main?pagelen=50"));
    assert!(commits.iter().any(|c| c["message"].as_str().is_some_and(|m| m.starts_with("OPS-1 "))));
    let hash = commits[0]["hash"].as_str().expect("a hash");
    let status = json!({ "key": "ci", "state": "SUCCESSFUL", "url": "https://builds.sandbox.example/1" });
    stage.bit_json("cloud", "POST", &format!("{RELAY}/commit/{hash}/statuses/build"), &status).is(201);
    assert_eq!(stage.all_cloud(&format!("{RELAY}/commit/{hash}/statuses"))[0]["state"], "SUCCESSFUL");
    stage.bit_json("server", "POST", &format!("/rest/build-status/latest/commits/{hash}"), &status).is(204);
    assert_eq!(stage.all_dc(&format!("/rest/build-status/latest/commits/{hash}"))[0]["key"], "ci");
    let tag = json!({ "name": "v2.0", "target": { "hash": hash } });
    stage.bit_json("cloud", "POST", &format!("{RELAY}/refs/tags"), &tag).is(201);
    let tag = json!({ "name": "v2.0", "startPoint": "main", "message": "two" });
    stage.bit_json("server", "POST", &format!("{RELAY_DC}/tags"), &tag).is(200);
    stage.bit("server", "DELETE", "/rest/git/latest/projects/OPS/repos/relay/tags/v2.0").is(204);
}
