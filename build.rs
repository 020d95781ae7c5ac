//! What only a build knows: the commit, and the scripts that are part of the program.
//!
//! The commit is looked up for release builds only: a debug build would have to be built again after each commit.

use std::{env, fs, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=scripts");
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo says where the package is");
    let out = env::var("OUT_DIR").expect("cargo says where to write");
    fs::write(Path::new(&out).join("scripts.rs"), scripts(Path::new(&folder))).expect("the folder is cargo's own");
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let version = env::var("CARGO_PKG_VERSION").expect("cargo says the version");
    let commit = if release { commit(Path::new(&folder)) } else { Some("debug build".to_owned()) };
    let version = commit.map_or(version.clone(), |commit| format!("{version} ({commit})"));
    println!("cargo::rustc-env=TIELINE_VERSION={version}");
    let target = |name: &str| env::var(format!("CARGO_CFG_TARGET_{name}")).unwrap_or_default();
    if release && target("OS") == "linux" && target("ENV") == "gnu" {
        // A program that may lie anywhere is corrected in 60,000 places each time it starts: a good part of its start,
        // and two megabytes of its memory.
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Writes the list of the scripts: each with its name and its text.
fn scripts(folder: &Path) -> String {
    let entries = fs::read_dir(folder.join("scripts")).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "rhai"));
    files.sort();
    // The folder is named when the list is compiled: a project that moves with its target folder stays whole.
    let row = |path: &Path| {
        let (name, file) = (path.file_stem()?.to_str()?, path.file_name()?.to_str()?);
        let path = format!("concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/scripts/{file}\")");
        Some(format!("    ({name:?}, include_str!({path})),\n"))
    };
    format!("&[\n{}]\n", files.iter().filter_map(|path| row(path)).collect::<String>())
}

/// Returns the commit that is built: of a package what is packed with it, else what git says of this folder.
fn commit(folder: &Path) -> Option<String> {
    if let Ok(packed) = fs::read_to_string(folder.join(".cargo_vcs_info.json")) {
        let hash = packed.split("\"sha1\"").nth(1)?.split('"').nth(1)?;
        return Some(hash.chars().take(9).collect());
    }
    // Without a prefix this folder is the top of the repository, and not a part of somebody else's.
    let said = git(folder, &["rev-parse", "--show-prefix", "--short=9", "HEAD"])?;
    let hash = said.strip_prefix('\n')?.trim().to_owned();
    for name in ["HEAD", "logs/HEAD"] {
        if let Some(path) = git(folder, &["rev-parse", "--git-path", name]) {
            println!("cargo::rerun-if-changed={}", path.trim());
        }
    }
    Some(hash)
}

fn git(folder: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).current_dir(folder).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
