//! Lists: sums, groups, orders and picks. Each returns something new and leaves its list alone.

use super::{path, rows};
use crate::{
    error::Error,
    script::{
        native::{Thrown, native},
        throw::into_script,
        value::plain_type,
    },
};
use rhai::{Array, Dynamic, Engine, FLOAT, FnPtr, INT, ImmutableString, Map, NativeCallContext};
use std::cmp::Ordering;

type Text = ImmutableString;

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    whole(engine);
    parts(engine);
    keyed(engine);
    joined(engine);
    let comment = "/// Returns the items in the order of what the function or path gives for each.";
    native(
        engine,
        "sort_by",
        &["this: array", "key: function"],
        comment,
        |ctx: NativeCallContext, items: &mut Array, f: FnPtr| -> Thrown<Array> {
            let keyed = items.iter().map(|item| Ok((f.call_within_context(&ctx, (item.clone(),))?, item.clone())));
            sorted(keyed.collect::<Thrown<_>>()?)
        },
    );
    for (name, comment, how) in KEYED {
        grouped(engine, name, comment, *how);
    }
}

/// What is made of the items that share a key.
const KEYED: &[(&str, &str, Keyed)] = &[
    (
        "group_by",
        "/// Returns a map from each key to its items; the key is a path or a function's result.",
        Keyed::Group,
    ),
    (
        "index_by",
        "/// Returns a map from each key to its last item; the key is a path or a function's result.",
        Keyed::Index,
    ),
    (
        "count_by",
        "/// Returns a map from each key to the number of its items; the key is a path or a function's result.",
        Keyed::Count,
    ),
];

fn joined(engine: &mut Engine) {
    let comment = "/// Returns the items as one text, with `between` between them.";
    native(
        engine,
        "join",
        &["this: array", "between: string"],
        comment,
        |ctx: NativeCallContext, items: &mut Array, between: Text| join(&ctx, items, &between),
    );
    native(engine, "join", &["this: array"], comment, |ctx: NativeCallContext, items: &mut Array| {
        join(&ctx, items, "")
    });
}

fn grouped(engine: &mut Engine, name: &'static str, comment: &'static str, how: Keyed) {
    let by_function = move |ctx: NativeCallContext, items: &mut Array, f: FnPtr| {
        collect(how, &ctx, items, |ctx, item| f.call_within_context(ctx, (item,)))
    };
    native(engine, name, &["this: array", "key: function"], comment, by_function);
    let by_path = move |ctx: NativeCallContext, items: &mut Array, p: Text| {
        collect(how, &ctx, items, |_, item| Ok(path::get(&item, &p)))
    };
    native(engine, name, &["this: array", "key: string"], comment, by_path);
}

fn printed(ctx: &NativeCallContext, value: &Dynamic) -> Thrown<String> {
    if value.is_string() {
        Ok(value.to_string())
    } else {
        ctx.call_native_fn::<Text>("to_string", (value.clone(),)).map(|text| text.to_string())
    }
}

fn join(ctx: &NativeCallContext, items: &Array, between: &str) -> Thrown<String> {
    let texts = items.iter().map(|item| printed(ctx, item)).collect::<Thrown<Vec<_>>>()?;
    Ok(texts.join(between))
}

fn number(value: &Dynamic) -> Option<FLOAT> {
    #[allow(clippy::cast_precision_loss)] // the order of large integers is taken from the integers
    value.as_float().ok().or_else(|| value.as_int().ok().map(|int| int as FLOAT))
}

/// Orders two values of one kind; `()` comes last.
fn compare(a: &Dynamic, b: &Dynamic) -> Option<Ordering> {
    if a.is_unit() || b.is_unit() {
        return Some(a.is_unit().cmp(&b.is_unit()));
    }
    if let (Ok(a), Ok(b)) = (a.as_int(), b.as_int()) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a.partial_cmp(&b);
    }
    if let (Some(a), Some(b)) = (super::dates::moment(a), super::dates::moment(b)) {
        return Some(a.cmp(&b));
    }
    if let (Ok(a), Ok(b)) = (a.as_bool(), b.as_bool()) {
        return Some(a.cmp(&b));
    }
    (a.is_string() && b.is_string()).then(|| a.to_string().cmp(&b.to_string()))
}

/// Sorts items by their keys; equal keys keep their order.
fn sorted(mut keyed: Vec<(Dynamic, Dynamic)>) -> Thrown<Array> {
    let mut odd = None;
    keyed.sort_by(|(a, _), (b, _)| {
        compare(a, b).unwrap_or_else(|| {
            odd = Some((plain_type(a), plain_type(b)));
            Ordering::Equal
        })
    });
    match odd {
        None => Ok(keyed.into_iter().map(|(_, item)| item).collect()),
        Some((a, b)) => {
            Err(into_script(Error::client(format_args!("cannot sort by keys of different kinds ({a} and {b})"))))
        }
    }
}

fn sum(items: &Array) -> Thrown<Dynamic> {
    let mut ints: INT = 0;
    let mut floats = None;
    for item in items.iter().filter(|item| !item.is_unit()) {
        let refuse = |why: &str| into_script(Error::client(format_args!("sum(): {why}")));
        match item.as_int() {
            Ok(int) => ints = ints.checked_add(int).ok_or_else(|| refuse("the sum is too large"))?,
            Err(_) => {
                *floats.get_or_insert(0.0) +=
                    number(item).ok_or_else(|| refuse(&format!("{} is no number", plain_type(item))))?;
            }
        }
    }
    #[allow(clippy::cast_precision_loss)] // a sum of floats is one
    Ok(floats.map_or_else(|| ints.into(), |floats: FLOAT| (floats + ints as FLOAT).into()))
}

fn extreme(items: &Array, wanted: Ordering) -> Dynamic {
    let better = |best: Dynamic, item: &Dynamic| if compare(item, &best) == Some(wanted) { item.clone() } else { best };
    let mut items = items.iter().filter(|item| !item.is_unit());
    items.next().cloned().map_or(Dynamic::UNIT, |first| items.fold(first, better))
}

fn whole(engine: &mut Engine) {
    native(engine, "sum", &["this: array"], "/// Adds the numbers up; () counts as nothing.", |a: &mut Array| sum(a));
    native(
        engine,
        "min",
        &["this: array"],
        "/// Returns the smallest item, or ().",
        |a: &mut Array| -> Thrown<Dynamic> { Ok(extreme(a, Ordering::Less)) },
    );
    native(
        engine,
        "max",
        &["this: array"],
        "/// Returns the largest item, or ().",
        |a: &mut Array| -> Thrown<Dynamic> { Ok(extreme(a, Ordering::Greater)) },
    );
    native(
        engine,
        "flatten",
        &["this: array"],
        "/// Returns the items of the lists in the list, in one list.",
        |a: &mut Array| -> Thrown<Array> {
            Ok(a.iter()
                .flat_map(|item| item.read_lock::<Array>().map_or_else(|| vec![item.clone()], |inner| inner.clone()))
                .collect())
        },
    );
    native(
        engine,
        "first",
        &["this: array"],
        "/// Returns the first item, or ().",
        |a: &mut Array| -> Thrown<Dynamic> { Ok(a.first().cloned().unwrap_or(Dynamic::UNIT)) },
    );
    native(engine, "last", &["this: array"], "/// Returns the last item, or ().", |a: &mut Array| -> Thrown<Dynamic> {
        Ok(a.last().cloned().unwrap_or(Dynamic::UNIT))
    });
    native(engine, "count", &["this: array"], "/// Returns the number of items.", |a: &mut Array| -> Thrown<INT> {
        Ok(INT::try_from(a.len()).unwrap_or(INT::MAX))
    });
    native(
        engine,
        "all",
        &["this: array"],
        "/// Returns the list itself, as the lists of the services do.",
        |a: &mut Array| -> Thrown<Array> { Ok(a.clone()) },
    );
    native(
        engine,
        "unique",
        &["this: array"],
        "/// Returns the items, each once, in their order.",
        |a: &mut Array| -> Thrown<Array> {
            let mut seen = std::collections::HashSet::new();
            Ok(a.iter().filter(|item| seen.insert(fingerprint(item))).cloned().collect())
        },
    );
}

/// Returns a text that is the same for equal items.
fn fingerprint(item: &Dynamic) -> String {
    let text = crate::script::value::from_dynamic(item).map_or_else(|_| item.to_string(), |json| json.to_string());
    format!("{} {text}", plain_type(item))
}

fn size(n: INT) -> usize {
    usize::try_from(n).unwrap_or(0)
}

fn parts(engine: &mut Engine) {
    native(
        engine,
        "take",
        &["this: array", "n: int"],
        "/// Returns the first `n` items.",
        |a: &mut Array, n: INT| -> Thrown<Array> { Ok(a.iter().take(size(n)).cloned().collect()) },
    );
    native(
        engine,
        "skip",
        &["this: array", "n: int"],
        "/// Returns the items after the first `n`.",
        |a: &mut Array, n: INT| -> Thrown<Array> { Ok(a.iter().skip(size(n)).cloned().collect()) },
    );
    native(
        engine,
        "chunks",
        &["this: array", "n: int"],
        "/// Cuts the list into lists of `n` items.",
        |a: &mut Array, n: INT| -> Thrown<Array> {
            Ok(a.chunks(size(n).max(1)).map(|chunk| chunk.to_vec().into()).collect())
        },
    );
    native(
        engine,
        "zip",
        &["this: array", "other: array"],
        "/// Pairs the items of two lists.",
        |a: &mut Array, b: Array| -> Thrown<Array> {
            Ok(a.iter().zip(b).map(|(x, y)| vec![x.clone(), y].into()).collect())
        },
    );
}

fn keyed(engine: &mut Engine) {
    native(
        engine,
        "pluck",
        &["this: array", "path: string"],
        "/// Returns what lies at `path`, such as fields.status.name, in each item.",
        |a: &mut Array, p: Text| -> Thrown<Array> { Ok(a.iter().map(|item| path::get(item, &p)).collect()) },
    );
    native(
        engine,
        "sort_by",
        &["this: array", "path: string"],
        "/// Returns the items sorted by what lies at `path`, or by what a closure returns.",
        |a: &mut Array, p: Text| sorted(a.iter().map(|item| (path::get(item, &p), item.clone())).collect()),
    );
    native(
        engine,
        "sort_by",
        &["this: array", "path: string", "order: string"],
        "/// Returns the items sorted by what lies at `path`, \"asc\" or \"desc\".",
        |a: &mut Array, p: Text, order: Text| -> Thrown<Array> {
            let mut items = sorted(a.iter().map(|item| (path::get(item, &p), item.clone())).collect())?;
            match order.as_str() {
                "asc" => {}
                "desc" => items.reverse(),
                other => {
                    return Err(into_script(Error::client(format_args!(
                        "sort_by(): the order is \"{other}\"; it must be \"asc\" or \"desc\""
                    ))));
                }
            }
            Ok(items)
        },
    );
    native(
        engine,
        "rows",
        &["list: any"],
        "/// Returns the items of a list, one that is still to be read included.",
        |value: Dynamic| rows(&value).map_err(into_script),
    );
}

/// What becomes of items with the same key.
#[derive(Clone, Copy)]
enum Keyed {
    Group,
    Index,
    Count,
}

fn collect(
    how: Keyed,
    ctx: &NativeCallContext,
    items: &Array,
    key: impl Fn(&NativeCallContext, Dynamic) -> Thrown<Dynamic>,
) -> Thrown<Map> {
    let mut out = Map::new();
    for item in items {
        let key = printed(ctx, &key(ctx, item.clone())?)?;
        let entry = out.entry(key.as_str().into());
        match how {
            Keyed::Index => *entry.or_default() = item.clone(),
            Keyed::Count => {
                let count = entry.or_insert_with(|| Dynamic::from(0 as INT));
                *count = Dynamic::from(count.as_int().unwrap_or(0) + 1);
            }
            Keyed::Group => {
                let group = entry.or_insert_with(|| Array::new().into());
                if let Some(mut group) = group.write_lock::<Array>() {
                    group.push(item.clone());
                }
            }
        }
    }
    Ok(out)
}
