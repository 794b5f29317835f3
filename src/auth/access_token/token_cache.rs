//! Tokens whose signature is verified, cached in memory by their digest.
//!
//! The cache decides neither whether a token has expired nor whether its credential is active.

use std::sync::Arc;

use moka::sync::Cache;

use super::Claims;

/// The most memory that the cache takes, in bytes: some 10,000 tokens of the usual size.
const MAX_BYTES: u64 = 16 << 20;

/// The estimated memory of a token beside the texts in it, in bytes.
const OVERHEAD: usize = 1_024;

/// A token whose signature is verified.
pub struct VerifiedToken {
    /// The id of the key that signed it.
    pub kid: String,
    /// Its claims.
    pub claims: Claims,
}

/// Verified tokens by the SHA-256 of their text.
pub struct VerifiedTokenCache(Cache<[u8; 32], Arc<VerifiedToken>>);

impl Default for VerifiedTokenCache {
    fn default() -> Self {
        let weight = |_: &[u8; 32], token: &Arc<VerifiedToken>| weight(&token.claims);
        Self(Cache::builder().max_capacity(MAX_BYTES).weigher(weight).build())
    }
}

impl VerifiedTokenCache {
    /// The token with this digest.
    pub fn get(&self, digest: &[u8; 32]) -> Option<Arc<VerifiedToken>> {
        self.0.get(digest)
    }

    /// Caches a token.
    pub fn insert(&self, digest: [u8; 32], token: Arc<VerifiedToken>) {
        self.0.insert(digest, token);
    }
}

/// The estimated memory of a token, in bytes.
fn weight(claims: &Claims) -> u32 {
    let scope = claims.scope.as_ref().map_or(0, String::len);
    let audience: usize = claims.aud.each().iter().map(String::len).sum();
    u32::try_from(OVERHEAD + scope + audience).unwrap_or(u32::MAX)
}
