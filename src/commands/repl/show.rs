//! Values as they are shown.

use super::{fold::folded, highlight::colored, table::table};
use crate::{json::Json, script::View};

/// The narrowest terminal that values are laid out for.
const NARROWEST: usize = 20;

/// What is shown of a value.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// The value.
    pub text: String,
    /// What is not shown, and how to see it.
    pub note: Option<String>,
}

/// Lays `view` out for lines of `width`; without a width nobody looks, and everything is written.
pub(super) fn shown(view: &View, width: Option<u16>, color: bool) -> Option<Shown> {
    let width = width.map(|width| usize::from(width).max(NARROWEST));
    match (view, width) {
        (View::Nothing, _) => None,
        (View::Text(text), _) => Some(Shown { text: harmless(text), note: None }),
        (View::Data(json), None) => Some(Shown { text: format!("{json:#}"), note: None }),
        (View::Data(json), Some(width)) => Some(data(json, width, color)),
        (View::Beginning(items, more), width) => Some(beginning(items, *more, width, color)),
    }
}

fn data(json: &Json, width: usize, color: bool) -> Shown {
    if let Some(table) = json.as_array().and_then(|items| table(items, width)) {
        let note = match (table.rows_left, table.cut) {
            (0, false) => None,
            (0, true) => Some("not all members are shown; json(it) shows all".to_owned()),
            (left, _) => Some(format!("{left} more rows; table(it) shows all")),
        };
        return Shown { text: headed(&table.lines, color), note };
    }
    let (text, was_folded) = folded(json, width);
    let text = if color { colored(&text, 0) } else { text };
    Shown { text, note: was_folded.then(|| "folded; json(it) shows all".to_owned()) }
}

fn beginning(items: &[Json], more: bool, width: Option<usize>, color: bool) -> Shown {
    if items.is_empty() {
        return Shown { text: "an empty list".to_owned(), note: None };
    }
    let list = Json::array(items.iter().cloned());
    let mut shown = match width {
        Some(width) => data(&list, width, color),
        None => Shown { text: format!("{list:#}"), note: None },
    };
    if more {
        shown.note = Some(format!("the first {}; there may be more: it.all() reads the whole list", items.len()));
    } else if let Some(note) = &mut shown.note {
        // What reads the list again must keep it.
        *note = note.replace("(it)", "(it.all())");
    }
    shown
}

fn headed(lines: &[String], color: bool) -> String {
    match lines.split_first() {
        Some((header, rows)) if color => format!("\x1b[1m{header}\x1b[0m\n{}", rows.join("\n")),
        _ => lines.join("\n"),
    }
}

/// Lets no text drive the terminal.
fn harmless(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        crate::json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn each_kind_of_value_is_shown_its_way() {
        let show = |view: View, width| shown(&view, width, false).map(|shown| shown.text);
        assert_eq!(show(View::Nothing, Some(80)), None);
        assert_eq!(show(View::Text("a\u{1b}[31m\nb".into()), Some(80)).unwrap(), "a[31m\nb");
        assert_eq!(show(View::Data(json("[1,2]")), Some(80)).unwrap(), "[1, 2]");
        assert_eq!(show(View::Data(json("[1,2]")), None).unwrap(), "[\n  1,\n  2\n]");
        assert_eq!(show(View::Data(json(r#"[{"a":1,"b":2}]"#)), Some(80)).unwrap(), "A  B\n1  2");
        assert_eq!(show(View::Beginning(Vec::new(), false), Some(80)).unwrap(), "an empty list");
    }

    #[test]
    fn a_beginning_says_that_there_may_be_more() {
        let items = vec![json(r#"{"key":"A-1"}"#)];
        let shown = shown(&View::Beginning(items, true), Some(80), false).unwrap();
        assert_eq!(shown.text, "KEY\nA-1");
        assert_eq!(shown.note.unwrap(), "the first 1; there may be more: it.all() reads the whole list");
    }

    #[test]
    fn colours_are_only_there_when_asked_for() {
        let view = View::Data(json(r#"{"a":"b"}"#));
        assert_eq!(shown(&view, Some(80), false).unwrap().text, r#"{"a": "b"}"#);
        assert!(shown(&view, Some(80), true).unwrap().text.contains("\x1b[32m"));
    }
}
