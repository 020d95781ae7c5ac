//! What the practice workspace starts with: the same each time, with dates that end today.

use super::world::{APP, BOT, Channel, TEAM, World, bot_profile, text};
use crate::sandbox::jira::world::{DAY, now};
use crate::sandbox::people;
use serde_json::{Value, json};

/// Name, topic, private, archived, members by their place among the people.
const CHANNELS: [(&str, &str, bool, bool, &[usize]); 8] = [
    ("general", "Everything that concerns everybody", false, false, &[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11]),
    ("ops", "Servers, networks, pagers", false, false, &[0, 1, 5, 11]),
    ("releases", "What goes live, and when", false, false, &[0, 1, 2, 3, 11]),
    ("web", "The shop", false, false, &[0, 2, 3, 6]),
    ("docs", "Handbooks", false, false, &[4, 7]),
    ("random", "", false, false, &[0, 1, 2]),
    ("ops-private", "Budgets", true, false, &[0, 1]),
    ("move-2025", "The move of the server room", false, true, &[0, 1]),
];
const SENTENCES: [&str; 6] = [
    "Looking at it now.",
    "Deployed to staging.",
    "Can somebody review this?",
    "The customer called again :telephone_receiver:",
    "Done, thanks!",
    "Grüße aus Lissabon",
];

/// Returns the id of a person, by their place among the people.
pub(crate) fn user_id(n: usize) -> String {
    format!("U0SBX{n:05}")
}

/// Makes the world.
pub(crate) fn world(base: &str) -> World {
    let mut world = World { last: 1000, ..World::default() };
    world.users = people::everybody().iter().enumerate().map(|(n, user)| member(n, user)).collect();
    for (n, row) in CHANNELS.iter().enumerate() {
        world.channels.push(channel(n, row));
    }
    for n in 0..12 {
        let name = format!("project-{:02}", n + 1);
        world.channels.push(channel(CHANNELS.len() + n, &(name.as_str(), "", false, false, &[2])));
    }
    for at in 0..CHANNELS.len() {
        messages(&mut world, at, if at == 1 { 60 } else { 12 });
    }
    thread(&mut world);
    file(&mut world, base);
    world.groups = vec![json!({
        "id": "S0SBX00001", "team_id": TEAM, "is_usergroup": true, "is_subteam": true, "name": "On call", "handle": "oncall",
        "description": "Who is woken up", "is_external": false, "date_create": now() / 1000 - 900_000, "date_update": now() / 1000,
        "date_delete": 0, "created_by": user_id(0), "updated_by": user_id(0), "deleted_by": null,
        "auto_type": null, "auto_provision": false, "enterprise_subteam_id": "",
        "prefs": { "channels": [], "groups": [] }, "user_count": 2, "users": [user_id(0), user_id(1)],
    })];
    world
}

fn member(n: usize, user: &crate::sandbox::people::User) -> Value {
    json!({
        "id": user_id(n), "team_id": TEAM, "name": user.name, "deleted": !user.active, "color": "9f69e7",
        "real_name": user.display, "tz": "Europe/Berlin", "tz_label": "Central European Time", "tz_offset": 3600,
        "profile": {
            "title": "", "phone": "", "skype": "", "real_name": user.display, "real_name_normalized": user.display,
            "display_name": user.name, "display_name_normalized": user.name, "status_text": "", "status_emoji": "",
            "status_expiration": 0, "email": user.email, "team": TEAM, "avatar_hash": "g0",
        },
        "is_admin": n == 0, "is_owner": n == 0, "is_primary_owner": n == 0, "is_restricted": user.outsider,
        "is_ultra_restricted": false, "is_bot": user.app, "is_app_user": false, "is_email_confirmed": true,
        "updated": now() / 1000 - 86_400,
    })
}

fn channel(n: usize, row: &(&str, &str, bool, bool, &[usize])) -> Channel {
    let (name, topic, private, archived, members) = *row;
    let id = format!("C0SBX{n:05}");
    let members: Vec<String> = members.iter().map(|m| user_id(*m)).collect();
    let doc = channel_document(&id, name, topic, private, &members[0], members.len());
    let mut channel = Channel { id, doc, members, messages: Vec::new(), pins: Vec::new() };
    channel.doc["is_archived"] = json!(archived);
    channel.doc["is_general"] = json!(n == 0);
    channel
}

/// Makes the document of a channel.
pub(crate) fn channel_document(id: &str, name: &str, topic: &str, private: bool, by: &str, members: usize) -> Value {
    let created = now() / 1000 - 8_000_000;
    let said = |value: &str| json!({ "value": value, "creator": if value.is_empty() { "" } else { by }, "last_set": if value.is_empty() { 0 } else { created } });
    json!({
        "id": id, "name": name, "is_channel": !private, "is_group": private, "is_im": false, "is_mpim": false,
        "is_private": private, "created": created, "is_archived": false, "is_general": false, "unlinked": 0,
        "name_normalized": name, "is_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
        "pending_shared": [], "context_team_id": TEAM, "updated": created * 1000, "parent_conversation": null,
        "creator": by, "is_ext_shared": false, "shared_team_ids": [TEAM], "pending_connected_team_ids": [],
        "topic": said(topic), "purpose": said(""), "previous_names": [], "num_members": members,
    })
}

/// Makes a message of a user at a time.
pub(crate) fn message(user: &str, words: &str, ts: &str) -> Value {
    let mut message = json!({ "user": user, "type": "message", "ts": ts, "text": words, "team": TEAM });
    if user == user_id(11) {
        message["bot_id"] = json!(BOT);
        message["app_id"] = json!(APP);
        message["bot_profile"] = bot_profile();
    }
    message
}

fn messages(world: &mut World, at: usize, count: usize) {
    let start = now() / 1000 - 20 * DAY / 1000;
    for n in 0..count {
        let channel = &mut world.channels[at];
        let author = channel.members[n % channel.members.len()].clone();
        let words = match n % 3 {
            0 => format!("OPS-{}: {}", n % 80 + 4, SENTENCES[n % SENTENCES.len()]),
            1 if n % 4 == 1 => format!("<@{}> {}", channel.members[0], SENTENCES[(n + 2) % SENTENCES.len()]),
            _ => SENTENCES[(n + at) % SENTENCES.len()].to_owned(),
        };
        let step = 19 * DAY / 1000 / i64::try_from(count).unwrap_or(1);
        let ts = format!("{}.{:06}", start + i64::try_from(n).unwrap_or(0) * step, at * 1000 + n + 100);
        let mut message = message(&author, &words, &ts);
        if n % 10 == 0 {
            message["reactions"] = json!([{ "name": "eyes", "users": [channel.members[0]], "count": 1 }]);
        }
        channel.messages.push(message);
    }
}

/// Every twelfth message in `ops` has answers.
fn thread(world: &mut World) {
    let channel = &mut world.channels[1];
    let parents: Vec<String> = channel.messages.iter().step_by(12).map(|m| text(m, "ts")).collect();
    for (n, parent) in parents.iter().enumerate() {
        for reply in 0..=n % 3 {
            let author = channel.members[(n + reply) % channel.members.len()].clone();
            let seconds = parent.split('.').next().and_then(|s| s.parse::<i64>().ok()).unwrap_or(0);
            let ts = format!("{}.{:06}", seconds + 60 * (i64::try_from(reply).unwrap_or(0) + 1), 5000 + n * 10 + reply);
            let mut message = message(&author, SENTENCES[(n + reply) % SENTENCES.len()], &ts);
            message["thread_ts"] = json!(parent);
            message["parent_user_id"] = json!(channel.members[0]);
            channel.messages.push(message);
        }
        channel.count_replies(parent);
    }
    channel.messages.sort_by_key(|m| text(m, "ts"));
    channel.pins.push(parents[0].clone());
}

fn file(world: &mut World, base: &str) {
    let bytes = "time,host\n08:00,web-1\n";
    let id = "F0SBX00001";
    let mut file = super::files::document(id, "outage.csv", "Outage", bytes.len(), &user_id(1), base);
    file["channels"] = json!(["C0SBX00001"]);
    world.files.push(file);
    world.bytes.insert(id.into(), bytes.into());
}
