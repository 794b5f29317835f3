//! What lives as long as the process.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::authz::Actor;
use crate::clock::Clock;
use crate::config::Config;
use crate::cx::Cx;
use crate::domain::credentials::{self, LookUps, Refusals, SingleUses, Uses, Verified};
use crate::domain::rate_limit::AuthFailureLimiter;
use crate::domain::signing_keys::KeyRing;
use crate::domain::tokens;
use crate::error::Result;
use crate::random;
use crate::secret::SecretPool;
use crate::store::Db;

/// A handle on what lives as long as the process; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What there is.
pub struct Parts {
    /// What was set.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// What tokens are signed and verified with.
    pub keys: KeyRing,
    /// Where secrets are hashed.
    pub secrets: SecretPool,
    /// Which secrets were verified already.
    pub verified: Verified,
    /// Which secrets from the wrong place were told of.
    pub refusals: Refusals,
    /// Which credentials are looked up together.
    pub look_ups: LookUps,
    /// Which tokens were verified already.
    pub tokens: tokens::Verified,
    /// Which uses of credentials are committed together.
    pub uses: Uses,
    /// Which assertions are used together.
    pub single_uses: SingleUses,
    /// Rate limiter for failed client authentication.
    pub auth_failures: AuthFailureLimiter,
    /// Whether the server is stopping: it is not ready any more, and its connections close.
    pub stopping: AtomicBool,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Puts the parts together; the signing keys are not loaded yet.
    ///
    /// # Errors
    /// The settings of the hash cannot be used, or its threads cannot be started.
    pub fn new(config: Config, clock: Clock, db: Db) -> Result<Self> {
        let secrets = SecretPool::new(config.argon2.clone(), config.secret_queue)?;
        Ok(Self(Arc::new(Parts {
            keys: KeyRing::empty(db.clone(), clock.clone(), config.master_keys.clone()),
            auth_failures: AuthFailureLimiter::new(config.failures_per_minute),
            verified: Verified::new(config.secret_cache_entries, config.secret_cache_age),
            refusals: Refusals::default(),
            look_ups: credentials::look_ups(&db, &clock),
            tokens: tokens::Verified::default(),
            uses: credentials::uses(&db, &clock),
            single_uses: credentials::single_uses(&db),
            stopping: AtomicBool::new(false),
            secrets,
            config,
            clock,
            db,
        })))
    }

    /// The context of a command that the operator runs on the machine itself.
    #[must_use]
    pub fn operator(&self) -> Cx {
        Cx {
            app: self.clone(),
            actor: Actor::Operator,
            request_id: format!("cli-{}", random::nonce()).into(),
            address: None,
        }
    }
}
