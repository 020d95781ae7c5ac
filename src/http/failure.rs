//! Refusals, broken connections and answers of the wrong kind, in words.

use super::{Address, Answer, Content, Request, address, decode};
use crate::{
    error::{Error, Kind, Result},
    json::Json,
    services::Service,
};
use reqwest::{Url, header::HeaderMap};

/// The sentence of every 401 (E1).
const NOT_AUTHORISED: &str = "User is not authorized to perform the request.";

/// Adds which request an error is about.
pub(super) fn about(mut error: Box<Error>, service: &'static str, request: &Request, url: &str) -> Box<Error> {
    error.service = Some(service);
    error.method = Some(request.method.name());
    error.url = Some(url.to_owned());
    error.operation.clone_from(&request.operation);
    error
}

/// Makes the error for an answer that does not know us: E1, with the status it really had.
pub fn not_authorised(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    let message = format!("{NOT_AUTHORISED} Response code: {}.", answer.status);
    let error = Error::remote(Kind::Auth, message).status(answer.status).details(details(&answer.content));
    about(error, service.name, request, &answer.url)
}

/// Makes the error for a refusal of the server.
pub fn failure(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    if answer.is_websudo() {
        return websudo(service, request, answer);
    }
    if let Some(login) = answer.captcha() {
        return captcha(service, request, answer, login);
    }
    let said = words(service, answer);
    let out_of_bounds = service.out_of_bounds.is_some_and(|words| said.contains(words));
    let kind = match answer.status {
        // A 401 that names the user is about what that user may do.
        401 | 403 if out_of_bounds => Kind::Forbidden,
        401 if answer.user().is_some() => Kind::Forbidden,
        status => Kind::of_status(status),
    };
    let sentence = if answer.status == 401 && !out_of_bounds { NOT_AUTHORISED } else { &said };
    let message = format!("{sentence} Response code: {}.", answer.status);
    let mut error = Error::remote(kind, message).status(answer.status).details(details(&answer.content));
    error.hint = advice(service, &said, sentence == said).or_else(|| hint(service, request, answer));
    about(error, service.name, request, &answer.url)
}

/// Makes the error for a refusal that arrived as a success.
pub fn refused(service: &Service, request: &Request, answer: &Answer, kind: Kind) -> Box<Error> {
    let said = words(service, answer);
    let sentence = if kind == Kind::Auth { NOT_AUTHORISED } else { &said };
    let message = format!("{sentence} Response code: {}.", answer.status);
    let mut error = Error::remote(kind, message).status(answer.status).details(details(&answer.content));
    error.hint = advice(service, &said, sentence == said);
    about(error, service.name, request, &answer.url)
}

/// Returns what the table advises for words of the vendor, with the words where the message does not show them.
fn advice(service: &Service, said: &str, shown: bool) -> Option<String> {
    let (_, advice) = service.advice.iter().find(|(words, _)| said.contains(words))?;
    Some(if shown { (*advice).to_owned() } else { format!("{}: {advice}", said.trim_end_matches('.')) })
}

fn websudo(service: &Service, request: &Request, answer: &Answer) -> Box<Error> {
    let message = format!(
        "Websudo permission error: {} has secure administrator sessions turned on. Turn websudo off for the site, or use user and password parameters instead of a token. Response code: {}.",
        service.title, answer.status
    );
    let error = Error::remote(Kind::Auth, message).status(answer.status).details(details(&answer.content));
    about(error, service.name, request, &answer.url)
}

fn captcha(service: &Service, request: &Request, answer: &Answer, login: &str) -> Box<Error> {
    let message = format!(
        "The log-in was denied: after failed log-ins {} asks for a CAPTCHA. Response code: {}.",
        service.title, answer.status
    );
    let error = Error::remote(Kind::Auth, message).status(answer.status).details(details(&answer.content));
    let place = if login.is_empty() { "the server".to_owned() } else { decode::clean(login) };
    let error =
        error.hint(format!("log in once with a browser at {place}, then try again; it is not tried again by itself"));
    about(error, service.name, request, &answer.url)
}

/// Returns the vendor's own words as one sentence.
fn words(service: &Service, answer: &Answer) -> String {
    let said = match &answer.content {
        Content::Json(json) => {
            let words = (service.words)(json);
            words.iter().map(|words| without_class(words.trim_end_matches('.'))).collect::<Vec<_>>().join("; ")
        }
        Content::Text(text) => text.chars().take(300).collect(),
        Content::Page(html) => format!("The server answered with a web page (\"{}\")", decode::title(html)),
        _ => String::new(),
    };
    let said = decode::clean(&said);
    let said = if said.is_empty() { standard(answer.status).to_owned() } else { said };
    if said.ends_with(['.', '!', '?']) { said } else { format!("{said}.") }
}

/// Takes off the name of the Java class that some servers put before their words.
fn without_class(words: &str) -> &str {
    let is_class =
        |name: &str| name.ends_with("Exception") && name.contains('.') && !name.contains(char::is_whitespace);
    words.split_once(": ").filter(|(name, _)| is_class(name)).map_or(words, |(_, rest)| rest)
}

fn standard(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("The server refuses")
}

fn hint(service: &Service, request: &Request, answer: &Answer) -> Option<String> {
    let hint = match answer.status {
        404 if matches!(answer.content, Content::Page(_)) => {
            let hint = "no such page on this server: check `server`, the base address including its context path";
            let mut prefixes = service.flavours.iter().map(|flavour| flavour.prefix);
            let lacking = prefixes.find(|prefix| !prefix.is_empty() && !request.path.starts_with(prefix));
            let more = |prefix| format!("{hint}; on {} Cloud paths start with {prefix}", service.title);
            return Some(lacking.map_or_else(|| hint.to_owned(), more));
        }
        404 => "it does not exist, or this user may not see it",
        403 => "this user may not do that; check its permissions",
        410 => "the service has removed this operation",
        413 => "what was sent is larger than the server allows",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Returns the body of a refusal for `details`.
fn details(content: &Content) -> Option<Json> {
    match content {
        Content::Json(json) => Some(json.clone()),
        Content::Text(text) | Content::Broken(text, _) => Some(Json::from(text.as_str())),
        Content::Page(html) => Some(Json::from(decode::title(html))),
        Content::Empty | Content::Bytes(_) => None,
    }
}

impl Answer {
    /// Returns the JSON value of a success; nothing for an empty body that may be empty.
    ///
    /// A read without data, a web page, plain text and half a JSON document are errors with words.
    pub fn data(&self, service: &Service, request: &Request) -> Result<Option<Json>> {
        let (what, hint) = match &self.content {
            Content::Json(json) => return Ok(Some(json.clone())),
            Content::Empty if self.status == 204 || !request.reads || request.method == super::Method::Head => {
                return Ok(None);
            }
            Content::Empty => ("an empty body".to_owned(), "try again; if it stays so, ask the server's administrator"),
            Content::Page(html) => (
                format!("a web page (\"{}\")", decode::title(html)),
                "check `server`, the base address including its context path; render() reads pages",
            ),
            Content::Text(text) => {
                let start: String = text.chars().take(80).collect();
                (format!("text (\"{}\")", decode::clean(&start)), "request(#{ … }) returns text as it is")
            }
            Content::Bytes(bytes) => {
                (format!("{} bytes that are no text", bytes.len()), "download() saves them to a file")
            }
            Content::Broken(_, why) => {
                (format!("broken data ({why})"), "the answer was cut short or garbled on the way")
            }
        };
        let message =
            format!("The server answered with {what} where JSON was expected. Response code: {}.", self.status);
        let error = Error::remote(Kind::Remote, message).status(self.status).details(details(&self.content)).hint(hint);
        Err(about(error, service.name, request, &self.url))
    }

    /// Tells a refusal that arrived as a success, as Slack's do.
    pub fn refusal(&self, service: &Service) -> Option<Kind> {
        if self.status >= 400 { None } else { (service.refusal)(self.content.as_json()?) }
    }

    /// Says that the server takes no user and password with a request. It has then not looked at them.
    pub fn is_basic_switched_off(&self) -> bool {
        let says = |text: &str| text.contains("Basic Authentication has been disabled");
        self.status == 403
            && match &self.content {
                Content::Json(json) => json.get("message").and_then(Json::as_str).is_some_and(says),
                Content::Text(text) | Content::Page(text) => says(text),
                _ => false,
            }
    }

    /// Says that the server treats us as nobody though a credential was sent.
    pub fn is_anonymous(&self) -> bool {
        is_anonymous(&self.headers)
    }

    /// Returns the user the server sees, where it names one.
    pub fn user(&self) -> Option<&str> {
        self.header("x-ausername").filter(|name| *name != "anonymous")
    }

    /// Says that the server wants a secure administrator session, not another credential.
    pub fn is_websudo(&self) -> bool {
        let says = |text: &str| text.to_ascii_lowercase().contains("websudo");
        let body = || match &self.content {
            Content::Json(json) => says(&json.to_string()),
            Content::Text(text) | Content::Page(text) => says(text),
            _ => false,
        };
        self.header("x-atlassian-websudo") == Some("Require-Authentication")
            || matches!(self.status, 401 | 403) && body()
    }

    /// Returns the log-in address if the server asks for a CAPTCHA.
    pub fn captcha(&self) -> Option<&str> {
        let reason = self.header("x-authentication-denied-reason").filter(|r| r.contains("CAPTCHA"))?;
        Some(reason.split_once("login-url=").map_or("", |(_, url)| url))
    }
}

/// Says by an answer's headers that the server treats us as nobody.
pub(super) fn is_anonymous(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let reason = text("x-seraph-loginreason").unwrap_or_default();
    let failed = reason.contains("AUTHENTICATED_FAILED") && !reason.contains("OK");
    failed || text("x-ausername") == Some("anonymous")
}

/// Makes the error for a connection that did not come about or broke.
pub(super) fn network(
    service: &'static str,
    request: &Request,
    address: &Address,
    error: &reqwest::Error,
    why: &str,
) -> Box<Error> {
    // A redirect may have led to another server than ours.
    let place = error.url().map_or_else(|| address.origin(), |url| url.origin().ascii_serialization());
    let what = if error.is_timeout() {
        format!("no connection to {place} in time")
    } else if error.is_connect() {
        format!("cannot reach {place}: {why}")
    } else {
        format!("the connection to {place} broke: {why}")
    };
    let kind = if error.is_timeout() { Kind::Timeout } else { Kind::Network };
    let mut made = about(Error::remote(kind, what), service, request, address.as_str());
    made.hint = network_hint(why, request);
    made
}

fn network_hint(why: &str, request: &Request) -> Option<String> {
    let why = why.to_ascii_lowercase();
    let hint = if why.contains("certificate") {
        "trust the server's certificate authority with --ca FILE"
    } else if why.contains("dns") || why.contains("lookup") || why.contains("name or service") {
        "check the host's name in `server`, and whether a --proxy is needed"
    } else if why.contains("refused") {
        "check the host and port in `server`; is the server up, is a --proxy needed?"
    } else if !request.reads {
        "the change may have been made or not: look before you repeat it"
    } else {
        return None;
    };
    Some(hint.to_owned())
}

/// Makes the error for a redirect that must not be followed.
pub(super) fn redirected(service: &'static str, request: &Request, next: &Url) -> Box<Error> {
    let to = address::shown(next);
    let error = Error::remote(
        Kind::Remote,
        format_args!("The server sends this {} on to {to}, which is not followed", request.method.name()),
    );
    about(error, service, request, &to).hint("if that is where the server lives now, use its address as `server`")
}

/// Makes the error for a redirect to a log-in page.
pub(super) fn sent_to_login(service: &'static str, request: &Request, next: &Url) -> Box<Error> {
    let to = address::shown(next);
    let error = Error::remote(Kind::Auth, format_args!("{NOT_AUTHORISED} The server sends us to its log-in page {to}"));
    about(error, service, request, &to)
        .hint("the credential was not taken, or this server wants single sign-on: use a token")
}
