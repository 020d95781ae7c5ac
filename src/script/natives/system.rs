//! The world around a script: what it prints and asks, the environment, secrets.

use crate::{
    context::Context,
    error::{Error, Result},
    script::{
        native::{Thrown, native},
        throw::into_script,
    },
    secret::Secret,
};
use rhai::{Dynamic, Engine, ImmutableString};
use std::rc::Rc;

type Text = ImmutableString;

/// Registers them.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    output(engine, context);
    questions(engine, context);
    secret_type(engine);
    sources(engine, context);
}

fn output(engine: &mut Engine, context: &Rc<Context>) {
    let (print, debug, log) = (context.clone(), context.clone(), context.clone());
    engine.on_print(move |text| print.print(text));
    engine.on_debug(move |text, source, position| {
        debug.say(&format!("{}{position:?}: {text}", source.map_or(String::new(), |s| format!("{s}:"))));
    });
    let comment = "/// Writes a line to standard error, for whoever runs the script.";
    native(engine, "log", &["text: string"], comment, move |text: Text| -> Thrown<()> {
        log.say(&text);
        Ok(())
    });
}

fn questions(engine: &mut Engine, context: &Rc<Context>) {
    let (ask, ask_secret, confirm) = (context.clone(), context.clone(), context.clone());
    native(
        engine,
        "ask",
        &["question: string"],
        "/// Asks on the terminal and returns the answer.",
        move |question: Text| ask.ask(&question).map_err(into_script),
    );
    native(
        engine,
        "ask_secret",
        &["question: string"],
        "/// Asks on the terminal for a secret, which is not shown.",
        move |question: Text| ask_secret.ask_secret(&question).map_err(into_script),
    );
    native(
        engine,
        "confirm",
        &["question: string"],
        "/// Asks on the terminal and says whether the answer is yes.",
        move |question: Text| {
            let answer = confirm.ask(&format!("{question} [y/N] ")).map_err(into_script)?;
            Thrown::Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
        },
    );
}

fn secret_type(engine: &mut Engine) {
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
}

fn sources(engine: &mut Engine, context: &Rc<Context>) {
    let (env, env_or, secret) = (context.clone(), context.clone(), context.clone());
    let comment = "/// Returns an environment variable; `default`, or (), where it is not set.";
    native(engine, "env", &["name: string"], comment, move |name: Text| -> Thrown<Dynamic> {
        Ok(env.env(&name).map_or(Dynamic::UNIT, Dynamic::from))
    });
    native(
        engine,
        "env",
        &["name: string", "default: any"],
        comment,
        move |name: Text, default: Dynamic| -> Thrown<Dynamic> { Ok(env_or.env(&name).map_or(default, Dynamic::from)) },
    );
    native(
        engine,
        "secret",
        &["name: string"],
        "/// Returns the secret in the environment variable `name`, or in the file that `name`_FILE names.",
        move |name: Text| read_secret(&secret, &name).map_err(into_script),
    );
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
