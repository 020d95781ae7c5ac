//! ACLI's actions: each has an answer, and what the answer names is there.

use crate::common::{Run, project, tieline};
use std::collections::BTreeSet;
use tieline::{
    acli::{Action, Answer, PARAMETERS, actions},
    catalog::Catalog,
    script::{Verbs, verbs},
    services::service,
};

fn find(words: &[&str]) -> Run {
    tieline(&[&["find"], words].concat()).run()
}

/// Returns product and name of each action that ACLI has, from the list beside the project. Without it, those that the
/// table has.
fn known() -> Vec<(String, String)> {
    let Ok(list) = std::fs::read_to_string(project("../shared/acli-actions.tsv")) else {
        return actions().map(|action| (action.product.to_owned(), action.name.to_owned())).collect();
    };
    let pair = |line: &str| {
        let mut columns = line.split('\t').map(str::to_owned);
        (columns.next().unwrap_or_default(), columns.next().unwrap_or_default())
    };
    list.lines().skip(1).map(pair).collect()
}

#[test]
fn every_action_has_one_answer() {
    let known = known();
    assert!(known.len() >= 355, "{} actions", known.len());
    let rows = |(product, name): &(String, String)| {
        actions().filter(|action| action.product == product && action.name == name).count()
    };
    let wrong: Vec<_> = known.iter().filter(|action| rows(action) != 1).collect();
    assert!(wrong.is_empty(), "not in src/acli.tsv, or twice: {wrong:?}");
    let others: Vec<Action> = actions()
        .filter(|action| action.product != PARAMETERS)
        .filter(|action| !known.iter().any(|(product, name)| product == action.product && name == action.name))
        .collect();
    assert!(others.is_empty(), "no action of ACLI: {others:?}");
    assert!(actions().filter(|action| action.product == PARAMETERS).count() > 40);
}

/// Names of what every connection can do and of the functions, as the reference has them.
fn functions() -> BTreeSet<String> {
    let reference = tieline(&["docs", "--markdown"]).run().ok().out;
    let rows = reference.lines().filter_map(|line| line.strip_prefix("| `"));
    let mut names: BTreeSet<String> = rows.filter_map(|row| row.split('(').next()).map(str::to_owned).collect();
    // What Rhai itself brings along is not in the reference, but explained.
    names.extend(["filter", "extract"].map(str::to_owned));
    names
}

/// What there is to name.
struct There {
    verbs: Vec<Verbs>,
    functions: BTreeSet<String>,
    help: String,
}

/// Says what an answer names that is not there.
fn missing(answer: &Answer, known: &There) -> Option<String> {
    let there = match answer {
        Answer::Method { service, name } => {
            let verb = |v: &Verbs| v.service.name == *service && v.topics().any(|t| t.name == *name);
            known.verbs.iter().any(verb) || self::service(service).is_some() && known.functions.contains(*name)
        }
        Answer::Operation { service, id } => self::service(service)
            .is_some_and(|service| service.published().any(|(_, apis)| Catalog(apis).operation(id).is_some())),
        Answer::Function(name) => known.functions.contains(*name),
        Answer::Script(path) => project(path).exists(),
        Answer::Command(line) => {
            line.starts_with("tieline ") && line.split(' ').skip(1).all(|word| known.help.contains(word))
        }
    };
    (!there).then(|| answer.to_string())
}

#[test]
fn what_the_answers_name_is_there() {
    let known = There { verbs: verbs(), functions: functions(), help: tieline(&["--help"]).run().ok().out };
    let wrong: Vec<(&str, String)> = actions()
        .flat_map(|action| action.answers().map(move |answer| (action.name, answer)))
        .filter_map(|(name, answer)| Some((name, missing(&answer, &known)?)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let count = |is: fn(&Answer) -> bool| actions().flat_map(|action| action.answers()).filter(is).count();
    assert!(count(|answer| matches!(answer, Answer::Method { .. })) > 100);
    assert!(count(|answer| matches!(answer, Answer::Operation { .. })) > 100);
    assert!(count(|answer| matches!(answer, Answer::Script(_))) > 2);
}

#[test]
fn find_answers_to_every_name() {
    for name in ["addComment", "runFromIssueList", "getIssueList", "exportSite", "setSecureProperty", "--findReplace"] {
        for typed in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            let run = find(&[&typed]).ok();
            for action in actions().filter(|action| action.name == name) {
                assert!(run.out.contains(&action.summary()), "{run:#?}");
            }
            assert!(run.out.starts_with("ACLI "), "{run:#?}");
        }
    }
}

#[test]
fn find_says_what_was_probably_meant() {
    let run = find(&["getIsueList"]).ok();
    assert!(run.out.starts_with("ACLI jira getIssueList  jira.search()"), "{run:#?}");
    assert_eq!(run.out.lines().count(), 1);
    let run = run.says("nothing is called getIsueList; did you mean one of these?");
    assert!(!run.err.contains("more"), "{run:#?}");
    assert!(find(&["--findReplce"]).ok().out.starts_with("ACLI --findReplace"));
    find(&["zzzzzzz"]).ends(2).says("nothing fits \"zzzzzzz\"");
}

#[test]
fn the_page_in_the_repository_is_the_programs() {
    let made = tieline(&["docs", "acli"]).run().ok().out;
    let path = project("stdlib/ACLI.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the page is written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(made == kept, "stdlib/ACLI.md is old; UPDATE=1 cargo test the_page_in rewrites it");
    for (_, name) in known() {
        assert!(made.contains(&format!("| `{name}` | ")), "{name} is not on the page");
    }
}
