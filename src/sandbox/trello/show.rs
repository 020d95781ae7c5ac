//! What of a document is shown: the fields that were asked for, and what hangs on it.

use super::call::{Call, text};
use super::world::{World, read_time, time_of};
use serde_json::{Map, Value, json};

/// Members of our documents that Trello shows only when asked for by another parameter.
const HIDDEN: [&str; 4] = ["attachments", "customFieldItems", "memberships", "checkItems"];

/// Returns the named fields of a document: `all`, or names with commas. The id always comes along.
pub(crate) fn pick(document: &Value, fields: Option<&str>) -> Value {
    let Some(object) = document.as_object() else { return document.clone() };
    let wanted: Vec<&str> = fields.unwrap_or("all").split(',').map(str::trim).collect();
    let everything = wanted.contains(&"all") || wanted.contains(&"default");
    let hidden = |key: &str| HIDDEN.contains(&key) && !(key == "memberships" && wanted.contains(&key));
    let shown = object.iter().filter(|(key, _)| {
        let key = key.as_str();
        key == "id" || !hidden(key) && (everything || wanted.contains(&key))
    });
    Value::Object(shown.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn asked(params: &Map<String, Value>, name: &str) -> Option<String> {
    let value = params.get(name)?.as_str()?.to_owned();
    Some(value).filter(|v| !["false", "none", ""].contains(&v.as_str()))
}

/// Shows a card as the request wants it.
pub(crate) fn card(world: &World, params: &Map<String, Value>, card: &Value, fields: Option<&str>) -> Value {
    let mut shown = pick(card, fields);
    if shown.get("labels").is_some() {
        shown["labels"] = labels_of(world, card);
    }
    if asked(params, "attachments").is_some() {
        shown["attachments"] = card["attachments"].clone();
    }
    if asked(params, "customFieldItems").is_some() {
        shown["customFieldItems"] = card["customFieldItems"].clone();
    }
    if asked(params, "checklists").is_some() {
        shown["checklists"] = checklists_of(world, card);
    }
    if asked(params, "members").is_some() {
        let fields = asked(params, "member_fields").unwrap_or_else(|| "avatarHash,fullName,initials,username".into());
        shown["members"] = members_of(world, &card["idMembers"], &fields);
    }
    if let Some(kinds) = asked(params, "actions") {
        let id = text(card, "id");
        let about = |action: &&Value| action["data"]["card"]["id"] == id;
        shown["actions"] = actions(world.actions.iter().filter(about), &kinds, params);
    }
    for (name, list, key) in [("list", &world.lists, "idList"), ("board", &world.boards, "idBoard")] {
        if asked(params, name).is_some() {
            let fields = asked(params, &format!("{name}_fields"));
            let document = list.iter().find(|d| d["id"] == card[key]);
            shown[name] = document.map(|d| pick(d, fields.as_deref())).unwrap_or_default();
        }
    }
    shown
}

/// Returns the labels of a card.
pub(crate) fn labels_of(world: &World, card: &Value) -> Value {
    let ids = card["idLabels"].as_array().cloned().unwrap_or_default();
    ids.iter().filter_map(|id| world.labels.iter().find(|l| l["id"] == *id)).cloned().collect()
}

/// Returns the checklists of a card.
pub(crate) fn checklists_of(world: &World, card: &Value) -> Value {
    world.checklists.iter().filter(|c| c["idCard"] == card["id"]).cloned().collect()
}

/// Returns the members with these ids.
pub(crate) fn members_of(world: &World, ids: &Value, fields: &str) -> Value {
    let ids = ids.as_array().cloned().unwrap_or_default();
    ids.iter().filter_map(|id| world.members.iter().find(|m| m["id"] == *id)).map(|m| pick(m, Some(fields))).collect()
}

/// Returns notes of the wanted kinds, newest first, as far as `limit`, `before`, `since` and `page` say.
pub(crate) fn actions<'a>(all: impl Iterator<Item = &'a Value>, kinds: &str, params: &Map<String, Value>) -> Value {
    let kinds: Vec<&str> = kinds.split(',').map(|kind| kind.split(':').next().unwrap_or(kind)).collect();
    let wanted = |action: &Value| kinds.contains(&"all") || kinds.iter().any(|kind| action["type"] == *kind);
    let found: Vec<&Value> = all.filter(|action| wanted(action)).collect();
    Value::Array(window(found, params, 50).into_iter().cloned().collect())
}

/// Returns the newest of the documents that lie between `since` and `before`, newest first.
pub(crate) fn window<'a>(mut all: Vec<&'a Value>, params: &Map<String, Value>, default: usize) -> Vec<&'a Value> {
    let param = |name: &str| params.get(name).and_then(Value::as_str).filter(|v| !v.is_empty());
    let limit = param("limit").and_then(|v| v.parse().ok()).unwrap_or(default).min(1000);
    let page: usize = param("page").and_then(|v| v.parse().ok()).unwrap_or(0);
    all.retain(|document| {
        let id = text(document, "id");
        param("before").is_none_or(|edge| order(&id, edge).is_lt())
            && param("since").is_none_or(|edge| order(&id, edge).is_gt())
    });
    all.sort_by_key(|document| std::cmp::Reverse(text(document, "id")));
    all.into_iter().skip(page * limit).take(limit).collect()
}

/// Compares an id with another one, or with a date.
fn order(id: &str, edge: &str) -> std::cmp::Ordering {
    if edge.len() == 24 && edge.bytes().all(|b| b.is_ascii_hexdigit()) {
        return id.cmp(edge);
    }
    time_of(id).unwrap_or(0).cmp(&read_time(edge).unwrap_or(0))
}

/// Says whether a filter such as `open` wants a document.
pub(crate) fn passes(document: &Value, filter: &str) -> bool {
    match filter {
        "none" => false,
        "closed" => document["closed"] == true,
        "all" | "starred" => true,
        _ => document["closed"] != true,
    }
}

impl Call<'_> {
    /// Returns the filter of a list: from the path, the query, or `open`.
    pub(crate) fn filter(&self, place: usize) -> String {
        let from_path = Some(self.arg(place)).filter(|f| !f.is_empty()).map(str::to_owned);
        from_path.or_else(|| self.param("filter")).unwrap_or_else(|| "open".into())
    }

    /// Shows cards. With `limit`, `before` or `since` the newest come first, else they come by list and position.
    pub(crate) fn cards(&self, mut cards: Vec<&Value>) -> Value {
        let params = self.params();
        if ["limit", "before", "since"].iter().any(|name| params.contains_key(*name)) {
            cards = window(cards, &params, 1000);
        } else {
            cards.sort_by(|a, b| {
                let key = |c: &Value| (text(c, "idList"), c["pos"].as_f64().unwrap_or(0.0));
                key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
            });
        }
        let fields = self.param("fields");
        cards.into_iter().map(|c| card(self.world, &params, c, fields.as_deref())).collect()
    }

    /// Shows documents with the fields that were asked for.
    pub(crate) fn list<'v>(&self, documents: impl Iterator<Item = &'v Value>, default: &str) -> Value {
        let fields = self.param("fields").unwrap_or_else(|| default.to_owned());
        documents.map(|document| pick(document, Some(&fields))).collect()
    }
}

/// Answers that something is gone.
pub(crate) fn gone() -> Value {
    json!({ "limits": {} })
}
