//! How fast the program is, as whole processes beside a bare one: `cargo bench --bench outside`.
//!
//! Every job is done by three rounds or more of each side, in turn, against the same server of ours; what counts is the
//! ratio of the medians, because times drift on a shared machine. The bare side (`minimal.rs`) is reqwest and
//! `serde_json::Value` and nothing else, eight requests in flight.
//!
//! `cargo bench --bench outside -- comments` measures the jobs whose names have that word; `--rounds N` sets how often.
// It prints a report, and all its numbers are small.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

mod jobs;
mod measure;
mod minimal;
mod stub;

use measure::{Run, watch};
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.first().map(String::as_str) {
        Some("--minimal") => minimal::run(&words[1..]),
        Some("--rhai") => minimal::script(&words[1]),
        Some("--watch") => return watch(&words[1..]),
        _ => report(&words),
    }
    ExitCode::SUCCESS
}

/// Measures what `words` ask for and prints a line for each job.
fn report(words: &[String]) {
    let rounds = words.iter().position(|word| word == "--rounds").and_then(|at| words.get(at + 1)?.parse().ok());
    let wanted = words.first().filter(|word| !word.starts_with("--"));
    let stub = stub::start();
    println!(
        "{:44} {:>10} {:>10} {:>7} {:>9} {:>9} {:>8}",
        "job", "minimal", "tieline", "ratio", "cpu", "memory", "requests"
    );
    for job in jobs::all(&stub).iter().filter(|job| wanted.is_none_or(|word| job.name.contains(word.as_str()))) {
        let (mut bare, mut ours, mut requests) = (Vec::new(), Vec::new(), 0);
        for _ in 0..rounds.unwrap_or(job.rounds) {
            bare.push(Run::of(&job.minimal, &[]));
            stub.reset();
            ours.push(Run::of(&job.tieline, &job.environment));
            requests = stub.requests();
        }
        print_row(job.name, &measure::median(bare), &measure::median(ours), requests);
    }
    if wanted.is_none_or(|word| jobs::LIMITED.contains(word.as_str())) {
        limited(&stub);
    }
}

/// Measures how near a run comes to the rate that a server allows.
fn limited(stub: &stub::Stub) {
    let (command, environment) = jobs::limited(stub);
    stub.reset();
    let run = Run::of(&command, &environment);
    let ideal = jobs::LIMITED_REQUESTS as f64 / stub::ALLOWED;
    let refused = stub.refused() as f64 * 100.0 / stub.requests() as f64;
    let ratio = run.wall.as_secs_f64() / ideal;
    println!(
        "{:44} ideal {ideal:.0} s, ours {:.1} s: {ratio:.2}x; {refused:.1} % refused",
        jobs::LIMITED,
        run.wall.as_secs_f64()
    );
}

fn print_row(name: &str, bare: &Run, ours: &Run, requests: usize) {
    let ratio = ours.wall.as_secs_f64() / bare.wall.as_secs_f64();
    let cpu = ours.cpu.as_secs_f64() / bare.cpu.as_secs_f64().max(1e-6);
    let milliseconds = |run: &Run| format!("{:.1} ms", run.wall.as_secs_f64() * 1000.0);
    println!(
        "{name:44} {:>10} {:>10} {ratio:>6.2}x {cpu:>8.2}x {:>6.1} MB {requests:>8}",
        milliseconds(bare),
        milliseconds(ours),
        ours.megabytes
    );
}
