//! The keys in memory: those that sign, and all that tokens are verified with.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{SigningKeyId, signing_key};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use tokio::sync::Mutex;

use super::schedule::Keys;
use super::signer::Signer;
use super::{all, jose, masters};
use crate::clock::Clock;
use crate::config::{Config, KeyTimes, MasterKeys, SigningAlgorithm};
use crate::error::{Error, Result};
use crate::store::Db;

/// How old the keys in memory may be when somebody asks for one that is not there.
const STALE_AFTER: TimeDelta = TimeDelta::seconds(1);

/// The keys of this installation, as this replica knows them; none before [`super::load`].
///
/// A replica that could not read them for a while, or cannot open the current one, goes on signing
/// with the newest that it has: that one stays published for a day and ten minutes more, and each such
/// failure is in the log.
pub struct Keyring {
    pub(super) db: Db,
    pub(super) clock: Clock,
    masters: Option<MasterKeys>,
    pub(super) algorithm: SigningAlgorithm,
    pub(super) times: KeyTimes,
    ring: ArcSwap<Ring>,
    /// When somebody last asked for the keys to be read; held while they are.
    asked_at: Mutex<DateTime<Utc>>,
}

#[derive(Default)]
struct Ring {
    /// The next and the current one, the newest first; opened once.
    signers: Vec<Arc<Signer>>,
    /// What could not be opened as it was; told once.
    locked: Vec<signing_key::Model>,
    public: Vec<Arc<PublicKey>>,
}

/// What verifies the tokens that one key has signed.
pub struct PublicKey {
    /// The `kid`.
    pub id: SigningKeyId,
    /// The only algorithm that it verifies.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: DecodingKey,
    jwk: Jwk,
}

impl Keyring {
    /// A keyring that is not loaded yet.
    #[must_use]
    pub fn new(config: &Config, db: &Db, clock: &Clock) -> Self {
        Self {
            db: db.clone(),
            clock: clock.clone(),
            masters: config.master_keys.clone(),
            algorithm: config.signing_algorithm,
            times: config.key_times,
            ring: ArcSwap::default(),
            asked_at: Mutex::default(),
        }
    }

    /// The configured master keys.
    pub(super) fn masters(&self) -> Result<&MasterKeys> {
        masters(self.masters.as_ref())
    }

    /// Reads the keys for the first time.
    pub(super) async fn load_first(&self) -> Result<()> {
        let keys = all(self.db.reader()).await?;
        let current = keys.current(self.clock.now());
        let current = current.ok_or_else(|| Error::internal("there is no signing key"))?;
        Signer::open(self.masters()?, current)?;
        self.reload().await
    }

    /// Whether there is a key to sign with.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        !self.ring.load().signers.is_empty()
    }

    /// Signs a JWT with the key that is the current one at `now`.
    ///
    /// # Errors
    /// `Internal` when it cannot be signed; `Unavailable` without a key.
    pub fn sign(&self, claims: &impl Serialize, now: DateTime<Utc>) -> Result<String> {
        let ring = self.ring.load();
        let signer = ring.signers.iter().find(|it| it.from <= now).or(ring.signers.last());
        let none = || Error::Unavailable("there is no signing key that can be opened".into());
        signer.ok_or_else(none)?.sign(claims)
    }

    /// The key named `kid`, also if another replica has just made it.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn find(&self, kid: &str) -> Result<Option<Arc<PublicKey>>> {
        if let Some(key) = self.ring.load().find(kid) {
            return Ok(Some(Arc::clone(key)));
        }
        self.refresh().await?;
        Ok(self.ring.load().find(kid).cloned())
    }

    /// The public halves of all keys (RFC 7517, section 5), the newest first.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn jwks(&self) -> Result<JwkSet> {
        self.refresh().await?;
        Ok(JwkSet { keys: self.ring.load().public.iter().map(|key| key.jwk.clone()).collect() })
    }

    /// Reads the keys again.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn reload(&self) -> Result<()> {
        let _alone = self.asked_at.lock().await;
        self.read().await
    }

    /// Reads the keys again, at most once a second, whoever asks. What the replica reads by itself
    /// does not count: a key that is newer is found with the first token that it has signed.
    async fn refresh(&self) -> Result<()> {
        let mut asked_at = self.asked_at.lock().await;
        let now = self.clock.now();
        if now - *asked_at < STALE_AFTER {
            return Ok(());
        }
        self.read().await?;
        *asked_at = now;
        Ok(())
    }

    async fn read(&self) -> Result<()> {
        let now = self.clock.now();
        // As for tokens: whatever else the server is busy with, a revoked key is soon known.
        let keys = all(self.db.token_reader()).await?;
        let before = self.ring.load();
        let ring = before.followed_by(&keys, self.masters()?, now)?;
        for gone in before.public.iter().filter(|key| ring.find(key.id.as_str()).is_none()) {
            tracing::info!(signing_key.id = %gone.id, "the tokens of a signing key that is gone are rejected");
        }
        self.ring.store(Arc::new(ring));
        Ok(())
    }
}

impl Ring {
    fn find(&self, kid: &str) -> Option<&Arc<PublicKey>> {
        self.public.iter().find(|key| key.id.as_str() == kid)
    }

    /// The ring of `keys`: of private halves, down to the newest that signs already.
    fn followed_by(&self, keys: &Keys, masters: &MasterKeys, now: DateTime<Utc>) -> Result<Self> {
        let mut next = Self { public: public(keys)?, ..Self::default() };
        for key in keys.iter() {
            match self.signer(masters, key) {
                Some(signer) => next.signers.push(signer),
                None => next.locked.push(key.clone()),
            }
            if next.signers.last().is_some_and(|signer| signer.from <= now) {
                break;
            }
        }
        Ok(next)
    }

    /// The private half of `key`, unless it cannot be opened.
    fn signer(&self, masters: &MasterKeys, key: &signing_key::Model) -> Option<Arc<Signer>> {
        // A revocation changes from when the next one signs.
        let is_same =
            |signer: &&Arc<Signer>| signer.id == key.id && signer.from == key.activates_at;
        if let Some(known) = self.signers.iter().find(is_same) {
            return Some(Arc::clone(known));
        }
        if self.locked.contains(key) {
            return None;
        }
        Signer::open(masters, key).map(Arc::new).inspect_err(Error::log).ok()
    }
}

fn public(keys: &Keys) -> Result<Vec<Arc<PublicKey>>> {
    keys.iter()
        .map(|row| {
            let jwk: Jwk = serde_json::from_str(&row.public_jwk).map_err(Error::internal)?;
            Ok(Arc::new(PublicKey {
                id: row.id.clone(),
                algorithm: jose(&row.algorithm)?,
                key: DecodingKey::from_jwk(&jwk).map_err(Error::internal)?,
                jwk,
            }))
        })
        .collect()
}
