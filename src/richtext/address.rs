//! Addresses in texts.

/// Says whether an address names its server.
pub(super) fn is_absolute(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// Finds the first bare address in a text: `http://` or `https://` up to a blank, without the punctuation behind it.
pub(super) fn bare(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(found) = text[from..].find("http") {
        let start = from + found;
        let rest = &text[start..];
        let scheme = ["https://", "http://"].into_iter().find(|s| rest.starts_with(s)).map_or(0, str::len);
        let end = rest.find(|c: char| c.is_whitespace() || "<>\"|`".contains(c)).unwrap_or(rest.len());
        let length = without_punctuation(&rest[..end]).len();
        let begins_word = !text[..start].ends_with(char::is_alphanumeric);
        if scheme > 0 && length > scheme && begins_word {
            return Some((start, start + length));
        }
        from = start + 4;
    }
    None
}

/// Cuts off the punctuation that ends the sentence and not the address.
fn without_punctuation(address: &str) -> &str {
    let closes = !address.contains('(');
    address.trim_end_matches(|c| ".,;:!?*_~']}".contains(c) || c == ')' && closes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_addresses_end_before_punctuation() {
        for (text, want) in [
            ("see https://a.b/c_d.", Some("https://a.b/c_d")),
            ("(http://a.b/x(1))", Some("http://a.b/x(1))")),
            ("(http://a.b)", Some("http://a.b")),
            ("xhttp://a", None),
            ("http:// and https://", None),
        ] {
            assert_eq!(bare(text).map(|(start, end)| &text[start..end]), want, "{text}");
        }
    }
}
