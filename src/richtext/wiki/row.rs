//! The rows of tables in wiki markup.

use super::Ends;

/// A row: its cells, each with whether it heads, and its length with the line end.
pub(super) struct Row<'a> {
    pub cells: Vec<(bool, &'a str)>,
    pub length: usize,
}

/// Reads the row that `text` begins with. A cell may hold line ends; the row ends at a line that ends with a bar.
pub(super) fn row<'a>(text: &'a str, ends: &mut Ends) -> Row<'a> {
    let mut cells = Vec::new();
    let mut at = 0;
    // Where the open cell begins.
    let mut cell: Option<(bool, usize)> = None;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(behind) = rest.strip_prefix('|') {
            cells.extend(cell.map(|(head, from)| (head, text[from..at].trim())));
            let bars = 1 + usize::from(behind.starts_with('|'));
            cell = Some((bars == 2, at + bars));
            at += bars;
        } else if let Some(behind) = rest.strip_prefix('\n') {
            let open = cell.map_or("", |(_, from)| &text[from..at]);
            let next = behind.trim_start_matches([' ', '\t']);
            if open.trim().is_empty() || next.is_empty() || next.starts_with(['\n', '|']) {
                break;
            }
            at += 1;
        } else {
            at += piece(rest, ends);
        }
    }
    let last = cell.map_or((false, ""), |(head, from)| (head, text[from..at].trim()));
    cells.extend((!last.1.is_empty()).then_some(last));
    Row { cells, length: (at + 1).min(text.len()) }
}

/// Measures what belongs together, bars and all: an escape, a macro, a link, an image, code.
fn piece(text: &str, ends: &mut Ends) -> usize {
    let first = text.chars().next().map_or(1, char::len_utf8);
    match text.as_bytes()[0] {
        b'\\' => first + text[first..].chars().next().filter(|c| *c != '\n').map_or(0, char::len_utf8),
        b'{' => ends.at_start(text).map_or(first, |found| found.length),
        b'[' => enclosed(text, ']').unwrap_or(first),
        b'!' => enclosed(text, '!').unwrap_or(first),
        _ => first,
    }
}

/// Measures up to the character that closes a link or an image in this line; the address of an image has no blanks.
fn enclosed(text: &str, close: char) -> Option<usize> {
    /// No link or image is longer.
    const LONGEST: usize = 2000;
    let mut in_address = close == '!';
    for (at, c) in text.char_indices().skip(1).take(LONGEST) {
        match c {
            '\n' | '[' => return None,
            ' ' if in_address => return None,
            '|' => in_address = false,
            c if c == close => return Some(at + c.len_utf8()),
            _ => {}
        }
    }
    None
}
