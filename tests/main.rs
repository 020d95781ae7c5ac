//! The one integration binary.

mod auth;
mod bad_input;
mod common;
mod keyring;
mod layers;
mod replay;
mod scripts;
mod sessions;
mod wire;
