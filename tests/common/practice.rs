//! The practice servers in the test's own process, with their control panel.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};
use tieline::sandbox::{Account, Sandbox, Site};

/// One practice server, fresh for this test.
pub(crate) struct Practice {
    sandbox: Sandbox,
    /// Its base address.
    pub(crate) url: String,
    origin: String,
    administrator: Account,
}

/// One request as the server saw it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// Method and path, such as `GET /jira/rest/api/2/myself`.
    pub(crate) line: String,
    /// The headers.
    headers: Value,
    /// The body.
    pub(crate) body: String,
}

impl Seen {
    /// Returns a header; empty if it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].as_str().unwrap_or_default()
    }
}

impl Practice {
    /// Starts a Jira Cloud.
    pub(crate) fn cloud() -> Self {
        Practice::start(|sandbox| sandbox.jira_cloud().clone())
    }

    /// Starts a Jira Data Center.
    pub(crate) fn server() -> Self {
        Practice::start(|sandbox| sandbox.jira_dc().clone())
    }

    /// Starts the one that plays `service` in `deployment`.
    pub(crate) fn of(service: &str, deployment: &str) -> Self {
        Practice::start(|sandbox| sandbox.site(service, deployment).expect("a practice server").clone())
    }

    /// Returns the address of another practice server of the same world.
    pub(crate) fn site(&self, service: &str, deployment: &str) -> String {
        self.sandbox.site(service, deployment).expect("a practice server").url.clone()
    }

    /// Returns the words that lead a run to practice servers of this world, as the first account of each.
    pub(crate) fn words(&self, sites: &[(&str, &str)]) -> Vec<String> {
        let words = sites.iter().flat_map(|(service, deployment)| {
            let site = self.sandbox.site(service, deployment).expect("a practice server");
            let mut pairs = vec![("server", site.url.as_str()), ("deployment", *deployment)];
            pairs.extend(site.accounts.first().map(|account| site.credentials(account)).unwrap_or_default());
            pairs
                .into_iter()
                .flat_map(|(name, value)| [format!("--{service}-{}", short(name)), value.to_owned()])
                .collect::<Vec<_>>()
        });
        words.collect()
    }

    /// Returns method and path of each request that another practice server of this world has seen.
    pub(crate) fn lines_at(&self, service: &str, deployment: &str) -> Vec<String> {
        let origin = self.site(service, deployment).splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        let (_, log) = exchange(&origin, "GET", "/__sandbox/log", "", "null");
        let log: Value = serde_json::from_str(&log).expect("a log");
        let line = |r: &Value| format!("{} {}", r["method"].as_str().unwrap_or(""), r["path"].as_str().unwrap_or(""));
        log.as_array().expect("a list").iter().map(line).collect()
    }

    fn start(choose: impl Fn(&Sandbox) -> Site) -> Self {
        let sandbox = Sandbox::start().expect("the practice servers start");
        let Site { url, accounts, .. } = choose(&sandbox);
        let origin = url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        Practice { sandbox, url, origin, administrator: accounts[0] }
    }

    /// Turns switches, such as `{"basic": false}`.
    pub(crate) fn switch(&self, switches: &Value) {
        self.control("POST", "switch", switches);
    }

    /// Makes the next requests to `path` go wrong in the way `fault` says.
    pub(crate) fn fault(&self, fault: &Value) {
        self.control("POST", "faults", &json!({ "faults": [fault] }));
    }

    /// Ends all sessions.
    pub(crate) fn expire(&self) {
        self.control("POST", "expire", &json!({}));
    }

    /// Returns the requests seen so far.
    pub(crate) fn log(&self) -> Vec<Seen> {
        let log = self.control("GET", "log", &Value::Null);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let seen = |r: &Value| Seen {
            line: format!("{} {}", text(&r["method"]), text(&r["path"])),
            headers: r["headers"].clone(),
            body: text(&r["body"]),
        };
        log.as_array().expect("a list").iter().map(seen).collect()
    }

    /// Returns method and path of each request seen so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.log().into_iter().map(|seen| seen.line).collect()
    }

    /// Asks the service itself, as its administrator, and returns what `path` answers.
    pub(crate) fn ask(&self, path: &str) -> Value {
        let (_, answer) = self.request("GET", path, "");
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{path}: {e}: {answer}"))
    }

    /// Asks the service with this `authorization`, and returns what `path` answers.
    pub(crate) fn ask_with(&self, path: &str, authorization: &str) -> Value {
        let base = self.url.trim_start_matches(&self.origin);
        let header = format!("authorization: {authorization}\r\n");
        let (_, answer) = exchange(&self.origin, "GET", &format!("{base}{path}"), &header, "");
        serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{path}: {e}: {answer}"))
    }

    /// Sends a request as the administrator of the service and returns the status and the body of the answer.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let base = self.url.trim_start_matches(&self.origin);
        let headers = format!("authorization: {}\r\naccept: application/json\r\n", self.authorization());
        exchange(&self.origin, method, &format!("{base}{path}"), &headers, body)
    }

    /// Sends arguments as a form does, as the administrator, and returns the status and the body of the answer.
    pub(crate) fn form(&self, method: &str, path: &str, arguments: &str) -> (u16, String) {
        let kind = "content-type: application/x-www-form-urlencoded\r\n";
        let headers = format!("authorization: {}\r\n{kind}", self.authorization());
        match method {
            "GET" => exchange(&self.origin, method, &format!("{path}?{arguments}"), &headers, ""),
            _ => exchange(&self.origin, method, path, &headers, arguments),
        }
    }

    /// Says who the administrator is: with key and token, with a token, with e-mail and token, or with user and password.
    fn authorization(&self) -> String {
        let Account { user, password, token, key, .. } = self.administrator;
        let basic = |secret: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")));
        match (key, user) {
            ("", "") => format!("Bearer {token}"),
            ("", _) if user.contains('@') => basic(token),
            ("", _) => basic(password),
            _ => format!("OAuth oauth_consumer_key=\"{key}\", oauth_token=\"{token}\""),
        }
    }

    fn control(&self, method: &str, what: &str, body: &Value) -> Value {
        let (_, answer) = exchange(&self.origin, method, &format!("/__sandbox/{what}"), "", &body.to_string());
        let value: Value = serde_json::from_str(&answer).unwrap_or_else(|e| panic!("{what}: {e}: {answer}"));
        assert!(value.get("error").is_none(), "{what}: {value}");
        value
    }
}

/// Returns how a parameter is called behind the name of its service.
fn short(name: &str) -> &str {
    if name == "tempoToken" { "token" } else { name }
}

/// Sends one request over a plain socket and returns the status and the body of the answer.
fn exchange(origin: &str, method: &str, path: &str, header: &str, body: &str) -> (u16, String) {
    let host = origin.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time limit");
    let kind = if header.contains("content-type") { "" } else { "content-type: application/json\r\n" };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{kind}{header}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("the request is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
    (status, if chunked { unchunked(body) } else { body.to_owned() })
}

fn unchunked(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).expect("a chunk size");
        if size == 0 {
            break;
        }
        out.push_str(&rest[..size]);
        body = &rest[size + 2..];
    }
    out
}
