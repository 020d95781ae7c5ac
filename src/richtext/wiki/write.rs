//! The model to wiki markup: the blocks.

use super::line::{Place, escape, line};
use crate::richtext::{
    flow::{in_line, task_mark},
    model::{Block, Cell, Inline, Item, Lost, paragraph},
};

/// Writes wiki markup.
pub(in crate::richtext) fn write(blocks: &[Block], lost: &mut Lost) -> String {
    Writer { lost, open: Vec::new() }.blocks(blocks)
}

struct Writer<'a> {
    lost: &'a mut Lost,
    /// The macros around this place. One cannot stand inside another of its name.
    open: Vec<&'static str>,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> String {
        let written: Vec<String> =
            blocks.iter().map(|block| self.block(block)).filter(|text| !text.is_empty()).collect();
        written.join("\n\n")
    }

    fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(runs) => line(runs, Place::Paragraph, self.lost),
            Block::Heading(level, runs) => format!("h{level}. {}", line(runs, Place::OneLine, self.lost)),
            Block::List { start, items } => self.list(*start, items, ""),
            Block::Code { language, text } => self.code(language, text),
            Block::Quote(blocks) => self.enclosed("quote", "", block, blocks),
            Block::Panel(panel, blocks) => {
                self.enclosed("panel", &format!(":bgColor={}", panel.names().colour), block, blocks)
            }
            Block::Expand(title, blocks) => {
                self.lost.add("a block that opens and closes (written with its title in bold)");
                let title = paragraph(vec![Inline::strong(title)]).filter(|_| !title.is_empty());
                let blocks: Vec<Block> = title.into_iter().chain(blocks.iter().cloned()).collect();
                self.blocks(&blocks)
            }
            Block::Rule => "----".to_owned(),
            Block::Table(rows) => self.table(rows),
        }
    }

    fn enclosed(&mut self, name: &'static str, parameters: &str, block: &Block, blocks: &[Block]) -> String {
        if self.open.contains(&name) {
            self.lost.add(format!("{} inside another one", block.noun()));
            return self.blocks(blocks);
        }
        self.open.push(name);
        let inner = self.blocks(blocks);
        self.open.pop();
        format!("{{{name}{parameters}}}\n{inner}\n{{{name}}}")
    }

    fn code(&mut self, language: &str, text: &str) -> String {
        let language: String = language.chars().filter(|c| c.is_alphanumeric() || "+-#_.".contains(*c)).collect();
        if !text.contains("{code") {
            let parameter = if language.is_empty() { String::new() } else { format!(":{language}") };
            return format!("{{code{parameter}}}\n{text}\n{{code}}");
        }
        if !language.is_empty() {
            self.lost.add("the language of code that holds `{code}`");
        }
        if text.contains("{noformat}") {
            self.lost.add("`{noformat}` inside code (a blank was put into it)");
        }
        format!("{{noformat}}\n{}\n{{noformat}}", text.replace("{noformat}", "{ noformat}"))
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], around: &str) -> String {
        if start.is_some_and(|start| start != 1) {
            self.lost.add("the first number of a list");
        }
        let markers = format!("{around}{}", if start.is_some() { '#' } else { '*' });
        let items: Vec<String> = items.iter().map(|item| self.item(item, &markers)).collect();
        items.join("\n")
    }

    fn item(&mut self, item: &Item, markers: &str) -> String {
        let mut out = format!("{markers} ");
        if item.done.is_some() {
            self.lost.add("the box of a task (written as text)");
            out.push_str(&escape(task_mark(item.done), None));
        }
        // Whether the line of the item is still empty.
        let mut begins = true;
        for block in &item.blocks {
            let text = self.in_item(block, markers, begins);
            if begins && matches!(block, Block::List { .. }) && item.done.is_none() {
                out.clear();
            } else if !begins || matches!(block, Block::List { .. }) {
                out.push('\n');
            }
            out.push_str(&text);
            begins = false;
        }
        out
    }

    /// Writes a block inside a list item. What would end the list becomes lines of text.
    fn in_item(&mut self, block: &Block, markers: &str, begins: bool) -> String {
        match block {
            Block::List { start, items } => self.list(*start, items, markers),
            Block::Code { .. } | Block::Quote(_) | Block::Panel(..) => self.block(block),
            Block::Paragraph(runs) if begins => line(runs, Place::Paragraph, self.lost),
            other => {
                if matches!(other, Block::Paragraph(_)) {
                    self.lost.add("a second paragraph in a list item (written as a new line)");
                }
                let runs = in_line(std::slice::from_ref(other), "a list item", self.lost);
                line(&runs, Place::Paragraph, self.lost)
            }
        }
    }

    fn table(&mut self, rows: &[Vec<Cell>]) -> String {
        let rows: Vec<String> = rows.iter().filter(|row| !row.is_empty()).map(|row| self.row(row)).collect();
        rows.join("\n")
    }

    fn row(&mut self, row: &[Cell]) -> String {
        let mut out = String::new();
        for cell in row {
            let runs = in_line(&cell.blocks, "a table cell", self.lost);
            let bar = if cell.head { "||" } else { "|" };
            out.extend([format!("{bar} {} ", line(&runs, Place::OneLine, self.lost))]);
        }
        out + if row.last().is_some_and(|cell| cell.head) { "||" } else { "|" }
    }
}
