//! The prompt, through a terminal of its own: what is typed, and what a person sees.

mod commands;
mod completion;
mod history;
mod values;

use crate::common::{practice::Practice, server::serve, tieline};
use rexpect::{
    process::WaitStatus,
    reader::Options,
    session::{PtySession, spawn_with_options},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// How long the prompt may take to show what is expected. The machine may be busy.
const LIMIT: Duration = Duration::from_secs(30);

/// How long Ctrl-C may take: the work stops within 100 ms, and a busy machine needs some time to show it.
const AT_ONCE: Duration = Duration::from_millis(1500);

/// A prompt on a terminal of 30 lines of 100 columns.
struct Prompt {
    session: PtySession,
    home: PathBuf,
}

/// What a prompt is started with.
struct Start {
    words: Vec<String>,
    environment: Vec<(String, String)>,
    home: PathBuf,
    plain: bool,
}

fn start(home: &Path, words: &[&str]) -> Start {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    Start { words, environment: Vec::new(), home: home.to_owned(), plain: true }
}

impl Start {
    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves colours and the movements of the cursor in what is seen.
    fn unchanged(mut self) -> Self {
        self.plain = false;
        self
    }

    fn begin(self) -> Prompt {
        let mut command = Command::new("sh");
        command.args(["-c", "stty rows 30 cols 100; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_tieline")]);
        command.args(&self.words).env_clear().envs(self.environment.iter().cloned()).current_dir(&self.home);
        if !self.environment.iter().any(|(name, _)| name == "PAGER") {
            command.env("PAGER", "cat");
        }
        command.env("HOME", &self.home).env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let limit = u64::try_from(LIMIT.as_millis()).ok();
        let options = Options::new().timeout_ms(limit).strip_ansi_escape_codes(self.plain);
        let session = spawn_with_options(command, options).expect("the prompt starts");
        let mut prompt = Prompt { session, home: self.home };
        prompt.sees("tieline> ");
        prompt
    }
}

/// Starts a prompt without colours in a new home.
fn prompt(words: &[&str]) -> (Prompt, tempfile::TempDir) {
    let home = tempfile::tempdir().expect("a temporary folder");
    let words: Vec<&str> = ["--no-color"].iter().chain(words).copied().collect();
    (start(home.path(), &words).begin(), home)
}

impl Prompt {
    /// Waits for `text`, and returns what came before it.
    fn sees(&mut self, text: &str) -> String {
        let found = self.session.exp_string(&bytewise(text));
        textwise(&found.unwrap_or_else(|error| panic!("expected {text:?}: {error}")))
    }

    /// Types `text`.
    fn keys(&mut self, text: &str) {
        self.session.send(text).and_then(|_| self.session.flush()).expect("the terminal takes keys");
    }

    /// Types an entry, and returns what is shown until the next prompt.
    fn enter(&mut self, text: &str) -> String {
        self.keys(&format!("{text}\r"));
        self.sees("\r\n");
        self.sees("tieline> ")
    }

    fn control(&mut self, key: char) {
        self.session.send_control(key).expect("the terminal takes keys");
    }

    /// Waits for the end, and returns the exit code.
    fn code(&mut self) -> i32 {
        self.session.exp_eof().expect("the prompt ends");
        match self.session.process().wait().expect("the prompt has ended") {
            WaitStatus::Exited(_, code) => code,
            other => panic!("the prompt ended otherwise: {other:?}"),
        }
    }

    /// Ends the session, and returns the history it leaves.
    fn history(mut self) -> String {
        self.control('d');
        assert_eq!(self.code(), 0);
        fs::read_to_string(self.home.join(".local/state/tieline/history")).unwrap_or_default()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.home.join(name), text).expect("the file is written");
    }
}

/// The terminal's bytes come as one character each.
fn bytewise(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

fn textwise(bytes: &str) -> String {
    String::from_utf8_lossy(&bytes.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<_>>())
        .into_owned()
}

fn holds(shown: &str, parts: &[&str]) {
    for part in parts {
        assert!(shown.contains(part), "expected {part:?} in {shown}");
    }
}

#[test]
fn the_end_is_ctrl_d_or_a_command() {
    let (mut prompt, _home) = prompt(&[]);
    prompt.control('d');
    assert_eq!(prompt.code(), 0);
}

#[test]
fn an_exit_code_is_the_scripts_own() {
    tieline(&["-e", "fn end() { try { exit(3) } catch { } } [1].map(|x| end())"]).run().ends(3).prints("");
    let (mut prompt, _home) = prompt(&[]);
    prompt.keys("exit(7)\r");
    assert_eq!(prompt.code(), 7);
    for word in ["exit", "quit"] {
        let (mut prompt, _home) = self::prompt(&[]);
        prompt.keys(&format!("{word}\r"));
        assert_eq!(prompt.code(), 0);
    }
}

#[test]
fn a_line_that_is_not_finished_goes_on() {
    let (mut prompt, _home) = prompt(&[]);
    for (lines, is) in [
        (vec!["if true {", "  \"braces\"", "}"], "braces"),
        (vec!["`back", "tick`"], "back\r\ntick"),
        (vec!["/* a comment", "goes on */ 7"], "7"),
        (vec!["1 +", "2"], "3"),
        (vec!["time 1 +", "3"], "4"),
    ] {
        let (last, first) = lines.split_last().expect("lines");
        for line in first {
            prompt.keys(&format!("{line}\r"));
            prompt.sees("...> ");
        }
        holds(&prompt.enter(last), &[is]);
    }
    holds(&prompt.enter("\"no end"), &["error: ", "input:1:"]);
}

#[test]
fn ctrl_c_clears_a_line() {
    let (mut prompt, _home) = prompt(&[]);
    prompt.keys("1 + nonsense");
    prompt.control('c');
    prompt.sees("tieline> ");
    prompt.keys("fn f() {\r");
    prompt.sees("...> ");
    prompt.control('c');
    prompt.sees("tieline> ");
    assert_eq!(prompt.enter("2 + 2").trim(), "4");
}

#[test]
fn ctrl_c_stops_a_loop_and_keeps_the_session() {
    let (mut prompt, _home) = prompt(&[]);
    for _ in 0..2 {
        prompt.keys("let mine = 3; loop { }\r");
        prompt.sees("\r\n");
        std::thread::sleep(Duration::from_millis(200));
        let start = Instant::now();
        prompt.control('c');
        prompt.control('c');
        prompt.sees("interrupted");
        assert!(start.elapsed() < AT_ONCE, "it took {:?}", start.elapsed());
        prompt.sees("tieline> ");
    }
    assert_eq!(prompt.enter("mine").trim(), "3");
}

#[test]
fn ctrl_c_stops_a_request_and_keeps_the_session() {
    let server = serve(|_| {
        std::thread::sleep(Duration::from_secs(20));
        Vec::new()
    });
    let home = tempfile::tempdir().expect("a temporary folder");
    let start = start(home.path(), &["--no-color"]).env("TIELINE_JIRA_SERVER", &server.url);
    let mut prompt = start.env("TIELINE_JIRA_TOKEN", "tok-1234567890").begin();
    prompt.enter(r#"let jira = jira(#{ deployment: "server" });"#);
    prompt.keys("jira.get(\"/slow\")\r");
    while server.lines().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let start = Instant::now();
    prompt.control('c');
    prompt.sees("interrupted");
    assert!(start.elapsed() < AT_ONCE, "it took {:?}", start.elapsed());
    prompt.sees("tieline> ");
    assert_eq!(prompt.enter("jira.service").trim(), "jira");
}

#[test]
fn ctrl_c_ends_a_question() {
    let (mut prompt, _home) = prompt(&[]);
    for question in ["ask", "ask_secret", "confirm"] {
        prompt.keys(&format!("{question}(\"Sure? \")\r"));
        prompt.sees("\r\nSure? ");
        // What has answered nothing yet must not be read as the next entry.
        prompt.keys("half an ans");
        std::thread::sleep(Duration::from_millis(200));
        prompt.control('c');
        prompt.sees("interrupted");
        prompt.sees("tieline> ");
    }
    assert_eq!(prompt.enter("2 + 2").trim(), "4");
    prompt.keys("ask(\"Name? \")\r");
    prompt.sees("\r\nName? ");
    prompt.keys("Mira\r");
    prompt.sees("Mira\r\n");
    prompt.sees("tieline> ");
}

#[test]
fn the_end_of_the_session_logs_out() {
    let jira = Practice::server();
    let home = tempfile::tempdir().expect("a temporary folder");
    let start = start(home.path(), &["--no-color"]).env("TIELINE_JIRA_SERVER", &jira.url);
    let mut prompt = start.env("TIELINE_JIRA_USER", "mira").env("TIELINE_JIRA_PASSWORD", "mira-password").begin();
    holds(&prompt.enter("jira().whoami().name"), &["mira"]);
    prompt.control('d');
    assert_eq!(prompt.code(), 0);
    let lines = jira.lines();
    assert!(lines.iter().any(|line| line.starts_with("DELETE ") && line.ends_with("/session")), "{lines:?}");
}

#[test]
fn lines_come_from_a_pipe_too() {
    let run = tieline(&["repl"]).input("let a = [1,\n2]\na\nnobody\n\"end\"\n").run().ok();
    assert_eq!(run.out, "[\n  1,\n  2\n]\nend\n", "{run:?}");
    run.says("1 | nobody");
}
