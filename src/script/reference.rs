//! The reference: verbs in the order of their file, what every connection can do, the helper functions.

use super::{
    docs::{Topic, of_script, own_functions, topics},
    host::{self, Host},
    library,
};
use crate::services::{SERVICES, Service, service};
use rhai::Engine;

/// What starts a chapter of a file of verbs: `// ---- issues ----`.
const CHAPTER: &str = "// ---- ";

/// What starts the line of a description that shows the function in use.
const EXAMPLE: &str = "Example: ";

/// Topics that belong together.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// What they are about.
    pub title: String,
    /// The topics.
    pub topics: Vec<Topic>,
}

/// The verbs of one service.
#[derive(Debug)]
pub struct Verbs {
    /// The service.
    pub service: &'static Service,
    /// Where they stand.
    pub source: &'static str,
    /// Its chapters, in the order of the file.
    pub chapters: Vec<Chapter>,
    /// The requests that they make.
    pub routes: Vec<Route>,
}

/// A request that a verb makes, as it is written in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The name of the function that makes it.
    pub verb: String,
    /// The method; nothing where the text does not say it in a way that is understood.
    pub method: Option<String>,
    /// The path, with `{names}`.
    pub path: String,
    /// The line of the file.
    pub line: usize,
}

/// All of the reference.
#[derive(Debug)]
pub struct Reference {
    /// The verbs, in the order of the services.
    pub verbs: Vec<Verbs>,
    /// What every connection can do.
    pub connection: Vec<Topic>,
    /// The helper functions: plain ones first, then methods by the type they belong to.
    pub functions: Vec<Chapter>,
}

impl Reference {
    /// Gathers it from the engine and the texts of the library.
    pub fn new(host: &Host) -> Self {
        let functions = own_functions(host.engine()).into_iter().chain(host.members_to_come());
        let described = functions.filter(|f| !f.comment.is_empty() && f.name != "to_debug");
        let (connection, functions) = topics(described.collect()).into_iter().partition(of_a_connection);
        Reference { verbs: verbs(), connection: once(connection), functions: by_receiver(functions) }
    }

    /// Returns the verbs of a service.
    pub fn of_service(&self, name: &str) -> Option<&Verbs> {
        self.verbs.iter().find(|verbs| verbs.service.name == name)
    }
}

impl Verbs {
    /// Returns every verb.
    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.chapters.iter().flat_map(|chapter| &chapter.topics)
    }
}

impl Topic {
    /// Returns the description without its examples.
    pub fn text(&self) -> String {
        self.comment.lines().filter(|line| !line.starts_with(EXAMPLE)).collect::<Vec<_>>().join("\n")
    }

    /// Returns the examples.
    pub fn examples(&self) -> impl Iterator<Item = &str> {
        self.comment.lines().filter_map(|line| line.strip_prefix(EXAMPLE))
    }
}

fn same(one: &Topic, other: &Topic) -> bool {
    one.name == other.name && one.receiver == other.receiver
}

fn of_a_connection(topic: &Topic) -> bool {
    topic.receiver.as_ref().is_some_and(|receiver| SERVICES.iter().any(|s| s.type_name == receiver))
}

/// Leaves one of the topics that every service has.
fn once(topics: Vec<Topic>) -> Vec<Topic> {
    let mut found: Vec<Topic> = Vec::new();
    for topic in topics {
        if !found.iter().any(|known| known.name == topic.name) {
            found.push(topic);
        }
    }
    found
}

fn by_receiver(topics: Vec<Topic>) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for topic in topics {
        let title = match &topic.receiver {
            Some(receiver) => format!("methods of {receiver}"),
            None if service(&topic.name).is_some() => "connections".to_owned(),
            None => "functions".to_owned(),
        };
        match chapters.iter_mut().find(|chapter| chapter.title == title) {
            Some(chapter) => chapter.topics.push(topic),
            None => chapters.push(Chapter { title, topics: vec![topic] }),
        }
    }
    chapters
}

/// Reads the verbs of every service, in the order of the services, from the texts of the library.
pub fn verbs() -> Vec<Verbs> {
    let mut engine = Engine::new();
    host::limits(&mut engine);
    engine.set_strict_variables(false);
    host::keyword_properties(&mut engine);
    SERVICES.iter().filter_map(|service| of_service(&engine, service)).collect()
}

/// Puts the verbs of a service into the order of its file.
fn of_service(engine: &Engine, service: &'static Service) -> Option<Verbs> {
    let (source, text) = library::of_service(service.name)?;
    let all = topics(of_script(&engine.compile(text).ok()?));
    let mut chapters: Vec<Chapter> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix(CHAPTER) {
            chapters.push(Chapter { title: title.trim_end_matches(['-', ' ']).to_owned(), topics: Vec::new() });
        }
        let known = |name: &str| {
            all.iter().find(|topic| topic.name == name && topic.receiver.as_deref() == Some(service.type_name))
        };
        let Some(topic) = public(line, service.type_name).and_then(known) else { continue };
        if chapters.is_empty() {
            chapters.push(Chapter { title: String::new(), topics: Vec::new() });
        }
        if let Some(chapter) = chapters.last_mut().filter(|c| !c.topics.iter().any(|t| same(t, topic))) {
            chapter.topics.push(topic.clone());
        }
    }
    chapters.retain(|chapter| !chapter.topics.is_empty());
    Some(Verbs { service, source, chapters, routes: routes(text) })
}

/// Returns the name of the public method that a line declares.
fn public<'a>(line: &'a str, type_name: &str) -> Option<&'a str> {
    line.strip_prefix("fn ")?.strip_prefix(type_name)?.strip_prefix('.')?.split('(').next()
}

/// Finds every path of the library's text, with the function it stands in and the method that its place tells.
fn routes(text: &str) -> Vec<Route> {
    let mut verb = "";
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("//") {
            continue;
        }
        if let Some(declared) = line.strip_prefix("private ").unwrap_or(line).strip_prefix("fn ") {
            verb = declared.split(['(', ' ']).next().and_then(|name| name.split('.').nth(1)).unwrap_or_default();
        }
        for (at, _) in line.match_indices("\"/") {
            let (path, behind) = line[at + 1..].split_once('"').unwrap_or_default();
            let method = method(&line[..at], behind).map(str::to_owned);
            found.push(Route { verb: verb.to_owned(), method, path: path.to_owned(), line: index + 1 });
        }
    }
    found
}

/// The calls that take a path, with the method they use.
const CALLS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("pages", "GET"),
    ("download", "GET"),
    ("text", "GET"),
    ("render", "GET"),
    ("post", "POST"),
    ("post_raw", "POST"),
    ("upload", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
];

/// Returns the HTTP method that a call of a connection uses for the path it takes.
pub(super) fn method_of(call: &str) -> Option<&'static str> {
    CALLS.iter().find(|row| row.0 == call).map(|row| row.1)
}

/// A list whose request has a body is asked for by POST.
const WITH_BODY: &str = ", #{ body:";

/// What may stand around a path: it is filled, or put below the wiki of Cloud.
const AROUND: &[&str] = &["this.path(", "this.wiki(", "to.wiki("];

/// Tells the method of a path from what stands before and behind it.
fn method<'a>(before: &'a str, behind: &str) -> Option<&'a str> {
    let before = AROUND.iter().find_map(|around| before.strip_suffix(around)).unwrap_or(before);
    if let Some(call) = before.strip_suffix('(') {
        let name = call.rsplit('.').next().unwrap_or_default();
        if name == "pages" && behind.starts_with(WITH_BODY) {
            return Some("POST");
        }
        return method_of(name);
    }
    let named = before.split("method: \"").nth(1)?;
    named.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_found_with_their_methods() {
        let text = "/// See \"/no\".\nfn Jira.a(x) { this.get(\"/a/{x}\", #{ x: x }) }\nprivate fn Jira.b() {\n    \
            this.upload(this.path(\"/b\", #{}), f);\n    this.request(#{ method: \"PUT\", path: this.path(\"/c\", #{}) });\n    \
            let p = \"/d\";\n    this.pages(\"/e\", #{ body: p })\n}";
        let found: Vec<(String, Option<String>, String)> =
            routes(text).into_iter().map(|r| (r.verb, r.method, r.path)).collect();
        let row = |verb: &str, method: Option<&str>, path: &str| (verb.into(), method.map(str::to_owned), path.into());
        assert_eq!(
            found,
            [
                row("a", Some("GET"), "/a/{x}"),
                row("b", Some("POST"), "/b"),
                row("b", Some("PUT"), "/c"),
                row("b", None, "/d"),
                row("b", Some("POST"), "/e")
            ]
        );
    }
}
