//! Character references such as `&amp;` and `&#123;`.

/// Returns the text that a reference stands for; `name` is what is between `&` and `;`.
pub(super) fn resolve(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return quick_xml::escape::resolve_html5_entity(name).map(str::to_owned);
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|c| *c != '\0').map(String::from)
}

/// Returns the reference that `text` begins with: what it stands for, and its length.
pub(super) fn at_start(text: &str) -> Option<(String, usize)> {
    /// No name of a reference is longer.
    const LONGEST: usize = 34;
    let rest = text.strip_prefix('&')?;
    let end = rest.bytes().take(LONGEST).position(|b| b == b';')?;
    let name = rest.get(..end)?;
    Some((resolve(name)?, end + 2))
}

/// Replaces the references in `text`.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (piece, length) = at_start(rest).unwrap_or(("&".to_owned(), 1));
        out.push_str(&piece);
        rest = &rest[length..];
    }
    out + rest
}

/// Writes a character as its number.
pub(super) fn reference(c: char) -> String {
    format!("&#{};", u32::from(c))
}

/// Escapes `text` for XML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters() {
        for (text, want) in [
            ("a &amp; b", "a & b"),
            ("&#65;&#x42;", "AB"),
            ("&nbsp;", "\u{a0}"),
            ("AT&T; &", "AT&T; &"),
            ("&#0;&#xffffffff;&;", "&#0;&#xffffffff;&;"),
        ] {
            assert_eq!(decode(text), want);
        }
    }
}
