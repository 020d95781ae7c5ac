//! Templates: storage format with variables.

use super::pieces::{Piece, What, escape, pieces};
use super::xml::{Node, parse};
use crate::{
    error::{Error, Result},
    richtext::model::Lost,
};

/// The element that stands for a variable.
const VARIABLE: &str = "at:var";
/// The element that says which variables there are.
const DECLARATIONS: &str = "at:declarations";

/// Puts values in the place of variables. `value` knows them; a variable without one is refused.
pub(in crate::richtext) fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String> {
    let mut out = String::with_capacity(template.len());
    let mut missing: Vec<String> = Vec::new();
    let mut inside = "";
    for Piece { at, what } in pieces(template)? {
        let text = &template[at];
        match &what {
            What::End(name) if name == inside => inside = "",
            _ if !inside.is_empty() => {}
            What::Start(name) if name == DECLARATIONS => inside = DECLARATIONS,
            What::Start(name) | What::Empty(name) if name == VARIABLE => {
                if matches!(what, What::Start(_)) {
                    inside = VARIABLE;
                }
                let name = attribute(text, "at:name");
                match value(&name) {
                    Some(value) => out.push_str(&escape(&value).replace('\n', "<br />")),
                    None if missing.contains(&name) => {}
                    None => missing.push(name),
                }
            }
            _ => out.push_str(text),
        }
    }
    if missing.is_empty() { Ok(out) } else { Err(lacking(&missing)) }
}

fn lacking(missing: &[String]) -> Box<Error> {
    let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
    Error::client(format_args!("the template needs a value for {}", names.join(", ")))
}

/// Returns an attribute of a tag.
pub(super) fn attribute(tag: &str, name: &str) -> String {
    match parse(tag, &mut Lost::default()).into_iter().next() {
        Some(Node::Element(element)) => element.attribute(name).to_owned(),
        _ => String::new(),
    }
}
