//! Every published operation, called with what is wrong: refused by the program, and nothing arrives.
//!
//! That what is right is as the vendors describe it is held by `tests/contract/run`, which needs Node.

use crate::common::{project, server, tieline};
use tieline::catalog::{APIS, Api, Operation, Parameter, Place, Shape, Type};

/// What a call may lack.
fn needed(operation: &Operation) -> usize {
    let parameters = operation.parameters.iter().filter(|p| p.required && p.default.is_none()).count();
    let body = operation.value().filter(|body| body.required);
    parameters + body.map_or(0, |body| 1 + body.members.len())
}

/// What a call may have of a wrong type or value.
fn typed(operation: &Operation) -> usize {
    let checked = |kind: Type| !matches!(kind, Type::Any | Type::Json);
    let parameter = |p: &&Parameter| p.place != Place::File && checked(p.kind);
    let parameters = operation.parameters.iter().filter(parameter).count();
    parameters
        + operation.value().map_or(0, |body| {
            usize::from(body.shape != Shape::Any) + body.members.iter().filter(|m| checked(m.kind)).count()
        })
}

/// How many calls of an API are wrong: something left out, something mistyped, something unknown.
fn wrong(api: &Api) -> String {
    let count = |what: fn(&Operation) -> usize| -> usize { api.operations().map(|operation| what(&operation)).sum() };
    format!("{} {} {} {}\n", api.name, count(needed), count(typed), count(|_| 1))
}

#[allow(clippy::print_stdout)] // the counts are what --nocapture is asked for
#[test]
fn what_is_wrong_is_refused_before_the_wire() {
    let server = server::serve(|_| server::json(200, "{}"));
    let (script, root) = (project("tests/contract/wrong.rhai"), project(""));
    let (script, root) = (script.to_string_lossy(), root.to_string_lossy());
    println!("API, left out, mistyped, unknown:");
    for api in APIS {
        let run = tieline(&[&*script, "--server", &server.url, "--root", &root, api.name]).run().ok();
        print!("{}", run.out);
        assert_eq!(run.out, wrong(api));
    }
    assert_eq!(server.lines(), [""; 0]);
}
