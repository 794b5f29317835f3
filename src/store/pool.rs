//! Connection pools whose connections are replaced when the database does not respond on them.
//!
//! A connection with a hung peer is unusable, and a pool waits for each of its connections when it
//! closes: so a new pool replaces the old one, which closes in the background.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseConnectionType,
    DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
};

use super::health::Health;

/// A callback for each statement.
pub(super) type OnStatement = Arc<dyn Fn(&str) + Send + Sync>;

/// A connection pool whose statements have a timeout.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    options: ConnectOptions,
    backend: DbBackend,
    current: ArcSwap<DatabaseConnection>,
    health: Health,
    timeout: Duration,
    on_statement: ArcSwap<Option<OnStatement>>,
}

impl Pool {
    /// A pool without connections until [`Pool::replace`].
    pub(super) fn new(
        mut options: ConnectOptions,
        backend: DbBackend,
        health: Health,
        timeout: Duration,
    ) -> Self {
        options.connect_lazy(true);
        Self(Arc::new(Inner {
            options,
            backend,
            current: ArcSwap::default(),
            health,
            timeout,
            on_statement: ArcSwap::from_pointee(None),
        }))
    }

    /// The current connections.
    pub fn current(&self) -> Arc<DatabaseConnection> {
        self.0.current.load_full()
    }

    /// Calls `callback` with the SQL of every later statement.
    pub(super) fn set_on_statement(&self, callback: OnStatement) {
        let mut current = DatabaseConnection::clone(&self.current());
        set_callback(&mut current, &callback);
        self.0.current.store(Arc::new(current));
        self.0.on_statement.store(Arc::new(Some(callback)));
    }

    /// Replaces the connections. The old ones close once they are idle.
    ///
    /// # Errors
    /// The options of the connection are invalid.
    pub(super) async fn replace(&self) -> Result<(), DbErr> {
        let mut new = Database::connect(self.0.options.clone()).await?;
        if let Some(callback) = self.0.on_statement.load().as_ref() {
            set_callback(&mut new, callback);
        }
        let old = self.0.current.swap(Arc::new(new));
        if matches!(old.inner, DatabaseConnectionType::Disconnected) {
            return Ok(());
        }
        tokio::spawn(async move {
            if let Err(error) = DatabaseConnection::clone(&old).close().await {
                tracing::warn!(error.cause = %error, "database connections could not be closed");
            }
        });
        Ok(())
    }

    /// Runs `work` within the timeout; replaces the connections after a timeout.
    ///
    /// # Errors
    /// Those of `work`; the timeout has passed, or the database is down.
    pub(super) async fn guard<T>(
        &self,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        match tokio::time::timeout(self.0.timeout, self.0.health.guard(work)).await {
            Ok(result) => result,
            Err(_) => {
                tracing::warn!("a statement timed out: database connections are replaced");
                self.replace().await?;
                let message = "the database did not respond in time";
                Err(DbErr::Conn(RuntimeErr::Internal(message.to_owned())))
            }
        }
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// The database cannot close a connection.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        let current = self.current();
        match current.inner {
            DatabaseConnectionType::Disconnected => Ok(()),
            _ => DatabaseConnection::clone(&current).close().await,
        }
    }
}

fn set_callback(connection: &mut DatabaseConnection, callback: &OnStatement) {
    let callback = Arc::clone(callback);
    connection.set_metric_callback(move |info| callback(&info.statement.sql));
}

#[async_trait::async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.0.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.guard(self.current().execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.guard(self.current().execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.guard(self.current().query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.guard(self.current().query_all_raw(statement)).await
    }
}
