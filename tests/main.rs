//! The one integration binary.
#![allow(clippy::unwrap_used)] // what is not there fails the test

mod acli;
mod auth;
mod bad_input;
mod bulk;
mod check;
mod common;
mod completion;
mod contract;
mod described;
mod docs;
mod engine;
mod goldens;
mod keyring;
mod layers;
mod leaks;
mod library;
mod new;
mod parallel;
mod readme;
#[cfg(unix)]
mod repl;
mod replay;
mod richtext;
mod rows;
mod scripts;
mod self_check;
mod sessions;
mod sites;
mod testing;
mod wire;
