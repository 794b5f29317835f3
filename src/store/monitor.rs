//! Health monitoring: a probe on a connection of its own detects a database that stops or hangs.
//!
//! A hung database responds to no statement, and no timeout of its own ends one. When a probe and
//! its retry on a new connection fail, and no other statement succeeded meanwhile, the database is
//! down: statements end at once until a probe succeeds.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::db::Db;

/// The time between two probes.
const PROBE_INTERVAL: Duration = Duration::from_millis(250);

/// The timeout of a probe. Two probes and the interval before them fit into the two seconds in
/// which every request has a response.
const PROBE_TIMEOUT: Duration = Duration::from_millis(600);

impl Db {
    /// Whether the database responds, as of the last probe.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.health.is_up()
    }

    /// Monitors the health of the database, and replaces connections that hang.
    pub async fn monitor(&self) -> Infallible {
        if self.is_sqlite() {
            // An embedded database runs in this process: there is no peer that could hang.
            std::future::pending::<()>().await;
        }
        let mut probe = Probe::new(&self.probe_options);
        loop {
            tokio::time::sleep(PROBE_INTERVAL).await;
            if let Err(error) = self.check(&mut probe).await {
                tracing::warn!(error.cause = %error, "database connections could not be replaced");
            }
        }
    }

    /// A single connection outside of the pools.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connect_unpooled(&self) -> Result<DatabaseConnection, DbErr> {
        Database::connect(self.probe_options.clone()).await
    }

    /// Replaces all connections and marks the database as up. Statements under way end.
    ///
    /// # Errors
    /// A pool cannot be created.
    pub async fn reconnect(&self) -> Result<(), DbErr> {
        self.health.set(false);
        for pool in self.pools() {
            pool.replace().await?;
        }
        self.health.set(true);
        Ok(())
    }

    async fn check(&self, probe: &mut Probe<'_>) -> Result<(), DbErr> {
        let successes = self.health.successes();
        let Err(first) = probe.send().await else {
            if !self.is_up() {
                self.recover().await?;
            }
            return Ok(());
        };
        // Only the connection of the probe is broken if other statements succeed.
        if self.is_up() && self.health.successes() > successes {
            return Ok(());
        }
        // The pools have broken connections if a new one works.
        if self.is_up() && probe.send().await.is_ok() {
            return self.recover().await;
        }
        if self.is_up() {
            tracing::error!(error.cause = %first, "the database does not respond");
            self.health.set(false);
        }
        Ok(())
    }

    async fn recover(&self) -> Result<(), DbErr> {
        self.reconnect().await?;
        tracing::info!("the database responds on new connections");
        Ok(())
    }
}

/// A connection for pings alone.
struct Probe<'a> {
    options: &'a ConnectOptions,
    connection: Option<DatabaseConnection>,
}

impl<'a> Probe<'a> {
    fn new(options: &'a ConnectOptions) -> Self {
        Self { options, connection: None }
    }

    /// Sends a ping; after a failure, on a new connection.
    async fn send(&mut self) -> Result<(), DbErr> {
        let connection = self.connection.take();
        let ping = async {
            let connection = match connection {
                Some(connection) => connection,
                None => Database::connect(self.options.clone()).await?,
            };
            connection.ping().await?;
            Ok(connection)
        };
        let pinged = tokio::time::timeout(PROBE_TIMEOUT, ping).await;
        self.connection = Some(pinged.unwrap_or_else(|_| Err(timed_out()))?);
        Ok(())
    }
}

fn timed_out() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the probe timed out".to_owned()))
}
