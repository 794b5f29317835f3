//! Verified public keys of clients, parsed and cached in memory, so that an assertion of a repeat
//! client is verified without a lookup.
//!
//! The cache does not decide whether a credential is active: the database does, each time.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use super::ActiveCredential;
use super::client_key::ClientKey;

/// Public keys by the client ids that they have authenticated.
pub struct VerifiedKeyCache(Cache<String, Arc<VerifiedKey>>);

/// A public key that has authenticated its client.
pub struct VerifiedKey {
    /// The credential.
    pub credential: Arc<ActiveCredential>,
    /// The key.
    pub key: ClientKey,
}

impl VerifiedKeyCache {
    /// Caches at most `entries` keys, each for `max_age`; none if `entries` is 0.
    #[must_use]
    pub fn new(entries: u64, max_age: Duration) -> Self {
        Self(Cache::builder().max_capacity(entries).time_to_live(max_age).build())
    }

    /// The key that authenticated a client before. It may have been revoked since.
    #[must_use]
    pub fn get(&self, client_id: &str) -> Option<Arc<VerifiedKey>> {
        self.0.get(client_id)
    }

    /// Caches the key of a client.
    pub fn insert(&self, verified: VerifiedKey) {
        self.0.insert(verified.credential.client_id.clone(), Arc::new(verified));
    }

    /// Removes the key of a client.
    pub fn remove(&self, client_id: &str) {
        self.0.invalidate(client_id);
    }
}
