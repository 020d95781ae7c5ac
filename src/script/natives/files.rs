//! Files: read whole, written whole or not at all.

use super::{each, rows, tables};
use crate::{
    error::{Error, Result},
    json::{self, Json, Object},
    script::{
        native::{Thrown, native},
        throw::into_script,
        value::{from_dynamic, members, to_dynamic},
    },
    secret::redact,
};
use rhai::{Array, Dynamic, Engine, INT, ImmutableString};
use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

type Text = ImmutableString;

/// Says in plain words why a file cannot be had.
fn refuse(what: &str, path: &Path, error: &std::io::Error) -> Box<Error> {
    let why = match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "the permission is missing".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    };
    Error::client(format_args!("cannot {what} {}: {why}", path.display()))
}

/// Returns the file's text. One that is not UTF-8 is refused with the place.
fn read_text(path: &str) -> Result<String> {
    let path = Path::new(path);
    let bytes = std::fs::read(path).map_err(|e| refuse("read", path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Error::client(format_args!("{} is not UTF-8: the byte at {at} fits no character", path.display()))
            .hint("save the file in UTF-8")
    })
}

/// A file on its way: written beside its place, so that it is never half there and the old one stays if writing fails.
struct Unfinished {
    path: PathBuf,
    /// Nothing for a device, which is no file that another one could take the place of.
    part: Option<PathBuf>,
}

impl Unfinished {
    fn create(path: &str) -> Result<(Self, File)> {
        let given = Path::new(path);
        // Behind a link lies the file itself.
        let path = given.canonicalize().unwrap_or_else(|_| given.to_owned());
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Standard output may lead to a file, which then is not ours to replace.
        let is_stream = ["/dev", "/proc"].iter().any(|folder| given.starts_with(folder));
        let is_device = is_stream || path.exists() && !path.is_file();
        let part = (!is_device).then(|| path.with_file_name(format!(".{name}.{}.part", std::process::id())));
        let unfinished = Unfinished { path, part };
        let path = &unfinished.path;
        let file = match &unfinished.part {
            Some(part) => File::create(part),
            None => std::fs::OpenOptions::new().append(true).open(if is_stream { given } else { path }),
        };
        let file = file.map_err(|e| refuse("write", path, &e))?;
        // Who may read the old file may read the new one, and nobody else.
        if let (Some(_), Ok(old)) = (&unfinished.part, std::fs::metadata(path)) {
            file.set_permissions(old.permissions()).map_err(|e| refuse("write", path, &e))?;
        }
        Ok((unfinished, file))
    }

    /// Puts the file in its place.
    fn finish(mut self) -> Result<()> {
        let moved = self.part.as_ref().map_or(Ok(()), |part| std::fs::rename(part, &self.path));
        moved.map_err(|e| refuse("write", &self.path, &e))?;
        self.part = None;
        Ok(())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // It may not be there; the error that led here says what matters.
            let _ = std::fs::remove_file(part);
        }
    }
}

pub(super) fn write_text(path: &str, text: &str) -> Result<()> {
    let (unfinished, mut file) = Unfinished::create(path)?;
    file.write_all(redact(text).as_bytes()).map_err(|e| refuse("write", Path::new(path), &e))?;
    unfinished.finish()
}

fn append_text(path: &str, text: &str) -> Result<()> {
    let path = Path::new(path);
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(redact(text).as_bytes())).map_err(|e| refuse("write", path, &e))
}

fn read_json(path: &str) -> Result<Dynamic> {
    let text = read_text(path)?;
    let parsed = json::parse(text.as_bytes());
    parsed
        .map(|json| to_dynamic(&json))
        .map_err(|e| Error::client(format_args!("{path}: {}", e.message.trim_start_matches("Client error: "))))
}

/// What `read_csv` can be told.
const CSV_OPTIONS: &[&str] = &["delimiter", "header"];

/// Returns one object per row, its members in the order of the columns.
fn read_csv(path: &str, options: Option<&Dynamic>) -> Result<Array> {
    let options = options.and_then(members).unwrap_or_default();
    if let Some((name, _)) = options.iter().find(|(name, _)| !CSV_OPTIONS.contains(&name.as_str())) {
        return Err(Error::client(format_args!("read_csv() has no option `{name}`"))
            .hint(format!("it takes {}", CSV_OPTIONS.join(", "))));
    }
    let option = |name: &str| options.iter().find(|(n, _)| n == name).map(|(_, value)| value);
    let delimiter = option("delimiter").map_or_else(|| ",".to_owned(), ToString::to_string);
    let &[delimiter] = delimiter.as_bytes() else {
        return Err(Error::client("`delimiter` must be one character, such as ;"));
    };
    let has_header = option("header").is_none_or(|header| header.as_bool().unwrap_or(true));
    let text = read_text(path)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(has_header).from_reader(text.as_bytes());
    parse_rows(path, &mut reader, has_header)
}

fn parse_rows(path: &str, reader: &mut csv::Reader<&[u8]>, has_header: bool) -> Result<Array> {
    let wrong = |e: csv::Error| {
        let line = e.position().map_or(0, csv::Position::line);
        let why = match e.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("it has {len} columns where the others have {expected_len}")
            }
            _ => e.to_string(),
        };
        Error::client(format_args!("{path}, line {line}: {why}"))
    };
    let header: Vec<String> =
        if has_header { reader.headers().map_err(wrong)?.iter().map(str::to_owned).collect() } else { Vec::new() };
    if let Some(twice) = header.iter().enumerate().find(|(i, name)| header[..*i].contains(name)).map(|(_, name)| name) {
        return Err(Error::client(format_args!("{path}: the column \"{twice}\" comes twice"))
            .hint("rename one, or read it with #{ header: false }"));
    }
    let mut out = Array::new();
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        out.push(if has_header {
            Dynamic::from(header.iter().zip(&record).map(|(k, v)| (k.as_str(), Json::from(v))).collect::<Object>())
        } else {
            record.iter().map(Into::into).collect::<Array>().into()
        });
    }
    Ok(out)
}

fn write_csv(path: &str, list: &Dynamic, columns: Option<&Dynamic>) -> Result<INT> {
    let (unfinished, file) = Unfinished::create(path)?;
    let count = match columns {
        // Rows that come one by one are written one by one, however many there are.
        Some(columns) => tables::write_csv(file, each(list)?, &tables::columns(columns)?)?,
        None => {
            let rows = rows(list)?;
            if rows.is_empty() {
                unfinished.finish()?;
                return Ok(0);
            }
            tables::write_csv(file, rows.iter().cloned().map(Ok), &tables::columns_of(&rows))?
        }
    };
    unfinished.finish()?;
    Ok(INT::try_from(count).unwrap_or(INT::MAX))
}

/// Lists the files of a folder by name, those whose name fits the pattern (`*` and `?`).
fn list_files(folder: &str, pattern: &str) -> Result<Array> {
    let path = Path::new(folder);
    let entries = std::fs::read_dir(path)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .map_err(|e| refuse("list", path, &e))?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    let regex = regex::escape(pattern).replace("\\*", ".*").replace("\\?", ".");
    let fits = regex::Regex::new(&format!("^{regex}$"))
        .map_err(|_| Error::client(format_args!("the pattern \"{pattern}\" is not valid")))?;
    let names = files.iter().filter(|path| path.file_name().is_some_and(|name| fits.is_match(&name.to_string_lossy())));
    Ok(names.map(|path| path.to_string_lossy().into_owned().into()).collect())
}

fn make_folder(path: &str) -> Result<()> {
    let path = Path::new(path);
    std::fs::create_dir_all(path).map_err(|e| refuse("make", path, &e))
}

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    reading(engine);
    writing(engine);
}

fn reading(engine: &mut Engine) {
    native(engine, "read_text", &["path: string"], "/// Returns the text of a file.", |path: Text| {
        read_text(&path).map_err(into_script)
    });
    native(engine, "read_json", &["path: string"], "/// Returns what a JSON file holds.", |path: Text| {
        read_json(&path).map_err(into_script)
    });
    native(
        engine,
        "read_csv",
        &["path: string"],
        "/// Returns the rows of a CSV file, each a map by the names in its first line.",
        |path: Text| read_csv(&path, None).map_err(into_script),
    );
    native(
        engine,
        "read_csv",
        &["path: string", "options: map"],
        "/// Returns the rows of a CSV file. Options: `delimiter`, `header: false` (rows are then lists).",
        |path: Text, options: Dynamic| read_csv(&path, Some(&options)).map_err(into_script),
    );
    native(
        engine,
        "file_exists",
        &["path: string"],
        "/// Says whether there is such a file or folder.",
        |path: Text| -> Thrown<bool> { Ok(Path::new(path.as_str()).exists()) },
    );
    native(
        engine,
        "file_name",
        &["path: string"],
        "/// Returns the last part of a path.",
        |path: Text| -> Thrown<String> {
            Ok(Path::new(path.as_str()).file_name().unwrap_or_default().to_string_lossy().into_owned())
        },
    );
    native(
        engine,
        "file_size",
        &["path: string"],
        "/// Returns the size of a file in bytes.",
        |path: Text| -> Thrown<INT> {
            let path = Path::new(path.as_str());
            let size = std::fs::metadata(path).map_err(|e| into_script(refuse("read", path, &e)))?.len();
            Ok(INT::try_from(size).unwrap_or(INT::MAX))
        },
    );
    native(engine, "list_files", &["folder: string"], "/// Lists the files of a folder.", |folder: Text| {
        list_files(&folder, "*").map_err(into_script)
    });
    native(
        engine,
        "list_files",
        &["folder: string", "pattern: string"],
        "/// Lists the files of a folder whose names fit a pattern such as *.csv.",
        |folder: Text, pattern: Text| list_files(&folder, &pattern).map_err(into_script),
    );
}

fn writing(engine: &mut Engine) {
    native(
        engine,
        "write_text",
        &["path: string", "text: string"],
        "/// Writes a file, whole or not at all.",
        |path: Text, text: Text| write_text(&path, &text).map_err(into_script),
    );
    native(
        engine,
        "append_text",
        &["path: string", "text: string"],
        "/// Adds text at the end of a file.",
        |path: Text, text: Text| append_text(&path, &text).map_err(into_script),
    );
    native(
        engine,
        "make_folder",
        &["path: string"],
        "/// Makes a folder and those it lies in, where they are not there yet.",
        |path: Text| make_folder(&path).map_err(into_script),
    );
    native(
        engine,
        "write_json",
        &["path: string", "value: any"],
        "/// Writes a value as JSON.",
        |path: Text, value: Dynamic| {
            from_dynamic(&value).and_then(|json| write_text(&path, &format!("{json:#}\n"))).map_err(into_script)
        },
    );
    native(
        engine,
        "write_csv",
        &["path: string", "rows: list"],
        "/// Writes rows as CSV; returns their number.",
        |path: Text, list: Dynamic| write_csv(&path, &list, None).map_err(into_script),
    );
    native(
        engine,
        "write_csv",
        &["path: string", "rows: list", "columns: array"],
        "/// Writes rows as CSV of these columns, each a path such as fields.status.name; returns their number.",
        |path: Text, list: Dynamic, columns: Dynamic| write_csv(&path, &list, Some(&columns)).map_err(into_script),
    );
}
