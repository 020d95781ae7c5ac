//! JSON as it came: key order kept, numbers exact, copies cheap.
//!
//! A [`Json`] is what a server answered or a script parsed. Arrays and objects are shared until somebody writes to
//! one (copy on write), so passing ten megabytes of issues around costs a counter. It may be parsed on another thread.
//! What lies below the top level of a document is made when somebody asks for it.

mod parse;
mod tape;
mod write;

pub use parse::parse;

use std::sync::{Arc, OnceLock};

/// One JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer of 64 bits.
    Int(i64),
    /// A number that a 64-bit float holds without loss.
    Float(f64),
    /// A number that neither holds: its own text.
    Exact(Arc<str>),
    /// A string.
    Text(Arc<str>),
    /// A list.
    Array(Arc<Vec<Json>>),
    /// An object.
    Object(Object),
}

/// A JSON object: its members in the order they came, each key once.
#[derive(Debug, Clone, Default)]
pub struct Object(Arc<Inner>);

/// The members, and where they are read from when somebody wants them all.
#[derive(Debug, Clone, Default)]
struct Inner {
    members: OnceLock<Vec<(Arc<str>, Json)>>,
    written: Option<tape::Part>,
}

impl Object {
    /// Makes an object of `members`; of a key that comes twice the last value counts, at the first place.
    #[must_use]
    pub fn from_members(members: Vec<(Arc<str>, Json)>) -> Self {
        Object(Arc::new(Inner { members: parse::without_duplicates(members).into(), written: None }))
    }

    fn written(part: tape::Part) -> Self {
        Object(Arc::new(Inner { members: OnceLock::new(), written: Some(part) }))
    }

    fn members(&self) -> &Vec<(Arc<str>, Json)> {
        let read = |part: &tape::Part| parse::without_duplicates(part.read());
        self.0.members.get_or_init(|| self.0.written.as_ref().map(read).unwrap_or_default())
    }

    /// Copies the members first if somebody else sees them.
    fn members_mut(&mut self) -> &mut Vec<(Arc<str>, Json)> {
        self.members();
        let inner = Arc::make_mut(&mut self.0);
        inner.written = None;
        inner.members.get_mut().expect("members() has just made them, and a copy keeps them")
    }

    /// Returns the value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.members().iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }

    /// Returns a copy of the value of `key`. Of an object that nobody has looked into yet no other value is made.
    #[must_use]
    pub fn pick(&self, key: &str) -> Option<Json> {
        match (&self.0.written, self.0.members.get()) {
            (Some(part), None) => part.get(key),
            _ => self.get(key).cloned(),
        }
    }

    /// Sets `key` in place, or adds it at the end. Copies the members first if somebody else sees them.
    pub fn set(&mut self, key: &str, value: Json) {
        let members = self.members_mut();
        match members.iter_mut().find(|(k, _)| &**k == key) {
            Some((_, old)) => *old = value,
            None => members.push((key.into(), value)),
        }
    }

    /// Takes `key` out and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.members().iter().position(|(k, _)| &**k == key)?;
        Some(self.members_mut().remove(at).1)
    }

    /// Iterates over the members in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Json)> + ExactSizeIterator {
        self.members().iter().map(|(k, v)| (k, v))
    }

    /// Returns the number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members().len()
    }

    /// Says whether both are one and the same in memory: nothing was copied between them.
    #[must_use]
    pub fn shares(&self, other: &Object) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Says whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members().is_empty()
    }
}

/// Two objects are equal when they hold the same members, in whatever order.
impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.len() == other.len() && self.iter().all(|(k, v)| other.get(k) == Some(v))
    }
}

impl<K: Into<Arc<str>>, V: Into<Json>> FromIterator<(K, V)> for Object {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(members: T) -> Self {
        Object::from_members(members.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

impl Json {
    /// Makes an object: `Json::object([("name", "Ada".into())])`.
    pub fn object<K: Into<Arc<str>>>(members: impl IntoIterator<Item = (K, Json)>) -> Self {
        Json::Object(members.into_iter().collect())
    }

    /// Makes a list.
    pub fn array(items: impl IntoIterator<Item = Json>) -> Self {
        Json::Array(Arc::new(items.into_iter().collect()))
    }

    /// Returns the member `key` of an object; nothing for anything else.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.as_object()?.get(key)
    }

    /// Follows `keys` into nested objects.
    #[must_use]
    pub fn path(&self, keys: &[&str]) -> Option<&Json> {
        keys.iter().try_fold(self, |json, key| json.get(key))
    }

    /// Returns the text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Json::Text(text) = self { Some(text) } else { None }
    }

    /// Returns an integer.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Json::Int(int) = self { Some(*int) } else { None }
    }

    /// Returns a truth value.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Json::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// Returns the items of a list.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Json]> {
        if let Json::Array(items) = self { Some(items) } else { None }
    }

    /// Returns the members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        if let Json::Object(object) = self { Some(object) } else { None }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.into())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(text.into())
    }
}

impl From<bool> for Json {
    fn from(truth: bool) -> Self {
        Json::Bool(truth)
    }
}

impl From<i64> for Json {
    fn from(int: i64) -> Self {
        Json::Int(int)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Json::Object(object)
    }
}

impl From<Vec<Json>> for Json {
    fn from(items: Vec<Json>) -> Self {
        Json::Array(Arc::new(items))
    }
}
