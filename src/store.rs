//! The database: connections, transactions, migrations, and nothing of what is in it.

mod coalesce;
mod connect;
mod database_time;
mod expiry;
mod health;
mod in_list;
mod lock;
mod migrate;
mod pool;
mod transaction;
mod watch;

pub use coalesce::Coalescer;
pub use connect::{Db, Purpose};
pub use database_time::database_now;
pub use expiry::delete_expired;
pub use in_list::in_list;
pub use lock::hold;
pub use migrate::{Schema, migrate, schema};
pub use pool::Pool;
pub(crate) use transaction::{Attempts, in_transaction, is_serialization_failure};

use sea_orm::{DbErr, SqlErr};

use crate::error::Error;

/// Turns the violation of a unique constraint into what it means here.
pub fn on_unique_violation(error: DbErr, meaning: impl FnOnce() -> Error) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => meaning(),
        _ => error.into(),
    }
}
