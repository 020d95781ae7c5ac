//! The standard library: its verbs are described, shown in use, tested, and ask for what is published.

use crate::common::{project, tieline};
use tieline::{
    catalog::Catalog,
    script::{Route, Topic, Verbs, verbs},
    services::{SERVICES, Service},
};

/// Fails with the lines of what is wrong, if anything is.
fn none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n  {}", wrong.join("\n  "));
}

/// Calls `wrong` for every verb and gathers what it finds.
fn each(wrong: impl Fn(&Verbs, &Topic) -> Option<String>) -> Vec<String> {
    let all = verbs();
    assert!(!all.is_empty(), "the library has no verbs");
    all.iter().flat_map(|v| v.topics().filter_map(|topic| wrong(v, topic)).collect::<Vec<_>>()).collect()
}

#[test]
fn every_service_has_verbs_and_tests_of_them() {
    let known: Vec<&str> = verbs().iter().map(|v| v.service.name).collect();
    let mut wrong = Vec::new();
    for service in SERVICES {
        let files = [format!("stdlib/{}.rhai", service.name), format!("tests/stdlib/{}.rhai", service.name)];
        let places = files.iter().map(|path| (path.clone(), project(path).exists()));
        let row = (format!("the row of {} in src/script/library.rs", service.name), known.contains(&service.name));
        wrong.extend(places.chain([row]).filter(|(_, is)| !is).map(|(place, _)| format!("{place} is missing")));
    }
    none("the library and the table of services differ", &wrong);
}

#[test]
fn every_verb_has_a_sentence_and_an_example() {
    let wrong = each(|v, topic| {
        let name = format!("{}.{}", v.service.name, topic.name);
        let first = topic.text();
        let first = first.lines().next().unwrap_or_default();
        if !first.starts_with(|c: char| c.is_uppercase()) || !first.contains('.') {
            return Some(format!("{name} has no sentence: {first:?}"));
        }
        topic.examples().next().is_none().then(|| format!("{name} has no `Example:`"))
    });
    none("undescribed verbs", &wrong);
}

#[test]
fn every_verb_is_called_in_a_test() {
    let wrong = each(|v, topic| {
        let path = format!("tests/stdlib/{}.rhai", v.service.name);
        let text = std::fs::read_to_string(project(&path)).unwrap_or_default();
        let called = text.contains(&format!(".{}(", topic.name));
        (!called).then(|| format!("{}.{} in {path}", v.service.name, topic.name))
    });
    none("verbs without a test", &wrong);
}

/// Says what is wrong with a route, if anything is: no catalogue of the service publishes it.
fn unpublished(v: &Verbs, route: &Route) -> Option<String> {
    let place = format!("{}:{} {}", v.source, route.line, route.path);
    let Some(method) = &route.method else { return Some(format!("{place}: no method is said beside it")) };
    let published = v.service.published().any(|(_, apis)| Catalog(apis).route(method, &route.path).is_some());
    (!published).then(|| format!("{place}: {method} is not published"))
}

#[test]
fn every_route_is_published() {
    let all = verbs();
    let routes = all.iter().map(|v| v.routes.len()).sum::<usize>();
    assert!(routes > 40, "only {routes} routes were found");
    let wrong: Vec<String> = all
        .iter()
        .flat_map(|v| v.routes.iter().filter_map(|route| unpublished(v, route)).collect::<Vec<_>>())
        .collect();
    none("routes that the catalogue does not know", &wrong);
}

/// Returns how a service is connected to, with a name for each way: for each of its flavours, or through each product
/// that it is a part of.
fn connections(service: &Service) -> Vec<(&'static str, String)> {
    let name = service.name;
    let flavours = service.flavours.iter().map(|flavour| flavour.deployment.name());
    let own = flavours.map(|deployment| (deployment, format!("{name}(#{{ deployment: \"{deployment}\" }})")));
    let hosts = service.hosts.iter();
    let through = hosts.map(|host| (*host, format!("{name}({host}(#{{ deployment: \"server\" }}))")));
    own.chain(through).collect()
}

/// Makes a test of each example of a service, for each of its connections.
fn tests_of_examples(v: &Verbs) -> Vec<String> {
    let name = v.service.name;
    let mut tests = Vec::new();
    for (topic, example) in v.topics().flat_map(|topic| topic.examples().map(move |example| (topic, example))) {
        for (place, connect) in connections(v.service) {
            let body = format!("let {name} = {connect}; {example}");
            tests.push(format!("fn test_{}_{}_{place}() {{ {body} }}", tests.len(), topic.name));
        }
    }
    tests
}

#[test]
fn every_example_runs_against_the_practice_servers() {
    for v in verbs() {
        let tests = tests_of_examples(&v);
        let count = tests.len();
        let run = tieline(&["--sandbox", "-q", "test", "examples.rhai"]).file("examples.rhai", tests.join("\n"));
        let run = run.file("report.csv", "key,hours\nOPS-1,2\n").run().ok();
        assert!(count > 0 && run.out.ends_with(&format!("{count} passed, 0 failed\n")), "{run:#?}");
    }
}

#[test]
fn the_tests_of_the_library_pass() {
    for v in verbs() {
        let file = project(&format!("tests/stdlib/{}.rhai", v.service.name));
        let run = tieline(&["--sandbox", "-q", "test", &file.to_string_lossy()]).run();
        assert_eq!(run.code, 0, "{}\n{}", run.out, run.err);
        assert!(run.out.ends_with(" passed, 0 failed\n"), "{}", run.out);
    }
}

/// Verbs that go on with what a change answered, which in a dry run is nothing.
const DRY: &str = r#"
for deployment in ["cloud", "server"] {
    let bitbucket = bitbucket(#{ deployment: deployment });
    bitbucket.merge("OPS/relay", 4, #{ close_source: true });
    bitbucket.decline("OPS/relay", 5, #{ comment: "No." });
    bitbucket.create_pull_request("OPS/relay", #{ title: "x", source: "experiment/grüße", default_reviewers: true });
    bitbucket.edit_pull_request("OPS/relay", 3, #{ title: "x" });
    bitbucket.add_reviewers("OPS/relay", 3, ["jonas"]);
    bitbucket.create_webhook("OPS/relay", "https://chat.example/hook");
    bitbucket.create_repo("OPS/new");
    bitbucket.fork("OPS/relay", #{ name: "new" });
    bitbucket.write_file("OPS/relay", "new.txt", "x");
    bitbucket.add_default_reviewers("OPS/relay", ["jonas"]);
}
let bamboo = bamboo();
bamboo.wait(bamboo.queue("WEB-SHOP"));
bamboo.create_branch("WEB-SHOP", "feature/new");
bamboo.resume("OPS-AUDIT-12");
bamboo.deploy("Shop to the world", "Staging", "release-1");
bamboo.delete_result("WEB-SHOP-1");
"#;

#[test]
fn a_dry_run_stops_no_verb() {
    let run = tieline(&["--sandbox", "--simulate", "dry.rhai"]).file("dry.rhai", DRY).run().ok();
    // Each of the verbs in the loop runs twice.
    let weight = |line: &str| if line.starts_with("    ") { 2 } else { 1 };
    let verbs = DRY.lines().filter(|line| line.ends_with(';') && !line.contains("let "));
    let changes: usize = verbs.map(weight).sum();
    let would = run.err.lines().filter(|line| line.contains(": would ")).count();
    assert!(changes > 20 && would >= changes, "{run:#?}");
}
