//! The one integration binary.
#![allow(clippy::unwrap_used)] // what is not there fails the test

mod auth;
mod bad_input;
mod common;
mod docs;
mod engine;
mod goldens;
mod layers;
mod layers;
mod leaks;
mod library;
mod replay;
mod richtext;
mod scripts;
mod testing;
mod wire;
