//! The table of Jira's resources.

use super::call::{Call, Outcome};
use crate::sandbox::atlassian::route::{self, Table};
pub(crate) use crate::sandbox::atlassian::route::{Found, On, row};

/// What answers at a resource.
pub(crate) type Play = fn(&mut Call) -> Outcome;
/// One resource and one method.
pub(crate) type Route = route::Route<Play>;

const GROUPS: &[&[Route]] = &[
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
    super::schemes::ROUTES,
    super::users::ROUTES,
    super::groups::ROUTES,
    super::filters::ROUTES,
    super::agile::ROUTES,
    super::sprints::ROUTES,
    super::pages::ROUTES,
];

/// The table of a deployment; only Cloud has the third version of the API.
pub(crate) const fn table(cloud: bool) -> Table<Play> {
    Table { groups: GROUPS, versions: if cloud { &["2", "3", "latest"] } else { &["2", "latest"] } }
}
