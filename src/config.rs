//! Settings. Each is written once, in the file of its group: name, default, accepted values, help.
//!
//! Flags override the environment, which overrides the file, which overrides defaults. To add a
//! setting, add a field to the struct of its group, which reads it, and use its value.

mod database;
mod finding;
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
mod server;
mod sources;
mod tokens;

use std::path::{Path, PathBuf};

pub use database::{DatabaseConfig, Hidden, Synchronous};
pub use finding::{Finding, Level};
pub use graphql::{GraphqlConfig, GraphqlLimits};
pub use help::{help, markdown};
pub use key_times::{KeyTimes, MAX_TOKEN_SECONDS, PROPAGATION_LIMIT};
pub use log::{LogConfig, LogFormat};
pub use master_keys::{MasterKey, MasterKeys};
pub use organizations::OrganizationConfig;
pub use reader::{Setting, settings};
pub use review::review;
pub use secrets::SecretConfig;
pub use server::{ServerConfig, TlsFiles};
pub use sources::{DEV_DEFAULTS, Defaults};
pub use tokens::{SigningAlgorithm, TokenConfig};

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
    /// Connections, TLS, shutdown, and browsers at other origins.
    pub server: ServerConfig,
    /// Access tokens and the keys that sign them.
    pub tokens: TokenConfig,
    /// Verification of client secrets.
    pub secrets: SecretConfig,
    /// What organizations may have.
    pub organizations: OrganizationConfig,
    /// The GraphQL endpoint.
    pub graphql: GraphqlConfig,
    /// The log.
    pub log: LogConfig,
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
        let [mut of_file, mut of_environment, mut of_flags] = <[Values; 3]>::default();
        if let Some(file) = file {
            of_file.set_file(file)?;
        }
        of_environment.set_environment(environment)?;
        of_flags.set_all(flags)?;
        for source in [of_file, of_environment, of_flags] {
            values.override_with(source);
        }
        Self::read(&mut Reader::new(values.0))
    }

    fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        let database = DatabaseConfig::read(settings.group("Database"))?;

        let listen = issuer::listen(settings.group("Addresses"))?;
        let issuer = issuer::issuer(settings)?;
        let audience = issuer::audience(settings)?;

        let (master_keys, master_key_file) = master_keys::read(settings.group("Master keys"))?;
        let server = ServerConfig::read(settings.group("Connections and browsers"))?;

        let issuer_is_set = issuer.is_some();
        let has_tls = server.tls.is_some();
        let issuer = match issuer {
            Some(issuer) => issuer,
            None => issuer::default_issuer(&listen, has_tls)?,
        };
        Ok(Self {
            database,
            audience: audience.unwrap_or_else(|| issuer.clone()),
            listen,
            issuer,
            issuer_is_set,
            master_keys,
            master_key_file,
            server,
            tokens: TokenConfig::read(settings.group("Access tokens and signing keys"))?,
            secrets: SecretConfig::read(settings.group("Client secrets"))?,
            organizations: OrganizationConfig::read(settings.group("Organizations"))?,
            graphql: GraphqlConfig::read(settings.group("GraphQL"))?,
            log: LogConfig::read(settings.group("Log"))?,
        })
    }
}

#[cfg(test)]
mod tests;
