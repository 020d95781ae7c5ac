//! A line of text as Markdown. What was written is read again; if it does not say the same it is written with more care.

use super::{
    escape::{Care, escape, target},
    read::read,
};
use crate::richtext::{
    entity,
    model::{Block, Inline, Lost, STYLES, Style, merged},
    nest::{Node, nest},
};

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// How marks are spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As people write: `**bold**`.
    Usual,
    /// As HTML, which no neighbour can disturb: `<strong>bold</strong>`.
    Tags,
}

/// Writes a line.
pub(super) fn line(runs: &[Inline], place: Place) -> String {
    let runs = merged(runs.to_vec());
    let ways = [(Manner::Usual, Care::Some), (Manner::Tags, Care::Some)];
    let usual = ways.into_iter().map(|(manner, care)| render(&runs, place, manner, care));
    usual
        .into_iter()
        .find(|text| says(text, &runs, place))
        .unwrap_or_else(|| render(&runs, place, Manner::Tags, Care::All))
}

fn render(runs: &[Inline], place: Place, manner: Manner, care: Care) -> String {
    let mut pen = Pen { out: String::new(), place, manner, care };
    pen.nodes(&nest(runs));
    let mut out = pen.out;
    while let Some(cut) = out.strip_suffix("\\\n") {
        out = format!("{cut}<br>");
    }
    if out.ends_with(' ') {
        out.replace_range(out.len() - 1.., "&#32;");
    }
    if place == Place::Cell { out.replace('|', "\\|") } else { out }
}

/// Writes nodes one after the other.
struct Pen {
    out: String,
    place: Place,
    manner: Manner,
    care: Care,
}

impl Pen {
    fn nodes(&mut self, nodes: &[Node<'_>]) {
        for (i, node) in nodes.iter().enumerate() {
            match node {
                Node::Leaf(inline) => self.leaf(inline),
                Node::Styled(style, children) => self.styled(*style, children, nodes.get(i + 1)),
                Node::Linked(address, children) => self.linked(address, children),
            }
        }
    }

    fn leaf(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text, marks) if marks.has(Style::Code) => self.code(text),
            Inline::Text(text, _) => {
                let at_start = self.place == Place::Paragraph && (self.out.is_empty() || self.out.ends_with('\n'));
                self.out.push_str(&escape(text, at_start, self.care));
            }
            Inline::Break => self.out.push_str(if self.place == Place::Paragraph { "\\\n" } else { "<br>" }),
            Inline::Image { address, alt, .. } => {
                self.out.extend([format!("![{}]({})", escape(alt, false, self.care), target(address))]);
            }
        }
    }

    fn code(&mut self, text: &str) {
        if self.manner == Manner::Tags {
            self.out.extend([format!("<code>{}</code>", escape(text, false, self.care))]);
            return;
        }
        let fence = "`".repeat(longest_run(text, '`') + 1);
        let blank = |c: char| c == ' ';
        let pads = text.starts_with('`') || text.ends_with('`') || text.starts_with(blank) && text.ends_with(blank);
        let pad = if pads { " " } else { "" };
        self.out.extend([format!("{fence}{pad}{text}{pad}{fence}")]);
    }

    fn styled(&mut self, style: Style, children: &[Node<'_>], next: Option<&Node<'_>>) {
        let from = self.out.len();
        self.nodes(children);
        let inner = self.out.split_off(from);
        let (before, body, behind) = without_blanks(&inner);
        let spelling = style.spelling();
        let (start, end) = match (spelling.markdown, self.manner) {
            _ if body.is_empty() => (String::new(), String::new()),
            ("", _) | (_, Manner::Tags) => (format!("<{}>", spelling.tags[0]), format!("</{}>", spelling.tags[0])),
            ("_", _) if self.out.ends_with(char::is_alphanumeric) || next.is_some_and(begins_word) => {
                ("*".to_owned(), "*".to_owned())
            }
            (mark, _) => (mark.to_owned(), mark.to_owned()),
        };
        self.out.extend([before, &start, body, &end, behind]);
    }

    fn linked(&mut self, address: &str, children: &[Node<'_>]) {
        if let [Node::Leaf(Inline::Text(text, marks))] = children
            && text == address
            && !marks.has(Style::Code)
            && is_plain_address(address)
        {
            self.out.extend([format!("<{address}>")]);
            return;
        }
        let from = self.out.len();
        self.nodes(children);
        let inner = self.out.split_off(from);
        self.out.extend([format!("[{inner}]({})", target(address))]);
    }
}

fn begins_word(node: &Node<'_>) -> bool {
    matches!(node, Node::Leaf(Inline::Text(text, _)) if text.starts_with(char::is_alphanumeric))
}

/// Says whether an address can stand between `<` and `>`.
fn is_plain_address(address: &str) -> bool {
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
        && entity::decode(address) == address
        && !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\\".contains(c))
}

/// Parts the blanks and line breaks at both ends from what is between them: no mark can begin or end with one.
fn without_blanks(text: &str) -> (&str, &str, &str) {
    let mut body = text;
    while let Some(rest) = [" ", "\\\n", "<br>"].iter().find_map(|blank| body.strip_prefix(blank)) {
        body = rest;
    }
    let before = &text[..text.len() - body.len()];
    while let Some(rest) = [" ", "\\\n", "<br>"].iter().find_map(|blank| body.strip_suffix(blank)) {
        body = rest;
    }
    (before, body, &text[before.len() + body.len()..])
}

/// Counts the longest run of `c`.
pub(super) fn longest_run(text: &str, c: char) -> usize {
    text.split(|other| other != c).map(str::len).max().unwrap_or(0)
}

/// Says whether `text` is read as `runs`.
fn says(text: &str, runs: &[Inline], place: Place) -> bool {
    let whole = match place {
        Place::Paragraph => text.to_owned(),
        Place::Heading => format!("# {text}"),
        Place::Cell => format!("| {text} |\n| --- |"),
    };
    let read = match read(&whole, &mut Lost::default()).as_slice() {
        [] => Vec::new(),
        [Block::Paragraph(line) | Block::Heading(_, line)] => line.clone(),
        [Block::Table(rows)] => match rows.concat().first().map(|cell| cell.blocks.as_slice()) {
            Some([Block::Paragraph(line)]) => line.clone(),
            _ => Vec::new(),
        },
        _ => return false,
    };
    pieces(runs) == pieces(&read)
}

/// What a reader sees, character by character.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    Char(char, Vec<Style>, &'a str),
    Other(&'a Inline),
}

/// Cuts runs into pieces. Marks of blanks cannot be seen, nor can whether an address is a link to itself.
fn pieces(runs: &[Inline]) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    for run in runs {
        let Inline::Text(text, marks) = run else {
            out.push(Piece::Other(run));
            continue;
        };
        let styles: Vec<Style> = STYLES.iter().map(|s| s.style).filter(|s| marks.has(*s)).collect();
        let link = if marks.link == *text { "" } else { &marks.link };
        out.extend(text.chars().map(|c| {
            let seen = if c.is_whitespace() { Vec::new() } else { styles.clone() };
            Piece::Char(c, seen, link)
        }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::richtext::model::Marks;

    fn marked(text: &str, styles: &[Style]) -> Inline {
        Inline::Text(text.into(), styles.iter().fold(Marks::default(), |m, s| m.with(*s)))
    }

    #[test]
    fn marks_are_spelt_so_that_they_are_read_again() {
        use Style::{Code, Em, Strike, Strong, Sub, Underline};
        for (runs, want) in [
            (vec![Inline::plain("a "), marked("b ", &[Strong]), Inline::plain("c")], "a **b** c"),
            (vec![marked("a ", &[Em]), marked("b", &[Em, Strong])], "_a **b**_"),
            (vec![Inline::plain("un"), marked("believ", &[Em]), Inline::plain("able")], "un*believ*able"),
            (vec![Inline::plain("a"), marked("\"b\"", &[Strong]), Inline::plain("c")], "a<strong>\"b\"</strong>c"),
            (vec![marked("a", &[Strike]), marked("2", &[Sub]), marked("u", &[Underline])], "~~a~~<sub>2</sub><u>u</u>"),
            (vec![marked("a`b", &[Code]), marked(" x ", &[Code, Strong])], "``a`b``**`  x  `**"),
            (vec![Inline::plain("a"), Inline::Break, Inline::plain("- b"), Inline::Break], "a\\\n\\- b<br>"),
        ] {
            assert_eq!(line(&runs, Place::Paragraph), want);
        }
    }

    #[test]
    fn a_cell_keeps_its_bars() {
        let runs = [Inline::plain("a|b \\|"), marked("x|y", &[Style::Code]), Inline::Break];
        let text = line(&runs, Place::Cell);
        assert!(says(&text, &runs, Place::Cell), "{text}");
    }
}
