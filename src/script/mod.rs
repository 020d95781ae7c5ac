//! The scripting host: the only user of Rhai.
//!
//! Text comes in from a file, a line or a prompt ([`Host`]); connections and helpers are natives; the verbs of the
//! services are Rhai, in `stdlib/`.

mod arguments;
mod connection;
mod docs;
mod exact;
mod hints;
mod host;
mod library;
mod native;
mod natives;
mod object;
mod operations;
mod params;
mod part;
mod present;
mod progress;
mod request;
mod sources;
mod stream;
mod throw;
mod trace;
mod value;
mod verbs;
mod world;

pub use arguments::Arguments;
pub use docs::{Function, functions};
pub use host::{Ending, Host, STACK};
pub use present::{Output, present_rows};
pub use rhai::Dynamic;
pub use sources::{Fetch, store};
pub use trace::Failure;
pub use world::{Practice, World, service_of};
