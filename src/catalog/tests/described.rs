//! The catalogue against `operations.tsv`, the list of the vendors' operations: equal facts, but for the faults below.

use super::super::{APIS, Body, List, Operation, Parameter, Place, Shape, Type};
use std::collections::{BTreeSet, HashMap};

/// Parameters whose facts differ from the description: API and name (a `*` in front stands for anything), and why.
const FAULTS: &[(&str, &[&str], &str)] = &[
    ("*", &["Authorization"], "the credential supplies it"),
    ("slack-web", &["token"], "the credential supplies it"),
    ("bitbucket-dc", &["User-Agent", "Content-Length"], "the transport supplies it"),
    ("*", &["expand"], "names joined by commas, and they nest"),
    ("jira-cloud-v3", &["properties"], "the class StringList: names joined by commas"),
    ("jira-cloud-agile", &["fields", "type", "state"], "the class StringList: names joined by commas"),
    ("jira-dc", &["fields", "properties", "type", "state"], "the class StringList: names joined by commas"),
    ("jira-dc", &["permissionId"], "a path parameter without a placeholder"),
    ("bamboo-dc", &["user", "name"], "a path parameter without a placeholder"),
    ("jira-dc", &["alternativeIssueTypeId"], "described as a path parameter, and is in the query"),
    ("jira-cloud-agile", &["params"], "pairs of any names"),
    (
        "tempo-v4",
        &["assigneeTypes", "planItemTypes", "plannedTimeBreakdown"],
        "the values of an item are the list's, too",
    ),
    ("confluence-cloud-v1", &["depth"], "a value described in words"),
    ("confluence-dc", &["groupName", "key"], "described as the object that it names"),
    ("bitbucket-dc", &["user", "commitId"], "described as a body of JSON"),
    ("bitbucket-dc", &["projectKey", "repositorySlug"], "a placeholder that is not described"),
    ("bitbucket-dc", &["path", "name"], "may hold slashes"),
    ("bitbucket-cloud", &["path"], "may hold slashes"),
    ("bitbucket-cloud", &["sort", "state"], "a minus may be in front; may be repeated"),
    ("trello", &["idCard"], "a placeholder that is not described"),
    ("trello", &["*fields", "filter", "keepFromSource", "boardsInvited"], "names joined by commas"),
    ("trello", &["organizations", "organizationsInvited", "powerUps"], "names joined by commas"),
    ("trello", &["id", "idMember", "idMembers", "idLabels", "idOrganizations"], "a class that is an id"),
    ("trello", &["channel", "field"], "a list of one value where there are more"),
    ("trello", &["file"], "a file, described as a part of the query"),
];

/// Operations whose body is said to need a member that it must not have.
const IMPOSSIBLE: [(&str, &str); 2] =
    [("addSecurityLevelMembers", "securitySchemeLevelMembers"), ("submitBulkMove", "targetToMultipleSourceMapping")];

/// Ids that the catalogue changes: API, published id, ours. The rest of the changes are the three prefixes.
const RENAMED: &[(&str, &str, &str)] = &[
    ("jira-cloud-servicedesk", "getArticles", "getServiceDeskArticles"),
    ("jira-cloud-servicedesk", "getOrganizations", "getServiceDeskOrganizations"),
    ("jira-cloud-servicedesk", "getPropertiesKeys", "getRequestTypePropertiesKeys"),
    ("jira-cloud-servicedesk", "getProperty", "getRequestTypeProperty"),
    ("jira-cloud-servicedesk", "setProperty", "setRequestTypeProperty"),
    ("jira-cloud-servicedesk", "deleteProperty", "deleteRequestTypeProperty"),
    ("bitbucket-dc", "get", "basicauth_get"),
    ("bitbucket-dc", "authenticate", "tsv_authenticate"),
    ("bitbucket-dc", "getStatus", "tsv_getStatus"),
    ("trello", CHANNEL_KEYS, "put-members-id-notificationChannelSettings"),
    ("trello", CHANNEL_KEYS, "put-members-id-notificationChannelSettings-channel"),
];

/// The id that Trello gives to three operations.
const CHANNEL_KEYS: &str = "put-members-id-notificationChannelSettings-channel-blockedKeys";

/// What is put in front of an id that belongs to another description of the same connection.
const PREFIXES: [&str; 3] = ["software_", "servicedesk_", "v1_"];

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_described_operation_is_here_with_the_same_facts() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/specs/operations.tsv");
    let Ok(text) = std::fs::read_to_string(path) else {
        return eprintln!("SKIPPED: {path} is not there; the catalogue is not compared with the descriptions");
    };
    let text: &'static str = text.leak();
    let rows: Vec<Row> = text.lines().skip(1).map(row).collect();
    assert_eq!(rows.len(), 3736);
    let ours: HashMap<_, Vec<_>> = APIS.iter().map(|api| (api.name, api.operations().collect())).collect();
    let mut used = BTreeSet::new();
    let differences: Vec<String> = rows.iter().flat_map(|row| compare(row, &ours[row.file], &mut used)).collect();
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
    let stale: Vec<_> = (0..FAULTS.len()).filter(|i| !used.contains(i)).map(|i| FAULTS[i]).collect();
    assert!(stale.is_empty(), "faults that are none: {stale:?}");
}

/// A row of `operations.tsv`.
struct Row {
    file: &'static str,
    id: &'static str,
    method: &'static str,
    path: String,
    parameters: Vec<Parameter>,
    body: &'static str,
    flags: &'static str,
}

fn row(line: &'static str) -> Row {
    let columns: Vec<&str> = line.split('\t').collect();
    let [file, id, method, path, parameters, body, flags] = columns[..] else { panic!("seven columns: {line}") };
    let id = id.trim_start_matches('~').split(" (").next().unwrap();
    let parameters = parameters.split(' ').filter(|text| text.contains(':')).map(parameter).collect();
    // The one path of Trello with a stray sign.
    Row { file, id, method, path: path.replace("${", "{"), parameters, body, flags }
}

/// Reads `name:place:type`, with `[]` for a list and `*` when required.
fn parameter(text: &'static str) -> Parameter {
    let (text, required) = text.strip_suffix('*').map_or((text, false), |text| (text, true));
    let [name, place, kind] = text.split(':').collect::<Vec<_>>()[..] else { panic!("three parts: {text}") };
    let place = match place {
        "p" => Place::Path,
        "q" => Place::Query,
        "h" => Place::Header,
        _ => Place::Form,
    };
    let (kind, list) = kind.strip_suffix("[]").map_or((kind, List::No), |kind| (kind, List::Repeated));
    let (kind, values) = match kind {
        "string" => (Type::String, vec![]),
        "integer" => (Type::Integer, vec![]),
        "number" => (Type::Number, vec![]),
        "boolean" => (Type::Boolean, vec![]),
        "object" | "" => (Type::Any, vec![]),
        values => (Type::String, values.split('|').collect()),
    };
    Parameter { name, place, kind, list, values, required, default: None }
}

/// Names what differs between a row and the catalogue, and notes which faults excuse the rest.
fn compare(row: &Row, operations: &[Operation], used: &mut BTreeSet<usize>) -> Vec<String> {
    let slack = row.file == "slack-web";
    let same = |o: &&Operation| o.path == row.path && (slack || o.method == row.method);
    let Some(ours) = operations.iter().find(same) else {
        return vec![format!("{} {} {} is missing", row.file, row.method, row.path)];
    };
    // Slack methods that write go as POST even where they are described as GET.
    let method_fits = ours.method == row.method || slack && !ours.reads;
    let flags = (row.flags.contains("deprecated"), row.flags.contains("experimental"));
    let facts = [
        (named(row, ours.id), "id"),
        (method_fits, "method"),
        ((ours.deprecated, ours.experimental) == flags, "flags"),
        (body(row, ours.body.as_ref()), "body"),
    ];
    let facts = facts.into_iter().filter(|(fits, _)| !fits).map(|(_, what)| what.to_owned());
    let parameters = differing(row, ours).into_iter().filter(|name| !excused(row.file, name, used));
    facts.chain(parameters).map(|what| format!("{} {} ({}): {what}", row.file, row.id, ours.id)).collect()
}

fn named(row: &Row, ours: &str) -> bool {
    let prefixed = PREFIXES.iter().any(|prefix| ours.strip_prefix(prefix) == Some(row.id));
    ours == row.id || prefixed || RENAMED.contains(&(row.file, row.id, ours))
}

fn excused(file: &str, name: &str, used: &mut BTreeSet<usize>) -> bool {
    let fits = |pattern: &&'static str| pattern.strip_prefix('*').map_or(*pattern == name, |end| name.ends_with(end));
    let found = FAULTS.iter().position(|(api, names, _)| (*api == "*" || *api == file) && names.iter().any(fits));
    used.extend(found);
    found.is_some()
}

/// Names the parameters that one side lacks or that differ.
fn differing(row: &Row, ours: &Operation) -> BTreeSet<String> {
    let is_form = ours.body.as_ref().is_some_and(|body| matches!(body.shape, Shape::Form | Shape::File));
    let known =
        |p: &&Parameter| !is_form || matches!(p.place, Place::Path | Place::Segments | Place::Query | Place::Header);
    // The list leaves long rows of values out, and those of a list's items.
    let leaves_out = |p: &Parameter| row.parameters.iter().any(|r| r.name == p.name && r.values.is_empty());
    let as_listed = |p: &Parameter| {
        if leaves_out(p) { Parameter { values: Vec::new(), ..p.clone() } } else { p.clone() }
    };
    let ours = &Operation { parameters: ours.parameters.iter().map(as_listed).collect(), ..ours.clone() };
    let described: Vec<_> = row.parameters.iter().map(|p| facts(row, ours, p)).collect();
    let listed: Vec<_> = ours.parameters.iter().map(|p| facts(row, ours, p)).collect();
    let lacking = row.parameters.iter().zip(&described).filter(|(p, facts)| {
        // A field of a form may have become a file.
        !listed.contains(facts) && !ours.files().any(|file| p.place == Place::Form && file.name == p.name)
    });
    let added =
        ours.parameters.iter().filter(known).zip(ours.parameters.iter().filter(known).map(|p| facts(row, ours, p)));
    let added = added.filter(|(_, facts)| !described.contains(facts)).map(|(p, _)| p);
    lacking.map(|(p, _)| p).chain(added).map(|p| p.name.to_owned()).collect()
}

type Facts = (&'static str, Place, Type, bool, Vec<&'static str>, bool);

/// Returns what is compared. Of Slack, structures described as strings count as strings, and the method decides on the
/// place.
fn facts(row: &Row, ours: &Operation, p: &Parameter) -> Facts {
    let slack = row.file == "slack-web";
    let kind = if slack && p.kind == Type::Any { Type::String } else { p.kind };
    let place = if slack && p.place == Place::Query && ours.method == "POST" { Place::Form } else { p.place };
    (p.name, place, kind, p.list != List::No, p.values.clone(), p.required)
}

/// Compares the bodies. A form is its parameters here; there it is a class, a list, or not described.
fn body(row: &Row, ours: Option<&Body>) -> bool {
    let Some(ours) = ours else { return row.body.is_empty() };
    if matches!(ours.shape, Shape::Form | Shape::File) {
        return true;
    }
    let (words, required) = row.body.strip_suffix(" required").map_or((row.body, false), |words| (words, true));
    let media = words.split(' ').map(|word| word.split(['=', '{']).next().unwrap());
    let members = words.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(members, _)| members);
    // Every object of Bitbucket Cloud says that it needs its type.
    let is_type = |member: &str| row.file == "bitbucket-cloud" && member == "type";
    let members = members.split(',').filter(|m| !m.is_empty() && !is_type(m) && !IMPOSSIBLE.contains(&(row.id, m)));
    let members: Vec<_> = members.collect();
    ours.required == (required || !members.is_empty())
        && ours.media.iter().copied().eq(media)
        && ours.members.iter().map(|member| member.name).eq(members)
}
