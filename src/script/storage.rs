//! What Confluence's verbs do to bodies of pages, and how files get from one server to another.

use super::{
    connection::Connection,
    native::{Thrown, native},
    throw::into_script,
    value::{members, plain_type},
    verbs::close,
};
use crate::{
    error::{Error, Result},
    json::{Json, Object},
    richtext::{self, Grid, Replacement},
    services::Kind,
};
use regex::Regex;
use rhai::{Array, Dynamic, Engine, INT, ImmutableString, Map};
use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

impl<K: Kind> Connection<K> {
    /// Returns storage format: a text is Markdown, `#{ storage: … }` and `#{ plain: … }` say that it is something else.
    fn storage_of(&self, text: &Dynamic) -> Result<String> {
        let values = members(text).unwrap_or_default();
        let given = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.to_string());
        if let Some(storage) = given("storage") {
            return Ok(storage);
        }
        if let Some(plain) = given("plain") {
            return Ok(richtext::plain_to_storage(&plain));
        }
        let Some(markdown) = text.is_string().then(|| text.to_string()).or_else(|| given("markdown")) else {
            return Err(Error::client(format_args!("the text of a page is a text, not {}", plain_type(text)))
                .hint("Markdown as it is, storage format as #{ storage: \"<p>…</p>\" }"));
        };
        let converted = richtext::markdown_to_storage(&markdown);
        for what in converted.lost {
            self.world.context.note(&format!("{}: could not carry over: {what}", K::SERVICE.name));
        }
        Ok(converted.value)
    }

    /// Brings a file from here to another server, with a folder of our own as the only stop on the way.
    fn relay(&self, from: &str, to: &Self, path: &str, fields: &Dynamic) -> Result<Dynamic> {
        let stop = Stop::new()?;
        let file = stop.0.join("file").to_string_lossy().into_owned();
        self.download(from, &file)?;
        to.upload(path, &file, Some(fields))
    }
}

/// A folder that nobody else can look into and that goes when it is no longer needed.
struct Stop(PathBuf);

impl Stop {
    fn new() -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let moment = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let path = std::env::temp_dir().join(format!("tieline-{}-{moment}-{number}", std::process::id()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let made = builder.create(&path);
        made.map_err(|e| Error::client(format_args!("cannot make the folder {}: {e}", path.display())))?;
        Ok(Stop(path))
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        // Whatever cannot be removed now is the system's to clear away.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn replaced(storage: &str, find: &str, with: &str, options: &Dynamic) -> Result<Map> {
    let options = members(options).unwrap_or_default();
    let is_on = |name: &str| options.iter().any(|(n, value)| n == name && value.as_bool() == Ok(true));
    let pattern = if is_on("regex") { find.to_owned() } else { regex::escape(find) };
    let pattern = if is_on("ignore_case") { format!("(?i){pattern}") } else { pattern };
    let find = Regex::new(&pattern).map_err(|_| Error::client(format_args!("the pattern \"{find}\" is not valid")))?;
    let wanted = Replacement { find: &find, with, literal: !is_on("regex"), code: is_on("code") };
    let (text, count) = richtext::replace_in_storage(storage, &wanted)?;
    Ok(Map::from([("storage".into(), text.into()), ("count".into(), INT::try_from(count).unwrap_or(INT::MAX).into())]))
}

fn filled(template: &str, values: &Dynamic) -> Result<String> {
    let values = members(values).unwrap_or_default();
    richtext::fill_storage(template, |name| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.to_string()))
}

fn tables_of(storage: &str) -> Result<Array> {
    let row = |columns: &[String], cells: Vec<String>| {
        let object =
            columns.iter().zip(cells).map(|(name, cell)| (name.as_str(), Json::from(cell))).collect::<Object>();
        Dynamic::from(object)
    };
    let table = |grid: Grid| grid.rows.into_iter().map(|cells| row(&grid.columns, cells)).collect::<Array>().into();
    Ok(richtext::storage_tables(storage)?.into_iter().map(table).collect())
}

fn with_table(storage: &str, number: INT, rows: &Array) -> Result<String> {
    let grids = richtext::storage_tables(storage)?;
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let columns = grids.get(number).map(|grid| grid.columns.as_slice()).unwrap_or_default();
    let rows = rows.iter().map(|row| cells(row, columns, grids.len() > number)).collect::<Result<Vec<_>>>()?;
    richtext::set_storage_table(storage, number, &rows)
}

/// Puts the members of a row into the order of the columns.
fn cells(row: &Dynamic, columns: &[String], known: bool) -> Result<Vec<String>> {
    let values = members(row)
        .ok_or_else(|| Error::client(format_args!("a row of a table is a map, not {}", plain_type(row))))?;
    if let Some((name, _)) = values.iter().find(|(name, _)| known && !columns.contains(name)) {
        let hint = close(name, columns).unwrap_or_else(|| format!("it has {}", columns.join(", ")));
        return Err(Error::client(format_args!("the table has no column \"{name}\"")).hint(hint));
    }
    let cell = |column: &String| values.iter().find(|(name, _)| name == column).map(|(_, value)| value.to_string());
    Ok(columns.iter().map(|column| cell(column).unwrap_or_default()).collect())
}

/// Registers them for Confluence.
pub(super) fn register<K: Kind>(engine: &mut Engine) {
    type C<K> = Connection<K>;
    if K::SERVICE.name != "confluence" {
        return;
    }
    native(engine, "storage_of", &[], "", |c: &mut C<K>, text: Dynamic| c.storage_of(&text).map_err(into_script));
    native(
        engine,
        "replaced",
        &[],
        "",
        |_: &mut C<K>, storage: ImmutableString, find: ImmutableString, with: ImmutableString, options: Dynamic| {
            replaced(&storage, &find, &with, &options).map_err(into_script)
        },
    );
    let same = |_: &mut C<K>, one: ImmutableString, other: ImmutableString| -> Thrown<bool> {
        Ok(richtext::same_storage(&one, &other))
    };
    native(engine, "same_storage", &[], "", same);
    native(engine, "filled", &[], "", |_: &mut C<K>, template: ImmutableString, values: Dynamic| {
        filled(&template, &values).map_err(into_script)
    });
    native(engine, "tables_of", &[], "", |_: &mut C<K>, storage: ImmutableString| {
        tables_of(&storage).map_err(into_script)
    });
    native(engine, "with_table", &[], "", |_: &mut C<K>, storage: ImmutableString, number: INT, rows: Array| {
        with_table(&storage, number, &rows).map_err(into_script)
    });
    native(
        engine,
        "relay",
        &[],
        "",
        |c: &mut C<K>, from: ImmutableString, to: C<K>, path: ImmutableString, fields: Dynamic| {
            c.relay(&from, &to, &path, &fields).map_err(into_script)
        },
    );
}
