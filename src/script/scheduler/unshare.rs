//! Captured values that are in use while a task waits: each call gets its own.
//!
//! A closure's captured variable is shared, and Rhai locks a shared value while one of its methods runs. For a counter
//! that is over at once; a connection would stay locked for as long as the answer takes, and the next task to use it
//! would fail. A copy of a connection is the same connection, so each call of the closure gets a copy.

use super::super::{connection::Connection, operations::Api, stream::Stream};
use crate::services::{Kind, Visitor, visit_all};
use rhai::{Array, Dynamic, FnPtr, Map};

/// How deep containers are searched. A container may, in the end, hold itself.
const DEEPEST: usize = 16;

/// Returns `f` with copies of the captured values that hold a connection or a list from one.
pub(in crate::script) fn unshared(f: &FnPtr) -> FnPtr {
    let mut f = f.clone();
    f.iter_curry_mut().for_each(|value| unshare(value, 0));
    f
}

fn unshare(value: &mut Dynamic, depth: usize) {
    if !waits(value, depth) {
        return;
    }
    let mut own = value.flatten_clone();
    inside(&mut own, |inner| unshare(inner, depth + 1));
    *value = own;
}

/// Says whether there is something in `value` that stays in use over a wait.
fn waits(value: &Dynamic, depth: usize) -> bool {
    // Somebody up the stack works on a locked one; it cannot be read, so not copied either.
    if depth > DEEPEST || value.is_locked() {
        return false;
    }
    if let Some(items) = value.read_lock::<Array>() {
        return items.iter().any(|item| waits(item, depth + 1));
    }
    if let Some(map) = value.read_lock::<Map>() {
        return map.values().any(|item| waits(item, depth + 1));
    }
    if let Some(f) = value.read_lock::<FnPtr>() {
        return f.iter_curry().any(|item| waits(item, depth + 1));
    }
    let mut finder = Finder { value, found: value.is::<Stream>() };
    if value.is_variant() || value.is_shared() {
        visit_all(&mut finder);
    }
    finder.found
}

fn inside(value: &mut Dynamic, each: impl FnMut(&mut Dynamic)) {
    if let Some(mut items) = value.write_lock::<Array>() {
        items.iter_mut().for_each(each);
    } else if let Some(mut map) = value.write_lock::<Map>() {
        map.values_mut().for_each(each);
    } else if let Some(mut f) = value.write_lock::<FnPtr>() {
        f.iter_curry_mut().for_each(each);
    }
}

struct Finder<'a> {
    value: &'a Dynamic,
    found: bool,
}

impl Visitor for Finder<'_> {
    fn visit<K: Kind>(&mut self) {
        self.found |= self.value.is::<Connection<K>>() || self.value.is::<Api<K>>();
    }
}
