//! The scripting host: the only user of Rhai.
//!
//! Text comes in from a file, a line or a prompt ([`Host`]); connections and helpers are natives; the verbs of the
//! services are Rhai, in `stdlib/`.

mod arguments;
mod bulk;
mod calling;
mod calls;
mod captured;
mod check;
mod companion;
mod connection;
mod cookbook;
mod docs;
mod elsewhere;
mod exact;
mod fake;
mod given;
mod hints;
mod host;
mod library;
mod modules;
mod native;
mod natives;
mod object;
mod operations;
mod params;
mod part;
mod present;
mod progress;
mod prompt;
mod reference;
mod request;
mod scheduler;
mod session;
mod sources;
mod storage;
mod stream;
mod testing;
mod throw;
mod trace;
mod value;
mod verbs;
mod world;

pub use arguments::{Arguments, Word, is_credential};
pub use check::{Finding, Severity};
pub use cookbook::{Recipe, recipe_named, recipes};
pub use docs::{Function, Topic, functions, topics};
pub use fake::Fakes;
pub use host::{Ending, Host};
pub use present::{Output, present_rows};
pub use prompt::{Look, Step, Variable, View};
pub use reference::{Chapter, Reference, Route, Verbs, verbs};
pub use rhai::Dynamic;
pub use scheduler::on_stack;
pub use sources::{Fetch, store};
pub use trace::Failure;
pub use world::{Practice, World, service_of};
