//! When a request may be sent again, and how long to wait before.
//!
//! A 429 was not carried out, so any request may follow it. A 503 or a broken connection may hide a write that did
//! happen, so only reads are sent again. A log-in is never sent twice: servers lock accounts for that.

use super::{Answer, Request};
use crate::error::{Error, Kind, Result};
use reqwest::header::HeaderMap;
use std::{
    hash::{BuildHasher, RandomState},
    time::{Duration, SystemTime},
};

/// How often a request is sent at most.
const TRIES: u32 = 5;

/// The first wait where the server names none; it doubles each time.
const FIRST: Duration = Duration::from_secs(2);

/// The longest wait that is waited. A longer one is an error that says how long.
pub(super) const LONGEST: Duration = Duration::from_secs(120);

/// Returns how long to wait before `request` is sent again after try number `tries`; nothing if `outcome` stands.
pub(super) fn wait_before_next(request: &Request, outcome: &Result<Answer>, tries: u32) -> Option<Duration> {
    if request.once || tries >= TRIES {
        return None;
    }
    let wait = match outcome {
        Ok(answer) if answer.status == 429 => asked(&answer.headers).unwrap_or_else(|| back_off(tries, 1)),
        Ok(answer) if answer.status == 503 && request.reads => {
            asked(&answer.headers).unwrap_or_else(|| back_off(tries, 1))
        }
        Ok(answer) if request.reads && is_hollow(answer) => back_off(tries, 8),
        // A wrong certificate does not get right by waiting.
        Err(error) if request.reads && error.kind == Kind::Network && !error.message.contains("certificate") => {
            back_off(tries, 8)
        }
        _ => return None,
    };
    (wait <= LONGEST).then_some(wait)
}

/// Says whether this is the empty 200 that a Jira gives when its log-in hiccups (JRA-41559).
fn is_hollow(answer: &Answer) -> bool {
    answer.status == 200
        && matches!(answer.content, super::Content::Empty)
        && answer.header("x-seraph-loginreason").is_some_and(|reason| reason.contains("AUTHENTICATED_FAILED"))
}

/// Doubles with each try; `faster` divides it. Spread by 0.7 to 1.3, so that many clients do not come back together.
fn back_off(tries: u32, faster: u32) -> Duration {
    let random = RandomState::new().hash_one(tries) % 601;
    #[allow(clippy::cast_possible_truncation)] // below 601
    let spread = 700 + random as u32;
    (FIRST / faster) * 2_u32.pow(tries.saturating_sub(1).min(6)) * spread / 1000
}

/// Reads the wait that the server asks for: `Retry-After` in seconds or as a date, else `X-RateLimit-Reset`.
///
/// A `Retry-After` of 0 says nothing: healthy answers carry it, and gateways send it by mistake.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let retry = text("retry-after").and_then(|value| match value.parse::<u64>() {
        Ok(0) => None,
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(httpdate::parse_http_date(value).ok()?),
    });
    retry.or_else(|| until(reset(text("x-ratelimit-reset")?)?))
}

/// Reads the moment of a reset: ISO 8601, with or without seconds, or seconds since 1970.
fn reset(value: &str) -> Option<SystemTime> {
    let since_epoch = |seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds));
    if let Ok(seconds) = value.parse::<u64>() {
        return since_epoch(seconds);
    }
    let whole = value.parse::<jiff::Timestamp>();
    // Jira Cloud leaves the seconds out: 2026-10-20T12:05Z.
    let moment = whole.or_else(|_| format!("{}:00Z", value.trim_end_matches('Z')).parse::<jiff::Timestamp>()).ok()?;
    since_epoch(u64::try_from(moment.as_second()).ok()?)
}

fn until(moment: SystemTime) -> Option<Duration> {
    moment.duration_since(SystemTime::now()).ok().filter(|wait| !wait.is_zero())
}

/// Makes the error for a 429 that is not waited for.
pub(super) fn too_many(service: &str, headers: &HeaderMap) -> Box<Error> {
    let error = Error::remote(Kind::RateLimited, "Too many requests. Response code: 429.").status(429);
    let wait = asked(headers);
    let hint = match wait {
        Some(wait) if wait > LONGEST => format!("{service} asks to wait {} s; try again after that", wait.as_secs()),
        _ => format!("{service} still refuses after {TRIES} tries; try again later, or with fewer --jobs"),
    };
    error.hint(hint)
}

#[cfg(test)]
mod tests {
    use super::super::{Content, Method};
    use super::*;

    #[allow(clippy::unnecessary_wraps)] // it stands for an outcome
    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Result<Answer> {
        let headers =
            headers.iter().map(|(k, v)| (reqwest::header::HeaderName::from_static(k), v.parse().unwrap())).collect();
        Ok(Answer { status, headers, content: Content::Empty, url: String::new() })
    }

    fn wait(method: Method, outcome: &Result<Answer>) -> Option<u64> {
        wait_before_next(&Request::new(method, "/x"), outcome, 1).map(|d| d.as_secs())
    }

    #[test]
    fn a_429_is_sent_again_whatever_the_method() {
        for method in [Method::Get, Method::Post, Method::Delete] {
            assert_eq!(wait(method, &answer(429, &[("retry-after", "7")])), Some(7));
        }
        assert!(wait(Method::Post, &answer(429, &[("retry-after", "0")])).is_some());
    }

    #[test]
    fn after_a_503_or_a_broken_connection_only_reads_are() {
        let broken = Err(Error::new(Kind::Network, "broken"));
        assert!(wait(Method::Get, &answer(503, &[])).is_some());
        assert!(wait(Method::Get, &broken).is_some());
        assert_eq!(wait(Method::Post, &answer(503, &[])), None);
        assert_eq!(wait(Method::Put, &broken), None);
    }

    #[test]
    fn other_refusals_stand() {
        for status in [200, 400, 401, 403, 404, 409, 500, 502] {
            assert_eq!(wait(Method::Get, &answer(status, &[])), None, "{status}");
        }
    }

    #[test]
    fn a_login_is_never_sent_again() {
        let mut request = Request::new(Method::Post, "/login");
        request.once = true;
        assert_eq!(wait_before_next(&request, &answer(429, &[("retry-after", "1")]), 1), None);
    }

    #[test]
    fn a_long_wait_is_not_waited() {
        assert_eq!(wait(Method::Get, &answer(429, &[("retry-after", "3600")])), None);
        let Ok(refused) = answer(429, &[("retry-after", "3600")]) else { unreachable!() };
        assert!(too_many("jira", &refused.headers).hint.unwrap().contains("3600 s"));
    }

    #[test]
    fn dates_and_resets_are_understood() {
        let soon = SystemTime::now() + Duration::from_secs(50);
        let date = httpdate::fmt_http_date(soon);
        assert!((45..=50).contains(&wait(Method::Get, &answer(429, &[("retry-after", &date)])).unwrap()));
        let iso = (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(50)).to_string();
        assert!((45..=50).contains(&wait(Method::Get, &answer(429, &[("x-ratelimit-reset", &iso)])).unwrap()));
        assert!(reset("2026-10-20T12:05Z").is_some());
        assert!(reset("1790000000").is_some());
        assert!(reset("soon").is_none());
    }
}
