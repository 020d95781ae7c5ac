//! How a native function gets into the engine: with its parameters and its sentence, for help and completion.

use rhai::{Engine, EvalAltResult, FuncRegistration};

/// What a native returns that may fail.
pub(super) type Thrown<T> = std::result::Result<T, Box<EvalAltResult>>;

/// Sets one native. All stand in one module: the engine looks through every module for each call in a closure. Pure, so that it works on connections kept in constants too.
pub(super) fn native<A: 'static, const N: usize, const X: bool, R, const F: bool>(
    engine: &mut Engine,
    name: &'static str,
    signature: &[&'static str],
    comment: &'static str,
    func: impl rhai::RhaiNativeFunc<A, N, X, R, F> + 'static,
) where
    R: rhai::Variant + Clone,
{
    FuncRegistration::new(name)
        .in_global_namespace()
        .with_purity(true)
        .with_params_info(signature)
        .with_comments([comment])
        .register_into_engine(engine, func);
}
