//! What can go wrong, blind to the surface that will tell it.
//!
//! The text of an [`Error`] is what a stranger may read. Its cause, where there is one, is for
//! the log: it is reached by [`std::error::Error::source`] only.

use axum::http::StatusCode;
use sea_orm::{DbErr, RuntimeErr};

/// The cause of an error of ours: for the log, never for a caller.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What an operation answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody, or somebody who is not known any more.
    #[error("present a valid access token first")]
    Unauthenticated,
    /// The caller may see the thing but not do this to it.
    #[error("you may not do this")]
    Forbidden,
    /// There is no such thing, or the caller may not know that there is.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The input cannot be right.
    #[error("{field}: {why}")]
    Invalid {
        /// The name of the input, as the surfaces spell it.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The input is right, but what is there forbids it.
    #[error("{0}")]
    Conflict(String),
    /// Not now: the database is away, or there is too much to do.
    #[error("the service cannot answer right now; try again in a moment")]
    Unavailable(#[source] Cause),
    /// Our fault.
    #[error("something went wrong on our side")]
    Internal(#[source] Cause),
}

impl Error {
    /// The input named `field` cannot be right.
    pub fn invalid(field: &'static str, why: impl Into<String>) -> Self {
        Self::Invalid { field, why: why.into() }
    }

    /// Our fault.
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::Internal(cause.into())
    }

    /// The same again, for one more who waits for what has failed.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            Self::Unauthenticated => Self::Unauthenticated,
            Self::Forbidden => Self::Forbidden,
            Self::NotFound(noun) => Self::NotFound(noun),
            Self::Invalid { field, why } => Self::Invalid { field, why: why.clone() },
            Self::Conflict(why) => Self::Conflict(why.clone()),
            Self::Unavailable(cause) => Self::Unavailable(cause.to_string().into()),
            Self::Internal(cause) => Self::Internal(cause.to_string().into()),
        }
    }

    /// The code that every surface shows, in upper snake case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Invalid { .. } => "BAD_USER_INPUT",
            Self::Conflict(_) => "CONFLICT",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// The HTTP status, where the surface has one for each error.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Invalid { .. } => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes a fault of ours to the log, with its cause; a caller's mistake is not logged.
    /// To be called once, by the surface that answers.
    pub fn log(&self) {
        match self {
            Self::Unavailable(cause) => tracing::warn!(error.cause = %cause, "unavailable"),
            Self::Internal(cause) => tracing::error!(error.cause = %cause, "internal error"),
            _ => {}
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) { Self::Unavailable(error.into()) } else { Self::internal(error) }
    }
}

/// Whether the same statement may well succeed later: no connection, too little time, too busy.
fn is_passing(error: &DbErr) -> bool {
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
