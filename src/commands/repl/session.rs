//! What a session does with an entry: runs it, or obeys a command.

use super::{
    commands, help,
    history::{make_private_folder, private},
    input,
    save::{self, Line},
    secrets, show,
};
use crate::{
    commands::{fail, find, new::write_new, pager, show as show_report},
    context::Context,
    error::{Error, Kind, Result},
    http::Interrupt,
    script::{Dynamic, Ending, Failure, Host, View},
};
use std::{
    cell::RefCell,
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    rc::Rc,
    time::Instant,
};

/// The entries so far, and the engine that runs them.
pub(super) struct Session {
    host: Rc<RefCell<Host>>,
    context: Rc<Context>,
    interrupt: Interrupt,
    lines: Vec<Line>,
}

/// How an entry ended that did not fail.
enum Done {
    Value(Dynamic, View),
    Exit(u8),
}

impl Session {
    /// Starts a session.
    pub fn new(host: Rc<RefCell<Host>>, context: Rc<Context>, interrupt: Interrupt) -> Self {
        Session { host, context, interrupt, lines: Vec::new() }
    }

    /// Says whether a further line belongs to `text`.
    pub fn goes_on(&self, text: &str) -> bool {
        let host = self.host.borrow();
        let open = |text: &str| input::is_open(text, |text| host.ends_early(text));
        match commands::split(text, |name| host.variable(name).is_some()) {
            Some(("type" | "time", rest)) => open(rest),
            Some(_) => false,
            None => open(text),
        }
    }

    /// Runs an entry. Returns the exit code if that ends the session.
    pub fn entry(&mut self, text: &str) -> Option<u8> {
        let command = commands::split(text, |name| self.host.borrow().variable(name).is_some());
        let Some((name, rest)) = command else { return self.run(None, text) };
        match name {
            "exit" | "quit" => return Some(0),
            "time" if !rest.is_empty() => return self.time(rest),
            "load" if !rest.is_empty() => return self.load(rest),
            "edit" => return self.edit(rest),
            _ => {}
        }
        match self.obey(name, rest) {
            Ok(text) if text.is_empty() => {}
            Ok(text) => self.print(&text),
            Err(failure) => self.complain(&failure),
        }
        None
    }

    /// Does what a command asks for that runs no entry; returns what it prints.
    fn obey(&mut self, name: &str, rest: &str) -> std::result::Result<String, Failure> {
        let takes = commands::command(name).map_or("", |command| command.takes);
        if rest.is_empty() && takes.starts_with(char::is_alphabetic) {
            return Err(Error::client(format_args!("`{name}` takes {takes}")).into());
        }
        Ok(match name {
            "help" => help::help(&self.host.borrow(), rest)?,
            "find" => self.find(rest)?,
            "vars" => self.variables(),
            "save" => self.save(rest)?,
            _ => self.kind_of(rest)?,
        })
    }

    /// Runs `text`, typed or from the file `source`, and shows its value.
    fn run(&mut self, source: Option<&str>, text: &str) -> Option<u8> {
        self.interrupt.clear();
        let done = self.evaluate(source, text);
        let valued = matches!(&done, Ok(Done::Value(value, _)) if !value.is_unit());
        self.lines.push(Line { text: text.to_owned(), good: done.is_ok(), valued });
        match done {
            Ok(Done::Exit(code)) => return Some(code),
            Ok(Done::Value(value, view)) => {
                if valued {
                    self.host.borrow_mut().remember(&value);
                }
                self.show(&view);
            }
            Err(mut failure) => {
                if failure.report.hint.is_none() {
                    let meant = commands::meant(text).filter(|_| source.is_none());
                    failure.report.hint = meant.map(|name| format!("did you mean the command `{name}`?"));
                }
                self.complain(&failure);
            }
        }
        None
    }

    fn evaluate(&self, source: Option<&str>, text: &str) -> std::result::Result<Done, Failure> {
        let _spinner = self.context.busy();
        let mut host = self.host.borrow_mut();
        Ok(match host.run_entry(source, text)? {
            Ending::Exit(code) => Done::Exit(code),
            Ending::Value(value) => {
                let view = host.view(&value)?;
                Done::Value(value, view)
            }
        })
    }

    fn show(&self, view: &View) {
        let color = self.context.color && self.context.output_is_terminal;
        if let Some(shown) = show::shown(view, self.context.width(), color) {
            self.print(&shown.text);
            if let Some(note) = shown.note {
                self.context.note(&format!("({note})"));
            }
        }
    }

    fn print(&self, text: &str) {
        // What stops the pager is not meant for what comes after it.
        pager::print(&self.context, text, &|| self.interrupt.clear());
    }

    fn complain(&self, failure: &Failure) {
        if failure.exit == Kind::Cancelled.exit_code() {
            self.context.say("interrupted");
        } else if failure.report.frames.is_empty() {
            show_report(&self.context, &failure.report, |_| None);
        } else {
            fail(&self.context, &self.host.borrow(), failure);
        }
    }

    fn time(&mut self, text: &str) -> Option<u8> {
        let start = Instant::now();
        let ended = self.run(None, text);
        self.context.say(&format!("{:.3} s", start.elapsed().as_secs_f64()));
        ended
    }

    fn kind_of(&self, text: &str) -> std::result::Result<String, Failure> {
        self.interrupt.clear();
        let _spinner = self.context.busy();
        let mut host = self.host.borrow_mut();
        let ending = host.run_entry(None, text)?;
        Ok(if let Ending::Value(value) = ending { host.kind_of(&value) } else { String::new() })
    }

    fn find(&self, words: &str) -> Result<String> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        let found = find::search(&self.host.borrow(), &words)?;
        let note = found.note.map(|note| format!("\n({note})")).unwrap_or_default();
        Ok(format!("{}{note}", found.text))
    }

    fn variables(&self) -> String {
        let variables = self.host.borrow().variables();
        if variables.is_empty() {
            return "there are no variables yet; `let x = 1` makes one".to_owned();
        }
        let width = variables.iter().map(|v| v.name.chars().count()).max().unwrap_or(0);
        variables.iter().map(|v| format!("{:width$}  {}", v.name, v.kind)).collect::<Vec<_>>().join("\n")
    }

    /// Runs a script as if it had been typed. Returns the exit code if that ends the session.
    pub fn load(&mut self, file: &str) -> Option<u8> {
        let file = unquoted(file);
        let read = fs::read_to_string(file);
        match read.map_err(|e| Error::client(format_args!("cannot read {file}: {e}"))) {
            Ok(text) => self.run(Some(file), &text),
            Err(error) => {
                self.complain(&error.into());
                None
            }
        }
    }

    fn save(&self, file: &str) -> Result<String> {
        let file = unquoted(file);
        let today = jiff::ZonedDateTime::now().date().to_string();
        let text = save::script(&self.lines, file, &today);
        write_new(Path::new(file), &text, true)?;
        let good = self.lines.iter().filter(|line| line.good).count();
        let failed = match self.lines.len() - good {
            0 => String::new(),
            n => format!("; {n} that failed left out"),
        };
        if let Err(failure) = self.host.borrow_mut().compile(file, &text) {
            // A variable of a line that failed half-way is not in the script.
            self.context.say(&format!("warning: it does not run as it is: {}", failure.report.message));
        }
        Ok(format!("saved {good} {} to {file}{failed}", if good == 1 { "entry" } else { "entries" }))
    }

    /// Lets the user write an entry in an editor, and runs it.
    fn edit(&mut self, code: &str) -> Option<u8> {
        let last = self.lines.last().map(|line| line.text.as_str()).unwrap_or_default();
        let text = if code.is_empty() { last } else { code };
        // A temporary file is no place for a secret either.
        let text = if secrets::literals(text).is_empty() { text } else { "" };
        match self.edited(text) {
            Ok(text) if text.trim().is_empty() => self.context.note("nothing to run"),
            Ok(text) => {
                self.context.print(text.trim_end());
                return self.run(None, text.trim_end());
            }
            Err(error) => self.complain(&error.into()),
        }
        None
    }

    fn edited(&self, text: &str) -> Result<String> {
        let folder = self
            .context
            .state_dir()
            .ok_or_else(|| Error::client("there is no folder for the text: HOME is not set"))?;
        let file = Temporary(folder.join(format!("edit-{}.rhai", std::process::id())));
        let wrong = |e: std::io::Error| Error::client(format_args!("{}: {e}", file.0.display()));
        make_private_folder(&folder).map_err(wrong)?;
        private(OpenOptions::new().truncate(true), &file.0).and_then(|mut f| writeln!(f, "{text}")).map_err(wrong)?;
        let editor =
            ["VISUAL", "EDITOR"].iter().find_map(|name| self.context.env(name).filter(|e| !e.trim().is_empty()));
        let editor = editor.unwrap_or_else(|| if cfg!(windows) { "notepad" } else { "vi" }.to_owned());
        self.context.edit(&editor, &file.0, &|| self.interrupt.clear())?;
        fs::read_to_string(&file.0).map_err(wrong)
    }
}

/// A file that goes when this does.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // It may never have been made.
        let _ = fs::remove_file(&self.0);
    }
}

/// Takes off the quotes that people put around file names.
fn unquoted(file: &str) -> &str {
    let inner = |quote| file.strip_prefix(quote).and_then(|file: &str| file.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(file)
}
