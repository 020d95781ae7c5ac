//! `help`: the prompt's own commands, and what the reference says, by the names that are at hand.

use super::commands::{COMMANDS, command};
use crate::{
    commands::docs,
    error::Result,
    script::{Function, Host, Reference},
    services::{SERVICES, Service, service},
};

const START: &str = "\
An expression shows its value; the last one is `it`. Tab completes, Ctrl-R
searches what you typed before, Ctrl-C stops what runs, Ctrl-D ends. A line
that is not finished goes on in the next.

    let jira = jira();                         signs in as saved or as given
    let open = jira.search(\"project = OPS\");   a list, fetched while it is read
    for issue in open { print(issue.key); }
";

/// Explains `subject`; without one, how to begin.
pub(super) fn help(host: &Host, subject: &str) -> Result<String> {
    let subject = subject.trim().trim_end_matches("()").trim();
    if subject.is_empty() {
        return Ok(start());
    }
    if let Some(command) = command(subject) {
        return Ok(format!("{} {}\n  {}", command.name, command.takes, command.about));
    }
    let reference = Reference::new(host);
    let name = published(host, subject);
    let text = own(host, &name).or_else(|| known(&reference, &name));
    let text = text.map_or_else(|| docs::page(host, &reference, &name), Ok)?;
    let parameters = service(&name).map(|service| parameters(host, service)).unwrap_or_default();
    Ok(format!("{}{parameters}", text.trim_end()))
}

fn start() -> String {
    let line = |name: &str, takes: &str, about: &str| format!("    {:13}{about}", format!("{name} {takes}"));
    let commands: Vec<String> = COMMANDS.iter().map(|c| line(c.name, c.takes, c.about)).collect();
    format!("{START}\n{}", commands.join("\n"))
}

/// Returns the name that the reference has for a connection, a type, or a member of one: `j.search` is `jira.search`.
fn published(host: &Host, subject: &str) -> String {
    let (owner, rest) = subject.split_once('.').map_or((subject, ""), |(owner, _)| (owner, &subject[owner.len()..]));
    let receiver = host.look(owner, &[]).map_or_else(|| owner.to_owned(), |look| look.receiver);
    let service = SERVICES.iter().find(|service| service.type_name == receiver);
    service.map_or_else(|| subject.to_owned(), |service| format!("{}{rest}", service.name))
}

/// Explains a function that the user has declared.
fn own(host: &Host, name: &str) -> Option<String> {
    let explained = |function: &Function| {
        let comment = function.comment.lines().map(|line| format!("  {line}"));
        std::iter::once(function.form()).chain(comment).collect::<Vec<_>>().join("\n")
    };
    let all = host.own_functions();
    let found: Vec<String> = all.iter().filter(|function| function.name == name).map(explained).collect();
    (!found.is_empty()).then(|| found.join("\n"))
}

/// Finds a name in the reference; a verb may stand without its service.
fn known(reference: &Reference, name: &str) -> Option<String> {
    let verbs = SERVICES.iter().filter_map(|service| docs::named(reference, &format!("{}.{name}", service.name)));
    docs::named(reference, name).or_else(|| Some(verbs.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty()))
}

fn parameters(host: &Host, service: &Service) -> String {
    format!("\n\n{}(#{{ … }}) takes {}", service.name, host.options_of(None, service.name).join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::repl::tests::host;

    const CONNECT: &str =
        r#"let j = jira(#{ server: "http://127.0.0.1:1", deployment: "server", token: "t-o-k-e-n" });"#;

    #[test]
    fn verbs_are_explained_by_whatever_they_are_called() {
        let mut host = host();
        host.run_entry(None, CONNECT).unwrap();
        assert_eq!(help(&host, "j").unwrap(), help(&host, "jira").unwrap());
        for subject in ["jira.search", "Jira.search", "j.search", "search", "search()"] {
            let text = help(&host, subject).unwrap();
            assert!(text.contains("search(jql, options)\n  Lists the issues"), "{text}");
            assert!(text.contains("Example: "), "{text}");
        }
        assert!(help(&host, "jira").unwrap().contains("jira(#{ … }) takes user, password, token"));
        assert!(help(&host, "time").unwrap().contains("says how long something takes"));
        let start = help(&host, "").unwrap();
        assert!(start.contains("save FILE") && start.lines().all(|line| line.chars().count() < 80), "{start}");
        assert!(help(&host, "cookbook").unwrap().contains("export-issues: "));
        assert!(help(&host, "export-issues").unwrap().starts_with("#!/usr/bin/env tieline"));
        let text = help(&host, "j.api.getTransitions").unwrap();
        assert!(text.contains("GET /rest/api/") && text.contains("issueIdOrKey"), "{text}");
    }

    #[test]
    fn functions_of_the_session_are_explained() {
        let mut host = host();
        host.run_entry(None, "/// Doubles.\nfn twice(x) { x + x }").unwrap();
        assert_eq!(help(&host, "twice").unwrap(), "twice(x)\n  Doubles.");
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is_near() {
        let error = help(&host(), "jira.serch").unwrap_err();
        assert_eq!(error.message, "Client error: there is nothing called `jira.serch`");
        assert_eq!(error.hint.as_deref(), Some("did you mean jira.search?"));
    }
}
