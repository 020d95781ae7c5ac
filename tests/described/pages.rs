//! Confluence: what is asked, and where its descriptions are wrong.

use super::{
    Deployment,
    exceptions::{Exception, row},
    requests::{Names, Row, bare},
};
use crate::common::practice::Practice;
use serde_json::{Value, json};

pub(super) const DEPLOYMENTS: [Deployment; 2] = [
    Deployment {
        name: "cloud",
        start: || Practice::of("confluence", "cloud"),
        files: &["confluence-cloud-v1.json", "confluence-cloud-v2.json"],
        before: &["", "/wiki/api/v2"],
        api: "/wiki/rest/api",
        names: |practice| names(practice, "/wiki/rest/api"),
        rows: [BOTH, CLOUD],
        exceptions: EXCEPTIONS,
        errors,
        bodies: 55,
    },
    Deployment {
        name: "server",
        start: || Practice::of("confluence", "server"),
        files: &["confluence-dc.json"],
        before: &[""],
        api: "/rest/api",
        names: |practice| names(practice, "/rest/api"),
        rows: [BOTH, SERVER],
        exceptions: EXCEPTIONS,
        errors,
        bodies: 45,
    },
];

/// The errors of the first version of the API, and those of the second.
fn errors() -> Value {
    let (number, text) = (json!({ "type": "integer" }), json!({ "type": "string" }));
    let properties = json!({ "status": number, "code": text, "title": text });
    let one = json!({ "type": "object", "required": ["status", "code", "title"], "properties": properties });
    let list = json!({ "type": "array", "minItems": 1, "items": one });
    json!({ "anyOf": [
        { "type": "object", "required": ["errors"], "properties": { "errors": list } },
        { "type": "object", "required": ["statusCode", "message"], "properties": { "statusCode": number, "message": text } },
    ] })
}

const NO_OBJECT: &str = "not of type \"object\"";

const EXCEPTIONS: &[Exception] = &[
    row("cloud GET", "/parent", "value is not", "nothing is above the page at the top"),
    row("cloud GET /spaces", "/icon", NO_OBJECT, "a space without an icon has none"),
    row("cloud GET /spaces/{id}", "/description", NO_OBJECT, "it is there only where a format is asked for"),
    row("server", "/data/errors", NO_OBJECT, "it is a list; the description has the type of its items"),
    row("server GET /rest/api/content/search", "", "status 400", "what is no query is refused"),
    row("server PUT /rest/api/content/{contentId}", "", "status 409", "who was overtaken is told so"),
    row("server GET /rest/api/content/{id}/child/attachment", "", "status 200", "201 is what a creation answers"),
];

/// Asks the server for what has another name at each start or in each deployment.
fn names(practice: &Practice, api: &str) -> Names {
    let ask = |path: &str| practice.ask(&format!("{api}/{path}"));
    let first = |cql: &str| bare(&ask(&format!("content/search?cql={cql}&expand=space"))["results"][0]["id"]);
    let page = first("title=%22Restore%20a%20backup%22%20and%20type=page");
    let space = bare(&ask(&format!("content/search?cql=id={page}&expand=space"))["results"][0]["space"]["id"]);
    let me = ask("user/current");
    let me = if me["accountId"].is_null() { me["username"].clone() } else { me["accountId"].clone() };
    let group = ask("group?limit=200")["results"][2]["id"].clone();
    Names(vec![
        ("{page}", page),
        ("{runbooks}", first("title=Runbooks")),
        ("{space}", space),
        ("{attachment}", first("type=attachment%20and%20title=%22restore.log%22")),
        ("{comment}", first("type=comment%20and%20text~worked")),
        (
            "{trashed}",
            if api.starts_with("/wiki") {
                bare(&practice.ask("/wiki/api/v2/pages?status=trashed")["results"][0]["id"])
            } else {
                String::new()
            },
        ),
        ("{me}", bare(&me)),
        ("{group}", bare(&group)),
    ])
}

/// Rows for both deployments.
const BOTH: &[Row] = &[
    (
        200,
        "GET api/content/search?cql=type=page&limit=200&expand=space,version,body.storage,ancestors,metadata.labels",
        "",
    ),
    (200, "GET api/content/search?cql=type=attachment&expand=container,version", ""),
    (200, "GET api/content/search?cql=type=comment&expand=container,version,body.view", ""),
    (400, "GET api/content/search?cql=nothing", ""),
    (200, "GET api/search?cql=type=page&limit=1", ""),
    (200, "POST api/content/{page}/label", r#"[{"prefix":"global","name":"described"}]"#),
    (204, "DELETE api/content/{page}/label?name=described", ""),
    (404, "DELETE api/content/{page}/label?name=described", ""),
    (200, "GET api/content/{page}/restriction/byOperation?expand=read.restrictions.user,update.restrictions.group", ""),
    (200, "GET api/content/{page}/restriction/byOperation/read", ""),
    (
        200,
        "PUT api/content/{page}/restriction",
        r#"[{"operation":"update","restrictions":{"user":[],"group":[{"type":"group","name":"ops-team"}]}}]"#,
    ),
    (200, "PUT api/content/{page}/restriction", r#"[{"operation":"update","restrictions":{"user":[],"group":[]}}]"#),
    (204, "DELETE api/content/{page}/version/1", ""),
    (200, "GET api/group", ""),
    (200, "GET api/user/current", ""),
    (200, "GET api/user/anonymous", ""),
    (200, "POST api/space", r#"{"key":"NEW","name":"New"}"#),
    (200, "PUT api/space/NEW", r#"{"name":"Newer"}"#),
    (202, "DELETE api/space/NEW", ""),
    (200, "GET api/longtask/{}", ""),
    (200, "GET api/longtask", ""),
    (404, "GET api/longtask/1", ""),
    (200, "GET api/user/watch/content/{page}", ""),
    (204, "DELETE api/user/watch/content/{page}", ""),
];

/// Rows for Cloud.
const CLOUD: &[Row] = &[
    (200, "GET v2/pages?limit=100&body-format=storage", ""),
    (200, "GET v2/pages?space-id={space}&status=trashed", ""),
    (
        200,
        "GET v2/pages/{page}?body-format=storage&include-labels=true&include-versions=true&include-properties=true",
        "",
    ),
    (404, "GET v2/pages/1", ""),
    (
        200,
        "POST v2/pages",
        r#"{"spaceId":"{space}","status":"current","title":"Paper","body":{"representation":"storage","value":"<p>A4</p>"}}"#,
    ),
    (200, "GET v2/pages/{}?body-format=view", ""),
    (400, "POST v2/pages", r#"{"spaceId":"{space}","status":"current","title":"Paper"}"#),
    (
        200,
        "PUT v2/pages/{}",
        r#"{"id":"{}","status":"current","title":"Papers","version":{"number":2,"message":"more"},"body":{"representation":"storage","value":"<p>A5</p>"}}"#,
    ),
    (200, "PUT v2/pages/{}/title", r#"{"status":"current","title":"Paperwork"}"#),
    (204, "DELETE v2/pages/{}", ""),
    (204, "DELETE v2/pages/{}?purge=true", ""),
    (404, "DELETE v2/pages/{}", ""),
    (200, "GET v2/pages/{runbooks}/direct-children", ""),
    (200, "GET v2/pages/{runbooks}/descendants?depth=10&limit=250", ""),
    (200, "GET v2/pages/{page}/ancestors", ""),
    (200, "GET v2/pages/{page}/labels", ""),
    (200, "GET v2/pages/{page}/versions?body-format=storage", ""),
    (200, "GET v2/pages/{page}/versions/1", ""),
    (200, "GET v2/pages/{page}/attachments", ""),
    (200, "GET v2/attachments/{attachment}", ""),
    (200, "GET v2/attachments", ""),
    (404, "GET v2/attachments/att1", ""),
    (200, "GET v2/pages/{page}/footer-comments?body-format=storage", ""),
    (200, "GET v2/inline-comments?body-format=storage", ""),
    (201, "POST v2/footer-comments", r#"{"pageId":"{page}","body":{"representation":"storage","value":"<p>Yes</p>"}}"#),
    (200, "GET v2/footer-comments/{}?body-format=storage", ""),
    (
        200,
        "PUT v2/footer-comments/{}",
        r#"{"version":{"number":2},"body":{"representation":"storage","value":"<p>No</p>"}}"#,
    ),
    (200, "GET v2/footer-comments/{}/children", ""),
    (204, "DELETE v2/footer-comments/{}", ""),
    (200, "GET v2/spaces?description-format=plain", ""),
    (200, "GET v2/spaces/{space}", ""),
    (404, "GET v2/spaces/1", ""),
    (200, "GET v2/spaces/{space}/pages?limit=50", ""),
    (200, "GET v2/spaces/{space}/permissions?limit=100", ""),
    (200, "GET v2/spaces/{space}/labels", ""),
    (200, "GET v2/blogposts?body-format=storage", ""),
    (200, "POST v2/users-bulk", r#"{"accountIds":["{me}"]}"#),
    (200, "POST v2/content/convert-ids-to-types", r#"{"contentIds":["{page}"]}"#),
    (200, "GET api/user?accountId={me}", ""),
    (404, "GET api/user?accountId=nobody", ""),
    (200, "GET api/user/memberof?accountId={me}", ""),
    (200, "GET api/group/{group}/membersByGroupId", ""),
    (200, "GET api/template/page", ""),
    (
        200,
        "POST api/template",
        r#"{"name":"Paper","templateType":"page","body":{"storage":{"value":"<p/>","representation":"storage"}}}"#,
    ),
    (
        200,
        "POST api/content/{page}/version",
        r#"{"operationKey":"restore","params":{"versionNumber":1,"message":"again"}}"#,
    ),
    (200, "GET api/content/{page}/restriction", ""),
    (204, "POST api/user/watch/content/{page}", ""),
    (200, "PUT api/content/{page}/move/append/{runbooks}", ""),
    (200, "GET api/content/{runbooks}/descendant/page", ""),
    (200, "POST api/content/{page}/copy", r#"{"destination":{"type":"space","value":"WEB"},"copyLabels":true}"#),
    (
        200,
        "POST api/space/OPS/permission",
        r#"{"subject":{"type":"group","identifier":"{group}"},"operation":{"key":"create","target":"page"}}"#,
    ),
    (204, "DELETE api/space/OPS/permission/{}", ""),
];

/// Rows for Data Center.
const SERVER: &[Row] = &[
    (200, "GET api/content?spaceKey=OPS&limit=100&expand=space,version,body.storage,ancestors,history", ""),
    (200, "GET api/content/{page}?expand=body.storage,body.view,version,space,ancestors,history,metadata.labels", ""),
    (200, "GET api/content/{page}?version=1&status=any&expand=version", ""),
    (404, "GET api/content/1", ""),
    (
        200,
        "POST api/content",
        r#"{"type":"page","title":"Paper","space":{"key":"OPS"},"body":{"storage":{"value":"<p>A4</p>","representation":"storage"}}}"#,
    ),
    (
        200,
        "PUT api/content/{}",
        r#"{"type":"page","title":"Papers","version":{"number":2},"body":{"storage":{"value":"<p>A5</p>","representation":"storage"}}}"#,
    ),
    (409, "PUT api/content/{}", r#"{"type":"page","title":"Papers","version":{"number":2}}"#),
    (204, "DELETE api/content/{}", ""),
    (204, "DELETE api/content/{}?status=trashed", ""),
    (200, "GET api/content/{runbooks}/child?expand=page", ""),
    (200, "GET api/content/{runbooks}/child/page?expand=version", ""),
    (200, "GET api/content/{page}/child/attachment?expand=version", ""),
    (200, "GET api/content/{page}/child/comment?expand=body.storage,version&depth=all", ""),
    (200, "GET api/content/{page}/history", ""),
    (200, "GET api/content/{page}/label", ""),
    (200, "GET api/content/{page}/property", ""),
    (200, "POST api/content/{page}/property", r#"{"key":"paper","value":{"size":4}}"#),
    (200, "GET api/content/{page}/property/paper", ""),
    (204, "DELETE api/content/{page}/property/paper", ""),
    (200, "GET api/space?expand=description.plain,homepage", ""),
    (200, "GET api/space/OPS?expand=description.plain,homepage", ""),
    (404, "GET api/space/NONE", ""),
    (200, "GET api/space/OPS/content/page?limit=5", ""),
    (200, "GET api/space/WEB/trash", ""),
    (200, "GET api/space/OPS/permissions", ""),
    (204, "PUT api/space/OPS/permissions/group/web-team/grant", r#"[{"operationKey":"create","targetType":"page"}]"#),
    (204, "PUT api/space/OPS/permissions/group/web-team/revoke", r#"[{"operationKey":"create","targetType":"page"}]"#),
    (204, "PUT api/space/WEB/archive", ""),
    (204, "PUT api/space/WEB/restore", ""),
    (200, "GET api/user?username=mira", ""),
    (200, "POST api/user/watch/content/{page}", ""),
    (404, "GET api/user?username=nobody", ""),
    (200, "GET api/user/memberof?username=mira", ""),
    (200, "GET api/group/ops-team", ""),
    (200, "GET api/group/ops-team/member", ""),
    (200, "POST api/contentbody/convert/view", r#"{"value":"<p>A4</p>","representation":"storage"}"#),
    (200, "POST api/backup-restore/backup/space", r#"{"spaceKeys":["OPS"]}"#),
    (200, "GET api/backup-restore/jobs/{}", ""),
];
