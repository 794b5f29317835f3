//! Public keys of clients that authenticate by assertions (RFC 7523): parsed from a JWK (RFC 7517) or
//! a PEM file (RFC 7468, section 13), and stored as a JWK.

mod jwk;
mod parameters;
mod pem;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The maximum length of a key, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// Signature algorithms of assertions (RFC 7518, section 3.1; RFC 8037, section 3.1). Neither `none`
/// nor a MAC can be represented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientAlgorithm {
    /// ECDSA on P-256.
    ES256,
    /// Ed25519, by its name in RFC 8037; RFC 9864 names it `Ed25519`.
    #[serde(alias = "Ed25519")]
    EdDSA,
    /// RSASSA-PKCS1-v1_5.
    RS256,
    /// RSASSA-PSS.
    PS256,
}

impl ClientAlgorithm {
    /// Their names in the metadata (RFC 8414, section 2).
    pub const NAMES: [&str; 5] = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"];
}

impl From<ClientAlgorithm> for Algorithm {
    fn from(algorithm: ClientAlgorithm) -> Self {
        match algorithm {
            ClientAlgorithm::ES256 => Self::ES256,
            ClientAlgorithm::EdDSA => Self::EdDSA,
            ClientAlgorithm::RS256 => Self::RS256,
            ClientAlgorithm::PS256 => Self::PS256,
        }
    }
}

/// A public key that can verify assertions.
pub struct ClientKey(Jwk);

impl ClientKey {
    /// Parses a key from a request.
    ///
    /// # Errors
    /// `Invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let jwk = if text.len() > MAX_LENGTH {
            Err(invalid("must be at most 8192 bytes"))
        } else if text.starts_with('{') {
            jwk::read(text)
        } else {
            pem::read(text)
        };
        serde_json::from_value(jwk?.into()).map(Self).map_err(Error::internal)
    }

    /// Parses a stored key, as written by [`Self::to_json`].
    ///
    /// # Errors
    /// `Internal`.
    pub fn from_stored(text: &str) -> Result<Self> {
        serde_json::from_str(text).map(Self).map_err(Error::internal)
    }

    /// The JWK, with public members only.
    ///
    /// # Errors
    /// `Internal`.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(Error::internal)
    }

    /// Whether `algorithm` is valid for the key.
    #[must_use]
    pub fn supports(&self, algorithm: ClientAlgorithm) -> bool {
        let matches_type = match &self.0.algorithm {
            AlgorithmParameters::EllipticCurve(_) => algorithm == ClientAlgorithm::ES256,
            AlgorithmParameters::OctetKeyPair(_) => algorithm == ClientAlgorithm::EdDSA,
            AlgorithmParameters::RSA(_) => {
                matches!(algorithm, ClientAlgorithm::RS256 | ClientAlgorithm::PS256)
            }
            _ => false,
        };
        let named = self.0.common.key_algorithm;
        matches_type && named.is_none_or(|it| it == KeyAlgorithm::from(Algorithm::from(algorithm)))
    }

    /// Whether `signature`, in base64url, is valid for `message`.
    ///
    /// # Errors
    /// `Internal`.
    pub fn verifies(
        &self,
        algorithm: ClientAlgorithm,
        message: &str,
        signature: &str,
    ) -> Result<bool> {
        let key = DecodingKey::from_jwk(&self.0).map_err(Error::internal)?;
        Ok(verify(algorithm, &key, message, signature))
    }
}

/// Takes as long as [`ClientKey::verifies`], without a client: rejections take equal time.
pub fn spend_verification_time(algorithm: ClientAlgorithm, message: &str, signature: &str) {
    // Arbitrary valid keys: the base points of the curves, and a modulus of 2048 bits.
    const EC: [&str; 2] = [
        "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
        "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    ];
    const ED: &str = "WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY";
    let key = match algorithm {
        ClientAlgorithm::ES256 => DecodingKey::from_ec_components(EC[0], EC[1]),
        ClientAlgorithm::EdDSA => DecodingKey::from_ed_components(ED),
        ClientAlgorithm::RS256 | ClientAlgorithm::PS256 => {
            Ok(DecodingKey::from_rsa_raw_components(&[0xFF; 256], &[1, 0, 1]))
        }
    };
    // The result does not matter.
    let _ = key.map(|key| verify(algorithm, &key, message, signature));
}

/// A malformed signature is invalid.
fn verify(algorithm: ClientAlgorithm, key: &DecodingKey, message: &str, signature: &str) -> bool {
    matches!(crypto::verify(signature, message.as_bytes(), key, algorithm.into()), Ok(true))
}

fn invalid(why: &str) -> Error {
    Error::invalid("public_key", why)
}
