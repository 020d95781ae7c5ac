use super::visitor::Visitor;
use super::*;

const KEY: &str = "sandbox-trello-key";

fn by_header(token: &str) -> String {
    format!("OAuth oauth_consumer_key=\"{KEY}\", oauth_token=\"{token}\"")
}

fn mira(stage: &Stage) -> Visitor<'_> {
    Visitor::at(stage, "trello", "cloud").auth(by_header("ATTA-sandbox-mira"))
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[test]
fn key_and_token_are_judged_in_plain_text() {
    let stage = Stage::new();
    let trello = Visitor::at(&stage, "trello", "cloud");
    let rows = [
        ("", "unauthorized permission requested"),
        ("?key=sandbox-trello-key", "missing scopes"),
        ("?token=ATTA-sandbox-mira", "invalid key"),
        ("?key=nonsense&token=ATTA-sandbox-mira", "invalid key"),
        ("?key=sandbox-trello-key&token=nonsense", "invalid token"),
        ("?key=sandbox-trello-key&token=ATTA-sandbox-mira-expired", "expired token"),
    ];
    for (query, words) in rows {
        let answer = trello.get(&format!("/1/members/me{query}")).is(401);
        assert_eq!(answer.text, words, "{query}");
        assert!(answer.header("content-type").starts_with("text/plain"));
    }
    let by_query = trello.get(&format!("/1/members/me?key={KEY}&token=ATTA-sandbox-mira")).is(200);
    assert_eq!(by_query.json()["username"], "mira");
    let answer = mira(&stage).get("/1/members/me").is(200);
    assert_eq!(answer.json()["fullName"], "Mira Holm");
    assert_eq!(answer.header("x-rate-limit-api-token-max"), "100");
}

#[test]
fn a_token_shows_itself_and_ends() {
    let stage = Stage::new();
    let jonas = Visitor::at(&stage, "trello", "cloud").auth(by_header("ATTA-sandbox-jonas"));
    assert_eq!(jonas.get("/1/tokens/ATTA-sandbox-jonas").is(200).json()["permissions"][0]["write"], true);
    jonas.get("/1/tokens/ATTA-sandbox-mira").is(401);
    jonas.bare("DELETE", "/1/tokens/ATTA-sandbox-jonas").is(200);
    assert_eq!(jonas.get("/1/members/me").is(401).text, "invalid token");
}

#[test]
fn who_may_not_is_told_in_the_same_words_as_who_is_unknown() {
    let stage = Stage::new();
    let board = id(&mira(&stage).get("/1/members/me/boards").json()[0]);
    let guest = Visitor::at(&stage, "trello", "cloud").auth(by_header("ATTA-sandbox-guest"));
    assert_eq!(guest.get(&format!("/1/boards/{board}")).is(401).text, "unauthorized permission requested");
    let reader = Visitor::at(&stage, "trello", "cloud").auth(by_header("ATTA-sandbox-mira-read"));
    reader.get(&format!("/1/boards/{board}")).is(200);
    reader.bare("PUT", &format!("/1/boards/{board}?name=x")).is(401);
    assert_eq!(mira(&stage).get("/1/boards/no-such-board").is(400).text, "invalid id");
    assert_eq!(mira(&stage).get("/1/boards/aaaaaaaaaaaaaaaaaaaaaaaa").is(404).text, "model not found");
}

#[test]
fn too_many_requests_are_refused_when_limits_are_on() {
    let stage = Stage::new();
    let mira = mira(&stage);
    mira.switch(&json!({ "limits": true }));
    let refused = (0..101).map(|_| mira.get("/1/members/me")).find(|a| a.status == 429).expect("a refusal");
    assert_eq!(refused.json()["error"], "API_TOKEN_LIMIT_EXCEEDED");
    assert_eq!((refused.header("x-rate-limit-api-token-remaining"), refused.header("retry-after")), ("0", ""));
}

#[test]
fn cards_come_in_pages_by_before_and_since() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let board = id(&mira.get("/1/members/me/boards").json()[0]);
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = mira.get(&format!("/1/boards/{board}/cards/all?fields=name&limit=7{before}")).is(200).json();
        let page = page.as_array().expect("a list");
        let Some(last) = page.last() else { break };
        seen.extend(page.iter().map(id));
        before = format!("&before={}", id(last));
    }
    assert_eq!(seen.len(), 30);
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.reverse();
    assert_eq!(seen, sorted, "newest first");
    let newer = mira.get(&format!("/1/boards/{board}/cards/all?fields=name&limit=1000&since={}", seen[4])).json();
    assert_eq!(newer.as_array().map(Vec::len), Some(4));
}

#[test]
fn a_card_lives() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let board = id(&mira.get("/1/members/me/boards").json()[0]);
    let lists = mira.get(&format!("/1/boards/{board}/lists")).is(200).json();
    let (todo, done) = (id(&lists[0]), id(&lists[3]));
    assert_eq!(mira.bare("POST", "/1/cards?name=x").is(400).text, "invalid value for idList");
    let card = mira
        .bare("POST", &format!("/1/cards?idList={todo}&name=OPS-7%20Mop&desc=wet&pos=top&due=2026-12-24"))
        .is(200)
        .json();
    let path = format!("/1/cards/{}", id(&card));
    assert_eq!(card["due"], "2026-12-24T00:00:00.000Z");
    assert_eq!(mira.get(&format!("/1/lists/{todo}/cards")).json()[0]["id"], card["id"], "on top");
    let label = mira.bare("POST", &format!("{path}/labels?name=Wet&color=sky")).is(200).json();
    mira.bare("POST", &format!("{path}/idLabels?value={}", id(&label))).is(400);
    let list = mira.bare("POST", &format!("{path}/checklists?name=Steps")).is(200).json();
    let item = mira.bare("POST", &format!("/1/checklists/{}/checkItems?name=Mop", id(&list))).is(200).json();
    mira.bare("PUT", &format!("{path}/checkItem/{}?state=complete", id(&item))).is(200);
    mira.bare("POST", &format!("{path}/actions/comments?text=Dry%20now")).is(200);
    let moved = mira.bare("PUT", &format!("{path}?idList={done}&dueComplete=true")).is(200).json();
    assert_eq!(
        (&moved["idList"], &moved["badges"]["checkItemsChecked"], &moved["badges"]["comments"]),
        (&json!(done), &json!(1), &json!(1))
    );
    let actions = mira.get(&format!("{path}/actions")).json();
    let kinds: Vec<&Value> = actions.as_array().expect("a list").iter().map(|a| &a["type"]).collect();
    assert_eq!(kinds, ["updateCard", "commentCard"]);
    assert_eq!(actions[0]["data"]["listAfter"]["name"], "Done");
    mira.bare("PUT", &format!("{path}/closed?value=true")).is(200);
    let shown = mira.get(&format!("{path}?fields=name,closed&checklists=all&members=true")).json();
    assert_eq!(
        (&shown["closed"], &shown["checklists"][0]["checkItems"][0]["state"]),
        (&json!(true), &json!("complete"))
    );
    assert!(shown.get("desc").is_none());
    mira.bare("DELETE", &path).is(200);
    mira.get(&path).is(404);
}

#[test]
fn files_need_the_header() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let board = id(&mira.get("/1/members/me/boards").json()[0]);
    let card = id(&mira.get(&format!("/1/boards/{board}/cards")).json()[0]);
    let made = mira.file(&format!("/1/cards/{card}/attachments"), "file", "plan.txt", b"all of it").is(200).json();
    assert_eq!((&made["bytes"], &made["isUpload"]), (&json!(9), &json!(true)));
    let url =
        made["url"].as_str().expect("an address").strip_prefix(&mira.site.url).expect("of this server").to_owned();
    assert_eq!(mira.get(&url).is(200).text, "all of it");
    let query = format!("{url}?key={KEY}&token=ATTA-sandbox-mira");
    Visitor::at(&stage, "trello", "cloud").get(&query).is(401);
    let link = mira
        .bare("POST", &format!("/1/cards/{card}/attachments?url=https://jira.example/browse/OPS-4&name=OPS-4"))
        .is(200);
    assert_eq!(link.json()["isUpload"], false);
}

#[test]
fn custom_fields_take_values_of_their_type() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let board = id(&mira.get("/1/members/me/boards").json()[0]);
    let fields = mira.get(&format!("/1/boards/{board}/customFields")).is(200).json();
    let card = id(&mira.get(&format!("/1/boards/{board}/cards")).json()[0]);
    let set = |field: &Value, value: &Value| {
        mira.json("PUT", &format!("/1/cards/{card}/customField/{}/item", id(field)), value)
    };
    set(&fields[1], &json!({ "value": { "text": "OPS-9" } })).is(200);
    set(&fields[1], &json!({ "value": { "number": "9" } })).is(400);
    set(&fields[0], &json!({ "idValue": fields[0]["options"][0]["id"] })).is(200);
    let items = mira.get(&format!("/1/cards/{card}/customFieldItems")).json();
    assert!(items.as_array().expect("a list").iter().any(|i| i["value"]["text"] == "OPS-9"));
    set(&fields[1], &json!({ "value": "" })).is(200);
    let items = mira.get(&format!("/1/cards/{card}/customFieldItems")).json();
    assert!(!items.as_array().expect("a list").iter().any(|i| i["value"]["text"] == "OPS-9"));
}

/// Job 39: cards that are named after issues.
#[test]
fn search_finds_cards_by_the_key_of_an_issue() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let found = mira.get("/1/search?query=OPS-12&modelTypes=cards&card_fields=name").is(200).json();
    let names: Vec<&str> =
        found["cards"].as_array().expect("a list").iter().filter_map(|c| c["name"].as_str()).collect();
    assert!(names.iter().any(|n| n.starts_with("OPS-12 ")), "{names:?}");
}

#[test]
fn boards_and_webhooks_are_made() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let board = mira.json("POST", "/1/boards", &json!({ "name": "Grüße", "desc": "x" })).is(200).json();
    let lists = mira.get(&format!("/1/boards/{}/lists?fields=name", id(&board))).json();
    assert_eq!(lists.as_array().map(Vec::len), Some(3));
    let hook = format!("/1/webhooks?callbackURL=https://hooks.example/1&idModel={}", id(&board));
    let made = mira.bare("POST", &hook).is(200).json();
    mira.bare("POST", &hook).is(400);
    mira.bare("DELETE", &format!("/1/webhooks/{}", id(&made))).is(200);
    mira.bare("PUT", &format!("/1/boards/{}/members/jonas?type=normal", id(&board))).is(200);
    let jonas = Visitor::at(&stage, "trello", "cloud").auth(by_header("ATTA-sandbox-jonas"));
    jonas.get(&format!("/1/boards/{}", id(&board))).is(200);
    mira.bare("DELETE", &format!("/1/boards/{}", id(&board))).is(200);
}
