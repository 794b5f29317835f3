//! Authentication of clients and of bearer tokens.
//!
//! [`Auth`] owns what it needs (database, clock, keys, caches) and knows neither the application nor
//! the context of an operation. Everything kept in memory only saves work: whether a credential is
//! active is read from the database for each request ([`CredentialLookup`]) or checked by the
//! statement that records its usage ([`UsageRecorder`]).

mod access_token;
mod active_client;
mod address_rejections;
mod auth_failure;
pub mod client_info;
mod client_key;
mod client_secret;
mod key_cache;
mod lookup;
mod private_key_jwt;
pub mod rate_limit;
mod replay;
mod secret_cache;
pub mod status;
pub mod usage;

use std::sync::Arc;
use std::time::Duration;

pub use access_token::{Audience, Claims, IssuedToken, Terms, ValidToken};
pub use active_client::{ActiveClient, ActiveCredential};
pub use auth_failure::AuthFailure;
pub use client_info::ClientInfo;
pub use client_key::{ClientAlgorithm, ClientKey};
pub use lookup::CredentialLookup;
pub use private_key_jwt::{Assertion, InvalidReason};
pub use usage::UsageRecorder;

use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::secret::SecretHasher;
use crate::signing_keys::Keyring;
use crate::store::Db;
use access_token::VerifiedTokenCache;
use address_rejections::AddressRejections;
use key_cache::VerifiedKeyCache;
use rate_limit::AuthFailureLimiter;
use replay::UsedAssertions;
use secret_cache::VerifiedSecretCache;

/// Authenticates clients, and issues and validates access tokens.
pub struct Auth {
    issuer: String,
    audience: String,
    token_ttl: Duration,
    clock: Clock,
    db: Db,
    keys: Arc<Keyring>,
    hasher: SecretHasher,
    /// Looks active credentials up.
    pub lookup: CredentialLookup,
    secrets: VerifiedSecretCache,
    keys_of_clients: VerifiedKeyCache,
    tokens: VerifiedTokenCache,
    usage: UsageRecorder,
    replay: UsedAssertions,
    /// The rate limiter for failed client authentication.
    pub rate_limit: AuthFailureLimiter,
    /// Recent rejections because of the client address.
    pub address_rejections: AddressRejections,
}

impl Auth {
    /// The service of a process.
    #[must_use]
    pub fn new(
        config: &Config,
        clock: &Clock,
        db: &Db,
        keys: &Arc<Keyring>,
        hasher: &SecretHasher,
    ) -> Self {
        let (entries, max_age) = (config.secrets.cache_entries, config.secrets.cache_age);
        Self {
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            token_ttl: config.tokens.ttl,
            clock: clock.clone(),
            db: db.clone(),
            keys: Arc::clone(keys),
            hasher: hasher.clone(),
            lookup: CredentialLookup::new(db, clock),
            secrets: VerifiedSecretCache::new(entries, max_age),
            keys_of_clients: VerifiedKeyCache::new(entries, max_age),
            tokens: VerifiedTokenCache::default(),
            usage: UsageRecorder::new(db, clock),
            replay: UsedAssertions::new(db),
            rate_limit: AuthFailureLimiter::new(config.secrets.rate_limit),
            address_rejections: AddressRejections::default(),
        }
    }

    /// The audience of tokens for Postern itself.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Records that a token is issued to a credential, committed when this returns. Returns whether
    /// the credential is still active in the revision that was authenticated; if not, no token may
    /// be issued, and the caches do not answer for it any more.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn record_usage(
        &self,
        credential: &Arc<ActiveCredential>,
        client: ClientInfo,
    ) -> Result<bool> {
        let active = self.usage.record(credential, client).await?;
        if !active {
            self.secrets.remove(&credential.client_id);
            self.keys_of_clients.remove(&credential.client_id);
        }
        Ok(active)
    }
}
