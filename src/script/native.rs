//! How a native function gets into the engine: with its parameters and its sentence, for help and completion.

use rhai::{EvalAltResult, FuncRegistration, Module};

/// What a native returns that may fail.
pub(super) type Thrown<T> = std::result::Result<T, Box<EvalAltResult>>;

/// Sets one native. Pure, so that it works on connections kept in constants too.
pub(super) fn native<A: 'static, const N: usize, const X: bool, R, const F: bool>(
    module: &mut Module,
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
        .set_into_module(module, func);
}
