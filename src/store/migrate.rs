//! Migrations: replicas may run them concurrently, and two versions may run side by side.

mod status;

use migration::{Migrator, MigratorTrait};

pub use status::{SchemaStatus, schema_status};

use super::advisory_lock::{self, advisory_lock};
use super::db::Db;
use super::retry::in_transaction;
use crate::error::{Error, Result};

/// Applies the pending migrations and returns their names; applies none if the database has
/// migrations of a newer version.
///
/// An advisory lock admits one replica at a time. With SQLite, the transaction with the lock is the
/// only writer, so it applies the migrations itself; with PostgreSQL, each migration commits
/// separately, because not every engine accepts several schema changes in one transaction.
///
/// # Errors
/// The database does not respond; `Internal` when the schema conflicts with this version.
pub async fn migrate(db: &Db) -> Result<Vec<String>> {
    advisory_lock::create_table(db.writer()).await?;
    in_transaction!(db, transaction => {
        advisory_lock(transaction, "migrations").await?;
        let schema = schema_status(transaction).await?;
        if let Some(conflict) = schema.conflict() {
            return Err(Error::internal(conflict));
        }
        if schema.pending.is_empty() {
            return Ok(schema.pending);
        }
        if db.is_sqlite() {
            Migrator::up(transaction.inner(), None).await?;
        } else {
            Migrator::up(&*db.writer().current(), None).await?;
        }
        Ok(schema.pending)
    })
}
