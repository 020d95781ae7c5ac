//! The scripts that come with the program, to be read, copied and changed.

use super::host::header;
use crate::services::{SERVICES, Service};

/// Every script with its name, put together at build time.
const SCRIPTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scripts.rs"));

/// Scripts that are tools of the project itself.
const TOOLS: &[&str] = &["catalog"];

/// What the line of a header starts with that shows the script in use.
const USAGE: &str = "Usage: ";

/// One script.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Its name, without the ending.
    pub name: &'static str,
    /// What it does.
    pub purpose: String,
    /// How it is run.
    pub usage: String,
    /// The services it talks to, in the order of the table.
    pub services: Vec<&'static Service>,
    /// Its text.
    pub text: &'static str,
}

/// Returns the scripts in the order of their names.
pub fn recipes() -> Vec<Recipe> {
    SCRIPTS.iter().filter(|(name, _)| !TOOLS.contains(name)).map(|(name, text)| recipe(name, text)).collect()
}

/// Finds a script by its name, with or without its ending.
pub fn recipe_named(name: &str) -> Option<Recipe> {
    let name = name.strip_suffix(".rhai").unwrap_or(name);
    recipes().into_iter().find(|recipe| recipe.name == name)
}

fn recipe(name: &'static str, text: &'static str) -> Recipe {
    let header = header(text);
    let (usage, purpose): (Vec<&str>, Vec<&str>) =
        header.lines().filter(|line| !line.trim().is_empty()).partition(|line| line.starts_with(USAGE));
    let usage = usage.first().and_then(|line| line.strip_prefix(USAGE)).unwrap_or_default();
    Recipe { name, purpose: purpose.join(" "), usage: usage.to_owned(), services: services(text), text }
}

/// Returns the services whose connections a text makes.
fn services(text: &str) -> Vec<&'static Service> {
    let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let calls = |line: &str, call: &str| line.match_indices(call).any(|(at, _)| !line[..at].ends_with(in_word));
    let makes = |service: &&Service| code.iter().any(|line| calls(line, &format!("{}(", service.name)));
    SERVICES.iter().copied().filter(makes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_says_what_it_does_and_for_which_service() {
        let all = recipes();
        assert!(all.len() >= 5);
        for recipe in all {
            assert!(recipe.purpose.len() > 10, "{}", recipe.name);
            assert!(recipe.usage.starts_with("tieline ") && recipe.usage.contains(recipe.name), "{}", recipe.name);
            assert!(!recipe.services.is_empty(), "{}", recipe.name);
        }
        assert_eq!(recipe_named("export-issues.rhai").unwrap().services[0].name, "jira");
        assert!(recipe_named("catalog").is_none());
    }
}
