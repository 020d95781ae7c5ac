//! What becomes of documents, and what documents are made.

use super::expect;
use crate::{
    json::{Json, parse},
    richtext::{adf::valid::valid, adf_to_markdown, markdown_to_adf, text_to_adf},
};

fn document(content: &str) -> Json {
    parse(format!(r#"{{"version":1,"type":"doc","content":[{content}]}}"#).as_bytes()).unwrap()
}

fn line(content: &str) -> Json {
    document(&format!(r#"{{"type":"paragraph","content":[{content}]}}"#))
}

#[test]
fn parts_of_a_line_become_text_and_that_is_told() {
    for (content, text, lost) in [
        (
            r#"{"type":"mention","attrs":{"id":"5b1","text":"@Ada"}},{"type":"text","text":" hi"}"#,
            "@Ada hi",
            "a mention (written as plain @name)",
        ),
        (r#"{"type":"mention","attrs":{"id":"5b1"}}"#, "@5b1", "a mention (written as plain @name)"),
        (r#"{"type":"status","attrs":{"text":"DONE","color":"green"}}"#, "**DONE**", "a status (written as bold text)"),
        (r#"{"type":"date","attrs":{"timestamp":"1704067200000"}}"#, "2024-01-01", "a date (written as text)"),
        (
            r#"{"type":"emoji","attrs":{"shortName":":party_parrot:"}}"#,
            ":party_parrot:",
            "an emoji that is no character (written as its name)",
        ),
        (
            r#"{"type":"inlineCard","attrs":{"url":"https://a.b/c"}}"#,
            "<https://a.b/c>",
            "a smart link (written as a plain link)",
        ),
        (
            r##"{"type":"text","text":"red","marks":[{"type":"textColor","attrs":{"color":"#f00"}}]}"##,
            "red",
            "the colour of a text",
        ),
        (r#"{"type":"inlineExtension","attrs":{"extensionKey":"toc"}}"#, "", "macro `toc`"),
    ] {
        expect(adf_to_markdown(&line(content)).unwrap(), text.to_owned(), &[lost]);
    }
    let emoji = r#"{"type":"emoji","attrs":{"shortName":":smile:","text":"😄"}}"#;
    expect(adf_to_markdown(&line(emoji)).unwrap(), "😄".to_owned(), &[]);
}

#[test]
fn blocks_that_markdown_lacks_are_told() {
    for (content, text, lost) in [
        (
            r#"{"type":"mediaSingle","content":[{"type":"media","attrs":{"type":"file","id":"1","alt":"plan.png"}}]}"#,
            "plan.png",
            "an image or file that is not at an address",
        ),
        (
            r#"{"type":"layoutSection","content":[{"type":"layoutColumn","content":[{"type":"paragraph","content":[{"type":"text","text":"left"}]}]}]}"#,
            "left",
            "columns",
        ),
        (
            r#"{"type":"decisionList","content":[{"type":"decisionItem","content":[{"type":"text","text":"yes"}]}]}"#,
            "- yes",
            "decisions (written as a list)",
        ),
        (
            r#"{"type":"panel","attrs":{"panelType":"custom"},"content":[{"type":"paragraph","content":[{"type":"text","text":"p"}]}]}"#,
            "> [!NOTE]\n> p",
            "a panel of kind `custom` (written as `info`)",
        ),
    ] {
        expect(adf_to_markdown(&document(content)).unwrap(), text.to_owned(), &[lost]);
    }
}

#[test]
fn what_does_not_fit_is_said_plainer_and_told() {
    for (markdown, lost) in [
        ("- # heading", "a heading inside a list item"),
        ("- > quote", "a quote inside a list item"),
        ("> # heading", "a heading inside a quote"),
        ("> > inner", "a quote inside a quote"),
        ("> | a | b |\n> | --- | --- |\n> | c | d |", "a table inside a quote"),
        ("> - [ ] task", "a task list inside a quote"),
        ("> [!NOTE]\n> > quote", "a quote inside a panel"),
        ("- - a", ""),
        ("-", ""),
        ("- [ ] a\n- b", "a task in a list that has other items or blocks too (written as text)"),
        ("# ![a](https://x.y/i.png)", "an image inside a heading (written as a link)"),
        ("![a](i.png)", "an image that is not at an address"),
        ("**`code`**", "a style of text that is code too"),
        ("[x](javascript:alert(1))", "a link to a `javascript:` address"),
        ("<!-- note -->", "an HTML comment"),
        ("<div>text</div>", "HTML (kept as text)"),
    ] {
        let made = markdown_to_adf(markdown);
        assert_eq!(valid(&made.value), Ok(()), "{markdown}: {}", made.value);
        assert!(lost.is_empty() || made.lost.iter().any(|l| l == lost), "{markdown}: {:?}", made.lost);
    }
}

#[test]
fn a_task_list_has_states_and_names() {
    let want = document(
        r#"{"type":"taskList","attrs":{"localId":"1"},"content":[
            {"type":"taskItem","attrs":{"localId":"2","state":"DONE"},"content":[{"type":"text","text":"a"}]},
            {"type":"taskItem","attrs":{"localId":"3","state":"TODO"},"content":[{"type":"text","text":"b"}]}]}"#,
    );
    expect(markdown_to_adf("- [x] a\n- [ ] b"), want, &[]);
}

#[test]
fn an_image_parts_a_paragraph() {
    let want = document(
        r#"{"type":"paragraph","content":[{"type":"text","text":"a "}]},
           {"type":"mediaSingle","attrs":{"layout":"center"},"content":[
               {"type":"media","attrs":{"type":"external","url":"https://x.y/i.png","alt":"I"}}]},
           {"type":"paragraph","content":[{"type":"text","text":" b"}]}"#,
    );
    expect(markdown_to_adf("a ![I](https://x.y/i.png) b"), want, &[]);
}

#[test]
fn plain_text_keeps_its_lines() {
    let want = document(
        r#"{"type":"paragraph","content":[{"type":"text","text":"*a*"},{"type":"hardBreak"},{"type":"text","text":"b"}]},
           {"type":"paragraph","content":[{"type":"text","text":"c"}]}"#,
    );
    assert_eq!(text_to_adf("*a*\r\nb\n\n\nc\n"), want);
    assert_eq!(text_to_adf(" \n"), document(""));
}

#[test]
fn what_is_no_document_is_refused() {
    assert_eq!(adf_to_markdown(&Json::Null).unwrap().value, "");
    for (json, want) in [
        (Json::from("text"), "Client error: a Jira Cloud document is needed, not a text"),
        (line("").get("content").unwrap().clone(), "Client error: a Jira Cloud document is needed: a map whose type"),
        (Json::object([("type", "paragraph".into())]), "Client error: a Jira Cloud document is needed, not its part"),
    ] {
        let error = adf_to_markdown(&json).unwrap_err();
        assert!(error.message.starts_with(want), "{error}");
    }
}
