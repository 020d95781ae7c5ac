//! Confluence: pages published, copied, changed, labelled, exported and pruned; files; who may do what.

use super::{NO_FILE, path_of};
use crate::common::{Run, practice::Practice, tieline};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path};

/// A practice Confluence, with the words that sign in to it and to its Jira.
struct Wiki {
    practice: Practice,
    jira: Practice,
    login: Vec<String>,
    cloud: bool,
}

/// Starts a Confluence Cloud and a Confluence Data Center, each with a Jira of its kind.
fn wikis() -> Vec<Wiki> {
    ["cloud", "server"].map(Wiki::start).into()
}

/// Returns the words that sign in to `service` as its administrator.
fn login(service: &str, url: &str, cloud: bool) -> Vec<String> {
    let user = if cloud { "mira@sandbox.example" } else { "mira" };
    let (kind, secret) = if cloud { ("token", "ATATT-sandbox-mira") } else { ("password", "mira-password") };
    let deployment = if cloud { "cloud" } else { "server" };
    let pairs = [("server", url), ("user", user), (kind, secret), ("deployment", deployment)];
    pairs.iter().flat_map(|(name, value)| [format!("--{service}-{name}"), (*value).to_owned()]).collect()
}

impl Wiki {
    fn start(deployment: &str) -> Self {
        let cloud = deployment == "cloud";
        let (practice, jira) = (Practice::of("confluence", deployment), Practice::of("jira", deployment));
        let login = [login("confluence", &practice.url, cloud), login("jira", &jira.url, cloud)].concat();
        Wiki { practice, jira, login, cloud }
    }

    /// Runs a script against this server; `flags` stand before it.
    fn run(&self, flags: &[&str], name: &str, words: &[&str], file: (&str, &str)) -> (Run, tempfile::TempDir) {
        let script = path_of(name);
        let mut all: Vec<&str> = [flags, &[&script], words].concat();
        all.extend(self.login.iter().map(String::as_str));
        let (run, home) = tieline(&all).file(file.0, file.1).keep();
        (run.ok(), home)
    }

    /// Asks by the first version of the API.
    fn ask(&self, path: &str) -> Value {
        self.practice.ask(&format!("{}{path}", if self.cloud { "/wiki" } else { "" }))
    }

    /// Returns what the query finds, each with its body and labels.
    fn search(&self, cql: &str) -> Vec<Value> {
        let cql: String = url::form_urlencoded::byte_serialize(cql.as_bytes()).collect();
        let expand = "body.storage,version,ancestors,space,metadata.labels";
        let found = self.ask(&format!("/rest/api/content/search?cql={cql}&limit=200&expand={expand}"));
        found["results"].as_array().expect("results").clone()
    }

    /// Returns the page of a title, or nothing.
    fn find(&self, space: &str, title: &str) -> Option<Value> {
        self.search(&format!("type = page and space = {space} and title = \"{title}\"")).into_iter().next()
    }

    fn page(&self, space: &str, title: &str) -> Value {
        self.find(space, title).unwrap_or_else(|| panic!("no page {title} in {space}"))
    }

    /// Returns the names of what is attached to a page.
    fn files(&self, space: &str, title: &str) -> Vec<String> {
        let id = text(&self.page(space, title)["id"]);
        let all = self.search(&format!("type = attachment and container = {id}"));
        all.iter().map(|file| text(&file["title"])).collect()
    }

    /// Returns the requests that changed something.
    fn writes(&self) -> Vec<String> {
        let reads = |line: &String| {
            line.starts_with("GET ")
                || line.contains("/session")
                || line.ends_with("/users-bulk")
                || line.ends_with("/search")
        };
        let lines = self.practice.lines().into_iter().chain(self.jira.lines());
        lines.filter(|line| !reads(line)).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn storage(page: &Value) -> String {
    text(&page["body"]["storage"]["value"])
}

fn labels(page: &Value) -> Vec<String> {
    let all = page["metadata"]["labels"]["results"].as_array().expect("labels");
    all.iter().map(|label| text(&label["name"])).collect()
}

fn above(page: &Value) -> String {
    text(&page["ancestors"].as_array().and_then(|all| all.last()).expect("a parent")["title"])
}

/// Runs a script in a dry run and fails if it changes anything, or does not say how much it would.
fn only_simulates(name: &str, words: &[&str], file: (&str, &str), says: &[&str]) {
    for wiki in wikis() {
        let (run, _) = wiki.run(&["--simulate"], name, words, file);
        assert_eq!(wiki.writes(), [""; 0], "{run:#?}");
        for says in says {
            assert!(run.err.contains(says), "expected {says:?} in {run:#?}");
        }
    }
}

const PUBLISH: [&str; 10] = [
    "--space",
    "OPS",
    "--title",
    "Build status",
    "--file",
    "page.md",
    "--parent",
    "Runbooks",
    "--labels",
    "ci,Nightly",
];

#[test]
fn publish_page_creates_updates_and_leaves_alone() {
    for wiki in wikis() {
        let publish = |text| wiki.run(&[], "publish-page", &PUBLISH, ("page.md", text));
        publish("All **green**.");
        let made = wiki.page("OPS", "Build status");
        assert_eq!(storage(&made), "<p>All <strong>green</strong>.</p>");
        assert_eq!((above(&made), labels(&made)), ("Runbooks".to_owned(), vec!["ci".to_owned(), "nightly".to_owned()]));
        let writes = wiki.writes().len();
        publish("All **green**.");
        assert_eq!(wiki.writes().len(), writes);
        publish("All **red**.");
        let now = wiki.page("OPS", "Build status");
        assert_eq!((&now["id"], &now["version"]["number"]), (&made["id"], &json!(2)));
        assert_eq!(storage(&now), "<p>All <strong>red</strong>.</p>");
        let words: Vec<&str> = PUBLISH.iter().map(|word| if *word == "page.md" { "page.xml" } else { word }).collect();
        wiki.run(&[], "publish-page", &words, ("page.xml", "<p>*red*</p>"));
        assert_eq!(storage(&wiki.page("OPS", "Build status")), "<p>*red*</p>");
    }
}

#[test]
fn publish_page_simulates() {
    only_simulates("publish-page", &PUBLISH, ("page.md", "x"), &["simulated: 1 × confluence: POST"]);
}

const NOTES: [&str; 8] = ["--project", "OPS", "--version", "1.0", "--space", "OPS", "--parent", "Runbooks"];

#[test]
fn release_notes_hold_every_issue_of_the_version() {
    for wiki in wikis() {
        wiki.run(&[], "release-notes", &NOTES, NO_FILE);
        let page = wiki.page("OPS", "Release notes OPS 1.0");
        let path = if wiki.cloud { "search/jql" } else { "search" };
        let jql = "project%20%3D%20OPS%20AND%20fixVersion%20%3D%20%221.0%22";
        let found = wiki.jira.ask(&format!("/rest/api/2/{path}?jql={jql}&fields=summary&maxResults=100"));
        let issues = found["issues"].as_array().expect("issues");
        assert!(issues.len() > 2, "{issues:?}");
        assert_eq!(storage(&page).matches("<tr>").count(), issues.len() + 1);
        for issue in issues {
            assert!(storage(&page).contains(&format!("<td>{}</td>", text(&issue["key"]))), "{issue}");
        }
        assert_eq!((above(&page), labels(&page)), ("Runbooks".to_owned(), vec!["release-notes".to_owned()]));
    }
}

#[test]
fn release_notes_simulates() {
    only_simulates("release-notes", &NOTES, NO_FILE, &["simulated: 1 × confluence: POST"]);
}

#[test]
fn attach_file_puts_it_on_an_issue_and_on_a_page() {
    for wiki in wikis() {
        let file = ("dist.zip", "zip");
        wiki.run(&[], "attach-file", &["--file", "dist.zip", "--issue", "OPS-1", "--name", "build 7.zip"], file);
        let issue = wiki.jira.ask("/rest/api/2/issue/OPS-1?fields=attachment");
        let files = issue["fields"]["attachment"].as_array().expect("attachments");
        assert!(files.iter().any(|file| file["filename"] == "build 7.zip" && file["size"] == 3), "{files:?}");
        let words = ["--file", "dist.zip", "--space", "OPS", "--page", "Rota"];
        wiki.run(&[], "attach-file", &words, file);
        wiki.run(&[], "attach-file", &words, ("dist.zip", "zip 2"));
        assert_eq!(wiki.files("OPS", "Rota"), ["dist.zip"]);
        let id = text(&wiki.page("OPS", "Rota")["id"]);
        let found = wiki.search(&format!("type = attachment and container = {id}"));
        assert_eq!((&found[0]["version"]["number"], &found[0]["extensions"]["fileSize"]), (&json!(2), &json!(5)));
    }
}

#[test]
fn attach_file_simulates_and_wants_one_place() {
    let says = ["simulated: 1 × jira: POST"];
    only_simulates("attach-file", &["--file", "dist.zip", "--issue", "OPS-1"], ("dist.zip", "zip"), &says);
    let says = ["simulated: 1 × confluence: POST"];
    let words = ["--file", "dist.zip", "--space", "OPS", "--page", "Rota"];
    only_simulates("attach-file", &words, ("dist.zip", "zip"), &says);
    let script = path_of("attach-file");
    let wrong: [&[&str]; 4] = [
        &[],
        &["--page", "Rota"],
        &["--issue", "OPS-1", "--page", "Rota"],
        &["--issue", "OPS-1", "--space", "OPS", "--page", "Rota"],
    ];
    for words in wrong {
        let words = [&["--sandbox", &script, "--file", "dist.zip"], words].concat();
        tieline(&words).file("dist.zip", "zip").run().ends(2).says("give either --issue, or --space and --page");
    }
}

/// Returns the files below a folder, as paths below it.
fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
            found.extend(files_below(&entry).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.insert(entry.file_name().expect("a name").to_string_lossy().into_owned());
        }
    }
    found
}

fn ends(file: &str, ending: &str) -> bool {
    Path::new(file).extension().is_some_and(|own| own == ending)
}

#[test]
fn download_attachments_saves_those_of_pages_and_of_issues() {
    for wiki in wikis() {
        let words = ["--cql", "type = page and space = OPS", "--jql", "project = OPS", "--folder", "files"];
        let (_, home) = wiki.run(&[], "download-attachments", &words, NO_FILE);
        let saved = files_below(&home.path().join("files"));
        let servers = text(&wiki.page("OPS", "Servers")["id"]);
        let csv = saved.iter().find(|file| file.starts_with(&servers) && file.ends_with("servers.csv"));
        let csv = csv.unwrap_or_else(|| panic!("{saved:?}"));
        let bytes = std::fs::read_to_string(home.path().join("files").join(csv)).expect("a file");
        assert!(bytes.starts_with("host;role;owner\n"), "{bytes}");
        let path = if wiki.cloud { "search/jql" } else { "search" };
        let found =
            wiki.jira.ask(&format!("/rest/api/2/{path}?jql=project%20%3D%20OPS&fields=attachment&maxResults=100"));
        let of_issues = found["issues"].as_array().expect("issues").iter();
        let count: usize = of_issues.map(|i| i["fields"]["attachment"].as_array().map_or(0, Vec::len)).sum();
        let pages = ["Servers", "Restore a backup"].iter().map(|page| wiki.files("OPS", page).len()).sum::<usize>();
        assert!(count > 0);
        assert_eq!(saved.len(), count + pages, "{saved:?}");
        assert_eq!(wiki.writes(), [""; 0]);
    }
}

#[test]
fn audit_spaces_writes_who_may_do_what() {
    for wiki in wikis() {
        let words = ["--spaces", "DOC", "--file", "out.csv"];
        let rows = |people: bool| {
            let words = if people { [&words[..], &["--people"]].concat() } else { words.to_vec() };
            let (_, home) = wiki.run(&[], "audit-spaces", &words, NO_FILE);
            let text = std::fs::read_to_string(home.path().join("out.csv")).expect("the file is written");
            let mut rows = csv::Reader::from_reader(text.as_bytes());
            rows.records().map(|row| row.expect("a row").iter().collect::<Vec<_>>().join("|")).collect::<Vec<String>>()
        };
        let groups = rows(false);
        assert!(
            groups.iter().any(|row| row.starts_with("DOC|anonymous|") && row.ends_with("|read space")),
            "{groups:?}"
        );
        assert!(groups.iter().any(|row| row.starts_with("DOC|group|") && row.ends_with("|docs-team||create page")));
        let people = rows(true);
        assert!(!people.iter().any(|row| row.starts_with("DOC|group|")));
        assert!(people.iter().any(|row| row.ends_with("|Lena Okafor|docs-team|create page")), "{people:?}");
        assert!(!people.iter().any(|row| row.contains("|Jonas Beck|docs-team|")));
        assert_eq!(wiki.writes(), [""; 0]);
    }
}

#[test]
fn export_pages_writes_a_space_and_a_tree() {
    for wiki in wikis() {
        let (_, home) = wiki.run(&[], "export-pages", &["--space", "OPS", "--folder", "out"], NO_FILE);
        let saved = files_below(&home.path().join("out"));
        let pages = wiki.search("type = page and space = OPS");
        assert_eq!(saved.iter().filter(|file| ends(file, "xml")).count(), pages.len());
        let index = std::fs::read_to_string(home.path().join("out/index.json")).expect("the index");
        let index: Value = serde_json::from_str(&index).expect("JSON");
        for page in &pages {
            let entries = index.as_array().expect("a list");
            let entry = entries.iter().find(|entry| entry["id"] == page["id"]).unwrap_or_else(|| panic!("{page}"));
            assert_eq!((&entry["title"], &entry["version"]), (&page["title"], &page["version"]["number"]));
            let file = home.path().join("out").join(format!("{}.xml", text(&entry["file"])));
            assert_eq!(std::fs::read_to_string(file).expect("a page"), storage(page));
        }
        let words = ["--space", "OPS", "--page", "Inventory", "--format", "view", "--folder", "tree"];
        let (_, home) = wiki.run(&[], "export-pages", &words, NO_FILE);
        let saved = files_below(&home.path().join("tree"));
        assert_eq!(saved.iter().filter(|file| ends(file, "html")).count(), 3, "{saved:?}");
        assert!(saved.iter().any(|file| file.contains(" Servers/") && file.ends_with(" servers.csv")), "{saved:?}");
        assert_eq!(wiki.writes(), [""; 0]);
    }
}

const PROJECT: [&str; 10] = [
    "--key",
    "APOLLO",
    "--name",
    "Project Apollo",
    "--from",
    "DOC",
    "--template",
    "Handbook",
    "--words",
    "Handbook=Apollo handbook,Exports=Launches",
];

#[test]
fn project_space_copies_the_templates_and_puts_words_in() {
    for wiki in wikis() {
        wiki.run(&[], "project-space", &PROJECT, NO_FILE);
        let titles = |space: &str| -> BTreeSet<String> {
            wiki.search(&format!("type = page and space = {space}")).iter().map(|page| text(&page["title"])).collect()
        };
        let wanted = ["Apollo handbook", "Sign in", "Search", "Search operators", "Launches", "Permissions"];
        let made = titles("APOLLO");
        assert!(wanted.iter().all(|title| made.contains(*title)), "{made:?}");
        assert_eq!(made.len(), wanted.len() + 1, "the space's own homepage is there too: {made:?}");
        let page = wiki.page("APOLLO", "Search operators");
        assert_eq!((above(&page), &page["space"]["name"]), ("Search".to_owned(), &json!("Project Apollo")));
        let words = storage(&wiki.page("DOC", "Exports")).replace("Exports", "Launches");
        assert_eq!(storage(&wiki.page("APOLLO", "Launches")), words);
        assert!(titles("DOC").contains("Handbook"));
    }
}

#[test]
fn project_space_simulates() {
    let says = ["simulated: 1 × confluence: POST", "simulated: 6 × confluence: POST"];
    only_simulates("project-space", &PROJECT, NO_FILE, &says);
}

#[test]
fn copy_pages_copies_a_tree_to_another_space() {
    for wiki in wikis() {
        let words = ["--space", "OPS", "--page", "Inventory", "--to-space", "DOC", "--to-parent", "Handbook"];
        wiki.run(&[], "copy-pages", &[&words[..], &["--prefix", "Ops: "]].concat(), NO_FILE);
        let copy = wiki.page("DOC", "Ops: Servers");
        assert_eq!(above(&copy), "Ops: Inventory");
        assert_eq!(above(&wiki.page("DOC", "Ops: Inventory")), "Handbook");
        let original = wiki.page("OPS", "Servers");
        assert_eq!((storage(&copy), labels(&copy)), (storage(&original), labels(&original)));
        assert_eq!(wiki.files("DOC", "Ops: Servers"), wiki.files("OPS", "Servers"));
    }
}

#[test]
fn copy_pages_copies_to_another_server() {
    let (from, to) = (Wiki::start("server"), Wiki::start("cloud"));
    let words = ["--space", "OPS", "--page", "Runbooks", "--to-space", "DOC", "--to-server", &to.practice.url];
    let there = ["--to-user", "mira@sandbox.example", "--to-token", "ATATT-sandbox-mira"];
    from.run(&[], "copy-pages", &[&words[..], &there].concat(), NO_FILE);
    let titles = ["Runbooks", "Restart the mail relay", "Restore a backup", "Database failover", "Failover checklist"];
    for title in titles {
        let (copy, original) = (to.page("DOC", title), from.page("OPS", title));
        assert_eq!((storage(&copy), labels(&copy)), (storage(&original), labels(&original)), "{title}");
    }
    assert_eq!(above(&to.page("DOC", "Failover checklist")), "Database failover");
    assert_eq!(to.files("DOC", "Restore a backup"), ["restore.log"]);
    assert_eq!(from.writes(), [""; 0]);
}

#[test]
fn copy_pages_simulates() {
    let words = ["--space", "OPS", "--page", "Runbooks", "--to-space", "WEB"];
    only_simulates("copy-pages", &words, NO_FILE, &["simulated: 7 × confluence: POST", "/child/attachment"]);
}

const REPLACE: [&str; 6] =
    ["--cql", "space in (OPS, WEB)", "--find", "old.sandbox.example", "--replace", "new & shiny"];

/// Returns the pages that have the old host, by their ids, and their texts.
fn with_old_host(wiki: &Wiki) -> Vec<(String, String)> {
    let pages = wiki.search("type = page and space in (OPS, WEB)");
    let all = pages.iter().map(|page| (text(&page["id"]), storage(page)));
    all.filter(|(_, body)| body.contains("old.sandbox.example")).collect()
}

#[test]
fn replace_in_pages_changes_the_text_and_nothing_else() {
    for wiki in wikis() {
        let before = with_old_host(&wiki);
        assert!(before.len() > 2, "{before:?}");
        wiki.run(&[], "replace-in-pages", &REPLACE, NO_FILE);
        assert_eq!(with_old_host(&wiki), []);
        for (id, body) in &before {
            let now = wiki.search(&format!("id = {id}"));
            assert_eq!(storage(&now[0]), body.replace("old.sandbox.example", "new &amp; shiny"));
        }
        assert_eq!(wiki.writes().len(), before.len());
    }
}

#[test]
fn replace_in_pages_simulates() {
    let says = format!("simulated: {} × confluence: PUT", with_old_host(&Wiki::start("cloud")).len());
    only_simulates("replace-in-pages", &REPLACE, NO_FILE, &[&says]);
}

#[test]
fn prune_pages_keeps_what_it_is_told_to_keep() {
    for wiki in wikis() {
        let versions = |space: &str| -> Vec<u64> {
            let pages = wiki.search(&format!("type = page and space = {space}"));
            pages.iter().map(|page| page["version"]["number"].as_u64().expect("a number")).collect()
        };
        let before = versions("WEB");
        assert!(before.iter().any(|n| *n > 3), "{before:?}");
        wiki.run(&[], "prune-pages", &["--space", "WEB", "--keep", "3", "--trash"], NO_FILE);
        assert_eq!(versions("WEB"), before.iter().map(|n| *n.min(&3)).collect::<Vec<_>>());
        let trash = if wiki.cloud { "/api/v2/pages?status=trashed" } else { "/rest/api/space/WEB/trash" };
        assert_eq!(wiki.ask(trash)["results"], json!([]));
        assert_eq!(wiki.search("type = page and space = WEB").len(), before.len());
    }
}

#[test]
fn prune_pages_deletes_old_drafts_on_data_center() {
    let wiki = Wiki::start("server");
    wiki.run(&[], "prune-pages", &["--space", "OPS", "--keep", "100", "--drafts", "90"], NO_FILE);
    let left = wiki.ask("/rest/api/content?type=page&status=draft");
    let left: Vec<String> = left["results"].as_array().expect("drafts").iter().map(|d| text(&d["title"])).collect();
    assert_eq!(left, ["Half an idea"]);
}

#[test]
fn prune_pages_refuses_drafts_on_cloud_before_it_deletes() {
    let wiki = Wiki::start("cloud");
    let script = path_of("prune-pages");
    let words = [&script, "--space", "WEB", "--keep", "1", "--drafts", "90"];
    let all: Vec<&str> = words.into_iter().chain(wiki.login.iter().map(String::as_str)).collect();
    tieline(&all).run().says("Cloud has no API that lists drafts");
    assert_eq!(wiki.writes(), [""; 0]);
}

#[test]
fn prune_pages_simulates() {
    let words = ["--space", "WEB", "--keep", "1"];
    only_simulates("prune-pages", &words, NO_FILE, &["× confluence: DELETE"]);
}

const LABEL: [&str; 6] = ["--cql", "space = OPS and type = page", "--add", "checked,howto", "--remove", "outdated"];

#[test]
fn label_pages_adds_and_removes() {
    for wiki in wikis() {
        let all = || wiki.search("space = OPS and type = page order by id");
        let before: Vec<Vec<String>> = all().iter().map(labels).collect();
        assert!(before.iter().flatten().any(|label| label == "outdated"), "{before:?}");
        wiki.run(&[], "label-pages", &LABEL, NO_FILE);
        for (before, after) in before.into_iter().zip(all().iter().map(labels)) {
            let mut wanted: BTreeSet<String> = before.into_iter().filter(|label| label != "outdated").collect();
            wanted.extend(["checked".to_owned(), "howto".to_owned()]);
            assert_eq!(after.into_iter().collect::<BTreeSet<_>>(), wanted);
        }
        let writes = wiki.writes().len();
        wiki.run(&[], "label-pages", &LABEL, NO_FILE);
        assert_eq!(wiki.writes().len(), writes);
    }
}

#[test]
fn label_pages_simulates() {
    only_simulates("label-pages", &LABEL, NO_FILE, &["simulated: 20 × confluence: POST", "× confluence: DELETE"]);
}
