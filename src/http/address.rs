//! The address of a server: what is accepted, and what belongs to it.

use crate::error::{Error, Result};
use reqwest::Url;

/// Parts of a path that show it is a page or an endpoint, not the base address.
const NOT_A_BASE: &[&str] = &["/browse/", "/rest/", "/secure/", "/projects/", "/login"];

/// A server's base address: scheme, host, port and context path. Credentials belong to one of these and go nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Checks what a user gave as `server`.
    ///
    /// A missing scheme means https. Refuses a user in the address, a query, a fragment, other schemes, addresses of pages,
    /// and plain http to another machine unless `insecure` consents to it.
    pub fn parse(text: &str, insecure: bool) -> Result<Self> {
        let text = text.trim();
        let refuse = |why: &str| Err(Error::client(format_args!("`server` {why}")));
        if text.is_empty() {
            return refuse("is empty; give the base address, such as https://acme.atlassian.net");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return refuse("has blanks or control characters in it");
        }
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let Ok(url) = Url::parse(&whole) else {
            return refuse("is not an address; give the base address, such as https://acme.atlassian.net");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("has a user name or password in it; give them as `user` and `password`");
        }
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return refuse("must start with https:// (or http:// for this machine)");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refuse("has a query or fragment; give only the base address");
        }
        if let Some(part) = NOT_A_BASE.iter().find(|part| format!("{}/", url.path()).contains(*part)) {
            return refuse(&format!("is the address of a page ({part}…); give only the part before it"));
        }
        let address = Address(without_slash(url));
        if address.0.scheme() == "http" && !address.is_loopback() && !insecure {
            return Err(Error::client("`server` is http://, which would send the credential unencrypted")
                .hint("use https://, or consent with --insecure"));
        }
        Ok(address)
    }

    /// Splits a whole address into its server and the path there, query included.
    pub fn split(text: &str, insecure: bool) -> Result<(Self, String)> {
        let wrong = || Error::client(format_args!("\"{text}\" is not an address"));
        let url = Url::parse(text).map_err(|_| wrong())?;
        let server = Address::parse(&url.origin().ascii_serialization(), insecure)?;
        Ok((server, url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()))
    }

    /// Returns the host's name.
    pub fn host(&self) -> &str {
        // `parse` refuses addresses without a host.
        self.0.host_str().unwrap_or_default()
    }

    /// Returns scheme, host and, where it is not the usual one, port.
    pub(super) fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Says whether requests go over TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Says whether the server is on this machine.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => false,
        }
    }

    /// Returns the whole address of `path` with `query`.
    ///
    /// A path starts with `/`. A whole address is taken only if it lies under this one.
    pub fn join(&self, path: &str, query: &[(String, String)]) -> Result<Url> {
        let mut url = if path.contains("://") { self.own(path)? } else { self.under(path)? };
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    fn under(&self, path: &str) -> Result<Url> {
        if !path.starts_with('/') || path.starts_with("//") {
            return Err(Error::client(format_args!("the path \"{path}\" must start with one /")).hint(
                "such as /rest/api/2/myself; a verb of the same name takes other arguments, see `tieline docs`",
            ));
        }
        let plain = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        if plain.split(['/', '\\']).any(|segment| segment == "." || segment == "..") {
            return Err(Error::client(format_args!("the path \"{path}\" has a segment . or .. in it")));
        }
        if plain.chars().any(char::is_control) {
            return Err(Error::client("the path has control characters in it"));
        }
        if path.contains('#') {
            return Err(Error::client(format_args!("the path \"{path}\" has a # in it, which would not be sent"))
                .hint("put the value into the map and {name} into the path"));
        }
        let whole = format!("{}{path}", self.as_str());
        Url::parse(&whole).map_err(|e| Error::client(format_args!("the path \"{path}\" makes no address: {e}")))
    }

    /// Checks that an address that a server gave us is its own.
    fn own(&self, text: &str) -> Result<Url> {
        let url = Url::parse(text).map_err(|_| Error::client(format_args!("\"{text}\" is not an address")))?;
        if self.holds(&url) {
            return Ok(url);
        }
        Err(Error::client(format_args!("{} is not under {}", shown(&url), self.as_str()))
            .hint("requests go only to the server of the connection; make another connection for another server"))
    }

    /// Says whether `url` has the same scheme, host and port and lies under the same path: whether our credential may go there.
    pub fn holds(&self, url: &Url) -> bool {
        let base = self.0.path().trim_end_matches('/');
        let path = url.path();
        self.0.origin() == url.origin()
            && url.username().is_empty()
            && url.password().is_none()
            && (path == base || path.strip_prefix(base).is_some_and(|rest| rest.starts_with('/')))
    }

    /// Returns the address as text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }
}

/// Returns an address fit to be shown: without query, fragment and user.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // These fail only for addresses that cannot have a user; then there is none to hide.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

fn without_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_the_base_address() {
        for (given, is) in [
            ("https://acme.atlassian.net", "https://acme.atlassian.net"),
            ("acme.atlassian.net/", "https://acme.atlassian.net"),
            ("https://jira.acme.com:8443/jira/", "https://jira.acme.com:8443/jira"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://localhost/jira", "http://localhost/jira"),
            ("http://[::1]:1", "http://[::1]:1"),
        ] {
            assert_eq!(Address::parse(given, false).unwrap().as_str(), is);
        }
    }

    #[test]
    fn what_cannot_be_a_base_address_is_refused() {
        for (given, says) in [
            ("", "is empty"),
            ("https://me:pw@acme.com", "user name or password"),
            ("https://me@acme.com", "user name or password"),
            ("ftp://acme.com", "must start with https://"),
            ("https://acme.com/?x=1", "query or fragment"),
            ("https://acme.com/browse/OPS-1", "address of a page"),
            ("https://acme.com/rest/api/2", "address of a page"),
            ("https://ac me.com", "blanks"),
            ("http://jira.acme.com", "unencrypted"),
            ("http://127.0.0.1.evil.com", "unencrypted"),
            ("https://", "not an address"),
        ] {
            let error = Address::parse(given, false).unwrap_err();
            assert!(error.message.contains(says), "{given}: {error}");
        }
        assert!(Address::parse("http://jira.acme.com", true).is_ok());
    }

    #[test]
    fn a_path_cannot_leave_the_server() {
        let base = Address::parse("https://acme.com/jira", false).unwrap();
        assert_eq!(
            base.join("/rest/x", &[("a".into(), "b c".into())]).unwrap().as_str(),
            "https://acme.com/jira/rest/x?a=b+c"
        );
        for path in [
            "/../x",
            "/a/%2e%2E/b",
            "/a/./b",
            "rest",
            "//evil.com/x",
            "/a\\..\\b",
            "/a%0d%0ab",
            "/a#b",
            "https://evil.com/jira/x",
            "https://acme.com/other",
            "https://acme.com.evil.com/jira/x",
            "https://acme.com:444/jira/x",
            "http://acme.com/jira/x",
            "https://u@acme.com/jira/x",
        ] {
            assert!(base.join(path, &[]).is_err(), "{path}");
        }
        assert!(base.join("https://acme.com/jira/rest/next?page=2", &[]).is_ok());
    }
}
