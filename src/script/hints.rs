//! Rhai's own errors in plainer words, with what was probably meant.

use super::calls;
use crate::{error::Error, services};
use regex::Regex;
use rhai::{Engine, EvalAltResult, LexError, ParseErrorType};
use std::{collections::BTreeSet, sync::OnceLock};

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
    ("elif", "it is else if"),
    ("and", "it is &&"),
    ("or", "it is ||"),
    ("not", "it is !"),
];

/// Signs of other languages, with what Rhai writes instead.
const SIGNS: &[(&str, &str)] = &[
    ("++", "write x += 1"),
    ("--", "write x -= 1"),
    ("?", "there is no a ? b : c; write if a { b } else { c }"),
    ("===", "write =="),
    ("!==", "write !="),
    (":=", "write let x = …"),
    ("->", "functions do not name what they return"),
];

/// A closure wants what the call around it holds, as in `names.map(|n| names.len())`, or what another item of
/// `parallel()` works on.
fn in_use(name: &str) -> (String, Option<String>) {
    let is_variable = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let what = if is_variable { format!("`{name}`") } else { "a captured list or map".to_owned() };
    let message = format!("{what} is in use: by the call that the closure is given to, or by another item that waits");
    let hint = "give each item a copy of its own first, such as let own = names;";
    (refusal(&message), Some(hint.to_owned()))
}

/// Returns the message of `error` without its place, and a hint where one helps. `text` is the source it arose in.
pub(super) fn explain(engine: &Engine, error: &EvalAltResult, text: &str) -> (String, Option<String>) {
    match error {
        EvalAltResult::ErrorParsing(kind, _) => (refusal(&parse_words(kind)), parse_hint(engine, kind, text)),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => {
            calls::not_found(engine, signature, &declared(text), &functions(text))
        }
        EvalAltResult::ErrorVariableNotFound(name, _) => (no_variable(name), variable_hint(engine, name, text)),
        EvalAltResult::ErrorStackOverflow(_) => {
            (refusal("the calls are nested too deeply"), Some("does a function call itself without an end?".to_owned()))
        }
        EvalAltResult::ErrorDataRace(name, _) => in_use(name),
        EvalAltResult::ErrorRuntime(value, _) => thrown(value),
        EvalAltResult::ErrorModuleNotFound(path, _) => (
            format!("there is no module \"{path}\""),
            Some("import takes the path of a .rhai file beside the script, without the ending".to_owned()),
        ),
        EvalAltResult::ErrorDotExpr(words, _) => member(words),
        EvalAltResult::ErrorFor(_) => (
            "this cannot be walked through by for".to_owned(),
            Some("lists can; a map by its keys: for key in map.keys() { … }".to_owned()),
        ),
        EvalAltResult::ErrorMismatchDataType(wanted, given, _) => mismatch(wanted, given),
        EvalAltResult::ErrorArrayBounds(..) => {
            (without_place(error), Some("the first item has the number 0; -1 is the last one".to_owned()))
        }
        other => (without_place(other), None),
    }
}

/// Puts the words of our own refusals in front.
fn refusal(words: &str) -> String {
    Error::client(words).message
}

/// What a script throws may be a map with a message, and a hint.
fn thrown(value: &rhai::Dynamic) -> (String, Option<String>) {
    let members = super::value::members(value).unwrap_or_default();
    let text = |name: &str| members.iter().find(|(n, v)| n == name && !v.is_unit()).map(|(_, v)| v.to_string());
    let message = text("message").unwrap_or_else(|| value.to_string());
    let empty = || "the script ended itself by throw".to_owned();
    (if message.is_empty() { empty() } else { message }, text("hint"))
}

/// Rhai puts the place at the end of its messages; the report shows it better.
fn without_place(error: &EvalAltResult) -> String {
    let text = error.to_string();
    match text.rfind(" (line ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// Explains `Unknown property 'x' - a getter is not registered for type 'T'`.
fn member(words: &str) -> (String, Option<String>) {
    let quoted: Vec<&str> = words.split('\'').skip(1).step_by(2).collect();
    let [name, of, ..] = quoted[..] else { return (words.to_owned(), None) };
    if of == "()" {
        let hint = format!("what stands before .{name} is (), nothing; where that may be so, write ?.{name}");
        return (format!("nothing has no member `{name}`"), Some(hint));
    }
    (format!("a value of type {} has no member `{name}`", calls::plain_type(of)), None)
}

fn mismatch(wanted: &str, given: &str) -> (String, Option<String>) {
    let (wanted, given) = (calls::plain_type(wanted), calls::plain_type(given));
    let hint = (wanted == "bool")
        .then(|| "a condition is true or false: compare the value, such as x > 0, x != \"\" or x != ()".to_owned());
    (format!("this must be of type {wanted}, not {given}"), hint)
}

fn no_variable(name: &str) -> String {
    format!("there is no variable `{name}`")
}

fn parse_words(kind: &ParseErrorType) -> String {
    match kind {
        ParseErrorType::VariableUndefined(name) => no_variable(name),
        ParseErrorType::Reserved(name) => format!("`{name}` is a reserved word"),
        other => other.to_string(),
    }
}

fn parse_hint(engine: &Engine, kind: &ParseErrorType, text: &str) -> Option<String> {
    let hint = match kind {
        ParseErrorType::VariableUndefined(name) => return variable_hint(engine, name, text),
        ParseErrorType::Reserved(name) => {
            return foreign(name)
                .or_else(|| Some(format!("`{name}` cannot be the name of a variable; choose another")));
        }
        ParseErrorType::MissingToken(token, _) => match token.as_str() {
            ";" => "the statement before this place needs a ; at its end",
            "}" | ")" | "]" => "something before this place was opened and is not closed",
            _ => return None,
        },
        ParseErrorType::BadInput(LexError::MalformedChar(_)) => {
            "texts stand in \"double quotes\"; 'x' is a single character"
        }
        ParseErrorType::BadInput(LexError::UnterminatedString) => {
            "a text ends on the line it begins on; one of several lines stands in `back-ticks`"
        }
        ParseErrorType::BadInput(_) | ParseErrorType::UnknownOperator(_) => return sign(&kind.to_string()),
        ParseErrorType::AssignmentToConstant(_) => "a const stays as it is; declare it with let",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn sign(words: &str) -> Option<String> {
    let quoted = words.split('\'').nth(1)?;
    SIGNS.iter().find(|(sign, _)| *sign == quoted).map(|(_, hint)| (*hint).to_owned())
}

fn foreign(name: &str) -> Option<String> {
    FOREIGN.iter().find(|(word, _)| *word == name).map(|(_, hint)| (*hint).to_owned())
}

fn variable_hint(engine: &Engine, name: &str, text: &str) -> Option<String> {
    let declared = declared(text);
    if declared.contains(name) {
        return Some(format!(
            "`{name}` is declared elsewhere and not seen here: functions see their parameters only (a const of the script is global::{name})"
        ));
    }
    let functions = calls::on(engine, name);
    undeclared(name, declared.iter().map(String::as_str), functions.contains(&None), !functions.is_empty())
}

/// Says what somebody meant who used a variable that is not declared: another one of `declared`, or a function.
pub(super) fn undeclared<'a>(
    name: &str,
    declared: impl Iterator<Item = &'a str>,
    is_function: bool,
    is_known: bool,
) -> Option<String> {
    if services::service(name).is_some() {
        return Some(format!("`{name}` is a function: call it, as in let {name} = {name}();"));
    }
    foreign(name).or_else(|| calls::nearest(name, declared)).or_else(|| match (is_function, is_known) {
        (true, _) => Some(format!("`{name}` is a function: call it, as in {name}(…)")),
        (false, true) => Some(format!("`{name}` is a method: it belongs behind a value, as in value.{name}(…)")),
        (false, false) => None,
    })
}

/// Returns the names of the variables that `text` declares anywhere.
fn declared(text: &str) -> BTreeSet<String> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(
            r"(?:\b(?:let|const|for)\s+([^=;{]*?)(?:=|;|\bin\b))|(?:\bfn\s+[\w.]+\s*\(([^)]*)\))|(?:\|([\w\s,]*)\|)",
        )
        .ok()
    });
    let lists = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
    let names = lists.flat_map(|found| found.iter().skip(1).flatten().map(|m| m.as_str()).collect::<Vec<_>>());
    let words = names.flat_map(|list| list.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_')).map(str::to_owned).collect()
}

/// Returns the functions that `text` declares, with the names of their parameters.
fn functions(text: &str) -> Vec<(String, String)> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| Regex::new(r"\bfn\s+(?:[\w]+\.)?(\w+)\s*\(([^)]*)\)").ok());
    let found = pattern.iter().flat_map(|pattern| pattern.captures_iter(text));
    found.map(|found| (found[1].to_owned(), found[2].split_whitespace().collect::<Vec<_>>().join(" "))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found_wherever_they_stand() {
        let text = "let a = 1; const B = 2;\nfor (c, d) in x { }\nfn f(e, g) { |h| h } fn Jira.i(j) { || 1 }";
        assert_eq!(declared(text).into_iter().collect::<Vec<_>>(), ["B", "a", "c", "d", "e", "g", "h", "j"]);
    }

    #[test]
    fn a_variable_that_is_not_there_is_explained() {
        let (engine, text) = (&Engine::new(), "let summary = 1; fn f() { 1 }");
        assert_eq!(variable_hint(engine, "sumary", text).unwrap(), "did you mean `summary`?");
        assert!(variable_hint(engine, "summary", text).unwrap().contains("functions see their parameters only"));
        assert_eq!(variable_hint(engine, "True", text).unwrap(), "it is true, in small letters");
        assert_eq!(variable_hint(engine, "elephant", text), None);
    }
}
