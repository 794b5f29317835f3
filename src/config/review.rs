//! Checks of valid settings in combination: `serve` rejects or warns, `doctor` reports.

use std::net::IpAddr;

use ipnet::IpNet;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::{Host, Url};

use super::{Config, DatabaseConfig, Finding};

/// The findings of all checks that need only the settings.
#[must_use]
pub fn review(config: &Config) -> Vec<Finding> {
    vec![
        master_key(config),
        issuer(config),
        trusted_proxies(&config.server.trusted_proxies),
        database_tls(&config.database),
        rate_limit(config),
    ]
}

fn master_key(config: &Config) -> Finding {
    let check = "master_key";
    match &config.master_keys {
        Some(keys) => Finding::ok(check, format!("master keys: {}", keys.iter().count())),
        None => Finding::problem(
            check,
            "no master key is set",
            "set POSTERN_MASTER_KEY or POSTERN_MASTER_KEY_FILE (generate a key: openssl rand -base64 32)",
        ),
    }
}

fn issuer(config: &Config) -> Finding {
    let (check, issuer) = ("issuer", &config.issuer);
    if !config.issuer_is_set && !is_loopback_address(&config.listen) {
        return Finding::problem(
            check,
            format!("no issuer is set, and {} is not a loopback address", config.listen),
            "set POSTERN_ISSUER to the public URL, such as https://id.example.com",
        );
    }
    if issuer.starts_with("http:") && !is_loopback_url(issuer) {
        return Finding::warning(
            check,
            format!("the issuer {issuer} is not https: secrets and tokens are sent in clear text"),
            "serve HTTPS, and set POSTERN_ISSUER to the https URL",
        );
    }
    Finding::ok(check, format!("issuer: {issuer}"))
}

/// Whether an address to listen on, with its port, is reachable from this machine only.
fn is_loopback_address(listen: &str) -> bool {
    is_loopback_host(listen.rsplit_once(':').map_or(listen, |(host, _)| host))
}

fn is_loopback_host(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.to_canonical().is_loopback())
}

fn is_loopback_url(url: &str) -> bool {
    let url = Url::parse(url).ok();
    match url.as_ref().and_then(Url::host) {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

fn trusted_proxies(networks: &[IpNet]) -> Finding {
    let check = "trusted_proxies";
    // Larger than any block of private addresses: 10.0.0.0/8 and fc00::/7.
    let too_wide = networks.iter().find(|network| match network {
        IpNet::V4(v4) => v4.prefix_len() < 8,
        IpNet::V6(v6) => v6.prefix_len() < 7,
    });
    match too_wide {
        Some(network) => Finding::warning(
            check,
            format!("the trusted proxies include {network}: any client can forge its address"),
            "list only the addresses of the proxies in POSTERN_TRUSTED_PROXIES",
        ),
        None => Finding::ok(check, format!("trusted proxies: {}", networks.len())),
    }
}

fn database_tls(database: &DatabaseConfig) -> Finding {
    let check = "database_tls";
    if database.is_sqlite() {
        return Finding::ok(check, "the database is embedded");
    }
    let Ok(options) = database.url.reveal().parse::<PgConnectOptions>() else {
        return Finding::problem(
            check,
            "the database URL has invalid parameters",
            "correct POSTERN_DATABASE_URL",
        );
    };
    let host = options.get_host();
    let verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyCa | PgSslMode::VerifyFull);
    if verified {
        return Finding::ok(check, format!("the certificate of {host} is verified"));
    }
    if options.get_socket().is_some() || host.starts_with('/') || is_loopback_host(host) {
        return Finding::ok(check, "the database is on this machine");
    }
    Finding::warning(
        check,
        format!("the connection to PostgreSQL at {host} does not verify its certificate"),
        "add ?sslmode=verify-full to POSTERN_DATABASE_URL, and sslrootcert=FILE for a private CA",
    )
}

fn rate_limit(config: &Config) -> Finding {
    let check = "rate_limit";
    match config.secrets.rate_limit {
        Some(most) => Finding::ok(check, format!("failed authentications per minute: {most}")),
        None => Finding::warning(
            check,
            "failed authentications are not limited",
            "set POSTERN_RATE_LIMIT to a positive number",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Level;

    const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    /// The findings that are not ok, with these settings beside a master key.
    fn found(settings: &[(&str, &str)]) -> Vec<(Level, &'static str)> {
        let settings = settings.iter().chain(&[("MASTER_KEY", KEY)]);
        let settings =
            settings.map(|(name, value)| (format!("POSTERN_{name}"), (*value).to_owned()));
        let config = Config::load(None, settings, &[]).expect("settings");
        let findings = review(&config).into_iter().filter(|it| it.level != Level::Ok);
        findings.map(|it| (it.level, it.check)).collect()
    }

    #[test]
    fn the_defaults_and_a_careful_installation_have_no_findings() {
        assert_eq!(found(&[]), []);
        let database = "postgres://postern:x@db.internal/postern?sslmode=verify-full";
        let careful = [("LISTEN", "0.0.0.0:8080"), ("ISSUER", "https://id.example.com")];
        assert_eq!(found(&[careful[0], careful[1], ("DATABASE_URL", database)]), []);
    }

    #[test]
    fn an_issuer_is_required_unless_the_server_listens_on_loopback() {
        for listen in ["0.0.0.0:8080", "[::]:8080", "192.0.2.1:80", "id.example.com:80"] {
            assert_eq!(found(&[("LISTEN", listen)]), [(Level::Problem, "issuer")], "{listen}");
            assert_eq!(found(&[("LISTEN", listen), ("ISSUER", "https://id.example.com")]), []);
        }
        for listen in ["127.0.0.1:0", "127.8.8.8:80", "[::1]:8080", "localhost:8080"] {
            assert_eq!(found(&[("LISTEN", listen)]), [], "{listen}");
        }
    }

    #[test]
    fn http_is_warned_about_unless_the_issuer_is_on_loopback() {
        for issuer in ["http://id.example.com", "http://192.0.2.1:8080", "http://0.0.0.0:8080"] {
            assert_eq!(found(&[("ISSUER", issuer)]), [(Level::Warning, "issuer")], "{issuer}");
        }
        for issuer in ["http://localhost:80", "http://[::1]:8080", "http://id.localhost"] {
            assert_eq!(found(&[("ISSUER", issuer)]), [], "{issuer}");
        }
    }

    #[test]
    fn trusting_everybody_is_warned_about() {
        for wide in ["0.0.0.0/0", "10.0.0.0/8,::/0", "0.0.0.0/1"] {
            let expected = [(Level::Warning, "trusted_proxies")];
            assert_eq!(found(&[("TRUSTED_PROXIES", wide)]), expected, "{wide}");
        }
        assert_eq!(found(&[("TRUSTED_PROXIES", "10.0.0.0/8,fd00::/8,192.0.2.1")]), []);
    }

    #[test]
    fn postgresql_elsewhere_without_verified_tls_is_warned_about() {
        for url in [
            "postgres://db.internal/postern",
            "postgres://127.0.0.1/postern?host=db.internal",
            "postgres://db.internal/postern?sslmode=require",
        ] {
            assert_eq!(
                found(&[("DATABASE_URL", url)]),
                [(Level::Warning, "database_tls")],
                "{url}"
            );
        }
        for url in [
            "postgres://127.0.0.1/postern",
            "postgres://localhost/postern",
            "postgres://[::1]:5432/postern",
            "postgres://%2Frun%2Fpostgresql/postern",
            "postgres://db.internal/postern?sslmode=verify-ca",
        ] {
            assert_eq!(found(&[("DATABASE_URL", url)]), [], "{url}");
        }
    }
}
