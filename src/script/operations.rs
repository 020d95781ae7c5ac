//! The published operations as functions: `conn.op("getIssue", #{…})` and `conn.api.getIssue(#{…})`.

use super::{
    connection::Connection,
    native::{Thrown, native},
    throw::into_script,
    value::{from_dynamic_revealing, members, plain_type, to_dynamic},
    world::World,
};
use crate::{
    catalog::{self, Catalog, Operation, Placed},
    error::{Error, Result},
    http::{Body, Method, Part, Request},
    json::{Json, Object},
    services::{Kind, Visitor, visit_all},
};
use rhai::{Dynamic, Engine, ImmutableString};
use std::{collections::BTreeSet, path::Path, rc::Rc};

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

    fn unknown(&self, id: &str, catalog: &Catalog) -> Box<Error> {
        let deployment = self.account.settings().deployment.map(|d| format!(" ({})", d.name())).unwrap_or_default();
        let error = Error::client(format_args!("{}{deployment} has no operation `{id}`", K::SERVICE.title));
        match catalog.suggestions(id) {
            close if close.is_empty() => error,
            close => error.hint(format!("did you mean {}?", close.join(", "))),
        }
    }
}

fn arguments(map: Option<&Dynamic>) -> Result<Object> {
    let Some(map) = map else { return Ok(Object::default()) };
    let values =
        members(map).ok_or_else(|| Error::client(format_args!("an operation takes a map, not {}", plain_type(map))))?;
    let given = values.into_iter().filter(|(_, value)| !value.is_unit());
    given
        .map(|(name, value)| Ok((name, from_dynamic_revealing(&value)?)))
        .collect::<Result<Vec<_>>>()
        .map(|m| m.into_iter().collect())
}

/// Makes the request of an operation: its parameters checked and in their places.
fn request(operation: &Operation, arguments: &Object) -> Result<Request> {
    let placed = catalog::place(operation, arguments)?;
    let method = Method::named(placed.method)
        .ok_or_else(|| Error::client(format_args!("{} is a {}, which cannot be sent", operation.id, placed.method)))?;
    let mut request = Request::new(method, placed.path.clone());
    request.route = operation.path.to_string();
    request.reads = operation.reads;
    request.operation = Some(operation.id.to_string());
    request.query = placed.query.clone();
    request.headers = placed.headers.clone();
    if let Some(media) = placed.media_type.filter(|media| placed.body.is_some() && !media.contains("multipart")) {
        request.headers.push(("content-type".to_owned(), media.to_owned()));
    }
    request.body = body(placed)?;
    Ok(request)
}

fn body(placed: Placed) -> Result<Body> {
    let multipart = placed.media_type.is_some_and(|media| media.starts_with("multipart/"));
    match (placed.files, placed.body) {
        (Some(files), _) if multipart || files.get("body").is_none() => parts(&files, placed.form),
        (Some(files), _) => whole_file(&files, placed.media_type),
        (None, None) if multipart => parts(&Json::Object(Object::default()), placed.form),
        (None, None) if placed.form.is_empty() => Ok(Body::None),
        (None, None) => Ok(Body::Form(placed.form)),
        (None, Some(Json::Text(text))) if placed.media_type.is_some_and(|media| !media.contains("json")) => {
            Ok(Body::Text(placed.media_type.unwrap_or_default().to_owned(), text.as_ref().to_owned()))
        }
        (None, Some(json)) => Ok(Body::Json(json)),
    }
}

/// Makes the body of an operation that takes one file as it is, such as an avatar.
fn whole_file(files: &Json, media: Option<&str>) -> Result<Body> {
    let path = files.get("body").and_then(Json::as_str).ok_or_else(|| Error::client("`files.body` must be a path"))?;
    // The part checks that the file can be read before anything is sent.
    Part::file("body", Path::new(path))?;
    Ok(Body::File(path.into(), media.unwrap_or("application/octet-stream").to_owned()))
}

fn parts(files: &Json, form: Vec<(String, String)>) -> Result<Body> {
    let mut parts: Vec<Part> = form.into_iter().map(|(name, value)| Part::Field { name, value }).collect();
    let files = files.as_object().ok_or_else(|| Error::client("`files` must be a map of part names to paths"))?;
    for (name, paths) in files.iter() {
        let one = std::slice::from_ref(paths);
        for path in paths.as_array().unwrap_or(one) {
            let path = path
                .as_str()
                .ok_or_else(|| Error::client(format_args!("`files.{name}` must be a path, or a list of them")))?;
            parts.push(Part::file(name, Path::new(path))?);
        }
    }
    Ok(Body::Multipart(parts))
}

/// Registers `op` and the type of `api`.
pub(super) fn register<K: Kind>(engine: &mut Engine) {
    engine.register_type_with_name::<Api<K>>(&format!("{}Api", K::SERVICE.type_name));
    let comment =
        "/// Calls an operation of the vendor's published API; its parameters are checked before anything is sent.";
    native(engine, "op", &["operation: string"], comment, |c: &mut Connection<K>, id: ImmutableString| {
        c.op(&id, None).map_err(into_script)
    });
    native(
        engine,
        "op",
        &["operation: string", "parameters: map"],
        comment,
        |c: &mut Connection<K>, id: ImmutableString, map: Dynamic| c.op(&id, Some(&map)).map_err(into_script),
    );
}

/// Gives the operations that `text` may call on `api` a native each, so that errors know their place.
pub(super) fn prepare(engine: &mut Engine, world: &Rc<World>, text: &str) {
    if !text.contains(".api") {
        return;
    }
    visit_all(&mut Preparer { engine, world, names: &called(text) });
}

/// Returns every name that stands between a dot and a parenthesis.
fn called(text: &str) -> BTreeSet<String> {
    let name = |piece: &str| {
        let end = piece.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        piece[end..].trim_start().starts_with('(').then(|| piece[..end].to_owned())
    };
    text.split('.').skip(1).filter_map(|piece| name(piece.trim_start())).collect()
}

struct Preparer<'a> {
    engine: &'a mut Engine,
    world: &'a Rc<World>,
    names: &'a BTreeSet<String>,
}

impl Visitor for Preparer<'_> {
    fn visit<K: Kind>(&mut self) {
        let flavours = K::SERVICE.flavours.iter().map(|flavour| flavour.apis);
        let catalogs: Vec<Catalog> = flavours.chain([K::SERVICE.apis]).map(Catalog).collect();
        for name in self.names.iter().filter(|name| catalogs.iter().any(|c| c.operation(name).is_some())) {
            if !self.world.operations.borrow_mut().insert(format!("{}.{name}", K::SERVICE.name)) {
                continue;
            }
            let (plain, with) = (name.clone(), name.clone());
            self.engine.register_fn(name, move |api: &mut Api<K>| api.0.op(&plain, None).map_err(into_script));
            self.engine.register_fn(name, move |api: &mut Api<K>, map: Dynamic| {
                api.0.op(&with, Some(&map)).map_err(into_script)
            });
        }
    }
}

/// Lets calls on `api` in imported or evaluated text find their operation.
#[allow(deprecated)] // marked so only because it may change; the version is pinned
pub(super) fn register_missing(engine: &mut Engine, world: &Rc<World>) {
    let world = world.clone();
    engine.on_missing_function(move |name, args, _, _| {
        let mut finder = Finder { world: &world, name, args, found: None };
        visit_all(&mut finder);
        finder.found.transpose()
    });
}

struct Finder<'a, 'b> {
    world: &'a World,
    name: &'a str,
    args: &'a mut [&'b mut Dynamic],
    found: Option<Thrown<Dynamic>>,
}

impl Visitor for Finder<'_, '_> {
    /// Rhai asks after *any* failed native. One that is registered has run, so it must not run again.
    fn visit<K: Kind>(&mut self) {
        let Some((api, rest)) = self.args.split_first() else { return };
        let Some(connection) = api.read_lock::<Api<K>>().map(|api| api.0.clone()) else { return };
        if self.world.operations.borrow().contains(&format!("{}.{}", K::SERVICE.name, self.name)) {
            return;
        }
        let done = match rest {
            [] => connection.op(self.name, None),
            [map] => connection.op(self.name, Some(map)),
            _ => Err(Error::client(format_args!("`{}` takes one map of parameters", self.name))),
        };
        self.found = Some(done.map_err(into_script));
    }
}
