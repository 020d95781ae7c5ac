//! What the tests share: the built program in an environment of its own, practice servers, servers of one closure.

pub(crate) mod practice;
pub(crate) mod server;
pub(crate) mod slow;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// How long one run of the program may take in a test.
const LIMIT: Duration = Duration::from_secs(180);

/// Secrets that tests hand out. No output of any run may hold one.
pub(crate) const SECRETS: &[&str] =
    &["mira-password", "ATATT-sandbox-mira", "pat-sandbox-mira", "hunter2-secret", "tok-1234567890"];

/// The program with its arguments, in an empty environment and a home of its own.
#[must_use]
pub(crate) struct Tieline {
    command: Command,
    input: Option<String>,
    home: tempfile::TempDir,
    may_show: bool,
}

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Prepares a run with `words` as its arguments.
pub(crate) fn tieline<S: AsRef<std::ffi::OsStr>>(words: &[S]) -> Tieline {
    let home = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
    command.args(words).env_clear().env("HOME", home.path()).env("TZ", "UTC").current_dir(home.path());
    Tieline { command, input: None, home, may_show: false }
}

impl Tieline {
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Gives the run something to read.
    pub(crate) fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// Writes a file into the run's folder.
    pub(crate) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.home.path().join(name), text).expect("the file is written");
        self
    }

    /// Writes a file into a folder of the run's folder.
    pub(crate) fn folder_file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        self.file(name, text)
    }

    /// Lets this run print a secret, where that is its purpose.
    pub(crate) fn may_show_secrets(mut self) -> Self {
        self.may_show = true;
        self
    }

    /// Returns the run's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.home.path().to_owned()
    }

    /// Starts the run and returns at once: for tests that end it from outside.
    pub(crate) fn start(mut self) -> Started {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
        Started { child: self.command.spawn().expect("the program starts"), _home: self.home }
    }

    /// Runs to the end. Fails if that takes too long, or if a known secret is in the output.
    pub(crate) fn run(self) -> Run {
        self.keep().0
    }

    /// Like [`Tieline::run`], and keeps the run's folder as long as the second value lives.
    pub(crate) fn keep(mut self) -> (Run, tempfile::TempDir) {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = self.command.spawn().expect("the program starts");
        if let Some(text) = self.input.take() {
            use std::io::Write;
            // The program may end without reading.
            let _ = child.stdin.take().expect("an input").write_all(text.as_bytes());
        }
        let run = Run::of(&wait(child));
        if !self.may_show {
            for secret in SECRETS {
                assert!(!run.out.contains(secret) && !run.err.contains(secret), "a secret leaked: {run:#?}");
            }
        }
        (run, self.home)
    }
}

/// A run that goes on beside its test.
pub(crate) struct Started {
    child: Child,
    _home: tempfile::TempDir,
}

impl Started {
    /// Returns the number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, such as `-INT`.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Says whether the run has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the child is ours").is_some()
    }

    /// Waits for the end. The code of a run that was killed is -1.
    pub(crate) fn end(self) -> Run {
        Run::of(&wait(self.child))
    }
}

/// Waits for a child, and ends it if it takes too long. Its output is read meanwhile.
pub(crate) fn wait(child: Child) -> Output {
    let id = child.id();
    let start = Instant::now();
    let reader = std::thread::spawn(move || child.wait_with_output());
    while !reader.is_finished() {
        if start.elapsed() > LIMIT {
            let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
            panic!("the program did not end within {LIMIT:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    reader.join().expect("the reader").expect("the program's output")
}

impl Run {
    fn of(output: &Output) -> Self {
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails unless the run ended well.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Fails unless the run ended with `code`.
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Fails unless standard error holds `text`.
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "expected {text:?} in {self:#?}");
        self
    }

    /// Fails unless standard output is `text` and a line end.
    pub(crate) fn prints(self, text: &str) -> Self {
        assert_eq!(self.out.trim_end(), text, "{self:#?}");
        self
    }
}

/// Returns a path in the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
