//! JSON as it came: key order kept, numbers exact, copies cheap.
//!
//! A [`Json`] is what a server answered or a script parsed. Arrays and objects are shared until somebody writes to
//! one (copy on write), so passing ten megabytes of issues around costs a counter. It may be parsed on another thread.

mod parse;
mod write;

pub use parse::parse;

use std::sync::Arc;

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
pub struct Object(Arc<Vec<(Arc<str>, Json)>>);

impl Object {
    /// Makes an object of `members`; of a key that comes twice the last value counts, at the first place.
    #[must_use]
    pub fn from_members(members: Vec<(Arc<str>, Json)>) -> Self {
        Object(Arc::new(parse::without_duplicates(members)))
    }

    /// Returns the value of `key`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        self.0.iter().find(|(k, _)| &**k == key).map(|(_, v)| v)
    }

    /// Sets `key` in place, or adds it at the end. Copies the members first if somebody else sees them.
    pub fn set(&mut self, key: &str, value: Json) {
        let members = Arc::make_mut(&mut self.0);
        match members.iter_mut().find(|(k, _)| &**k == key) {
            Some((_, old)) => *old = value,
            None => members.push((key.into(), value)),
        }
    }

    /// Takes `key` out and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Json> {
        let at = self.0.iter().position(|(k, _)| &**k == key)?;
        Some(Arc::make_mut(&mut self.0).remove(at).1)
    }

    /// Iterates over the members in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Arc<str>, &Json)> + ExactSizeIterator {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// Returns the number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether both are one and the same in memory: nothing was copied between them.
    #[must_use]
    pub fn shares(&self, other: &Object) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Says whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
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
