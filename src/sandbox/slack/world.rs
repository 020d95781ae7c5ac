//! The state of the practice workspace.

use crate::sandbox::jira::world::now;
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The id of the workspace.
pub(crate) const TEAM: &str = "T0SANDBOX1";
/// The id of the app, and of its bot.
pub(crate) const APP: &str = "A0SANDBOX1";
pub(crate) const BOT: &str = "B0SANDBOX1";

/// A conversation.
pub(crate) struct Channel {
    pub id: String,
    /// How Slack shows it.
    pub doc: Value,
    /// Ids of users.
    pub members: Vec<String>,
    /// The oldest first.
    pub messages: Vec<Value>,
    /// The times of pinned messages.
    pub pins: Vec<String>,
}

impl Channel {
    /// Says whether only its members see it.
    pub(crate) fn is_private(&self) -> bool {
        self.doc["is_private"] == true || self.doc["is_im"] == true
    }

    /// Says whether it is archived.
    pub(crate) fn is_archived(&self) -> bool {
        self.doc["is_archived"] == true
    }

    /// Returns the word that its scopes begin with.
    pub(crate) fn family(&self) -> &'static str {
        match () {
            () if self.doc["is_im"] == true => "im",
            () if self.doc["is_mpim"] == true => "mpim",
            () if self.is_private() => "groups",
            () => "channels",
        }
    }

    /// Finds a message by its time.
    pub(crate) fn message(&mut self, ts: &str) -> Option<&mut Value> {
        self.messages.iter_mut().find(|m| m["ts"] == ts)
    }

    /// Brings the parent of a thread up to date.
    pub(crate) fn count_replies(&mut self, thread: &str) {
        let replies: Vec<(String, String)> = self
            .messages
            .iter()
            .filter(|m| m["thread_ts"] == thread && m["ts"] != thread)
            .map(|m| (text(m, "ts"), text(m, "user")))
            .collect();
        let Some(parent) = self.message(thread) else { return };
        let Some(object) = parent.as_object_mut() else { return };
        if replies.is_empty() {
            for key in ["thread_ts", "reply_count", "reply_users_count", "latest_reply", "reply_users", "subscribed"] {
                object.remove(key);
            }
            return;
        }
        let mut users: Vec<&String> = replies.iter().map(|(_, user)| user).collect();
        users.sort();
        users.dedup();
        let more = json!({
            "thread_ts": thread, "reply_count": replies.len(), "reply_users_count": users.len(),
            "latest_reply": replies.last().map(|(ts, _)| ts), "reply_users": users, "is_locked": false,
            "subscribed": false,
        });
        crate::sandbox::jira::merge(parent, more);
    }
}

/// A file on its way: its name, its announced size, what came of it.
pub(crate) struct Upload {
    pub file: String,
    pub name: String,
    pub length: usize,
    pub bytes: Option<Bytes>,
}

/// Everything.
#[derive(Default)]
pub(crate) struct World {
    pub users: Vec<Value>,
    pub channels: Vec<Channel>,
    pub files: Vec<Value>,
    /// The bytes of files, by id.
    pub bytes: BTreeMap<String, Bytes>,
    /// Files on their way, by the secret of their address.
    pub uploads: BTreeMap<String, Upload>,
    pub groups: Vec<Value>,
    /// Messages that wait to be posted.
    pub scheduled: Vec<Value>,
    pub last: u64,
}

impl World {
    /// Returns an id that nothing has yet, beginning with a letter that says what it is.
    pub(crate) fn next_id(&mut self, letter: char) -> String {
        self.last += 1;
        format!("{letter}0SBX{:06}", self.last)
    }

    /// Returns a time for a message, later than all others.
    pub(crate) fn next_ts(&mut self) -> String {
        self.last += 1;
        let now = now();
        format!("{}.{:06}", now / 1000, (now % 1000) * 1000 + i64::try_from(self.last % 1000).unwrap_or(0))
    }

    /// Returns the id of the user with a name; empty if there is none.
    pub(crate) fn user_named(&self, name: &str) -> String {
        self.users.iter().find(|u| u["name"] == name).map(|u| text(u, "id")).unwrap_or_default()
    }

    /// Finds a user by id.
    pub(crate) fn user(&self, id: &str) -> Option<&Value> {
        self.users.iter().find(|u| u["id"] == id)
    }

    /// Finds a channel by id, to be changed.
    pub(crate) fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|c| c.id == id)
    }

    /// Returns the direct conversation of two users; makes it if there is none.
    pub(crate) fn direct(&mut self, me: &str, other: &str) -> String {
        let fits = |c: &&Channel| c.doc["is_im"] == true && c.members.iter().all(|m| m == me || m == other);
        if let Some(found) = self.channels.iter().find(fits) {
            return found.id.clone();
        }
        let id = self.next_id('D');
        let doc = json!({
            "id": id, "created": now() / 1000, "is_archived": false, "is_im": true, "is_org_shared": false,
            "context_team_id": TEAM, "user": other, "is_user_deleted": false, "priority": 0, "is_open": true,
        });
        let members = vec![me.to_owned(), other.to_owned()];
        self.channels.push(Channel { id: id.clone(), doc, members, messages: Vec::new(), pins: Vec::new() });
        id
    }
}

/// Returns a member of a document as text; empty if it is not there or no text.
pub(crate) fn text(document: &Value, name: &str) -> String {
    document[name].as_str().unwrap_or_default().to_owned()
}

/// Describes the bot, as its messages do.
pub(crate) fn bot_profile() -> Value {
    json!({
        "id": BOT, "app_id": APP, "name": "Deploy Bot", "deleted": false, "updated": 1_700_000_000,
        "team_id": TEAM, "icons": { "image_36": "", "image_48": "", "image_72": "" },
    })
}
