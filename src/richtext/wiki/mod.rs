//! Jira's wiki markup.

mod inline;
mod line;
mod read;
mod row;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// The macros that enclose blocks or code.
const BLOCKS: [&str; 8] = ["code", "noformat", "quote", "panel", "info", "note", "tip", "warning"];

/// A macro that encloses blocks or code, found in a text.
struct Enclosed<'a> {
    name: &'static str,
    /// What stands behind the colon.
    parameters: &'a str,
    body: &'a str,
    /// The length of all of it.
    length: usize,
}

/// Finds the ends of macros, and remembers which have none so that no text is searched twice.
#[derive(Default)]
struct Ends {
    /// For each of [`BLOCKS`], whether none ends any more.
    none: [bool; BLOCKS.len()],
}

impl Ends {
    /// Returns the macro that `text` begins with.
    fn at_start<'a>(&mut self, text: &'a str) -> Option<Enclosed<'a>> {
        /// No list of parameters is longer.
        const LONGEST: usize = 1000;
        let rest = text.strip_prefix('{')?;
        let begins = |name: &str| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(['}', ':']));
        let index = BLOCKS.iter().position(|name| begins(name)).filter(|index| !self.none[*index])?;
        let name = BLOCKS[index];
        let rest = &rest[name.len()..];
        let close = rest.bytes().take(LONGEST).position(|b| b == b'}' || b == b'\n')?;
        let (parameters, rest) = (rest[..close].trim_start_matches(':'), rest[close..].strip_prefix('}')?);
        let end_tag = format!("{{{name}}}");
        let Some(end) = rest.find(&end_tag) else {
            self.none[index] = true;
            return None;
        };
        let length = text.len() - rest.len() + end + end_tag.len();
        Some(Enclosed { name, parameters, body: &rest[..end], length })
    }
}
