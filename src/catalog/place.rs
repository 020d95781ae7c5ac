//! The arguments of a call: checked, and put where they belong.

use super::check::{expected, member, shown, texts, wanted};
use super::{Body, List, Operation, Parameter, Place, Shape, Type, nearest, path};
use crate::{
    error::{Error, Result},
    json::{Json, Object},
};

/// The name under which a raw file is given.
const RAW: &str = "body";

/// The name of a file part that may have any.
const ANY: &str = "*";

/// A call that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The HTTP method.
    pub method: &'static str,
    /// The path from the server's root, filled and percent-encoded.
    pub path: String,
    /// The query, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The fields of the form.
    pub form: Vec<(String, String)>,
    /// The body, where it is a value of its own.
    pub body: Option<Json>,
    /// The media type of what is sent; none where nothing is sent, or where the file decides.
    pub media_type: Option<&'static str>,
    /// The files: part names with a path or a list of paths each. Where the media type is not `multipart/form-data`,
    /// the one file, named `body`, is the whole body.
    pub files: Option<Json>,
}

/// Checks the arguments of a call and places them.
///
/// `null` counts as not given. An argument that is unknown, missing, of the wrong type or none of the possible values
/// is a client error that names the parameter and says what would be right.
pub fn place(operation: &Operation, arguments: &Object) -> Result<Placed> {
    let call = Call { operation, arguments };
    call.all_known()?;
    call.none_missing()?;
    let mut placed = call.empty()?;
    for parameter in operation.parameters.iter().filter(|p| p.place != Place::File) {
        call.put(parameter, &mut placed)?;
    }
    placed.files = call.files()?;
    placed.body = call.body()?;
    placed.media_type = media_type(operation.body.as_ref(), &placed);
    Ok(placed)
}

/// One call: what is asked of which operation.
struct Call<'a> {
    operation: &'a Operation,
    arguments: &'a Object,
}

impl<'a> Call<'a> {
    /// Returns an argument that is there and not `null`.
    fn given(&self, name: &str) -> Option<&'a Json> {
        self.arguments.get(name).filter(|value| **value != Json::Null)
    }

    /// Returns the argument for a parameter. `files` is a map of files, or else the parameter of that name.
    fn argument(&self, parameter: &Parameter) -> Option<&'a Json> {
        let value = self.given(parameter.name)?;
        let is_files = parameter.name == "files" && value.as_object().is_some() && self.takes_files();
        (!is_files).then_some(value)
    }

    fn takes_files(&self) -> bool {
        self.operation.files().next().is_some()
    }

    /// Refuses the call, in the name of the operation.
    fn refuse(&self, what: impl std::fmt::Display) -> Box<Error> {
        let mut error = Error::client(format_args!("{} {what}", self.operation.id));
        error.operation = Some(self.operation.id.to_owned());
        error
    }

    /// Refuses an argument, saying what it must be.
    fn wrong(&self, name: &str, what: impl std::fmt::Display) -> Box<Error> {
        self.refuse(format_args!("refuses '{name}': it {what}"))
    }

    /// Refuses arguments that the operation does not take.
    fn all_known(&self) -> Result<()> {
        let mut names: Vec<&str> =
            self.operation.parameters.iter().filter(|p| p.place != Place::File).map(|p| p.name).collect();
        names.extend(self.operation.value().map(|_| "body"));
        names.extend(self.takes_files().then_some("files"));
        match self.arguments.iter().find(|(key, _)| !names.contains(&&***key)) {
            Some((unknown, _)) => Err(self.unknown("parameter", unknown, &names)),
            None => Ok(()),
        }
    }

    /// Refuses a name that is none of `names`.
    fn unknown(&self, what: &str, name: &str, names: &[&str]) -> Box<Error> {
        let error = self.refuse(format_args!("has no {what} '{name}'"));
        if names.is_empty() {
            return error.hint("it takes none");
        }
        match nearest(name, names.iter().copied()).first() {
            Some(near) => error.hint(format!("did you mean '{near}'?")),
            None => error.hint(format!("it takes: {}", names.join(", "))),
        }
    }

    /// Refuses a call that lacks something, naming all that is missing.
    fn none_missing(&self) -> Result<()> {
        let required = self.operation.parameters.iter().filter(|p| p.required && p.default.is_none());
        let mut missing: Vec<String> = required.filter(|p| !self.has(p)).map(describe).collect();
        let body = self.operation.value().filter(|body| body.required && self.given("body").is_none());
        missing.extend(body.map(|body| format!("'body' ({})", shape(body.shape))));
        if missing.is_empty() { Ok(()) } else { Err(self.refuse(format_args!("needs {}", missing.join(" and ")))) }
    }

    /// Says whether a required parameter is there; of a list, whether anything is in it.
    fn has(&self, parameter: &Parameter) -> bool {
        let value = match parameter.place {
            Place::File if parameter.name == ANY => {
                return self
                    .given("files")
                    .and_then(Json::as_object)
                    .is_some_and(|files| files.iter().next().is_some());
            }
            Place::File => self.given("files").and_then(|files| files.get(parameter.name)),
            _ => self.argument(parameter),
        };
        value.is_some_and(|value| parameter.list == List::No || value.as_array() != Some(&[]))
    }

    /// Makes the call with its path filled and nothing else.
    fn empty(&self) -> Result<Placed> {
        let (method, path) = (self.operation.method, self.path()?);
        let (query, headers, form) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Placed { method, path, query, headers, form, body: None, media_type: None, files: None })
    }

    /// Fills the path.
    fn path(&self) -> Result<String> {
        let mut pieces = self.operation.path.split('{');
        let mut path = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (name, literal) = piece.split_once('}').unwrap_or((piece, ""));
            let parameter = self.operation.parameters.iter().find(|p| p.name == name);
            let value = parameter.and_then(|parameter| Some((parameter, self.argument(parameter)?)));
            if let Some((parameter, value)) = value {
                let texts = texts(parameter, value).map_err(|what| self.wrong(name, what))?;
                path::fill(&mut path, parameter.place, &texts.join(",")).map_err(|what| self.wrong(name, what))?;
            }
            path += literal;
        }
        Ok(path)
    }

    /// Puts one parameter where it belongs.
    fn put(&self, parameter: &Parameter, placed: &mut Placed) -> Result<()> {
        let pairs = match self.argument(parameter) {
            Some(Json::Object(pairs)) if parameter.kind == Type::Map => {
                pairs.iter().map(|(name, value)| (name.to_string(), plain(value))).collect()
            }
            Some(value) => self.pairs(parameter, value)?,
            None => parameter.default.map(|value| (parameter.name.to_owned(), value.to_owned())).into_iter().collect(),
        };
        match parameter.place {
            Place::Query => placed.query.extend(pairs),
            Place::Form => placed.form.extend(pairs),
            Place::Header => placed.headers.extend(self.headers(pairs)?),
            Place::Path | Place::Segments | Place::File => {}
        }
        Ok(())
    }

    /// Returns the name with each of its texts.
    fn pairs(&self, parameter: &Parameter, value: &Json) -> Result<Vec<(String, String)>> {
        let wrong = |what| self.wrong(parameter.name, what);
        if parameter.kind == Type::Map {
            return Err(wrong(format!("must be {}, not {}", wanted(parameter), shown(value))));
        }
        let texts = texts(parameter, value).map_err(wrong)?;
        Ok(texts.into_iter().map(|text| (parameter.name.to_owned(), text)).collect())
    }

    /// Refuses what would end a header's line.
    fn headers(&self, pairs: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
        match pairs.iter().find(|(_, value)| value.contains(char::is_control)) {
            Some((name, _)) => Err(self.wrong(name, "must be one line without control characters")),
            None => Ok(pairs),
        }
    }

    /// Returns the files, each under the name of a part that the form has.
    fn files(&self) -> Result<Option<Json>> {
        if !self.takes_files() {
            return Ok(None);
        }
        let Some(files) = self.given("files") else { return Ok(None) };
        let Some(parts) = files.as_object() else {
            let is_parameter = self.operation.parameter("files").is_some();
            return if is_parameter {
                Ok(None)
            } else {
                Err(self.wrong("files", "must be a map of part names to paths"))
            };
        };
        let names: Vec<&str> = self.operation.files().map(|part| part.name).collect();
        for (name, path) in parts.iter() {
            if !names.contains(&&**name) && !names.contains(&ANY) {
                return Err(self.unknown("file part", name, &names));
            }
            if !is_path(path) {
                return Err(self.wrong(name, format_args!("must be a path or a list of paths, not {}", shown(path))));
            }
        }
        Ok(Some(files.clone()))
    }

    /// Returns the body, with the members that it must have.
    fn body(&self) -> Result<Option<Json>> {
        let given = self.operation.value().and_then(|body| Some((body, self.given("body")?)));
        let Some((body, value)) = given else { return Ok(None) };
        let fits = match body.shape {
            Shape::Object => value.as_object().is_some(),
            Shape::Array => value.as_array().is_some(),
            Shape::String => value.as_str().is_some(),
            Shape::Any | Shape::Form | Shape::File => true,
        };
        if !fits {
            return Err(self.wrong("body", format_args!("must be {}, not {}", shape(body.shape), shown(value))));
        }
        for part in &body.members {
            match value.get(part.name) {
                None => {
                    return Err(self.refuse(format_args!("needs '{}' in 'body' ({})", part.name, expected(part))));
                }
                Some(value) if !member(part, value) => {
                    let what = format!("must be {}, not {}", expected(part), shown(value));
                    return Err(self.wrong(&format!("body.{}", part.name), what));
                }
                Some(_) => {}
            }
        }
        Ok(Some(value.clone()))
    }
}

/// Says whether a value is a path or several.
fn is_path(value: &Json) -> bool {
    let text = |value: &Json| value.as_str().is_some_and(|path| !path.is_empty());
    text(value) || value.as_array().is_some_and(|paths| !paths.is_empty() && paths.iter().all(text))
}

/// Returns the text of a value: a string as it stands, anything else as JSON.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Describes a parameter that is missing.
fn describe(parameter: &Parameter) -> String {
    match parameter.place {
        Place::File if parameter.name == RAW => "'files' with the path of the file as 'body'".to_owned(),
        Place::File if parameter.name == ANY => "'files' with the path of a file".to_owned(),
        Place::File => format!("'files' with the path of '{}'", parameter.name),
        _ => format!("'{}' ({})", parameter.name, wanted(parameter)),
    }
}

/// Says in words what a body is.
fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Object => "a map",
        Shape::Array => "a list",
        Shape::String => "a string",
        Shape::Any | Shape::Form | Shape::File => "a value",
    }
}

/// Returns the media type of what is sent.
fn media_type(body: Option<&Body>, placed: &Placed) -> Option<&'static str> {
    let body = body?;
    let first = body.media.first().copied();
    match body.shape {
        Shape::Form if placed.files.is_some() => Some("multipart/form-data"),
        Shape::Form => first.filter(|_| !placed.form.is_empty()),
        Shape::File => first.filter(|media| *media != "*/*"),
        _ if placed.body.is_none() => None,
        _ => first.map(|media| if media == "*/*" { "application/json" } else { media }),
    }
}
