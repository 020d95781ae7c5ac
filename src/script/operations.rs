//! The published operations as functions: `conn.op("getIssue", #{…})` and `conn.api.getIssue(#{…})`.

use super::{
    connection::{Connection, Thrown, native},
    throw::into_script,
    value::{from_dynamic_revealing, members, to_dynamic},
};
use crate::{
    catalog::{self, Operation, Placed},
    error::{Error, Result},
    http::{Body, Method, Part, Request},
    json::{Json, Object},
    services::Kind,
};
use rhai::{Dynamic, Engine, ImmutableString, Module};
use std::path::Path;

/// `conn.api`: the operations as methods.
pub struct Api<K: Kind>(pub(super) Connection<K>);

impl<K: Kind> Clone for Api<K> {
    fn clone(&self) -> Self {
        Api(self.0.clone())
    }
}

impl<K: Kind> Connection<K> {
    fn op(&self, id: &str, map: Option<&Dynamic>) -> Result<Dynamic> {
        let catalog = self.catalog()?;
        let operation = catalog.operation(id).ok_or_else(|| self.unknown(id, &catalog))?;
        let request = request(&operation, &arguments(map)?)?;
        let json = self.fetch(&request, None)?;
        Ok(json.map_or(Dynamic::UNIT, |json| to_dynamic(&json)))
    }

    fn unknown(&self, id: &str, catalog: &catalog::Catalog) -> Box<Error> {
        let deployment = self.account.settings().deployment.map_or("", crate::services::Deployment::name);
        let error = Error::client(format_args!("{} {deployment} has no operation `{id}`", K::SERVICE.title));
        match catalog.suggestions(id) {
            close if close.is_empty() => error,
            close => error.hint(format!("did you mean {}?", close.join(", "))),
        }
    }
}

fn arguments(map: Option<&Dynamic>) -> Result<Object> {
    let Some(map) = map else { return Ok(Object::default()) };
    let values = members(map).ok_or_else(|| Error::client(format_args!("an operation takes a map, not {}", map.type_name())))?;
    let given = values.into_iter().filter(|(_, value)| !value.is_unit());
    given.map(|(name, value)| Ok((name, from_dynamic_revealing(&value)?))).collect::<Result<Vec<_>>>().map(|m| m.into_iter().collect())
}

/// Makes the request of an operation: its parameters checked and in their places.
fn request(operation: &Operation, arguments: &Object) -> Result<Request> {
    let placed = catalog::place(operation, arguments)?;
    let method = Method::named(&placed.method)
        .ok_or_else(|| Error::client(format_args!("{} is a {}, which cannot be sent", operation.id, placed.method)))?;
    let mut request = Request::new(method, placed.path.clone());
    request.route = operation.path.to_string();
    request.reads = operation.reads;
    request.operation = Some(operation.id.to_string());
    request.query = placed.query.clone();
    request.headers = placed.headers.clone();
    request.body = body(placed)?;
    Ok(request)
}

fn body(placed: Placed) -> Result<Body> {
    if let Some(files) = placed.files {
        return multipart(&files, placed.form);
    }
    if !placed.form.is_empty() {
        return Ok(Body::Form(placed.form));
    }
    Ok(match (placed.body, placed.media_type) {
        (None, _) => Body::None,
        (Some(Json::Text(text)), Some(media)) if !media.contains("json") => Body::Text(media.to_string(), text.as_ref().to_owned()),
        (Some(json), _) => Body::Json(json),
    })
}

fn multipart(files: &Json, form: Vec<(String, String)>) -> Result<Body> {
    let mut parts: Vec<Part> = form.into_iter().map(|(name, value)| Part::Field { name, value }).collect();
    let Some(files) = files.as_object() else { return Err(Error::client("`files` must be a map of part names to paths")) };
    for (name, path) in files.iter() {
        let path = path.as_str().ok_or_else(|| Error::client(format_args!("`files.{name}` must be a path")))?;
        parts.push(Part::file(name, Path::new(path))?);
    }
    Ok(Body::Multipart(parts))
}

/// Registers `op` and the type of `api`.
pub(super) fn register<K: Kind>(engine: &mut Engine) {
    engine.register_type_with_name::<Api<K>>(&format!("{}Api", K::SERVICE.type_name));
    let mut module = Module::new();
    let comment = "/// Calls an operation of the vendor's published API; its parameters are checked before anything is sent.";
    native(&mut module, "op", &["operation: string"], comment, |c: &mut Connection<K>, id: ImmutableString| {
        c.op(&id, None).map_err(into_script)
    });
    native(&mut module, "op", &["operation: string", "parameters: map"], comment, |c: &mut Connection<K>, id: ImmutableString, map: Dynamic| {
        c.op(&id, Some(&map)).map_err(into_script)
    });
    engine.register_global_module(module.into());
}

/// Answers a call of `conn.api.someOperation(…)` that no native took.
///
/// Rhai asks here after *any* failed native too, so only what is a call on `api` is answered: nothing else is registered on it.
pub(super) fn missing<K: Kind>(name: &str, args: &mut [&mut Dynamic]) -> Option<Thrown<Dynamic>> {
    let (api, rest) = args.split_first_mut()?;
    let connection = api.read_lock::<Api<K>>()?.0.clone();
    let done = match rest {
        [] => connection.op(name, None),
        [map] => connection.op(name, Some(map)),
        _ => Err(Error::client(format_args!("`{name}` takes one map of parameters"))),
    };
    Some(done.map_err(into_script))
}
