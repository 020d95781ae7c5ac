//! Script values to requests, and answers back.

use super::value::{from_dynamic, from_dynamic_revealing, members, plain_type, to_dynamic};
use crate::{
    error::{Error, Result},
    http::{self, Answer, Body, Content, Method, Part, Request, fill, query_pairs, takes},
    json::Json,
    secret::Secret,
};
use rhai::{Array, Dynamic, Map};
use std::path::Path;

/// A request that a script described in full.
pub(super) struct Call {
    /// The request.
    pub request: Request,
    /// Whether a refusal is an error.
    pub check: bool,
}

/// Makes the request of `get post put patch delete`: names in the path are filled, the rest is the query or the body.
pub(super) fn simple(method: Method, path: &str, map: Option<&Dynamic>) -> Result<Request> {
    let (path, mut query) = query_pairs(path);
    let carries_body = matches!(method, Method::Post | Method::Put | Method::Patch);
    let Some(map) = map else { return named(method, path, &[], query, Body::None) };
    let Some(values) = members(map) else {
        if !carries_body {
            return Err(Error::client(format_args!("the query must be a map, not {}", plain_type(map))));
        }
        return named(method, path, &[], query, Body::Json(from_dynamic_revealing(map)?));
    };
    let left: Vec<(String, Dynamic)> = values.iter().filter(|(name, _)| !takes(path, name)).cloned().collect();
    let body = if carries_body {
        let body = left
            .iter()
            .map(|(name, value)| Ok((name.as_str(), from_dynamic_revealing(value)?)))
            .collect::<Result<Vec<_>>>()?;
        Body::Json(Json::object(body))
    } else {
        query.extend(pairs(&left)?);
        Body::None
    };
    named(method, path, &values, query, body)
}

fn named(
    method: Method,
    route: &str,
    values: &[(String, Dynamic)],
    query: Vec<(String, String)>,
    body: Body,
) -> Result<Request> {
    let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(n, v)| text(n, v)).transpose();
    // An error of one value must not read as its absence.
    for (name, value) in values.iter().filter(|(name, _)| takes(route, name)) {
        text(name, value)?;
    }
    let filled = fill(route, |name| value(name).ok().flatten())?;
    let mut request = Request::new(method, filled.path);
    route.clone_into(&mut request.route);
    request.query = query;
    request.body = body;
    Ok(request)
}

/// Turns a map into query pairs: an array is repeated, `()` is left out.
fn pairs(values: &[(String, Dynamic)]) -> Result<Vec<(String, String)>> {
    let mut out = Vec::new();
    for (name, value) in values.iter().filter(|(_, value)| !value.is_unit()) {
        match value.read_lock::<Array>() {
            Some(items) => {
                items.iter().try_for_each(|item| text(name, item).map(|item| out.push((name.clone(), item))))?;
            }
            None => out.push((name.clone(), text(name, value)?)),
        }
    }
    Ok(out)
}

/// Writes a plain value as text.
fn text(name: &str, value: &Dynamic) -> Result<String> {
    if value.read_lock::<Secret>().is_some() {
        return Err(Error::client(format_args!("`{name}` is a secret, and secrets do not go into addresses")));
    }
    match from_dynamic(value) {
        Ok(Json::Text(text)) => Ok(text.as_ref().to_owned()),
        Err(_) | Ok(Json::Array(_) | Json::Object(_) | Json::Null) => {
            Err(Error::client(format_args!("`{name}` must be a plain value, not {}", plain_type(value))))
        }
        Ok(plain) => Ok(plain.to_string()),
    }
}

/// The members of `request(#{…})`.
const MEMBERS: &[&str] = &["method", "path", "values", "query", "headers", "body", "form", "files", "check"];

/// Makes the request of `request(#{…})`.
pub(super) fn full(map: &Dynamic) -> Result<Call> {
    let values = members(map).ok_or_else(|| Error::client("request() takes a map"))?;
    if let Some((name, _)) = values.iter().find(|(name, _)| !MEMBERS.contains(&name.as_str())) {
        return Err(Error::client(format_args!("request(#{{…}}) has no `{name}`"))
            .hint(format!("it takes {}", MEMBERS.join(", "))));
    }
    let get = |name: &str| values.iter().find(|(n, v)| n == name && !v.is_unit()).map(|(_, v)| v);
    let method = get("method").map_or_else(|| "GET".to_owned(), Dynamic::to_string);
    let method = Method::named(&method).ok_or_else(|| {
        Error::client(format_args!("`method` is \"{method}\"; it must be GET, HEAD, POST, PUT, PATCH or DELETE"))
    })?;
    let path = get("path").ok_or_else(|| Error::client("request(#{…}) needs `path`"))?.to_string();
    let (path, mut query) = query_pairs(&path);
    query.extend(listed("query", get("query"))?);
    let values = get("values").map(|given| {
        members(given).ok_or_else(|| Error::client(format_args!("`values` must be a map, not {}", plain_type(given))))
    });
    let values = values.transpose()?.unwrap_or_default();
    let mut request = named(method, path, &values, query, body(get("body"), get("form"), get("files"))?)?;
    request.headers = listed("headers", get("headers"))?;
    check_headers(&request)?;
    let check = get("check").map_or(Ok(true), Dynamic::as_bool);
    let check = check.map_err(|_| Error::client("`check` must be true or false"))?;
    Ok(Call { request, check })
}

fn check_headers(request: &Request) -> Result<()> {
    let ours = |name: &str| {
        forbidden(name) || name.eq_ignore_ascii_case("content-type") && matches!(request.body, Body::Multipart(_))
    };
    for (name, value) in &request.headers {
        if ours(name) {
            return Err(Error::client(format_args!("the header `{name}` is set by the connection")));
        }
        http::header(name, value)?;
    }
    Ok(())
}

/// Says whether a header says who we are, which is the connection's business.
fn forbidden(name: &str) -> bool {
    [
        "authorization",
        "cookie",
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "proxy-authorization",
    ]
    .contains(&name.to_ascii_lowercase().as_str())
}

fn listed(name: &str, value: Option<&Dynamic>) -> Result<Vec<(String, String)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let values = members(value)
        .ok_or_else(|| Error::client(format_args!("`{name}` must be a map, not {}", plain_type(value))))?;
    pairs(&values)
}

fn body(body: Option<&Dynamic>, form: Option<&Dynamic>, files: Option<&Dynamic>) -> Result<Body> {
    if body.is_some() && form.is_some() {
        return Err(Error::client("`body` and `form` are both given; a request has one body"));
    }
    if let Some(files) = files {
        return multipart(files, body.or(form));
    }
    if form.is_some() {
        return Ok(Body::Form(listed("form", form)?));
    }
    Ok(match body {
        None => Body::None,
        Some(text) if text.is_string() => Body::Text("text/plain; charset=utf-8".to_owned(), text.to_string()),
        Some(value) => Body::Json(from_dynamic_revealing(value)?),
    })
}

fn multipart(files: &Dynamic, fields: Option<&Dynamic>) -> Result<Body> {
    let mut parts = Vec::new();
    for (name, value) in listed("body", fields)? {
        parts.push(Part::Field { name, value });
    }
    for (name, path) in listed("files", Some(files))? {
        parts.push(Part::file(&name, Path::new(&path))?);
    }
    Ok(Body::Multipart(parts))
}

/// Makes the request of `upload`, and the label of its progress bar.
pub(super) fn upload(path: &str, file: &str, map: Option<&Dynamic>) -> Result<(Request, String)> {
    let (path, query) = query_pairs(path);
    let given = map.and_then(members).unwrap_or_default();
    let options = map.map(|map| listed("options", Some(map))).transpose()?.unwrap_or_default();
    let option = |name: &str| options.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    let mut part = Part::file(&option("part").unwrap_or_else(|| "file".to_owned()), Path::new(file))?;
    if let (Part::File { file_name, .. }, Some(name)) = (&mut part, option("name")) {
        *file_name = name;
    }
    let mut parts: Vec<Part> = options
        .iter()
        .filter(|(name, _)| name != "part" && name != "name" && !takes(path, name))
        .map(|(name, value)| Part::Field { name: name.clone(), value: value.clone() })
        .collect();
    parts.push(part);
    let request = named(Method::Post, path, &given, query, Body::Multipart(parts))?;
    Ok((request, file.to_owned()))
}

/// Makes the request of `download`.
pub(super) fn download(path: &str) -> Result<Request> {
    let (path, query) = query_pairs(path);
    let mut request = named(Method::Get, path, &[], query, Body::None)?;
    request.headers.push(("accept".to_owned(), "*/*".to_owned()));
    Ok(request)
}

/// Makes `#{ status, headers, body }` of what came back. With `check` off a refusal is an answer too.
pub(super) fn reply(sent: Result<Answer>, check: bool) -> Result<Dynamic> {
    let (status, headers, body) = match sent {
        Ok(answer) => {
            let body = match &answer.content {
                Content::Json(json) => to_dynamic(json),
                Content::Empty => Dynamic::UNIT,
                Content::Bytes(bytes) => Dynamic::from_blob(bytes.to_vec()),
                _ => text_of(&answer).into(),
            };
            (answer.status, headers(&answer), body)
        }
        Err(error) => match error.status {
            Some(status) if !check => (status, Map::new(), error.details.as_ref().map_or(Dynamic::UNIT, to_dynamic)),
            _ => return Err(error),
        },
    };
    Ok(Map::from([
        ("status".into(), i64::from(status).into()),
        ("headers".into(), headers.into()),
        ("body".into(), body),
    ])
    .into())
}

/// Returns the headers a script may see: not the cookies.
fn headers(answer: &Answer) -> Map {
    let shown = answer.headers.iter().filter(|(name, _)| *name != "set-cookie");
    shown.filter_map(|(name, value)| Some((name.as_str().into(), value.to_str().ok()?.to_owned().into()))).collect()
}

/// Returns an answer's body as text.
pub(super) fn text_of(answer: &Answer) -> String {
    match &answer.content {
        Content::Text(text) | Content::Page(text) | Content::Broken(text, _) => text.clone(),
        Content::Json(json) => json.to_string(),
        Content::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Content::Empty => String::new(),
    }
}
