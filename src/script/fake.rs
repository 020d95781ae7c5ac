//! `fake([…])`: a server on the loopback that expects exactly the listed requests. For `tieline test` only.

use super::{
    native::{Thrown, native},
    throw::into_script,
    value::{from_dynamic, members, plain_type},
    world::World,
};
use crate::{
    error::{Error, Result},
    sandbox::{Answer, Exchange, Fake},
};
use rhai::{Array, Blob, Dynamic, Engine, FuncRegistration};
use std::{cell::RefCell, rc::Rc};

/// The members of one exchange: what must come, then what goes back.
const MEMBERS: &[&str] = &["expect", "headers", "body", "parts", "reply", "status", "reply_headers"];

/// The fakes of one test.
#[derive(Default)]
pub struct Fakes(RefCell<Vec<Rc<Fake>>>);

impl Fakes {
    /// Says whether `url` leads to one of them.
    pub fn play(&self, url: &str) -> bool {
        self.0.borrow().iter().any(|fake| fake.url == url)
    }

    /// Returns what went otherwise than expected.
    pub fn complaints(&self) -> Vec<String> {
        self.0.borrow().iter().flat_map(|fake| fake.complaints()).collect()
    }
}

/// The value that a script has of its server.
#[derive(Clone)]
struct Handle(Rc<Fake>);

/// Registers `fake`.
pub(super) fn register(engine: &mut Engine, world: &Rc<World>) {
    engine.register_type_with_name::<Handle>("fake");
    let world = world.clone();
    let comment = "/// Starts a server that expects exactly these requests in this order; for `tieline test`.\n\
        /// Each is `#{ expect: \"GET /path?query\", headers, body, parts, reply, status, reply_headers }`. Property: `url`.";
    native(engine, "fake", &["exchanges: array"], comment, move |exchanges: Array| {
        start(&world, &exchanges).map_err(into_script)
    });
    FuncRegistration::new("get$url")
        .in_global_namespace()
        .register_into_engine(engine, |fake: &mut Handle| -> Thrown<String> { Ok(fake.0.url.clone()) });
}

fn start(world: &World, exchanges: &Array) -> Result<Handle> {
    let Some(fakes) = &world.fakes else {
        return Err(Error::client("fake() is for tests").hint("run the file with `tieline test`"));
    };
    let exchanges = exchanges.iter().enumerate().map(|(i, e)| exchange(i, e)).collect::<Result<Vec<_>>>()?;
    let fake = Fake::start(exchanges).map_err(|e| Error::client(format_args!("cannot start a fake server: {e}")))?;
    let fake = Rc::new(fake);
    fakes.0.borrow_mut().push(fake.clone());
    Ok(Handle(fake))
}

/// Reads one exchange.
fn exchange(index: usize, given: &Dynamic) -> Result<Exchange> {
    let wrong = |why: String| Error::client(format_args!("exchange {} of fake(): {why}", index + 1));
    let values = members(given).ok_or_else(|| wrong(format!("it must be a map, not {}", plain_type(given))))?;
    if let Some((name, _)) = values.iter().find(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        return Err(wrong(format!("there is no `{name}`; it takes {}", MEMBERS.join(", "))));
    }
    let get = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value);
    let line = get("expect").map(ToString::to_string).unwrap_or_default();
    let (method, address) = line
        .split_once(' ')
        .filter(|(_, address)| address.starts_with('/'))
        .ok_or_else(|| wrong(format!("`expect` is \"{line}\"; it must be such as \"GET /path?query\"")))?;
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let body = get("body").map(from_dynamic).transpose()?;
    Ok(Exchange {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: texts(get("headers")).ok_or_else(|| wrong("`headers` must be a map".to_owned()))?,
        body,
        parts: texts(get("parts")).ok_or_else(|| wrong("`parts` must be a map".to_owned()))?,
        answer: answer(get("reply"), get("status"), get("reply_headers")).map_err(|e| wrong(e.message))?,
    })
}

/// Reads a map of texts; nothing if it is something else.
fn texts(map: Option<&Dynamic>) -> Option<Vec<(String, String)>> {
    let Some(map) = map else { return Some(Vec::new()) };
    Some(members(map)?.into_iter().map(|(name, value)| (name, value.to_string())).collect())
}

/// Makes the answer: data goes as JSON, a text as text, a blob as bytes.
fn answer(reply: Option<&Dynamic>, status: Option<&Dynamic>, headers: Option<&Dynamic>) -> Result<Answer> {
    let mut headers = texts(headers).ok_or_else(|| Error::client("`reply_headers` must be a map"))?;
    let (media, body) = match reply {
        None => ("", Vec::new()),
        Some(text) if text.is_string() => ("text/plain; charset=utf-8", text.to_string().into_bytes()),
        Some(bytes) if bytes.is_blob() => {
            ("application/octet-stream", bytes.read_lock::<Blob>().map(|blob| blob.clone()).unwrap_or_default())
        }
        Some(data) => ("application/json", from_dynamic(data)?.to_string().into_bytes()),
    };
    if !media.is_empty() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("content-type".to_owned(), media.to_owned()));
    }
    let none = if reply.is_some() { 200 } else { 204 };
    let status = status.map_or(Ok(none), Dynamic::as_int).ok().and_then(|n| u16::try_from(n).ok());
    let status = status.filter(|n| (200..=599).contains(n));
    let status = status.ok_or_else(|| Error::client("`status` must be a number from 200 to 599"))?;
    Ok(Answer { status, headers, body })
}
