//! Headers: those that a script gives, and those that say who we are.

use crate::{
    error::{Error, Result},
    secret::Secret,
};
use reqwest::header::{HeaderName, HeaderValue};

/// Makes a header of a script's, or says why it cannot be sent. The value is not repeated.
pub fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let made = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
    made.ok_or_else(|| Error::client(format_args!("the header `{name}` has characters that cannot be sent")))
}

/// Makes the header of RFC 7617, in UTF-8.
pub(super) fn basic(user: &str, secret: &Secret) -> Result<HeaderValue> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let pair = zeroize::Zeroizing::new(format!("{user}:{}", secret.reveal()));
    let encoded = STANDARD.encode(pair.as_bytes());
    crate::secret::hide(&encoded);
    hidden(&format!("Basic {encoded}"))
}

/// Makes Trello's header, which keeps key and token out of addresses.
pub(super) fn key_token(key: &str, token: &Secret) -> Result<HeaderValue> {
    hidden(&format!("OAuth oauth_consumer_key=\"{key}\", oauth_token=\"{}\"", token.reveal()))
}

/// Makes a header that debug output does not show.
pub(super) fn hidden(value: &str) -> Result<HeaderValue> {
    let mut value =
        HeaderValue::from_str(value).map_err(|_| Error::client("the credential has characters that cannot be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}
