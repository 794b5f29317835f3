//! Settings of the front: connections, TLS, shutdown, and browsers at other origins.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::values::{at_least_one, within};
use super::{ConfigError, given};

/// Settings of the front.
#[derive(Clone, Debug)]
pub struct Front {
    /// Maximum number of open connections.
    pub max_connections: usize,
    /// Maximum number of open connections from one client address.
    pub max_connections_per_address: usize,
    /// Time in which the header of a request must arrive, and in which a TLS handshake must end.
    pub header_timeout: Duration,
    /// Time after which a kept-alive connection without a request is closed.
    pub idle_timeout: Duration,
    /// Time after which a connection whose peer does not read is closed.
    pub write_timeout: Duration,
    /// Time between a signal to stop and the end of accepting connections.
    pub shutdown_delay: Duration,
    /// Certificate and key; none: plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Origins whose pages may call the API.
    pub cors_origins: Vec<String>,
    /// Origins whose pages may call the OAuth endpoints.
    pub cors_token_origins: Vec<String>,
    /// `max-age` of `Strict-Transport-Security` in seconds; 0: the header is not sent.
    pub hsts_seconds: u64,
}

/// Files in PEM that TLS needs.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// Private key of the first certificate.
    pub key: PathBuf,
}

/// The same settings before they are checked.
pub(super) struct Unchecked {
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    pub header_timeout_seconds: u64,
    pub idle_timeout_seconds: u64,
    pub write_timeout_seconds: u64,
    pub shutdown_delay_seconds: u64,
    pub tls_certificate_file: Option<String>,
    pub tls_key_file: Option<String>,
    pub cors_origins: String,
    pub cors_token_origins: String,
    pub hsts_seconds: u64,
}

impl Unchecked {
    pub fn check(self) -> Result<Front, ConfigError> {
        let connections = |name, value| within(name, 1..=1_000_000, value);
        Ok(Front {
            max_connections: connections("max_connections", self.max_connections)?,
            max_connections_per_address: connections(
                "max_connections_per_address",
                self.max_connections_per_address,
            )?,
            header_timeout: at_least_one("header_timeout_seconds", self.header_timeout_seconds)?,
            idle_timeout: at_least_one("idle_timeout_seconds", self.idle_timeout_seconds)?,
            write_timeout: at_least_one("write_timeout_seconds", self.write_timeout_seconds)?,
            shutdown_delay: Duration::from_secs(within(
                "shutdown_delay_seconds",
                0..=300,
                self.shutdown_delay_seconds,
            )?),
            tls: tls(given(self.tls_certificate_file), given(self.tls_key_file))?,
            cors_origins: origins("cors_origins", &self.cors_origins)?,
            cors_token_origins: origins("cors_token_origins", &self.cors_token_origins)?,
            hsts_seconds: within("hsts_seconds", 0..=315_360_000, self.hsts_seconds)?,
        })
    }
}

fn tls(certificate: Option<String>, key: Option<String>) -> Result<Option<TlsFiles>, ConfigError> {
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() }))
        }
        (Some(_), None) => Err(ConfigError(
            "tls_certificate_file is set without tls_key_file; set both or neither".to_owned(),
        )),
        (None, Some(_)) => Err(ConfigError(
            "tls_key_file is set without tls_certificate_file; set both or neither".to_owned(),
        )),
    }
}

/// Origins, separated by commas, each spelt as browsers send it (RFC 6454, section 6.2).
fn origins(name: &str, text: &str) -> Result<Vec<String>, ConfigError> {
    let each = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    each.map(|it| {
        if is_origin(it) {
            return Ok(it.to_owned());
        }
        Err(ConfigError(format!(
            "{name}: {it} is not an origin such as https://app.example.com or http://localhost:3000"
        )))
    })
    .collect()
}

fn is_origin(text: &str) -> bool {
    // A URL may have a host like `*.example.com`, but whoever writes that expects a pattern.
    !text.contains('*')
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_accepted_in_the_spelling_of_browsers_only() {
        let all = "https://app.example.com, http://localhost:3000,,http://[::1]:8080";
        let listed = origins("cors_origins", all).expect("origins");
        assert_eq!(
            listed,
            ["https://app.example.com", "http://localhost:3000", "http://[::1]:8080"]
        );
        assert!(origins("cors_origins", "").expect("none").is_empty());
        for wrong in [
            "*",
            "null",
            "app.example.com",
            "https://app.example.com/",
            "https://app.example.com/path",
            "https://app.example.com:443",
            "https://App.example.com",
            "https://*.example.com",
            "https://user@app.example.com",
            "file:///",
            "ftp://example.com",
        ] {
            let told = origins("cors_origins", wrong).expect_err(wrong).to_string();
            assert!(told.starts_with(&format!("cors_origins: {wrong} is not an origin")), "{told}");
        }
    }

    #[test]
    fn certificate_and_key_are_set_together() {
        let file = || Some("file.pem".to_owned());
        assert!(tls(None, None).expect("neither").is_none());
        assert!(tls(file(), file()).expect("both").is_some());
        assert!(tls(file(), None).is_err() && tls(None, file()).is_err());
    }
}
