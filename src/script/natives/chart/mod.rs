//! `chart(rows, #{ … })`: bars and lines, on the terminal or as an SVG file.

mod svg;
mod text;

use super::{files, path, rows};
use crate::{
    context::Context,
    error::{Error, Result},
    script::{
        native::{Thrown, native},
        throw::into_script,
        value::{members, plain_type},
    },
};
use rhai::{Array, Dynamic, Engine};
use std::rc::Rc;

/// How the values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bar,
    Line,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Chart {
    title: String,
    kind: Kind,
    /// What stands along the axis, one for each row.
    labels: Vec<String>,
    series: Vec<Series>,
}

/// The values of one column; a row may have none.
#[derive(Debug, Clone, PartialEq)]
struct Series {
    name: String,
    values: Vec<Option<f64>>,
}

impl Chart {
    /// Returns the least and the greatest value; nothing lies between them and zero.
    fn span(&self) -> (f64, f64) {
        let values = self.series.iter().flat_map(|s| &s.values).flatten();
        let (low, high) = values.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(*v), high.max(*v)));
        if low < high { (low, high) } else { (0.0, 1.0) }
    }
}

/// What `chart` can be told.
const OPTIONS: &[&str] = &["x", "y", "kind", "title", "file", "width", "height"];

/// The size of a file's drawing.
const SIZE: (u32, u32) = (900, 500);

/// The width of a text that goes to no terminal.
const COLUMNS: u16 = 80;

/// The options of one call.
struct Options(Vec<(String, Dynamic)>);

impl Options {
    fn read(given: &Dynamic) -> Result<Self> {
        let map = members(given).ok_or_else(|| {
            Error::client(format_args!("chart() takes its options as a map, not as {}", plain_type(given)))
        })?;
        match map.iter().find(|(name, _)| !OPTIONS.contains(&name.as_str())) {
            Some((name, _)) => Err(Error::client(format_args!("chart() has no option `{name}`"))
                .hint(format!("it takes {}", OPTIONS.join(", ")))),
            None => Ok(Options(map.into_iter().filter(|(_, value)| !value.is_unit()).collect())),
        }
    }

    fn get(&self, name: &str) -> Option<&Dynamic> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(ToString::to_string)
    }

    fn kind(&self) -> Result<Kind> {
        match self.text("kind").as_deref() {
            None | Some("bar") => Ok(Kind::Bar),
            Some("line") => Ok(Kind::Line),
            Some(other) => {
                Err(Error::client(format_args!("there is no kind of chart \"{other}\"")).hint("it is bar or line"))
            }
        }
    }

    fn pixels(&self, name: &str, usual: u32) -> Result<u32> {
        let Some(given) = self.get(name) else { return Ok(usual) };
        let size = given.as_int().ok().and_then(|n| u32::try_from(n).ok()).filter(|n| (100..=10_000).contains(n));
        size.ok_or_else(|| Error::client(format_args!("`{name}` must be a number of pixels from 100 to 10000")))
    }
}

/// Returns the paths of the values: those that are named, else every member whose values are numbers.
fn columns(rows: &[Dynamic], options: &Options, x: &str) -> Result<Vec<String>> {
    let named = options.get("y").map(|y| match y.read_lock::<Array>() {
        Some(list) => list.iter().map(ToString::to_string).collect(),
        None => vec![y.to_string()],
    });
    let found = named.unwrap_or_else(|| {
        let names = super::tables::columns_of(rows).into_iter().map(|column| column.title);
        let numbers = |name: &String| rows.iter().all(|row| matches!(number(&path::get(row, name)), Ok(Some(_))));
        names.filter(|name| name != x && numbers(name)).collect()
    });
    found.iter().try_for_each(|name| known(rows, name))?;
    if found.is_empty() {
        let error = Error::client("chart() finds no numbers in these rows");
        return Err(error.hint("say which column it is to draw, as in #{ x: \"name\", y: \"hours\" }"));
    }
    Ok(found)
}

/// Refuses a column that no row has.
fn known(rows: &[Dynamic], name: &str) -> Result<()> {
    let there: Vec<String> = super::tables::columns_of(rows).into_iter().map(|column| column.title).collect();
    if there.iter().any(|title| title == name) || rows.iter().any(|row| !path::get(row, name).is_unit()) {
        return Ok(());
    }
    let error = Error::client(format_args!("chart(): no row has `{name}`"));
    Err(error.hint(format!("the rows have {}", there.join(", "))))
}

/// Reads a value: a number, or a text that is one; nothing where there is none.
fn number(value: &Dynamic) -> std::result::Result<Option<f64>, ()> {
    if value.is_unit() {
        return Ok(None);
    }
    if let Ok(number) = value.as_float() {
        return Ok(Some(number));
    }
    let text = value.to_string();
    let number = if value.is_int() || value.is_string() { text.trim().parse::<f64>().ok() } else { None };
    number.filter(|n| n.is_finite()).map(Some).ok_or(())
}

fn series(rows: &[Dynamic], name: &str) -> Result<Series> {
    let value = |(n, row): (usize, &Dynamic)| {
        let value = path::get(row, name);
        number(&value)
            .map_err(|()| Error::client(format_args!("row {}: `{name}` is {value}, which is no number to draw", n + 1)))
    };
    Ok(Series { name: name.to_owned(), values: rows.iter().enumerate().map(value).collect::<Result<_>>()? })
}

fn read(list: &Dynamic, options: &Options) -> Result<Chart> {
    let rows = rows(list)?;
    let first = super::tables::columns_of(&rows).first().map(|column| column.title.clone()).unwrap_or_default();
    let x = options.text("x").unwrap_or(first);
    let label = |row: &Dynamic| path::get(row, &x).to_string().chars().filter(|c| !c.is_control()).collect();
    let series = if rows.is_empty() {
        Vec::new()
    } else {
        known(&rows, &x)?;
        columns(&rows, options, &x)?.iter().map(|name| series(&rows, name)).collect::<Result<_>>()?
    };
    Ok(Chart {
        title: options.text("title").unwrap_or_default(),
        kind: options.kind()?,
        labels: rows.iter().map(label).collect(),
        series,
    })
}

/// Draws it where the options say.
fn show(context: &Context, list: &Dynamic, given: &Dynamic) -> Result<()> {
    let options = Options::read(given)?;
    let file = options.text("file");
    if let Some(file) = file.as_ref().filter(|file| !file.to_lowercase().ends_with(".svg")) {
        return Err(Error::client(format_args!("charts are SVG files, and {file} would be something else"))
            .hint("browsers, Confluence and word processors show .svg files"));
    }
    let size = (options.pixels("width", SIZE.0)?, options.pixels("height", SIZE.1)?);
    let chart = read(list, &options)?;
    match file {
        Some(file) => files::write_text(&file, &svg::draw(&chart, size)?),
        None => {
            context.print(&text::draw(&chart, context.width().unwrap_or(COLUMNS).into()));
            Ok(())
        }
    }
}

/// Registers it.
pub(super) fn register(engine: &mut Engine, context: &Rc<Context>) {
    let (plain, with_options) = (context.clone(), context.clone());
    native(
        engine,
        "chart",
        &["rows: list"],
        "/// Draws rows on the terminal: a bar for each, by its first column, as long as its numbers are large.",
        move |list: Dynamic| -> Thrown<()> {
            show(&plain, &list, &Dynamic::from(rhai::Map::new())).map_err(into_script)
        },
    );
    native(
        engine,
        "chart",
        &["rows: list", "options: map"],
        "/// Draws rows. `options`: `x` (the column that names each row), `y` (the column of numbers, or a list of them), \
         `kind` (\"bar\" or \"line\"), `title`, `file` (an SVG file; without it the chart goes to the terminal), `width` and \
         `height` (of the file, in pixels).\n\
         /// Example: chart(tempo.totals(), #{ x: \"name\", y: \"hours\", title: \"Hours\", file: \"hours.svg\" })",
        move |list: Dynamic, options: Dynamic| -> Thrown<()> {
            show(&with_options, &list, &options).map_err(into_script)
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use rhai::Map;

    pub(super) fn chart(kind: Kind) -> Chart {
        let series = |name: &str, values: &[Option<f64>]| Series { name: name.into(), values: values.into() };
        Chart {
            title: "Hours <1>".into(),
            kind,
            labels: vec!["Mira".into(), "佐藤".into(), "Sam & Co".into()],
            series: vec![
                series("logged", &[Some(10.0), Some(5.0), Some(0.0)]),
                series("planned", &[Some(2.5), None, Some(-1.0)]),
            ],
        }
    }

    fn row(name: &str, hours: Dynamic) -> Dynamic {
        Map::from([("name".into(), name.to_owned().into()), ("hours".into(), hours)]).into()
    }

    #[test]
    fn numbers_are_read_from_the_columns_that_hold_them() {
        let list: Array = vec![row("a", 2_i64.into()), row("b", "1.5".into())];
        let options = Options::read(&Map::from([("x".into(), "name".into())]).into()).expect("options");
        let read = read(&list.into(), &options).expect("a chart");
        assert_eq!(read.labels, ["a", "b"]);
        assert_eq!(read.series, [Series { name: "hours".into(), values: vec![Some(2.0), Some(1.5)] }]);
        assert_eq!(read.span(), (0.0, 2.0));
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        let refused = |value: Dynamic, options: &[(&str, &str)]| {
            let map: Map = options.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
            let list: Array = vec![row("a", value)];
            let read = Options::read(&map.into()).and_then(|options| read(&list.into(), &options));
            read.expect_err("it is refused").message
        };
        assert!(refused("many".into(), &[("y", "hours")]).contains("row 1: `hours` is many"));
        assert!(refused("many".into(), &[]).contains("no numbers"));
        assert!(refused(1_i64.into(), &[("x", "name"), ("kind", "pie")]).contains("no kind of chart \"pie\""));
        assert!(refused(1_i64.into(), &[("colour", "red")]).contains("no option `colour`"));
        assert!(refused("inf".into(), &[("y", "hours")]).contains("no number"));
    }
}
