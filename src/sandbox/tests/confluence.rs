//! Confluence: what the jobs of its users ask of it, on both flavours.

use super::*;

impl Stage {
    /// The administrator asks a practice Confluence; the path is below the wiki.
    fn wiki(&self, deployment: &str, method: &str, path: &str) -> Answer {
        let prefix = if deployment == "cloud" { "/wiki" } else { "" };
        self.send(self.ask(self.site("confluence", deployment), method, &format!("{prefix}{path}")))
    }

    fn wiki_json(&self, deployment: &str, method: &str, path: &str, body: &Value) -> Answer {
        let prefix = if deployment == "cloud" { "/wiki" } else { "" };
        let request = self.ask(self.site("confluence", deployment), method, &format!("{prefix}{path}"));
        self.send(json_body(request, body))
    }

    /// Uploads a file to a page.
    fn attach(&self, deployment: &str, page: &str, name: &str, bytes: &'static [u8]) -> Answer {
        let prefix = if deployment == "cloud" { "/wiki" } else { "" };
        let path = format!("{prefix}/rest/api/content/{page}/child/attachment");
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
        let request = self.ask(self.site("confluence", deployment), "POST", &path);
        self.send(request.header("content-type", "multipart/form-data; boundary=x").body(body))
    }

    /// Returns the number of the page with a title.
    fn page(&self, deployment: &str, title: &str) -> String {
        let cql = encode(&format!("title = \"{title}\" and type = page"));
        let found = self.wiki(deployment, "GET", &format!("/rest/api/content/search?cql={cql}")).is(200).json();
        found["results"][0]["id"].as_str().unwrap_or_else(|| panic!("no page {title}")).to_owned()
    }

    fn space_id(&self, key: &str) -> String {
        let found = self.wiki("cloud", "GET", &format!("/api/v2/spaces?keys={key}")).is(200).json();
        found["results"][0]["id"].as_str().expect("a space").to_owned()
    }
}

fn encode(text: &str) -> String {
    super::super::http::encode(text)
}

fn titles(list: &Value) -> Vec<&str> {
    list["results"].as_array().expect("a list").iter().filter_map(|c| c["title"].as_str()).collect()
}

#[test]
fn a_page_lives_on_data_center() {
    let stage = Stage::new();
    let parent = stage.page("server", "Runbooks");
    let body = json!({
        "type": "page", "title": "Water in the cellar", "space": { "key": "OPS" }, "ancestors": [{ "id": parent }],
        "body": { "storage": { "value": "<p>Pump it out, see OPS-1.</p>", "representation": "storage" } },
    });
    let made = stage.wiki_json("server", "POST", "/rest/api/content", &body).is(200).json();
    let path = format!("/rest/api/content/{}", made["id"].as_str().expect("an id"));
    assert_eq!(made["version"]["number"], 1);
    let again = stage.wiki_json("server", "POST", "/rest/api/content", &body).is(400).json();
    assert!(again["message"].as_str().is_some_and(|m| m.contains("A page with this title already exists")), "{again}");
    let change = |number: u64, text: &str| {
        let storage = json!({ "storage": { "value": text, "representation": "storage" } });
        let body = json!({ "type": "page", "title": "Water", "version": { "number": number }, "body": storage });
        stage.wiki_json("server", "PUT", &path, &body)
    };
    change(2, "<p>Dry</p>").is(200);
    let stale = change(2, "<p>Wet</p>").is(409).json();
    assert!(stale["message"].as_str().is_some_and(|m| m.ends_with("Current version is: 2")), "{stale}");
    change(3, "<p>Not <b>closed</p>").is(400);
    let whole =
        stage.wiki("server", "GET", &format!("{path}?expand=body.storage,ancestors,version,space,history")).json();
    assert_eq!((&whole["body"]["storage"]["value"], &whole["title"]), (&json!("<p>Dry</p>"), &json!("Water")));
    assert_eq!(whole["ancestors"].as_array().map(Vec::len), Some(2));
    let old = stage.wiki("server", "GET", &format!("{path}?version=1&status=any&expand=body.storage")).is(200).json();
    assert_eq!((&old["status"], &old["title"]), (&json!("historical"), &json!("Water in the cellar")));
    stage.wiki("server", "DELETE", &format!("{path}?status=trashed")).is(400);
    stage.wiki("server", "DELETE", &path).is(204);
    stage.wiki("server", "GET", &path).is(404);
    stage.wiki("server", "GET", &format!("{path}?status=trashed")).is(200);
    stage.wiki("server", "DELETE", &format!("{path}?status=trashed")).is(204);
    stage.wiki("server", "GET", &format!("{path}?status=any")).is(404);
}

#[test]
fn a_page_lives_on_cloud() {
    let stage = Stage::new();
    let (space, parent) = (stage.space_id("OPS"), stage.page("cloud", "Runbooks"));
    let storage = |text: &str| json!({ "representation": "storage", "value": text });
    let body = json!({
        "spaceId": space, "status": "current", "title": "Water in the cellar", "parentId": parent,
        "body": storage("<p>Pump</p>"),
    });
    let made = stage.wiki_json("cloud", "POST", "/api/v2/pages", &body).is(200).json();
    let id = made["id"].as_str().expect("an id");
    let path = format!("/api/v2/pages/{id}");
    let again = stage.wiki_json("cloud", "POST", "/api/v2/pages", &body).is(400).json();
    assert!(again["errors"][0]["title"].as_str().is_some_and(|t| t.contains("same title") || t.contains("this title")));
    let change = |number: u64| {
        let version = json!({ "number": number, "message": "drier" });
        let body = json!({ "id": id, "status": "current", "title": "Water", "version": version, "body": storage("<p>Dry</p>") });
        stage.wiki_json("cloud", "PUT", &path, &body)
    };
    change(2).is(200);
    assert_eq!(change(2).is(409).json()["errors"][0]["code"], "CONFLICT");
    let whole = stage.wiki("cloud", "GET", &format!("{path}?body-format=storage")).is(200).json();
    assert_eq!((&whole["body"]["storage"]["value"], &whole["version"]["number"]), (&json!("<p>Dry</p>"), &json!(2)));
    let versions = stage.wiki("cloud", "GET", &format!("{path}/versions")).is(200).json();
    assert_eq!(versions["results"].as_array().map(Vec::len), Some(2));
    stage.wiki("cloud", "DELETE", &format!("{path}?purge=true")).is(400);
    stage.wiki("cloud", "DELETE", &path).is(204);
    assert_eq!(stage.wiki("cloud", "GET", &path).is(200).json()["status"], "trashed");
    stage.wiki("cloud", "DELETE", &format!("{path}?purge=true")).is(204);
    stage.wiki("cloud", "GET", &path).is(404);
}

#[test]
fn the_first_version_is_gone_on_cloud_unless_switched_on() {
    let stage = Stage::new();
    let path = format!("/rest/api/content/{}", stage.page("cloud", "Install"));
    let gone = stage.wiki("cloud", "GET", &path).is(410).json();
    assert_eq!(gone["message"], "This deprecated endpoint has been removed");
    stage.control(stage.site("confluence", "cloud"), "switch", &json!({ "v1_content": true })).is(200);
    let there = stage.wiki("cloud", "GET", &path).is(200);
    assert!(there.header("link").contains("CHANGE-864") && !there.header("deprecation").is_empty());
}

#[test]
fn lists_page_by_start_and_by_cursor() {
    let stage = Stage::new();
    let mut path = "/rest/api/content?spaceKey=OPS&limit=8".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = stage.wiki("server", "GET", &path).is(200).json();
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        match page["_links"]["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => break,
        }
    }
    assert_eq!(seen.len(), 20);
    let mut path = format!("/api/v2/spaces/{}/pages?limit=8", stage.space_id("OPS"));
    let mut seen = Vec::new();
    loop {
        let answer = stage.wiki("cloud", "GET", &path).is(200);
        let page = answer.json();
        seen.extend(titles(&page).into_iter().map(str::to_owned));
        let Some(next) = page["_links"]["next"].as_str() else { break };
        assert_eq!(answer.header("link"), format!("<{next}>; rel=\"next\""));
        path = next.trim_start_matches("/wiki").to_owned();
    }
    assert_eq!(seen.len(), 20);
    stage.wiki("cloud", "GET", "/api/v2/pages?limit=251").is(400);
    stage.wiki("cloud", "GET", "/api/v2/pages?cursor=9").is(400);
    // Searches on Cloud know no start.
    let first = stage.wiki("cloud", "GET", "/rest/api/search?cql=type%3Dpage&limit=10").is(200).json();
    let next = first["_links"]["next"].as_str().expect("a next page");
    assert!(next.contains("cursor=") && !next.contains("start="), "{next}");
    let second = stage.wiki("cloud", "GET", next).is(200).json();
    assert_ne!(first["results"][0]["title"], second["results"][0]["title"]);
}

#[test]
fn queries_find_and_order() {
    let stage = Stage::new();
    let find = |cql: &str| {
        let answer =
            stage.wiki("server", "GET", &format!("/rest/api/content/search?limit=100&cql={}", encode(cql))).is(200);
        titles(&answer.json()).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let runbooks = stage.page("server", "Runbooks");
    assert_eq!(find("space = OPS and type = page").len(), 20);
    assert_eq!(find("space in (OPS, WEB) and type = page and title ~ \"search*\"").len(), 3);
    assert_eq!(find(&format!("ancestor = {runbooks} and type = page")).len(), 6);
    assert_eq!(find(&format!("parent = {runbooks} order by title desc"))[0], "Server room access");
    assert_eq!(find("type = page and space = DOC and not title ~ \"old*\"").len(), 17);
    assert_eq!(find("type = attachment and title = \"servers.csv\""), ["servers.csv"]);
    assert!(find("label = outdated and type = page").len() > 2);
    assert!(find("macro = jira and space = WEB").len() > 2);
    assert!(find("text ~ \"OPS-2\" and type = page").len() > 2);
    let (old, new) =
        (find("type = page and lastmodified < now(\"-300d\")"), find("type = page and lastmodified >= now(\"-300d\")"));
    assert!(!old.is_empty() && !new.is_empty() && old.len() + new.len() == 57);
    assert!(find("creator = currentUser() and type = page").len() > 3);
    let wrong = stage.wiki("server", "GET", "/rest/api/content/search?cql=type%3Dpagen").is(400).json();
    assert!(
        wrong["message"].as_str().is_some_and(|m| m.contains("Unsupported value for type, got : pagen")),
        "{wrong}"
    );
    stage.wiki("server", "GET", "/rest/api/content/search?cql=nofield%3D1").is(400);
    stage.wiki("server", "GET", "/rest/api/content/search?cql=space%20%3D").is(400);
}

#[test]
fn trees_move_and_copy_on_cloud() {
    let stage = Stage::new();
    let (runbooks, roadmap, search) =
        (stage.page("cloud", "Runbooks"), stage.page("cloud", "Roadmap"), stage.page("cloud", "Search relaunch"));
    let children = |id: &str| {
        let list = stage.wiki("cloud", "GET", &format!("/api/v2/pages/{id}/direct-children")).is(200).json();
        titles(&list).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(children(&runbooks).len(), 5);
    assert_eq!(children(&roadmap), ["Checkout redesign", "Search relaunch", "Partner portal"]);
    let before = stage.page("cloud", "Checkout redesign");
    stage.wiki("cloud", "PUT", &format!("/rest/api/content/{search}/move/before/{before}")).is(200);
    assert_eq!(children(&roadmap), ["Search relaunch", "Checkout redesign", "Partner portal"]);
    stage.wiki("cloud", "PUT", &format!("/rest/api/content/{search}/move/append/{runbooks}")).is(200);
    let moved = stage.wiki("cloud", "GET", &format!("/api/v2/pages/{}", stage.page("cloud", "Search index design")));
    assert_eq!(moved.is(200).json()["spaceId"], stage.space_id("OPS"), "what is below goes along");
    let into = json!({ "destinationPageId": roadmap, "copyLabels": true, "copyAttachments": true, "titleOptions": { "prefix": "Copy: " } });
    let task = stage
        .wiki_json("cloud", "POST", &format!("/rest/api/content/{runbooks}/pagehierarchy/copy"), &into)
        .is(202)
        .json();
    let status = format!("/rest/api/longtask/{}", task["id"].as_str().expect("an id"));
    assert_eq!(stage.wiki("cloud", "GET", &status).is(200).json()["percentageComplete"], 50);
    assert_eq!(stage.wiki("cloud", "GET", &status).is(200).json()["successful"], true);
    assert_eq!(children(&stage.page("cloud", "Copy: Runbooks")).len(), 6);
    let one =
        json!({ "destination": { "type": "space", "value": "DOC" }, "pageTitle": "Index", "copyAttachments": true });
    let made = stage.wiki_json("cloud", "POST", &format!("/rest/api/content/{search}/copy"), &one).is(200).json();
    assert_eq!(made["title"], "Index");
    let up = format!("/rest/api/content/{runbooks}/move/append/{search}");
    stage.wiki("cloud", "PUT", &up).is(400);
}

#[test]
fn labels_are_set_on_both() {
    let stage = Stage::new();
    for flavour in ["cloud", "server"] {
        let path = format!("/rest/api/content/{}/label", stage.page(flavour, "Install"));
        let two = json!([{ "prefix": "global", "name": "alpha" }, { "prefix": "global", "name": "Beta" }]);
        stage.wiki_json(flavour, "POST", &path, &two).is(200);
        stage.wiki_json(flavour, "POST", &path, &json!([{ "name": "two words" }])).is(400);
        let with = |name: &str| {
            let found =
                stage.wiki(flavour, "GET", &format!("/rest/api/content/search?cql=label%3D{name}")).is(200).json();
            found["totalSize"].as_u64()
        };
        assert_eq!((with("alpha"), with("beta")), (Some(1), Some(1)), "{flavour}");
        stage.wiki(flavour, "DELETE", &format!("{path}?name=alpha")).is(204);
        stage.wiki(flavour, "DELETE", &format!("{path}/beta")).is(204);
        stage.wiki(flavour, "DELETE", &format!("{path}/beta")).is(404);
        assert_eq!((with("alpha"), with("beta")), (Some(0), Some(0)), "{flavour}");
    }
}

#[test]
fn attachments_go_up_and_come_down() {
    let stage = Stage::new();
    for flavour in ["cloud", "server"] {
        let page = stage.page(flavour, "Servers");
        let made = stage.attach(flavour, &page, "rack.txt", b"one\0two").is(200).json();
        let id = made["results"][0]["id"].as_str().expect("an id").to_owned();
        assert_eq!(id.starts_with("att"), flavour == "cloud");
        stage.attach(flavour, &page, "rack.txt", b"again").is(400);
        if flavour == "server" {
            let link = made["results"][0]["_links"]["download"].as_str().expect("a link");
            assert_eq!(stage.wiki("server", "GET", link).is(200).text, "one\0two");
            let list =
                stage.wiki("server", "GET", &format!("/rest/api/content/{page}/child/attachment")).is(200).json();
            assert_eq!(list["size"], 3);
            stage.wiki("server", "DELETE", &format!("/rest/api/content/{page}/child/attachment/{id}")).is(204);
            continue;
        }
        let link = made["results"][0]["_links"]["download"].as_str().expect("a link");
        stage.wiki("cloud", "GET", link).is(401);
        let sent =
            stage.wiki("cloud", "GET", &format!("/rest/api/content/{page}/child/attachment/{id}/download")).is(302);
        let address = sent.header("location").to_owned();
        assert!(address.starts_with(&stage.site("confluence-media", "cloud").url), "{address}");
        assert_eq!(stage.send(stage.client.get(&address)).is(200).text, "one\0two");
        stage.send(stage.client.get(&address).basic_auth("mira@sandbox.example", Some("ATATT-sandbox-mira"))).is(403);
        let list = stage.wiki("cloud", "GET", &format!("/api/v2/pages/{page}/attachments")).is(200).json();
        assert_eq!(list["results"].as_array().map(Vec::len), Some(3));
        stage.wiki("cloud", "DELETE", &format!("/api/v2/attachments/{id}")).is(204);
    }
}

#[test]
fn comments_have_answers() {
    let stage = Stage::new();
    let page = stage.page("cloud", "Restore a backup");
    let list = format!("/api/v2/pages/{page}/footer-comments?body-format=storage");
    let first = stage.wiki("cloud", "GET", &list).is(200).json();
    assert_eq!(first["results"].as_array().map(Vec::len), Some(1));
    let id = first["results"][0]["id"].as_str().expect("an id");
    let answer = json!({ "parentCommentId": id, "body": { "representation": "storage", "value": "<p>Mine</p>" } });
    stage.wiki_json("cloud", "POST", "/api/v2/footer-comments", &answer).is(201);
    let answers = stage.wiki("cloud", "GET", &format!("/api/v2/footer-comments/{id}/children")).is(200).json();
    assert_eq!(answers["results"].as_array().map(Vec::len), Some(2));
    let page = stage.page("server", "Restore a backup");
    let new = json!({
        "type": "comment", "container": { "id": page, "type": "page" },
        "body": { "storage": { "value": "<p>Hello</p>", "representation": "storage" } },
    });
    stage.wiki_json("server", "POST", "/rest/api/content", &new).is(200);
    let all = stage.wiki("server", "GET", &format!("/rest/api/content/{page}/child/comment?depth=all")).is(200).json();
    assert_eq!(all["size"], 3);
}

#[test]
fn restrictions_hide_pages_from_others() {
    let stage = Stage::new();
    let title = "Salaries of contractors";
    for (flavour, user) in [("cloud", "priya@sandbox.example"), ("server", "guest")] {
        let page = stage.page(flavour, title);
        let path = format!("/rest/api/content/{page}/restriction/byOperation");
        let seen = stage.wiki(flavour, "GET", &path).is(200).json();
        assert_eq!(seen["read"]["restrictions"]["user"]["size"], 1, "{flavour} {user}");
    }
    let site = stage.site("confluence", "server");
    let page = stage.page("server", "Rota");
    let path = format!("/rest/api/content/{page}");
    let as_jonas = |path: &str| stage.send(stage.bare(site, "GET", path).basic_auth("jonas", Some("jonas-password")));
    as_jonas(&path).is(200);
    let only_mira =
        json!([{ "operation": "read", "restrictions": { "user": [{ "type": "known", "username": "mira" }] } }]);
    stage.wiki_json("server", "PUT", &format!("{path}/restriction"), &only_mira).is(200);
    as_jonas(&path).is(404);
    stage.wiki("server", "DELETE", &format!("/rest/experimental/content/{page}/restriction")).is(200);
    as_jonas(&path).is(200);
}

#[test]
fn spaces_are_audited_and_their_permissions_changed() {
    let stage = Stage::new();
    let all = stage.wiki("server", "GET", "/rest/api/space/WEB/permissions").is(200).json();
    let guests =
        |all: &Value| all.as_array().expect("a list").iter().filter(|p| p["subject"]["username"] == "guest").count();
    assert_eq!(guests(&all), 1);
    let key = "guest";
    let read = json!([{ "targetType": "space", "operationKey": "read" }]);
    let path = format!("/rest/api/space/WEB/permissions/user/{key}");
    let user = stage.wiki("server", "GET", "/rest/api/user?username=guest").is(200).json();
    let by_key = format!("/rest/api/space/WEB/permissions/user/{}", user["userKey"].as_str().expect("a key"));
    stage.wiki_json("server", "PUT", &format!("{path}/revoke"), &read).is(204);
    assert_eq!(guests(&stage.wiki("server", "GET", "/rest/api/space/WEB/permissions").is(200).json()), 0);
    stage.wiki_json("server", "PUT", &format!("{by_key}/grant"), &read).is(204);
    stage
        .wiki_json(
            "server",
            "PUT",
            &format!("{path}/grant"),
            &json!([{ "targetType": "moon", "operationKey": "read" }]),
        )
        .is(400);
    let list = stage.wiki("cloud", "GET", &format!("/api/v2/spaces/{}/permissions?limit=250", stage.space_id("WEB")));
    let list = list.is(200).json();
    let mine = list["results"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|p| p["principal"]["type"] == "user" && p["operation"]["key"] == "read");
    let id = mine.and_then(|p| p["id"].as_str()).expect("an id");
    stage.wiki("cloud", "DELETE", &format!("/rest/api/space/WEB/permission/{id}")).is(204);
    stage.wiki("cloud", "DELETE", &format!("/rest/api/space/WEB/permission/{id}")).is(404);
}

#[test]
fn spaces_are_made_exported_and_deleted() {
    let stage = Stage::new();
    let new = json!({ "key": "NEW", "name": "New things", "description": { "plain": { "value": "Fresh", "representation": "plain" } } });
    for flavour in ["cloud", "server"] {
        stage.wiki_json(flavour, "POST", "/rest/api/space", &new).is(200);
        stage.wiki_json(flavour, "POST", "/rest/api/space", &new).is(400);
        assert!(!stage.page(flavour, "New things Home").is_empty());
        stage.wiki(flavour, "DELETE", "/rest/api/space/NEW").is(202);
        stage.wiki(flavour, "DELETE", "/rest/api/space/NEW").is(404);
    }
    let job =
        stage.wiki_json("server", "POST", "/rest/api/backup-restore/backup/space", &json!({ "spaceKeys": ["OPS"] }));
    let path = format!("/rest/api/backup-restore/jobs/{}", job.is(200).json()["id"]);
    assert_eq!(stage.wiki("server", "GET", &path).is(200).json()["jobState"], "PROCESSING");
    assert_eq!(stage.wiki("server", "GET", &path).is(200).json()["jobState"], "FINISHED");
    let file = stage.wiki("server", "GET", &format!("{path}/download")).is(200);
    assert_eq!(file.header("content-type"), "application/zip");
    assert!(file.text.starts_with("PK\u{3}\u{4}") && file.text.contains("entities/page-"));
}

#[test]
fn old_versions_trash_and_drafts_are_pruned() {
    let stage = Stage::new();
    let page = stage.page("server", "Database failover");
    let versions = format!("/rest/experimental/content/{page}/version");
    let before = stage.wiki("server", "GET", &versions).is(200).json()["size"].as_u64().expect("a number");
    assert!(before > 2);
    stage.wiki("server", "DELETE", &format!("{versions}/1")).is(204);
    stage.wiki("server", "DELETE", &format!("{versions}/{}", before - 1)).is(400);
    assert_eq!(stage.wiki("server", "GET", &versions).is(200).json()["size"], before - 1);
    let trash = stage.wiki("server", "GET", "/rest/api/space/WEB/trash").is(200).json();
    assert_eq!(titles(&trash), ["Wrong page", "Very wrong page"]);
    stage.wiki("server", "DELETE", "/rest/api/space/WEB/trash").is(204);
    assert_eq!(stage.wiki("server", "GET", "/rest/api/space/WEB/trash").is(200).json()["size"], 0);
    let drafts = stage.wiki("server", "GET", "/rest/api/content?status=draft&spaceKey=OPS").is(200).json();
    assert_eq!(titles(&drafts).len(), 2);
    let page = stage.page("cloud", "Database failover");
    stage.wiki("cloud", "DELETE", &format!("/rest/api/content/{page}/version/1")).is(204);
    let trash = stage.wiki("cloud", "GET", "/api/v2/pages?status=trashed").is(200).json();
    assert_eq!(titles(&trash).len(), 2);
    let id = trash["results"][0]["id"].as_str().expect("an id");
    stage.wiki("cloud", "DELETE", &format!("/api/v2/pages/{id}?purge=true")).is(204);
    let drafts = stage.wiki("cloud", "GET", "/api/v2/pages?status=draft").is(200).json();
    let id = drafts["results"][0]["id"].as_str().expect("an id");
    stage.wiki("cloud", "DELETE", &format!("/api/v2/pages/{id}")).is(404);
    stage.wiki("cloud", "DELETE", &format!("/api/v2/pages/{id}?draft=true")).is(204);
}

#[test]
fn templates_and_formats() {
    let stage = Stage::new();
    for (flavour, path) in [("cloud", "/rest/api/template"), ("server", "/rest/experimental/template")] {
        let of_space = stage.wiki(flavour, "GET", &format!("{path}/page?spaceKey=OPS")).is(200).json();
        assert_eq!(of_space["results"][0]["name"], "Runbook");
        let for_all = stage.wiki(flavour, "GET", &format!("{path}/page")).is(200).json();
        let id = for_all["results"][0]["templateId"].as_str().expect("an id");
        let one = stage.wiki(flavour, "GET", &format!("{path}/{id}")).is(200).json();
        assert!(one["body"]["storage"]["value"].as_str().is_some_and(|b| b.contains("at:var")));
    }
    let wiki = json!({ "value": "h1. Hello\n\nWorld", "representation": "wiki" });
    let made = stage.wiki_json("server", "POST", "/rest/api/contentbody/convert/storage", &wiki).is(200).json();
    assert_eq!(made["value"], "<h1>Hello</h1><p>World</p>");
    let path = "/rest/api/contentbody/convert/async/view";
    let storage = json!({ "value": "<p><ac:link><ri:page ri:content-title=\"Install\" /></ac:link></p>", "representation": "storage" });
    let id = stage.wiki_json("cloud", "POST", path, &storage).is(200).json()["asyncId"].clone();
    let result = format!("/rest/api/contentbody/convert/async/{}", id.as_str().expect("an id"));
    assert_eq!(stage.wiki("cloud", "GET", &result).is(200).json()["status"], "WORKING");
    let done = stage.wiki("cloud", "GET", &result).is(200).json();
    assert!(done["value"].as_str().is_some_and(|v| v.contains("viewpage.action?pageId=")), "{done}");
}

#[test]
fn people_leave_groups_and_are_switched_off() {
    let stage = Stage::new();
    let members = "/rest/api/group/ops-team/member";
    assert_eq!(stage.wiki("server", "GET", members).is(200).json()["size"], 3);
    stage.wiki("server", "DELETE", "/rest/api/user/jonas/group/ops-team").is(204);
    stage.wiki("server", "PUT", "/rest/api/admin/user/jonas/disable").is(204);
    assert_eq!(stage.wiki("server", "GET", members).is(200).json()["size"], 2);
    let active = stage.wiki("server", "GET", "/rest/api/admin/users/list/active").is(200).json();
    assert!(active["results"].as_array().is_some_and(|all| all.iter().all(|u| u["username"] != "jonas")));
    let new = json!({ "userName": "ada", "fullName": "Ada", "email": "ada@sandbox.example", "password": "x" });
    stage.wiki_json("server", "POST", "/rest/api/admin/user", &new).is(201);
    stage.wiki_json("server", "POST", "/rest/api/admin/user", &new).is(409);
    let groups = stage.wiki("cloud", "GET", "/rest/api/group").is(200).json();
    let ops = groups["results"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|g| g["name"] == "ops-team")
        .expect("a group")
        .clone();
    let id = ops["id"].as_str().expect("an id");
    let inside = stage.wiki("cloud", "GET", &format!("/rest/api/group/{id}/membersByGroupId")).is(200).json();
    assert_eq!(inside["size"], 3);
    let account = encode(inside["results"][1]["accountId"].as_str().expect("an id"));
    stage.wiki("cloud", "DELETE", &format!("/rest/api/group/userByGroupId?groupId={id}&accountId={account}")).is(204);
    assert_eq!(stage.wiki("cloud", "GET", &format!("/rest/api/group/{id}/membersByGroupId")).is(200).json()["size"], 2);
}

#[test]
fn pages_are_for_sessions() {
    let stage = Stage::new();
    let page = stage.page("server", "Rota");
    let path = format!("/pages/viewpage.action?pageId={page}");
    let seen = stage.wiki("server", "GET", &path).is(200);
    assert!(seen.text.contains("<title>Rota - Practice Confluence</title>"), "{}", seen.text);
    let site = stage.site("confluence", "server");
    stage.send(stage.bare(site, "GET", &path).bearer_auth("pat-sandbox-mira")).is(302);
    assert!(
        stage.wiki("server", "GET", &format!("/exportword?pageId={page}")).is(200).text.starts_with("MIME-Version")
    );
}
