//! Confluence's own elements: macros, links, images, mentions, emoticons, tasks.

use super::{read::Reader, xml::Element};
use crate::richtext::{
    flow::Flow,
    model::{Block, Inline, Marks, Panel, Style},
};

/// Emoticons by their names.
const EMOTICONS: [(&str, &str); 18] = [
    ("smile", "🙂"),
    ("sad", "🙁"),
    ("cheeky", "😛"),
    ("laugh", "😀"),
    ("wink", "😉"),
    ("thumbs-up", "👍"),
    ("thumbs-down", "👎"),
    ("information", "ℹ️"),
    ("tick", "✅"),
    ("cross", "❌"),
    ("warning", "⚠️"),
    ("plus", "➕"),
    ("minus", "➖"),
    ("question", "❓"),
    ("light-on", "💡"),
    ("yellow-star", "⭐"),
    ("heart", "❤️"),
    ("broken-heart", "💔"),
];

impl Reader<'_> {
    pub(super) fn extension(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        match element.name.as_str() {
            "ac:structured-macro" | "ac:macro" => self.macro_(element, marks, flow),
            "ac:link" => self.link(element, marks, flow),
            "ac:image" => self.image(element, marks, flow),
            "ac:emoticon" => self.emoticon(element, marks, flow),
            "ac:task-list" => self.tasks(element, flow),
            "ac:adf-extension" => self.adf(element, marks, flow),
            "ac:layout" | "ac:layout-section" | "ac:layout-cell" => {
                self.lost.add("columns");
                self.part(element, marks, flow);
            }
            "ac:placeholder" => self.lost.add("a placeholder"),
            name => {
                self.lost.add(format!("the element `{name}`"));
                self.nodes(&element.children, marks, flow);
            }
        }
    }

    fn macro_(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        let name = element.attribute("ac:name");
        let body = element.child("ac:rich-text-body").map(|body| body.children.as_slice()).unwrap_or_default();
        let plain = element.child("ac:plain-text-body").map(Element::text);
        let title = parameter(element, "title");
        match name {
            "code" | "noformat" => {
                self.title(&title, flow);
                let language = if name == "code" { parameter(element, "language") } else { String::new() };
                flow.block(Block::Code { language, text: plain.unwrap_or_default() });
            }
            "status" => {
                self.lost.add("a status (written as bold text)");
                flow.inline(Inline::Text(title, marks.with(Style::Strong)));
            }
            "expand" => self.wrap(body, flow, |blocks| Block::Expand(title, blocks)),
            "panel" => {
                self.lost.add("the look of a panel");
                self.title(&title, flow);
                self.wrap(body, flow, |blocks| Block::Panel(Panel::Info, blocks));
            }
            _ => match Panel::of_macro(name) {
                Some(panel) => {
                    self.title(&title, flow);
                    self.wrap(body, flow, |blocks| Block::Panel(panel, blocks));
                }
                None => self.unknown(name, body, plain, marks, flow),
            },
        }
    }

    /// Keeps what stands in a macro that there is no other word for.
    fn unknown(
        &mut self,
        name: &str,
        body: &[super::xml::Node],
        plain: Option<String>,
        marks: &Marks,
        flow: &mut Flow,
    ) {
        self.lost.add(format!("macro `{name}`"));
        if !body.is_empty() {
            flow.end_line();
            self.nodes(body, marks, flow);
            flow.end_line();
        }
        if let Some(text) = plain {
            flow.block(Block::Code { language: String::new(), text });
        }
    }

    fn title(&mut self, title: &str, flow: &mut Flow) {
        if !title.is_empty() {
            self.lost.add("the title of a panel or of code (written as bold text before it)");
            flow.block(Block::Paragraph(vec![Inline::strong(title)]));
        }
    }

    fn link(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        if let Some(user) = element.child("ri:user") {
            self.lost.add("a mention (written as plain @name)");
            let name = first(user, &["ri:username", "ri:account-id", "ri:userkey"]);
            return flow.inline(Inline::Text(format!("@{name}"), marks.clone()));
        }
        let address = element.child("ri:url").map_or("", |url| url.attribute("ri:value"));
        if address.is_empty() {
            self.lost.add("a link to a page, space or file by its name (kept as text)");
        }
        let marks = marks.linked(address);
        match element.elements().find(|e| e.name.ends_with("link-body")) {
            Some(body) => self.nodes(&body.children, &marks, flow),
            None => flow.inline(Inline::Text(destination(element), marks)),
        }
    }

    fn image(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        let alt = element.attribute("ac:alt").to_owned();
        let link = marks.link.clone();
        let address = match (element.child("ri:url"), element.child("ri:attachment")) {
            (Some(url), _) => url.attribute("ri:value"),
            (None, Some(file)) => {
                self.lost.add("an image that is not at an address (its file's name stands for it)");
                file.attribute("ri:filename")
            }
            (None, None) => {
                self.lost.add("an image that is not at an address");
                return flow.inline(Inline::Text(alt, marks.clone()));
            }
        };
        flow.inline(Inline::Image { address: address.to_owned(), alt, link });
    }

    fn emoticon(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        let name = element.attribute("ac:name");
        let known = EMOTICONS.iter().find(|(n, _)| *n == name).map(|(_, text)| *text);
        let fallback = Some(element.attribute("ac:emoji-fallback")).filter(|t| !t.is_empty() && !t.starts_with(':'));
        let text = fallback.or(known).map_or_else(
            || {
                self.lost.add("an emoji that is no character (written as its name)");
                format!(":{name}:")
            },
            str::to_owned,
        );
        flow.inline(Inline::Text(text, marks.clone()));
    }

    fn tasks(&mut self, element: &Element, flow: &mut Flow) {
        let empty = Element::default();
        let task = |task| {
            let done = Element::child(task, "ac:task-status").is_some_and(|status| status.text().trim() == "complete");
            (Some(done), task.child("ac:task-body").unwrap_or(&empty))
        };
        self.items(element.elements().map(task).collect(), None, flow);
    }

    /// Reads what only the newer editor knows: its panel, or else what older programs are to show instead.
    fn adf(&mut self, element: &Element, marks: &Marks, flow: &mut Flow) {
        let node = element.child("ac:adf-node");
        let is_note = |node: &Element| {
            let kind = node.elements().find(|e| e.attribute("key") == "panel-type").map(Element::text);
            node.attribute("type") == "panel" && kind.as_deref() == Some("note")
        };
        if let Some(content) = node.filter(|node| is_note(node)).and_then(|node| node.child("ac:adf-content")) {
            return self.wrap(&content.children, flow, |blocks| Block::Panel(Panel::Note, blocks));
        }
        self.lost.add(format!("a part of kind `{}`", node.map_or("", |node| node.attribute("type"))));
        if let Some(shown) = element.child("ac:adf-fallback") {
            self.part(shown, marks, flow);
        }
    }
}

fn parameter(element: &Element, name: &str) -> String {
    let parameter = element.elements().find(|e| e.name == "ac:parameter" && e.attribute("ac:name") == name);
    parameter.map(Element::text).unwrap_or_default()
}

fn first<'a>(element: &'a Element, names: &[&str]) -> &'a str {
    names.iter().map(|name| element.attribute(name)).find(|value| !value.is_empty()).unwrap_or_default()
}

/// Names what a link without words of its own leads to.
fn destination(link: &Element) -> String {
    let names = ["ri:content-title", "ri:filename", "ri:space-key", "ri:value"];
    let found = link.elements().map(|child| first(child, &names)).find(|name| !name.is_empty());
    found.unwrap_or(link.attribute("ac:anchor")).to_owned()
}
