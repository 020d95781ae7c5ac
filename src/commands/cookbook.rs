//! `tieline docs cookbook`: the scripts that come with the program, on the screen and as Markdown.

use crate::{
    script::{Recipe, recipes},
    services::SERVICES,
};
use std::fmt::Write;

/// The name of the page.
pub(super) const NAME: &str = "cookbook";

/// Returns the scripts in groups: of each service those that begin with it, then those of several services.
fn groups() -> Vec<(String, Vec<Recipe>)> {
    let (single, several): (Vec<Recipe>, Vec<Recipe>) = recipes().into_iter().partition(|r| r.services.len() == 1);
    let of = |name: &str| single.iter().filter(|r| r.services[0].name == name).cloned().collect::<Vec<_>>();
    let mut groups: Vec<(String, Vec<Recipe>)> =
        SERVICES.iter().map(|service| (service.title.to_owned(), of(service.name))).collect();
    groups.push(("Several services".to_owned(), several));
    groups.retain(|(_, recipes)| !recipes.is_empty());
    groups
}

/// Writes the page for the terminal.
pub(super) fn page() -> String {
    let mut out = String::from("Scripts that come with tieline, each with a command line that works.\n");
    for (title, recipes) in groups() {
        let _ = writeln!(out, "\n{title}");
        for recipe in recipes {
            let _ = writeln!(out, "  {}: {}\n      {}", recipe.name, recipe.purpose, recipe.usage);
        }
    }
    out.push_str(
        "\ntieline docs NAME prints a script; tieline docs NAME > NAME.rhai keeps it; tieline --sandbox tries it.",
    );
    out
}

/// Writes the page as Markdown, for `stdlib/COOKBOOK.md`.
pub(super) fn markdown() -> String {
    let mut out = String::from(
        "# Cookbook\n\n<!-- Made by `tieline docs cookbook --markdown` from the headers of the scripts. -->\n\n\
         Scripts that come with tieline. `tieline docs NAME` prints one, `tieline docs NAME > NAME.rhai` keeps it, and \
         `tieline --sandbox NAME.rhai` tries it without a server.\n",
    );
    for (title, recipes) in groups() {
        let _ = writeln!(out, "\n## {title}");
        for Recipe { name, purpose, usage, .. } in recipes {
            let _ = writeln!(out, "\n### [{name}](../scripts/{name}.rhai)\n\n{purpose}\n\n```sh\n{usage}\n```");
        }
    }
    out
}
