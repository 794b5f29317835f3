//! Argon2id off the async threads, by as many workers as there are cores and for a bounded queue:
//! a burst can neither take memory without end nor keep other requests from the cores.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::oneshot;

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

type Job = Box<dyn FnOnce() + Send>;

/// The threads that hash, and the queue before them. They are threads of their own, as each that
/// ever hashed keeps its memory.
#[derive(Clone)]
pub struct SecretPool {
    params: Params,
    /// What the secret of an unknown client is compared with, so that time tells nothing.
    dummy: Arc<str>,
    /// The queue; the workers end when it does.
    jobs: SyncSender<Job>,
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
        let (jobs, waiting) = sync_channel(workers * queue);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..workers {
            let waiting = Arc::clone(&waiting);
            std::thread::spawn(move || work(&waiting));
        }
        Ok(Self { params, dummy: dummy.into(), jobs, computed: Arc::default() })
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
            if !is_right(&secret, &stored) || !known {
                return Ok(Verdict::Wrong);
            }
            let current = Params::try_from(&stored).is_ok_and(|with| same_cost(&with, &params));
            let rehashed = if current { None } else { Some(hash(&params, &secret)?) };
            Ok(Verdict::Right { rehashed })
        })
        .await
    }

    /// Whether a secret is the right one, and nothing more: it takes as long for a right one as for a
    /// wrong one, whatever the stored hash was made with.
    ///
    /// # Errors
    /// `Unavailable` when the queue is full.
    pub async fn matches(&self, secret: &ClientSecret, stored: Option<&str>) -> Result<bool> {
        let (known, secret) = (stored.is_some(), secret.clone());
        let stored = stored.unwrap_or(&self.dummy).to_owned();
        self.run(move || {
            let stored = PasswordHash::new(&stored).map_err(Error::internal)?;
            Ok(is_right(&secret, &stored) && known)
        })
        .await
    }

    /// How many secrets were hashed or compared so far.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Runs `work` on one of the workers, unless the caller has gone away by then.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let computed = Arc::clone(&self.computed);
        let job = move || {
            if !tell.is_closed() {
                computed.fetch_add(1, Ordering::Relaxed);
                // Whoever goes away while it is computed does not want to know.
                let _ = tell.send(work());
            }
        };
        self.jobs
            .try_send(Box::new(job))
            .map_err(|_| Error::Unavailable("too many secrets wait to be verified".into()))?;
        told.await.map_err(Error::internal)?
    }
}

/// One worker: takes one job after the other until the pool is gone.
fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

/// Whether it is what was hashed.
fn is_right(secret: &ClientSecret, stored: &PasswordHash) -> bool {
    Argon2::default().verify_password(secret.reveal().as_bytes(), stored).is_ok()
}

fn hash(params: &Params, secret: &ClientSecret) -> Result<String> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let hash = argon2.hash_password(secret.reveal().as_bytes()).map_err(Error::internal)?;
    Ok(hash.to_string())
}

fn same_cost(a: &Params, b: &Params) -> bool {
    (a.m_cost(), a.t_cost(), a.p_cost()) == (b.m_cost(), b.t_cost(), b.p_cost())
}
