//! A private key at work.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use jsonwebtoken::Header;
use serde::Serialize;

use super::key_pair::SigningKeyPair;
use super::{jose, private_key_of};
use crate::config::{MasterKeys, SigningAlgorithm};
use crate::encryption;
use crate::error::{Error, Result};

/// A key that signs.
pub struct Signer {
    /// The `kid`.
    pub id: SigningKeyId,
    /// From when it signs.
    pub from: DateTime<Utc>,
    /// `header.` of every token.
    header: String,
    key_pair: SigningKeyPair,
}

impl Signer {
    /// Opens the private half of a key.
    ///
    /// # Errors
    /// `Internal` when none of the master keys opens it.
    pub fn open(masters: &MasterKeys, key: &signing_key::Model) -> Result<Self> {
        let unknown = || Error::internal(format!("{} is no algorithm to sign with", key.algorithm));
        let algorithm = SigningAlgorithm::named(&key.algorithm).ok_or_else(unknown)?;
        let private =
            encryption::decrypt(masters, private_key_of(&key.id), &key.sealed_private_key)?;
        let header = Header {
            typ: Some("at+jwt".to_owned()),
            kid: Some(key.id.to_string()),
            ..Header::new(jose(&key.algorithm)?)
        };
        Ok(Self {
            id: key.id.clone(),
            from: key.activates_at,
            header: encode(&header)? + ".",
            key_pair: SigningKeyPair::parse(algorithm, &private)?,
        })
    }

    /// Signs a JWT.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String> {
        let mut token = self.header.clone() + &encode(claims)?;
        let signature = self.key_pair.sign(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn encode(part: &impl Serialize) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).map_err(Error::internal)?))
}
