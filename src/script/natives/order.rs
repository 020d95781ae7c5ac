//! Sorting by a closure. Rhai's own takes an error in the closure for an answer and puts the items anywhere.

use crate::{
    error::Error,
    script::{native::Thrown, throw::into_script, value::plain_type},
};
use rhai::{Array, Dynamic, Engine, FnPtr, NativeCallContext};
use std::cmp::Ordering;

/// Registers it.
pub(super) fn register(engine: &mut Engine) {
    engine.register_fn("sort", |ctx: NativeCallContext, items: &mut Array, f: FnPtr| -> Thrown<()> {
        *items = sorted(std::mem::take(items), &mut |a, b| answer(&ctx, &f, a, b))?;
        Ok(())
    });
}

/// Asks the closure: a number below, at or above zero, or whether `a` comes first.
fn answer(ctx: &NativeCallContext, f: &FnPtr, a: &Dynamic, b: &Dynamic) -> Thrown<Ordering> {
    let said = f.call_within_context::<Dynamic>(ctx, (a.clone(), b.clone()))?;
    if let Ok(number) = said.as_int() {
        return Ok(number.cmp(&0));
    }
    if let Ok(first) = said.as_bool() {
        return Ok(if first { Ordering::Less } else { Ordering::Greater });
    }
    let kind = plain_type(&said);
    Err(into_script(
        Error::client(format_args!("sort(): the closure must return a number or true or false, not {kind}"))
            .hint("such as |a, b| a.rank - b.rank"),
    ))
}

/// Sorts by merging, which ends whatever the closure says.
fn sorted(mut items: Array, order: &mut dyn FnMut(&Dynamic, &Dynamic) -> Thrown<Ordering>) -> Thrown<Array> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = items.split_off(items.len() / 2);
    let mut left = sorted(items, order)?.into_iter().peekable();
    let mut right = sorted(right, order)?.into_iter().peekable();
    let mut merged = Array::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if order(a, b)? == Ordering::Greater { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
