//! Transactions: begun so that they cannot dead-lock with themselves, and tried again when two
//! of them were in each other's way.

use std::ops::AsyncFn;
use std::time::Duration;

use sea_orm::{
    DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use super::Db;
use crate::error::{Error, Result};
use crate::random;

/// How often a transaction is tried.
const TRIES: u32 = 5;

impl Db {
    /// Does `work` in one transaction: all of it, or nothing. After a serialization failure or a
    /// dead-lock (SQLSTATE 40001, 40P01) it is done again from the start.
    ///
    /// # Errors
    /// What `work` answers, or what the database does.
    pub async fn write<T>(
        &self,
        work: impl AsyncFn(&DatabaseTransaction) -> Result<T>,
    ) -> Result<T> {
        let mut tried = 1;
        loop {
            match self.write_once(&work).await {
                Err(Error::Unavailable(cause)) if tried < TRIES && collided(&cause) => {
                    let jitter = random::bytes(1)[0];
                    tokio::time::sleep(Duration::from_millis(u64::from(jitter / 8) << tried)).await;
                    tried += 1;
                }
                result => return result,
            }
        }
    }

    async fn write_once<T>(
        &self,
        work: &impl AsyncFn(&DatabaseTransaction) -> Result<T>,
    ) -> Result<T> {
        // SQLite: a transaction that reads first and writes later fails at once when another
        // has written in between; so every one takes the write lock at its start.
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.writer().begin_with_options(options).await?;
        match work(&transaction).await {
            Ok(value) => {
                transaction.commit().await?;
                Ok(value)
            }
            Err(error) => {
                transaction.rollback().await?;
                Err(error)
            }
        }
    }
}

fn collided(cause: &crate::error::Cause) -> bool {
    let Some(
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)),
    ) = cause.downcast_ref::<DbErr>()
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|told| told.code());
    code.is_some_and(|code| code == "40001" || code == "40P01")
}
