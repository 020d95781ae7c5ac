//! Runs every `fn test_…` of the named files, each in an engine of its own.

use super::{Setup, world};
use crate::{
    context::Context,
    error::{Error, Kind, Result},
    http::Interrupt,
    report::Report,
    script::{Arguments, Failure, Fakes, Host},
};
use std::{
    path::{Path, PathBuf},
    rc::Rc,
};

/// The exit code when a test failed.
const FAILED: u8 = 1;

/// Where tests are looked for when nothing is named.
const FOLDER: &str = "tests";

/// Runs the tests of `paths`, files or folders.
pub(super) fn run(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, paths: &[PathBuf]) -> Result<u8> {
    let default = [PathBuf::from(FOLDER)];
    let paths = if paths.is_empty() { &default[..] } else { paths };
    let mut run = Run { context, setup, interrupt, passed: 0, failed: 0 };
    // A folder may hold other scripts too; a file that is named is meant.
    for file in files(paths)?.into_iter().filter(|file| paths.contains(file) || declares_tests(file)) {
        if run.file(&file)? == Going::Stopped {
            return Ok(Kind::Cancelled.exit_code());
        }
    }
    run.end(paths)
}

/// Whether to go on.
#[derive(PartialEq, Eq)]
enum Going {
    On,
    Stopped,
}

/// One run of several files.
struct Run<'a> {
    context: &'a Rc<Context>,
    setup: &'a Setup,
    interrupt: &'a Interrupt,
    passed: usize,
    failed: usize,
}

impl Run<'_> {
    fn file(&mut self, path: &Path) -> Result<Going> {
        let mut host = self.host(path)?;
        let tests = match host.tests(path) {
            Ok(tests) => tests,
            Err(failure) => return Ok(self.tell(&path.display().to_string(), &host, Err(failure))),
        };
        for name in tests {
            // Nothing that one test leaves behind may help or hurt another.
            let mut host = self.host(path)?;
            let done = host.run_test(path, &name);
            if self.tell(&format!("{}: {name}", path.display()), &host, done) == Going::Stopped {
                return Ok(Going::Stopped);
            }
        }
        Ok(Going::On)
    }

    fn host(&self, path: &Path) -> Result<Host> {
        let arguments = Arguments::new(&path.to_string_lossy(), Vec::new());
        let mut world = world(self.context, self.setup, self.interrupt, arguments)?;
        world.fakes = Some(Fakes::default());
        Ok(Host::new(Rc::new(world)))
    }

    /// Prints how a test ended.
    fn tell(&mut self, name: &str, host: &Host, done: std::result::Result<(), Failure>) -> Going {
        let Err(failure) = done else {
            self.passed += 1;
            self.context.print(&format!("ok      {name}"));
            return Going::On;
        };
        self.failed += 1;
        self.context.print(&format!("FAILED  {name}\n{}", indented(&self.render(&failure.report, host))));
        if failure.exit == Kind::Cancelled.exit_code() { Going::Stopped } else { Going::On }
    }

    fn render(&self, report: &Report, host: &Host) -> String {
        report.render(|source| host.text_of(source), self.context.color && self.context.output_is_terminal)
    }

    fn end(&self, paths: &[PathBuf]) -> Result<u8> {
        if self.passed + self.failed == 0 {
            let places: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            return Err(Error::client(format_args!("there are no tests in {}", places.join(", ")))
                .hint("a test is a function without parameters, `fn test_…() { … }`, in a .rhai file"));
        }
        self.context.print(&format!("{} passed, {} failed", self.passed, self.failed));
        Ok(if self.failed == 0 { 0 } else { FAILED })
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// Says whether a file declares tests, as far as can be said of one that does not compile.
fn declares_tests(file: &Path) -> bool {
    // One that cannot be read fails when it is.
    std::fs::read_to_string(file).map_or(true, |text| text.contains("fn test_"))
}

/// Returns the named files, and the .rhai files of the named folders and those in them, in order.
pub(super) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(scripts_in(path)?);
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(Error::client(format_args!("there is no file or folder {}", path.display())));
        }
    }
    Ok(files)
}

fn scripts_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let wrong = |e: std::io::Error| Error::client(format_args!("cannot read {}: {e}", folder.display()));
    let mut entries = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<Vec<_>>>())
        .map_err(wrong)?;
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(scripts_in(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rhai") {
            files.push(path);
        }
    }
    Ok(files)
}
