//! Code and builds: branches, clones, pull requests, rules, permissions; plans and their results.

use super::{Site, path_of, site};
use crate::common::{practice::Practice, tieline};
use serde_json::Value;
use std::{fs, path::Path, process::Command};

const NO_FILE: (&str, &str) = ("none", "");

/// The repositories of the project that the scripts work on.
const REPOS: [&str; 3] = ["infra", "relay", "runbooks"];

/// Starts a Bitbucket Cloud and a Bitbucket Data Center.
fn bitbuckets() -> Vec<Site> {
    let cloud = ["--user", "mira@sandbox.example", "--token", "ATATT-sandbox-mira", "--deployment", "cloud"];
    let server = ["--user", "mira", "--password", "mira-password", "--deployment", "server"];
    vec![site(Practice::of("bitbucket", "cloud"), &cloud), site(Practice::of("bitbucket", "server"), &server)]
}

fn bamboo() -> Site {
    site(Practice::of("bamboo", "server"), &["--user", "mira", "--password", "mira-password"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}

/// Returns the items of a list of Bitbucket: one path for Cloud, one for Data Center, below the repository.
fn items(site: &Site, repo: &str, cloud: &str, server: &str) -> Vec<Value> {
    let path = if site.is_cloud() {
        format!("/2.0/repositories/sandbox/{repo}/{cloud}")
    } else {
        server.replace("{repo}", &format!("projects/{}/repos/{repo}", project(repo)))
    };
    let answer = site.practice.ask(&path);
    answer["values"].as_array().or(answer.as_array()).unwrap_or_else(|| panic!("{path}: {answer}")).clone()
}

fn project(repo: &str) -> &'static str {
    if REPOS.contains(&repo) { "OPS" } else { "WEB" }
}

fn branches(site: &Site, repo: &str) -> Vec<String> {
    let all = items(site, repo, "refs/branches?pagelen=100", "/rest/api/latest/{repo}/branches?limit=100");
    sorted(all.iter().map(|b| text(if site.is_cloud() { &b["name"] } else { &b["displayId"] })).collect())
}

/// Runs a script in a dry run, and fails if that changes anything or does not say how much it would.
fn only_simulates(site: &Site, name: &str, words: &[&str], says: &str) {
    let run = site.run(&["--simulate"], name, words, NO_FILE);
    assert_eq!(site.writes(), [""; 0], "{run:#?}");
    assert!(run.err.contains(says), "expected {says:?} in {run:#?}");
}

#[test]
fn clean_branches_deletes_what_is_merged_and_old() {
    for site in bitbuckets() {
        let before = branches(&site, "relay");
        let shop = branches(&site, "shop");
        site.run(&[], "clean-branches", &["--project", "OPS", "--days", "30"], NO_FILE);
        for repo in REPOS {
            let gone = ["bugfix/OPS-15-cache", "feature/OPS-12-audit-log"];
            let left: Vec<&String> = before.iter().filter(|b| !gone.contains(&b.as_str())).collect();
            assert_eq!(branches(&site, repo).iter().collect::<Vec<_>>(), left);
        }
        assert_eq!(branches(&site, "shop"), shop);
        let words = ["--project", "OPS", "--days", "100", "--unmerged", "--keep", "idea"];
        site.run(&[], "clean-branches", &words, NO_FILE);
        assert!(!branches(&site, "relay").contains(&"experiment/grüße".to_owned()));
        assert!(branches(&site, "relay").contains(&"feature/OPS-21-old-idea".to_owned()));
    }
}

#[test]
fn clean_branches_simulates() {
    for site in bitbuckets() {
        only_simulates(&site, "clean-branches", &["--project", "OPS"], "simulated: 6 × bitbucket: DELETE");
    }
}

/// Runs a shell script with a `git` that writes down what it is asked for, and returns that.
fn with_false_git(script: &Path, folder: &Path) -> Vec<String> {
    let git = folder.join("bin/git");
    fs::create_dir_all(folder.join("bin")).expect("a folder");
    let body = "#!/bin/sh\necho \"$@\" >> git.log\n[ \"$1\" != clone ] || mkdir -p \"$3/.git\"\n";
    fs::write(&git, body).expect("a program");
    Command::new("chmod").arg("+x").arg(&git).status().expect("chmod runs");
    let path = format!("{}:/usr/bin:/bin", folder.join("bin").display());
    let run = Command::new("sh").arg(script).current_dir(folder).env("PATH", path).status().expect("sh runs");
    assert!(run.success());
    let log = fs::read_to_string(folder.join("git.log")).expect("git was called");
    fs::remove_file(folder.join("git.log")).expect("the log goes");
    sorted(log.lines().map(str::to_owned).collect())
}

#[test]
fn clone_repositories_writes_a_script_that_clones_or_pulls() {
    for site in bitbuckets() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("clone.sh");
        let words = ["--project", "OPS", "--file", &file.to_string_lossy(), "--protocol", "http"];
        site.run(&[], "clone-repositories", &words, NO_FILE);
        assert_eq!(site.writes(), [""; 0]);
        let address = |repo: &str| {
            let path = if site.is_cloud() {
                format!("/2.0/repositories/sandbox/{repo}")
            } else {
                format!("/rest/api/latest/projects/OPS/repos/{repo}")
            };
            text(&site.practice.ask(&path)["links"]["clone"][0]["href"])
        };
        let clones = REPOS.map(|repo| format!("clone {} {repo}", address(repo)));
        assert_eq!(with_false_git(&file, folder.path()), clones);
        let pulls = REPOS.map(|repo| format!("-C {repo} pull --ff-only"));
        assert_eq!(with_false_git(&file, folder.path()), pulls);
        assert!(!fs::read_to_string(&file).expect("the script").contains("mira"));
    }
}

/// Returns the texts in a channel of Slack that speak of pull requests.
fn posted(slack: &Practice) -> Vec<String> {
    let ask = |path: &str| slack.ask_with(path, "Bearer xoxb-sandbox-full");
    let channels = ask("/api/conversations.list?limit=200")["channels"].as_array().expect("channels").clone();
    let releases = channels.iter().find(|c| c["name"] == "releases").expect("the channel");
    let history = ask(&format!("/api/conversations.history?channel={}", text(&releases["id"])));
    let all = history["messages"].as_array().expect("messages").clone();
    all.iter().map(|m| text(&m["text"])).filter(|t| t.contains("open pull requests")).collect()
}

#[test]
fn report_pull_requests_posts_what_is_open() {
    for site in bitbuckets() {
        let slack = Practice::of("slack", "cloud");
        let words = ["--project", "OPS", "--days", "4", "--channel", "#releases"];
        let to_slack = ["--slack-server", &slack.url, "--slack-token", "xoxb-sandbox-full"].map(str::to_owned);
        // What signs in to the one service is not meant for the other.
        let to_bitbucket = site.login.iter().map(|word| word.replacen("--", "--bitbucket-", 1));
        let login: Vec<String> = to_bitbucket.chain(to_slack).collect();
        let script = path_of("report-pull-requests");
        let run = |flags: &[&str]| {
            let own: Vec<&str> = login.iter().map(String::as_str).collect();
            tieline(&[flags, &[script.as_str()], &words[..], &own[..]].concat()).run().ok()
        };
        let simulated = run(&["--simulate"]);
        assert!(simulated.err.contains("simulated: 1 × slack: POST"), "{simulated:#?}");
        assert_eq!(posted(&slack), [""; 0]);
        run(&[]);
        let texts = posted(&slack);
        let lines: Vec<&str> = texts.iter().flat_map(|t| t.lines()).collect();
        assert_eq!((texts.len(), lines.len(), lines[0]), (1, 7, "6 open pull requests"));
        for repo in REPOS {
            for title in ["OPS-7 price list", "OPS-30 conflict"] {
                assert!(lines.iter().any(|l| l.contains(&format!("|{repo} #")) && l.contains(title)), "{lines:?}");
            }
        }
        assert_eq!(site.writes(), [""; 0]);
    }
}

/// Returns kind and branch of the rules of a repository, in the words of its deployment.
fn rules(site: &Site, repo: &str) -> Vec<String> {
    let server = "/rest/branch-permissions/latest/{repo}/restrictions?limit=100";
    let all = items(site, repo, "branch-restrictions?pagelen=100", server);
    let (kind, branch) = if site.is_cloud() { ("/kind", "/pattern") } else { ("/type", "/matcher/displayId") };
    let part = |r: &Value, place: &str| text(r.pointer(place).unwrap_or(&Value::Null));
    let rule = |r: &Value| format!("{} {}", part(r, kind), part(r, branch));
    sorted(all.iter().map(rule).collect())
}

/// Returns the names of those who are asked to review everything.
fn reviewers(site: &Site, repo: &str) -> Vec<String> {
    let server = "/rest/default-reviewers/latest/{repo}/conditions";
    let all = items(site, repo, "default-reviewers?pagelen=100", server);
    if site.is_cloud() {
        return sorted(all.iter().map(|user| text(&user["display_name"])).collect());
    }
    let users = all.iter().flat_map(|rule| rule["reviewers"].as_array().into_iter().flatten());
    sorted(users.map(|user| text(&user["displayName"])).collect())
}

#[test]
fn protect_branches_sets_what_is_missing() {
    for site in bitbuckets() {
        let words = ["--project", "OPS", "--reviewers", "jonas"];
        let shop = (rules(&site, "shop"), reviewers(&site, "shop"));
        site.run(&[], "protect-branches", &words, NO_FILE);
        let wanted =
            if site.is_cloud() { ["delete main", "force main"] } else { ["fast-forward-only main", "no-deletes main"] };
        for repo in REPOS {
            assert_eq!(rules(&site, repo), wanted);
            let all = if repo == "relay" { vec!["Jonas Beck", "Mira Holm"] } else { vec!["Jonas Beck"] };
            assert_eq!(reviewers(&site, repo), all);
        }
        assert_eq!((rules(&site, "shop"), reviewers(&site, "shop")), shop);
        let before = site.writes().len();
        site.run(&[], "protect-branches", &words, NO_FILE);
        assert_eq!(site.writes().len(), before, "what is set already stays");
    }
}

#[test]
fn protect_branches_simulates() {
    for site in bitbuckets() {
        only_simulates(&site, "protect-branches", &["--project", "OPS"], "simulated: 3 × bitbucket: POST");
    }
}

#[test]
fn audit_repositories_writes_down_every_permission() {
    for site in bitbuckets() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("permissions.csv");
        let words = ["--project", "WEB", "--file", &file.to_string_lossy()];
        site.run(&[], "audit-repositories", &words, NO_FILE);
        let written = fs::read_to_string(&file).expect("the file is written");
        let mut rows = csv::Reader::from_reader(written.as_bytes());
        let rows: Vec<String> =
            rows.records().map(|row| row.expect("a row").iter().collect::<Vec<_>>().join("|")).collect();
        for (repo, user, level) in
            [("shop", "Tomás Vidal", "write"), ("shop", "Gus Est", "read"), ("search", "Tomás Vidal", "write")]
        {
            assert!(rows.contains(&format!("{repo}|user|{user}|{level}|repository")), "{rows:?}");
        }
        for repo in ["shop", "search", "landing"] {
            for (kind, name, level) in [("user", "Mira Holm", "admin"), ("group", "web-team", "write")] {
                assert!(rows.contains(&format!("{repo}|{kind}|{name}|{level}|project")), "{rows:?}");
            }
        }
        let everybody: Vec<&String> = rows.iter().filter(|row| row.contains("|everybody|")).collect();
        assert_eq!(everybody, ["landing|everybody|everybody|read|repository"]);
        assert_eq!((rows.len(), site.writes()), (3 + 3 * 4 + 1, Vec::new()), "{rows:?}");
    }
}

fn result(site: &Site, key: &str) -> Value {
    site.practice.ask(&format!("/rest/api/latest/result/{key}.json?expand=variables"))
}

#[test]
fn run_build_waits_for_the_result() {
    let site = bamboo();
    let words = ["--plan", "WEB-SEARCH", "--variables", "target=production,note=a=b"];
    let run = site.run(&[], "run-build", &words, NO_FILE);
    assert!(run.err.contains("bamboo: WEB-SEARCH-13: Finished, Successful"), "{run:#?}");
    let done = result(&site, "WEB-SEARCH-13");
    assert_eq!(done["state"], "Successful");
    let variables = done["variables"]["variable"].as_array().expect("variables").clone();
    for (name, value) in [("target", "production"), ("note", "a=b")] {
        assert!(variables.iter().any(|v| v["name"] == name && v["value"] == value), "{variables:?}");
    }
}

#[test]
fn run_build_ends_with_1_if_the_build_fails() {
    let site = bamboo();
    let script = path_of("run-build");
    let words = ["--plan", "WEB-SEARCH", "--variables", "fail=true"];
    let login: Vec<&str> = site.login.iter().map(String::as_str).collect();
    tieline(&[&[script.as_str()], &words[..], &login[..]].concat()).run().ends(1);
    assert_eq!(result(&site, "WEB-SEARCH-13")["state"], "Failed");
}

#[test]
fn run_build_simulates() {
    let site = bamboo();
    only_simulates(&site, "run-build", &["--plan", "WEB-SEARCH"], "simulated: 1 × bamboo: POST");
    assert_eq!(site.practice.ask("/rest/api/latest/buildNumber/WEB-SEARCH.json")["nextBuildNumber"], 13);
}

#[test]
fn export_plans_writes_what_the_server_says() {
    let site = bamboo();
    let folder = tempfile::tempdir().expect("a folder");
    let words = ["--project", "WEB", "--folder", &folder.path().to_string_lossy()];
    site.run(&[], "export-plans", &words, NO_FILE);
    let mut files: Vec<String> = fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["WEB-DOCS.yaml", "WEB-SEARCH.yaml", "WEB-SHOP.yaml", "deployment-201.yaml"]);
    for (file, path) in [("WEB-SHOP.yaml", "plan/WEB-SHOP"), ("deployment-201.yaml", "deploy/project/201")] {
        let code = site.practice.ask(&format!("/rest/api/latest/{path}/specs?format=YAML"))["spec"]["code"].clone();
        assert_eq!(fs::read_to_string(folder.path().join(file)).expect("a file"), text(&code));
    }
    assert_eq!(site.writes(), [""; 0]);
}

/// Returns the numbers of a plan's results.
fn numbers(site: &Site, plan: &str) -> Vec<u64> {
    let all = site.practice.ask(&format!("/rest/api/latest/result/{plan}.json?max-results=100"));
    all["results"]["result"].as_array().expect("results").iter().filter_map(|r| r["number"].as_u64()).collect()
}

#[test]
fn clean_results_deletes_what_is_old_and_spares_labels() {
    let site = bamboo();
    site.run(&[], "clean-results", &["--project", "WEB", "--days", "30", "--keep", "4"], NO_FILE);
    for plan in ["WEB-SHOP", "WEB-SEARCH", "WEB-DOCS"] {
        assert_eq!(numbers(&site, plan), [12, 11, 10, 9, 6], "{plan}");
    }
    assert_eq!(numbers(&site, "OPS-BACKUP").len(), 12);
}

#[test]
fn clean_results_simulates() {
    let site = bamboo();
    let words = ["--project", "WEB", "--days", "30", "--keep", "4"];
    only_simulates(&site, "clean-results", &words, "simulated: 21 × bamboo: POST");
    assert_eq!(numbers(&site, "WEB-SHOP").len(), 12);
}
