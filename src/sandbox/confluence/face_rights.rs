//! Who may do what, as JSON.

use super::face::{Face, list};
use super::world::{Content, Limits, Permission, Space, Who, World};
use serde_json::{Value, json};

impl Face {
    /// Writes the permissions of a space in the form of Cloud.
    pub(crate) fn permissions(&self, world: &World, space: &Space) -> Value {
        let one = |p: &Permission| {
            let subjects = match &p.who {
                Who::User(user) => json!({ "user": list(vec![self.someone(world, *user)]) }),
                Who::Group(group) => json!({ "group": list(vec![self.group(group)]) }),
                Who::Anonymous => json!({}),
            };
            json!({
                "id": p.id, "subjects": subjects, "operation": { "operation": p.operation, "targetType": p.target },
                "anonymousAccess": p.who == Who::Anonymous, "unlicensedAccess": false,
            })
        };
        space.permissions.iter().map(one).collect()
    }

    /// Writes who may read and who may change content.
    pub(crate) fn restrictions(&self, world: &World, content: &Content) -> Value {
        json!({
            "read": self.restriction(world, content, "read"), "update": self.restriction(world, content, "update"),
            "_links": { "self": self.rest(&format!("content/{}/restriction/byOperation", self.id(content))) },
        })
    }

    /// Writes one of the two.
    pub(crate) fn restriction(&self, world: &World, content: &Content, operation: &str) -> Value {
        let limits: &Limits = if operation == "read" { &content.read } else { &content.update };
        let users: Vec<Value> = limits.users.iter().map(|id| self.someone(world, *id)).collect();
        let groups: Vec<Value> = limits.groups.iter().map(|g| self.group(g)).collect();
        let path = format!("content/{}/restriction/byOperation/{operation}", self.id(content));
        json!({
            "operation": operation, "restrictions": { "user": list(users), "group": list(groups) },
            "_links": { "self": self.rest(&path) }, "_expandable": { "content": format!("/rest/api/content/{}", self.id(content)) },
        })
    }

    /// Writes what the caller may do with content.
    pub(crate) fn operations(&self, world: &World, content: &Content) -> Value {
        let mut all = vec![json!({ "operation": "read", "targetType": content.kind.name() })];
        if world.may_update(self.me, content) {
            all.push(json!({ "operation": "update", "targetType": content.kind.name() }));
        }
        let space = world.space_by_id(content.space);
        if space.is_some_and(|s| world.may(self.me, s, "delete", content.kind.name())) {
            all.push(json!({ "operation": "delete", "targetType": content.kind.name() }));
        }
        Value::Array(all)
    }
}
