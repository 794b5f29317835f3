//! The services of the process.

mod audit_log;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_lc_rs::hmac;
use tokio::sync::OnceCell;

pub use audit_log::{AuditLog, BATCH_SIZE, LogWatch};

use crate::auth::Auth;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::Result;
use crate::rejections::Rejections;
use crate::secret::SecretHasher;
use crate::signing_keys::Keyring;
use crate::store::Db;
use crate::subscriptions::Subscriptions;
use crate::telemetry::AuditOutput;

/// A cheaply cloned handle to the services of the process.
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
    /// The audit log, for those who wait for new events.
    pub audit_log: AuditLog,
    /// The key of the cursors of the audit log, once one was needed.
    pub audit_cursor_key: OnceCell<hmac::Key>,
    /// Subscriptions, and the changes that they wait for.
    pub subscriptions: Subscriptions,
    /// Attempts that were denied or failed, until they are written as audit events.
    pub rejections: Rejections,
    /// The output of audit events beside the database.
    pub audit_output: AuditOutput,
    /// Whether the server is stopping: readiness fails, and connections close.
    pub stopping: AtomicBool,
}

impl Deref for App {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.0
    }
}

impl App {
    /// Creates the services. The signing keys are not loaded yet.
    ///
    /// # Errors
    /// The Argon2id parameters are invalid, or the hashing threads cannot be started.
    pub fn new(config: Config, clock: Clock, db: Db) -> Result<Self> {
        let hasher = SecretHasher::new(config.secrets.argon2.clone(), config.secrets.queue)?;
        let keys = Arc::new(Keyring::new(&config, &db, &clock));
        let auth = Auth::new(&config, &clock, &db, &keys, &hasher);
        let subscriptions = Subscriptions::new(&config, &db);
        let audit_output = AuditOutput::default();
        let rejections = Rejections::new(&clock);
        Ok(Self(Arc::new(Services {
            config,
            clock,
            db,
            keys,
            hasher,
            auth,
            rejections,
            audit_output,
            audit_log: AuditLog::new(),
            audit_cursor_key: OnceCell::new(),
            subscriptions,
            stopping: AtomicBool::new(false),
        })))
    }
}
