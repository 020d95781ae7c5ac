//! The table of resources.

use super::call::{Call, Outcome};
use super::guard::Access;
use crate::sandbox::http::decode;

/// The deployments that have a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Both,
    Cloud,
    Dc,
}

/// One resource and one method.
pub(crate) struct Route {
    pub on: On,
    pub method: &'static str,
    /// `{}` takes one segment, `{v}` the version of the API, `{*}` the rest of the path.
    pub path: &'static str,
    pub access: Access,
    pub play: fn(&mut Call) -> Outcome,
}

/// Makes a row of the table.
pub(crate) const fn row(
    on: On,
    method: &'static str,
    path: &'static str,
    access: Access,
    play: fn(&mut Call) -> Outcome,
) -> Route {
    Route { on, method, path, access, play }
}

/// Every group of resources. Within the whole table the path with the fewest open places wins; one with an open end
/// is the last choice.
const GROUPS: [&[Route]; 21] = [
    super::system::ROUTES,
    super::session::ROUTES,
    super::issues::ROUTES,
    super::meta::ROUTES,
    super::transitions::ROUTES,
    super::comments::ROUTES,
    super::worklogs::ROUTES,
    super::watch::ROUTES,
    super::attachments::ROUTES,
    super::links::ROUTES,
    super::search::ROUTES,
    super::projects::ROUTES,
    super::versions::ROUTES,
    super::components::ROUTES,
    super::roles::ROUTES,
    super::users::ROUTES,
    super::groups::ROUTES,
    super::filters::ROUTES,
    super::agile::ROUTES,
    super::sprints::ROUTES,
    super::pages::ROUTES,
];

/// What there is at a path.
pub(crate) enum Found {
    /// A resource, and the values of the open places.
    Route(&'static Route, Vec<String>),
    /// A resource that does not know the method.
    WrongMethod,
    /// Nothing.
    Nothing,
}

/// Returns every row of the table that a deployment has.
pub(crate) fn rows(cloud: bool) -> impl Iterator<Item = &'static Route> {
    let other = if cloud { On::Dc } else { On::Cloud };
    GROUPS.into_iter().flatten().filter(move |r| r.on != other)
}

/// Finds the resource at a path.
pub(crate) fn find(cloud: bool, method: &str, path: &str) -> Found {
    let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let mut best: Option<(&Route, Vec<String>)> = None;
    let mut wrong_method = false;
    for route in rows(cloud) {
        let Some(args) = matches(route.path, &segments, cloud) else { continue };
        if route.method != method {
            wrong_method = true;
        } else if best.as_ref().is_none_or(|(other, values)| {
            (route.path.ends_with("{*}"), args.len()) < (other.path.ends_with("{*}"), values.len())
        }) {
            best = Some((route, args));
        }
    }
    match best {
        Some((route, args)) => Found::Route(route, args),
        None if wrong_method => Found::WrongMethod,
        None => Found::Nothing,
    }
}

fn matches(pattern: &str, segments: &[&str], cloud: bool) -> Option<Vec<String>> {
    let mut args = Vec::new();
    let mut at = 0;
    for part in pattern.split('/') {
        if part == "{*}" {
            args.push(decode(&segments.get(at..)?.join("/")));
            return Some(args);
        }
        let segment = segments.get(at)?;
        match part {
            "{}" => args.push(decode(segment)),
            "{v}" if *segment == "2" || *segment == "latest" || (cloud && *segment == "3") => {}
            _ if part == *segment => {}
            _ => return None,
        }
        at += 1;
    }
    (at == segments.len()).then_some(args)
}
