//! For every operation of every API: made-up arguments that are right pass, and each kind of wrong one is refused by
//! name before anything could be sent.

use super::super::{APIS, Api, List, Operation, Parameter, Place, Shape, Type, place};
use crate::json::{Json, Object};

/// Makes up arguments: everything that the operation takes.
fn everything(operation: &Operation) -> Object {
    let fields = operation.parameters.iter().filter(|p| p.place != Place::File);
    let mut arguments: Object = fields.map(|p| (p.name, value(p))).collect();
    if let Some(body) = operation.value() {
        let members = body.members.iter().map(|member| (member.name, one(member.kind, &member.values)));
        let value = match body.shape {
            Shape::Array => Json::array([]),
            Shape::String => "text".into(),
            _ => Json::object(members),
        };
        arguments.set("body", value);
    }
    let parts: Vec<_> = operation.files().map(|part| part.name.replace('*', "docs/a.txt")).collect();
    if !parts.is_empty() {
        arguments.set("files", Json::object(parts.into_iter().map(|part| (part, "a.txt".into()))));
    }
    arguments
}

/// Makes up the value of a parameter.
fn value(parameter: &Parameter) -> Json {
    let item = one(parameter.kind, &parameter.values);
    if parameter.list == List::No { item } else { Json::array([item.clone(), item]) }
}

fn one(kind: Type, values: &[&str]) -> Json {
    values.last().map_or_else(|| of_type(kind), |value| Json::from(*value))
}

fn of_type(kind: Type) -> Json {
    match kind {
        Type::String | Type::Any => "a b/c".into(),
        Type::Integer => 7.into(),
        Type::Number => Json::Float(2.5),
        Type::Boolean => true.into(),
        Type::Json | Type::Map | Type::Object => Json::object([("a", Json::Int(1))]),
        Type::Array => Json::array([]),
    }
}

/// Asserts that a call is refused with a message that names `name`.
#[track_caller]
fn refused(operation: &Operation, arguments: &Object, name: &str) {
    let error = place(operation, arguments).expect_err(&format!("{} {} {name}", operation.api, operation.id));
    let expected = format!("Client error: {} ", operation.id);
    assert!(error.message.starts_with(&expected) && error.message.contains(&format!("'{name}'")), "{}", error.message);
    assert_eq!(error.operation.as_deref(), Some(operation.id));
}

/// Returns the arguments with one of them changed.
fn with(arguments: &Object, name: &str, value: impl Into<Json>) -> Object {
    let mut arguments = arguments.clone();
    arguments.set(name, value.into());
    arguments
}

/// Returns the arguments without one of them.
fn without(arguments: &Object, name: &str) -> Object {
    let mut arguments = arguments.clone();
    arguments.remove(name);
    arguments
}

/// Calls `check` with each operation and arguments that fit it.
fn each(check: impl Fn(&Operation, &Object)) {
    for operation in APIS.iter().flat_map(Api::operations) {
        check(&operation, &everything(&operation));
    }
}

#[test]
fn right_arguments_pass_and_fill_the_path() {
    each(|operation, arguments| {
        let placed = place(operation, arguments).unwrap_or_else(|e| panic!("{} {}", operation.api, e.message));
        assert!(!placed.path.contains(['{', '}', ' ']) && placed.path.starts_with('/'), "{}", placed.path);
        assert_eq!(placed.method, operation.method);
        assert_eq!(placed.body.is_some(), operation.value().is_some(), "{}", operation.id);
        assert_eq!(placed.files.is_some(), operation.files().next().is_some(), "{}", operation.id);
        let sends = placed.body.is_some() || placed.files.is_some() || !placed.form.is_empty();
        assert!(placed.media_type.is_none() || sends, "{}", operation.id);
    });
}

#[test]
fn nothing_but_what_is_required_passes_too() {
    each(|operation, arguments| {
        let optional = operation.parameters.iter().filter(|p| !p.required && p.place != Place::File);
        let mut arguments = optional.fold(arguments.clone(), |arguments, p| without(&arguments, p.name));
        if operation.files().next().is_some_and(|part| !part.required) {
            arguments = without(&arguments, "files");
        }
        place(operation, &arguments).unwrap_or_else(|e| panic!("{} {}", operation.api, e.message));
    });
}

#[test]
fn each_required_argument_that_is_left_out_is_named() {
    each(|operation, arguments| {
        let fields = operation.parameters.iter().filter(|p| p.place != Place::File && p.default.is_none());
        for p in fields.filter(|p| p.required) {
            refused(operation, &without(arguments, p.name), p.name);
            refused(operation, &with(arguments, p.name, Json::Null), p.name);
        }
        for part in operation.files().filter(|part| part.required) {
            refused(operation, &without(arguments, "files"), if part.name == "*" { "files" } else { part.name });
        }
        if let Some(body) = operation.value().filter(|body| body.required) {
            refused(operation, &without(arguments, "body"), "body");
            for member in &body.members {
                let value = arguments.get("body").unwrap().as_object().unwrap();
                refused(operation, &with(arguments, "body", without(value, member.name)), member.name);
            }
        }
    });
}

#[test]
fn unknown_arguments_are_named() {
    each(|operation, arguments| refused(operation, &with(arguments, "noSuchThing", 1), "noSuchThing"));
}

#[test]
fn arguments_of_the_wrong_type_are_named() {
    each(|operation, arguments| {
        for p in operation.parameters.iter().filter(|p| p.kind == Type::Integer) {
            for wrong in [Json::from("ten"), Json::Float(1.5), Json::from(true)] {
                refused(operation, &with(arguments, p.name, wrong), p.name);
            }
        }
        for p in operation.parameters.iter().filter(|p| p.kind == Type::Boolean) {
            refused(operation, &with(arguments, p.name, "yes"), p.name);
        }
        for p in operation.parameters.iter().filter(|p| !p.values.is_empty()) {
            refused(operation, &with(arguments, p.name, "no such value"), p.name);
        }
        if let Some(body) = operation.value().filter(|body| body.shape == Shape::Object) {
            refused(operation, &with(arguments, "body", "text"), "body");
            for member in body.members.iter().filter(|member| member.kind != Type::Any) {
                let wrong = if member.kind == Type::Object { Json::from(1) } else { Json::object([("a", Json::Null)]) };
                let value = arguments.get("body").unwrap().as_object().unwrap();
                let name = format!("body.{}", member.name);
                refused(operation, &with(arguments, "body", with(value, member.name, wrong)), &name);
                if !member.values.is_empty() {
                    let value = with(value, member.name, "no such value");
                    refused(operation, &with(arguments, "body", value), &name);
                }
            }
        }
    });
}

#[test]
fn no_value_leaves_the_path() {
    each(|operation, arguments| {
        for p in operation.parameters.iter().filter(|p| matches!(p.place, Place::Path | Place::Segments)) {
            for wrong in ["", ".", "..", "a\tb"] {
                refused(operation, &with(arguments, p.name, wrong), p.name);
            }
        }
    });
}
