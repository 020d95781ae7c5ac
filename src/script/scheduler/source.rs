//! What `parallel` and `bulk` take: arrays, ranges, and lists that are read only as fast as they are worked on.

use super::super::{
    native::Thrown,
    stream::Stream,
    throw::into_script,
    value::{plain_type, to_dynamic},
};
use crate::error::{Error, Result};
use rhai::{Array, Dynamic, INT};
use std::{
    cell::{Cell, RefCell},
    ops::{Range, RangeInclusive},
};

/// Items, taken one by one.
pub(in crate::script) struct Source {
    items: Items,
    taken: Cell<usize>,
}

enum Items {
    Array(RefCell<std::vec::IntoIter<Dynamic>>),
    Range(RefCell<RangeInclusive<INT>>),
    Stream(Stream),
}

impl Source {
    /// Takes what a script gave to `verb`. A stream is read from now on.
    pub(in crate::script) fn of(verb: &str, given: Dynamic) -> Result<Self> {
        let given = given.flatten();
        let items = if let Some(range) = given.read_lock::<Range<INT>>() {
            // An empty one stays empty: it ends before it starts.
            Items::Range(RefCell::new(if range.is_empty() {
                RangeInclusive::new(1, 0)
            } else {
                range.start..=range.end - 1
            }))
        } else if let Some(range) = given.read_lock::<RangeInclusive<INT>>() {
            Items::Range(RefCell::new(range.clone()))
        } else if let Some(stream) = given.read_lock::<Stream>() {
            stream.begin()?;
            Items::Stream(stream.clone())
        } else {
            let kind = plain_type(&given);
            let items = given.try_cast::<Array>();
            let wrong = || Error::client(format_args!("{verb}() takes a list, not {kind}"));
            Items::Array(RefCell::new(items.ok_or_else(wrong)?.into_iter()))
        };
        Ok(Source { items, taken: Cell::new(0) })
    }

    /// Returns the next item with its index; nothing after the last.
    pub(in crate::script) fn next(&self) -> Thrown<Option<(usize, Dynamic)>> {
        let item = match &self.items {
            Items::Array(items) => items.borrow_mut().next().map(Dynamic::flatten),
            Items::Range(range) => range.borrow_mut().next().map(Dynamic::from),
            Items::Stream(stream) => stream.next().transpose().map_err(into_script)?.map(|json| to_dynamic(&json)),
        };
        Ok(item.map(|item| (self.taken.replace(self.taken.get() + 1), item)))
    }

    /// Returns the number of all items, taken or not, where it is known.
    pub(in crate::script) fn total(&self) -> Option<usize> {
        let left = match &self.items {
            Items::Array(items) => Some(items.borrow().len()),
            Items::Range(range) => {
                let range = range.borrow();
                if range.is_empty() {
                    Some(0)
                } else {
                    usize::try_from(range.end().abs_diff(*range.start())).ok().map(|n| n + 1)
                }
            }
            Items::Stream(stream) => return stream.total(),
        };
        left.map(|left| left + self.taken.get())
    }

    /// Returns the items that are left without taking them; nothing for a list that is still to be read.
    pub(in crate::script) fn known(&self) -> Option<Array> {
        match &self.items {
            Items::Array(items) => Some(items.borrow().as_slice().to_vec()),
            Items::Range(range) => Some(range.borrow().clone().map(Dynamic::from).collect()),
            Items::Stream(_) => None,
        }
    }
}
