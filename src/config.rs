//! Configuration: defaults < file < environment; validated once; secrets never printed.

mod finding;
mod front;
mod graphql_limits;
mod key_times;
mod master_keys;
mod review;
mod settings;
mod values;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use ipnet::IpNet;
use serde::Deserialize;
use sqlx::sqlite::SqliteConnectOptions;

pub use finding::{Finding, Level};
pub use front::{Front, TlsFiles};
pub use graphql_limits::GraphqlLimits;
pub use key_times::{KeyTimes, LONGEST_TOKEN, UNNOTICED};
pub use master_keys::{MasterKey, MasterKeys};
pub use review::review;
pub use settings::{SETTINGS, help};
pub use values::{Hidden, LogFormat, SigningAlgorithm, Synchronous};

/// A configuration that cannot be right: one line that says what and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Everything that can be set, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data is.
    pub database: DatabaseConfig,
    /// Address and port to listen on.
    pub listen: String,
    /// The public URL: `iss` of tokens and the base of all addresses (RFC 8414).
    pub issuer: String,
    /// Whether the issuer was set; if not, it is the address to listen on.
    pub issuer_is_set: bool,
    /// `aud` of tokens that are for Postern itself.
    pub audience: String,
    /// What is kept secret is sealed under; not every command needs them.
    pub master_keys: Option<MasterKeys>,
    /// The file that they were read from, if any.
    pub master_key_file: Option<PathBuf>,
    /// How long a token lives.
    pub token_ttl: Duration,
    /// What tokens are signed with.
    pub signing_algorithm: SigningAlgorithm,
    /// For how long keys are published, sign, and are kept.
    pub key_times: KeyTimes,
    /// How secrets are hashed from now on.
    pub argon2: argon2::Params,
    /// How many secrets may wait for each core; networks that send them take turns.
    pub secret_queue: usize,
    /// How many verified secrets are remembered; none: 0.
    pub secret_cache_entries: u64,
    /// For how long.
    pub secret_cache_age: Duration,
    /// Failed attempts a minute for a client from an address, before they are answered with 429.
    /// Beyond ten times as many in a network, its secrets are hashed with the lowest priority.
    pub failures_per_minute: Option<u32>,
    /// Whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// How many credentials a service account may have.
    pub credentials_per_account: u64,
    /// How many service accounts an organization may have; `None`: any number.
    pub service_accounts_per_organization: Option<u64>,
    /// How long audit events are stored; `None`: for ever.
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
    /// Which log lines are written, as `tracing_subscriber`'s `EnvFilter` takes it.
    pub log: String,
    /// How they are written.
    pub log_format: LogFormat,
}

/// Where the data is.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite://…` or `postgres://…`, which may hold a password.
    pub url: Hidden,
    /// Connections in the pool (SQLite: readers).
    pub max_connections: u32,
    /// How long a connection may take to be had.
    pub connect_timeout: Duration,
    /// How long a statement may take (SQLite: wait for another process's lock).
    pub statement_timeout: Duration,
    /// How long `serve` waits for a database that is away or not migrated.
    pub wait: Duration,
    /// What a commit of SQLite waits for.
    pub sqlite_synchronous: Synchronous,
}

impl DatabaseConfig {
    /// Whether it is an embedded database.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.url.reveal().starts_with("sqlite:")
    }

    /// The file of an embedded database.
    #[must_use]
    pub fn sqlite_file(&self) -> Option<PathBuf> {
        let options = self.is_sqlite().then(|| self.url.reveal().parse::<SqliteConnectOptions>());
        options?.ok().map(|options| options.get_filename().to_owned())
    }

    /// The URL without user and password, for messages.
    #[must_use]
    pub fn display_url(&self) -> String {
        let text = self.url.reveal();
        let shown = text.split('?').next().unwrap_or_default();
        match shown.rsplit_once('@') {
            Some((before, host)) if !self.is_sqlite() => {
                let scheme = before.split("://").next().unwrap_or_default();
                format!("{scheme}://{host}")
            }
            _ => shown.to_owned(),
        }
    }
}

/// The settings as they are written, before they are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    database_url: String,
    database_max_connections: u32,
    database_connect_timeout_seconds: u64,
    database_statement_timeout_seconds: u64,
    database_wait_seconds: u64,
    sqlite_synchronous: String,
    listen: String,
    issuer: Option<String>,
    audience: Option<String>,
    master_key: Option<String>,
    master_key_file: Option<String>,
    token_ttl_seconds: u64,
    signing_algorithm: String,
    signing_key_days: u32,
    jwks_max_age_seconds: u32,
    argon2_memory_kib: u32,
    argon2_iterations: u32,
    argon2_parallelism: u32,
    secret_queue: usize,
    secret_cache_entries: u64,
    secret_cache_seconds: u64,
    rate_limit: String,
    trusted_proxies: String,
    credentials_per_account: u64,
    service_accounts_per_organization: String,
    audit_retention_days: String,
    open_identifiers: bool,
    introspection: bool,
    graphiql: bool,
    graphql_max_body_bytes: usize,
    graphql_max_tokens: usize,
    graphql_max_depth: usize,
    graphql_max_aliases: usize,
    graphql_max_root_fields: usize,
    graphql_max_directives: usize,
    graphql_max_selections: usize,
    graphql_max_cost: usize,
    graphql_max_resolutions: usize,
    graphql_max_seconds: u64,
    graphql_max_response_bytes: usize,
    max_connections: usize,
    max_connections_per_address: usize,
    header_timeout_seconds: u64,
    idle_timeout_seconds: u64,
    write_timeout_seconds: u64,
    shutdown_delay_seconds: u64,
    tls_certificate_file: Option<String>,
    tls_key_file: Option<String>,
    cors_origins: String,
    cors_token_origins: String,
    hsts_seconds: u64,
    log: String,
    log_format: String,
}

/// What a command sets where neither the file nor the environment does.
pub type Defaults<'a> = &'a [(&'a str, &'a str)];

impl Config {
    /// Reads `file` and the variables of the environment.
    ///
    /// # Errors
    /// Something is unknown, of the wrong form, or cannot be right.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
        defaults: Defaults<'_>,
    ) -> Result<Self, ConfigError> {
        let failed = |error: config::ConfigError| ConfigError(unquoted(&error.to_string()));
        let mut builder = config::Config::builder();
        for setting in SETTINGS {
            builder = builder.set_default(setting.name, setting.default).map_err(failed)?;
        }
        for (name, value) in defaults {
            builder = builder.set_default(*name, *value).map_err(failed)?;
        }
        if let Some(file) = file {
            let source = config::File::from(file).format(config::FileFormat::Toml);
            builder = builder.add_source(source);
        }
        for (name, value) in settings::from_environment(environment)? {
            builder = builder.set_override(name, value).map_err(failed)?;
        }
        let settings: Settings =
            builder.build().and_then(config::Config::try_deserialize).map_err(failed)?;
        settings.check()
    }
}

/// A message without the lines of the file that it quotes: they may hold secrets.
fn unquoted(message: &str) -> String {
    let is_quote = |line: &&str| {
        line.trim_start_matches(|it: char| it.is_ascii_digit() || it == ' ').starts_with('|')
    };
    message.lines().filter(|line| !is_quote(line)).collect::<Vec<_>>().join(": ")
}

impl Settings {
    fn check(self) -> Result<Config, ConfigError> {
        let issuer = given(self.issuer);
        let issuer_is_set = issuer.is_some();
        let has_tls = given(self.tls_certificate_file.clone()).is_some();
        let issuer = issuer.unwrap_or_else(|| values::default_issuer(&self.listen, has_tls));
        let issuer = values::issuer(&issuer)?;
        let master_key_file = given(self.master_key_file);
        let seconds = values::at_least_one;
        let argon2 = values::argon2(
            self.argon2_memory_kib,
            self.argon2_iterations,
            self.argon2_parallelism,
        )?;
        Ok(Config {
            database: DatabaseConfig {
                url: values::database_url(self.database_url)?,
                max_connections: values::within(
                    "database_max_connections",
                    2..=1_000,
                    self.database_max_connections,
                )?,
                connect_timeout: seconds(
                    "database_connect_timeout_seconds",
                    self.database_connect_timeout_seconds,
                )?,
                statement_timeout: seconds(
                    "database_statement_timeout_seconds",
                    self.database_statement_timeout_seconds,
                )?,
                wait: Duration::from_secs(values::within(
                    "database_wait_seconds",
                    0..=86_400,
                    self.database_wait_seconds,
                )?),
                sqlite_synchronous: values::synchronous(&self.sqlite_synchronous)?,
            },
            audience: given(self.audience).unwrap_or_else(|| issuer.clone()),
            master_keys: master_keys::read(given(self.master_key), master_key_file.as_deref())?,
            master_key_file: master_key_file.map(PathBuf::from),
            listen: self.listen,
            issuer,
            issuer_is_set,
            token_ttl: Duration::from_secs(values::within(
                "token_ttl_seconds",
                60..=LONGEST_TOKEN,
                self.token_ttl_seconds,
            )?),
            signing_algorithm: values::signing_algorithm(&self.signing_algorithm)?,
            key_times: KeyTimes::new(self.signing_key_days, self.jwks_max_age_seconds)?,
            argon2,
            secret_queue: values::within("secret_queue", 1..=100_000, self.secret_queue)?,
            secret_cache_entries: values::within(
                "secret_cache_entries",
                0..=100_000_000,
                self.secret_cache_entries,
            )?,
            secret_cache_age: Duration::from_secs(values::within(
                "secret_cache_seconds",
                1..=86_400,
                self.secret_cache_seconds,
            )?),
            failures_per_minute: values::rate_limit(&self.rate_limit)?,
            trusted_proxies: values::networks("trusted_proxies", &self.trusted_proxies)?,
            credentials_per_account: values::within(
                "credentials_per_account",
                1..=100,
                self.credentials_per_account,
            )?,
            service_accounts_per_organization: values::unless(
                "unlimited",
                "service_accounts_per_organization",
                1..=10_000_000,
                &self.service_accounts_per_organization,
            )?,
            audit_retention: values::unless(
                "forever",
                "audit_retention_days",
                1..=36_500,
                &self.audit_retention_days,
            )?
            .map(TimeDelta::days),
            open_identifiers: self.open_identifiers,
            introspection: self.introspection,
            graphiql: self.graphiql,
            graphql: graphql_limits::Unchecked {
                body_bytes: self.graphql_max_body_bytes,
                tokens: self.graphql_max_tokens,
                depth: self.graphql_max_depth,
                aliases: self.graphql_max_aliases,
                root_fields: self.graphql_max_root_fields,
                directives: self.graphql_max_directives,
                selections: self.graphql_max_selections,
                cost: self.graphql_max_cost,
                resolutions: self.graphql_max_resolutions,
                seconds: self.graphql_max_seconds,
                response_bytes: self.graphql_max_response_bytes,
            }
            .check()?,
            front: front::Unchecked {
                max_connections: self.max_connections,
                max_connections_per_address: self.max_connections_per_address,
                header_timeout_seconds: self.header_timeout_seconds,
                idle_timeout_seconds: self.idle_timeout_seconds,
                write_timeout_seconds: self.write_timeout_seconds,
                shutdown_delay_seconds: self.shutdown_delay_seconds,
                tls_certificate_file: self.tls_certificate_file,
                tls_key_file: self.tls_key_file,
                cors_origins: self.cors_origins,
                cors_token_origins: self.cors_token_origins,
                hsts_seconds: self.hsts_seconds,
            }
            .check()?,
            log: self.log,
            log_format: values::log_format(&self.log_format)?,
        })
    }
}

/// An empty value counts as none.
fn given(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// The names of all settings.
fn names() -> BTreeSet<&'static str> {
    SETTINGS.iter().map(|setting| setting.name).collect()
}
