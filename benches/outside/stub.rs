//! A Jira of ours that costs next to nothing: every answer is made before it is asked for.

use http_body_util::{BodyExt, Collected, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// How many issues there are.
pub(crate) const ISSUES: usize = 10_000;

/// How many issues a page has.
pub(crate) const PAGE: usize = 100;

/// How many ids a page has, and the first of them.
const IDS: usize = 5000;
const FIRST_ID: usize = 20_000;

/// The running server.
pub(crate) struct Stub {
    /// Where it listens, such as `127.0.0.1:40000`.
    pub(crate) at: String,
    count: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
}

/// Requests a second that the limited site allows, and as many at once after a pause.
pub(crate) const ALLOWED: f64 = 50.0;

impl Stub {
    /// Forgets how many requests came.
    pub(crate) fn reset(&self) {
        self.count.store(0, Ordering::SeqCst);
        self.refused.store(0, Ordering::SeqCst);
    }

    /// Returns how many requests came since.
    pub(crate) fn requests(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Returns how many of them were refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Returns the address of the site that allows [`ALLOWED`] requests a second.
    pub(crate) fn limited(&self) -> String {
        format!("http://{}/limited", self.at)
    }

    /// Returns the address of the site that answers after `delay` milliseconds.
    pub(crate) fn site(&self, delay: u64) -> String {
        format!("http://{}/{delay}", self.at)
    }
}

/// What is asked for often.
struct Pages {
    one: Bytes,
    full: Vec<Bytes>,
    full_by_token: Vec<Bytes>,
    short: Vec<Bytes>,
}

/// Starts the server on a thread of its own.
pub(crate) fn start() -> Stub {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("an address").to_string();
    let count = Arc::new(AtomicUsize::new(0));
    let refused = Arc::new(AtomicUsize::new(0));
    let bucket = Mutex::new((ALLOWED, Instant::now()));
    let site = Arc::new(Site { pages: Pages::new(), count: count.clone(), refused: refused.clone(), bucket });
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(serve(listener, site));
    });
    Stub { at, count, refused }
}

/// What the server knows.
struct Site {
    pages: Pages,
    count: Arc<AtomicUsize>,
    refused: Arc<AtomicUsize>,
    bucket: Mutex<(f64, Instant)>,
}

impl Site {
    /// Takes one request out of the budget; says whether there was one left.
    fn may_pass(&self) -> bool {
        let mut bucket = self.bucket.lock().expect("nobody panics with it");
        let now = Instant::now();
        let filled = bucket.0 + now.duration_since(bucket.1).as_secs_f64() * ALLOWED;
        *bucket = (filled.min(ALLOWED), now);
        let passes = bucket.0 >= 1.0;
        bucket.0 -= if passes { 1.0 } else { 0.0 };
        passes
    }
}

async fn serve(listener: std::net::TcpListener, site: Arc<Site>) {
    listener.set_nonblocking(true).expect("a listener that does not block");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let site = site.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, site.clone()));
            // A client that goes away is no failure of the server.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(request: Request<Incoming>, site: Arc<Site>) -> Result<Response<Full<Bytes>>, Infallible> {
    site.count.fetch_add(1, Ordering::SeqCst);
    let path = request.uri().path().trim_start_matches('/');
    let (delay, path) = path.split_once('/').unwrap_or(("0", path));
    if delay == "limited" && !site.may_pass() {
        site.refused.fetch_add(1, Ordering::SeqCst);
        let answer = Response::builder().status(429).header("retry-after", "1");
        return Ok(answer.body(Full::default()).expect("a plain answer"));
    }
    tokio::time::sleep(Duration::from_millis(delay.parse().unwrap_or(0))).await;
    let body = if request.method() == "POST" && !path.ends_with("/comment") {
        let path = path.to_owned();
        let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
        site.pages.by_ids(&path, &serde_json::from_slice(&body).unwrap_or_default())
    } else {
        site.pages.body(path, request.uri().query().unwrap_or_default())
    };
    let status = if body.is_some() { 200 } else { 404 };
    let answer = Response::builder().status(status).header("content-type", "application/json;charset=UTF-8");
    Ok(answer.body(Full::new(body.unwrap_or_default())).expect("a plain answer"))
}

impl Pages {
    fn new() -> Self {
        let full: Vec<Vec<String>> = chunks(|n| issue(n).to_string());
        let short = chunks(|n| few_fields(n).to_string());
        Pages {
            one: issue(1).to_string().into(),
            full_by_token: full.iter().enumerate().map(|(page, issues)| by_token(page, issues)).collect(),
            full: full.iter().enumerate().map(|(page, issues)| by_offset(page, issues)).collect(),
            short: short.iter().enumerate().map(|(page, issues)| by_offset(page, issues)).collect(),
        }
    }

    /// Ids by thousands, and a hundred issues by their ids, which are those of a page.
    fn by_ids(&self, path: &str, body: &Value) -> Option<Bytes> {
        let number = |value: &Value| value.as_str().and_then(|text| text.parse::<usize>().ok());
        if path.ends_with("/issue/bulkfetch") {
            return self.full.get((number(&body["issueIdsOrKeys"][0])? - FIRST_ID) / PAGE).cloned();
        }
        let start = number(&body["nextPageToken"]).unwrap_or(0);
        let ids: Vec<Value> = (start..start + IDS).map(|n| json!({ "id": (FIRST_ID + n).to_string() })).collect();
        let last = start + IDS >= ISSUES;
        let mut page = json!({ "issues": ids, "isLast": last });
        if !last {
            page["nextPageToken"] = (start + IDS).to_string().into();
        }
        Some(page.to_string().into())
    }

    fn body(&self, path: &str, query: &str) -> Option<Bytes> {
        let asked = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let number = |name: &str| asked(name).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
        if path.ends_with("/search/jql") {
            return self.full_by_token.get(number("nextPageToken")).cloned();
        }
        if path.ends_with("/search") {
            let whole = asked("fields").is_none_or(|fields| fields.contains("all") || fields.contains("navigable"));
            let list = if whole { &self.full } else { &self.short };
            return list.get(number("startAt") / PAGE).cloned();
        }
        if path.ends_with("/comment") {
            return Some(r#"{"id":"1","body":"Released."}"#.into());
        }
        path.contains("/issue/").then(|| self.one.clone())
    }
}

fn chunks(one: impl Fn(usize) -> String) -> Vec<Vec<String>> {
    (0..ISSUES / PAGE).map(|page| (page * PAGE..(page + 1) * PAGE).map(&one).collect()).collect()
}

fn by_offset(page: usize, issues: &[String]) -> Bytes {
    let start = page * PAGE;
    format!(r#"{{"startAt":{start},"maxResults":{PAGE},"total":{ISSUES},"issues":[{}]}}"#, issues.join(",")).into()
}

fn by_token(page: usize, issues: &[String]) -> Bytes {
    let next = page + 1;
    let end = if next * PAGE < ISSUES {
        format!(r#""nextPageToken":"{next}","isLast":false"#)
    } else {
        r#""isLast":true"#.to_owned()
    };
    format!(r#"{{"issues":[{}],{end}}}"#, issues.join(",")).into()
}

const STATUSES: [&str; 4] = ["Open", "In Progress", "Waiting", "Done"];

fn few_fields(n: usize) -> Value {
    let whole = issue(n);
    let names = ["summary", "status", "assignee", "priority", "created"];
    let fields: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), whole["fields"][name].clone())).collect();
    json!({ "id": whole["id"], "key": whole["key"], "fields": fields })
}

/// One issue of about 7 KB, with what a site of some years has: many fields, most of them empty.
fn issue(n: usize) -> Value {
    let site = "https://jira.example.com";
    let mut fields = json!({
        "summary": format!("Rotate the keys of service {n}"),
        "description": "The service answers slowly at night.\n\n* look at the \"queue\"\n* ask Mira\n".repeat(16),
        "status": named(site, "status", n % 4, STATUSES[n % 4]),
        "issuetype": named(site, "issuetype", 3, "Task"),
        "priority": named(site, "priority", n % 5, ["Lowest", "Low", "Medium", "High", "Highest"][n % 5]),
        "project": { "self": format!("{site}/rest/api/2/project/10000"), "id": "10000", "key": "OPS", "name": "Operations", "avatarUrls": avatars(site) },
        "assignee": person(site, n % 7), "reporter": person(site, n % 11), "creator": person(site, n % 11),
        "labels": ["infra", "night", format!("batch-{}", n % 20)],
        "components": [named(site, "component", 10, "Backend")],
        "created": "2026-03-01T08:15:30.000+0000", "updated": "2026-11-20T17:01:02.000+0000",
        "timeestimate": 7200, "aggregateprogress": { "progress": 0, "total": 7200 },
        "watches": { "self": format!("{site}/rest/api/2/issue/OPS-{n}/watchers"), "watchCount": 2, "isWatching": false },
    });
    for field in 0..70 {
        let value = if field % 10 == 0 { json!(format!("value {field}")) } else { Value::Null };
        fields[format!("customfield_{}", 10_000 + field)] = value;
    }
    let id = (FIRST_ID + n).to_string();
    json!({ "expand": "operations,editmeta,changelog", "id": id, "self": format!("{site}/rest/api/2/issue/{id}"), "key": format!("OPS-{n}"), "fields": fields })
}

fn named(site: &str, kind: &str, id: usize, name: &str) -> Value {
    json!({
        "self": format!("{site}/rest/api/2/{kind}/{id}"), "id": id.to_string(), "name": name,
        "description": format!("The {kind} called {name}."), "iconUrl": format!("{site}/images/icons/{kind}s/{name}.png"),
    })
}

fn person(site: &str, n: usize) -> Value {
    let name = format!("person{n}");
    json!({
        "self": format!("{site}/rest/api/2/user?username={name}"), "name": name, "key": name,
        "emailAddress": format!("{name}@example.com"), "avatarUrls": avatars(site), "displayName": format!("Person {n}"),
        "active": true, "timeZone": "Europe/Lisbon",
    })
}

fn avatars(site: &str) -> Value {
    let sizes = ["48x48", "24x24", "16x16", "32x32"];
    sizes
        .iter()
        .map(|size| ((*size).to_owned(), json!(format!("{site}/secure/useravatar?size={size}&avatarId=10122"))))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
