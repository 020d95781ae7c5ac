//! Slack's mrkdwn, which is only written.
//!
//! It has bold, italic, struck out, code, links and quotes. Lists are lines with bullets, headings are bold, tables stand
//! in fixed width.

use super::{
    address,
    flow::{cells_in_line, strong, task_mark},
    model::{Block, Cell, Inline, Item, Lost, Style},
    nest::{Node, nest},
};

/// Stands for the `!` of `<!here>` while Markdown is read, which would take it for HTML. No text has it.
const SHELTER: char = '\u{2}';

/// Parts a mark from the letters beside it; it takes no room.
const GAP: char = '\u{200B}';

/// What stands before the items of a list of each depth; the last for all deeper ones.
const BULLETS: [&str; 3] = ["•", "◦", "▪"];

/// How far an inner list is moved in.
const INDENT: &str = "    ";

/// The styles that Slack has, with their marks.
const MARKS: [(Style, &str); 3] = [(Style::Strong, "*"), (Style::Em, "_"), (Style::Strike, "~")];

/// Keeps Slack's own words in `<!…>` from being read as HTML.
pub(super) fn sheltered(markdown: &str) -> String {
    markdown.replace("<!", &format!("<{SHELTER}"))
}

/// Writes mrkdwn.
pub(super) fn write(blocks: &[Block], lost: &mut Lost) -> String {
    Writer { lost, quoted: false }.blocks(blocks, "\n\n").replace(SHELTER, "!")
}

/// Writes text as it stands, but for Slack's own references: `<@U…>`, `<#C…>`, `<!here>`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = reference(rest).unwrap_or(1);
        let (piece, behind) = rest.split_at(length);
        out.push_str(match piece {
            "&" => "&amp;",
            "<" => "&lt;",
            ">" => "&gt;",
            reference => reference,
        });
        rest = behind;
    }
    out + rest
}

/// Returns the length of a reference of Slack's that `text` begins with.
fn reference(text: &str) -> Option<usize> {
    let begins = text.strip_prefix('<')?.starts_with(['@', '#', '!', SHELTER]);
    let end = text.find('>').filter(|_| begins)?;
    let inner = &text[2..end];
    let name = inner.split('|').next().unwrap_or_default();
    let good = !name.is_empty() && !inner.contains('<') && !name.contains(char::is_whitespace);
    good.then_some(end + 1)
}

struct Writer<'a> {
    lost: &'a mut Lost,
    quoted: bool,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block], between: &str) -> String {
        let written: Vec<String> = blocks.iter().map(|block| self.block(block)).filter(|b| !b.is_empty()).collect();
        written.join(between)
    }

    fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(runs) => self.line(runs),
            Block::Heading(_, runs) => self.line(&strong(runs)),
            Block::List { start, items } => self.list(*start, items, 0),
            Block::Code { text, .. } => self.code(text),
            Block::Quote(blocks) => self.quote(blocks),
            Block::Panel(_, blocks) => {
                self.lost.add("a panel (written as a quote)");
                self.quote(blocks)
            }
            Block::Expand(title, blocks) => {
                self.lost.add("a block that opens and closes (written with its title in bold)");
                let title = self.line(&[Inline::strong(title)]);
                [title, self.blocks(blocks, "\n")].join("\n")
            }
            Block::Rule => {
                self.lost.add("a rule (written as a line of dashes)");
                "———".to_owned()
            }
            Block::Table(rows) => self.table(rows),
        }
    }

    fn code(&mut self, text: &str) -> String {
        if text.contains("```") {
            self.lost.add("``` inside code (written as ''')");
        }
        format!("```\n{}\n```", plain(&text.replace("```", "'''")).trim_end_matches('\n'))
    }

    /// A quote cannot stand inside another one.
    fn quote(&mut self, blocks: &[Block]) -> String {
        if self.quoted {
            self.lost.add("a quote inside another one");
            return self.blocks(blocks, "\n");
        }
        self.quoted = true;
        let inner = self.blocks(blocks, "\n\n");
        self.quoted = false;
        inner.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
    }

    fn list(&mut self, start: Option<u64>, items: &[Item], depth: usize) -> String {
        let lines: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(n, item)| {
                let bullet = BULLETS[depth.min(BULLETS.len() - 1)].to_owned();
                let point = start.map_or(bullet, |start| format!("{}.", start.saturating_add(n as u64)));
                self.item(&format!("{point} {}", task_mark(item.done)), item, depth)
            })
            .collect();
        lines.join("\n")
    }

    fn item(&mut self, point: &str, item: &Item, depth: usize) -> String {
        let mut out = format!("{}{point}", INDENT.repeat(depth));
        for (n, block) in item.blocks.iter().enumerate() {
            let text = match block {
                Block::List { start, items } => self.list(*start, items, depth + 1),
                other => self.block(other).replace('\n', &format!("\n{}", INDENT.repeat(depth + 1))),
            };
            out.push_str(if n > 0 { "\n" } else { "" });
            if n > 0 && !matches!(block, Block::List { .. }) {
                out.push_str(&INDENT.repeat(depth + 1));
            }
            out.push_str(&text);
        }
        out
    }

    fn table(&mut self, rows: &[Vec<Cell>]) -> String {
        self.lost.add("a table (written in fixed width)");
        let cells: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
        let width = |n: usize| cells.iter().filter_map(|row| row.get(n)).map(|c| c.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let line = |row: &Vec<String>| {
            let padded = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.code(&cells.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    /// Writes a cell without marks, which mean nothing in fixed width.
    fn cell(&mut self, cell: &Cell) -> String {
        let runs = cells_in_line(std::slice::from_ref(cell), "a table cell", self.lost);
        let texts = runs.iter().map(|run| match run {
            Inline::Text(text, _) => text.as_str(),
            Inline::Break => " ",
            Inline::Image { alt, .. } => alt,
        });
        texts.collect()
    }

    fn line(&mut self, runs: &[Inline]) -> String {
        let mut pen = Pen { out: String::new(), lost: self.lost };
        pen.nodes(&nest(runs));
        pen.out
    }
}

struct Pen<'a> {
    out: String,
    lost: &'a mut Lost,
}

impl Pen<'_> {
    fn nodes(&mut self, nodes: &[Node<'_>]) {
        for (i, node) in nodes.iter().enumerate() {
            match node {
                Node::Leaf(inline) => self.leaf(inline, nodes.get(i + 1)),
                Node::Styled(style, children) => self.styled(*style, children, nodes.get(i + 1)),
                Node::Linked(address, children) => self.linked(address, children),
            }
        }
    }

    fn leaf(&mut self, inline: &Inline, next: Option<&Node<'_>>) {
        match inline {
            Inline::Break => self.out.push('\n'),
            Inline::Text(text, marks) if marks.has(Style::Code) => {
                if text.contains('`') {
                    self.lost.add("` inside code (written as ')");
                }
                let inner = plain(&text.replace('`', "'"));
                self.marked("`", &inner, next);
            }
            Inline::Text(text, _) => {
                if looks_marked(text) {
                    self.lost.add("a literal *, _, ~ or ` (Slack may take it for a mark)");
                }
                self.out.push_str(&escape(text));
            }
            Inline::Image { address, alt, .. } => {
                self.lost.add("an image (written as a link)");
                let label = if alt.is_empty() { address } else { alt };
                let link = link(address, &escape(label));
                self.out.push_str(&link);
            }
        }
    }

    fn styled(&mut self, style: Style, children: &[Node<'_>], next: Option<&Node<'_>>) {
        let Some((_, mark)) = MARKS.iter().find(|row| row.0 == style) else {
            self.lost.add(format!("the style <{}>", style.spelling().tags[0]));
            return self.nodes(children);
        };
        let inner = self.inside(|pen| pen.nodes(children));
        // A style ends with its line.
        for (i, line) in inner.split('\n').enumerate() {
            if i > 0 {
                self.out.push('\n');
            }
            self.marked(mark, line, next);
        }
    }

    /// Writes a text between marks; blanks stay outside, and a gap parts the marks from a word beside them.
    fn marked(&mut self, mark: &str, text: &str, next: Option<&Node<'_>>) {
        let body = text.trim();
        if body.is_empty() {
            return self.out.push_str(text);
        }
        let start = text.len() - text.trim_start().len();
        let (before, behind) = (&text[..start], &text[start + body.len()..]);
        if before.is_empty() && self.out.ends_with(char::is_alphanumeric) {
            self.out.push(GAP);
        }
        self.out.extend([before, mark, body, mark, behind]);
        if behind.is_empty() && next.is_some_and(begins_word) {
            self.out.push(GAP);
        }
    }

    fn linked(&mut self, address: &str, children: &[Node<'_>]) {
        let label = self.inside(|pen| pen.nodes(children)).replace('\n', " ");
        if !address::is_absolute(address) && !address.starts_with("mailto:") {
            self.lost.add("a link that leads to no address (kept as text)");
            return self.out.push_str(&label);
        }
        let link = link(address, &label);
        self.out.push_str(&link);
    }

    /// Returns what `write` writes.
    fn inside(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let from = self.out.len();
        write(self);
        self.out.split_off(from)
    }
}

fn link(address: &str, label: &str) -> String {
    let target = address.replace('&', "&amp;").replace('<', "%3C").replace('>', "%3E").replace('|', "%7C");
    if label.is_empty() || label == target { format!("<{target}>") } else { format!("<{target}|{label}>") }
}

/// Writes text of fixed width, where Slack knows no references.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn begins_word(node: &Node<'_>) -> bool {
    matches!(node, Node::Leaf(Inline::Text(text, _)) if text.starts_with(char::is_alphanumeric))
}

/// Says whether Slack may take something in a text for a mark: there is no way to write it otherwise.
fn looks_marked(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    "*_~`".chars().any(|mark| {
        let begins = |i: usize| {
            chars[i] == mark
                && (i == 0 || !chars[i - 1].is_alphanumeric())
                && chars.get(i + 1).is_some_and(|c| !c.is_whitespace() && *c != mark)
        };
        let ends = |i: usize| {
            chars[i] == mark
                && !chars[i - 1].is_whitespace()
                && chars.get(i + 1).is_none_or(|c| !c.is_alphanumeric() && *c != mark)
        };
        (0..chars.len()).find(|i| begins(*i)).is_some_and(|start| (start + 2..chars.len()).any(ends))
    })
}
