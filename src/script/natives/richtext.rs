//! Rich text: Markdown to and from what Jira and Confluence store, and to what Slack shows. What is lost on the way is told.

use crate::{
    context::Context,
    error::{Error, Result},
    richtext::{self, Converted},
    script::{
        native::{Thrown, native},
        throw::into_script,
        value::{from_dynamic, plain_type, to_dynamic},
    },
    secret::Secret,
};
use rhai::{Dynamic, Engine};
use std::rc::Rc;

/// A conversion of texts.
struct Conversion {
    name: &'static str,
    parameter: &'static str,
    comment: &'static str,
    convert: fn(&str) -> Converted<Dynamic>,
}

/// The conversions that begin with a text.
const CONVERSIONS: [Conversion; 6] = [
    Conversion {
        name: "markdown_to_adf",
        parameter: "markdown: string",
        comment: "/// Returns the Jira Cloud document of a Markdown text. Example: `markdown_to_adf(\"*Done.*\").type` is \"doc\".",
        convert: |text| with(richtext::markdown_to_adf(text), |document| to_dynamic(&document)),
    },
    Conversion {
        name: "markdown_to_wiki",
        parameter: "markdown: string",
        comment: "/// Returns the Jira wiki markup of a Markdown text. Example: `markdown_to_wiki(\"**Done.**\")` is \"*Done.*\".",
        convert: |text| with(richtext::markdown_to_wiki(text), Dynamic::from),
    },
    Conversion {
        name: "wiki_to_markdown",
        parameter: "wiki: string",
        comment: "/// Returns the Markdown of Jira wiki markup. Example: `wiki_to_markdown(\"h1. Plan\")` is \"# Plan\".",
        convert: |text| with(richtext::wiki_to_markdown(text), Dynamic::from),
    },
    Conversion {
        name: "markdown_to_storage",
        parameter: "markdown: string",
        comment: "/// Returns the Confluence storage format of a Markdown text. Example: `markdown_to_storage(\"# Plan\")` is \"<h1>Plan</h1>\".",
        convert: |text| with(richtext::markdown_to_storage(text), Dynamic::from),
    },
    Conversion {
        name: "markdown_to_mrkdwn",
        parameter: "markdown: string",
        comment: "/// Returns the Slack text of a Markdown text. Example: `markdown_to_mrkdwn(\"**Done.**\")` is \"*Done.*\".",
        convert: |text| with(richtext::markdown_to_mrkdwn(text), Dynamic::from),
    },
    Conversion {
        name: "storage_to_markdown",
        parameter: "storage: string",
        comment: "/// Returns the Markdown of Confluence storage format. Example: `storage_to_markdown(\"<h1>Plan</h1>\")` is \"# Plan\".",
        convert: |text| with(richtext::storage_to_markdown(text), Dynamic::from),
    },
];

fn with<T>(converted: Converted<T>, change: impl FnOnce(T) -> Dynamic) -> Converted<Dynamic> {
    Converted { value: change(converted.value), lost: converted.lost }
}

/// Registers them.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    for Conversion { name, parameter, comment, convert } in CONVERSIONS {
        let context = context.clone();
        native(engine, name, &[parameter], comment, move |given: Dynamic| -> Thrown<Dynamic> {
            let text = text(name, &given).map_err(into_script)?;
            Ok(told(&context, name, convert(&text)))
        });
    }
    let context = context.clone();
    native(
        engine,
        "adf_to_markdown",
        &["document: map"],
        "/// Returns the Markdown of a Jira Cloud document. Example: `adf_to_markdown(issue.fields.description)`.",
        move |given: Dynamic| -> Thrown<Dynamic> {
            let document = from_dynamic(&given).map_err(into_script)?;
            let converted = richtext::adf_to_markdown(&document).map_err(into_script)?;
            Ok(told(&context, "adf_to_markdown", with(converted, Dynamic::from)))
        },
    );
}

/// Returns the text that a script gave. An absent one is empty where it is what a server stores.
fn text(name: &str, given: &Dynamic) -> Result<String> {
    if let Ok(text) = given.as_immutable_string_ref() {
        return Ok(text.to_string());
    }
    if given.is_unit() && name.ends_with("_to_markdown") {
        return Ok(String::new());
    }
    if given.read_lock::<Secret>().is_some() {
        return Err(Error::client(format_args!("{name}(): a secret cannot become part of a text")));
    }
    Err(Error::client(format_args!("{name}() takes a text, not {}", plain_type(given))))
}

/// Says what was lost, and returns the value.
fn told(context: &Context, name: &str, converted: Converted<Dynamic>) -> Dynamic {
    for what in converted.lost {
        context.note(&format!("{name}(): could not carry over: {what}"));
    }
    converted.value
}
