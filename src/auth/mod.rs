//! Who we are at a service: which way to sign in follows from what is given, and how that way goes.
//!
//! # Which value counts
//!
//! For each parameter the first source that has it: the map of the connection, the script's parameters
//! (`--jira-token`, then `--token`), the environment (`TIELINE_JIRA_TOKEN`, and with `_FILE` and `_COMMAND` behind it),
//! the saved session ([`store`]): the one that is named, or the service's default if something is still missing.
//!
//! # Which way is taken
//!
//! The first of the flavour's ways ([`crate::services`]) whose parameters are all given. So a token beats a password;
//! the password is then kept for what no token can do: pages and secure administration.

mod account;
mod advice;
mod draft;
mod grant;
mod handle;
mod keep;
mod login;
mod place;
mod session;
mod settings;
mod standing;
pub mod store;
mod values;

pub use account::Account;
pub use draft::{Draft, Given, Lookup, Saved};
pub use handle::Handle;
pub use keep::{Wish, abandon, keep, keep_unasked, name_of};
pub use settings::{Settings, dashed, own_flag, variable};
pub use values::{Value, seconds_of};
