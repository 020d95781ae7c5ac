//! Rows as tables, CSV and Markdown. A column is a path, such as `fields.status.name`.

use super::{dates::time_text, path, rows};
use crate::{
    context::Context,
    error::{Error, Result},
    richtext::{Grid, storage_table},
    script::{
        exact::Exact,
        native::{Thrown, native},
        throw::into_script,
        value::{from_dynamic, members, plain_type},
    },
    secret::{Secret, redact},
};
use comfy_table::{ContentArrangement, Table, presets};
use rhai::{Array, Dynamic, Engine};
use std::{io::Write, rc::Rc};

/// A column: its title, and the path of its values.
pub(super) struct Column {
    /// What stands above it.
    pub title: String,
    path: String,
}

impl Column {
    /// Returns the path of its values.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// Reads columns: a list of paths, or a map of titles to paths.
pub(super) fn columns(given: &Dynamic) -> Result<Vec<Column>> {
    if let Some(names) = given.read_lock::<Array>() {
        return Ok(names.iter().map(|name| Column { title: name.to_string(), path: name.to_string() }).collect());
    }
    let map =
        members(given).ok_or_else(|| Error::client("columns are a list of paths, or a map of titles to paths"))?;
    Ok(map.into_iter().map(|(title, path)| Column { title, path: path.to_string() }).collect())
}

/// Returns the columns that were asked for, else those that the rows have.
pub(super) fn chosen(rows: &[Dynamic], given: Option<&Dynamic>) -> Result<Vec<Column>> {
    given.map_or_else(|| Ok(columns_of(rows)), columns)
}

/// Takes as columns the members of the rows, in the order in which they come first.
pub(super) fn columns_of(rows: &[Dynamic]) -> Vec<Column> {
    let mut out: Vec<Column> = Vec::new();
    for (name, _) in rows.iter().filter_map(members).flatten() {
        if !out.iter().any(|column| column.title == name) {
            out.push(Column { title: name.clone(), path: name });
        }
    }
    if out.is_empty() { vec![Column { title: "value".to_owned(), path: String::new() }] } else { out }
}

/// Returns what stands in a cell: plain values as they are, lists with commas, anything deeper as JSON.
pub(super) fn cell(row: &Dynamic, column: &Column) -> String {
    let value = if column.path.is_empty() { row.clone() } else { path::get(row, &column.path) };
    let list = value
        .read_lock::<Array>()
        .filter(|items| items.iter().all(is_plain))
        .map(|items| items.iter().map(plain_text).collect::<Vec<_>>().join(", "));
    match list {
        Some(text) => text,
        None if is_plain(&value) => plain_text(&value),
        None => from_dynamic(&value).map_or_else(|_| format!("({})", plain_type(&value)), |json| json.to_string()),
    }
}

fn plain_text(value: &Dynamic) -> String {
    let secret = || value.read_lock::<Secret>().map(|secret| secret.to_string());
    let number = || value.read_lock::<Exact>().map(|number| number.0.to_string());
    // What has no text of its own is named by its kind.
    let other = || match value.to_string() {
        text if text.contains("::") && text == value.type_name() => format!("({})", plain_type(value)),
        text => text,
    };
    time_text(value).or_else(secret).or_else(number).unwrap_or_else(other)
}

fn is_plain(value: &Dynamic) -> bool {
    !value.is_array() && members(value).is_none()
}

/// Lets no text drive the terminal or break a row.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Draws rows as an aligned table. With a width it fits into so many columns; without one nothing is cut.
pub(in crate::script) fn table_text(rows: &[Dynamic], given: Option<&Dynamic>, width: Option<u16>) -> Result<String> {
    if rows.is_empty() && given.is_none() {
        return Ok("(no rows)".to_owned());
    }
    let columns = chosen(rows, given)?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    match width {
        Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    table.set_header(columns.iter().map(|c| harmless(&c.title).to_uppercase()));
    for row in rows {
        table.add_row(columns.iter().map(|column| harmless(&cell(row, column))));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    Ok(table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"))
}

/// Writes rows as a table in Confluence storage format.
fn storage(rows: &[Dynamic], given: Option<&Dynamic>) -> Result<String> {
    let columns = chosen(rows, given)?;
    let texts = |row: &Dynamic| columns.iter().map(|column| cell(row, column)).collect();
    let rows = rows.iter().map(texts).collect();
    Ok(storage_table(&Grid { columns: columns.into_iter().map(|c| c.title).collect(), rows }))
}

/// Writes rows as CSV (RFC 4180) with a header; no rows of unknown columns are an empty text.
pub(in crate::script) fn csv_text(rows: &[Dynamic], given: Option<&Dynamic>) -> Result<String> {
    if rows.is_empty() && given.is_none() {
        return Ok(String::new());
    }
    let columns = chosen(rows, given)?;
    let mut bytes = Vec::new();
    write_csv(&mut bytes, rows.iter().cloned().map(Ok), &columns)?;
    String::from_utf8(bytes).map_err(|_| Error::client("cannot write CSV: it is not UTF-8"))
}

/// Writes rows as CSV to `out` as they come, and returns how many there were.
pub(super) fn write_csv(
    out: impl Write,
    rows: impl Iterator<Item = Result<Dynamic>>,
    columns: &[Column],
) -> Result<usize> {
    let wrong = |e: csv::Error| Error::client(format_args!("cannot write CSV: {e}"));
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(columns.iter().map(|c| &c.title)).map_err(wrong)?;
    let mut count = 0;
    for row in rows {
        let row = row?;
        for column in columns {
            writer.write_field(&*redact(&cell(&row, column))).map_err(wrong)?;
        }
        writer.write_record(None::<&[u8]>).map_err(wrong)?;
        count += 1;
    }
    writer.flush().map_err(|e| wrong(e.into()))?;
    Ok(count)
}

fn markdown(rows: &[Dynamic], given: Option<&Dynamic>) -> Result<String> {
    if rows.is_empty() && given.is_none() {
        return Ok(String::new());
    }
    let columns = chosen(rows, given)?;
    let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
    let escape = |text: String| text.replace('\\', "\\\\").replace('|', "\\|").replace(['\r', '\n'], " ");
    let mut lines = vec![
        line(columns.iter().map(|c| escape(c.title.clone())).collect()),
        line(columns.iter().map(|_| "---".to_owned()).collect()),
    ];
    lines.extend(rows.iter().map(|row| line(columns.iter().map(|c| escape(cell(row, c))).collect())));
    Ok(lines.join("\n"))
}

/// Registers them.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    let show = |context: &Context, given: &Dynamic, columns: Option<&Dynamic>| -> Thrown<()> {
        let rows = rows(given).map_err(into_script)?;
        context.print(&table_text(&rows, columns, context.width()).map_err(into_script)?);
        Ok(())
    };
    let (all, chosen) = (context.clone(), context.clone());
    native(engine, "table", &["rows: list"], "/// Prints rows as a table.", move |list: Dynamic| {
        show(&all, &list, None)
    });
    native(
        engine,
        "table",
        &["rows: list", "columns: array"],
        "/// Prints rows as a table of these columns, each a path such as fields.status.name.",
        move |list: Dynamic, columns: Dynamic| show(&chosen, &list, Some(&columns)),
    );
    let text = |write: fn(&[Dynamic], Option<&Dynamic>) -> Result<String>| {
        move |list: &Dynamic, columns: Option<&Dynamic>| {
            rows(list).and_then(|rows| write(&rows, columns)).map_err(into_script)
        }
    };
    let (as_csv, as_markdown, as_storage) = (text(csv_text), text(markdown), text(storage));
    native(engine, "csv", &["rows: list"], "/// Returns rows as CSV.", move |list: Dynamic| as_csv(&list, None));
    native(
        engine,
        "csv",
        &["rows: list", "columns: array"],
        "/// Returns rows as CSV of these columns.",
        move |list: Dynamic, columns: Dynamic| as_csv(&list, Some(&columns)),
    );
    native(engine, "markdown_table", &["rows: list"], "/// Returns rows as a Markdown table.", move |list: Dynamic| {
        as_markdown(&list, None)
    });
    native(
        engine,
        "markdown_table",
        &["rows: list", "columns: array"],
        "/// Returns rows as a Markdown table of these columns.",
        move |list: Dynamic, columns: Dynamic| as_markdown(&list, Some(&columns)),
    );
    let plain = as_storage;
    native(
        engine,
        "storage_table",
        &["rows: list"],
        "/// Returns rows as a table in Confluence storage format.",
        move |list: Dynamic| plain(&list, None),
    );
    native(
        engine,
        "storage_table",
        &["rows: list", "columns: array"],
        "/// Returns rows as a table of these columns in Confluence storage format.",
        move |list: Dynamic, columns: Dynamic| as_storage(&list, Some(&columns)),
    );
}
