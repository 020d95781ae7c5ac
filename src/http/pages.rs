//! Paged lists: what belongs to a page, and which request brings the next one.

use super::{Body, Request, query_pairs};
use crate::{
    error::{Error, Result},
    json::{Json, Object},
};

/// Members that hold the items of a page, the likeliest first.
const ITEMS: &[&str] =
    &["values", "issues", "comments", "worklogs", "results", "items", "records", "users", "dashboards"];

/// Parameters and members that say where a page begins in its list: Jira's and Bamboo's.
const OFFSETS: [&str; 2] = ["startAt", "start-index"];

/// What a bare array is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrays {
    /// The whole list.
    Whole,
    /// One page of several, by `startAt`.
    Offset,
    /// One page of several, newest first: the next one lies `before` the oldest item.
    Before,
}

/// How many items a page has that is asked for `before` without a `limit` (Trello).
const USUAL_LIMIT: usize = 50;

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Its items.
    pub items: Vec<Json>,
    /// How many items the whole list has, where the server says so.
    pub total: Option<i64>,
    /// The request for the next page.
    pub next: Option<Request>,
    /// The steps from page to page, where the end of the list is known and an offset leads there.
    pub(super) steps: Option<Steps>,
}

/// The way through a list by offset.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    name: &'static str,
    at: i64,
    /// How many items the server gives at a time, whatever it was asked for.
    pub(super) step: usize,
    /// How many items there are.
    pub(super) total: i64,
}

impl Steps {
    /// Nothing if `next`, the request after a page of `count` items, is led by something else: a token, a link.
    fn read(body: &Object, count: usize, total: i64, next: &Request) -> Option<Self> {
        OFFSETS.into_iter().find_map(|name| {
            let at = body.get(name)?.as_int()?.checked_add(i64::try_from(count).ok()?)?;
            let leads = position(&with(next, name, Json::Int(at))) == position(next);
            leads.then_some(Steps { name, at, step: count, total })
        })
    }

    /// Returns the request for the page after the one that `request` asks for, if all pages are alike.
    pub(super) fn after(&mut self, request: &Request) -> Option<Request> {
        self.at = self.at.checked_add(i64::try_from(self.step).ok()?)?;
        (self.at < self.total).then(|| with(request, self.name, Json::Int(self.at)))
    }
}

impl Page {
    /// Reads what `body`, the answer to `request`, says.
    pub fn read(request: &Request, body: &Json, arrays: Arrays) -> Result<Page> {
        match body {
            Json::Array(items) => Ok(Page {
                items: items.to_vec(),
                total: None,
                next: match arrays {
                    Arrays::Whole => None,
                    Arrays::Offset => after_array(request, items.len()),
                    Arrays::Before => before_oldest(request, items),
                },
                steps: None,
            }),
            Json::Object(object) => Page::of_object(request, object),
            _ => Err(Error::client("this is not a list; use get()")),
        }
    }

    fn of_object(request: &Request, body: &Object) -> Result<Page> {
        let body = nested(body).unwrap_or(body);
        let items = items(body)?.to_vec();
        let total = ["total", "size"].iter().find_map(|name| body.get(name)).and_then(Json::as_int);
        let total = total.filter(|_| OFFSETS.iter().any(|name| body.get(name).is_some()));
        let next = next_of(request, body, items.len());
        let steps = next.as_ref().and_then(|next| Steps::read(body, items.len(), total?, next));
        Ok(Page { items, total, next, steps })
    }
}

/// Bamboo and Slack's searches have their list one level down: `{"plans":{"size":9,"start-index":0,"plan":[…]}}`.
fn nested(body: &Object) -> Option<&Object> {
    let inside = body.iter().filter_map(|(_, value)| value.as_object());
    let mut lists = inside.filter(|o| o.get("start-index").is_some() || o.get("matches").is_some());
    lists.next()
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
        let what = match members.as_slice() {
            [] => "it has no members".to_owned(),
            members => format!("its members are {}", members.join(", ")),
        };
        Error::client(format_args!("this is not a list: {what}; use get()"))
    })
}

/// The rules for the next page, in the order in which they are tried. Each knows its shape by its members.
fn next_of(request: &Request, body: &Object, count: usize) -> Option<Request> {
    let rules = [by_token, by_cursor, by_link, by_start, by_offset, by_index, by_number];
    rules.iter().find_map(|rule| rule(request, body, count))?
}

/// What a rule says: nothing if the shape is not its own; else the next request, or that this was the last page.
type Next = Option<Option<Request>>;

fn text<'a>(body: &'a Object, path: &[&str]) -> Option<&'a str> {
    member(body, path)?.as_str().filter(|text| !text.is_empty())
}

fn member<'a>(body: &'a Object, path: &[&str]) -> Option<&'a Json> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(body.get(first)?, |json, name| json.get(name))
}

/// Jira Cloud: a token; a short page is not the last one.
fn by_token(request: &Request, body: &Object, _: usize) -> Next {
    let token = text(body, &["nextPageToken"])?;
    let last = body.get("isLast").and_then(Json::as_bool);
    Some((last != Some(true)).then(|| with(request, "nextPageToken", token.into())))
}

/// Slack: a cursor, empty at the end.
fn by_cursor(request: &Request, body: &Object, _: usize) -> Next {
    let cursor = member(body, &["response_metadata", "next_cursor"])?.as_str()?;
    Some((!cursor.is_empty()).then(|| with(request, "cursor", cursor.into())))
}

/// Confluence, Bitbucket Cloud and Tempo: the address of the next page.
fn by_link(request: &Request, body: &Object, _: usize) -> Next {
    let links = [&["_links", "next"][..], &["next"], &["metadata", "next"]];
    let link = links.iter().find_map(|path| text(body, path))?;
    Some(Some(follow(request, link, text(body, &["_links", "context"]).unwrap_or_default())))
}

/// Bitbucket Data Center: the next start is the server's own choice.
fn by_start(request: &Request, body: &Object, _: usize) -> Next {
    let last = body.get("isLastPage")?.as_bool()?;
    let start = body.get("nextPageStart").and_then(Json::as_int);
    Some(start.filter(|_| !last).map(|start| with(request, "start", Json::Int(start))))
}

/// Jira: an offset. The server may have lowered what we asked for: only what it echoes counts.
fn by_offset(request: &Request, body: &Object, count: usize) -> Next {
    let start = body.get("startAt").and_then(Json::as_int)?;
    let reached = start + i64::try_from(count).ok()?;
    let last = body.get("isLast").and_then(Json::as_bool);
    let more = match (last, body.get("total").and_then(Json::as_int)) {
        (Some(last), _) => !last,
        (None, Some(total)) => reached < total,
        (None, None) => false,
    };
    Some((more && count > 0).then(|| with(request, "startAt", Json::Int(reached))))
}

/// Bamboo: an offset of another name.
fn by_index(request: &Request, body: &Object, count: usize) -> Next {
    let start = body.get("start-index").and_then(Json::as_int)?;
    let reached = start + i64::try_from(count).ok()?;
    let size = body.get("size").and_then(Json::as_int)?;
    Some((reached < size && count > 0).then(|| with(request, "start-index", Json::Int(reached))))
}

/// Slack's older methods: a page's number.
fn by_number(request: &Request, body: &Object, count: usize) -> Next {
    let paging = body.get("paging").or_else(|| body.get("pagination"))?;
    let (page, pages) =
        (paging.get("page")?.as_int()?, paging.get("pages").or_else(|| paging.get("page_count"))?.as_int()?);
    Some((page < pages && count > 0).then(|| with(request, "page", Json::Int(page + 1))))
}

/// Returns the request for a link that the server gave. A whole address is checked before it is sent to.
///
/// A path may be written with or without the context that our own paths start with, or that is part of the address.
fn follow(request: &Request, link: &str, context: &str) -> Request {
    let mut next = request.clone();
    if link.contains("://") {
        (next.path, next.query) = (link.to_owned(), Vec::new());
        return next;
    }
    let (path, query) = query_pairs(link);
    let root = |path: &str| path.split('/').nth(1).map(str::to_owned);
    let ours = root(&request.path);
    let longer = format!("{context}{path}");
    let candidates = [path, longer.as_str(), path.strip_prefix(context).unwrap_or(path)];
    let fits = candidates.into_iter().find(|path| root(path) == ours);
    next.path = fits.unwrap_or(path).to_owned();
    next.query = query;
    next
}

/// A bare array says nothing of its end; it has ended when a page is empty.
fn after_array(request: &Request, count: usize) -> Option<Request> {
    let number = |name: &str| request.query.iter().find(|(k, _)| k == name).and_then(|(_, v)| v.parse::<i64>().ok());
    let step = number("maxResults").unwrap_or(i64::try_from(count).ok()?);
    (count > 0).then(|| with(request, "startAt", Json::Int(number("startAt").unwrap_or(0) + step)))
}

/// Returns the request for what lies before the oldest item: ids sort by their time.
fn before_oldest(request: &Request, items: &[Json]) -> Option<Request> {
    let asked = request.query.iter().find(|(k, _)| k == "limit").and_then(|(_, v)| v.parse().ok());
    let oldest = items.iter().filter_map(|item| item.get("id")?.as_str()).min()?;
    (items.len() >= asked.unwrap_or(USUAL_LIMIT)).then(|| with(request, "before", oldest.into()))
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

/// What tells one page's request from another's.
pub(super) fn position(request: &Request) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    (&request.path, &request.query, request.body.shown()).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;

    fn read(query: &[(&str, &str)], body: &str, arrays: Arrays) -> Page {
        let mut request = Request::new(Method::Get, "/list");
        request.query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Page::read(&request, &crate::json::parse(body.as_bytes()).unwrap(), arrays).unwrap()
    }

    fn next(query: &[(&str, &str)], body: &str) -> Option<Vec<(String, String)>> {
        read(query, body, Arrays::Offset).next.map(|request| request.query)
    }

    #[allow(clippy::unnecessary_wraps)] // it stands for a next request
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
        assert!(read(&[], "[1,2]", Arrays::Whole).next.is_none());
    }

    #[test]
    fn the_only_array_is_the_list() {
        assert_eq!(read(&[], r#"{"expand":"x","watchers":[1,2]}"#, Arrays::Whole).items.len(), 2);
        let request = Request::new(Method::Get, "/x");
        let error =
            Page::read(&request, &crate::json::parse(br#"{"a":[],"b":[]}"#).unwrap(), Arrays::Whole).unwrap_err();
        assert!(error.message.contains("its members are a, b"), "{error}");
    }

    #[test]
    fn every_service_says_in_its_own_way_that_there_is_more() {
        assert_eq!(next(&[], r#"{"channels":[1],"response_metadata":{"next_cursor":"dX="}}"#), pair("cursor", "dX="));
        assert_eq!(next(&[], r#"{"channels":[1],"response_metadata":{"next_cursor":""}}"#), None);
        assert_eq!(next(&[], r#"{"values":[1],"isLastPage":false,"nextPageStart":37}"#), pair("start", "37"));
        assert_eq!(next(&[], r#"{"values":[1],"isLastPage":true,"nextPageStart":null}"#), None);
        let bamboo = r#"{"expand":"plans","plans":{"size":3,"start-index":0,"max-result":1,"plan":[1]}}"#;
        assert_eq!(next(&[], bamboo), pair("start-index", "1"));
        assert_eq!(read(&[], bamboo, Arrays::Whole).items.len(), 1);
        let slack = r#"{"messages":{"matches":[1],"paging":{"page":1,"pages":2}}}"#;
        assert_eq!(
            next(&[("query", "x")], slack).unwrap(),
            [("query".into(), "x".into()), ("page".into(), "2".into())]
        );
    }

    #[test]
    fn links_are_followed_under_the_path_they_belong_to() {
        for (path, body, goes) in [
            (
                "/wiki/api/v2/pages",
                r#"{"results":[1],"_links":{"next":"/wiki/api/v2/pages?cursor=abc"}}"#,
                "/wiki/api/v2/pages",
            ),
            (
                "/wiki/rest/api/search",
                r#"{"results":[1],"_links":{"next":"/rest/api/search?start=1","context":"/wiki"}}"#,
                "/wiki/rest/api/search",
            ),
            (
                "/rest/api/content",
                r#"{"results":[1],"_links":{"next":"/rest/api/content?start=1","context":"/confluence"}}"#,
                "/rest/api/content",
            ),
            (
                "/rest/api/content",
                r#"{"results":[1],"_links":{"next":"/confluence/rest/api/content?start=1","context":"/confluence"}}"#,
                "/rest/api/content",
            ),
            (
                "/2.0/repositories/a",
                r#"{"values":[1],"next":"https://api.bitbucket.org/2.0/repositories/a?page=2"}"#,
                "https://api.bitbucket.org/2.0/repositories/a?page=2",
            ),
            (
                "/4/worklogs",
                r#"{"metadata":{"next":"https://api.tempo.io/4/worklogs?offset=50"},"results":[1]}"#,
                "https://api.tempo.io/4/worklogs?offset=50",
            ),
        ] {
            let request = Request::new(Method::Get, path);
            let page = Page::read(&request, &crate::json::parse(body.as_bytes()).unwrap(), Arrays::Whole).unwrap();
            assert_eq!(page.next.unwrap().path, goes);
        }
    }

    #[test]
    fn older_items_lie_before_the_oldest() {
        let found = read(&[("limit", "2")], r#"[{"id":"5f2"},{"id":"5f1"}]"#, Arrays::Before).next.unwrap();
        assert_eq!(found.query.last().unwrap(), &("before".to_owned(), "5f1".to_owned()));
        assert!(read(&[("limit", "2")], r#"[{"id":"5f2"}]"#, Arrays::Before).next.is_none());
    }

    #[test]
    fn a_search_by_post_pages_in_its_body() {
        let mut request = Request::new(Method::Post, "/search");
        request.body = Body::Json(crate::json::parse(br#"{"jql":"x","startAt":0}"#).unwrap());
        let page = Page::read(
            &request,
            &crate::json::parse(br#"{"startAt":0,"total":5,"issues":[1]}"#).unwrap(),
            Arrays::Whole,
        )
        .unwrap();
        let Some(Request { body: Body::Json(body), .. }) = page.next else { panic!("no next page") };
        assert_eq!(body.to_string(), r#"{"jql":"x","startAt":1}"#);
    }
}
