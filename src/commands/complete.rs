//! `tieline complete -- WORDS…`: what a shell may offer for the last word of a command line, one name a line.

use super::{Setup, call, host};
use crate::{
    auth::dashed,
    catalog::{Operation, Place, Type},
    context::Context,
    error::Result,
    http::Interrupt,
    script::{Arguments, Reference, Verbs},
    services::{self, SERVICES, Service, service},
};
use std::{collections::BTreeSet, rc::Rc};

/// Prints the names that may stand in the place of the last of `words`; those before it start with the command.
pub(super) fn run(context: &Rc<Context>, setup: &Setup, interrupt: &Interrupt, words: &[String]) -> Result<u8> {
    let Some((current, before)) = words.split_last() else { return Ok(0) };
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let names = match before[..] {
        ["call", ref given @ ..] => of_call(given, current),
        ["docs"] => subjects(&Reference::new(&host(context, setup, interrupt, Arguments::new("docs", Vec::new()))?)),
        ["explain" | "login"] => whole_services(),
        _ => BTreeSet::new(),
    };
    for name in names.iter().filter(|name| name.starts_with(current.as_str())) {
        context.print(name);
    }
    Ok(0)
}

/// Returns the services that one signs in to.
fn whole_services() -> BTreeSet<String> {
    SERVICES.iter().filter(|service| service.hosts.is_empty()).map(|service| service.name.to_owned()).collect()
}

/// Returns what may follow `call`: a service, one of its operations, the operation's parameters and their values.
fn of_call(given: &[&str], current: &str) -> BTreeSet<String> {
    match *given {
        [] => SERVICES.iter().map(|service| service.name.to_owned()).collect(),
        [name] => service(name).into_iter().flat_map(call::ids).map(str::to_owned).collect(),
        [name, id, ref words @ ..] => {
            let Some(service) = service(name) else { return BTreeSet::new() };
            let operations: Vec<Operation> = call::operations(service, id).collect();
            let last = words.last().and_then(|word| word.strip_prefix("--"));
            match last.filter(|_| !current.starts_with('-')) {
                Some(name) if takes_value(&operations, name) => values(service, &operations, name),
                _ => parameters(service, &operations).difference(&named(words)).cloned().collect(),
            }
        }
    }
}

/// Returns the flags that are there already.
fn named(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Says whether a parameter needs the next word.
fn takes_value(operations: &[Operation], name: &str) -> bool {
    let of_operation = operations.iter().find_map(|operation| operation.parameter(name));
    of_operation.map_or(name != "insecure", |p| p.kind != Type::Boolean && !p.values.contains(&"true"))
}

/// Returns the values that a parameter may have, where they are few.
fn values(service: &Service, operations: &[Operation], name: &str) -> BTreeSet<String> {
    let parameters = operations.iter().filter_map(|operation| operation.parameter(name));
    let of_operation = parameters.flat_map(|parameter| parameter.values.clone());
    let hosts = service.hosts.iter().copied().filter(|_| name == call::PRODUCT);
    of_operation.chain(hosts).map(str::to_owned).collect()
}

/// Returns the flags of an operation and of the connection.
fn parameters(service: &Service, operations: &[Operation]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for operation in operations {
        names.extend(operation.parameters.iter().map(|p| match p.place {
            Place::File => format!("--{}{}", call::FILES, p.name.trim_end_matches('*')),
            _ => format!("--{}", p.name),
        }));
        names.extend(operation.value().map(|_| "--body".to_owned()));
    }
    if !operations.is_empty() {
        names.extend(of_connection(service).map(|name| format!("--{}", dashed(name))));
    }
    names
}

/// Returns the parameters of the connection.
fn of_connection(service: &Service) -> impl Iterator<Item = &'static str> {
    let is_part = !service.hosts.is_empty();
    let takes = move |name: &str| is_part || service.takes(name);
    let credentials = services::CREDENTIALS.iter().map(|(name, _)| *name).filter(move |name| takes(name));
    credentials.chain(services::OPTIONS.iter().copied()).chain(is_part.then_some(call::PRODUCT))
}

/// Returns what `docs` explains.
fn subjects(reference: &Reference) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for service in SERVICES {
        let verbs = reference.of_service(service.name).into_iter().flat_map(Verbs::topics);
        let verbs = verbs.map(|topic| topic.name.clone()).chain(call::ids(service).map(str::to_owned));
        names.extend(verbs.map(|name| format!("{}.{name}", service.name)).chain([service.name.to_owned()]));
    }
    names.extend(reference.functions.iter().flat_map(|chapter| chapter.topics.iter().map(|t| t.name.clone())));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(given: &str, current: &str) -> Vec<String> {
        let given: Vec<&str> = given.split_whitespace().collect();
        of_call(&given, current).into_iter().filter(|name| name.starts_with(current)).collect()
    }

    #[test]
    fn names_follow_from_what_stands_before() {
        assert_eq!(offered("", "b"), ["bamboo", "bitbucket"]);
        assert_eq!(offered("jira", "getIssueLinkType"), ["getIssueLinkType", "getIssueLinkTypes"]);
        assert_eq!(offered("slack", "chat_postM"), ["chat_postMessage"]);
        assert_eq!(offered("upm", "getSafe"), ["getSafeMode"]);
        assert_eq!(offered("jira getIssue", "--issue"), ["--issueIdOrKey"]);
        assert_eq!(offered("jira createIssue", "--b"), ["--body"]);
        assert_eq!(offered("jira addAttachment", "--f"), ["--files.file"]);
        assert_eq!(offered("upm getPlugins", "--pr"), ["--product", "--proxy"]);
        assert_eq!(offered("trello get-boards-id", "--ke"), ["--key"]);
    }

    #[test]
    fn what_is_there_already_is_not_offered_again() {
        assert_eq!(offered("jira getIssue --issueIdOrKey OPS-1", "--issue"), [""; 0]);
        assert!(offered("jira deleteIssue --deleteSubtasks", "").contains(&"--issueIdOrKey".to_owned()));
    }

    #[test]
    fn values_are_offered_where_they_are_known() {
        assert_eq!(offered("bitbucket get_repositories_workspace --role", "c"), ["contributor"]);
        assert_eq!(offered("upm getPlugins --product", ""), ["bamboo", "bitbucket", "confluence", "jira"]);
        assert_eq!(offered("jira getIssue --issueIdOrKey", ""), [""; 0]);
    }

    #[test]
    fn nothing_is_offered_for_what_is_not_there() {
        for given in ["quux", "quux getIssue", "jira getNothing"] {
            assert_eq!(offered(given, ""), [""; 0], "{given}");
        }
    }
}
