//! Database errors that are about the moment, not about the statement.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::Error as Sqlx;

/// The classes of PostgreSQL (SQLSTATE): connection, resources, shut-down, cancelled, a lock that was not
/// had in time, a transaction that was idle for too long, read-only, conflicts.
const POSTGRES: [&str; 8] = ["08", "53", "57P", "57014", "55P03", "25P03", "25006", "40"];

/// The primary codes of SQLite: busy, locked, read-only, input or output, full, cannot open.
const SQLITE: [i32; 6] = [5, 6, 8, 10, 13, 14];

/// The database cannot use its disk. For the log: it says what the operator has to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiskError {
    #[error("the disk of the database is full; nothing is written until there is space again: {0}")]
    Full(#[source] DbErr),
    #[error("the database cannot read or write its disk; check the disk and its quota: {0}")]
    Failed(#[source] DbErr),
}

/// What is known of an error of the database.
pub(super) enum Kind {
    /// The disk is full, or fails.
    Disk(DiskError),
    /// The same statement may well succeed later: no connection, too little time, too busy.
    Transient(DbErr),
    /// Anything else.
    Permanent(DbErr),
}

/// Sorts an error of the database.
pub(super) fn sort(error: DbErr) -> Kind {
    let code = code(&error).unwrap_or_default();
    match (code.as_str(), sqlite_code(&code)) {
        ("53100", _) | (_, Some(13)) => Kind::Disk(DiskError::Full(error)),
        ("58030", _) | (_, Some(10)) => Kind::Disk(DiskError::Failed(error)),
        (sqlstate, code) if is_transient(&error, sqlstate, code) => Kind::Transient(error),
        _ => Kind::Permanent(error),
    }
}

fn is_transient(error: &DbErr, sqlstate: &str, sqlite_code: Option<i32>) -> bool {
    match cause(error) {
        None => matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)),
        Some(Sqlx::Database(_)) => sqlite_code.map_or_else(
            || POSTGRES.iter().any(|class| sqlstate.len() == 5 && sqlstate.starts_with(class)),
            |code| SQLITE.contains(&code),
        ),
        Some(cause) => matches!(
            cause,
            Sqlx::Io(_)
                | Sqlx::Tls(_)
                | Sqlx::PoolTimedOut
                | Sqlx::PoolClosed
                | Sqlx::WorkerCrashed
        ),
    }
}

fn cause(error: &DbErr) -> Option<&Sqlx> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause.as_ref()),
        _ => None,
    }
}

/// The code that the database gives the error.
fn code(error: &DbErr) -> Option<String> {
    cause(error)?.as_database_error()?.code().map(|code| code.into_owned())
}

/// The primary result code of SQLite, whose extended codes have it in the lowest byte. Those of
/// PostgreSQL have five characters, and SQLite's four digits at most.
fn sqlite_code(code: &str) -> Option<i32> {
    let code: i32 = Some(code).filter(|code| code.len() < 5)?.parse().ok()?;
    Some(code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_codes_of_sqlite_have_the_primary_code_in_them() {
        for (code, primary) in [("13", Some(13)), ("778", Some(10)), ("4618", Some(10))] {
            assert_eq!(sqlite_code(code), primary);
        }
        for of_postgres in ["53100", "40001", "57P01", "08006", ""] {
            assert_eq!(sqlite_code(of_postgres), None, "{of_postgres}");
        }
    }
}
