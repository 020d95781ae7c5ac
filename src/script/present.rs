//! A script's value as it is printed.

use super::{
    natives::{csv_text, rows, table_text},
    stream::Stream,
    throw::into_script,
    value,
};
use crate::{error::Result, json::Json};
use rhai::{Array, Dynamic, Engine, EvalAltResult, Scope};

/// How a script's final value is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Not at all.
    None,
    /// As a person reads it: text as it is, data as JSON.
    Plain,
    /// As JSON.
    Json,
    /// As CSV.
    Csv,
    /// As a table.
    Table,
}

/// Returns `value` as text; nothing if there is nothing to show.
pub(super) fn present(
    engine: &Engine,
    value: &Dynamic,
    output: Output,
) -> std::result::Result<Option<String>, Box<EvalAltResult>> {
    Ok(match output {
        Output::None => None,
        Output::Plain => plain(engine, value)?,
        Output::Json => Some(format!("{:#}", json(value).map_err(into_script)?)),
        Output::Csv => some(csv_text(&listed(value)?, None).map_err(into_script)?.trim_end()),
        Output::Table => Some(table_text(&listed(value)?, None, None).map_err(into_script)?),
    })
}

/// Returns rows that no script made as text; nothing if there is nothing to show.
pub fn present_rows(rows: &[Json], output: Output, width: Option<u16>) -> Result<Option<String>> {
    let list = || rows.iter().map(value::to_dynamic).collect::<Array>();
    Ok(match output {
        Output::None => None,
        Output::Json => Some(format!("{:#}", Json::array(rows.iter().cloned()))),
        Output::Csv => some(csv_text(&list(), None)?.trim_end()),
        Output::Plain | Output::Table => Some(table_text(&list(), None, width)?),
    })
}

/// An empty text is nothing to show.
fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A table needs rows; a single value is one.
fn listed(value: &Dynamic) -> std::result::Result<Array, Box<EvalAltResult>> {
    if is_list(value) { rows(value).map_err(into_script) } else { Ok(vec![value.clone()]) }
}

fn is_list(value: &Dynamic) -> bool {
    value.is_array() || value.read_lock::<Stream>().is_some()
}

fn json(value: &Dynamic) -> Result<Json> {
    // A list that is still to be read is shown by its items.
    if is_list(value) { value::from_dynamic(&rows(value)?.into()) } else { value::from_dynamic(value) }
}

type Shown = std::result::Result<Option<String>, Box<EvalAltResult>>;

fn plain(engine: &Engine, value: &Dynamic) -> Shown {
    if value.is_unit() {
        return Ok(None);
    }
    if value.read_lock::<Stream>().is_some() {
        return json(value).map(|json| Some(format!("{json:#}"))).map_err(into_script);
    }
    if (value.is_array() || value::members(value).is_some())
        && let Ok(json) = json(value)
    {
        return Ok(Some(format!("{json:#}")));
    }
    printed(engine, value).map(Some)
}

/// Writes a value as `print` does.
pub(super) fn printed(engine: &Engine, value: &Dynamic) -> std::result::Result<String, Box<EvalAltResult>> {
    let mut scope = Scope::new();
    scope.push_dynamic("value", value.clone());
    engine.eval_expression_with_scope::<String>(&mut scope, "`${value}`")
}
