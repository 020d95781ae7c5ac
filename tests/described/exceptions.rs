//! Where the descriptions are wrong.

use serde_json::{Value, json};

/// A fault of a description.
#[derive(Debug)]
pub(super) struct Exception {
    /// The beginning of deployment, method and path.
    operation: &'static str,
    /// A part of the place in the answer.
    place: &'static str,
    /// A part of what the description has against it.
    fault: &'static str,
    /// Why the answer is right all the same.
    #[allow(dead_code)] // for the reader, and shown when an exception is idle
    cause: &'static str,
}

impl Exception {
    /// Reports whether a fault is this one.
    pub(super) fn covers(&self, operation: &str, place: &str, fault: &str) -> bool {
        operation.starts_with(self.operation) && place.contains(self.place) && fault.contains(self.fault)
    }
}

pub(super) const fn row(
    operation: &'static str,
    place: &'static str,
    fault: &'static str,
    cause: &'static str,
) -> Exception {
    Exception { operation, place, fault, cause }
}

/// The known faults of the descriptions of Jira.
pub(super) const EXCEPTIONS: &[Exception] = &[
    row("cloud GET /rest/api/3/serverInfo", "", "'defaultLocale'", "it is in the description's own example"),
    row("cloud POST /rest/api/3/issue/bulkfetch", "", "'expand'", "it is in the description's own example"),
    row("cloud", "", "'entityId'", "projects have it beside uuid"),
    row("", "/changelog/histories/", NO_TEXT, "the side of a change on which there was nothing is null"),
    row("server", "/fields/", NO_OBJECT, "fields are said to be objects, whatever their type"),
    row("server", "/renderedFields/", NO_OBJECT, "fields are said to be objects, whatever their type"),
    row("server GET /api/2/issue/{issueIdOrKey}/properties/", "/value", NO_TEXT, "a property is any JSON"),
    row(
        "server POST /api/2/issue/{issueIdOrKey}/remotelink",
        "",
        "status 201",
        "the service tells a link that it made from one that it changed",
    ),
];

const NO_TEXT: &str = "not of type \"string\"";
const NO_OBJECT: &str = "not of type \"object\"";

/// What answers a list in Data Center, whose description gives the schema of an item: the operation, and the
/// member of a page that holds the items.
const LISTS: [(&str, &str); 25] = [
    ("GET /api/2/issuetypescheme/{schemeId}/associations", ""),
    ("GET /api/2/field", ""),
    ("GET /api/2/filter/favourite", ""),
    ("GET /api/2/issue/{issueIdOrKey}/remotelink", ""),
    ("GET /api/2/issuetype", ""),
    ("GET /api/2/priority", ""),
    ("GET /api/2/project", ""),
    ("GET /api/2/project/{projectIdOrKey}/components", ""),
    ("GET /api/2/project/{projectIdOrKey}/statuses", ""),
    ("GET /api/2/project/{projectIdOrKey}/versions", ""),
    ("GET /api/2/resolution", ""),
    ("GET /api/2/role", ""),
    ("GET /api/2/status", ""),
    ("GET /api/2/statuscategory", ""),
    ("GET /api/2/user/assignable/search", ""),
    ("GET /api/2/user/search", ""),
    ("GET /api/2/group/member", "values"),
    ("GET /api/2/issue/createmeta/{projectIdOrKey}/issuetypes", "values"),
    ("GET /api/2/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", "values"),
    ("GET /agile/1.0/board", "values"),
    ("GET /agile/1.0/board/{boardId}/backlog", "issues"),
    ("GET /agile/1.0/board/{boardId}/epic", "values"),
    ("GET /agile/1.0/board/{boardId}/issue", "issues"),
    ("GET /agile/1.0/board/{boardId}/project", "values"),
    ("GET /agile/1.0/board/{boardId}/sprint", "values"),
];

/// Returns the schema of an operation's answer, given the one that is described.
pub(super) fn corrected(operation: &str, schema: &Value) -> Value {
    let list = json!({ "type": "array", "items": schema });
    match LISTS.iter().find(|(name, _)| *name == operation) {
        None => schema.clone(),
        Some((_, "")) => list,
        Some((_, member)) => json!({ "type": "object", "required": [member], "properties": { *member: list } }),
    }
}
