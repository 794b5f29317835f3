//! Transactions, which begin with the write lock in SQLite.

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::OwnedSemaphorePermit;

use super::db::Db;
use super::pool::Pool;
use crate::error::Result;

/// A transaction whose statements have the timeout of its pool.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    pool: Pool,
    /// Limits the number of transactions under way.
    _permit: OwnedSemaphorePermit,
}

impl Transaction {
    /// The transaction itself, for the migrator.
    pub fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Commits the transaction.
    ///
    /// # Errors
    /// The database does not respond, or finds a conflict.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.pool.guard(self.inner.commit()).await
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// The database does not respond.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
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
    /// `Unavailable`: too many transactions are under way, or the database does not respond.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        // SQLite: a transaction that reads first and writes later fails at once after a concurrent
        // write; so each transaction takes the write lock at its start.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let permit = self.transaction_permit().await?;
        let pool = self.writer().clone();
        let inner = pool.guard(pool.current().begin_with_options(options)).await?;
        Ok(Transaction { inner, pool, _permit: permit })
    }
}
