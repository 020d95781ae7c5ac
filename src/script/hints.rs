//! Rhai's own errors in plainer words, with what was probably meant.

use rhai::{Engine, EvalAltResult, ParseErrorType};

/// Words of other languages, with what Rhai says instead.
const FOREIGN: &[(&str, &str)] = &[
    ("null", "Rhai's word for nothing is ()"),
    ("nil", "Rhai's word for nothing is ()"),
    ("None", "Rhai's word for nothing is ()"),
    ("undefined", "Rhai's word for nothing is ()"),
    ("True", "it is true, in small letters"),
    ("False", "it is false, in small letters"),
    ("var", "variables are declared with let"),
    ("async", "calls simply wait; there is no async"),
    ("await", "calls simply wait; there is no await"),
    ("function", "functions are declared with fn"),
    ("def", "functions are declared with fn"),
];

/// Returns the message of `error` without its place, and a hint where one helps.
pub(super) fn explain(engine: &Engine, error: &EvalAltResult) -> (String, Option<String>) {
    match error {
        EvalAltResult::ErrorParsing(kind, _) => (format!("{kind}"), parse_hint(kind)),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => function_not_found(engine, signature),
        EvalAltResult::ErrorVariableNotFound(name, _) => (format!("there is no variable `{name}`"), foreign(name)),
        EvalAltResult::ErrorStackOverflow(_) => (
            "the calls are nested too deeply".to_owned(),
            Some("does a function call itself without an end?".to_owned()),
        ),
        EvalAltResult::ErrorRuntime(value, _) => (thrown(value), None),
        EvalAltResult::ErrorModuleNotFound(path, _) => (
            format!("there is no module \"{path}\""),
            Some("import takes the path of a .rhai file beside the script, without the ending".to_owned()),
        ),
        other => (without_place(other), None),
    }
}

fn thrown(value: &rhai::Dynamic) -> String {
    let message = super::value::members(value).and_then(|m| m.into_iter().find(|(name, _)| name == "message"));
    message.map_or_else(|| value.to_string(), |(_, message)| message.to_string())
}

/// Rhai puts the place at the end of its messages; the report shows it better.
fn without_place(error: &EvalAltResult) -> String {
    let text = error.to_string();
    match text.rfind(" (line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

fn parse_hint(kind: &ParseErrorType) -> Option<String> {
    match kind {
        ParseErrorType::VariableUndefined(name) => foreign(name),
        ParseErrorType::Reserved(name) => {
            foreign(name).or_else(|| Some(format!("`{name}` is a reserved word; choose another name")))
        }
        ParseErrorType::MissingToken(token, _) if token == ";" => {
            Some("the statement before this place needs a ; at its end".to_owned())
        }
        ParseErrorType::BadInput(_) => Some("texts stand in \"double quotes\"; 'x' is a single character".to_owned()),
        _ => None,
    }
}

fn foreign(name: &str) -> Option<String> {
    FOREIGN.iter().find(|(word, _)| *word == name).map(|(_, hint)| (*hint).to_owned())
}

/// Explains a call that nothing answers: `isue (Jira, &str | ImmutableString | String)`.
fn function_not_found(engine: &Engine, signature: &str) -> (String, Option<String>) {
    let (name, arguments) = signature.split_once(" (").unwrap_or((signature, ""));
    let arguments: Vec<&str> =
        arguments.trim_end_matches(')').split(", ").filter(|a| !a.is_empty()).map(plain_type).collect();
    let known = functions(engine);
    let same: Vec<&String> = known.iter().filter(|(n, _)| n == name).map(|(_, s)| s).collect();
    let message = format!("there is no function `{name}({})`", arguments.join(", "));
    if !same.is_empty() {
        let mut forms: Vec<&str> = same.iter().map(|s| s.as_str()).collect();
        forms.sort_unstable();
        forms.dedup();
        return (message, Some(format!("there is {}", forms.into_iter().take(6).collect::<Vec<_>>().join("; "))));
    }
    let near = known.iter().map(|(n, _)| (strsim::damerau_levenshtein(n, name), n)).min();
    let hint =
        near.filter(|(distance, n)| *distance <= 2 && *distance < n.len()).map(|(_, n)| format!("did you mean `{n}`?"));
    (message, hint)
}

fn plain_type(name: &str) -> &str {
    if name.contains("ImmutableString") {
        "string"
    } else {
        name.trim_start_matches("&mut ").rsplit("::").next().unwrap_or(name)
    }
}

/// Returns each function's name and form.
fn functions(engine: &Engine) -> Vec<(String, String)> {
    super::docs::functions(engine).into_iter().map(|f| (f.name.clone(), f.form())).collect()
}
