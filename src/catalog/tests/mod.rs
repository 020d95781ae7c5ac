//! Tests over all operations: against the list of the vendors' operations, and against themselves.

mod described;
mod every;
mod placed;

use super::*;
use std::collections::BTreeSet;

/// The number of operations of each API: those of `operations.tsv`, and those of our own tables.
const COUNTS: [(&str, usize, usize); 14] = [
    ("jira-cloud-v3", 616, 0),
    ("jira-cloud-agile", 105, 0),
    ("jira-cloud-servicedesk", 69, 0),
    ("jira-dc", 437, 0),
    ("confluence-cloud-v2", 218, 0),
    ("confluence-cloud-v1", 130, 0),
    ("confluence-dc", 176, 0),
    ("bitbucket-cloud", 331, 0),
    ("bitbucket-dc", 566, 0),
    ("bamboo-dc", 404, 6),
    ("trello", 256, 0),
    ("slack-web", 174, 152),
    ("tempo-v4", 254, 0),
    ("upm", 0, 37),
];

#[test]
fn every_api_has_all_its_operations_and_no_id_twice() {
    for (name, described, ours) in COUNTS {
        let ids: Vec<_> = api(name).unwrap().ids().collect();
        assert_eq!(ids.len(), described + ours, "{name}");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name} has an id twice");
        assert_eq!(api(name).unwrap().operations().count(), ids.len(), "{name} has a line that cannot be read");
    }
    assert_eq!(APIS.len(), COUNTS.len());
}

#[test]
fn the_apis_of_a_connection_share_no_id() {
    for catalog in [
        Catalog(&["jira-cloud-v3", "jira-cloud-agile", "jira-cloud-servicedesk"]),
        Catalog(&["confluence-cloud-v2", "confluence-cloud-v1"]),
    ] {
        let ids: Vec<_> = catalog.ids().map(|id| id.replace(|c: char| !c.is_alphanumeric(), "_")).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{catalog:?}");
    }
}

#[test]
fn every_operation_is_found_by_its_id_and_by_its_route() {
    for api in APIS {
        let catalog = Catalog(std::slice::from_ref(&api.name));
        for operation in api.operations() {
            assert_eq!(catalog.operation(operation.id).as_ref(), Some(&operation));
            let found = catalog.route(operation.method, operation.path).unwrap();
            assert_eq!((found.method, found.path), (operation.method, operation.path));
        }
    }
}

#[test]
fn ids_may_be_written_with_other_signs() {
    let slack = Catalog(&["slack-web"]);
    assert_eq!(slack.operation("chat.postMessage").unwrap().id, "chat_postMessage");
    assert_eq!(Catalog(&["trello"]).operation("get_members_id").unwrap().id, "get-members=id");
    assert!(slack.operation("chat.postMessages").is_none());
}

/// APIs, what somebody wrote, and the operation that was meant.
const SLIPS: [(Catalog, &str, &str); 5] = [
    (Catalog(&["jira-cloud-v3"]), "getIsue", "getIssue"),
    (Catalog(&["jira-cloud-v3", "jira-cloud-agile"]), "getallboards", "getAllBoards"),
    (Catalog(&["slack-web"]), "postMessage", "chat_postMessage"),
    (Catalog(&["trello"]), "getBoardsId", "get-boards-id"),
    (Catalog(&["upm"]), "installPlugins", "installPlugin"),
];

#[test]
fn unknown_ids_give_suggestions() {
    for (catalog, written, meant) in SLIPS {
        let suggestions = catalog.suggestions(written);
        assert_eq!(suggestions.first().map(String::as_str), Some(meant), "{suggestions:?}");
    }
    assert!(Catalog(&["upm"]).suggestions("xyzzy").is_empty());
}
