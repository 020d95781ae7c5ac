//! The one integration binary.

mod auth;
mod bad_input;
mod common;
mod layers;
mod replay;
mod scripts;
mod testing;
mod wire;
