//! Long searches on Jira Cloud: by tokens at first, then by ids, several requests at a time.

use super::paging::asked;
use crate::common::{
    Run,
    server::{Server, json, serve},
    tieline,
};
use serde_json::{Value, json};

/// How many issues the search finds, from the last to the first.
const TOTAL: usize = 1234;

/// How many of them a page has.
const PAGE: usize = 50;

/// How many ids a page has.
const IDS: usize = 700;

/// A Jira Cloud, whose answer to a search by ids `bulk` makes.
fn cloud(bulk: impl Fn(&[String]) -> Vec<u8> + Send + Sync + 'static) -> Server {
    serve(move |request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        if request.line.contains("/issue/bulkfetch") {
            let ids: Vec<String> = serde_json::from_value(body["issueIdsOrKeys"].clone()).expect("ids");
            return bulk(&ids);
        }
        let (size, token) = if body["fields"] == json!(["id"]) {
            (IDS, body["nextPageToken"].as_str().map(str::to_owned))
        } else {
            (PAGE, asked(request, "nextPageToken"))
        };
        let start: usize = token.map_or(0, |token| token.parse().expect("a token of ours"));
        let end = TOTAL.min(start + size);
        let mut page =
            json!({ "issues": (start..end).map(|n| issue(TOTAL - n)).collect::<Vec<_>>(), "isLast": end == TOTAL });
        if end < TOTAL {
            page["nextPageToken"] = json!(end.to_string());
        }
        json(200, &page.to_string())
    })
}

fn issue(n: usize) -> Value {
    json!({ "id": n.to_string(), "key": format!("OPS-{n}"), "fields": { "summary": format!("Issue {n}") } })
}

/// What Jira does: at most a hundred, in the order of their ids, and no word about those that are gone.
fn in_order_of_ids(ids: &[String]) -> Vec<u8> {
    assert!(ids.len() <= 100, "{} ids", ids.len());
    let mut numbers: Vec<usize> = ids.iter().map(|id| id.parse().expect("an id")).collect();
    numbers.sort_unstable();
    json(200, &json!({ "issues": numbers.into_iter().map(issue).collect::<Vec<_>>(), "issueErrors": [] }).to_string())
}

fn run(server: &Server, code: &str) -> Run {
    tieline(&["-e", &format!("let j = jira(#{{ deployment: \"cloud\" }}); {code}")])
        .env("TIELINE_JIRA_SERVER", &server.url)
        .env("TIELINE_JIRA_USER", "mira@example.com")
        .env("TIELINE_JIRA_TOKEN", "tok-1234567890")
        .run()
}

const KEYS: &str = "let keys = j.search(\"project = OPS ORDER BY key DESC\", #{ fields: \"summary\" }).map(|i| i.key);
    if keys.len() != keys.unique().len() { throw \"some came twice\"; }
    [keys.len(), keys[0], keys[500], keys[1233]].to_json()";

const ALL: &str = r#"[1234,"OPS-1234","OPS-734","OPS-1"]"#;

fn count(server: &Server, part: &str) -> usize {
    server.lines().iter().filter(|line| line.contains(part)).count()
}

#[test]
fn every_issue_comes_once_in_the_order_of_the_search() {
    let server = cloud(in_order_of_ids);
    run(&server, KEYS).ok().prints(ALL);
    // Three pages by token, two of ids, and the rest by a hundred.
    assert_eq!([count(&server, "GET"), count(&server, "POST /rest/api/2/search/jql")], [3, 2], "{:?}", server.lines());
    assert_eq!(count(&server, "bulkfetch"), (TOTAL - 3 * PAGE).div_ceil(100), "{:?}", server.lines());
}

#[test]
fn a_token_that_is_not_good_for_it_reads_on_page_by_page() {
    let server = cloud(|_| json(403, r#"{"errorMessages":["scope does not match"]}"#));
    run(&server, KEYS).ok().prints(ALL);
    assert_eq!(count(&server, "GET"), TOTAL.div_ceil(PAGE));
}

#[test]
fn an_error_after_the_first_of_them_is_an_error() {
    let server = cloud(|ids| {
        if ids.contains(&"500".to_owned()) {
            json(400, r#"{"errorMessages":["broken"]}"#)
        } else {
            in_order_of_ids(ids)
        }
    });
    run(&server, KEYS).ends(3).says("Remote error: broken");
}

#[test]
fn who_wants_few_gets_them_by_token() {
    let server = cloud(in_order_of_ids);
    run(&server, "j.search(\"project = OPS\", #{ fields: \"summary\", limit: 200 }).all().len()").ok().prints("200");
    assert_eq!(count(&server, "POST"), 0, "{:?}", server.lines());
    run(&server, "j.search(\"project = OPS\", #{ fields: \"summary\", limit: 700 }).all().len()").ok().prints("700");
    assert!(count(&server, "bulkfetch") <= 6, "{:?}", server.lines());
}

#[test]
fn what_is_gone_meanwhile_is_left_out() {
    let server = cloud(|ids| {
        let left: Vec<String> = ids.iter().filter(|id| *id != "7").cloned().collect();
        in_order_of_ids(&left)
    });
    run(&server, "j.search(\"project = OPS\", #{ fields: \"summary\" }).all().len()").ok().prints("1233");
}
