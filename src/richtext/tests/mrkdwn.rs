//! What mrkdwn is made for Slack.

use super::expect;
use crate::richtext::{markdown_to_mrkdwn, text_to_mrkdwn};

#[test]
fn markdown_becomes_mrkdwn() {
    for (markdown, mrkdwn) in [
        ("**a** _b_ ~~c~~ `d<e`", "*a* _b_ ~c~ `d&lt;e`"),
        ("***a***", "*_a_*"),
        ("un**believ**able", "un\u{200B}*believ*\u{200B}able"),
        ("# Title\ntext\nmore\n\nlast", "*Title*\n\ntext\nmore\n\nlast"),
        ("[text](https://a.b/c?d=e&f=g) https://a.b", "<https://a.b/c?d=e&amp;f=g|text> <https://a.b>"),
        ("<a@b.example>", "<mailto:a@b.example|a@b.example>"),
        ("- a\n  - b\n    1. c\n- d", "• a\n    ◦ b\n        1. c\n• d"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("- [x] a\n- [ ] b", "• [x] a\n• [ ] b"),
        ("- a\n\n  b", "• a\n    b"),
        ("> a\n> b\n>\n> c", "> a\n> b\n> \n> c"),
        ("```sh\nls *\n```", "```\nls *\n```"),
        ("<!here> **go** <@U123> <#C12|ops> <!subteam^S1>", "<!here> *go* <@U123> <#C12|ops> <!subteam^S1>"),
        ("`<!here>`", "`&lt;!here&gt;`"),
        ("a < b & c > d, <@ x>, &lt;", "a &lt; b &amp; c &gt; d, &lt;@ x&gt;, &lt;"),
        ("• OPS-1 one\n• OPS-2 two", "• OPS-1 one\n• OPS-2 two"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("", ""),
    ] {
        expect(markdown_to_mrkdwn(markdown), mrkdwn.to_owned(), &[]);
    }
}

#[test]
fn what_slack_lacks_is_told() {
    for (markdown, mrkdwn, lost) in [
        ("| A | Bcd |\n| --- | --- |\n| **ef** | g |", "```\nA   Bcd\nef  g\n```", "a table (written in fixed width)"),
        ("![plan](https://a.b/i.png)", "<https://a.b/i.png|plan>", "an image (written as a link)"),
        ("---", "———", "a rule (written as a line of dashes)"),
        ("H<sub>2</sub>O", "H2O", "the style <sub>"),
        ("> [!NOTE]\n> a", "> a", "a panel (written as a quote)"),
        ("> > a", "> a", "a quote inside another one"),
        (r"\*a\*", "*a*", "a literal *, _, ~ or ` (Slack may take it for a mark)"),
        ("``a`b``", "`a'b`", "` inside code (written as ')"),
        ("[a](#b)", "a", "a link that leads to no address (kept as text)"),
    ] {
        expect(markdown_to_mrkdwn(markdown), mrkdwn.to_owned(), &[lost]);
    }
}

#[test]
fn plain_text_stays_what_it_is() {
    assert_eq!(text_to_mrkdwn("a < b\n*c* & <@U1>"), "a &lt; b\n*c* &amp; <@U1>");
}
