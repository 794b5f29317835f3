//! The database: connections, transactions, migrations; no tables and no rules.

mod advisory_lock;
mod after_commit;
mod coalesce;
mod connect;
mod database_time;
mod db;
mod execute;
mod expiry;
mod health;
mod in_list;
mod migrate;
mod monitor;
mod pool;
mod retry;
mod transaction;

pub use advisory_lock::advisory_lock;
pub use after_commit::after_commit;
pub(crate) use after_commit::collect;
pub use coalesce::Coalescer;
pub use connect::ConnectMode;
pub use database_time::database_now;
pub use db::Db;
pub use execute::execute;
pub use expiry::delete_expired;
pub use in_list::in_list;
pub use migrate::{SchemaStatus, migrate, schema_status};
pub use pool::Pool;
pub(crate) use retry::{Attempts, in_transaction, is_serialization_failure};

use sea_orm::{DbErr, SqlErr};

use crate::error::Error;

/// The error of a failed statement; `conflict` for the violation of a unique constraint.
pub fn on_unique_violation(error: DbErr, conflict: impl FnOnce() -> Error) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => conflict(),
        _ => error.into(),
    }
}
