//! `tieline find WORDS…`: searches everything that can be called, best match first.

use super::{Setup, host};
use crate::{
    acli,
    catalog::{Catalog, Operation},
    context::Context,
    error::{Error, Result},
    http::Interrupt,
    script::{Arguments, Host, Reference},
    services::{SERVICES, Service},
};
use std::{collections::BTreeMap, rc::Rc};

/// How many lines are shown.
const SHOWN: usize = 25;

/// How wide the first column may be before the second moves to the right.
const WIDEST: usize = 48;

/// How many slips a name may have that is meant all the same.
const SLIPS: usize = 2;

/// Something to find.
pub(super) struct Entry {
    /// How it is written.
    form: String,
    /// What it is or does, in one line.
    about: String,
    /// Its name in small letters and digits.
    whole: String,
    /// The words of its name.
    name: Vec<String>,
    /// Other words by which it may be found.
    more: Vec<String>,
    /// What it is worth before anything is compared: people look for verbs first.
    bonus: u32,
    /// Whether it is a name of another program: whoever types it whole wants to know what it is called here.
    foreign: bool,
}

/// What a search found, as it is shown.
pub(super) struct Found {
    /// The best entries, a line each.
    pub text: String,
    /// How to see more, if there is more.
    pub note: Option<String>,
}

/// Prints what fits `words`.
pub(super) fn run(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, words: &[String]) -> Result<u8> {
    let host = host(context, setup, interrupt, Arguments::new("find", Vec::new()))?;
    let found = search(&host, words)?;
    context.print(&found.text);
    if let Some(note) = found.note {
        context.note(&note);
    }
    Ok(0)
}

/// Searches everything that `host` knows for `words`.
pub(super) fn search(host: &Host, words: &[String]) -> Result<Found> {
    let wanted: Vec<String> = words.iter().flat_map(|word| split(word)).collect();
    if wanted.is_empty() {
        return Err(Error::client("find needs a word to look for").hint("such as `find transition issue`"));
    }
    let entries = entries(&Reference::new(host));
    let name = if let [name] = words { bare(name) } else { String::new() };
    let (mut found, whole) = best(&entries, &wanted, &name);
    // Only other programs write their words with dashes.
    if words[0].starts_with("--") {
        found.sort_by_key(|entry| !entry.foreign);
    }
    if let ([written], false) = (words, whole)
        && let near = near(&entries, &name)
        && !near.is_empty()
    {
        return Ok(show(&near, Some(format!("nothing is called {written}; did you mean one of these?"))));
    }
    if found.is_empty() {
        return Err(Error::client(format_args!("nothing fits \"{}\"", words.join(" ")))
            .hint("fewer or other words may; `tieline docs` lists what there is"));
    }
    Ok(show(&found, None))
}

fn show(found: &[&Entry], note: Option<String>) -> Found {
    let shown = &found[..found.len().min(SHOWN)];
    let width = shown.iter().map(|entry| entry.form.chars().count()).max().unwrap_or(0).min(WIDEST);
    let lines: Vec<String> = shown.iter().map(|entry| format!("{:width$}  {}", entry.form, entry.about)).collect();
    let left = found.len() - shown.len();
    let more = (left > 0).then(|| format!("and {left} more; another word narrows it down"));
    Found { text: lines.join("\n"), note: note.or(more) }
}

/// Returns everything that can be found.
fn entries(reference: &Reference) -> Vec<Entry> {
    let mut entries = verbs(reference);
    entries.extend(functions(reference));
    entries.extend(SERVICES.iter().flat_map(|service| operations(service)));
    entries.extend(acli::actions().map(action));
    entries
}

/// Makes an entry of what ACLI calls by another name.
fn action(action: acli::Action) -> Entry {
    let place = if action.product == acli::PARAMETERS { String::new() } else { format!("{} ", action.product) };
    Entry {
        form: format!("ACLI {place}{}", action.name),
        about: action.summary(),
        whole: bare(action.name),
        // Where it is not named, people look for what is called so here.
        name: Vec::new(),
        more: [split(action.name), split(action.product)].concat(),
        bonus: 0,
        foreign: true,
    }
}

fn verbs(reference: &Reference) -> Vec<Entry> {
    let verb = |service: &str, topic: &crate::script::Topic| Entry {
        form: format!("{service}.{}({})", topic.name, topic.parameters()),
        about: topic.summary().to_owned(),
        whole: bare(&topic.name),
        name: split(&topic.name),
        more: [split(service), split(&topic.text())].concat(),
        bonus: 6,
        foreign: false,
    };
    reference.verbs.iter().flat_map(|v| v.topics().map(|topic| verb(v.service.name, topic))).collect()
}

fn functions(reference: &Reference) -> Vec<Entry> {
    let topics = reference.connection.iter().chain(reference.functions.iter().flat_map(|chapter| &chapter.topics));
    let function = |topic: &crate::script::Topic| Entry {
        form: topic.form(),
        about: topic.summary().to_owned(),
        whole: bare(&topic.name),
        name: split(&topic.name),
        more: split(&topic.text()),
        bonus: 3,
        foreign: false,
    };
    topics.map(function).collect()
}

/// Returns the operations of a service: one entry for each id, whatever flavours have it.
fn operations(service: &'static Service) -> Vec<Entry> {
    let mut found: BTreeMap<&str, (Operation, Vec<&str>)> = BTreeMap::new();
    for (deployment, apis) in service.published() {
        for operation in Catalog(apis).apis().flat_map(crate::catalog::Api::operations) {
            found.entry(operation.id).or_insert_with(|| (operation, Vec::new())).1.push(deployment);
        }
    }
    let entry = |(operation, flavours): (Operation, Vec<&str>)| {
        let old = if operation.deprecated { "; deprecated" } else { "" };
        let only = if flavours.len() < service.flavours.len() {
            format!(" ({} only{old})", flavours[0])
        } else {
            String::new()
        };
        Entry {
            form: format!("{}.api.{}", service.name, operation.id),
            about: format!("{} {}{only}", operation.method, operation.path),
            whole: bare(operation.id),
            name: split(operation.id),
            more: [split(service.name), split(operation.path)].concat(),
            bonus: u32::from(!operation.deprecated),
            foreign: false,
        }
    };
    found.into_values().map(entry).collect()
}

/// Returns the entries that fit every word, the best first, and that they do; if there is none, those that fit some.
fn best<'a>(entries: &'a [Entry], wanted: &[String], name: &str) -> (Vec<&'a Entry>, bool) {
    let mut scored: Vec<(usize, u32, &Entry)> = entries.iter().map(|entry| score(entry, wanted, name)).collect();
    let most = scored.iter().map(|(words, ..)| *words).max().unwrap_or(0);
    scored.retain(|(words, ..)| *words == most && most > 0);
    scored.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.2.form.len().cmp(&b.2.form.len())));
    (scored.into_iter().map(|(.., entry)| entry).collect(), most == wanted.len())
}

/// Returns the entries whose names are `name` but for a slip or two, the likeliest first.
fn near<'a>(entries: &'a [Entry], name: &str) -> Vec<&'a Entry> {
    let slips = |entry: &'a Entry| (strsim::damerau_levenshtein(&entry.whole, name), entry);
    let mut near: Vec<(usize, &Entry)> = entries.iter().map(slips).collect();
    near.retain(|(slips, entry)| *slips <= SLIPS && 2 * slips < entry.whole.len());
    near.sort_by_key(|(slips, entry)| (*slips, !entry.foreign));
    near.into_iter().map(|(_, entry)| entry).collect()
}

/// Returns how many words fit, how well, and the entry. A name that was written in one word may be in any case.
fn score<'a>(entry: &'a Entry, wanted: &[String], name: &str) -> (usize, u32, &'a Entry) {
    if entry.whole == name {
        return (wanted.len(), if entry.foreign { 102 } else { 100 } + entry.bonus, entry);
    }
    let one = |word: &String| {
        let place = |words: &[String], whole: u32, start: u32, part: u32| {
            let worth = |known: &String| match known {
                known if known == word => whole,
                known if known.starts_with(word.as_str()) => start,
                known if word.len() > 3 && known.contains(word.as_str()) => part,
                _ => 0,
            };
            words.iter().map(worth).max().unwrap_or(0)
        };
        place(&entry.name, 12, 8, 5).max(place(&entry.more, 4, 3, 1))
    };
    let worths: Vec<u32> = wanted.iter().map(one).collect();
    let fit = worths.iter().filter(|worth| **worth > 0).count();
    let whole = if entry.name == wanted { 30 } else { 0 };
    (fit, worths.iter().sum::<u32>() + entry.bonus + whole, entry)
}

/// Returns the letters and digits of a name, small.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Splits a text into small words without the `s` of plurals: `getIssues` is `get issue`.
fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in text.chars() {
        let starts = c.is_uppercase() && before.is_lowercase();
        if starts || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words.into_iter().map(singular).collect()
}

fn singular(word: String) -> String {
    match word.strip_suffix('s') {
        Some(one) if one.len() > 2 && !one.ends_with('s') => one.to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::repl::tests::host as prompt;

    #[test]
    fn every_name_of_acli_finds_its_answer() {
        let entries = entries(&Reference::new(&prompt()));
        for action in acli::actions() {
            let typed = action.name.to_uppercase();
            let (found, whole) = best(&entries, &split(&typed), &bare(&typed));
            let answer = super::action(action);
            let shown = found.iter().take(SHOWN).any(|entry| entry.form == answer.form && entry.about == answer.about);
            assert!(whole && shown, "{action:?}");
        }
    }

    #[test]
    fn texts_are_split_into_words() {
        assert_eq!(split("getAllBoards"), ["get", "all", "board"]);
        assert_eq!(
            split("/rest/api/3/issue/{issueIdOrKey}/watchers"),
            ["rest", "api", "3", "issue", "issue", "id", "or", "key", "watcher"]
        );
        assert_eq!(split("delete_issue"), ["delete", "issue"]);
    }
}
