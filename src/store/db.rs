//! The handle of one database, with its connection pools.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use sea_orm::{ConnAcquireErr, ConnectOptions, ConnectionTrait, DbBackend, DbErr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::health::Health;
use super::pool::{OnStatement, Pool};

/// A database with a pool of connections for reads, one for writes and one for the token path. With
/// SQLite, writers queue for the only connection of their pool and not for the lock of the file;
/// with PostgreSQL, reads and writes share a pool in which transactions leave some connections
/// free.
#[derive(Clone)]
pub struct Db {
    pub(super) reader: Pool,
    pub(super) writer: Pool,
    pub(super) tokens: Pool,
    pub(super) transactions: Arc<Semaphore>,
    pub(super) acquire_timeout: Duration,
    pub(super) health: Health,
    pub(super) probe_options: ConnectOptions,
}

impl Db {
    /// The pool for reads.
    #[must_use]
    pub fn reader(&self) -> &Pool {
        &self.reader
    }

    /// The pool for single statements that write; several statements share a transaction.
    #[must_use]
    pub fn writer(&self) -> &Pool {
        &self.writer
    }

    /// The pool for credential lookups, reserved for the token path.
    #[must_use]
    pub fn token_reader(&self) -> &Pool {
        &self.tokens
    }

    /// The pool for the usage of credentials; with PostgreSQL, reserved for the token path.
    #[must_use]
    pub fn token_writer(&self) -> &Pool {
        if self.is_sqlite() { &self.writer } else { &self.tokens }
    }

    /// A permit for one transaction.
    ///
    /// # Errors
    /// No permit is free within the connect timeout.
    pub(super) async fn transaction_permit(&self) -> Result<OwnedSemaphorePermit, DbErr> {
        let permit = Arc::clone(&self.transactions).acquire_owned();
        match tokio::time::timeout(self.acquire_timeout, permit).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    /// Whether the database is embedded.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.reader.get_database_backend() == DbBackend::Sqlite
    }

    /// Calls `callback` with the SQL of every later statement.
    pub fn on_statement(&mut self, callback: impl Fn(&str) + Send + Sync + 'static) {
        let callback: OnStatement = Arc::new(callback);
        for pool in self.pools() {
            pool.set_on_statement(Arc::clone(&callback));
        }
    }

    /// Closes all connections. An embedded database remains as one file, without a write-ahead log.
    ///
    /// # Errors
    /// The database cannot close a connection.
    pub async fn close(self) -> Result<(), DbErr> {
        try_join_all(self.pools().into_iter().map(Pool::close)).await.map(drop)
    }

    /// The distinct pools.
    pub(super) fn pools(&self) -> Vec<&Pool> {
        // The writer first: it may have to create an embedded database before the readers open it.
        let writer = self.is_sqlite().then_some(&self.writer);
        writer.into_iter().chain([&self.reader, &self.tokens]).collect()
    }
}
