//! The storage format, read roughly: what a page shows, what its words are.

use super::world::World;

/// Escapes text for a page.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes a number as short addresses do.
pub(crate) fn tiny(id: u64) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let (mut rest, mut out) = (id, String::new());
    while rest > 0 {
        out.push(char::from(LETTERS[usize::try_from(rest % 62).unwrap_or(0)]));
        rest /= 62;
    }
    out
}

/// Splits a body into tags, `<…>` included, and the text between them. Code in CDATA is text.
fn pieces(storage: &str) -> Vec<(bool, &str)> {
    let mut all = Vec::new();
    let mut rest = storage;
    while !rest.is_empty() {
        if let Some(code) = rest.strip_prefix("<![CDATA[") {
            let end = code.find("]]>").unwrap_or(code.len());
            all.push((false, &code[..end]));
            rest = code.get(end + 3..).unwrap_or_default();
        } else if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |at| at + 1);
            all.push((true, &rest[..end]));
            rest = &rest[end..];
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            all.push((false, &rest[..end]));
            rest = &rest[end..];
        }
    }
    all
}

/// Returns the words of a body, without markup.
pub(crate) fn words(storage: &str) -> String {
    let mut out = String::new();
    for (tag, piece) in pieces(storage) {
        if tag {
            out.push(' ');
        } else {
            out.push_str(piece);
        }
    }
    let out = [("&amp;", "&"), ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&aacute;", "á"), ("&quot;", "\"")]
        .into_iter()
        .fold(out, |text, (from, to)| text.replace(from, to));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
    tag[from..].split('"').next()
}

/// Returns the HTML that readers see: macros and links of the storage format become elements.
pub(crate) fn view(world: &World, storage: &str, base: &str) -> String {
    let shown = |(tag, piece): (bool, &str)| if tag { element(world, piece, base) } else { piece.to_owned() };
    pieces(storage).into_iter().map(shown).collect()
}

/// Returns what readers see of one tag.
fn element(world: &World, piece: &str, base: &str) -> String {
    let name = piece.trim_start_matches('<').split([' ', '>']).next().unwrap_or_default();
    match name {
        "ac:structured-macro" => {
            let kind = attribute(piece, "ac:name").unwrap_or_default();
            let end = if piece.ends_with("/>") { "</div>" } else { "" };
            format!("<div class=\"conf-macro\" data-macro-name=\"{kind}\">{end}")
        }
        "/ac:structured-macro" => "</div>".to_owned(),
        "ri:page" => {
            let title = attribute(piece, "ri:content-title").unwrap_or_default();
            let page = world.content.values().find(|c| c.title() == title).map_or(0, |c| c.id);
            format!("<a href=\"{base}/pages/viewpage.action?pageId={page}\">{title}</a>")
        }
        "ri:user" => {
            let key = attribute(piece, "ri:userkey").or_else(|| attribute(piece, "ri:account-id"));
            let user = key.and_then(|key| world.user(key)).and_then(|id| world.users.get(id));
            format!("<a class=\"confluence-userlink\">{}</a>", user.map_or("", |u| u.display.as_str()))
        }
        _ if name.contains(':') => String::new(),
        _ => piece.to_owned(),
    }
}

/// Returns why a body is not well-formed, or nothing.
pub(crate) fn fault(storage: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for (tag, piece) in pieces(storage) {
        if !tag || piece.ends_with("/>") || piece.starts_with("<!") {
            continue;
        }
        if !piece.ends_with('>') {
            return Some("Error parsing xhtml: Unexpected EOF in prolog".into());
        }
        let name = piece.trim_matches(['<', '>', '/']).split_whitespace().next().unwrap_or_default();
        if !piece.starts_with("</") {
            open.push(name);
        } else if open.pop() != Some(name) {
            return Some(format!("Error parsing xhtml: Unexpected close tag </{name}>"));
        }
    }
    let left = open.pop()?;
    Some(format!("Error parsing xhtml: Unexpected end of document; expected a close tag for element <{left}>"))
}
