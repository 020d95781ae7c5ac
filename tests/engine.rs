//! The language as scripts see it: what is repaired, what stays exact, how runs begin and end.

use crate::common::{
    Run,
    practice::Practice,
    server::{json, serve},
    tieline,
};
use serde_json::Value;
use std::{
    fmt::Write as _,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Evaluates every expression in one run and holds it against what it should print.
fn table(rows: &[(&str, &str)]) {
    let mut script = String::new();
    for (n, (expression, _)) in rows.iter().enumerate() {
        let _ = writeln!(
            script,
            "fn case_{n}() {{ {expression} }}\nlet shown = (); try {{ shown = `${{case_{n}()}}`; }} catch (e) {{ shown = `error: ${{e.message}}`; }} print(to_json([{n}, shown]));"
        );
    }
    let run = tieline(&["table.rhai"]).file("table.rhai", script).run().ok();
    let shown: Vec<Value> = run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(shown.len(), rows.len(), "{run:?}");
    let wrong: Vec<String> = rows
        .iter()
        .zip(&shown)
        .filter(|((_, is), shown)| shown[1] != *is)
        .map(|((expression, is), shown)| {
            format!("{expression}\n  should be {is}\n  and is    {}", shown[1].as_str().unwrap())
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn texts_return_what_they_are_asked_for() {
    table(&[
        (r#""a-b-c".replace("-", "+")"#, "a+b+c"),
        (r#"let s = "a-b"; s.replace("-", "+"); s"#, "a-b"),
        (r#""  x ".trim() + "|""#, "x|"),
        (r#"let s = " x "; s.trim(); s.len"#, "3"),
        (r#"["a", 1, (), true].join("-")"#, "a-1--true"),
        ("[1, 2, 3].join(\", \")", "1, 2, 3"),
        ("[].join(\",\")", ""),
        ("[1, 2.5, ()].sum()", "3.5"),
        ("[1, 2].sum()", "3"),
        ("[].sum()", "0"),
        ("[[1], [2, [3]]].flatten()", "[1, 2, [3]]"),
        (r#""ab".repeat(3)"#, "ababab"),
        (r#""ab".repeat(0)"#, ""),
        (r#"" 42 ".to_int() + 1"#, "43"),
        (r#""forty".to_int()"#, "error: Client error: \"forty\" is not a whole number"),
        (r#""1.5".to_float() * 2"#, "3.0"),
        (r#""Żółć".to_upper()"#, "ŻÓŁĆ"),
        (r#""Żółć".len"#, "4"),
        (r#""a,b".split(",")"#, r#"["a", "b"]"#),
        (r#""OPS-12 and OPS-7".find_all("[A-Z]+-\\d+")"#, r#"["OPS-12", "OPS-7"]"#),
        (r#""OPS-12".matches("^[A-Z]+-\\d+$")"#, "true"),
        (r#""a1b22".replace_regex("\\d+", "X")"#, "aXbX"),
        (r#""a1b22".split_regex("\\d+")"#, r#"["a", "b", ""]"#),
        (r#""x".matches("(")"#, "error: Client error: the pattern \"(\" is not valid: unclosed group"),
        ("1234567.format()", "1,234,567"),
        ("1234.5.format(2)", "1,234.50"),
        (r#""a b&c".encode_uri()"#, "a%20b%26c"),
        (r#""żółć".encode_base64().decode_base64()"#, "żółć"),
    ]);
}

/// An issue as a server gives it; in each row it is `j`.
const ISSUE: &str = r#"let j = parse_json(`{"key":"A-1","fields":{"summary":"S","status":{"name":"Open"},"labels":["b","a"],"parent":null},"public":true,"default":7,"type":{"in":1},"size":92233720368547758070}`);"#;

#[test]
fn what_a_server_gives_is_a_map_like_any_other() {
    let rows = [
        ("j.fields.status.name", "Open"),
        (r#"j["fields"]["labels"][1]"#, "a"),
        ("`${j.nope}|`", "|"),
        ("j.nope?.deeper?.still ?? 5", "5"),
        ("j.fields.parent ?? \"none\"", "none"),
        ("j.nope.deeper", "error: "),
        (r#"["key" in j, "nope" in j]"#, "[true, false]"),
        ("j.keys()", r#"["key", "fields", "public", "default", "type", "size"]"#),
        ("type_of(j) + \" \" + type_of(j.fields.labels)", "map array"),
        ("j.public && j.default == 7 && j.type.in == 1", "true"),
        ("let r = #{ \"private\": 1 }; r.private + r?.private", "2"),
        ("j.fields.status.name = \"Done\"; j.fields.status", r#"#{"name": "Done"}"#),
        ("let k = j; k.fields.labels.push(\"c\"); [k.fields.labels.len(), j.fields.labels.len()]", "[3, 2]"),
        ("j.fields.labels[0] = \"z\"; j.fields.labels", r#"["z", "a"]"#),
        ("j.fields.fresh = #{ a: [1] }; j.fields.fresh.a[0] += 1; j.fields.fresh", r#"#{"a": [2]}"#),
        (
            "[j.fields.status == #{ name: \"Open\" }, #{ name: \"Open\" } == j.fields.status, j.fields.status == #{}]",
            "[true, true, false]",
        ),
        ("j.fields.status + #{ id: 1 }", r#"#{"name": "Open", "id": 1}"#),
        ("#{ id: 1 } + j.fields.status", r#"#{"id": 1, "name": "Open"}"#),
        ("[j.fields.status, #{ s: j.fields.status }]", r#"[#{"name": "Open"}, #{"s": #{"name": "Open"}}]"#),
        ("let t = 0; for k in j.keys() { t += 1; } t", "6"),
        ("switch j.key { \"A-1\" => \"yes\", _ => \"no\" }", "yes"),
        ("to_json(j.fields)", r#"{"summary":"S","status":{"name":"Open"},"labels":["b","a"],"parent":null}"#),
        ("json(j.fields.status)", "{\n  \"name\": \"Open\"\n}"),
        ("to_json(parse_json(to_json(j))) == to_json(j)", "true"),
        ("[j.size, type_of(j.size), to_json(j.size)]", r#"[92233720368547758070, "number", "92233720368547758070"]"#),
        ("j.size == \"92233720368547758070\"", "true"),
        ("j.size.to_int()", "error: Client error: 92233720368547758070 does not fit into a 64-bit integer"),
        (
            "to_json(parse_json(\"[0.1, 1e400, 12345678901234567890.5, 9223372036854775807, -1.5E3]\"))",
            "[0.1,1e+400,12345678901234567890.5,9223372036854775807,-1500.0]",
        ),
        (
            "parse_json(\"{\\\"a\\\": 1+1}\")",
            "error: Client error: this is not valid JSON: expected `,` or `}` at line 1 column 8",
        ),
        ("parse_json(\"7\") + parse_json(\" 8 \")", "15"),
        ("to_json(#{ b: 1, a: [(), true, 'c', 1.0, \"\\u2603\"] })", r#"{"a":[null,true,"c",1.0,"☃"],"b":1}"#),
        ("to_json(|x| x)", "error: Client error: a value of type function cannot become JSON"),
    ];
    let rows: Vec<(String, &str)> = rows.iter().map(|(e, is)| (format!("{ISSUE} {e}"), *is)).collect();
    let rows: Vec<(&str, &str)> = rows.iter().map(|(e, is)| (e.as_str(), *is)).collect();
    let (erring, sure): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, is)| *is == "error: ");
    table(&sure);
    assert_eq!(erring.len(), 1);
    tieline(&["-e", erring[0].0]).run().ends(1).says("hint: ").says("?.");
}

#[test]
fn arithmetic_that_has_no_result_is_an_error() {
    for (code, says) in [
        ("1 / 0", "division by zero"),
        ("9223372036854775807 + 1", "overflow"),
        ("let a = [1]; a[5]", "5"),
        ("\"a\" * 2", "*"),
    ] {
        let run = tieline(&["-e", code]).run().ends(1);
        assert!(run.err.to_lowercase().contains(says), "{run:?}");
    }
}

#[test]
fn an_error_in_a_closure_is_an_error_of_the_script() {
    for code in [
        "[2, 1].sort(|a, b| a.no_such())",
        "[2, 1].map(|a| a.no_such())",
        "[2, 1].filter(|a| a.no_such())",
        "[2, 1].sort_by(|a| a.no_such())",
        "parse_json(\"{\\\"a\\\":1}\").filter(|k, v| v.no_such())",
    ] {
        tieline(&["-e", code]).run().ends(1).says("there is no function `no_such(int)`");
    }
    table(&[
        ("let a = [3, 1, 2]; a.sort(|x, y| x - y); a", "[1, 2, 3]"),
        ("let a = [3, 1, 2]; a.sort(|x, y| x > y); a", "[3, 2, 1]"),
        ("let a = [3, 1, 2]; a.sort(|x, y| 1); a.len", "3"),
        ("let a = [3, 1, 2]; a.sort(); a", "[1, 2, 3]"),
        (
            "let a = [[1, \"b\"], [0, \"c\"], [1, \"a\"]]; a.sort(|x, y| x[0] - y[0]); a.map(|x| x[1])",
            r#"["c", "b", "a"]"#,
        ),
        (
            "[1, 2].sort(|x, y| \"x\")",
            "error: Client error: sort(): the closure must return a number or true or false, not string",
        ),
    ]);
}

#[cfg(unix)]
#[test]
fn writing_follows_links_and_spares_devices() {
    let ready = tieline(&[
        "-e",
        "write_text(\"link.txt\", \"new\"); write_text(\"/dev/null\", \"x\"); write_text(\"/dev/stdout\", \"direct\");",
    ])
    .file("real.txt", "old");
    let folder = ready.folder();
    std::os::unix::fs::symlink(folder.join("real.txt"), folder.join("link.txt")).unwrap();
    let (run, _home) = ready.keep();
    run.ok().prints("direct");
    assert_eq!(std::fs::read_to_string(folder.join("real.txt")).unwrap(), "new");
    assert!(folder.join("link.txt").is_symlink());
    assert!(!std::path::Path::new("/dev/null").is_file());
}

#[test]
fn a_value_is_printed_as_a_person_reads_it() {
    for (flags, code, shown) in [
        (&[][..], "\"text\"", "text"),
        (&[], "()", ""),
        (&[], "#{ b: 1, a: [1, \"x\"] }", "{\n  \"a\": [\n    1,\n    \"x\"\n  ],\n  \"b\": 1\n}"),
        (&["--output", "json"], "\"text\"", "\"text\""),
        (&["--output", "csv"], "[#{ a: 1, b: \"x,y\" }]", "a,b\n1,\"x,y\""),
        (&["--output", "none"], "\"text\"", ""),
    ] {
        let words: Vec<&str> = flags.iter().copied().chain(["-e", code]).collect();
        tieline(&words).run().ok().prints(shown);
    }
}

#[test]
fn a_script_chooses_its_exit_code() {
    tieline(&["-e", "print(\"before\"); exit(7); print(\"after\")"]).run().ends(7).prints("before");
    tieline(&["-e", "fn f() { [1].map(|x| exit(3)) } try { f() } catch (e) { print(\"caught\") }"])
        .run()
        .ends(3)
        .prints("");
    tieline(&["-e", "exit()"]).run().ok();
    tieline(&["-e", "exit(300)"]).run().ends(2).says("Client error: exit(300): an exit code is between 0 and 255");
    tieline(&["-e", "throw \"no\""]).run().ends(1);
}

#[test]
fn a_file_beside_the_script_is_imported_wherever_the_run_starts() {
    let ready = tieline(&["lib/main.rhai", "--name", "Ada"])
        .folder_file("lib/main.rhai", "import \"helper\" as h;\nprint(h::greeting(params().name));\nprint(h::LIMIT);")
        .folder_file("lib/helper.rhai", "export const LIMIT = 5;\nfn greeting(name) { `Hello ${name}, ${inner()}` }\nprivate fn inner() { jira_free() }\nfn jira_free() { \"well\" }");
    ready.run().ok().prints("Hello Ada, well\n5");
    tieline(&["main.rhai"])
        .file("main.rhai", "import \"nope\" as n;")
        .run()
        .says("there is no module \"nope\"")
        .says("hint: import takes the path of a .rhai file beside the script");
}

#[test]
fn verbs_work_inside_imported_files() {
    let jira = Practice::server();
    tieline(&["main.rhai"])
        .file("main.rhai", "import \"helper\" as h;\nprint(h::summary(\"OPS-1\").len() > 0);")
        .file("helper.rhai", "fn summary(key) { jira().issue(key).fields.summary }")
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run()
        .ok()
        .prints("true");
}

#[cfg(unix)]
#[test]
fn a_script_with_a_shebang_runs_by_itself() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("hello");
    std::fs::write(&script, "#!/usr/bin/env tieline\n//! Says hello.\nlet o = params(#{ name: \"Whom\" });\nprint(`Hello ${o.name}`);\nthrow \"line five\";\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_tieline"));
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    let run = |words: &[&str]| {
        Command::new(&script).args(words).env_clear().env("PATH", &path).env("HOME", folder.path()).output().unwrap()
    };
    let output = run(&["--name", "Ada"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "Hello Ada\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("hello:5:"), "{output:?}");
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    assert!(help.starts_with("Says hello.") && help.contains("--name TEXT"), "{help}");
}

#[test]
fn standard_input_is_a_script_too() {
    for words in [&[][..], &["-"]] {
        tieline(words).input("#!/usr/bin/env tieline\nprint(1 + 1);\n").run().ok().prints("2");
    }
    tieline(&["-", "--name", "Ada"]).input("print(params().name)").run().ok().prints("Ada");
    tieline::<&str>(&[]).input("let x = 1;\nprint(y)").run().ends(2).says("--> standard input:2:7");
}

/// Starts a run, interrupts it once `started` says that it is under way, and waits for its end.
#[cfg(unix)]
fn interrupted(code: &str, environment: &[(&str, &str)], started: impl Fn() -> bool) -> Run {
    let home = tempfile::tempdir().unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_tieline"))
        .args(["-e", code])
        .env_clear()
        .env("HOME", home.path())
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while !started() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the run did not get under way");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(300));
    let struck = Instant::now();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(struck.elapsed() < Duration::from_secs(8), "it took {:?} to end", struck.elapsed());
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_loop_a_pause_and_a_request() {
    let server = serve(|_| {
        std::thread::sleep(Duration::from_secs(15));
        json(200, "{}")
    });
    let environment = [("TIELINE_JIRA_SERVER", server.url.as_str()), ("TIELINE_JIRA_TOKEN", "tok-1234567890")];
    let soon = Instant::now() + Duration::from_secs(1);
    for (code, wait_for_server) in [
        ("loop { }", false),
        ("let x = 0; while true { try { loop { x += 1; } } catch { } }", false),
        ("sleep(60)", false),
        ("try { jira().get(\"/rest/x\") } catch { print(\"caught\") }", true),
        ("for x in jira().pages(\"/rest/y\") { }  for x in jira().pages(\"/rest/y\") { print(x) }", true),
    ] {
        let before = server.lines().len();
        let started = || if wait_for_server { server.lines().len() > before } else { Instant::now() > soon };
        let run = interrupted(code, &environment, started).ends(130).says("interrupted");
        assert_eq!(run.out, "", "{code}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_still_logs_out() {
    let jira = Practice::server();
    let environment = [
        ("TIELINE_JIRA_SERVER", jira.url.as_str()),
        ("TIELINE_JIRA_USER", "mira"),
        ("TIELINE_JIRA_PASSWORD", "mira-password"),
    ];
    let logged_in = || jira.lines().iter().any(|line| line.contains("/issue/OPS-1"));
    interrupted("jira().issue(\"OPS-1\"); loop { }", &environment, logged_in).ends(130);
    assert_eq!(jira.lines().last().unwrap(), "DELETE /jira/rest/auth/1/session");
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly_and_logs_out() {
    use std::io::BufRead;
    let jira = Practice::server();
    let home = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_tieline"))
        .args(["-e", "jira().issue(\"OPS-1\"); loop { print(\"a line that is long enough to fill what holds it\"); }"])
        .env_clear()
        .env("HOME", home.path())
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_USER", "mira")
        .env("TIELINE_JIRA_PASSWORD", "mira-password")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
    assert_eq!(jira.lines().last().unwrap(), "DELETE /jira/rest/auth/1/session");
}

#[test]
fn a_captured_connection_is_free_while_its_answers_are_worked_on() {
    for code in [
        "let jira = jira(); jira.search(\"project = OPS\", #{ limit: 2 }).map(|i| jira.issue(i.key).key).len()",
        "fn keys(jira) { jira.search(\"project = OPS\", #{ limit: 2 }).map(|i| jira.issue(i.key).key) } keys(jira()).len()",
        "let jira = jira(); let f = |key| jira.issue(key).key; \
         jira.search(\"project = OPS\", #{ limit: 2 }).filter(|i| [i.key].map(|k| jira.issue(f.call(k)).key)[0] == i.key).len()",
        // What is no connection is shared as ever.
        "let n = 0; let add = |x| { n += x; }; add.call(1); add.call(1); n",
    ] {
        let run = tieline(&["--sandbox", "-q", "-e", code]).run().ok();
        assert_eq!(run.out, "2\n", "{code}: {run:#?}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_rights_and_standard_output_is_no_file() {
    use std::os::unix::fs::PermissionsExt;
    let code = "write_csv(\"private.csv\", [#{ a: 1 }]); print(\"before\"); write_csv(\"/dev/stdout\", [#{ a: 2 }]);";
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (folder.path().join("private.csv"), folder.path().join("out.txt"));
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(&out, "here already\n").unwrap();
    let kept = std::fs::OpenOptions::new().append(true).open(&out).unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_tieline"));
    let done = program.args(["-q", "-e", code]).env_clear().current_dir(folder.path()).stdout(kept).status().unwrap();
    assert!(done.success());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a\n1\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.starts_with("here already\n") && text.contains("before\n") && text.contains("a\n2\n"), "{text}");
}

#[test]
fn a_column_that_comes_twice_is_refused() {
    tieline(&["-e", "read_csv(\"t.csv\")"])
        .file("t.csv", "a,b,a\n1,2,3\n")
        .run()
        .ends(2)
        .says("Client error: t.csv: the column \"a\" comes twice");
}

#[test]
fn the_value_of_a_one_liner_is_a_list_that_is_read() {
    let run = |code: &str, output: &[&str]| tieline(&[&["--sandbox"], output, &["-e", code]].concat()).run();
    let one = run("jira().search(\"key = OPS-1\", #{ fields: \"summary\" })", &[]).ok();
    assert!(one.out.contains("\"key\": \"OPS-1\""), "{one:#?}");
    for output in [&[][..], &["--output", "csv"], &["--output", "json"], &["--output", "table"]] {
        run("jira().search(\"project = \")", output).ends(3).says("Remote error: ");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_is_lost_is_an_error() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_tieline"));
    let done = program.args(["-e", "print(\"x\")"]).env_clear().stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cannot write to standard output"));
}
