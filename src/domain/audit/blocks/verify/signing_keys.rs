//! The signing keys that may have signed a block.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::audit_block;

use crate::signing_keys::{KeySchedule, key_id};

/// The time within which all replicas sign with the current key after a revocation.
const TAKEOVER: TimeDelta = TimeDelta::minutes(5);

/// The public keys of this installation, which deletes old and revoked ones.
#[derive(Debug)]
pub(super) struct SigningKeys {
    public: HashMap<String, String>,
    /// The time after which no deleted key signed: that from which the current one signs, as it also
    /// replaces a revoked one.
    deleted_until: DateTime<Utc>,
}

impl SigningKeys {
    pub fn new(keys: &KeySchedule, now: DateTime<Utc>) -> Self {
        let public = keys.iter().map(|key| (key.id.to_string(), key.public_jwk.clone())).collect();
        let current = keys.current(now).map(|key| key.activates_at + TAKEOVER);
        Self { public, deleted_until: current.unwrap_or(DateTime::<Utc>::MAX_UTC) }
    }

    /// Whether the key of a block is there.
    pub fn has(&self, block: &audit_block::Model) -> bool {
        self.public.contains_key(&block.signing_key_id)
    }

    /// What speaks against the key of a block.
    pub fn finding(&self, block: &audit_block::Model) -> Option<&'static str> {
        let is_own = match self.public.get(&block.signing_key_id) {
            Some(jwk) => *jwk == block.public_jwk,
            None => key_id(&block.public_jwk).as_ref() == Some(&block.signing_key_id),
        };
        if !is_own {
            return Some("its public key is not that of its signing key");
        }
        let is_possible = self.has(block) || block.created_at <= self.deleted_until;
        (!is_possible)
            .then_some("its signing key is unknown, and the current one was there before it")
    }
}
