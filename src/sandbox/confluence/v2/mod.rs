//! The second version of the API, which only Cloud has.

mod comments;
mod pages;
mod parts;
mod shapes;
mod spaces;

use super::call::{Call, Outcome};
use super::guard::Refusal;
use super::route::Route;
use crate::sandbox::http::Reply;
use base64::Engine;
use serde_json::{Value, json};

pub(crate) const ROUTES: [&[Route]; 4] = [pages::ROUTES, spaces::ROUTES, comments::ROUTES, parts::ROUTES];

/// Makes the error body of the second version.
pub(crate) fn refuse(status: u16, title: &str, detail: &str) -> Refusal {
    let code = match status {
        400 => "INVALID_REQUEST_PARAMETER",
        403 => "FORBIDDEN",
        404 => "NOT_FOUND",
        409 => "CONFLICT",
        _ => "ERROR",
    };
    let detail = if detail.is_empty() { Value::Null } else { json!(detail) };
    Box::new(Reply::json(
        status,
        &json!({ "errors": [{ "status": status, "code": code, "title": title, "detail": detail }] }),
    ))
}

/// There is no such thing, or not for the caller.
pub(crate) fn missing(what: &str) -> Refusal {
    refuse(404, "Not Found", &format!("Could not find {what}"))
}

/// Answers with the part of a list that the cursor asks for, and says where the next one is.
pub(crate) fn page(call: &Call, all: &[Value], cap: usize) -> Outcome {
    let limit = match call.request.param("limit") {
        None => 25,
        Some(text) => {
            let number = text.parse::<usize>().ok().filter(|n| (1..=250).contains(n));
            number.ok_or_else(|| refuse(400, "Provided value for 'limit' is not between 1 and 250", ""))?
        }
    };
    let limit = limit.min(cap);
    let start = match call.request.param("cursor") {
        None => 0,
        Some(cursor) => place(cursor).ok_or_else(|| refuse(400, "Invalid cursor", ""))?,
    };
    let some: Vec<Value> = all.iter().skip(start).take(limit).cloned().collect();
    let end = start + some.len();
    let mut value = json!({ "results": some, "_links": { "base": call.face.base } });
    if end >= all.len() {
        return Call::ok(&value);
    }
    let next = call.next(&[("limit", limit.to_string()), ("cursor", cursor(end))]);
    // The header and the body give the path at the site; neither knows of the gateway.
    let next = format!("/wiki{next}");
    value["_links"]["next"] = json!(next);
    Ok(Reply::json(200, &value).with("link", format!("<{next}>; rel=\"next\"")))
}

/// Writes a place in a list so that nobody is tempted to count.
pub(crate) fn cursor(place: usize) -> String {
    let text = json!({ "id": place.to_string(), "contentOrder": "id", "contentOrderValue": place }).to_string();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// Reads what [`cursor`] wrote.
pub(crate) fn place(cursor: &str) -> Option<usize> {
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let value: Value = serde_json::from_slice(&text).ok()?;
    value["id"].as_str()?.parse().ok()
}
