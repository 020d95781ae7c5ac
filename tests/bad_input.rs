//! Wrong input: a clear message, exit code 2, and nothing sent.

use crate::common::{
    Run, Tieline,
    practice::Practice,
    server::{Server, json, serve},
    tieline,
};

/// A server that must see nothing.
fn untouched() -> Server {
    serve(|_| json(200, "{}"))
}

/// Prepares CODE with a credential for `server`.
fn prepared(server: &str, code: &str) -> Tieline {
    tieline(&["-e", code]).env("TIELINE_JIRA_SERVER", server).env("TIELINE_JIRA_TOKEN", "tok-1234567890")
}

/// Fails unless the run was refused by the program itself, with these words, and `server` saw nothing.
fn refused(server: &Server, run: Run, says: &[&str]) {
    let run = run.ends(2);
    assert!(run.err.starts_with("error: Client error: "), "{run:?}");
    let run = says.iter().fold(run, |run, says| run.says(says));
    assert!(server.lines().is_empty(), "{run:?}: {:?}", server.lines());
}

/// Fails unless CODE is refused with these words and nothing is sent.
fn refuses(code: &str, says: &[&str]) {
    let server = untouched();
    refused(&server, prepared(&server.url, code).run(), says);
}

#[test]
fn a_connection_without_a_server_says_where_one_is_looked_for() {
    tieline(&["-e", "jira().whoami()"])
        .run()
        .ends(2)
        .says("Client error: no server for jira: `server` is missing")
        .says("--jira-server")
        .says("TIELINE_JIRA_SERVER")
        .says("--sandbox");
}

#[test]
fn a_connection_without_a_credential_says_what_would_be_one() {
    let server = untouched();
    let run =
        tieline(&["-e", "jira(#{ deployment: \"server\" }).whoami()"]).env("TIELINE_JIRA_SERVER", &server.url).run();
    refused(&server, run, &["`token`", "`password`", "TIELINE_JIRA_"]);
}

#[test]
fn addresses_that_would_give_the_credential_away_are_refused() {
    let server = untouched();
    for (address, says) in [
        ("http://jira.acme.com", "`server` is http://, which would send the credential unencrypted"),
        (
            "https://mira:hunter2-secret@jira.acme.com",
            "`server` has a user name or password in it; give them as `user` and `password`",
        ),
        ("https://mira@jira.acme.com", "`server` has a user name or password in it"),
        ("ftp://jira.acme.com", "`server` must start with https://"),
        ("https://jira.acme.com/?os_username=x", "`server` has a query or fragment"),
        (
            "https://jira.acme.com/browse/OPS-1",
            "`server` is the address of a page (/browse/…); give only the part before it",
        ),
        ("https://jira acme.com", "`server` has blanks or control characters in it"),
        ("https://", "`server` is not an address"),
    ] {
        refused(&server, prepared(address, "jira().whoami()").run(), &[says]);
        let code = format!("jira(#{{ server: \"{address}\" }}).whoami()");
        refused(&server, prepared(&server.url, &code).may_show_secrets().run(), &[says]);
    }
    refused(
        &server,
        prepared("http://jira.acme.com", "jira()").run(),
        &["hint: use https://, or consent with --insecure"],
    );
}

#[test]
fn paths_that_leave_their_place_are_refused() {
    for path in ["/../admin", "/rest/../../x", "/rest/%2e%2e/x", "/rest/%2E./x", "/rest/..\\x", "/rest/./x"] {
        refuses(&format!("jira().get(\"{}\")", path.replace('\\', "\\\\")), &["has a segment . or .. in it"]);
    }
    refuses("jira().get(\"rest/x\")", &["the path \"rest/x\" must start with one /"]);
    refuses("jira().get(\"//evil.test/x\")", &["must start with one /"]);
    refuses("jira().get(\"https://evil.test/x\")", &["is not under", "make another connection for another server"]);
    refuses("jira().get(\"/rest/a\\r\\nHost: evil\")", &["the path has control characters in it"]);
    refuses("jira().get(\"/rest/{key}\", #{ key: \"..\" })", &["`key` must not be . or .."]);
    refuses("jira().get(\"/rest/{key}\", #{ key: \"\" })", &["`key` is empty"]);
    refuses("jira().get(\"/rest/{key}\", #{ kye: \"A-1\" })", &["`key` is missing: the path is /rest/{key}"]);
}

#[test]
fn control_characters_in_a_credential_are_refused_and_not_repeated() {
    let server = untouched();
    let says = ["`token`, from the environment (TIELINE_JIRA_TOKEN), has control characters in it"];
    for token in ["hunter2-secret\nX-Evil: 1", "hunter2-secret\r", "hunter2-\u{1b}secret"] {
        refused(&server, prepared(&server.url, "jira().whoami()").env("TIELINE_JIRA_TOKEN", token).run(), &says);
    }
    let from_file = tieline(&["-e", "jira().whoami()"])
        .env("TIELINE_JIRA_SERVER", &server.url)
        .env("TIELINE_JIRA_TOKEN_FILE", "tok")
        .file("tok", "hunter2-secret\nand another line\n");
    refused(
        &server,
        from_file.run(),
        &["`token`, from the file tok (TIELINE_JIRA_TOKEN_FILE), has control characters"],
    );
    refuses("jira(#{ token: \"a\\u0000b\" })", &["`token`, from the script, has control characters in it"]);
    refuses("jira(#{ token: \"  \" })", &["`token`, from the script, is empty"]);
    refuses(
        "jira(#{ user: \"mira\\nnora\", password: \"hunter2-x\" })",
        &["`user`, from the script, has control characters"],
    );
}

#[test]
fn unknown_parameters_of_a_connection_are_refused() {
    for (map, says) in [
        ("#{ servr: \"x\" }", ["jira(#{…}) has no parameter `servr`", "did you mean `server`?"]),
        ("#{ Token: \"x\" }", ["has no parameter `Token`", "did you mean `token`?"]),
        ("#{ passwrd: \"x\" }", ["has no parameter `passwrd`", "did you mean `password`?"]),
        ("#{ verify_certificates: false }", ["has no parameter `verify_certificates`", "it takes "]),
        ("#{ tempoToken: \"x\" }", ["jira has no use for `tempoToken`", "only tempo() takes it"]),
        ("#{ deployment: \"clowd\" }", ["`deployment` is \"clowd\"", "it must be \"cloud\" or \"server\""]),
        ("#{ timeout: \"soon\" }", ["`timeout` is \"soon\"", "it must be a number of seconds"]),
        ("#{ insecure: \"perhaps\" }", ["`insecure` must be true or false", ""]),
        ("#{ token: [1] }", ["`token` must be text, not array", ""]),
        ("#{ login: \"nonsense\" }", ["`login` ", ""]),
        ("7", ["jira(…) takes a map of parameters", ""]),
    ] {
        refuses(&format!("jira({map}).whoami()"), &says);
    }
}

#[test]
fn unknown_options_of_a_verb_are_refused() {
    for (call, says) in [
        ("search(\"x\", #{ feilds: \"summary\" })", ["feilds", "fields"]),
        ("issue(\"OPS-1\", #{ expnd: \"changelog\" })", ["expnd", "expand"]),
        ("comment(\"OPS-1\", \"x\", #{ visible: \"Staff\" })", ["visible", "visible_to"]),
        ("transition(\"OPS-1\", \"Done\", #{ resolutoin: \"Fixed\" })", ["resolutoin", "resolution"]),
        ("log_work(\"OPS-1\", \"1h\", #{ startd: \"x\" })", ["startd", "started"]),
        ("create(#{ project: \"OPS\" })", ["summary", ""]),
    ] {
        refuses(&format!("jira().{call}"), &says);
    }
}

#[test]
fn token_and_password_together_say_which_wins() {
    let server = serve(|_| json(200, "{}"));
    prepared(&server.url, "jira(#{ user: \"mira\", password: \"mira-password\" }).get(\"/rest/x\");")
        .run()
        .ok()
        .says("jira: both `token` and `password` are given: the token is used");
    assert_eq!(server.last().header("authorization"), "Bearer tok-1234567890");
}

#[test]
fn a_script_that_does_not_parse_sends_nothing() {
    for (script, says) in [
        ("jira().get(\"/rest/x\");\nlet x = ;", "--> bad.rhai:2:9"),
        (
            "jira().get(\"/rest/x\")\njira().get(\"/rest/y\")",
            "hint: the statement before this place needs a ; at its end",
        ),
        ("jira().get(\"/rest/x\");\nprint(isue);", "isue"),
        ("jira().get(\"/rest/x\");\nfn f() { isue }", "isue"),
        ("jira().get('/rest/x');", "hint: texts stand in \"double quotes\""),
        ("jira().get(\"/rest/x\");\nlet x = null;", "hint: Rhai's word for nothing is ()"),
        ("jira().get(\"/rest/x);", "bad.rhai:1:"),
        ("if jira().get(\"/rest/x\") == () {", "bad.rhai:1:"),
    ] {
        let server = untouched();
        let run = tieline(&["bad.rhai"])
            .file("bad.rhai", script)
            .env("TIELINE_JIRA_SERVER", &server.url)
            .env("TIELINE_JIRA_TOKEN", "tok-1234567890")
            .run();
        refused(&server, run, &[says, "bad.rhai:"]);
    }
}

#[test]
fn a_file_that_is_no_script_is_refused() {
    let server = untouched();
    let latin = tieline(&["bad.rhai"]).file("bad.rhai", b"let a = 1;\nlet b = \"caf\xe9\";\n");
    refused(&server, latin.run(), &["bad.rhai is not UTF-8: the byte at 23 (line 2)", "hint: save the file in UTF-8"]);
    let nothing = tieline(&["nope.rhai"]);
    refused(&server, nothing.run(), &["there is no script nope.rhai, nor a command of that name"]);
    refused(&server, tieline(&["."]).run(), &["cannot read ."]);
}

#[test]
fn an_unknown_field_is_refused_with_those_there_are() {
    let jira = Practice::server();
    for code in [
        "jira().edit(\"OPS-1\", #{ \"Stroy Points\": 3 })",
        "jira().create(#{ project: \"OPS\", summary: \"x\", \"Stroy Points\": 3 })",
    ] {
        let run = tieline(&["-e", code])
            .env("TIELINE_JIRA_SERVER", &jira.url)
            .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
            .run();
        run.ends(2).says("Client error: ").says("Stroy Points").says("Story Points");
    }
    let lines = jira.lines();
    assert!(lines.iter().all(|line| line.starts_with("GET")), "{lines:?}");
}

#[test]
fn a_transition_that_is_not_there_is_refused_with_those_there_are() {
    let jira = Practice::server();
    tieline(&["-e", "jira().transition(\"OPS-1\", \"Teleport\")"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run()
        .ends(2)
        .says("Client error: transition 'Teleport' is not available from '")
        .says("hint: available: ");
    let lines = jira.lines();
    assert!(lines.iter().all(|line| line.starts_with("GET")), "{lines:?}");
}

#[test]
fn a_recursion_without_end_is_an_error_and_no_crash() {
    for code in [
        "fn f(n) { f(n + 1) } f(0)",
        "fn a(n) { b(n) } fn b(n) { 1 + a(n) } a(0)",
        "fn f(n) { [n].map(|x| f(x + 1)) } f(0)",
        "fn f(n) { [n, 1].sort(|a, b| f(a)); } f(0)",
        "fn f(n) { [1].filter(|x| [2].some(|y| f(n)))[0] } f(0)",
        "fn f(n) { eval(\"f(1)\") } f(0)",
        "fn f(n) { let m = #{ a: n }; for i in 0..1 { if true { switch n { _ => { m.a = f(`${n}` + \"x\"); } } } } } f(0)",
        "fn int.down() { (this + 1).down() } 1.down()",
        "fn f() { try { f() } catch (e) { f() } } f()",
    ] {
        let server = untouched();
        refused(&server, prepared(&server.url, code).run(), &["the calls are nested too deeply"]);
    }
}

#[test]
fn files_that_import_each_other_are_an_error_and_no_crash() {
    let server = untouched();
    let run = tieline(&["a.rhai"])
        .file("a.rhai", "import \"b\" as b;\nb::f()")
        .file("b.rhai", "import \"a\" as a;\nfn f() { 1 }");
    refused(&server, run.run(), &["import"]);
    let itself = tieline(&["a.rhai"]).file("a.rhai", "import \"a\" as a;");
    refused(&server, itself.run(), &["import"]);
}

#[test]
fn json_without_a_bottom_is_an_error_and_no_crash() {
    let deep = format!("{}{}{}", "[".repeat(100_000), "1, ".repeat(3_300_000), "]".repeat(100_000));
    assert!(deep.len() > 10_000_000);
    let server = untouched();
    for code in ["parse_json(read_text(\"deep.json\"))", "read_json(\"deep.json\")"] {
        let run = prepared(&server.url, code).file("deep.json", &deep).run();
        refused(&server, run, &["not valid JSON: nested more than 128 levels deep at line 1"]);
    }
    let code = "let x = 1; for i in 0..1000 { x = [x]; } jira().post(\"/rest/x\", x)";
    refused(&server, prepared(&server.url, code).run(), &["nested more than 128 levels deep"]);
    let code = "let x = 1; for i in 0..5000 { x = #{ a: x }; } print(`${x}`.len); to_json(x)";
    refused(&server, prepared(&server.url, code).run(), &["nested more than 128 levels deep"]);
}

#[test]
fn wrong_arguments_of_the_program_are_refused() {
    for (words, says) in [
        (&["--no-such-flag", "x.rhai"][..], "unexpected argument '--no-such-flag'"),
        (&["--timeout", "soon", "-e", "1"], "it must be a number of seconds"),
        (&["--output", "xml", "-e", "1"], "invalid value 'xml'"),
        (&["-e"], "a value is required"),
    ] {
        tieline(words).run().ends(2).says(says);
    }
}
