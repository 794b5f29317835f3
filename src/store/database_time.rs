//! The time by the clock that all replicas share.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use crate::clock::Clock;

/// The time by the clock that all replicas share: that of the PostgreSQL server, or, of an embedded
/// database, that of the one machine. What is deleted for its age is deleted by it, so that a replica
/// whose clock is wrong deletes nothing too early.
///
/// # Errors
/// What the database answers.
pub async fn database_now(
    on: &impl ConnectionTrait,
    clock: &Clock,
) -> Result<DateTime<Utc>, DbErr> {
    let backend = on.get_database_backend();
    // A clock that is set by hand is shared already.
    if backend == DbBackend::Sqlite || matches!(clock, Clock::Manual(_)) {
        return Ok(clock.now());
    }
    // Not now(), which is the time at which the transaction began.
    let statement = Statement::from_string(backend, "SELECT clock_timestamp()");
    let row = on.query_one_raw(statement).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("clock_timestamp()".to_owned()))?.try_get_by_index(0)
}
