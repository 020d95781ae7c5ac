//! Paged lists: what belongs to a page, and which request brings the next one.

use super::{Body, Request, interrupt};
use crate::{
    error::{Error, Kind, Result},
    json::{Json, Object},
};
use std::{collections::HashSet, future::Future};
use tokio::{sync::mpsc, task::AbortHandle};

/// Members that hold the items of a page, the likeliest first.
const ITEMS: &[&str] =
    &["values", "issues", "comments", "worklogs", "results", "items", "records", "users", "dashboards"];

/// More pages than this is a server that turns in circles.
const MOST_PAGES: usize = 1_000_000;

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Its items.
    pub items: Vec<Json>,
    /// How many items the whole list has, where the server says so.
    pub total: Option<i64>,
    /// The request for the next page.
    pub next: Option<Request>,
}

impl Page {
    /// Reads what `body`, the answer to `request`, says. `arrays` tells whether a bare array is one page of several.
    pub fn read(request: &Request, body: &Json, arrays: bool) -> Result<Page> {
        match body {
            Json::Array(items) => Ok(Page {
                items: items.to_vec(),
                total: None,
                next: arrays.then(|| after_array(request, items.len())).flatten(),
            }),
            Json::Object(object) => Page::of_object(request, object),
            _ => Err(Error::client("this is not a list; use get()")),
        }
    }

    fn of_object(request: &Request, body: &Object) -> Result<Page> {
        let items = items(body)?.to_vec();
        let total = body.get("total").and_then(Json::as_int);
        let next = next_of(request, body, items.len());
        Ok(Page { items, total, next })
    }
}

fn items(body: &Object) -> Result<&[Json]> {
    let named = ITEMS.iter().find_map(|name| body.get(name)?.as_array());
    let mut arrays = body.iter().filter_map(|(_, value)| value.as_array());
    let only = || match (arrays.next(), arrays.next()) {
        (Some(items), None) => Some(items),
        _ => None,
    };
    named.or_else(only).ok_or_else(|| {
        let members: Vec<&str> = body.iter().map(|(key, _)| &**key).collect();
        Error::client(format_args!("this is not a list: its members are {}; use get()", members.join(", ")))
    })
}

fn next_of(request: &Request, body: &Object, count: usize) -> Option<Request> {
    let last = body.get("isLast").and_then(Json::as_bool);
    if let Some(token) = body.get("nextPageToken").and_then(Json::as_str).filter(|token| !token.is_empty()) {
        return (last != Some(true)).then(|| with(request, "nextPageToken", token.into()));
    }
    // The server may have lowered what we asked for: only what it echoes counts.
    let start = body.get("startAt").and_then(Json::as_int)?;
    let reached = start + i64::try_from(count).ok()?;
    let more = match (last, body.get("total").and_then(Json::as_int)) {
        (Some(last), _) => !last,
        (None, Some(total)) => reached < total,
        (None, None) => false,
    };
    (more && count > 0).then(|| with(request, "startAt", Json::Int(reached)))
}

/// A bare array says nothing of its end; it has ended when a page is empty.
fn after_array(request: &Request, count: usize) -> Option<Request> {
    let number = |name: &str| request.query.iter().find(|(k, _)| k == name).and_then(|(_, v)| v.parse::<i64>().ok());
    let step = number("maxResults").unwrap_or(i64::try_from(count).ok()?);
    (count > 0).then(|| with(request, "startAt", Json::Int(number("startAt").unwrap_or(0) + step)))
}

/// Returns `request` asking for another part of the list: in its body if that is an object, else in its query.
fn with(request: &Request, name: &str, value: Json) -> Request {
    let mut next = request.clone();
    if let Body::Json(Json::Object(body)) = &mut next.body {
        body.set(name, value);
        return next;
    }
    next.query.retain(|(key, _)| key != name);
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    next.query.push((name.to_owned(), text));
    next
}

/// A list that is fetched one page ahead of whoever reads it.
pub struct Pager {
    pages: mpsc::Receiver<Result<Page>>,
    task: AbortHandle,
}

impl Pager {
    /// Starts with `first`; `send` fetches one page. At most two pages wait to be read.
    pub fn start<F, R>(first: Request, arrays: bool, send: F) -> Result<Pager>
    where
        F: Fn(Request) -> R + Send + 'static,
        R: Future<Output = Result<Json>> + Send + 'static,
    {
        let (sender, pages) = mpsc::channel(1);
        let task = interrupt::runtime()?.spawn(read_all(first, arrays, send, sender)).abort_handle();
        Ok(Pager { pages, task })
    }

    /// Returns the next page; nothing after the last.
    pub async fn next(&mut self) -> Option<Result<Page>> {
        self.pages.recv().await
    }
}

/// A list that nobody reads any more is not fetched any further.
impl Drop for Pager {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_all<F, R>(first: Request, arrays: bool, send: F, pages: mpsc::Sender<Result<Page>>)
where
    F: Fn(Request) -> R,
    R: Future<Output = Result<Json>>,
{
    let mut next = Some(first);
    let mut seen = HashSet::new();
    while let Some(request) = next {
        let fresh = seen.len() < MOST_PAGES && seen.insert(position(&request));
        let page = if fresh {
            send(request.clone()).await.and_then(|body| Page::read(&request, &body, arrays))
        } else {
            Err(Error::remote(Kind::Remote, "the list turns in circles: the server gave the same page twice"))
        };
        next = page.as_ref().ok().and_then(|page| page.next.clone());
        if pages.send(page).await.is_err() {
            return;
        }
    }
}

/// What tells one page's request from another's.
fn position(request: &Request) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (&request.path, &request.query, request.body.shown()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn read(query: &[(&str, &str)], body: &str, arrays: bool) -> Page {
        let mut request = Request::new(Method::Get, "/list");
        request.query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Page::read(&request, &crate::json::parse(body.as_bytes()).unwrap(), arrays).unwrap()
    }

    fn next(query: &[(&str, &str)], body: &str) -> Option<Vec<(String, String)>> {
        read(query, body, true).next.map(|request| request.query)
    }

    fn pair(name: &str, value: &str) -> Option<Vec<(String, String)>> {
        Some(vec![(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn offsets_follow_what_the_server_echoes() {
        assert_eq!(
            next(&[("startAt", "0")], r#"{"startAt":0,"maxResults":2,"total":3,"issues":[1,2]}"#),
            pair("startAt", "2")
        );
        assert_eq!(next(&[], r#"{"startAt":2,"maxResults":2,"total":3,"issues":[3]}"#), None);
        assert_eq!(next(&[], r#"{"startAt":0,"isLast":false,"values":[1]}"#), pair("startAt", "1"));
        assert_eq!(next(&[], r#"{"startAt":0,"isLast":true,"total":9,"values":[1]}"#), None);
        assert_eq!(next(&[], r#"{"startAt":0,"total":9,"values":[]}"#), None);
    }

    #[test]
    fn a_short_page_with_a_token_is_not_the_last() {
        assert_eq!(next(&[], r#"{"issues":[],"nextPageToken":"t2"}"#), pair("nextPageToken", "t2"));
        assert_eq!(
            next(&[("nextPageToken", "t2")], r#"{"issues":[1],"nextPageToken":"t3","isLast":false}"#),
            pair("nextPageToken", "t3")
        );
        assert_eq!(next(&[], r#"{"issues":[1],"isLast":true}"#), None);
        assert_eq!(next(&[], r#"{"issues":[1]}"#), None);
    }

    #[test]
    fn a_bare_array_ends_with_an_empty_page() {
        assert_eq!(next(&[("maxResults", "50")], "[1,2]").unwrap().last().unwrap().1, "50");
        assert_eq!(next(&[("startAt", "50"), ("maxResults", "50")], "[]"), None);
        assert!(read(&[], "[1,2]", false).next.is_none());
    }

    #[test]
    fn the_only_array_is_the_list() {
        assert_eq!(read(&[], r#"{"expand":"x","watchers":[1,2]}"#, false).items.len(), 2);
        let request = Request::new(Method::Get, "/x");
        let error = Page::read(&request, &crate::json::parse(br#"{"a":[],"b":[]}"#).unwrap(), false).unwrap_err();
        assert!(error.message.contains("its members are a, b"), "{error}");
    }

    #[test]
    fn a_search_by_post_pages_in_its_body() {
        let mut request = Request::new(Method::Post, "/search");
        request.body = Body::Json(crate::json::parse(br#"{"jql":"x","startAt":0}"#).unwrap());
        let page =
            Page::read(&request, &crate::json::parse(br#"{"startAt":0,"total":5,"issues":[1]}"#).unwrap(), false)
                .unwrap();
        let Some(Request { body: Body::Json(body), .. }) = page.next else { panic!("no next page") };
        assert_eq!(body.to_string(), r#"{"jql":"x","startAt":1}"#);
    }
}
