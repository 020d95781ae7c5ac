//! The paths and operations that a service publishes, over all its flavours.

use crate::{
    catalog::{Api, Catalog, Operation},
    services::{self, Service},
};

/// How like two paths must be, from 0 to 1, for the one to be offered for the other.
const ALIKE: f64 = 0.75;

/// Returns the catalogues that a connection may have; that of a part has its product's too.
fn catalogs(service: &'static Service) -> impl Iterator<Item = Catalog> {
    let hosts = service.hosts.iter().filter_map(|host| services::service(host));
    let published = [service].into_iter().chain(hosts).flat_map(Service::published);
    published.map(|(_, apis)| Catalog(apis))
}

/// Finds the operations behind a method and a path, one per flavour that has it.
pub(super) fn at(service: &'static Service, method: &str, path: &str) -> Vec<Operation> {
    catalogs(service).filter_map(|catalog| catalog.route(method, path)).collect()
}

/// Finds an operation by its id, one per flavour that has it.
pub(super) fn named(service: &'static Service, id: &str) -> Vec<Operation> {
    catalogs(service).filter_map(|catalog| catalog.operation(id)).collect()
}

/// Says which operations were probably meant.
pub(super) fn near(service: &'static Service, id: &str) -> Option<String> {
    let mut near: Vec<String> = catalogs(service).flat_map(|catalog| catalog.suggestions(id)).collect();
    near.sort_by_key(|known| strsim::damerau_levenshtein(&known.to_lowercase(), &id.to_lowercase()));
    let mut found: Vec<String> = Vec::new();
    for known in near {
        if !found.contains(&known) {
            found.push(known);
        }
    }
    found.truncate(3);
    (!found.is_empty()).then(|| format!("did you mean {}?", found.join(", ")))
}

/// Says what was probably meant by a path that is not published for a method.
pub(super) fn hint(service: &'static Service, method: &str, path: &str) -> Option<String> {
    let others = ["GET", "POST", "PUT", "PATCH", "DELETE"].into_iter().filter(|other| *other != method);
    let others: Vec<&str> = others.filter(|other| !at(service, other, path).is_empty()).collect();
    if !others.is_empty() {
        return Some(format!("it is published for {}", others.join(", ")));
    }
    let bare = bare(path);
    let paths = catalogs(service).flat_map(Catalog::apis).flat_map(Api::operations);
    let same = paths.filter(|operation| operation.method == method);
    let scored = same
        .map(|operation| (strsim::normalized_damerau_levenshtein(&self::bare(operation.path), &bare), operation.path));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score >= ALIKE);
    best.map(|(_, path)| format!("did you mean {path}?"))
}

/// Returns a path whose placeholders have no names, without its query.
fn bare(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut pieces = path.split('{');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |bare, piece| format!("{bare}{{}}{}", piece.split_once('}').map_or("", |(_, rest)| rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_not_published_is_explained() {
        let jira = services::service("jira").unwrap();
        assert!(at(jira, "GET", "/rest/api/2/issue/{key}").iter().all(|operation| operation.reads));
        assert!(at(jira, "GET", "/rest/api/2/isue/{key}").is_empty());
        assert_eq!(hint(jira, "PATCH", "/rest/api/3/issue/{key}").unwrap(), "it is published for GET, PUT, DELETE");
        let hint = hint(jira, "GET", "/rest/api/3/isue/{key}").unwrap();
        assert_eq!(hint, "did you mean /rest/api/3/issue/{issueIdOrKey}?");
    }

    #[test]
    fn operations_are_found_in_any_flavour() {
        let jira = services::service("jira").unwrap();
        assert!(!named(jira, "getIssue").is_empty());
        assert!(near(jira, "getIsue").unwrap().contains("getIssue"));
    }
}
