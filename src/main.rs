//! The `tieline` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(tieline::cli::run(std::env::args_os().collect()))
}
