//! The database: connections, transactions, migrations, and nothing of what is in it.

mod connect;
mod gather;
mod health;
mod lock;
mod migrate;
mod now;
mod one_of;
mod pool;
mod transaction;
mod watch;

pub use connect::{Db, Purpose};
pub use gather::Gather;
pub use lock::hold;
pub use migrate::{Schema, migrate, schema};
pub use now::shared_now;
pub use one_of::one_of;
pub use pool::Pool;
pub(crate) use transaction::{Attempts, collided, in_transaction};

use sea_orm::{DbErr, SqlErr};

use crate::error::Error;

/// Turns the violation of a unique constraint into what it means here.
pub fn taken(error: DbErr, meaning: impl FnOnce() -> Error) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => meaning(),
        _ => error.into(),
    }
}
