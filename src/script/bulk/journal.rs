//! The journal of a bulk run: a file of JSON lines that says which items were begun and which ended, and how.
//!
//! The first line names the format and the script. Then there is a `start` for each item before its work begins, and
//! a `done` or `failed` after it. A line is one write at the end of the file, so a run that is killed leaves whole
//! lines, or at worst a last one cut short, which counts as never written. A `start` is on the disk before the work
//! goes out; so an item without one was not touched, and one with a `start` alone is uncertain.

use crate::{
    error::{Error, Result},
    json::{self, Json},
    secret::redact,
};
use std::{
    cell::RefCell,
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// The version of the format.
const VERSION: i64 = 1;

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its work was begun.
    Started,
    /// It is done.
    Done,
    /// It failed, so it may be tried again.
    Failed,
}

/// Words of the lines with what they say.
const WORDS: [(State, &str); 3] = [(State::Started, "start"), (State::Done, "done"), (State::Failed, "failed")];

/// A journal, and the lock on it.
pub(super) struct Journal {
    path: PathBuf,
    /// Nothing in a run that only simulates.
    file: Option<RefCell<File>>,
    /// Where the items stood when the run began.
    earlier: HashMap<String, State>,
}

impl Journal {
    /// Opens the journal of `script` at `path`, or begins it, and locks it. With `simulate` it is only read.
    pub(super) fn open(path: &Path, script: &str, simulate: bool) -> Result<Self> {
        let header = header(script);
        if simulate {
            let text =
                if path.exists() { std::fs::read(path).map_err(|e| broken(path, "read", &e))? } else { Vec::new() };
            return Ok(Journal {
                path: path.to_owned(),
                file: None,
                earlier: Text::of(path, &text, &header)?.states()?,
            });
        }
        let mut file = lock(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| broken(path, "read", &e))?;
        let text = Text::of(path, &bytes, &header)?;
        let earlier = text.states()?;
        // What was cut short goes, or the next line would hang on to it.
        file.set_len(text.whole.len() as u64).map_err(|e| broken(path, "write", &e))?;
        file.seek(SeekFrom::End(0)).map_err(|e| broken(path, "write", &e))?;
        let begun = !text.whole.is_empty();
        let journal = Journal { path: path.to_owned(), file: Some(RefCell::new(file)), earlier };
        if !begun {
            journal.append(&header)?;
            journal.sync()?;
            sync_folder(path);
        }
        Ok(journal)
    }

    /// Says where an item stood when the run began.
    pub(super) fn earlier(&self, key: &str) -> Option<State> {
        self.earlier.get(key).copied()
    }

    /// Writes down that the work on an item begins. It is on the disk when this returns.
    pub(super) fn start(&self, key: &str) -> Result<()> {
        self.append(&line(State::Started, key, None))?;
        self.sync()
    }

    /// Writes down that an item is done.
    pub(super) fn done(&self, key: &str) -> Result<()> {
        self.append(&line(State::Done, key, None))
    }

    /// Writes down that an item failed, and why.
    pub(super) fn failed(&self, key: &str, why: &str) -> Result<()> {
        self.append(&line(State::Failed, key, Some(why)))
    }

    /// Waits until everything is on the disk.
    pub(super) fn sync(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        file.borrow().sync_data().map_err(|e| broken(&self.path, "write", &e))
    }

    fn append(&self, line: &str) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        file.borrow_mut().write_all(line.as_bytes()).map_err(|e| broken(&self.path, "write", &e))
    }
}

fn header(script: &str) -> String {
    let header = [("journal", "tieline bulk".into()), ("version", VERSION.into()), ("script", script.into())];
    format!("{}\n", Json::object::<&str>(header))
}

fn line(state: State, key: &str, why: Option<&str>) -> String {
    let mut members =
        vec![(WORDS[state as usize].1, Json::from(key)), ("at", jiff::Timestamp::now().to_string().into())];
    members.extend(why.map(|why| ("message", Json::from(redact(why).as_ref()))));
    format!("{}\n", Json::object::<&str>(members))
}

/// Opens the file for this run alone. The lock ends with the process, however that ends.
fn lock(path: &Path) -> Result<File> {
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = open.map_err(|e| broken(path, "open", &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(Error::client(format_args!("another run uses the journal {}", path.display()))
                .hint("wait until it has ended, or give this run a journal of its own"))
        }
        Err(TryLockError::Error(e)) => Err(broken(path, "lock", &e)),
    }
}

/// Makes a new file's name last over a power cut, where a folder can be synced.
fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Where it cannot, the file itself still is.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// What is in the file: the whole lines, checked to be a journal of this script.
struct Text<'a> {
    path: &'a Path,
    whole: &'a str,
}

impl<'a> Text<'a> {
    fn of(path: &'a Path, bytes: &'a [u8], header: &str) -> Result<Self> {
        let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let (whole, rest) = bytes.split_at(end);
        let text = Text { path, whole: std::str::from_utf8(whole).map_err(|_| text_of_another_kind(path))? };
        if whole.is_empty() {
            // Anything but the beginning of a header is somebody's file, which must not be overwritten.
            return if header.as_bytes().starts_with(rest) { Ok(text) } else { Err(text_of_another_kind(path)) };
        }
        text.check(header).map(|()| text)
    }

    fn check(&self, header: &str) -> Result<()> {
        let first = self.whole.split_inclusive('\n').next().unwrap_or_default();
        if first == header {
            return Ok(());
        }
        let json = json::parse(first.as_bytes()).ok().filter(|json| json.get("journal").is_some());
        let json = json.ok_or_else(|| text_of_another_kind(self.path))?;
        let (place, version) = (self.path.display(), json.get("version").and_then(Json::as_int));
        if version != Some(VERSION) {
            return Err(Error::client(format_args!("the journal {place} was written by another version of tieline")));
        }
        let other = json.get("script").and_then(Json::as_str).unwrap_or("?");
        Err(Error::client(format_args!("the journal {place} belongs to another script, {other}"))
            .hint("give each script a journal of its own"))
    }

    /// Reads where each item stands: its last line counts.
    fn states(&self) -> Result<HashMap<String, State>> {
        let lines = self.whole.lines().enumerate().skip(1);
        lines.map(|(at, line)| state(line).ok_or_else(|| self.damaged(at + 1))).collect()
    }

    fn damaged(&self, line: usize) -> Box<Error> {
        Error::client(format_args!("line {line} of the journal {} is damaged", self.path.display()))
            .hint("what it said is lost: put the line right, or begin a new journal with the items that are left")
    }
}

fn state(line: &str) -> Option<(String, State)> {
    let json = json::parse(line.as_bytes()).ok()?;
    WORDS.iter().find_map(|(state, word)| Some((json.get(word)?.as_str()?.to_owned(), *state)))
}

fn text_of_another_kind(path: &Path) -> Box<Error> {
    Error::client(format_args!("{} is not a journal; it is left as it is", path.display()))
}

fn broken(path: &Path, what: &str, error: &std::io::Error) -> Box<Error> {
    Error::client(format_args!("cannot {what} the journal {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Result<Journal> {
        Journal::open(path, "a.rhai", false)
    }

    fn message(path: &Path) -> String {
        open(path).err().expect("a refusal").message
    }

    #[test]
    fn the_last_line_of_an_item_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let journal = open(&path).unwrap();
        journal.start("A-1").and_then(|()| journal.failed("A-1", "no")).unwrap();
        journal.start("A-2").and_then(|()| journal.done("A-2")).unwrap();
        journal.start("A-1").unwrap();
        drop(journal);
        let journal = open(&path).unwrap();
        assert_eq!(journal.earlier("A-1"), Some(State::Started));
        assert_eq!(journal.earlier("A-2"), Some(State::Done));
        assert_eq!(journal.earlier("A-3"), None);
    }

    #[test]
    fn a_file_cut_at_any_byte_is_read_up_to_its_last_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let journal = open(&path).unwrap();
        journal.start("A-1").and_then(|()| journal.done("A-1")).and_then(|()| journal.start("A-2")).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let journal = open(&path).unwrap();
            let lines = ends.iter().filter(|end| **end < cut).count();
            let first = [None, None, Some(State::Started), Some(State::Done), Some(State::Done)][lines];
            assert_eq!(journal.earlier("A-1"), first, "cut at {cut}");
            assert_eq!(journal.earlier("A-2"), (lines == 4).then_some(State::Started), "cut at {cut}");
            journal.start("A-9").unwrap();
            drop(journal);
            assert_eq!(open(&path).unwrap().earlier("A-9"), Some(State::Started), "cut at {cut}");
        }
    }

    #[test]
    fn two_runs_do_not_share_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let _first = open(&path).unwrap();
        assert!(message(&path).contains("another run uses the journal"));
    }

    #[test]
    fn another_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        for text in ["hello", "hello\nyou\n", "{\"a\":1}\n", "{\"jour"] {
            std::fs::write(&path, text).unwrap();
            if text != "{\"jour" {
                assert!(message(&path).contains("is not a journal"), "{text}");
                assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
            }
        }
        drop(open(&path).unwrap());
        assert!(Journal::open(&path, "b.rhai", false).err().unwrap().message.contains("another script, a.rhai"));
        std::fs::write(&path, header("a.rhai") + "{\"start\":\"x\"}\nnonsense\n{\"done\":\"x\"}\n").unwrap();
        assert!(message(&path).contains("line 3"));
    }

    #[test]
    fn a_simulated_run_writes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        let journal = Journal::open(&path, "a.rhai", true).unwrap();
        journal.start("A-1").and_then(|()| journal.done("A-1")).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn no_secret_gets_into_it() {
        let _secret = crate::secret::Secret::new("journal-secret-1");
        assert!(!line(State::Failed, "A-1", Some("token journal-secret-1")).contains("journal-secret-1"));
    }
}
