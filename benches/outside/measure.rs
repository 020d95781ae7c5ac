//! One run of a program: how long it took, how much of the processor and of the memory.

use nix::sys::resource::{UsageWho, getrusage};
use std::{
    process::{Command, ExitCode, Stdio},
    time::{Duration, Instant},
};

/// What one run cost.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// From start to end.
    pub(crate) wall: Duration,
    /// On all processors together, in the system too.
    pub(crate) cpu: Duration,
    /// The most memory that it held.
    pub(crate) megabytes: f64,
}

impl Run {
    /// Runs `words` under a watcher of its own, so that the numbers are of this one child.
    pub(crate) fn of(words: &[String], environment: &[(&str, String)]) -> Run {
        let this = std::env::current_exe().expect("a running program has a file");
        let out = Command::new(this)
            .arg("--watch")
            .args(words)
            .env_clear()
            .env("HOME", "/nonexistent")
            .envs(environment.iter().map(|(name, value)| (*name, value)))
            .output()
            .expect("the watcher starts");
        assert!(out.status.success(), "{words:?} failed: {}", String::from_utf8_lossy(&out.stderr));
        let text = String::from_utf8_lossy(&out.stdout);
        let numbers: Vec<f64> = text.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        let [wall, cpu, megabytes] = numbers[..] else { panic!("the watcher said {text:?}") };
        Run { wall: Duration::from_secs_f64(wall), cpu: Duration::from_secs_f64(cpu), megabytes }
    }
}

/// Runs a program and prints what it cost: seconds, processor seconds, megabytes. Hands its failure on.
pub(crate) fn watch(words: &[String]) -> ExitCode {
    let start = Instant::now();
    let done = Command::new(&words[0]).args(&words[1..]).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let wall = start.elapsed().as_secs_f64();
    if !done.is_ok_and(|status| status.success()) {
        return ExitCode::FAILURE;
    }
    let used = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the system counts children");
    let cpu = [used.user_time(), used.system_time()].map(|t| t.tv_sec() as f64 + t.tv_usec() as f64 / 1e6);
    println!("{wall} {} {}", cpu.iter().sum::<f64>(), used.max_rss() as f64 / 1024.0);
    ExitCode::SUCCESS
}

/// Returns the run in the middle.
pub(crate) fn median(mut runs: Vec<Run>) -> Run {
    runs.sort_by_key(|run| run.wall);
    runs[runs.len() / 2].clone()
}
