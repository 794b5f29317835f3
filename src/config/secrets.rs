//! Settings of the verification of client secrets.

use std::time::Duration;

use super::ConfigError;
use super::parser::{Parser, at_least, seconds, within};
use super::reader::Reader;

/// Verification of client secrets.
#[derive(Clone, Debug)]
pub struct SecretConfig {
    /// Cost of new secret hashes.
    pub argon2: argon2::Params,
    /// Secrets that may wait for each core; client networks take turns.
    pub queue: usize,
    /// Number of verified secrets in memory; 0 turns the cache off.
    pub cache_entries: u64,
    /// Lifetime of a cached verification.
    pub cache_age: Duration,
    /// Failed authentications per minute of one client and address before 429; `None` for no
    /// limit. Beyond ten times as many, a network's secrets are hashed with the lowest priority.
    pub rate_limit: Option<u32>,
}

impl SecretConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        let positive = |text: &str| text.parse().ok().filter(|number| *number > 0);
        Ok(Self {
            argon2: argon2(settings)?,
            queue: settings.read(
                "secret_queue",
                "256",
                within(1..=100_000),
                "Secrets per core that may wait to be hashed before requests get 503 (networks take turns)",
            )?,
            cache_entries: settings.read(
                "secret_cache_entries",
                "100000",
                within(0..=100_000_000),
                "Verified secrets cached in memory as keyed digests (0 turns the cache off)",
            )?,
            cache_age: settings.read(
                "secret_cache_seconds",
                "3600",
                seconds(1..=86_400),
                "Lifetime of a cached verification, in seconds",
            )?,
            rate_limit: settings.read(
                "rate_limit",
                "20",
                Parser::new("a positive number", positive).or("off"),
                "Failed authentications per minute of one client and address before 429 (a network, \
                 /24 or /48, with ten times as many has its secrets hashed last)",
            )?,
        })
    }
}

fn argon2(settings: &mut Reader) -> Result<argon2::Params, ConfigError> {
    let memory = settings.read(
        "argon2_memory_kib",
        "19456",
        at_least(8),
        "Argon2id memory of new secret hashes, in KiB",
    )?;
    let iterations = settings.read(
        "argon2_iterations",
        "2",
        at_least(1),
        "Argon2id iterations of new secret hashes",
    )?;
    let parallelism = settings.read(
        "argon2_parallelism",
        "1",
        at_least(1),
        "Argon2id parallelism of new secret hashes",
    )?;
    argon2::Params::new(memory, iterations, parallelism, Some(32)).map_err(|_| {
        ConfigError("argon2_memory_kib must be at least 8 times argon2_parallelism".to_owned())
    })
}
