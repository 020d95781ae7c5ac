//! The server itself, and the lists that everything else points into.

use super::call::{Call, Outcome};
use super::guard::{Access, refuse};
use super::route::{On, Route, row};
use super::schema::{self, CATEGORIES, FIELDS, ISSUE_TYPES, Named, PRIORITIES, RESOLUTIONS, STATUSES};
use super::users;
use super::world::{now, stamp};
use serde_json::{Map, Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Both, "GET", "/rest/api/{v}/serverInfo", Access::Anyone, server_info),
    row(On::Cloud, "GET", "/_edge/tenant_info", Access::Anyone, tenant),
    row(On::Both, "GET", "/rest/api/{v}/mypermissions", Access::Anyone, my_permissions),
    row(On::Both, "GET", "/rest/api/{v}/permissions", Access::Admin, permissions),
    row(On::Both, "GET", "/rest/api/{v}/field", Access::Anyone, fields),
    row(On::Cloud, "GET", "/rest/api/{v}/field/search", Access::Anyone, field_search),
    row(On::Both, "GET", "/rest/api/{v}/priority", Access::Anyone, priorities),
    row(On::Cloud, "GET", "/rest/api/{v}/priority/search", Access::Anyone, priority_search),
    row(On::Both, "GET", "/rest/api/{v}/priority/{}", Access::Anyone, priority),
    row(On::Both, "GET", "/rest/api/{v}/resolution", Access::Anyone, resolutions),
    row(On::Both, "GET", "/rest/api/{v}/resolution/{}", Access::Anyone, resolution),
    row(On::Both, "GET", "/rest/api/{v}/status", Access::Anyone, statuses),
    row(On::Both, "GET", "/rest/api/{v}/status/{}", Access::Anyone, status),
    row(On::Both, "GET", "/rest/api/{v}/statuscategory", Access::Anyone, categories),
    row(On::Both, "GET", "/rest/api/{v}/issuetype", Access::Anyone, issue_types),
    row(On::Both, "GET", "/rest/api/{v}/issuetype/{}", Access::Anyone, issue_type),
    row(On::Cloud, "GET", "/rest/api/{v}/label", Access::Anyone, labels),
    row(On::Both, "GET", "/rest/api/{v}/configuration", Access::User, configuration),
];

fn server_info(call: &mut Call) -> Outcome {
    let version = call.gate.version();
    let numbers: Vec<u32> = version.split(['.', '-']).map_while(|n| n.parse().ok()).chain([0, 0]).take(3).collect();
    let build = numbers.iter().fold(0_u64, |n, part| n * 1000 + u64::from(*part));
    let mut value = json!({
        "baseUrl": call.face.base,
        "version": version,
        "versionNumbers": numbers,
        "deploymentType": if call.face.cloud { "Cloud" } else { "Server" },
        "buildNumber": build,
        "buildDate": "2026-10-01T00:00:00.000+0000",
        "serverTime": stamp(now()),
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": "Practice Jira",
    });
    if call.face.cloud {
        value["displayUrl"] = json!(call.face.base);
        value["defaultLocale"] = json!({ "locale": "en_US" });
        value["serverTimeZone"] = json!("Etc/UTC");
    }
    Call::ok(&value)
}

fn tenant(_: &mut Call) -> Outcome {
    Call::ok(&json!({ "cloudId": crate::sandbox::atlassian::CLOUD_ID }))
}

fn my_permissions(call: &mut Call) -> Outcome {
    let asked = call.request.params("permissions").join(",");
    if call.face.cloud && asked.is_empty() {
        return Err(refuse(400, "The 'permissions' query parameter is required."));
    }
    let project = match (call.request.param("projectKey"), call.request.param("issueKey")) {
        (Some(key), _) => Some(call.project_id(key)?),
        (_, Some(key)) => {
            let id = call.visible_issue(key)?;
            call.world.issues.get(&id).map(|i| i.project)
        }
        _ => None,
    };
    let known = users::permissions(call, project);
    let wanted = |key: &str| asked.is_empty() || asked.split(',').any(|a| a.trim() == key);
    if let Some(name) = asked.split(',').map(str::trim).find(|a| !a.is_empty() && !known.iter().any(|k| k.0 == *a)) {
        return Err(refuse(400, format!("Unrecognized permission: {name}")));
    }
    let all: Map<_, _> = known
        .into_iter()
        .filter(|(key, _, _)| wanted(key))
        .map(|(key, name, have)| {
            let kind = if key.contains("PROJECT") || key.contains("ISSUES") { "PROJECT" } else { "GLOBAL" };
            let value = json!({ "id": "0", "key": key, "name": name, "type": kind, "description": name, "havePermission": have });
            (key.to_owned(), value)
        })
        .collect();
    Call::ok(&json!({ "permissions": all }))
}

fn permissions(call: &mut Call) -> Outcome {
    let all: Map<_, _> = users::permissions(call, None)
        .into_iter()
        .map(|(key, name, _)| {
            (key.to_owned(), json!({ "key": key, "name": name, "type": "GLOBAL", "description": name }))
        })
        .collect();
    Call::ok(&json!({ "permissions": all }))
}

fn fields(call: &mut Call) -> Outcome {
    Call::ok(&FIELDS.iter().map(|f| call.face.field(f)).collect())
}

fn field_search(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let query = call.request.param("query").unwrap_or_default().to_lowercase();
    let kinds = call.request.params("type");
    let fits = |f: &&schema::Field| {
        let kind = if f.custom.is_empty() { "system" } else { "custom" };
        f.name.to_lowercase().contains(&query) && (kinds.is_empty() || kinds.contains(&kind))
    };
    let all: Vec<Value> = FIELDS
        .iter()
        .filter(fits)
        .map(|f| json!({ "id": f.id, "name": f.name, "schema": super::face::field_schema(f), "description": "" }))
        .collect();
    Call::ok(&call.page(window, &all))
}

fn whole_priority(call: &Call, priority: &Named) -> Value {
    let mut value = call.face.priority(priority);
    value["statusColor"] = json!(priority.color);
    value["description"] = json!(priority.about);
    if call.face.cloud {
        value["isDefault"] = json!(priority.id == "3");
    }
    value
}

fn priorities(call: &mut Call) -> Outcome {
    Call::ok(&PRIORITIES.iter().map(|p| whole_priority(call, p)).collect())
}

fn priority_search(call: &mut Call) -> Outcome {
    let window = call.window(50, 50)?;
    let all: Vec<Value> = PRIORITIES.iter().map(|p| whole_priority(call, p)).collect();
    Call::ok(&call.page(window, &all))
}

fn priority(call: &mut Call) -> Outcome {
    match PRIORITIES.iter().find(|p| p.id == call.arg(0)) {
        Some(found) => Call::ok(&whole_priority(call, found)),
        None => Err(refuse(404, format!("The priority with id '{}' does not exist", call.arg(0)))),
    }
}

fn resolutions(call: &mut Call) -> Outcome {
    Call::ok(&RESOLUTIONS.iter().map(|r| call.face.resolution(r)).collect())
}

fn resolution(call: &mut Call) -> Outcome {
    match RESOLUTIONS.iter().find(|r| r.id == call.arg(0)) {
        Some(found) => Call::ok(&call.face.resolution(found)),
        None => Err(refuse(404, format!("The resolution with id '{}' does not exist", call.arg(0)))),
    }
}

fn statuses(call: &mut Call) -> Outcome {
    Call::ok(&STATUSES.iter().map(|s| call.face.status(s)).collect())
}

fn status(call: &mut Call) -> Outcome {
    match schema::status(call.arg(0)) {
        Some(found) => Call::ok(&call.face.status(found)),
        None => Err(refuse(404, format!("The status with id '{}' does not exist", call.arg(0)))),
    }
}

fn categories(call: &mut Call) -> Outcome {
    Call::ok(&(0..CATEGORIES.len()).map(|n| call.face.category(n)).collect())
}

fn issue_types(call: &mut Call) -> Outcome {
    Call::ok(&ISSUE_TYPES.iter().map(|t| call.face.issue_type(t)).collect())
}

fn issue_type(call: &mut Call) -> Outcome {
    match ISSUE_TYPES.iter().find(|t| t.id == call.arg(0)) {
        Some(found) => Call::ok(&call.face.issue_type(found)),
        None => Err(refuse(404, format!("The issue type with id '{}' does not exist", call.arg(0)))),
    }
}

fn labels(call: &mut Call) -> Outcome {
    let window = call.window(1000, 1000)?;
    let visible = call.world.issues.values().filter(|i| call.may_browse(i.project));
    let mut labels: Vec<String> = visible.flat_map(|i| i.labels.clone()).collect();
    labels.sort();
    labels.dedup();
    let all: Vec<Value> = labels.into_iter().map(Value::from).collect();
    let mut page = call.page(window, &all);
    if let Value::Object(page) = &mut page {
        page.shift_remove("self");
    }
    Call::ok(&page)
}

fn configuration(_: &mut Call) -> Outcome {
    Call::ok(&json!({
        "votingEnabled": true, "watchingEnabled": true, "unassignedIssuesAllowed": true, "subTasksEnabled": true,
        "issueLinkingEnabled": true, "timeTrackingEnabled": true, "attachmentsEnabled": true,
        "timeTrackingConfiguration": { "workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute" },
    }))
}
