//! People: created, reviewed, seen through and sent off.

use super::{NO_FILE, Site, only_simulates, rows_of, sites, texts};

/// What a person is called in the server's paths and queries.
fn query(site: &Site, name: &str) -> String {
    if site.is_cloud() {
        format!("accountId={}", account(site, name).replace(':', "%3A"))
    } else {
        format!("username={name}")
    }
}

fn account(site: &Site, name: &str) -> String {
    let found = site.practice.ask(&format!("/rest/api/3/user/search?query={name}"));
    found[0]["accountId"].as_str().expect("an account").to_owned()
}

fn groups_of(site: &Site, name: &str) -> Vec<String> {
    let user = site.practice.ask(&format!("/rest/api/2/user?{}&expand=groups", query(site, name)));
    texts(&user["groups"]["items"], "name")
}

fn members_of(site: &Site, group: &str) -> Vec<String> {
    let found = site.practice.ask(&format!("/rest/api/2/group/member?groupname={group}&includeInactiveUsers=true"));
    texts(&found["values"], "displayName")
}

fn role_of(site: &Site, project: &str, role: u32) -> Vec<String> {
    texts(&site.practice.ask(&format!("/rest/api/2/project/{project}/role/{role}"))["actors"], "displayName")
}

fn open_issues_of(site: &Site, name: &str) -> Vec<String> {
    let id = if site.is_cloud() { account(site, name) } else { name.to_owned() };
    site.keys(&format!("assignee = \"{id}\" AND statusCategory != Done"))
}

const PROJECTS: [&str; 3] = ["OPS", "WEB", "DOC"];
const ROLES: [u32; 3] = [10_000, 10_001, 10_002];

fn roles_with(site: &Site, display: &str) -> usize {
    let holds = |(project, role): (&str, u32)| role_of(site, project, role).iter().any(|name| name == display);
    PROJECTS.into_iter().flat_map(|project| ROLES.map(|role| (project, role))).filter(|place| holds(*place)).count()
}

#[test]
fn offboard_hands_over_and_takes_everything_away() {
    for site in sites() {
        let (open, of_mira) = (open_issues_of(&site, "jonas"), open_issues_of(&site, "mira"));
        assert!(open.len() > 2 && roles_with(&site, "Jonas Beck") > 2, "{open:?}");
        site.run(&[], "offboard", &["--who", "jonas", "--to", "mira"], NO_FILE);
        assert_eq!(open_issues_of(&site, "jonas"), [""; 0]);
        let mut now = open_issues_of(&site, "mira");
        let mut all = [open, of_mira].concat();
        now.sort();
        all.sort();
        assert_eq!(now, all);
        assert_eq!(roles_with(&site, "Jonas Beck"), 0);
        assert!(roles_with(&site, "Mira Holm") > 0);
        assert_eq!(groups_of(&site, "jonas"), [""; 0]);
        let user = site.practice.ask(&format!("/rest/api/2/user?{}", query(&site, "jonas")));
        assert_eq!(user["active"], site.is_cloud());
    }
}

#[test]
fn offboard_without_an_heir_leaves_the_issues_to_nobody() {
    for site in sites() {
        let open = open_issues_of(&site, "priya");
        site.run(&[], "offboard", &["--who", "priya"], NO_FILE);
        let nobodys = site.keys("assignee is EMPTY");
        assert!(!open.is_empty() && open.iter().all(|key| nobodys.contains(key)), "{open:?}");
    }
}

#[test]
fn offboard_simulates() {
    only_simulates(
        "offboard",
        &["--who", "jonas", "--to", "mira"],
        NO_FILE,
        "simulated: 2 × jira: DELETE /rest/api/2/group/user",
    );
}

const NEW: &str = "email,name,display_name,groups\n\
    ada@example.com,ada,Ada Byron,web-team;night-shift\nbo@example.com,bo,Bo Lind,\n";

#[test]
fn create_users_creates_people_and_groups() {
    for site in sites() {
        site.run(&[], "create-users", &["--file", "people.csv"], ("people.csv", NEW));
        let ada = if site.is_cloud() { "ada@example.com" } else { "Ada Byron" };
        for group in ["web-team", "night-shift"] {
            assert!(members_of(&site, group).iter().any(|name| name == ada), "{:?}", members_of(&site, group));
        }
        assert_eq!(members_of(&site, "night-shift").len(), 1);
        let everybody = members_of(&site, "jira-users");
        let bo = if site.is_cloud() { "bo@example.com" } else { "Bo Lind" };
        assert!(everybody.iter().any(|name| name == bo), "{everybody:?}");
    }
}

#[test]
fn create_users_leaves_those_who_are_there_and_goes_on_after_a_bad_row() {
    for site in sites() {
        let before = groups_of(&site, "jonas");
        let jonas = "Jonas@sandbox.example,jonas,Jonas,night-shift\n";
        let rows = NEW.replace("ada@", &format!("{jonas},nobody,Nobody,\nada@"));
        let run = site.try_run(&[], "create-users", &["--file", "people.csv"], ("people.csv", &rows)).ends(5);
        assert!(run.out.contains("users: 2, there already: 1, failed: 1, new groups: 1"), "{run:#?}");
        let rows = NEW.replace("ada@", &format!("{jonas}ada@"));
        let run = site.run(&[], "create-users", &["--file", "people.csv"], ("people.csv", &rows));
        assert!(run.out.contains("users: 0, there already: 3, failed: 0, new groups: 0"), "{run:#?}");
        assert_eq!(groups_of(&site, "jonas"), before);
    }
}

#[test]
fn create_users_simulates() {
    only_simulates(
        "create-users",
        &["--file", "people.csv"],
        ("people.csv", NEW),
        "simulated: 2 × jira: POST /rest/api/2/user",
    );
}

#[test]
fn permission_audit_names_who_may_do_what() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("permissions.csv");
        site.run(&[], "permission-audit", &["--file", &file.to_string_lossy()], NO_FILE);
        let rows = rows_of(&file);
        assert_eq!(site.writes(), [""; 0]);
        assert_eq!(rows[0], ["project", "permission", "holder", "name", "people"]);
        for project in PROJECTS {
            let row = |permission: &str| {
                let fits = |row: &&Vec<String>| row[0] == project && row[1] == permission;
                rows.iter().find(fits).unwrap_or_else(|| panic!("{project} {permission}")).clone()
            };
            assert_eq!(row("CREATE_ISSUES")[2..4], ["role", "Developers"]);
            assert_eq!(row("CREATE_ISSUES")[4], role_of(&site, project, 10_001).join("; "));
            assert_eq!(row("ADD_COMMENTS")[4], members_of(&site, "jira-users").join("; "));
            assert_eq!(row("DELETE_ISSUES")[2..], ["user", "Mira Holm", "Mira Holm"]);
            assert_eq!(row("BROWSE_PROJECTS")[2], if project == "DOC" { "anyone" } else { "role" });
        }
    }
}

#[test]
fn review_people_frees_seats_and_deletes_empty_groups() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("idle.csv");
        let words = ["--group", "jira-users", "--days", "0", "--file", &file.to_string_lossy()];
        let before = members_of(&site, "jira-users");
        site.run(&[], "review-people", &words, NO_FILE);
        assert_eq!(site.writes(), [""; 0]);
        let idle: Vec<String> = rows_of(&file).into_iter().skip(1).map(|row| row[0].clone()).collect();
        assert_eq!(idle, before);
        let words = ["--group", "bots", "--days", "0", "--file", &file.to_string_lossy(), "--remove"];
        site.run(&[], "review-people", &words, NO_FILE);
        assert_eq!(members_of(&site, "bots"), [""; 0]);
        assert_eq!(members_of(&site, "jira-users"), before);
        let groups = texts(&site.practice.ask("/rest/api/2/groups/picker?query=")["groups"], "name");
        assert!(!groups.contains(&"empty-group".to_owned()) && groups.contains(&"bots".to_owned()), "{groups:?}");
    }
}

#[test]
fn review_people_leaves_busy_people_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("idle.csv");
        let words = ["--group", "jira-users", "--days", "400", "--file", &file.to_string_lossy(), "--remove"];
        let before = members_of(&site, "jira-users");
        site.run(&[], "review-people", &words, NO_FILE);
        let after = members_of(&site, "jira-users");
        let idle: Vec<String> = rows_of(&file).into_iter().skip(1).map(|row| row[0].clone()).collect();
        assert_eq!(after, before.into_iter().filter(|name| !idle.contains(name)).collect::<Vec<_>>());
        assert!(after.contains(&"Jonas Beck".to_owned()) && idle.contains(&"Deploy Bot".to_owned()), "{idle:?}");
    }
}

#[test]
fn review_people_removes_nobody_whom_it_cannot_write_down() {
    let folder = tempfile::tempdir().expect("a folder");
    for site in sites() {
        let file = folder.path().join("missing/idle.csv");
        let words = ["--group", "bots", "--days", "0", "--file", &file.to_string_lossy(), "--remove"];
        site.try_run(&[], "review-people", &words, NO_FILE).ends(2);
        assert_eq!(site.writes(), [""; 0]);
    }
}

#[test]
fn review_people_simulates() {
    let words = ["--group", "bots", "--days", "0", "--remove"];
    only_simulates("review-people", &words, NO_FILE, "simulated: 1 × jira: DELETE /rest/api/2/group");
}

#[test]
fn nobody_is_sent_off_by_a_part_of_a_name() {
    for site in sites() {
        let run = site.try_run(&[], "offboard", &["--who", "jon"], NO_FILE).ends(2);
        assert!(run.err.contains("did you mean jonas"), "{run:#?}");
        assert_eq!(site.writes(), [""; 0], "{run:#?}");
    }
}

#[test]
fn nobody_is_sent_off_by_a_name_that_fits_two() {
    for site in sites() {
        let run = site.try_run(&[], "offboard", &["--who", "sam"], NO_FILE).ends(2);
        assert_eq!(site.writes(), [""; 0], "{run:#?}");
    }
}
