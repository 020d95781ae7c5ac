//! The one integration binary.
#![allow(clippy::unwrap_used)] // what is not there fails the test

mod auth;
mod bad_input;
mod common;
mod engine;
mod goldens;
mod layers;
mod leaks;
mod replay;
mod richtext;
mod scripts;
mod wire;
