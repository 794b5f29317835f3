//! Connections: pools for reading and writing, with what each database needs.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};

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

/// One database, by a connection pool to read and one to write: with SQLite, a single writer
/// queues here rather than in the file's lock; with PostgreSQL they are the same pool.
#[derive(Clone)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Db {
    /// Connects.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connect(config: &DatabaseConfig, purpose: Purpose) -> Result<Self, DbErr> {
        if config.is_sqlite() {
            if purpose == Purpose::Migrate {
                create_file(config);
            }
            let writer = Database::connect(sqlite(config, 1, purpose)).await?;
            let readers = sqlite(config, config.max_connections, Purpose::Serve);
            Ok(Self { reader: Database::connect(readers).await?, writer })
        } else {
            let pool = Database::connect(postgres(config, purpose)).await?;
            Ok(Self { reader: pool.clone(), writer: pool })
        }
    }

    /// To read from.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For single statements that write; more than one go into a transaction.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Whether the database is embedded.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.reader.get_database_backend() == sea_orm::DbBackend::Sqlite
    }

    /// Calls `told` for each statement from now on.
    pub fn on_statement(&mut self, told: impl Fn(&str) + Send + Sync + Clone + 'static) {
        for pool in [&mut self.reader, &mut self.writer] {
            let told = told.clone();
            pool.set_metric_callback(move |info| told(&info.statement.sql));
        }
    }

    /// Closes all connections; an embedded database is left as one file.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn close(self) -> Result<(), DbErr> {
        self.reader.close().await?;
        self.writer.close().await
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

fn postgres(config: &DatabaseConfig, purpose: Purpose) -> ConnectOptions {
    let mut options = common(config, config.max_connections);
    options.set_application_name("postern").test_before_acquire_if_idle_for(Duration::from_secs(5));
    if purpose == Purpose::Serve {
        options.statement_timeout(config.statement_timeout);
        // Each statement is planned once for a connection, whatever its parameters: most would
        // take longer to be planned than to be run.
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.options([("plan_cache_mode", "force_generic_plan")])
        });
    }
    options
}
