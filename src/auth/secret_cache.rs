//! Verified secrets, cached in memory as keyed digests, so that repeat clients skip the Argon2id
//! cost.
//!
//! For each client the cache holds its credential and HMAC-SHA-256, under a random key of this
//! process, of credential, stored hash and secret: it contains no secret, and gives somebody without
//! this process's memory no more to guess against than the database does. The stored hash is part of
//! the digest, so a replaced hash misses. Only verified secrets are cached, so failures evict
//! nothing. The cache does not decide whether a credential is active: the database does, each time.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use chrono::{DateTime, TimeDelta, Utc};
use moka::{future, sync};

use super::ActiveCredential;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::{ClientSecret, Flow, QueueClass};

type Digest = [u8; 32];

/// The key of a verification under way. A verification that is rejected because the queue is full
/// decides nothing for another network.
type InFlight = (Flow, Digest);

/// The credential that a right secret authenticates; `None` if it is rejected in any case.
type Verdict = Option<Arc<ActiveCredential>>;

/// Verified secrets by client id, and verifications under way.
pub struct VerifiedSecretCache {
    key: hmac::Key,
    verified: sync::Cache<String, Arc<Verified>>,
    /// Stores nothing: concurrent requests with the same secret share one verification.
    in_flight: future::Cache<InFlight, Verdict>,
    max_age: TimeDelta,
    enabled: bool,
}

/// A verified secret.
struct Verified {
    credential: Arc<ActiveCredential>,
    digest: Digest,
    at: DateTime<Utc>,
}

/// The reason why a verification has no credential.
enum Failed {
    WrongSecret,
    Fault(Error),
}

impl VerifiedSecretCache {
    /// Caches at most `entries` secrets, each for `max_age`; none if `entries` is 0.
    #[must_use]
    pub fn new(entries: u64, max_age: Duration) -> Self {
        Self {
            key: hmac::Key::new(HMAC_SHA256, &random::bytes(32)),
            verified: sync::Cache::builder().max_capacity(entries).time_to_live(max_age).build(),
            in_flight: future::Cache::new(0),
            max_age: TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX),
            enabled: entries > 0,
        }
    }

    /// The credential that this client authenticated with by this very secret before. It may have
    /// been revoked since.
    #[must_use]
    pub fn get(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        now: DateTime<Utc>,
    ) -> Option<Arc<ActiveCredential>> {
        let verified = self.verified.get(client_id)?;
        let digest = self.digest(&verified.credential, secret);
        let same = verify_slices_are_equal(&digest, &verified.digest).is_ok();
        (same && now - verified.at < self.max_age).then(|| Arc::clone(&verified.credential))
    }

    /// The credential if `secret` is right: cached, or else by `verify`, which returns `None` for a
    /// wrong secret. Of concurrent requests of one network with the same secret, one verifies, and
    /// the others share its result.
    ///
    /// # Errors
    /// Those of `verify`.
    pub async fn get_or_verify(
        &self,
        credential: &Arc<ActiveCredential>,
        secret: &ClientSecret,
        class: &QueueClass,
        now: DateTime<Utc>,
        verify: impl Future<Output = Result<Option<Arc<ActiveCredential>>>>,
    ) -> Result<Option<Arc<ActiveCredential>>> {
        if !self.enabled {
            return verify.await;
        }
        let cached = || {
            let cached = self.get(&credential.client_id, secret, now);
            cached.filter(|cached| cached.revision == credential.revision)
        };
        if let Some(cached) = cached() {
            return Ok(Some(cached));
        }
        let verifying = async {
            if let Some(cached) = cached() {
                return Ok(Some(cached));
            }
            let verified = verify.await.map_err(Failed::Fault)?.ok_or(Failed::WrongSecret)?;
            self.insert(&verified, secret, now);
            Ok(Some(verified))
        };
        let stored = credential.authenticator.secret_hash().unwrap_or_default();
        let digest = self.sign(["verify", &credential.client_id, stored, secret.reveal()]);
        let shared = self.in_flight.try_get_with((class.flow(), digest), verifying);
        shared_verdict(shared.await).map(Option::flatten)
    }

    /// Whether a secret is right that is rejected in any case, by `matches`. It takes the same path
    /// as [`Self::get_or_verify`] of a wrong secret, also for a client that does not exist.
    ///
    /// # Errors
    /// Those of `matches`.
    pub async fn matches(
        &self,
        client_id: &str,
        stored: Option<&str>,
        secret: &ClientSecret,
        class: &QueueClass,
        matches: impl Future<Output = Result<bool>>,
    ) -> Result<bool> {
        if !self.enabled {
            return matches.await;
        }
        let comparing = async {
            let right = matches.await.map_err(Failed::Fault)?;
            right.then_some(None).ok_or(Failed::WrongSecret)
        };
        let stored = stored.unwrap_or_default();
        let digest = self.sign(["match", client_id, stored, secret.reveal()]);
        let shared = self.in_flight.try_get_with((class.flow(), digest), comparing);
        Ok(shared_verdict(shared.await)?.is_some())
    }

    /// Removes the secret of a client.
    pub fn remove(&self, client_id: &str) {
        self.verified.invalidate(client_id);
    }

    fn insert(&self, credential: &Arc<ActiveCredential>, secret: &ClientSecret, at: DateTime<Utc>) {
        let digest = self.digest(credential, secret);
        let verified = Verified { credential: Arc::clone(credential), digest, at };
        self.verified.insert(credential.client_id.clone(), Arc::new(verified));
    }

    fn digest(&self, credential: &ActiveCredential, secret: &ClientSecret) -> Digest {
        let hash = credential.authenticator.secret_hash().unwrap_or_default();
        self.sign([credential.id.as_str(), hash, secret.reveal()])
    }

    fn sign<const PARTS: usize>(&self, parts: [&str; PARTS]) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }
}

/// The result of a shared verification: `None` for a wrong secret.
fn shared_verdict(shared: Result<Verdict, Arc<Failed>>) -> Result<Option<Verdict>> {
    match shared {
        Ok(verdict) => Ok(Some(verdict)),
        Err(failed) => match failed.as_ref() {
            Failed::WrongSecret => Ok(None),
            Failed::Fault(fault) => Err(fault.again()),
        },
    }
}
