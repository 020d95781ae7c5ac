//! A server that plays a script of a test: it expects exactly these requests, in this order, and gives these answers.

use super::desk::{Done, lock};
use super::http::{Request, decode_pairs};
use super::server::{self, Front, Running};
use crate::json::{Json, parse};
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

/// One request that must come, and its answer.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// The method, in capitals.
    pub method: String,
    /// The path, percent-encoded as it must come.
    pub path: String,
    /// The query, as it stands in an address; the order does not count.
    pub query: String,
    /// Headers that must be among the request's.
    pub headers: Vec<(String, String)>,
    /// The body that must come; any, where there is none here.
    pub body: Option<Json>,
    /// The parts of a form that must come, by name: a text, or the content of a file.
    pub parts: Vec<(String, String)>,
    /// What goes back.
    pub answer: Answer,
}

/// What goes back to the client.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A running fake; dropping it stops it.
pub struct Fake {
    /// Its base address.
    pub url: String,
    play: Arc<Play>,
    _running: Running,
}

impl Fake {
    /// Starts a server on a free port of 127.0.0.1.
    pub fn start(exchanges: Vec<Exchange>) -> io::Result<Fake> {
        let (listener, url) = server::open()?;
        let play = Arc::new(Play { expected: Mutex::new(exchanges.into()), wrong: Mutex::default() });
        let running = server::serve(vec![(listener, play.clone())])?;
        Ok(Fake { url, play, _running: running })
    }

    /// Returns what went otherwise than expected: requests that differ; if there is none, those that never came.
    pub fn complaints(&self) -> Vec<String> {
        let wrong = lock(&self.play.wrong).clone();
        if !wrong.is_empty() {
            return wrong;
        }
        lock(&self.play.expected).iter().map(|e| format!("this request never came: {}", e.line())).collect()
    }
}

/// What is still expected, and what went wrong so far.
struct Play {
    expected: Mutex<VecDeque<Exchange>>,
    wrong: Mutex<Vec<String>>,
}

impl Front for Play {
    fn answer(&self, request: &Request) -> Done {
        let mut expected = lock(&self.expected);
        let why = match expected.front() {
            None => Some(format!("this request was not expected: {}", line(request))),
            Some(exchange) => exchange.difference(request),
        };
        let answer = match why {
            None => expected.pop_front().unwrap_or_default().answer,
            Some(why) => {
                let answer = refusal(&why);
                lock(&self.wrong).push(why);
                answer
            }
        };
        Done::Made(Box::new(answer.response()))
    }
}

/// Tells the client too; a status that nobody tries again, and no log-in answers.
fn refusal(why: &str) -> Answer {
    Answer {
        status: 400,
        headers: vec![("content-type".to_owned(), "text/plain".to_owned())],
        body: why.as_bytes().to_vec(),
    }
}

impl Answer {
    fn response(self) -> hyper::Response<Bytes> {
        let mut response = hyper::Response::new(Bytes::from(self.body));
        *response.status_mut() = hyper::StatusCode::from_u16(self.status).unwrap_or_default();
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// Writes a request's first line as an exchange expects it.
fn line(request: &Request) -> String {
    written(&request.method, &request.path, &request.raw_query)
}

fn written(method: &str, path: &str, query: &str) -> String {
    if query.is_empty() { format!("{method} {path}") } else { format!("{method} {path}?{query}") }
}

fn sorted(query: &str) -> Vec<(String, String)> {
    let mut pairs = decode_pairs(query);
    pairs.sort();
    pairs
}

impl Exchange {
    fn line(&self) -> String {
        written(&self.method, &self.path, &self.query)
    }

    /// Says how `request` differs from what is expected, if it does.
    fn difference(&self, request: &Request) -> Option<String> {
        let same = self.method == request.method
            && self.path == request.path
            && sorted(&self.query) == sorted(&request.raw_query);
        if !same {
            return Some(format!("the request is\n    {}\nand should be\n    {}", line(request), self.line()));
        }
        self.headers_differ(request).or_else(|| self.body_differs(request)).or_else(|| self.parts_differ(request))
    }

    fn headers_differ(&self, request: &Request) -> Option<String> {
        self.headers.iter().find_map(|(name, wanted)| {
            let given = request.header(name).unwrap_or_default();
            let what = format!("the header {name} of {}", self.line());
            (given != wanted).then(|| differs(&what, given, wanted))
        })
    }

    fn body_differs(&self, request: &Request) -> Option<String> {
        let wanted = self.body.as_ref()?;
        let text = String::from_utf8_lossy(&request.body);
        // A text may stand for itself as well as for JSON that is a text.
        let same = parse(&request.body).is_ok_and(|given| given == *wanted) || wanted.as_str() == Some(&*text);
        let what = format!("the body of {}", self.line());
        (!same).then(|| differs(&what, &text, wanted.as_str().unwrap_or(&wanted.to_string())))
    }

    fn parts_differ(&self, request: &Request) -> Option<String> {
        if self.parts.is_empty() {
            return None;
        }
        let given = request.parts.as_deref().unwrap_or_default();
        let names = |names: Vec<&str>| names.join(", ");
        let given_names = names(given.iter().map(|part| part.name.as_str()).collect());
        let wanted_names = names(self.parts.iter().map(|(name, _)| name.as_str()).collect());
        if given_names != wanted_names {
            return Some(differs(&format!("the names of the parts of {}", self.line()), &given_names, &wanted_names));
        }
        self.parts.iter().zip(given).find_map(|((name, wanted), part)| {
            let given = String::from_utf8_lossy(&part.bytes);
            let what = format!("the part {name} of {}", self.line());
            (given != *wanted).then(|| differs(&what, &given, wanted))
        })
    }
}

fn differs(what: &str, given: &str, wanted: &str) -> String {
    format!("{what} is\n    {given}\nand should be\n    {wanted}")
}
