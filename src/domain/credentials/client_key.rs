//! The public keys that clients prove themselves by (RFC 7523): read from what people have at hand,
//! a JWK (RFC 7517) or a PEM file (RFC 7468, section 13), and kept as a JWK.

mod jwk;
mod numbers;
mod pem;

use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The longest text that is read, in bytes.
const LONGEST: usize = 8 * 1024;

/// What an assertion may be signed with (RFC 7518, section 3.1; RFC 8037, section 3.1): nothing
/// else can be named, neither `none` nor a MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientAlgorithm {
    /// ECDSA on P-256.
    ES256,
    /// Ed25519, which RFC 9864 calls so.
    #[serde(alias = "Ed25519")]
    EdDSA,
    /// RSASSA-PKCS1-v1_5.
    RS256,
    /// RSASSA-PSS.
    PS256,
}

/// A public key that can verify assertions.
pub struct ClientKey(Jwk);

impl ClientKey {
    /// Reads what a caller gives.
    ///
    /// # Errors
    /// `Invalid`, with what is wrong with it.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let jwk = if text.len() > LONGEST {
            Err(refused("must be at most 8192 bytes"))
        } else if text.starts_with('{') {
            jwk::read(text)
        } else {
            pem::read(text)
        };
        serde_json::from_value(jwk?.into()).map(Self).map_err(Error::internal)
    }

    /// The JWK, with its public members alone.
    ///
    /// # Errors
    /// `Internal`.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string(&self.0).map_err(Error::internal)
    }
}

fn refused(why: &str) -> Error {
    Error::invalid("publicKey", why)
}
