//! Blocks in the making, and blocks put into one line.

use super::model::{Block, Cell, Inline, Item, Lost, Marks, Style, merged, paragraph};

/// Blocks in the making: text between blocks becomes paragraphs.
#[derive(Default)]
pub(super) struct Flow {
    blocks: Vec<Block>,
    line: Vec<Inline>,
}

impl Flow {
    pub(super) fn inline(&mut self, inline: Inline) {
        self.line.push(inline);
    }

    pub(super) fn block(&mut self, block: Block) {
        self.end_line();
        self.blocks.push(block);
    }

    pub(super) fn all(&mut self, blocks: Vec<Block>) {
        self.end_line();
        self.blocks.extend(blocks);
    }

    /// Goes on in the next line of the paragraph that was begun.
    pub(super) fn next_line(&mut self) {
        if !self.line.is_empty() {
            self.line.push(Inline::Break);
        }
    }

    /// Ends the paragraph that was begun.
    pub(super) fn end_line(&mut self) {
        let line = self.take_line();
        self.blocks.extend(paragraph(line));
    }

    /// Takes out the text that was begun.
    pub(super) fn take_line(&mut self) -> Vec<Inline> {
        merged(std::mem::take(&mut self.line))
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        self.end_line();
        self.blocks
    }
}

/// Trims blanks at the start, the end and around line breaks, as browsers do.
pub(super) fn trimmed(line: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(line.len());
    let mut at_start = true;
    for inline in line {
        match inline {
            Inline::Text(text, marks) => {
                let text = if at_start { text.trim_start_matches(' ').to_owned() } else { text };
                at_start &= text.is_empty();
                out.push(Inline::Text(text, marks));
            }
            Inline::Break => {
                trim_end(&mut out);
                out.push(Inline::Break);
                at_start = true;
            }
            image @ Inline::Image { .. } => {
                out.push(image);
                at_start = false;
            }
        }
    }
    trim_end(&mut out);
    merged(out)
}

fn trim_end(line: &mut Vec<Inline>) {
    while let Some(Inline::Text(text, _)) = line.last_mut() {
        text.truncate(text.trim_end_matches(' ').len());
        if !text.is_empty() {
            return;
        }
        line.pop();
    }
}

impl Block {
    /// Names the kind, for the list of what is lost.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Block::Paragraph(_) => "a paragraph",
            Block::Heading(..) => "a heading",
            Block::List { items, .. } if items.iter().any(|i| i.done.is_some()) => "a task list",
            Block::List { .. } => "a list",
            Block::Code { .. } => "a code block",
            Block::Quote(_) => "a quote",
            Block::Panel(..) => "a panel",
            Block::Expand(..) => "a block that opens and closes",
            Block::Rule => "a rule",
            Block::Table(_) => "a table",
        }
    }
}

/// Puts blocks into one line, parted by line breaks; `place` says where, for the list of what is lost.
pub(super) fn in_line(blocks: &[Block], place: &str, lost: &mut Lost) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::new();
    for block in blocks {
        let line = one(block, place, lost);
        if !out.is_empty() && !line.is_empty() {
            out.push(Inline::Break);
        }
        out.extend(line);
    }
    out
}

fn one(block: &Block, place: &str, lost: &mut Lost) -> Vec<Inline> {
    if !matches!(block, Block::Paragraph(_)) {
        lost.add(format!("{} inside {place}", block.noun()));
    }
    match block {
        Block::Paragraph(line) => line.clone(),
        Block::Heading(_, line) => strong(line),
        Block::List { start, items } => lines(items.iter().enumerate().map(|(i, item)| {
            let mut line = vec![Inline::plain(marker(*start, i, item))];
            line.extend(in_line(&item.blocks, place, lost));
            line
        })),
        Block::Code { text, .. } => lines(text.lines().map(|l| vec![Inline::Text(l.to_owned(), code())])),
        Block::Quote(blocks) | Block::Panel(_, blocks) => in_line(blocks, place, lost),
        Block::Expand(title, blocks) => lines([vec![Inline::strong(title)], in_line(blocks, place, lost)]),
        Block::Rule => Vec::new(),
        Block::Table(rows) => lines(rows.iter().map(|row| cells_in_line(row, place, lost))),
    }
}

fn code() -> Marks {
    Marks::default().with(Style::Code)
}

/// Joins lines by line breaks.
pub(super) fn lines(lines: impl IntoIterator<Item = Vec<Inline>>) -> Vec<Inline> {
    lines.into_iter().collect::<Vec<_>>().join(&Inline::Break)
}

/// Makes a line bold.
pub(super) fn strong(line: &[Inline]) -> Vec<Inline> {
    let bold = |inline: &Inline| match inline {
        Inline::Text(text, marks) => Inline::Text(text.clone(), marks.with(Style::Strong)),
        other => other.clone(),
    };
    line.iter().map(bold).collect()
}

/// Writes what stands before an item where there are no lists: `• `, `3. `, `[x] `.
fn marker(start: Option<u64>, index: usize, item: &Item) -> String {
    let number = |first: u64| format!("{}. ", first.saturating_add(index as u64));
    let point = start.map_or_else(|| if item.done.is_some() { String::new() } else { "• ".to_owned() }, number);
    point + task_mark(item.done)
}

/// Writes the box of a task as text.
pub(super) fn task_mark(done: Option<bool>) -> &'static str {
    match done {
        Some(true) => "[x] ",
        Some(false) => "[ ] ",
        None => "",
    }
}

/// Writes the box of a task as text in front of it.
pub(super) fn without_box(item: &Item) -> Item {
    let mark = task_mark(item.done);
    let mut blocks = item.blocks.clone();
    match blocks.first_mut() {
        _ if mark.is_empty() => {}
        Some(Block::Paragraph(line)) => *line = merged([vec![Inline::plain(mark)], std::mem::take(line)].concat()),
        _ => blocks.insert(0, Block::Paragraph(vec![Inline::plain(mark.trim_end())])),
    }
    Item { done: None, blocks }
}

/// Writes a row where there are no tables: `a | b`.
pub(super) fn cells_in_line(row: &[Cell], place: &str, lost: &mut Lost) -> Vec<Inline> {
    let cells: Vec<Vec<Inline>> = row.iter().map(|cell| in_line(&cell.blocks, place, lost)).collect();
    merged(cells.join(&Inline::plain(" | ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_at_the_edges_go_and_inner_ones_stay() {
        let line =
            vec![Inline::plain(" a "), Inline::Break, Inline::plain("  b"), Inline::strong(" "), Inline::plain(" ")];
        assert_eq!(trimmed(line), [Inline::plain("a"), Inline::Break, Inline::plain("b")]);
    }

    #[test]
    fn blocks_in_one_line_are_told() {
        let mut lost = Lost::default();
        let item = Item { done: None, blocks: vec![Block::Paragraph(vec![Inline::plain("a")])] };
        let line =
            in_line(&[Block::List { start: Some(2), items: vec![item.clone(), item] }], "a table cell", &mut lost);
        assert_eq!(merged(line), [Inline::plain("2. a"), Inline::Break, Inline::plain("3. a")]);
        assert_eq!(lost.into_list(), ["a list inside a table cell"]);
    }
}
