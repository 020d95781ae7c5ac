//! What becomes of wiki markup, and what wiki markup is made.

use super::expect;
use crate::richtext::{markdown_to_wiki, wiki_to_markdown};

#[test]
fn wiki_markup_becomes_markdown() {
    for (wiki, markdown) in [
        ("h2. Title\ntext\nmore", "## Title\n\ntext\\\nmore"),
        (
            "*bold* _em_ -gone- +under+ H~2~O ^up^ {{code}} ??cited??",
            "**bold** _em_ ~~gone~~ <u>under</u> H\\~2\\~O <sup>up</sup> `code` _cited_",
        ),
        ("un{*}believ{*}able 2*3*4 a-b-c snake_case_name", "un**believ**able 2\\*3\\*4 a-b-c snake_case_name"),
        ("*_both_*", "**_both_**"),
        ("[text|https://a.b/c] [https://a.b] https://a.b/d.", "[text](https://a.b/c) <https://a.b> <https://a.b/d>."),
        ("[not a link] array[0] [a|b c]", r"\[not a link\] array\[0\] \[a|b c\]"),
        ("* a\n** b\n*# c\n* d\n\n# e", "- a\n  - b\n  1. c\n- d\n\n1. e"),
        ("- a\ngoes on\n- b", "- a\\\n  goes on\n- b"),
        ("* [x] done", "- [x] done"),
        ("||A||B||\n|a|b|\n|c\nd| |", "| A | B |\n| --- | --- |\n| a | b |\n| c<br>d |  |"),
        ("|[a|https://a.b]|a\\|b|", "|  |  |\n| --- | --- |\n| [a](https://a.b) | a\\|b |"),
        ("{code:java}\nint *a*;\n{code}", "```java\nint *a*;\n```"),
        ("before {noformat}x{noformat} after", "before\n\n```\nx\n```\n\nafter"),
        ("{quote}\na\n\nb\n{quote}\nbq. c", "> a\n>\n> b\n\n> c"),
        ("{panel:bgColor=#fffae6}\ncare\n{panel}", "> [!WARNING]\n> care"),
        ("|!https://a.b/i.png|alt=my pic!|b!|", "|  |  |\n| --- | --- |\n| ![my pic](https://a.b/i.png) | b! |"),
        ("----", "---"),
        (r"\*a\* \{code} a\\b &amp; {x} {code}", "\\*a\\* {code} a\\\nb & {x} {code}"),
        ("!https://a.b/i.png|alt=A! wow!great!", "![A](https://a.b/i.png) wow!great!"),
        ("* a\n{code}\nx\n{code}\n* b", "- a\n\n  ```\n  x\n  ```\n\n- b"),
    ] {
        expect(wiki_to_markdown(wiki), markdown.to_owned(), &[]);
    }
}

#[test]
fn what_markdown_lacks_is_told() {
    for (wiki, markdown, lost) in [
        ("[~ada] and [~accountid:5b1]", "@ada and @5b1", "a mention (written as plain @name)"),
        ("{color:red}hot{color}", "hot", "the colour of a text"),
        ("{anchor:here}a", "a", "an anchor"),
        ("!plan.png!", "![](plan.png)", "an image that is not at an address (its file's name stands for it)"),
        ("[^file.pdf]", "file.pdf", "a link to an anchor or a file by its name (kept as text)"),
        ("{panel:title=T}\na\n{panel}", "**T**\n\n> [!NOTE]\n> a", "the look of a panel"),
    ] {
        let made = wiki_to_markdown(wiki);
        assert_eq!(made.value, markdown);
        assert!(made.lost.iter().any(|l| l == lost), "{wiki}: {:?}", made.lost);
    }
}

#[test]
fn markdown_becomes_wiki_markup() {
    for (markdown, wiki, lost) in [
        ("**a** _b_ `c{d}`", r"*a* _b_ {{c\{d\}}}", ""),
        ("un*believ*able", "un{_}believ{_}able", ""),
        ("- a\n  1. b\n- c", "* a\n*# b\n* c", ""),
        ("- a\n\n  ```sh\n  ls\n  ```", "* a\n{code:sh}\nls\n{code}", ""),
        ("| A | B |\n| --- | --- |\n| a\\|b | c<br>d |", "|| A || B ||\n| a\\|b | c\\\\d |", ""),
        ("```\n{code}\n```", "{noformat}\n{code}\n{noformat}", ""),
        ("[a](https://x.y/[z])", "[a|https://x.y/%5Bz%5D]", ""),
        ("@ada [~bob] {panel}", r"@ada \[\~bob\] \{panel\}", ""),
        ("> > a", "{quote}\na\n{quote}", "a quote inside another one"),
        ("- # a", "* *a*", "a heading inside a list item"),
        ("3. a", "# a", "the first number of a list"),
        ("- [ ] a", r"* \[ \] a", "the box of a task (written as text)"),
        (
            "<details>\n<summary>T</summary>\n\na\n\n</details>",
            "*T*\n\na",
            "a block that opens and closes (written with its title in bold)",
        ),
    ] {
        let lost: Vec<&str> = Some(lost).filter(|l| !l.is_empty()).into_iter().collect();
        expect(markdown_to_wiki(markdown), wiki.to_owned(), &lost);
    }
}
