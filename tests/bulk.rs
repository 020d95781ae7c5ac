//! `bulk`: counted, told at the end, and with a journal safe to stop at any moment.

use crate::common::{
    Tieline,
    server::{Server, json, serve},
    slow::{LONG, SOON, await_lines, interrupted, path, slow},
    tieline,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

#[test]
fn bulk_counts_tells_and_ends_with_5() {
    let slow = slow(SOON);
    let code = "let r = bulk([\"a\", \"bad1\", \"c\", \"bad2\"], #{ jobs: 2 }, |k| j.get(`/${k}`));
        assert_eq([r.done, r.failed, r.skipped, r.uncertain], [2, 2, 0, 0]);
        write_csv(\"errors.csv\", r.errors, [\"index\", \"key\", \"kind\", \"status\"]);
        print(read_text(\"errors.csv\"));";
    let run = slow.prepare(&["--output", "none"], code).run().ends(5);
    run.says("DONE  FAILED  SKIPPED  UNCERTAIN")
        .says("2     2       0        0")
        .says("bad1  not_found")
        .prints("index,key,kind,status\n1,bad1,not_found,404\n3,bad2,not_found,404");
    slow.run("bulk([\"bad\"], #{}, |k| j.get(`/${k}`)); exit(0)").ends(0);
    slow.run("bulk([\"bad\"], #{}, |k| j.get(`/${k}`)); throw \"no\"").ends(1);
    slow.run("bulk([\"a\"], #{}, |k| j.get(`/${k}`));").ok();
    assert_eq!(slow.prepare(&["-q"], "bulk([1], #{}, |k| k);").run().ok().err, "");
}

#[test]
fn bulk_stops_at_the_first_failure_where_that_is_wanted() {
    let slow = slow(SOON);
    let code = "let r = bulk(0..100, #{ jobs: 1, on_error: \"stop\" }, |k| if k == 3 { j.get(\"/bad\") } else { j.get(`/${k}`) });
        [r.done, r.failed]";
    let run = slow.prepare(&["--output", "json"], code).run().ends(5);
    assert_eq!(run.out.split_whitespace().collect::<String>(), "[3,1]");
    assert_eq!(slow.server.lines().len(), 4);
}

#[test]
fn bulk_refuses_what_it_cannot_do_before_anything_is_sent() {
    let slow = slow(SOON);
    for (options, items, message) in [
        ("jobs: 0", "[1]", "bulk(): 0 at a time is not possible"),
        ("jobs: \"x\"", "[1]", "`jobs` must be a number"),
        ("jornal: \"j\"", "[1]", "did you mean `journal`?"),
        ("on_error: \"skip\"", "[1]", "`on_error` is \"skip\"; it must be \"continue\" or \"stop\""),
        ("uncertain: \"retry\"", "[1]", "without a `journal`"),
        ("journal: \"j\", key: 5", "[1]", "`key` must be a function"),
        ("journal: \"j\"", "[1, 2, 1]", "the items at 0 and 2 have the same key, \"1\""),
        ("journal: \"j\"", "[#{ name: 1 }]", "the item at 0 has no key for the journal"),
        ("journal: \"j\", key: |x| ()", "[1]", "the item at 0 has no key for the journal"),
        ("journal: \"j\"", "[\"my tok-1234567890\"]", "the key of the item at 0 holds a secret"),
        ("journal: \"no/such/folder/j\"", "[1]", "cannot open the journal no/such/folder/j"),
        ("journal: \"notes\"", "[1]", "notes is not a journal; it is left as it is"),
    ] {
        let code = format!("bulk({items}, #{{ {options} }}, |k| j.get(`/${{k}}`))");
        slow.prepare(&[], &code).file("notes", "mine\n").run().ends(2).says(message);
    }
    assert_eq!(slow.server.lines(), Vec::<String>::new());
}

/// A script in a folder that stays, for runs that follow one another.
struct Kept {
    folder: tempfile::TempDir,
    url: String,
}

impl Kept {
    fn new(url: &str, code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("work.rhai"), code).unwrap();
        Kept { folder, url: url.to_owned() }
    }

    fn prepare(&self, flags: &[&str], parameters: &[&str]) -> Tieline {
        let script = self.folder.path().join("work.rhai").to_string_lossy().into_owned();
        let journal = self.journal().to_string_lossy().into_owned();
        let words: Vec<&str> = flags
            .iter()
            .chain([&script.as_str(), &"--journal", &journal.as_str()])
            .chain(parameters)
            .copied()
            .collect();
        let connect = [("SERVER", self.url.as_str()), ("TOKEN", "tok-1234567890"), ("DEPLOYMENT", "server")];
        connect.iter().fold(tieline(&words), |run, (name, value)| run.env(&format!("TIELINE_JIRA_{name}"), value))
    }

    fn journal(&self) -> std::path::PathBuf {
        self.folder.path().join("journal")
    }
}

const WORK: &str = "let opt = params(#{ journal: \"file\", items: \"list\" });
    let j = jira();
    let r = bulk(opt.items.split(\",\"), #{ journal: opt.journal }, |k| j.post(`/${k}`, #{ x: 1 }));
    print([r.done, r.failed, r.skipped, r.uncertain]);";

#[test]
fn a_journal_skips_what_is_done_and_tries_again_what_failed() {
    let broken = Arc::new(AtomicUsize::new(1));
    let state = broken.clone();
    let server = serve(move |request| {
        let fails = path(request) == "/b" && state.load(Ordering::SeqCst) == 1;
        json(if fails { 400 } else { 200 }, "{}")
    });
    let kept = Kept::new(&server.url, WORK);
    kept.prepare(&[], &["--items", "a,b,c"]).run().ends(5).prints("[2, 1, 0, 0]");
    broken.store(0, Ordering::SeqCst);
    kept.prepare(&[], &["--items", "a,b,c,d"]).run().ok().prints("[2, 0, 2, 0]");
    kept.prepare(&[], &["--items", "a,b,c,d"]).run().ok().prints("[0, 0, 4, 0]");
    let posts = server.lines();
    assert_eq!(posts.len(), 5, "{posts:?}");
    let text = std::fs::read_to_string(kept.journal()).unwrap();
    assert!(text.starts_with("{\"journal\":\"tieline bulk\",\"version\":1,\"script\":\"work.rhai\"}\n"), "{text}");
    assert!(!text.contains("tok-1234567890"));
}

#[test]
fn a_simulated_run_leaves_the_journal_alone() {
    let server = serve(|_| json(200, "{}"));
    let kept = Kept::new(&server.url, WORK);
    kept.prepare(&["--simulate"], &["--items", "a,b"]).run().ok().prints("[2, 0, 0, 0]");
    assert!(!kept.journal().exists());
    kept.prepare(&[], &["--items", "a"]).run().ok();
    let before = std::fs::read(kept.journal()).unwrap();
    kept.prepare(&["--simulate"], &["--items", "a,b"]).run().ok().prints("[1, 0, 1, 0]");
    assert_eq!(std::fs::read(kept.journal()).unwrap(), before);
    assert_eq!(server.lines().len(), 1);
}

#[test]
fn two_runs_do_not_share_a_journal_and_what_was_under_way_is_uncertain() {
    let server = serve(|request| {
        if path(request).starts_with("/slow") {
            std::thread::sleep(Duration::from_millis(1500));
        }
        json(200, "{}")
    });
    let kept = Kept::new(&server.url, WORK);
    let first = kept.prepare(&[], &["--items", "a,slow1,slow2"]).start();
    await_lines(&server, 3);
    kept.prepare(&[], &["--items", "x"]).run().ends(2).says("another run uses the journal");
    first.signal("-KILL");
    assert_eq!(first.end().code, -1);
    let run = kept.prepare(&[], &["--items", "a,slow1,slow2,b"]).run().ends(5);
    run.says("slow1  uncertain").says("slow2  uncertain").prints("[1, 0, 1, 2]");
    assert_eq!(server.lines().len(), 4);
}

#[test]
fn an_interrupted_bulk_run_tells_what_it_did() {
    let slow = slow(LONG);
    let code = "bulk(0..50, #{ jobs: 10 }, |k| if k >= 5 { j.get(`/${k}`) }); print(\"after\")";
    let (run, took) = interrupted(&slow, 10, code);
    let run = run.ends(130).says("bulk: interrupted").says("5     0       0        0");
    assert_eq!(run.out, "");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Counts posts per item, and answers whether an item was posted.
fn counting() -> (Server, Arc<Mutex<HashMap<String, usize>>>) {
    let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let counted = counts.clone();
    let server = serve(move |request| {
        let (method, path) = request.line.split_once(' ').unwrap_or_default();
        if method == "GET" {
            return json(200, if counted.lock().unwrap().contains_key(path) { "true" } else { "false" });
        }
        *counted.lock().unwrap().entry(path.to_owned()).or_default() += 1;
        std::thread::sleep(Duration::from_millis(4));
        json(200, "{}")
    });
    (server, counts)
}

const CHECKED: &str = "let opt = params(#{ journal: \"file\" });
    let j = jira();
    let r = bulk(0..300, #{ jobs: 8, journal: opt.journal, check: |k| j.get(`/${k}`) }, |k| j.post(`/${k}`, #{}));
    print([r.done + r.skipped, r.failed, r.uncertain]);";

#[test]
fn killed_at_twenty_moments_no_item_is_done_twice_and_none_is_lost() {
    let mut random: u64 = 20_261_125;
    let mut next = move || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random >> 33
    };
    let (mut kills, mut uncertain) = (0, 0);
    while kills < 20 {
        let (server, counts) = counting();
        let kept = Kept::new(&server.url, CHECKED);
        loop {
            let mut started = kept.prepare(&[], &[]).start();
            std::thread::sleep(Duration::from_millis(20 + next() % 120));
            if kills >= 20 || started.has_ended() {
                started.end().ok().prints("[300, 0, 0]");
                break;
            }
            started.signal("-KILL");
            started.end();
            kills += 1;
            // What was on its way arrives before the next run asks for it.
            std::thread::sleep(Duration::from_millis(30));
            let text = std::fs::read_to_string(kept.journal()).unwrap_or_default();
            uncertain += text.matches("\"start\"").count() - text.matches("\"done\"").count();
        }
        let counts = counts.lock().unwrap();
        assert_eq!(counts.len(), 300);
        assert!(counts.values().all(|n| *n == 1), "{counts:?}");
    }
    assert!(uncertain > 0, "no kill hit an item that was under way");
}
