//! `get post put patch delete request op api`: what a script writes and what is sent.

use super::{PATH, TOKEN, prepared, run};
use crate::common::server::{Server, json, reply, serve};

fn echo() -> Server {
    serve(|_| json(200, r#"{"ok":true}"#))
}

/// Runs a call and returns the request line it made.
fn line(call: &str) -> String {
    let server = echo();
    run(&server.url, &format!("jira().{call}; 1")).ok();
    server.last().line
}

#[test]
fn names_in_a_path_cannot_leave_their_segment() {
    for (value, is) in [
        ("OPS-1", "OPS-1"),
        ("a/b", "a%2Fb"),
        ("50%", "50%25"),
        ("%2e%2e", "%252e%252e"),
        ("a b?c#d&e", "a%20b%3Fc%23d%26e"),
        ("żółć ☃", "%C5%BC%C3%B3%C5%82%C4%87%20%E2%98%83"),
        ("{id}", "%7Bid%7D"),
        ("a+b;c", "a%2Bb%3Bc"),
    ] {
        assert_eq!(
            line(&format!("get(\"/rest/wire/{{key}}/x\", #{{ key: `{value}`, id: () }})")),
            format!("GET /rest/wire/{is}/x")
        );
    }
    // Some servers unpack %2F before they look at the dots.
    for value in ["", ".", "..", "../../admin", "a\\..\\b", "a\r\nb"] {
        let server = echo();
        run(&server.url, &format!("jira().get(\"/rest/wire/{{key}}\", #{{ key: {value:?} }})"))
            .ends(2)
            .says("Client error: ");
        assert!(server.lines().is_empty(), "{value:?}");
    }
    assert_eq!(line("get(\"/rest/wire/{n}\", #{ n: 7 })"), "GET /rest/wire/7");
}

#[test]
fn the_path_of_a_file_keeps_its_slashes_and_stays_below() {
    let get = |value: &str| line(&format!("get(\"/rest/wire/{{+path}}/x\", #{{ path: `{value}`, at: \"main\" }})"));
    assert_eq!(get("src/a b/ü%.txt"), "GET /rest/wire/src/a%20b/%C3%BC%25.txt/x?at=main");
    for value in ["", "a//b", "../admin", "a/../../admin", "/etc", "a/"] {
        let server = echo();
        run(&server.url, &format!("jira().get(\"/rest/wire/{{+path}}\", #{{ path: {value:?} }})"))
            .ends(2)
            .says("Client error: `path` ");
        assert!(server.lines().is_empty(), "{value:?}");
    }
}

#[test]
fn a_full_request_has_values_for_its_path_too() {
    let call = "request(#{ method: \"POST\", path: \"/rest/wire/{key}/x\", values: #{ key: \"a/b\" }, body: [1] })";
    assert_eq!(line(call), "POST /rest/wire/a%2Fb/x");
    let server = echo();
    let call = "jira().request(#{ method: \"POST\", path: \"/rest/wire/{key}\", values: #{ ky: 1 } })";
    run(&server.url, call).ends(2).says("Client error: ");
    assert!(server.lines().is_empty());
}

#[test]
fn what_is_left_of_the_map_is_the_query_or_the_body() {
    assert_eq!(
        line(
            "get(\"/rest/wire/{key}?a=1\", #{ key: \"K\", b: \"x y\", c: [1, \"two\", true], d: (), e: 1.5, f: \"a&b=c\" })"
        ),
        "GET /rest/wire/K?a=1&b=x+y&c=1&c=two&c=true&e=1.5&f=a%26b%3Dc"
    );
    assert_eq!(line("delete(\"/rest/wire/{key}\", #{ key: \"K\", all: true })"), "DELETE /rest/wire/K?all=true");
    for method in ["post", "put", "patch"] {
        let server = echo();
        let map = "#{ key: \"K\", text: \"ż\", list: [1, #{ z: (), a: 9223372036854775807 }] }";
        run(&server.url, &format!("jira().{method}(\"/rest/wire/{{key}}?notify=false\", {map}).ok"))
            .ok()
            .prints("true");
        let last = server.last();
        assert_eq!(last.line, format!("{} /rest/wire/K?notify=false", method.to_uppercase()));
        assert_eq!(last.header("content-type"), "application/json");
        assert_eq!(last.text(), r#"{"list":[1,{"a":9223372036854775807,"z":null}],"text":"ż"}"#);
    }
}

#[test]
fn a_body_may_be_any_value_and_keeps_what_came_from_a_server() {
    let server = echo();
    let code = "let j = jira(); j.put(\"/rest/wire/x\", [1, 2]);
        let issue = parse_json(`{\"z\":18446744073709551616,\"a\":1.10}`); issue.z2 = 1; j.put(\"/rest/wire/x\", issue);";
    run(&server.url, code).ok();
    let seen = server.seen();
    assert_eq!(seen[0].text(), "[1,2]");
    assert_eq!(seen[1].text(), r#"{"z":18446744073709551616,"a":1.1,"z2":1}"#);
}

#[test]
fn every_request_says_who_we_are_and_what_we_take() {
    let server = echo();
    run(&server.url, &format!("jira().get(\"{PATH}\");")).ok();
    let last = server.last();
    assert_eq!(last.header("authorization"), format!("Bearer {TOKEN}"));
    assert_eq!(last.header("accept"), "application/json, */*;q=0.1");
    assert!(last.header("user-agent").starts_with("tieline/"), "{last:?}");
    for name in ["origin", "referer", "cookie", "x-atlassian-token"] {
        assert_eq!(last.header(name), "", "{name}");
    }
}

#[test]
fn request_takes_everything() {
    let server = serve(|request| {
        if request.line.starts_with("HEAD") {
            return b"HTTP/1.1 200 OK\r\nx-total: 9\r\ncontent-length: 5\r\n\r\n".to_vec();
        }
        reply(201, &[("content-type", "application/json"), ("x-seen", "yes"), ("set-cookie", "a=b")], "[1]")
    });
    let code = r#"let j = jira();
        let a = j.request(#{ method: "put", path: "/rest/wire/x?a=1", query: #{ b: [2, 3] }, headers: #{ "X-Mine": "m", Accept: "text/plain" }, body: #{ n: 1 } });
        print(`${a.status} ${a.body} ${a.headers["x-seen"]} ${a.headers["set-cookie"] ?? "no cookie"}`);
        j.request(#{ method: "POST", path: "/rest/wire/x", body: "plain words" });
        j.request(#{ method: "POST", path: "/rest/wire/x", body: "<x/>", headers: #{ "content-type": "application/xml" } });
        j.request(#{ method: "POST", path: "/rest/wire/x", form: #{ a: "x y", b: ["1", "2"] } });
        j.request(#{ method: "POST", path: "/rest/wire/x", files: #{ plugin: "a.json" }, body: #{ note: "n" } });
        j.request(#{ method: "HEAD", path: "/rest/wire/x" }).headers["x-total"]"#;
    prepared(&server.url, &[], code).file("a.json", "{}").run().ok().prints("201 [1] yes no cookie\n9");
    let seen = server.seen();
    assert_eq!(seen[0].line, "PUT /rest/wire/x?a=1&b=2&b=3");
    assert_eq!((seen[0].header("x-mine"), seen[0].header("accept")), ("m", "text/plain"));
    assert_eq!(seen[0].text(), r#"{"n":1}"#);
    assert_eq!((seen[1].header("content-type"), seen[1].text().as_str()), ("text/plain; charset=utf-8", "plain words"));
    assert_eq!((seen[2].header("content-type"), seen[2].text().as_str()), ("application/xml", "<x/>"));
    assert_eq!(seen[3].header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen[3].text(), "a=x+y&b=1&b=2");
    let parts = seen[4].text();
    assert!(parts.contains("name=\"note\"\r\n\r\nn\r\n"), "{parts}");
    assert!(parts.contains("name=\"plugin\"; filename=\"a.json\"\r\nContent-Type: application/json\r\n"), "{parts}");
}

#[test]
fn a_refusal_is_an_answer_where_the_script_says_so() {
    let server = serve(|_| json(404, r#"{"errorMessages":["No."]}"#));
    let code = format!(
        "let a = jira().request(#{{ path: \"{PATH}\", check: false }}); `${{a.status}} ${{a.body.errorMessages[0]}}`"
    );
    run(&server.url, &code).ok().prints("404 No.");
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is() {
    let server = echo();
    for (map, says) in [
        ("#{ path: \"/x\", methd: \"GET\" }", "request(#{…}) has no `methd`"),
        ("#{ method: \"GET\" }", "request(#{…}) needs `path`"),
        ("#{ method: \"TRACE\", path: \"/x\" }", "`method` is \"TRACE\"; it must be GET, HEAD"),
        ("#{ path: \"rest/x\" }", "the path \"rest/x\" must start with one /"),
        ("#{ path: \"//evil.test/x\" }", "must start with one /"),
        ("#{ path: \"https://evil.test/x\" }", "https://evil.test/x is not under"),
        ("#{ path: \"/rest/../secret\" }", "has a segment . or .. in it"),
        ("#{ path: \"/rest/%2e%2e/secret\" }", "has a segment . or .. in it"),
        ("#{ path: \"/rest/x#y\" }", "has a # in it"),
        ("#{ path: \"/rest/{key}\" }", "`key` is missing: the path is /rest/{key}"),
        (
            "#{ path: \"/x\", headers: #{ Authorization: \"Basic x\" } }",
            "the header `Authorization` is set by the connection",
        ),
        (
            "#{ path: \"/x\", headers: #{ \"transfer-encoding\": \"chunked\" } }",
            "the header `transfer-encoding` is set by the connection",
        ),
        ("#{ path: \"/x\", headers: #{ \"a b\": \"x\" } }", "the header `a b` has characters that cannot be sent"),
        (
            "#{ path: \"/x\", headers: #{ \"X-A\": \"a\\r\\nX-B: b\" } }",
            "the header `X-A` has characters that cannot be sent",
        ),
        ("#{ path: \"/x\", headers: [1] }", "`headers` must be a map, not array"),
        ("#{ path: \"/x\", query: \"a=b\" }", "`query` must be a map, not string"),
        ("#{ path: \"/x\", check: 1 }", "`check` must be true or false"),
        ("#{ method: \"POST\", path: \"/x\", body: #{}, form: #{} }", "`body` and `form` are both given"),
        ("#{ method: \"POST\", path: \"/x\", files: #{ f: \"nope\" } }", "cannot send nope"),
        ("#{ method: \"POST\", path: \"/x\", body: || 1 }", "cannot become JSON"),
        ("#{ path: \"/x\", query: #{ f: || 1 } }", "`f`"),
        ("7", "request() takes a map"),
    ] {
        run(&server.url, &format!("jira().request({map})")).ends(2).says("error: Client error: ").says(says);
    }
    assert!(server.lines().is_empty(), "{:?}", server.lines());
}

#[test]
fn an_address_that_the_server_gave_may_be_used_if_it_is_its_own() {
    let server = echo();
    run(&server.url, &format!("jira().get(\"{}/rest/wire/next?page=2&x=a%20b\").ok", server.url)).ok().prints("true");
    assert_eq!(server.last().line, "GET /rest/wire/next?page=2&x=a+b");
}

#[test]
fn published_operations_are_called_by_name() {
    let server = echo();
    let code = "let j = jira();
        j.op(\"getIssue\", #{ issueIdOrKey: \"OPS-1\", fields: [\"summary\", \"status\"] });
        j.api.getIssue(#{ issueIdOrKey: \"a/b\" });
        eval(\"jira().api.getIssue(#{ issueIdOrKey: \\\"OPS-2\\\" })\");
        j.api.addComment(#{ issueIdOrKey: \"OPS-1\", body: #{ body: \"hello\" } });";
    run(&server.url, code).ok();
    let seen = server.seen();
    assert!(seen[0].line.starts_with("GET /rest/api/2/issue/OPS-1?fields=summary"), "{}", seen[0].line);
    assert_eq!(seen[1].line, "GET /rest/api/2/issue/a%2Fb");
    assert_eq!(seen[2].line, "GET /rest/api/2/issue/OPS-2");
    assert_eq!(seen[3].line, "POST /rest/api/2/issue/OPS-1/comment");
    assert_eq!(seen[3].text(), r#"{"body":"hello"}"#);
}

#[test]
fn an_operation_that_is_called_wrongly_is_refused_and_a_failed_one_is_sent_once() {
    let server = serve(|_| json(500, "{}"));
    for (call, says) in [
        ("op(\"getIsue\", #{})", "did you mean getIssue"),
        ("op(\"getIssue\")", "issueIdOrKey"),
        ("op(\"getIssue\", #{ issueIdOrKey: \"A-1\", feilds: \"x\" })", "feilds"),
        ("op(\"getIssue\", 5)", "takes a map"),
        ("api.getIssue(#{ isueIdOrKey: \"A-1\" })", "isueIdOrKey"),
    ] {
        run(&server.url, &format!("jira().{call}")).ends(2).says("error: Client error: ").says(says);
    }
    assert!(server.lines().is_empty(), "{:?}", server.lines());
    run(&server.url, "jira().api.getIssue(#{ issueIdOrKey: \"A-1\" })").ends(3);
    run(&server.url, "eval(\"jira().api.getIssue(#{ issueIdOrKey: \\\"A-1\\\" })\")").ends(3);
    assert_eq!(server.lines().len(), 2);
}
