//! One line of the catalogue to an [`Operation`].

use super::Api;

/// One published operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The published id, such as `getIssue`.
    pub id: &'static str,
    /// The API it belongs to, such as `jira-dc`.
    pub api: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path from the server's root, with `{name}` for each parameter in it.
    pub path: &'static str,
    /// What it takes besides the body, in the vendor's order.
    pub parameters: Vec<Parameter>,
    /// What it takes as a body.
    pub body: Option<Body>,
    /// Whether it changes nothing.
    pub reads: bool,
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// Whether the vendor may change it at any time.
    pub experimental: bool,
}

impl Operation {
    /// Finds a parameter by its published name; a file part has its name among the files, not here.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|p| p.name == name && p.place != Place::File)
    }

    /// Returns the file parts of its form.
    pub fn files(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|p| p.place == Place::File)
    }

    /// Returns the body where it is a value of its own, and not made of parameters or files.
    #[must_use]
    pub fn value(&self) -> Option<&Body> {
        self.body.as_ref().filter(|body| !matches!(body.shape, Shape::Form | Shape::File))
    }
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// The published name.
    pub name: &'static str,
    /// Where it goes.
    pub place: Place,
    /// What it, or each of its items, must be.
    pub kind: Type,
    /// Whether it is a list, and how that is written.
    pub list: List,
    /// The values it may have; any if there are none here.
    pub values: Vec<&'static str>,
    /// Whether the vendor requires it.
    pub required: bool,
    /// What is sent when it is not given.
    pub default: Option<&'static str>,
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// One segment of the path, or a part of one.
    Path,
    /// Several segments of the path: the slashes in the value stay slashes.
    Segments,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A field of a form.
    Form,
    /// A file of a multipart form. The name `*` stands for any.
    File,
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text, or anything that has one way to be written as text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Not described, or of several types: structures go as JSON, lists of plain values joined by commas.
    Any,
    /// A structure that goes as JSON.
    Json,
    /// Pairs that each become a parameter.
    Map,
    /// An object; only of members of bodies.
    Object,
    /// A list; only of members of bodies.
    Array,
}

/// Whether a parameter is a list, and how that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// One value.
    No,
    /// The name comes once for each item.
    Repeated,
    /// The items are joined by commas.
    Joined,
}

/// What an operation takes as its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The media types that the server takes, the one we send first.
    pub media: Vec<&'static str>,
    /// What it is.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// The members that an object must have.
    pub members: Vec<Member>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A JSON object.
    Object,
    /// A JSON list.
    Array,
    /// Text.
    String,
    /// Any JSON.
    Any,
    /// The parameters whose place is the form, and its files.
    Form,
    /// The bytes of one file.
    File,
}

/// A member that a body must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub kind: Type,
    /// The values it may have; any if there are none here.
    pub values: Vec<&'static str>,
}

/// The words of the catalogue for the types.
const TYPES: [(&str, Type); 9] = [
    ("int", Type::Integer),
    ("num", Type::Number),
    ("bool", Type::Boolean),
    ("any", Type::Any),
    ("json", Type::Json),
    ("map", Type::Map),
    ("object", Type::Object),
    ("array", Type::Array),
    ("string", Type::String),
];

/// The words of the catalogue for the shapes.
const SHAPES: [(&str, Shape); 6] = [
    ("object", Shape::Object),
    ("array", Shape::Array),
    ("string", Shape::String),
    ("any", Shape::Any),
    ("form", Shape::Form),
    ("file", Shape::File),
];

/// The letters of the catalogue for the places.
const PLACES: [(&str, Place); 6] = [
    ("p", Place::Path),
    ("P", Place::Segments),
    ("q", Place::Query),
    ("h", Place::Header),
    ("f", Place::Form),
    ("u", Place::File),
];

impl Type {
    /// Returns the catalogue's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        TYPES.iter().find(|row| row.1 == self).map_or("string", |row| row.0)
    }
}

impl Place {
    /// Returns it in a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Place::Path | Place::Segments => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Form => "form",
            Place::File => "files",
        }
    }
}

/// Reads one line.
pub(super) fn read(api: &Api, line: &'static str) -> Option<Operation> {
    let mut columns = line.split('\t');
    let (id, method, path) = (columns.next()?, columns.next()?, columns.next()?);
    let (flags, parameters, body) = (columns.next()?, columns.next()?, columns.next()?);
    Some(Operation {
        id,
        api: api.name,
        method,
        path,
        parameters: parameters.split(' ').filter_map(parameter).collect(),
        body: self::body(body),
        reads: matches!(method, "GET" | "HEAD") || flags.contains('r'),
        deprecated: flags.contains('d'),
        experimental: flags.contains('x'),
    })
}

/// Reads `name:place:type`, with `*` when required and `~value` for what is sent when it is not given.
fn parameter(text: &'static str) -> Option<Parameter> {
    let (text, default) = split(text, '~');
    let (text, required) = strip(text, '*');
    let (name, rest) = text.split_once(':')?;
    let (place, kind) = split(rest, ':');
    let place = named(&PLACES, place)?;
    let (list, kind) = list(kind.unwrap_or_default());
    Some(Parameter {
        name,
        place,
        kind: named(&TYPES, kind).unwrap_or(Type::String),
        list,
        values: values(kind),
        required: required || matches!(place, Place::Path | Place::Segments),
        default,
    })
}

/// Reads whether a type is that of a list, and what is left of it.
fn list(kind: &'static str) -> (List, &'static str) {
    match (kind.strip_prefix("[]"), kind.strip_prefix("[,]")) {
        (Some(item), _) => (List::Repeated, item),
        (_, Some(item)) => (List::Joined, item),
        _ => (List::No, kind),
    }
}

/// Reads `media|media shape member:type …`, with `*` after the shape when the body must be there.
fn body(text: &'static str) -> Option<Body> {
    let mut words = text.split(' ');
    let media = words.next().filter(|media| !media.is_empty())?;
    let (shape, required) = strip(words.next()?, '*');
    Some(Body {
        media: media.split('|').collect(),
        shape: named(&SHAPES, shape)?,
        required,
        members: words.map(member).collect(),
    })
}

/// Reads `name:type`.
fn member(word: &'static str) -> Member {
    let (name, kind) = split(word, ':');
    let kind = kind.unwrap_or_default();
    let values = values(kind);
    let untyped = if values.is_empty() { Type::Any } else { Type::String };
    Member { name, kind: named(&TYPES, kind).unwrap_or(untyped), values }
}

/// Reads the values after an `=`.
fn values(kind: &'static str) -> Vec<&'static str> {
    kind.strip_prefix('=').map(|values| values.split('|').collect()).unwrap_or_default()
}

/// Splits at the first `mark`, if there is one.
fn split(text: &'static str, mark: char) -> (&'static str, Option<&'static str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

/// Takes `mark` off the end, and says whether it was there.
fn strip(text: &'static str, mark: char) -> (&'static str, bool) {
    text.strip_suffix(mark).map_or((text, false), |text| (text, true))
}

/// Looks a word up.
fn named<T: Copy>(words: &[(&str, T)], word: &str) -> Option<T> {
    words.iter().find(|(known, _)| *known == word).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_with_all_its_columns() {
        let api = crate::catalog::api("jira-dc").unwrap();
        let line = "go\tPOST\t/x/{id}\trd\tid:p:int q:q:[,]=a|b* X:h*~no any:u*\ttext/plain|*/* object* a:int b c:=x|y";
        let operation = read(api, line).unwrap();
        assert!(operation.reads && operation.deprecated && !operation.experimental);
        let [id, q, x, any] = &operation.parameters[..] else { panic!("four parameters") };
        assert_eq!((id.name, id.place, id.kind, id.required), ("id", Place::Path, Type::Integer, true));
        assert_eq!((q.list, &q.values[..], q.required), (List::Joined, &["a", "b"][..], true));
        assert_eq!((x.place, x.required, x.default), (Place::Header, true, Some("no")));
        assert_eq!((any.place, any.required), (Place::File, true));
        let body = operation.body.unwrap();
        assert_eq!((&body.media[..], body.shape, body.required), (&["text/plain", "*/*"][..], Shape::Object, true));
        let members: Vec<_> = body.members.iter().map(|m| (m.name, m.kind, &m.values[..])).collect();
        let expected: [(_, _, &[_]); 3] =
            [("a", Type::Integer, &[]), ("b", Type::Any, &[]), ("c", Type::String, &["x", "y"])];
        assert_eq!(members, expected);
    }
}
