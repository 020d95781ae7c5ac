//! Reading ahead: the pages of a list are fetched before anybody asks for them.

use super::{
    Arrays, Page, Request,
    by_ids::ByIds,
    interrupt,
    pages::{Steps, position},
};
use crate::{
    error::{Error, Kind, Result},
    json::Json,
};
use std::{
    collections::{HashSet, VecDeque},
    future::Future,
};
use tokio::task::JoinHandle;

/// How many pages are on their way or wait for the reader.
pub(super) const MOST_AHEAD: usize = 8;

/// After so many pages that lead from one to the next, a list is long enough for the way by ids.
const LONG: usize = 3;

/// More pages than this is a server that turns in circles.
const MOST_PAGES: usize = 1_000_000;

/// A list that is fetched ahead of whoever reads it: several pages where offsets lead to a known end, else one.
///
/// A page is given only if the page before it says that it comes next. So the items are those that somebody gets who
/// asks for one page after the other.
pub struct Pager {
    fetch: Box<dyn Fn(Request) -> Fetch + Send>,
    ahead: VecDeque<Fetch>,
    /// What is to be fetched after the pages ahead.
    route: Route,
    /// How many pages ahead are worth the risk that they are not the right ones.
    width: usize,
    /// How many items the reader still wants, if that is known. He may ask for more.
    wanted: Option<usize>,
    seen: HashSet<u64>,
    /// The quick way through the rest, where there is one.
    by_ids: Option<Box<ByIds>>,
    /// Whether it was taken.
    turned: bool,
    /// The way back: the next request of the usual way, until the other one has given something.
    back: Option<Request>,
    /// What comes instead of the next page.
    error: Option<Box<Error>>,
}

impl Pager {
    /// Starts with `first`; `send` fetches one page. What lies beyond the `wanted` items is not fetched ahead.
    pub fn start<F, R>(first: Request, arrays: Arrays, wanted: Option<usize>, send: F) -> Result<Pager>
    where
        F: Fn(Request) -> R + Send + 'static,
        R: Future<Output = Result<Json>> + Send + 'static,
    {
        let runtime = interrupt::runtime()?;
        let fetch = move |request: Request| {
            let (place, answer) = (position(&request), send(request.clone()));
            // A task of its own gets on while nobody waits for it.
            let task = runtime.spawn(async move { Page::read(&request, &answer.await?, arrays) });
            Fetch { place, task }
        };
        let mut pager = Pager {
            fetch: Box::new(fetch),
            ahead: VecDeque::new(),
            seen: HashSet::from([position(&first)]),
            by_ids: ByIds::of(&first).map(Box::new),
            turned: false,
            back: None,
            route: Route { next: Some(first), steps: None },
            width: MOST_AHEAD,
            wanted,
            error: None,
        };
        pager.fill();
        Ok(pager)
    }

    /// Returns the next page; nothing after the last. A wait that is given up loses no page.
    pub async fn next(&mut self) -> Option<Result<Page>> {
        if let Some(error) = self.error.take() {
            return Some(Err(error));
        }
        if self.turned
            && let Some(page) = self.next_by_ids().await
        {
            return page;
        }
        if self.ahead.is_empty() {
            let request = self.route.next()?;
            self.ahead.push_back((self.fetch)(request));
        }
        let page = self.ahead.front_mut()?.page().await;
        self.ahead.pop_front();
        match &page {
            Ok(page) => self.go_on(page),
            Err(_) => self.turn(Route::default()),
        }
        Some(page)
    }

    /// Returns the next page by ids; nothing if that way is closed and the usual one is to be gone.
    async fn next_by_ids(&mut self) -> Option<Option<Result<Page>>> {
        loop {
            let Some(by_ids) = &mut self.by_ids else { return Some(None) };
            by_ids.fill(self.wanted, &self.fetch);
            match by_ids.next().await {
                Some(Ok(None)) => {}
                Some(Ok(Some(page))) => {
                    self.back = None;
                    self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(page.items.len()));
                    return Some(Some(Ok(page)));
                }
                Some(Err(error)) => {
                    self.by_ids = None;
                    // A token may be good for the list and not for its items by ids.
                    let Some(back) = self.back.take() else { return Some(Some(Err(error))) };
                    (self.turned, self.route) = (false, Route { next: Some(back), steps: None });
                    return None;
                }
                None => return Some(None),
            }
        }
    }

    /// Says whether the rest is to be read by ids. Who wants a few items more gets them by tokens.
    fn turns(&mut self, page: &Page) -> bool {
        let Some(by_ids) = &mut self.by_ids else { return false };
        let has_ids = by_ids.note(&page.items);
        let is_long = self.seen.len() == LONG;
        let turns = has_ids && is_long && self.wanted.is_none_or(|wanted| wanted > LONG * page.items.len());
        if !turns && (is_long || !has_ids) {
            self.by_ids = None;
        }
        turns
    }

    /// Looks ahead from `page`, which is given now.
    fn go_on(&mut self, page: &Page) {
        self.wanted = self.wanted.map(|wanted| wanted.saturating_sub(page.items.len()));
        if page.next.is_some() && self.turns(page) {
            self.turn(Route::default());
            (self.turned, self.back) = (true, page.next.clone());
            return;
        }
        let Some(next) = &page.next else { return self.turn(Route::default()) };
        let place = position(next);
        if self.seen.len() >= MOST_PAGES || !self.seen.insert(place) {
            self.turn(Route::default());
            self.error = Some(circles());
            return;
        }
        let as_planned = self.ahead.front().is_none_or(|fetch| fetch.place == place) && self.route.fits(page);
        self.width = if as_planned { MOST_AHEAD.min(self.width * 2) } else { 1 };
        if !as_planned || self.ahead.is_empty() {
            self.turn(Route { next: Some(next.clone()), steps: page.steps.clone() });
        }
        self.fill();
    }

    /// Gives up what is ahead and takes another route.
    fn turn(&mut self, route: Route) {
        self.ahead.clear();
        self.route = route;
    }

    fn fill(&mut self) {
        while self.ahead.len() < self.width && self.wanted.is_none_or(|n| self.ahead.len() * self.route.step() < n) {
            let Some(request) = self.route.next() else { break };
            self.ahead.push_back((self.fetch)(request));
        }
    }
}

/// The requests that lead through the rest of a list, as far as they are known.
#[derive(Default)]
struct Route {
    next: Option<Request>,
    steps: Option<Steps>,
}

impl Route {
    /// Says whether `page` leaves the plan as it is: another total is another list.
    fn fits(&self, page: &Page) -> bool {
        self.steps.as_ref().is_none_or(|steps| page.total == Some(steps.total))
    }

    fn step(&self) -> usize {
        self.steps.as_ref().map_or(1, |steps| steps.step)
    }
}

impl Iterator for Route {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        let request = self.next.take()?;
        self.next = self.steps.as_mut().and_then(|steps| steps.after(&request));
        Some(request)
    }
}

/// A page on its way. One that is dropped is not fetched any further.
pub(super) struct Fetch {
    place: u64,
    task: JoinHandle<Result<Page>>,
}

impl Fetch {
    pub(super) async fn page(&mut self) -> Result<Page> {
        let broken = |e| Err(Error::client(format_args!("a page could not be read: {e}")));
        (&mut self.task).await.unwrap_or_else(broken)
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn circles() -> Box<Error> {
    Error::remote(Kind::Remote, "the list turns in circles: the server gave the same page twice")
}

#[cfg(test)]
mod tests {
    use super::super::{Interrupt, Method, pause, wait};
    use super::*;
    use std::{
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        time::Duration,
    };

    /// What the pretended server was asked for.
    #[derive(Clone, Default)]
    struct Log {
        starts: Arc<Mutex<Vec<i64>>>,
        open: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
    }

    /// One request that is open at the server, until it is answered or given up.
    struct Open(Arc<AtomicUsize>);

    impl Drop for Open {
        fn drop(&mut self) {
            self.0.fetch_sub(1, SeqCst);
        }
    }

    impl Log {
        fn starts(&self) -> Vec<i64> {
            let mut starts = self.starts.lock().unwrap().clone();
            starts.sort_unstable();
            starts
        }

        fn open(&self, start: i64) -> Open {
            self.starts.lock().unwrap().push(start);
            self.most.fetch_max(self.open.fetch_add(1, SeqCst) + 1, SeqCst);
            Open(self.open.clone())
        }
    }

    /// Starts on a list that `answer` gives page by page: from an offset, the items and the total. Later pages of a
    /// group come sooner, so that none is in order by chance.
    fn pager(wanted: Option<usize>, answer: impl Fn(i64) -> Result<(Vec<i64>, i64)> + Send + 'static) -> (Pager, Log) {
        let log = Log::default();
        let seen = log.clone();
        let first = Request::new(Method::Get, "/list");
        let pager = Pager::start(first, Arrays::Whole, wanted, move |request| {
            let start = request.query.iter().find(|(k, _)| k == "startAt").map_or(0, |(_, v)| v.parse().unwrap());
            let (open, answer) = (seen.open(start), answer(start));
            async move {
                pause(Duration::from_millis(40 - start.unsigned_abs() % 40)).await;
                drop(open);
                let (items, total) = answer?;
                let body = format!(r#"{{"startAt":{start},"maxResults":10,"total":{total},"values":{items:?}}}"#);
                Ok(crate::json::parse(body.as_bytes()).unwrap())
            }
        });
        (pager.unwrap(), log)
    }

    fn page(pager: &mut Pager) -> Option<Result<Vec<i64>>> {
        let page = wait(&Interrupt::default(), async { Ok(pager.next().await) }).unwrap()?;
        Some(page.map(|page| page.items.iter().filter_map(Json::as_int).collect()))
    }

    fn items(pager: &mut Pager) -> Vec<i64> {
        std::iter::from_fn(|| page(pager)).flat_map(Result::unwrap).collect()
    }

    fn upto(start: i64, count: i64, total: i64) -> Vec<i64> {
        (start..total.min(start + count)).collect()
    }

    #[test]
    fn pages_overlap_and_come_in_order() {
        let (mut pager, log) = pager(None, |start| Ok((upto(start, 10, 205), 205)));
        assert_eq!(items(&mut pager), upto(0, 205, 205));
        assert_eq!(log.most.load(SeqCst), MOST_AHEAD);
        assert_eq!(log.starts(), (0..205).step_by(10).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_pages_wait_than_are_allowed() {
        let (mut pager, log) = pager(None, |start| Ok((upto(start, 10, 1000), 1000)));
        page(&mut pager);
        page(&mut pager);
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(log.starts().len(), 2 + MOST_AHEAD);
    }

    #[test]
    fn a_short_page_neither_loses_nor_doubles_items() {
        for short in [10, 30, 80] {
            let count = move |start| if start == short { 7 } else { 10 };
            let (mut pager, log) = pager(None, move |start| Ok((upto(start, count(start), 150), 150)));
            assert_eq!(items(&mut pager), upto(0, 150, 150), "short at {short}");
            assert!(log.starts().contains(&(short + 7)));
        }
    }

    #[test]
    fn pages_of_every_length_are_read_one_after_the_other() {
        let (mut pager, log) = pager(None, |start| Ok((upto(start, 1 + start % 4, 60), 60)));
        assert_eq!(items(&mut pager), upto(0, 60, 60));
        let pages = std::iter::successors(Some(0), |start| Some(start + 1 + start % 4)).take_while(|n| *n < 60).count();
        assert!(log.starts().len() < 2 * pages + MOST_AHEAD, "{:?}", log.starts());
    }

    #[test]
    fn after_another_total_the_list_is_read_from_that_page_on() {
        for total in [75, 35] {
            let told = move |start| if start < 20 { 55 } else { total };
            let (mut pager, log) = pager(None, move |start| Ok((upto(start, 10, told(start)), told(start))));
            assert_eq!(items(&mut pager), upto(0, total, total));
            // What was asked for before the change is asked for again.
            assert_eq!(log.starts().iter().filter(|start| **start == 30).count(), 2, "{:?}", log.starts());
        }
    }

    #[test]
    fn an_error_comes_at_its_place_and_ends_the_list() {
        let broken = |start| if start == 30 { Err(Error::client("broken")) } else { Ok((upto(start, 10, 100), 100)) };
        let (mut pager, _) = pager(None, broken);
        for start in [0, 10, 20] {
            assert_eq!(page(&mut pager).unwrap().unwrap(), upto(start, 10, 100));
        }
        assert!(page(&mut pager).unwrap().is_err());
        assert!(page(&mut pager).is_none());
    }

    #[test]
    fn what_is_not_wanted_is_fetched_only_when_asked_for() {
        let (mut pager, log) = pager(Some(25), |start| Ok((upto(start, 10, 60), 60)));
        for _ in 0..3 {
            page(&mut pager);
        }
        assert_eq!(log.starts(), [0, 10, 20]);
        assert_eq!(items(&mut pager), upto(30, 30, 60));
    }

    #[test]
    fn a_reader_who_leaves_stops_what_is_open() {
        let (mut pager, log) = pager(None, |start| Ok((upto(start, 10, 1000), 1000)));
        page(&mut pager);
        drop(pager);
        let asked = log.starts().len();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!((log.open.load(SeqCst), log.starts().len()), (0, asked));
        assert!(asked <= 1 + MOST_AHEAD);
    }

    #[test]
    fn an_interrupt_ends_the_wait_and_loses_no_page() {
        let (mut pager, _) = pager(None, |start| Ok((upto(start, 10, 30), 30)));
        let interrupt = Interrupt::default();
        interrupt.raise();
        assert_eq!(wait(&interrupt, async { Ok(pager.next().await) }).unwrap_err().kind, Kind::Cancelled);
        assert_eq!(items(&mut pager), upto(0, 30, 30));
    }
}
