//! Transactions: begun so that they cannot dead-lock with themselves, and tried again when two
//! of them were in each other's way.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedSemaphorePermit;

use super::{Db, Pool};
use crate::error::{Error, Result};
use crate::random;

/// How often a transaction is tried.
const TRIES: u32 = 5;

/// Does a block in one transaction of a [`Db`]: all of it, or nothing. After a serialization
/// failure or a dead-lock (SQLSTATE 40001, 40P01) it is done again from the start.
///
/// A macro, as the future of an async closure that borrows is not yet known to be `Send`.
macro_rules! in_transaction {
    ($db:expr, $transaction:ident => $work:block) => {{
        let mut attempts = $crate::store::Attempts::default();
        loop {
            let begun = $db.begin().await?;
            let result = {
                let $transaction = &begun;
                async { $work }.await
            };
            if let Some(result) = attempts.settle(begun, result).await {
                break result;
            }
        }
    }};
}
pub(crate) use in_transaction;

/// A transaction that fails when the database does not answer it in time.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    pool: Pool,
    /// The place of this transaction among those that may be under way.
    _place: OwnedSemaphorePermit,
}

impl Transaction {
    /// The transaction itself, for the tools of migrations.
    pub fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    async fn commit(self) -> Result<(), DbErr> {
        self.pool.guard(self.inner.commit()).await
    }

    async fn rollback(self) -> Result<(), DbErr> {
        self.pool.guard(self.inner.rollback()).await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.pool.guard(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.pool.guard(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.pool.guard(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.pool.guard(self.inner.query_all_raw(statement)).await
    }
}

impl Db {
    /// Begins a transaction; see `in_transaction!`.
    ///
    /// # Errors
    /// `Unavailable` when too many are under way; what the database answers.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        // SQLite: a transaction that reads first and writes later fails at once when another
        // has written in between; so every one takes the write lock at its start.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let place = self.place_to_write().await?;
        let pool = self.writer().clone();
        let inner = pool.guard(pool.current().begin_with_options(options)).await?;
        Ok(Transaction { inner, pool, _place: place })
    }
}

/// How often the work was tried.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Commits what went well and rolls back what did not; nothing, when it is to be tried again.
    pub(crate) async fn settle<T>(
        &mut self,
        transaction: Transaction,
        result: Result<T>,
    ) -> Option<Result<T>> {
        let settled = match result {
            Ok(value) => transaction.commit().await.map(|()| value).map_err(Error::from),
            Err(error) => {
                // The error of the work says more, and a connection that is gone has rolled back.
                if let Err(failed) = transaction.rollback().await {
                    tracing::warn!(error.cause = %failed, "a transaction could not be rolled back");
                }
                Err(error)
            }
        };
        self.0 += 1;
        match settled {
            Err(error) if self.0 < TRIES && is_serialization_failure(&error) => {
                let jitter = u64::from(random::bytes(1)[0] / 8);
                tokio::time::sleep(Duration::from_millis(jitter << self.0)).await;
                None
            }
            settled => Some(settled),
        }
    }
}

/// Whether it failed because of another that was in its way, and may be tried again (SQLSTATE 40001,
/// 40P01).
pub(crate) fn is_serialization_failure(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    let Some(
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)),
    ) = cause.downcast_ref::<DbErr>()
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|told| told.code());
    code.is_some_and(|code| code == "40001" || code == "40P01")
}
