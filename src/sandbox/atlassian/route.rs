//! The table of resources.

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
pub(crate) struct Route<F> {
    pub on: On,
    pub method: &'static str,
    /// `{}` takes one segment, `{v}` the version of the API, `{*}` the rest of the path.
    pub path: &'static str,
    pub access: Access,
    pub play: F,
}

/// Makes a row of the table.
pub(crate) const fn row<F: Copy>(
    on: On,
    method: &'static str,
    path: &'static str,
    access: Access,
    play: F,
) -> Route<F> {
    Route { on, method, path, access, play }
}

/// What there is at a path.
pub(crate) enum Found<F: 'static> {
    /// A resource, and the values of the open places.
    Route(&'static Route<F>, Vec<String>),
    /// A resource that does not know the method.
    WrongMethod,
    /// Nothing.
    Nothing,
}

/// A whole table: groups of resources. Within it the path with the fewest open places wins; one with an open end is
/// the last choice.
pub(crate) struct Table<F: 'static> {
    pub groups: &'static [&'static [Route<F>]],
    /// What `{v}` may be.
    pub versions: &'static [&'static str],
}

impl<F> Table<F> {
    /// Returns every row of the table that a deployment has.
    pub(crate) fn rows(&self, cloud: bool) -> impl Iterator<Item = &'static Route<F>> {
        let other = if cloud { On::Dc } else { On::Cloud };
        self.groups.iter().copied().flatten().filter(move |r| r.on != other)
    }

    /// Finds the resource at a path.
    pub(crate) fn find(&self, cloud: bool, method: &str, path: &str) -> Found<F> {
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let mut best: Option<(&'static Route<F>, Vec<String>)> = None;
        let mut wrong_method = false;
        for route in self.rows(cloud) {
            let Some(args) = self.matches(route.path, &segments) else { continue };
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

    fn matches(&self, pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
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
                "{v}" if self.versions.contains(segment) => {}
                _ if part == *segment => {}
                _ => return None,
            }
            at += 1;
        }
        (at == segments.len()).then_some(args)
    }
}
