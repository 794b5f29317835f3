//! TLS (RFC 8446), with a certificate that is reloaded when its files change.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::server::TlsStream;
use zeroize::Zeroizing;

use crate::config::TlsFiles;

/// Interval at which the files are read.
const RELOAD_INTERVAL: Duration = Duration::from_secs(30);

/// Accepts TLS connections.
pub struct Tls {
    files: TlsFiles,
    contents: ArcSwap<PemFiles>,
    certificate: Arc<CertificateResolver>,
    acceptor: TlsAcceptor,
    /// Handler of SIGHUP, installed before the first connection: without a handler, the signal ends the
    /// process.
    hangup: Mutex<Signal>,
}

/// Current certificate.
#[derive(Debug)]
struct CertificateResolver(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for CertificateResolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Contents of the files.
#[derive(PartialEq, Eq)]
struct PemFiles {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Tls {
    /// Reads the certificate and its key.
    ///
    /// # Errors
    /// A file cannot be read or parsed, the key does not match the certificate, or the handler of SIGHUP
    /// cannot be installed.
    pub fn load(files: TlsFiles) -> io::Result<Self> {
        let contents = PemFiles::read(&files)?;
        let certificate = ArcSwap::from_pointee(contents.parse(&files)?);
        let certificate = Arc::new(CertificateResolver(certificate));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (contents, hangup) = (ArcSwap::from_pointee(contents), signal(SignalKind::hangup())?);
        Ok(Self { files, contents, certificate, acceptor, hangup: Mutex::new(hangup) })
    }

    /// Completes the TLS handshake of a connection.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Reloads the certificate at an interval and on SIGHUP.
    pub async fn watch(&self) -> Infallible {
        let mut hangup = self.hangup.lock().await;
        loop {
            tokio::select! {
                () = tokio::time::sleep(RELOAD_INTERVAL) => {}
                _ = hangup.recv() => {}
            }
            match self.reload().await {
                Ok(false) => {}
                Ok(true) => tracing::info!("TLS certificate reloaded"),
                Err(error) => {
                    tracing::error!(error.cause = %error, "TLS certificate reload failed, previous certificate in use")
                }
            }
        }
    }

    /// Reloads the certificate if its files have changed, and returns whether they have.
    async fn reload(&self) -> io::Result<bool> {
        let files = self.files.clone();
        let contents = tokio::task::spawn_blocking(move || PemFiles::read(&files)).await??;
        if contents == **self.contents.load() {
            return Ok(false);
        }
        let parsed = contents.parse(&self.files);
        // Stored before the error returns, so that invalid files are logged once.
        self.contents.store(Arc::new(contents));
        self.certificate.0.store(Arc::new(parsed?));
        Ok(true)
    }
}

impl PemFiles {
    fn read(TlsFiles { certificate, key }: &TlsFiles) -> io::Result<Self> {
        let read = |name: &str, path: &Path| {
            std::fs::read(path)
                .map_err(|error| io::Error::other(format!("{name} {}: {error}", path.display())))
        };
        Ok(Self {
            certificate: read("tls_certificate_file", certificate)?,
            key: read("tls_key_file", key)?.into(),
        })
    }

    fn parse(&self, files: &TlsFiles) -> io::Result<CertifiedKey> {
        let invalid = |name: &str, path: &Path, why: &str| {
            io::Error::other(format!("{name} {}: {why}", path.display()))
        };
        let chain =
            CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| {
            invalid("tls_certificate_file", &files.certificate, "holds no certificate in PEM")
        })?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| invalid("tls_key_file", &files.key, "holds no private key in PEM"))?;
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|error| {
            let why = format!("cannot be used with the certificate: {error}");
            invalid("tls_key_file", &files.key, &why)
        })
    }
}
