//! The model to Confluence storage format.

use crate::richtext::{
    address, entity,
    flow::without_box,
    model::{Block, Cell, Inline, Item, Lost, Panel, Style},
    nest::{Node, nest},
};

/// Writes storage format.
pub(in crate::richtext) fn write(blocks: &[Block], lost: &mut Lost) -> String {
    Writer { lost, tasks: 0 }.blocks(blocks)
}

struct Writer<'a> {
    lost: &'a mut Lost,
    /// How many tasks were written: each needs a number.
    tasks: usize,
}

impl Writer<'_> {
    fn blocks(&mut self, blocks: &[Block]) -> String {
        blocks.iter().map(|block| self.block(block)).collect()
    }

    fn block(&mut self, block: &Block) -> String {
        match block {
            Block::Paragraph(line) => format!("<p>{}</p>", self.line(line)),
            Block::Heading(level, line) => format!("<h{level}>{}</h{level}>", self.line(line)),
            Block::List { items, .. } if items.iter().all(|item| item.done.is_some()) => self.tasks(items),
            Block::List { start, items } => self.list(*start, items),
            Block::Code { language, text } => self.code(language, text),
            Block::Quote(blocks) => format!("<blockquote>{}</blockquote>", self.blocks(blocks)),
            Block::Panel(panel, blocks) => self.panel(*panel, blocks),
            Block::Expand(title, blocks) => {
                let title = self.parameter("title", title);
                macro_("expand", &format!("{title}{}", self.rich(blocks)))
            }
            Block::Rule => "<hr />".to_owned(),
            Block::Table(rows) => self.table(rows),
        }
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) -> String {
        let item = |item: &Item| {
            if item.done.is_some() {
                self.lost.add("a task in a list that has other items too (written as text)");
            }
            format!("<li>{}</li>", self.blocks(&without_box(item).blocks))
        };
        let items: String = items.iter().map(item).collect();
        match start {
            None => format!("<ul>{items}</ul>"),
            Some(1) => format!("<ol>{items}</ol>"),
            Some(start) => format!("<ol start=\"{start}\">{items}</ol>"),
        }
    }

    fn tasks(&mut self, items: &[Item]) -> String {
        let task = |item: &Item| {
            self.tasks += 1;
            let number = self.tasks;
            let status = if item.done == Some(true) { "complete" } else { "incomplete" };
            // A task is a line: its first paragraph stands in it bare.
            let (line, rest) = match item.blocks.split_first() {
                Some((Block::Paragraph(line), rest)) => (self.line(line), rest),
                _ => (String::new(), item.blocks.as_slice()),
            };
            let body = format!("{line}{}", self.blocks(rest));
            format!(
                "<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>{status}</ac:task-status>\
                 <ac:task-body>{body}</ac:task-body></ac:task>"
            )
        };
        format!("<ac:task-list>{}</ac:task-list>", items.iter().map(task).collect::<String>())
    }

    fn code(&mut self, language: &str, text: &str) -> String {
        let language = self.parameter("language", language);
        let text = self.without_controls(text).replace("]]>", "]]]]><![CDATA[>");
        macro_("code", &format!("{language}<ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body>"))
    }

    fn panel(&mut self, panel: Panel, blocks: &[Block]) -> String {
        let names = panel.names();
        if names.storage.is_empty() {
            self.lost.add(format!("a panel of kind `{}` (written as `info`)", names.adf));
        }
        let name = if names.storage.is_empty() { "info" } else { names.storage };
        macro_(name, &self.rich(blocks))
    }

    fn rich(&mut self, blocks: &[Block]) -> String {
        format!("<ac:rich-text-body>{}</ac:rich-text-body>", self.blocks(blocks))
    }

    fn parameter(&mut self, name: &str, value: &str) -> String {
        if value.is_empty() {
            return String::new();
        }
        format!("<ac:parameter ac:name=\"{name}\">{}</ac:parameter>", self.escape(value))
    }

    fn table(&mut self, rows: &[Vec<Cell>]) -> String {
        let rows = rows.iter().map(|row| {
            let cells: String = row.iter().map(|cell| self.cell(cell)).collect();
            format!("<tr>{cells}</tr>")
        });
        format!("<table><tbody>{}</tbody></table>", rows.collect::<String>())
    }

    fn cell(&mut self, cell: &Cell) -> String {
        let tag = if cell.head { "th" } else { "td" };
        format!("<{tag}>{}</{tag}>", self.blocks(&cell.blocks))
    }

    fn line(&mut self, line: &[Inline]) -> String {
        self.nodes(&nest(line))
    }

    fn nodes(&mut self, nodes: &[Node<'_>]) -> String {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn node(&mut self, node: &Node<'_>) -> String {
        match node {
            Node::Styled(style, children) => {
                let tag = style.spelling().tags[0];
                format!("<{tag}>{}</{tag}>", self.nodes(children))
            }
            Node::Linked(address, children) => {
                let inner = self.nodes(children);
                format!("<a href=\"{}\">{inner}</a>", self.escape(address))
            }
            Node::Leaf(Inline::Break) => "<br />".to_owned(),
            Node::Leaf(Inline::Text(text, marks)) if marks.has(Style::Code) => {
                format!("<code>{}</code>", self.escape(text))
            }
            Node::Leaf(Inline::Text(text, _)) => self.escape(text),
            Node::Leaf(Inline::Image { address, alt, .. }) => self.image(address, alt),
        }
    }

    fn image(&mut self, address: &str, alt: &str) -> String {
        let target = if address::is_absolute(address) {
            format!("<ri:url ri:value=\"{}\" />", self.escape(address))
        } else {
            self.lost.add("an image that is not at an address (taken as the name of an attachment)");
            format!("<ri:attachment ri:filename=\"{}\" />", self.escape(address))
        };
        let alt = if alt.is_empty() { String::new() } else { format!(" ac:alt=\"{}\"", self.escape(alt)) };
        format!("<ac:image{alt}>{target}</ac:image>")
    }

    fn escape(&mut self, text: &str) -> String {
        entity::escape(&self.without_controls(text))
    }

    /// Leaves out the characters that XML does not allow.
    fn without_controls(&mut self, text: &str) -> String {
        let is_control =
            |c: char| c.is_ascii_control() && !"\t\n\r".contains(c) || matches!(c, '\u{fffe}' | '\u{ffff}');
        if text.contains(is_control) {
            self.lost.add("control characters");
        }
        text.replace(is_control, "")
    }
}

fn macro_(name: &str, inner: &str) -> String {
    format!("<ac:structured-macro ac:name=\"{name}\">{inner}</ac:structured-macro>")
}
