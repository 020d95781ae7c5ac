//! What there is to call, with its description: one list for help, completion and hints, read from the engine itself.

use super::connection::Connection;
use crate::services::{Kind, Visitor, visit_all};
use rhai::{AST, Engine, FnAccess, ScriptFnMetadata};
use std::{any::TypeId, collections::BTreeMap};

/// One function that a script can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The type it is a method of, such as `Jira`.
    pub receiver: Option<String>,
    /// The names of its parameters, the receiver left out.
    pub parameters: Vec<String>,
    /// Its description, without comment marks.
    pub comment: String,
}

impl Function {
    /// Returns how it is written: `Jira.issue(key, options)`.
    pub fn form(&self) -> String {
        let call = format!("{}({})", self.name, self.parameters.join(", "));
        self.receiver.as_ref().map_or(call.clone(), |receiver| format!("{receiver}.{call}"))
    }
}

/// A function with all its forms, as it is explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// The type it is a method of.
    pub receiver: Option<String>,
    /// How it is written, the shortest form first.
    pub forms: Vec<Function>,
    /// Its description.
    pub comment: String,
}

impl Topic {
    /// Returns the first sentence of the description.
    pub fn summary(&self) -> &str {
        let line = self.comment.lines().next().unwrap_or_default();
        line.find(". ").map_or(line, |end| &line[..=end])
    }

    /// Returns how the longest form is written.
    pub fn form(&self) -> String {
        self.forms.last().map(Function::form).unwrap_or_default()
    }

    /// Returns the parameters of the longest form.
    pub fn parameters(&self) -> String {
        self.forms.last().map(|f| f.parameters.join(", ")).unwrap_or_default()
    }
}

/// Puts the forms of each function together, in the order of receivers and names.
pub fn topics(mut functions: Vec<Function>) -> Vec<Topic> {
    // The engine lists them in an order that is another one each time.
    functions.sort_by(|a, b| {
        (a.parameters.len(), &a.comment, &a.parameters).cmp(&(b.parameters.len(), &b.comment, &b.parameters))
    });
    let mut found: BTreeMap<(Option<String>, String), Topic> = BTreeMap::new();
    for function in functions {
        let topic = found.entry((function.receiver.clone(), function.name.clone())).or_insert_with(|| Topic {
            name: function.name.clone(),
            receiver: function.receiver.clone(),
            forms: Vec::new(),
            comment: String::new(),
        });
        // Each form may add a word of its own; most say the same.
        if !topic.comment.contains(&function.comment) {
            let between = if topic.comment.is_empty() { "" } else { "\n" };
            topic.comment.push_str(between);
            topic.comment.push_str(&function.comment);
        }
        if !topic.forms.iter().any(|form| form.parameters == function.parameters) {
            topic.forms.push(function);
        }
    }
    let mut topics: Vec<Topic> = found.into_values().collect();
    for topic in &mut topics {
        topic.forms.sort_by_key(|form| form.parameters.len());
    }
    topics
}

/// Returns every function of the engine that has a readable name.
pub fn functions(engine: &Engine) -> Vec<Function> {
    collected(engine, true)
}

/// Like [`functions`], without those that Rhai brings along.
pub(super) fn own_functions(engine: &Engine) -> Vec<Function> {
    collected(engine, false)
}

fn collected(engine: &Engine, rhais: bool) -> Vec<Function> {
    let mut connections = Connections(Vec::new());
    visit_all(&mut connections);
    let all = engine.collect_fn_metadata(None, |info| function(&info, &connections.0), rhais);
    all.into_iter().filter(|f| is_readable(&f.name)).collect()
}

/// Returns the functions that a text declares.
pub(super) fn of_script(ast: &AST) -> Vec<Function> {
    ast.iter_functions().map(|script| scripted(&script)).filter(|f| is_readable(&f.name)).collect()
}

fn is_readable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && !name.contains('$')
}

fn function(info: &rhai::FuncInfo<'_>, connections: &[(TypeId, &str)]) -> Option<Function> {
    let metadata = info.metadata;
    if let Some(script) = &info.script {
        return (metadata.access == FnAccess::Public).then(|| scripted(script));
    }
    let mut parameters: Vec<&str> = metadata.params_info.iter().map(AsRef::as_ref).collect();
    let receiver = if parameters.len() < metadata.num_params {
        let first = metadata.param_types.first()?;
        connections.iter().find(|(id, _)| id == first).map(|(_, name)| (*name).to_owned())
    } else {
        parameters.first().and_then(|first| receiver(first)).map(str::to_owned)
    };
    if receiver.as_deref().is_some_and(is_odd) {
        return None;
    }
    if receiver.is_some() && parameters.len() == metadata.num_params {
        parameters.remove(0);
    }
    let names = parameters.iter().map(|p| p.split(':').next().unwrap_or("_").trim().to_owned()).collect();
    let comment = uncommented(metadata.comments.iter().map(AsRef::as_ref));
    Some(Function { name: metadata.name.to_string(), receiver, parameters: names, comment })
}

/// Returns the type whose method a native is by its first parameter: `this: string`, or Rhai's own `array: &mut Array`.
fn receiver(first: &str) -> Option<&str> {
    let (name, kind) = first.split_once(": ")?;
    let rhais = kind.starts_with(|c: char| c == '&' || c.is_ascii_uppercase()) || is_odd(type_named(kind));
    (name == "this" || rhais && kind != "Dynamic").then(|| type_named(kind))
}

/// Number types that scripts of ours never hold, though the engine knows them.
fn is_odd(name: &str) -> bool {
    ["i8", "i16", "i32", "i128", "u8", "u16", "u32", "u64", "u128", "usize", "isize", "f32"].contains(&name)
}

/// Returns the one name that documentation has for a type.
pub(super) fn type_named(name: &str) -> &str {
    match name.trim_start_matches("&mut ").trim() {
        "&str" | "String" | "ImmutableString" => "string",
        "Array" => "array",
        "Map" => "map",
        "INT" | "i64" => "int",
        "FLOAT" | "f64" => "float",
        "Blob" => "blob",
        "FnPtr" | "Fn" => "function",
        name => name.rsplit("::").next().unwrap_or(name),
    }
}

fn scripted(script: &ScriptFnMetadata<'_>) -> Function {
    Function {
        name: script.name.to_owned(),
        receiver: script.this_type.map(str::to_owned),
        parameters: script.params.iter().map(ToString::to_string).collect(),
        comment: uncommented(script.comments.iter().copied()),
    }
}

fn uncommented<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(str::lines).map(|line| line.trim_start_matches('/').trim()).collect::<Vec<_>>().join("\n")
}

/// Returns the options that a description names: `Options: `fields` (names or a list), `expand`.`
pub(super) fn options(comment: &str) -> Vec<String> {
    let start = |line: &str| ["Options: ", "Option: "].iter().find_map(|word| line.find(word));
    let listed = comment.lines().find_map(|line| start(line).map(|at| &line[at..])).unwrap_or_default();
    let quoted = listed.split('`').skip(1).step_by(2);
    quoted.map(|option| option.split(':').next().unwrap_or(option).to_owned()).collect()
}

/// The types of connections, by which their natives are known.
struct Connections(Vec<(TypeId, &'static str)>);

impl Visitor for Connections {
    fn visit<K: Kind>(&mut self) {
        self.0.push((TypeId::of::<Connection<K>>(), K::SERVICE.type_name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_from_descriptions() {
        assert_eq!(options("Lists.\nOptions: `fields` (names or a list), `expand`."), ["fields", "expand"]);
        assert_eq!(options("Deletes it. Option: `subtasks: true` deletes its sub-tasks too."), ["subtasks"]);
        assert!(options("Returns the `key`.").is_empty());
    }

    #[test]
    fn a_native_is_a_method_by_its_first_parameter() {
        for (first, is) in [
            ("this: string", Some("string")),
            ("array: &mut Array", Some("array")),
            ("string: &str", Some("string")),
            ("_: &mut stream", Some("stream")),
            ("path: string", None),
            ("list: any", None),
            ("x: INT", Some("int")),
        ] {
            assert_eq!(receiver(first), is, "{first}");
        }
    }
}
