//! The table of methods: what each one needs and what plays it.

use super::call::{Call, Outcome, Refusal};
use super::sign_in::Kind;
use super::{auth, chat, conversations, extras, files, manage, reactions, users};
use crate::sandbox::http::Reply;
use serde_json::json;

/// The kinds of token that a method takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tokens {
    Any,
    User,
}

impl Tokens {
    /// Says whether a kind of token is taken.
    pub(crate) fn allow(self, kind: Kind) -> bool {
        self == Tokens::Any || kind == Kind::User
    }
}

/// One method.
pub(crate) struct Method {
    pub name: &'static str,
    /// The scopes of which one is needed; `*` stands for the kind of the conversation, such as `channels`.
    scope: &'static str,
    pub tokens: Tokens,
    /// The method reads a body of JSON; others pass it over.
    pub takes_json: bool,
    pub play: fn(&mut Call) -> Outcome,
}

const fn reads(name: &'static str, scope: &'static str, play: fn(&mut Call) -> Outcome) -> Method {
    Method { name, scope, tokens: Tokens::Any, takes_json: false, play }
}

const fn writes(name: &'static str, scope: &'static str, play: fn(&mut Call) -> Outcome) -> Method {
    Method { name, scope, tokens: Tokens::Any, takes_json: true, play }
}

pub(crate) static METHODS: &[Method] = &[
    writes("api.test", "", auth::api_test),
    writes("auth.test", "", auth::test),
    reads("auth.revoke", "", auth::revoke),
    reads("team.info", "team:read", auth::team),
    reads("bots.info", "users:read", users::bot),
    writes("chat.postMessage", "chat:write", chat::post),
    writes("chat.postEphemeral", "chat:write", chat::ephemeral),
    writes("chat.update", "chat:write", chat::update),
    writes("chat.delete", "chat:write", chat::delete),
    reads("chat.getPermalink", "", chat::permalink),
    writes("chat.scheduleMessage", "chat:write", chat::schedule),
    reads("chat.scheduledMessages.list", "", chat::scheduled),
    writes("chat.deleteScheduledMessage", "chat:write", chat::unschedule),
    reads("conversations.list", "*:read", conversations::list),
    reads("conversations.info", "*:read", conversations::info),
    reads("conversations.members", "*:read", conversations::members),
    reads("conversations.history", "*:history", conversations::history),
    reads("conversations.replies", "*:history", conversations::replies),
    writes("conversations.create", "*:write", manage::create),
    writes("conversations.join", "channels:join", manage::join),
    writes("conversations.leave", "*:write", manage::leave),
    writes("conversations.invite", "*:write", manage::invite),
    writes("conversations.kick", "*:write", manage::kick),
    writes("conversations.archive", "*:write", manage::archive),
    writes("conversations.unarchive", "*:write", manage::unarchive),
    writes("conversations.rename", "*:write", manage::rename),
    writes("conversations.setTopic", "*:write", manage::topic),
    writes("conversations.setPurpose", "*:write", manage::purpose),
    writes("conversations.open", "im:write", manage::open),
    writes("conversations.mark", "*:write", manage::mark),
    reads("users.list", "users:read", users::list),
    reads("users.info", "users:read", users::info),
    reads("users.lookupByEmail", "users:read.email", users::by_email),
    reads("users.conversations", "*:read", conversations::of_user),
    reads("users.profile.get", "users.profile:read", users::profile),
    reads("users.getPresence", "users:read", users::presence),
    writes("reactions.add", "reactions:write", reactions::add),
    writes("reactions.remove", "reactions:write", reactions::remove),
    reads("reactions.get", "reactions:read", reactions::get),
    reads("files.getUploadURLExternal", "files:write", files::upload_url),
    writes("files.completeUploadExternal", "files:write", files::complete),
    reads("files.upload", "files:write", files::retired),
    reads("files.info", "files:read", files::info),
    reads("files.list", "files:read", files::list),
    writes("files.delete", "files:write", files::delete),
    writes("pins.add", "pins:write", extras::pin),
    writes("pins.remove", "pins:write", extras::unpin),
    reads("pins.list", "pins:read", extras::pins),
    reads("usergroups.list", "usergroups:read", extras::groups),
    reads("usergroups.users.list", "usergroups:read", extras::group_users),
    writes("usergroups.users.update", "usergroups:write", extras::set_group_users),
    reads("emoji.list", "emoji:read", extras::emoji),
    Method {
        name: "search.messages",
        scope: "search:read",
        tokens: Tokens::User,
        takes_json: false,
        play: extras::search,
    },
];

/// Finds a method by its name.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

impl Method {
    /// Returns the scopes of which the method needs one, as its answers name them.
    pub(crate) fn accepted(&self) -> String {
        match self.scope.strip_prefix('*') {
            None => self.scope.to_owned(),
            Some(rest) => ["channels", "groups", "mpim", "im"].map(|kind| format!("{kind}{rest}")).join(","),
        }
    }
}

/// Refuses a call that the token has no scope for.
pub(crate) fn check_scope(method: &Method, call: &Call) -> Result<(), Refusal> {
    for needed in needed(method, call) {
        let alike = needed.replace("channels:write", "channels:manage");
        if !needed.is_empty() && ![needed.as_str(), alike.as_str()].iter().any(|s| call.caller.scopes.contains(s)) {
            let provided = call.caller.scopes.join(",");
            let body = json!({ "ok": false, "error": "missing_scope", "needed": alike, "provided": provided });
            return Err(Box::new(Reply::json(200, &body)));
        }
    }
    Ok(())
}

/// Returns the scopes that a call needs, all of them.
fn needed(method: &Method, call: &Call) -> Vec<String> {
    let Some(rest) = method.scope.strip_prefix('*') else { return vec![method.scope.to_owned()] };
    let kinds = match method.name {
        "conversations.list" | "users.conversations" => {
            let mut types = call.list("types");
            if types.is_empty() {
                types.push("public_channel".into());
            }
            types.iter().map(|kind| family(kind)).collect()
        }
        "conversations.create" => vec![if call.flag("is_private") { "groups" } else { "channels" }],
        _ => {
            let id = call.arg("channel").unwrap_or_default();
            let found = call.world.channels.iter().find(|c| c.id == id);
            vec![found.map_or("channels", |c| c.family())]
        }
    };
    kinds.into_iter().map(|kind| format!("{kind}{rest}")).collect()
}

fn family(kind: &str) -> &'static str {
    match kind {
        "private_channel" => "groups",
        "im" => "im",
        "mpim" => "mpim",
        _ => "channels",
    }
}
