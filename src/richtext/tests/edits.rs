//! Pages changed in place: what is changed, and that all else stays to the byte.

use crate::richtext::{
    Grid, Replacement, fill_storage, replace_in_storage, same_storage, set_storage_table, storage_table, storage_tables,
};
use regex::Regex;

fn replaced(storage: &str, find: &str, with: &str, code: bool) -> (String, usize) {
    let find = Regex::new(find).expect("a pattern");
    replace_in_storage(storage, &Replacement { find: &find, with, literal: false, code }).expect("well-formed")
}

#[test]
fn what_readers_see_is_replaced_and_nothing_else() {
    let page = r#"<p class="old">The old&nbsp;host, <a href="https://old.example/old">old</a></p>
<ac:structured-macro ac:name="old"><ac:parameter ac:name="title">old</ac:parameter><ac:rich-text-body><p>old</p></ac:rich-text-body></ac:structured-macro>
<ac:link><ri:page ri:content-title="old" /><ac:plain-text-link-body><![CDATA[old]]></ac:plain-text-link-body></ac:link>
<ac:task><ac:task-id>old</ac:task-id><ac:task-body>old</ac:task-body></ac:task><!-- old --><br>"#;
    let want = r#"<p class="old">The new&nbsp;host, <a href="https://old.example/old">new</a></p>
<ac:structured-macro ac:name="old"><ac:parameter ac:name="title">old</ac:parameter><ac:rich-text-body><p>new</p></ac:rich-text-body></ac:structured-macro>
<ac:link><ri:page ri:content-title="old" /><ac:plain-text-link-body><![CDATA[new]]></ac:plain-text-link-body></ac:link>
<ac:task><ac:task-id>old</ac:task-id><ac:task-body>new</ac:task-body></ac:task><!-- old --><br>"#;
    assert_eq!(replaced(page, "old", "new", false), (want.to_owned(), 5));
    assert_eq!(replaced(page, "nowhere", "new", true), (page.to_owned(), 0));
}

#[test]
fn code_is_replaced_where_that_is_wanted() {
    let page = "<ac:plain-text-body><![CDATA[ping old <&>]]></ac:plain-text-body>";
    assert_eq!(replaced(page, "old", "new", false), (page.to_owned(), 0));
    let want = "<ac:plain-text-body><![CDATA[ping new <&>]]></ac:plain-text-body>";
    assert_eq!(replaced(page, "old", "new", true), (want.to_owned(), 1));
    let want = "<ac:plain-text-body><![CDATA[ping ]]]]><![CDATA[> <&>]]></ac:plain-text-body>";
    assert_eq!(replaced(page, "old", "]]>", true), (want.to_owned(), 1));
}

#[test]
fn references_are_read_as_what_they_stand_for() {
    for (page, find, with, want) in [
        ("<p>Tom&aacute;s &amp; Co</p>", "Tomás & Co", "A & <B>", "<p>A &amp; &lt;B&gt;</p>"),
        ("<p>&lt;b&gt;&nbsp;x</p>", "b", "c", "<p>&lt;c&gt;&nbsp;x</p>"),
        ("<p>a&amp;b</p>", "&", "+", "<p>a+b</p>"),
        ("<p>v1.2 v1.3</p>", r"v(\d)\.(\d)", "v$2.$1", "<p>v2.1 v3.1</p>"),
        ("<p>ab</p>", "x*", "-", "<p>ab</p>"),
        ("<p>&hellip;ab&hellip;</p>", "^.a", "A", "<p>Ab&hellip;</p>"),
    ] {
        assert_eq!(replaced(page, find, with, false).0, want, "{page}");
    }
    let dollar = Regex::new("x").expect("a pattern");
    let literal = Replacement { find: &dollar, with: "$1", literal: true, code: false };
    assert_eq!(replace_in_storage("<p>x</p>", &literal).expect("well-formed").0, "<p>$1</p>");
}

#[test]
fn what_servers_add_makes_no_difference() {
    for (one, other, same) in [
        ("<p>a</p>", "<p local-id=\"1\">a</p>", true),
        ("<p>a</p><p>b</p>", "<p>a</p>\n  <p>b</p>\n", true),
        ("<p>ä &amp; b</p>", "<p>&auml; &#38; b</p>", true),
        ("<br/>", "<br />", true),
        ("<p b=\"1\" a=\"2\"/>", "<p a=\"2\" b=\"1\"></p>", true),
        (
            "<ac:structured-macro ac:name=\"toc\"/>",
            "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" ac:macro-id=\"x\" />",
            true,
        ),
        ("<p>a</p>", "<p>b</p>", false),
        ("<p>a</p>", "<h1>a</h1>", false),
        ("<p><b>a</b> <i>b</i></p>", "<p><b>a</b><i>b</i></p>", false),
        ("<p>a</p>", "<p class=\"x\">a</p>", false),
        ("<pre>a  b</pre>", "<pre>a b</pre>", false),
        ("<p>&lt;b&gt;</p>", "<p><b></b></p>", false),
    ] {
        assert_eq!(same_storage(one, other), same, "{one} {other}");
    }
}

#[test]
fn variables_get_values() {
    let template = "<at:declarations><at:string at:name=\"who\" /></at:declarations><p>Ask <at:var at:name=\"who\" />, <at:var at:name=\"when\"></at:var>.</p>";
    let value = |name: &str| Some(format!("<{name}>\n&"));
    assert_eq!(
        fill_storage(template, value).expect("values"),
        "<p>Ask &lt;who&gt;<br />&amp;, &lt;when&gt;<br />&amp;.</p>"
    );
    let error = fill_storage(template, |name| (name == "who").then(String::new)).expect_err("one is missing");
    assert_eq!(error.message, "Client error: the template needs a value for `when`");
}

const TABLES: &str = r#"<p>x</p><table class="a"><colgroup><col /></colgroup><tbody><tr><th>Host</th><th>Host</th><th></th></tr>
<tr id="1"><td><p>srv-01</p></td><td>a<br/>b</td><td><table><tr><td>in</td></tr></table></td></tr>
<tr id="2"><td><p>srv&nbsp;02 &amp; 3</p></td><td><ac:link><ri:user ri:username="ada" /></ac:link></td><td /></tr></tbody></table><p>y</p>
<table><tr><td rowspan="2">1</td><td colspan="2">2</td></tr><tr><td>3</td><td>4</td></tr></table>"#;

fn texts(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

#[test]
fn tables_become_rows() {
    let tables = storage_tables(TABLES).expect("well-formed");
    assert_eq!(tables.len(), 2);
    assert_eq!(tables[0].columns, ["Host", "Host 2", "3"]);
    assert_eq!(tables[0].rows, texts(&[&["srv-01", "a\nb", "in"], &["srv 02 & 3", "@ada", ""]]));
    assert_eq!(tables[1].columns, ["1", "2", "3"]);
    assert_eq!(tables[1].rows, texts(&[&["1", "2", "2"], &["1", "3", "4"]]));
}

#[test]
fn rows_become_tables_and_the_rest_stays() {
    let rows = texts(&[&["new", "<n>", ""], &["srv 02 & 3", "@ada", "three"], &["srv-01", "a\nb", "in"]]);
    let want = r#"<p>x</p><table class="a"><colgroup><col /></colgroup><tbody><tr><th>Host</th><th>Host</th><th></th></tr>
<tr><td><p>new</p></td><td>&lt;n&gt;</td><td></td></tr>
<tr id="2"><td><p>srv&nbsp;02 &amp; 3</p></td><td><ac:link><ri:user ri:username="ada" /></ac:link></td><td>three</td></tr>
<tr id="1"><td><p>srv-01</p></td><td>a<br/>b</td><td><table><tr><td>in</td></tr></table></td></tr></tbody></table><p>y</p>"#;
    let made = set_storage_table(TABLES, 0, &rows).expect("a table");
    assert_eq!(made.split("\n<table><tr><td rowspan").next(), Some(want));
    let same = storage_tables(TABLES).expect("well-formed")[0].rows.clone();
    assert_eq!(set_storage_table(TABLES, 0, &same).expect("a table"), TABLES);
    for (number, says) in [(1, "cells that span several"), (2, "there is no table 2")] {
        let error = set_storage_table(TABLES, number, &same).expect_err("refused");
        assert!(error.message.contains(says), "{error:?}");
    }
}

#[test]
fn a_table_without_rows_gets_some_and_loses_all() {
    let empty = "<table><thead><tr><th>A</th></tr></thead><tbody></tbody></table>";
    let full = set_storage_table(empty, 0, &texts(&[&["1"]])).expect("a table");
    assert_eq!(full, "<table><thead><tr><th>A</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>");
    assert_eq!(set_storage_table(&full, 0, &[]).expect("a table"), empty);
    let grid = Grid { columns: vec!["A".into()], rows: texts(&[&["<1>"]]) };
    assert_eq!(storage_table(&grid), "<table><tbody><tr><th>A</th></tr><tr><td>&lt;1&gt;</td></tr></tbody></table>");
    assert_eq!(storage_tables(&storage_table(&grid)).expect("well-formed"), [grid]);
}
