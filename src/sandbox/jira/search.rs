//! Search: with a total and pages by number on Data Center, with page tokens on Cloud.

use super::call::{Call, Outcome};
use super::fields_out::Wanted;
use super::guard::{Access, Refusal, refuse};
use super::issues::write;
use super::jql::{self, Asker, Hits};
use super::route::{On, Route, row};
use super::schema::FIELDS;
use super::world::now;
use crate::sandbox::http::Reply;
use base64::Engine;
use serde_json::{Map, Value, json};

pub(crate) const ROUTES: &[Route] = &[
    row(On::Dc, "GET", "/rest/api/{v}/search", Access::Anyone, dc),
    row(On::Dc, "POST", "/rest/api/{v}/search", Access::Anyone, dc),
    row(On::Cloud, "GET", "/rest/api/{v}/search", Access::Anyone, gone),
    row(On::Cloud, "POST", "/rest/api/{v}/search", Access::Anyone, gone),
    row(On::Cloud, "GET", "/rest/api/{v}/search/jql", Access::Anyone, cloud),
    row(On::Cloud, "POST", "/rest/api/{v}/search/jql", Access::Anyone, cloud),
    row(On::Cloud, "POST", "/rest/api/{v}/search/approximate-count", Access::Anyone, count),
    row(On::Cloud, "POST", "/rest/api/{v}/issue/bulkfetch", Access::Anyone, bulk_fetch),
    row(On::Both, "GET", "/rest/api/{v}/issue/picker", Access::Anyone, picker),
    row(On::Cloud, "POST", "/rest/api/{v}/jql/parse", Access::Anyone, parse),
];

/// The largest page on Cloud when more than ids is asked for.
const CLOUD_PAGE: usize = 100;
/// The largest page on Cloud of ids and keys.
const CLOUD_ID_PAGE: usize = 5000;

/// Finds issues for the caller.
pub(crate) fn find(call: &Call, query: &str) -> Result<Hits, Refusal> {
    let asker = Asker { world: call.world, me: call.caller.user, anonymous: call.anonymous, now: now() };
    jql::search(&asker, query).map_err(|message| refuse(400, message))
}

/// The parameters of a search, from the query or from the body.
struct Ask {
    jql: String,
    fields: Vec<String>,
    expand: String,
    start: usize,
    size: Option<usize>,
    token: Option<String>,
}

fn ask(call: &Call) -> Result<Ask, Refusal> {
    if call.request.method == "GET" {
        let own = |name: &str| call.request.params(name).iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let window = call.window(usize::MAX, usize::MAX)?;
        return Ok(Ask {
            jql: call.request.param("jql").unwrap_or_default().to_owned(),
            fields: own("fields"),
            expand: own("expand").join(","),
            start: window.start,
            size: call.request.param("maxResults").map(|_| window.size),
            token: call.request.param("nextPageToken").map(str::to_owned),
        });
    }
    let body = call.object()?;
    let number = |name: &str| match &body[name] {
        Value::Null => Ok(None),
        value => match value.as_i64() {
            Some(n) => Ok(Some(usize::try_from(n).unwrap_or(0))),
            None => Err(refuse(400, format!("Can not deserialize '{name}' out of this JSON token"))),
        },
    };
    let texts = |name: &str| match &body[name] {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => Ok(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        Value::String(text) if name == "expand" && call.face.cloud => Ok(vec![text.clone()]),
        _ => Err(refuse(400, format!("Can not deserialize '{name}' out of this JSON token"))),
    };
    Ok(Ask {
        jql: body["jql"].as_str().unwrap_or_default().to_owned(),
        fields: texts("fields")?,
        expand: texts("expand")?.join(","),
        start: number("startAt")?.unwrap_or(0),
        size: number("maxResults")?,
        token: body["nextPageToken"].as_str().map(str::to_owned),
    })
}

fn dc(call: &mut Call) -> Outcome {
    let ask = ask(call)?;
    let hits = find(call, &ask.jql)?;
    let cap = call.gate.number("search_cap").and_then(|n| usize::try_from(n).ok()).unwrap_or(1000);
    // More than the server gives is lowered without a word.
    let size = ask.size.unwrap_or(50).min(cap);
    let wanted = Wanted::read(ask.fields.iter().map(String::as_str), "*navigable");
    let page = hits.ids.iter().skip(ask.start).take(size).filter_map(|id| call.world.issues.get(id));
    let issues: Vec<Value> = page.map(|i| write(call, i, &wanted, &ask.expand)).collect();
    let mut answer = json!({
        "expand": "names,schema", "startAt": ask.start, "maxResults": size, "total": hits.ids.len(), "issues": issues,
    });
    if ask.expand.split(',').any(|e| e == "names") {
        let names: Map<_, _> =
            FIELDS.iter().filter(|f| wanted.wants(f)).map(|f| (f.id.to_owned(), json!(f.name))).collect();
        answer["names"] = Value::Object(names);
    }
    Call::ok(&answer)
}

fn gone(_: &mut Call) -> Outcome {
    let text = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. \
                A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";
    Err(Box::new(Reply::json(410, &json!({ "errorMessages": [text], "errors": {} }))))
}

/// A page token: where the next page starts, which page it is, and for which query.
fn token(start: usize, page: usize, jql: &str) -> String {
    let text = format!("{start}:{page}:{}", fingerprint(jql));
    base64::engine::general_purpose::URL_SAFE.encode(text)
}

fn fingerprint(jql: &str) -> u64 {
    jql.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}

fn read_token(token: &str, jql: &str) -> Option<(usize, usize)> {
    let bytes = base64::engine::general_purpose::URL_SAFE.decode(token).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut parts = text.split(':');
    let (start, page) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next()?.parse::<u64>().ok()? == fingerprint(jql)).then_some((start, page))
}

fn cloud(call: &mut Call) -> Outcome {
    let ask = ask(call)?;
    let hits = find(call, &ask.jql)?;
    if !hits.bounded {
        let text = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";
        return Err(refuse(400, text));
    }
    let wanted = Wanted::read(ask.fields.iter().map(String::as_str), "id");
    let cap = if wanted.only_ids() { CLOUD_ID_PAGE } else { CLOUD_PAGE };
    let size = ask.size.unwrap_or(50).clamp(1, cap);
    let (start, page) = match &ask.token {
        None => (0, 0),
        Some(token) => {
            read_token(token, &ask.jql).ok_or_else(|| refuse(400, "The provided next page token is invalid."))?
        }
    };
    // Pages may be short, or empty, long before the end: the second is a half one, the third has nothing.
    let size = match page {
        1 if call.gate.is_on("short_pages") && size > 1 => size / 2,
        2 if call.gate.is_on("short_pages") => 0,
        _ => size,
    };
    let some = hits.ids.iter().skip(start).take(size).filter_map(|id| call.world.issues.get(id));
    let issues: Vec<Value> = some.map(|i| write(call, i, &wanted, &ask.expand)).collect();
    let end = start + issues.len();
    let last = end >= hits.ids.len();
    let mut answer = json!({ "issues": issues, "isLast": last });
    if !last {
        answer["nextPageToken"] = json!(token(end, page + 1, &ask.jql));
    }
    Call::ok(&answer)
}

fn count(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let hits = find(call, body["jql"].as_str().unwrap_or_default())?;
    if !hits.bounded {
        return Err(refuse(
            400,
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ));
    }
    Call::ok(&json!({ "count": hits.ids.len() }))
}

fn bulk_fetch(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let asked: Vec<String> = body["issueIdsOrKeys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
        .collect();
    if asked.is_empty() || asked.len() > 100 {
        return Err(refuse(400, "The number of issues must be between 1 and 100."));
    }
    let names: Vec<&str> = body["fields"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let wanted = Wanted::read(names, "*navigable");
    let expand: Vec<&str> = body["expand"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // What is not there or not for the caller is left out without a word.
    let found = asked.iter().filter_map(|key| call.world.issues.get(&call.visible_issue(key).ok()?));
    let issues: Vec<Value> = found.map(|issue| write(call, issue, &wanted, &expand.join(","))).collect();
    Call::ok(&json!({ "expand": "names,schema", "issues": issues, "issueErrors": [] }))
}

fn picker(call: &mut Call) -> Outcome {
    let query = call.request.param("query").unwrap_or_default().to_lowercase();
    let hits = find(call, "")?;
    let fits =
        hits.ids.iter().filter_map(|id| call.world.issues.get(id)).filter(|i| {
            !query.is_empty() && (i.key.to_lowercase() == query || i.summary.to_lowercase().contains(&query))
        });
    let issues: Vec<Value> = fits
        .take(20)
        .map(|i| json!({ "id": i.id, "key": i.key, "keyHtml": i.key, "img": "/images/icons/issuetypes/task.svg", "summary": i.summary, "summaryText": i.summary }))
        .collect();
    let label = if issues.is_empty() { "No matching issues found" } else { "Current Search" };
    Call::ok(
        &json!({ "sections": [{ "label": label, "sub": format!("Showing {} issues", issues.len()), "id": "cs", "issues": issues }] }),
    )
}

fn parse(call: &mut Call) -> Outcome {
    let body = call.object()?;
    let queries: Vec<Value> = body["queries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|q| {
            let text = q.as_str().unwrap_or_default();
            let asker = Asker { world: call.world, me: call.caller.user, anonymous: call.anonymous, now: now() };
            match jql::search(&asker, text) {
                Ok(_) => json!({ "query": text, "structure": {} }),
                Err(message) => json!({ "query": text, "errors": [message] }),
            }
        })
        .collect();
    Call::ok(&json!({ "queries": queries }))
}
