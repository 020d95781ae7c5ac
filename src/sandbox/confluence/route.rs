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
        super::content::ROUTES,
        super::attachments::ROUTES,
        super::versions::ROUTES,
        super::restrictions::ROUTES,
        super::properties::ROUTES,
        super::search::ROUTES,
        super::permissions::ROUTES,
        super::templates::ROUTES,
        super::copy::ROUTES,
        super::backup::ROUTES,
        super::v2::ROUTES[0],
        super::v2::ROUTES[1],
        super::v2::ROUTES[2],
        super::v2::ROUTES[3],
    ],
    versions: &["1.0", "latest"],
};
