//! Confluence storage format to the model.

use super::xml::{Element, Node, parse};
use crate::richtext::{
    flow::{Flow, in_line, trimmed},
    model::{Block, Cell, Inline, Item, Lost, Marks, Style, paragraph},
};

/// Reads storage format.
pub(in crate::richtext) fn read(storage: &str, lost: &mut Lost) -> Vec<Block> {
    let nodes = parse(storage, lost);
    Reader { lost, depth: 0 }.blocks(&nodes)
}

/// Makes blocks of elements.
pub(super) struct Reader<'a> {
    pub(super) lost: &'a mut Lost,
    /// How many blocks that hold blocks are around this one.
    depth: usize,
}

impl Reader<'_> {
    /// Reads what stands in a block.
    pub(super) fn blocks(&mut self, nodes: &[Node]) -> Vec<Block> {
        let mut flow = Flow::default();
        self.nodes(nodes, &Marks::default(), &mut flow);
        let tidy = |block| match block {
            Block::Paragraph(line) => paragraph(trimmed(line)),
            other => Some(other),
        };
        flow.finish().into_iter().filter_map(tidy).collect()
    }

    /// Makes a block of what an element holds; where no more blocks fit, its blocks stand for themselves.
    pub(super) fn wrap(&mut self, nodes: &[Node], flow: &mut Flow, make: impl FnOnce(Vec<Block>) -> Block) {
        let fits = self.lost.fits(self.depth);
        self.depth += 1;
        let blocks = self.blocks(nodes);
        self.depth -= 1;
        if fits { flow.block(make(blocks)) } else { flow.all(blocks) }
    }

    pub(super) fn nodes(&mut self, nodes: &[Node], marks: &Marks, flow: &mut Flow) {
        for node in nodes {
            match node {
                Node::Text(text) => flow.inline(Inline::Text(collapsed(text), marks.clone())),
                Node::Element(element) => self.element(element, marks, flow),
            }
        }
    }

    fn element(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        if !element.attribute("style").is_empty() {
            self.lost.add("the look that a `style` gives, such as colour or alignment");
        }
        if let Some(style) = Style::of_tag(&element.name) {
            return self.nodes(&element.children, &marks.with(style), flow);
        }
        match element.name.as_str() {
            "br" => flow.inline(Inline::Break),
            "a" => self.nodes(&element.children, &marks.linked(element.attribute("href")), flow),
            "img" => flow.inline(Inline::Image {
                address: element.attribute("src").to_owned(),
                alt: element.attribute("alt").to_owned(),
                link: marks.link.clone(),
            }),
            "span" | "ac:inline-comment-marker" => self.nodes(&element.children, marks, flow),
            "p" | "div" => self.part(element, marks, flow),
            "ul" => self.list(element, None, flow),
            "ol" => self.list(element, Some(element.attribute("start").parse().unwrap_or(1)), flow),
            "blockquote" => self.wrap(&element.children, flow, Block::Quote),
            "pre" => flow.block(Block::Code { language: String::new(), text: element.text() }),
            "hr" => flow.block(Block::Rule),
            "table" => self.table(element, flow),
            "time" => {
                self.lost.add("a date (written as text)");
                flow.inline(Inline::Text(element.attribute("datetime").to_owned(), marks.clone()));
            }
            name if name.starts_with("ac:") => self.extension(element, marks, flow),
            name => {
                if let Some(level) = heading(name) {
                    let line = in_line(&self.blocks(&element.children), "a heading", self.lost);
                    flow.block(Block::Heading(level, line));
                } else {
                    self.lost.add(format!("the element `{name}`"));
                    self.nodes(&element.children, marks, flow);
                }
            }
        }
    }

    /// Reads a part that stands on lines of its own.
    pub(super) fn part(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        flow.end_line();
        self.nodes(&element.children, marks, flow);
        flow.end_line();
    }

    fn list(&mut self, element: &Element, start: Option<u64>, flow: &mut Flow) {
        let items = element.elements().map(|item| (None, item)).collect();
        self.items(items, start, flow);
    }

    /// Makes a list of elements, each with its state if it is a task.
    pub(super) fn items(&mut self, elements: Vec<(Option<bool>, &Element)>, start: Option<u64>, flow: &mut Flow) {
        let fits = self.lost.fits(self.depth);
        self.depth += 1;
        let item = |(done, element): (_, &Element)| Item { done, blocks: self.blocks(&element.children) };
        let items: Vec<Item> = elements.into_iter().map(item).collect();
        self.depth -= 1;
        if fits {
            flow.block(Block::List { start, items });
        } else {
            flow.all(items.into_iter().flat_map(|item| item.blocks).collect());
        }
    }

    fn table(&mut self, element: &Element, flow: &mut Flow) {
        let fits = self.lost.fits(self.depth);
        self.depth += 1;
        let mut rows = Vec::new();
        self.rows(element, &mut rows);
        self.depth -= 1;
        if fits {
            flow.block(Block::Table(rows));
        } else {
            flow.all(rows.into_iter().flatten().flat_map(|cell| cell.blocks).collect());
        }
    }

    fn rows(&mut self, element: &Element, rows: &mut Vec<Vec<Cell>>) {
        for child in element.elements() {
            match child.name.as_str() {
                "tr" => rows.push(child.elements().map(|cell| self.cell(cell)).collect()),
                "thead" | "tbody" | "tfoot" => self.rows(child, rows),
                "colgroup" | "col" => {}
                // A caption, or what should not be here.
                _ => rows.push(vec![self.cell(child)]),
            }
        }
    }

    fn cell(&mut self, cell: &Element) -> Cell {
        if ["colspan", "rowspan"].iter().any(|name| !matches!(cell.attribute(name), "" | "1")) {
            self.lost.add("a table cell that spans several");
        }
        Cell { head: cell.name == "th", blocks: self.blocks(&cell.children) }
    }
}

fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// Makes one blank of each run of blanks and line ends, as browsers do.
fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let c = if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c };
        if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    out
}
