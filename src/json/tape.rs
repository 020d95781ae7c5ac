//! An object as it was read and not yet looked into: its texts in one place, its shape as a row of marks.
//!
//! Most of what a server sends is never asked for. So an object is checked as a whole while it is read, and its values
//! are made when somebody wants one. To look for a member costs a step for each of the members before it, whatever
//! they hold.

use super::{Json, Object, parse::number_of};
use crate::error::{Error, Result};
use std::sync::Arc;

/// One JSON object, flat.
#[derive(Debug, Default)]
pub(super) struct Tape {
    /// Keys, texts and digits of numbers, one after the other.
    text: String,
    /// In the order of the document: a key is followed by its value, a container by what it holds.
    marks: Vec<Mark>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    False,
    True,
    Int,
    Number,
    Text,
    Array,
    Object,
}

/// One key or value.
#[derive(Debug, Clone, Copy)]
struct Mark {
    kind: Kind,
    /// Where its text begins; how many items or members a container has.
    at: u32,
    /// How long its text is; how many marks a container holds.
    size: u32,
}

/// The place of a container that is still being written.
pub(super) struct Open(usize);

impl Tape {
    /// Notes `null`.
    pub(super) fn null(&mut self) {
        self.marks.push(Mark { kind: Kind::Null, at: 0, size: 0 });
    }

    /// Notes a truth value.
    pub(super) fn truth(&mut self, truth: bool) {
        self.marks.push(Mark { kind: if truth { Kind::True } else { Kind::False }, at: 0, size: 0 });
    }

    /// Notes a key or a text.
    pub(super) fn text(&mut self, text: &str) {
        self.chars(Kind::Text, text);
    }

    /// Notes an integer: its two halves stand where others have place and length.
    pub(super) fn int(&mut self, int: i64) {
        #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation)] // bits, put together again in `value`
        self.marks.push(Mark { kind: Kind::Int, at: (int >> 32) as u32, size: int as u32 });
    }

    /// Notes a number that is no 64-bit integer.
    pub(super) fn number(&mut self, digits: &str) {
        self.chars(Kind::Number, digits);
    }

    fn chars(&mut self, kind: Kind, text: &str) {
        // A tape that grows too long for its marks is refused at its end: until then wrong marks hurt nobody.
        self.marks.push(Mark { kind, at: short(self.text.len()), size: short(text.len()) });
        self.text.push_str(text);
    }

    /// Opens an array.
    pub(super) fn open_array(&mut self) -> Open {
        self.open(Kind::Array)
    }

    /// Opens an object.
    pub(super) fn open_object(&mut self) -> Open {
        self.open(Kind::Object)
    }

    fn open(&mut self, kind: Kind) -> Open {
        self.marks.push(Mark { kind, at: 0, size: 0 });
        Open(self.marks.len() - 1)
    }

    /// Closes what was opened last, with the number of its items or members.
    pub(super) fn close(&mut self, open: &Open, count: usize) {
        let size = short(self.marks.len() - open.0 - 1);
        let mark = &mut self.marks[open.0];
        (mark.at, mark.size) = (short(count), size);
    }

    /// Says whether the text noted last is `text`.
    pub(super) fn ends_with(&self, text: &str) -> bool {
        self.marks.last().is_some_and(|mark| mark.size as usize == text.len()) && self.text.ends_with(text)
    }

    /// Takes the key noted last back, and the mark before it.
    pub(super) fn take_back_two(&mut self) {
        if let Some(key) = self.marks.pop() {
            self.text.truncate(key.at as usize);
        }
        self.marks.pop();
    }

    /// Makes the value that was noted first: the whole tape.
    pub(super) fn into_json(mut self) -> Result<Json> {
        if u32::try_from(self.text.len().max(self.marks.len())).is_err() {
            return Err(Error::client("this JSON holds an object of more than 4 GB"));
        }
        self.text.shrink_to_fit();
        self.marks.shrink_to_fit();
        Ok(Part { tape: Arc::new(self), at: 0 }.value(0))
    }

    fn chars_of(&self, mark: Mark) -> &str {
        let at = mark.at as usize;
        &self.text[at..at + mark.size as usize]
    }
}

/// Lengths beyond four billion are refused in [`Tape::into_json`].
fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// An object on a tape.
#[derive(Debug, Clone)]
pub(super) struct Part {
    tape: Arc<Tape>,
    at: usize,
}

impl Part {
    /// Returns the value of `key`: the last one, if it comes twice.
    pub(super) fn get(&self, key: &str) -> Option<Json> {
        let found =
            self.members().filter(|(name, _)| name.size as usize == key.len() && self.tape.chars_of(*name) == key);
        found.last().map(|(_, at)| self.value(at))
    }

    /// Reads all members, one level deep.
    pub(super) fn read(&self) -> Vec<(Arc<str>, Json)> {
        self.members().map(|(key, at)| (self.tape.chars_of(key).into(), self.value(at))).collect()
    }

    /// Walks over keys and the places of their values.
    fn members(&self) -> impl Iterator<Item = (Mark, usize)> {
        self.values(self.at).step_by(2).map(|key| (self.tape.marks[key], key + 1))
    }

    /// Walks over the places of what the container at `at` holds: keys too.
    fn values(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = at + 1 + self.tape.marks[at].size as usize;
        std::iter::successors(Some(at + 1), |at| Some(at + 1 + self.tape.held(*at))).take_while(move |at| *at < end)
    }

    fn value(&self, at: usize) -> Json {
        let mark = self.tape.marks[at];
        match mark.kind {
            Kind::Null => Json::Null,
            Kind::False => Json::Bool(false),
            Kind::True => Json::Bool(true),
            #[allow(clippy::cast_possible_wrap)] // bits, taken apart in `int`
            Kind::Int => Json::Int((u64::from(mark.at) << 32 | u64::from(mark.size)) as i64),
            // Only what is a number is noted as one.
            Kind::Number => number_of(self.tape.chars_of(mark)).unwrap_or(Json::Null),
            Kind::Text => self.tape.chars_of(mark).into(),
            Kind::Array => {
                let mut items = Vec::with_capacity(mark.at as usize);
                items.extend(self.values(at).map(|at| self.value(at)));
                items.into()
            }
            Kind::Object => Object::written(Part { tape: self.tape.clone(), at }).into(),
        }
    }
}

impl Tape {
    /// Returns how many marks the value at `at` holds. Walking may look one step beyond the end.
    fn held(&self, at: usize) -> usize {
        match self.marks.get(at) {
            Some(Mark { kind: Kind::Array | Kind::Object, size, .. }) => *size as usize,
            _ => 0,
        }
    }
}
