//! An alias of ACLI: a client and its parameters, as one writes them on a command line.

use crate::{
    secret::Secret,
    services::{Deployment, SERVICES, Service, service},
};

/// Clients that have another name than the service which they talk to.
const CLIENTS: &[(&str, &str)] = &[("agile", "jira"), ("servicedesk", "jira"), ("jsm", "jira")];

/// What a parameter of ACLI is called here, with the short way to write it.
const PARAMETERS: &[(&str, &str, &str)] = &[
    ("--server", "-s", "server"),
    ("--user", "-u", "user"),
    ("--password", "-p", "password"),
    ("--token", "-t", "token"),
];

/// One alias, taken apart.
pub(super) struct Alias {
    /// Its name.
    pub name: String,
    /// The service that its client talks to.
    pub service: &'static Service,
    /// The deployment, where the client says it.
    pub deployment: Option<Deployment>,
    /// What signs in, by the names that it has here.
    pub given: Vec<(&'static str, Given)>,
    /// Parameters that a session has no place for.
    pub left: Vec<String>,
}

/// Parameters whose values may be seen.
pub(super) const OPEN: &[&str] = &["server", "user"];

/// A value of a parameter.
pub(super) enum Given {
    /// One that may be seen.
    Open(String),
    /// One that may not.
    Secret(Secret),
    /// It is kept elsewhere, under this name.
    Asked(String),
}

/// What an entry of the file is.
pub(super) enum Entry {
    /// A site.
    Site(Alias),
    /// Something that cannot become a session, and why.
    Other(String),
}

/// Takes an entry apart. An error says what is wrong with it, without its values.
pub(super) fn read(name: &str, value: &str) -> Result<Entry, String> {
    let words = words(value)?;
    let mut words = words.into_iter().peekable();
    let client = words.next().unwrap_or_default();
    let Some((service, deployment)) = client_of(&client) else {
        let known = SERVICES.iter().filter(|service| service.hosts.is_empty());
        let known = known.map(|service| service.name).collect::<Vec<_>>().join(", ");
        return Ok(Entry::Other(format!("it starts with no client of a service that tieline knows ({known})")));
    };
    let mut alias = Alias { name: name.to_owned(), service, deployment, given: Vec::new(), left: Vec::new() };
    while let Some(word) = words.next() {
        let (flag, value) = flag_of(&word).ok_or("a word stands where a parameter should, such as --user")?;
        let value = value.map(str::to_owned);
        let value = value.or_else(|| words.next_if(|next| next == "-" || !next.starts_with('-')));
        alias.take(flag, value)?;
    }
    Ok(Entry::Site(alias))
}

/// Splits a word into the parameter's name, dashes included, and the value that is written into it: `--user=me`, `-ume`.
fn flag_of(word: &str) -> Option<(&str, Option<&str>)> {
    if word.len() > 2 && word.starts_with("--") {
        let (flag, value) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
        return Some((flag, value));
    }
    let letter = word.strip_prefix('-')?.chars().next()?;
    let (flag, value) = word.split_at(1 + letter.len_utf8());
    Some((flag, Some(value).filter(|value| !value.is_empty())))
}

impl Alias {
    fn take(&mut self, flag: &str, value: Option<String>) -> Result<(), String> {
        let Some((long, _, own)) = PARAMETERS.iter().find(|row| [row.0, row.1].contains(&flag)) else {
            self.left.push(flag.to_owned());
            return Ok(());
        };
        let value = value.ok_or_else(|| format!("{long} has no value"))?;
        if self.given.iter().any(|(known, _)| known == own) {
            return Err(format!("{long} is there twice"));
        }
        let kept = value.strip_prefix("${secret:").and_then(|rest| rest.strip_suffix('}'));
        let given = match kept {
            Some(name) => Given::Asked(name.to_owned()),
            None if value == "-" => Given::Asked(format!("the {own}")),
            None if value.contains("${") => return Err(format!("{long} refers to something that is not known here")),
            None if OPEN.contains(own) => Given::Open(value),
            None => Given::Secret(Secret::new(value)),
        };
        self.given.push((own, given));
        Ok(())
    }
}

/// Finds the service of a client: `jira`, `jiracloud`.
fn client_of(client: &str) -> Option<(&'static Service, Option<Deployment>)> {
    let client = client.to_lowercase();
    let (name, deployment) = match client.strip_suffix("cloud") {
        Some(name) => (name, Some(Deployment::Cloud)),
        None => (client.as_str(), None),
    };
    let name = CLIENTS.iter().find(|row| row.0 == name).map_or(name, |row| row.1);
    service(name).filter(|service| service.hosts.is_empty()).map(|service| (service, deployment))
}

/// Splits a text at blanks outside of quotes; two quotes in quotes stand for one.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '"' | '\'' => quoted(&mut letters, c, word.get_or_insert_default())?,
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

fn quoted(letters: &mut std::iter::Peekable<std::str::Chars>, quote: char, word: &mut String) -> Result<(), String> {
    loop {
        match letters.next() {
            Some(c) if c == quote && letters.next_if_eq(&quote).is_none() => return Ok(()),
            Some(c) => word.push(c),
            None => return Err("a quote is not closed".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(value: &str) -> Alias {
        match read("work", value).unwrap() {
            Entry::Site(alias) => alias,
            Entry::Other(why) => panic!("{why}"),
        }
    }

    fn given(alias: &Alias) -> Vec<(&str, &str)> {
        alias.given.iter().map(|(name, given)| (*name, value(given))).collect()
    }

    fn value(given: &Given) -> &str {
        match given {
            Given::Secret(secret) => secret.reveal(),
            Given::Open(text) | Given::Asked(text) => text,
        }
    }

    #[test]
    fn short_and_long_parameters_are_known() {
        let wanted = [("server", "https://x"), ("user", "me"), ("password", "a \"b\"")];
        for text in [
            "jira -s https://x -u me -p \"a \"\"b\"\"\"",
            "jira --server https://x --user me --password 'a \"b\"'",
            "jira -shttps://x -ume \"-pa \"\"b\"\"\"",
            "JIRA --server=https://x --user=me --password=\"a \"\"b\"\"\"",
        ] {
            assert_eq!(given(&site(text)), wanted, "{text}");
        }
    }

    #[test]
    fn what_has_no_place_is_named_without_its_value() {
        let alias = site("confluence -s https://x --dateFormat yyyy -v --outputFormat 2 -t ${secret:my.token}");
        assert_eq!(alias.left, ["--dateFormat", "-v", "--outputFormat"]);
        assert_eq!(given(&alias), [("server", "https://x"), ("token", "my.token")]);
        assert!(matches!(alias.given[1].1, Given::Asked(_)));
    }

    #[test]
    fn clients_are_services() {
        let of = |client| client_of(client).map(|(service, deployment)| (service.name, deployment));
        assert_eq!(of("jiracloud"), Some(("jira", Some(Deployment::Cloud))));
        assert_eq!(of("Agile"), Some(("jira", None)));
        assert_eq!(of("bamboo"), Some(("bamboo", None)));
        assert_eq!(of("crucible"), None);
        assert_eq!(of("upm"), None);
        assert!(matches!(read("x", "crucible -s https://x"), Ok(Entry::Other(_))));
    }

    #[test]
    fn bad_entries_are_told() {
        for (value, why) in [
            ("jira -s \"https://x", "a quote is not closed"),
            ("jira https://x", "a word stands where a parameter should"),
            ("jira -s https://x --user", "--user has no value"),
            ("jira -s https://x -s https://y", "--server is there twice"),
            ("jira -s https://x -p ${env:HOME}", "--password refers to something that is not known here"),
        ] {
            let error = read("work", value).err().unwrap();
            assert!(error.starts_with(why), "{value}: {error}");
        }
    }
}
