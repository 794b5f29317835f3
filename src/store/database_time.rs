//! The time of the clock that all replicas share.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::clock::Clock;

/// The time of the clock that all replicas share: that of the PostgreSQL server, or of the only
/// machine of an embedded database. Expired rows are deleted by this clock, so that a replica with
/// a wrong clock deletes no row too early.
///
/// # Errors
/// The database does not respond.
pub async fn database_now(
    on: &impl ConnectionTrait,
    clock: &Clock,
) -> Result<DateTime<Utc>, DbErr> {
    let backend = on.get_database_backend();
    // A manual clock is shared already.
    if backend == DbBackend::Sqlite || matches!(clock, Clock::Manual(_)) {
        return Ok(clock.now());
    }
    // Not now(), which returns the start time of the transaction.
    let statement = Statement::from_string(backend, "SELECT clock_timestamp()");
    let row = on.query_one_raw(statement).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("clock_timestamp()".to_owned()))?.try_get_by_index(0)
}
