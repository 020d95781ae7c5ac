//! The host that keeps the bytes of attachments for Cloud: signed addresses, no credentials.

use crate::sandbox::desk::Player;
use crate::sandbox::http::{Reply, Request, encode, encode_name};
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

/// Finds a file: its name, its type and its bytes.
pub(crate) type Find = Box<dyn Fn(u64) -> Option<(String, String, Bytes)> + Send + Sync>;

/// The media host of one product.
pub(crate) struct Media {
    find: Find,
}

fn signature(id: u64) -> String {
    format!("sig{:016x}", id.wrapping_add(7).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Returns the signed address of a file.
pub(crate) fn address(host: &str, id: u64, name: &str) -> String {
    let name = encode_name(name);
    format!("{host}/file/{id}/binary?token={}&client=sandbox&dl=true&name={name}", signature(id))
}

/// Answers with a file, or with the part of it that `Range` asks for.
pub(crate) fn file(request: &Request, name: &str, mime: &str, bytes: Bytes) -> Reply {
    let disposition = format!("attachment; filename*=UTF-8''{}", encode(name));
    let whole = bytes.len();
    let range = request.header("range").and_then(|r| range(r, whole));
    let reply = match range {
        None => Reply::typed(200, mime, bytes),
        Some((from, to)) => Reply::typed(206, mime, bytes.slice(from..to))
            .with("content-range", format!("bytes {from}-{}/{whole}", to - 1)),
    };
    reply.with("content-disposition", disposition).with("accept-ranges", "bytes")
}

/// Reads `bytes=100-` and `bytes=100-199`.
fn range(header: &str, whole: usize) -> Option<(usize, usize)> {
    let (from, to) = header.strip_prefix("bytes=")?.split_once('-')?;
    let from: usize = from.parse().ok()?;
    let to = if to.is_empty() { whole } else { to.parse::<usize>().ok()?.saturating_add(1).min(whole) };
    (from < to).then_some((from, to))
}

impl Media {
    pub(crate) fn of(find: Find) -> Self {
        Media { find }
    }
}

impl Player for Media {
    fn answer(&self, request: &Request) -> Reply {
        if request.headers.contains_key("authorization") || request.headers.contains_key("cookie") {
            let error = json!({ "code": "JwtAuthoriserError", "title": "Only one way of authorisation is allowed." });
            return Reply::json(403, &json!({ "error": error }));
        }
        let id =
            request.path.strip_prefix("/file/").and_then(|p| p.strip_suffix("/binary")).and_then(|p| p.parse().ok());
        let Some(id) = id else { return Reply::json(404, &json!({ "error": { "code": "NotFound" } })) };
        if request.param("token") != Some(&signature(id)) {
            return Reply::json(
                403,
                &json!({ "error": { "code": "SignatureError", "title": "The signature is wrong." } }),
            );
        }
        match (self.find)(id) {
            Some((name, mime, bytes)) => file(request, &name, &mime, bytes),
            None => Reply::json(404, &json!({ "error": { "code": "NotFound" } })),
        }
    }

    fn switch(&self, _: &Map<String, Value>) -> Result<Value, String> {
        Ok(json!({}))
    }

    fn expire(&self) {}

    fn reset(&self) {}

    fn limits(&self, _: Option<u64>) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
