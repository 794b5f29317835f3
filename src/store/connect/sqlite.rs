//! Connection options of SQLite.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;

use sea_orm::ConnectOptions;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};

use super::{ConnectMode, common_options};
use crate::config::{DatabaseConfig, Synchronous};

/// The pages of the write-ahead log that trigger a checkpoint: 40 MiB, so that pages that change
/// often are written to the file once for many commits.
const WAL_AUTOCHECKPOINT: &str = "10000";

/// Creates the file of an embedded database, readable by its owner alone; SQLite gives its other
/// files the same mode. The connection reports what fails here.
pub fn create_file(config: &DatabaseConfig) {
    if let Some(file) = config.sqlite_file() {
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    }
}

/// The options of a pool with this maximum of connections.
pub fn options(config: &DatabaseConfig, connections: u32, mode: ConnectMode) -> ConnectOptions {
    let mut options = common_options(config, connections);
    let busy_timeout = config.statement_timeout;
    let synchronous = match config.sqlite_synchronous {
        Synchronous::Full => SqliteSynchronous::Full,
        Synchronous::Normal => SqliteSynchronous::Normal,
    };
    options.map_sqlx_sqlite_pool_opts(|pool| {
        pool.after_release(|connection, _| Box::pin(is_reusable(connection)))
    });
    options.test_before_acquire(false).idle_timeout(None).max_lifetime(None).map_sqlx_sqlite_opts(
        move |sqlite| {
            sqlite
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous)
                .pragma("wal_autocheckpoint", WAL_AUTOCHECKPOINT)
                .busy_timeout(busy_timeout)
                .create_if_missing(mode == ConnectMode::Migrate)
        },
    );
    options
}

/// Whether a connection may return to its pool. On a full disk, SQLite may roll a transaction back
/// by itself; the driver does not notice, nests later transactions in it and never commits them.
async fn is_reusable(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A pending roll-back ends before the ping.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
