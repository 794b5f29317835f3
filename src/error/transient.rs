//! Database errors that are about the moment, not about the statement.

use sea_orm::{DbErr, RuntimeErr};

/// Whether the same statement may well succeed later: no connection, too little time, too busy.
pub(super) fn is_transient(error: &DbErr) -> bool {
    use sqlx::Error as Sqlx;
    let (DbErr::Conn(RuntimeErr::SqlxError(cause))
    | DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))) = error
    else {
        return matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
    };
    match cause.as_ref() {
        Sqlx::Io(_)
        | Sqlx::Tls(_)
        | Sqlx::PoolTimedOut
        | Sqlx::PoolClosed
        | Sqlx::WorkerCrashed => true,
        Sqlx::Database(told) => told.code().is_some_and(|code| {
            // PostgreSQL: connection, resources, shut-down, cancelled, read-only, conflicts;
            // SQLite: busy, locked, read-only, input or output, full.
            ["08", "53", "57P", "57014", "25006", "40"]
                .iter()
                .any(|class| code.len() == 5 && code.starts_with(class))
                || ["5", "6", "8", "10", "13"].contains(&code.as_ref())
        }),
        _ => false,
    }
}
