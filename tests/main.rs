//! The one integration binary.

mod auth;
mod bad_input;
mod common;
mod engine;
mod goldens;
mod layers;
mod leaks;
mod replay;
mod scripts;
mod wire;
