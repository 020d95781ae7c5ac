//! What becomes of storage format, and what storage format is made.

use super::expect;
use crate::richtext::{markdown_to_storage, storage_to_markdown};

#[test]
fn elements_of_confluence_become_markdown() {
    const MENTION: &[&str] = &["a mention (written as plain @name)"];
    for (storage, markdown, lost) in [
        (r#"<p>Hi <ac:link><ri:user ri:account-id="5b1" /></ac:link>&nbsp;!</p>"#, "Hi @5b1\u{a0}!", MENTION),
        (r#"<ac:link><ri:user ri:username="ada" /></ac:link>"#, "@ada", MENTION),
        (
            r#"<p><ac:link><ri:page ri:content-title="Home" /><ac:plain-text-link-body><![CDATA[the page]]></ac:plain-text-link-body></ac:link></p>"#,
            "the page",
            &["a link to a page, space or file by its name (kept as text)"],
        ),
        (r#"<p><ac:emoticon ac:name="tick" /> <ac:emoticon ac:name="x" ac:emoji-fallback="🎉" /></p>"#, "✅ 🎉", &[]),
        (r#"<p><time datetime="2024-01-01" /></p>"#, "2024-01-01", &["a date (written as text)"]),
        (
            r#"<ac:image><ri:attachment ri:filename="a b.png" /></ac:image>"#,
            "![](<a b.png>)",
            &["an image that is not at an address (its file's name stands for it)"],
        ),
        (
            r#"<ac:image ac:alt="A"><ri:url ri:value="https://x.y/?a=1&amp;b=2" /></ac:image>"#,
            "![A](<https://x.y/?a=1&amp;b=2>)",
            &[],
        ),
        ("<h2>A <em>b</em></h2>\n<p>  c\n d </p>\n", "## A _b_\n\nc d", &[]),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b", &[]),
        (
            "<table><colgroup><col/></colgroup><tbody><tr><th>a</th></tr><tr><td><p>b</p><p>c</p></td></tr></tbody></table>",
            "| a |\n| --- |\n| b<br>c |",
            &[],
        ),
        (r#"<p style="color: red">a</p>"#, "a", &["the look that a `style` gives, such as colour or alignment"]),
        ("<p>a <b", "a \\<b", &["markup that is not well-formed (kept as text)"]),
        ("plain text", "plain text", &[]),
    ] {
        expect(storage_to_markdown(storage), markdown.to_owned(), lost);
    }
}

fn with_macro(name: &str, inner: &str) -> String {
    format!(r#"<ac:structured-macro ac:name="{name}">{inner}</ac:structured-macro>"#)
}

#[test]
fn macros_become_markdown_or_are_told() {
    let title = "<ac:parameter ac:name=\"title\">T</ac:parameter>";
    let body = "<ac:rich-text-body><p>b</p></ac:rich-text-body>";
    let code = "<ac:parameter ac:name=\"language\">sql</ac:parameter><ac:plain-text-body><![CDATA[a < b]]></ac:plain-text-body>";
    let bold = "the title of a panel or of code (written as bold text before it)";
    for (name, inner, markdown, lost) in [
        ("code", code.to_owned(), "```sql\na < b\n```", vec![]),
        ("noformat", code.to_owned(), "```\na < b\n```", vec![]),
        ("info", body.to_owned(), "> [!NOTE]\n> b", vec![]),
        ("tip", format!("{title}{body}"), "**T**\n\n> [!TIP]\n> b", vec![bold]),
        ("expand", format!("{title}{body}"), "<details>\n<summary>T</summary>\n\nb\n\n</details>", vec![]),
        ("status", title.to_owned(), "**T**", vec!["a status (written as bold text)"]),
        ("jira", title.to_owned(), "", vec!["macro `jira`"]),
        ("excerpt", body.to_owned(), "b", vec!["macro `excerpt`"]),
    ] {
        expect(storage_to_markdown(&with_macro(name, &inner)), markdown.to_owned(), &lost);
    }
}

#[test]
fn storage_is_escaped_and_whole() {
    for (markdown, storage) in [
        ("a < b & \"c\"\\\nd", "<p>a &lt; b &amp; &quot;c&quot;<br />d</p>"),
        (
            "```xml\n<a>]]></a>\n```",
            "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">xml</ac:parameter>\
             <ac:plain-text-body><![CDATA[<a>]]]]><![CDATA[></a>]]></ac:plain-text-body></ac:structured-macro>",
        ),
        ("[a](https://x.y/?b=1&c=\"2\")", "<p><a href=\"https://x.y/?b=1&amp;c=&quot;2&quot;\">a</a></p>"),
        (
            "- [x] done",
            "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status>\
             <ac:task-body>done</ac:task-body></ac:task></ac:task-list>",
        ),
        ("2. b", "<ol start=\"2\"><li><p>b</p></li></ol>"),
    ] {
        expect(markdown_to_storage(markdown), storage.to_owned(), &[]);
    }
    expect(markdown_to_storage("a\u{1}b"), "<p>ab</p>".to_owned(), &["control characters"]);
    let important =
        "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>a</p></ac:rich-text-body></ac:structured-macro>";
    expect(
        markdown_to_storage("> [!IMPORTANT]\n> a"),
        important.to_owned(),
        &["a panel of kind `note` (written as `info`)"],
    );
}
