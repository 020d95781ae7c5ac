//! What the practice servers offer is what the vendors describe, with a few exceptions that are known by name.

use crate::catalog::Catalog;
use crate::sandbox::atlassian::route::{On, Route};
use crate::sandbox::table::Row;
use crate::sandbox::{bamboo, bitbucket, confluence, slack, tempo, trello, upm};

/// What may stand in an open place: a word, a number, the key of a plan, of a build, of two plans.
const FILLERS: [&str; 5] = ["x", "1", "A-B", "A-B-1", "A-B:C-D"];

fn described(apis: &'static [&'static str], method: &str, path: &str) -> bool {
    FILLERS.iter().any(|filler| Catalog(apis).route(method, &path.replace("{}", filler)).is_some())
}

/// Returns method and path of every row that the vendor does not describe.
fn unknown<P>(apis: &'static [&'static str], prefix: &str, groups: &[&[Row<P>]]) -> Vec<String> {
    let rows = groups.iter().copied().flatten();
    let lost = rows.filter(|row| !described(apis, row.method, &format!("{prefix}{}", row.path)));
    lost.map(|row| format!("{} {}", row.method, row.path)).collect()
}

#[test]
fn trello_offers_what_is_described() {
    // Older forms that still work.
    let known = [
        "GET members/{}/boards/{}",
        "GET members/{}/cards/{}",
        "GET lists/{}/cards/{}",
        "POST lists/{}/cards",
        "PUT cards/{}/{}",
        "GET cards/{}/attachments/{}/download/{}",
        "PUT card/{}/customField/{}/item",
    ];
    assert_eq!(unknown(&["trello"], "/1/", trello::GROUPS), known);
}

#[test]
fn tempo_offers_what_is_described() {
    assert_eq!(unknown(&["tempo-v4"], "/4/", tempo::GROUPS), Vec::<String>::new());
}

#[test]
fn slack_offers_what_is_described() {
    let names = slack::METHODS.iter().map(|method| method.name);
    let lost: Vec<&str> = names.filter(|name| Catalog(&["slack-web"]).operation(name).is_none()).collect();
    assert_eq!(lost, Vec::<&str>::new());
}

#[test]
fn bamboo_offers_what_is_described_and_pages() {
    let lost = unknown(&["bamboo-dc"], "", bamboo::GROUPS);
    let rest: Vec<&String> = lost.iter().filter(|line| line.contains("/rest/api/")).collect();
    assert_eq!(rest, Vec::<&String>::new());
}

#[test]
fn the_plugin_manager_offers_what_is_known_of_it() {
    assert_eq!(unknown(&["upm"], "/rest/plugins/1.0/", &[upm::ROWS]), ["POST updates/all"]);
    assert_eq!(unknown(&["upm"], "/rest/plugins/1.0/", &[upm::CLOUD_ROWS]), Vec::<String>::new());
}

/// Returns method and path of every resource of a deployment that the vendor does not describe. Pages are not described
/// at all, and neither are logins.
fn unknown_there<F>(apis: &'static [&'static str], prefix: &str, on: On, groups: &[&[Route<F>]]) -> Vec<String> {
    let version = |path: &str| path.replace("{v}", "latest").replace("{*}", "{}");
    let rest = |path: &str| ["/rest/api/", "/api/v2/", "/2.0/"].iter().any(|start| path.starts_with(start));
    let rows = groups.iter().copied().flatten().filter(|row| (row.on == on || row.on == On::Both) && rest(row.path));
    let lost = rows.filter(|row| !described(apis, row.method, &format!("{prefix}{}", version(row.path))));
    lost.map(|row| format!("{} {}", row.method, row.path)).collect()
}

#[test]
fn confluence_offers_what_is_described() {
    let groups = confluence::TABLE.groups;
    let cloud = unknown_there(&["confluence-cloud-v2", "confluence-cloud-v1"], "/wiki", On::Cloud, groups);
    assert_eq!(cloud, Vec::<String>::new());
    let server = unknown_there(&["confluence-dc"], "", On::Dc, groups);
    assert_eq!(server, Vec::<String>::new());
}

#[test]
fn bitbucket_offers_what_is_described() {
    let groups = bitbucket::TABLE.groups;
    assert_eq!(unknown_there(&["bitbucket-cloud"], "", On::Cloud, groups), Vec::<String>::new());
    // Without a path it shows every file.
    let known = ["GET /rest/api/{v}/projects/{}/repos/{}/pull-requests/{}/diff"];
    assert_eq!(unknown_there(&["bitbucket-dc"], "", On::Dc, groups), known);
}
