//! What is asked.

use crate::common::practice::Practice;
use serde_json::{Value, json};

/// The status that must come; method and path, where `api` and `agile` stand for the resources of the deployment;
/// the body. `{}` is the id of what was last seen or made, the other names in braces are those of [`Names`].
pub(super) type Row = (u16, &'static str, &'static str);

/// What has another name at each start or in each deployment.
pub(super) struct Names(pub(super) Vec<(&'static str, String)>);

impl Names {
    /// Asks the server for them.
    pub(super) fn of(practice: &Practice, api: &str, cloud: bool) -> Names {
        let ask = |path: &str| practice.ask(&format!("{api}/{path}"));
        let me = &ask("myself")[if cloud { "accountId" } else { "name" }];
        let attachment = &ask("issue/OPS-5?fields=attachment")["fields"]["attachment"][0]["id"];
        let link = &ask("issue/OPS-11?fields=issuelinks")["fields"]["issuelinks"][0]["id"];
        Names(vec![
            ("{me}", bare(me)),
            ("{attachment}", bare(attachment)),
            ("{link}", bare(link)),
            ("{user}", if cloud { "accountId" } else { "name" }.to_owned()),
            ("{text}", rich(cloud).to_string()),
            ("{lead}", if cloud { "leadAccountId" } else { "lead" }.to_owned()),
        ])
    }

    /// Puts them into a text.
    pub(super) fn put_into(&self, text: &str, last: &str) -> String {
        let start = text.replace("{}", last);
        self.0.iter().fold(start, |text, (name, value)| text.replace(name, value))
    }
}

/// Returns an id as it stands in a path.
pub(super) fn bare(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn rich(cloud: bool) -> Value {
    let paragraph = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "As agreed." }] });
    if cloud { json!({ "type": "doc", "version": 1, "content": [paragraph] }) } else { json!("As *agreed*.") }
}

/// Rows for both deployments.
pub(super) const BOTH: &[Row] = &[
    (200, "GET api/serverInfo", ""),
    (200, "GET api/myself", ""),
    (200, "GET api/mypermissions?permissions=BROWSE_PROJECTS", ""),
    (200, "GET api/permissions", ""),
    (200, "GET api/configuration", ""),
    (200, "GET api/field", ""),
    (200, "GET api/priority", ""),
    (200, "GET api/priority/3", ""),
    (404, "GET api/priority/99", ""),
    (200, "GET api/resolution", ""),
    (200, "GET api/resolution/10000", ""),
    (200, "GET api/status", ""),
    (200, "GET api/status/3", ""),
    (404, "GET api/status/99", ""),
    (200, "GET api/statuscategory", ""),
    (200, "GET api/issuetype", ""),
    (200, "GET api/issuetype/10001", ""),
    (404, "GET api/issuetype/99", ""),
    (200, "GET api/issueLinkType", ""),
    (200, "GET api/issueLinkType/10000", ""),
    (200, "GET api/issueLink/{link}", ""),
    (404, "GET api/issueLink/1", ""),
    (200, "GET api/attachment/meta", ""),
    (200, "GET api/attachment/{attachment}", ""),
    (404, "GET api/attachment/1", ""),
    // Issues.
    (200, "GET api/issue/OPS-5?expand=names,schema,changelog,renderedFields,transitions,operations,editmeta", ""),
    (200, "GET api/issue/WEB-12?fields=*all", ""),
    (404, "GET api/issue/OPS-9999", ""),
    (
        201,
        "POST api/issue",
        r#"{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"},"summary":"Buy paper","description":{text}}}"#,
    ),
    (200, "GET api/issue/{}", ""),
    (204, "PUT api/issue/{}", r#"{"fields":{"summary":"Buy more paper","labels":["paper"]}}"#),
    (204, "PUT api/issue/{}/assignee", r#"{"{user}":"{me}"}"#),
    (200, "GET api/issue/{}/editmeta", ""),
    (204, "DELETE api/issue/{}", ""),
    (400, "POST api/issue", r#"{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"}}}"#),
    (400, "PUT api/issue/OPS-7", r#"{"fields":{"priority":{"name":"Unheard of"}}}"#),
    (
        201,
        "POST api/issue/bulk",
        r#"{"issueUpdates":[{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"},"summary":"One"}},{"fields":{"project":{"key":"OPS"},"issuetype":{"name":"Task"}}}]}"#,
    ),
    (200, "GET api/issue/createmeta/OPS/issuetypes", ""),
    (200, "GET api/issue/createmeta/OPS/issuetypes/10001", ""),
    (200, "GET api/issue/picker?query=OPS", ""),
    (200, "GET api/issue/OPS-7/transitions?expand=transitions.fields", ""),
    (204, "POST api/issue/OPS-10/transitions", r#"{"transition":{"id":"11"}}"#),
    (400, "POST api/issue/OPS-10/transitions", r#"{"transition":{"id":"999"}}"#),
    (200, "GET api/issue/OPS-7/watchers", ""),
    (204, "POST api/issue/OPS-7/watchers", r#""{me}""#),
    (200, "GET api/issue/OPS-8/votes", ""),
    // What hangs on an issue.
    (200, "GET api/issue/OPS-7/comment", ""),
    (201, "POST api/issue/OPS-7/comment", r#"{"body":{text}}"#),
    (200, "GET api/issue/OPS-7/comment/{}", ""),
    (200, "PUT api/issue/OPS-7/comment/{}", r#"{"body":{text}}"#),
    (204, "DELETE api/issue/OPS-7/comment/{}", ""),
    (404, "GET api/issue/OPS-7/comment/1", ""),
    (400, "POST api/issue/OPS-7/comment", "{ }"),
    (200, "GET api/issue/OPS-5/worklog", ""),
    (201, "POST api/issue/OPS-5/worklog", r#"{"timeSpent":"1h 30m","comment":{text}}"#),
    (200, "GET api/issue/OPS-5/worklog/{}", ""),
    (200, "PUT api/issue/OPS-5/worklog/{}", r#"{"timeSpentSeconds":600}"#),
    (204, "DELETE api/issue/OPS-5/worklog/{}", ""),
    (201, "POST api/issue/OPS-7/remotelink", r#"{"object":{"url":"https://example.com","title":"Example"}}"#),
    (200, "GET api/issue/OPS-7/remotelink/{}", ""),
    (200, "GET api/issue/OPS-7/remotelink", ""),
    (201, "PUT api/issue/OPS-7/properties/paper", r#"{"size":4}"#),
    (200, "GET api/issue/OPS-7/properties", ""),
    (200, "GET api/issue/OPS-7/properties/paper", ""),
    (
        201,
        "POST api/issueLink",
        r#"{"type":{"name":"Blocks"},"inwardIssue":{"key":"OPS-7"},"outwardIssue":{"key":"OPS-8"}}"#,
    ),
    // Projects.
    (200, "GET api/project", ""),
    (200, "GET api/project/OPS", ""),
    (404, "GET api/project/NONE", ""),
    (200, "GET api/project/OPS/statuses", ""),
    (200, "GET api/project/OPS/role", ""),
    (200, "GET api/project/OPS/role/10001", ""),
    (200, "GET api/role", ""),
    (201, "POST api/project", r#"{"key":"NEW","name":"New","projectTypeKey":"software","{lead}":"{me}"}"#),
    (200, "PUT api/project/NEW", r#"{"description":"Newer"}"#),
    (204, "DELETE api/project/NEW", ""),
    (400, "POST api/project", r#"{"key":"OPS","name":"Again","projectTypeKey":"software"}"#),
    (200, "GET api/project/OPS/versions", ""),
    (200, "GET api/project/OPS/version", ""),
    (201, "POST api/version", r#"{"name":"9.0","project":"OPS","releaseDate":"2030-01-31"}"#),
    (200, "PUT api/version/{}", r#"{"released":true}"#),
    (200, "GET api/version/{}", ""),
    (200, "GET api/version/{}/relatedIssueCounts", ""),
    (200, "GET api/version/{}/unresolvedIssueCount", ""),
    (200, "POST api/version/{}/move", r#"{"position":"First"}"#),
    (204, "POST api/version/{}/removeAndSwap", "{ }"),
    (404, "GET api/version/{}", ""),
    (200, "GET api/project/OPS/components", ""),
    (201, "POST api/component", r#"{"name":"Paper","project":"OPS"}"#),
    (200, "GET api/component/{}", ""),
    (200, "PUT api/component/{}", r#"{"description":"White"}"#),
    (200, "GET api/component/{}/relatedIssueCounts", ""),
    (204, "DELETE api/component/{}", ""),
    (404, "GET api/component/{}", ""),
    // People.
    (200, "GET api/user/assignable/search?project=OPS", ""),
    (200, "GET api/user/picker?query=mira", ""),
    (200, "GET api/group/member?groupname=ops-team", ""),
    (200, "GET api/groups/picker?query=team", ""),
    (201, "POST api/group", r#"{"name":"paper-team"}"#),
    (201, "POST api/group/user?groupname=paper-team", r#"{"{user}":"{me}"}"#),
    (200, "DELETE api/group?groupname=paper-team", ""),
    // Schemes.
    (200, "GET api/permissionscheme", ""),
    (200, "GET api/permissionscheme/10101?expand=permissions", ""),
    (404, "GET api/permissionscheme/1", ""),
    (200, "GET api/project/OPS/permissionscheme?expand=permissions", ""),
    (204, "DELETE api/permissionscheme/10103", ""),
    (200, "GET api/notificationscheme", ""),
    (200, "GET api/project/OPS/notificationscheme", ""),
    (200, "GET api/issuetypescheme", ""),
    (204, "DELETE api/issuetypescheme/10122", ""),
    // Filters.
    (200, "POST api/filter", r#"{"name":"Paper","jql":"labels = paper"}"#),
    (200, "GET api/filter/{}", ""),
    (200, "PUT api/filter/{}", r#"{"name":"Papers","jql":"labels = paper"}"#),
    (204, "DELETE api/filter/{}", ""),
    (200, "GET api/filter/favourite", ""),
    // Boards.
    (200, "GET agile/board", ""),
    (200, "GET agile/board/1", ""),
    (404, "GET agile/board/99", ""),
    (200, "GET agile/board/1/configuration", ""),
    (200, "GET agile/board/1/project", ""),
    (200, "GET agile/board/1/issue?maxResults=3", ""),
    (200, "GET agile/board/1/backlog?maxResults=3", ""),
    (200, "GET agile/board/1/epic", ""),
    (201, "POST agile/board", r#"{"name":"Bugs","type":"scrum","filterId":10400}"#),
    (200, "GET agile/board/1/sprint", ""),
    (201, "POST agile/sprint", r#"{"name":"Paper","originBoardId":1,"goal":"Paper for all"}"#),
    (200, "GET agile/sprint/{}", ""),
    (200, "POST agile/sprint/{}", r#"{"name":"Papers"}"#),
    (204, "POST agile/sprint/{}/issue", r#"{"issues":["OPS-7"]}"#),
    (200, "GET agile/sprint/{}/issue", ""),
    (204, "DELETE agile/sprint/{}", ""),
    (404, "GET agile/sprint/{}", ""),
    (204, "POST agile/backlog/issue", r#"{"issues":["OPS-7"]}"#),
    (200, "GET agile/epic/OPS-1", ""),
    (200, "GET agile/epic/OPS-1/issue?maxResults=3", ""),
    (200, "GET agile/issue/OPS-7", ""),
];

/// Rows for Cloud.
pub(super) const CLOUD: &[Row] = &[
    (200, "GET api/search/jql?jql=project=OPS&fields=*all&maxResults=50", ""),
    (200, "GET api/search/jql?jql=project=WEB&fields=*all&maxResults=50&expand=changelog,names", ""),
    (400, "GET api/search/jql?jql=nothing", ""),
    (200, "POST api/search/jql", r#"{"jql":"project = DOC","fields":["summary"]}"#),
    (200, "POST api/search/approximate-count", r#"{"jql":"project = OPS"}"#),
    (200, "POST api/issue/bulkfetch", r#"{"issueIdsOrKeys":["OPS-1","OPS-9999"],"fields":["summary"]}"#),
    (200, "POST api/jql/parse", r#"{"queries":["project = OPS","what"]}"#),
    (200, "GET api/issue/createmeta?projectKeys=OPS&expand=projects.issuetypes.fields", ""),
    (200, "GET api/issue/OPS-7/changelog", ""),
    (200, "GET api/project/search", ""),
    (200, "GET api/project/OPS/component", ""),
    (200, "GET api/field/search", ""),
    (200, "GET api/priority/search", ""),
    (200, "GET api/label", ""),
    (200, "GET api/filter/my", ""),
    (200, "GET api/filter/search?expand=jql,owner", ""),
    (200, "GET api/group/bulk", ""),
    (200, "GET api/users/search", ""),
    (200, "GET api/user/search?query=sam", ""),
    (200, "GET api/user/bulk?accountId={me}", ""),
    (200, "GET api/user/groups?accountId={me}", ""),
    (200, "GET api/user?accountId={me}&expand=groups,applicationRoles", ""),
    (404, "GET api/user?accountId=nobody", ""),
    (204, "POST api/project/DOC/archive", ""),
    (200, "GET api/project/search?status=archived", ""),
    (200, "GET api/notificationscheme/project", ""),
    (200, "GET api/issuetypescheme/project?projectId=10000", ""),
    (200, "GET api/workflowscheme", ""),
    (200, "GET api/workflowscheme/project?projectId=10000", ""),
    (204, "DELETE api/workflowscheme/10132", ""),
    (204, "DELETE api/notificationscheme/10112", ""),
    (200, "POST api/project/DOC/restore", ""),
    (201, "POST api/user", r#"{"emailAddress":"new@sandbox.example","products":["jira-software"]}"#),
];

/// Rows for Data Center.
pub(super) const SERVER: &[Row] = &[
    (200, "GET api/search?jql=project=OPS&fields=*all&maxResults=50", ""),
    (200, "GET api/search?jql=project=WEB&fields=*all&maxResults=50&expand=changelog,names", ""),
    (400, "GET api/search?jql=nothing", ""),
    (200, "POST api/search", r#"{"jql":"project = DOC","fields":["summary"]}"#),
    (200, "GET api/user/search?username=sam", ""),
    (200, "GET api/user?username=mira&expand=groups,applicationRoles", ""),
    (404, "GET api/user?username=nobody", ""),
    (
        201,
        "POST api/user",
        r#"{"name":"new","emailAddress":"new@sandbox.example","displayName":"New","password":"long-enough"}"#,
    ),
    (200, "PUT api/user?username=new", r#"{"displayName":"Newer"}"#),
    (204, "DELETE api/user?username=new", ""),
    (204, "PUT api/project/DOC/archive", ""),
    (200, "GET api/project?includeArchived=true", ""),
    (200, "GET api/issuetypescheme/10121/associations", ""),
    (200, "POST api/issuetypescheme/10121/associations", r#"{"idsOrKeys":["DOC"]}"#),
    (200, "GET api/project/OPS/workflowscheme", ""),
    (202, "PUT api/project/DOC/restore", ""),
];
