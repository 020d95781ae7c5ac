//! The model to Markdown.

use super::line::{Place, line, longest_run};
use crate::richtext::{
    entity,
    flow::in_line,
    model::{Block, Cell, Inline, Item, Lost},
};

/// Writes Markdown.
pub(in crate::richtext) fn write(blocks: &[Block], lost: &mut Lost) -> String {
    Writer { lost, in_item: false }.blocks(blocks, "\n\n")
}

struct Writer<'a> {
    lost: &'a mut Lost,
    in_item: bool,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block], between: &str) -> String {
        let mut written: Vec<String> = Vec::new();
        // Two lists of a kind would be read as one, so the second one takes another marker.
        let mut list_before: Option<(bool, bool)> = None;
        for block in blocks {
            let text = if let Block::List { start, items } = block {
                let other = list_before == Some((start.is_some(), false));
                list_before = Some((start.is_some(), other));
                self.list(*start, items, other)
            } else {
                self.block(block)
            };
            if !text.is_empty() {
                list_before = list_before.filter(|_| matches!(block, Block::List { .. }));
                written.push(text);
            }
        }
        written.join(between)
    }

    fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(runs) if runs.iter().all(|run| *run == Inline::Break) => String::new(),
            Block::Paragraph(runs) => line(runs, Place::Paragraph),
            Block::Heading(level, runs) => {
                let marks = "#".repeat(usize::from((*level).clamp(1, 6)));
                format!("{marks} {}", line(runs, Place::Heading)).trim_end().to_owned()
            }
            Block::List { start, items } => self.list(*start, items, false),
            Block::Code { language, text } => code(language, text),
            Block::Quote(blocks) => quoted(&self.blocks(blocks, "\n\n")),
            Block::Panel(panel, blocks) => {
                quoted(&format!("[!{}]\n{}", panel.names().markdown, self.blocks(blocks, "\n\n")))
            }
            Block::Expand(title, blocks) => {
                let inner = self.blocks(blocks, "\n\n");
                let title = entity::escape(&title.split_whitespace().collect::<Vec<_>>().join(" "));
                format!("<details>\n<summary>{title}</summary>\n\n{inner}\n\n</details>")
            }
            // A line of hyphens behind a marker would be a rule with the marker in it.
            Block::Rule => if self.in_item { "___" } else { "---" }.to_owned(),
            Block::Table(rows) => self.table(rows),
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], other: bool) -> String {
        let tight = items.iter().all(is_tight);
        let outer = std::mem::replace(&mut self.in_item, true);
        let mut written = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let marker = marker(start, i, other);
            let inner = self.item(item, if tight { "\n" } else { "\n\n" });
            written.push(indented(&marker, &inner));
        }
        self.in_item = outer;
        written.join(if tight { "\n" } else { "\n\n" })
    }

    fn item(&mut self, item: &Item, between: &str) -> String {
        let inner = self.blocks(&item.blocks, between);
        let Some(done) = item.done else { return inner };
        let mark = if done { "[x]" } else { "[ ]" };
        match item.blocks.first() {
            Some(Block::Paragraph(_)) => format!("{mark} {inner}"),
            _ => format!("{mark} &#32;\n\n{inner}").trim_end().to_owned(),
        }
    }

    fn table(&mut self, rows: &[Vec<Cell>]) -> String {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        if width == 0 {
            return String::new();
        }
        let headed = rows[0].iter().all(|cell| cell.head);
        if rows[usize::from(headed)..].iter().flatten().any(|cell| cell.head) {
            self.lost.add("a header cell outside of the first row of a table");
        }
        let mut written = Vec::new();
        let head = if headed { self.cells(&rows[0]) } else { Vec::new() };
        written.push(row(&head, width, ""));
        written.push(row(&[], width, "---"));
        for cells in &rows[usize::from(headed)..] {
            written.push(row(&self.cells(cells), width, ""));
        }
        written.join("\n")
    }

    fn cells(&mut self, cells: &[Cell]) -> Vec<String> {
        cells.iter().map(|cell| line(&in_line(&cell.blocks, "a table cell", self.lost), Place::Cell)).collect()
    }
}

fn row(cells: &[String], width: usize, filler: &str) -> String {
    let mut out = String::from("|");
    for i in 0..width {
        out.push(' ');
        out.push_str(cells.get(i).map_or(filler, String::as_str));
        out.push_str(" |");
    }
    out
}

/// Says whether an item needs no empty lines: a paragraph, then lists that can follow it at once.
fn is_tight(item: &Item) -> bool {
    let follows = |block: &Block| match block {
        Block::List { start, items } => {
            start.is_none_or(|start| start == 1) && items.first().is_some_and(|item| !item.blocks.is_empty())
        }
        _ => false,
    };
    match item.blocks.split_first() {
        None => item.done.is_none(),
        Some((Block::Paragraph(_), rest)) => rest.iter().all(follows),
        Some((first, rest)) => item.done.is_none() && rest.is_empty() && follows(first),
    }
}

fn marker(start: Option<u64>, index: usize, other: bool) -> String {
    /// A longer number is no marker any more.
    const LARGEST: u64 = 999_999_999;
    match start {
        None => if other { "*" } else { "-" }.to_owned(),
        Some(start) => {
            let number = start.saturating_add(index as u64).min(LARGEST);
            format!("{number}{}", if other { ')' } else { '.' })
        }
    }
}

fn indented(marker: &str, inner: &str) -> String {
    let indent = " ".repeat(marker.len() + 1);
    let lines = inner.lines().enumerate().map(|(i, line)| match (i, line) {
        (_, "") => String::new(),
        (0, line) => format!(" {line}"),
        (_, line) => format!("{indent}{line}"),
    });
    format!("{marker}{}", lines.collect::<Vec<_>>().join("\n"))
}

fn quoted(inner: &str) -> String {
    let lines = inner.lines().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() { ">".to_owned() } else { lines.join("\n") }
}

fn code(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    let language = language.split_whitespace().next().unwrap_or_default().replace('`', "");
    let end = if text.is_empty() { "" } else { "\n" };
    format!("{fence}{language}\n{text}{end}{fence}")
}
