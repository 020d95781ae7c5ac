//! Markdown to each form and back.

use crate::richtext::{
    Converted, adf::valid::valid, adf_to_markdown, markdown_to_adf, markdown_to_storage, markdown_to_wiki,
    storage_to_markdown, wiki_to_markdown,
};

/// Texts that every form carries.
const EVERYWHERE: &[&str] = &[
    "",
    "Two words.",
    "One paragraph.\n\nAnother one.",
    "A line,\\\nbroken.",
    "# One\n\n## Two\n\n###### Six",
    "**bold** _italic_ ~~struck~~ `code` <u>under</u> H<sub>2</sub>O x<sup>2</sup>",
    "**bold _and italic_**",
    "un*believ*able",
    "[a link](https://example.com/x) and <https://example.com/y>",
    "[**a bold link**](https://example.com/)",
    "[see](docs/page.md)",
    "- a\n- b\n  - b1\n    - b11\n  - b2\n- c",
    "1. a\n2. b\n   1. b1\n   2. b2\n3. c",
    "- a\n  1. one\n  2. two",
    "- [ ] to do\n- [x] done",
    "```rust\nfn main() {\n    println!(\"<&>\");\n}\n```",
    "```\nno *language*, h1. and {quote}\n```",
    "> A quote.\n>\n> Two paragraphs of it.",
    "> - a\n> - b",
    "- an item with code\n\n  ```sh\n  ls -l\n  ```\n\n- and one without",
    "a\n\n---\n\nb",
    "| Name | Value |\n| --- | --- |\n| **a** | `b` |\n| c | [d](https://example.com/) |",
    "|  |  |\n| --- | --- |\n| no | head |",
    "| a |\n| --- |\n| one<br>two |",
    "![A picture](https://example.com/p.png)",
    "> [!NOTE]\n> Good to know.",
    "> [!WARNING]\n> Take care.\n>\n> - twice",
    "> [!TIP]\n> Do.",
    "> [!CAUTION]\n> Don't.",
    r"\*not bold\* \_nor this\_ \[x\] {code} h1. \# 1 a|b \`c\` \~d\~ -e- +f+ ^g^ ??h?? !i.png!",
    r"1\. not a list",
    r"\- not a list",
    r"C:\dir\file \\\server",
    r"a \&amp; b < c!",
    "snake_case and well-known - or not",
    "日本語 **太字** é",
];

/// Texts that not every form carries: those for documents, and those for storage format.
const DOCUMENTS: &[&str] = &[
    "> [!IMPORTANT]\n> Hear.",
    "3. three\n4. four",
    "- [ ] a\n  - [x] b",
    "<details>\n<summary>More &amp; more</summary>\n\nHidden.\n\n</details>",
    "- a\n- b\n\n* another list",
    "text\n\n![A](https://example.com/a.png)\n\ntext",
];
const STORAGE: &[&str] = &[
    "3. three\n4. four",
    "- [ ] a\n  - [x] b",
    "<details>\n<summary>More &amp; more</summary>\n\nHidden.\n\n</details>",
    "- a\n- b\n\n* another list",
    "```\na ]]> b\n```",
    "text ![A](https://example.com/a.png) text",
    "- a\n\n  second paragraph\n\n- b",
    "**`code`**",
];
const WIKI: &[&str] = &["- a\n- b\n\n* another list", "text ![A](https://example.com/a.png) text", "**`code`**"];

fn round<T>(
    markdown: &[&[&str]],
    there: impl Fn(&str) -> Converted<T>,
    back: impl Fn(&T) -> Converted<String>,
    may_lose: &[&str],
) {
    let mut wrong = Vec::new();
    for text in markdown.concat() {
        let middle = there(text);
        let end = back(&middle.value);
        let lost = [middle.lost, end.lost].concat();
        if end.value != text || !lost.iter().all(|l| may_lose.contains(&l.as_str())) {
            wrong.push(format!("{text}\n--- became ---\n{}\n--- lost {lost:?}\n", end.value));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn markdown_to_a_document_and_back() {
    let there = |text: &str| {
        let made = markdown_to_adf(text);
        assert_eq!(valid(&made.value), Ok(()), "{text}");
        made
    };
    round(&[EVERYWHERE, DOCUMENTS], there, |document| adf_to_markdown(document).unwrap(), &[]);
}

#[test]
fn markdown_to_storage_and_back() {
    round(&[EVERYWHERE, STORAGE], markdown_to_storage, |s| storage_to_markdown(s), &[]);
}

#[test]
fn markdown_to_wiki_and_back() {
    round(&[EVERYWHERE, WIKI], markdown_to_wiki, |s| wiki_to_markdown(s), &["the box of a task (written as text)"]);
}
