//! Numbers that neither an integer nor a float of 64 bits can hold: they keep their digits.

use super::throw::into_script;
use crate::error::Error;
use rhai::{Engine, EvalAltResult, FLOAT, INT};
use std::sync::Arc;

/// A number as its own text. It can be printed, compared for equality and sent back; there is no arithmetic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exact(pub Arc<str>);

/// Registers the type as `number`.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Exact>("number");
    engine
        .register_fn("to_string", |n: &mut Exact| n.0.to_string())
        .register_fn("to_debug", |n: &mut Exact| n.0.to_string());
    engine.register_fn("==", |a: Exact, b: Exact| a == b).register_fn("!=", |a: Exact, b: Exact| a != b);
    engine.register_fn("==", |a: Exact, b: &str| &*a.0 == b).register_fn("!=", |a: Exact, b: &str| &*a.0 != b);
    engine.register_fn("to_float", |n: &mut Exact| n.0.parse::<FLOAT>().unwrap_or(FLOAT::NAN));
    engine.register_fn("to_int", |n: &mut Exact| -> Result<INT, Box<EvalAltResult>> {
        let refuse = || into_script(Error::client(format_args!("{} does not fit into a 64-bit integer", n.0)));
        n.0.parse().map_err(|_| refuse())
    });
}
