//! A session that outlives the run: what a later run needs to go on with it.

use crate::{
    error::{Error, Result},
    http::Address,
    json::{self, Json},
    secret::Secret,
    services::{Deployment, Service},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// What a handle starts with: its form may change, its first word says which form it is.
const FORM: &str = "tieline1.";

/// A saved session. As text it is a secret: whoever has it is logged in.
#[derive(Debug, Clone)]
pub struct Handle {
    /// The service it belongs to.
    pub service: String,
    /// The server it belongs to. It is sent nowhere else.
    pub server: String,
    /// The server's flavour.
    pub deployment: Deployment,
    /// The session's cookies.
    pub cookies: Secret,
}

impl Handle {
    /// Writes the handle as one word.
    pub fn write(&self) -> Secret {
        let json = Json::object([
            ("service", self.service.as_str().into()),
            ("server", self.server.as_str().into()),
            ("deployment", self.deployment.name().into()),
            ("cookies", self.cookies.reveal().into()),
        ]);
        Secret::new(format!("{FORM}{}", URL_SAFE_NO_PAD.encode(json.to_string())))
    }

    /// Says whether `text` was meant as a handle.
    pub fn is_one(text: &str) -> bool {
        text.trim().starts_with(FORM)
    }

    /// Reads what [`Handle::write`] wrote.
    pub fn read(text: &Secret) -> Result<Self> {
        let parsed = text.reveal().trim().strip_prefix(FORM).and_then(|rest| URL_SAFE_NO_PAD.decode(rest).ok());
        let json = parsed.and_then(|bytes| json::parse(&bytes).ok());
        let read = |json: Json| {
            let text = |name: &str| json.get(name)?.as_str().map(str::to_owned);
            Some(Handle {
                service: text("service")?,
                server: text("server")?,
                deployment: Deployment::named(&text("deployment")?)?,
                cookies: Secret::new(text("cookies")?),
            })
        };
        json.and_then(read).ok_or_else(|| {
            Error::client("`login` is not a session handle")
                .hint("a handle comes from login() or `tieline login --print-handle`")
        })
    }

    /// Refuses a handle of another service or server.
    pub fn check(&self, service: &Service, address: &Address) -> Result<()> {
        if self.service != service.name {
            return Err(Error::client(format_args!(
                "`login` is a session of {}, not of {}",
                self.service, service.name
            )));
        }
        if Address::parse(&self.server, true)? != *address {
            return Err(Error::client(format_args!(
                "`login` is a session at {}, not at {}",
                self.server,
                address.as_str()
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_comes_back_whole() {
        let handle = Handle {
            service: "jira".into(),
            server: "https://jira.acme.com/jira".into(),
            deployment: Deployment::Server,
            cookies: Secret::new("JSESSIONID=abc123; x=y"),
        };
        let back = Handle::read(&handle.write()).unwrap();
        assert_eq!(back.cookies.reveal(), "JSESSIONID=abc123; x=y");
        assert_eq!(back.server, handle.server);
        assert!(!format!("{handle:?}").contains("abc123"));
    }

    #[test]
    fn what_is_no_handle_is_refused_without_repeating_it() {
        for text in ["", "nightly-session", "tieline1.####", "tieline1.e30"] {
            let error = Handle::read(&Secret::new(text)).unwrap_err();
            assert_eq!(error.message, "Client error: `login` is not a session handle");
        }
    }
}
