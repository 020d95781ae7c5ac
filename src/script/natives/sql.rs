//! Rows as SQL: a table made anew, for a database's own program to read.

use super::{path, rows, tables};
use crate::{
    error::{Error, Result},
    json::Json,
    script::{
        native::{Thrown, native},
        throw::into_script,
        value::from_dynamic,
    },
};
use rhai::{Dynamic, Engine, ImmutableString};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Type {
    Integer,
    Real,
    Text,
}

impl Type {
    /// Returns the type that `SQLite`, `PostgreSQL` and `MySQL` know by this name.
    fn name(self) -> &'static str {
        match self {
            Type::Integer => "BIGINT",
            Type::Real => "DOUBLE PRECISION",
            Type::Text => "TEXT",
        }
    }

    fn of(value: &Json) -> Option<Self> {
        match value {
            Json::Null => None,
            Json::Int(_) => Some(Type::Integer),
            Json::Float(_) => Some(Type::Real),
            _ => Some(Type::Text),
        }
    }
}

/// Writes the name of a table or column; what stands in a path between names becomes `_`.
fn name(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    format!("\"{plain}\"")
}

/// Writes a value. Quotes are doubled, which is the standard; no text can end its own quotes.
fn literal(value: &Json, kind: Type) -> String {
    match value {
        Json::Null => "NULL".to_owned(),
        Json::Int(_) | Json::Float(_) if kind != Type::Text => value.to_string(),
        Json::Text(text) => quoted(text.as_ref()),
        other => quoted(&other.to_string()),
    }
}

/// No database takes a NUL in a text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\0', "\u{FFFD}").replace('\'', "''"))
}

/// Returns the SQL that makes `table` anew and fills it with rows.
fn sql(table: &str, list: &Dynamic, given: Option<&Dynamic>) -> Result<String> {
    let rows = rows(list)?;
    let columns = tables::chosen(&rows, given)?;
    let mut names: Vec<String> = columns.iter().map(|column| name(&column.title)).collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [one, other] if one.eq_ignore_ascii_case(other) => Some(one),
        _ => None,
    });
    if let Some(twice) = twice {
        return Err(Error::client(format_args!("sql(): two columns would be called {twice}"))
            .hint("give a map of names to paths, such as #{ key: \"key\", status: \"fields.status.name\" }"));
    }
    let cells = |row: &Dynamic| {
        columns.iter().map(|column| from_dynamic(&path::get(row, column.path()))).collect::<Result<Vec<Json>>>()
    };
    let cells: Vec<Vec<Json>> = rows.iter().map(cells).collect::<Result<_>>()?;
    let kind = |n: usize| cells.iter().filter_map(|row| Type::of(&row[n])).max().unwrap_or(Type::Text);
    let kinds: Vec<Type> = (0..columns.len()).map(kind).collect();
    let table = name(table);
    let declared = columns.iter().zip(&kinds).map(|(column, kind)| format!("{} {}", name(&column.title), kind.name()));
    let mut lines = vec![
        "BEGIN;".to_owned(),
        format!("DROP TABLE IF EXISTS {table};"),
        format!("CREATE TABLE {table} ({});", declared.collect::<Vec<_>>().join(", ")),
    ];
    lines.extend(cells.iter().map(|row| {
        let values = row.iter().zip(&kinds).map(|(value, kind)| literal(value, *kind));
        format!("INSERT INTO {table} VALUES ({});", values.collect::<Vec<_>>().join(", "))
    }));
    lines.push("COMMIT;\n".to_owned());
    Ok(lines.join("\n"))
}

/// Registers it.
pub(super) fn register(engine: &mut Engine) {
    native(
        engine,
        "sql",
        &["table: string", "rows: list"],
        "/// Returns rows as SQL that makes a table anew, for SQLite and PostgreSQL.",
        |table: ImmutableString, list: Dynamic| -> Thrown<String> { sql(&table, &list, None).map_err(into_script) },
    );
    native(
        engine,
        "sql",
        &["table: string", "rows: list", "columns: array"],
        "/// Returns rows as SQL that makes a table of these columns anew, each a path such as fields.status.name, or a map \
         of names to paths.\n\
         /// Example: sql(\"issues\", issues, #{ key: \"key\", status: \"fields.status.name\" })",
        |table: ImmutableString, list: Dynamic, columns: Dynamic| -> Thrown<String> {
            sql(&table, &list, Some(&columns)).map_err(into_script)
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::{Array, Map};

    fn row(values: Vec<(&str, Dynamic)>) -> Dynamic {
        values.into_iter().map(|(name, value)| (name.into(), value)).collect::<Map>().into()
    }

    #[test]
    fn rows_become_a_table() {
        let list: Array = vec![
            row(vec![("a.b", 1_i64.into()), ("n", 1_i64.into()), ("t", "it's\n\"x\"; DROP".into())]),
            row(vec![("a.b", Dynamic::UNIT), ("n", 2.5.into()), ("t", true.into())]),
        ];
        let columns: Array = vec!["a.b".into(), "n".into(), "t".into()];
        let made = sql("my table", &list.into(), Some(&columns.into())).expect("SQL");
        let wanted = "BEGIN;\nDROP TABLE IF EXISTS \"my_table\";\n\
            CREATE TABLE \"my_table\" (\"a_b\" BIGINT, \"n\" DOUBLE PRECISION, \"t\" TEXT);\n\
            INSERT INTO \"my_table\" VALUES (1, 1, 'it''s\n\"x\"; DROP');\n\
            INSERT INTO \"my_table\" VALUES (NULL, 2.5, 'true');\nCOMMIT;\n";
        assert_eq!(made, wanted);
    }

    #[test]
    fn two_columns_of_a_name_are_refused() {
        let columns: Array = vec!["a.b".into(), "A_b".into()];
        let list: Array = vec![row(vec![("a", 1_i64.into())])];
        assert!(sql("t", &list.into(), Some(&columns.into())).expect_err("refused").message.contains("two columns"));
    }
}
