//! How much Slack takes: of a method in a minute, of a channel in a second.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Returns how often a method may be called in a minute: lists less often than the rest.
fn tier(method: &str) -> usize {
    let lists = method.rsplit('.').next() == Some("list");
    if lists || method == "search.messages" { 20 } else { 50 }
}

/// What was called when.
#[derive(Default)]
pub(crate) struct Limiter {
    calls: HashMap<&'static str, VecDeque<Instant>>,
    /// When each channel was last written to.
    posts: HashMap<String, Instant>,
}

impl Limiter {
    /// Notes a call, or says how long it has to wait.
    pub(crate) fn wait(&mut self, method: &'static str, channel: &str) -> Option<Duration> {
        if method == "chat.postMessage" { self.wait_for_channel(channel) } else { self.wait_for_method(method) }
    }

    fn wait_for_channel(&mut self, channel: &str) -> Option<Duration> {
        let now = Instant::now();
        let early = self.posts.get(channel).map(|last| now.duration_since(*last)).filter(|past| *past < SECOND);
        if early.is_none() {
            self.posts.insert(channel.to_owned(), now);
        }
        early.map(|past| SECOND.saturating_sub(past))
    }

    fn wait_for_method(&mut self, method: &'static str) -> Option<Duration> {
        let now = Instant::now();
        let calls = self.calls.entry(method).or_default();
        while calls.front().is_some_and(|first| now.duration_since(*first) > MINUTE) {
            calls.pop_front();
        }
        if calls.len() >= tier(method) {
            return calls.front().map(|first| MINUTE.saturating_sub(now.duration_since(*first)));
        }
        calls.push_back(now);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_asked_for_twenty_times_a_minute() {
        let mut limiter = Limiter::default();
        assert!((0..20).all(|_| limiter.wait("users.list", "").is_none()));
        assert!(limiter.wait("users.list", "").is_some_and(|wait| wait > Duration::from_secs(50)));
        assert!(limiter.wait("users.info", "").is_none(), "another method");
    }
}
