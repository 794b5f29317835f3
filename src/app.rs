//! The services of the process, put together.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::auth::Auth;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::secret::SecretHasher;
use crate::signing_keys::Keyring;
use crate::store::Db;

/// A handle on the services of the process; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Services>);

/// The services of the process.
pub struct Services {
    /// The settings.
    pub config: Config,
    /// The clock.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// The signing keys.
    pub keys: Arc<Keyring>,
    /// The threads that hash secrets.
    pub hasher: SecretHasher,
    /// Authentication of clients and of bearer tokens.
    pub auth: Auth,
    /// Whether the server is stopping: it is not ready any more, and its connections close.
    pub stopping: AtomicBool,
}

impl Deref for App {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl App {
    /// Puts the services together; the signing keys are not loaded yet.
    ///
    /// # Errors
    /// The parameters of the hash are invalid, or its threads cannot be started.
    pub fn new(config: Config, clock: Clock, db: Db) -> Result<Self> {
        let hasher = SecretHasher::new(config.argon2.clone(), config.secret_queue)?;
        let keys = Arc::new(Keyring::new(&config, &db, &clock));
        let auth = Auth::new(&config, &clock, &db, &keys, &hasher);
        let stopping = AtomicBool::new(false);
        Ok(Self(Arc::new(Services { config, clock, db, keys, hasher, auth, stopping })))
    }
}
