//! Wiki markup to the model: the blocks.

use super::{Enclosed, Ends, inline, row::row};
use crate::richtext::{
    flow::{Flow, trimmed},
    model::{Block, Cell, DEEPEST, Inline, Item, Lost, Marks, PANELS, Panel, paragraph},
};

/// Reads wiki markup.
pub(in crate::richtext) fn read(wiki: &str, lost: &mut Lost) -> Vec<Block> {
    blocks(&wiki.replace("\r\n", "\n").replace('\r', "\n"), 0, lost)
}

/// Reads blocks that stand inside `depth` others.
fn blocks(text: &str, depth: usize, lost: &mut Lost) -> Vec<Block> {
    let mut reader = Reader { depth, lost, ends: Ends::default(), done: Flow::default(), levels: Vec::new() };
    reader.all(text);
    reader.end_lists(0);
    reader.done.finish().into_iter().filter_map(tidy).collect()
}

fn tidy(block: Block) -> Option<Block> {
    match block {
        Block::Paragraph(line) => paragraph(trimmed(line)),
        other => Some(other),
    }
}

struct Reader<'a> {
    depth: usize,
    lost: &'a mut Lost,
    ends: Ends,
    done: Flow,
    /// The lists that are open, the inner ones last.
    levels: Vec<Level>,
}

/// A list that is open.
struct Level {
    numbered: bool,
    items: Vec<(Option<bool>, Flow)>,
}

impl Reader<'_> {
    fn all(&mut self, mut text: &str) {
        while !text.is_empty() {
            let line = text.split('\n').next().unwrap_or_default();
            if line.trim_start().starts_with('|') {
                text = self.table(text);
                continue;
            }
            let macro_at = self.find_macro(line.len(), text);
            let end = macro_at.as_ref().map_or(line.len(), |(at, _)| *at);
            self.line(&text[..end], macro_at.is_some());
            text = match macro_at {
                Some((at, enclosed)) => {
                    let length = at + enclosed.length;
                    self.enclosed(&enclosed);
                    let rest = text[length..].trim_start_matches([' ', '\t']);
                    rest.strip_prefix('\n').unwrap_or(rest)
                }
                None => text.get(end + 1..).unwrap_or_default(),
            };
        }
    }

    /// Finds the first macro that begins in the line.
    fn find_macro<'t>(&mut self, line: usize, text: &'t str) -> Option<(usize, Enclosed<'t>)> {
        let candidates = text[..line].match_indices('{').map(|(at, _)| at);
        candidates
            .filter(|at| !text[..*at].ends_with('\\'))
            .find_map(|at| self.ends.at_start(&text[at..]).map(|found| (at, found)))
    }

    fn line(&mut self, line: &str, macro_follows: bool) {
        let bare = line.trim_matches([' ', '\t']);
        if bare.is_empty() {
            if !macro_follows {
                self.end_lists(0);
                self.done.end_line();
            }
        } else if let Some((level, rest)) = heading(bare) {
            self.end_lists(0);
            let line = self.inlines(rest);
            self.done.block(Block::Heading(level, trimmed(line)));
        } else if let Some(rest) = bare.strip_prefix("bq. ") {
            self.end_lists(0);
            let line = self.inlines(rest);
            self.done.block(Block::Quote(vec![Block::Paragraph(line)]));
        } else if bare.len() >= 4 && bare.bytes().all(|b| b == b'-') {
            self.end_lists(0);
            self.done.block(Block::Rule);
        } else if let Some((markers, rest)) = list_item(line) {
            self.item(markers, rest);
        } else {
            let line = self.inlines(bare);
            let flow = self.flow();
            flow.next_line();
            for inline in line {
                flow.inline(inline);
            }
        }
    }

    fn inlines(&mut self, text: &str) -> Vec<Inline> {
        inline::read(text, &Marks::default(), self.lost)
    }

    /// Returns what text goes to: the item of the list that is open, or the document.
    fn flow(&mut self) -> &mut Flow {
        let item = self.levels.last_mut().and_then(|level| level.items.last_mut());
        item.map_or(&mut self.done, |(_, flow)| flow)
    }

    fn item(&mut self, markers: &str, rest: &str) {
        let room = DEEPEST.saturating_sub(self.depth).max(1);
        if markers.len() > room {
            self.lost.add(format!("nesting deeper than {DEEPEST} levels"));
        }
        let kinds: Vec<bool> = markers.chars().take(room).map(|c| c == '#').collect();
        let last = kinds.len() - 1;
        self.end_lists(kinds.len());
        if self.levels.get(last).is_some_and(|level| level.numbered != kinds[last]) {
            self.end_lists(last);
        }
        if self.levels.is_empty() {
            self.done.end_line();
        }
        for numbered in &kinds[self.levels.len()..] {
            // A list inside a list belongs to an item, even if that says nothing.
            if let Some(level) = self.levels.last_mut().filter(|level| level.items.is_empty()) {
                level.items.push((None, Flow::default()));
            }
            self.levels.push(Level { numbered: *numbered, items: Vec::new() });
        }
        let (done, rest) = task(rest);
        let mut flow = Flow::default();
        self.inlines(rest).into_iter().for_each(|inline| flow.inline(inline));
        if let Some(level) = self.levels.last_mut() {
            level.items.push((done, flow));
        }
    }

    /// Closes the lists inside the first `keep`.
    fn end_lists(&mut self, keep: usize) {
        while self.levels.len() > keep {
            let Some(level) = self.levels.pop() else { return };
            let item =
                |(done, flow): (_, Flow)| Item { done, blocks: flow.finish().into_iter().filter_map(tidy).collect() };
            let items = level.items.into_iter().map(item).collect();
            self.flow().block(Block::List { start: level.numbered.then_some(1), items });
        }
    }

    fn table<'t>(&mut self, mut text: &'t str) -> &'t str {
        self.end_lists(0);
        let fits = self.lost.fits(self.depth);
        let mut rows = Vec::new();
        while text.trim_start_matches([' ', '\t']).starts_with('|') {
            text = text.trim_start_matches([' ', '\t']);
            let row = row(text, &mut self.ends);
            text = &text[row.length..];
            let cells: Vec<Cell> = row.cells.into_iter().map(|(head, cell)| self.cell(head, cell, fits)).collect();
            rows.push(cells);
        }
        if fits {
            self.done.block(Block::Table(rows));
        } else {
            self.done.all(rows.into_iter().flatten().flat_map(|cell| cell.blocks).collect());
        }
        text
    }

    fn cell(&mut self, head: bool, text: &str, fits: bool) -> Cell {
        // A cell cannot begin a table, and where no more blocks fit it is one line.
        let blocks = if fits && !text.contains("\n|") {
            blocks(text, self.depth + 1, self.lost)
        } else {
            paragraph(self.inlines(text)).into_iter().collect()
        };
        Cell { head, blocks }
    }

    fn enclosed(&mut self, found: &Enclosed<'_>) {
        if matches!(found.name, "code" | "noformat") {
            let block = code(found, self.lost);
            return self.flow().all(block);
        }
        let title = found.parameters.split('|').find_map(|p| p.strip_prefix("title=")).unwrap_or_default();
        if !title.is_empty() {
            self.lost.add("the title of a panel or of code (written as bold text before it)");
            self.flow().block(Block::Paragraph(vec![Inline::strong(title)]));
        }
        let depth = self.depth + self.levels.len();
        let fits = self.lost.fits(depth);
        let inner = if fits { blocks(found.body, depth + 1, self.lost) } else { vec![] };
        let block = match found.name {
            _ if !fits => {
                let line = self.inlines(found.body);
                Block::Paragraph(line)
            }
            "quote" => Block::Quote(inner),
            "panel" => Block::Panel(self.panel(found.parameters), inner),
            name => Block::Panel(Panel::of_macro(name).unwrap_or(Panel::Info), inner),
        };
        self.flow().block(block);
    }

    /// Returns the kind of panel that a colour stands for.
    fn panel(&mut self, parameters: &str) -> Panel {
        let colour = parameters.split('|').find_map(|p| p.strip_prefix("bgColor=")).unwrap_or_default();
        let known = PANELS.iter().find(|p| p.colour.eq_ignore_ascii_case(colour.trim()));
        if known.is_none() {
            self.lost.add("the look of a panel");
        }
        known.map_or(Panel::Info, |p| p.panel)
    }
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let rest = line.strip_prefix('h')?;
    let level = rest.bytes().next().filter(|b| (b'1'..=b'6').contains(b))? - b'0';
    let rest = rest[1..].strip_prefix('.')?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| (level, rest.trim_start_matches(' ')))
}

/// Parts the markers of a list item from its text.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start_matches([' ', '\t']);
    let text = line.trim_start_matches(['*', '#', '-']);
    let markers = &line[..line.len() - text.len()];
    let is_dash = markers == "-" || !markers.contains('-');
    (!markers.is_empty() && is_dash && text.starts_with([' ', '\t'])).then(|| (markers, text.trim()))
}

/// Parts the box of a task from its text.
fn task(text: &str) -> (Option<bool>, &str) {
    let text = text.trim_start();
    for (mark, done) in [("[ ]", false), ("[x]", true), (r"\[ \]", false), (r"\[x\]", true)] {
        if let Some(rest) = text.strip_prefix(mark).filter(|rest| rest.is_empty() || rest.starts_with(' ')) {
            return (Some(done), rest.trim_start());
        }
    }
    (None, text)
}

fn code(found: &Enclosed<'_>, lost: &mut Lost) -> Vec<Block> {
    let mut out = Vec::new();
    let mut language = String::new();
    for parameter in found.parameters.split('|').filter(|p| !p.is_empty()) {
        match parameter.split_once('=') {
            None if found.name == "code" => parameter.trim().clone_into(&mut language),
            Some(("title", title)) => {
                lost.add("the title of a panel or of code (written as bold text before it)");
                out.push(Block::Paragraph(vec![Inline::strong(title)]));
            }
            Some(("language", name)) => name.clone_into(&mut language),
            _ => lost.add("how a code block looks"),
        }
    }
    let body = found.body.strip_prefix('\n').unwrap_or(found.body);
    let text = body.strip_suffix('\n').unwrap_or(body).to_owned();
    out.push(Block::Code { language, text });
    out
}
