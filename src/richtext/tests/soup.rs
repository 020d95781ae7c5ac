//! No input, however wild or deep, ends a conversion.

use crate::{
    json::{Json, parse},
    richtext::{
        adf::valid::valid, adf_to_markdown, markdown_to_adf, markdown_to_storage, markdown_to_wiki,
        storage_to_markdown, text_to_adf, wiki_to_markdown,
    },
};

/// Makes numbers that look like chance and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        // The generator of Knuth's MMIX.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn pick<'a>(&mut self, pieces: &[&'a str]) -> &'a str {
        pieces[self.below(pieces.len())]
    }
}

/// What the forms are made of, and what does not belong.
const PIECES: &[&str] = &[
    "a",
    "word",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r\n",
    "\\",
    "\\\\",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "```\n",
    "[",
    "](",
    ")",
    "]",
    "!",
    "|",
    "||",
    "| --- |\n",
    "#",
    "# ",
    "h1. ",
    "bq. ",
    "- ",
    "1. ",
    "* ",
    "** ",
    "#* ",
    "- [ ] ",
    "- [x] ",
    "> ",
    "> [!NOTE]\n",
    "---\n",
    "----\n",
    "{",
    "}",
    "{{",
    "}}",
    "{*}",
    "{code}",
    "{code:java}",
    "{quote}",
    "{panel:title=x|bgColor=#deebff}",
    "{panel}",
    "{noformat}",
    "{color:red}",
    "{color}",
    "[~name]",
    "[a|b]",
    "[a|http://x.y]",
    "http://x.y/z_(a).",
    "!i.png!",
    "??",
    "-",
    "+",
    "^",
    "~",
    "&",
    "&amp;",
    "&#0;",
    "&#x41;",
    "&nbsp;",
    "<",
    ">",
    "<u>",
    "</u>",
    "<br>",
    "<br/>",
    "<p>",
    "</p>",
    "<li>",
    "<ul>",
    "</ul>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<details>",
    "<summary>",
    "</summary>",
    "</details>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<ac:structured-macro ac:name=\"info\">",
    "<ac:rich-text-body>",
    "</ac:structured-macro>",
    "<ac:link>",
    "<ri:user ri:account-id=\"1\"/>",
    "<a href=\"x\">",
    "</a>",
    "<b x='",
    "\u{0}",
    "\u{1}",
    "\u{feff}",
    "é",
    "日本",
    "👩‍👩‍👧",
    "\u{301}",
    "\u{202e}",
];

/// Converts a text in every way, and what it became back again.
fn all(text: &str) {
    let (document, wiki, storage) = each(text);
    adf_to_markdown(&document).unwrap();
    adf_to_markdown(&text_to_adf(text)).unwrap();
    wiki_to_markdown(&wiki);
    storage_to_markdown(&storage);
}

/// Converts a text in every way.
fn each(text: &str) -> (Json, String, String) {
    let document = markdown_to_adf(text).value;
    assert_eq!(valid(&document), Ok(()), "{text:?}");
    parse(document.to_string().as_bytes()).unwrap();
    wiki_to_markdown(text);
    storage_to_markdown(text);
    (document, markdown_to_wiki(text).value, markdown_to_storage(text).value)
}

#[test]
fn soup_of_pieces_is_converted() {
    let mut dice = Dice(1);
    for _ in 0..600 {
        let text: String = (0..=dice.below(40)).map(|_| dice.pick(PIECES)).collect();
        all(&text);
    }
}

#[test]
fn soup_of_bytes_is_converted() {
    let mut dice = Dice(2);
    for _ in 0..300 {
        let bytes: Vec<u8> = (0..dice.below(120)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        all(&String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_document_of_plain_text_keeps_it_through_markdown() {
    let mut dice = Dice(3);
    for _ in 0..600 {
        let text: String =
            (0..=dice.below(12)).map(|_| dice.pick(PIECES)).filter(|p| !p.contains(char::is_control)).collect();
        let document = text_to_adf(&text);
        let markdown = adf_to_markdown(&document).unwrap().value;
        let again = markdown_to_adf(&markdown).value;
        assert_eq!(plain(&again), plain(&document), "{markdown}");
    }
}

/// Joins all text of a document.
fn plain(json: &Json) -> String {
    let own = json.get("text").and_then(Json::as_str).unwrap_or_default();
    let inner = json.get("content").and_then(Json::as_array).unwrap_or_default();
    own.to_owned() + inner.iter().map(plain).collect::<String>().as_str()
}

/// What may be repeated until the stack ends.
const DEEP: &[&str] = &[
    ">",
    "> ",
    "[",
    "![",
    "(",
    "*",
    "**",
    "_ ",
    "*a ",
    "~~a ",
    "`",
    "{",
    "{{",
    "{*}",
    "{quote}",
    "{panel}\n",
    "{code:x}",
    "[a|",
    "!a.b",
    "- ",
    "* ",
    "#",
    "|",
    "||",
    "| a ",
    "<div>",
    "<p>",
    "<b>",
    "<ul><li>",
    "<table><tr><td>",
    "<blockquote>",
    "<u>",
    "<details>\n\n",
    "</p>",
    "&amp",
    "<ac:structured-macro ac:name=\"info\"><ac:rich-text-body>",
    "\\",
    "\n",
    "a\n",
    "http://",
    "??a ",
    "1. ",
];

#[test]
fn deep_nesting_is_no_danger() {
    const LEVELS: usize = 10_000;
    for piece in DEEP {
        each(&piece.repeat(LEVELS));
    }
    // Each line is one level further in.
    let lists = (0..200).map(|level| "  ".repeat(level) + "- a").collect::<Vec<_>>().join("\n");
    all(&lists);
    let told = markdown_to_adf(&lists).lost;
    assert_eq!(told, ["nesting deeper than 16 levels"]);
}

#[test]
fn a_document_may_be_deeper_than_the_model() {
    for kind in ["blockquote", "bulletList", "taskList", "table", "paragraph", "unheardOf"] {
        let mut node = Json::object([("type", "text".into()), ("text", "x".into())]);
        for _ in 0..1000 {
            node = Json::object([("type", kind.into()), ("content", Json::array([node]))]);
        }
        let document = Json::object([("type", "doc".into()), ("content", Json::array([node]))]);
        assert!(!adf_to_markdown(&document).unwrap().lost.is_empty());
    }
}

/// Returns the text that a Markdown text says, without blanks.
fn said(markdown: &str) -> String {
    plain(&markdown_to_adf(markdown).value).split_whitespace().collect()
}

#[test]
fn text_is_kept_through_every_form() {
    let mut dice = Dice(4);
    for _ in 0..600 {
        let text: String =
            (0..=dice.below(14)).map(|_| dice.pick(PIECES)).filter(|p| !p.contains(['\u{0}', '\u{1}'])).collect();
        let want = said(&text);
        for (form, back) in [
            ("document", adf_to_markdown(&markdown_to_adf(&text).value).unwrap()),
            ("storage", storage_to_markdown(&markdown_to_storage(&text).value)),
            ("wiki", wiki_to_markdown(&markdown_to_wiki(&text).value)),
        ] {
            assert_eq!(said(&back.value), want, "{form}: {text:?} became {:?}", back.value);
        }
    }
}
