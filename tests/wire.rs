//! What goes over the wire and what comes back, in good and in bad weather, as the built program shows it.

mod bodies;
mod by_ids;
mod files;
mod limits;
mod options;
mod paging;
mod redirects;
mod requests;
mod retry;
mod tls;

use crate::common::{Run, Tieline, tieline};

/// The credential of these tests: a token, which needs no log-in.
const TOKEN: &str = "tok-1234567890";

/// The path of most requests here. It is no published operation, so nothing but its method tells whether it reads.
const PATH: &str = "/rest/wire/1/thing";

/// Prepares CODE with these flags, against `server`.
fn prepared(server: &str, flags: &[&str], code: &str) -> Tieline {
    let words: Vec<&str> = flags.iter().copied().chain(["-e", code]).collect();
    tieline(&words).env("TIELINE_JIRA_SERVER", server).env("TIELINE_JIRA_TOKEN", TOKEN)
}

/// Runs CODE with these flags, against `server`.
fn run_with(server: &str, flags: &[&str], code: &str) -> Run {
    prepared(server, flags, code).run()
}

/// Runs CODE against `server`.
fn run(server: &str, code: &str) -> Run {
    run_with(server, &[], code)
}
