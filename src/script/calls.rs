//! Calls that nothing answers: which forms there are, or what was meant.

use super::connection::Connection;
use crate::{
    json::Object,
    services::{Kind, Visitor, visit_all},
};
use rhai::{Array, Engine, FLOAT, FnPtr, FuncInfo, INT, ImmutableString, Map};
use std::{any::TypeId, collections::BTreeSet};

/// The most forms that are shown.
const MOST: usize = 6;

/// A function of the engine.
struct Known {
    name: String,
    /// The type of its first argument, or of `this`; nothing if that may be anything.
    on: Option<String>,
    /// How it is written.
    form: String,
    /// Whether it is one of ours, which take the place of Rhai's own.
    ours: bool,
}

/// Explains a call such as `isue (Jira, &str | ImmutableString | String)`. `variables` and `own`, functions with their
/// parameters, are what the script declares.
pub(super) fn not_found(
    engine: &Engine,
    signature: &str,
    variables: &BTreeSet<String>,
    own: &[(String, String)],
) -> (String, Option<String>) {
    let (name, arguments) = signature.split_once(" (").unwrap_or((signature, ""));
    let arguments: Vec<&str> =
        arguments.trim_end_matches(')').split(", ").filter(|a| !a.is_empty()).map(plain_type).collect();
    if !name.contains(|c: char| c.is_alphanumeric()) {
        return (format!("`{name}` cannot be applied to {}", arguments.join(" and ")), None);
    }
    let message = format!("there is no function `{name}({})`", arguments.join(", "));
    let mut known = functions(engine);
    known.extend(own.iter().map(|(name, parameters)| Known::own(name, parameters)));
    let hint = if known.iter().any(|f| f.name == name) {
        Some(format!("there is {}", forms(&known, name, arguments.first().copied()).join("; ")))
    } else if variables.contains(name) {
        Some(format!("`{name}` is a variable; a function in it is called by {name}.call({})", dots(arguments.len())))
    } else if arguments == ["map"] {
        Some(format!("a member of a map is read without parentheses: .{name}"))
    } else {
        nearest(name, known.iter().map(|f| f.name.as_str()))
    };
    (message, hint)
}

impl Known {
    /// Makes a function that the script itself declares.
    fn own(name: &str, parameters: &str) -> Self {
        Known { name: name.to_owned(), on: None, form: format!("{name}({parameters})"), ours: true }
    }
}

/// Returns what the functions of this name belong to: a type, or nothing.
pub(super) fn on(engine: &Engine, name: &str) -> Vec<Option<String>> {
    functions(engine).into_iter().filter(|f| f.name == name).map(|f| f.on).collect()
}

fn dots(count: usize) -> &'static str {
    if count == 0 { "" } else { "…" }
}

/// Returns the name that was probably meant.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    // Few people get the first letter wrong.
    let near = known.map(|n| (strsim::damerau_levenshtein(n, name), n.chars().next() != name.chars().next(), n)).min();
    near.filter(|(distance, _, n)| *distance <= 2 && *distance + 1 < n.len().min(name.len()))
        .map(|(_, _, n)| format!("did you mean `{n}`?"))
}

/// Returns how `name` may be called: on a value of type `on` if it can be.
fn forms<'a>(known: &'a [Known], name: &str, on: Option<&str>) -> Vec<&'a str> {
    let same = || known.iter().filter(|f| f.name == name);
    let fits = |f: &&Known| f.on.as_deref() == on;
    let chosen: Vec<&Known> = if same().any(|f| fits(&f)) { same().filter(fits).collect() } else { same().collect() };
    let ours = chosen.iter().any(|f| f.ours);
    let mut forms: Vec<&str> = chosen.iter().filter(|f| f.ours == ours).map(|f| f.form.as_str()).collect();
    forms.sort_unstable();
    forms.dedup();
    forms.truncate(MOST);
    forms
}

/// Returns a type's name as scripts know it.
pub(super) fn plain_type(name: &str) -> &str {
    let name = name.trim_start_matches("&mut ");
    match name {
        "i64" | "INT" => "int",
        "f64" | "FLOAT" => "float",
        "FnPtr" | "Fn" => "function",
        _ if name.contains("ImmutableString") => "string",
        _ => name.rsplit("::").next().unwrap_or(name),
    }
}

fn functions(engine: &Engine) -> Vec<Known> {
    let types = types();
    let all = engine.collect_fn_metadata(None, |info| Some(function(&info, &types)), true);
    all.into_iter().filter(|f| f.name.starts_with(|c: char| c.is_ascii_alphabetic())).collect()
}

fn function(info: &FuncInfo<'_>, types: &[(TypeId, String)]) -> Known {
    let metadata = info.metadata;
    let name = metadata.name.to_string();
    if let Some(script) = &info.script {
        let on = script.this_type.as_ref().map(ToString::to_string);
        let parameters: Vec<String> = script.params.iter().map(ToString::to_string).collect();
        let form = written(on.as_deref(), &name, &parameters);
        return Known { name, on, form, ours: true };
    }
    let on = metadata.param_types.first().and_then(|first| types.iter().find(|(id, _)| id == first));
    let on = on.map(|(_, name)| name.clone());
    let mut parameters: Vec<String> =
        metadata.params_info.iter().map(|p| p.split(':').next().unwrap_or("_").trim().to_owned()).collect();
    // Our natives call their receiver `this`, or leave it out.
    let method = parameters.first().is_some_and(|first| first == "this");
    let ours = method || !metadata.comments.is_empty() && parameters.len() < metadata.num_params;
    if method {
        parameters.remove(0);
    }
    let form = written(on.as_deref().filter(|_| ours), &name, &parameters);
    Known { name, on, form, ours }
}

/// Writes a call.
pub(super) fn written(on: Option<&str>, name: &str, parameters: &[String]) -> String {
    let call = format!("{name}({})", parameters.join(", "));
    on.map_or(call.clone(), |on| format!("{on}.{call}"))
}

/// Returns the types that values have, with their names in scripts.
fn types() -> Vec<(TypeId, String)> {
    let mut types: Vec<(TypeId, String)> = [
        (TypeId::of::<ImmutableString>(), "string"),
        (TypeId::of::<Array>(), "array"),
        (TypeId::of::<Map>(), "map"),
        (TypeId::of::<Object>(), "map"),
        (TypeId::of::<INT>(), "int"),
        (TypeId::of::<FLOAT>(), "float"),
        (TypeId::of::<bool>(), "bool"),
        (TypeId::of::<char>(), "char"),
        (TypeId::of::<FnPtr>(), "function"),
    ]
    .map(|(id, name)| (id, name.to_owned()))
    .to_vec();
    visit_all(&mut Connections(&mut types));
    types
}

/// Adds the types of connections.
struct Connections<'a>(&'a mut Vec<(TypeId, String)>);

impl Visitor for Connections<'_> {
    fn visit<K: Kind>(&mut self) {
        self.0.push((TypeId::of::<Connection<K>>(), K::SERVICE.type_name.to_owned()));
    }
}
