//! Saved sessions, end to end: the built program, its files, and the practice servers.

use crate::common::{Run, SECRETS, Tieline, practice::Practice, server::serve, tieline};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

const PASSPHRASE: &str = "hunter2-secret";

/// A home that several runs share.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Home(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("a path in UTF-8")
    }

    fn folder(&self) -> PathBuf {
        self.0.path().join(".config/tieline")
    }

    /// Prepares a run that keeps its sessions in the file.
    fn run(&self, words: &[&str]) -> Tieline {
        tieline(words).env("HOME", self.path()).env("TIELINE_STORE", "file").env("TIELINE_PASSPHRASE", PASSPHRASE)
    }

    /// Prepares a run that does not know the passphrase.
    fn locked(&self, words: &[&str]) -> Tieline {
        tieline(words).env("HOME", self.path()).env("TIELINE_STORE", "file")
    }

    fn login(&self, jira: &Practice, more: &[&str], secret: &str) -> Run {
        let words = [&["login", "jira", "--server", jira.url.as_str()], more].concat();
        self.run(&words).input(&format!("{secret}\n")).run()
    }

    /// Logs in with user and password.
    fn by_password(&self, jira: &Practice, more: &[&str]) -> Run {
        self.login(jira, &[&["--user", "mira", "--password", "-"], more].concat(), "mira-password")
    }

    /// Logs in with a token.
    fn by_token(&self, jira: &Practice, more: &[&str]) -> Run {
        self.login(jira, &[&["--token", "-"], more].concat(), "pat-sandbox-mira")
    }

    fn listed(&self) -> Vec<Value> {
        let run = self.locked(&["sessions", "--output", "json"]).run().ok();
        serde_json::from_str(&run.out).expect("JSON")
    }

    fn names(&self) -> Vec<String> {
        self.listed().iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect()
    }
}

fn logins(jira: &Practice) -> usize {
    jira.lines().iter().filter(|line| line.starts_with("POST") && line.contains("auth/1/session")).count()
}

fn logouts(jira: &Practice) -> usize {
    jira.lines().iter().filter(|line| line.starts_with("DELETE") && line.contains("auth/1/session")).count()
}

/// Returns every file below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn a_log_in_of_one_run_serves_the_next_ones() {
    let (home, jira) = (Home::new(), Practice::server());
    let run = home.by_password(&jira, &[]).ok();
    assert_eq!(
        run.out.replace(&jira.url, "SERVER").replace(home.path(), "HOME"),
        "Signed in to Jira at SERVER as Mira Holm (mira).\n\
         Saved as session \"jira\" in HOME/.config/tieline/sessions.age: the log-in's cookie.\n"
    );
    for code in ["jira()", "jira(\"jira\")", "jira(#{ session: \"jira\" })", "jira(#{ login: \"jira\" })"] {
        home.run(&["-e", &format!("{code}.whoami().name")]).run().ok().prints("mira");
    }
    home.run(&["-e", "jira().whoami().name", "--jira-session", "jira"]).run().ok().prints("mira");
    assert_eq!((logins(&jira), logouts(&jira)), (1, 0), "{:?}", jira.lines());
    home.run(&["whoami"]).run().ok().prints(&format!("jira: Mira Holm (mira) at {}", jira.url));
    let run = home.run(&["logout", "jira"]).run().ok().says("logged out at");
    assert!(run.out.starts_with("Removed session \"jira\" from "), "{run:?}");
    assert_eq!(logouts(&jira), 1);
    home.run(&["-e", "jira(\"jira\").whoami()"]).run().ends(2).says("there is no saved session \"jira\"");
    assert!(home.names().is_empty());
}

#[test]
fn a_script_saves_its_connection_under_a_name() {
    let (home, jira) = (Home::new(), Practice::server());
    let code = "jira().save_session(\"nightly\")";
    let run = home.run(&["-e", code]).env("TIELINE_JIRA_SERVER", &jira.url);
    run.env("TIELINE_JIRA_USER", "mira").env("TIELINE_JIRA_PASSWORD", "mira-password").run().ok();
    assert_eq!((logins(&jira), logouts(&jira)), (1, 0), "the log-in outlives the run");
    home.run(&["-e", "jira(\"nightly\").whoami().name"]).run().ok().prints("mira");
    // Only the session that is named like the service is its default.
    home.run(&["-e", "jira().whoami().name"]).run().ends(2).says("no server for jira");
    home.run(&["-e", "jira(\"nightly\").save_session(\"a b\")"]).run().ends(2).says("cannot be a session's name");
}

#[test]
fn a_practice_run_keeps_nothing() {
    let home = Home::new();
    let run = home.run(&["--sandbox", "-e", "jira().save_session(\"x\"); jira(\"x\").whoami().displayName"]).run().ok();
    run.prints("Mira Holm").says("practice run: session \"x\" is not kept");
    assert!(!home.folder().exists());
}

#[test]
fn cloud_and_token_sessions_hold_the_token() {
    let (home, cloud, server) = (Home::new(), Practice::cloud(), Practice::server());
    home.login(&cloud, &["--as", "cloud", "--user", "mira@sandbox.example", "--token", "-"], "ATATT-sandbox-mira").ok();
    home.by_token(&server, &["--as", "pat"]).ok();
    home.run(&["-e", "print(jira(\"cloud\").whoami().displayName); jira(\"pat\").whoami().name"])
        .run()
        .ok()
        .prints("Mira Holm\nmira");
    let methods: Vec<Value> = home.listed().into_iter().map(|row| row["method"].clone()).collect();
    assert_eq!(methods, [json!(["user", "token"]), json!(["token"])]);
    let sent = server.log().pop().unwrap();
    assert_eq!(sent.header("authorization"), "Bearer pat-sandbox-mira");
}

#[test]
fn a_token_with_scopes_goes_to_the_gateway_at_once_in_later_runs() {
    let (home, cloud) = (Home::new(), Practice::cloud());
    let words = ["--user", "mira@sandbox.example", "--token", "-", "--deployment", "cloud", "--gateway", &cloud.url];
    home.login(&cloud, &words, "ATATT-sandbox-mira-scoped").ok();
    let id = home.listed()[0]["cloudId"].as_str().expect("the site's id is remembered").to_owned();
    let before = cloud.lines().len();
    home.run(&["-e", "jira().whoami().displayName"]).run().ok().prints("Mira Holm");
    assert_eq!(cloud.lines()[before..], [format!("GET /ex/jira/{id}/rest/api/3/myself")]);
}

#[test]
fn a_trello_session_holds_key_and_token() {
    let home = Home::new();
    let trello = serve(|_| crate::common::server::json(200, r#"{"fullName":"Mira Holm","username":"mira"}"#));
    let words = ["login", "trello", "--server", &trello.url, "--key", "app-key-1", "--token", "-"];
    let run = home.run(&words).input("tok-1234567890").run().ok();
    assert!(run.out.contains(" as Mira Holm.") && run.out.contains("`key` and `token`"), "{run:?}");
    home.run(&["-e", "trello().whoami().username"]).run().ok().prints("mira");
    let (first, second) = (&trello.seen()[0], &trello.seen()[1]);
    assert!(first.header("authorization").contains("app-key-1"), "{first:?}");
    assert_eq!(first.header("authorization"), second.header("authorization"));
}

#[test]
fn what_cannot_be_saved_is_not_left_open_at_the_server() {
    let (home, jira) = (Home::new(), Practice::server());
    jira.fault(&json!({ "path": "/rest/api/2/myself", "kind": "500", "times": 9 }));
    home.by_password(&jira, &[]).ends(3);
    assert_eq!((logins(&jira), logouts(&jira)), (1, 1), "{:?}", jira.lines());
    assert!(home.names().is_empty());
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_what_is_saved_and_no_file_shows_a_secret() {
    use std::os::unix::fs::PermissionsExt;
    let (home, jira) = (Home::new(), Practice::server());
    home.by_password(&jira, &["--keep-password"]).ok();
    home.by_token(&jira, &["--as", "pat"]).ok();
    let cookie = jira.log().iter().map(|seen| seen.header("cookie").to_owned()).find(|c| !c.is_empty()).unwrap();
    let id = cookie.split("JSESSIONID=").nth(1).unwrap().split(';').next().unwrap().to_owned();
    let all = files(home.0.path());
    assert_eq!(all.len(), 3, "{all:?}");
    for path in &all {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600, "{path:?}");
        let bytes = fs::read(path).unwrap();
        for secret in SECRETS.iter().copied().chain([id.as_str()]) {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{path:?}: {secret}");
        }
    }
    assert_eq!(fs::metadata(home.folder()).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(home.folder().join("sessions.age"), fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["-e", "jira(\"pat\").whoami().name"])
        .run()
        .ok()
        .prints("mira")
        .says("sessions.age could be read by others (mode 644); it is yours alone now");
    home.run(&["-e", "jira(\"pat\").whoami().name"]).run().ok().prints("mira").err.is_empty().then_some(()).unwrap();
}

#[test]
fn the_passphrase_opens_the_file_and_nothing_else_does() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &[]).ok();
    let code = "jira().whoami().name";
    home.locked(&["-e", code]).run().ends(2).says("needs its passphrase, and there is no terminal to ask for it");
    home.locked(&["-e", code])
        .env("TIELINE_PASSPHRASE", "tok-1234567890")
        .run()
        .ends(2)
        .says("Client error: the passphrase does not open ");
    home.locked(&["-e", code]).file("phrase", "hunter2-secret\n").env("TIELINE_PASSPHRASE_FILE", "phrase").run().ok();
    // A wrong passphrase adds nothing either, and nobody is asked for a secret before.
    let before = fs::read(home.folder().join("sessions.age")).unwrap();
    let words = ["login", "jira", "--as", "x", "--server", &jira.url, "--token", "-"];
    home.locked(&words).env("TIELINE_PASSPHRASE", "tok-1234567890").run().ends(2).says("the passphrase does not open");
    assert_eq!(fs::read(home.folder().join("sessions.age")).unwrap(), before);
    // The list needs no passphrase.
    assert_eq!(home.names(), ["jira"]);
}

#[test]
fn a_store_is_not_opened_when_everything_was_given() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &[]).ok();
    home.locked(&["-e", "jira().whoami().name"])
        .env("TIELINE_JIRA_SERVER", &jira.url)
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
        .run()
        .ok()
        .prints("mira");
    // What is given beats what is saved, value by value.
    home.run(&["-e", "let j = jira(\"jira\"); print(j.auth.sources.token); j.whoami().name"])
        .env("TIELINE_JIRA_TOKEN", "pat-sandbox-jonas")
        .run()
        .ok()
        .prints("the environment (TIELINE_JIRA_TOKEN)\njonas");
}

#[test]
fn a_session_belongs_to_its_server_service_and_user() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_password(&jira, &["--as", "x"]).ok();
    let thief = serve(|_| panic!("nothing may be sent here"));
    let run = |code: &str| home.run(&["-e", code]).run();
    run(&format!("jira(#{{ session: \"x\", server: \"{}\" }}).whoami()", thief.url))
        .ends(2)
        .says(&format!("Client error: session \"x\" belongs to {}; it is not used at {}", jira.url, thief.url))
        .says("`server` is from the script");
    let other = format!("{}/other", jira.url.trim_end_matches("/jira"));
    run(&format!("jira(#{{ session: \"x\", server: \"{other}\" }}).whoami()")).ends(2).says("belongs to");
    run(&format!("jira(#{{ session: \"x\", server: \"{}/\" }}).whoami().name", jira.url)).ok().prints("mira");
    run("confluence(\"x\").whoami()").ends(2).says("session \"x\" is of jira, not of confluence");
    run("upm(\"x\").server").ok().prints(&jira.url);
    run("jira(#{ session: \"x\", user: \"jonas\" }).whoami()").ends(2).says("session \"x\" is of mira, not of jonas");
    // A default session of another server is no help, and no error either.
    home.by_token(&jira, &[]).ok();
    run(&format!("jira(#{{ server: \"{}\" }}).whoami()", thief.url)).ends(2).says("not signed in to Jira");
    assert!(thief.seen().is_empty());
}

#[test]
fn a_list_that_was_tampered_with_sends_no_secret_elsewhere() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &[]).ok();
    let thief = serve(|_| panic!("nothing may be sent here"));
    let list = home.folder().join("sessions.json");
    let forged = fs::read_to_string(&list).unwrap().replace(&jira.url, &thief.url);
    fs::write(&list, forged).unwrap();
    home.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira");
    home.run(&["-e", &format!("jira(#{{ session: \"jira\", server: \"{}\" }}).whoami()", thief.url)])
        .run()
        .ends(2)
        .says("belongs to");
    assert!(thief.seen().is_empty());
}

#[test]
fn an_expired_session_says_so_before_anything_is_sent() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &["--as", "old", "--expires", "2020-02-29"]).ok();
    let before = jira.lines().len();
    let says = "Client error: session \"old\" expired on 2020-02-29; log in again: tieline login jira --as old";
    home.run(&["-e", "jira(\"old\").whoami()"]).run().ends(2).says(says);
    let run = home.run(&["whoami"]).run().ends(4);
    assert_eq!(run.out.trim(), format!("old: {says}"));
    assert_eq!(jira.lines().len(), before);
    let table = home.locked(&["sessions"]).run().ok().out;
    assert!(table.contains("2020-02-29 (expired)"), "{table}");
    home.by_token(&jira, &["--as", "x", "--expires", "soon"]).ends(2).says("\"soon\" is no time");
}

#[test]
fn a_session_that_the_server_ended_names_the_way_back() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_password(&jira, &["--as", "x"]).ok();
    jira.expire();
    home.run(&["-e", "jira(\"x\").search(\"project = DOC\").count()"])
        .run()
        .ends(4)
        .says("User is not authorized")
        .says("the saved session has expired or was logged out")
        .says("session \"x\"; log in again: tieline login jira --as x");
    home.run(&["whoami", "x"]).run().ends(4);
    // Server and user are known; only the password is asked for.
    let words = ["login", "jira", "--as", "x", "--password", "-"];
    home.run(&words).input("mira-password").run().ok();
    home.run(&["-e", "jira(\"x\").whoami().name"]).run().ok().prints("mira");
}

#[test]
fn a_session_with_its_password_renews_itself_once_for_all() {
    let (home, jira) = (Home::new(), Practice::server());
    let run = home.by_password(&jira, &["--keep-password"]).ok();
    assert!(run.out.contains("the log-in's cookie and `password`"), "{run:?}");
    jira.expire();
    let code = ["-e", "jira().whoami().name"];
    home.run(&code).run().ok().prints("mira").says("logging in again");
    assert_eq!((logins(&jira), logouts(&jira)), (2, 0), "the new log-in is kept for the next run");
    let run = home.run(&code).run().ok().prints("mira");
    assert!(run.err.is_empty(), "{run:?}");
    assert_eq!((logins(&jira), logouts(&jira)), (2, 0));
    home.run(&["logout", "jira"]).run().ok();
    assert_eq!(logouts(&jira), 1);
}

#[test]
fn a_refused_log_in_saves_nothing() {
    let (home, jira) = (Home::new(), Practice::server());
    home.login(&jira, &["--user", "mira", "--password", "-"], "tok-1234567890").ends(4).says("Response code: 401.");
    home.login(&jira, &["--token", "-"], "tok-1234567890").ends(4).says("Response code: 401.");
    assert!(home.names().is_empty());
    assert!(!home.folder().join("sessions.age").exists());
}

#[test]
fn what_is_missing_without_a_terminal_is_said() {
    let (home, jira) = (Home::new(), Practice::server());
    let run = |words: &[&str]| home.run(&[&["login"], words].concat()).run().ends(2);
    run(&["jira"]).says("`server` is missing, and there is no terminal to ask").says("TIELINE_JIRA_SERVER");
    run(&["jira", "--server", &jira.url])
        .says("`token` is missing")
        .says("give --token - (reads standard input), or set TIELINE_JIRA_TOKEN");
    run(&["jira", "--server", &jira.url, "--user", "mira"]).says("`password` is missing");
    run(&["jira", "--server", &jira.url, "--deployment", "cloud"]).says("`user` and `token` are missing");
    run(&["trello", "--key", "k"]).says("`token` is missing");
    run(&["slack"]).says("`token` is missing").says("TIELINE_SLACK_TOKEN");
    run(&["tempo"]).says("`tempoToken` is missing").says("give --tempo-token -");
    run(&["jria"]).says("there is no service \"jria\"").says("did you mean jira?");
    run(&["upm"]).says("name one of jira, confluence");
    run(&["jira", "--store", "cloud"]).says("there is no store \"cloud\"");
    run(&["jira", "--as=-x"]).says("cannot be a session's name");
}

#[test]
fn without_a_keyring_the_ways_out_are_named_before_a_secret_is_read() {
    let (home, jira) = (Home::new(), Practice::server());
    let start = std::time::Instant::now();
    let run = tieline(&["login", "jira", "--server", &jira.url, "--token", "-"])
        .env("HOME", home.path())
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
        .run()
        .ends(2);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    run.says("there is no keyring here").says("--store file").says("TIELINE_JIRA_TOKEN");
    assert!(jira.lines().is_empty());
}

#[test]
fn a_handle_goes_to_standard_output_and_comes_back_by_standard_input() {
    let (home, jira) = (Home::new(), Practice::server());
    let words = ["login", "jira", "--server", &jira.url, "--user", "mira", "--password", "-", "--print-handle"];
    let run = home.run(&words).input("mira-password").may_show_secrets().run().ok();
    let handle = run.out.trim().to_owned();
    assert!(handle.starts_with("tieline1.") && !handle.contains(char::is_whitespace), "{run:?}");
    assert!(home.names().is_empty() && !home.folder().exists());
    let run = home.run(&["-e", "jira().whoami().name", "--login", "-"]).input(&format!("{handle}\n")).run();
    run.ok().prints("mira");
    assert_eq!((logins(&jira), logouts(&jira)), (1, 0));
    // A handle may be saved like anything else that signs in.
    home.run(&["login", "jira", "--login", "-"]).input(&handle).run().ok();
    home.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira");
    // Without a terminal a token has no handle to print.
    let words = ["login", "jira", "--server", &jira.url, "--token", "-", "--print-handle"];
    home.run(&words).input("pat-sandbox-mira").run().ends(2).says("a token needs no login");
}

#[test]
fn a_mistyped_handle_is_not_repeated() {
    let home = Home::new();
    let run = home.run(&["-e", "jira(#{ login: \"3F2504E04F8911D39A0C0305E82C3301\" }).whoami()"]).run().ends(2);
    assert!(
        !run.err.replace(&run.err.lines().nth(3).unwrap_or_default().to_owned(), "").contains("3F2504E0"),
        "{run:?}"
    );
    run.says("`login` is neither a session handle nor the name of a saved session");
}

#[test]
fn many_runs_at_once_lose_nothing() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &["--as", "first"]).ok();
    let names: Vec<String> = (0..6).map(|i| format!("s{i}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| home.by_token(&jira, &["--as", name]).ok());
        }
        scope.spawn(|| home.run(&["logout", "first"]).run().ok());
    });
    assert_eq!(home.names(), names);
    let code = "let all = []; for i in 0..6 { all.push(jira(`s${i}`).whoami().name); } all.len()";
    home.run(&["-e", code]).run().ok().prints("6");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_while_it_saves_leaves_the_old_file() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &["--as", "old"]).ok();
    let file = home.folder().join("sessions.age");
    let mut killed = 0;
    // Saving takes about a second of key derivation; the moments are spread over all of it.
    for step in 0..12 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tieline"))
            .args(["login", "jira", "--as", "new", "--token", "-", "--server", &jira.url])
            .env_clear()
            .envs([("HOME", home.path()), ("TIELINE_STORE", "file"), ("TIELINE_PASSPHRASE", PASSPHRASE)])
            .env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(100 + step * 120));
        killed += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1"), "a whole file, old or new");
    }
    assert!(killed > 0, "no run was caught in the act");
    home.run(&["-e", "jira(\"old\").whoami().name"]).run().ok().prints("mira");
    home.by_token(&jira, &["--as", "new"]).ok();
    assert_eq!(home.names(), ["new", "old"]);
    assert!(!home.folder().join("sessions.age.new").exists());
}

#[test]
fn what_a_newer_program_wrote_is_left_alone() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &[]).ok();
    let list = home.folder().join("sessions.json");
    let newer = fs::read_to_string(&list).unwrap().replace("\"version\": 1", "\"version\": 7");
    fs::write(&list, &newer).unwrap();
    for words in [&["sessions"][..], &["-e", "jira().whoami()"], &["logout", "jira"]] {
        home.run(words).run().ends(2).says("was written by a newer tieline (version 7 of its form)");
    }
    home.by_token(&jira, &[]).ends(2).says("newer tieline");
    assert_eq!(fs::read_to_string(&list).unwrap(), newer);
    fs::write(&list, "{").unwrap();
    home.run(&["sessions"]).run().ends(2).says("sessions.json is damaged");
}

#[test]
fn one_refusal_among_many_is_exit_code_four() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_token(&jira, &["--as", "a"]).ok();
    home.by_password(&jira, &["--as", "b"]).ok();
    home.by_token(&jira, &["--as", "c"]).ok();
    jira.expire();
    let run = home.run(&["whoami"]).run().ends(4);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 3, "{run:?}");
    assert_eq!(lines[0], format!("a: Mira Holm at {}", jira.url));
    assert!(lines[1].starts_with("b: Remote error: User is not authorized"), "{run:?}");
    home.run(&["whoami", "a", "c"]).run().ok();
    home.run(&["whoami", "d"]).run().ends(2).says("\"d\" is neither a saved session nor a service");
    let run = home.run(&["whoami", "jira"]).env("TIELINE_JIRA_SERVER", &jira.url);
    run.env("TIELINE_JIRA_TOKEN", "pat-sandbox-mira").run().ok();
}

#[test]
fn the_list_shows_everything_but_secrets() {
    let (home, jira) = (Home::new(), Practice::server());
    home.locked(&["sessions"]).run().ok().says("no session is saved").prints("");
    home.by_password(&jira, &["--keep-password"]).ok();
    home.by_token(&jira, &["--as", "pat", "--expires", "2099-12-31"]).ok();
    let table = home.locked(&["sessions"]).run().ok().out.replace(&jira.url, "SERVER");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "SERVICE", "SERVER", "USER", "METHOD", "STORE", "SAVED", "EXPIRES"]);
    assert_eq!(rows[1][..6], ["jira", "jira", "SERVER", "mira", "user+login+password", "file"]);
    assert_eq!(rows[2][..6], ["pat", "jira", "SERVER", "Mira", "Holm", "token"]);
    assert_eq!(rows[2][8], "2099-12-31");
    home.run(&["logout", "jria"])
        .run()
        .ends(2)
        .says("there is no saved session \"jria\"")
        .says("did you mean \"jira\"?");
}

fn explained(home: &Home, words: &[&str], environment: &[(&str, &str)]) -> String {
    let run = home.locked(&[&["explain", "jira"], words].concat());
    environment.iter().fold(run, |run, (name, value)| run.env(name, value)).run().ok().out
}

#[test]
fn explain_names_the_way_the_sources_and_what_is_missing() {
    let home = Home::new();
    let environment =
        [("TIELINE_JIRA_TOKEN_COMMAND", "touch was-run; echo x"), ("TIELINE_JIRA_SERVER", "https://jira.acme.com")];
    assert_eq!(
        explained(&home, &["--jira-deployment", "server", "--user=mira"], &environment),
        "\
Jira at https://jira.acme.com, Server or Data Center

Given:
  user        mira                   from the command line (--user)
  token       ••••                   from a command (TIELINE_JIRA_TOKEN_COMMAND)
  server      https://jira.acme.com  from the environment (TIELINE_JIRA_SERVER)
  deployment  server                 from the command line (--jira-deployment)

Signs in with `token`: `Authorization: Bearer` with each request.
Other ways:
  `login`: the cookie of an earlier log-in with each request; missing: `login`
  `user` and `password`: one log-in, then its cookie with each request; the end of the run logs out; missing: `password`
  `clientId` and `clientSecret`: a short-lived token, got for the client's id and secret, as `Authorization: Bearer`; missing: `clientId` and `clientSecret`
"
    );
    assert_eq!(
        explained(&home, &["--server", "acme.atlassian.net", "--token", "-"], &[]),
        "\
Jira at https://acme.atlassian.net, Cloud

Given:
  token   ••••                from standard input (--token -)
  server  acme.atlassian.net  from the command line (--server)

Cannot sign in: no way has all it needs.
Ways:
  `user` and `token`: `Authorization: Basic` with each request; missing: `user`
  `user` and `password`: `Authorization: Basic` with each request; missing: `user` and `password`
  `clientId` and `clientSecret`: a short-lived token, got for the client's id and secret, as `Authorization: Bearer`; missing: `clientId` and `clientSecret`
"
    );
    home.locked(&["explain", "jira", "--tokn", "x"]).run().ends(2).says("there is no parameter --tokn");
    home.locked(&["explain", "jira", "x"]).run().ends(2).says("\"x\" is one argument too many");
    home.locked(&["explain", "jira", "--server", "http://jira.acme.com"]).run().ends(2).says("unencrypted");
}

#[test]
fn explain_sends_nothing_and_opens_no_store() {
    let (home, jira) = (Home::new(), Practice::server());
    home.by_password(&jira, &["--keep-password"]).ok();
    let before = jira.lines().len();
    assert_eq!(
        explained(&home, &[], &[]).replace(&jira.url, "http://SERVER"),
        "\
Jira at http://SERVER, Server or Data Center
Session \"jira\", saved in the session file, gives what was not given otherwise.

Given:
  server      http://SERVER  from session \"jira\"
  deployment  server                       from session \"jira\"
  user        mira                         from session \"jira\"
  login       ••••                         from session \"jira\"
  password    ••••                         from session \"jira\"

Signs in with `login`: the cookie of an earlier log-in with each request.
Other ways:
  `token`: `Authorization: Bearer` with each request; missing: `token`
  `user` and `password`: one log-in, then its cookie with each request; the end of the run logs out; not used: the first way counts
  `clientId` and `clientSecret`: a short-lived token, got for the client's id and secret, as `Authorization: Bearer`; missing: `clientId` and `clientSecret`
"
        .replace("http://SERVER  from", &format!("{:1$}  from", "http://SERVER", "http://SERVER".len()))
    );
    assert_eq!(jira.lines().len(), before);
    let all = home.locked(&["explain", "trello"]).run().ok().out;
    assert!(all.starts_with("Trello at https://api.trello.com"), "{all}");
}

#[cfg(unix)]
mod terminal {
    use super::*;
    use rexpect::session::{PtySession, spawn_command};

    fn start(home: &Home, words: &[&str]) -> PtySession {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tieline"));
        command.args(words).env_clear().env("HOME", home.path()).env("TIELINE_STORE", "file").env("TERM", "dumb");
        spawn_command(command, Some(90_000)).expect("a terminal")
    }

    /// Answers a question, and returns what the terminal showed up to it.
    fn answer(session: &mut PtySession, question: &str, text: &str) -> String {
        let shown = session.exp_string(question).expect(question);
        session.send_line(text).expect("the answer is typed");
        shown
    }

    #[test]
    fn log_in_asks_for_what_is_missing_and_shows_no_secret() {
        let (home, jira) = (Home::new(), Practice::server());
        let mut session = start(&home, &["login", "jira", "--user", "mira"]);
        let mut shown = answer(&mut session, "New passphrase for ", PASSPHRASE);
        shown += &answer(&mut session, "The same passphrase again: ", PASSPHRASE);
        shown += &answer(&mut session, "such as https://acme.atlassian.net): ", &jira.url);
        shown += &answer(&mut session, "Password: ", "mira-password");
        shown += &session.exp_eof().expect("the end");
        assert!(shown.contains("Signed in to Jira at "), "{shown}");
        assert!(shown.contains(&jira.url), "what is no secret is echoed: {shown}");
        for secret in SECRETS {
            assert!(!shown.contains(secret), "{shown}");
        }
        home.run(&["-e", "jira().whoami().name"]).run().ok().prints("mira");

        let mut session = start(&home, &["-e", "jira().whoami().name"]);
        let mut shown = answer(&mut session, "sessions.age: ", PASSPHRASE);
        shown += &session.exp_eof().expect("the end");
        assert!(shown.contains("mira") && !shown.contains(PASSPHRASE), "{shown}");
    }

    #[test]
    fn two_different_passphrases_are_refused() {
        let home = Home::new();
        let mut session = start(&home, &["login", "jira", "--user", "mira"]);
        answer(&mut session, "New passphrase for ", "tok-1234567890");
        answer(&mut session, "again: ", "tok-123456789O");
        let shown = session.exp_eof().expect("the end");
        assert!(shown.contains("the two passphrases differ"), "{shown}");
    }

    #[test]
    fn trello_names_the_address_that_gives_a_token() {
        let home = Home::new();
        let server = serve(|_| crate::common::server::reply(401, &[], "invalid token"));
        let mut session = start(&home, &["login", "trello", "--print-handle", "--server", &server.url]);
        answer(&mut session, "Application key: ", "app-key-1");
        let shown = answer(&mut session, "Token: ", "tok-1234567890");
        assert!(shown.contains("https://trello.com/1/authorize?") && shown.contains("key=app-key-1"), "{shown}");
        let rest = session.exp_eof().expect("the end");
        assert!(!rest.contains("tok-1234567890"), "{rest}");
    }
}
