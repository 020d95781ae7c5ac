//! The quick way through a long list whose pages lead from one to the next: all ids first, many to a page, then the
//! items by their ids, several requests at a time.
//!
//! Jira Cloud finds issues by page token only, a hundred a page. It gives up to 5,000 ids a page, and a hundred issues
//! by their ids (`POST /rest/api/3/issue/bulkfetch`), in the order of the ids.

use super::{
    Body, Method, Page, Request,
    ahead::{Fetch, MOST_AHEAD},
};
use crate::{error::Result, json::Json};
use std::collections::{HashMap, HashSet, VecDeque};

/// How the address of such a list ends, and of the items by their ids.
const LIST: &str = "/search/jql";
const ITEMS: &str = "/issue/bulkfetch";

/// The most ids that the server gives at a time, and the most that it takes.
const MOST_IDS: i64 = 5000;
const MOST_ITEMS: usize = 100;

/// Parameters that mean the same to both requests: whether each is a list.
const SHARED: &[(&str, bool)] = &[("fields", true), ("expand", true), ("properties", true), ("fieldsByKeys", false)];

/// Parameters that belong to the list.
const OWN: &[&str] = &["jql", "maxResults", "nextPageToken"];

/// A list that can be read this way, and how far it was.
pub(super) struct ByIds {
    /// The next request for ids.
    list: Option<Request>,
    /// The request for items, without ids.
    items: Request,
    /// Ids of what was given before.
    given: HashSet<String>,
    /// Ids of what is to be fetched.
    waiting: VecDeque<String>,
    ids: Option<Fetch>,
    ahead: VecDeque<(Vec<String>, Fetch)>,
}

impl ByIds {
    /// Nothing if the list that `first` begins is no such list.
    pub(super) fn of(first: &Request) -> Option<Self> {
        let base = first.path.strip_suffix(LIST)?;
        let asked = parameters(first)?;
        let text = |name: &str| asked.iter().find(|(n, _)| n == name).map(|(_, value)| value);
        let all_known =
            asked.iter().all(|(name, _)| OWN.contains(&name.as_str()) || SHARED.iter().any(|s| s.0 == name));
        if !all_known || text("nextPageToken").is_some() || text("fields").is_none() {
            return None;
        }
        let whole = asked.iter().filter_map(|(name, value)| Some((shared(name)?, shaped(name, value)))).collect();
        let mut items = Request::new(Method::Post, format!("{base}{ITEMS}"));
        (items.reads, items.body) = (true, Body::Json(Json::Object(whole)));
        let mut list = Request::new(Method::Post, first.path.clone());
        list.reads = true;
        let ids =
            [("jql", text("jql")?.clone()), ("fields", Json::array(["id".into()])), ("maxResults", MOST_IDS.into())];
        list.body = Body::Json(Json::object(ids));
        Some(ByIds {
            list: Some(list),
            items,
            given: HashSet::new(),
            waiting: VecDeque::new(),
            ids: None,
            ahead: VecDeque::new(),
        })
    }

    /// Notes what was given by other pages; says whether it has ids at all.
    pub(super) fn note(&mut self, items: &[Json]) -> bool {
        items.iter().all(|item| id_of(item).is_some_and(|id| self.given.insert(id)))
    }

    /// Asks for what comes next: ids, and items as far as they are `wanted`.
    pub(super) fn fill(&mut self, wanted: Option<usize>, fetch: &dyn Fn(Request) -> Fetch) {
        let width = wanted.map_or(MOST_AHEAD, |wanted| wanted.div_ceil(MOST_ITEMS).clamp(1, MOST_AHEAD));
        while self.ahead.len() < width && !self.waiting.is_empty() {
            // As long as more ids come a page is filled first.
            if self.waiting.len() < MOST_ITEMS && self.more_ids() {
                break;
            }
            let ids: Vec<String> = self.waiting.drain(..self.waiting.len().min(MOST_ITEMS)).collect();
            self.ahead.push_back((ids.clone(), fetch(self.request(&ids))));
        }
        if self.ids.is_none() {
            self.ids = self.list.take().map(fetch);
        }
    }

    fn more_ids(&self) -> bool {
        self.list.is_some() || self.ids.is_some()
    }

    fn request(&self, ids: &[String]) -> Request {
        let mut request = self.items.clone();
        if let Body::Json(Json::Object(body)) = &mut request.body {
            body.set("issueIdsOrKeys", Json::array(ids.iter().map(|id| id.as_str().into())));
        }
        request
    }

    /// Returns the next page, or the news that ids have come; nothing at the end. A wait that is given up loses nothing.
    pub(super) async fn next(&mut self) -> Option<Result<Option<Page>>> {
        if let Some((_, fetch)) = self.ahead.front_mut() {
            let page = fetch.page().await;
            let (ids, _) = self.ahead.pop_front()?;
            return Some(page.map(|page| Some(self.arranged(&ids, page))));
        }
        let page = self.ids.as_mut()?.page().await;
        self.ids = None;
        Some(page.map(|page| {
            self.list = page.next;
            let ids = page.items.iter().filter_map(id_of);
            self.waiting.extend(ids.filter(|id| self.given.insert(id.clone())));
            None
        }))
    }

    /// Puts a page into the order of `ids`. What has gone since is missing, as from a list that is read now.
    fn arranged(&self, ids: &[String], page: Page) -> Page {
        let mut found: HashMap<String, Json> =
            page.items.into_iter().filter_map(|item| Some((id_of(&item)?, item))).collect();
        let items = ids.iter().filter_map(|id| found.remove(id)).collect();
        let more = !self.ahead.is_empty() || !self.waiting.is_empty() || self.more_ids();
        Page { items, total: None, next: more.then(|| self.items.clone()), steps: None }
    }
}

fn id_of(item: &Json) -> Option<String> {
    item.as_object()?.pick("id")?.as_str().map(str::to_owned)
}

/// Returns what a request asks for, from its query or its body.
fn parameters(request: &Request) -> Option<Vec<(String, Json)>> {
    match &request.body {
        Body::None => Some(request.query.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect()),
        Body::Json(Json::Object(body)) if request.query.is_empty() => {
            Some(body.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
        }
        _ => None,
    }
}

fn shared(name: &str) -> Option<&'static str> {
    SHARED.iter().find(|(shared, _)| *shared == name).map(|(shared, _)| *shared)
}

/// The list takes some parameters as `a,b`, the other request as a list.
fn shaped(name: &str, value: &Json) -> Json {
    let is_list = SHARED.iter().any(|(shared, list)| *shared == name && *list);
    match value.as_str() {
        Some(text) if is_list => Json::array(text.split(',').map(|word| word.trim().into())),
        Some(text) => Json::Bool(text == "true"),
        None => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(query: &[(&str, &str)]) -> Request {
        let mut request = Request::new(Method::Get, "/rest/api/2/search/jql");
        request.query = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        request
    }

    #[test]
    fn a_search_for_fields_can_be_read_by_ids() {
        let by_ids =
            ByIds::of(&search(&[("jql", "project = A"), ("fields", "summary, status"), ("expand", "names")])).unwrap();
        assert_eq!(by_ids.items.path, "/rest/api/2/issue/bulkfetch");
        let request = by_ids.request(&["1".to_owned(), "2".to_owned()]);
        assert!(request.reads);
        let Body::Json(body) = request.body else { unreachable!() };
        assert_eq!(
            body.to_string(),
            r#"{"fields":["summary","status"],"expand":["names"],"issueIdsOrKeys":["1","2"]}"#
        );
        let Some(Body::Json(body)) = by_ids.list.map(|list| list.body) else { unreachable!() };
        assert_eq!(body.to_string(), r#"{"jql":"project = A","fields":["id"],"maxResults":5000}"#);
    }

    #[test]
    fn what_the_other_request_does_not_know_cannot() {
        for query in
            [&[("jql", "x")][..], &[("jql", "x"), ("fields", "a"), ("reconcileIssues", "1")], &[("fields", "a")]]
        {
            assert!(ByIds::of(&search(query)).is_none(), "{query:?}");
        }
        assert!(ByIds::of(&Request::new(Method::Get, "/rest/api/2/search")).is_none());
    }
}
