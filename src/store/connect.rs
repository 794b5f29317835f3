//! Connections: pools for reading and writing, with what each database needs.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;
use sea_orm::{ConnAcquireErr, ConnectOptions, ConnectionTrait, DbBackend, DbErr};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Pool;
use super::health::Health;
use super::pool::OnStatement;
use crate::config::{DatabaseConfig, Synchronous};

/// What one connects for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To work with what is there.
    Serve,
    /// To migrate: the file of an embedded database is made if it is missing, and statements may
    /// take as long as they need.
    Migrate,
}

/// Connections that look credentials up and record their usage, beside those of the setting: no other
/// work takes them.
const TOKEN_CONNECTIONS: u32 = 7;

/// Connections that transactions leave to reads.
const READ_CONNECTIONS: u32 = 3;

/// The longest that the statements of the token path may take in PostgreSQL: each is by key.
const TOKEN_LIMIT: Duration = Duration::from_millis(1_500);

/// One database, by a pool of connections to read, one to write and one for the token path. With
/// SQLite, a single writer queues here rather than in the file's lock; with PostgreSQL, reads and
/// writes share a pool in which transactions leave some connections to reads.
#[derive(Clone)]
pub struct Db {
    reader: Pool,
    writer: Pool,
    tokens: Pool,
    writes: Arc<Semaphore>,
    patience: Duration,
    pub(super) health: Health,
    pub(super) probe: ConnectOptions,
}

impl Db {
    /// Connects.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connect(config: &DatabaseConfig, purpose: Purpose) -> Result<Self, DbErr> {
        if config.is_sqlite() && purpose == Purpose::Migrate {
            create_file(config);
        }
        let db = Self::open(config, purpose);
        db.set_up().await?;
        for pool in [&db.writer, &db.reader] {
            pool.current().ping().await?;
        }
        Ok(db)
    }

    /// A database that may be away: each statement fails until [`Db::set_up`].
    #[must_use]
    pub fn open(config: &DatabaseConfig, purpose: Purpose) -> Self {
        let health = Health::default();
        let patience = config.connect_timeout;
        // Whatever the database itself does not end is ended here.
        let limit = match purpose {
            Purpose::Serve => patience + config.statement_timeout + Duration::from_secs(1),
            Purpose::Migrate => Duration::MAX,
        };
        let backend = if config.is_sqlite() { DbBackend::Sqlite } else { DbBackend::Postgres };
        let pool = |options, limit| Pool::new(options, backend, health.clone(), limit);
        let (reader, writer, tokens, writes, probe);
        if config.is_sqlite() {
            let readers = |most| sqlite(config, most, Purpose::Serve);
            probe = readers(1);
            writer = pool(sqlite(config, 1, purpose), limit);
            reader = pool(readers(config.max_connections), limit);
            tokens = pool(readers(TOKEN_CONNECTIONS), limit);
            writes = Semaphore::MAX_PERMITS;
        } else {
            probe = postgres(config, 1, purpose);
            writer = pool(postgres(config, config.max_connections, purpose), limit);
            reader = writer.clone();
            let options = postgres(config, TOKEN_CONNECTIONS, purpose);
            tokens = pool(options, limit.min(TOKEN_LIMIT));
            writes = config.max_connections.saturating_sub(READ_CONNECTIONS).max(1) as usize;
        }
        let writes = Arc::new(Semaphore::new(writes));
        Self { reader, writer, tokens, writes, patience, health, probe }
    }

    /// To read from.
    #[must_use]
    pub fn reader(&self) -> &Pool {
        &self.reader
    }

    /// For single statements that write; more than one go into a transaction.
    #[must_use]
    pub fn writer(&self) -> &Pool {
        &self.writer
    }

    /// To look credentials up: nothing else takes these connections.
    #[must_use]
    pub fn token_reader(&self) -> &Pool {
        &self.tokens
    }

    /// To record the usage of credentials: with PostgreSQL, nothing else takes these connections.
    #[must_use]
    pub fn token_writer(&self) -> &Pool {
        if self.is_sqlite() { &self.writer } else { &self.tokens }
    }

    /// A place among the transactions that may be under way.
    pub(super) async fn place_to_write(&self) -> Result<OwnedSemaphorePermit, DbErr> {
        let place = Arc::clone(&self.writes).acquire_owned();
        match tokio::time::timeout(self.patience, place).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    /// Whether the database is embedded.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.reader.get_database_backend() == DbBackend::Sqlite
    }

    /// Calls `told` for each statement from now on.
    pub fn on_statement(&mut self, told: impl Fn(&str) + Send + Sync + 'static) {
        let told: OnStatement = Arc::new(told);
        for pool in self.pools() {
            pool.set_on_statement(Arc::clone(&told));
        }
    }

    /// Closes all connections; an embedded database is left as one file.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn close(self) -> Result<(), DbErr> {
        try_join_all(self.pools().into_iter().map(Pool::close)).await.map(drop)
    }

    /// Each pool once.
    pub(super) fn pools(&self) -> Vec<&Pool> {
        // An embedded database may have to be made by the writer, before anybody reads.
        let writer = self.is_sqlite().then_some(&self.writer);
        writer.into_iter().chain([&self.reader, &self.tokens]).collect()
    }
}

/// Creates the file of an embedded database for its owner alone; SQLite gives the files beside it
/// the same mode. What fails here is reported by the connection.
fn create_file(config: &DatabaseConfig) {
    if let Some(file) = config.sqlite_file() {
        let _ = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    }
}

fn common(config: &DatabaseConfig, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(config.url.reveal());
    options
        .max_connections(connections)
        .connect_timeout(config.connect_timeout)
        .acquire_timeout(config.connect_timeout)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    options
}

fn sqlite(config: &DatabaseConfig, connections: u32, purpose: Purpose) -> ConnectOptions {
    let mut options = common(config, connections);
    let busy = config.statement_timeout;
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
                // Pages, 40 MiB: what changes often goes into the file once for many commits.
                .pragma("wal_autocheckpoint", "10000")
                .busy_timeout(busy)
                .create_if_missing(purpose == Purpose::Migrate)
        },
    );
    options
}

/// Whether a connection may be used again. When a disk is full, SQLite may end a transaction by
/// itself, and the driver, which does not know, would begin the next ones within it and never commit.
async fn is_reusable(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // A roll-back that waits is done before the answer.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

fn postgres(config: &DatabaseConfig, connections: u32, purpose: Purpose) -> ConnectOptions {
    let mut options = common(config, connections);
    options.set_application_name("postern").test_before_acquire_if_idle_for(Duration::from_secs(5));
    if purpose == Purpose::Serve {
        options.statement_timeout(config.statement_timeout);
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                // Each statement is planned once for a connection, whatever its parameters: most
                // would take longer to be planned than to be run.
                ("plan_cache_mode", "force_generic_plan"),
                // Transactions take milliseconds: who waits longer for a row waits for a fault.
                ("lock_timeout", "3s"),
                // A replica that hangs does not keep its row locks.
                ("idle_in_transaction_session_timeout", "5s"),
            ])
        });
    }
    options
}
