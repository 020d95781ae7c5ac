//! The model to Jira Cloud documents.

use super::fit::{Place, fit, is_tasks};
use crate::{
    json::Json,
    richtext::{
        address,
        flow::without_box,
        model::{Block, Cell, Inline, Item, Lost, Marks, STYLES, Style, merged},
    },
};

/// Writes a document.
pub(in crate::richtext) fn write(blocks: &[Block], lost: &mut Lost) -> Json {
    let content = Writer { lost, tasks: 0 }.blocks(blocks, Place::Document);
    Json::object([("version", 1.into()), ("type", "doc".into()), ("content", content.into())])
}

struct Writer<'a> {
    lost: &'a mut Lost,
    /// How many tasks and lists of tasks were written: each needs a name of its own.
    tasks: usize,
}

fn node(kind: &str, content: Vec<Json>) -> Json {
    Json::object([("type", kind.into()), ("content", content.into())])
}

fn node_with(kind: &str, attributes: Json, content: Vec<Json>) -> Json {
    Json::object([("type", kind.into()), ("attrs", attributes), ("content", content.into())])
}

/// Leaves out the list of a node that holds nothing.
fn line_node(kind: &str, content: Vec<Json>) -> Json {
    if content.is_empty() { Json::object([("type", kind.into())]) } else { node(kind, content) }
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block], place: Place) -> Vec<Json> {
        let fitting = fit(blocks, place, self.lost);
        fitting.iter().flat_map(|block| self.block(block, place)).collect()
    }

    /// Writes blocks where there must be one.
    fn some_blocks(&mut self, blocks: &[Block], place: Place) -> Vec<Json> {
        let content = self.blocks(blocks, place);
        if content.is_empty() { vec![line_node("paragraph", Vec::new())] } else { content }
    }

    fn block(&mut self, block: &Block, place: Place) -> Vec<Json> {
        let one = match block {
            Block::Paragraph(line) => return self.paragraph(line),
            Block::Heading(level, line) => {
                let attributes = Json::object([("level", i64::from((*level).clamp(1, 6)).into())]);
                node_with("heading", attributes, self.line(line, "a heading"))
            }
            Block::List { items, .. } if is_tasks(items) => self.tasks(items),
            Block::List { start, items } if !items.is_empty() => self.list(*start, items),
            Block::List { .. } => return Vec::new(),
            Block::Code { language, text } => code(language, text),
            Block::Quote(blocks) => node("blockquote", self.some_blocks(blocks, Place::Quote)),
            Block::Panel(panel, blocks) => {
                let attributes = Json::object([("panelType", panel.names().adf.into())]);
                node_with("panel", attributes, self.some_blocks(blocks, Place::Panel))
            }
            Block::Expand(title, blocks) => {
                let (kind, inner) = match place {
                    Place::Cell => ("nestedExpand", Place::InnerExpand),
                    _ => ("expand", Place::Expand),
                };
                let attributes = Json::object([("title", title.as_str().into())]);
                node_with(kind, attributes, self.some_blocks(blocks, inner))
            }
            Block::Rule => Json::object([("type", "rule".into())]),
            Block::Table(rows) => return self.table(rows).into_iter().collect(),
        };
        vec![one]
    }

    /// Writes a paragraph; its images, which are blocks here, part it.
    fn paragraph(&mut self, line: &[Inline]) -> Vec<Json> {
        let mut out = Vec::new();
        for piece in line.split_inclusive(is_image) {
            let (text, image) = match piece.split_last() {
                Some((image, text)) if is_image(image) => (text, Some(image)),
                _ => (piece, None),
            };
            let text = self.line(text, "a paragraph");
            if !text.is_empty() {
                out.push(node("paragraph", text));
            }
            out.extend(image.and_then(image_node));
        }
        if out.is_empty() { vec![line_node("paragraph", Vec::new())] } else { out }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) -> Json {
        let items: Vec<Json> = items.iter().map(|item| self.item(item)).collect();
        let Some(start) = start else { return node("bulletList", items) };
        let order = i64::try_from(start).unwrap_or(1);
        node_with("orderedList", Json::object([("order", order.into())]), items)
    }

    fn item(&mut self, item: &Item) -> Json {
        if item.done.is_some() {
            self.lost.add("a task in a list that has other items or blocks too (written as text)");
        }
        let mut content = self.some_blocks(&without_box(item).blocks, Place::Item);
        // A list must not come first.
        let first = content.first().and_then(|node| node.get("type")?.as_str());
        if matches!(first, Some("bulletList" | "orderedList")) {
            content.insert(0, line_node("paragraph", Vec::new()));
        }
        node("listItem", content)
    }

    fn tasks(&mut self, items: &[Item]) -> Json {
        let list = self.name();
        let mut content = Vec::new();
        for item in items {
            let state = if item.done == Some(true) { "DONE" } else { "TODO" };
            let attributes = Json::object([("localId", self.name()), ("state", state.into())]);
            let text = match item.blocks.first() {
                Some(Block::Paragraph(line)) => self.line(line, "a task"),
                _ => Vec::new(),
            };
            content.push(node_with("taskItem", attributes, text));
            for block in &item.blocks {
                if let Block::List { items, .. } = block {
                    content.push(self.tasks(items));
                }
            }
        }
        node_with("taskList", Json::object([("localId", list)]), content)
    }

    fn name(&mut self) -> Json {
        self.tasks += 1;
        self.tasks.to_string().into()
    }

    fn table(&mut self, rows: &[Vec<Cell>]) -> Option<Json> {
        let width = rows.iter().map(Vec::len).max().filter(|width| *width > 0)?;
        let rows = rows.iter().map(|row| {
            let head = row.first().is_some_and(|cell| cell.head);
            let missing = vec![Cell { head, blocks: Vec::new() }; width - row.len()];
            node("tableRow", row.iter().chain(&missing).map(|cell| self.cell(cell)).collect())
        });
        Some(node("table", rows.collect()))
    }

    fn cell(&mut self, cell: &Cell) -> Json {
        let kind = if cell.head { "tableHeader" } else { "tableCell" };
        node_with(kind, Json::object::<&str>([]), self.some_blocks(&cell.blocks, Place::Cell))
    }

    /// Writes what stands in a line. There an image can only be a link.
    fn line(&mut self, line: &[Inline], place: &str) -> Vec<Json> {
        let line = merged(line.iter().map(|inline| self.without_image(inline, place)).collect());
        line.iter().filter_map(|inline| self.inline(inline)).collect()
    }

    fn without_image(&mut self, inline: &Inline, place: &str) -> Inline {
        let Inline::Image { address, alt, .. } = inline else { return inline.clone() };
        let text = if alt.is_empty() { address } else { alt };
        if address::is_absolute(address) {
            self.lost.add(format!("an image inside {place} (written as a link)"));
            return Inline::Text(text.clone(), Marks::default().linked(address));
        }
        self.lost.add("an image that is not at an address");
        Inline::plain(text)
    }

    fn inline(&mut self, inline: &Inline) -> Option<Json> {
        match inline {
            Inline::Break => Some(Json::object([("type", "hardBreak".into())])),
            Inline::Text(text, marks) => {
                let marks = self.marks(marks);
                let mut members = vec![("type", "text".into()), ("text", Json::from(text.as_str()))];
                members.extend((!marks.is_empty()).then(|| ("marks", Json::from(marks))));
                Some(Json::object(members))
            }
            Inline::Image { .. } => None,
        }
    }

    /// Writes marks. Code goes with a link only, and text is not both low and high.
    fn marks(&mut self, marks: &Marks) -> Vec<Json> {
        let mut out = self.link(&marks.link);
        for spelling in &STYLES {
            let style = spelling.style;
            if !marks.has(style) {
                continue;
            }
            if marks.has(Style::Code) && style != Style::Code {
                self.lost.add("a style of text that is code too");
            } else if style == Style::Sup && marks.has(Style::Sub) {
                self.lost.add("text that is both low and high");
            } else if matches!(style, Style::Sub | Style::Sup) {
                let attributes = Json::object([("type", spelling.adf.into())]);
                out.push(Json::object([("type", "subsup".into()), ("attrs", attributes)]));
            } else {
                out.push(Json::object([("type", spelling.adf.into())]));
            }
        }
        out
    }

    fn link(&mut self, address: &str) -> Vec<Json> {
        let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme.trim()).to_ascii_lowercase();
        if matches!(scheme.as_str(), "javascript" | "data" | "vbscript") {
            self.lost.add(format!("a link to a `{scheme}:` address"));
        } else if !address.is_empty() {
            let attributes = Json::object([("href", address.into())]);
            return vec![Json::object([("type", "link".into()), ("attrs", attributes)])];
        }
        Vec::new()
    }
}

fn is_image(inline: &Inline) -> bool {
    matches!(inline, Inline::Image { address, .. } if address::is_absolute(address))
}

fn image_node(image: &Inline) -> Option<Json> {
    let Inline::Image { address, alt, link } = image else { return None };
    let mut attributes = vec![("type", Json::from("external")), ("url", address.as_str().into())];
    attributes.extend((!alt.is_empty()).then(|| ("alt", Json::from(alt.as_str()))));
    let mut media = vec![("type", Json::from("media")), ("attrs", Json::object(attributes))];
    if !link.is_empty() {
        let href = Json::object([("href", link.as_str().into())]);
        media.push(("marks", Json::array([Json::object([("type", "link".into()), ("attrs", href)])])));
    }
    Some(node_with("mediaSingle", Json::object([("layout", "center".into())]), vec![Json::object(media)]))
}

fn code(language: &str, text: &str) -> Json {
    let mut members = vec![("type", Json::from("codeBlock"))];
    if !language.is_empty() {
        members.push(("attrs", Json::object([("language", language.into())])));
    }
    if !text.is_empty() {
        members.push(("content", Json::array([Json::object([("type", "text".into()), ("text", text.into())])])));
    }
    Json::object(members)
}
