//! Wiki markup to the model: the lines.

use crate::richtext::{
    address, entity,
    model::{Inline, Lost, Marks, STYLES, Style, merged},
};
use std::collections::HashMap;

/// Reads a line, or several, with the marks that hold around it.
pub(super) fn read(text: &str, marks: &Marks, lost: &mut Lost) -> Vec<Inline> {
    let mut reader = Reader { text, at: 0, marks, out: Vec::new(), dead: HashMap::new(), lost };
    reader.all();
    merged(reader.out)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    marks: &'a Marks,
    out: Vec<Inline>,
    /// Up to where it is known that a mark does not end: no line is searched twice for the same.
    dead: HashMap<&'static str, usize>,
    lost: &'a mut Lost,
}

impl<'a> Reader<'a> {
    fn all(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let length = self.special(c).unwrap_or_else(|| {
                self.push(&c.to_string());
                c.len_utf8()
            });
            self.at += length;
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn push(&mut self, text: &str) {
        match self.out.last_mut() {
            Some(Inline::Text(before, marks)) if marks == self.marks => before.push_str(text),
            _ => self.out.push(Inline::Text(text.to_owned(), self.marks.clone())),
        }
    }

    /// Takes what begins here if it is more than a character, and returns its length.
    fn special(&mut self, c: char) -> Option<usize> {
        match c {
            '\\' => self.backslash(),
            '\n' => {
                self.out.push(Inline::Break);
                Some(1)
            }
            '&' => {
                let (text, length) = entity::at_start(self.rest())?;
                self.push(&text);
                Some(length)
            }
            '{' => self.brace(),
            '[' => self.link(),
            '!' => self.image(),
            'h' => self.bare_address(),
            '?' => self.cite(),
            _ => self.style(c),
        }
    }

    fn backslash(&mut self) -> Option<usize> {
        let rest = &self.rest()[1..];
        if let Some(behind) = rest.strip_prefix('\\') {
            self.out.push(Inline::Break);
            let blanks = behind.len() - behind.trim_start_matches(' ').len();
            let line_end = usize::from(behind[blanks..].starts_with('\n'));
            return Some(2 + blanks + line_end);
        }
        let escaped = rest.chars().next().filter(char::is_ascii_punctuation)?;
        self.push(&escaped.to_string());
        Some(2)
    }

    fn brace(&mut self) -> Option<usize> {
        let rest = self.rest();
        if rest.starts_with("{{") && !self.marks.has(Style::Code) {
            let inner = self.until(2, "}}")?;
            self.inside(inner, &self.marks.with(Style::Code));
            return Some(inner.len() + 4);
        }
        if let Some(spelling) = STYLES.iter().find(|s| !s.wiki.is_empty() && rest[1..].starts_with(s.wiki))
            && rest[2..].starts_with('}')
            && !self.marks.has(spelling.style)
        {
            let inner = self.until(3, braced(spelling.style))?;
            self.inside(inner, &self.marks.with(spelling.style));
            return Some(inner.len() + 6);
        }
        let line = rest.bytes().take(100).position(|b| b == b'}' || b == b'\n')?;
        let inner = rest.get(1..line)?;
        let (noun, known) = match inner.split_once(':').map_or(inner, |(name, _)| name) {
            "color" => ("the colour of a text", true),
            "anchor" => ("an anchor", inner.contains(':')),
            _ => ("", false),
        };
        (known && rest.as_bytes()[line] == b'}').then(|| {
            self.lost.add(noun);
            line + 1
        })
    }

    /// Returns what is between here and `end` in this line. A backslash hides what follows it.
    fn until(&mut self, skip: usize, end: &'static str) -> Option<&'a str> {
        let from = self.at + skip;
        if self.dead.get(end).is_some_and(|until| from <= *until) {
            return None;
        }
        let found = find(&self.text[from..], |rest, _| rest.starts_with(end));
        match found {
            Ok(at) if at > 0 => Some(&self.text[from..from + at]),
            Ok(_) => None,
            Err(length) => {
                self.dead.insert(end, from + length);
                None
            }
        }
    }

    fn inside(&mut self, text: &str, marks: &Marks) {
        let inner = read(text, marks, self.lost);
        self.out.extend(inner);
    }

    fn style(&mut self, c: char) -> Option<usize> {
        let spelling = STYLES.iter().find(|s| s.wiki.starts_with(c))?;
        let next = self.rest()[1..].chars().next()?;
        if self.marks.has(spelling.style) || self.in_word() || next.is_whitespace() || next == c {
            return None;
        }
        self.styled(spelling.style, spelling.wiki)
    }

    /// Takes `??a quotation??`.
    fn cite(&mut self) -> Option<usize> {
        let next = self.rest().strip_prefix("??")?.chars().next()?;
        if self.marks.has(Style::Em) || next.is_whitespace() || next == '?' {
            return None;
        }
        self.styled(Style::Em, "??")
    }

    fn styled(&mut self, style: Style, mark: &'static str) -> Option<usize> {
        let from = self.at + mark.len();
        if self.dead.get(mark).is_some_and(|until| from <= *until) {
            return None;
        }
        let ends = |rest: &str, before: char| {
            let behind = rest.strip_prefix(mark).map(|rest| rest.chars().next());
            behind.is_some_and(|next| !before.is_whitespace() && next.is_none_or(|n| !n.is_alphanumeric()))
        };
        match find(&self.text[from..], ends) {
            Ok(length) if length > 0 => {
                self.inside(&self.text[from..from + length], &self.marks.with(style));
                Some(length + 2 * mark.len())
            }
            Ok(_) => None,
            Err(length) => {
                self.dead.insert(mark, from + length);
                None
            }
        }
    }

    fn in_word(&self) -> bool {
        self.text[..self.at].ends_with(char::is_alphanumeric)
    }

    fn link(&mut self) -> Option<usize> {
        if !self.marks.link.is_empty() {
            return None;
        }
        // The innermost brackets are the link.
        let end = find(&self.rest()[1..], |rest, _| rest.starts_with(['[', ']'])).ok()?;
        let inner = &self.rest()[1..=end];
        if !self.rest()[1 + end..].starts_with(']') {
            return None;
        }
        let length = inner.len() + 2;
        if let Some(name) = inner.strip_prefix('~').filter(|name| !name.contains(char::is_whitespace)) {
            self.lost.add("a mention (written as plain @name)");
            self.push(&format!("@{}", name.strip_prefix("accountid:").unwrap_or(name)));
            return Some(length);
        }
        let (label, target) = match find(inner, |rest, _| rest.starts_with('|')) {
            Ok(bar) => (&inner[..bar], inner[bar + 1..].split('|').next().unwrap_or_default().trim()),
            Err(_) => ("", inner.trim()),
        };
        if target.is_empty() || target.contains(char::is_whitespace) {
            return None;
        }
        if target.starts_with(['#', '^']) {
            self.lost.add("a link to an anchor or a file by its name (kept as text)");
            let text = if label.is_empty() { &target[1..] } else { label };
            self.inside(text, &self.marks.clone());
            return Some(length);
        }
        if label.is_empty() {
            let is_address = address::is_absolute(target) || target.starts_with("mailto:");
            return is_address.then(|| {
                self.out.push(Inline::Text(target.to_owned(), self.marks.linked(target)));
                length
            });
        }
        self.inside(label.trim_end(), &self.marks.linked(target));
        Some(length)
    }

    fn image(&mut self) -> Option<usize> {
        if self.in_word() {
            return None;
        }
        let inner = self.until(1, "!")?;
        let (address, options) = inner.split_once('|').unwrap_or((inner, ""));
        if !address.contains('.') || address.contains(char::is_whitespace) || address.starts_with('.') {
            return None;
        }
        let mut alt = String::new();
        for option in options.split(',').filter(|o| !o.trim().is_empty()) {
            match option.split_once('=') {
                Some((name, value)) if name.trim() == "alt" => alt = entity::decode(value.trim_matches('"')),
                _ => self.lost.add("the size or look of an image"),
            }
        }
        if !address::is_absolute(address) {
            self.lost.add("an image that is not at an address (its file's name stands for it)");
        }
        self.out.push(Inline::Image { address: address.to_owned(), alt, link: self.marks.link.clone() });
        Some(inner.len() + 2)
    }

    fn bare_address(&mut self) -> Option<usize> {
        if !self.marks.link.is_empty() || self.in_word() || !address::is_absolute(self.rest()) {
            return None;
        }
        let word = self.rest().split(['{', '}', '[', ']', '\\', '\n']).next().unwrap_or_default();
        let (_, end) = address::bare(word).filter(|(start, _)| *start == 0)?;
        let found = &word[..end];
        self.out.push(Inline::Text(found.to_owned(), self.marks.linked(found)));
        Some(end)
    }
}

/// Returns how a style is spelt inside a word.
pub(super) fn braced(style: Style) -> &'static str {
    match style {
        Style::Strong => "{*}",
        Style::Em => "{_}",
        Style::Strike => "{-}",
        Style::Underline => "{+}",
        Style::Sub => "{~}",
        Style::Sup => "{^}",
        Style::Code => "",
    }
}

/// Measures the link that `text` begins with: no mark ends inside one.
fn link_length(text: &str) -> usize {
    let end = text[1..].find(['[', ']', '\n']).map(|end| end + 1).filter(|end| text[*end..].starts_with(']'));
    end.filter(|end| text[..*end].contains("://")).map_or(0, |end| end + 1)
}

/// Finds a place in the line; `ends` sees what is there and the character before it. Else returns the line's length.
fn find(text: &str, ends: impl Fn(&str, char) -> bool) -> Result<usize, usize> {
    let mut before = ' ';
    let mut hidden = false;
    let mut link = 0;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            return Err(at);
        }
        if c == '[' && !hidden && at >= link {
            link = at + link_length(&text[at..]);
        }
        if !hidden && at >= link && ends(&text[at..], before) {
            return Ok(at);
        }
        hidden = c == '\\' && !hidden;
        before = c;
    }
    Err(text.len())
}
