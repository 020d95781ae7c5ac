//! `help` and `find`: what there is, in words.

use super::commands::{COMMANDS, command};
use crate::{
    catalog::{self, Operation, Place},
    error::{Error, Result},
    script::{Host, Topic, topics},
    services::{SERVICES, Service, service},
};

const START: &str = "\
An expression shows its value; the last one is `it`. Tab completes, Ctrl-R searches what you typed before,
Ctrl-C stops what runs, Ctrl-D ends. A line that is not finished goes on in the next.

    let jira = jira();                           server, user and token from a saved session or the environment
    let open = jira.search(\"project = OPS\");     a list that is fetched while it is read
    for issue in open { print(issue.key); }
";

/// Explains `subject`; without one, how to begin.
pub(super) fn help(host: &Host, subject: &str) -> Result<String> {
    let subject = subject.trim().trim_end_matches("()").trim();
    if subject.is_empty() {
        return Ok(start());
    }
    if let Some(command) = command(subject) {
        return Ok(format!("{} {}\n\n{}", command.name, command.takes, sentence(command.about)));
    }
    if let Some(service) = service(subject) {
        return Ok(of_service(host, service));
    }
    let (owner, name) = subject.rsplit_once('.').map_or((None, subject), |(owner, name)| (Some(owner), name));
    let receiver = owner.map(|owner| receiver(host, owner));
    let all = topics(host.functions());
    let fits =
        |topic: &&Topic| topic.name == name && (receiver.is_none() || topic.receiver == receiver) && described(topic);
    let verbs = !owner.is_some_and(|owner| owner.ends_with(".api"));
    let found: Vec<String> = all.iter().filter(|topic| verbs && fits(topic)).map(explained).collect();
    if !found.is_empty() {
        return Ok(found.join("\n\n"));
    }
    let published: Vec<String> =
        operations(owner).filter(|(_, o)| o.id == name).map(|(service, o)| operation(service, &o)).collect();
    if published.is_empty() { Err(unknown(subject, name, &all)) } else { Ok(published.join("\n\n")) }
}

fn start() -> String {
    let line = |name: &str, takes: &str, about: &str| format!("    {:16}{about}", format!("{name} {takes}"));
    let commands: Vec<String> = COMMANDS.iter().map(|c| line(c.name, c.takes, c.about)).collect();
    format!("{START}\n{}", commands.join("\n"))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Returns the type that `owner` stands for: a variable's, a service's, or its own name.
fn receiver(host: &Host, owner: &str) -> String {
    let variable = host.look(owner, &[]).map(|look| look.receiver);
    variable.or_else(|| service(owner).map(|s| s.type_name.to_owned())).unwrap_or_else(|| owner.to_owned())
}

/// Natives without a description are tools of the verbs; only what the user wrote needs none.
fn described(topic: &Topic) -> bool {
    !topic.comment.is_empty() || topic.receiver.is_none()
}

fn explained(topic: &Topic) -> String {
    let forms: Vec<String> = topic.forms.iter().map(|form| spelled(topic, &form.parameters.join(", "))).collect();
    let comment = topic.comment.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n");
    format!("{}\n{comment}", forms.join("\n")).trim_end().to_owned()
}

/// Writes a call as users write it: `jira.issue(key)`.
fn spelled(topic: &Topic, parameters: &str) -> String {
    let owner = topic.receiver.as_deref().map(|receiver| {
        let service = SERVICES.iter().find(|service| service.type_name == receiver);
        format!("{}.", service.map_or(receiver, |service| service.name))
    });
    format!("{}{}({parameters})", owner.unwrap_or_default(), topic.name)
}

fn of_service(host: &Host, service: &Service) -> String {
    let parameters = host.options_of(None, service.name).join(", ");
    let verbs = topics(host.functions());
    let verbs = verbs.iter().filter(|t| t.receiver.as_deref() == Some(service.type_name) && !t.comment.is_empty());
    let lines: Vec<(String, String)> = verbs.map(|t| (spelled(t, &t.parameters()), t.summary().to_owned())).collect();
    format!(
        "{name}()  {name}(#{{ … }})\n    Connects to {}. The map takes {parameters}.\n\n{}",
        service.title,
        aligned(&lines),
        name = service.name
    )
}

/// Returns the published operations, of one service or of all, each with its service.
fn operations(owner: Option<&str>) -> impl Iterator<Item = (&'static str, Operation)> {
    let wanted =
        owner.map(|owner| owner.trim_end_matches(".api").to_lowercase()).filter(|name| service(name).is_some());
    let services = SERVICES.iter().filter(move |s| wanted.as_ref().is_none_or(|wanted| wanted == s.name));
    services.flat_map(|s| s.flavours.iter().flat_map(|f| f.apis).map(|api| (s.name, *api))).flat_map(
        |(service, name)| {
            catalog::api(name).into_iter().flat_map(catalog::Api::operations).map(move |operation| (service, operation))
        },
    )
}

fn operation(service: &str, operation: &Operation) -> String {
    let mut text = format!(
        "{service}.api.{}(#{{ … }})    {}\n    {} {}",
        operation.id, operation.api, operation.method, operation.path
    );
    for parameter in operation.parameters.iter().filter(|p| p.place != Place::File) {
        let required = if parameter.required { "  required" } else { "" };
        let values =
            if parameter.values.is_empty() { String::new() } else { format!("  {}", parameter.values.join(" | ")) };
        text.push_str(&format!("\n    {}{required}{values}", parameter.name));
    }
    if operation.value().is_some() {
        text.push_str("\n    body");
    }
    text
}

fn unknown(subject: &str, name: &str, all: &[Topic]) -> Box<Error> {
    let names = all.iter().map(|topic| topic.name.as_str()).chain(COMMANDS.iter().map(|c| c.name));
    let near = names.map(|known| (strsim::damerau_levenshtein(known, name), known)).min();
    let near = near.filter(|(distance, known)| *distance <= 2 && *distance < known.len());
    let error = Error::client(format_args!("nothing is called `{subject}`"));
    error.hint(near.map_or_else(
        || "`find WORDS` searches descriptions too".to_owned(),
        |(_, known)| format!("did you mean `{known}`?"),
    ))
}

/// Lists the verbs, functions and operations whose name or description has all of `words`.
pub(super) fn find(host: &Host, words: &str) -> Result<String> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    let has = |text: &str| wanted.iter().all(|word| text.to_lowercase().contains(word));
    let mut lines = Vec::new();
    for topic in topics(host.functions()).iter().filter(|topic| !topic.comment.is_empty()) {
        let form = spelled(topic, &topic.parameters());
        if has(&format!("{form} {}", topic.comment)) {
            lines.push((form, topic.summary().to_owned()));
        }
    }
    for (service, operation) in operations(None) {
        let about = format!("{} {}", operation.method, operation.path);
        if has(&format!("{service} {} {about}", operation.id)) {
            lines.push((format!("{service}.api.{}", operation.id), about));
        }
    }
    lines.dedup();
    if lines.is_empty() {
        return Err(Error::client(format_args!("nothing has all of the words: {words}")).hint("try fewer words"));
    }
    Ok(aligned(&lines))
}

/// The widest the first column of a list may be.
const WIDEST: usize = 48;

fn aligned(lines: &[(String, String)]) -> String {
    let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).min(WIDEST);
    lines
        .iter()
        .map(|(name, about)| format!("{name:width$}  {about}").trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
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
        for subject in ["jira.search", "Jira.search", "j.search", "search", "search()"] {
            let text = help(&host, subject).unwrap();
            assert!(text.starts_with("jira.search(jql)\njira.search(jql, options)\n    Lists the issues"), "{text}");
            assert!(text.contains("Example: "), "{text}");
        }
        assert!(help(&host, "jira").unwrap().contains("Connects to Jira. The map takes user, password, token"));
        assert!(help(&host, "time").unwrap().contains("Says how long something takes."));
        assert!(help(&host, "").unwrap().contains("save FILE"));
        let text = help(&host, "jira.api.getTransitions").unwrap();
        assert!(text.contains("GET /rest/api/") && text.contains("issueIdOrKey  required"), "{text}");
    }

    #[test]
    fn what_is_not_there_is_said_with_what_is_near() {
        let error = help(&host(), "jira.serch").unwrap_err();
        assert_eq!(error.message, "Client error: nothing is called `jira.serch`");
        assert_eq!(error.hint.as_deref(), Some("did you mean `search`?"));
    }

    #[test]
    fn find_needs_all_words() {
        let host = host();
        let found = find(&host, "Comment ADDS").unwrap();
        assert!(found.lines().any(|line| line.starts_with("jira.comment(key, text, options)")), "{found}");
        assert!(!found.contains("jira.comments"), "{found}");
        assert!(find(&host, "worklog property").unwrap().contains("jira.api.getWorklogProperty"));
        assert!(find(&host, "xyzzy").is_err());
    }
}
