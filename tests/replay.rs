//! What real services answered, as it was recorded: served to the built program, read, printed and written again without loss.
//!
//! The recordings lie beside the project, in `../shared/traffic`. Without them only the answers made here are served.

use crate::common::{
    project,
    server::{Request, Server, reply, serve},
    tieline,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One file of recordings.
struct Recording {
    /// Its name in the folder.
    file: &'static str,
    /// Code that makes the connection; `url` is the address of the server.
    connection: &'static str,
    /// How many exchanges with path and status there are at least.
    exchanges: usize,
    /// How many JSON bodies there are at least.
    bodies: usize,
}

/// Another service is one more row.
const RECORDINGS: &[Recording] = &[
    Recording {
        file: "jira.jsonl",
        connection: "jira(#{ server: url, token: \"tok-1234567890\", deployment: \"server\" })",
        exchanges: 230,
        bodies: 480,
    },
    Recording {
        file: "confluence.jsonl",
        connection: "confluence(#{ server: url, token: \"tok-1234567890\", deployment: \"server\" })",
        exchanges: 5,
        bodies: 60,
    },
    Recording {
        file: "bitbucket.jsonl",
        connection: "bitbucket(#{ server: url, token: \"tok-1234567890\", deployment: \"server\" })",
        exchanges: 670,
        bodies: 480,
    },
    Recording {
        file: "bamboo.jsonl",
        connection: "bamboo(#{ server: url, token: \"tok-1234567890\" })",
        exchanges: 50,
        bodies: 50,
    },
    Recording {
        file: "trello.jsonl",
        connection: "trello(#{ server: url, key: \"0123456789\", token: \"tok-1234567890\" })",
        exchanges: 20,
        bodies: 60,
    },
    Recording {
        file: "slack.jsonl",
        connection: "slack(#{ server: url, token: \"tok-1234567890\" })",
        exchanges: 160,
        bodies: 20,
    },
    Recording {
        file: "tempo.jsonl",
        connection: "tempo(#{ server: url, tempoToken: \"tok-1234567890\" })",
        exchanges: 8,
        bodies: 38,
    },
    Recording {
        file: "tempo.vendor-examples.jsonl",
        connection: "tempo(#{ server: url, tempoToken: \"tok-1234567890\" })",
        exchanges: 290,
        bodies: 120,
    },
    Recording {
        file: "upm.jsonl",
        connection: "upm(#{ product: \"jira\", server: url, token: \"tok-1234567890\" })",
        exchanges: 9,
        bodies: 4,
    },
];

/// Answers of every odd shape that was ever seen, for where there are no recordings.
const ODD: &[(u16, &str, &str)] = &[
    (200, "application/json", r#"{"z":1,"a":{"m":[1,2.50,-0.0,1e3,123456789.123456789123]},"b":null}"#),
    (200, "application/json", "[9223372036854775807,9223372036854776000,18446744073709551616,-9223372036854775809]"),
    (200, "application/json", r#"{"a":1,"b":2,"a":{"c":3}}"#),
    (200, "application/json", "{\"Żółć\":\"\\u2603 \\ud83d\\ude00 \\\"\\\\\\n\\u0000 日本\"}"),
    (200, "", "[true,false,null,\"\",{},[]]"),
    (200, "text/html", "<textarea>{\"a\":1}</textarea>"),
    (200, "application/json", "null"),
    (200, "application/json", ""),
    (200, "text/html;charset=UTF-8", "<html><title>Log in</title></html>"),
    (200, "text/plain", "unauthorized"),
    (200, "application/json", "{\"a\":"),
    (400, "application/json", r#"{"errorMessages":["Bad."],"errors":{"f":"Worse."}}"#),
    (401, "text/html", "<html>Basic Authentication Failure</html>"),
    (404, "text/plain", "model not found"),
    (500, "", ""),
];

/// One recorded exchange.
#[derive(Debug, Clone)]
struct Exchange {
    method: String,
    path: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Whether path and status were recorded too.
    whole: bool,
}

impl Exchange {
    fn made(number: usize, (status, media, body): (u16, &str, &str)) -> Self {
        let headers = if media.is_empty() { Vec::new() } else { vec![("content-type".to_owned(), media.to_owned())] };
        let path = format!("/rest/odd/{number}");
        Exchange { method: "GET".into(), path, status, headers, body: body.as_bytes().to_owned(), whole: false }
    }

    fn read(number: usize, line: &str) -> Self {
        let recorded: Value = serde_json::from_str(line).expect("a line of JSON");
        let text = |name: &str| recorded[name].as_str();
        let status = recorded["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let whole = text("url_path").is_some() && status.is_some();
        Exchange {
            method: text("method").filter(|_| whole).unwrap_or("GET").to_owned(),
            path: text("url_path").filter(|_| whole).map_or_else(|| format!("/rest/body/{number}"), plain),
            status: status.filter(|_| whole).unwrap_or(200),
            headers: headers(&recorded["headers"]),
            body: match text("body_base64") {
                // A 204 has none, whatever was recorded.
                _ if status == Some(204) => Vec::new(),
                Some(encoded) => STANDARD.decode(encoded).expect("base64"),
                None => text("body").unwrap_or_default().as_bytes().to_owned(),
            },
            whole,
        }
    }

    /// Returns the body as JSON, if a client should find JSON in it.
    fn json(&self) -> Option<Value> {
        let text = String::from_utf8(self.body.clone()).ok()?;
        let media =
            self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, v)| v.as_str());
        // A text that happens to be a number is a text.
        if media.is_some_and(|media| !media.contains("json")) && !text.trim_start().starts_with(['{', '[', '<']) {
            return None;
        }
        let inside = text.trim().strip_prefix("<textarea>").and_then(|t| t.strip_suffix("</textarea>"));
        serde_json::from_str(inside.unwrap_or(&text)).ok()
    }

    fn answer(&self) -> Vec<u8> {
        let headers: Vec<(&str, &str)> = self.headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        reply(self.status, &headers, &self.body)
    }
}

/// Some were recorded as routes, with names in braces where values belong.
fn plain(path: &str) -> String {
    path.replace(['{', '}'], "")
}

/// Returns the recorded headers that still hold: the body is neither compressed nor cut into chunks any more, and no
/// test goes where a redirect once led.
fn headers(recorded: &Value) -> Vec<(String, String)> {
    let all = recorded.as_object().into_iter().flatten();
    let kept = all.filter(|(name, _)| {
        !["content-length", "transfer-encoding", "content-encoding", "connection", "retry-after", "location"]
            .contains(&name.to_lowercase().as_str())
    });
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    // A wait that nobody waits for in a test.
    kept.map(|(name, value)| (name.clone(), text(value))).chain([("retry-after".into(), "9999".into())]).collect()
}

/// Serves each exchange to the request that names its number.
fn served(exchanges: &[Exchange]) -> Server {
    let exchanges = exchanges.to_owned();
    serve(move |request: &Request| {
        let number = request.line.rsplit_once("exchange=").and_then(|(_, n)| n.parse::<usize>().ok());
        match number.and_then(|n| exchanges.get(n)) {
            Some(exchange) if request.line.starts_with(&exchange.method) => exchange.answer(),
            _ => reply(418, &[], "no such exchange"),
        }
    })
}

/// Asks for every exchange, and tells what came of it: one line of JSON for each.
const SCRIPT: &str = r#"
for (exchange, n) in read_json("plan.json") {
    let wanted = #{ method: exchange.method, path: exchange.path, query: #{ exchange: n }, check: false };
    let told = #{ n: n };
    try {
        let answer = connection.request(wanted);
        told += #{ status: answer.status, type: type_of(answer.body) };
        if answer.body != () && type_of(answer.body) != "blob" {
            let text = to_json(answer.body);
            told += #{ text: text, again: to_json(parse_json(text)), printed: `${answer.body}`.len, same: parse_json(text) == answer.body };
        }
    } catch (e) { told.broken = e.message; }
    if exchange.method == "GET" {
        try { connection.get(exchange.path, #{ exchange: n }); } catch (e) { told.error = e.message; }
    } else {
        try { connection.request(wanted + #{ check: true }); } catch (e) { told.error = e.message; }
    }
    print(to_json(told));
}
"#;

/// Requests every exchange in one run of the program and returns what it told of each.
fn told(recording: &Recording, exchanges: &[Exchange]) -> Vec<Value> {
    let server = served(exchanges);
    let plan: Vec<Value> = exchanges.iter().map(|e| json!({ "method": e.method, "path": e.path })).collect();
    let script = format!("let url = args()[0];\nlet connection = {};\n{SCRIPT}", recording.connection);
    let run = tieline(&["replay.rhai", &server.url])
        .file("replay.rhai", script)
        .file("plan.json", Value::from(plan).to_string())
        .run()
        .ok();
    run.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

/// Holds one exchange against what the program told of it. Returns what kind of answer it was.
fn check(exchange: &Exchange, told: &Value) -> &'static str {
    let error = told["error"].as_str().unwrap_or_default();
    // Slack refuses in a 200.
    let refused = exchange.status >= 400 || exchange.json().is_some_and(|json| json["ok"] == false);
    if refused {
        assert!(error.starts_with("Remote error: ") && error.contains("Response code: "), "{exchange:?}: {told}");
    }
    let Some(json) = exchange.json() else {
        if !refused && exchange.method == "GET" && exchange.status != 204 {
            assert!(error.starts_with("Remote error: The server answered with "), "{exchange:?}: {told}");
        }
        return if refused { "refusals" } else { "odd" };
    };
    if refused {
        return "refusals";
    }
    assert_eq!(error, "", "{exchange:?}: {told}");
    if json.is_null() {
        return "json";
    }
    let text = told["text"].as_str().unwrap_or_else(|| panic!("{exchange:?}: {told}"));
    let back: Value = serde_json::from_str(text).expect("JSON");
    same(&json, &back).unwrap_or_else(|place| panic!("{place} of {exchange:?} came back as {text}"));
    assert_eq!(told["again"], told["text"], "reading and writing again changes nothing");
    assert_eq!(told["same"], true, "{told}");
    assert!(told["printed"].as_u64().unwrap() > 0 || text == "\"\"", "{told}");
    "json"
}

/// Compares two values: the order of members counts, and numbers by what they are worth. Returns the place of a difference.
fn same(a: &Value, b: &Value) -> Result<(), String> {
    let inside = |name: String, done: Result<(), String>| done.map_err(|place| format!("{name}/{place}"));
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().try_for_each(|(key, value)| inside(key.clone(), same(value, &b[key])))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().try_for_each(|(i, (a, b))| inside(i.to_string(), same(a, b)))
        }
        (Value::Number(a), Value::Number(b)) if worth(&a.to_string()) == worth(&b.to_string()) => Ok(()),
        (a, b) if a == b => Ok(()),
        (a, b) => Err(format!("{a} against {b}")),
    }
}

/// Returns a number's digits without zeros at the ends, and the power of ten of the last one.
fn worth(number: &str) -> (bool, String, i64) {
    let (mantissa, power) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (negative, mantissa) = mantissa.strip_prefix('-').map_or((false, mantissa), |rest| (true, rest));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let kept = digits.trim_end_matches('0');
    let moved = i64::try_from(digits.len() - kept.len()).unwrap() - i64::try_from(fraction.len()).unwrap();
    let power = if kept.trim_start_matches('0').is_empty() { 0 } else { power.parse::<i64>().unwrap() + moved };
    (negative, kept.trim_start_matches('0').to_owned(), power)
}

fn replay(recording: &Recording, exchanges: &[Exchange]) -> BTreeMap<&'static str, usize> {
    let told = told(recording, exchanges);
    assert_eq!(told.len(), exchanges.len());
    let mut counts = BTreeMap::new();
    for (exchange, told) in exchanges.iter().zip(&told) {
        *counts.entry(check(exchange, told)).or_default() += 1;
    }
    counts
}

#[allow(clippy::print_stdout)] // the counts are what --nocapture is asked for
#[test]
fn every_recorded_answer_is_read_without_loss() {
    for recording in RECORDINGS {
        let path = project("../shared/traffic").join(recording.file);
        let Ok(lines) = std::fs::read_to_string(&path) else {
            println!("{}: no recordings here", recording.file);
            continue;
        };
        let exchanges: Vec<Exchange> = lines.lines().enumerate().map(|(n, line)| Exchange::read(n, line)).collect();
        let whole = exchanges.iter().filter(|exchange| exchange.whole).count();
        let counts = replay(recording, &exchanges);
        println!("{}: {} answers, {whole} of them with path and status: {counts:?}", recording.file, exchanges.len());
        assert!(whole >= recording.exchanges, "{whole}");
        assert!(counts["json"] >= recording.bodies, "{counts:?}");
    }
}

#[test]
fn every_odd_shape_is_read_or_refused_with_words() {
    let exchanges: Vec<Exchange> = ODD.iter().enumerate().map(|(n, row)| Exchange::made(n, *row)).collect();
    let counts = replay(&RECORDINGS[0], &exchanges);
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("json", 7), ("odd", 4), ("refusals", 4)]);
}
