//! Certificates: whom we trust, and how a refusal reads.

use super::{PATH, prepared, run};
use crate::common::server::{json, serve_tls};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;

/// A certificate for 127.0.0.1, and the authority that made it.
pub(super) struct Made {
    authority: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// Makes an authority and a certificate.
pub(super) fn made() -> Made {
    made_for("127.0.0.1")
}

fn made_for(host: &str) -> Made {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([host.to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    Made { authority: authority.pem(), certificate: certificate.der().clone(), key }
}

impl Made {
    /// Returns the server's side.
    pub(super) fn server(&self) -> rustls::ServerConfig {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let versions = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        versions.unwrap().with_no_client_auth().with_single_cert(vec![self.certificate.clone()], key).unwrap()
    }
}

fn read() -> String {
    format!("jira().get(\"{PATH}\").tls")
}

#[test]
fn an_authority_of_ours_is_trusted_where_it_is_named() {
    let made = made();
    let server = serve_tls(made.server(), |_| json(200, r#"{"tls":true}"#));
    let with = |flags: &[&str], code: &str| prepared(&server.url, flags, code).file("ca.pem", &made.authority).run();
    with(&["--ca", "ca.pem"], &read()).ok().prints("true");
    with(&[], &format!("jira(#{{ ca: \"ca.pem\" }}).get(\"{PATH}\").tls")).ok().prints("true");
    assert_eq!(server.seen().len(), 2);
}

#[test]
fn a_certificate_of_a_stranger_is_refused_with_words_and_at_once() {
    let (made, other) = (made(), made());
    let server = serve_tls(made.server(), |_| json(200, r#"{"tls":true}"#));
    let start = std::time::Instant::now();
    run(&server.url, &read())
        .ends(3)
        .says(&format!("Remote error: cannot reach {}: ", server.url))
        .says("certificate")
        .says("hint: trust the server's certificate authority with --ca FILE");
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "a certificate does not get better by waiting");
    prepared(&server.url, &["--ca", "ca.pem"], &read())
        .file("ca.pem", &other.authority)
        .run()
        .ends(3)
        .says("certificate");
    assert!(server.seen().is_empty(), "nothing was sent");
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    let made = made_for("jira.acme.test");
    let server = serve_tls(made.server(), |_| json(200, r#"{"tls":true}"#));
    prepared(&server.url, &["--ca", "ca.pem"], &read())
        .file("ca.pem", &made.authority)
        .run()
        .ends(3)
        .says("certificate");
    assert!(server.seen().is_empty());
}

#[test]
fn insecure_takes_any_certificate() {
    let made = made_for("jira.acme.test");
    let server = serve_tls(made.server(), |_| json(200, r#"{"tls":true}"#));
    prepared(&server.url, &["--insecure"], &read()).run().ok().prints("true");
    run(&server.url, &format!("jira(#{{ insecure: true }}).get(\"{PATH}\").tls")).ok().prints("true");
}

#[test]
fn a_file_that_holds_no_certificate_is_refused() {
    let made = made();
    let server = serve_tls(made.server(), |_| json(200, "{}"));
    for (name, says) in [("nope.pem", "cannot use nope.pem: "), ("empty.pem", "there is no PEM certificate in it")] {
        prepared(&server.url, &["--ca", name], &read())
            .file("empty.pem", "nothing here")
            .run()
            .ends(2)
            .says("Client error: `ca`: ")
            .says(says);
    }
    assert!(server.seen().is_empty());
}
