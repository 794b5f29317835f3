//! Retries of transactions after a serialization failure.

use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr};

use super::after_commit::Work;
use super::transaction::Transaction;
use crate::error::{Error, Result};
use crate::random;

/// The maximum number of attempts at a transaction.
const MAX_ATTEMPTS: u32 = 5;

/// Runs a block in one transaction of a [`Db`], which commits if the block succeeds. After a
/// serialization failure or a deadlock (SQLSTATE 40001, 40P01) the block runs again from its start.
///
/// A macro, because the future of a borrowing async closure cannot be proven to be `Send` yet.
macro_rules! in_transaction {
    ($db:expr, $transaction:ident => $work:block) => {{
        let mut attempts = $crate::store::Attempts::default();
        loop {
            let begun = $db.begin().await?;
            let result = {
                let $transaction = &begun;
                // On the heap, as it may be large.
                $crate::store::collect(Box::pin(async { $work })).await
            };
            if let Some(result) = attempts.settle(begun, result).await {
                break result;
            }
        }
    }};
}
pub(crate) use in_transaction;

/// The number of attempts at one transaction so far.
#[derive(Default)]
pub(crate) struct Attempts(u32);

impl Attempts {
    /// Commits the transaction of a successful attempt and does what follows, and rolls back any other; `None` after a
    /// random delay when the work is to be retried.
    pub(crate) async fn settle<T>(
        &mut self,
        transaction: Transaction,
        (result, after_commit): (Result<T>, Vec<Work>),
    ) -> Option<Result<T>> {
        let settled = match result {
            Ok(value) => {
                let committed = transaction.commit().await.map_err(Error::from);
                committed.map(|()| {
                    after_commit.into_iter().for_each(|work| work());
                    value
                })
            }
            Err(error) => {
                // The error of the work says more, and a lost connection has rolled back.
                if let Err(failed) = transaction.rollback().await {
                    tracing::warn!(error.cause = %failed, "a transaction could not be rolled back");
                }
                Err(error)
            }
        };
        self.0 += 1;
        match settled {
            Err(error) if self.0 < MAX_ATTEMPTS && is_serialization_failure(&error) => {
                self.back_off().await;
                None
            }
            settled => Some(settled),
        }
    }

    /// Waits for less than 32 milliseconds, doubled with each attempt.
    async fn back_off(&self) {
        let jitter = u64::from(random::bytes(1)[0] / 8);
        tokio::time::sleep(Duration::from_millis(jitter << self.0)).await;
    }
}

/// Whether a statement failed because of a concurrent transaction (SQLSTATE 40001: serialization
/// failure, 40P01: deadlock), so that a retry may succeed.
pub(crate) fn is_serialization_failure(error: &Error) -> bool {
    let Error::Unavailable(cause) = error else { return false };
    let Some(
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)),
    ) = cause.downcast_ref::<DbErr>()
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "40001" || code == "40P01")
}
