//! No secret leaves the program, however a script asks for it.

use crate::common::server::{json, serve};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// Secrets by the way on which each comes into the program.
const GIVEN: &[(&str, &str)] = &[
    ("map", "leak-map-5f3a9c1e77"),
    ("environment", "leak-env-0b6d2e8f41"),
    ("command line", "leak-arg-9a7c3d5b20"),
    ("file", "leak-file-4c8e1f6a93"),
    ("secret()", "leak-own-7e2b9d4c15"),
    ("ask_secret()", "leak-ask-3d9f5a1b68"),
    ("params()", "leak-par-6a4e8c2d07"),
];

/// Hands every secret to everything that writes. Each line runs by itself: one that refuses is as good as one that hides.
const SCRIPT: &str = r#"
let o = params(#{ deep: #{ "type": "secret", "default": () } });
let mine = secret("MY_SECRET");
let asked = ask_secret("Password: ");
let server = env("TIELINE_JIRA_SERVER");
let by_map = jira(#{ server: server, user: "mira", token: "leak-map-5f3a9c1e77", deployment: "server" });
let by_env = jira(#{ server: server });
let all = [mine, asked, o.deep, by_map, by_env];
let writers = [
    |s| print(s),
    |s| debug(s),
    |s| log(`${s}`),
    |s| print(`text ${s}`),
    |s| print("a" + s),
    |s| print(s + "a"),
    |s| print([s, #{ inner: s }]),
    |s| print(to_json(#{ inner: s })),
    |s| print(json([s])),
    |s| print(s.to_string()),
    |s| print(s.to_debug()),
    |s| print(s.to_json()),
    |s| print(type_of(s)),
    |s| table([#{ column: s }]),
    |s| print([s, s].join(",")),
    |s| write_text("text-out.txt", s),
    |s| write_text("text-out.txt", `${s}`),
    |s| append_text("text-out.txt", `${s}\n`),
    |s| write_json("json-out.json", #{ inner: s }),
    |s| write_csv("csv-out.csv", [#{ column: s }]),
    |s| write_text(`name-${s}.txt`, "x"),
    |s| write_text("name-" + s, "x"),
    |s| { throw s; },
    |s| { throw #{ message: s, inner: s }; },
    |s| read_text(s),
    |s| parse_json(s),
    |s| s.no_such_member,
    |s| s.no_such_method(s),
    |s| by_env.get("/rest/echo/{it}", #{ it: s }),
    |s| by_env.get("/rest/echo", #{ it: s }),
    |s| by_env.get(s),
    |s| by_env.post("/rest/echo", #{ it: s }),
    |s| by_env.put("/rest/fail", #{ it: s }),
    |s| by_env.request(#{ method: "POST", path: "/rest/fail", headers: #{ "X-Mine": s }, body: #{ it: s } }),
    |s| print(by_env.post("/rest/echo", #{ it: s })),
    |s| write_json("echo-out.json", by_env.post("/rest/echo", #{ it: s })),
    |s| by_env.upload("/rest/echo", "upload.txt", #{ it: s }),
    |s| by_env.download("/rest/plain", "download.json"),
    |s| print(by_env.request(#{ path: "/rest/headers" })),
    |s| eval(`${s}`),
    |s| jira(#{ server: s }),
    |s| jira(#{ user: s, tokn: s }),
];
for s in all {
    for write in writers {
        try { write.call(s); } catch (e) { print(`caught ${e}`); print(to_json(`${e}`)); }
    }
}
print(by_map); print(by_env.auth); print(by_map.auth); print(by_env.server);
by_map.get("/rest/echo");
print(by_map.get("/rest/headers"));
by_env.get("/rest/fail");
"#;

/// Fails if one of the secrets, in any form, stands in `text`.
fn clean(place: &str, text: &str) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    for (way, secret) in GIVEN {
        for form in [(*secret).to_owned(), STANDARD.encode(secret), STANDARD.encode(format!("mira:{secret}"))] {
            let form = form.trim_end_matches('=');
            assert!(!text.contains(form), "the secret given by {way} is in {place}:\n{text}");
        }
    }
}

fn clean_files(folder: &Path) -> usize {
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        clean("the name of a file", &name);
        if path.is_dir() {
            seen += clean_files(&path);
        } else if !name.ends_with("leak.rhai") && !name.ends_with("token-file") {
            clean(&name, &String::from_utf8_lossy(&fs::read(&path).unwrap()));
            seen += 1;
        }
    }
    seen
}

#[test]
fn no_secret_leaves_the_program() {
    // A server that repeats whatever it is told, as some do in their errors.
    let server = serve(|request| {
        if request.line.contains("/rest/plain") {
            return json(200, "{}");
        }
        let told = serde_json::json!({
            "line": request.line, "headers": format!("{:?}", request.headers), "body": request.text(),
            "errorMessages": [format!("you said {} {:?} {}", request.line, request.headers, request.text())],
        });
        json(if request.line.contains("/fail") { 500 } else { 200 }, &told.to_string())
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("leak.rhai"), SCRIPT).unwrap();
    fs::write(folder.path().join("upload.txt"), "nothing secret").unwrap();
    fs::write(folder.path().join("token-file"), GIVEN[3].1).unwrap();
    let run = |flags: &[&str], words: &[&str], environment: &[(&str, &str)]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_tieline"))
            .args(flags)
            .arg("leak.rhai")
            .args(words)
            .current_dir(folder.path())
            .env_clear()
            .env("HOME", folder.path())
            .env("TIELINE_JIRA_SERVER", &server.url)
            .env("MY_SECRET", GIVEN[4].1)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), format!("{}\n", GIVEN[5].1).as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        clean("standard output", &out);
        clean("standard error", &err);
        assert!(out.contains("••••") && out.lines().count() > 100, "the script did not run far: {out}{err}");
        assert_eq!(output.status.code(), Some(3), "{err}");
    };
    let deep = ["--deep", GIVEN[6].1];
    run(&["--trace"], &deep, &[("TIELINE_JIRA_TOKEN", GIVEN[1].1)]);
    run(&["--trace"], &[&deep[..], &["--jira-token", GIVEN[2].1]].concat(), &[]);
    run(&["--trace"], &deep, &[("TIELINE_JIRA_TOKEN_FILE", "token-file")]);
    assert!(clean_files(folder.path()) >= 4, "files were written");
    // They did arrive: hiding is not forgetting.
    let arrived = server.seen().iter().map(|r| format!("{:?} {}", r.headers, r.text())).collect::<Vec<_>>().concat();
    for (way, secret) in GIVEN {
        assert!(arrived.contains(secret), "the secret given by {way} never reached the server");
    }
}

type Pairs = &'static [(&'static str, &'static str)];

/// Every secret parameter of every service, with what it needs beside it.
const PARAMETERS: &[(&str, &str, Pairs)] = &[
    ("jira", "TOKEN", SERVER),
    ("jira", "PASSWORD", USER),
    ("jira", "CLIENT_SECRET", CLIENT),
    ("confluence", "TOKEN", SERVER),
    ("confluence", "PASSWORD", USER),
    ("confluence", "CLIENT_SECRET", CLIENT),
    ("bitbucket", "TOKEN", SERVER),
    ("bitbucket", "PASSWORD", USER),
    ("bitbucket", "CLIENT_SECRET", CLIENT),
    ("bamboo", "TOKEN", SERVER),
    ("bamboo", "PASSWORD", USER),
    ("bamboo", "CLIENT_SECRET", CLIENT),
    ("trello", "TOKEN", &[("KEY", "an-application")]),
    ("slack", "TOKEN", &[]),
    ("tempo", "TOKEN", &[]),
];

const SERVER: Pairs = &[("DEPLOYMENT", "server")];
const USER: Pairs = &[("DEPLOYMENT", "server"), ("USER", "mira")];
const CLIENT: Pairs = &[("DEPLOYMENT", "server"), ("CLIENT_ID", "a-client")];

/// The ways on which the environment hands a secret over; the command also notes the command lines of all processes.
const WAYS: &[(&str, &str)] = &[
    ("", ""),
    ("_FILE", "handed-over"),
    ("_COMMAND", "cat handed-over; cat /proc/[0-9]*/cmdline > command-lines 2>&1; true"),
];

/// Returns what `secret` may look like on its way out.
fn forms(secret: &str) -> Vec<String> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let encoded = |kept: &str| -> String {
        let piece = |b: u8| match char::from(b) {
            c if c.is_ascii_alphanumeric() || kept.contains(c) => c.to_string(),
            _ => format!("%{b:02X}"),
        };
        secret.bytes().map(piece).collect()
    };
    let pairs = ["mira", "a-client"].map(|user| STANDARD.encode(format!("{user}:{secret}")));
    [vec![secret.to_owned(), STANDARD.encode(secret), encoded(""), encoded("-._~")], pairs.to_vec()].concat()
}

#[test]
fn forty_secrets_of_all_services_stay_inside() {
    let server = serve(|request| {
        let told = format!("{} {:?} {}", request.line, request.headers, request.text());
        json(500, &serde_json::json!({ "errorMessages": [&told], "message": told }).to_string())
    });
    let mut handed_over = 0;
    for (service, parameter, beside) in PARAMETERS {
        for (way, how) in WAYS {
            handed_over += 1;
            let secret = format!("leak+{service}/{parameter}{way}:{handed_over:02}");
            one_secret(&server, service, parameter, beside, (way, how), &secret);
        }
    }
    assert!(handed_over >= 40, "only {handed_over} secrets");
}

fn one_secret(
    server: &crate::common::server::Server,
    service: &str,
    parameter: &str,
    beside: &[(&str, &str)],
    (way, how): (&str, &str),
    secret: &str,
) {
    let prefix = format!("TIELINE_{}", service.to_uppercase());
    let code = format!(
        "let c = {service}(); try {{ c.whoami(); }} catch (e) {{ print(e); print(to_json(e.details)); }} print(c); print(c.auth); c.get(\"/x\");"
    );
    let explain = ["explain", service];
    let run = ["--trace", "-e", &code];
    for words in [&run[..], &explain[..]] {
        let mut tieline = crate::common::tieline(words).env("PATH", "/usr/bin:/bin").file("handed-over", secret);
        tieline = tieline.env(&format!("{prefix}_SERVER"), &server.url);
        tieline = tieline.env(&format!("{prefix}_{parameter}{way}"), if how.is_empty() { secret } else { how });
        tieline = beside.iter().fold(tieline, |run, (name, value)| run.env(&format!("{prefix}_{name}"), value));
        let (done, folder) = tieline.keep();
        for form in forms(secret) {
            assert!(!done.out.contains(&form) && !done.err.contains(&form), "{secret} of {service}: {done:#?}");
            unseen_in_files(folder.path(), &form);
        }
        assert!([0, 3, 4].contains(&done.code), "{service} {parameter}{way}: {done:#?}");
    }
    let arrived = server.seen().iter().map(|r| format!("{:?} {}", r.headers, r.text())).collect::<Vec<_>>().concat();
    assert!(forms(secret).iter().any(|form| arrived.contains(form)), "{secret} never reached the server");
}

fn unseen_in_files(folder: &Path, form: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            unseen_in_files(&path, form);
        } else if !path.ends_with("handed-over") {
            let text = fs::read(&path).unwrap();
            assert!(!String::from_utf8_lossy(&text).contains(form), "{form} is in {}", path.display());
        }
    }
}
