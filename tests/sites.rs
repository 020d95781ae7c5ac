//! Site aliases of ACLI become saved sessions.

use crate::common::{Run, Tieline, practice::Practice, tieline};
use serde_json::Value;

const PASSPHRASE: &str = "hunter2-secret";

/// A home that several runs share.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Home(tempfile::tempdir().expect("a temporary folder"))
    }

    fn run(&self, words: &[&str]) -> Tieline {
        let home = self.0.path().to_str().expect("a path in UTF-8");
        tieline(words).env("HOME", home).env("TIELINE_STORE", "file").env("TIELINE_PASSPHRASE", PASSPHRASE)
    }

    fn import(&self, text: impl AsRef<[u8]>, more: &[&str], input: &str) -> Run {
        let words = [&["sites", "import", "acli.properties"], more].concat();
        self.run(&words).file("acli.properties", text).input(input).run()
    }

    fn sessions(&self) -> Vec<[String; 4]> {
        let run = self.run(&["sessions", "--output", "json"]).run().ok();
        let rows: Value = serde_json::from_str(&run.out).expect("JSON");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let method =
            |row: &Value| row["method"].as_array().expect("a list").iter().map(text).collect::<Vec<_>>().join("+");
        let row = |row: &Value| [text(&row["name"]), text(&row["service"]), text(&row["deployment"]), method(row)];
        rows.as_array().expect("a list").iter().map(row).collect()
    }

    /// Returns whom a saved session signs in.
    fn who(&self, session: &str) -> String {
        let code = format!("jira(\"{session}\").whoami().displayName");
        self.run(&["-e", &code]).run().ok().out.trim().to_owned()
    }
}

#[test]
fn aliases_become_sessions_that_work() {
    let (home, cloud, server) = (Home::new(), Practice::cloud(), Practice::server());
    let text = format!(
        "# Sites\nwork = jiracloud -s {} -u mira@sandbox.example -t ATATT-sandbox-mira\n\
         inside: jira --server {1} \\\n    --user mira --password \"mira-password\"\n\
         robot jira --server={1} --token=pat-sandbox-mira --outputFormat 2 --dbPassword hunter2-secret\n",
        cloud.url, server.url
    );
    let run = home.import(&text, &[], "").ok();
    assert!(run.out.contains("Saved 3 sessions in "), "{run:#?}");
    assert!(run.out.contains("robot: a session has no place for --outputFormat, --dbPassword.\n"), "{run:#?}");
    let row = |name: &str, deployment: &str, method: &str| [name, "jira", deployment, method].map(str::to_owned);
    let mut sessions = home.sessions();
    sessions.sort();
    assert_eq!(
        sessions,
        [row("inside", "server", "user+password"), row("robot", "server", "token"), row("work", "cloud", "user+token")]
    );
    assert_eq!(cloud.lines().len() + server.lines().len(), 0, "nobody is asked");
    for session in ["work", "inside", "robot"] {
        assert_eq!(home.who(session), "Mira Holm");
    }
}

#[test]
fn secrets_that_are_kept_elsewhere_are_asked_for_once() {
    let (home, server) = (Home::new(), Practice::server());
    let text = format!(
        "a=jira -s {0} -t ${{secret:my.token}}\nb=jira -s {0} -t ${{secret:my.token}}\nc=jira -s {0} -u mira -p -\n",
        server.url
    );
    let run = home.import(&text, &[], "pat-sandbox-mira\nmira-password\n").ok();
    assert_eq!(run.err.matches("my.token: ").count(), 1, "{run:#?}");
    assert!(run.err.contains("\"c\": the password of c: "), "{run:#?}");
    for session in ["a", "b", "c"] {
        assert_eq!(home.who(session), "Mira Holm");
    }
    let other = Home::new();
    other.import(&text, &[], "pat-sandbox-mira\n").ends(2).says("nobody answered");
    assert_eq!(other.sessions(), [[""; 4]; 0]);
}

#[test]
fn a_dry_run_shows_and_saves_nothing() {
    let home = Home::new();
    let text = "work = jira -s https://acme.atlassian.net -u me@acme.example -p mira-password\n\
        wiki = confluence -s https://wiki.acme.example -u ${secret:me} -t -\n";
    let run = home.import(text, &["--dry-run"], "").ok();
    let rows: Vec<Vec<&str>> = run.out.lines().take(3).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "SERVICE", "SERVER", "USER", "METHOD"]);
    assert_eq!(rows[1], ["work", "jira", "https://acme.atlassian.net", "me@acme.example", "user+token"]);
    assert_eq!(rows[2], ["wiki", "confluence", "https://wiki.acme.example", "(asked", "for)", "user+token"]);
    assert!(
        run.out.contains("work: its password is kept as the token, since Cloud takes API tokens only."),
        "{run:#?}"
    );
    assert_eq!(home.sessions(), [[""; 4]; 0]);
}

#[test]
fn what_is_no_site_of_ours_is_said() {
    let home = Home::new();
    let text = "eyes = fisheye -s https://eyes.example -u me -p mira-password\nbare = jira -s https://jira.example -u me\n\
        timeout = 30\ngood = bamboo -s https://bamboo.example -t tok-1234567890\n";
    let run = home.import(text, &[], "").ok();
    for says in [
        "eyes: not imported: it starts with no client of a service that tieline knows (jira, ",
        "bare: not imported: it has neither token nor password; `tieline login jira --as bare` asks for one.",
        "timeout: not imported: it starts with no client",
        "Saved 1 session in ",
    ] {
        assert!(run.out.contains(says), "{says:?} in {run:#?}");
    }
    assert_eq!(home.sessions(), [["good", "bamboo", "server", "token"]]);
    let run = home.import("# nothing\n", &[], "").ok();
    assert!(!run.out.contains("Saved"), "{run:#?}");
}

#[test]
fn if_anything_is_wrong_nothing_is_saved() {
    let home = Home::new();
    let good = "good = jira -s https://jira.example -t tok-1234567890\n";
    for (bad, says) in [
        ("x = jira -s \"https://jira.example -t mira-password", "x: a quote is not closed"),
        ("x = jira https://jira.example -t mira-password", "x: a word stands where a parameter should"),
        ("x = jira -s https://jira.example -u me -p", "x: --password has no value"),
        ("x = jira -t mira-password", "x: "),
        ("x = jira -s https://jira.example -t mira-password -t mira-password", "x: --token is there twice"),
        ("x = jira -s ftp://jira.example -t mira-password", "x: "),
        ("x = jira -s https://jira.example -p mira-password", "x: "),
        ("x = jira -s https://jira.example -u a:b -p mira-password", "x: `user` must not have a colon in it"),
        ("x\\ y = jira -s https://jira.example -t mira-password", "x y: that cannot be a session's name"),
        ("good = jira -s https://other.example -t mira-password", "good: it is there twice"),
        ("x = jira -s https://jira.example -t ${other:mira}", "x: --token refers to something that is not known here"),
        ("x = \\u12", "line 2: \\u needs four hexadecimal digits"),
    ] {
        let run = home.import(format!("{good}{bad}\n"), &[], "").ends(2).says(says);
        assert!(run.out.is_empty(), "{run:#?}");
        assert_eq!(home.sessions(), [[""; 4]; 0], "{bad}");
    }
    home.run(&["sites", "import", "nowhere.properties"]).run().ends(2).says("cannot read nowhere.properties");
    home.import(good, &["--store", "paper"], "").ends(2).says("there is no store \"paper\"");
    home.run(&["sites"]).run().ends(2);
}

#[test]
fn sessions_are_replaced_only_where_that_is_said() {
    let home = Home::new();
    home.import("work = jira -s https://old.example -t tok-1234567890\n", &[], "").ok();
    let new = "work = confluence -s https://new.example -t tok-1234567890\n";
    home.import(new, &[], "").ends(2).says("work: a session of that name is saved already; --replace replaces it");
    assert_eq!(home.sessions(), [["work", "jira", "server", "token"]]);
    home.import(new, &["--replace"], "").ok();
    assert_eq!(home.sessions(), [["work", "confluence", "server", "token"]]);
}

#[test]
fn verified_are_saved_and_the_others_named() {
    let (home, server) = (Home::new(), Practice::server());
    let text = format!("right=jira -s {0} -t pat-sandbox-mira\nwrong=jira -s {0} -t tok-1234567890\n", server.url);
    let run = home.import(&text, &["--verify"], "").ends(5).says("wrong: not saved: Remote error: ");
    assert!(run.out.contains("Saved 1 session in "), "{run:#?}");
    assert_eq!(home.sessions(), [["right", "jira", "server", "token"]]);
}

#[test]
fn files_in_latin_1_are_read() {
    let home = Home::new();
    let text = b"work = jira -s https://jira.example -u j\xFCrgen -p gr\\u00fcn-tok-1234567890\n";
    let run = home.import(text, &[], "").ok();
    assert!(run.out.contains("jürgen"), "{run:#?}");
    assert_eq!(home.sessions(), [["work", "jira", "server", "user+password"]]);
}
