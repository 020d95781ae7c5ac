//! The practice servers, driven over TCP like any other server.

mod bamboo;
mod bitbucket;
mod confluence;
mod oauth;
mod resources;
mod routes;
mod signing_in;
mod slack;
mod tempo;
mod trello;
mod upm;
mod visitor;

use super::{Account, Sandbox, Site};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::Once;

/// The sandbox, a client that keeps nothing, and a runtime.
struct Stage {
    sandbox: Sandbox,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

/// An answer, read whole.
#[derive(Debug)]
struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    fn cookies(&self) -> String {
        let all = self.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()?.split(';').next());
        all.collect::<Vec<_>>().join("; ")
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client")
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Stage { sandbox: Sandbox::start().expect("free ports"), client: client(), runtime }
    }

    fn admin(site: &Site) -> Account {
        site.accounts[0]
    }

    fn site(&self, service: &str, deployment: &str) -> &Site {
        self.sandbox.site(service, deployment).expect("a site")
    }

    fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).expect("an answer")
    }

    fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        self.runtime.block_on(async {
            let response: Response = request.send().await?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            Ok(Answer { status, headers, text: response.text().await? })
        })
    }

    /// A request without credentials.
    fn bare(&self, site: &Site, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.client.request(method, format!("{}{path}", site.url)).header("x-atlassian-token", "no-check")
    }

    /// A request of the administrator.
    fn ask(&self, site: &Site, method: &str, path: &str) -> RequestBuilder {
        let admin = Self::admin(site);
        let secret = if site.deployment == "cloud" { admin.token } else { admin.password };
        self.bare(site, method, path).basic_auth(admin.user, Some(secret))
    }

    fn cloud(&self, method: &str, path: &str) -> Answer {
        self.send(self.ask(self.sandbox.jira_cloud(), method, path))
    }

    fn dc(&self, method: &str, path: &str) -> Answer {
        self.send(self.ask(self.sandbox.jira_dc(), method, path))
    }

    fn dc_json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(json_body(self.ask(self.sandbox.jira_dc(), method, path), body))
    }

    fn control(&self, site: &Site, what: &str, body: &Value) -> Answer {
        self.send(json_body(self.bare(site, "POST", &format!("/__sandbox/{what}")), body))
    }
}

fn json_body(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request.header("content-type", "application/json").body(body.to_string())
}

#[test]
fn stopping_frees_the_ports() {
    let sandbox = Sandbox::start().expect("free ports");
    let url = sandbox.jira_dc().url.clone();
    drop(sandbox);
    let address = url.trim_start_matches("http://").trim_end_matches("/jira").to_owned();
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn both_say_who_they_are() {
    let stage = Stage::new();
    let cloud = stage.cloud("GET", "/rest/api/3/serverInfo").is(200).json();
    let dc = stage.dc("GET", "/rest/api/2/serverInfo").is(200).json();
    assert_eq!((&cloud["deploymentType"], &dc["deploymentType"]), (&json!("Cloud"), &json!("Server")));
    assert_eq!(dc["versionNumbers"], json!([11, 3, 2]));
    assert_eq!(stage.cloud("GET", "/rest/api/3/myself").is(200).json()["displayName"], "Mira Holm");
    assert_eq!(stage.dc("GET", "/rest/api/2/myself").is(200).json()["name"], "mira");
}
