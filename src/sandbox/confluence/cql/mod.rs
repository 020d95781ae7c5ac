//! The query language: enough of it to find what automations look for.

mod fit;
mod read;

use super::world::{Content, UserId, World};

/// A query, read.
pub(crate) struct Query {
    filter: Option<Filter>,
    order: Vec<(String, bool)>,
}

/// What content has to be like.
enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Is(Clause),
}

/// One comparison.
struct Clause {
    /// The field, in lower case.
    field: String,
    /// `=`, `!=`, `~`, `!~`, `<`, `<=`, `>`, `>=`, `in`, `not in`.
    operator: String,
    values: Vec<String>,
}

/// Reads a query, or says what is wrong with it.
pub(crate) fn read(text: &str) -> Result<Query, String> {
    read::query(text)
}

/// What a query may refer to.
pub(crate) struct Scene<'a> {
    pub world: &'a World,
    pub me: Option<UserId>,
}

impl Query {
    /// Returns what fits, in the order that the query asks for.
    pub(crate) fn find<'a>(&self, scene: &Scene<'a>) -> Vec<&'a Content> {
        let fits = |c: &&Content| self.filter.as_ref().is_none_or(|f| f.fits(scene, c));
        let mut found: Vec<&Content> = scene.world.content.values().filter(fits).collect();
        for (field, down) in self.order.iter().rev() {
            found.sort_by_key(|c| fit::sort_key(scene.world, c, field));
            if *down {
                found.reverse();
            }
        }
        found
    }
}
