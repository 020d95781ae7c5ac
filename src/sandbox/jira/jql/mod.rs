//! A part of JQL: what automations write, with the words that Jira has for mistakes.

mod check;
mod dates;
mod eval;
mod parse;

#[cfg(test)]
mod tests;

use super::world::{Millis, UserId, World};

/// Who searches, where and when.
pub(crate) struct Asker<'a> {
    pub world: &'a World,
    pub me: Option<UserId>,
    /// Those who are not signed in may look around.
    pub anonymous: bool,
    pub now: Millis,
}

/// What a search found.
#[derive(Debug)]
pub(crate) struct Hits {
    /// Numbers of issues, in order.
    pub ids: Vec<u64>,
    /// The query has a condition.
    pub bounded: bool,
}

/// Finds issues, or says in Jira's words what is wrong with the query.
pub(crate) fn search(asker: &Asker, query: &str) -> Result<Hits, String> {
    let query = parse::parse(query)?;
    let bounded = query.condition.is_some();
    let condition = query.condition.as_ref().map(|node| check::node(asker, node)).transpose()?;
    let order = query
        .order
        .iter()
        .map(|(name, up)| Ok((check::order_field(name)?, *up)))
        .collect::<Result<Vec<_>, String>>()?;
    let visible = asker.me.is_some() || asker.anonymous;
    let mut hits: Vec<_> = asker
        .world
        .issues
        .values()
        .filter(|i| visible && asker.world.may_browse(asker.me, i.project))
        .filter(|i| condition.as_ref().is_none_or(|c| eval::holds(asker, i, c)))
        .collect();
    eval::sort(asker, &mut hits, &order);
    Ok(Hits { ids: hits.into_iter().map(|i| i.id).collect(), bounded })
}
