//! Secrets that were verified: what passed Argon2id once is known again by a keyed digest.
//!
//! For each client is kept what its credential proves, and HMAC-SHA-256, under a random key of
//! this process, of credential, stored hash and secret: neither a secret nor, without this
//! process's memory, more to try one on than the database has. As the stored hash is part of the
//! digest, a replaced one is unknown by itself. Only what passed is kept, so failures put nothing
//! out. Whether the credential is still live is not known here: the database is asked each time.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use chrono::{DateTime, TimeDelta, Utc};
use moka::{future, sync};

use super::Proof;
use super::client_key::ClientKey;
use crate::error::{Error, Result};
use crate::random;
use crate::secret::{Class, ClientSecret, Party};

type Digest = [u8; 32];

/// A verification under way. One that is rejected for want of a place decides nothing for another
/// network.
type Flight = (Party, Digest);

/// What a right secret proves; nothing, if it is rejected in any case.
type Answer = Option<Arc<Proof>>;

/// Which secrets passed, and when.
pub struct Verified {
    key: hmac::Key,
    passed: sync::Cache<String, Arc<Passed>>,
    /// The keys that assertions were verified with.
    keys: sync::Cache<String, Arc<KnownKey>>,
    /// Keeps nothing: those who try the same secret at the same time share one verdict.
    flights: future::Cache<Flight, Answer>,
    age: TimeDelta,
    off: bool,
}

/// A public key that has proven its client.
pub struct KnownKey {
    /// What it proves.
    pub proof: Arc<Proof>,
    /// The key.
    pub key: ClientKey,
}

/// A secret that passed.
struct Passed {
    proof: Arc<Proof>,
    digest: Digest,
    at: DateTime<Utc>,
}

/// Why a secret did not pass.
enum Failed {
    Wrong,
    Fault(Error),
}

impl Verified {
    /// Remembers at most `entries` secrets, each for `age`; none, if `entries` is 0.
    #[must_use]
    pub fn new(entries: u64, age: Duration) -> Self {
        Self {
            key: hmac::Key::new(HMAC_SHA256, &random::bytes(32)),
            passed: sync::Cache::builder().max_capacity(entries).time_to_live(age).build(),
            keys: sync::Cache::builder().max_capacity(entries).time_to_live(age).build(),
            flights: future::Cache::new(0),
            age: TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX),
            off: entries == 0,
        }
    }

    /// What a client proved with this very secret before. It may have been revoked since.
    #[must_use]
    pub fn known(
        &self,
        client_id: &str,
        secret: &ClientSecret,
        now: DateTime<Utc>,
    ) -> Option<Arc<Proof>> {
        let passed = self.passed.get(client_id)?;
        let digest = self.digest(&passed.proof, secret);
        let same = verify_slices_are_equal(&digest, &passed.digest).is_ok();
        (same && now - passed.at < self.age).then(|| Arc::clone(&passed.proof))
    }

    /// What a client proves with this secret, by a credential that was just read: known, or else
    /// by `verify`, which answers nothing for a wrong secret. Of those in one network who ask the same
    /// at the same time one verifies, and the others get its verdict.
    ///
    /// # Errors
    /// Those of `verify`.
    pub async fn check(
        &self,
        read: &Arc<Proof>,
        secret: &ClientSecret,
        class: &Class,
        now: DateTime<Utc>,
        verify: impl Future<Output = Result<Option<Arc<Proof>>>>,
    ) -> Result<Option<Arc<Proof>>> {
        if self.off {
            return verify.await;
        }
        let known = || {
            let known = self.known(&read.client_id, secret, now);
            known.filter(|known| known.revision == read.revision)
        };
        if let Some(proof) = known() {
            return Ok(Some(proof));
        }
        let passing = async {
            if let Some(proof) = known() {
                return Ok(Some(proof));
            }
            let proof = verify.await.map_err(Failed::Fault)?.ok_or(Failed::Wrong)?;
            let digest = self.digest(&proof, secret);
            let passed = Passed { proof: Arc::clone(&proof), digest, at: now };
            self.passed.insert(proof.client_id.clone(), Arc::new(passed));
            Ok(Some(proof))
        };
        let stored = read.stored_hash().unwrap_or_default();
        let flight = self.sign(["verify", &read.client_id, stored, secret.reveal()]);
        let flight = (class.party(), flight);
        verdict(self.flights.try_get_with(flight, passing).await).map(Option::flatten)
    }

    /// Whether a secret is right that is rejected in any case, by `matches`. It takes the same path
    /// as [`Self::check`] of a wrong secret, also for a client that does not exist.
    ///
    /// # Errors
    /// Those of `matches`.
    pub async fn matches(
        &self,
        client_id: &str,
        stored: Option<&str>,
        secret: &ClientSecret,
        class: &Class,
        matches: impl Future<Output = Result<bool>>,
    ) -> Result<bool> {
        if self.off {
            return matches.await;
        }
        let comparing = async {
            let right = matches.await.map_err(Failed::Fault)?;
            right.then_some(None).ok_or(Failed::Wrong)
        };
        let stored = stored.unwrap_or_default();
        let flight = (class.party(), self.sign(["match", client_id, stored, secret.reveal()]));
        let right = verdict(self.flights.try_get_with(flight, comparing).await)?;
        Ok(right.is_some())
    }

    /// The key that a client was proven by before. It may have been revoked since.
    #[must_use]
    pub fn known_key(&self, client_id: &str) -> Option<Arc<KnownKey>> {
        self.keys.get(client_id)
    }

    /// Remembers the key of a client.
    pub fn learn_key(&self, known: KnownKey) {
        if !self.off {
            self.keys.insert(known.proof.client_id.clone(), Arc::new(known));
        }
    }

    /// Forgets what a client proved: it does not hold any more.
    pub fn forget(&self, client_id: &str) {
        self.passed.invalidate(client_id);
        self.keys.invalidate(client_id);
    }

    fn digest(&self, proof: &Proof, secret: &ClientSecret) -> Digest {
        self.sign([proof.credential.as_str(), &proof.secret_hash, secret.reveal()])
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

/// What those who share a verification are answered: nothing for a wrong secret.
fn verdict(shared: Result<Answer, Arc<Failed>>) -> Result<Option<Answer>> {
    match shared {
        Ok(answer) => Ok(Some(answer)),
        Err(failed) => match failed.as_ref() {
            Failed::Wrong => Ok(None),
            Failed::Fault(fault) => Err(fault.again()),
        },
    }
}
