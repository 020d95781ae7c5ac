//! Slack: what is asked, and where its description is wrong.

use super::{
    Outcome,
    exceptions::{Exception, row},
    schemas::Description,
};
use crate::common::practice::Practice;
use serde_json::{Value, json};

/// What must come, `ok` or the name of an error; the method; its arguments, in which `{}` is what was last seen or
/// made, and `{user}` an ordinary user.
type Row = (&'static str, &'static str, &'static str);

/// Calls all methods, each in the way that is described, and holds the answers.
pub(super) fn ask_all(description: &Description) -> Outcome {
    let practice = Practice::of("slack", "cloud");
    let mut outcome = Outcome::default();
    let mut last = String::new();
    for (wanted, name, arguments) in ROWS {
        let path = format!("/api/{name}");
        let operation = ["GET", "POST"].iter().find_map(|method| description.find(method, &path));
        let operation = operation.unwrap_or_else(|| panic!("{name} is not described"));
        let (method, _) = operation.split_once(' ').expect("a method and a path");
        let arguments = arguments.replace("{}", &last).replace("{user}", "U0SBX00005");
        let (status, answer) = practice.form(method, &path, &arguments);
        let body: Value = serde_json::from_str(&answer).unwrap_or_default();
        let came = if body["ok"] == true { "ok" } else { body["error"].as_str().unwrap_or_default() };
        if status != 200 || came != *wanted {
            outcome.complaints.push(format!("{name}: {status} {came} instead of {wanted}: {answer:.300}"));
            continue;
        }
        last = made(&body).unwrap_or(last);
        // What fails has status 200 too, and is what is described by default.
        let response = if came == "ok" { "200" } else { "default" };
        let (kind, faults) = description.check(&operation, response, &answer, || json!({}));
        *outcome.counts.entry(kind).or_default() += 1;
        outcome.note(FAULTS, &operation, name, faults);
    }
    outcome
}

/// Returns the time of a message, or the id of something else, that an answer is about.
fn made(answer: &Value) -> Option<String> {
    let places = ["/scheduled_message_id", "/message_ts", "/ts", "/channel/id"];
    places.iter().find_map(|place| answer.pointer(place)?.as_str()).map(str::to_owned)
}

const ROWS: &[Row] = &[
    ("ok", "api.test", "foo=bar"),
    ("ok", "auth.test", ""),
    ("ok", "auth.revoke", "test=1"),
    ("ok", "team.info", ""),
    ("ok", "bots.info", "bot=B0SANDBOX1"),
    ("bot_not_found", "bots.info", "bot=B0NONE"),
    ("ok", "chat.postMessage", "channel=C0SBX00001&text=Hello"),
    ("ok", "chat.getPermalink", "channel=C0SBX00001&message_ts={}"),
    ("ok", "chat.update", "channel=C0SBX00001&ts={}&text=Hi"),
    ("ok", "chat.postMessage", "channel=C0SBX00001&text=Reply&thread_ts={}"),
    ("ok", "pins.add", "channel=C0SBX00001&timestamp={}"),
    ("ok", "pins.list", "channel=C0SBX00001"),
    ("ok", "pins.remove", "channel=C0SBX00001&timestamp={}"),
    ("ok", "reactions.add", "channel=C0SBX00001&timestamp={}&name=eyes"),
    ("ok", "reactions.get", "channel=C0SBX00001&timestamp={}"),
    ("ok", "reactions.remove", "channel=C0SBX00001&timestamp={}&name=eyes"),
    ("ok", "chat.delete", "channel=C0SBX00001&ts={}"),
    ("message_not_found", "chat.delete", "channel=C0SBX00001&ts=1.0"),
    ("channel_not_found", "chat.postMessage", "channel=C0NONE&text=Hello"),
    ("no_text", "chat.postMessage", "channel=C0SBX00001"),
    ("ok", "chat.postEphemeral", "channel=C0SBX00001&text=Hello&user={user}"),
    ("ok", "chat.scheduleMessage", "channel=C0SBX00001&text=Later&post_at=4102444800"),
    ("ok", "chat.scheduledMessages.list", ""),
    ("ok", "chat.deleteScheduledMessage", "channel=C0SBX00001&scheduled_message_id={}"),
    ("ok", "conversations.list", "types=public_channel,private_channel,im"),
    ("ok", "conversations.list", "types=public_channel&limit=2"),
    ("ok", "conversations.info", "channel=C0SBX00001&include_num_members=true"),
    ("ok", "conversations.members", "channel=C0SBX00001"),
    ("ok", "conversations.history", "channel=C0SBX00001"),
    ("ok", "conversations.history", "channel=C0SBX00001&limit=2"),
    ("channel_not_found", "conversations.info", "channel=C0NONE"),
    ("ok", "conversations.open", "users={user}"),
    ("ok", "conversations.info", "channel={}"),
    ("ok", "conversations.create", "name=paper"),
    ("ok", "conversations.join", "channel={}"),
    ("ok", "conversations.invite", "channel={}&users={user}"),
    ("ok", "conversations.kick", "channel={}&user={user}"),
    ("ok", "conversations.rename", "channel={}&name=papers"),
    ("ok", "conversations.setTopic", "channel={}&topic=Paper"),
    ("ok", "conversations.setPurpose", "channel={}&purpose=Paper"),
    ("ok", "conversations.archive", "channel={}"),
    ("already_archived", "conversations.archive", "channel={}"),
    ("ok", "conversations.unarchive", "channel={}"),
    ("ok", "conversations.leave", "channel={}"),
    ("ok", "conversations.leave", "channel={}"),
    ("name_taken", "conversations.create", "name=ops"),
    ("ok", "users.list", ""),
    ("ok", "users.list", "limit=2"),
    ("ok", "users.info", "user={user}"),
    ("user_not_found", "users.info", "user=U0NONE"),
    ("ok", "users.lookupByEmail", "email=mira@sandbox.example"),
    ("users_not_found", "users.lookupByEmail", "email=nobody@sandbox.example"),
    ("ok", "users.conversations", ""),
    ("ok", "users.profile.get", "user={user}"),
    ("ok", "users.getPresence", "user={user}"),
    ("ok", "files.info", "file=F0SBX00001"),
    ("file_not_found", "files.info", "file=F0NONE"),
    ("ok", "files.list", ""),
    ("ok", "files.delete", "file=F0SBX00001"),
    ("ok", "usergroups.list", "include_users=true"),
    ("ok", "usergroups.users.list", "usergroup=S0SBX00001"),
    ("ok", "usergroups.users.update", "usergroup=S0SBX00001&users={user}"),
    ("ok", "emoji.list", ""),
    ("ok", "search.messages", "query=Deployed"),
    ("ok", "chat.postMessage", "channel=C0SBX00001&text=Hello"),
    ("ok", "chat.postMessage", "channel=C0SBX00001&text=Reply&thread_ts={}"),
    ("ok", "conversations.replies", "channel=C0SBX00001&ts={}"),
    ("ok", "conversations.mark", "channel=C0SBX00001&ts={}"),
    ("thread_not_found", "conversations.replies", "channel=C0SBX00001&ts=1.0"),
    ("user_not_found", "conversations.open", "users=U0NONE"),
    ("already_in_channel", "conversations.invite", "channel=C0SBX00001&users=U0SBX00001"),
    ("no_such_subteam", "usergroups.users.list", "usergroup=S0NONE"),
    ("message_not_found", "reactions.get", "channel=C0SBX00001&timestamp=1.0"),
    ("no_reaction", "reactions.remove", "channel=C0SBX00001&timestamp={}&name=eyes"),
    ("message_not_found", "pins.add", "channel=C0SBX00001&timestamp=1.0"),
    ("not_pinned", "pins.remove", "channel=C0SBX00001&timestamp=1.0"),
    ("time_in_past", "chat.scheduleMessage", "channel=C0SBX00001&text=Later&post_at=1"),
    ("invalid_name_specials", "conversations.create", "name=A%20B"),
];

pub(super) const FAULTS: &[Exception] = &[
    row("GET /team.info", "/team", "'url'", "newer than the description"),
    row("GET /conversations.", "/messages/", "'app_id'", "messages of an app have it beside bot_id"),
    row("GET /conversations.", "/messages/", "'is_locked'", "newer than the description"),
    row("GET /conversations.history", "", "'response_metadata'", "how pages go on, described in words only"),
    row(
        "GET /usergroups.users.list",
        "/error",
        "",
        "the service tells a group that is not there, as it does elsewhere",
    ),
    row("GET /files.", "/file", "'file_access'", "newer than the description"),
];
