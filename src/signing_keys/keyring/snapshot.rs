//! The keys in memory as of one read.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{SigningKeyId, signing_key};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};

use super::super::schedule::KeySchedule;
use super::super::signer::{Signer, jws_algorithm};
use crate::config::MasterKeys;
use crate::error::{Error, Result};

/// The keys as of one read.
#[derive(Default)]
pub struct Snapshot {
    /// The next keys and the current one, the newest first, decrypted once.
    pub signers: Vec<Arc<Signer>>,
    /// Keys that no master key decrypts, so that each is logged once.
    undecryptable: Vec<signing_key::Model>,
    public: Vec<Arc<PublicKey>>,
}

/// A public key, which verifies tokens.
pub struct PublicKey {
    /// The `kid`.
    pub id: SigningKeyId,
    /// The only algorithm that the key verifies.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: DecodingKey,
    jwk: Jwk,
}

impl Snapshot {
    /// The signer that is current at `now`, or the oldest one.
    pub fn signer_at(&self, now: DateTime<Utc>) -> Option<&Arc<Signer>> {
        let active = self.signers.iter().find(|signer| signer.activates_at <= now);
        active.or(self.signers.last())
    }

    /// The public key with this `kid`.
    pub fn find(&self, kid: &str) -> Option<&Arc<PublicKey>> {
        self.public.iter().find(|key| key.id.as_str() == kid)
    }

    /// The public keys as a key set, the newest first.
    pub fn jwks(&self) -> JwkSet {
        JwkSet { keys: self.public.iter().map(|key| key.jwk.clone()).collect() }
    }

    /// The ids of the keys that `other` lacks.
    pub fn keys_missing_in(&self, other: &Self) -> impl Iterator<Item = &SigningKeyId> {
        self.public.iter().map(|key| &key.id).filter(|id| other.find(id.as_str()).is_none())
    }

    /// The next snapshot, with the private keys down to the newest active one.
    ///
    /// # Errors
    /// `Internal` when a public key is invalid.
    pub fn next(
        &self,
        schedule: &KeySchedule,
        masters: &MasterKeys,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut next = Self { public: public_keys(schedule)?, ..Self::default() };
        for key in schedule.iter() {
            match self.signer(masters, key) {
                Some(signer) => next.signers.push(signer),
                None => next.undecryptable.push(key.clone()),
            }
            if next.signers.last().is_some_and(|signer| signer.activates_at <= now) {
                break;
            }
        }
        Ok(next)
    }

    /// The signer of `key`, decrypted unless it is known; `None` if it cannot be decrypted.
    fn signer(&self, masters: &MasterKeys, key: &signing_key::Model) -> Option<Arc<Signer>> {
        // A revocation changes the activation time of the next key.
        let is_same =
            |signer: &&Arc<Signer>| signer.id == key.id && signer.activates_at == key.activates_at;
        if let Some(known) = self.signers.iter().find(is_same) {
            return Some(Arc::clone(known));
        }
        if self.undecryptable.contains(key) {
            return None;
        }
        Signer::decrypt(masters, key).map(Arc::new).inspect_err(Error::log).ok()
    }
}

fn public_keys(schedule: &KeySchedule) -> Result<Vec<Arc<PublicKey>>> {
    let public_key = |row: &signing_key::Model| {
        let jwk: Jwk = serde_json::from_str(&row.public_jwk).map_err(Error::internal)?;
        Ok(Arc::new(PublicKey {
            id: row.id.clone(),
            algorithm: jws_algorithm(&row.algorithm)?,
            key: DecodingKey::from_jwk(&jwk).map_err(Error::internal)?,
            jwk,
        }))
    };
    schedule.iter().map(public_key).collect()
}
