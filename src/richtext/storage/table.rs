//! The tables of a page as rows, and back: cells that stay the same keep their markup, as does all around the table.

use super::fill::attribute;
use super::pieces::{Piece, What, escape, pieces};
use super::words::words;
use crate::{
    error::{Error, Result},
    richtext::Grid,
};
use std::ops::Range;

/// A table and where it stands.
#[derive(Default)]
struct Table {
    rows: Vec<Row>,
    /// Where its last part begins.
    body: usize,
}

#[derive(Default)]
struct Row {
    at: Range<usize>,
    /// The bytes of its start tag.
    tag: Range<usize>,
    cells: Vec<Cell>,
}

struct Cell {
    at: Range<usize>,
    /// The bytes of its start tag.
    tag: Range<usize>,
    head: bool,
    columns: usize,
    rows: usize,
    text: String,
    /// Whether its text stands in a paragraph.
    paragraph: bool,
}

/// Reads every table that does not stand in another one.
pub(in crate::richtext) fn tables(storage: &str) -> Result<Vec<Grid>> {
    Ok(found(storage)?.iter().map(Table::grid).collect())
}

/// Writes rows as a new table.
pub(in crate::richtext) fn table(grid: &Grid) -> String {
    let row = |tag: &str, cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", inner(cell))).collect();
        format!("<tr>{}</tr>", cells.concat())
    };
    let rows: Vec<String> = grid.rows.iter().map(|cells| row("td", cells)).collect();
    format!("<table><tbody>{}{}</tbody></table>", row("th", &grid.columns), rows.concat())
}

/// Gives the table `number`, counted from 0, other rows.
pub(in crate::richtext) fn set(storage: &str, number: usize, rows: &[Vec<String>]) -> Result<String> {
    let all = found(storage)?;
    let Some(table) = all.get(number) else {
        return Err(Error::client(format_args!("there is no table {number} on the page"))
            .hint(format!("it has {} tables; the first one is 0", all.len())));
    };
    table.set(storage, rows)
}

fn inner(text: &str) -> String {
    escape(text).replace('\n', "<br />")
}

/// Finds the tables of a page with their places.
fn found(storage: &str) -> Result<Vec<Table>> {
    let mut reader = Reader { storage, depth: 0, tables: Vec::new() };
    for piece in pieces(storage)? {
        reader.piece(&piece);
    }
    Ok(reader.tables)
}

struct Reader<'a> {
    storage: &'a str,
    /// How many tables are around.
    depth: usize,
    tables: Vec<Table>,
}

impl Reader<'_> {
    fn piece(&mut self, piece: &Piece) {
        let (What::Start(name) | What::Empty(name) | What::End(name)) = &piece.what else { return };
        if name == "table" {
            match piece.what {
                What::Start(_) => self.start(),
                What::End(_) => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        } else if self.depth == 1 {
            self.part(name, piece);
        }
    }

    fn start(&mut self) {
        self.depth += 1;
        if self.depth == 1 {
            self.tables.push(Table::default());
        }
    }

    fn part(&mut self, name: &str, piece: &Piece) {
        let Some(table) = self.tables.last_mut() else { return };
        let ends = matches!(piece.what, What::End(_));
        match (name, ends) {
            ("tbody", false) => table.body = piece.at.end,
            ("tr", false) => {
                table.rows.push(Row { at: piece.at.clone(), tag: piece.at.clone(), cells: Vec::new() });
            }
            ("tr", true) => {
                if let Some(row) = table.rows.last_mut() {
                    row.at.end = piece.at.end;
                }
            }
            ("td" | "th", false) => {
                if let Some(row) = table.rows.last_mut() {
                    row.cells.push(Cell::starting(self.storage, piece, name == "th"));
                }
            }
            ("td" | "th", true) => {
                if let Some(cell) = table.rows.last_mut().and_then(|row| row.cells.last_mut()) {
                    cell.end(self.storage, piece);
                }
            }
            _ => {}
        }
    }
}

impl Cell {
    fn starting(storage: &str, piece: &Piece, head: bool) -> Self {
        let tag = &storage[piece.at.clone()];
        let span = |name: &str| attribute(tag, name).parse().unwrap_or(1).clamp(1, 100);
        Cell {
            at: piece.at.clone(),
            tag: piece.at.clone(),
            head,
            columns: span("colspan"),
            rows: span("rowspan"),
            text: String::new(),
            paragraph: false,
        }
    }

    fn end(&mut self, storage: &str, piece: &Piece) {
        let inside = &storage[self.tag.end..piece.at.start];
        self.at.end = piece.at.end;
        self.text = words(inside);
        self.paragraph = inside.trim_start().starts_with("<p");
    }

    /// Writes the cell with another text.
    fn with(&self, storage: &str, text: &str) -> String {
        if self.text == text {
            return storage[self.at.clone()].to_owned();
        }
        let tag = storage[self.tag.clone()].trim_end_matches("/>").trim_end_matches('>').trim_end();
        self.fresh(tag, text)
    }

    fn fresh(&self, tag: &str, text: &str) -> String {
        let inner = if self.paragraph { format!("<p>{}</p>", inner(text)) } else { inner(text) };
        format!("{tag}>{inner}</{}>", self.name())
    }

    fn name(&self) -> &'static str {
        if self.head { "th" } else { "td" }
    }
}

impl Table {
    /// Says how many rows stand above the data.
    fn header(&self) -> usize {
        usize::from(self.rows.first().is_some_and(|row| !row.cells.is_empty() && row.cells.iter().all(|c| c.head)))
    }

    /// Returns the texts of all rows; a cell that spans several is in each of them.
    fn texts(&self) -> Vec<Vec<String>> {
        let mut hanging: Vec<(usize, String)> = Vec::new();
        let mut out = Vec::new();
        for row in &self.rows {
            let mut texts: Vec<String> = Vec::new();
            let mut cells = row.cells.iter();
            loop {
                let at = texts.len();
                if let Some((left, text)) = hanging.get_mut(at).filter(|(left, _)| *left > 0) {
                    *left -= 1;
                    texts.push(text.clone());
                    continue;
                }
                let Some(cell) = cells.next() else { break };
                for _ in 0..cell.columns {
                    hanging.resize(hanging.len().max(texts.len() + 1), (0, String::new()));
                    hanging[texts.len()] = (cell.rows - 1, cell.text.clone());
                    texts.push(cell.text.clone());
                }
            }
            out.push(texts);
        }
        out
    }

    fn grid(&self) -> Grid {
        let mut texts = self.texts();
        let width = texts.iter().map(Vec::len).max().unwrap_or(0);
        for row in &mut texts {
            row.resize(width, String::new());
        }
        let rows = texts.split_off(self.header());
        let titles = texts.pop().unwrap_or_else(|| vec![String::new(); width]);
        Grid { columns: distinct(titles), rows }
    }

    fn set(&self, storage: &str, rows: &[Vec<String>]) -> Result<String> {
        if self.rows.iter().flat_map(|row| &row.cells).any(|cell| cell.columns > 1 || cell.rows > 1) {
            return Err(Error::client("this table has cells that span several rows or columns, and cannot be set"));
        }
        let old = &self.rows[self.header()..];
        let between = |pair: &[Row]| &storage[pair[0].at.end..pair[1].at.start];
        if old.windows(2).any(|pair| !between(pair).trim().is_empty()) {
            return Err(Error::client("this table has several parts, and cannot be set"));
        }
        let gap = old.windows(2).next().map_or("", between);
        let place = match (old.first(), old.last()) {
            (Some(first), Some(last)) => first.at.start..last.at.end,
            _ => {
                let end = self.rows.last().map_or(0, |row| row.at.end).max(self.body);
                end..end
            }
        };
        let partners = partners(old, rows);
        let written: Vec<String> = rows.iter().zip(partners).map(|(row, old)| self.write(storage, row, old)).collect();
        Ok(format!("{}{}{}", &storage[..place.start], written.join(gap), &storage[place.end..]))
    }

    /// Writes a row: after the one that it was before, or after the first one of the table.
    fn write(&self, storage: &str, texts: &[String], old: Option<&Row>) -> String {
        let Some(old) = old else {
            let model = self.rows.get(self.header());
            let cell = |(n, text): (usize, &String)| match model.and_then(|row| row.cells.get(n)) {
                Some(model) => model.fresh(&format!("<{}", model.name()), text),
                None => format!("<td>{}</td>", inner(text)),
            };
            return format!("<tr>{}</tr>", texts.iter().enumerate().map(cell).collect::<String>());
        };
        let cell = |(n, text): (usize, &String)| match old.cells.get(n) {
            Some(cell) => cell.with(storage, text),
            None => format!("<td>{}</td>", inner(text)),
        };
        let cells: String = texts.iter().enumerate().map(cell).collect();
        format!("{}{cells}</tr>", &storage[old.tag.clone()])
    }
}

/// Finds for each new row the old one that it was: the same, or else one that begins with the same text.
fn partners<'a>(old: &'a [Row], new: &[Vec<String>]) -> Vec<Option<&'a Row>> {
    let mut used = vec![false; old.len()];
    let mut found: Vec<Option<&Row>> = vec![None; new.len()];
    let same = |row: &Row, texts: &[String]| row.cells.iter().map(|c| &c.text).eq(texts);
    let begins = |row: &Row, texts: &[String]| row.cells.first().map(|c| &c.text) == texts.first();
    for fits in [&same as &dyn Fn(&Row, &[String]) -> bool, &begins] {
        for (texts, slot) in new.iter().zip(&mut found).filter(|(_, slot)| slot.is_none()) {
            let at = (0..old.len()).find(|at| !used[*at] && fits(&old[*at], texts));
            if let Some(at) = at {
                used[at] = true;
                *slot = Some(&old[at]);
            }
        }
    }
    found
}

/// Gives each column a name of its own.
fn distinct(titles: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (n, title) in titles.into_iter().enumerate() {
        let title = if title.is_empty() { (n + 1).to_string() } else { title };
        let mut name = title.clone();
        let mut count = 1;
        while names.contains(&name) {
            count += 1;
            name = format!("{title} {count}");
        }
        names.push(name);
    }
    names
}
