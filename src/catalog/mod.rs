//! The published operations of every API, as data: which there are, what they take, and where each argument goes.
//!
//! One file per API, made by `scripts/catalog.rhai`. A line is one operation, its columns separated by tabs:
//!
//! ```text
//! id  method  path  flags  parameters  body
//! ```
//!
//! | column | reads |
//! | --- | --- |
//! | flags | `r` changes nothing although the method is not GET, `d` deprecated, `x` experimental |
//! | parameters | `name:place:type`, `*` when required, `~value` for what is sent when it is not given |
//! | place | `p` path, `P` path with slashes, `q` query, `h` header, `f` form, `u` a file part of a form |
//! | type | a string when left out; `int num bool`; `any`; `json`; `map`; `=a\|b` one of these; `[]` a list that repeats the name, `[,]` one joined by commas |
//! | body | media types, shape (`object array string any`, `form` of the parameters, raw `file`), members it must have with their types |
//!
//! Nothing is read before it is asked for, and then only the lines that may be the answer.

mod check;
mod path;
mod place;
mod route;
mod row;
#[cfg(test)]
mod tests;

pub use place::{Placed, place};
pub use row::{Body, List, Member, Operation, Parameter, Place, Shape, Type};

/// How like two names must be, from 0 to 1, for the one to be offered for the other.
const ALIKE: f64 = 0.6;

/// How many names are offered at most.
const OFFERED: usize = 3;

/// The published operations of one API.
#[derive(Debug)]
pub struct Api {
    /// The name, such as `jira-dc`.
    pub name: &'static str,
    /// The operations: a comment, then one line for each.
    text: &'static str,
    /// Other spellings of the version in a path, the third of its segments, with the one the lines have.
    versions: &'static [(&'static str, &'static str)],
    /// Whether the service takes each operation as GET and as POST.
    either_method: bool,
}

/// Makes an [`Api`] of a file beside this one.
macro_rules! apis {
    ($($name:literal $versions:expr, $either:expr;)*) => {
        &[$(Api { name: $name, text: include_str!(concat!($name, ".tsv")), versions: &$versions, either_method: $either },)*]
    };
}

/// All of them. A static, because a constant's texts may be in the program twice.
pub static APIS: &[Api] = apis! {
    "jira-cloud-v3" [("2", "3"), ("latest", "3")], false;
    "jira-cloud-agile" [("latest", "1.0")], false;
    "jira-cloud-servicedesk" [], false;
    "jira-dc" [("latest", "2"), ("latest", "1.0"), ("latest", "1")], false;
    "confluence-cloud-v2" [], false;
    "confluence-cloud-v1" [], false;
    "confluence-dc" [], false;
    "bitbucket-cloud" [], false;
    "bitbucket-dc" [("1.0", "latest")], false;
    "bamboo-dc" [("1.0", "latest")], false;
    "trello" [], false;
    "slack-web" [], true;
    "tempo-v4" [], false;
    "upm" [("latest", "1.0")], false;
};

/// Finds an API by its name.
#[must_use]
pub fn api(name: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.name == name)
}

impl Api {
    /// Finds an operation by its id. Where the id has other signs than letters and digits, `_` will do: `chat_postMessage`
    /// and `chat.postMessage` are the same.
    #[must_use]
    pub fn operation(&self, id: &str) -> Option<Operation> {
        row::read(self, self.exact(id).or_else(|| self.loose(id))?)
    }

    /// Returns all operations in the order of the vendor's description.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        self.lines().filter_map(|line| row::read(self, line))
    }

    /// Returns the ids of all operations, without reading the rest of them.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.lines().map(first)
    }

    /// Returns where the facts come from: file and version.
    #[must_use]
    pub fn source(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("# ")
    }

    fn lines(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.text.lines().skip(1)
    }

    /// Finds the line that starts with exactly `id`.
    fn exact(&self, id: &str) -> Option<&'static str> {
        let start = self.text.find(&format!("\n{id}\t"))? + 1;
        self.text[start..].lines().next()
    }

    /// Finds the line whose id is `id` but for its signs.
    fn loose(&self, id: &str) -> Option<&'static str> {
        self.lines().find(|line| alike(first(line), id))
    }
}

/// Returns the first column.
fn first(line: &'static str) -> &'static str {
    line.split('\t').next().unwrap_or_default()
}

/// Says whether two ids differ at most in signs that are no letters or digits.
fn alike(one: &str, other: &str) -> bool {
    let sign = |c: u8| if c.is_ascii_alphanumeric() { c } else { b'_' };
    one.len() == other.len() && one.bytes().map(sign).eq(other.bytes().map(sign))
}

/// The APIs of one connection, by name, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Catalog(pub &'static [&'static str]);

impl Catalog {
    /// Returns the APIs.
    pub fn apis(self) -> impl Iterator<Item = &'static Api> {
        self.0.iter().filter_map(|name| api(name))
    }

    /// Finds an operation by its id, as [`Api::operation`] does.
    #[must_use]
    pub fn operation(self, id: &str) -> Option<Operation> {
        let exact = self.apis().find_map(|api| Some((api, api.exact(id)?)));
        let (api, line) = exact.or_else(|| self.apis().find_map(|api| Some((api, api.loose(id)?))))?;
        row::read(api, line)
    }

    /// Returns the ids of all operations.
    pub fn ids(self) -> impl Iterator<Item = &'static str> {
        self.apis().flat_map(Api::ids)
    }

    /// Returns the ids that somebody may have meant who wrote `id`, the likeliest first.
    #[must_use]
    pub fn suggestions(self, id: &str) -> Vec<String> {
        nearest(id, self.ids())
    }

    /// Finds the operation behind a method and a path: a real one, or a template with placeholders of any names.
    ///
    /// Literal segments win over placeholders. Other spellings of an API's version are the same route.
    #[must_use]
    pub fn route(self, method: &str, path: &str) -> Option<Operation> {
        let found = self.apis().filter_map(|api| route::find(api, method, path));
        found.min_by_key(|found| found.rank).and_then(|found| row::read(found.api, found.line))
    }
}

/// Returns the names that are like `name`, the likeliest first. Neither case nor signs count.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = bare(name);
    let mut scored: Vec<(f64, &str)> = known.map(|known| (likeness(&name, &bare(known)), known)).collect();
    scored.retain(|(score, _)| *score >= ALIKE);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(OFFERED).map(|(_, known)| known.to_owned()).collect()
}

/// Returns the letters and digits of `name`, small.
fn bare(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Says how like two bare names are. A part of a name is as good as a name with a few slips.
fn likeness(written: &str, known: &str) -> f64 {
    let whole = strsim::normalized_damerau_levenshtein(written, known);
    let part = written.len() >= 4 && known.contains(written);
    if part { whole.max(ALIKE) } else { whole }
}
