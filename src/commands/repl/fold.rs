//! JSON for the eye: short values on one line, large ones folded.

use crate::json::Json;
use std::fmt::Write;

/// How many lines a value may take before more of it is folded.
const LINES: usize = 60;

/// The deepest level that is ever shown.
const DEEPEST: usize = 8;

/// How many items of a list, or members of an object, are shown.
const ITEMS: usize = 40;

/// An object of more members than this is shown without those that have no value.
const FEW: usize = 12;

/// How long a text is shown.
const LETTERS: usize = 300;

/// Writes `json` for lines of `width`. Says whether anything was folded.
pub(super) fn folded(json: &Json, width: usize) -> (String, bool) {
    let mut shown = (String::new(), true);
    for depth in (1..=DEEPEST).rev() {
        let mut writer = Writer { out: String::new(), width, folded: false };
        writer.value(json, 0, depth);
        shown = (writer.out, writer.folded);
        if shown.0.lines().count() <= LINES {
            break;
        }
    }
    shown
}

struct Writer {
    out: String,
    width: usize,
    folded: bool,
}

impl Writer {
    /// Writes a value whose line is indented by `indent`; `depth` levels of it may be opened.
    fn value(&mut self, json: &Json, indent: usize, depth: usize) {
        let used = self.out.len() - self.out.rfind('\n').map_or(0, |at| at + 1);
        let mut line = String::new();
        if one_line(json, &mut line, self.width.saturating_sub(used + 1)) {
            self.out.push_str(&line);
            return;
        }
        match json {
            Json::Array(items) => {
                let items: Vec<(String, &Json)> = items.iter().map(|item| (String::new(), item)).collect();
                self.block(&items, ['[', ']'], "item", (indent, 0), depth);
            }
            Json::Object(object) => {
                let all = object.len() <= FEW || depth == 0;
                let shown = object.iter().filter(|(_, value)| all || !matches!(value, Json::Null));
                let members: Vec<(String, &Json)> =
                    shown.map(|(name, value)| (format!("{}: ", Json::Text(name.clone())), value)).collect();
                self.block(&members, ['{', '}'], "member", (indent, object.len() - members.len()), depth);
            }
            Json::Text(text) => self.text(text),
            plain => self.out.push_str(&plain.to_string()),
        }
    }

    /// Writes the parts of a value, each on a line. Of `empty` further ones only the number is told.
    fn block(
        &mut self,
        parts: &[(String, &Json)],
        [open, close]: [char; 2],
        what: &str,
        (indent, empty): (usize, usize),
        depth: usize,
    ) {
        if depth == 0 {
            self.folded = true;
            let _ = write!(self.out, "{open}… {}{close}", counted(parts.len(), what));
            return;
        }
        self.out.push(open);
        for (at, (name, value)) in parts.iter().take(ITEMS).enumerate() {
            self.line(indent + 2);
            self.out.push_str(name);
            self.value(value, indent + 2, depth - 1);
            if at + 1 < parts.len() || empty > 0 {
                self.out.push(',');
            }
        }
        if parts.len() > ITEMS {
            self.folded = true;
            self.line(indent + 2);
            let left = parts.len() - ITEMS;
            let _ = write!(self.out, "… {left} more {what}{}", if left == 1 { "" } else { "s" });
        }
        if empty > 0 {
            self.folded = true;
            self.line(indent + 2);
            let _ = write!(self.out, "… {} without a value", counted(empty, what));
        }
        self.line(indent);
        self.out.push(close);
    }

    fn line(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn text(&mut self, text: &str) {
        let cut: String = text.chars().take(LETTERS).collect();
        let whole = cut.len() == text.len();
        let quoted = Json::from(cut).to_string();
        self.folded |= !whole;
        self.out.push_str(if whole { &quoted } else { &quoted[..quoted.len() - 1] });
        if !whole {
            self.out.push_str("…\"");
        }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Writes a value on one line of at most `room`; says no, and stops early, if it does not fit.
fn one_line(json: &Json, out: &mut String, room: usize) -> bool {
    match json {
        Json::Array(items) => {
            out.push('[');
            let fits = listed(items.iter(), out, room, |item, out| one_line(item, out, room));
            out.push(']');
            fits && out.len() <= room
        }
        Json::Object(object) => {
            out.push('{');
            let fits = listed(object.iter(), out, room, |(name, value), out| {
                let _ = write!(out, "{}: ", Json::Text(name.clone()));
                one_line(value, out, room)
            });
            out.push('}');
            fits && out.len() <= room
        }
        Json::Text(text) if text.len() > room => false,
        plain => {
            out.push_str(&plain.to_string());
            out.len() <= room
        }
    }
}

fn listed<T>(
    items: impl Iterator<Item = T>,
    out: &mut String,
    room: usize,
    mut write: impl FnMut(T, &mut String) -> bool,
) -> bool {
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        if out.len() > room || !write(item, out) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        crate::json::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_fits_stands_on_one_line() {
        assert_eq!(folded(&json(r#"{"a":1,"b":[1,2,{}]}"#), 80), (r#"{"a": 1, "b": [1, 2, {}]}"#.to_owned(), false));
    }

    #[test]
    fn what_does_not_fit_is_opened_level_by_level() {
        let (shown, folded) = folded(&json(r#"{"name":"something","list":[1,2,3],"deep":{"a":{"b":"c"}}}"#), 30);
        let is = "{\n  \"name\": \"something\",\n  \"list\": [1, 2, 3],\n  \"deep\": {\"a\": {\"b\": \"c\"}}\n}";
        assert_eq!((shown.as_str(), folded), (is, false));
    }

    #[test]
    fn of_many_members_those_without_a_value_are_only_counted() {
        let members = |n: usize| (0..n).map(|n| format!(r#""member{n}":{}"#, if n % 2 == 0 { "null" } else { "1" }));
        let object = |n: usize| json(&format!("{{{}}}", members(n).collect::<Vec<_>>().join(",")));
        let (shown, was) = folded(&object(14), 40);
        assert!(was && shown.ends_with("\"member13\": 1,\n  … 7 members without a value\n}"), "{shown}");
        let (shown, was) = folded(&object(4), 40);
        assert!(!was && shown.contains("\"member0\": null"), "{shown}");
    }

    #[test]
    fn what_is_large_is_folded() {
        let items: Vec<String> = (0..50).map(|n| format!(r#"{{"id":{n},"text":"{}"}}"#, "x".repeat(90))).collect();
        let (shown, was) = folded(&json(&format!("[{}]", items.join(","))), 80);
        assert!(was && shown.lines().count() <= LINES, "{shown}");
        assert!(shown.contains("{… 2 members}") && shown.contains("… 10 more items"), "{shown}");
        let (shown, was) = folded(&Json::from("ä".repeat(1000)), 80);
        assert!(was && shown.ends_with("…\"") && shown.chars().count() == LETTERS + 3);
    }
}
