//! Tests over all conversions.

mod adf;
mod corpus;
mod edits;
mod mrkdwn;
mod rounds;
mod soup;
mod storage;
mod wiki;

/// Asserts a conversion's value and what it lost.
fn expect<T: PartialEq + std::fmt::Debug>(got: super::Converted<T>, value: T, lost: &[&str]) {
    assert_eq!(got.value, value);
    assert_eq!(got.lost, lost);
}
