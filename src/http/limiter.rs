//! A credential's budget: how fast its requests may go, learnt from what the server says and from what it refuses.
//!
//! Every client has a limiter of its own, so that a refusal of one token never slows another. Inside it each limit has a
//! lane: the whole credential, one endpoint (method and route), or one issue; `RateLimit-Reason` says which of them a
//! refusal is about. A lane that was refused pauses as long as the server asks, goes on a little slower than what was
//! answered in the second before, and then speeds up again step by step.

use super::{Answer, Request};
use crate::services::Scope;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What the rate is measured over.
const WINDOW: Duration = Duration::from_secs(1);

/// How much of the measured rate a lane keeps after a refusal.
const KEPT: f64 = 0.95;

/// By how much a lane speeds up in the first window without a refusal; in the second by twice as much, and so on.
///
/// What is measured at a refusal may be too low: answers that are on their way are not counted yet.
const GROWTH: f64 = 0.01;

/// The window from which on the speed grows evenly.
const EVEN: u64 = 10;

/// The slowest pace: one request in four seconds.
const SLOWEST: f64 = 0.25;

/// What a limit is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Lane {
    Credential,
    Endpoint(&'static str, String),
    Item(String),
}

/// Words of `RateLimit-Reason` with what each is about.
const REASONS: &[(&str, Scope)] =
    &[("per-issue", Scope::Item), ("burst", Scope::Endpoint), ("quota", Scope::Credential)];

/// The lanes of one credential.
pub(super) struct Limiter {
    /// What a refusal is about that gives no reason.
    usual: Scope,
    lanes: Mutex<HashMap<Lane, Pace>>,
}

/// How one lane goes.
#[derive(Debug)]
struct Pace {
    /// Nothing goes before this moment.
    until: Instant,
    /// The moment of the next free place, where there is a rate.
    next: Instant,
    /// Requests a second; nothing as long as the server never refused.
    rate: Option<f64>,
    /// When requests were answered well, within the last window.
    answered: VecDeque<Instant>,
    /// When the rate was lowered last: refusals of requests that left before say nothing new.
    cut: Option<Instant>,
    /// When the rate was raised last.
    grown: Instant,
    /// How many windows have gone by without a refusal.
    quiet: u64,
    /// Changes with each pause: places given out before are void.
    turn: u64,
}

impl Limiter {
    /// Makes a limiter that has seen nothing yet.
    pub(super) fn new(usual: Scope) -> Self {
        Limiter { usual, lanes: Mutex::default() }
    }

    /// Waits until `request` may go; returns the moment it left.
    pub(super) async fn enter(&self, request: &Request) -> Instant {
        loop {
            let now = Instant::now();
            let (slot, turn) = self.reserve(request, now);
            if slot <= now {
                return now;
            }
            tokio::time::sleep(slot - now).await;
            if self.turn(request) == turn {
                return Instant::now();
            }
        }
    }

    /// Takes the next free place in all lanes of `request`.
    fn reserve(&self, request: &Request, now: Instant) -> (Instant, u64) {
        let mut lanes = self.lanes();
        let mut slot = now;
        let mut turn = 0;
        for lane in lanes_of(request) {
            if let Some(pace) = lanes.get_mut(&lane) {
                slot = slot.max(pace.place(now));
                turn += pace.turn;
            }
        }
        (slot, turn)
    }

    fn turn(&self, request: &Request) -> u64 {
        let lanes = self.lanes();
        lanes_of(request).iter().filter_map(|lane| lanes.get(lane)).map(|pace| pace.turn).sum()
    }

    /// Learns from an answer that is no refusal: that this much went well, and what its headers say of the budget.
    pub(super) fn note_success(&self, request: &Request, answer: &Answer) {
        let now = Instant::now();
        let mut lanes = self.lanes();
        for lane in [Lane::Credential, endpoint(request)] {
            lanes.entry(lane).or_insert_with(|| Pace::new(now)).note(now);
        }
        if let Some(budget) = Budget::read(answer)
            && let Some(pace) = lanes.get_mut(&Lane::Credential)
        {
            pace.heed(&budget, now);
        }
    }

    /// Learns from a refusal of a request that left at `left`: its lane pauses for `wait`.
    ///
    /// Returns whether the pause is news; requests that were on their way together are refused together.
    pub(super) fn note_refusal(&self, request: &Request, answer: &Answer, left: Instant, wait: Duration) -> bool {
        let now = Instant::now();
        let lane = lane_of(self.scope(answer), request);
        self.lanes().entry(lane).or_insert_with(|| Pace::new(now)).refuse(left, now, wait)
    }

    fn scope(&self, answer: &Answer) -> Scope {
        let reason = answer.header("ratelimit-reason").unwrap_or_default();
        REASONS.iter().find(|(word, _)| reason.contains(word)).map_or(self.usual, |(_, scope)| *scope)
    }

    /// A poisoned lock still holds whole lanes.
    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, Pace>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lanes_of(request: &Request) -> [Lane; 3] {
    [Lane::Credential, endpoint(request), item(request)]
}

fn lane_of(scope: Scope, request: &Request) -> Lane {
    match scope {
        Scope::Credential => Lane::Credential,
        Scope::Endpoint => endpoint(request),
        Scope::Item => item(request),
    }
}

fn endpoint(request: &Request) -> Lane {
    Lane::Endpoint(request.method.name(), request.route.clone())
}

/// Jira limits writes to one issue. What is about no issue is as good as its endpoint.
fn item(request: &Request) -> Lane {
    let key = request.path.split_once("/issue/").and_then(|(_, rest)| rest.split('/').next());
    key.map_or_else(|| endpoint(request), |key| Lane::Item(key.to_owned()))
}

impl Pace {
    fn new(now: Instant) -> Self {
        Pace { until: now, next: now, rate: None, answered: VecDeque::new(), cut: None, grown: now, quiet: 0, turn: 0 }
    }

    /// Gives out the next place.
    fn place(&mut self, now: Instant) -> Instant {
        let Some(rate) = self.growing(now) else { return self.until };
        let slot = self.next.max(self.until).max(now);
        self.next = slot + Duration::from_secs_f64(1.0 / rate);
        slot
    }

    /// Returns the rate, raised for the time without a refusal.
    fn growing(&mut self, now: Instant) -> Option<f64> {
        let rate = self.rate?;
        let windows = now.saturating_duration_since(self.grown.max(self.until)).as_secs();
        if windows == 0 {
            return Some(rate);
        }
        self.grown = now;
        #[allow(clippy::cast_precision_loss)] // at most ten
        let faster = (1..=windows.min(600)).map(|n| 1.0 + GROWTH * (self.quiet + n).min(EVEN) as f64);
        self.rate = Some(rate * faster.product::<f64>());
        self.quiet += windows;
        self.rate
    }

    fn note(&mut self, now: Instant) {
        self.answered.push_back(now);
        self.forget(now);
    }

    fn forget(&mut self, now: Instant) {
        while self.answered.front().is_some_and(|first| now.saturating_duration_since(*first) > WINDOW) {
            self.answered.pop_front();
        }
    }

    fn refuse(&mut self, left: Instant, now: Instant, wait: Duration) -> bool {
        let longer = now + wait > self.until;
        self.until = self.until.max(now + wait);
        // Whoever left before the cut went at the old rate.
        let news = self.cut.is_none_or(|cut| left >= cut);
        if news {
            self.forget(now);
            #[allow(clippy::cast_precision_loss)] // a window holds some thousands
            let measured = self.answered.len() as f64 / WINDOW.as_secs_f64();
            let slower = self.rate.map_or(measured, |rate| rate.min(measured.max(rate / 2.0)));
            self.rate = Some((slower * KEPT).max(SLOWEST));
            (self.cut, self.grown, self.quiet) = (Some(now), now, 0);
        }
        if longer {
            self.next = self.until;
            self.turn += 1;
        }
        news
    }

    /// Goes by what the server says is left.
    fn heed(&mut self, budget: &Budget, now: Instant) {
        if budget.left == 0 {
            self.until = self.until.max(now + budget.refill);
        }
        // As long as half of it is left there is no hurry to slow down.
        let tight = budget.left * 2 < budget.size;
        if tight && self.rate.is_none_or(|rate| rate > budget.rate) {
            self.rate = Some(budget.rate.max(SLOWEST));
            (self.next, self.grown, self.quiet) = (now.max(self.next), now, 0);
        }
    }
}

/// What the headers of an answer say is left.
#[derive(Debug, PartialEq)]
struct Budget {
    size: u64,
    left: u64,
    /// Requests a second that come back.
    rate: f64,
    /// How long until some are back.
    refill: Duration,
}

impl Budget {
    fn read(answer: &Answer) -> Option<Budget> {
        Budget::of_bucket(answer).or_else(|| Budget::of_interval(answer))
    }

    /// Data Center: a bucket that is filled at a rate.
    #[allow(clippy::cast_precision_loss)] // rates are small numbers
    fn of_bucket(answer: &Answer) -> Option<Budget> {
        let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
        let (size, left) = (number("x-ratelimit-limit")?, number("x-ratelimit-remaining")?);
        let (fill, seconds) = (number("x-ratelimit-fillrate")?, number("x-ratelimit-interval-seconds")?.max(1));
        let refill = Duration::from_secs(seconds);
        Some(Budget { size, left, rate: fill as f64 / seconds as f64, refill })
    }

    /// Trello: so many in an interval, for the token and for the key; the tighter one counts.
    #[allow(clippy::cast_precision_loss)] // rates are small numbers
    fn of_interval(answer: &Answer) -> Option<Budget> {
        let read = |what: &str| {
            let number =
                |name: &str| answer.header(&format!("x-rate-limit-api-{what}-{name}"))?.trim().parse::<u64>().ok();
            let (size, left, interval) = (number("max")?, number("remaining")?, number("interval-ms")?.max(1));
            let refill = Duration::from_millis(interval);
            Some(Budget { size, left, rate: size as f64 / refill.as_secs_f64(), refill })
        };
        ["token", "key"].into_iter().filter_map(read).min_by_key(|budget| budget.left)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Content, Method};
    use super::*;
    use reqwest::header::{HeaderMap, HeaderName};

    fn answer(headers: &[(&'static str, &str)]) -> Answer {
        let headers: HeaderMap =
            headers.iter().map(|(k, v)| (HeaderName::from_static(k), v.parse().unwrap())).collect();
        Answer { status: 429, headers, content: Content::Empty, url: String::new() }
    }

    fn request(path: &str, route: &str) -> Request {
        Request { route: route.to_owned(), ..Request::new(Method::Put, path) }
    }

    #[test]
    fn the_reason_says_what_is_limited() {
        let limiter = Limiter::new(Scope::Credential);
        let asked = request("/rest/api/3/issue/OPS-1", "/rest/api/3/issue/{issueIdOrKey}");
        for (reason, lane) in [
            ("jira-burst-based", endpoint(&asked)),
            ("jira-per-issue-on-write", Lane::Item("OPS-1".to_owned())),
            ("jira-quota-global-based", Lane::Credential),
            ("something-new", Lane::Credential),
        ] {
            assert_eq!(lane_of(limiter.scope(&answer(&[("ratelimit-reason", reason)])), &asked), lane, "{reason}");
        }
        assert_eq!(lane_of(Limiter::new(Scope::Endpoint).scope(&answer(&[])), &asked), endpoint(&asked));
    }

    #[test]
    fn a_refusal_of_one_issue_leaves_the_others_alone() {
        let limiter = Limiter::new(Scope::Credential);
        let (one, two) = (request("/issue/OPS-1", "/issue/{k}"), request("/issue/OPS-2", "/issue/{k}"));
        let now = Instant::now();
        let reason = answer(&[("ratelimit-reason", "jira-per-issue-on-write")]);
        assert!(limiter.note_refusal(&one, &reason, now, Duration::from_secs(30)));
        assert!(limiter.reserve(&one, now).0 >= now + Duration::from_secs(30));
        assert_eq!(limiter.reserve(&two, now).0, now);
    }

    #[test]
    fn a_lane_goes_on_a_little_slower_than_it_went_and_then_grows() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        for n in 0..50 {
            pace.note(start + Duration::from_millis(n * 10));
        }
        let now = start + Duration::from_millis(500);
        assert!(pace.refuse(now, now, Duration::from_secs(1)));
        let rate = pace.rate.unwrap();
        assert!((rate - 47.5).abs() < 0.1, "{rate}");
        // Those that were on their way with it say nothing new.
        assert!(!pace.refuse(start, now, Duration::from_secs(1)));
        assert_eq!(pace.rate, Some(rate));
        let first = pace.place(now);
        assert_eq!(first, now + Duration::from_secs(1));
        let gap = pace.place(now) - first;
        assert!((gap.as_secs_f64() - 1.0 / 47.5).abs() < 0.001, "{gap:?}");
        assert!(pace.growing(first + Duration::from_secs(3)).unwrap() > 50.0);
        // However wrong it was measured, it is right again soon; and a refusal begins anew.
        assert!(pace.growing(first + Duration::from_secs(10)).unwrap() > 70.0);
        assert!(pace.refuse(first + Duration::from_secs(11), first + Duration::from_secs(11), Duration::ZERO));
        assert_eq!(pace.quiet, 0);
    }

    #[test]
    fn a_budget_that_runs_low_sets_the_pace() {
        let data_center = [
            ("x-ratelimit-limit", "70"),
            ("x-ratelimit-remaining", "10"),
            ("x-ratelimit-fillrate", "5"),
            ("x-ratelimit-interval-seconds", "1"),
        ];
        let budget = Budget::read(&answer(&data_center)).unwrap();
        let mut pace = Pace::new(Instant::now());
        pace.heed(&budget, Instant::now());
        assert_eq!(pace.rate, Some(5.0));
        let trello = [
            ("x-rate-limit-api-token-max", "100"),
            ("x-rate-limit-api-token-remaining", "99"),
            ("x-rate-limit-api-token-interval-ms", "10000"),
        ];
        let budget = Budget::read(&answer(&trello)).unwrap();
        let mut pace = Pace::new(Instant::now());
        pace.heed(&budget, Instant::now());
        assert_eq!(pace.rate, None, "there is plenty left");
        assert!(Budget::read(&answer(&[])).is_none());
    }

    #[test]
    fn an_empty_budget_waits_until_some_is_back() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        pace.heed(&Budget { size: 100, left: 0, rate: 10.0, refill: Duration::from_secs(10) }, now);
        assert!(pace.place(now) >= now + Duration::from_secs(10));
    }
}
