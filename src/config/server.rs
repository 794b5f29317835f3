//! Settings of connections, TLS, shutdown, and browsers at other origins.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use super::ConfigError;
use super::parser::{Parser, list, seconds, text, within};
use super::reader::Reader;

/// Settings of connections, TLS, shutdown and browsers.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Maximum number of open connections.
    pub max_connections: usize,
    /// Maximum number of open connections from one client address.
    pub max_connections_per_address: usize,
    /// Time limit of a request's header and of a TLS handshake.
    pub header_timeout: Duration,
    /// Time until an idle keep-alive connection is closed.
    pub idle_timeout: Duration,
    /// Time until a connection is closed whose peer reads nothing.
    pub write_timeout: Duration,
    /// Time from a signal to stop until new connections are rejected.
    pub shutdown_delay: Duration,
    /// Certificate and key; `None` for plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call GraphQL and REST (CORS).
    pub cors_origins: Vec<String>,
    /// Origins whose pages may call the OAuth endpoints (CORS).
    pub cors_token_origins: Vec<String>,
    /// `max-age` of `Strict-Transport-Security` in seconds; 0 omits the header.
    pub hsts_seconds: u64,
}

/// PEM files of TLS.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// Certificate chain, which begins with the server's certificate.
    pub certificate: PathBuf,
    /// Private key of the first certificate.
    pub key: PathBuf,
}

impl ServerConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            max_connections: settings.read(
                "max_connections",
                "10000",
                within(1..=1_000_000),
                "Maximum number of open connections (at most half of them from one address)",
            )?,
            max_connections_per_address: settings.read(
                "max_connections_per_address",
                "512",
                within(1..=1_000_000),
                "Maximum number of open connections from one IPv4 address or IPv6 /64 (trusted \
                 proxies are exempt)",
            )?,
            header_timeout: settings.read(
                "header_timeout_seconds",
                "10",
                seconds(1..=3_600),
                "Time limit of a request's header and of a TLS handshake, in seconds",
            )?,
            idle_timeout: settings.read(
                "idle_timeout_seconds",
                "60",
                seconds(1..=3_600),
                "Time until an idle keep-alive connection is closed, in seconds",
            )?,
            write_timeout: settings.read(
                "write_timeout_seconds",
                "30",
                seconds(1..=3_600),
                "Time until a connection is closed whose peer reads nothing, in seconds",
            )?,
            shutdown_delay: settings.read(
                "shutdown_delay_seconds",
                "2",
                seconds(0..=300),
                "Time from SIGTERM, when /readyz starts to return 503, until new connections are \
                 rejected, in seconds",
            )?,
            tls: tls(settings)?,
            trusted_proxies: trusted_proxies(settings)?,
            cors_origins: settings.read(
                "cors_origins",
                "",
                origins(),
                "Origins that may call GraphQL and REST (CORS)",
            )?,
            cors_token_origins: settings.read(
                "cors_token_origins",
                "",
                origins(),
                "Origins that may call the OAuth endpoints (CORS)",
            )?,
            hsts_seconds: settings.read(
                "hsts_seconds",
                "0",
                within(0..=315_360_000),
                "max-age of Strict-Transport-Security, in seconds (0 omits the header)",
            )?,
        })
    }
}

fn trusted_proxies(settings: &mut Reader) -> Result<Vec<IpNet>, ConfigError> {
    let network =
        |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
    settings.read(
        "trusted_proxies",
        "",
        list("addresses or networks such as 10.0.0.0/8", network),
        "Proxies whose X-Forwarded-For is trusted",
    )
}

fn tls(settings: &mut Reader) -> Result<Option<TlsFiles>, ConfigError> {
    let certificate = settings.read(
        "tls_certificate_file",
        "",
        text("").optional(),
        "PEM file with the certificate chain for HTTPS, reloaded when it changes",
    )?;
    let help = "PEM file with the private key of the certificate";
    let key = settings.read("tls_key_file", "", text("").optional(), help)?;
    match (certificate, key) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => {
            Ok(Some(TlsFiles { certificate: certificate.into(), key: key.into() }))
        }
        _ => Err(ConfigError("tls_certificate_file and tls_key_file must be set together".into())),
    }
}

/// Origins, each in the spelling of browsers (RFC 6454, section 6.2).
fn origins() -> Parser<Vec<String>> {
    list("origins such as https://app.example.com", |text| is_origin(text).then(|| text.to_owned()))
}

fn is_origin(text: &str) -> bool {
    // `*.example.com` is a valid host, but an operator who writes it expects a pattern.
    !text.contains('*')
        && Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text
        })
}

#[cfg(test)]
mod tests {
    use super::origins;

    #[test]
    fn origins_are_accepted_in_the_spelling_of_browsers_only() {
        let parse = origins().parse;
        let all = "https://app.example.com, http://localhost:3000,,http://[::1]:8080";
        let expected = ["https://app.example.com", "http://localhost:3000", "http://[::1]:8080"];
        assert_eq!(parse(all).expect("origins"), expected);
        assert!(parse("").expect("no origins").is_empty());
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
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
