//! Connection pools whose connections are replaced when the database does not answer on them.
//!
//! A connection whose peer hangs cannot be used again, and a pool waits for each of its connections:
//! so a new pool takes the place of the old one, which is closed as far as that can be.

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

/// A pool of connections; a statement that takes longer than its limit fails.
#[derive(Clone)]
pub struct Pool(Arc<Parts>);

struct Parts {
    options: ConnectOptions,
    backend: DbBackend,
    current: ArcSwap<DatabaseConnection>,
    health: Health,
    limit: Duration,
    on_statement: ArcSwap<Option<OnStatement>>,
}

impl Pool {
    /// A pool that has no connections before [`Pool::replace`].
    pub(super) fn new(
        mut options: ConnectOptions,
        backend: DbBackend,
        health: Health,
        limit: Duration,
    ) -> Self {
        options.connect_lazy(true);
        Self(Arc::new(Parts {
            options,
            backend,
            current: ArcSwap::default(),
            health,
            limit,
            on_statement: ArcSwap::from_pointee(None),
        }))
    }

    /// The connections as they are now.
    pub fn current(&self) -> Arc<DatabaseConnection> {
        self.0.current.load_full()
    }

    /// Calls `told` for each statement from now on.
    pub(super) fn set_on_statement(&self, told: OnStatement) {
        let mut current = DatabaseConnection::clone(&self.current());
        listen(&mut current, &told);
        self.0.current.store(Arc::new(current));
        self.0.on_statement.store(Arc::new(Some(told)));
    }

    /// Takes new connections from now on. The old ones are closed when they are not in use any more.
    pub(super) async fn replace(&self) -> Result<(), DbErr> {
        let mut new = Database::connect(self.0.options.clone()).await?;
        if let Some(told) = self.0.on_statement.load().as_ref() {
            listen(&mut new, told);
        }
        let old = self.0.current.swap(Arc::new(new));
        if matches!(old.inner, DatabaseConnectionType::Disconnected) {
            return Ok(());
        }
        tokio::spawn(async move {
            if let Err(error) = DatabaseConnection::clone(&old).close().await {
                tracing::warn!(error.cause = %error, "connections could not be closed");
            }
        });
        Ok(())
    }

    /// Does `work` within the limit.
    pub(super) async fn guard<T>(
        &self,
        work: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        match tokio::time::timeout(self.0.limit, self.0.health.guard(work)).await {
            Ok(done) => done,
            Err(_) => {
                tracing::warn!("a statement was not answered in time: connections are replaced");
                self.replace().await?;
                let message = "the database has not answered in time";
                Err(DbErr::Conn(RuntimeErr::Internal(message.to_owned())))
            }
        }
    }

    /// Closes all connections.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        let current = self.current();
        match current.inner {
            DatabaseConnectionType::Disconnected => Ok(()),
            _ => DatabaseConnection::clone(&current).close().await,
        }
    }
}

fn listen(connection: &mut DatabaseConnection, told: &OnStatement) {
    let told = Arc::clone(told);
    connection.set_metric_callback(move |info| told(&info.statement.sql));
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
