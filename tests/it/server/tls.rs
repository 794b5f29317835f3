//! TLS: certificates from files, both versions of HTTP, and new certificates without a restart.

use std::path::Path;
use std::sync::Arc;

use rcgen::CertifiedKey;
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::http2::Client;
use crate::cli::{Server, Shell};
use crate::support::{World, eventually, in_time};

/// Writes a new certificate for `localhost` and its key to files.
fn certificate(folder: &Path) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    std::fs::write(folder.join("certificate.pem"), cert.pem()).expect("written");
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("written");
    cert.der().clone()
}

/// A TLS connection of a client that trusts one certificate and speaks one version of HTTP.
async fn connect(
    address: &str,
    trusted: &CertificateDer<'static>,
    version: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![version.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = "localhost".try_into().expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn healthz(mut stream: TlsStream<TcpStream>) -> String {
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut response = String::new();
    in_time("a response", stream.read_to_string(&mut response)).await.expect("a clean end");
    response
}

#[tokio::test]
async fn both_versions_of_http_are_served_over_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = certificate(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (chain, key) = (file("certificate.pem"), file("key.pem"));
    let settings = [
        ("TLS_CERTIFICATE_FILE", chain.as_str()),
        ("TLS_KEY_FILE", key.as_str()),
        ("HEADER_TIMEOUT_SECONDS", "2"),
        ("ISSUER", ""),
    ];
    let world = World::with(&settings).await;
    assert!(world.app.config.issuer.starts_with("https://"));
    let address = world.base.trim_start_matches("http://");
    let http1 = connect(address, &trusted, b"http/1.1").await.expect("a connection");
    assert!(healthz(http1).await.starts_with("HTTP/1.1 200 OK"));

    let http2 = connect(address, &trusted, b"h2").await.expect("a connection");
    assert_eq!(http2.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    assert_eq!(Client::over(http2).await.get("/healthz", "x").await.status(), 200);

    // A peer that does not begin the handshake, or speaks something else.
    for hello in [&b""[..], b"GET /healthz HTTP/1.1\r\n\r\n"] {
        let mut plain = TcpStream::connect(address).await.expect("a connection");
        plain.write_all(hello).await.expect("sent");
        let mut told = Vec::new();
        // It may be reset.
        let _ = in_time("the connection ends", plain.read_to_end(&mut told)).await;
        assert!(!told.starts_with(b"HTTP"));
    }
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart() {
    let shell = Shell::new().await;
    let folder = shell.folder.path().to_owned();
    let first = certificate(&folder);
    let files = [("TLS_CERTIFICATE_FILE", "certificate.pem"), ("TLS_KEY_FILE", "key.pem")];
    let server = Server::spawn(&shell, &["dev"], &files);
    let trusts = |certificate: &CertificateDer<'static>| {
        let (certificate, address) = (certificate.clone(), server.address.clone());
        async move { connect(&address, &certificate, b"http/1.1").await.is_ok() }
    };
    eventually("the first certificate is used", || trusts(&first)).await;

    let second = certificate(&folder);
    server.signal("HUP");
    eventually("the second certificate is used", || trusts(&second)).await;
    assert!(!trusts(&first).await);

    std::fs::write(folder.join("certificate.pem"), "nonsense").expect("written");
    server.signal("HUP");
    let third = {
        // A certificate without its key is not used, either.
        let key = std::fs::read(folder.join("key.pem")).expect("the key");
        let third = certificate(&folder);
        std::fs::write(folder.join("key.pem"), key).expect("written");
        server.signal("HUP");
        third
    };
    assert!(trusts(&second).await && !trusts(&third).await);
    let third = certificate(&folder);
    server.signal("HUP");
    eventually("the third certificate is used", || trusts(&third)).await;
    server.stops_by_sigterm();
}

#[tokio::test]
async fn an_unusable_certificate_or_key_stops_the_start_with_one_line() {
    let shell = Shell::new().await;
    let folder = shell.folder.path();
    certificate(folder);
    std::fs::copy(folder.join("key.pem"), folder.join("other.pem")).expect("copied");
    certificate(folder);
    std::fs::write(folder.join("empty.pem"), "").expect("written");
    for (chain, key, part) in [
        ("nowhere.pem", "key.pem", "tls_certificate_file nowhere.pem: No such file"),
        ("certificate.pem", "nowhere.pem", "tls_key_file nowhere.pem: No such file"),
        ("empty.pem", "key.pem", "tls_certificate_file empty.pem: holds no certificate"),
        (
            "certificate.pem",
            "certificate.pem",
            "tls_key_file certificate.pem: holds no private key",
        ),
        ("certificate.pem", "other.pem", "tls_key_file other.pem: cannot be used"),
    ] {
        let files = [("TLS_CERTIFICATE_FILE", chain), ("TLS_KEY_FILE", key)];
        shell.fails(&["dev"], &files, part);
    }
}
