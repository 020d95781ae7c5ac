//! What is measured.

use super::stub::Stub;

/// The columns of the export.
pub(crate) const COLUMNS: [&str; 6] = [
    "key",
    "fields.summary",
    "fields.status.name",
    "fields.assignee.displayName",
    "fields.priority.name",
    "fields.created",
];

/// One job, on either side.
pub(crate) struct Job {
    /// Its name in the report.
    pub(crate) name: &'static str,
    /// The command of the bare side.
    pub(crate) minimal: Vec<String>,
    /// Our command.
    pub(crate) tieline: Vec<String>,
    /// Our environment.
    pub(crate) environment: Vec<(&'static str, String)>,
    /// How often.
    pub(crate) rounds: usize,
}

const COUNT: &str = r#"
    let counts = #{};
    for issue in jira().search("project = OPS", #{ fields: "*all" }) {
        let status = issue.fields.status.name;
        counts[status] = (counts[status] ?? 0) + 1;
    }
    if counts.values().sum() != 10000 { throw `counted ${counts}`; }
    counts"#;

const COMMENTS: &str = r#"
    let jira = jira();
    let keys = [];
    for n in 0..500 { keys.push(`OPS-${n}`); }
    parallel(keys, FLIGHT, |key| jira.post("/rest/api/2/issue/{key}/comment", #{ key: key, body: "Released." })).len()"#;

const LOOP: &str = "let sum = 0; for i in 0..3000000 { if i % 3 == 0 { sum += i; } } sum";
const CALLS: &str = "fn add(a, b) { a + b } let sum = 0; for i in 0..700000 { sum = add(sum, i); } sum";
const TEXTS: &str = "let all = []; for i in 0..300000 { all.push(`OPS-${i}`); } all.filter(|t| t.ends_with(\"7\")).map(|t| t.len()).len()";

/// Returns all jobs, in the order of the report.
pub(crate) fn all(stub: &Stub) -> Vec<Job> {
    let code = |code: &str| vec!["-e".to_owned(), code.to_owned()];
    let csv = format!(
        r#"write_csv(`${{env("TMPDIR")}}/tieline-bench.csv`, jira().search("project = OPS", #{{ fields: ["summary", "status", "assignee", "priority", "created"] }}), {COLUMNS:?})"#
    );
    let one = r#"print(jira().issue("OPS-1").fields.summary)"#;
    let (quick, slow) = (stub.site(0), stub.site(50));
    let comments = |flight: &str| code(&COMMENTS.replace("FLIGHT", flight));
    vec![
        job("start, do nothing", "start", &quick, "8", code("1"), 41),
        job("one issue, its summary", "one", &quick, "8", code(one), 41),
        job("10,000 issues by status", "count", &quick, "8", code(COUNT), 7),
        cloud(job("10,000 issues by status, Cloud", "count", &quick, "8", code(COUNT), 7)),
        job("10,000 issues by status, 50 ms", "count", &slow, "8", code(COUNT), 5),
        cloud(job("10,000 issues by status, 50 ms, Cloud", "count", &slow, "8", code(COUNT), 3)),
        job("500 comments, 50 ms, 8 in flight", "comments", &slow, "8", comments("8"), 3),
        job("500 comments, 50 ms, 32 in flight", "comments", &slow, "32", comments("32"), 5),
        job("10,000 issues to CSV, 6 columns", "csv", &quick, "8", code(&csv), 9),
        script("a loop of 3,000,000", LOOP),
        script("700,000 calls of a function", CALLS),
        script("300,000 texts, closures", TEXTS),
    ]
}

/// The name of the run against a limit.
pub(crate) const LIMITED: &str = "2,000 requests where 50 a second are allowed";

/// How many requests that run does.
pub(crate) const LIMITED_REQUESTS: usize = 2000;

/// Returns the command and the environment of the run against a limit.
pub(crate) fn limited(stub: &Stub) -> (Vec<String>, Vec<(&'static str, String)>) {
    let code = format!(
        r#"let j = jira(); parallel(0..{LIMITED_REQUESTS}, 32, |n| j.put("/rest/api/2/issue/{{key}}/comment", #{{ key: `OPS-${{n}}` }})).len()"#
    );
    let job = job(LIMITED, "", &stub.limited(), "", vec!["-e".to_owned(), code], 1);
    (job.tieline, job.environment)
}

fn this(words: &[&str]) -> Vec<String> {
    let file = std::env::current_exe().expect("a running program has a file").to_string_lossy().into_owned();
    std::iter::once(file).chain(words.iter().map(|word| (*word).to_owned())).collect()
}

fn tieline(words: Vec<String>) -> Vec<String> {
    std::iter::once(env!("CARGO_BIN_EXE_tieline").to_owned()).chain(words).collect()
}

fn job(name: &'static str, work: &str, site: &str, flight: &str, words: Vec<String>, rounds: usize) -> Job {
    let environment = vec![
        ("TIELINE_JIRA_SERVER", site.to_owned()),
        ("TIELINE_JIRA_TOKEN", "bench-token".to_owned()),
        ("TMPDIR", std::env::temp_dir().to_string_lossy().into_owned()),
    ];
    Job { name, minimal: this(&["--minimal", work, site, flight]), tieline: tieline(words), environment, rounds }
}

/// The same against a Cloud, whose pages are found by token.
fn cloud(mut job: Job) -> Job {
    job.environment.push(("TIELINE_JIRA_USER", "mira@example.com".to_owned()));
    for word in &mut job.tieline {
        *word = word.replace("jira()", r#"jira(#{ deployment: "cloud" })"#);
    }
    job
}

fn script(name: &'static str, code: &str) -> Job {
    let tieline = tieline(vec!["-e".to_owned(), code.to_owned()]);
    Job { name, minimal: this(&["--rhai", code]), tieline, environment: Vec::new(), rounds: 9 }
}
