//! The folder of saved sessions: private from the first byte, written whole or not at all, by one run at a time.

use crate::{
    error::{Error, Result},
    http::Say,
};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a run waits for others that are writing: each takes a second, and there may be many.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder.
pub(super) struct Folder {
    path: Option<PathBuf>,
    say: Say,
}

/// The right to write, until it is dropped.
pub(super) struct Lock(#[allow(dead_code)] File); // closing the file gives the right back

impl Folder {
    /// Names the folder. Makes nothing yet.
    pub(super) fn new(path: Option<PathBuf>, say: Say) -> Self {
        Folder { path, say }
    }

    fn path(&self) -> Result<&Path> {
        let none = || {
            Error::client("there is no folder for saved sessions: neither HOME nor XDG_CONFIG_HOME is set")
                .hint("give the credential by environment variables instead, such as TIELINE_JIRA_TOKEN")
        };
        self.path.as_deref().ok_or_else(none)
    }

    /// Returns the path of `file`, for messages.
    pub(super) fn shown(&self, file: &str) -> String {
        self.path.as_deref().map_or_else(|| file.to_owned(), |path| path.join(file).display().to_string())
    }

    /// Waits until no other run writes.
    pub(super) fn lock(&self) -> Result<Lock> {
        self.make()?;
        let path = self.path()?.join("sessions.lock");
        let file = private().create(true).truncate(false).open(&path).map_err(|e| trouble("open", &path, &e))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Error::client(format_args!(
                        "another tieline has been writing the saved sessions for {} s",
                        PATIENCE.as_secs()
                    )));
                }
                Err(TryLockError::Error(e)) => return Err(trouble("lock", &path, &e)),
            }
        }
    }

    fn make(&self) -> Result<()> {
        let path = self.path()?;
        private_folder().create(path).map_err(|e| trouble("make", path, &e))?;
        self.close_to_others(path, 0o700)
    }

    /// Reads `file`; nothing if it is not there.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>> {
        let Some(path) = self.path.as_ref().map(|path| path.join(file)) else { return Ok(None) };
        match fs::read(&path) {
            Ok(bytes) => {
                self.close_to_others(&path, 0o600)?;
                Ok(Some(bytes))
            }
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(trouble("read", &path, &e)),
        }
    }

    /// Puts `bytes` in the place of `file`: a run that ends in the middle leaves the old one.
    pub(super) fn write(&self, _held: &Lock, file: &str, bytes: &[u8]) -> Result<()> {
        let folder = self.path()?;
        let (target, draft) = (folder.join(file), folder.join(format!("{file}.new")));
        // Whoever began this draft is dead: we hold the lock.
        let _ = fs::remove_file(&draft);
        let write = || {
            let mut out = private().create_new(true).open(&draft)?;
            out.write_all(bytes)?;
            out.sync_all()?;
            fs::rename(&draft, &target)?;
            sync(folder)
        };
        write().map_err(|e| {
            let _ = fs::remove_file(&draft);
            trouble("write", &target, &e)
        })
    }

    /// Removes `file`.
    pub(super) fn remove(&self, _held: &Lock, file: &str) -> Result<()> {
        let path = self.path()?.join(file);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(trouble("remove", &path, &e)),
            _ => Ok(()),
        }
    }

    /// Takes from others what they must not have, and says so.
    #[cfg(unix)]
    fn close_to_others(&self, path: &Path, mode: u32) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let found = fs::metadata(path).map_err(|e| trouble("read", path, &e))?.permissions().mode() & 0o777;
        let of_others = found & 0o077;
        if of_others == 0 {
            return Ok(());
        }
        let closed = fs::set_permissions(path, fs::Permissions::from_mode(mode));
        closed.map_err(|e| {
            let place = path.display();
            Error::client(format_args!(
                "{place} can be read by others (mode {found:o}), and that cannot be changed: {e}"
            ))
        })?;
        (self.say)(&format!(
            "warning: {} could be read by others (mode {found:o}); it is yours alone now (mode {mode:o})",
            path.display()
        ));
        Ok(())
    }

    /// Elsewhere the user's profile folder is closed to others by itself.
    #[cfg(not(unix))]
    fn close_to_others(&self, _path: &Path, _mode: u32) -> Result<()> {
        let _ = &self.say;
        Ok(())
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder() -> fs::DirBuilder {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Makes a rename outlive a power cut.
fn sync(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn trouble(what: &str, path: &Path, error: &std::io::Error) -> Box<Error> {
    Error::client(format_args!("cannot {what} {}: {error}", path.display()))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::sync::{Arc, Mutex};

    fn folder(path: &Path) -> (Folder, Arc<Mutex<Vec<String>>>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let ears = said.clone();
        let say: Say = Arc::new(move |text: &str| ears.lock().unwrap().push(text.to_owned()));
        (Folder::new(Some(path.to_owned()), say), said)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn folder_and_files_are_private() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/tieline");
        let (folder, said) = folder(&path);
        assert_eq!(folder.read("x").unwrap(), None);
        folder.write(&folder.lock().unwrap(), "x", b"1").unwrap();
        assert_eq!((mode(&path), mode(&path.join("x"))), (0o700, 0o600));
        assert_eq!(folder.read("x").unwrap().unwrap(), b"1");
        assert!(said.lock().unwrap().is_empty());
    }

    #[test]
    fn loose_modes_are_repaired_aloud() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("tieline");
        let (folder, said) = folder(&path);
        folder.write(&folder.lock().unwrap(), "x", b"1").unwrap();
        fs::set_permissions(path.join("x"), fs::Permissions::from_mode(0o644)).unwrap();
        folder.read("x").unwrap();
        assert_eq!(mode(&path.join("x")), 0o600);
        assert!(said.lock().unwrap()[0].contains("could be read by others (mode 644)"));
    }

    #[test]
    fn a_draft_that_a_dead_run_left_is_in_nobodys_way() {
        let home = tempfile::tempdir().unwrap();
        let (folder, _) = folder(home.path());
        folder.write(&folder.lock().unwrap(), "x", b"old").unwrap();
        fs::write(home.path().join("x.new"), "half").unwrap();
        fs::set_permissions(home.path().join("x.new"), fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(folder.read("x").unwrap().unwrap(), b"old");
        folder.write(&folder.lock().unwrap(), "x", b"new").unwrap();
        assert_eq!(folder.read("x").unwrap().unwrap(), b"new");
        assert_eq!(mode(&home.path().join("x")), 0o600);
    }

    #[test]
    fn without_a_home_there_is_nothing_to_read_and_nowhere_to_write() {
        let (folder, _) = folder(Path::new("/nowhere"));
        let folder = Folder { path: None, ..folder };
        assert_eq!(folder.read("x").unwrap(), None);
        assert!(folder.lock().err().unwrap().message.contains("neither HOME nor XDG_CONFIG_HOME"));
    }
}
