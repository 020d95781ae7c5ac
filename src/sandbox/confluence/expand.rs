//! What a request wants to see in full: `expand=body.storage,version`.

use crate::sandbox::http::Request;

/// The paths of an `expand` parameter.
#[derive(Clone, Default)]
pub(crate) struct Expand(Vec<String>);

impl Expand {
    /// Reads the parameter, given once with commas or several times.
    pub(crate) fn of(request: &Request) -> Self {
        let all = request.params("expand");
        Expand(all.into_iter().flat_map(|list| list.split(',')).map(|path| path.trim().to_owned()).collect())
    }

    /// Makes one of fixed paths.
    pub(crate) fn new(paths: &[&str]) -> Self {
        Expand(paths.iter().map(|path| (*path).to_owned()).collect())
    }

    /// Says whether something is wanted.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|path| path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }

    /// Returns what is wanted inside of something.
    pub(crate) fn inside(&self, name: &str) -> Expand {
        let below = |path: &String| path.strip_prefix(name)?.strip_prefix('.').map(str::to_owned);
        Expand(self.0.iter().filter_map(below).collect())
    }
}
