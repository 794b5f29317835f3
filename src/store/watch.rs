//! The watch on a database that could stop or hang: a probe on a connection of its own.
//!
//! A hung database answers no statement, and no limit of its own ends one. So a probe is sent again and
//! again; when it is not answered, and nothing else was, neither on an older connection nor on a
//! new one, the database is down: statements end at once, until a new connection answers.

use std::convert::Infallible;
use std::time::Duration;

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbErr, RuntimeErr};

use super::Db;

/// The time between two probes.
const INTERVAL: Duration = Duration::from_millis(250);

/// The longest that a probe may take. Two of them, with the interval before, are less than the two
/// seconds in which every request is answered.
const LIMIT: Duration = Duration::from_millis(600);

impl Db {
    /// Whether the database answers, as far as it is known.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.health.is_up()
    }

    /// Watches whether the database answers, and replaces connections that hang.
    pub async fn watch(&self) -> Infallible {
        if self.is_sqlite() {
            // It is in this process.
            std::future::pending::<()>().await;
        }
        let mut probe = Probe::new(&self.probe);
        loop {
            tokio::time::sleep(INTERVAL).await;
            if let Err(error) = self.check(&mut probe).await {
                tracing::warn!(error.cause = %error, "connections could not be replaced");
            }
        }
    }

    /// A connection to the database, beside the pools, to see what state it is in.
    ///
    /// # Errors
    /// It cannot be reached.
    pub async fn find(&self) -> Result<DatabaseConnection, DbErr> {
        Database::connect(self.probe.clone()).await
    }

    /// Takes the database for up, with new connections.
    ///
    /// # Errors
    /// What the database answers.
    pub async fn set_up(&self) -> Result<(), DbErr> {
        self.health.set(false);
        for pool in self.pools() {
            pool.replace().await?;
        }
        self.health.set(true);
        Ok(())
    }

    async fn check(&self, probe: &mut Probe<'_>) -> Result<(), DbErr> {
        let answers = self.health.answers();
        let Err(first) = probe.ask().await else {
            if !self.is_up() {
                self.renew().await?;
            }
            return Ok(());
        };
        let has_answered = self.is_up() && self.health.answers() > answers;
        // Only the connection of the probe was at fault, if others were answered meanwhile.
        if has_answered || (self.is_up() && probe.ask().await.is_ok()) {
            return if has_answered { Ok(()) } else { self.renew().await };
        }
        if self.is_up() {
            tracing::error!(error.cause = %first, "the database does not answer");
            self.health.set(false);
        }
        Ok(())
    }

    /// Ends what waits on the connections that there are, and takes new ones.
    async fn renew(&self) -> Result<(), DbErr> {
        self.set_up().await?;
        tracing::info!("the database answers on new connections");
        Ok(())
    }
}

/// A connection that only asks whether the database is there.
struct Probe<'a> {
    options: &'a ConnectOptions,
    connection: Option<DatabaseConnection>,
}

impl<'a> Probe<'a> {
    fn new(options: &'a ConnectOptions) -> Self {
        Self { options, connection: None }
    }

    /// Sends a probe; after one that failed, on a new connection.
    async fn ask(&mut self) -> Result<(), DbErr> {
        let asking = async {
            let connection = match self.connection.take() {
                Some(connection) => connection,
                None => Database::connect(self.options.clone()).await?,
            };
            connection.ping().await?;
            Ok(connection)
        };
        let late = || Err(DbErr::Conn(RuntimeErr::Internal("no answer to a probe".to_owned())));
        self.connection =
            Some(tokio::time::timeout(LIMIT, asking).await.unwrap_or_else(|_| late())?);
        Ok(())
    }
}
