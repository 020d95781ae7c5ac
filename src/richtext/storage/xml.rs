//! XHTML as a tree, from the events of quick-xml. Forgiving: what is wrong is told and kept as text.

use crate::richtext::{entity, model::Lost};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// How deep elements may nest. What is deeper joins the element around it.
const DEEPEST_ELEMENT: usize = 100;

/// Elements of HTML that hold nothing and may stand without an end.
pub(super) const EMPTY: [&str; 4] = ["br", "hr", "img", "col"];

/// A piece of the tree.
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// An element with what it holds.
#[derive(Default)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    /// Returns an attribute, or an empty text.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| if let Node::Element(element) = node { Some(element) } else { None })
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// Returns all text inside.
    pub(super) fn text(&self) -> String {
        let piece = |node: &Node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(element) if element.name == "br" => "\n".to_owned(),
            Node::Element(element) => element.text(),
        };
        self.children.iter().map(piece).collect()
    }
}

/// Reads a tree.
pub(super) fn parse(text: &str, lost: &mut Lost) -> Vec<Node> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut tree = Tree { open: vec![Element::default()], deeper: Vec::new(), lost };
    let mut done = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => tree.event(event),
            Err(_) => {
                tree.lost.add("markup that is not well-formed (kept as text)");
                tree.text(text.get(done..).unwrap_or_default().to_owned());
                break;
            }
        }
        done = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
    }
    tree.finish()
}

/// A tree in the making.
struct Tree<'a> {
    open: Vec<Element>,
    /// The names of elements that are too deep.
    deeper: Vec<String>,
    lost: &'a mut Lost,
}

impl Tree<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(start) => self.start(&start),
            Event::Empty(start) => {
                let element = self.element(&start);
                self.push(Node::Element(element));
            }
            Event::End(end) => self.end(end.name().0),
            Event::Text(text) => self.text(text.into_inner().into_owned()),
            Event::CData(text) => self.text(text.into_inner().into_owned()),
            Event::GeneralRef(name) => {
                let name = name.into_inner();
                self.text(entity::resolve(&name).unwrap_or_else(|| format!("&{name};")));
            }
            Event::Comment(_) => self.lost.add("a comment in the markup"),
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {}
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) {
        let element = self.element(start);
        if EMPTY.contains(&element.name.as_str()) {
            self.push(Node::Element(element));
        } else if self.open.len() > DEEPEST_ELEMENT {
            self.lost.add(format!("elements nested deeper than {DEEPEST_ELEMENT} levels"));
            self.deeper.push(element.name);
        } else {
            self.open.push(element);
        }
    }

    fn element(&mut self, start: &BytesStart<'_>) -> Element {
        let mut attributes = Vec::new();
        for attribute in start.html_attributes().with_checks(false) {
            match attribute {
                Ok(attribute) => {
                    attributes.push((attribute.key.0.to_owned(), entity::decode(&attribute.value)));
                }
                Err(_) => self.lost.add("an attribute that is not well-formed"),
            }
        }
        Element { name: start.name().0.to_owned(), attributes, children: Vec::new() }
    }

    fn end(&mut self, name: &str) {
        if !self.deeper.is_empty() {
            if self.deeper.last().is_some_and(|deep| deep == name) {
                self.deeper.pop();
            }
            return;
        }
        // The first one is the document's own and stays.
        let at = self.open.iter().skip(1).rposition(|element| element.name == name);
        while at.is_some_and(|at| self.open.len() > at + 1) {
            self.close();
        }
    }

    fn close(&mut self) {
        if let Some(element) = self.open.pop() {
            self.push(Node::Element(element));
        }
    }

    fn text(&mut self, text: String) {
        self.push(Node::Text(text));
    }

    fn push(&mut self, node: Node) {
        if let Some(element) = self.open.last_mut() {
            element.children.push(node);
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().map(|root| root.children).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(nodes: &[Node]) -> String {
        let one = |node: &Node| match node {
            Node::Text(text) => text.clone(),
            Node::Element(e) => format!("<{}>{}</>", e.name, shape(&e.children)),
        };
        nodes.iter().map(one).collect()
    }

    #[test]
    fn trees_are_made_of_what_there_is() {
        for (text, want) in [
            ("<p>a<br/>b</p>", "<p>a<br></>b</>".to_owned()),
            ("<p>a<br>b</p>", "<p>a<br></>b</>".to_owned()),
            ("a &amp; b&nbsp;&bogus; & c", "a & b\u{a0}&bogus; & c".to_owned()),
            ("<p><b>x</p>y", "<p><b>x</></>y".to_owned()),
            ("x</p>y", "xy".to_owned()),
            ("a <", "a <".to_owned()),
            ("<![CDATA[<x>&amp;]]>", "<x>&amp;".to_owned()),
        ] {
            assert_eq!(shape(&parse(text, &mut Lost::default())), want, "{text}");
        }
    }
}
