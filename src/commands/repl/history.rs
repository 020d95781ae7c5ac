//! What was typed in earlier sessions, one file per user, without secrets.

use super::secrets::literals;
use crate::secret::redact;
use std::{
    borrow::Cow,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// How many entries a file keeps.
const KEPT: usize = 2000;

/// The entries, oldest first, and where they are kept.
#[derive(Default)]
pub(super) struct History {
    entries: Vec<String>,
    file: Option<PathBuf>,
}

impl History {
    /// Reads the history in `folder`, which is made if there is none.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make_private_folder(folder)?;
        let file = folder.join("history");
        // Without a file there is no history yet.
        let mut entries = read(&file).unwrap_or_default();
        if entries.len() > KEPT {
            entries.drain(..entries.len() - KEPT);
            rewrite(&file, &entries)?;
        }
        Ok(History { entries, file: Some(file) })
    }

    /// Returns the entries, oldest first.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }

    /// Keeps an entry. Says no, and keeps nothing, if a secret is written in it.
    pub fn add(&mut self, entry: &str) -> io::Result<bool> {
        if !literals(entry).is_empty() {
            return Ok(false);
        }
        if self.entries.last().is_some_and(|last| last == entry) {
            return Ok(true);
        }
        self.entries.push(entry.to_owned());
        if let Some(file) = &self.file {
            writeln!(private(OpenOptions::new().append(true), file)?, "{}", escaped(entry))?;
        }
        Ok(true)
    }

    /// Takes out what has become known as a secret since it was typed. Says whether there was any.
    pub fn cleanse(&mut self) -> io::Result<bool> {
        if !cleanse(&mut self.entries) {
            return Ok(false);
        }
        if let Some(file) = &self.file {
            // Another prompt may have written meanwhile.
            let mut all = read(file)?;
            cleanse(&mut all);
            rewrite(file, &all)?;
        }
        Ok(true)
    }
}

fn cleanse(entries: &mut [String]) -> bool {
    let mut changed = false;
    for entry in entries {
        if let Cow::Owned(clean) = redact(entry) {
            *entry = clean;
            changed = true;
        }
    }
    changed
}

fn read(file: &Path) -> io::Result<Vec<String>> {
    let bytes = fs::read(file)?;
    Ok(String::from_utf8_lossy(&bytes).lines().map(unescaped).collect())
}

/// Writes the file anew, whole or not at all.
fn rewrite(file: &Path, entries: &[String]) -> io::Result<()> {
    let fresh = file.with_extension(format!("{}.new", std::process::id()));
    let mut out = private(OpenOptions::new().truncate(true), &fresh)?;
    out.write_all(entries.iter().map(|entry| escaped(entry) + "\n").collect::<String>().as_bytes())?;
    fs::rename(&fresh, file)
}

/// An entry of several lines is one line in the file.
fn escaped(entry: &str) -> String {
    entry.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}

fn unescaped(line: &str) -> String {
    let mut out = String::new();
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        out.push(match (sign, sign == '\\') {
            (_, true) => match signs.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            (sign, false) => sign,
        });
    }
    out
}

/// Opens a file for writing that only its owner may read, one that was there already included.
pub(super) fn private(options: &mut OpenOptions, file: &Path) -> io::Result<File> {
    options.create(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(file)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(file)
}

/// Makes a folder that only its owner may look into.
pub(super) fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hide;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/tieline");
        (home, folder)
    }

    #[test]
    fn entries_come_back_as_they_were() {
        let (_home, folder) = folder();
        let entries = ["1 + 1", "fn f() {\n  \"a\\n\"\n}", "`back\\slash`", "\\"];
        let mut history = History::open(&folder).unwrap();
        for entry in entries {
            assert!(history.add(entry).unwrap());
        }
        assert!(history.add("\\").unwrap(), "the same again is no new entry");
        assert_eq!(History::open(&folder).unwrap().entries(), entries);
    }

    #[test]
    fn a_secret_is_never_written() {
        let (_home, folder) = folder();
        let mut history = History::open(&folder).unwrap();
        assert!(!history.add("jira(#{ token: \"never-to-be-kept\" })").unwrap());
        assert!(history.entries().is_empty());
        assert!(!folder.join("history").exists());
    }

    #[test]
    fn what_turns_out_a_secret_is_taken_out() {
        let (_home, folder) = folder();
        let mut history = History::open(&folder).unwrap();
        history.add("let p = \"secret-in-time\"").unwrap();
        assert!(!history.cleanse().unwrap());
        hide("secret-in-time");
        assert!(history.cleanse().unwrap());
        assert_eq!(fs::read_to_string(folder.join("history")).unwrap(), "let p = \"••••\"\n");
    }

    #[test]
    fn the_file_does_not_grow_without_end() {
        let (_home, folder) = folder();
        make_private_folder(&folder).unwrap();
        let many: Vec<String> = (0..KEPT + 5).map(|n| n.to_string()).collect();
        fs::write(folder.join("history"), many.join("\n")).unwrap();
        assert_eq!(History::open(&folder).unwrap().entries()[0], "5");
        assert_eq!(read(&folder.join("history")).unwrap().len(), KEPT);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (_home, folder) = folder();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("history"), "1\n").unwrap();
        History::open(&folder).unwrap().add("2").unwrap();
        assert_eq!((mode(&folder), mode(&folder.join("history"))), (0o700, 0o600));
    }
}
