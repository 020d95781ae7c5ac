//! Sessions in a real Secret Service: gnome-keyring on a D-Bus of its own, with a home of its own.
//!
//! Needs `dbus-daemon` and `gnome-keyring-daemon` (Debian: `dbus`, `gnome-keyring`). Where they are missing the tests
//! say so loudly and end.
#![cfg(unix)]

use crate::common::{Tieline, practice::Practice, tieline};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a keyring call may take, with some room for a busy machine.
const LIMIT: Duration = Duration::from_secs(8);

/// The bus: private, and open to whoever finds it.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:path=HOME/bus</listen>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// A Secret Service with its bus. Both end when it is dropped.
struct Keyring {
    home: tempfile::TempDir,
    address: String,
    bus: Child,
    daemon: Child,
}

fn is_there(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}

/// Starts a Secret Service whose default collection is open; nothing if this machine has none.
fn start() -> Option<Keyring> {
    if !is_there("dbus-daemon") || !is_there("gnome-keyring-daemon") {
        // Written past the test harness, which would swallow it.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no Secret Service here (install gnome-keyring and dbus)");
        return None;
    }
    let home = tempfile::tempdir().expect("a temporary folder");
    // Without a folder of services the bus starts no second keyring by itself, which would have no open collection.
    let config = home.path().join("bus.conf");
    std::fs::write(&config, BUS.replace("HOME", &home.path().display().to_string())).expect("a configuration");
    let mut bus = Command::new("dbus-daemon")
        .args(["--nofork", "--nopidfile", "--print-address=1"])
        .arg(format!("--config-file={}", config.display()))
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a bus");
    let mut address = String::new();
    BufReader::new(bus.stdout.take().expect("its output")).read_line(&mut address).expect("its address");
    let address = address.trim().to_owned();
    let mut daemon = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--components=secrets", "--unlock"])
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a keyring");
    daemon.stdin.take().expect("its input").write_all(b"keyring-password").expect("the password is taken");
    let keyring = Keyring { home, address, bus, daemon };
    keyring.wait();
    Some(keyring)
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Keyring {
    /// Calls the service past the program; returns what it answers.
    fn call(&self, path: &str, method: &str, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("dbus-send");
        command.args([
            "--session",
            "--print-reply",
            "--reply-timeout=5000",
            "--dest=org.freedesktop.secrets",
            path,
            method,
        ]);
        command.args(arguments).env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        let output = command.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Finds the entry of a name.
    fn item(&self, name: &str) -> Option<String> {
        let found = self.call(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.SearchItems",
            &[&format!("dict:string:string:service,{name}")],
        )?;
        found.split('"').find(|part| part.starts_with("/org/freedesktop/secrets/collection/")).map(str::to_owned)
    }

    /// Waits until the collection is there.
    fn wait(&self) {
        let start = Instant::now();
        let get = || {
            self.call(
                "/org/freedesktop/secrets/aliases/default",
                "org.freedesktop.DBus.Properties.Get",
                &["string:org.freedesktop.Secret.Collection", "string:Locked"],
            )
        };
        while get().is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "the keyring does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lock(&self) {
        let locked = self.call(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &["array:objpath:/org/freedesktop/secrets/aliases/default"],
        );
        assert!(locked.is_some(), "the keyring locks");
    }

    /// Stops the daemon without ending it: calls to it hang.
    fn freeze(&self, signal: &str) {
        let id = self.daemon.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().expect("kill").success());
    }

    /// Prepares a run that finds this keyring.
    fn run(&self, words: &[&str]) -> Tieline {
        let home = self.home.path().to_str().expect("a path in UTF-8");
        tieline(words).env("HOME", home).env("XDG_RUNTIME_DIR", home).env("DBUS_SESSION_BUS_ADDRESS", &self.address)
    }

    fn login(&self, jira: &Practice, name: &str) -> crate::common::Run {
        let words = ["login", "jira", "--as", name, "--server", &jira.url, "--token", "-"];
        self.run(&words).input("pat-sandbox-mira\n").run()
    }
}

#[test]
fn the_keyring_keeps_lists_and_gives_back_sessions() {
    let Some(keyring) = start() else { return };
    let jira = Practice::server();
    let run = keyring.login(&jira, "jira").ok();
    assert!(run.out.contains("Saved as session \"jira\" in the keyring: `token`."), "{run:?}");
    keyring.login(&jira, "other").ok();
    keyring.run(&["-e", "print(jira().whoami().name); jira(\"other\").whoami().name"]).run().ok().prints("mira\nmira");
    let table = keyring.run(&["sessions"]).run().ok().out;
    assert_eq!(table.lines().filter(|line| line.contains("keyring")).count(), 2, "{table}");
    let config = keyring.home.path().join(".config/tieline");
    assert!(!config.join("sessions.age").exists());
    let list = std::fs::read_to_string(config.join("sessions.json")).unwrap();
    assert!(!list.contains("pat-sandbox-mira"), "{list}");
    assert!(keyring.item("tieline:jira").is_some() && keyring.item("tieline:(probe)").is_none());
    // A second log-in replaces the entry.
    keyring.login(&jira, "jira").ok();
    keyring.run(&["logout", "jira"]).run().ok().prints("Removed session \"jira\" from the keyring.");
    keyring.run(&["-e", "jira(\"jira\")"]).run().ends(2).says("there is no saved session \"jira\"");
    keyring.run(&["whoami"]).run().ok().prints(&format!("other: Mira Holm at {}", jira.url));
}

#[test]
fn a_log_in_session_is_renewed_in_the_keyring() {
    let Some(keyring) = start() else { return };
    let jira = Practice::server();
    let words = ["login", "jira", "--server", &jira.url, "--user", "mira", "--password", "-", "--keep-password"];
    keyring.run(&words).input("mira-password").run().ok();
    jira.expire();
    keyring.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira").says("logging in again");
    let run = keyring.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira");
    assert!(run.err.is_empty(), "{run:?}");
}

#[test]
fn a_locked_keyring_is_an_error_within_the_limit() {
    let Some(keyring) = start() else { return };
    let jira = Practice::server();
    keyring.login(&jira, "jira").ok();
    keyring.lock();
    let sent = jira.lines().len();
    let words = ["login", "jira", "--as", "x", "--server", &jira.url, "--token", "-"];
    for words in [&["-e", "jira().whoami().name"][..], &words, &["logout", "jira"]] {
        let start = Instant::now();
        let run = keyring.run(words).run().ends(2);
        assert!(start.elapsed() < LIMIT, "{:?}: {run:?}", start.elapsed());
        run.says("locked").says("--store file").says("TIELINE_JIRA_TOKEN");
    }
    assert_eq!(jira.lines().len(), sent);
    // What needs no keyring works on.
    assert!(keyring.run(&["sessions"]).run().ok().out.contains("keyring"));
    keyring
        .run(&["-e", "jira().whoami().name"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run()
        .ok()
        .prints("mira");
}

#[test]
fn a_keyring_that_does_not_answer_is_given_up() {
    let Some(keyring) = start() else { return };
    let jira = Practice::server();
    keyring.login(&jira, "jira").ok();
    keyring.freeze("-STOP");
    let start = Instant::now();
    let run = keyring.run(&["-e", "try { jira(); } catch (e) { print(e.kind); } jira()"]).run().ends(2);
    assert!(start.elapsed() >= Duration::from_secs(3) && start.elapsed() < LIMIT, "{:?}", start.elapsed());
    assert_eq!(run.out.trim(), "client");
    run.says("the keyring did not answer within 3 s; it is probably locked").says("--store file");
    keyring.freeze("-CONT");
    keyring.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira");
}

#[test]
fn an_entry_that_somebody_removed_is_said_to_be_gone() {
    let Some(keyring) = start() else { return };
    let jira = Practice::server();
    keyring.login(&jira, "jira").ok();
    let item = keyring.item("tieline:jira").expect("an entry with the prefix");
    assert!(keyring.call(&item, "org.freedesktop.Secret.Item.Delete", &[]).is_some(), "the item goes");
    keyring.run(&["-e", "jira().whoami()"]).run().ends(2).says("session \"jira\" is not in the keyring any more");
    keyring.run(&["logout", "jira"]).run().ok();
    keyring.run(&["sessions"]).run().ok().says("no session is saved");
}
