//! The one integration binary.

mod auth;
mod bad_input;
mod common;
mod layers;
mod replay;
mod richtext;
mod scripts;
mod wire;
