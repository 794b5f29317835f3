//! Signed statements of this installation that are no tokens: a JWS with a type of its own, and the
//! public key beside it, so that a statement outlives its key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, crypto, decode_header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keyring::Keyring;
use super::signer::jws_algorithm;
use crate::error::{Error, Result};

/// A signed statement.
pub struct SignedStatement {
    /// The JWS, in compact serialization (RFC 7515, section 7.1).
    pub jws: String,
    /// The `kid`.
    pub signing_key_id: String,
    /// The public key as JWK.
    pub public_jwk: String,
}

impl Keyring {
    /// Signs a statement of type `typ` with the key that is current at `now`.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed; `Unavailable` without a key.
    pub fn sign_statement(
        &self,
        typ: &str,
        claims: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<SignedStatement> {
        self.with_signer(now, |signer| {
            let jwk = signer.public_jwk()?;
            Ok(SignedStatement {
                jws: signer.sign_as(typ, claims)?,
                signing_key_id: signer.id.to_string(),
                public_jwk: serde_json::to_string(&jwk).map_err(Error::internal)?,
            })
        })
    }
}

/// The id of the key whose public key a statement has; `None` if it is no public key.
#[must_use]
pub fn key_id(public_jwk: &str) -> Option<String> {
    serde_json::from_str::<Jwk>(public_jwk).ok()?.common.key_id
}

/// The claims of a statement; `None` if it is of another type, or the key did not sign it.
#[must_use]
pub fn verified_claims<T: DeserializeOwned>(typ: &str, jws: &str, public_jwk: &str) -> Option<T> {
    let jwk: Jwk = serde_json::from_str(public_jwk).ok()?;
    let algorithm = jwk.common.key_algorithm?.to_string();
    let header = decode_header(jws).ok()?;
    let is_of_key =
        header.alg == jws_algorithm(&algorithm).ok()? && header.kid == jwk.common.key_id;
    if !is_of_key || header.typ.as_deref() != Some(typ) {
        return None;
    }
    let (message, signature) = jws.rsplit_once('.')?;
    let key = DecodingKey::from_jwk(&jwk).ok()?;
    if !crypto::verify(signature, message.as_bytes(), &key, header.alg).ok()? {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(message.split_once('.')?.1).ok()?;
    serde_json::from_slice(&claims).ok()
}
