//! What the practice Trello starts with: the same each time, with dates that end today.

use super::call::text;
use super::world::{File, STEP, World, days_ago, id_at, id_of, short_link, slug};
use crate::sandbox::jira::world::{DAY, now, stamp_z};
use crate::sandbox::people;
use serde_json::{Value, json};

/// Name, description, permission level, members by their place among the people.
const BOARDS: [(&str, &str, &str, &[usize]); 2] = [
    ("Operations", "What the operations team has in its hands.", "private", &[0, 1, 2, 5]),
    ("Launch plan", "The next release of the shop.", "org", &[0, 1, 3, 4, 6, 7]),
];
const LISTS: [&[&str]; 2] = [&["To Do", "Doing", "Review", "Done"], &["Ideas", "Planned", "Live"]];
const LABELS: [(&str, &str); 4] =
    [("Urgent", "red"), ("Customer", "green"), ("Infrastructure", "blue"), ("", "yellow")];
const TASKS: [&str; 8] = [
    "Check the backups",
    "Order cables",
    "Renew the certificate",
    "Write the runbook",
    "Clean the wiki",
    "Invite the auditors",
    "Translate the banner: Grüße",
    "Plan the on-call rota",
];

/// Makes the world.
pub(crate) fn world(base: &str) -> World {
    let mut world = World { last: 1000, ..World::default() };
    world.members =
        people::everybody().iter().enumerate().map(|(n, user)| member(n, &user.name, &user.display)).collect();
    for n in 0..BOARDS.len() {
        board(&mut world, n);
    }
    for n in 0..40 {
        card(&mut world, n);
    }
    checklists(&mut world);
    comments(&mut world);
    file(&mut world, base);
    let cards: Vec<String> = world.cards.iter().map(|c| text(c, "id")).collect();
    let dates: Vec<Value> = world.cards.iter().map(|c| c["dateLastActivity"].clone()).collect();
    for (id, date) in cards.iter().zip(dates) {
        world.touch(id);
        if let Some(card) = world.cards.iter_mut().find(|c| c["id"] == *id) {
            card["dateLastActivity"] = date;
        }
    }
    world
}

fn member(n: usize, name: &str, display: &str) -> Value {
    let initials: String = display.split(' ').filter_map(|word| word.chars().next()).collect();
    json!({
        "id": id_of("member", n as u64), "username": name, "fullName": display, "initials": initials,
        "activityBlocked": false, "avatarHash": null, "avatarUrl": null, "bio": "", "bioData": null,
        "confirmed": name != "pavel", "memberType": "normal", "nonPublic": {}, "url": format!("https://trello.com/{name}"),
        "status": "disconnected", "idOrganizations": [id_of("organization", 0)], "email": null,
    })
}

fn board(world: &mut World, n: usize) {
    let (name, description, level, members) = BOARDS[n];
    let id = id_of("board", n as u64);
    let link = short_link(n as u64);
    let memberships: Vec<Value> = members
        .iter()
        .map(|m| {
            let kind = if *m == 0 { "admin" } else { "normal" };
            json!({ "id": id_of("membership", (n * 100 + m) as u64), "idMember": id_of("member", *m as u64), "memberType": kind, "unconfirmed": false, "deactivated": false })
        })
        .collect();
    let label_names: Value = LABELS.iter().map(|(name, color)| ((*color).to_owned(), json!(name))).collect();
    world.boards.push(board_document(&id, &link, name, description, level, memberships, label_names));
    for (at, list) in LISTS[n].iter().enumerate() {
        let list = json!({
            "id": id_of("list", (n * 10 + at) as u64), "name": list, "closed": false, "color": null, "idBoard": id,
            "pos": (at as u64 + 1) * STEP, "subscribed": false, "softLimit": null,
        });
        world.lists.push(list);
    }
    for (at, (name, color)) in LABELS.iter().enumerate() {
        let label = id_of("label", (n * 10 + at) as u64);
        world.labels.push(json!({ "id": label, "idBoard": id, "name": name, "color": color, "uses": 0 }));
    }
    fields(world, n, &id);
}

/// Makes the document of a board.
pub(crate) fn board_document(
    id: &str,
    link: &str,
    name: &str,
    description: &str,
    level: &str,
    memberships: Vec<Value>,
    label_names: Value,
) -> Value {
    json!({
        "id": id, "name": name, "desc": description, "descData": null, "closed": false, "dateClosed": null,
        "idOrganization": id_of("organization", 0), "idEnterprise": null, "pinned": false, "starred": false,
        "shortLink": link, "shortUrl": format!("https://trello.com/b/{link}"),
        "url": format!("https://trello.com/b/{link}/{}", slug(name)), "subscribed": false,
        "dateLastActivity": days_ago(1), "dateLastView": days_ago(0),
        "prefs": {
            "permissionLevel": level, "voting": "disabled", "comments": "members", "invitations": "members",
            "selfJoin": false, "cardCovers": true, "cardAging": "regular", "background": "blue", "isTemplate": false,
        },
        "labelNames": label_names, "memberships": memberships,
    })
}

fn fields(world: &mut World, n: usize, board: &str) {
    let field = |at: u64, name: &str, kind: &str| {
        json!({
            "id": id_of("field", n as u64 * 10 + at), "idModel": board, "modelType": "board", "name": name,
            "fieldGroup": format!("{:064x}", at + 77), "pos": (at + 1) * STEP, "type": kind,
            "display": { "cardFront": true },
        })
    };
    let mut priority = field(0, "Priority", "list");
    let option = |at: u64, name: &str, color: &str| {
        json!({
            "id": id_of("option", n as u64 * 10 + at), "idCustomField": priority["id"], "value": { "text": name },
            "color": color, "pos": (at + 1) * STEP,
        })
    };
    let options = [option(0, "High", "red"), option(1, "Low", "green")];
    priority["options"] = json!(options);
    world.fields.extend([priority, field(1, "Issue", "text"), field(2, "Hours", "number")]);
}

/// The first thirty cards are on the first board. Every second one is named after an issue.
fn card(world: &mut World, n: u64) {
    let board = u64::from(n >= 30);
    let list = board * 10 + n % if board == 0 { 4 } else { 3 };
    let created = now() - i64::try_from(60 - n).unwrap_or(0) * DAY;
    let task = TASKS[usize::try_from(n).unwrap_or(0) % TASKS.len()];
    let name = if n.is_multiple_of(2) { format!("OPS-{} {task}", n / 2 + 4) } else { task.to_owned() };
    let labels = if n.is_multiple_of(3) { vec![id_of("label", board * 10 + n % 4)] } else { Vec::new() };
    let members = if n % 4 == 1 { vec![id_of("member", n % 2)] } else { Vec::new() };
    let due = (n.is_multiple_of(5)).then(|| stamp_z(now() + (i64::try_from(n).unwrap_or(0) - 12) * DAY));
    let link = short_link(100 + n);
    let mut card = blank_card(&id_at(created, n), &link, n + 1, &name);
    let more = json!({
        "idBoard": id_of("board", board), "idList": id_of("list", list), "idLabels": labels, "idMembers": members,
        "due": due, "closed": n % 13 == 12, "pos": (n + 1) * STEP,
        "desc": if n.is_multiple_of(2) { format!("From the tracker: OPS-{}.", n / 2 + 4) } else { String::new() },
        "dateLastActivity": stamp_z(created + DAY / 2),
    });
    crate::sandbox::jira::merge(&mut card, more);
    if n.is_multiple_of(6) {
        let issue = json!({ "id": id_of("value", n), "idCustomField": id_of("field", board * 10 + 1), "idModel": card["id"], "modelType": "card", "value": { "text": format!("OPS-{}", n / 2 + 4) }, "idValue": null });
        card["customFieldItems"] = json!([issue]);
    }
    world.cards.push(card);
}

/// Makes the document of a card with nothing on it.
pub(crate) fn blank_card(id: &str, link: &str, number: u64, name: &str) -> Value {
    json!({
        "id": id,
        "badges": {
            "attachmentsByType": { "trello": { "board": 0, "card": 0 } }, "location": false, "votes": 0,
            "viewingMemberVoted": false, "subscribed": false, "fogbugz": "", "checkItems": 0, "checkItemsChecked": 0,
            "comments": 0, "attachments": 0, "description": false, "due": null, "dueComplete": false, "start": null,
        },
        "checkItemStates": [], "closed": false, "dueComplete": false, "dateLastActivity": stamp_z(now()), "desc": "",
        "descData": { "emoji": {} }, "due": null, "dueReminder": null, "email": null, "idBoard": null,
        "idChecklists": [], "idList": null, "idMembers": [], "idMembersVoted": [], "idShort": number,
        "idAttachmentCover": null, "labels": [], "idLabels": [], "manualCoverAttachment": false, "name": name,
        "pos": STEP, "shortLink": link, "shortUrl": format!("https://trello.com/c/{link}"), "start": null,
        "subscribed": false, "url": format!("https://trello.com/c/{link}/{number}-{}", slug(name)),
        "cover": { "idAttachment": null, "color": null, "size": "normal", "brightness": "dark" }, "isTemplate": false,
        "attachments": [], "customFieldItems": [],
    })
}

fn checklists(world: &mut World) {
    for n in 0..6_u64 {
        let Some(card) = world.cards.get(usize::try_from(n * 5).unwrap_or(0)).cloned() else { continue };
        let id = id_of("checklist", n);
        let item = |at: u64, name: &str| {
            json!({
                "id": id_of("item", n * 10 + at), "name": name, "nameData": null, "idChecklist": id,
                "state": if at <= n % 3 { "complete" } else { "incomplete" }, "pos": (at + 1) * STEP,
                "due": null, "dueReminder": null, "idMember": null,
            })
        };
        let items = [item(0, "Ask"), item(1, "Do"), item(2, "Tell")];
        world.checklists.push(json!({
            "id": id, "name": "Steps", "idBoard": card["idBoard"], "idCard": card["id"], "pos": STEP, "checkItems": items,
        }));
        if let Ok(card) = super::world::find_mut(&mut world.cards, &text(&card, "id")) {
            card["idChecklists"] = json!([id]);
        }
    }
}

fn comments(world: &mut World) {
    for n in 0..12_usize {
        let card = world.cards[n * 3].clone();
        let mut data = world.about(&card);
        data["text"] = json!(format!("See OPS-{} as well.", n + 4));
        let author = id_of("member", n as u64 % 2);
        world.note(&author, "commentCard", data);
        let at = world.actions.len() - 1;
        let when = now() - (12 - i64::try_from(n).unwrap_or(0)) * DAY;
        world.actions[at]["date"] = json!(stamp_z(when));
        world.actions[at]["id"] = json!(id_at(when, world.last));
    }
}

fn file(world: &mut World, base: &str) {
    let id = id_of("attachment", 0);
    let card = text(&world.cards[0], "id");
    let bytes = "name,amount\ncables,12\n";
    let attachment = super::files::document(&id, &card, "order.csv", Some((bytes.len(), "text/csv")), base);
    world.cards[0]["attachments"] = json!([attachment]);
    world.files.insert(id, File { mime: "text/csv".into(), bytes: bytes.into() });
}
