//! Settings of the database.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use url::Url;
use zeroize::Zeroizing;

use super::ConfigError;
use super::parser::{Parser, one_of, seconds, within};
use super::reader::Reader;

/// Settings of the database.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite://…` or `postgres://…`, which may contain a password.
    pub url: Hidden,
    /// Connections in the pool (SQLite: readers).
    pub max_connections: u32,
    /// Time to obtain a connection.
    pub connect_timeout: Duration,
    /// Time limit of a statement (SQLite: of a wait for another process's lock).
    pub statement_timeout: Duration,
    /// Time that `serve` waits for a database that is unreachable or not migrated.
    pub wait: Duration,
    /// Durability of SQLite commits.
    pub sqlite_synchronous: Synchronous,
}

/// A text that `Debug` does not show.
#[derive(Clone)]
pub struct Hidden(Zeroizing<String>);

impl Hidden {
    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[hidden]")
    }
}

impl From<String> for Hidden {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

/// Durability of SQLite commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Synchronous {
    /// Commits wait for the disk and survive a power failure, as with PostgreSQL.
    Full,
    /// Commits wait for the operating system and survive the end of the process.
    Normal,
}

impl DatabaseConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        Ok(Self {
            url: url(settings)?,
            max_connections: settings.read(
                "database_max_connections",
                "10",
                within(2..=1_000),
                "Connections for requests (SQLite: readers), beside 8 for tokens and health checks",
            )?,
            connect_timeout: settings.read(
                "database_connect_timeout_seconds",
                "5",
                seconds(1..=3_600),
                "Time to obtain a connection, in seconds",
            )?,
            statement_timeout: settings.read(
                "database_statement_timeout_seconds",
                "10",
                seconds(1..=3_600),
                "Time limit of a statement, in seconds (SQLite: of a wait for a lock)",
            )?,
            wait: settings.read(
                "database_wait_seconds",
                "30",
                seconds(0..=86_400),
                "Time that serve waits for an unreachable or unmigrated database, in seconds",
            )?,
            sqlite_synchronous: settings.read(
                "sqlite_synchronous",
                "full",
                one_of(&[("full", Synchronous::Full), ("normal", Synchronous::Normal)]),
                "Durability of SQLite commits (full survives a power failure, normal is faster)",
            )?,
        })
    }

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

fn url(settings: &mut Reader) -> Result<Hidden, ConfigError> {
    let is_valid = |text: &str| {
        // The driver's own error would quote the password.
        let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        text.starts_with("sqlite:") || (is_postgres && Url::parse(text).is_ok())
    };
    let url = settings.read(
        "database_url",
        "sqlite://postern.db",
        Parser::new(
            "sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME, with special characters of user \
             and password percent-encoded",
            move |text| is_valid(text).then(|| text.to_owned()),
        ),
        "Database",
    )?;
    // Each connection would have a database of its own.
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Err(ConfigError("database_url must name a file, not a database in memory".into()));
    }
    Ok(url.into())
}
