//! The state of the practice Trello: documents, by kind.

use super::call::{Refusal, refuse, text};
use crate::sandbox::jira::world::{DAY, now, stamp_z};
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The space between two positions.
pub(crate) const STEP: u64 = 16_384;

/// A file at a card.
#[derive(Clone)]
pub(crate) struct File {
    pub mime: String,
    pub bytes: Bytes,
}

/// Everything.
#[derive(Default)]
pub(crate) struct World {
    pub members: Vec<Value>,
    pub boards: Vec<Value>,
    pub lists: Vec<Value>,
    pub cards: Vec<Value>,
    pub checklists: Vec<Value>,
    pub labels: Vec<Value>,
    /// The newest last.
    pub actions: Vec<Value>,
    pub fields: Vec<Value>,
    pub webhooks: Vec<Value>,
    /// The bytes of attachments, by the id of the attachment.
    pub files: BTreeMap<String, File>,
    pub last: u64,
}

/// Makes an id as Trello does: the time in its first eight digits, then what makes it different from others.
pub(crate) fn id_at(millis: i64, number: u64) -> String {
    format!("{:08x}5a{:014x}", millis / 1000, number)
}

/// Makes the id of something that is always there.
pub(crate) fn id_of(kind: &str, number: u64) -> String {
    let mixed = kind.bytes().fold(0xCBF2_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3));
    format!("65f0a1c0{:08x}{:08x}", mixed & 0xFFFF_FFFF, number)
}

/// Returns the time that an id tells.
pub(crate) fn time_of(id: &str) -> Option<i64> {
    i64::from_str_radix(id.get(..8)?, 16).ok().map(|seconds| seconds * 1000)
}

/// Reads a time, or a day, which means its beginning.
pub(crate) fn read_time(text: &str) -> Option<i64> {
    let whole = text.parse::<jiff::Timestamp>();
    let time = whole.or_else(|_| format!("{text}T00:00:00Z").parse::<jiff::Timestamp>());
    time.ok().map(jiff::Timestamp::as_millisecond)
}

/// Writes the time of so many days ago.
pub(crate) fn days_ago(days: i64) -> String {
    stamp_z(now() - days * DAY)
}

/// Makes the short name that addresses have.
pub(crate) fn short_link(number: u64) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let letters = (0..8).map(|_| {
        let letter = LETTERS[usize::try_from(mixed % LETTERS.len() as u64).unwrap_or(0)];
        mixed /= LETTERS.len() as u64;
        char::from(letter)
    });
    letters.collect()
}

/// Makes the last part of an address out of a name.
pub(crate) fn slug(name: &str) -> String {
    let plain: String = name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// Finds a document by its id or its short name. An id that could be none at all is refused as such.
pub(crate) fn find<'a>(list: &'a [Value], id: &str) -> Result<&'a Value, Refusal> {
    Ok(&list[place(list, id)?])
}

/// Finds a document that is to be changed.
pub(crate) fn find_mut<'a>(list: &'a mut [Value], id: &str) -> Result<&'a mut Value, Refusal> {
    let at = place(list, id)?;
    Ok(&mut list[at])
}

/// Finds the place of a document.
pub(crate) fn place(list: &[Value], id: &str) -> Result<usize, Refusal> {
    let hex = id.len() == 24 && id.bytes().all(|b| b.is_ascii_hexdigit());
    let short = id.len() == 8 && id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !hex && !short {
        return Err(refuse(400, "invalid id"));
    }
    let at = list.iter().position(|d| d["id"] == id || d["shortLink"] == id);
    at.ok_or_else(|| refuse(404, "model not found"))
}

impl World {
    /// Returns an id that nothing has yet.
    pub(crate) fn next_id(&mut self) -> String {
        self.last += 1;
        id_at(now(), self.last)
    }

    /// Finds a member by user name or id.
    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|m| m["username"] == name || m["id"] == name)
    }

    /// Says whether a member may see a board.
    pub(crate) fn sees(member: &str, board: &Value) -> bool {
        let memberships = board["memberships"].as_array().into_iter().flatten();
        board["prefs"]["permissionLevel"] == "public" || memberships.into_iter().any(|m| m["idMember"] == member)
    }

    /// Returns where something new goes in a list of things with positions: `top`, `bottom`, or a number.
    pub(crate) fn position(siblings: &[&Value], wanted: Option<&str>) -> Value {
        let positions = || siblings.iter().filter_map(|s| s["pos"].as_f64());
        match wanted {
            Some("top") => {
                let first = positions().fold(f64::INFINITY, f64::min);
                json!(if first.is_finite() { first / 2.0 } else { 16_384.0 })
            }
            None | Some("bottom") => json!(positions().fold(0.0, f64::max) + 16_384.0),
            Some(number) => json!(number.parse::<f64>().unwrap_or(16_384.0)),
        }
    }

    /// Notes what somebody did; returns the note.
    pub(crate) fn note(&mut self, member: &str, kind: &str, data: Value) -> Value {
        let id = self.next_id();
        let creator = self.member(member).map(brief_member).unwrap_or_default();
        let action = json!({
            "id": id, "idMemberCreator": creator["id"], "data": data, "appCreator": null, "type": kind,
            "date": stamp_z(now()), "limits": null, "memberCreator": creator,
        });
        self.actions.push(action.clone());
        action
    }

    /// Returns what the notes about a card say about it: board, list and the card itself, in a few words.
    pub(crate) fn about(&self, card: &Value) -> Value {
        let list = self.lists.iter().find(|l| l["id"] == card["idList"]);
        let board = self.boards.iter().find(|b| b["id"] == card["idBoard"]);
        let mut data = json!({
            "card": { "id": card["id"], "name": card["name"], "idShort": card["idShort"], "shortLink": card["shortLink"] },
        });
        if let Some(list) = list {
            data["list"] = json!({ "id": list["id"], "name": list["name"] });
        }
        if let Some(board) = board {
            data["board"] = json!({ "id": board["id"], "name": board["name"], "shortLink": board["shortLink"] });
        }
        data
    }

    /// Brings the counters of a card up to date, and the time of its last change.
    pub(crate) fn touch(&mut self, card: &str) {
        let items =
            || self.checklists.iter().filter(|c| c["idCard"] == card).filter_map(|c| c["checkItems"].as_array());
        let all: usize = items().map(Vec::len).sum();
        let done = items().flatten().filter(|i| i["state"] == "complete").count();
        let comments = self.actions.iter().filter(|a| a["type"] == "commentCard" && a["data"]["card"]["id"] == card);
        let comments = comments.count();
        if let Some(card) = self.cards.iter_mut().find(|c| c["id"] == card) {
            card["dateLastActivity"] = json!(stamp_z(now()));
            let files = card["attachments"].as_array().map_or(0, Vec::len);
            let description = !text(card, "desc").is_empty();
            let badges = json!({
                "checkItems": all, "checkItemsChecked": done, "comments": comments, "attachments": files,
                "description": description, "due": card["due"], "dueComplete": card["dueComplete"],
            });
            crate::sandbox::jira::merge(&mut card["badges"], badges);
        }
    }
}

/// Writes a member in a few words, as notes do.
pub(crate) fn brief_member(member: &Value) -> Value {
    let keys = ["id", "activityBlocked", "avatarHash", "avatarUrl", "fullName", "initials", "nonPublic", "username"];
    keys.into_iter().filter_map(|key| Some((key.to_owned(), member.get(key)?.clone()))).collect()
}
