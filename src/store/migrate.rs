//! Migrations: any number of replicas may run them at once.

use migration::{Migrator, MigratorTrait};

use super::{Db, in_transaction, lock};
use crate::error::Result;

/// Applies what is pending; gives the names of what was.
///
/// One replica at a time, by a row lock. With SQLite the transaction that holds the lock is the
/// only writer, so it does the work itself; elsewhere each change commits by itself, as not every
/// engine takes several in one transaction.
///
/// # Errors
/// What the database answers.
pub async fn migrate(db: &Db) -> Result<Vec<String>> {
    lock::prepare(db.writer()).await?;
    in_transaction!(db, transaction => {
        lock::hold(transaction, "migrations").await?;
        let pending = pending(transaction).await?;
        if db.is_sqlite() {
            Migrator::up(transaction.inner(), None).await?;
        } else {
            Migrator::up(&*db.writer().current(), None).await?;
        }
        Ok(pending)
    })
}

/// The names of the changes that the database does not have yet, in order.
///
/// # Errors
/// What the database answers; also when it has changes that this program does not know.
pub async fn pending(on: &impl sea_orm::ConnectionTrait) -> Result<Vec<String>> {
    let pending = Migrator::get_pending_migrations_read_only(on).await?;
    Ok(pending.iter().map(|change| change.name().to_owned()).collect())
}
