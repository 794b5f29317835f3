//! The keyring: the keys of a replica in memory, for signatures and verification.

mod snapshot;

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::JwkSet;
use serde::Serialize;
use tokio::sync::Mutex;

pub use snapshot::PublicKey;

use super::all;
use super::signer::Signer;
use crate::clock::Clock;
use crate::config::{Config, KeyTimes, MasterKeys, SigningAlgorithm};
use crate::error::{Error, Result};
use crate::store::Db;
use snapshot::Snapshot;

/// The least time between two reads for unknown keys or the key set.
const REFRESH_INTERVAL: TimeDelta = TimeDelta::seconds(1);

/// The keys of this installation; empty before [`Self::load`].
///
/// A replica that cannot read the keys for a while, or cannot decrypt the current one, continues to
/// sign with its newest key, which stays published for a day and ten minutes longer; the log
/// contains each such failure.
pub struct Keyring {
    pub(super) db: Db,
    pub(super) clock: Clock,
    masters: Option<MasterKeys>,
    pub(super) algorithm: SigningAlgorithm,
    pub(super) times: KeyTimes,
    snapshot: ArcSwap<Snapshot>,
    /// The time of the last refresh; locked during a read.
    refreshed_at: Mutex<DateTime<Utc>>,
}

impl Keyring {
    /// A keyring without keys.
    #[must_use]
    pub fn new(config: &Config, db: &Db, clock: &Clock) -> Self {
        Self {
            db: db.clone(),
            clock: clock.clone(),
            masters: config.master_keys.clone(),
            algorithm: config.tokens.signing_algorithm,
            times: config.tokens.key_times,
            snapshot: ArcSwap::default(),
            refreshed_at: Mutex::default(),
        }
    }

    /// The configured master keys.
    ///
    /// # Errors
    /// `Internal` when none is configured.
    pub(super) fn masters(&self) -> Result<&MasterKeys> {
        let missing = || Error::internal("signing keys need a master key, and none is configured");
        self.masters.as_ref().ok_or_else(missing)
    }

    /// Reads the keys for the first time.
    ///
    /// # Errors
    /// The database does not respond; `Internal` when there is no key, or no master key decrypts
    /// the current one.
    pub(super) async fn load_first(&self) -> Result<()> {
        let schedule = all(self.db.reader()).await?;
        let current = schedule.current(self.clock.now());
        let current = current.ok_or_else(|| Error::internal("there is no signing key"))?;
        Signer::decrypt(self.masters()?, current)?;
        self.reload().await
    }

    /// Whether the keyring has a key that signs.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        !self.snapshot.load().signers.is_empty()
    }

    /// Signs a JWT with the key that is current at `now`.
    ///
    /// # Errors
    /// `Internal` when the claims cannot be signed; `Unavailable` without a key.
    pub fn sign(&self, claims: &impl Serialize, now: DateTime<Utc>) -> Result<String> {
        self.with_signer(now, |signer| signer.sign(claims))
    }

    /// Calls `work` with the key that is current at `now`.
    pub(super) fn with_signer<T>(
        &self,
        now: DateTime<Utc>,
        work: impl FnOnce(&Signer) -> Result<T>,
    ) -> Result<T> {
        let snapshot = self.snapshot.load();
        let missing = || Error::Unavailable("no signing key can be decrypted".into());
        work(snapshot.signer_at(now).ok_or_else(missing)?)
    }

    /// Finds the key with this `kid`, including one that another replica has just created.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn find(&self, kid: &str) -> Result<Option<Arc<PublicKey>>> {
        if let Some(key) = self.snapshot.load().find(kid) {
            return Ok(Some(Arc::clone(key)));
        }
        self.refresh().await?;
        Ok(self.snapshot.load().find(kid).cloned())
    }

    /// The key set (RFC 7517, section 5): all public keys, the newest first.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn jwks(&self) -> Result<JwkSet> {
        self.refresh().await?;
        Ok(self.snapshot.load().jwks())
    }

    /// Reads the keys.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn reload(&self) -> Result<()> {
        let _lock = self.refreshed_at.lock().await;
        self.read().await
    }

    /// Reads the keys at most once per [`REFRESH_INTERVAL`]. A [`Self::reload`] does not count, so
    /// that a newer key is found with the first token that it signs.
    async fn refresh(&self) -> Result<()> {
        let mut refreshed_at = self.refreshed_at.lock().await;
        let now = self.clock.now();
        if now - *refreshed_at < REFRESH_INTERVAL {
            return Ok(());
        }
        self.read().await?;
        *refreshed_at = now;
        Ok(())
    }

    async fn read(&self) -> Result<()> {
        let now = self.clock.now();
        // The connections of the token path, so that a busy server still notices a revocation.
        let schedule = all(self.db.token_reader()).await?;
        let old = self.snapshot.load();
        let new = old.next(&schedule, self.masters()?, now)?;
        for deleted in old.keys_missing_in(&new) {
            tracing::info!(signing_key.id = %deleted, "tokens of a deleted signing key are rejected");
        }
        self.snapshot.store(Arc::new(new));
        Ok(())
    }
}
