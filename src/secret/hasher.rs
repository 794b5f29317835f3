//! Argon2id off the async threads, by as many workers as there are cores and for a bounded queue:
//! a burst can neither take memory without end nor keep other requests from the cores.
//!
//! # Fairness
//!
//! Anybody can make us hash for made-up clients, as the checksum of a secret is public. So the
//! queue knows the [parties](super::Flow) that hashes are for: the network that a token request comes
//! from (see [`crate::network`]), or the organization in which a credential is created.
//!
//! - Parties take turns (round robin), one hash each; within a network, addresses do. A request
//!   waits for one hash of each network that has some waiting, however many those are.
//! - A party may use all places while nobody else needs them: a cold start of many clients behind
//!   one address is no attack. When all are taken, a newcomer displaces the newest job of the party
//!   with the most, and within a network of the address with the most. Where nobody has more than the
//!   newcomer, it displaces one of its own, drawn at random: so nobody who is there first keeps others
//!   out for good, and who tries again is served in the end. The displaced job is rejected with 503.
//! - A network with too many failures (see [`crate::auth::rate_limit`]) waits in a second queue of
//!   lowest priority, with places of its own. One of its hashes is computed at a time, and only while
//!   the first queue is empty, or after every eighth hash of the first. The displaced are rejected
//!   with 429. So a right secret from a network under suspicion may have to be sent again, and those
//!   from elsewhere never wait for it for longer than one hash.
//! - A job whose caller has gone away is dropped without being computed.

mod fair_queue;
mod jobs;
mod round_robin;
mod workers;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Params;
use tokio::sync::oneshot;

use super::{ClientSecret, QueueClass, argon2id};
use crate::error::{Error, Result};
use jobs::Work;
use workers::Workers;

/// Whether a secret is the right one.
pub enum Verdict {
    /// It is; with a new hash of it, if the stored one was made with other parameters.
    Right {
        /// What to store from now on.
        rehashed: Option<String>,
    },
    /// It is not, or there is none.
    Wrong,
}

/// The threads that hash, and the queue before them. They are threads of their own, as each that
/// ever hashed keeps its memory.
#[derive(Clone)]
pub struct SecretHasher {
    params: Params,
    /// What the secret of an unknown client is compared with. It costs as much as every stored hash
    /// does that was made with the parameters of today.
    dummy: Arc<str>,
    workers: Arc<Workers>,
    /// How many hashes were computed so far.
    computed: Arc<AtomicU64>,
}

impl SecretHasher {
    /// A pool of as many workers as there are cores, each with `queue` places before it.
    ///
    /// # Errors
    /// The parameters are outside of what Argon2id takes, or a thread cannot be started.
    pub fn new(params: Params, queue: usize) -> Result<Self> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy = argon2id::hash(&params, &ClientSecret::generate())?.into();
        let workers = Workers::start(cores, cores * queue).map_err(Error::internal)?;
        Ok(Self { params, dummy, workers: Arc::new(workers), computed: Arc::default() })
    }

    /// The PHC string to store for a secret.
    ///
    /// # Errors
    /// `Unavailable` when it is displaced.
    pub async fn hash(&self, class: QueueClass, secret: &ClientSecret) -> Result<String> {
        let (params, secret) = (self.params.clone(), secret.clone());
        self.run(class, move || argon2id::hash(&params, &secret)).await
    }

    /// Compares a secret with the stored PHC string; for an unknown client with one that cannot
    /// match, at the same cost.
    ///
    /// # Errors
    /// `Unavailable` when it is displaced, `RateLimited` in a failing class.
    pub async fn verify(
        &self,
        class: QueueClass,
        secret: &ClientSecret,
        stored: Option<&str>,
    ) -> Result<Verdict> {
        let (params, secret) = (self.params.clone(), secret.clone());
        let (known, stored) = (stored.is_some(), stored.unwrap_or(&self.dummy).to_owned());
        self.run(class, move || {
            if !argon2id::matches(&secret, &stored)? || !known {
                return Ok(Verdict::Wrong);
            }
            let current = argon2id::is_current(&params, &stored)?;
            let rehashed = if current { None } else { Some(argon2id::hash(&params, &secret)?) };
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// Whether a secret is the right one, and nothing more: it takes as long for a right one as for a
    /// wrong one, whatever the stored hash was made with.
    ///
    /// # Errors
    /// `Unavailable` when it is displaced, `RateLimited` in a failing class.
    pub async fn matches(
        &self,
        class: QueueClass,
        secret: &ClientSecret,
        stored: Option<&str>,
    ) -> Result<bool> {
        let (known, secret) = (stored.is_some(), secret.clone());
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        self.run(class, move || Ok(argon2id::matches(&secret, &stored)? && known)).await
    }

    /// How many secrets were hashed or compared so far.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Runs `work` on one of the workers, unless the caller has gone away by then.
    async fn run<T: Send + 'static>(
        &self,
        class: QueueClass,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, result) = oneshot::channel();
        let computed = Arc::clone(&self.computed);
        let work = Work::new(reply, move || {
            computed.fetch_add(1, Ordering::Relaxed);
            work()
        });
        self.workers.submit(class.clone(), Box::new(work));
        // Without a reply, the job was displaced by another.
        result.await.unwrap_or_else(|_| Err(class.rejection()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn workers_survive_a_panic_that_its_caller_gets_as_an_internal_error() {
        let params = Params::new(64, 1, 1, None).expect("parameters");
        let pool = SecretHasher::new(params, 4).expect("a pool");
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..=cores {
            let panicked =
                pool.run(QueueClass::Operator, || -> Result<()> { panic!("a defect") }).await;
            assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        }
        let failing =
            QueueClass::FailingClient("192.0.2.1".parse::<std::net::IpAddr>().expect("one").into());
        let panicked = pool.run(failing.clone(), || -> Result<()> { panic!("a defect") }).await;
        assert!(matches!(panicked, Err(Error::Internal(_))), "{panicked:?}");
        let secret = ClientSecret::generate();
        for class in [QueueClass::Operator, failing] {
            assert!(pool.matches(class, &secret, None).await.is_ok());
        }
    }
}
