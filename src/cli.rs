//! The command line: one file per command.

mod audit;
mod bootstrap;
mod dev;
mod doctor;
mod flags;
mod keys;
mod migrate;
mod open;
mod openapi;
mod organizations;
mod print;
mod schema;
mod serve;
mod settings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{FromArgMatches, Parser, Subcommand};

use crate::config::{Config, ConfigError, DEV_DEFAULTS};

/// OAuth 2.0 token server for machine clients, with GraphQL and REST APIs to manage their service
/// accounts and credentials.
#[derive(Debug, Parser)]
#[command(name = "postern", version, after_help = flags::HINT)]
pub struct Cli {
    /// TOML file with settings; flags and environment override it
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Set up an embedded database and serve it, for development
    Dev,
    /// Serve a database that `migrate` and `bootstrap` have set up
    Serve,
    /// Migrate the database to the schema of this version
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Create a service account with a credential, and its organization if it does not exist
    Bootstrap(bootstrap::Args),
    /// Manage the API identifiers that organizations may register
    #[command(subcommand)]
    Organizations(organizations::Command),
    /// Manage signing keys and the encryption under the master key
    #[command(subcommand)]
    Keys(keys::Command),
    /// Export and verify the audit log
    #[command(subcommand)]
    Audit(audit::Command),
    /// Check this installation: settings, database, clock, keys, file modes
    Doctor(doctor::Args),
    /// Print the GraphQL schema in SDL
    Schema(schema::Args),
    /// Print the OpenAPI document of the REST and OAuth endpoints
    Openapi,
    /// Print all settings as a Markdown table
    Settings,
}

/// Why a command failed, and how to resolve it, in one line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::error::Error> for Failure {
    /// Operators may read internal causes, unlike clients.
    fn from(error: crate::error::Error) -> Self {
        use crate::error::Error;
        Self(match error {
            Error::Internal(cause) => cause.to_string(),
            Error::Unavailable(cause) => format!("the database is not available: {cause}"),
            error => error.to_string(),
        })
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command line. Exit codes: 0 for success, 1 for a failure, 2 for invalid arguments.
pub async fn run() -> ExitCode {
    let parsed = flags::command().try_get_matches().and_then(|matches| {
        let flags = flags::given(&matches);
        Cli::from_arg_matches(&matches).map(|cli| (cli, flags))
    });
    let (cli, flags) = match parsed {
        Ok(parsed) => parsed,
        Err(error) => return print::usage(&error),
    };
    match cli.run(flags).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => print::failure(&failure),
    }
}

impl Cli {
    async fn run(self, flags: flags::Flags) -> Result<(), Failure> {
        match &self.command {
            Command::Schema(args) => return schema::run(args),
            Command::Settings => return settings::run(),
            _ => {}
        }
        let defaults = if matches!(self.command, Command::Dev) { DEV_DEFAULTS } else { &[] };
        let file = self.config.as_deref();
        let config = Config::load_with_flags(file, environment()?, defaults, flags);
        let config = match (&self.command, config) {
            (Command::Doctor(args), Err(error)) => return doctor::invalid_settings(args, &error),
            (_, config) => config?,
        };
        let _flush = open::logs(&config)?;
        match self.command {
            Command::Dev => dev::run(config).await,
            Command::Serve => serve::run(config).await,
            Command::Migrate(command) => migrate::run(command, &config).await,
            Command::Bootstrap(args) => bootstrap::run(args, config).await,
            Command::Organizations(command) => organizations::run(command, config).await,
            Command::Keys(command) => keys::run(command, config).await,
            Command::Audit(command) => audit::run(command, config).await,
            Command::Doctor(args) => doctor::run(&args, &config, file).await,
            Command::Schema(args) => schema::run(&args),
            Command::Openapi => openapi::run(&config),
            Command::Settings => settings::run(),
        }
    }
}

/// The variables of the environment that may be settings.
fn environment() -> Result<Vec<(String, String)>, Failure> {
    std::env::vars_os()
        .filter(|(name, _)| name.to_string_lossy().starts_with("POSTERN_"))
        .map(|(name, value)| match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => Ok((name, value)),
            (name, _) => Err(Failure(format!("the variable {name:?} must be UTF-8"))),
        })
        .collect()
}
