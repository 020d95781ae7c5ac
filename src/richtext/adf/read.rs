//! Jira Cloud documents to the model.

use crate::{
    json::Json,
    richtext::{
        flow::{Flow, in_line},
        model::{Block, Cell, Inline, Item, Lost, Marks, PANELS, Panel, STYLES},
    },
};

/// How many nodes may stand inside each other: as many as JSON can say, counting a list for each node.
const DEEPEST_NODE: usize = 64;

/// Reads a document.
pub(in crate::richtext) fn read(document: &Json, lost: &mut Lost) -> Vec<Block> {
    Reader { lost, nodes: 0, blocks: 0 }.blocks(document)
}

struct Reader<'a> {
    lost: &'a mut Lost,
    /// How many nodes are around this one.
    nodes: usize,
    /// How many blocks that hold blocks are around this one.
    blocks: usize,
}

fn attribute<'a>(node: &'a Json, name: &str) -> &'a str {
    node.path(&["attrs", name]).and_then(Json::as_str).unwrap_or_default()
}

fn content(node: &Json) -> &[Json] {
    node.get("content").and_then(Json::as_array).unwrap_or_default()
}

fn kind(node: &Json) -> &str {
    node.get("type").and_then(Json::as_str).unwrap_or_default()
}

impl Reader<'_> {
    /// Reads what a node holds.
    fn blocks(&mut self, node: &Json) -> Vec<Block> {
        if self.nodes >= DEEPEST_NODE {
            self.lost.add(format!("what is nested deeper than {DEEPEST_NODE} nodes"));
            return Vec::new();
        }
        self.nodes += 1;
        let mut flow = Flow::default();
        for child in content(node) {
            self.node(child, &mut flow);
        }
        self.nodes -= 1;
        flow.finish()
    }

    /// Reads what a node that is one line holds.
    fn line(&mut self, node: &Json, place: &str) -> Vec<Inline> {
        let blocks = self.blocks(node);
        in_line(&blocks, place, self.lost)
    }

    /// Makes a block of what a node holds; where no more blocks fit, its blocks stand for themselves.
    fn container(&mut self, flow: &mut Flow, make: impl FnOnce(&mut Self) -> (Block, Vec<Block>)) {
        let fits = self.lost.fits(self.blocks);
        self.blocks += 1;
        let (block, bare) = make(self);
        self.blocks -= 1;
        if fits { flow.block(block) } else { flow.all(bare) }
    }

    fn node(&mut self, node: &Json, flow: &mut Flow) {
        match kind(node) {
            "paragraph" | "mediaSingle" | "mediaGroup" | "caption" => flow.all(self.blocks(node)),
            "heading" => {
                let level = node.path(&["attrs", "level"]).and_then(Json::as_int).unwrap_or(1).clamp(1, 6);
                let line = self.line(node, "a heading");
                flow.block(Block::Heading(u8::try_from(level).unwrap_or(1), line));
            }
            "bulletList" => self.list(node, None, flow),
            "orderedList" => {
                let start = node.path(&["attrs", "order"]).and_then(Json::as_int).unwrap_or(1);
                self.list(node, Some(u64::try_from(start).unwrap_or(1)), flow);
            }
            "taskList" | "decisionList" => self.tasks(node, flow),
            "codeBlock" => {
                let text = content(node).iter().filter_map(|n| n.get("text")?.as_str()).collect();
                flow.block(Block::Code { language: attribute(node, "language").to_owned(), text });
            }
            "blockquote" => self.wrap(node, flow, Block::Quote),
            "panel" => {
                let panel = self.panel(attribute(node, "panelType"));
                self.wrap(node, flow, |blocks| Block::Panel(panel, blocks));
            }
            "expand" | "nestedExpand" => {
                let title = attribute(node, "title").to_owned();
                self.wrap(node, flow, |blocks| Block::Expand(title, blocks));
            }
            "rule" => flow.block(Block::Rule),
            "table" => self.table(node, flow),
            "blockCard" | "embedCard" => {
                flow.end_line();
                self.card(node, flow);
                flow.end_line();
            }
            _ => self.inline(node, flow),
        }
    }

    fn wrap(&mut self, node: &Json, flow: &mut Flow, make: impl FnOnce(Vec<Block>) -> Block) {
        self.container(flow, |reader| {
            let blocks = reader.blocks(node);
            (make(blocks.clone()), blocks)
        });
    }

    fn list(&mut self, node: &Json, start: Option<u64>, flow: &mut Flow) {
        self.container(flow, |reader| {
            let blocks: Vec<Vec<Block>> = content(node).iter().map(|item| reader.blocks(item)).collect();
            let items = blocks.iter().map(|blocks| Item { done: None, blocks: blocks.clone() }).collect();
            (Block::List { start, items }, blocks.concat())
        });
    }

    /// Reads tasks. A list between them belongs to the task before it.
    fn tasks(&mut self, node: &Json, flow: &mut Flow) {
        let decisions = kind(node) == "decisionList";
        if decisions {
            self.lost.add("decisions (written as a list)");
        }
        self.container(flow, |reader| {
            let mut items: Vec<Item> = Vec::new();
            for child in content(node) {
                if kind(child) == "taskList" {
                    let mut inner = Flow::default();
                    reader.tasks(child, &mut inner);
                    let item = items.pop().unwrap_or_default();
                    items.push(Item { blocks: [item.blocks, inner.finish()].concat(), ..item });
                } else {
                    let done = (!decisions).then(|| attribute(child, "state") == "DONE");
                    items.push(Item { done, blocks: reader.blocks(child) });
                }
            }
            let bare = items.iter().flat_map(|item| item.blocks.clone()).collect();
            (Block::List { start: None, items }, bare)
        });
    }

    fn panel(&mut self, name: &str) -> Panel {
        PANELS.iter().find(|p| p.adf == name).map_or_else(
            || {
                self.lost.add(format!("a panel of kind `{name}` (written as `info`)"));
                Panel::Info
            },
            |p| p.panel,
        )
    }

    fn table(&mut self, node: &Json, flow: &mut Flow) {
        self.container(flow, |reader| {
            let rows: Vec<Vec<Cell>> = content(node).iter().map(|row| reader.row(row)).collect();
            let bare = rows.iter().flatten().flat_map(|cell| cell.blocks.clone()).collect();
            (Block::Table(rows), bare)
        });
    }

    fn row(&mut self, row: &Json) -> Vec<Cell> {
        let mut cells = Vec::new();
        for cell in content(row) {
            cells.push(Cell { head: kind(cell) == "tableHeader", blocks: self.blocks(cell) });
            let wide = cell.path(&["attrs", "colspan"]).and_then(Json::as_int).unwrap_or(1);
            let high = cell.path(&["attrs", "rowspan"]).and_then(Json::as_int).unwrap_or(1);
            if wide > 1 || high > 1 {
                self.lost.add("a table cell that spans several");
            }
        }
        cells
    }

    fn inline(&mut self, node: &Json, flow: &mut Flow) {
        match kind(node) {
            "text" => self.text(node, flow),
            "hardBreak" => flow.inline(Inline::Break),
            "media" | "mediaInline" => self.media(node, flow),
            "inlineCard" => self.card(node, flow),
            "mention" => {
                self.lost.add("a mention (written as plain @name)");
                let name = Some(attribute(node, "text")).filter(|t| !t.is_empty()).unwrap_or(attribute(node, "id"));
                flow.inline(Inline::plain(format!("@{}", name.trim_start_matches('@'))));
            }
            "emoji" => {
                let text = attribute(node, "text");
                if text.is_empty() || text.starts_with(':') {
                    self.lost.add("an emoji that is no character (written as its name)");
                }
                flow.inline(Inline::plain(if text.is_empty() { attribute(node, "shortName") } else { text }));
            }
            "status" => {
                self.lost.add("a status (written as bold text)");
                flow.inline(Inline::strong(attribute(node, "text")));
            }
            "date" => {
                self.lost.add("a date (written as text)");
                flow.inline(Inline::plain(date(attribute(node, "timestamp"))));
            }
            "placeholder" => self.lost.add("a placeholder"),
            other => self.unknown(node, other, flow),
        }
    }

    /// Keeps what a node of another kind holds.
    fn unknown(&mut self, node: &Json, kind: &str, flow: &mut Flow) {
        let key = attribute(node, "extensionKey");
        self.lost.add(match kind {
            "layoutSection" | "layoutColumn" => "columns".to_owned(),
            _ if !key.is_empty() => format!("macro `{key}`"),
            "" => "a part of no known kind".to_owned(),
            _ => format!("a part of kind `{kind}`"),
        });
        match node.get("text").and_then(Json::as_str) {
            Some(_) => self.text(node, flow),
            None => flow.all(self.blocks(node)),
        }
    }

    fn text(&mut self, node: &Json, flow: &mut Flow) {
        let text = node.get("text").and_then(Json::as_str).unwrap_or_default();
        let marks = self.marks(node);
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                flow.inline(Inline::Break);
            }
            flow.inline(Inline::Text(line.to_owned(), marks.clone()));
        }
    }

    fn marks(&mut self, node: &Json) -> Marks {
        let mut marks = Marks::default();
        for mark in node.get("marks").and_then(Json::as_array).unwrap_or_default() {
            let name = match kind(mark) {
                "subsup" => attribute(mark, "type"),
                name => name,
            };
            marks = match (name, STYLES.iter().find(|s| s.adf == name)) {
                (_, Some(spelling)) => marks.with(spelling.style),
                ("link", _) => marks.linked(attribute(mark, "href")),
                _ => {
                    self.lost.add(mark_noun(name));
                    marks
                }
            };
        }
        marks
    }

    fn card(&mut self, node: &Json, flow: &mut Flow) {
        self.lost.add("a smart link (written as a plain link)");
        let address = attribute(node, "url");
        flow.inline(Inline::Text(address.to_owned(), Marks::default().linked(address)));
    }

    fn media(&mut self, node: &Json, flow: &mut Flow) {
        let (address, alt) = (attribute(node, "url"), attribute(node, "alt").to_owned());
        if address.is_empty() {
            self.lost.add("an image or file that is not at an address");
            flow.inline(Inline::plain(alt));
        } else {
            let link = self.marks(node).link;
            flow.inline(Inline::Image { address: address.to_owned(), alt, link });
        }
    }
}

fn mark_noun(name: &str) -> String {
    match name {
        "textColor" => "the colour of a text".to_owned(),
        "backgroundColor" => "the colour behind a text".to_owned(),
        "annotation" => "a comment in a line".to_owned(),
        name => format!("a mark of kind `{name}`"),
    }
}

/// Returns the day of a time in milliseconds.
fn date(timestamp: &str) -> String {
    let time = timestamp.parse().ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    time.map_or_else(|| timestamp.to_owned(), |time| time.strftime("%Y-%m-%d").to_string())
}
