//! A script's value as it is printed.

use super::{
    natives::{csv_text, rows, table_text},
    throw::into_script,
    value,
};
use crate::{error::Result, json::Json};
use rhai::{Array, Dynamic, EvalAltResult};

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
pub(super) fn present(value: &Dynamic, output: Output) -> std::result::Result<Option<String>, Box<EvalAltResult>> {
    Ok(match output {
        Output::None => None,
        Output::Plain => plain(value),
        Output::Json => Some(format!("{:#}", json(value).map_err(into_script)?)),
        Output::Csv => Some(csv_text(&listed(value)?, None).map_err(into_script)?.trim_end().to_owned()),
        Output::Table => Some(table_text(&listed(value)?, None, None).map_err(into_script)?),
    })
}

/// A table needs rows; a single value is one.
fn listed(value: &Dynamic) -> std::result::Result<Array, Box<EvalAltResult>> {
    rows(value).or_else(|_| Ok(vec![value.clone()]))
}

fn json(value: &Dynamic) -> Result<Json> {
    // A list that is still to be read is shown by its items.
    rows(value).map_or_else(|_| value::from_dynamic(value), |items| value::from_dynamic(&items.into()))
}

fn plain(value: &Dynamic) -> Option<String> {
    if value.is_unit() {
        return None;
    }
    if value.is_array() || value::members(value).is_some() {
        // What is no data, such as a list of connections, still has a printed form.
        return Some(json(value).map_or_else(|_| value.to_string(), |json| format!("{json:#}")));
    }
    Some(value.to_string())
}
