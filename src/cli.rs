//! The command line: one file for each command.

mod bootstrap;
mod dev;
mod doctor;
mod keys;
mod migrate;
mod open;
mod openapi;
mod organizations;
mod print;
mod schema;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};

/// The service entrance to an organization's APIs: a GraphQL gateway with an OAuth 2.0 token
/// endpoint.
#[derive(Debug, Parser)]
#[command(name = "postern", version, after_help = config::help())]
pub struct Cli {
    /// A TOML file with settings; the environment goes before it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything in one go on the embedded database: for a first look and for development.
    #[command(after_help = config::help())]
    Dev,
    /// Serves an installation that is set up.
    #[command(after_help = config::help())]
    Serve,
    /// Brings the database to the schema of this version.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Makes one more service account with a credential, and its organization if it is not there.
    Bootstrap(bootstrap::Args),
    /// Manages which API identifiers organizations may register.
    #[command(subcommand)]
    Organizations(organizations::Command),
    /// Tells about the keys that sign tokens, and changes them and the master key.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Reports what is wrong with this installation: settings, database, clock, keys, file modes.
    Doctor(doctor::Args),
    /// Prints the GraphQL schema.
    Schema(schema::Args),
    /// Prints the OpenAPI document of the REST and OAuth endpoints.
    Openapi,
}

/// What a command that failed tells: one line that says what, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Failure(String);

impl From<config::ConfigError> for Failure {
    fn from(error: config::ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::error::Error> for Failure {
    /// The operator may read the cause, too.
    fn from(error: crate::error::Error) -> Self {
        use crate::error::Error;
        Self(match error {
            Error::Internal(cause) => cause.to_string(),
            Error::Unavailable(cause) => format!("the database is not available: {cause}"),
            told => told.to_string(),
        })
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command line: exit code 0, 1 for what failed, 2 for what was not understood.
pub async fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return print::usage(&told),
    };
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => print::failure(&failure),
    }
}

impl Cli {
    async fn run(self) -> Result<(), Failure> {
        if let Command::Schema(args) = &self.command {
            return schema::run(args);
        }
        let defaults: config::Defaults<'_> = match self.command {
            Command::Dev => dev::DEFAULTS,
            _ => &[],
        };
        let config = Config::load(self.config.as_deref(), environment()?, defaults);
        let config = match (&self.command, config) {
            (Command::Doctor(args), Err(error)) => return doctor::unreadable(args, &error),
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
            Command::Doctor(args) => doctor::run(&args, &config, self.config.as_deref()).await,
            Command::Schema(args) => schema::run(&args),
            Command::Openapi => openapi::run(&config),
        }
    }
}

/// The variables of the environment that are text.
fn environment() -> Result<Vec<(String, String)>, Failure> {
    std::env::vars_os()
        .filter(|(name, _)| name.to_string_lossy().starts_with("POSTERN_"))
        .map(|(name, value)| match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => Ok((name, value)),
            (name, _) => Err(Failure(format!("{name:?} in the environment is not UTF-8"))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_can_be_parsed() {
        Cli::command().debug_assert();
    }
}
