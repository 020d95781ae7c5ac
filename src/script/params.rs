//! `params(#{…})`: what a script takes, declared once: converted, checked, explained by `--help`.

use super::{
    arguments::{Arguments, Word, is_credential},
    native::{Thrown, native},
    throw::into_script,
    value::members,
    world::World,
};
use crate::{
    error::{Error, Result},
    secret::Secret,
};
use rhai::{Array, Dynamic, Engine, Map};
use std::{collections::BTreeSet, fmt::Write, rc::Rc};

/// One declared parameter.
struct Parameter {
    name: String,
    help: String,
    default: Option<Dynamic>,
    kind: Kind,
    choices: Vec<String>,
}

/// What a parameter's text becomes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Int,
    Float,
    Flag,
    List,
    Secret,
}

/// Kinds with the names that a declaration may use and what a value looks like in `--help`.
const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::Text, "string", "TEXT"),
    (Kind::Int, "int", "NUMBER"),
    (Kind::Float, "float", "NUMBER"),
    (Kind::Flag, "bool", ""),
    (Kind::List, "array", "A,B,…"),
    (Kind::Secret, "secret", "SECRET"),
];

/// What a declaration may hold.
const MEMBERS: &[&str] = &["help", "default", "type", "choices"];

impl Parameter {
    fn declare(name: String, declaration: &Dynamic) -> Result<Self> {
        let wrong = |why: String| Error::client(format_args!("params(#{{ {name}: … }}): {why}"));
        if declaration.is_string() {
            return Ok(Parameter {
                name,
                help: declaration.to_string(),
                default: None,
                kind: Kind::Text,
                choices: Vec::new(),
            });
        }
        let values = members(declaration).ok_or_else(|| wrong("a declaration is a help text or a map".to_owned()))?;
        if let Some((unknown, _)) = values.iter().find(|(n, _)| !MEMBERS.contains(&n.as_str())) {
            return Err(wrong(format!("there is no `{unknown}`; a declaration has {}", MEMBERS.join(", "))));
        }
        let get = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        let default = get("default");
        let kind = match get("type") {
            Some(kind) => kind_named(&kind.to_string()).ok_or_else(|| wrong(format!("there is no type \"{kind}\"")))?,
            None => default.as_ref().map_or(Kind::Text, kind_of),
        };
        let choices = get("choices").and_then(|c| c.into_array().ok()).unwrap_or_default();
        let default = default.or_else(|| (kind == Kind::Flag).then(|| Dynamic::from(false)));
        let help = get("help").map_or(String::new(), |help| help.to_string());
        Ok(Parameter { name, help, default, kind, choices: choices.iter().map(Dynamic::to_string).collect() })
    }

    /// Returns the name on the command line.
    fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    fn read(&self, text: Option<&str>) -> Result<Dynamic> {
        let name = self.flag();
        let Some(text) = text else {
            return if self.kind == Kind::Flag {
                Ok(true.into())
            } else {
                Err(Error::client(format_args!("--{name} needs a value ({})", self.help)))
            };
        };
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            return Err(Error::client(format_args!(
                "--{name} is \"{text}\"; it must be one of {}",
                self.choices.join(", ")
            )));
        }
        let wrong = |what: &str| Error::client(format_args!("--{name} is \"{text}\"; it must be {what}"));
        Ok(match self.kind {
            Kind::Text => text.to_owned().into(),
            Kind::Int => text.parse::<i64>().map_err(|_| wrong("a whole number"))?.into(),
            Kind::Float => text.parse::<f64>().ok().filter(|f| f.is_finite()).ok_or_else(|| wrong("a number"))?.into(),
            Kind::Flag => text.parse::<bool>().map_err(|_| wrong("true or false"))?.into(),
            Kind::List => text.split(',').map(|item| Dynamic::from(item.trim().to_owned())).collect::<Array>().into(),
            Kind::Secret => Dynamic::from(Secret::new(text)),
        })
    }
}

fn kind_named(name: &str) -> Option<Kind> {
    KINDS.iter().find(|row| row.1 == name).map(|row| row.0)
}

fn kind_of(default: &Dynamic) -> Kind {
    match default.type_name() {
        "i64" => Kind::Int,
        "f64" => Kind::Float,
        "bool" => Kind::Flag,
        "array" => Kind::List,
        _ => Kind::Text,
    }
}

/// Reads the declared parameters. Refuses what is missing, unknown, given twice or of the wrong kind.
fn read(arguments: &Arguments, declared: &[Parameter]) -> Result<Map> {
    let words = arguments.read(&flags(declared));
    let mut values = Map::new();
    for word in words {
        let Word::Named(name, value) = word else { continue };
        let Some(parameter) = declared.iter().find(|p| p.flag() == name || p.name == name) else {
            if is_credential(&name) {
                continue;
            }
            return Err(unknown(&name, declared));
        };
        if values.contains_key(parameter.name.as_str()) {
            return Err(Error::client(format_args!("--{name} is given twice")));
        }
        values.insert(parameter.name.as_str().into(), parameter.read(value.as_deref())?);
    }
    for parameter in declared.iter().filter(|p| !values.contains_key(p.name.as_str())).collect::<Vec<_>>() {
        let missing = || {
            Error::client(format_args!("--{} is missing ({})", parameter.flag(), parameter.help))
                .hint("--help lists the parameters")
        };
        values.insert(parameter.name.as_str().into(), parameter.default.clone().ok_or_else(missing)?);
    }
    Ok(values)
}

fn flags(declared: &[Parameter]) -> BTreeSet<String> {
    let mut flags: BTreeSet<String> = declared.iter().filter(|p| p.kind == Kind::Flag).map(Parameter::flag).collect();
    flags.insert("insecure".to_owned());
    flags
}

fn unknown(name: &str, declared: &[Parameter]) -> Box<Error> {
    let error = Error::client(format_args!("there is no parameter --{name}"));
    let close = declared.iter().map(|p| (strsim::damerau_levenshtein(&p.flag(), name), p.flag())).min();
    match close {
        Some((distance, meant)) if distance <= 3 => error.hint(format!("did you mean --{meant}?")),
        _ => error.hint("--help lists the parameters"),
    }
}

/// Writes what `SCRIPT --help` shows.
fn help(arguments: &Arguments, declared: &[Parameter]) -> String {
    let mut out = String::new();
    if !arguments.header.is_empty() {
        let _ = writeln!(out, "{}\n", arguments.header);
    }
    let _ = writeln!(out, "Parameters of {}:", arguments.script);
    let name = |p: &Parameter| {
        let what = KINDS.iter().find(|row| row.0 == p.kind).map_or("", |row| row.2);
        format!("--{} {what}", p.flag()).trim_end().to_owned()
    };
    let width = declared.iter().map(|p| name(p).chars().count()).max().unwrap_or(0);
    for p in declared {
        let default = match &p.default {
            None => " (required)".to_owned(),
            Some(default) if default.is_unit() || p.kind == Kind::Flag => String::new(),
            Some(default) => format!(" [default: {default}]"),
        };
        let choices = if p.choices.is_empty() { String::new() } else { format!(" ({})", p.choices.join(", ")) };
        let _ = writeln!(out, "  {:width$}  {}{choices}{default}", name(p), p.help);
    }
    out.push_str("Connections take --server, --user, --token and others, also as --jira-server and so on.");
    out
}

fn declared(world: &World, declarations: &Dynamic) -> Thrown<Map> {
    let values =
        members(declarations).ok_or_else(|| into_script(Error::client("params() takes a map of declarations")))?;
    let declared = values
        .into_iter()
        .map(|(name, d)| Parameter::declare(name, &d))
        .collect::<Result<Vec<_>>>()
        .map_err(into_script)?;
    world.flags.replace(flags(&declared));
    let arguments = world.arguments.borrow();
    if arguments.wants_help() {
        world.context.print(&help(&arguments, &declared));
        return Err(world.exit(0));
    }
    read(&arguments, &declared).map_err(into_script)
}

/// Returns the parameters of a script that declares none: all as text, flags as `true`.
fn undeclared(world: &World) -> Map {
    let words = world.arguments.borrow().read(&world.flags.borrow());
    let value = |value: Option<String>| value.map_or(Dynamic::TRUE, Dynamic::from);
    words
        .into_iter()
        .filter_map(|word| if let Word::Named(name, text) = word { Some((name.into(), value(text))) } else { None })
        .collect()
}

/// Registers `params` and `args`.
pub(super) fn register(engine: &mut Engine, world: &Rc<World>) {
    let (with, without, rest) = (world.clone(), world.clone(), world.clone());
    native(
        engine,
        "params",
        &["declarations: map"],
        "/// Returns the script's parameters as `#{ name: \"help\", other: #{ help, default, type, choices } }` declares them.",
        move |declarations: Dynamic| declared(&with, &declarations),
    );
    let comment = "/// Returns the script's parameters, `--name value`, as they were given.";
    native(engine, "params", &[], comment, move || -> Thrown<Map> { Ok(undeclared(&without)) });
    let comment = "/// Returns the script's arguments that belong to no parameter.";
    native(engine, "args", &[], comment, move || -> Thrown<Array> {
        Ok(rest.arguments.borrow().rest(&rest.flags.borrow()).into_iter().map(Dynamic::from).collect())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declarations() -> Vec<Parameter> {
        let map = |pairs: Vec<(&str, Dynamic)>| pairs.into_iter().map(|(k, v)| (k.into(), v)).collect::<Map>();
        let declare = |name: &str, d: Dynamic| Parameter::declare(name.to_owned(), &d).unwrap();
        vec![
            declare("project", "Project key".into()),
            declare("days", map(vec![("help", "How far back".into()), ("default", 7_i64.into())]).into()),
            declare("dry_run", map(vec![("default", false.into())]).into()),
            declare(
                "kind",
                map(vec![("default", "a".into()), ("choices", vec![Dynamic::from("a"), "b".into()].into())]).into(),
            ),
        ]
    }

    fn run(words: &[&str]) -> Result<Map> {
        read(&Arguments::new("x.rhai", words.iter().map(|w| (*w).to_owned()).collect()), &declarations())
    }

    #[test]
    fn declared_parameters_are_converted_and_defaulted() {
        let map = run(&["--project", "OPS", "--dry-run", "--days=14", "--jira-token", "x"]).unwrap();
        assert_eq!(map["project"].to_string(), "OPS");
        assert_eq!(map["days"].as_int(), Ok(14));
        assert_eq!(map["dry_run"].as_bool(), Ok(true));
        assert_eq!(map["kind"].to_string(), "a");
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        for (words, says) in [
            (&["--days", "7"][..], "--project is missing (Project key)"),
            (&["--project", "OPS", "--dyas", "7"], "there is no parameter --dyas"),
            (&["--project", "OPS", "--days", "soon"], "--days is \"soon\"; it must be a whole number"),
            (&["--project", "OPS", "--kind", "c"], "it must be one of a, b"),
            (&["--project", "OPS", "--project", "X"], "given twice"),
            (&["--project"], "--project needs a value"),
        ] {
            let error = run(words).unwrap_err();
            assert!(error.message.contains(says), "{error}");
        }
        assert_eq!(run(&["--project", "OPS", "--dyas", "7"]).unwrap_err().hint.unwrap(), "did you mean --days?");
    }

    #[test]
    fn help_names_every_parameter() {
        let text = help(&Arguments::new("x.rhai", Vec::new()), &declarations());
        assert!(text.contains("--project TEXT") && text.contains("Project key (required)"), "{text}");
        assert!(text.contains("--days NUMBER") && text.contains("How far back [default: 7]"), "{text}");
        assert!(text.contains("--dry-run"), "{text}");
    }
}
