//! Settings. Each is written once, in the file of its group: name, default, accepted values, help.
//!
//! Flags override the environment, which overrides the file, which overrides defaults. To add a
//! setting, read it in its group and use its value.

mod database;
mod finding;
mod front;
mod graphql;
mod help;
mod issuer;
mod key_times;
mod log;
mod master_keys;
mod organizations;
mod parser;
mod reader;
mod review;
mod secrets;
mod sources;
mod tokens;

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;

pub use database::{DatabaseConfig, Hidden, Synchronous};
pub use finding::{Finding, Level};
pub use front::{Front, TlsFiles};
pub use graphql::GraphqlLimits;
pub use help::{help, markdown};
pub use key_times::{KeyTimes, UNNOTICED};
pub use log::LogFormat;
pub use master_keys::{MasterKey, MasterKeys};
pub use reader::{Setting, settings};
pub use review::review;
pub use sources::{DEV_DEFAULTS, Defaults};
pub use tokens::{LONGEST_TOKEN, SigningAlgorithm};

use reader::Reader;
use sources::Values;

/// An invalid configuration: one line that names the setting and what is expected.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The settings, validated.
#[derive(Clone, Debug)]
pub struct Config {
    /// The database.
    pub database: DatabaseConfig,
    /// Address and port to listen on.
    pub listen: String,
    /// Public URL: `iss` of tokens and the base of all addresses (RFC 8414).
    pub issuer: String,
    /// Whether the issuer was set; otherwise it is the address to listen on.
    pub issuer_is_set: bool,
    /// `aud` of tokens for Postern itself.
    pub audience: String,
    /// Keys that encrypt secrets at rest; some commands work without.
    pub master_keys: Option<MasterKeys>,
    /// File that contains the master keys, if they are not set directly.
    pub master_key_file: Option<PathBuf>,
    /// Lifetime of an access token.
    pub token_ttl: Duration,
    /// Signature algorithm of access tokens.
    pub signing_algorithm: SigningAlgorithm,
    /// Periods in the life of a signing key.
    pub key_times: KeyTimes,
    /// Cost of new secret hashes.
    pub argon2: argon2::Params,
    /// Secrets that may wait for each core; client networks take turns.
    pub secret_queue: usize,
    /// Number of verified secrets in memory; 0 turns the cache off.
    pub secret_cache_entries: u64,
    /// Lifetime of a cached verification.
    pub secret_cache_age: Duration,
    /// Failed authentications per minute of one client and address before 429; `None` for no
    /// limit. Beyond ten times as many, a network's secrets are hashed with the lowest priority.
    pub failures_per_minute: Option<u32>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// Maximum number of credentials of a service account.
    pub credentials_per_account: u64,
    /// Maximum number of service accounts of an organization; `None` for no limit.
    pub service_accounts_per_organization: Option<u64>,
    /// Age at which audit events are deleted; `None` to store them for ever.
    pub audit_retention: Option<TimeDelta>,
    /// Whether API identifiers under no prefix of an organization belong to the first organization
    /// that registers them.
    pub open_identifiers: bool,
    /// Whether anonymous callers may read the GraphQL schema from the server.
    pub introspection: bool,
    /// Whether GraphiQL is served at `/graphiql`.
    pub graphiql: bool,
    /// Limits of GraphQL requests.
    pub graphql: GraphqlLimits,
    /// Connections, TLS, shutdown, and browsers at other origins.
    pub front: Front,
    /// Filter of log lines, as `tracing_subscriber`'s `EnvFilter` takes it.
    pub log: String,
    /// Format of log lines.
    pub log_format: LogFormat,
}

impl Config {
    /// Reads the defaults, `file` and `environment`.
    ///
    /// # Errors
    /// A setting is unknown or invalid, or the file cannot be read.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        defaults: Defaults<'_>,
    ) -> Result<Self, ConfigError> {
        Self::load_with_flags(file, environment, defaults, [])
    }

    /// The same, with flags of the command line, which override all else.
    ///
    /// # Errors
    /// A setting is unknown or invalid, or the file cannot be read.
    pub fn load_with_flags(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        defaults: Defaults<'_>,
        flags: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, ConfigError> {
        let mut values = Values::default();
        values.set_all(defaults.iter().copied())?;
        if let Some(file) = file {
            values.set_file(file)?;
        }
        values.set_environment(environment)?;
        values.set_all(flags)?;
        Self::read(&mut Reader::new(values.0))
    }

    fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        let database = DatabaseConfig::read(settings.group("Database"))?;

        let listen = issuer::listen(settings.group("Addresses"))?;
        let issuer = issuer::issuer(settings)?;
        let audience = issuer::audience(settings)?;

        let (master_keys, master_key_file) = master_keys::read(settings.group("Master keys"))?;
        let front = Front::read(settings.group("Connections and browsers"))?;

        let issuer_is_set = issuer.is_some();
        let issuer = issuer.unwrap_or_else(|| issuer::default_issuer(&listen, front.tls.is_some()));
        Ok(Self {
            database,
            audience: audience.unwrap_or_else(|| issuer.clone()),
            listen,
            issuer,
            issuer_is_set,
            master_keys,
            master_key_file,
            trusted_proxies: front::trusted_proxies(settings)?,
            front,

            token_ttl: tokens::ttl(settings.group("Access tokens and signing keys"))?,
            signing_algorithm: tokens::signing_algorithm(settings)?,
            key_times: KeyTimes::read(settings)?,

            argon2: secrets::argon2(settings.group("Client secrets"))?,
            secret_queue: secrets::queue(settings)?,
            secret_cache_entries: secrets::cache_entries(settings)?,
            secret_cache_age: secrets::cache_age(settings)?,
            failures_per_minute: secrets::rate_limit(settings)?,

            credentials_per_account: organizations::credentials_per_account(
                settings.group("Organizations"),
            )?,
            service_accounts_per_organization: organizations::service_accounts(settings)?,
            audit_retention: organizations::audit_retention(settings)?,
            open_identifiers: organizations::open_identifiers(settings)?,

            introspection: graphql::introspection(settings.group("GraphQL"))?,
            graphiql: graphql::graphiql(settings)?,
            graphql: GraphqlLimits::read(settings)?,

            log: log::filter(settings.group("Log"))?,
            log_format: log::format(settings)?,
        })
    }
}

#[cfg(test)]
mod tests;
