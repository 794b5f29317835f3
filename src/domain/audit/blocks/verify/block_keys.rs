//! The signing keys that may have signed a block.

use std::collections::HashMap;

use entity::audit_block;

use crate::signing_keys::{KeySchedule, key_id};

/// The public keys of this installation, which deletes old and revoked ones.
#[derive(Debug)]
pub(super) struct BlockKeys(HashMap<String, String>);

impl BlockKeys {
    pub fn new(keys: &KeySchedule) -> Self {
        Self(keys.iter().map(|key| (key.id.to_string(), key.public_jwk.clone())).collect())
    }

    /// Whether the key of a block is there.
    pub fn has(&self, block: &audit_block::Model) -> bool {
        self.0.contains_key(&block.signing_key_id)
    }

    /// Whether the public key of a block is that of its signing key: its id, if it was deleted.
    pub fn is_of_block(&self, block: &audit_block::Model) -> bool {
        match self.0.get(&block.signing_key_id) {
            Some(jwk) => *jwk == block.public_jwk,
            None => key_id(&block.public_jwk).as_ref() == Some(&block.signing_key_id),
        }
    }
}
