//! What tests say must be so.

use crate::script::{
    native::{Thrown, native},
    value,
};
use rhai::{Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext, Position};

type Text = ImmutableString;

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    truths(engine);
    comparisons(engine);
    let comment = "/// Calls `f`, which must throw an error whose message contains `text`, and returns the error.";
    native(engine, "assert_throws", &["f: function"], comment, |ctx: NativeCallContext, f: FnPtr| throws(&ctx, &f, ""));
    native(
        engine,
        "assert_throws",
        &["f: function", "text: string"],
        comment,
        |ctx: NativeCallContext, f: FnPtr, text: Text| throws(&ctx, &f, &text),
    );
}

fn truths(engine: &mut Engine) {
    let comment = "/// Fails unless `truth` is true.";
    native(
        engine,
        "assert",
        &["truth: bool"],
        comment,
        |truth: bool| if truth { Ok(()) } else { failed("this is not so") },
    );
    native(engine, "assert", &["truth: bool", "message: string"], comment, |truth: bool, message: Text| {
        if truth { Ok(()) } else { failed(&message) }
    });
}

fn comparisons(engine: &mut Engine) {
    let comment = "/// Fails unless the two are equal, and shows both.";
    native(engine, "assert_eq", &["is: any", "should: any"], comment, |a: Dynamic, b: Dynamic| equal(&a, &b, ""));
    native(
        engine,
        "assert_eq",
        &["is: any", "should: any", "message: string"],
        comment,
        |a: Dynamic, b: Dynamic, message: Text| equal(&a, &b, &message),
    );
    let comment = "/// Fails if the two are equal.";
    native(engine, "assert_ne", &["is: any", "should_not: any"], comment, |a: Dynamic, b: Dynamic| {
        if same(&a, &b) { failed(&format!("both are {}", shown(&a))) } else { Ok(()) }
    });
}

fn failed<T>(message: &str) -> Thrown<T> {
    let message: Dynamic = format!("assertion failed: {message}").into();
    Err(Box::new(EvalAltResult::ErrorRuntime(message, Position::NONE)))
}

/// Compares as data where both are; an integer and a float of the same value are different.
fn same(a: &Dynamic, b: &Dynamic) -> bool {
    match (value::from_dynamic(a), value::from_dynamic(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.type_name() == b.type_name() && a.to_string() == b.to_string(),
    }
}

fn shown(value: &Dynamic) -> String {
    value::from_dynamic(value).map_or_else(|_| value.to_string(), |json| value::debug(&json))
}

fn equal(a: &Dynamic, b: &Dynamic, message: &str) -> Thrown<()> {
    if same(a, b) {
        return Ok(());
    }
    let before = if message.is_empty() { String::new() } else { format!("{message}: ") };
    failed(&format!("{before}it is\n    {}\nand should be\n    {}", shown(a), shown(b)))
}

/// Calls `f`, which must throw an error whose message contains `text`, and returns the error.
fn throws(ctx: &NativeCallContext, f: &FnPtr, text: &str) -> Thrown<Dynamic> {
    let error = match f.call_within_context::<Dynamic>(ctx, ()) {
        Ok(value) => return failed(&format!("nothing was thrown; the value is {}", shown(&value))),
        Err(error) => error,
    };
    let thrown = match error.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => value.clone(),
        EvalAltResult::ErrorTerminated(..) | EvalAltResult::Exit(..) => return Err(error),
        other => other.to_string().into(),
    };
    let message = value::members(&thrown)
        .and_then(|m| m.into_iter().find(|(name, _)| name == "message"))
        .map_or_else(|| thrown.to_string(), |(_, m)| m.to_string());
    if message.contains(text) {
        Ok(thrown)
    } else {
        failed(&format!("the error is \"{message}\" and should contain \"{text}\""))
    }
}
