//! Markdown to the model, from the events of pulldown-cmark; nothing here recurses.

use super::html;
use crate::richtext::{
    address,
    flow::Flow,
    model::{Block, Cell, Inline, Item, Lost, Marks, PANELS, Panel, Style, merged},
};
use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

/// Reads Markdown.
pub(in crate::richtext) fn read(markdown: &str, lost: &mut Lost) -> Vec<Block> {
    read_with(markdown, Lines::Flow, lost)
}

/// Reads Markdown as people write it into a chat: every line end counts.
pub(in crate::richtext) fn read_lines(markdown: &str, lost: &mut Lost) -> Vec<Block> {
    read_with(markdown, Lines::Kept, lost)
}

/// What the end of a line inside a paragraph is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// A blank.
    Flow,
    /// A line break.
    Kept,
}

fn read_with(markdown: &str, lines: Lines, lost: &mut Lost) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_GFM;
    let mut reader = Reader::new(lines, lost);
    for event in Parser::new_ext(markdown, options) {
        reader.event(event);
    }
    while reader.stack.len() > 1 {
        reader.close();
    }
    reader.end_line();
    reader.stack.pop().map(|root| root.flow.finish()).unwrap_or_default()
}

/// A container that is open.
enum Open {
    /// The document, or a container that is too deep: its blocks go to the one around it.
    Plain,
    Quote(Option<Panel>),
    Expand(String),
    List(Option<u64>, Vec<Item>),
    Item(Option<bool>),
    Table(Vec<Vec<Cell>>),
    Cell {
        head: bool,
    },
}

/// An open container and what it holds so far.
struct Frame {
    open: Open,
    flow: Flow,
}

/// Text that is taken as it stands.
enum Literal {
    Code(String),
    Html,
    Image(String),
}

/// Builds the model from events.
pub(super) struct Reader<'a> {
    stack: Vec<Frame>,
    marks: Vec<Marks>,
    /// The styles that HTML tags began.
    tags: Vec<Style>,
    literal: Option<(Literal, String)>,
    /// How many images are open inside an image's description.
    inner_images: usize,
    in_head: bool,
    /// How many containers are open, cells and items not counted.
    depth: usize,
    lines: Lines,
    pub(super) lost: &'a mut Lost,
}

impl<'a> Reader<'a> {
    fn new(lines: Lines, lost: &'a mut Lost) -> Self {
        let root = Frame { open: Open::Plain, flow: Flow::default() };
        Reader {
            stack: vec![root],
            marks: vec![Marks::default()],
            tags: Vec::new(),
            literal: None,
            inner_images: 0,
            in_head: false,
            depth: 0,
            lines,
            lost,
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, false),
            Event::Code(text) => self.text(&text, true),
            Event::Html(html) => self.text(&html, false),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::SoftBreak if self.lines == Lines::Flow => self.text(" ", false),
            Event::SoftBreak | Event::HardBreak => self.line_break(),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => self.task(done),
            // The options for these are not on.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text, false);
            }
        }
    }

    /// Adds text with the marks that hold here.
    pub(super) fn text(&mut self, text: &str, code: bool) {
        if let Some((_, literal)) = &mut self.literal {
            literal.push_str(text);
            return;
        }
        let mut marks = self.tags.iter().fold(self.current_marks(), |marks, style| marks.with(*style));
        if code {
            marks = marks.with(Style::Code);
        }
        self.top().flow.inline(Inline::Text(text.to_owned(), marks));
    }

    fn current_marks(&self) -> Marks {
        self.marks.last().cloned().unwrap_or_default()
    }

    pub(super) fn line_break(&mut self) {
        match &mut self.literal {
            Some((_, literal)) => literal.push(' '),
            None => self.top().flow.inline(Inline::Break),
        }
    }

    /// Begins or ends a style that an HTML tag names.
    pub(super) fn tag(&mut self, style: Style, begins: bool) {
        if begins {
            self.tags.push(style);
        } else if let Some(at) = self.tags.iter().rposition(|s| *s == style) {
            self.tags.remove(at);
        }
    }

    fn task(&mut self, done: bool) {
        if let Open::Item(state) = &mut self.top().open {
            *state = Some(done);
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.push_marks(|m| m.with(Style::Em)),
            Tag::Strong => self.push_marks(|m| m.with(Style::Strong)),
            Tag::Strikethrough => self.push_marks(|m| m.with(Style::Strike)),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.push_marks(|m| m.linked(&format!("mailto:{dest_url}")));
            }
            Tag::Link { dest_url, .. } => self.push_marks(|m| m.linked(&dest_url)),
            Tag::Image { dest_url, .. } => self.start_image(&dest_url),
            Tag::BlockQuote(kind) => self.open(Open::Quote(kind.map(panel))),
            Tag::List(start) => self.open(Open::List(start, Vec::new())),
            Tag::Item => self.push(Open::Item(None)),
            Tag::CodeBlock(kind) => self.literal = Some((Literal::Code(language(&kind)), String::new())),
            Tag::HtmlBlock => self.literal = Some((Literal::Html, String::new())),
            Tag::Table(_) => self.open(Open::Table(Vec::new())),
            Tag::TableHead | Tag::TableRow => self.start_row(matches!(tag, Tag::TableHead)),
            Tag::TableCell => self.push(Open::Cell { head: self.in_head }),
            _ => self.end_line(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.marks.pop();
            }
            TagEnd::Heading(level) => {
                let line = self.take_line();
                self.top().flow.block(Block::Heading(level as u8, line));
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock => self.end_literal(),
            TagEnd::Image => self.end_image(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::Table | TagEnd::TableCell => {
                self.close_expands();
                self.close();
            }
            _ => self.end_line(),
        }
    }

    fn push_marks(&mut self, change: impl FnOnce(Marks) -> Marks) {
        let marks = change(self.current_marks());
        self.marks.push(marks);
    }

    fn start_image(&mut self, address: &str) {
        if matches!(self.literal, Some((Literal::Image(_), _))) {
            self.inner_images += 1;
        } else {
            self.literal = Some((Literal::Image(address.to_owned()), String::new()));
        }
    }

    fn end_image(&mut self) {
        if self.inner_images > 0 {
            self.inner_images -= 1;
        } else if let Some((Literal::Image(address), alt)) = self.literal.take() {
            let link = self.current_marks().link;
            self.top().flow.inline(Inline::Image { address, alt, link });
        }
    }

    fn end_literal(&mut self) {
        match self.literal.take() {
            Some((Literal::Code(language), mut text)) => {
                text.truncate(text.strip_suffix('\n').map_or(text.len(), str::len));
                self.block(Block::Code { language, text });
            }
            Some((_, html)) => html::block(self, &html),
            None => {}
        }
    }

    fn start_row(&mut self, head: bool) {
        self.in_head = head;
        if let Open::Table(rows) = &mut self.top().open {
            rows.push(Vec::new());
        }
    }

    pub(super) fn block(&mut self, block: Block) {
        self.end_line();
        self.top().flow.block(block);
    }

    /// Opens a container, or lets its blocks go to the one around it where no more fit.
    fn open(&mut self, open: Open) {
        let fits = self.lost.fits(self.depth);
        self.depth += usize::from(fits);
        self.push(if fits { open } else { Open::Plain });
    }

    pub(super) fn open_expand(&mut self, title: String) {
        self.open(Open::Expand(title));
    }

    /// Closes the innermost container if it is one that opens and closes.
    pub(super) fn close_expand(&mut self) -> bool {
        let is_open = matches!(self.top().open, Open::Expand(_));
        if is_open {
            self.close();
        }
        is_open
    }

    fn close_expands(&mut self) {
        while self.close_expand() {}
    }

    fn push(&mut self, open: Open) {
        self.end_line();
        self.stack.push(Frame { open, flow: Flow::default() });
    }

    fn close(&mut self) {
        self.end_line();
        let Some(Frame { open, flow }) = self.stack.pop() else { return };
        if !matches!(open, Open::Plain | Open::Item(_) | Open::Cell { .. }) {
            self.depth -= 1;
        }
        let blocks = flow.finish();
        let around = self.top();
        match (open, &mut around.open) {
            (Open::Quote(None), _) => around.flow.block(Block::Quote(blocks)),
            (Open::Quote(Some(panel)), _) => around.flow.block(Block::Panel(panel, blocks)),
            (Open::Expand(title), _) => around.flow.block(Block::Expand(title, blocks)),
            (Open::List(start, items), _) => around.flow.block(Block::List { start, items }),
            (Open::Table(rows), _) => around.flow.block(Block::Table(without_empty_head(rows))),
            (Open::Item(done), Open::List(_, items)) => items.push(Item { done, blocks }),
            (Open::Cell { head }, Open::Table(rows)) => rows.last_mut().into_iter().for_each(|row| {
                row.push(Cell { head, blocks: blocks.clone() });
            }),
            (Open::Plain | Open::Item(_) | Open::Cell { .. }, _) => around.flow.all(blocks),
        }
    }

    fn end_line(&mut self) {
        let line = self.take_line();
        if !line.is_empty() {
            self.top().flow.block(Block::Paragraph(line));
        }
    }

    fn take_line(&mut self) -> Vec<Inline> {
        self.tags.clear();
        let line = self.top().flow.take_line();
        merged(line.into_iter().flat_map(linked).collect())
    }

    fn top(&mut self) -> &mut Frame {
        if self.stack.is_empty() {
            self.stack.push(Frame { open: Open::Plain, flow: Flow::default() });
        }
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }
}

fn panel(kind: BlockQuoteKind) -> Panel {
    let name = match kind {
        BlockQuoteKind::Note => "NOTE",
        BlockQuoteKind::Tip => "TIP",
        BlockQuoteKind::Important => "IMPORTANT",
        BlockQuoteKind::Warning => "WARNING",
        BlockQuoteKind::Caution => "CAUTION",
    };
    PANELS.iter().find(|p| p.markdown == name).map_or(Panel::Info, |p| p.panel)
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Indented => String::new(),
        CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_owned(),
    }
}

/// Leaves out a head row that says nothing: Markdown has no tables without one.
fn without_empty_head(mut rows: Vec<Vec<Cell>>) -> Vec<Vec<Cell>> {
    if rows.len() > 1 && rows[0].iter().all(|cell| cell.blocks.is_empty()) {
        rows.remove(0);
    }
    rows
}

/// Makes links of the bare addresses in a text.
fn linked(inline: Inline) -> Vec<Inline> {
    let Inline::Text(text, marks) = inline else { return vec![inline] };
    if !marks.link.is_empty() || marks.has(Style::Code) || !text.contains("://") {
        return vec![Inline::Text(text, marks)];
    }
    let mut out = Vec::new();
    let mut rest = text.as_str();
    while let Some((start, end)) = address::bare(rest) {
        let found = &rest[start..end];
        out.push(Inline::Text(rest[..start].to_owned(), marks.clone()));
        out.push(Inline::Text(found.to_owned(), marks.linked(found)));
        rest = &rest[end..];
    }
    out.push(Inline::Text(rest.to_owned(), marks));
    out
}
