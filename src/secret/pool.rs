//! Argon2id off the async threads, by as many workers as there are cores and for a bounded queue:
//! a burst can neither take memory without end nor keep other requests from the cores.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::ClientSecret;
use crate::error::{Error, Result};

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

/// The threads that hash, and the queue before them.
#[derive(Clone)]
pub struct SecretPool {
    params: Params,
    /// What the secret of an unknown client is compared with, so that time tells nothing.
    dummy: Arc<str>,
    /// One for each hash that may be computed at once.
    workers: Arc<Semaphore>,
    /// One for each secret that may be in work or wait.
    places: Arc<Semaphore>,
    /// How many hashes were computed so far.
    computed: Arc<AtomicU64>,
}

impl SecretPool {
    /// A pool of as many workers as there are cores, each with `queue` places before it.
    ///
    /// # Errors
    /// The parameters are outside of what Argon2id takes.
    pub fn new(params: Params, queue: usize) -> Result<Self, argon2::Error> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy =
            hash(&params, &ClientSecret::draw()).map_err(|_| argon2::Error::SecretTooLong)?;
        Ok(Self {
            params,
            dummy: dummy.into(),
            workers: Arc::new(Semaphore::new(workers)),
            places: Arc::new(Semaphore::new(workers * (queue + 1))),
            computed: Arc::default(),
        })
    }

    /// The PHC string to store for a secret.
    ///
    /// # Errors
    /// `Unavailable` when the queue is full.
    pub async fn hash(&self, secret: &ClientSecret) -> Result<String> {
        let (params, secret) = (self.params.clone(), secret.clone());
        self.run(move || hash(&params, &secret)).await
    }

    /// Compares a secret with the stored PHC string; for an unknown client with one that cannot
    /// match, at the same cost.
    ///
    /// # Errors
    /// `Unavailable` when the queue is full.
    pub async fn verify(&self, secret: &ClientSecret, stored: Option<&str>) -> Result<Verdict> {
        let (params, secret) = (self.params.clone(), secret.clone());
        let (known, stored) = (stored.is_some(), stored.unwrap_or(&self.dummy).to_owned());
        self.run(move || {
            let stored = PasswordHash::new(&stored).map_err(Error::internal)?;
            let matches = Argon2::default().verify_password(secret.reveal().as_bytes(), &stored);
            if !known || matches.is_err() {
                return Ok(Verdict::Wrong);
            }
            let current = Params::try_from(&stored).is_ok_and(|with| same_cost(&with, &params));
            let rehashed = if current { None } else { Some(hash(&params, &secret)?) };
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// How many secrets were hashed or compared so far.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Runs `work` on a thread of its own as soon as a worker is free. The permits go with the
    /// work: a caller that goes away does not make room that is not there.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| Error::Unavailable("too many secrets wait to be verified".into()))?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(Error::internal)?;
        let computed = Arc::clone(&self.computed);
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            computed.fetch_add(1, Ordering::Relaxed);
            drop((worker, place));
            result
        });
        done.await.map_err(Error::internal)?
    }
}

fn hash(params: &Params, secret: &ClientSecret) -> Result<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = argon2.hash_password(secret.reveal().as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn same_cost(a: &Params, b: &Params) -> bool {
    (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
}
