//! The model that every form is read into and written from.

/// How many blocks may stand inside each other. What is deeper joins the block around it.
///
/// A document of this depth stays within the 128 levels of nesting that JSON readers accept.
pub(super) const DEEPEST: usize = 16;

/// A block of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Inline>),
    /// Bullets, or numbers from `start`.
    List {
        start: Option<u64>,
        items: Vec<Item>,
    },
    /// Code; the language may be empty.
    Code {
        language: String,
        text: String,
    },
    Quote(Vec<Block>),
    Panel(Panel, Vec<Block>),
    /// Blocks that a title opens and closes.
    Expand(String, Vec<Block>),
    Rule,
    Table(Vec<Vec<Cell>>),
}

/// An item of a list; `done` if it is a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Item {
    pub done: Option<bool>,
    pub blocks: Vec<Block>,
}

/// A cell of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    pub head: bool,
    pub blocks: Vec<Block>,
}

/// What stands in a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Inline {
    Text(String, Marks),
    Break,
    /// An image: its address or file name, its description, and the address it leads to (mostly none).
    Image {
        address: String,
        alt: String,
        link: String,
    },
}

/// The styles of a text and the address it leads to (mostly none).
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Marks {
    styles: u8,
    pub link: String,
}

/// A style of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Strong,
    Em,
    Strike,
    Underline,
    Sub,
    Sup,
    Code,
}

/// How each form spells a style.
pub(super) struct Spelling {
    pub style: Style,
    /// The element of HTML and storage format, the usual one first.
    pub tags: &'static [&'static str],
    /// The mark of Markdown, where it has one.
    pub markdown: &'static str,
    pub wiki: &'static str,
    pub adf: &'static str,
}

/// All styles, the outer ones first.
pub(super) const STYLES: [Spelling; 7] = [
    Spelling { style: Style::Strong, tags: &["strong", "b"], markdown: "**", wiki: "*", adf: "strong" },
    Spelling { style: Style::Em, tags: &["em", "i", "cite"], markdown: "_", wiki: "_", adf: "em" },
    Spelling { style: Style::Strike, tags: &["del", "s", "strike"], markdown: "~~", wiki: "-", adf: "strike" },
    Spelling { style: Style::Underline, tags: &["u", "ins"], markdown: "", wiki: "+", adf: "underline" },
    Spelling { style: Style::Sub, tags: &["sub"], markdown: "", wiki: "~", adf: "sub" },
    Spelling { style: Style::Sup, tags: &["sup"], markdown: "", wiki: "^", adf: "sup" },
    Spelling { style: Style::Code, tags: &["code", "tt", "kbd", "samp"], markdown: "`", wiki: "", adf: "code" },
];

impl Style {
    pub(super) fn spelling(self) -> &'static Spelling {
        &STYLES[self as usize]
    }

    /// Returns the style of an element of HTML.
    pub(super) fn of_tag(tag: &str) -> Option<Style> {
        STYLES.iter().find(|s| s.tags.contains(&tag)).map(|s| s.style)
    }
}

impl Marks {
    pub(super) fn has(&self, style: Style) -> bool {
        self.styles & (1 << style as u8) != 0
    }

    #[must_use]
    pub(super) fn with(&self, style: Style) -> Marks {
        Marks { styles: self.styles | 1 << style as u8, link: self.link.clone() }
    }

    #[must_use]
    pub(super) fn linked(&self, address: &str) -> Marks {
        Marks { styles: self.styles, link: address.to_owned() }
    }
}

/// A kind of panel, and how each form names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    Info,
    Note,
    Success,
    Warning,
    Error,
}

/// How each form names a kind of panel.
pub(super) struct PanelNames {
    pub panel: Panel,
    pub markdown: &'static str,
    pub adf: &'static str,
    /// Confluence's macro; it has none for `Note`.
    pub storage: &'static str,
    /// The colour that stands for the kind in Jira's wiki markup.
    pub colour: &'static str,
}

/// All kinds of panel.
pub(super) const PANELS: [PanelNames; 5] = [
    PanelNames { panel: Panel::Info, markdown: "NOTE", adf: "info", storage: "info", colour: "#deebff" },
    PanelNames { panel: Panel::Note, markdown: "IMPORTANT", adf: "note", storage: "", colour: "#eae6ff" },
    PanelNames { panel: Panel::Success, markdown: "TIP", adf: "success", storage: "tip", colour: "#e3fcef" },
    PanelNames { panel: Panel::Warning, markdown: "WARNING", adf: "warning", storage: "note", colour: "#fffae6" },
    PanelNames { panel: Panel::Error, markdown: "CAUTION", adf: "error", storage: "warning", colour: "#ffebe6" },
];

impl Panel {
    pub(super) fn names(self) -> &'static PanelNames {
        &PANELS[self as usize]
    }

    /// Returns the kind that a macro of Confluence stands for.
    pub(super) fn of_macro(name: &str) -> Option<Panel> {
        PANELS.iter().find(|p| !p.storage.is_empty() && p.storage == name).map(|p| p.panel)
    }
}

/// What could not be carried over, each kind once.
#[derive(Debug, Default)]
pub(super) struct Lost(Vec<String>);

impl Lost {
    pub(super) fn add(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.0.contains(&what) {
            self.0.push(what);
        }
    }

    /// Says whether one more level fits inside `depth` levels; tells it once if not.
    pub(super) fn fits(&mut self, depth: usize) -> bool {
        if depth >= DEEPEST {
            self.add(format!("nesting deeper than {DEEPEST} levels"));
        }
        depth < DEEPEST
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.0
    }
}

impl Inline {
    /// Makes text without style.
    pub(super) fn plain(text: impl Into<String>) -> Inline {
        Inline::Text(text.into(), Marks::default())
    }

    /// Makes bold text.
    pub(super) fn strong(text: impl Into<String>) -> Inline {
        Inline::Text(text.into(), Marks::default().with(Style::Strong))
    }
}

/// Makes blocks of plain text: an empty line parts paragraphs, every other line end is a line break.
pub(super) fn plain(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines: Vec<Inline> = Vec::new();
    for line in text.replace("\r\n", "\n").split(['\n', '\r']) {
        if line.trim().is_empty() {
            blocks.extend(paragraph(std::mem::take(&mut lines)));
        } else {
            lines.extend((!lines.is_empty()).then_some(Inline::Break));
            lines.push(Inline::plain(line));
        }
    }
    blocks.extend(paragraph(lines));
    blocks
}

/// Makes a paragraph, unless there is nothing to stand in it.
pub(super) fn paragraph(inlines: Vec<Inline>) -> Option<Block> {
    (!inlines.is_empty()).then_some(Block::Paragraph(inlines))
}

/// Joins neighbours of the same marks and leaves out empty texts.
pub(super) fn merged(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        match (out.last_mut(), inline) {
            (_, Inline::Text(text, _)) if text.is_empty() => {}
            (Some(Inline::Text(before, marks)), Inline::Text(text, same)) if *marks == same => before.push_str(&text),
            (_, inline) => out.push(inline),
        }
    }
    out
}
