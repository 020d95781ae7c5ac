//! The authentication contract, statement by statement: bytes on the wire and words on the screen.

mod bamboo;
mod beyond;
mod bitbucket;
mod confluence;
mod jira;
mod others;
mod upm;

use crate::common::{Run, Tieline, project, tieline};
use base64::{Engine as _, engine::general_purpose::STANDARD};

/// The sentence of every refused credential (E1).
const E1: &str = "Remote error: User is not authorized to perform the request. Response code: 401.";

/// The refusal of what no token can do (E2).
const E2: &str = "Client error: Action or capability not available when using token authentication. Use user and password parameters instead.";

/// How many statements the contract has.
const STATEMENTS: usize = 69;

/// Runs CODE with the server and these parameters of `service`, each handed over by the environment.
fn run(service: &str, server: &str, credentials: &[(&str, &str)], code: &str) -> Run {
    prepared(service, server, credentials, code).run()
}

fn prepared(service: &str, server: &str, credentials: &[(&str, &str)], code: &str) -> Tieline {
    let name = |parameter: &str| format!("TIELINE_{}_{parameter}", service.to_uppercase());
    let run = tieline(&["-e", code]).env(&name("SERVER"), server);
    credentials.iter().fold(run, |run, (parameter, value)| run.env(&name(&parameter.to_uppercase()), value))
}

fn basic(user: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{secret}")))
}

#[test]
fn every_statement_has_a_test() {
    let mut names = String::new();
    for entry in std::fs::read_dir(project("tests/auth")).expect("the folder of these tests") {
        let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a source");
        let tests = text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next());
        names.extend(tests.flat_map(|name| [name.to_owned(), "_".to_owned()]));
    }
    let missing: Vec<String> =
        (1..=STATEMENTS).map(|n| format!("s{n:02}")).filter(|s| !names.split('_').any(|word| word == s)).collect();
    assert!(missing.is_empty(), "no test of {missing:?}");
}
