//! Settings of access tokens and the keys that sign them.

use std::time::Duration;

use super::ConfigError;
use super::key_times::{KeyTimes, MAX_TOKEN_SECONDS};
use super::parser::{one_of, seconds};
use super::reader::Reader;

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

/// Access tokens and the keys that sign them.
#[derive(Clone, Debug)]
pub struct TokenConfig {
    /// Lifetime of an access token.
    pub ttl: Duration,
    /// Signature algorithm of access tokens.
    pub signing_algorithm: SigningAlgorithm,
    /// Periods in the life of a signing key.
    pub key_times: KeyTimes,
}

impl TokenConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            ttl: settings.read(
                "token_ttl_seconds",
                "3600",
                seconds(60..=MAX_TOKEN_SECONDS),
                "Lifetime of an access token, in seconds",
            )?,
            signing_algorithm: settings.read(
                "signing_algorithm",
                "ES256",
                one_of(SigningAlgorithm::NAMES),
                "Signature algorithm of access tokens",
            )?,
            key_times: KeyTimes::read(settings)?,
        })
    }
}
