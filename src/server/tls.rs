//! TLS (RFC 8446): the server's certificate, read again when its files change.

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

/// How often the files are read.
const INTERVAL: Duration = Duration::from_secs(30);

/// Accepts TLS connections.
pub struct Tls {
    files: TlsFiles,
    loaded: ArcSwap<Loaded>,
    certificate: Arc<Certificate>,
    acceptor: TlsAcceptor,
    /// Listened to before the first connection: unheard, the signal would end the process.
    hangup: Mutex<Signal>,
}

/// The certificate in use.
#[derive(Debug)]
struct Certificate(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// The files as they were read.
#[derive(PartialEq, Eq)]
struct Loaded {
    certificate: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Tls {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// A file cannot be read, the two do not go together, or SIGHUP cannot be listened to.
    pub fn load(files: TlsFiles) -> io::Result<Self> {
        let loaded = Loaded::read(&files)?;
        let certificate = Arc::new(Certificate(ArcSwap::from_pointee(loaded.parse(&files)?)));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (loaded, hangup) = (ArcSwap::from_pointee(loaded), signal(SignalKind::hangup())?);
        Ok(Self { files, loaded, certificate, acceptor, hangup: Mutex::new(hangup) })
    }

    /// The TLS handshake of a connection.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await
    }

    /// Reads the files again every now and then, and on SIGHUP.
    pub async fn watch(&self) -> Infallible {
        let mut hangup = self.hangup.lock().await;
        loop {
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                _ = hangup.recv() => {}
            }
            match self.reload().await {
                Ok(false) => {}
                Ok(true) => tracing::info!("TLS certificate reloaded"),
                Err(error) => {
                    tracing::error!(error.cause = %error, "TLS certificate not reloaded; the one before stays in use")
                }
            }
        }
    }

    /// Takes the certificate of the files. Whether they have changed.
    async fn reload(&self) -> io::Result<bool> {
        let files = self.files.clone();
        let loaded = tokio::task::spawn_blocking(move || Loaded::read(&files)).await??;
        if loaded == **self.loaded.load() {
            return Ok(false);
        }
        let parsed = loaded.parse(&self.files);
        // Files that cannot be used are logged once, not each time.
        self.loaded.store(Arc::new(loaded));
        self.certificate.0.store(Arc::new(parsed?));
        Ok(true)
    }
}

impl Loaded {
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
        let wrong = |name: &str, path: &Path, why: &str| {
            io::Error::other(format!("{name} {}: {why}", path.display()))
        };
        let chain =
            CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty()).ok_or_else(|| {
            wrong("tls_certificate_file", &files.certificate, "holds no certificate in PEM")
        })?;
        let key = PrivateKeyDer::from_pem_slice(&self.key)
            .map_err(|_| wrong("tls_key_file", &files.key, "holds no private key in PEM"))?;
        CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|error| {
            let why = format!("cannot be used with the certificate: {error}");
            wrong("tls_key_file", &files.key, &why)
        })
    }
}
