//! What Tab offers: names that fit at the cursor, each with a few words on it.

use super::{
    commands::{self, COMMANDS},
    highlight::{KEYWORDS, VALUES},
    place::{Call, Place, Value, spot},
};
use crate::{
    catalog::{Operation, api},
    script::{Host, Look, Topic, topics},
    services::{SERVICES, service},
};
use rustyline::completion::Pair;
use std::path::Path;

/// The widest a line of the list may be, where the terminal does not say.
const WIDEST: usize = 100;

/// Natives that every type has, which nobody looks for.
const COMMON: &[&str] = &["print", "debug", "to_debug", "type_of", "is_shared"];

/// Something that may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    /// What is written.
    pub insert: String,
    /// How it is listed.
    pub shown: String,
    /// What is said of it.
    pub about: String,
}

impl Offer {
    fn new(insert: impl Into<String>, about: impl Into<String>) -> Self {
        let insert = insert.into();
        Offer { shown: insert.clone(), insert, about: about.into() }
    }
}

/// Returns where the word at the end of `text` starts, and what it may become.
pub(super) fn offers(host: &Host, text: &str) -> (usize, Vec<Offer>) {
    if let Some(found) = argument(host, text) {
        return found;
    }
    let spot = spot(text);
    let written = &text[spot.start..];
    let mut offers = match spot.place {
        Place::Nothing => Vec::new(),
        Place::Name => names(host, text[..spot.start].trim().is_empty()),
        Place::Member(value) => look(host, &value).map(|look| members(host, &look)).unwrap_or_default(),
        Place::Option(call) => options(host, &call),
        Place::Operation(value) => look(host, &value).map(|look| operations(&look, "")).unwrap_or_default(),
        Place::Session(service) => host.saved_sessions(&service).into_iter().map(|s| Offer::new(s, "")).collect(),
        Place::File => files(written),
    };
    offers.retain(|offer| offer.insert.starts_with(written) && offer.insert != written);
    (spot.start, offers)
}

/// Completes what stands behind a command of the prompt.
fn argument(host: &Host, text: &str) -> Option<(usize, Vec<Offer>)> {
    let word = text.split_whitespace().next().filter(|word| text.contains(&format!("{word} ")))?;
    let (name, rest) = commands::split(&format!("{word} x"), |name| host.variable(name).is_some())
        .map(|(name, _)| (name, &text[text.find(word).map_or(0, |at| at + word.len() + 1)..]))?;
    let start = text.len() - rest.len();
    let mut offers = match name {
        "load" | "save" => files(rest),
        "help" => subjects(host),
        "type" | "time" => {
            let (at, found) = offers(host, rest);
            return Some((start + at, found));
        }
        _ => Vec::new(),
    };
    offers.retain(|offer| offer.insert.starts_with(rest));
    Some((start, offers))
}

/// Returns what `help` explains: commands, functions and verbs.
fn subjects(host: &Host) -> Vec<Offer> {
    let mut offers: Vec<Offer> = COMMANDS.iter().map(|c| Offer::new(c.name, c.about)).collect();
    for topic in topics(host.functions()).iter().filter(|topic| !topic.comment.is_empty()) {
        let service = SERVICES.iter().find(|s| Some(s.type_name) == topic.receiver.as_deref());
        let owner = service.map(|s| format!("{}.", s.name)).unwrap_or_default();
        offers.push(Offer::new(format!("{owner}{}", topic.name), topic.summary()));
    }
    offers.extend(SERVICES.iter().map(|s| Offer::new(s.name, format!("connects to {}", s.title))));
    sorted(offers)
}

fn sorted(mut offers: Vec<Offer>) -> Vec<Offer> {
    offers.sort_by(|a, b| a.insert.cmp(&b.insert));
    offers.dedup_by(|a, b| a.insert == b.insert);
    offers
}

/// Returns what an expression may start with; at the start of a line that may be a command.
fn names(host: &Host, first: bool) -> Vec<Offer> {
    let mut offers: Vec<Offer> = host.variables().into_iter().map(|v| Offer::new(v.name, v.kind)).collect();
    let free = |topic: &Topic| topic.receiver.is_none() && !COMMON[1..].contains(&topic.name.as_str());
    offers.extend(topics(host.functions()).iter().filter(|topic| free(topic)).map(called));
    offers.extend(KEYWORDS.iter().chain(VALUES).filter(|word| **word != "null").map(|word| Offer::new(*word, "")));
    if first {
        offers.extend(COMMANDS.iter().map(|c| Offer::new(c.name, c.about)));
    }
    sorted(offers)
}

/// Offers a function with its opening parenthesis.
fn called(topic: &Topic) -> Offer {
    let parameters = topic.parameters();
    let about = match service(&topic.name).filter(|_| topic.receiver.is_none()) {
        Some(service) => format!("connects to {}", service.title),
        None => topic.summary().to_owned(),
    };
    let end = if topic.forms.iter().all(|form| form.parameters.is_empty()) { "()" } else { "(" };
    Offer { insert: format!("{}{end}", topic.name), shown: format!("{}({parameters})", topic.name), about }
}

/// Returns the members of a value, then what can be called on it.
fn members(host: &Host, look: &Look) -> Vec<Offer> {
    if look.receiver.ends_with("Api") {
        return operations(look, "(");
    }
    let plain =
        |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.starts_with(char::is_numeric);
    let own = look.members.iter().filter(|(name, _)| plain(name)).map(|(name, kind)| Offer::new(name, kind));
    let mut offers: Vec<Offer> = own.collect();
    let all = topics(host.functions());
    // Natives without a description are tools of the verbs.
    let shown = |topic: &&Topic| {
        topic.receiver.as_deref() == Some(&look.receiver)
            && (look.service.is_none() || !topic.comment.is_empty())
            && !COMMON.contains(&topic.name.as_str())
    };
    offers.extend(all.iter().filter(shown).map(called));
    offers
}

/// Returns the operations of a connection.
fn operations(look: &Look, end: &str) -> Vec<Offer> {
    let all = look.apis.iter().filter_map(|name| api(name)).flat_map(crate::catalog::Api::operations);
    let plain = |id: &str| id.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_");
    let offer = |operation: Operation| {
        let name = if end.is_empty() { operation.id.to_owned() } else { plain(operation.id) };
        let about = format!("{} {}", operation.method, operation.path);
        Offer { insert: format!("{name}{end}"), shown: name, about }
    };
    sorted(all.map(offer).collect())
}

/// Returns the keys of the map that a call takes last.
fn options(host: &Host, call: &Call) -> Vec<Offer> {
    let owner = call.owner.as_ref().map(|owner| look(host, owner));
    let names = match owner {
        Some(None) => return Vec::new(),
        Some(Some(look)) if look.receiver.ends_with("Api") => return parameters(&look, &call.name),
        Some(Some(look)) if call.name == "op" => {
            return call.first.as_ref().map(|id| parameters(&look, id)).unwrap_or_default();
        }
        Some(Some(look)) => host.options_of(Some(&look.receiver), &call.name),
        None => host.options_of(None, &call.name),
    };
    names.into_iter().map(keyed).collect()
}

fn keyed(name: String) -> Offer {
    Offer { insert: format!("{name}: "), shown: name, about: String::new() }
}

/// Returns what an operation takes.
fn parameters(look: &Look, id: &str) -> Vec<Offer> {
    let Some(operation) = look.apis.iter().filter_map(|name| api(name)).find_map(|api| api.operation(id)) else {
        return Vec::new();
    };
    let about = |required| if required { "required" } else { "" };
    let named =
        operation.parameters.iter().map(|p| Offer { about: about(p.required).to_owned(), ..keyed(p.name.to_owned()) });
    let body = operation.value().map(|_| keyed("body".to_owned()));
    named.chain(body).collect()
}

/// Finds out what is known of a value. Nothing runs for it, and nothing is sent.
fn look(host: &Host, value: &Value) -> Option<Look> {
    let of = |receiver: &str| Some(Look { receiver: receiver.to_owned(), ..Look::default() });
    match value {
        Value::Inside(name, steps) => host.look(name, steps),
        Value::Literal(receiver) => of(receiver),
        Value::Result(None, name) => service(name).map(|service| Host::look_at_service(service, false)),
        Value::Api(made) => match &**made {
            Value::Result(None, name) => service(name).map(|service| Host::look_at_service(service, true)),
            _ => None,
        },
        Value::Result(Some(owner), name) => {
            let owner = look(host, owner)?;
            match (owner.receiver.as_str(), name.as_str()) {
                ("stream" | "array", "all" | "take" | "map" | "filter") => of("array"),
                (receiver, name) => returned(host, receiver, name).and_then(of),
            }
        }
        Value::Unknown => None,
    }
}

/// Descriptions say what comes back: a list that is read bit by bit "lists" something.
fn returned(host: &Host, receiver: &str, name: &str) -> Option<&'static str> {
    let all = topics(host.functions());
    let topic = all.iter().find(|topic| topic.receiver.as_deref() == Some(receiver) && topic.name == name)?;
    topic.comment.starts_with("Lists ").then_some("stream")
}

/// Returns the files that `written` may become.
fn files(written: &str) -> Vec<Offer> {
    let (folder, _) =
        written.rsplit_once('/').map_or(("", written), |(folder, name)| (&written[..=folder.len()], name));
    let looked = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let entries = std::fs::read_dir(looked).into_iter().flatten().flatten();
    let offer = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let end = if entry.path().is_dir() { "/" } else { "" };
        Some(Offer { insert: format!("{folder}{name}{end}"), shown: format!("{name}{end}"), about: String::new() })
    };
    let hidden = written.rsplit('/').next().is_some_and(|name| name.starts_with('.'));
    sorted(entries.filter_map(offer).filter(|offer| hidden || !offer.shown.starts_with('.')).collect())
}

/// Puts offers into lines of a list, what is said of each in a column of its own.
pub(super) fn listed(offers: Vec<Offer>, width: Option<u16>) -> Vec<Pair> {
    let widest = width.map_or(WIDEST, |width| usize::from(width).saturating_sub(1));
    let column = offers.iter().map(|offer| offer.shown.chars().count()).max().unwrap_or(0).min(widest / 2);
    let line = |offer: &Offer| match offer.about.as_str() {
        "" => offer.shown.clone(),
        about => console::truncate_str(&format!("{:column$}  {about}", offer.shown), widest, "…").into_owned(),
    };
    offers.into_iter().map(|offer| Pair { display: line(&offer), replacement: offer.insert }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::repl::tests::host;

    fn inserts(host: &Host, text: &str) -> Vec<String> {
        offers(host, text).1.into_iter().map(|offer| offer.insert).collect()
    }

    #[test]
    fn names_members_options_and_operations_are_offered() {
        let mut host = host();
        let made = r#"let issue = parse_json(`{"key":"A-1","fields":{"summary":"S","subtasks":[{"id":"7"}]}}`);
            let jira = jira(#{ server: "http://127.0.0.1:1", deployment: "server", token: "t-o-k-e-n" }); fn twice(x) { x + x }"#;
        host.run_entry(None, made).unwrap();
        for (text, first) in [
            ("iss", "issue"),
            ("twi", "twice("),
            ("wh", "while"),
            ("fin", "find"),
            ("1 + prin", "print("),
            ("issue.f", "fields"),
            ("issue.fields.su", "summary"),
            ("issue.fields.subtasks[0].", "id"),
            ("issue.ke", "key"),
            ("issue.key.to_u", "to_upper()"),
            ("jira.tr", "transition("),
            ("jira.api.getTransi", "getTransitions("),
            ("jira.api.getIssue(#{ ex", "expand: "),
            ("jira.op(\"getTransi", "getTransitions"),
            ("jira.op(\"getIssue\", #{ issueIdO", "issueIdOrKey: "),
            ("jira.search(\"x\", #{ fi", "fields: "),
            ("jira.search(\"x\", #{ fields: [], ex", "expand: "),
            ("jira.search(\"x\").al", "all()"),
            ("jira(#{ to", "token: "),
            ("jira(#{ server: \"\", dep", "deployment: "),
            ("help jira.sea", "jira.search"),
            ("type iss", "issue"),
            ("time issue.fields.su", "summary"),
            ("read_text(\"Cargo.to", "Cargo.toml"),
            ("load scripts/export", "scripts/export-issues.rhai"),
        ] {
            assert_eq!(inserts(&host, text).first().map(String::as_str), Some(first), "{text}");
        }
        for text in ["let iss", "\"iss", "// iss", "nobody.x", "issue.fields.summary.nothing", "#{ iss"] {
            assert_eq!(inserts(&host, text), Vec::<String>::new(), "{text}");
        }
        assert_eq!(inserts(&host, "issue.fields.su"), ["summary", "subtasks"]);
    }

    const CONNECT: &str =
        r#"let jira = jira(#{ server: "http://127.0.0.1:1", deployment: "server", token: "t-o-k-e-n" });"#;

    #[test]
    fn each_verb_stands_with_its_sentence() {
        let mut host = host();
        host.run_entry(None, CONNECT).unwrap();
        let (_, found) = offers(&host, "jira.searc");
        let lines = listed(found, Some(100));
        assert_eq!(
            lines[0].display,
            "search(jql, options)  Lists the issues that match `jql`, fetched while you read."
        );
        let (_, found) = offers(&host, "jira.");
        assert!(!found.iter().any(|offer| offer.insert.starts_with("accept")), "tools of the verbs are not for users");
        assert!(listed(found, Some(60)).iter().all(|pair| console::measure_text_width(&pair.display) < 60));
    }

    #[test]
    fn a_command_gives_way_to_a_variable_of_its_name() {
        let mut host = host();
        host.run_entry(None, "let load = #{ lamp: 1 };").unwrap();
        assert_eq!(inserts(&host, "load.la"), ["lamp"]);
        assert!(inserts(&host, "load scripts/export").is_empty());
    }
}
