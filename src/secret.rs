//! Secrets, and the one place that hides them in everything that leaves the program.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, RwLock},
};
use zeroize::Zeroizing;

/// What stands in every text where a secret stood.
pub const MASK: &str = "••••";

/// The shortest value that is looked for in texts: hiding every `a` would make them unreadable.
const SHORTEST: usize = 4;

/// What RFC 3986 leaves as it is, all the rest encoded: how most servers write a value into an address.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A password, token, cookie or handle. It never prints, and making one hides its value from all later output.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    /// Takes `value` out of sight: registers it, with its base64 and percent-encoded forms, for [`redact`].
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        let value = Zeroizing::new(value.into());
        hide(&value);
        Secret(Arc::new(value))
    }

    /// Returns the value itself. Call it only where it goes onto the wire or into a store.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Says whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Every form of every secret of this process, longest first, so that a form inside another is not left half hidden.
static HIDDEN: RwLock<Vec<Zeroizing<String>>> = RwLock::new(Vec::new());

/// Registers `value` and its encoded forms for [`redact`], without making a [`Secret`] of it.
pub fn hide(value: &str) {
    if value.len() < SHORTEST {
        return;
    }
    let forms = [
        value.to_owned(),
        STANDARD.encode(value),
        utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(value, RESERVED).to_string(),
        url::form_urlencoded::byte_serialize(value.as_bytes()).collect(),
        json_form(value),
    ];
    // A poisoned lock still holds whole entries: each push is one step.
    let mut hidden = HIDDEN.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    for form in forms {
        if !hidden.iter().any(|known| **known == form) {
            hidden.push(Zeroizing::new(form));
        }
    }
    hidden.sort_by_key(|form| std::cmp::Reverse(form.len()));
}

/// Returns `value` as it stands inside a JSON string.
fn json_form(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Returns `text` with every known secret replaced by [`MASK`].
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let hidden = HIDDEN.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut out = Cow::Borrowed(text);
    for form in hidden.iter().filter(|form| text.contains(form.as_str())) {
        out = Cow::Owned(out.replace(form.as_str(), MASK));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_the_mask() {
        let secret = Secret::new("hunter2-debug");
        assert_eq!(format!("{secret} {secret:?} {:?}", Some(&secret)), "•••• •••• Some(••••)");
    }

    #[test]
    fn every_form_of_a_secret_is_hidden() {
        let secret = Secret::new("p@ss \"word\"/1");
        for form in [
            secret.reveal().to_owned(),
            STANDARD.encode(secret.reveal()),
            "p%40ss%20%22word%22%2F1".to_owned(),
            "p%40ss+%22word%22%2F1".to_owned(),
            r#"{"x":"p@ss \"word\"/1"}"#.to_owned(),
        ] {
            let shown = redact(&form).into_owned();
            assert!(shown.contains(MASK), "{shown}");
            assert!(!shown.contains("word"), "{shown}");
        }
    }

    #[test]
    fn signs_that_need_no_encoding_hide_nothing_from_us() {
        let _secret = Secret::new("my_own-secret/2");
        assert_eq!(redact("a=my_own-secret%2F2&b=my%5Fown%2Dsecret%2F2"), "a=••••&b=••••");
    }

    #[test]
    fn a_secret_inside_a_longer_one_leaves_nothing_behind() {
        let _short = Secret::new("abcd1234");
        let _long = Secret::new("abcd1234-efgh");
        assert_eq!(redact("x abcd1234-efgh y"), "x •••• y");
    }

    #[test]
    fn a_text_without_secrets_is_not_copied() {
        assert!(matches!(redact("nothing to hide"), Cow::Borrowed(_)));
    }
}
