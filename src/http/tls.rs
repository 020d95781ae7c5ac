//! The connection pool of one server, with its proxy and its certificates.

use super::{Address, Options};
use crate::{
    error::{Error, Result},
    secret,
};
use reqwest::{Certificate, ClientBuilder, Proxy, Url, redirect::Policy};
use std::{sync::Once, time::Duration};

/// How long a connection may take to come about, whatever the answer may take.
const CONNECT: Duration = Duration::from_secs(20);

/// Schemes of the proxies that we can talk to.
const PROXIES: &[&str] = &["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Our name. It must not look like a browser's: Atlassian servers then ask for an `Origin`.
const USER_AGENT: &str = concat!("tieline/", env!("CARGO_PKG_VERSION"));

/// Makes the pool for `address`. Loads the certificates, which takes milliseconds, only for https.
pub(super) fn pool(address: &Address, options: &Options) -> Result<reqwest::Client> {
    provider();
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT.min(options.timeout))
        .tcp_nodelay(true);
    builder = if address.is_https() { trust(builder, options)? } else { no_tls(builder) };
    builder = proxied(builder, address, options)?;
    builder.build().map_err(|e| Error::client(format_args!("cannot set up the connection: {}", chain(&e))))
}

/// Loads the certificates, and those that `options` name, and looks at the proxy. Sends nothing.
pub fn check_certificates(options: &Options) -> Result<()> {
    pool(&Address::parse("https://tieline.invalid", false)?, options).map(|_| ())
}

/// Chooses the cryptography once per process.
fn provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // It fails only when one is chosen already, and then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn no_tls(builder: ClientBuilder) -> ClientBuilder {
    let empty = rustls::RootCertStore::empty();
    let versions = rustls::ClientConfig::builder();
    builder.tls_backend_preconfigured(versions.with_root_certificates(empty).with_no_client_auth())
}

fn trust(builder: ClientBuilder, options: &Options) -> Result<ClientBuilder> {
    let builder =
        builder.tls_danger_accept_invalid_certs(options.insecure).tls_danger_accept_invalid_hostnames(options.insecure);
    let Some(path) = &options.ca else { return Ok(builder) };
    let refuse = |why: String| Error::client(format_args!("`ca`: cannot use {}: {why}", path.display()));
    let pem = std::fs::read(path).map_err(|e| refuse(e.to_string()))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|e| refuse(chain(&e)))?;
    if certificates.is_empty() {
        return Err(refuse("there is no PEM certificate in it".to_owned()));
    }
    Ok(builder.tls_certs_merge(certificates))
}

fn proxied(builder: ClientBuilder, address: &Address, options: &Options) -> Result<ClientBuilder> {
    match &options.proxy {
        Some(proxy) => Ok(builder.proxy(proxy_at(proxy.reveal().trim())?)),
        // A proxy named in the environment is for other machines.
        None if address.is_loopback() => Ok(builder.no_proxy()),
        None => Ok(builder),
    }
}

/// Checks the address of a proxy, which reqwest would do only when it fails, and hides the password in it.
fn proxy_at(text: &str) -> Result<Proxy> {
    let refuse = || Error::client("`proxy` is not an address; it looks like http://proxy.acme.com:3128");
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&whole).ok().filter(|url| PROXIES.contains(&url.scheme()) && url.has_host());
    let url = url.ok_or_else(refuse)?;
    if let Some(password) = url.password() {
        let password = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
        secret::hide(&password);
        secret::hide(&format!("{}:{password}", url.username()));
    }
    Proxy::all(whole).map_err(|_| refuse())
}

/// Returns what reqwest says, with its causes, without the address (its query may hold a secret).
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut causes: Vec<String> = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    causes.dedup();
    // The last cause is the one that says something: "Connection refused", "invalid peer certificate".
    causes.pop().unwrap_or_else(|| {
        if error.is_builder() { "unsupported options".to_owned() } else { "no reason given".to_owned() }
    })
}
