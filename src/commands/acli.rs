//! `tieline docs acli`: the page for people who come from ACLI, its tables made from the data.

use crate::{
    acli::{self, Action, Answer},
    catalog::Catalog,
    services::{Service, service},
};
use std::fmt::Write;

/// What stands before the tables.
const PAGE: &str = include_str!("acli.md");

/// The products in the order of the page, each with its heading.
const PRODUCTS: &[(&str, &str)] = &[
    (acli::PARAMETERS, "Common parameters"),
    ("common", "Actions of every client"),
    ("system", "Secrets and exit codes"),
    ("jira", "Jira"),
    ("confluence", "Confluence"),
    ("bitbucket", "Bitbucket"),
    ("bamboo", "Bamboo"),
    ("upm", "Apps"),
];

/// Writes the page as Markdown.
pub(super) fn page() -> String {
    let mut out = PAGE.to_owned();
    for (product, title) in PRODUCTS {
        let _ = write!(out, "\n## {title}\n\n| ACLI | here | |\n| --- | --- | --- |\n");
        for action in acli::actions().filter(|action| action.product == *product) {
            let _ = writeln!(out, "{}", row(&action));
        }
    }
    out
}

fn row(action: &Action) -> String {
    let answers: Vec<String> = action.answers().map(marked).collect();
    let answers = if answers.is_empty() { "not by API".to_owned() } else { answers.join(", ") };
    format!("| `{}` | {answers} | {} |", action.name, action.note.replace('|', "\\|"))
}

/// Writes an answer, with the deployment where only one has it.
fn marked(answer: Answer) -> String {
    let only = match answer {
        Answer::Operation { service: name, id } => service(name).and_then(|service| only(service, id)),
        _ => None,
    };
    format!("`{answer}`{}", only.map_or(String::new(), |title| format!(" ({title})")))
}

/// Returns the one deployment of a service that has an operation, if there are others.
fn only(service: &Service, id: &str) -> Option<&'static str> {
    let having: Vec<&str> =
        service.published().filter(|(_, apis)| Catalog(apis).operation(id).is_some()).map(|(name, _)| name).collect();
    match having[..] {
        [one] if service.flavours.len() > 1 => Some(if one == "cloud" { "Cloud" } else { "Data Center" }),
        _ => None,
    }
}
