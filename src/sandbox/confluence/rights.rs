//! Who may do what: permissions in spaces, limits of pages.

use super::world::{ADMINS, Content, Limits, Permission, Space, Status, UserId, Who, World};

impl World {
    /// Says whether somebody is an administrator.
    pub(crate) fn is_admin(&self, who: Option<UserId>) -> bool {
        who.and_then(|id| self.users.get(id)).is_some_and(|u| u.active && u.groups.iter().any(|g| g == ADMINS))
    }

    /// Says whether somebody may do something in a space; `None` is somebody who is not signed in.
    pub(crate) fn may(&self, who: Option<UserId>, space: &Space, operation: &str, target: &str) -> bool {
        let groups = who.and_then(|id| self.users.get(id)).map(|u| u.groups.as_slice()).unwrap_or_default();
        let fits = |p: &Permission| match &p.who {
            Who::User(user) => who == Some(*user),
            Who::Group(group) => groups.contains(group),
            Who::Anonymous => true,
        };
        let granted = |p: &Permission| p.operation == operation && p.target == target && fits(p);
        self.is_admin(who) || space.permissions.iter().any(granted)
    }

    /// Says whether somebody passes the limits of a page.
    pub(crate) fn passes(&self, who: Option<UserId>, limits: &Limits) -> bool {
        if (limits.users.is_empty() && limits.groups.is_empty()) || self.is_admin(who) {
            return true;
        }
        let Some(user) = who.and_then(|id| self.users.get(id)) else { return false };
        who.is_some_and(|id| limits.users.contains(&id)) || user.groups.iter().any(|g| limits.groups.contains(g))
    }

    /// Says whether somebody may see content: the space, the page, and every page above it.
    pub(crate) fn may_read(&self, who: Option<UserId>, content: &Content) -> bool {
        let page = content.container.and_then(|id| self.content.get(&id)).unwrap_or(content);
        let page = page.container.and_then(|id| self.content.get(&id)).unwrap_or(page);
        let Some(space) = self.space_by_id(content.space) else { return false };
        let own = content.status != Status::Draft || who == Some(content.creator) || self.is_admin(who);
        own && self.may(who, space, "read", "space")
            && self.passes(who, &page.read)
            && self.ancestors(page).into_iter().all(|above| self.passes(who, &above.read))
    }

    /// Says whether somebody may change content.
    pub(crate) fn may_update(&self, who: Option<UserId>, content: &Content) -> bool {
        let Some(space) = self.space_by_id(content.space) else { return false };
        self.may(who, space, "create", content.kind.name()) && self.passes(who, &content.update)
    }
}
