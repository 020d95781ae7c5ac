//! The architecture, held: imports go one way, and each outside crate has one home.

use crate::common::project;
use std::path::{Path, PathBuf};

/// The modules, left to right: each may use those before it in the list, and itself. `lib.rs` explains the picture.
const LAYERS: &[&[&str]] = &[
    &["error", "secret", "json"],
    &["richtext", "report", "services", "catalog", "acli"],
    &["http"],
    &["auth"],
    &["context"],
    &["script"],
    &["commands"],
    &["cli"],
];

/// What the practice servers may know.
const SANDBOX: &[&str] = &["json", "services", "catalog", "sandbox"];

/// Crates with the one place that uses each.
const HOMES: &[(&str, &str)] = &[
    ("reqwest", "http/"),
    ("tokio", "http/ sandbox/"),
    ("rhai", "script/"),
    ("corosensei", "script/"),
    ("rustyline", "commands/repl"),
    ("clap", "cli"),
    ("rustix", "context"),
    ("pulldown_cmark", "richtext/"),
    ("hyper", "sandbox/"),
    ("plotters", "script/natives/chart"),
    ("keyring", "auth/store"),
    ("age", "auth/store"),
    ("rpassword", "context"),
];

/// Every source file, by its path under `src`.
fn sources() -> Vec<(String, String)> {
    let root = project("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).expect("it lies under src").to_string_lossy().into_owned();
        (name, std::fs::read_to_string(&path).expect("a source is UTF-8"))
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
}

/// Returns the modules of ours that a text names behind `crate::`, in braces or not.
fn named(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for piece in text.split("crate::").skip(1) {
        match piece.strip_prefix('{') {
            Some(list) => out.extend(top_level(list)),
            None => out.extend(word(piece)),
        }
    }
    out
}

/// Returns the first words of the items of a braced list, inner braces left out.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut out) = (0_usize, 0, Vec::new());
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                out.extend(word(list[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                out.extend(word(list[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    out
}

fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    (end > 0).then(|| &text[..end])
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

#[test]
fn imports_go_one_way() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = file.split(['/', '.']).next().unwrap_or_default();
        for used in named(&text).into_iter().filter(|used| *used != module) {
            let fits = match (layer_of(module), layer_of(used)) {
                (Some(own), Some(other)) => other < own || own == 0 && other == 0,
                _ if module == "sandbox" => SANDBOX.contains(&used),
                // Only commands start the practice servers; a test's fake server comes from the same place.
                (Some(own), None) if used == "sandbox" => LAYERS[own].contains(&"commands") || file == "script/fake.rs",
                _ => true,
            };
            if !fits {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn each_crate_has_its_home() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        for (name, homes) in HOMES {
            if file.contains("/tests/") {
                continue;
            }
            let uses = [format!("use {name}::"), format!("{name}::")].iter().any(|how| mentions(&text, how));
            if uses && !homes.split(' ').any(|home| file.starts_with(home)) {
                wrong.push(format!("{file} uses {name}, whose home is {homes}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Says whether code, not a comment, has `what` at the start of a word.
fn mentions(text: &str, what: &str) -> bool {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(what)
            .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':'))
    })
}

#[test]
fn the_lists_name_what_there_is() {
    let files = sources();
    let there = |module: &str| files.iter().any(|(file, _)| file.split(['/', '.']).next() == Some(module));
    for module in LAYERS.iter().copied().flatten().chain(SANDBOX) {
        assert!(there(module), "no module {module}");
    }
    let modules = files.iter().filter_map(|(file, _)| file.split(['/', '.']).next());
    for module in modules.filter(|module| !["main", "lib", "sandbox"].contains(module)) {
        assert!(layer_of(module).is_some(), "module {module} has no layer");
    }
}

/// Words that a finished program does not have.
const FORBIDDEN: &[&str] = &["todo!(", "unimplemented!(", "dbg!(", "TODO", "FIXME", "XXX"];

#[test]
fn nothing_is_left_for_later() {
    for (file, text) in sources() {
        // In quotes it is the state of a task in Jira's documents.
        let text = text.replace("\"TODO\"", "");
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{file} has {word}");
        }
    }
}

/// The longest file without a reason, tests and tables left out.
const LONGEST: usize = 500;

#[test]
fn no_file_outgrows_its_purpose() {
    for (file, text) in sources() {
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().lines().count();
        assert!(code <= LONGEST, "{file} has {code} lines");
    }
}

#[test]
fn the_tree_of_crates_stays_small() {
    let lock = std::fs::read_to_string(project("Cargo.lock")).expect("the lock file");
    let packages = lock.matches("[[package]]").count();
    assert!(packages <= 500, "{packages} packages; is each of them worth it?");
}
