//! Connecting to a database: the pools and their sizes.

mod postgres;
mod sqlite;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, DbBackend, DbErr};
use tokio::sync::Semaphore;

use super::db::Db;
use super::health::Health;
use super::pool::Pool;
use crate::config::DatabaseConfig;

/// The kind of work that a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectMode {
    /// Requests and commands: the database must exist, and statements have a timeout.
    Serve,
    /// Migrations: the file of an embedded database is created if it is missing, and statements
    /// have no timeout.
    Migrate,
}

/// Connections reserved for the token path, in addition to the configured maximum.
const TOKEN_CONNECTIONS: u32 = 7;

/// Connections of the shared PostgreSQL pool that transactions leave free for reads.
const READ_CONNECTIONS: u32 = 3;

/// The timeout of statements of the token path in PostgreSQL: each reads or writes rows by key.
const TOKEN_TIMEOUT: Duration = Duration::from_millis(1_500);

impl Db {
    /// Connects to the database.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connect(config: &DatabaseConfig, mode: ConnectMode) -> Result<Self, DbErr> {
        if config.is_sqlite() && mode == ConnectMode::Migrate {
            sqlite::create_file(config);
        }
        let db = Self::open(config, mode);
        db.reconnect().await?;
        for pool in [&db.writer, &db.reader] {
            pool.current().ping().await?;
        }
        Ok(db)
    }

    /// A database without connections: each statement fails until [`Db::reconnect`].
    #[must_use]
    pub fn open(config: &DatabaseConfig, mode: ConnectMode) -> Self {
        if config.is_sqlite() { open_sqlite(config, mode) } else { open_postgres(config, mode) }
    }
}

fn open_sqlite(config: &DatabaseConfig, mode: ConnectMode) -> Db {
    let (health, timeout) = (Health::default(), statement_timeout(config, mode));
    let pool = |connections, mode| {
        let options = sqlite::options(config, connections, mode);
        Pool::new(options, DbBackend::Sqlite, health.clone(), timeout)
    };
    Db {
        reader: pool(config.max_connections, ConnectMode::Serve),
        writer: pool(1, mode),
        tokens: pool(TOKEN_CONNECTIONS, ConnectMode::Serve),
        transactions: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        acquire_timeout: config.connect_timeout,
        probe_options: sqlite::options(config, 1, ConnectMode::Serve),
        health,
    }
}

fn open_postgres(config: &DatabaseConfig, mode: ConnectMode) -> Db {
    let (health, timeout) = (Health::default(), statement_timeout(config, mode));
    let pool = |connections, timeout| {
        let options = postgres::options(config, connections, mode);
        Pool::new(options, DbBackend::Postgres, health.clone(), timeout)
    };
    let shared = pool(config.max_connections, timeout);
    let transactions = config.max_connections.saturating_sub(READ_CONNECTIONS).max(1);
    Db {
        reader: shared.clone(),
        writer: shared,
        tokens: pool(TOKEN_CONNECTIONS, timeout.min(TOKEN_TIMEOUT)),
        transactions: Arc::new(Semaphore::new(transactions as usize)),
        acquire_timeout: config.connect_timeout,
        probe_options: postgres::options(config, 1, mode),
        health,
    }
}

/// The time after which a statement ends here, because the database did not end it.
fn statement_timeout(config: &DatabaseConfig, mode: ConnectMode) -> Duration {
    match mode {
        ConnectMode::Serve => {
            config.connect_timeout + config.statement_timeout + Duration::from_secs(1)
        }
        ConnectMode::Migrate => Duration::MAX,
    }
}

/// The options that both databases share.
fn common_options(config: &DatabaseConfig, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(config.url.reveal());
    options
        .max_connections(connections)
        .connect_timeout(config.connect_timeout)
        .acquire_timeout(config.connect_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}
