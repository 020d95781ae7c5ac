use super::visitor::Visitor;
use super::*;

fn with<'a>(stage: &'a Stage, token: &str) -> Visitor<'a> {
    Visitor::at(stage, "slack", "cloud").auth(format!("Bearer {token}"))
}

fn mira(stage: &Stage) -> Visitor<'_> {
    with(stage, "xoxp-sandbox-mira")
}

/// Calls a method with a form and returns the body of the success.
#[track_caller]
fn ok(visitor: &Visitor, method: &str, fields: &[(&str, &str)]) -> Value {
    let body = visitor.form(&format!("/api/{method}"), fields).is(200).json();
    assert_eq!(body["ok"], true, "{method}: {body}");
    body
}

/// Calls a method with a form and returns the error.
#[track_caller]
fn error(visitor: &Visitor, method: &str, fields: &[(&str, &str)]) -> String {
    let body = visitor.form(&format!("/api/{method}"), fields).is(200).json();
    assert_eq!(body["ok"], false, "{method}: {body}");
    body["error"].as_str().expect("an error").to_owned()
}

fn channel(visitor: &Visitor, name: &str) -> String {
    let all = ok(visitor, "conversations.list", &[("limit", "1000"), ("types", "public_channel,private_channel")]);
    let found = all["channels"].as_array().expect("a list").iter().find(|c| c["name"] == name).cloned();
    found.expect("the channel")["id"].as_str().expect("an id").to_owned()
}

#[test]
fn tokens_are_judged_strictly_and_with_status_200() {
    let stage = Stage::new();
    let slack = Visitor::at(&stage, "slack", "cloud");
    let rows = [
        (slack.with("x-none", ""), "not_authed"),
        (slack.auth("bearer xoxb-sandbox-bot"), "not_authed"),
        (slack.auth("Bearer\txoxb-sandbox-bot"), "not_authed"),
        (slack.auth("Bearer nonsense"), "invalid_auth"),
        (slack.auth("Bearer xoxb-sandbox-expired"), "token_expired"),
        (slack.auth("Bearer xoxb-sandbox-revoked"), "token_revoked"),
        (slack.auth("Bearer xoxp-sandbox-pavel"), "account_inactive"),
        (slack.auth("Bearer xapp-sandbox-socket"), "not_allowed_token_type"),
    ];
    for (visitor, why) in rows {
        assert_eq!(error(&visitor, "auth.test", &[]), why);
    }
    let answer = slack.auth("Bearer   xoxb-sandbox-bot").form("/api/auth.test", &[]).is(200);
    assert_eq!((&answer.json()["user"], &answer.json()["bot_id"]), (&json!("deploy-bot"), &json!("B0SANDBOX1")));
    assert!(answer.header("x-oauth-scopes").contains("chat:write"));
    assert_eq!(ok(&slack, "auth.test", &[("token", "xoxp-sandbox-mira")])["user"], "mira");
    let body = json!({ "token": "xoxp-sandbox-mira" });
    assert_eq!(slack.json("POST", "/api/auth.test", &body).json()["error"], "not_authed", "not in JSON");
}

#[test]
fn a_missing_scope_is_named() {
    let stage = Stage::new();
    let bot = with(&stage, "xoxb-sandbox-bot");
    let body = bot.form("/api/files.list", &[]).is(200).json();
    assert_eq!((&body["error"], &body["needed"]), (&json!("missing_scope"), &json!("files:read")));
    assert!(body["provided"].as_str().is_some_and(|p| p.contains("chat:write")));
    let body = bot.form("/api/conversations.list", &[("types", "private_channel")]).json();
    assert_eq!(body["needed"], "groups:read");
    assert_eq!(error(&bot, "search.messages", &[("query", "x")]), "not_allowed_token_type");
    let other = bot.form("/api/no.such", &[]).json();
    assert_eq!((&other["error"], &other["req_method"]), (&json!("unknown_method"), &json!("no.such")));
}

#[test]
fn revoking_ends_a_token_unless_it_is_a_test() {
    let stage = Stage::new();
    let jonas = with(&stage, "xoxp-sandbox-jonas");
    assert_eq!(ok(&jonas, "auth.revoke", &[("test", "1")])["revoked"], false);
    assert_eq!(ok(&jonas, "auth.revoke", &[])["revoked"], true);
    assert_eq!(error(&jonas, "auth.test", &[]), "token_revoked");
}

#[test]
fn only_methods_that_write_read_json() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let (ops, posted) = (channel(&mira, "ops"), json!({ "channel": channel(&mira, "ops"), "text": "hello" }));
    let answer = mira.json("POST", "/api/chat.postMessage", &posted).is(200).json();
    assert_eq!((&answer["ok"], &answer["warning"]), (&json!(true), &json!("missing_charset")));
    let clean =
        mira.typed("POST", "/api/chat.postMessage", "application/json; charset=utf-8", posted.to_string()).json();
    assert!(clean.get("warning").is_none());
    let passed_over = mira.json("POST", "/api/conversations.info", &json!({ "channel": ops })).json();
    assert_eq!(passed_over["error"], "channel_not_found");
    let upload = mira.json("POST", "/api/files.getUploadURLExternal", &json!({ "filename": "a", "length": 1 })).json();
    assert_eq!(upload["error"], "invalid_arguments");
    assert_eq!(upload["response_metadata"]["messages"][0], "[ERROR] missing required field: filename");
    let broken = mira.typed("POST", "/api/chat.postMessage", "application/json", "{").json();
    assert_eq!(broken["error"], "invalid_json");
}

#[test]
fn lists_come_in_pages_by_cursor() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            ok(&mira, "conversations.list", &[("limit", "6"), ("cursor", &cursor), ("exclude_archived", "true")]);
        names.extend(page["channels"].as_array().expect("a list").iter().map(|c| c["name"].clone()));
        cursor = page["response_metadata"]["next_cursor"].as_str().expect("a cursor").to_owned();
        if cursor.is_empty() {
            break;
        }
    }
    assert_eq!(names.len(), 18);
    assert!(!names.contains(&json!("move-2025")) && !names.contains(&json!("ops-private")));
    assert_eq!(error(&mira, "conversations.list", &[("cursor", "nonsense")]), "invalid_cursor");
    let ops = channel(&mira, "ops");
    let first = ok(&mira, "conversations.history", &[("channel", &ops), ("limit", "10")]);
    assert_eq!((&first["has_more"], first["messages"].as_array().map(Vec::len)), (&json!(true), Some(10)));
}

/// Job 7: post when something happens.
#[test]
fn a_message_lives() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let ops = channel(&mira, "ops");
    let ts = ok(&mira, "chat.postMessage", &[("channel", "#ops"), ("text", "OPS-4 is done")])["ts"]
        .as_str()
        .expect("a time")
        .to_owned();
    ok(&mira, "chat.postMessage", &[("channel", &ops), ("text", "really"), ("thread_ts", &ts)]);
    ok(&mira, "reactions.add", &[("channel", &ops), ("timestamp", &ts), ("name", "tada")]);
    assert_eq!(
        error(&mira, "reactions.add", &[("channel", &ops), ("timestamp", &ts), ("name", "tada")]),
        "already_reacted"
    );
    ok(&mira, "chat.update", &[("channel", &ops), ("ts", &ts), ("text", "OPS-4 is done!")]);
    let thread = ok(&mira, "conversations.replies", &[("channel", &ops), ("ts", &ts)]);
    assert_eq!(
        (&thread["messages"][0]["text"], &thread["messages"][0]["reply_count"]),
        (&json!("OPS-4 is done!"), &json!(1))
    );
    let latest = ok(&mira, "conversations.history", &[("channel", &ops), ("limit", "1")]);
    assert_eq!(
        (&latest["messages"][0]["ts"], &latest["messages"][0]["reactions"][0]["name"]),
        (&json!(ts), &json!("tada"))
    );
    let link = ok(&mira, "chat.getPermalink", &[("channel", &ops), ("message_ts", &ts)]);
    assert!(link["permalink"].as_str().is_some_and(|l| l.contains(&ops)));
    let jonas = with(&stage, "xoxp-sandbox-jonas");
    assert_eq!(error(&jonas, "chat.delete", &[("channel", &ops), ("ts", &ts)]), "cant_delete_message");
    ok(&mira, "chat.delete", &[("channel", &ops), ("ts", &ts)]);
    assert_eq!(error(&mira, "chat.delete", &[("channel", &ops), ("ts", &ts)]), "message_not_found");
}

#[test]
fn posting_is_refused_in_the_words_of_slack() {
    let stage = Stage::new();
    let (mira, bot) = (mira(&stage), with(&stage, "xoxb-sandbox-bot"));
    let post = |visitor: &Visitor, channel: &str, text: &str| {
        error(visitor, "chat.postMessage", &[("channel", channel), ("text", text)])
    };
    assert_eq!(post(&mira, "#nowhere", "x"), "channel_not_found");
    assert_eq!(post(&mira, "#ops", ""), "no_text");
    assert_eq!(post(&mira, "#move-2025", "x"), "is_archived");
    assert_eq!(post(&bot, "#docs", "x"), "not_in_channel");
    assert_eq!(post(&bot, "#ops-private", "x"), "channel_not_found");
    let blocks = [("channel", "#ops"), ("blocks", "not json")];
    assert_eq!(error(&mira, "chat.postMessage", &blocks), "invalid_blocks");
    let direct = ok(&bot, "chat.postMessage", &[("channel", "U0SBX00001"), ("text", "hello")]);
    assert!(direct["channel"].as_str().is_some_and(|c| c.starts_with('D')));
}

#[test]
fn a_channel_takes_one_message_a_second_when_limits_are_on() {
    let stage = Stage::new();
    let mira = mira(&stage);
    mira.switch(&json!({ "limits": true }));
    ok(&mira, "chat.postMessage", &[("channel", "#ops"), ("text", "1")]);
    ok(&mira, "chat.postMessage", &[("channel", "#web"), ("text", "1")]);
    let limited = mira.form("/api/chat.postMessage", &[("channel", "#ops"), ("text", "2")]).is(429);
    assert_eq!((&limited.json()["error"], limited.header("retry-after")), (&json!("ratelimited"), "1"));
    stage
        .control(
            mira.site,
            "faults",
            &json!({ "faults": [{ "kind": "429", "path": "/api/users.list", "retry_after": 7 }] }),
        )
        .is(200);
    let fault = mira.form("/api/users.list", &[]).is(429);
    assert_eq!((&fault.json()["error"], fault.header("retry-after")), (&json!("ratelimited"), "7"));
}

#[test]
fn a_file_goes_up_in_three_steps() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let ops = channel(&mira, "ops");
    let place = ok(&mira, "files.getUploadURLExternal", &[("filename", "notes.txt"), ("length", "5")]);
    let (url, file) = (place["upload_url"].as_str().expect("an address"), place["file_id"].as_str().expect("an id"));
    let files = json!([{ "id": file, "title": "Notes" }]).to_string();
    assert_eq!(error(&mira, "files.completeUploadExternal", &[("files", &files)]), "file_upload_incomplete");
    let path = url.strip_prefix(&mira.site.url).expect("of this server");
    let nobody = Visitor::at(&stage, "slack", "cloud");
    nobody.typed("POST", path, "application/octet-stream", "123").is(400);
    assert_eq!(nobody.typed("POST", path, "application/octet-stream", "12345").is(200).text, "OK - 5");
    let done = ok(
        &mira,
        "files.completeUploadExternal",
        &[("files", &files), ("channel_id", &ops), ("initial_comment", "for OPS-4")],
    );
    assert_eq!(done["files"][0]["title"], "Notes");
    let latest = ok(&mira, "conversations.history", &[("channel", &ops), ("limit", "1")]);
    assert_eq!(
        (&latest["messages"][0]["text"], &latest["messages"][0]["files"][0]["id"]),
        (&json!("for OPS-4"), &json!(file))
    );
    let url = done["files"][0]["url_private_download"]
        .as_str()
        .expect("an address")
        .strip_prefix(&mira.site.url)
        .expect("of this server")
        .to_owned();
    assert_eq!(mira.get(&url).is(200).text, "12345");
    assert!(nobody.get(&url).is(200).text.contains("Sign in"), "a login page with status 200");
    assert_eq!(error(&mira, "files.upload", &[("content", "x")]), "method_deprecated");
}

#[test]
fn channels_are_made_and_changed() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let made = ok(&mira, "conversations.create", &[("name", "launch")]);
    let id = made["channel"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(error(&mira, "conversations.create", &[("name", "launch")]), "name_taken");
    assert_eq!(error(&mira, "conversations.create", &[("name", "No Blanks")]), "invalid_name_specials");
    ok(&mira, "conversations.invite", &[("channel", &id), ("users", "U0SBX00001,U0SBX00002")]);
    ok(&mira, "conversations.setTopic", &[("channel", &id), ("topic", "Tomorrow")]);
    let info = ok(&mira, "conversations.info", &[("channel", &id), ("include_num_members", "true")]);
    assert_eq!((&info["channel"]["topic"]["value"], &info["channel"]["num_members"]), (&json!("Tomorrow"), &json!(3)));
    ok(&mira, "conversations.archive", &[("channel", &id)]);
    assert_eq!(error(&mira, "conversations.archive", &[("channel", &id)]), "already_archived");
    assert_eq!(error(&mira, "conversations.rename", &[("channel", &id), ("name", "later")]), "is_archived");
}

#[test]
fn people_are_found_by_email() {
    let stage = Stage::new();
    let bot = with(&stage, "xoxb-sandbox-bot");
    let user = ok(&bot, "users.lookupByEmail", &[("email", "Jonas@sandbox.example")]);
    assert_eq!(user["user"]["real_name"], "Jonas Beck");
    assert_eq!(error(&bot, "users.lookupByEmail", &[("email", "nobody@sandbox.example")]), "users_not_found");
    assert_eq!(error(&bot, "users.lookupByEmail", &[("email", "pavel@sandbox.example")]), "users_not_found");
    assert_eq!(ok(&bot, "users.list", &[("limit", "5")])["members"].as_array().map(Vec::len), Some(5));
}

#[test]
fn search_and_pins_are_there() {
    let stage = Stage::new();
    let mira = mira(&stage);
    let found = ok(&mira, "search.messages", &[("query", "OPS-4 in:#ops"), ("count", "5")]);
    assert!(found["messages"]["total"].as_u64().is_some_and(|n| n > 0), "{found}");
    let ops = channel(&mira, "ops");
    assert_eq!(ok(&mira, "pins.list", &[("channel", &ops)])["items"].as_array().map(Vec::len), Some(1));
    let ts = found["messages"]["matches"][0]["ts"].as_str().expect("a time").to_owned();
    let groups = ok(&mira, "usergroups.list", &[("include_users", "true")]);
    assert_eq!(groups["usergroups"][0]["users"].as_array().map(Vec::len), Some(2));
    let pinned = mira.form("/api/pins.add", &[("channel", &ops), ("timestamp", &ts)]).json();
    assert!(pinned["ok"] == true || pinned["error"] == "already_pinned", "{pinned}");
}
