//! Rich text from scripts: values on standard output, what was lost on standard error, refusals.

use crate::common::tieline;

#[test]
fn conversions_return_the_value_and_tell_what_is_lost() {
    for (code, value, told) in [
        ("markdown_to_adf(\"# A\").content[0].attrs.level", "1", ""),
        ("adf_to_markdown(markdown_to_adf(\"**a**\"))", "**a**", ""),
        (
            "markdown_to_wiki(\"3. **a**\")",
            "# *a*",
            "markdown_to_wiki(): could not carry over: the first number of a list\n",
        ),
        ("\"h1. *a*\".wiki_to_markdown()", "# **a**", ""),
        ("markdown_to_storage(\"a < b\")", "<p>a &lt; b</p>", ""),
        (
            "storage_to_markdown(`<p>a <ac:structured-macro ac:name=\"jira\"/></p>`)",
            "a",
            "storage_to_markdown(): could not carry over: macro `jira`\n",
        ),
        ("adf_to_markdown(())", "", ""),
    ] {
        let run = tieline(&["-e", &format!("print({code})")]).run().ok();
        assert_eq!((run.out.trim_end(), run.err.as_str()), (value, told), "{code}");
    }
}

#[test]
fn secrets_and_what_is_no_text_are_refused() {
    for (code, refusal) in [
        ("markdown_to_adf(secret(\"S\"))", "markdown_to_adf(): a secret cannot become part of a text"),
        (
            "adf_to_markdown(#{ type: \"doc\", content: [secret(\"S\")] })",
            "a secret cannot become text (at `content[0]`)",
        ),
        ("markdown_to_wiki(1)", "markdown_to_wiki() takes a text, not int"),
        ("adf_to_markdown(\"h1. a\")", "a Jira Cloud document is needed, not a text"),
    ] {
        let run = tieline(&["-e", code]).env("S", "hunter2-secret").run().ends(2);
        assert!(run.err.contains(&format!("Client error: {refusal}")), "{run:#?}");
    }
}
