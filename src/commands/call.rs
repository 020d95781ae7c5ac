//! `tieline call SERVICE OPERATION --name value …`: one published operation, checked before anything is sent.

use super::{Setup, fail, host};
use crate::{
    catalog::{self, Catalog, Operation, Shape, Type},
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    json::{self, Json, Object},
    script::{Arguments, Ending, Output, Word, is_credential},
    services::{Deployment, SERVICES, Service, service},
};
use std::{collections::BTreeSet, rc::Rc};

/// What starts the name of a file part: `--files.avatar picture.png`.
pub(super) const FILES: &str = "files.";

/// The parameter that names the product a part belongs to.
pub(super) const PRODUCT: &str = "product";

/// Calls `operation` with `words` as its parameters and those of the connection.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    (name, operation, words): (&str, &str, Vec<String>),
    output: Output,
) -> Result<u8> {
    let service = known(name)?;
    let mut given = Arguments::new("call", words).read(&BTreeSet::new());
    let product = product(service, &mut given)?;
    let (operations, arguments) = checked(service, operation, &given)?;
    let credentials =
        given.into_iter().filter(|word| is_for_connection(&operations, word)).flat_map(words_of).collect();
    let mut host = host(context, setup, interrupt, Arguments::new("call", credentials))?;
    let done = host.call_operation(service, product, operation, arguments);
    let code = match done.and_then(|ending| shown(&host, ending, output)) {
        Ok(code) => code,
        Err(failure) => fail(context, &host, &failure),
    };
    host.world().close();
    Ok(code)
}

fn shown(
    host: &crate::script::Host,
    ending: Ending,
    output: Output,
) -> std::result::Result<u8, crate::script::Failure> {
    match ending {
        Ending::Exit(code) => return Ok(code),
        Ending::Value(value) if value.is_unit() => {}
        Ending::Value(value) => {
            if let Some(text) = host.present(&value, output)? {
                host.world().context.print(&text);
            }
        }
    }
    Ok(0)
}

/// Finds a service by what was typed.
pub(super) fn known(name: &str) -> Result<&'static Service> {
    service(name).ok_or_else(|| {
        let names: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
        Error::client(format_args!("there is no service `{name}`")).hint(format!("there is {}", names.join(", ")))
    })
}

/// Returns the ids of all operations of a service, whatever its flavour.
pub(super) fn ids(service: &'static Service) -> impl Iterator<Item = &'static str> {
    service.published().flat_map(|(_, apis)| Catalog(apis).ids())
}

/// Returns the operations with an id, one for each flavour of the service that has it.
pub(super) fn operations(service: &'static Service, id: &str) -> impl Iterator<Item = Operation> {
    service.published().filter_map(move |(_, apis)| Catalog(apis).operation(id))
}

/// Takes the product out of the words, which a service that is a part of others needs.
fn product(service: &Service, given: &mut Vec<Word>) -> Result<Option<&'static str>> {
    if service.hosts.is_empty() {
        return Ok(None);
    }
    let at = given.iter().position(|word| matches!(word, Word::Named(name, _) if name == PRODUCT));
    let product = match at.map(|at| given.remove(at)) {
        Some(Word::Named(_, Some(name))) => service.hosts.iter().find(|host| **host == name),
        _ => None,
    };
    product.copied().map(Some).ok_or_else(|| {
        let hosts = service.hosts.join(", ");
        Error::client(format_args!(
            "{} is a part of others: call it with --{PRODUCT} and one of {hosts}",
            service.title
        ))
    })
}

/// Returns the operation in each flavour that may be meant, and the arguments as the first that takes them wants them.
fn checked(service: &'static Service, id: &str, given: &[Word]) -> Result<(Vec<Operation>, Object)> {
    let deployment = given.iter().find_map(|word| match word {
        Word::Named(name, Some(value)) if name == "deployment" => Deployment::named(value),
        _ => None,
    });
    let meant = |name: &str| name.is_empty() || deployment.is_none_or(|deployment| deployment.name() == name);
    let catalogs: Vec<Catalog> =
        service.published().filter(|(name, _)| meant(name)).map(|(_, apis)| Catalog(apis)).collect();
    let operations: Vec<Operation> = catalogs.iter().filter_map(|catalog| catalog.operation(id)).collect();
    let mut refused = None;
    for operation in &operations {
        let checked = arguments(operation, &operations, given)
            .and_then(|arguments| catalog::place(operation, &arguments).map(|_| arguments));
        match checked {
            Ok(arguments) => return Ok((operations, arguments)),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or_else(|| unknown(service, id, &catalogs)))
}

fn unknown(service: &Service, id: &str, catalogs: &[Catalog]) -> Box<Error> {
    let mut close: Vec<String> = Vec::new();
    for name in catalogs.iter().flat_map(|catalog| catalog.suggestions(id)) {
        if !close.contains(&name) {
            close.push(name);
        }
    }
    let hint = if close.is_empty() {
        format!("`tieline find` searches them, `tieline docs {}` lists the verbs", service.name)
    } else {
        format!("did you mean {}?", close.join(", "))
    };
    Error::client(format_args!("{} has no operation `{id}`", service.title)).hint(hint)
}

/// Says whether a word is the connection's and not the operation's. The operation's own names come first.
fn is_for_connection(operations: &[Operation], word: &Word) -> bool {
    let Word::Named(name, _) = word else { return false };
    is_credential(name) && !operations.iter().any(|operation| operation.parameter(name).is_some())
}

fn words_of(word: Word) -> Vec<String> {
    match word {
        Word::Named(name, Some(value)) => vec![format!("--{name}={value}")],
        Word::Named(name, None) => vec![format!("--{name}")],
        Word::Plain(text) => vec![text],
    }
}

/// Makes the arguments of `operation`; a name that comes several times makes a list.
fn arguments(operation: &Operation, all: &[Operation], given: &[Word]) -> Result<Object> {
    let mut arguments = Object::default();
    for word in given.iter().filter(|word| !is_for_connection(all, word)) {
        let Word::Named(name, text) = word else {
            let Word::Plain(text) = word else { continue };
            return Err(Error::client(format_args!("\"{text}\" belongs to no parameter"))
                .hint("parameters are written --name value"));
        };
        if let Some(part) = name.strip_prefix(FILES).filter(|_| operation.parameter(name).is_none()) {
            let mut files = arguments.get("files").and_then(Json::as_object).cloned().unwrap_or_default();
            add(&mut files, part, value(name, text.as_deref())?.into());
            arguments.set("files", Json::Object(files));
        } else {
            let value = converted(operation, name, text.as_deref())?;
            add(&mut arguments, name, value);
        }
    }
    Ok(arguments)
}

fn add(object: &mut Object, name: &str, value: Json) {
    let value = match object.get(name) {
        None => value,
        Some(Json::Array(items)) => Json::array(items.iter().cloned().chain([value])),
        Some(one) => Json::array([one.clone(), value]),
    };
    object.set(name, value);
}

fn value<'a>(name: &str, text: Option<&'a str>) -> Result<&'a str> {
    text.ok_or_else(|| Error::client(format_args!("--{name} needs a value")))
}

/// Converts a text to what the parameter wants. What does not fit stays a text, for the check to name.
fn converted(operation: &Operation, name: &str, text: Option<&str>) -> Result<Json> {
    let Some(parameter) = operation.parameter(name) else {
        return if name == "body" { body(operation, value(name, text)?) } else { Ok(value(name, text)?.into()) };
    };
    if text.is_none() && (parameter.kind == Type::Boolean || parameter.values.contains(&"true")) {
        return Ok(true.into());
    }
    let text = value(name, text)?;
    let structured = matches!(parameter.kind, Type::Json | Type::Map | Type::Object | Type::Array | Type::Any);
    let is_json = structured && text.starts_with(['{', '[']);
    Ok(if is_json { json::parse(text.as_bytes()).unwrap_or_else(|_| text.into()) } else { text.into() })
}

/// Reads a body: JSON as it stands, or the file after an `@`; plain text where the operation takes text.
fn body(operation: &Operation, text: &str) -> Result<Json> {
    let text = match text.strip_prefix('@') {
        None => text.to_owned(),
        Some(path) => {
            std::fs::read_to_string(path).map_err(|e| Error::client(format_args!("--body: cannot read {path}: {e}")))?
        }
    };
    let plain = operation.body.as_ref().is_some_and(|b| {
        b.shape == Shape::String || b.media.first().is_some_and(|media| !media.contains("json") && *media != "*/*")
    });
    match json::parse(text.as_bytes()) {
        Ok(json) if !plain || json.as_str().is_some() => Ok(json),
        _ if plain => Ok(text.into()),
        Ok(json) => Ok(json),
        Err(error) => {
            let why = error.message.trim_start_matches("Client error: ").to_owned();
            Err(Error::client(format_args!("--body is no JSON: {why}")).hint("a file is given as --body @FILE"))
        }
    }
}
