//! The one integration binary.

mod auth;
mod bad_input;
mod common;
mod docs;
mod layers;
mod library;
mod replay;
mod scripts;
mod testing;
mod wire;
