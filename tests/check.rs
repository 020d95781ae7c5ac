//! `tieline check`: what it finds in a script without running it, and what it leaves in peace.

use crate::common::{Run, project, tieline};

/// Checks one script.
fn check(text: &str) -> Run {
    tieline(&["check", "one.rhai"]).file("one.rhai", text).run()
}

/// Fails unless exactly one thing is found in `text`, and its report has each of `parts`.
#[track_caller]
fn finds(text: &str, code: i32, parts: &[&str]) {
    let run = check(text).ends(code);
    assert_eq!(run.out.matches(" --> ").count(), 1, "{}", run.out);
    for part in parts {
        assert!(run.out.contains(part), "expected {part:?} in {}", run.out);
    }
}

#[test]
fn what_the_engine_refuses_is_shown_with_its_line() {
    finds(
        "let a = 1\nlet b = 2;",
        1,
        &["error[syntax]: ", " --> one.rhai:2:1", "2 | let b = 2;", "needs a ; at its end"],
    );
    finds("print(null);", 1, &["error[", "Rhai's word for nothing is ()"]);
}

#[test]
fn variables_are_looked_up_everywhere() {
    finds("let summary = 1;\nprint(sumary);", 1, &["there is no variable `sumary`", "did you mean `summary`?"]);
    finds("let x = 1; fn f() { x } f();", 1, &["error[variable]: there is no variable `x`", "one.rhai:1:21"]);
    finds("let f = |a| a + c; f.call(1);", 1, &["there is no variable `c`", "one.rhai:1:17"]);
    finds("jira.issue(\"A-1\");", 1, &["let jira = jira();"]);
}

#[test]
fn functions_and_verbs_are_looked_up_with_their_arguments() {
    for (text, parts) in [
        ("prnt(1);", &["error[function]: there is no function `prnt`", "did you mean `print`?"][..]),
        ("let f = |x| x; f(1);", &["`f` is a variable; a function in it is called by f.call(…)"]),
        ("fn f(a) { a } f(1, 2);", &["error[arity]: `f` does not take 2 arguments", "there is f(a)"]),
        ("[1].mapp(|x| x);", &["nothing has a method `mapp`", "did you mean `map`?"]),
        ("jira().serch(\"x\");", &["error[verb]: Jira has no verb `serch`", "did you mean `search`?"]),
        ("let j = jira(); j.getIssue(#{});", &["it is a published operation: jira.api.getIssue(#{ … })"]),
        ("jira().search(1, 2, 3);", &["does not take 3 arguments", "Jira.search(jql, options)"]),
        ("let j = jira(); j.search;", &["error[member]: a connection to Jira has no member `search`", "it is a verb"]),
        ("jira(#{ tokn: env(\"T\") });", &["error[option]: jira() has no parameter `tokn`", "did you mean `token`?"]),
        ("jira().search(\"x\", #{ feilds: 1 });", &["jira.search() has no option `feilds`", "did you mean `fields`?"]),
    ] {
        finds(text, 1, parts);
    }
}

#[test]
fn connections_are_followed_through_functions_and_closures() {
    for text in [
        "fn work(j) { j.serch(\"x\") } work(jira());",
        "fn make() { jira() } make().serch(\"x\");",
        "fn make() { if env(\"X\") == () { return jira(\"a\"); } jira(\"b\") } let j = make(); j.serch(\"x\");",
        "let j = jira(); [1].for_each(|n| j.serch(n));",
        "let j = jira(); parallel([1], 2, |n| { let k = j; k.serch(n) });",
        "fn Jira.mine() { this.serch(\"x\") } jira().mine();",
    ] {
        finds(text, 1, &["error[verb]: Jira has no verb `serch`"]);
    }
}

#[test]
fn what_may_be_anything_is_left_in_peace() {
    for text in [
        "fn work(c) { c.search(\"x\") } work(jira()); work(confluence());",
        "let c = jira(); if env(\"X\") != () { c = confluence(); } c.search(\"x\");",
        "let tools = #{ twice: |x| x * 2 }; tools.twice(2);",
        "fn Jira.mine(key) { this.issue(key) } jira().mine(\"A-1\");",
        "let name = \"get\"; jira().op(name + \"Issue\", #{});",
        "let extra = #{}; jira().search(\"x\", #{ limit: 1 } + extra);",
        "let opt = params(#{ a: \"A\", b: \"B\" }); print(opt);",
        "let opt = params(#{ a: \"A\" }); fn show(o) { print(o.a) } show(opt);",
        "let opt = params(#{ a: \"A\" }); let name = \"a\"; print(opt[name]);",
        "let opt = params(#{ a: \"A\" }); fn each(o) { for n in o.keys() { print(n); } } each(opt); each(#{});",
        "let opt = if env(\"X\") == () { params(#{ a: \"A\" }) } else { #{} }; print(opt.len());",
        "fn twice(x) { x * 2 } [1].map(twice);",
        "fn work(j) { j.serch(\"x\") } let tools = #{ serch: 1 }; [1].map(work);",
        "try { throw \"x\"; } catch (e) { print(e); }",
        "for (x, n) in [1] { print(x + n); }",
        "const LIMIT = 3; fn f() { global::LIMIT } f();",
        "switch 1 { 1 => print(1), 2..5 if 2 > 1 => print(2), _ => () }",
        "jira().get(\"/rest/api/2/issue/{key}\", #{ key: \"A-1\" });",
        "let key = \"A\"; jira().get(`/rest/unpublished/${key}`);",
        "assert_throws(|| jira().serch(), \"serch\");",
        "eval(\"fn later(x) { x }\"); later(1);",
    ] {
        let run = check(text);
        assert_eq!(run.code, 0, "{text}\n{}", run.out);
        assert_eq!(run.out, "1 script checked: 0 errors, 0 warnings\n", "{text}");
    }
}

#[test]
fn operations_are_looked_up_with_their_parameters() {
    for (text, parts) in [
        (
            "jira().op(\"getIsue\", #{});",
            &["error[operation]: Jira has no operation `getIsue`", "did you mean getIssue"][..],
        ),
        ("let api = jira().api; api.getIsue(#{});", &["Jira has no operation `getIsue`"]),
        ("jira().api.getIssue(#{});", &["error[parameter]: getIssue needs `issueIdOrKey`"]),
        (
            "jira().api.getIssue(#{ issueIdOrKey: 1, feilds: 2 });",
            &["getIssue has no parameter `feilds`", "did you mean `fields`?"],
        ),
        ("slack().op(\"chat_postMesage\", #{});", &["Slack has no operation", "chat_postMessage"]),
    ] {
        finds(text, 1, parts);
    }
}

#[test]
fn what_may_be_meant_so_is_a_warning() {
    let route = "jira().get(\"/rest/api/3/isue/{key}\", #{ key: 1 });";
    finds(route, 0, &["warning[route]: Jira publishes no GET", "did you mean /rest/api/3/issue/{issueIdOrKey}?"]);
    finds("jira().post(\"/rest/api/3/issue/A-1\", #{});", 0, &["it is published for GET, PUT, DELETE"]);
    let unused = "let opt = params(#{ used: \"A\", never: #{ help: \"B\", \"default\": 1 } });\nprint(opt.used);";
    finds(unused, 0, &["warning[unused]: the parameter `never` is declared and never read", "one.rhai:1:32"]);
}

#[test]
fn secrets_are_found_and_not_shown() {
    for text in [
        "let j = jira(#{ server: \"https://x.example\", token: \"hunter2-secret\" });",
        "// tok: xoxb-0000000000-hunter2-secret",
        "write_json(\"user.json\", #{ name: \"mira\", password: \"hunter2-secret\" });",
        "let from = \"https://mira:hunter2-secret@jira.example\";",
    ] {
        // The run itself fails if the secret is in its output.
        finds(text, 1, &["error[secret]: ", "••••", "tieline login"]);
    }
    let run = check(
        "let j = jira(#{ token: secret(\"NAME\"), password: env(\"P\") }); params(#{ password: \"The password\" }).password;",
    );
    assert!(run.ok().out.contains("0 errors"));
}

#[test]
fn a_script_that_says_it_only_reads_must_not_write() {
    let header = "//! Counts.\n//! read-only\n";
    for call in [
        "jira().comment(\"A-1\", \"x\");",
        "jira().post(\"/rest/api/2/issue\", #{});",
        "jira().api.deleteIssue(#{ issueIdOrKey: \"A-1\" });",
        "jira().op(\"deleteIssue\", #{ issueIdOrKey: \"A-1\" });",
        "jira().request(#{ method: \"DELETE\", path: \"/rest/api/2/issue/A-1\" });",
    ] {
        finds(&format!("{header}{call}"), 1, &["error[write]: ", "and the script's header says read-only"]);
        check(call).ok();
    }
    let reads =
        "jira().search(\"x\").count(); jira().count(\"x\"); jira().post(\"/rest/api/2/search\", #{ jql: \"x\" });";
    check(&format!("{header}{reads}")).ok();
}

#[test]
fn modules_are_read() {
    let helper = "fn twice(x) { x + x }\nfn Jira.mine() { 1 }";
    let run = |text: &str| tieline(&["check", "one.rhai"]).file("one.rhai", text).file("helper.rhai", helper).run();
    run("import \"helper\" as h; h::twice(1); jira().mine();").ok();
    let wrong = run("import \"helper\" as h;\nh::twise(1);\nh::twice(1, 2);\nimport \"helpr\" as g;").ends(1);
    for part in [
        "the module h has no function `twise`",
        "did you mean `twice`?",
        "`h::twice` takes 1 argument, not 2",
        "error[module]: there is no module \"helpr\"",
    ] {
        assert!(wrong.out.contains(part), "{part} in {}", wrong.out);
    }
}

#[test]
fn editors_get_json() {
    let run = tieline(&["check", "one.rhai", "--output", "json"]).file("one.rhai", "\nprnt(1);").run().ends(1);
    let found: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let row = serde_json::json!({
        "file": "one.rhai", "line": 2, "column": 1, "severity": "error", "code": "function",
        "message": "there is no function `prnt`", "hint": "did you mean `print`?"
    });
    assert_eq!(found, serde_json::json!([row]));
    let run = tieline(&["check", "one.rhai", "--output", "json"]).file("one.rhai", "print(1);").run().ok();
    assert_eq!(run.out.trim(), "[]");
}

#[test]
fn nothing_is_run_and_nothing_sent() {
    let text = "print(\"it ran\"); let j = jira(#{ server: \"http://127.0.0.1:9\" }); j.issue(\"A-1\");";
    let run = check(text).ok();
    assert!(!run.out.contains("it ran") && run.err.is_empty(), "{run:#?}");
    tieline(&["check"]).run().ends(2);
    tieline(&["check", "nowhere.rhai"]).run().ends(2).says("there is no file or folder nowhere.rhai");
}

#[test]
fn nothing_is_found_in_the_projects_own_scripts() {
    for folder in ["scripts", "stdlib", "tests/stdlib"] {
        let run = tieline(&["check", &project(folder).to_string_lossy()]).run();
        assert!(run.code == 0 && run.out.ends_with(" checked: 0 errors, 0 warnings\n"), "{}", run.out);
    }
}
