//! The README and the page for people who come from ACLI, executed: what they show works.

use crate::common::{project, tieline};

/// Returns the blocks of a page that are in `language`.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(project(page)).expect("the page");
    let mut pieces = text.split("\n```");
    let mut out = Vec::new();
    pieces.next();
    while let (Some(block), _) = (pieces.next(), pieces.next()) {
        if let Some(code) = block.strip_prefix(&format!("{language}\n")) {
            out.push(code.to_owned());
        }
    }
    out
}

#[test]
fn every_script_of_the_pages_runs() {
    for page in ["README.md", "src/commands/acli.md"] {
        let scripts = blocks(page, "rhai");
        assert!(!scripts.is_empty());
        for script in scripts {
            tieline(&["--sandbox", "-e", &script]).run().ok();
        }
    }
}

#[test]
fn every_command_of_the_pages_works() {
    let blocks = [blocks("README.md", "sh"), blocks("src/commands/acli.md", "sh")].concat();
    let lines: Vec<String> =
        blocks.iter().flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(lines.iter().any(|line| line == "cargo test"), "the second command: {lines:?}");
    let mut runs = 0;
    for line in lines.iter().filter(|line| *line != "cargo test") {
        // The program under test stands for the one that the line builds or finds.
        let words = line.strip_prefix("cargo run --release -- ").or_else(|| line.strip_prefix("tieline "));
        let words = words.unwrap_or_else(|| panic!("a command that no test understands: {line}"));
        let words = split(words);
        let words: Vec<String> = words
            .into_iter()
            .map(|word| if word.starts_with("scripts/") { project(&word).to_string_lossy().into_owned() } else { word })
            .collect();
        let run = tieline(&words).run().ok();
        assert!(!run.out.is_empty(), "{line} printed nothing");
        runs += 1;
    }
    assert!(runs >= 2);
}

/// Splits a line as a shell does, as far as the README needs it: blanks and quotes.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (' ', None) => words.push(std::mem::take(&mut word)),
            (c, _) => word.push(c),
        }
    }
    words.push(word);
    words
}
