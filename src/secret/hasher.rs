//! Argon2id outside of the async threads: one worker per core behind a bounded, fair queue. A burst
//! can neither exhaust the memory nor take the cores from other requests.
//!
//! # Fairness
//!
//! The checksum of a secret is public, so anybody can cause hashes for unknown clients. Jobs
//! therefore belong to [flows](super::Flow): the network that a token request comes from (see
//! [`crate::network`]), or the organization in which a credential is created.
//!
//! - Round robin between flows, one hash each; within a network, between addresses. A request waits
//!   for one hash of each other network with waiting requests, however many those are.
//! - A flow may fill the queue while no other needs it: the cold start of many clients behind one
//!   address is no attack. In a full queue, a newcomer displaces the newest job of the largest
//!   flow, and within a network of the largest address. If no flow has more jobs than the
//!   newcomer's, it displaces a random job of its own flow: so early jobs do not block later ones
//!   for good, and a retry succeeds eventually. The displaced job is rejected with 503.
//! - Networks with too many failures (see [`crate::auth::rate_limit`]) have a second queue with a
//!   capacity of its own and the lowest priority: one of its hashes runs at a time, and only while
//!   the first queue is empty or after every eighth hash of the first. Displaced jobs are rejected
//!   with 429. So a right secret from a suspicious network may need a retry, while other networks
//!   wait for at most one hash of the suspicious ones.
//! - A job whose caller was cancelled is dropped without a computation.

mod fair_queue;
mod hash_queue;
mod job;
mod round_robin;
mod workers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Params;
use tokio::sync::oneshot;

use super::{ClientSecret, QueueClass, argon2id};
use crate::error::{Error, Result};
use job::Computation;
use workers::Workers;

/// The result of comparing a secret with a stored hash.
pub enum SecretVerification {
    /// The secret matches.
    Match {
        /// A new hash to store, if the stored one has other Argon2id parameters.
        rehashed: Option<String>,
    },
    /// The secret does not match, or there is no stored hash.
    Mismatch,
}

/// The worker threads and their queue. The threads of the async runtime do not hash, because each
/// thread retains the memory of its hashes.
#[derive(Clone)]
pub struct SecretHasher {
    params: Params,
    /// The hash that secrets of unknown clients are compared with, at the cost of the current
    /// parameters.
    dummy_hash: Arc<str>,
    workers: Arc<Workers>,
    /// The number of hashes computed so far.
    hash_count: Arc<AtomicU64>,
}

impl SecretHasher {
    /// Starts one worker per core, behind a queue of `capacity_per_core` jobs for each.
    ///
    /// # Errors
    /// The parameters are out of range for Argon2id, or a thread cannot be started.
    pub fn new(params: Params, capacity_per_core: usize) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy_hash = argon2id::hash(&params, &ClientSecret::generate())?.into();
        let workers = Workers::start(cores, cores * capacity_per_core).map_err(Error::internal)?;
        Ok(Self { params, dummy_hash, workers: Arc::new(workers), hash_count: Arc::default() })
    }

    /// The PHC string to store for a secret.
    ///
    /// # Errors
    /// `Unavailable` when the job is displaced.
    pub async fn hash(&self, class: QueueClass, secret: &ClientSecret) -> Result<String> {
        let (params, secret) = (self.params.clone(), secret.clone());
        self.run(class, move || argon2id::hash(&params, &secret)).await
    }

    /// Compares a secret with the stored PHC string; for an unknown client with a dummy, at the
    /// same cost.
    ///
    /// # Errors
    /// `Unavailable` when the job is displaced, or `RateLimited` in a failing class.
    pub async fn verify(
        &self,
        class: QueueClass,
        secret: &ClientSecret,
        stored: Option<&str>,
    ) -> Result<SecretVerification> {
        let (params, secret) = (self.params.clone(), secret.clone());
        let (known, stored) = (stored.is_some(), stored.unwrap_or(&self.dummy_hash).to_owned());
        self.run(class, move || {
            if !argon2id::matches(&secret, &stored)? || !known {
                return Ok(SecretVerification::Mismatch);
            }
            let is_current = argon2id::has_params(&stored, &params)?;
            let rehashed = if is_current { None } else { Some(argon2id::hash(&params, &secret)?) };
            Ok(SecretVerification::Match { rehashed })
        })
        .await
    }

    /// Whether a secret matches the stored PHC string. Takes as long for a right secret as for a
    /// wrong one, because it never rehashes.
    ///
    /// # Errors
    /// `Unavailable` when the job is displaced, or `RateLimited` in a failing class.
    pub async fn matches(
        &self,
        class: QueueClass,
        secret: &ClientSecret,
        stored: Option<&str>,
    ) -> Result<bool> {
        let (known, secret) = (stored.is_some(), secret.clone());
        let stored = stored.unwrap_or(&self.dummy_hash).to_owned();
        self.run(class, move || Ok(argon2id::matches(&secret, &stored)? && known)).await
    }

    /// The number of secrets hashed or compared so far.
    #[must_use]
    pub fn hash_count(&self) -> u64 {
        self.hash_count.load(Ordering::Relaxed)
    }

    /// Runs `compute` on a worker, unless the caller is cancelled before.
    async fn run<T: Send + 'static>(
        &self,
        class: QueueClass,
        compute: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply_to, result) = oneshot::channel();
        let hash_count = Arc::clone(&self.hash_count);
        let job = Computation::new(reply_to, move || {
            hash_count.fetch_add(1, Ordering::Relaxed);
            compute()
        });
        self.workers.submit(class.clone(), Box::new(job));
        // A job without a reply was displaced.
        result.await.unwrap_or_else(|_| Err(class.rejection()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn workers_survive_a_panic_and_its_caller_gets_an_internal_error() {
        let params = Params::new(64, 1, 1, None).expect("parameters");
        let hasher = SecretHasher::new(params, 4).expect("a hasher");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..=cores {
            let panicked =
                hasher.run(QueueClass::Operator, || -> Result<()> { panic!("a defect") }).await;
            assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        }
        let failing =
            QueueClass::FailingClient("192.0.2.1".parse::<std::net::IpAddr>().expect("one").into());
        let panicked = hasher.run(failing.clone(), || -> Result<()> { panic!("a defect") }).await;
        assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        let secret = ClientSecret::generate();
        for class in [QueueClass::Operator, failing] {
            assert!(hasher.matches(class, &secret, None).await.is_ok());
        }
    }
}
