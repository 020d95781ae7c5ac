//! Projects: cloned, released, tidied, archived and reported on.

use super::{NO_FILE, Site, only_simulates, rows_of, sites, texts};
use serde_json::Value;

fn versions(site: &Site, project: &str) -> Vec<Value> {
    site.practice.ask(&format!("/rest/api/2/project/{project}/versions")).as_array().expect("versions").clone()
}

fn version(site: &Site, project: &str, name: &str) -> Option<Value> {
    versions(site, project).into_iter().find(|version| version["name"] == name)
}

fn components(site: &Site, project: &str) -> Vec<String> {
    texts(&site.practice.ask(&format!("/rest/api/2/project/{project}/components")), "name")
}

/// Names of a project's schemes of permissions, notifications, issue types and workflows.
fn schemes(site: &Site, project: &str) -> Vec<Value> {
    let ask = |path: &str| site.practice.ask(path);
    let own = ["permissionscheme", "notificationscheme"]
        .map(|kind| ask(&format!("/rest/api/2/project/{project}/{kind}"))["name"].clone());
    let id = ask(&format!("/rest/api/2/project/{project}"))["id"].as_str().expect("an id").to_owned();
    let others = if site.is_cloud() {
        let one = |kind: &str, member: &str| {
            ask(&format!("/rest/api/3/{kind}/project?projectId={id}"))["values"][0][member]["name"].clone()
        };
        [one("issuetypescheme", "issueTypeScheme"), one("workflowscheme", "workflowScheme")]
    } else {
        let all = ask("/rest/api/2/issuetypescheme")["schemes"].as_array().expect("schemes").clone();
        let has = |scheme: &&Value| {
            let path = format!("/rest/api/2/issuetypescheme/{}/associations", scheme["id"].as_str().expect("an id"));
            texts(&ask(&path), "key").contains(&project.to_owned())
        };
        let types = all.iter().find(has).expect("a scheme of issue types")["name"].clone();
        [types, ask(&format!("/rest/api/2/project/{project}/workflowscheme"))["name"].clone()]
    };
    own.into_iter().chain(others).collect()
}

#[test]
fn clone_project_takes_schemes_components_and_versions() {
    for site in sites() {
        site.run(&[], "clone-project", &["--from", "OPS", "--key", "NIGHT", "--name", "Night shift"], NO_FILE);
        let project = site.practice.ask("/rest/api/2/project/NIGHT");
        assert_eq!(project["name"], "Night shift");
        assert_eq!(project["lead"]["displayName"], "Mira Holm");
        assert_eq!(schemes(&site, "NIGHT"), schemes(&site, "OPS"));
        assert_ne!(schemes(&site, "NIGHT"), schemes(&site, "WEB"));
        assert_eq!(components(&site, "NIGHT"), components(&site, "OPS"));
        let facts = |project: &str| -> Vec<[Value; 3]> {
            let live = versions(&site, project).into_iter().filter(|v| v["archived"] == false);
            live.map(|v| [v["name"].clone(), v["released"].clone(), v["releaseDate"].clone()]).collect()
        };
        assert_eq!((facts("NIGHT"), facts("NIGHT").len()), (facts("OPS"), 3));
        assert_eq!(versions(&site, "NIGHT").len(), 3);
    }
}

#[test]
fn clone_project_simulates() {
    let words = ["--from", "OPS", "--key", "NIGHT", "--name", "Night shift"];
    only_simulates("clone-project", &words, NO_FILE, "simulated: 3 × jira: POST /rest/api/2/version");
}

/// Gives a project a version and a component that others lack.
fn with_news(site: &Site) {
    for (what, body) in [
        ("version", r#"{"name":"3.0","project":"OPS","description":"Later","releaseDate":"2031-01-31"}"#),
        ("component", r#"{"name":"Night","project":"OPS","description":"Dark"}"#),
    ] {
        assert_eq!(site.practice.request("POST", &format!("/rest/api/2/{what}"), body).0, 201);
    }
}

#[test]
fn copy_versions_copies_what_is_missing() {
    for site in sites() {
        with_news(&site);
        let (before, wanted) = (versions(&site, "WEB").len(), components(&site, "OPS"));
        site.run(&[], "copy-versions", &["--from", "OPS", "--to", "WEB"], NO_FILE);
        let copied = version(&site, "WEB", "3.0").expect("the version is copied");
        assert_eq!((&copied["description"], &copied["releaseDate"]), (&"Later".into(), &"2031-01-31".into()));
        assert_eq!(versions(&site, "WEB").len(), before + 1);
        assert_eq!(components(&site, "WEB"), wanted);
        let writes = site.writes().len();
        site.run(&[], "copy-versions", &["--from", "OPS", "--to", "WEB"], NO_FILE);
        assert_eq!(site.writes().len(), writes, "a second run finds nothing to do");
    }
}

#[test]
fn copy_versions_simulates() {
    for site in sites() {
        with_news(&site);
        let before = site.writes();
        let run = site.run(&["--simulate"], "copy-versions", &["--from", "OPS", "--to", "WEB"], NO_FILE);
        assert_eq!(site.writes(), before);
        assert!(run.err.contains("simulated: 1 × jira: POST /rest/api/2/version"), "{run:#?}");
    }
}

const RELEASE: [&str; 8] = ["--projects", "OPS,WEB", "--release", "2.0", "--next", "2.1", "--archive", "1.1,1.2"];

#[test]
fn release_versions_releases_creates_and_archives() {
    for site in sites() {
        site.run(&[], "release-versions", &RELEASE, NO_FILE);
        for project in ["OPS", "WEB"] {
            let is = |name: &str, member: &str| version(&site, project, name).expect("the version")[member].clone();
            assert_eq!((is("2.0", "released"), is("2.1", "released")), (true.into(), false.into()));
            assert_eq!([is("1.1", "archived"), is("1.2", "archived"), is("2.0", "archived")], [true, true, false]);
        }
        assert_eq!(version(&site, "DOC", "2.0").expect("the version")["released"], false);
        let writes = site.writes().len();
        site.run(&[], "release-versions", &RELEASE, NO_FILE);
        assert_eq!(site.writes().len(), writes, "a second run finds nothing to do");
    }
}

#[test]
fn release_versions_simulates() {
    only_simulates("release-versions", &RELEASE, NO_FILE, "simulated: 6 × jira: PUT /rest/api/2/version/{id}");
}

/// Names of all schemes of permissions and issue types.
fn all_schemes(site: &Site) -> Vec<String> {
    let permission = site.practice.ask("/rest/api/2/permissionscheme");
    let types = site.practice.ask("/rest/api/2/issuetypescheme");
    let types = if site.is_cloud() { &types["values"] } else { &types["schemes"] };
    [texts(&permission["permissionSchemes"], "name"), texts(types, "name")].concat()
}

#[test]
fn delete_unused_schemes_deletes_only_those() {
    for site in sites() {
        // An archived project uses its schemes all the same.
        let (method, path) = (if site.is_cloud() { "POST" } else { "PUT" }, "/rest/api/2/project/DOC/archive");
        assert_eq!(site.practice.request(method, path, "{}").0, 204);
        let used = |site: &Site| ["OPS", "WEB", "DOC"].map(|project| schemes(site, project));
        let (before, all) = (used(&site), all_schemes(&site));
        site.run(&[], "delete-unused-schemes", &[], NO_FILE);
        assert_eq!(used(&site), before);
        let mut left = all_schemes(&site);
        left.extend(["Old Shop Permission Scheme", "Old Shop Issue Type Scheme"].map(str::to_owned));
        left.sort();
        let mut all = all;
        all.sort();
        assert_eq!(left, all);
        if site.is_cloud() {
            let names = |kind: &str| texts(&site.practice.ask(&format!("/rest/api/3/{kind}"))["values"], "name");
            assert_eq!((names("workflowscheme").len(), names("notificationscheme").len()), (2, 2));
        }
    }
}

#[test]
fn delete_unused_schemes_simulates() {
    let says = "simulated: 1 × jira: DELETE /rest/api/2/permissionscheme/{schemeId}";
    only_simulates("delete-unused-schemes", &["--kinds", "permission"], NO_FILE, says);
}

fn projects(site: &Site) -> Vec<String> {
    texts(&site.practice.ask("/rest/api/2/project"), "key")
}

#[test]
fn archive_projects_archives_what_is_quiet() {
    for site in sites() {
        site.run(&[], "archive-projects", &["--days", "3650"], NO_FILE);
        assert_eq!(projects(&site), ["OPS", "WEB", "DOC"]);
        assert_eq!(site.writes(), [""; 0]);
        site.run(&[], "archive-projects", &["--days", "0", "--keep", "OPS,WEB"], NO_FILE);
        assert_eq!(projects(&site), ["OPS", "WEB"]);
        assert_eq!(site.practice.ask("/rest/api/2/project/DOC")["archived"], true);
    }
}

#[test]
fn archive_projects_deletes_where_it_is_told_to() {
    for site in sites() {
        site.run(&[], "archive-projects", &["--days", "0", "--keep", "OPS", "--delete"], NO_FILE);
        assert_eq!(projects(&site), ["OPS"]);
        assert_eq!(site.practice.request("GET", "/rest/api/2/project/DOC", "").0, 404);
    }
}

#[test]
fn archive_projects_simulates() {
    let words = ["--days", "0", "--keep", "OPS", "--delete"];
    only_simulates("archive-projects", &words, NO_FILE, "simulated: 2 × jira: DELETE /rest/api/2/project");
}

#[test]
fn sprint_report_counts_points_and_issues() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("sprint.md");
        site.run(&[], "sprint-report", &["--board", "1", "--file", &file.to_string_lossy()], NO_FILE);
        assert_eq!(site.writes(), [""; 0]);
        let text = std::fs::read_to_string(&file).expect("the report");
        let sprints = site.practice.ask("/rest/agile/1.0/board/1/sprint?state=active");
        let (id, name) = (&sprints["values"][0]["id"], sprints["values"][0]["name"].as_str().expect("a name"));
        let issues = site.practice.ask(&format!("/rest/agile/1.0/sprint/{id}/issue?maxResults=100"));
        let issues = issues["issues"].as_array().expect("issues");
        let done = issues.iter().filter(|issue| issue["fields"]["status"]["name"] == "Done").count();
        let points: f64 = issues.iter().filter_map(|issue| issue["fields"]["customfield_10016"].as_f64()).sum();
        assert!(issues.len() > 5 && points > 5.0);
        assert!(text.starts_with(&format!("# {name}\n\n{done} of {} issues done, ", issues.len())), "{text}");
        assert!(text.contains(&format!(" of {points:.1} points")), "{points} in {text}");
        for issue in issues {
            assert!(text.contains(issue["key"].as_str().expect("a key")), "{issue}");
        }
    }
}

#[test]
fn sprint_report_says_that_no_sprint_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        for sprint in
            site.practice.ask("/rest/agile/1.0/board/1/sprint?state=active")["values"].as_array().expect("sprints")
        {
            let path = format!("/rest/agile/1.0/sprint/{}", sprint["id"]);
            assert_eq!(site.practice.request("POST", &path, r#"{"state":"closed"}"#).0, 200);
        }
        let file = folder.path().join("sprint.md");
        site.run(&[], "sprint-report", &["--board", "1", "--file", &file.to_string_lossy()], NO_FILE);
        assert!(std::fs::read_to_string(&file).expect("the report").starts_with("# no sprint\n\n0 of 0 issues done"));
    }
}

#[test]
fn time_in_status_adds_up_to_the_age_of_each_issue() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("hours.csv");
        let jql = "project = DOC AND type = Epic";
        site.run(&[], "time-in-status", &["--jql", jql, "--file", &file.to_string_lossy()], NO_FILE);
        assert_eq!(site.writes(), [""; 0]);
        let rows = rows_of(&file);
        let issues = site.search(jql, "created,status");
        assert_eq!((rows[0].join(","), issues.len()), ("key,status,hours".to_owned(), 3));
        for issue in issues {
            let key = issue["key"].as_str().expect("a key");
            let own: Vec<&Vec<String>> = rows.iter().filter(|row| row[0] == key).collect();
            let hours: f64 = own.iter().map(|row| row[2].parse::<f64>().expect("a number")).sum();
            let created = issue["fields"]["created"].as_str().expect("a date");
            let created: jiff::Timestamp = created.parse().expect("a date");
            let age = jiff::Timestamp::now().duration_since(created).as_secs_f64() / 3600.0;
            assert!((hours - age).abs() < 0.5, "{hours} of {age} in {own:?}");
            let now = &issue["fields"]["status"]["name"];
            assert!(own.iter().any(|row| row[1] == *now), "{now} is missing in {own:?}");
        }
    }
}
