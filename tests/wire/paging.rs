//! Lists in pages: every form, fetched ahead, cut aloud.

use super::{run, run_with};
use crate::common::{
    practice::Practice,
    server::{Request, Server, json, serve},
};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// Returns the value of a query parameter.
pub(super) fn asked(request: &Request, name: &str) -> Option<String> {
    let query = request.line.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")).map(str::to_owned))
}

/// A list of `total` numbers by offset; the server gives at most two a page, whatever is asked for.
fn offsets(total: i64) -> Server {
    serve(move |request| {
        let start: i64 = asked(request, "startAt").map_or(0, |text| text.parse().unwrap());
        let items: Vec<String> = (start..total.min(start + 2)).map(|n| n.to_string()).collect();
        json(200, &format!(r#"{{"startAt":{start},"maxResults":2,"total":{total},"issues":[{}]}}"#, items.join(",")))
    })
}

/// A list by token. The second page is empty and the third is short, and neither is the last.
fn tokens() -> Server {
    serve(|request| {
        json(
            200,
            match asked(request, "nextPageToken").as_deref() {
                None => r#"{"issues":[0,1],"nextPageToken":"a"}"#,
                Some("a") => r#"{"issues":[],"nextPageToken":"b"}"#,
                Some("b") => r#"{"issues":[2],"nextPageToken":"c","isLast":false}"#,
                _ => r#"{"issues":[3,4],"isLast":true}"#,
            },
        )
    })
}

#[test]
fn a_list_by_offset_is_read_to_its_end_in_steps_that_the_server_chooses() {
    let server = offsets(5);
    run(&server.url, "jira().pages(\"/rest/list\", #{ maxResults: 100 }).all() == [0, 1, 2, 3, 4]").ok().prints("true");
    // Two pages are on their way at once; either may come first.
    let mut lines = server.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "GET /rest/list?maxResults=100",
            "GET /rest/list?maxResults=100&startAt=2",
            "GET /rest/list?maxResults=100&startAt=4"
        ]
    );
}

#[test]
fn a_list_by_token_goes_on_after_short_and_empty_pages() {
    let server = tokens();
    run(&server.url, "jira().pages(\"/rest/list\").all() == [0, 1, 2, 3, 4]").ok().prints("true");
    assert_eq!(server.lines().len(), 4);
}

#[test]
fn both_practice_servers_give_every_issue_once() {
    let code = "let keys = jira().search(\"project in (OPS, DOC, WEB)\", #{ fields: \"summary\" }).map(|i| i.key); [keys.len() > 100, keys.unique().len() == keys.len()]";
    let (cloud, server) = (Practice::cloud(), Practice::server());
    let as_mira = |url: &str, user: &str, token: &str| {
        crate::common::tieline(&["-e", &format!("to_json({{ {code} }})")])
            .env("TIELINE_JIRA_SERVER", url)
            .env("TIELINE_JIRA_USER", user)
            .env("TIELINE_JIRA_TOKEN", token)
            .run()
    };
    as_mira(&cloud.url, "mira@sandbox.example", "ATATT-sandbox-mira").ok().prints("[true,true]");
    as_mira(&server.url, "mira", "pat-sandbox-mira").ok().prints("[true,true]");
    assert!(cloud.lines().iter().any(|line| line.contains("/search/jql")), "{:?}", cloud.lines());
    assert!(server.lines().iter().any(|line| line.ends_with("/rest/api/2/search")), "{:?}", server.lines());
}

#[test]
fn the_next_page_is_fetched_while_the_script_works() {
    static SEEN: Mutex<Vec<Instant>> = Mutex::new(Vec::new());
    let server = serve(|request| {
        SEEN.lock().unwrap().push(Instant::now());
        let start = asked(request, "startAt").unwrap_or_else(|| "0".into());
        json(200, &format!(r#"{{"startAt":{start},"total":2,"values":[{start}]}}"#))
    });
    run(&server.url, "for n in jira().pages(\"/rest/list\") { if n == 0 { sleep(2.0); } }").ok();
    let seen = SEEN.lock().unwrap();
    assert_eq!(seen.len(), 2);
    let gap = seen[1] - seen[0];
    assert!(gap < Duration::from_millis(1500), "the second page was asked for {gap:?} after the first");
}

#[test]
fn pages_by_offset_are_fetched_several_at_a_time_and_given_in_order() {
    static OPEN: Mutex<(usize, usize)> = Mutex::new((0, 0));
    let server = serve(|request| {
        let start: u64 = asked(request, "startAt").map_or(0, |text| text.parse().unwrap());
        {
            let mut open = OPEN.lock().unwrap();
            *open = (open.0 + 1, open.1.max(open.0 + 1));
        }
        // The later of two neighbours is the quicker one.
        std::thread::sleep(Duration::from_millis(if start % 4 == 0 { 300 } else { 150 }));
        OPEN.lock().unwrap().0 -= 1;
        let next = start + 1;
        json(200, &format!(r#"{{"startAt":{start},"maxResults":2,"total":40,"issues":[{start},{next}]}}"#))
    });
    let items: Vec<String> = (0..40).map(|n| n.to_string()).collect();
    run(&server.url, "to_json(jira().pages(\"/rest/list\", #{ maxResults: 100 }).all())")
        .ok()
        .prints(&format!("[{}]", items.join(",")));
    let most = OPEN.lock().unwrap().1;
    assert!((4..=8).contains(&most), "{most} requests at a time");
    assert_eq!(server.lines().len(), 20, "{:?}", server.lines());
}

#[test]
fn pages_never_go_beyond_jobs() {
    for (jobs, code) in [
        ("1", "jira().pages(\"/rest/list\").count()"),
        ("3", "parallel([1, 2], 2, |n| jira().pages(\"/rest/list\").count())"),
    ] {
        let open = std::sync::Arc::new(Mutex::new((0, 0)));
        let seen = open.clone();
        let server = serve(move |request| {
            let start: u64 = asked(request, "startAt").map_or(0, |text| text.parse().unwrap());
            {
                let mut open = seen.lock().unwrap();
                *open = (open.0 + 1, open.1.max(open.0 + 1));
            }
            std::thread::sleep(Duration::from_millis(30));
            seen.lock().unwrap().0 -= 1;
            json(200, &format!(r#"{{"startAt":{start},"maxResults":1,"total":12,"issues":[{start}]}}"#))
        });
        run_with(&server.url, &["--jobs", jobs], code).ok();
        assert_eq!(open.lock().unwrap().1.to_string(), jobs);
    }
}

#[test]
fn a_list_that_changes_while_it_is_read_says_so() {
    let server = serve(|request| {
        let start: i64 = asked(request, "startAt").map_or(0, |text| text.parse().unwrap());
        let total = if start < 4 { 9 } else { 8 };
        let items: Vec<String> = (start..total.min(start + 2)).map(|n| n.to_string()).collect();
        json(200, &format!(r#"{{"startAt":{start},"total":{total},"issues":[{}]}}"#, items.join(",")))
    });
    run(&server.url, "jira().pages(\"/rest/list\").all() == [0, 1, 2, 3, 4, 5, 6, 7]")
        .ok()
        .prints("true")
        .says("warning: the list from jira changed while it was read (9 items, then 8)");
}

#[test]
fn what_nobody_reads_is_not_fetched() {
    let server = offsets(1000);
    run(&server.url, "for n in jira().pages(\"/rest/list\") { if n == 3 { break; } } sleep(0.3);").ok();
    assert!(server.lines().len() <= 2 + 8, "{:?}", server.lines());
    let server = offsets(1000);
    run(&server.url, "jira().pages(\"/rest/list\").first(); sleep(0.3);").ok();
    assert_eq!(server.lines().len(), 1, "{:?}", server.lines());
    let server = offsets(1000);
    run(&server.url, "jira().pages(\"/rest/list\").take(5).len(); sleep(0.3);").ok();
    assert_eq!(server.lines().len(), 3, "{:?}", server.lines());
    let server = offsets(1000);
    run(&server.url, "jira().pages(\"/rest/list\").limit(2).all(); sleep(0.3);").ok();
    assert_eq!(server.lines().len(), 1, "{:?}", server.lines());
}

#[test]
fn a_limit_that_cuts_says_so_and_one_that_does_not_is_silent() {
    let (offsets, tokens) = (offsets(5), tokens());
    let first = |server: &Server, n: u32, flags: &[&str]| {
        super::run_with(&server.url, flags, &format!("jira().pages(\"/rest/list\").limit({n}).all().len()")).ok()
    };
    first(&offsets, 3, &[]).says("jira: 3 of about 5 (limit)").prints("3");
    first(&tokens, 3, &[]).says("jira: 3 read, and there are more (limit)").prints("3");
    assert_eq!(first(&offsets, 5, &[]).err, "");
    assert_eq!(first(&tokens, 5, &[]).err, "");
    assert_eq!(first(&offsets, 3, &["-q"]).err, "");
}

#[test]
fn a_list_shorter_than_announced_is_not_passed_off_as_whole() {
    let server = serve(|request| {
        let items = if request.line.contains("startAt") { "" } else { "1,2" };
        let start = if request.line.contains("startAt") { 2 } else { 0 };
        json(200, &format!(r#"{{"startAt":{start},"total":9,"issues":[{items}]}}"#))
    });
    run(&server.url, "jira().pages(\"/rest/list\").count()")
        .ok()
        .prints("2")
        .says("warning: jira announced 9 items and gave 2");
}

#[test]
fn a_list_that_turns_in_circles_is_an_error() {
    let server = serve(|_| json(200, r#"{"issues":[1],"nextPageToken":"again"}"#));
    run(&server.url, "jira().pages(\"/rest/list\").count()").ends(3).says("the list turns in circles");
    assert!(server.lines().len() <= 3);
}

#[test]
fn an_error_in_mid_list_comes_where_it_belongs_and_can_be_caught() {
    let server = serve(|request| {
        if request.line.contains("startAt=2") {
            return json(500, r#"{"errorMessages":["Index is broken."]}"#);
        }
        json(200, r#"{"startAt":0,"total":4,"issues":[1,2]}"#)
    });
    let code = "let got = []; try { for n in jira().pages(\"/rest/list\") { got.push(n); } } catch (e) { got.push(e.status); } to_json(got)";
    run(&server.url, code).ok().prints("[1,2,500]");
    run(&server.url, "for n in jira().pages(\"/rest/list\") { print(n); }")
        .ends(3)
        .says("Index is broken. Response code: 500.")
        .says("--> -e:1:");
}

#[test]
fn a_list_is_read_once() {
    let server = offsets(2);
    run(&server.url, "let list = jira().pages(\"/rest/list\"); list.all(); list.count()")
        .ends(2)
        .says("Client error: this list was read already")
        .says("hint: keep its items with .all()");
    run(
        &server.url,
        "let list = jira().pages(\"/rest/list\"); for x in list { print(x); } for x in list { print(x); }",
    )
    .ends(2)
    .says("this list was read already");
}

#[test]
fn other_lists_are_lists_too() {
    let server = serve(|request| {
        json(
            200,
            if request.line.contains("/user/search") {
                if request.line.contains("startAt") { "[]" } else { r#"[{"name":"a"},{"name":"b"}]"# }
            } else if request.line.contains("/watchers") {
                r#"{"self":"x","watchCount":2,"watchers":[1,2]}"#
            } else if request.line.contains("/plain") {
                "[7,8,9]"
            } else {
                r#"{"left":[],"right":[]}"#
            },
        )
    });
    let code = "let j = jira(); to_json([
        j.pages(\"/rest/api/2/user/search\", #{ username: \"a\" }).map(|u| u.name),
        j.pages(\"/rest/api/2/issue/A-1/watchers\").all(),
        j.pages(\"/rest/wire/plain\").all()])";
    run(&server.url, code).ok().prints(r#"[["a","b"],[1,2],[7,8,9]]"#);
    // An array that its operation pages is asked for more until a page is empty.
    assert_eq!(server.lines().iter().filter(|line| line.contains("/user/search")).count(), 2);
    run(&server.url, "jira().pages(\"/rest/wire/thing\").all()")
        .ends(2)
        .says("this is not a list: its members are left, right; use get()");
}
