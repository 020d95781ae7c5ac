//! The outside world, read once: environment, streams, terminal, directories. Nothing else looks at the process.

mod bars;
mod keys;

pub use bars::{Bars, Spinner};

use crate::{
    error::{Error, Result},
    http::{Interrupt, interrupted},
    secret::{Secret, redact},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    ffi::OsString,
    io::{BufRead, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How often a program that has the terminal is asked whether it has ended.
const GLANCE: Duration = Duration::from_millis(10);

/// What the program knows of the process it runs in, and its only way to speak.
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own
pub struct Context {
    environment: HashMap<OsString, OsString>,
    /// Whether standard input comes from a person.
    pub interactive: bool,
    /// Whether standard output goes to a person.
    pub output_is_terminal: bool,
    /// Whether standard error goes to a person: only then are there progress bars.
    pub errors_are_terminal: bool,
    /// Whether to leave out everything that is not asked for (`-q`).
    pub quiet: bool,
    /// Whether to colour what goes to a terminal.
    pub color: bool,
    /// Progress bars and the spinner.
    pub bars: Bars,
    /// Raised by Ctrl-C.
    pub interrupt: Interrupt,
    out: RefCell<Box<dyn Write + Send>>,
    /// Whether nobody reads standard output any more.
    deaf: Cell<bool>,
    /// Whether output was lost, as on a full disk.
    lost: Cell<bool>,
}

impl Context {
    /// Reads the process. The one place that does.
    #[must_use]
    pub fn from_process() -> Self {
        let environment: HashMap<_, _> = std::env::vars_os().collect();
        let color = !environment.contains_key(&OsString::from("NO_COLOR"));
        Context {
            environment,
            interactive: std::io::stdin().is_terminal(),
            output_is_terminal: std::io::stdout().is_terminal(),
            errors_are_terminal: std::io::stderr().is_terminal(),
            quiet: false,
            color,
            bars: Bars::new(std::io::stderr().is_terminal()),
            interrupt: Interrupt::default(),
            out: RefCell::new(Box::new(std::io::BufWriter::new(std::io::stdout()))),
            deaf: Cell::new(false),
            lost: Cell::new(false),
        }
    }

    /// Returns an environment variable; nothing if it is unset or not UTF-8.
    #[must_use]
    pub fn env(&self, name: &str) -> Option<String> {
        self.environment.get(&OsString::from(name))?.to_str().map(str::to_owned)
    }

    /// Writes one line of results to standard output, without secrets.
    ///
    /// After a reader that went away (`| head`) nothing is written any more; see [`Context::is_deaf`].
    pub fn print(&self, text: &str) {
        if self.is_deaf() {
            return;
        }
        let text = redact(text);
        let mut out = self.out.borrow_mut();
        let done = self.bars.aside(|| {
            writeln!(out, "{text}").and_then(|()| if self.output_is_terminal { out.flush() } else { Ok(()) })
        });
        drop(out);
        self.judge(done);
    }

    /// A reader that has gone is none of our business; anything else is told once.
    fn judge(&self, written: std::io::Result<()>) {
        let Err(error) = written else { return };
        if error.kind() != std::io::ErrorKind::BrokenPipe && !self.lost.replace(true) {
            let _ = writeln!(std::io::stderr(), "error: Client error: cannot write to standard output: {error}");
        }
        self.deaf.set(true);
    }

    /// Says whether output was lost, and not because nobody wanted it.
    pub fn has_lost_output(&self) -> bool {
        self.lost.get()
    }

    /// Says whether the reader of standard output has gone. A script then ends quietly, as other filters do.
    pub fn is_deaf(&self) -> bool {
        self.deaf.get()
    }

    /// Writes a secret to standard output, because that is what was asked for: the one place that shows one.
    pub fn print_secret(&self, secret: &Secret) -> Result<()> {
        let mut out = self.out.borrow_mut();
        let done = writeln!(out, "{}", secret.reveal()).and_then(|()| out.flush());
        done.map_err(|e| Error::client(format_args!("cannot write to standard output: {e}")))
    }

    /// Sends on what is still buffered. Call it before anything else speaks and at the end.
    pub fn flush(&self) {
        let done = self.out.borrow_mut().flush();
        self.judge(done);
    }

    /// Writes one line for the person running this to standard error, without secrets.
    pub fn say(&self, text: &str) {
        self.flush();
        self.bars.aside(|| {
            let _ = writeln!(std::io::stderr(), "{}", redact(text));
        });
    }

    /// Returns a voice of its own for what speaks from another thread: one line at a time, without secrets.
    pub fn voice(&self) -> std::sync::Arc<dyn Fn(&str) + Send + Sync> {
        let bars = self.bars.clone();
        std::sync::Arc::new(move |text| {
            bars.aside(|| {
                let _ = writeln!(std::io::stderr(), "{}", redact(text));
            });
        })
    }

    /// Like [`Context::say`], for what `-q` leaves out.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    /// Returns the width of the terminal that standard output goes to, in columns; nothing if it goes elsewhere.
    pub fn width(&self) -> Option<u16> {
        self.output_is_terminal.then(|| console::Term::stdout().size().1)
    }

    /// Returns the height of the terminal that standard output goes to, in lines; nothing if it goes elsewhere.
    pub fn height(&self) -> Option<u16> {
        self.output_is_terminal.then(|| console::Term::stdout().size().0)
    }

    /// Turns a spinner, from half a second on and only where somebody watches, until it is dropped.
    pub fn busy(&self) -> Option<Spinner> {
        (self.errors_are_terminal && !self.quiet).then(|| self.bars.spin())
    }

    /// Asks a question on the terminal and returns the answer without its line end.
    pub fn ask(&self, question: &str) -> Result<String> {
        self.bars.away(|| self.answer(question))
    }

    fn answer(&self, question: &str) -> Result<String> {
        self.prompt(question)?;
        self.await_line()?;
        let mut line = String::new();
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(n) if n > 0 => Ok(line.trim_end_matches(['\r', '\n']).to_owned()),
            _ => Err(Error::client(format_args!("nobody answered \"{}\": standard input has ended", question.trim()))),
        }
    }

    /// Asks for a secret; a terminal does not show what is typed.
    pub fn ask_secret(&self, question: &str) -> Result<Secret> {
        if !self.interactive {
            return self.ask(question).map(Secret::new);
        }
        let typed = self.bars.away(|| {
            self.prompt(question)?;
            let _unseen = keys::Unseen::begin();
            self.await_line()?;
            Ok::<_, Box<Error>>(rpassword::read_password())
        })?;
        typed.map(Secret::new).map_err(|e| Error::client(format_args!("cannot read the answer: {e}")))
    }

    /// Waits until a person has typed a line, or Ctrl-C.
    fn await_line(&self) -> Result<()> {
        if !self.interactive || keys::line_is_there(|| self.interrupt.is_raised()) {
            return Ok(());
        }
        // What is said next does not belong behind the question.
        let _ = writeln!(std::io::stderr());
        Err(interrupted())
    }

    fn prompt(&self, question: &str) -> Result<()> {
        self.flush();
        let mut err = std::io::stderr();
        let shown = write!(err, "{}", redact(question)).and_then(|()| err.flush());
        shown.map_err(|e| Error::client(format_args!("cannot ask: {e}")))
    }

    /// Reads all of standard input.
    pub fn read_input(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|e| Error::client(format_args!("cannot read standard input: {e}")))
    }

    /// Runs a command of the user's by the shell and returns what it prints; its complaints go to standard error.
    pub fn command(&self, command: &str) -> std::result::Result<String, String> {
        let mut process = shell(command);
        let output = process
            .stdin(Stdio::inherit())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|e| format!("cannot run it: {e}"))?;
        if !output.status.success() {
            return Err(format!("it failed ({})", output.status));
        }
        String::from_utf8(output.stdout).map_err(|_| "it printed something that is not UTF-8".to_owned())
    }

    /// Lets the shell run `command` on the terminal, with `text`, without secrets, as its input. Calls `meanwhile` now
    /// and then until it ends. Says whether the command was there.
    pub fn feed(&self, command: &str, text: &str, meanwhile: &dyn Fn()) -> bool {
        self.flush();
        let Ok(mut child) = shell(command).stdin(Stdio::piped()).spawn() else { return false };
        let (input, text) = (child.stdin.take(), redact(text).into_owned());
        let feeder = std::thread::spawn(move || {
            // Whoever stops reading has seen enough.
            input.map(|mut input| input.write_all(text.as_bytes()))
        });
        let code = ended(&mut child, meanwhile).and_then(|status| status.code());
        drop(feeder.join());
        // What shells answer for a command that they do not find.
        !matches!(code, None | Some(126 | 127 | 9009))
    }

    /// Lets the user change `file` by `editor`, a command. Calls `meanwhile` now and then until it ends.
    pub fn edit(&self, editor: &str, file: &Path, meanwhile: &dyn Fn()) -> Result<()> {
        self.flush();
        let mut words = editor.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or("vi"));
        let child = command.args(words).arg(file).spawn();
        let mut child = child.map_err(|e| Error::client(format_args!("cannot run the editor `{editor}`: {e}")))?;
        match ended(&mut child, meanwhile) {
            Some(status) if status.success() => Ok(()),
            _ => Err(Error::client(format_args!("the editor `{editor}` failed; nothing was run"))),
        }
    }

    /// Returns the directory for what outlives a run but is no configuration, such as the history.
    #[must_use]
    pub fn state_dir(&self) -> Option<PathBuf> {
        self.directory("XDG_STATE_HOME", ".local/state")
    }

    /// Returns the directory for what the user decided, such as saved sessions.
    #[must_use]
    pub fn config_dir(&self) -> Option<PathBuf> {
        self.directory("XDG_CONFIG_HOME", ".config")
    }

    fn directory(&self, variable: &str, under_home: &str) -> Option<PathBuf> {
        let home = || self.env("HOME").or_else(|| self.env("USERPROFILE")).map(PathBuf::from);
        let base = self.env(variable).map(PathBuf::from).filter(|dir| dir.is_absolute());
        base.or_else(|| home().map(|home| home.join(under_home))).map(|dir| dir.join("tieline"))
    }
}

/// Lets the user's shell read `command`.
fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut process = Command::new(shell);
    process.args([flag, command]);
    process
}

/// Waits for a program that has the terminal.
fn ended(child: &mut Child, meanwhile: &dyn Fn()) -> Option<std::process::ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(GLANCE),
            done => return done.ok().flatten(),
        }
        meanwhile();
    }
}
