//! What Jira accepts inside what, and what becomes of the rest.

use super::super::{
    flow::{cells_in_line, lines, strong, without_box},
    model::{Block, Inline, Item, Lost, merged, paragraph},
};

/// What blocks stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Document,
    Quote,
    Panel,
    Item,
    Cell,
    Expand,
    /// A block that opens and closes inside a table cell.
    InnerExpand,
}

/// A kind of block, as far as places care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Heading,
    List,
    Tasks,
    Code,
    Quote,
    Panel,
    Expand,
    Rule,
    Table,
}

/// What each place accepts.
fn accepted(place: Place) -> &'static [Kind] {
    use Kind::{Code, Expand, Heading, List, Panel, Quote, Rule, Table, Tasks, Text};
    match place {
        Place::Document => &[Text, Heading, List, Tasks, Code, Quote, Panel, Expand, Rule, Table],
        Place::Quote | Place::Item => &[Text, List, Code],
        Place::Panel => &[Text, Heading, List, Tasks, Code, Rule],
        Place::Cell => &[Text, Heading, List, Tasks, Code, Quote, Panel, Expand, Rule],
        Place::Expand => &[Text, Heading, List, Tasks, Code, Quote, Panel, Rule, Table],
        Place::InnerExpand => &[Text, Heading, List, Tasks, Code, Quote, Panel, Rule],
    }
}

impl Place {
    fn noun(self) -> &'static str {
        match self {
            Place::Document => "a document",
            Place::Quote => "a quote",
            Place::Panel => "a panel",
            Place::Item => "a list item",
            Place::Cell => "a table cell",
            Place::Expand | Place::InnerExpand => "a block that opens and closes",
        }
    }
}

fn kind(block: &Block) -> Kind {
    match block {
        Block::Paragraph(_) => Kind::Text,
        Block::Heading(..) => Kind::Heading,
        Block::List { items, .. } if is_tasks(items) => Kind::Tasks,
        Block::List { .. } => Kind::List,
        Block::Code { .. } => Kind::Code,
        Block::Quote(_) => Kind::Quote,
        Block::Panel(..) => Kind::Panel,
        Block::Expand(..) => Kind::Expand,
        Block::Rule => Kind::Rule,
        Block::Table(_) => Kind::Table,
    }
}

/// Says whether a list can be a task list: every item is a task of text, with nothing but such lists under it.
pub(super) fn is_tasks(items: &[Item]) -> bool {
    let only_text = |item: &Item| {
        item.blocks.iter().enumerate().all(|(i, block)| match block {
            Block::Paragraph(_) => i == 0,
            Block::List { start: None, items } => i > 0 && is_tasks(items),
            _ => false,
        })
    };
    !items.is_empty() && items.iter().all(|item| item.done.is_some() && only_text(item))
}

/// Turns blocks into ones that `place` accepts.
pub(super) fn fit(blocks: &[Block], place: Place, lost: &mut Lost) -> Vec<Block> {
    let mut out = Vec::new();
    for block in blocks {
        if accepted(place).contains(&kind(block)) {
            out.push(block.clone());
        } else {
            lost.add(format!("{} inside {}", block.noun(), place.noun()));
            out.extend(fit(&instead(block, lost), place, lost));
        }
    }
    out
}

/// Returns plainer blocks that say the same.
fn instead(block: &Block, lost: &mut Lost) -> Vec<Block> {
    match block {
        Block::Heading(_, line) => paragraph(strong(line)).into_iter().collect(),
        Block::Quote(blocks) | Block::Panel(_, blocks) => blocks.clone(),
        Block::Expand(title, blocks) => {
            let title = merged(vec![Inline::strong(title)]);
            paragraph(title).into_iter().chain(blocks.iter().cloned()).collect()
        }
        Block::Table(rows) => {
            let rows = rows.iter().map(|row| cells_in_line(row, "a table that became text", lost));
            paragraph(lines(rows)).into_iter().collect()
        }
        Block::List { start, items } => {
            vec![Block::List { start: *start, items: items.iter().map(without_box).collect() }]
        }
        Block::Rule | Block::Paragraph(_) | Block::Code { .. } => Vec::new(),
    }
}
