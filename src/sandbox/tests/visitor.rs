//! Somebody who asks one practice server, always with the same credentials.

use super::{Answer, Stage, json_body};
use crate::sandbox::Site;
use reqwest::RequestBuilder;
use serde_json::Value;

/// Somebody with credentials, at a server.
pub(super) struct Visitor<'a> {
    stage: &'a Stage,
    pub(super) site: &'a Site,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Visitor<'a> {
    /// Comes to a server without credentials.
    pub(super) fn at(stage: &'a Stage, service: &str, deployment: &str) -> Self {
        let site = stage.sandbox.site(service, deployment).expect("a practice server");
        Visitor { stage, site, headers: Vec::new() }
    }

    /// The same, with one more header.
    pub(super) fn with(&self, name: &'static str, value: impl Into<String>) -> Self {
        let mut headers = self.headers.clone();
        headers.push((name, value.into()));
        Visitor { stage: self.stage, site: self.site, headers }
    }

    /// The same, with an `Authorization` header.
    pub(super) fn auth(&self, value: impl Into<String>) -> Self {
        self.with("authorization", value)
    }

    /// The same, with user and password.
    pub(super) fn basic(&self, user: &str, password: &str) -> Self {
        use base64::Engine;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.auth(format!("Basic {pair}"))
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.stage.bare(self.site, method, path);
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// Asks for something.
    pub(super) fn get(&self, path: &str) -> Answer {
        self.stage.send(self.request("GET", path))
    }

    /// Sends a request without a body.
    pub(super) fn bare(&self, method: &str, path: &str) -> Answer {
        self.stage.send(self.request(method, path))
    }

    /// Sends JSON.
    pub(super) fn json(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.stage.send(json_body(self.request(method, path), body))
    }

    /// Sends a body of another type.
    pub(super) fn typed(&self, method: &str, path: &str, mime: &str, body: impl Into<reqwest::Body>) -> Answer {
        self.stage.send(self.request(method, path).header("content-type", mime).body(body))
    }

    /// Sends a form.
    pub(super) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = crate::sandbox::http::encode;
        let pairs: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect();
        self.typed("POST", path, "application/x-www-form-urlencoded", pairs.join("&"))
    }

    /// Sends a file as the part `name` of a form.
    pub(super) fn file(&self, path: &str, name: &str, file: &str, bytes: &'static [u8]) -> Answer {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(file.to_owned());
        let form = reqwest::multipart::Form::new().part(name.to_owned(), part);
        self.stage.send(self.request("POST", path).multipart(form))
    }

    /// Turns switches of the server.
    pub(super) fn switch(&self, switches: &Value) {
        self.stage.control(self.site, "switch", switches).is(200);
    }
}
