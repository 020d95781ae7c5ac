//! Lists of objects as tables: the columns that are worth their room.

use crate::json::Json;
use console::{measure_text_width, truncate_str};

/// Members that say most of a thing, the best first.
const USEFUL: &[&str] = &[
    "key",
    "name",
    "displayName",
    "title",
    "summary",
    "status",
    "state",
    "issuetype",
    "type",
    "priority",
    "assignee",
    "author",
    "user",
    "owner",
    "value",
    "project",
    "created",
    "updated",
    "date",
    "text",
    "id",
];

/// Members by which an object is called.
const LABELS: &[&str] = &["displayName", "name", "value", "key", "title", "text", "id"];

/// Members that say nothing to people.
const USELESS: &[&str] = &["self", "expand", "avatarUrls", "iconUrl", "avatarId", "url", "links", "_links"];

/// The widest a column may be.
const WIDEST: usize = 50;

/// The narrowest that a column may be cut to.
const NARROWEST: usize = 20;

/// How many columns a table has at most.
const MOST: usize = 8;

/// How many rows are shown.
const ROWS: usize = 200;

/// What stands between columns.
const GAP: &str = "  ";

/// A table that fits.
pub(super) struct Table {
    /// Its lines, the header first.
    pub lines: Vec<String>,
    /// How many rows it leaves out.
    pub rows_left: usize,
    /// Whether it leaves out columns, or a part of a text.
    pub cut: bool,
}

struct Column {
    title: String,
    cells: Vec<String>,
    rank: usize,
    width: usize,
}

/// Makes a table of `items` if they are objects whose best columns fit into `width`.
pub(super) fn table(items: &[Json], width: usize) -> Option<Table> {
    if items.is_empty() || items.iter().any(|item| item.as_object().is_none_or(crate::json::Object::is_empty)) {
        return None;
    }
    let rows = &items[..items.len().min(ROWS)];
    let mut columns = columns(rows);
    let all = columns.len();
    columns.sort_by_key(|column| column.rank);
    let chosen = fitting(columns, width);
    // One column of several says too little of its rows.
    if chosen.is_empty() || chosen.len() == 1 && all > 1 {
        return None;
    }
    let cut = chosen.len() < all || chosen.iter().any(|c| c.cells.iter().any(|cell| cell.ends_with('…')));
    Some(Table { lines: lines(&chosen), rows_left: items.len() - rows.len(), cut })
}

/// Takes the best columns that stand side by side in `width`. The last one may be cut to the room that is left.
fn fitting(columns: Vec<Column>, width: usize) -> Vec<Column> {
    let mut room = width;
    let mut chosen = Vec::new();
    for mut column in columns.into_iter().take(MOST) {
        if column.width > room && room >= NARROWEST {
            column.cells.iter_mut().for_each(|cell| *cell = truncate_str(cell, room, "…").into_owned());
            column.width = room;
        }
        if column.width > room {
            break;
        }
        room = room.saturating_sub(column.width + GAP.len());
        chosen.push(column);
    }
    chosen
}

fn lines(columns: &[Column]) -> Vec<String> {
    let line = |cell: &dyn Fn(&Column) -> String| {
        let cells: Vec<String> = columns
            .iter()
            .map(|c| console::pad_str(&cell(c), c.width, console::Alignment::Left, None).into_owned())
            .collect();
        cells.join(GAP).trim_end().to_owned()
    };
    let header = line(&|column| column.title.clone());
    let rows = (0..columns[0].cells.len()).map(|at| line(&|column| column.cells[at].clone()));
    std::iter::once(header).chain(rows).collect()
}

/// Makes a column of each member that has something to show.
fn columns(rows: &[Json]) -> Vec<Column> {
    let mut paths: Vec<Vec<String>> = Vec::new();
    for row in rows {
        collect(row, &[], &mut paths);
    }
    let made = paths.iter().enumerate().map(|(place, path)| column(rows, path, place));
    made.filter(|column| column.cells.iter().any(|cell| !cell.is_empty())).collect()
}

fn collect(row: &Json, above: &[String], paths: &mut Vec<Vec<String>>) {
    for (name, value) in row.as_object().into_iter().flat_map(crate::json::Object::iter) {
        let hidden = USELESS.contains(&&**name) || name.ends_with("Url") || name.starts_with("customfield_");
        let path: Vec<String> = above.iter().cloned().chain([name.to_string()]).collect();
        if hidden || paths.contains(&path) {
            continue;
        }
        match value {
            // Jira's issues have all that counts one level down.
            Json::Object(_) if above.is_empty() && &**name == "fields" => collect(value, &path, paths),
            Json::Object(_) | Json::Array(_) if cell(value).is_empty() => {}
            _ => paths.push(path),
        }
    }
}

fn column(rows: &[Json], path: &[String], place: usize) -> Column {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let cells: Vec<String> = rows.iter().map(|row| row.path(&keys).map(cell).unwrap_or_default()).collect();
    let name = keys.last().copied().unwrap_or_default();
    let title = name.to_uppercase();
    let width = cells.iter().map(|cell| measure_text_width(cell)).chain([measure_text_width(&title)]).max();
    let rank = USEFUL.iter().position(|useful| *useful == name).unwrap_or(USEFUL.len() + place);
    Column { title, cells, rank, width: width.unwrap_or(0) }
}

/// Returns what stands in a cell: plain values, the name of an object, a list of plain values.
fn cell(value: &Json) -> String {
    let text = match value {
        Json::Object(object) => {
            let label = LABELS.iter().find_map(|label| object.get(label).filter(|value| is_plain(value)));
            return label.map(cell).unwrap_or_default();
        }
        Json::Array(items) if items.iter().all(is_plain) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        Json::Array(_) | Json::Null => String::new(),
        Json::Text(text) => text.to_string(),
        plain => plain.to_string(),
    };
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    truncate_str(line.trim(), WIDEST, "…").into_owned()
}

fn is_plain(value: &Json) -> bool {
    !matches!(value, Json::Object(_) | Json::Array(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, width: usize) -> Option<String> {
        let json = crate::json::parse(text.as_bytes()).unwrap();
        table(json.as_array().unwrap(), width).map(|table| table.lines.join("\n"))
    }

    const ISSUES: &str = r#"[
        {"expand":"x","id":"1","self":"http://x/1","key":"A-1","fields":{"summary":"First","status":{"self":"u","name":"Open"},
         "assignee":null,"labels":["a","b"],"customfield_1":3,"subtasks":[{"id":"9"}]}},
        {"expand":"x","id":"2","self":"http://x/2","key":"A-22","fields":{"summary":"Second","status":{"name":"Done"},
         "assignee":{"displayName":"Mira"},"labels":[]}}]"#;

    #[test]
    fn the_useful_columns_come_first() {
        let table = "KEY   SUMMARY  STATUS  ASSIGNEE  ID  LABELS\nA-1   First    Open              1   a, b\nA-22  Second   Done    Mira      2";
        assert_eq!(shown(ISSUES, 80).unwrap(), table);
        assert_eq!(shown(ISSUES, 24).unwrap().lines().next(), Some("KEY   SUMMARY  STATUS"));
    }

    #[test]
    fn what_does_not_fit_is_no_table() {
        assert_eq!(shown(ISSUES, 9), None);
        for text in ["[]", "[1, 2]", "[{}]", "[{\"a\": 1}, 2]", "[{\"a\": {}}]"] {
            assert_eq!(shown(text, 80), None, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_and_wide_signs_aligned() {
        let text = format!(r#"[{{"name":"日本","n":1}},{{"name":"{}","n":2}}]"#, "x".repeat(80));
        let lines: Vec<String> = shown(&text, 80).unwrap().lines().map(str::to_owned).collect();
        assert!(lines[2].contains("x…"));
        // A wide sign takes the room of two.
        assert_eq!(lines[1].chars().count(), lines[2].chars().count() - 2);
    }
}
