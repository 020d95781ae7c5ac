//! The flags that change how requests go out.

use super::{PATH, TOKEN, prepared, run, run_with};
use crate::common::{
    server::{Request, json, reply, serve},
    tieline,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::time::{Duration, Instant};

/// A server that takes longer than any limit here.
fn sleepy(_: &Request) -> Vec<u8> {
    std::thread::sleep(Duration::from_secs(6));
    json(200, "{}")
}

#[test]
fn a_time_limit_ends_every_kind_of_request() {
    let server = serve(sleepy);
    for call in [
        "get(\"/rest/wire/x\")",
        "post(\"/rest/wire/x\", #{ a: 1 })",
        "pages(\"/rest/wire/x\").all()",
        "upload(\"/rest/wire/x\", \"a.txt\")",
        "download(\"/rest/wire/x\", \"b.txt\")",
    ] {
        let start = Instant::now();
        prepared(&server.url, &["--timeout", "0.4"], &format!("jira().{call}"))
            .file("a.txt", "text")
            .run()
            .ends(3)
            .says("Remote error: no whole answer from jira within 0.4 s")
            .says("hint: give it longer with --timeout SECONDS");
        assert!(start.elapsed() < Duration::from_secs(5), "{call}: {:?}", start.elapsed());
    }
}

#[test]
fn a_connection_may_have_a_limit_of_its_own() {
    let server = serve(sleepy);
    run(&server.url, &format!("jira(#{{ timeout: 0.3 }}).get(\"{PATH}\")")).ends(3).says("within 0.3 s");
    for wrong in ["0", "-1", "soon", "1e9"] {
        run_with(&server.url, &[&format!("--timeout={wrong}")], "1").ends(2).says("it must be a number of seconds");
    }
}

#[test]
fn a_trace_shows_each_request_and_no_secret() {
    let server = serve(|_| json(200, r#"{"ok":true}"#));
    let code = "let j = jira();
        j.get(\"/rest/wire/a\", #{ q: \"x y\", token: \"tok-1234567890\", os_password: \"hunter2-secret\" });
        j.post(\"/rest/wire/b\", #{ text: \"hello\", mine: secret(\"MINE\") });";
    let run = prepared(&server.url, &["--trace"], code).env("MINE", "mira-password").run().ok();
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(
        lines,
        [
            &format!(
                "> GET {}/rest/wire/a?os_password=••••&q=x y&token=••••  [Authorization: Bearer ••••]",
                server.url
            ),
            "< 200  11 bytes, application/json",
            &format!("> POST {}/rest/wire/b  [Authorization: Bearer ••••]", server.url),
            r#"> {"mine":"••••","text":"hello"}"#,
            "< 200  11 bytes, application/json",
        ],
        "{run:?}"
    );
    assert_eq!(server.last().text(), r#"{"mine":"mira-password","text":"hello"}"#);
}

#[test]
fn a_simulated_run_reads_and_only_shows_what_it_would_write() {
    let server = serve(|_| json(200, r#"{"ok":true}"#));
    let code = "let j = jira();
        j.get(\"/rest/wire/a\");
        j.post(\"/rest/api/2/search\", #{ jql: \"x\" });
        for key in [\"A-1\", \"A-2\"] { j.put(\"/rest/wire/issue/{key}\", #{ key: key, summary: \"new\" }); }
        j.delete(\"/rest/wire/issue/A-3\");
        j.upload(\"/rest/wire/files\", \"a.txt\");";
    let run = prepared(&server.url, &["--simulate"], code).file("a.txt", "text").run().ok();
    assert_eq!(server.lines(), ["GET /rest/wire/a", "POST /rest/api/2/search"]);
    run.says("jira: would PUT /rest/wire/issue/A-1 {\"summary\":\"new\"}")
        .says("jira: would DELETE /rest/wire/issue/A-3")
        .says("jira: would POST /rest/wire/files file: file a.txt")
        .says("simulated: 2 × jira: PUT /rest/wire/issue/{key}")
        .says("simulated: 1 × jira: DELETE /rest/wire/issue/A-3");
    run_with(&server.url, &["--simulate"], "jira().get(\"/rest/wire/a\");")
        .ok()
        .says("simulated: nothing would change");
}

#[test]
fn a_read_only_run_reads_and_refuses_to_write() {
    let server = serve(|_| json(200, r#"{"ok":true}"#));
    let read = "let j = jira(); j.get(\"/rest/wire/a\"); j.post(\"/rest/api/2/search\", #{ jql: \"x\" }); 1";
    run_with(&server.url, &["--read-only"], read).ok().prints("1");
    let before = server.lines().len();
    for write in ["post", "put", "patch", "delete"] {
        run_with(&server.url, &["--read-only"], &format!("jira().{write}(\"{PATH}\")"))
            .ends(2)
            .says(&format!("Client error: this run is read-only: jira {} {PATH} was not sent", write.to_uppercase()));
    }
    let upload = prepared(&server.url, &["--read-only"], "jira().upload(\"/rest/wire/x\", \"a.txt\")");
    upload.file("a.txt", "text").run().ends(2).says("this run is read-only");
    assert_eq!(server.lines().len(), before);
}

#[test]
fn a_proxy_gets_whole_addresses_and_its_own_credential() {
    let proxy = serve(|_| json(200, r#"{"by":"proxy"}"#));
    let address = proxy.url.replace("http://", "http://pat:hunter2-secret@");
    let code = "jira().get(\"/rest/wire/a\", #{ b: 1 }).by";
    let run = tieline(&["--insecure", "--trace", "--proxy", &address, "-e", code])
        .env("TIELINE_JIRA_SERVER", "http://jira.acme.test")
        .env("TIELINE_JIRA_TOKEN", TOKEN)
        .run();
    run.ok().prints("proxy");
    let last = proxy.last();
    assert_eq!(last.line, "GET http://jira.acme.test/rest/wire/a?b=1");
    assert_eq!(last.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(last.header("proxy-authorization"), format!("Basic {}", STANDARD.encode("pat:hunter2-secret")));
}

#[test]
fn through_a_proxy_to_https_nothing_but_the_name_is_seen() {
    let proxy = serve(|_| reply(407, &[("proxy-authenticate", "Basic")], "no"));
    let address = proxy.url.replace("http://", "http://pat:hunter2-secret@");
    let run = tieline(&["--proxy", &address, "--timeout", "9", "-e", "jira().post(\"/rest/wire/a\")"])
        .env("TIELINE_JIRA_SERVER", "https://jira.acme.test")
        .env("TIELINE_JIRA_TOKEN", TOKEN)
        .run();
    run.ends(3).says("cannot reach https://jira.acme.test").says("proxy");
    assert_eq!(proxy.lines(), ["CONNECT jira.acme.test:443"]);
    assert_eq!(proxy.last().header("authorization"), "");
}

#[test]
fn what_is_no_proxy_is_refused_without_repeating_it() {
    let server = serve(|_| json(200, "{}"));
    for wrong in ["", "http://", "::hunter2-secret::", "gopher://127.0.0.1:70"] {
        run_with(&server.url, &["--proxy", wrong], &format!("jira().get(\"{PATH}\")"))
            .ends(2)
            .says("Client error: `proxy` is not an address");
    }
    assert!(server.lines().is_empty());
}

#[test]
fn a_proxy_of_the_environment_is_for_other_machines() {
    let (proxy, server) = (serve(|_| json(200, r#"{"by":"proxy"}"#)), serve(|_| json(200, r#"{"by":"server"}"#)));
    let code = format!("jira().get(\"{PATH}\").by");
    prepared(&server.url, &[], &code).env("http_proxy", &proxy.url).run().ok().prints("server");
    prepared("http://jira.acme.test", &["--insecure"], &code).env("http_proxy", &proxy.url).run().ok().prints("proxy");
}
