//! `parallel`: many things at a time on the one thread of the script, held against a server that watches.

use crate::common::{
    Started,
    server::{Server, json, serve},
    slow::{LONG, SOON, interrupted, path, prepare, slow},
    tieline,
};
use std::time::{Duration, Instant};

#[test]
fn n_requests_are_under_way_and_results_come_in_order() {
    let slow = slow(SOON);
    let code = "fn work(j, k) { j.get(`/a/${k}`).path + j.get(`/b/${k}`).path }
        let r = parallel(0..160, 16, |k| work(j, k));
        assert_eq(r.len(), 160);
        for i in 0..160 { assert_eq(r[i], `/a/${i}/b/${i}`); }";
    let start = Instant::now();
    slow.run(code).ok();
    assert_eq!(slow.most(), 16);
    assert_eq!(slow.server.lines().len(), 320);
    // One after the other it would take 6.4 s.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[test]
fn without_parallel_there_is_one_at_a_time() {
    let slow = slow(SOON);
    slow.run("for i in 0..5 { j.get(`/a/${i}`); }").ok();
    assert_eq!(slow.most(), 1);
}

#[test]
fn captured_counters_and_lists_take_part() {
    let slow = slow(SOON);
    let code = "let n = 0; let out = []; let seen = #{};
        parallel([\"a\", \"b\", \"c\", \"d\"], 4, |k| {
            out.push(j.get(`/${k}`).path);
            n += 1;
            seen[k] = n;
        });
        assert_eq(n, 4);
        assert_eq(out.sort_by(|p| p), [\"/a\", \"/b\", \"/c\", \"/d\"]);
        assert_eq(seen.len(), 4);";
    slow.run(code).ok();
    assert_eq!(slow.most(), 4);
}

#[test]
fn nested_runs_multiply() {
    let slow = slow(Duration::from_millis(60));
    let code = "parallel([1, 2], 2, |a| parallel([1, 2, 3], 3, |b| j.get(`/${a}${b}`).path))";
    let run = slow.prepare(&["--output", "json"], code).run().ok();
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value, serde_json::json!([["/11", "/12", "/13"], ["/21", "/22", "/23"]]));
    assert_eq!(slow.most(), 6);
}

#[test]
fn a_connection_may_be_captured_in_any_wrapping() {
    let slow = slow(SOON);
    for wrapped in [
        "let w = #{ deep: [j] }; parallel(0..6, 3, |k| w.deep[0].get(`/${k}`))",
        "let f = |k| j.get(`/${k}`); parallel(0..6, 3, |k| f.call(k))",
        "let f = |k| j.get(`/${k}`); parallel(0..6, 3, f)",
        "let w = #{ f: |k| j.get(`/${k}`) }; parallel(0..6, 3, |k| w.f.call(k))",
        "parallel(0..6, 3, |k| [1].map(|x| parallel([x], 1, |y| j.get(`/${k}${y}`))))",
        "let api = j.api; parallel(0..6, 3, |k| api.getServerInfo())",
        "fn Jira.twice(k) { this.get(`/${k}`); this.get(`/${k}`) } parallel(0..6, 3, |k| j.twice(k))",
        "let other = j; parallel(0..6, 3, |k| { other.get(`/${k}`); j.get(`/${k}`) })",
    ] {
        slow.run(wrapped).ok();
    }
    assert_eq!(slow.most(), 3);
}

#[test]
fn a_list_in_use_by_another_item_is_an_error_with_the_way_out() {
    let slow = slow(SOON);
    let run = slow.run("let names = [1]; parallel(0..4, 2, |k| names.map(|n| j.get(`/${k}${n}`)))");
    run.ends(2).says("a captured list or map is in use").says("give each item a copy of its own first");
    slow.run("let names = [1]; parallel(0..4, 2, |k| { let own = names; own.map(|n| j.get(`/${k}${n}`)) })").ok();
}

#[test]
fn an_error_in_one_item_does_not_lose_the_others() {
    let slow = slow(SOON);
    let code = "let done = 0;
        try { parallel([\"a\", \"bad1\", \"c\", \"bad2\", \"e\"], 2, |k| { j.get(`/${k}`); done += 1; }); }
        catch (e) {
            assert_eq(done, 3);
            assert_eq([e.kind, e.status, e.details.len()], [\"not_found\", 404, 2]);
            assert_eq(e.details.map(|d| [d.index, d.item, d.error.status]), [[1, \"bad1\", 404], [3, \"bad2\", 404]]);
            return e.message;
        }";
    let run = slow.run(code).ok();
    assert!(run.out.starts_with("2 of 5 items failed; the first, at index 1: Remote error: "), "{run:#?}");
    assert_eq!(slow.server.lines().len(), 5);
}

#[test]
fn uncaught_it_shows_the_line_of_the_first_and_its_exit_code() {
    let slow = slow(SOON);
    let run = slow.run("parallel([1, 2], 2,\n    |k| j.get(`/bad${k}`))");
    run.ends(3).says("2 of 2 items failed").says("-e:3:11").says("|k| j.get(");
    slow.run("parallel([1, 2], 2, |k| { throw `my own ${k}`; })").ends(1).says("the first, at index 0: my own 1");
    slow.run("parallel([1], 1, |k| [][k])").ends(1).says("1 of 1 items failed");
}

#[test]
fn exit_in_one_item_ends_the_run() {
    let slow = slow(Duration::from_millis(200));
    let start = Instant::now();
    let code = "parallel(0..100, 10, |k| { if k == 5 { exit(7); } try { j.get(`/${k}`); } catch { print(\"caught\") } }); print(\"after\")";
    let run = slow.run(code).ends(7);
    assert_eq!(run.out, "");
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(slow.server.lines().len() <= 10);
    slow.run("parallel([1], 1, |a| parallel([1], 1, |b| exit(9)))").ends(9);
}

#[test]
fn an_interrupt_stops_all_items_and_says_how_many_were_done() {
    let slow = slow(LONG);
    let code =
        "parallel(0..1000, 50, |k| { if k < 10 { return; } try { j.get(`/${k}`); } catch { print(\"caught\") } })";
    let (run, took) = interrupted(&slow, 50, code);
    let run = run.ends(130).says("parallel: interrupted; 10 of 1000 items were done");
    assert_eq!(run.out, "");
    // A tenth of a second is the aim; a busy machine may need longer to run us at all.
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn an_interrupt_stops_nested_and_computing_items_too() {
    let slow = slow(Duration::from_millis(300));
    let code = "parallel([1, 2], 2, |a| parallel([1, 2], 2, |b| { j.get(`/${a}${b}`); loop { } }))";
    let (run, took) = interrupted(&slow, 4, code);
    assert_eq!(run.ends(130).err.matches("were done").count(), 1);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn recursion_without_end_is_an_error_of_the_item() {
    let slow = slow(Duration::ZERO);
    for body in [
        "deep(n + 1)",
        "for i in [1] { while true { let x = [#{ a: deep(n + 1) }]; } }",
        "[n].map(|x| deep(x + 1))",
        "[n].sort_by(|x| deep(x + 1))",
        "`${1 + (2 * deep(n + 1))}`",
        &format!("{}deep(n + 1){}", "1+(".repeat(100), ")".repeat(100)),
        "parallel([n], 1, |x| deep(x + 1))",
        "try { deep(n + 1) } catch { 0 }",
        "let x = eval(\"(((((((((((((((((((((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))))))))))\"); deep(n + x)",
    ] {
        let code = format!(
            "fn deep(n) {{ {body} }}
             try {{ parallel([1, 2, 3, 4], 2, |k| {{ j.get(`/${{k}}`); if k == 2 {{ deep(0); }} }}); }}
             catch (e) {{ return [e.details.len(), e.message.ends_with(\"the calls are nested too deeply\")]; }}"
        );
        let run = slow.prepare(&["--output", "json"], &code).run().ok();
        assert_eq!(run.out.split_whitespace().collect::<String>(), "[1,true]", "{body}");
    }
}

#[test]
fn the_flag_and_the_number_are_heeded() {
    let slow = slow(SOON);
    slow.prepare(
        &["--jobs", "3"],
        "parallel(0..20, 10, |k| j.get(`/${k}`)); bulk(0..20, #{ jobs: 9 }, |k| j.get(`/${k}`))",
    )
    .run()
    .ok();
    assert_eq!(slow.most(), 3);
    slow.run("parallel([1], 0, |k| k)").ends(2).says("parallel(): 0 at a time is not possible; it must be 1 or more");
    slow.run("parallel(5, 1, |k| k)").ends(2).says("parallel() takes a list, not int");
    tieline(&["--jobs", "0", "-e", "1"]).run().ends(2);
    slow.run("assert_eq(parallel([], 4, |k| k), []); assert_eq(parallel(5..5, 4, |k| k), []); assert_eq(parallel(1..=2, 4, |k| k), [1, 2])").ok();
}

/// A list of `pages` pages of ten numbers each.
fn paged(pages: usize) -> Server {
    serve(move |request| {
        let path = path(request);
        if !path.starts_with("/list") {
            std::thread::sleep(Duration::from_millis(10));
            return json(200, "{}");
        }
        let start: usize = path.split("startAt=").nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
        let items: Vec<String> = (start..start + 10).map(|n| n.to_string()).collect();
        json(
            200,
            &format!(
                "{{\"startAt\":{start},\"maxResults\":10,\"total\":{},\"values\":[{}]}}",
                pages * 10,
                items.join(",")
            ),
        )
    })
}

fn pages_of(server: &Server) -> usize {
    server.lines().iter().filter(|line| line.contains("/list")).count()
}

#[test]
fn a_list_is_read_only_as_fast_as_it_is_worked_on() {
    let server = paged(100);
    let code = "parallel(j.pages(\"/list\"), 4, |n| { if n == 15 { exit(0); } j.get(`/item/${n}`); })";
    prepare(&server.url, &[], code).run().ok();
    // Two pages were worked on, and eight waited.
    assert!(pages_of(&server) <= 2 + 8, "{} pages were read", pages_of(&server));
    let server = paged(5);
    let code = "let r = parallel(j.pages(\"/list\"), 4, |n| { j.get(`/item/${n}`); n });
        assert_eq(r.len(), 50); for i in 0..50 { assert_eq(r[i], i); }";
    prepare(&server.url, &[], code).run().ok();
    assert_eq!(pages_of(&server), 5);
}

#[test]
fn items_may_share_a_list_and_read_lists_of_their_own() {
    let server = paged(3);
    let code = "let list = j.pages(\"/list\"); let sum = 0;
        let r = parallel(0..4, 4, |k| { try { for n in list { j.get(`/item/${n}`); sum += n; } return 1; } catch { return 0; } });
        assert_eq([r.sum(), sum], [1, 435]);
        let lens = parallel(0..4, 4, |k| j.pages(\"/list\").all().len());
        assert_eq(lens, [30, 30, 30, 30]);";
    prepare(&server.url, &[], code).run().ok();
}

#[test]
fn a_list_that_breaks_lets_its_items_end_first() {
    let server = serve(|request| match path(request) {
        path if path.contains("startAt=2") => json(500, "{}"),
        path if path.starts_with("/list") => json(200, "{\"startAt\":0,\"total\":9,\"values\":[1,2]}"),
        _ => json(200, "{}"),
    });
    let code = "let done = 0; try { parallel(j.pages(\"/list\"), 4, |n| { j.get(`/i/${n}`); sleep(0.3); done += 1; }) } catch (e) { return [done, e.status]; }";
    let run = prepare(&server.url, &["--output", "json"], code).run().ok();
    assert_eq!(run.out.split_whitespace().collect::<String>(), "[2,500]");
}

#[cfg(target_os = "linux")]
#[test]
fn ten_thousand_items_with_500_under_way_need_less_than_200_mb() {
    let slow = slow(SOON);
    let code = "assert_eq(parallel(0..10000, 500, |k| j.get(`/${k}`).path).len(), 10000)";
    let mut started = slow.prepare(&[], code).start();
    let mut peak = 0;
    while !started.has_ended() {
        peak = peak.max(peak_of(&started).unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
    started.end().ok();
    assert_eq!(slow.server.lines().len(), 10_000);
    assert!(slow.most() > 100, "only {} were under way", slow.most());
    assert!((1024..200 * 1024).contains(&peak), "{peak} KB");
}

/// Returns the most memory that a run has held so far, in KB.
#[cfg(target_os = "linux")]
fn peak_of(started: &Started) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", started.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}
