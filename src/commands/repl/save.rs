//! The good lines of a session as a script.

use super::{
    lex::{Kind, Piece, pieces},
    secrets::{self, Literal},
};
use crate::secret::redact;

/// One entry of the session, and how it went.
pub(super) struct Line {
    /// What was typed, or read from a file.
    pub text: String,
    /// Whether it ended well.
    pub good: bool,
    /// Whether it had a value, which the next lines call `it`.
    pub valued: bool,
}

/// Something that the script asks its caller for.
struct Parameter {
    name: String,
    /// The default as it was typed; secrets have none.
    default: Option<String>,
}

/// Writes the good lines as a script called `file`: plain values that were given to variables are parameters with a
/// default, secrets are parameters without one.
pub(super) fn script(lines: &[Line], file: &str, today: &str) -> String {
    let good: Vec<&Line> = lines.iter().filter(|line| line.good).collect();
    let options = free_name(&good);
    let mut parameters: Vec<Parameter> = Vec::new();
    let body: Vec<String> = (0..good.len())
        .map(|at| {
            let text = without_secrets(without_head(&good[at].text), &options, &mut parameters);
            let text = with_parameter(&text, &options, &mut parameters);
            if is_used(&good, at) { named(&text) } else { ended(&text) }
        })
        .collect();
    let text = format!("{}{}{}\n", header(file, today, &parameters), declared(&options, &parameters), body.join("\n"));
    redact(&text).into_owned()
}

/// Returns the text of a script that was loaded without what only stands at the top of a file.
fn without_head(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.split_inclusive('\n').take_while(|line| line.starts_with("#!") || line.starts_with("//!"));
    text[head.map(str::len).sum()..].trim()
}

fn header(file: &str, today: &str, parameters: &[Parameter]) -> String {
    let flags = parameters.iter().map(|p| match p.default {
        Some(_) => format!(" [--{} VALUE]", flag(&p.name)),
        None => format!(" --{} SECRET", flag(&p.name)),
    });
    let flags: String = flags.collect();
    format!("#!/usr/bin/env tieline\n//! Saved from the prompt on {today}.\n//! Usage: tieline {file}{flags}\n\n")
}

fn flag(name: &str) -> String {
    name.replace('_', "-")
}

fn declared(options: &str, parameters: &[Parameter]) -> String {
    if parameters.is_empty() {
        return String::new();
    }
    let line = |p: &Parameter| match &p.default {
        Some(default) => format!("    {}: #{{ help: \"{}\", \"default\": {default} }},\n", p.name, p.name),
        None => format!("    {}: #{{ help: \"{}\", \"type\": \"secret\" }},\n", p.name, p.name),
    };
    format!("let {options} = params(#{{\n{}}});\n\n", parameters.iter().map(line).collect::<String>())
}

/// Returns a name for the parameters that no line uses.
fn free_name(lines: &[&Line]) -> String {
    let used = |name: &str| lines.iter().any(|line| pieces(&line.text).iter().any(|piece| piece.text == name));
    ["opt", "options", "given"].into_iter().find(|name| !used(name)).unwrap_or("parameters_of_script").to_owned()
}

/// Puts a parameter in the place of each secret.
fn without_secrets(text: &str, options: &str, parameters: &mut Vec<Parameter>) -> String {
    let mut out = text.to_owned();
    let mut literals: Vec<Literal> = secrets::literals(text);
    literals.reverse();
    for literal in literals {
        let name = fresh(&literal.name, parameters);
        out.replace_range(literal.place, &format!("{options}.{name}"));
        parameters.push(Parameter { name, default: None });
    }
    out
}

/// Returns `name` as the name of a new parameter.
fn fresh(name: &str, parameters: &[Parameter]) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let taken = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let numbered = (2..).map(|n| format!("{plain}_{n}"));
    std::iter::once(plain.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(plain)
}

/// Turns `let name = "value"` into a parameter, the first time that the name is declared.
fn with_parameter(text: &str, options: &str, parameters: &mut Vec<Parameter>) -> String {
    let pieces: Vec<Piece<'_>> = pieces(text).into_iter().filter(Piece::counts).collect();
    let (statement, end) = match pieces.as_slice() {
        [statement @ .., end] if end.is(";") => (statement, true),
        whole => (whole, false),
    };
    let [word, name, sign, value] = statement else { return text.to_owned() };
    let plain = matches!(value.kind, Kind::Text('"') | Kind::Number);
    let known = parameters.iter().any(|parameter| parameter.name == name.text);
    if word.text != "let" || !sign.is("=") || !plain || known {
        return text.to_owned();
    }
    parameters.push(Parameter { name: name.text.to_owned(), default: Some(value.text.to_owned()) });
    format!("let {0} = {options}.{0}{1}", name.text, if end { ";" } else { "" })
}

/// Says whether a later line calls the value of line `at` by `it`.
fn is_used(lines: &[&Line], at: usize) -> bool {
    if !lines[at].valued {
        return false;
    }
    let uses = |line: &Line| {
        let pieces: Vec<Piece<'_>> = pieces(&line.text).into_iter().filter(Piece::counts).collect();
        (0..pieces.len())
            .any(|at| pieces[at].text == "it" && pieces[at].kind == Kind::Word && !(at > 0 && pieces[at - 1].is(".")))
    };
    for line in &lines[at + 1..] {
        if uses(line) {
            return true;
        }
        if line.valued {
            return false;
        }
    }
    false
}

/// Gives the value of the last statement the name `it`.
fn named(text: &str) -> String {
    let mut depth = 0_usize;
    let mut start = 0;
    for piece in pieces(text) {
        if piece.opens() {
            depth += 1;
        } else if piece.closes() {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && piece.is(";") && !text[piece.end()..].trim().is_empty() {
            start = piece.end();
        }
    }
    let (before, last) = text.split_at(start);
    ended(&format!("{before}{}let it = {}", if before.is_empty() { "" } else { " " }, last.trim_start()))
}

/// Ends a line with a semicolon where it needs one.
fn ended(text: &str) -> String {
    let pieces: Vec<Piece<'_>> = pieces(text).into_iter().filter(Piece::counts).collect();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return text.to_owned() };
    let block = ["fn", "private", "if", "for", "while", "loop", "switch", "try", "{"].contains(&first.text);
    if last.is(";") || block && last.is("}") {
        return text.to_owned();
    }
    // A comment at the end would swallow it.
    format!("{};{}", &text[..last.end()], &text[last.end()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, good: bool, valued: bool) -> Line {
        Line { text: text.to_owned(), good, valued }
    }

    #[test]
    fn a_session_becomes_a_script() {
        let lines = [
            line("let project = \"OPS\"", true, false),
            line("let jira = jira(#{ server: \"http://x\", token: \"the-secret-itself\" });", true, false),
            line("jira.serch(\"x\")", false, false),
            line("jira.issue(\"A-1\")", true, true),
            line("it.key", true, true),
            line("#!/usr/bin/env tieline\n//! Doubles.\n\nfn twice(x) { x + x }\n", true, false),
            line("let project = \"NET\" // again", true, false),
        ];
        assert_eq!(
            script(&lines, "s.rhai", "2026-11-25"),
            r#"#!/usr/bin/env tieline
//! Saved from the prompt on 2026-11-25.
//! Usage: tieline s.rhai [--project VALUE] --token SECRET

let opt = params(#{
    project: #{ help: "project", "default": "OPS" },
    token: #{ help: "token", "type": "secret" },
});

let project = opt.project;
let jira = jira(#{ server: "http://x", token: opt.token });
let it = jira.issue("A-1");
it.key;
fn twice(x) { x + x }
let project = "NET"; // again
"#
        );
    }

    #[test]
    fn names_do_not_meet() {
        let lines = [
            line("let opt = 5 + 1;", true, false),
            line("let a = #{ token: \"secret-a\" }; let b = #{ token: \"secret-b\" };", true, false),
            line("let c = 1; c + 1", true, true),
            line("it * 2", true, true),
        ];
        let script = script(&lines, "s.rhai", "2026-11-25");
        assert!(script.contains("let options = params"), "{script}");
        assert!(script.contains("token: options.token_2 }; let b = #{ token: options.token }"), "{script}");
        assert!(script.contains("let c = 1; let it = c + 1;\nit * 2;"), "{script}");
        assert!(!script.contains("secret-a") && !script.contains("secret-b"));
    }
}
