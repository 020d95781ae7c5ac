//! Paths into values: `fields.status.name`, `fields.labels[0]`.

use crate::{json::Object, script::value::to_dynamic};
use rhai::{Array, Dynamic, Map};

/// Follows `path` into `value`. A step that is not there gives `()`.
pub(in crate::script) fn get(value: &Dynamic, path: &str) -> Dynamic {
    // A member may have a dot in its own name, as CSV columns do.
    if let Some(whole) = member(value, path) {
        return whole;
    }
    path.split('.').fold(value.clone(), |value, step| one(&value, step))
}

fn one(value: &Dynamic, step: &str) -> Dynamic {
    let (name, indexes) = step.split_once('[').unwrap_or((step, ""));
    let start = if name.is_empty() { Some(value.clone()) } else { member(value, name) };
    indexes.split('[').filter(|i| !i.is_empty()).fold(start.unwrap_or(Dynamic::UNIT), |value, index| {
        let index = index.trim_end_matches(']').parse::<usize>();
        let items = value.read_lock::<Array>();
        index.ok().and_then(|i| items.as_ref()?.get(i).cloned()).unwrap_or(Dynamic::UNIT)
    })
}

fn member(value: &Dynamic, name: &str) -> Option<Dynamic> {
    if let Some(object) = value.read_lock::<Object>() {
        return object.pick(name).map(|json| to_dynamic(&json));
    }
    value.read_lock::<Map>()?.get(name).cloned()
}
