//! Bodies of pages in the storage format: macros, tables, layouts, links, mentions of issues.

use crate::sandbox::people;

/// The template of a runbook.
pub(crate) const RUNBOOK: &str = "<h2>When</h2><p><at:var at:name=\"when\" /></p><h2>Steps</h2>\
    <ol><li>First</li></ol><ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>Ask <at:var at:name=\"owner\" />.</p>\
    </ac:rich-text-body></ac:structured-macro>";
/// The template of a project's first page.
pub(crate) const PROJECT: &str = "<h1><at:var at:name=\"project\" /></h1><p>Goal: <at:var at:name=\"goal\" /></p>\
    <ac:structured-macro ac:name=\"children\" />";
/// The template of notes.
pub(crate) const MEETING: &str = "<h2>People</h2><ul><li></li></ul><h2>Decisions</h2>\
    <ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body></ac:task-body></ac:task></ac:task-list>";

/// The homepage of a space.
pub(crate) fn home(name: &str) -> String {
    format!(
        "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><h1>{name}</h1>\
         <p>Welcome to <em>{name}</em>.</p></ac:layout-cell><ac:layout-cell>\
         <ac:structured-macro ac:name=\"children\" ac:schema-version=\"2\"><ac:parameter ac:name=\"depth\">2</ac:parameter>\
         </ac:structured-macro></ac:layout-cell></ac:layout-section></ac:layout>"
    )
}

/// A page about `title`, the `at`th of its space, that mentions an issue.
pub(crate) fn page(title: &str, issue: &str, at: usize, cloud: bool) -> String {
    let title = title.replace('&', "&amp;");
    let lead = format!("<p>About <strong>{title}</strong>. See {issue} for the work that is left.</p>");
    match at % 6 {
        0 => format!(
            "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" /><h2>Purpose</h2>{lead}{}",
            jira(issue)
        ),
        1 => format!("{lead}{}", code("systemctl restart relay\nif [ $? -ne 0 ]; then echo \"<failed> & gone\"; fi")),
        2 => format!("{lead}{}", table(issue)),
        3 => format!("{lead}{}", panel(&title, cloud)),
        4 => format!("{lead}{}", tasks()),
        _ => format!("{lead}<p>Old host: old.sandbox.example, old.sandbox.example:8080.</p>{}", image()),
    }
}

/// What an edit adds.
pub(crate) fn edited(edit: i64) -> String {
    format!("<p>Revised for the {}. time.</p>", edit + 1)
}

fn jira(issue: &str) -> String {
    format!(
        "<p><ac:structured-macro ac:name=\"jira\" ac:schema-version=\"1\"><ac:parameter ac:name=\"key\">{issue}</ac:parameter>\
         </ac:structured-macro></p>"
    )
}

fn code(text: &str) -> String {
    format!(
        "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:parameter ac:name=\"language\">bash</ac:parameter>\
         <ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"
    )
}

fn table(issue: &str) -> String {
    format!(
        "<table class=\"wrapped\"><colgroup><col /><col /><col /></colgroup><tbody>\
         <tr><th>Host</th><th>Owner</th><th>Issue</th></tr>\
         <tr><td>srv-01</td><td>Jonas Beck</td><td>{issue}</td></tr>\
         <tr><td>srv-02</td><td><p>Mira&nbsp;Holm</p></td><td>OPS-2</td></tr>\
         <tr><td>srv-03 &amp; srv-04</td><td>Tom&aacute;s Vidal</td><td></td></tr></tbody></table>"
    )
}

fn panel(title: &str, cloud: bool) -> String {
    let mira = &people::everybody()[0];
    let mira = match cloud {
        true => format!("ri:account-id=\"{}\"", mira.account_id),
        false => format!("ri:userkey=\"{}\"", mira.key),
    };
    format!(
        "<ac:structured-macro ac:name=\"warning\"><ac:parameter ac:name=\"title\">Careful</ac:parameter><ac:rich-text-body>\
         <p>Ask <ac:link><ri:user {mira} /></ac:link> before you change {title}.</p></ac:rich-text-body>\
         </ac:structured-macro><p><ac:link><ri:page ri:content-title=\"Install\" ri:space-key=\"DOC\" /></ac:link></p>"
    )
}

fn tasks() -> String {
    "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
     <ac:task-body>Write it down</ac:task-body></ac:task><ac:task><ac:task-id>2</ac:task-id>\
     <ac:task-status>incomplete</ac:task-status><ac:task-body>Try it <time datetime=\"2026-12-01\" /></ac:task-body></ac:task>\
     </ac:task-list>"
        .into()
}

fn image() -> String {
    "<p><ac:image ac:height=\"250\"><ri:attachment ri:filename=\"palette.bin\" /></ac:image> \
     <ac:emoticon ac:name=\"tick\" /></p>"
        .into()
}
