//! `tieline test`: which tests run, what fails them, and what is said of it.

use crate::common::{Run, tieline};

/// Runs `tieline test` on one file, in which `connect(s)` makes a connection to a fake.
fn test(body: &str) -> Run {
    let text = format!("fn connect(s) {{ jira(#{{ server: s.url, token: \"t\", deployment: \"server\" }}) }}\n{body}");
    tieline(&["test", "one.rhai"]).file("one.rhai", text).run()
}

/// Fails unless the one test in `body` fails and says each of `words`.
fn fails(body: &str, words: &[&str]) {
    let run = test(body).ends(1);
    assert!(run.out.ends_with("0 passed, 1 failed\n"), "{run:#?}");
    for word in words {
        assert!(run.out.contains(word), "expected {word:?} in {run:#?}");
    }
}

#[test]
fn tests_run_in_their_order_and_are_counted() {
    let run =
        test("fn test_b() { assert(true); }\nfn helper(x) { x }\nfn test_a() { assert_eq(helper(1), 2, \"one\"); }");
    let run = run.ends(1);
    let places: Vec<usize> = ["ok      one.rhai: test_b", "FAILED  one.rhai: test_a", "1 passed, 1 failed"]
        .iter()
        .map(|line| run.out.find(line).unwrap_or_else(|| panic!("{line} is missing in {run:#?}")))
        .collect();
    assert!(places.is_sorted(), "{run:#?}");
    assert!(run.out.contains("one: it is\n        1\n    and should be\n        2"), "{run:#?}");
    assert!(run.out.contains(" --> one.rhai:4:15"), "{run:#?}");
}

#[test]
fn a_fake_answers_what_is_expected() {
    let body = r#"fn test_it() {
        let s = fake([
            #{ expect: "GET /a%20b?y=2&x=1", headers: #{ "authorization": "Bearer t" }, reply: #{ n: 1 } },
            #{ expect: "PUT /a", body: #{ x: [1, "two"] }, status: 204 },
            #{ expect: "GET /gone", status: 404, reply: "gone" },
            #{ expect: "GET /again", reply: "\"text\"", reply_headers: #{ "Content-Type": "application/json" } },
        ]);
        let jira = connect(s);
        assert_eq(jira.get("/{p}", #{ p: "a b", x: 1, y: 2 }), #{ n: 1 });
        jira.put("/a", #{ x: [1, "two"] });
        assert_throws(|| jira.get("/gone"), "Response code: 404");
        assert_eq(jira.get("/again"), "text");
    }"#;
    let run = test(body).ok();
    assert!(run.out.contains("1 passed, 0 failed"), "{run:#?}");
}

#[test]
fn a_fake_fails_the_test_on_any_difference() {
    let one = |exchange: &str, call: &str| {
        format!("fn test_it() {{ let s = fake([{exchange}]); try {{ connect(s).{call}; }} catch {{}} }}")
    };
    for (exchange, call, words) in [
        ("", "get(\"/a\", #{ x: 1 })", &["this request was not expected: GET /a?x=1"][..]),
        (r#"#{ expect: "GET /a" }"#, "get(\"/b\")", &["GET /b", "and should be", "GET /a"]),
        (r#"#{ expect: "GET /a" }"#, "delete(\"/a\")", &["DELETE /a"]),
        (r#"#{ expect: "GET /a?x=1" }"#, "get(\"/a\", #{ x: 2 })", &["GET /a?x=2", "GET /a?x=1"]),
        (r#"#{ expect: "GET /a" }"#, "get(\"/a\", #{ x: 2 })", &["GET /a?x=2"]),
        (r#"#{ expect: "PUT /a", body: #{ x: 1 } }"#, "put(\"/a\", #{ x: 2 })", &["the body of PUT /a", "{\"x\":2}"]),
        (r#"#{ expect: "GET /a", headers: #{ accept: "x" } }"#, "get(\"/a\")", &["the header accept of GET /a"]),
        (r#"#{ expect: "GET /a" }, #{ expect: "GET /b" }"#, "get(\"/a\")", &["this request never came: GET /b"]),
    ] {
        fails(&one(exchange, call), words);
    }
}

#[test]
fn what_is_wrong_with_an_exchange_is_said() {
    for (exchange, words) in [
        (r#"#{ expct: "GET /a" }"#, "exchange 1 of fake(): there is no `expct`; it takes expect,"),
        (r#"#{ expect: "/a" }"#, "it must be such as \"GET /path?query\""),
        (r#"#{ expect: "GET /a", status: 42 }"#, "`status` must be a number from 200 to 599"),
        ("7", "it must be a map, not int"),
    ] {
        fails(&format!("fn test_it() {{ fake([{exchange}]); }}"), &[words]);
    }
}

#[test]
fn a_test_that_ends_the_script_fails() {
    fails("fn test_it() { exit(0); assert(false); }", &["the test ended by exit(0)"]);
}

#[test]
fn tests_share_nothing() {
    let body = "fn test_a() { jira().edit(\"OPS-1\", #{ summary: \"other\" }); }\nfn test_b() { assert_ne(jira().issue(\"OPS-1\").fields.summary, \"other\"); }";
    let run = tieline(&["--sandbox", "test", "one.rhai"]).file("one.rhai", body).run().ok();
    assert!(run.out.contains("2 passed, 0 failed"), "{run:#?}");
}

#[test]
fn a_fake_sees_nothing_of_the_environment_or_the_practice_servers() {
    let body = r#"fn test_it() {
        let s = fake([#{ expect: "GET /a", headers: #{ authorization: "Bearer t" }, reply: #{} }]);
        jira(#{ server: s.url, token: "t", deployment: "server" }).get("/a");
    }"#;
    let run = tieline(&["--sandbox", "test", "one.rhai"]).file("one.rhai", body);
    run.env("TIELINE_JIRA_USER", "somebody").env("TIELINE_JIRA_PASSWORD", "hunter2-secret").run().ok();
}

#[test]
fn without_a_test_there_is_an_error() {
    let run = tieline(&["test"]).run().ends(2);
    run.says("Client error: there is no file or folder tests");
    let run = tieline(&["test", "a.rhai"]).file("a.rhai", "let x = 1;").run().ends(2);
    run.says("Client error: there are no tests in a.rhai");
    let run = tieline(&["test", "a.rhai"]).file("a.rhai", "fn test_x() { let y = ; }").run().ends(1);
    assert!(run.out.contains("FAILED  a.rhai\n") && run.out.contains("--> a.rhai:1:23"), "{run:#?}");
}

#[test]
fn a_folder_may_hold_scripts_that_are_no_tests() {
    let run = || {
        tieline(&["test"])
            .folder_file("tests/one.rhai", "fn test_it() { assert(true); }")
            .folder_file("tests/errors/broken.rhai", "let x = ;")
    };
    assert!(run().run().ok().out.ends_with("1 passed, 0 failed\n"));
    // One that says it has tests, and does not compile, fails.
    let broken = run().folder_file("tests/two.rhai", "fn test_two() { let x = ; }").run().ends(1);
    assert!(broken.out.ends_with("1 passed, 1 failed\n"), "{broken:#?}");
}

#[test]
fn a_fake_is_for_tests_only() {
    let run = tieline(&["-e", "fake([])"]).run().ends(2);
    run.says("Client error: fake() is for tests").says("hint: run the file with `tieline test`");
}
