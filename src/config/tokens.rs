//! Settings of access tokens and the keys that sign them.

use std::time::Duration;

use super::ConfigError;
use super::parser::{one_of, seconds};
use super::reader::Reader;

/// The longest lifetime of a token that can be set, in seconds.
pub const LONGEST_TOKEN: u64 = 86_400;

/// Signature algorithm of tokens (RFC 7518, section 3.1; RFC 8037).
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
    const NAMES: &'static [(&'static str, Self)] =
        &[("ES256", Self::ES256), ("EdDSA", Self::EdDSA), ("RS256", Self::RS256)];

    /// JOSE name of the algorithm.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
            Self::RS256 => "RS256",
        }
    }

    /// The algorithm with a JOSE name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(it, _)| *it == name).map(|(_, algorithm)| *algorithm)
    }
}

/// Lifetime of an access token.
pub fn ttl(settings: &mut Reader) -> Result<Duration, ConfigError> {
    settings.read(
        "token_ttl_seconds",
        "3600",
        seconds(60..=LONGEST_TOKEN),
        "Lifetime of an access token, in seconds",
    )
}

/// Signature algorithm of access tokens.
pub fn signing_algorithm(settings: &mut Reader) -> Result<SigningAlgorithm, ConfigError> {
    settings.read(
        "signing_algorithm",
        "ES256",
        one_of(SigningAlgorithm::NAMES),
        "Signature algorithm of access tokens",
    )
}
