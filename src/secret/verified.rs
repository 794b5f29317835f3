//! Secrets that were verified: what passed Argon2id once is known again by a keyed digest.
//!
//! Nothing is kept but HMAC-SHA-256, under a random key of this process, of credential, stored
//! hash and secret: neither a secret nor anything that one can be tried on without this process's
//! memory. As the stored hash is part of it, a replaced one is unknown by itself. Only what
//! passed is kept, so failures put nothing out.

use std::time::Duration;

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;

use super::{ClientSecret, Verdict};
use crate::error::{Error, Result};
use crate::random;

type Digest = [u8; 32];

/// Which secrets passed, and when. 400 bytes for each, as measured.
pub struct Verified {
    key: hmac::Key,
    passed: Cache<Digest, DateTime<Utc>>,
    age: TimeDelta,
    off: bool,
}

/// What is to be known of one secret.
pub struct Claim<'a> {
    /// The id of the credential.
    pub credential: &'a str,
    /// Its hash as it is stored now.
    pub stored: &'a str,
    /// What was presented.
    pub secret: &'a ClientSecret,
}

/// Why a secret is not remembered.
enum Missed {
    Wrong,
    /// It is right, and its stored hash goes: here is the next.
    Outdated(String),
    Fault(Error),
}

impl Verified {
    /// Remembers at most `entries` secrets, each for `age`; none, if `entries` is 0.
    #[must_use]
    pub fn new(entries: u64, age: Duration) -> Self {
        Self {
            key: hmac::Key::new(HMAC_SHA256, &random::bytes(32)),
            passed: Cache::builder().max_capacity(entries).time_to_live(age).build(),
            age: TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX),
            off: entries == 0,
        }
    }

    /// Whether the secret is the right one: known, or else by `verify`. Of those who ask the same
    /// at the same time one verifies, and the others get its verdict.
    ///
    /// # Errors
    /// Those of `verify`.
    pub async fn check(
        &self,
        claim: Claim<'_>,
        now: DateTime<Utc>,
        verify: impl Future<Output = Result<Verdict>>,
    ) -> Result<Verdict> {
        if self.off {
            return verify.await;
        }
        let digest = self.digest(&claim);
        if self.passed.get(&digest).await.is_some_and(|at| now - at >= self.age) {
            self.passed.invalidate(&digest).await;
        }
        let passing = async {
            match verify.await {
                Ok(Verdict::Right { rehashed: None }) => Ok(now),
                Ok(Verdict::Right { rehashed: Some(hash) }) => Err(Missed::Outdated(hash)),
                Ok(Verdict::Wrong) => Err(Missed::Wrong),
                Err(fault) => Err(Missed::Fault(fault)),
            }
        };
        match self.passed.try_get_with(digest, passing).await {
            Ok(_) => Ok(Verdict::Right { rehashed: None }),
            Err(missed) => missed.told(),
        }
    }

    fn digest(&self, claim: &Claim<'_>) -> Digest {
        let mut context = hmac::Context::with_key(&self.key);
        for part in [claim.credential, claim.stored, claim.secret.reveal()] {
            context.update(part.as_bytes());
            context.update(&[0]);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.sign().as_ref());
        digest
    }
}

impl Missed {
    /// As it is told to each of those who asked.
    fn told(&self) -> Result<Verdict> {
        match self {
            Self::Wrong => Ok(Verdict::Wrong),
            Self::Outdated(hash) => Ok(Verdict::Right { rehashed: Some(hash.clone()) }),
            Self::Fault(fault @ Error::Unavailable(_)) => {
                Err(Error::Unavailable(cause_of(fault).into()))
            }
            Self::Fault(fault) => Err(Error::internal(cause_of(fault))),
        }
    }
}

/// What went wrong, for the log.
fn cause_of(fault: &Error) -> String {
    std::error::Error::source(fault).map_or_else(|| fault.to_string(), ToString::to_string)
}
