//! Decrypted private keys, which sign tokens.

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, Header};
use serde::Serialize;

use super::key_pair::SigningKeyPair;
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::encryption::{self, Aad};
use crate::error::{Error, Result};

/// A signing key with its decrypted private key.
pub struct Signer {
    /// The `kid`.
    pub id: SigningKeyId,
    /// The activation time.
    pub activates_at: DateTime<Utc>,
    /// The encoded header of every token, with the dot after it.
    header: String,
    algorithm: Algorithm,
    key_pair: SigningKeyPair,
}

impl Signer {
    /// Decrypts the private key.
    ///
    /// # Errors
    /// `Internal` when no master key decrypts it, or its algorithm is unknown.
    pub fn decrypt(masters: &MasterKeys, key: &signing_key::Model) -> Result<Self> {
        let unknown = || Error::internal(format!("unknown signing algorithm {}", key.algorithm));
        let algorithm = SigningAlgorithm::named(&key.algorithm).ok_or_else(unknown)?;
        let private =
            encryption::decrypt(masters, private_key_aad(&key.id), &key.encrypted_private_key)?;
        let jws_algorithm = jws_algorithm(&key.algorithm)?;
        Ok(Self {
            id: key.id.clone(),
            activates_at: key.activates_at,
            header: header("at+jwt", &key.id, jws_algorithm)?,
            algorithm: jws_algorithm,
            key_pair: SigningKeyPair::parse(algorithm, &private)?,
        })
    }

    /// Signs a JWT.
    ///
    /// # Errors
    /// `Internal` when the claims cannot be serialized or signed.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String> {
        self.sign_after(self.header.clone(), claims)
    }

    /// Signs a JWS of type `typ`.
    ///
    /// # Errors
    /// `Internal` when the claims cannot be serialized or signed.
    pub fn sign_as(&self, typ: &str, claims: &impl Serialize) -> Result<String> {
        self.sign_after(header(typ, &self.id, self.algorithm)?, claims)
    }

    /// The public key as JWK.
    ///
    /// # Errors
    /// `Internal` when the JWK is invalid.
    pub fn public_jwk(&self) -> Result<Jwk> {
        self.key_pair.public_jwk(&self.id)
    }

    fn sign_after(&self, header: String, claims: &impl Serialize) -> Result<String> {
        let mut token = header + &encode(claims)?;
        let signature = self.key_pair.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

/// Whether a master key decrypts the private key.
#[must_use]
pub fn decrypts(masters: &MasterKeys, key: &signing_key::Model) -> bool {
    Signer::decrypt(masters, key).is_ok()
}

/// The additional data that binds an encrypted private key to its row.
pub fn private_key_aad(id: &SigningKeyId) -> Aad<'_> {
    Aad { column: "signing_keys.encrypted_private_key", row: id.as_str() }
}

/// The JWS algorithm of this name (RFC 7518, section 3.1).
///
/// # Errors
/// `Internal` when the algorithm is unknown.
pub fn jws_algorithm(name: &str) -> Result<Algorithm> {
    Algorithm::from_str(name).map_err(Error::internal)
}

/// An encoded header, with the dot after it.
fn header(typ: &str, id: &SigningKeyId, algorithm: Algorithm) -> Result<String> {
    let (typ, kid) = (Some(typ.to_owned()), Some(id.to_string()));
    Ok(encode(&Header { typ, kid, ..Header::new(algorithm) })? + ".")
}

fn encode(part: &impl Serialize) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).map_err(Error::internal)?))
}
