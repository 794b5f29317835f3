//! Classification of database errors: transient, of the disk, or permanent.

use sea_orm::{DbErr, RuntimeErr};
use sqlx::Error as Sqlx;

/// The transient classes and codes of PostgreSQL (SQLSTATE prefixes): connection, resources,
/// shutdown, cancellation, lock timeout, idle transaction timeout, read-only, transaction rollback.
const TRANSIENT_SQLSTATES: [&str; 8] =
    ["08", "53", "57P", "57014", "55P03", "25P03", "25006", "40"];

/// The transient primary result codes of SQLite: busy, locked, read-only, I/O, full, cannot open.
const TRANSIENT_SQLITE_CODES: [i32; 6] = [5, 6, 8, 10, 13, 14];

/// A failure of the disk of the database, with the action for the operator, for the log.
#[derive(Debug, thiserror::Error)]
pub(super) enum DiskError {
    #[error("the disk of the database is full; writes fail until space is freed: {0}")]
    Full(#[source] DbErr),
    #[error("the database cannot read or write its disk; check the disk and its quota: {0}")]
    Failed(#[source] DbErr),
}

/// The class of a database error.
pub(super) enum DbErrorClass {
    /// The disk is full or fails.
    Disk(DiskError),
    /// A retry of the statement may succeed: no connection, a timeout, too much load.
    Transient(DbErr),
    /// Any other error.
    Permanent(DbErr),
}

/// Classifies a database error.
pub(super) fn classify(error: DbErr) -> DbErrorClass {
    let code = code(&error).unwrap_or_default();
    match (code.as_str(), sqlite_code(&code)) {
        ("53100", _) | (_, Some(13)) => DbErrorClass::Disk(DiskError::Full(error)),
        ("58030", _) | (_, Some(10)) => DbErrorClass::Disk(DiskError::Failed(error)),
        (sqlstate, code) if is_transient(&error, sqlstate, code) => DbErrorClass::Transient(error),
        _ => DbErrorClass::Permanent(error),
    }
}

fn is_transient(error: &DbErr, sqlstate: &str, sqlite_code: Option<i32>) -> bool {
    match cause(error) {
        None => matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_)),
        Some(Sqlx::Database(_)) => sqlite_code.map_or_else(
            || is_transient_sqlstate(sqlstate),
            |code| TRANSIENT_SQLITE_CODES.contains(&code),
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

fn is_transient_sqlstate(sqlstate: &str) -> bool {
    sqlstate.len() == 5 && TRANSIENT_SQLSTATES.iter().any(|prefix| sqlstate.starts_with(prefix))
}

fn cause(error: &DbErr) -> Option<&Sqlx> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause.as_ref()),
        _ => None,
    }
}

/// The error code of the database.
fn code(error: &DbErr) -> Option<String> {
    cause(error)?.as_database_error()?.code().map(|code| code.into_owned())
}

/// The primary result code of SQLite: the lowest byte of an extended code. Codes of PostgreSQL have
/// five characters, and those of SQLite at most four digits.
fn sqlite_code(code: &str) -> Option<i32> {
    let code: i32 = Some(code).filter(|code| code.len() < 5)?.parse().ok()?;
    Some(code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primary_code_of_sqlite_is_the_lowest_byte_of_the_extended_code() {
        for (code, primary) in [("13", Some(13)), ("778", Some(10)), ("4618", Some(10))] {
            assert_eq!(sqlite_code(code), primary);
        }
        for sqlstate in ["53100", "40001", "57P01", "08006", ""] {
            assert_eq!(sqlite_code(sqlstate), None, "{sqlstate}");
        }
    }
}
