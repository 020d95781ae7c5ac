//! The arguments after the script's name: `--name value`, `--name=value`, `--flag`, and the rest.

use super::sources::{Fetch, flag, one_line};
use crate::{
    auth::{Given, dashed, own_flag},
    context::Context,
    error::{Error, Result},
    secret::MASK,
    services::{self, Service},
};
use std::collections::BTreeSet;

/// What the script was called with.
#[derive(Debug, Default, Clone)]
pub struct Arguments {
    /// The script's name, as it was typed.
    pub script: String,
    /// What the script says of itself: its `//!` lines.
    pub header: String,
    words: Vec<String>,
    /// Standard input, once a parameter was `-`: it can be read only once.
    input: Option<String>,
}

/// One word of the command line, understood.
#[derive(Debug, PartialEq, Eq)]
pub enum Word {
    /// `--name value`, `--name=value`; without a value it is a flag.
    Named(String, Option<String>),
    /// Anything else.
    Plain(String),
}

impl Arguments {
    /// Takes the words after the script's name.
    pub fn new(script: &str, words: Vec<String>) -> Self {
        Arguments { script: script.to_owned(), header: String::new(), words, input: None }
    }

    /// Says whether the user only wants to know how to call the script.
    pub fn wants_help(&self) -> bool {
        self.words.iter().take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h")
    }

    /// Understands the words. Names in `flags` take no value from the next word. After `--` everything is plain.
    pub fn read(&self, flags: &BTreeSet<String>) -> Vec<Word> {
        let mut out = Vec::new();
        let mut words = self.words.iter().peekable();
        while let Some(word) = words.next() {
            let Some(name) = word.strip_prefix("--") else {
                out.push(Word::Plain(word.clone()));
                continue;
            };
            if name.is_empty() {
                out.extend(words.by_ref().cloned().map(Word::Plain));
            } else if let Some((name, value)) = name.split_once('=') {
                out.push(Word::Named(name.to_owned(), Some(value.to_owned())));
            } else {
                let takes = |next: &&String| !flags.contains(name) && (!next.starts_with("--") || *next == "-");
                let value = words.next_if(|next| takes(next)).cloned();
                out.push(Word::Named(name.to_owned(), value));
            }
        }
        out
    }

    /// Refuses everything but the parameters of connections.
    pub fn only_credentials(&self) -> Result<()> {
        for word in self.read(&BTreeSet::new()) {
            match word {
                Word::Named(name, _) if is_credential(&name) => {}
                Word::Named(name, _) => {
                    return Err(Error::client(format_args!("there is no parameter --{name}"))
                        .hint("it takes what a script's connections take: --server, --user, --token and others, also as --jira-server and so on"));
                }
                Word::Plain(text) => return Err(Error::client(format_args!("\"{text}\" is one argument too many"))),
            }
        }
        Ok(())
    }

    /// Returns the words that belong to no name.
    pub fn rest(&self, flags: &BTreeSet<String>) -> Vec<String> {
        let plain = |word| if let Word::Plain(text) = word { Some(text) } else { None };
        self.read(flags).into_iter().filter_map(plain).collect()
    }

    /// Finds a connection's parameter: `--jira-token`, then `--token`. A value of `-` is standard input.
    pub fn credential(
        &mut self,
        service: &Service,
        name: &str,
        context: &Context,
        fetch: Fetch,
    ) -> Result<Option<Given>> {
        let given = |value: String, source: String| Ok(Some(Given { value, source }));
        let (dashed, own) = (dashed(name), own_flag(service, name));
        for wanted in [own.as_str(), dashed.as_str(), name] {
            let found = self.read(&BTreeSet::new()).into_iter().find_map(|word| match word {
                Word::Named(given, value) if given == wanted => Some(value),
                _ => None,
            });
            match found {
                Some(Some(value)) if value == "-" => {
                    let value = if fetch.leaves(name) { MASK.to_owned() } else { self.standard_input(context)? };
                    return given(value, format!("standard input (--{wanted} -)"));
                }
                Some(Some(value)) => return given(value, flag(wanted)),
                Some(None) if name == "insecure" => return given("true".to_owned(), flag(wanted)),
                Some(None) => return Err(Error::client(format_args!("--{wanted} needs a value"))),
                None => {}
            }
        }
        Ok(None)
    }

    fn standard_input(&mut self, context: &Context) -> Result<String> {
        if self.input.is_none() {
            let bytes = context.read_input()?;
            let text = String::from_utf8(bytes).map_err(|_| Error::client("standard input is not UTF-8"))?;
            self.input = Some(one_line(&text));
        }
        Ok(self.input.clone().unwrap_or_default())
    }
}

/// Says whether a name on the command line is a connection's parameter rather than the script's own.
pub fn is_credential(name: &str) -> bool {
    let known = |name: &str| {
        let names = services::CREDENTIALS.iter().map(|(name, _)| *name).chain(services::OPTIONS.iter().copied());
        names.into_iter().any(|known| known == name || dashed(known) == name)
    };
    known(name)
        || services::SERVICES
            .iter()
            .any(|s| name.strip_prefix(s.name).and_then(|n| n.strip_prefix('-')).is_some_and(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str], flags: &[&str]) -> Vec<Word> {
        let arguments = Arguments::new("x", words.iter().map(|w| (*w).to_owned()).collect());
        arguments.read(&flags.iter().map(|f| (*f).to_owned()).collect())
    }

    fn named(name: &str, value: Option<&str>) -> Word {
        Word::Named(name.to_owned(), value.map(str::to_owned))
    }

    #[test]
    fn words_are_names_flags_and_the_rest() {
        assert_eq!(
            read(&["a", "--project", "OPS", "--days=7", "--dry", "--x", "-1", "--", "--y"], &["dry"]),
            [
                Word::Plain("a".into()),
                named("project", Some("OPS")),
                named("days", Some("7")),
                named("dry", None),
                named("x", Some("-1")),
                Word::Plain("--y".into()),
            ]
        );
        assert_eq!(read(&["--dry", "file"], &["dry"]), [named("dry", None), Word::Plain("file".into())]);
        assert_eq!(read(&["--a=b=c", "--token", "-"], &[]), [named("a", Some("b=c")), named("token", Some("-"))]);
    }

    #[test]
    fn names_of_connections_are_known() {
        for name in ["token", "jira-token", "server", "jira-cloud-id", "tempo-token"] {
            assert!(is_credential(name), "{name}");
        }
        for name in ["project", "jira", "jira-project", "tokens"] {
            assert!(!is_credential(name), "{name}");
        }
    }
}
