//! The world around a script: what it prints and asks, the environment, secrets.

use crate::{
    context::Context,
    error::{Error, Result},
    script::{native::Thrown, throw::into_script},
    secret::Secret,
};
use rhai::{Dynamic, Engine, ImmutableString};
use std::rc::Rc;

type Text = ImmutableString;

/// Registers them.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    output(engine, context);
    questions(engine, context);
    secrets(engine, context);
}

fn output(engine: &mut Engine, context: &Rc<Context>) {
    let (print, debug, log) = (context.clone(), context.clone(), context.clone());
    engine.on_print(move |text| print.print(text));
    engine.on_debug(move |text, source, position| {
        debug.say(&format!("{}{position:?}: {text}", source.map_or(String::new(), |s| format!("{s}:"))))
    });
    engine.register_fn("log", move |text: Text| log.say(&text));
}

fn questions(engine: &mut Engine, context: &Rc<Context>) {
    let (ask, ask_secret, confirm) = (context.clone(), context.clone(), context.clone());
    engine.register_fn("ask", move |question: Text| ask.ask(&question).map_err(into_script));
    engine.register_fn("ask_secret", move |question: Text| ask_secret.ask_secret(&question).map_err(into_script));
    engine.register_fn("confirm", move |question: Text| {
        let answer = confirm.ask(&format!("{question} [y/N] ")).map_err(into_script)?;
        Thrown::Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    });
}

fn secrets(engine: &mut Engine, context: &Rc<Context>) {
    engine.register_type_with_name::<Secret>("secret");
    engine
        .register_fn("to_string", |s: &mut Secret| s.to_string())
        .register_fn("to_debug", |s: &mut Secret| s.to_string());
    engine.register_fn("==", |a: Secret, b: Secret| a == b).register_fn("!=", |a: Secret, b: Secret| a != b);
    engine.register_fn("is_empty", |s: &mut Secret| s.is_empty());
    let no_text = || into_script(Error::client("a secret cannot become part of a text"));
    engine.register_fn("+", move |_: Secret, _: Dynamic| -> Thrown<Text> { Err(no_text()) });
    engine.register_fn("+", move |_: Dynamic, _: Secret| -> Thrown<Text> { Err(no_text()) });
    engine.register_fn("+", move |_: Text, _: Secret| -> Thrown<Text> { Err(no_text()) });
    let (env, env_or, secret) = (context.clone(), context.clone(), context.clone());
    engine.register_fn("env", move |name: Text| env.env(&name).map_or(Dynamic::UNIT, Dynamic::from));
    engine.register_fn("env", move |name: Text, default: Dynamic| env_or.env(&name).map_or(default, Dynamic::from));
    engine.register_fn("secret", move |name: Text| read_secret(&secret, &name).map_err(into_script));
}

/// Reads a secret from the environment, or from the file that the environment names.
fn read_secret(context: &Context, name: &str) -> Result<Secret> {
    if let Some(value) = context.env(name) {
        return Ok(Secret::new(value));
    }
    let missing =
        || Error::client(format_args!("secret(\"{name}\"): neither {name} nor {name}_FILE is set in the environment"));
    let path = context.env(&format!("{name}_FILE")).ok_or_else(missing)?;
    let text = std::fs::read_to_string(&path)
        .map_err(|e| Error::client(format_args!("{name}_FILE: cannot read {path}: {e}")))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
