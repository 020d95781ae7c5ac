//! `tieline docs [NAME]`: the reference, on the screen and as Markdown.

use super::{Setup, acli, cookbook, host, pager};
use crate::{
    catalog::{Body, Catalog, List, Operation, Parameter, Type},
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::{Arguments, Chapter, Host, Reference, Topic, Verbs, functions, recipe_named, topics},
    services::{Service, service},
};
use std::{fmt::Write, rc::Rc};

/// Prints the whole reference as Markdown, or what there is to say of `name`, or an overview.
pub(super) fn run(
    context: &Rc<Context>,
    setup: &Setup,
    interrupt: &Interrupt,
    name: Option<&str>,
    markdown: bool,
) -> Result<u8> {
    let host = host(context, setup, interrupt, Arguments::new("docs", Vec::new()))?;
    let reference = Reference::new(&host);
    let text = match (name, markdown) {
        (Some(cookbook::NAME), true) => cookbook::markdown(),
        (None, true) => markdown_of(&reference),
        (None, false) => overview(&reference),
        (Some(name), true) => {
            return Err(Error::client(format_args!("there is no page `{name}` in Markdown"))
                .hint("--markdown writes the whole reference, or the cookbook"));
        }
        (Some(name), false) => page(&host, &reference, name)?,
    };
    pager::print(context, text.trim_end(), &|| interrupt.clear());
    Ok(0)
}

/// Explains what is called `name`, or prints the script of that name, or lists what there is on that topic.
pub(super) fn page(host: &Host, reference: &Reference, name: &str) -> Result<String> {
    if name == cookbook::NAME {
        return Ok(cookbook::page());
    }
    about(host, reference, name).or_else(|error| {
        let script = || recipe_named(name).map(|recipe| recipe.text.to_owned());
        script().or_else(|| topic(reference, name)).ok_or(error)
    })
}

/// Lists the verbs of every service that are about `name`.
fn topic(reference: &Reference, name: &str) -> Option<String> {
    let mut out = String::new();
    for verbs in &reference.verbs {
        for chapter in verbs.chapters.iter().filter(|chapter| chapter.title.eq_ignore_ascii_case(name)) {
            let _ = writeln!(out, "{}: {}", verbs.service.title, chapter.title);
            chapter_text(&mut out, chapter);
            out.push('\n');
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Explains what is called `name`.
pub(super) fn about(host: &Host, reference: &Reference, name: &str) -> Result<String> {
    if name == "acli" {
        return Ok(acli::page());
    }
    let known = named(reference, name).or_else(|| plain(&topics(functions(host.engine())), name));
    known.ok_or_else(|| unknown(reference, name))
}

fn unknown(reference: &Reference, name: &str) -> Box<Error> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let verbs = reference.verbs.iter().flat_map(|v| v.topics().map(|t| format!("{}.{}", v.service.name, t.name)));
    let functions = reference.functions.iter().flat_map(|c| c.topics.iter().map(|t| t.name.clone()));
    let known = verbs.chain(functions);
    let distance = strsim::damerau_levenshtein;
    // Several services may have the verb: the one whose name is nearest too comes first.
    let near =
        known.map(|known| (distance(known.rsplit('.').next().unwrap_or(&known), last), distance(&known, name), known));
    let hint = match near.min() {
        Some((distance, _, meant)) if distance <= 2 && distance < last.len() => format!("did you mean {meant}?"),
        _ => format!("`tieline find {last}` searches everything"),
    };
    Error::client(format_args!("there is nothing called `{name}`")).hint(hint)
}

fn overview(reference: &Reference) -> String {
    let mut out = String::new();
    for verbs in &reference.verbs {
        let (name, operations) = (verbs.service.name, operations(verbs.service));
        let _ = writeln!(out, "{name}: {} verbs, {operations} published operations", verbs.topics().count());
        for chapter in &verbs.chapters {
            let _ = writeln!(out, "  {}: {}", chapter.title, names(chapter));
        }
    }
    let _ = writeln!(out, "\nEvery connection: {}", joined(&reference.connection));
    for chapter in &reference.functions {
        let _ = writeln!(out, "{}: {}", capital(&chapter.title), names(chapter));
    }
    out.push_str(
        "\ntieline docs NAME says more: jira, jira.search, jira.getIssue, comments, table; and acli, for people who come from\n\
         ACLI. tieline docs cookbook lists scripts to begin with. tieline find WORDS searches.",
    );
    out
}

fn names(chapter: &Chapter) -> String {
    joined(&chapter.topics)
}

fn joined(topics: &[Topic]) -> String {
    topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Returns how many operations a service publishes, over all its flavours.
fn operations(service: &Service) -> usize {
    let mut ids: Vec<&str> = service.published().flat_map(|(_, apis)| Catalog(apis).ids()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.len()
}

/// Explains a service, one of its verbs or operations, or a helper function.
pub(super) fn named(reference: &Reference, name: &str) -> Option<String> {
    if let Some(service) = service(name) {
        return Some(service_text(service, reference));
    }
    let Some((first, rest)) = name.split_once('.') else {
        let found: Vec<String> = reference
            .functions
            .iter()
            .flat_map(|chapter| &chapter.topics)
            .filter(|topic| topic.name == name)
            .map(topic_text)
            .collect();
        return (!found.is_empty()).then(|| found.join("\n"));
    };
    let service = service(first)?;
    let rest = rest.strip_prefix("api.").unwrap_or(rest);
    let verb = reference.of_service(first).and_then(|verbs| Some((verbs, verbs.topics().find(|t| t.name == rest)?)));
    verb.map(|(verbs, topic)| verb_text(verbs, topic))
        .or_else(|| reference.connection.iter().find(|topic| topic.name == rest).map(topic_text))
        .or_else(|| operation_texts(service, rest))
}

/// Explains what Rhai itself brings along.
fn plain(all: &[Topic], name: &str) -> Option<String> {
    let found: Vec<String> = all.iter().filter(|topic| topic.name == name).map(topic_text).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

fn service_text(service: &Service, reference: &Reference) -> String {
    let name = service.name;
    let mut out = format!("{} ({name})\n", service.title);
    let chapters = reference.of_service(name).map_or(&[][..], |verbs| &verbs.chapters);
    for chapter in chapters {
        let _ = writeln!(out, "\n{}", capital(&chapter.title));
        chapter_text(&mut out, chapter);
    }
    let _ = writeln!(out, "\nLike every connection: {}", joined(&reference.connection));
    let _ = writeln!(
        out,
        "{} published operations: tieline find WORDS searches them, tieline docs {name}.OPERATION explains one.",
        operations(service)
    );
    out
}

fn chapter_text(out: &mut String, chapter: &Chapter) {
    let form = |topic: &Topic| format!("{}({})", topic.name, topic.parameters());
    let width = chapter.topics.iter().map(|topic| form(topic).chars().count()).max().unwrap_or(0);
    for topic in &chapter.topics {
        let _ = writeln!(out, "  {:width$}  {}", form(topic), topic.summary());
    }
}

fn topic_text(topic: &Topic) -> String {
    let mut out = String::new();
    for form in &topic.forms {
        let _ = writeln!(out, "{}", form.form());
    }
    for line in topic.text().lines() {
        let _ = writeln!(out, "  {line}");
    }
    for example in topic.examples() {
        let _ = writeln!(out, "  Example: {example}");
    }
    out
}

fn verb_text(verbs: &Verbs, topic: &Topic) -> String {
    let mut out = topic_text(topic);
    for (method, path) in routes(verbs, &topic.name) {
        let _ = writeln!(out, "  {method} {path}");
    }
    out
}

/// Returns the requests that a verb makes itself, each once.
fn routes<'a>(verbs: &'a Verbs, name: &str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for route in verbs.routes.iter().filter(|route| route.verb == name) {
        let row = (route.method.as_deref().unwrap_or_default(), route.path.as_str());
        if !found.contains(&row) {
            found.push(row);
        }
    }
    found
}

/// Explains an operation, for each flavour of the service that has it.
fn operation_texts(service: &Service, id: &str) -> Option<String> {
    let mut texts: Vec<String> = Vec::new();
    for (deployment, apis) in service.published() {
        if let Some(operation) = Catalog(apis).operation(id) {
            texts.push(operation_text(service, deployment, &operation));
        }
    }
    (!texts.is_empty()).then(|| texts.join("\n"))
}

fn operation_text(service: &Service, deployment: &str, operation: &Operation) -> String {
    let mut out = format!("{}.api.{}(#{{ … }})  {} {deployment}", service.name, operation.id, service.title);
    out.truncate(out.trim_end().len());
    let _ = write!(out, "\n  {} {}", operation.method, operation.path);
    if operation.deprecated {
        out.push_str("  (deprecated)");
    }
    if operation.experimental {
        out.push_str("  (experimental)");
    }
    out.push('\n');
    let rows: Vec<[String; 3]> = operation.parameters.iter().map(parameter).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (names, places) = (width(0), width(1));
    for [name, place, kind] in &rows {
        let _ = writeln!(out, "  {name:names$}  {place:places$}  {kind}");
    }
    if let Some(body) = operation.value() {
        let _ = writeln!(out, "  body: {}", body_text(body));
    }
    out
}

/// Returns the columns of a parameter: name, place, and what it must be.
fn parameter(parameter: &Parameter) -> [String; 3] {
    let one = kind_text(parameter.kind, &parameter.values);
    let mut kind = match parameter.list {
        List::No => one,
        List::Repeated | List::Joined => format!("list of {one}"),
    };
    if parameter.required {
        kind.push_str(", required");
    }
    if let Some(default) = parameter.default {
        let _ = write!(kind, ", else {default}");
    }
    [parameter.name.to_owned(), parameter.place.word().to_owned(), kind]
}

fn kind_text(kind: Type, values: &[&str]) -> String {
    if values.is_empty() { kind.word().to_owned() } else { values.join("|") }
}

fn body_text(body: &Body) -> String {
    let needs: Vec<String> =
        body.members.iter().map(|m| format!("{} ({})", m.name, kind_text(m.kind, &m.values))).collect();
    let mut out = body.media.join(" or ");
    if body.required {
        out.push_str(", required");
    }
    if !needs.is_empty() {
        let _ = write!(out, ", with {}", needs.join(", "));
    }
    out
}

/// Writes the whole reference, for `stdlib/README.md`.
fn markdown_of(reference: &Reference) -> String {
    let mut out = String::from(
        "# Reference\n\n<!-- Made by `tieline docs --markdown` from the comments of the functions. -->\n\n\
         `tieline docs NAME` shows the same for one name, and `tieline docs jira.getIssue` explains a published operation.\n",
    );
    for verbs in &reference.verbs {
        let service = verbs.service;
        let _ = writeln!(
            out,
            "\n## {}\n\n`let {1} = {1}({2});` and {3} published operations.",
            service.title,
            service.name,
            // A part is made from the connection of its product.
            service.hosts.first().map(|host| format!("{host}()")).unwrap_or_default(),
            operations(service)
        );
        for chapter in &verbs.chapters {
            let _ = writeln!(out, "\n### {}: {}", service.title, chapter.title);
            chapter.topics.iter().for_each(|topic| verb_markdown(&mut out, verbs, topic));
        }
    }
    out.push_str("\n## Every connection\n\n");
    rows(&mut out, &reference.connection);
    for chapter in &reference.functions {
        let _ = writeln!(out, "\n## {}\n", capital(&chapter.title));
        rows(&mut out, &chapter.topics);
    }
    out
}

fn verb_markdown(out: &mut String, verbs: &Verbs, topic: &Topic) {
    let _ = writeln!(out, "\n#### `{}.{}({})`\n\n{}", verbs.service.name, topic.name, topic.parameters(), topic.text());
    for example in topic.examples() {
        let _ = writeln!(out, "\n```rhai\n{example}\n```");
    }
    let routes: Vec<String> = routes(verbs, &topic.name).iter().map(|(m, p)| format!("`{m} {p}`")).collect();
    if !routes.is_empty() {
        let _ = writeln!(out, "\n{}", routes.join(", "));
    }
}

fn rows(out: &mut String, topics: &[Topic]) {
    out.push_str("| function | |\n| --- | --- |\n");
    for topic in topics {
        let forms: Vec<String> =
            topic.forms.iter().map(|f| format!("`{}({})`", f.name, f.parameters.join(", "))).collect();
        let _ = writeln!(out, "| {} | {} |", forms.join(", "), topic.text().replace('|', "\\|").replace('\n', " "));
    }
}
