//! The values of settings: parsed here, trusted everywhere else.

use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use url::Url;
use zeroize::Zeroizing;

use super::ConfigError;

/// A text that does not print itself.
#[derive(Clone)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// What tokens are signed with (RFC 7518, section 3.1; RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningAlgorithm {
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// Ed25519.
    EdDSA,
    /// RSA 2048 with SHA-256.
    RS256,
}

impl SigningAlgorithm {
    /// Its JOSE name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }

    /// The algorithm of that JOSE name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::ES256, Self::EdDSA, Self::RS256].into_iter().find(|it| it.name() == name)
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What a commit of an embedded database waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// The disk: what was answered survives a power cut, as with PostgreSQL.
    Full,
    /// The operating system: what was answered survives the process.
    Normal,
}

pub(super) fn synchronous(name: &str) -> Result<Synchronous, ConfigError> {
    match name {
        "full" => Ok(Synchronous::Full),
        "normal" => Ok(Synchronous::Normal),
        _ => Err(ConfigError(format!("sqlite_synchronous must be full or normal, not {name}"))),
    }
}

pub(super) fn within<T: PartialOrd + Display + Copy>(
    name: &str,
    range: RangeInclusive<T>,
    value: T,
) -> Result<T, ConfigError> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(ConfigError(format!(
            "{name} must be {} to {}, not {value}",
            range.start(),
            range.end()
        )))
    }
}

/// A number within `range`; nothing for the `word` that stands for no limit.
pub(super) fn unless<T: PartialOrd + Display + Copy + FromStr>(
    word: &str,
    name: &str,
    range: RangeInclusive<T>,
    text: &str,
) -> Result<Option<T>, ConfigError> {
    if text == word {
        return Ok(None);
    }
    let number = text.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    let expected = || format!("{name} must be {word}, or {least} to {most}, not {text}");
    number.map(Some).ok_or_else(|| ConfigError(expected()))
}

pub(super) fn at_least_one(name: &str, seconds: u64) -> Result<Duration, ConfigError> {
    within(name, 1..=3_600, seconds).map(Duration::from_secs)
}

pub(super) fn argon2(
    memory: u32,
    iterations: u32,
    lanes: u32,
) -> Result<argon2::Params, ConfigError> {
    argon2::Params::new(memory, iterations, lanes, Some(32))
        .map_err(|error| ConfigError(format!("argon2_*: {error}")))
}

pub(super) fn rate_limit(text: &str) -> Result<Option<u32>, ConfigError> {
    match text {
        "off" => Ok(None),
        text => text.parse().ok().filter(|&failures| failures > 0).map(Some).ok_or_else(|| {
            ConfigError(format!(
                "rate_limit must be off or a number of failures a minute, not {text}"
            ))
        }),
    }
}

/// Networks or single addresses, with commas between them.
pub(super) fn networks(name: &str, text: &str) -> Result<Vec<IpNet>, ConfigError> {
    let each = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    each.map(|it| {
        let parsed = it.parse().or_else(|_| it.parse::<IpAddr>().map(IpNet::from));
        parsed.map_err(|_| ConfigError(format!("{name}: {it} is no address or network")))
    })
    .collect()
}

pub(super) fn signing_algorithm(name: &str) -> Result<SigningAlgorithm, ConfigError> {
    SigningAlgorithm::named(name).ok_or_else(|| {
        ConfigError(format!("signing_algorithm must be ES256, EdDSA or RS256, not {name}"))
    })
}

pub(super) fn log_format(name: &str) -> Result<LogFormat, ConfigError> {
    match name {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(ConfigError(format!("log_format must be text or json, not {name}"))),
    }
}

pub(super) fn database_url(text: String) -> Result<Hidden, ConfigError> {
    let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|it| text.starts_with(it));
    if text.contains(":memory:") || text.contains("mode=memory") {
        return Err(ConfigError(
            "database_url: a database in memory is not shared by connections; name a file"
                .to_owned(),
        ));
    }
    // The database's own error would repeat the text, with the password in it.
    if known && !text.starts_with("sqlite:") && Url::parse(&text).is_err() {
        return Err(ConfigError(
            "database_url cannot be read; percent-encode special characters of user and password"
                .to_owned(),
        ));
    }
    if known {
        Ok(Hidden::from(text))
    } else {
        Err(ConfigError("database_url must begin with sqlite:// or postgres://".to_owned()))
    }
}

/// The issuer when none is set: the address to listen on, or loopback, where that is every address
/// of the machine, which names no host to anybody.
pub(super) fn default_issuer(listen: &str, has_tls: bool) -> String {
    let scheme = if has_tls { "https" } else { "http" };
    match listen.parse::<SocketAddr>() {
        Ok(SocketAddr::V4(v4)) if v4.ip().is_unspecified() => {
            format!("{scheme}://127.0.0.1:{}", v4.port())
        }
        Ok(SocketAddr::V6(v6)) if v6.ip().is_unspecified() => {
            format!("{scheme}://[::1]:{}", v6.port())
        }
        _ => format!("{scheme}://{listen}"),
    }
}

/// An absolute `http` or `https` URL without query or fragment (RFC 8414, section 2), as given.
pub(super) fn issuer(text: &str) -> Result<String, ConfigError> {
    let plain = Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    if plain {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(ConfigError(format!(
            "issuer must be an http(s) URL without query or fragment, not {text}"
        )))
    }
}
