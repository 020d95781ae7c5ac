use super::*;

#[test]
fn an_issue_lives_on_data_center() {
    let stage = Stage::new();
    let body = json!({ "fields": {
        "project": { "key": "OPS" }, "issuetype": { "name": "Bug" }, "summary": "Water in the server room",
        "labels": ["infra"], "priority": { "name": "High" }, "description": "h2. Wet\n\n*very*",
        "customfield_10016": 3, "assignee": { "name": "jonas" },
    }});
    let made = stage.dc_json("POST", "/rest/api/2/issue", &body).is(201).json();
    let key = made["key"].as_str().expect("a key").to_owned();
    assert_eq!(key, "OPS-91");
    let path = format!("/rest/api/2/issue/{key}");
    let issue = stage.dc("GET", &path).is(200).json();
    assert_eq!(issue["fields"]["description"], "h2. Wet\n\n*very*");
    assert_eq!(issue["fields"]["assignee"]["name"], "jonas");
    let edit = json!({ "update": { "labels": [{ "add": "wet" }], "comment": [{ "add": { "body": "Mopped" } }] } });
    stage.dc_json("PUT", &path, &edit).is(204);
    stage.dc_json("POST", &format!("{path}/comment"), &json!({ "body": "Dry now" })).is(201);
    let steps = stage.dc("GET", &format!("{path}/transitions")).is(200).json();
    let names: Vec<_> = steps["transitions"].as_array().expect("a list").iter().map(|t| t["name"].clone()).collect();
    assert_eq!(names, ["Start", "Reject"]);
    let wrong = stage.dc_json("POST", &format!("{path}/transitions"), &json!({ "transition": { "id": "41" } })).is(400);
    assert_eq!(wrong.json()["errors"]["resolution"], "Resolution is required.");
    let go = json!({ "transition": { "id": "41" }, "fields": { "resolution": { "name": "Won't Do" } } });
    stage.dc_json("POST", &format!("{path}/transitions"), &go).is(204);
    let issue =
        stage.dc("GET", &format!("{path}?fields=status,labels,resolution,comment&expand=changelog")).is(200).json();
    assert_eq!(issue["fields"]["status"]["name"], "Done");
    assert_eq!(issue["fields"]["labels"], json!(["infra", "wet"]));
    assert_eq!(issue["fields"]["comment"]["total"], 2);
    assert_eq!(issue["changelog"]["total"], 2);
    stage.dc("DELETE", &path).is(204);
    stage.dc("GET", &path).is(404);
}

#[test]
fn search_finds_on_both() {
    let stage = Stage::new();
    let found =
        stage.dc("GET", "/rest/api/2/search?jql=project%20%3D%20OPS&maxResults=5&fields=summary").is(200).json();
    assert_eq!((&found["total"], found["issues"].as_array().map(Vec::len)), (&json!(90), Some(5)));
    let found = stage.cloud("GET", "/rest/api/3/search/jql?jql=project%20%3D%20OPS").is(200).json();
    assert_eq!(found["issues"][0].as_object().map(serde_json::Map::len), Some(1), "only the id");
    assert!(found.get("total").is_none());
    stage.cloud("GET", "/rest/api/3/search?jql=project%20%3D%20OPS").is(410);
}
