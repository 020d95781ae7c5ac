//! The table of Confluence's resources. On Cloud all of them lie below `/wiki`.

use super::call::{Call, Outcome};
use crate::sandbox::atlassian::route::{self, Table};
pub(crate) use crate::sandbox::atlassian::route::{Found, On, row};

/// What answers at a resource.
pub(crate) type Play = fn(&mut Call) -> Outcome;
/// One resource and one method.
pub(crate) type Route = route::Route<Play>;

/// The whole table.
pub(crate) const TABLE: Table<Play> = Table {
    groups: &[
        super::session::ROUTES,
        super::users::ROUTES,
        super::spaces::ROUTES,
        super::tasks::ROUTES,
        super::labels::ROUTES,
        super::v2::ROUTES[0],
        super::v2::ROUTES[1],
    ],
    versions: &["1.0", "latest"],
};
